package office

import (
	"crypto/sha256"
	"encoding/json"
	"reflect"
	"slices"

	"gobua/engine"
)

// FrozenSheet is the whole Quy chế as it is made public: everything that holds
// in an auction, and nothing that is not public. Its JSON is what a version of
// the rules keeps and hashes.
type FrozenSheet struct {
	AuctionID string        `json:"auctionId"`
	Title     string        `json:"title"`
	Centre    string        `json:"centre"`
	Owner     string        `json:"owner"`
	Place     string        `json:"place"`
	Sheet     Sheet         `json:"sheet"` // without People
	Staff     []PublicStaff `json:"staff"`
	Lots      []PublicLot   `json:"lots"`
}

// PublicStaff is a member of the staff as the public knows them: observers by
// the body that sent them, the others by name and licence number.
type PublicStaff struct {
	Part     engine.Role  `json:"part"` // auctioneer, clerk, observer
	Name     string       `json:"name,omitempty"`
	Licence  string       `json:"licence,omitempty"`
	Observer ObserverKind `json:"observer,omitempty"`
}

// PublicLot is a lot without what is hidden of it: of a reserve, only that
// there is one, as a hash in the rules.
type PublicLot struct {
	ID          string           `json:"id"`
	Number      int              `json:"number"`
	Kind        string           `json:"kind"`
	Title       string           `json:"title"`
	Detail      string           `json:"detail,omitempty"`
	Place       string           `json:"place,omitempty"`
	Deposit     engine.Dong      `json:"deposit,omitempty"`
	StartHidden bool             `json:"startHidden,omitempty"` // "không công khai"; rules.start is only the floor of bids
	Rules       engine.Rules     `json:"rules"`
	Session     engine.SessionID `json:"session,omitempty"` // absent in frozen rules
}

// publicLot hides what is hidden of a lot.
func publicLot(l *LotDraft) PublicLot {
	p := PublicLot{
		ID: l.ID, Number: l.Number, Kind: l.Kind, Title: l.Title, Detail: l.Detail, Place: l.Place, Deposit: l.Deposit,
		StartHidden: l.StartHidden, Rules: l.Rules.Rules, Session: l.Session,
	}
	if l.Rules.ReserveAmount > 0 && l.ReserveSalt != (engine.Hash{}) {
		hash := engine.ReserveHash(engine.Secret{Reserve: l.Rules.ReserveAmount, Salt: l.ReserveSalt})
		p.Rules.Reserve = &hash
	}
	return p
}

// publicStaff writes the people of a sheet without their accounts.
func publicStaff(p SheetPeople, staff map[string]Account) []PublicStaff {
	list := []PublicStaff{}
	for _, id := range []string{p.Auctioneer, p.Clerk} {
		if a, ok := staff[id]; ok {
			list = append(list, PublicStaff{Part: a.Role, Name: a.Name, Licence: a.StaffRef})
		}
	}
	for _, id := range p.Observers {
		if a, ok := staff[id]; ok {
			list = append(list, PublicStaff{Part: a.Role, Observer: a.Observer})
		}
	}
	return list
}

// publicSheet is a sheet without accounts.
func publicSheet(s Sheet) Sheet {
	s.People = SheetPeople{}
	return s
}

// freezeSheet makes the version of the rules that an auction is listed with.
// number is for the caller to keep in order; the store gives the same.
func freezeSheet(a *Auction, staff map[string]Account, by string, at engine.Instant) *RulesVersion {
	frozen := FrozenSheet{
		AuctionID: a.ID, Title: a.Title, Centre: a.Centre, Owner: a.Owner, Place: a.Place,
		Sheet: publicSheet(a.Sheet), Staff: publicStaff(a.Sheet.People, staff), Lots: make([]PublicLot, len(a.Lots)),
	}
	for i := range a.Lots {
		frozen.Lots[i] = publicLot(&a.Lots[i])
		frozen.Lots[i].Session = ""
	}
	b, err := json.Marshal(frozen)
	if err != nil {
		panic("a rules sheet cannot be written as JSON: " + err.Error()) // no field of it can fail
	}
	return &RulesVersion{AuctionID: a.ID, Sheet: b, Hash: sha256.Sum256(b), Changes: []Change{}, MadeBy: by, MadeAt: at}
}

// changesOf tells what differs between two drafts of an auction, by topic.
// Quality covers what a lot is called and how it is described: no program can
// tell a corrected spelling from a smaller plot, so both open the right to
// withdraw.
func changesOf(before, after *AuctionDraft) []Change {
	list := []Change{}
	note := func(differs bool, topic Topic, lot string) {
		if c := (Change{topic, lot}); differs && !slices.Contains(list, c) {
			list = append(list, c)
		}
	}
	old := make(map[string]*LotDraft, len(before.Lots))
	for i := range before.Lots {
		old[before.Lots[i].ID] = &before.Lots[i]
	}
	for i := range after.Lots {
		lot := &after.Lots[i]
		was, known := old[lot.ID]
		delete(old, lot.ID)
		if !known {
			note(true, TopicQuantity, lot.ID)
			continue
		}
		noteLot(note, was, lot)
	}
	for id := range old {
		note(true, TopicQuantity, id)
	}
	x, y := &before.Sheet, &after.Sheet
	note(x.Quality != y.Quality || x.Property != y.Property, TopicQuality, "")
	note(x.Windows != y.Windows, TopicWindows, "")
	note(!slices.Equal(x.Viewing, y.Viewing), TopicViewing, "")
	note(x.Money != y.Money, TopicMoney, "")
	note(!reflect.DeepEqual(x.People, y.People), TopicPeople, "")
	note(x.After != y.After, TopicAfter, "")
	note(before.Title != after.Title || before.Centre != after.Centre || before.Owner != after.Owner || before.Place != after.Place ||
		x.Preset != y.Preset || x.Contract != y.Contract || x.Contacts != y.Contacts || x.Terms != y.Terms || x.Room != y.Room ||
		!slices.Equal(x.Override, y.Override), TopicOther, "")
	return list
}

func noteLot(note func(bool, Topic, string), was, is *LotDraft) {
	note(was.Rules.Start != is.Rules.Start || was.StartHidden != is.StartHidden ||
		was.Rules.ReserveAmount != is.Rules.ReserveAmount, TopicPrice, is.ID)
	note(was.Kind != is.Kind || was.Title != is.Title || was.Detail != is.Detail || was.Place != is.Place, TopicQuality, is.ID)
	note(was.Deposit != is.Deposit, TopicDeposit, is.ID)
	x, y := was.Rules, is.Rules
	x.Start, x.ReserveAmount, x.Reserve = y.Start, y.ReserveAmount, y.Reserve
	note(was.Number != is.Number || !reflect.DeepEqual(x, y), TopicBidding, is.ID)
}
