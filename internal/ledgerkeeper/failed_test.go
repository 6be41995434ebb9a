package ledgerkeeper

// FailStore lets the store be one that could not write, as a full disk does.
func (k *Keeper) FailStore() { k.store.failed.Store(true) }
