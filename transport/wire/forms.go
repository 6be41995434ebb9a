package wire

import "gobua/engine"

// form says which fields a request must and may have besides op and id, and
// how it is made of them. Make returns a code if the values do not fit.
type form struct {
	must, may fieldSet
	make      func(*fields) (Request, Code)
}

// forms is the one place where an op is made known.
var forms = map[string]form{
	"hello": {must: fieldToken, make: func(f *fields) (Request, Code) {
		return Hello{f.number, f.token}, ""
	}},
	"refresh": {must: fieldToken, make: func(f *fields) (Request, Code) {
		return Refresh{f.number, f.token}, ""
	}},
	"sub": {must: fieldSession, may: fieldEpoch | fieldSeq | fieldView, make: makeSub},
	"unsub": {must: fieldSession, make: func(f *fields) (Request, Code) {
		return Unsub{f.number, f.session}, ""
	}},
	"take": {must: fieldSession, make: func(f *fields) (Request, Code) {
		return Take{f.number, f.session}, ""
	}},
	"ping": {must: fieldCT, make: func(f *fields) (Request, Code) {
		return Ping{f.number, f.clientTime}, ""
	}},
	"ask":  {must: fieldSession | fieldCmds, make: func(f *fields) (Request, Code) { return f.ask(false) }},
	"drop": {must: fieldSession | fieldCmds, make: func(f *fields) (Request, Code) { return f.ask(true) }},
	"seen": {must: fieldCmd | fieldAt | fieldOff, make: func(f *fields) (Request, Code) {
		return Seen{f.number, f.cmd, f.at, f.off}, ""
	}},
	"checkin": {must: fieldSession | fieldCmd, make: func(f *fields) (Request, Code) {
		return f.command(engine.CheckIn{}), ""
	}},
	"bid": {must: fieldSession | fieldCmd | fieldAmount, may: fieldConfirm, make: func(f *fields) (Request, Code) {
		return f.command(engine.PlaceBid{Amount: f.amount, Confirm: f.confirm}), ""
	}},
	"raise": {must: fieldSession | fieldCmd | fieldAmount, may: fieldConfirm, make: func(f *fields) (Request, Code) {
		return f.command(engine.RaiseMaximum{Amount: f.amount, Confirm: f.confirm}), ""
	}},
	"buy": {must: fieldSession | fieldCmd | fieldAmount, make: func(f *fields) (Request, Code) {
		return f.command(engine.Buy{Amount: f.amount}), ""
	}},
	"withdraw": {must: fieldSession | fieldCmd | fieldCode, make: func(f *fields) (Request, Code) {
		return f.command(engine.Withdraw{Confirm: f.code}), ""
	}},
	"offer": {must: fieldSession | fieldCmd | fieldAmount, may: fieldConfirm | fieldUnits, make: func(f *fields) (Request, Code) {
		return f.command(engine.PutOffer{Amount: f.amount, Confirm: f.confirm, Units: f.units}), ""
	}},
	"take_back": {must: fieldSession | fieldCmd, make: func(f *fields) (Request, Code) {
		return f.command(engine.TakeOfferBack{}), ""
	}},
	"act": {must: fieldSession | fieldCmd | fieldAct, may: actFields, make: makeAct},
}

func (f *fields) command(do engine.Act) Request {
	return Command{f.number, f.session, f.cmd, do}
}

// makeSub wants epoch and seq together, and knows one view.
func makeSub(f *fields) (Request, Code) {
	resume := f.has & (fieldEpoch | fieldSeq)
	if resume != 0 && (resume != fieldEpoch|fieldSeq || f.epoch == "") {
		return nil, CodeBadFrame
	}
	if f.has&fieldView != 0 && f.view != "desk" {
		return nil, CodeBadFrame
	}
	return Sub{f.number, f.session, f.epoch, f.seq, f.view == "desk"}, ""
}

func (f *fields) ask(drop bool) (Request, Code) {
	if len(f.cmds) == 0 {
		return nil, CodeBadFrame
	}
	return Ask{f.number, f.session, f.cmds, drop}, ""
}

// actFields are the fields that some act of the auctioneer has.
const actFields = fieldText | fieldCode | fieldMs | fieldPrice | fieldKeys | fieldConfirm | fieldChanges

// acts are the auctioneer's, some of them the clerk's, and those with keys the keepers', those of a second person also the observer's. What an act needs is the engine's to say, in
// words for people; here only fields that have no meaning for it are refused.
var acts = map[string]struct {
	may  fieldSet
	make func(*fields) engine.Act
}{
	"open":   {0, func(*fields) engine.Act { return engine.Open{} }},
	"pause":  {fieldText, func(f *fields) engine.Act { return engine.Pause{Reason: f.text} }},
	"resume": {fieldText, func(f *fields) engine.Act { return engine.Resume{Reason: f.text} }},
	"stop":   {fieldText, func(f *fields) engine.Act { return engine.Stop{Reason: f.text} }},
	"say":    {fieldText, func(f *fields) engine.Act { return engine.Say{Text: f.text} }},
	"cancel": {fieldText, func(f *fields) engine.Act { return engine.Cancel{Reason: f.text} }},
	"extend": {fieldText | fieldMs, func(f *fields) engine.Act {
		return engine.Extend{By: f.ms, Reason: f.text}
	}},
	"disqualify": {fieldText | fieldCode, func(f *fields) engine.Act {
		return engine.Disqualify{Code: f.code, Reason: f.text}
	}},
	"announce": {fieldCode | fieldPrice | fieldChanges, func(f *fields) engine.Act {
		return engine.Announce{Winner: f.code, Price: f.price, Changes: f.changes}
	}},
	"decline": {fieldText | fieldCode, func(f *fields) engine.Act {
		return engine.Decline{Code: f.code, Reason: f.text}
	}},
	"take_key": {fieldKeys, func(f *fields) engine.Act { return engine.TakeKey{Publics: f.keys} }},
	"present_key": {fieldKeys, func(f *fields) engine.Act {
		if len(f.keys) != 1 {
			return engine.PresentKey{} // opens nothing
		}
		return engine.PresentKey{Private: f.keys[0]}
	}},
	"open_round": {0, func(*fields) engine.Act { return engine.OpenRound{} }},
	"ask":        {fieldPrice, func(f *fields) engine.Act { return engine.Ask{Price: f.price} }},
	"floor_bid": {fieldCode | fieldPrice | fieldConfirm, func(f *fields) engine.Act {
		return engine.FloorBid{Code: f.code, Amount: f.price, Confirm: f.confirm}
	}},
	"floor_check_in": {fieldCode, func(f *fields) engine.Act { return engine.FloorCheckIn{Code: f.code} }},
	"warn":           {0, func(*fields) engine.Act { return engine.Warn{} }},
	"call":           {fieldPrice, func(f *fields) engine.Act { return engine.Call{Price: f.price} }},
	"hammer":         {fieldPrice, func(f *fields) engine.Act { return engine.Hammer{Price: f.price} }},
	"pass":           {fieldPrice, func(f *fields) engine.Act { return engine.Pass{Price: f.price} }},
	"undo": {fieldText | fieldCode | fieldPrice, func(f *fields) engine.Act {
		return engine.Undo{Code: f.code, Amount: f.price, Reason: f.text}
	}},
	"confirm_undo": {fieldCode | fieldPrice, func(f *fields) engine.Act {
		return engine.ConfirmUndo{Code: f.code, Amount: f.price}
	}},
	"drop_undo": {fieldText | fieldCode | fieldPrice, func(f *fields) engine.Act {
		return engine.DropUndo{Code: f.code, Amount: f.price, Reason: f.text}
	}},
	"reopen": {fieldText, func(f *fields) engine.Act { return engine.Reopen{Reason: f.text} }},
}

func makeAct(f *fields) (Request, Code) {
	act, known := acts[f.act]
	if !known || f.has&actFields&^act.may != 0 {
		return nil, CodeBadFrame
	}
	return f.command(act.make(f)), ""
}
