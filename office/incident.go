package office

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/google/uuid"

	"gobua/engine"
)

// IncidentGround is why a session is stopped without a result.
type IncidentGround string

// The grounds: the first four are those of a technical incident (sự cố kỹ
// thuật) that every rules sheet must let a session be stopped and run again
// for; then the owner's demand (Điều 47.2), a violation of the law (Điều 9,
// 33), and force majeure.
const (
	GroundCannotBid      IncidentGround = "cannot_bid"
	GroundBidNotRecorded IncidentGround = "bid_not_recorded"
	GroundWrongTime      IncidentGround = "wrong_time"
	GroundCannotStart    IncidentGround = "cannot_start"
	GroundOwnerDemand    IncidentGround = "owner_demand"
	GroundViolation      IncidentGround = "violation"
	GroundForceMajeure   IncidentGround = "force_majeure"
)

// incidentGrounds are the words for the letters; the page has its own.
var incidentGrounds = map[IncidentGround]string{
	GroundCannotBid:      "người tham gia không trả giá được",
	GroundBidNotRecorded: "giá trả hợp lệ không được ghi nhận",
	GroundWrongTime:      "thời gian trả giá hiển thị hoặc tính không đúng",
	GroundCannotStart:    "không bắt đầu được phiên đấu giá",
	GroundOwnerDemand:    "người có tài sản yêu cầu dừng",
	GroundViolation:      "có hành vi vi phạm",
	GroundForceMajeure:   "sự kiện bất khả kháng",
}

// IncidentState is how far an incident has come.
type IncidentState string

// The states. Open: the stop is asked for; stopped: the session has stopped;
// moot: it had ended by itself before.
const (
	IncidentOpen    IncidentState = "open"
	IncidentStopped IncidentState = "stopped"
	IncidentMoot    IncidentState = "moot"
)

// Incident is why and by whom a session was stopped, for the banner and the
// minutes (biên bản). Sentence is public.
type Incident struct {
	ID         string           `json:"id"`
	Session    engine.SessionID `json:"session"`
	AuctionID  string           `json:"auctionId"`
	Ground     IncidentGround   `json:"ground"`
	Sentence   string           `json:"sentence"`
	ReportedBy string           `json:"reportedBy"`
	StaffRef   string           `json:"staffRef,omitempty"` // of who stopped it, as the room's record names it
	ReportedAt engine.Instant   `json:"reportedAt"`
	Command    engine.CommandID `json:"-"` // of the stop, the same however often it is asked for
	State      IncidentState    `json:"state"`
	EndedAt    engine.Instant   `json:"endedAt,omitempty"`
	// CountersignedBy is the observer who was there and signs with the
	// auctioneer that the session was stopped.
	CountersignedBy string         `json:"countersignedBy,omitempty"`
	CountersignedAt engine.Instant `json:"countersignedAt,omitempty"`
	Remark          string         `json:"remark,omitempty"`
	// Names, filled when read.
	ReporterName      string `json:"reporterName,omitempty"`
	CountersignerName string `json:"countersignerName,omitempty"`
}

// IncidentStore keeps incidents.
type IncidentStore interface {
	// InsertIncident keeps a new one, unless the session has one that is not
	// moot: then it returns that one and made is false.
	InsertIncident(ctx context.Context, i Incident, t Trail) (kept Incident, made bool, err error)
	// ChangeIncident works like ChangeRegistration. Only state, end,
	// countersignature and remark may change.
	ChangeIncident(ctx context.Context, id string, change func(*Incident) (Trail, error)) (Incident, error)
	Incident(ctx context.Context, id string) (Incident, error)
	// OpenIncidents returns those whose stop is not known to have happened,
	// oldest first.
	OpenIncidents(ctx context.Context, limit int) ([]Incident, error)
}

// Saleroom takes the auctioneer's acts for running sessions. Submit does not
// block; answer is called once, also at once, and must not block.
type Saleroom interface {
	Submit(id engine.SessionID, c engine.Command, answer func(engine.Receipt, error))
}

// conductors may stop a session and have it run again.
var conductors = []engine.Role{engine.RoleAuctioneer, engine.RoleAdmin}

const maxReasonRunes = 500 // as in the engine

// errNoSaleroom answers where the office was made without one.
var errNoSaleroom = errors.New("office: no saleroom to stop sessions in")

// ReportIncident stops a session for an incident: first it keeps the incident,
// then it submits the stop as the auctioneer's act, then it tells all
// participants. What is broken off in between Reconcile carries on, under the
// same command id. A second report, by whomever, returns the first. Only an
// auctioneer or an admin may. Errors: *Invalid, ErrWrongState where the session
// has ended already.
func (o *Office) ReportIncident(ctx context.Context, by Account, id engine.SessionID, ground IncidentGround, sentence string) (Incident, error) {
	s, err := o.sessionFor(ctx, by, id, conductors...)
	if err != nil {
		return Incident{}, err
	}
	if by, err = o.authorizeAt(ctx, by, s.CentreID, conductors...); err != nil {
		return Incident{}, err
	}
	var f faults
	_, known := incidentGrounds[ground]
	f.when(!known, "ground", "unknown")
	f.text("sentence", &sentence, maxReasonRunes, true)
	if err := f.err(); err != nil {
		return Incident{}, err
	}
	if s.Incident != nil {
		return o.carryOut(ctx, *s.Incident)
	}
	if s.Phase != "" {
		return Incident{}, ErrWrongState
	}
	i := Incident{
		Session: id, AuctionID: s.AuctionID, Ground: ground, Sentence: sentence, ReportedBy: by.ID, StaffRef: by.StaffRef,
		ReportedAt: engine.InstantOf(o.now()), State: IncidentOpen,
	}
	if i.ID, err = o.newID(); err != nil {
		return Incident{}, err
	}
	if i.Command, err = uuid.NewV7FromReader(o.rand); err != nil {
		return Incident{}, fmt.Errorf("random bytes: %w", err)
	}
	t := o.act(by, "incident.report", "session", string(id), nil, map[string]any{"ground": ground, "incident": i.ID}).
		ofAuction(&Auction{ID: s.AuctionID, CentreID: s.CentreID}).because(sentence)
	kept, _, err := o.store.InsertIncident(ctx, i, t)
	if err != nil {
		return Incident{}, err
	}
	return o.carryOut(ctx, kept)
}

// carryOut stops the session of an open incident and keeps what came of it.
func (o *Office) carryOut(ctx context.Context, i Incident) (Incident, error) {
	if i.State == IncidentOpen {
		receipt, err := o.stop(ctx, i)
		if err != nil {
			return Incident{}, err
		}
		if i, err = o.settleIncident(ctx, i, receipt); err != nil {
			return Incident{}, err
		}
	}
	if i.State == IncidentMoot {
		return Incident{}, ErrWrongState
	}
	return i, nil
}

// stop submits the stop and waits for its receipt or the end of ctx.
func (o *Office) stop(ctx context.Context, i Incident) (engine.Receipt, error) {
	if o.saleroom == nil {
		return engine.Receipt{}, errNoSaleroom
	}
	type answer struct {
		engine.Receipt
		err error
	}
	answers := make(chan answer, 1)
	o.saleroom.Submit(i.Session, engine.Command{
		ID: i.Command, By: engine.Actor{Role: engine.RoleAuctioneer, Ref: i.StaffRef}, Do: engine.Stop{Reason: i.Sentence},
	}, func(r engine.Receipt, err error) { answers <- answer{r, err} })
	select {
	case a := <-answers:
		if a.err != nil {
			return engine.Receipt{}, fmt.Errorf("%w: the session did not answer: %w", ErrUnavailable, a.err)
		}
		return a.Receipt, nil
	case <-ctx.Done():
		return engine.Receipt{}, ctx.Err()
	}
}

// settleIncident keeps what the session answered. The letters go out with it.
func (o *Office) settleIncident(ctx context.Context, i Incident, r engine.Receipt) (Incident, error) {
	s, err := o.store.SessionOf(ctx, i.Session)
	if err != nil {
		return Incident{}, err
	}
	a, err := o.store.Auction(ctx, i.AuctionID)
	if err != nil {
		return Incident{}, err
	}
	mails, err := o.lettersTo(ctx, s, "session_stopped", stopSubject(s), stopBody(s, i))
	if err != nil {
		return Incident{}, err
	}
	return o.store.ChangeIncident(ctx, i.ID, func(i *Incident) (Trail, error) {
		if i.State != IncidentOpen {
			return Trail{}, nil // another process or a second click was faster
		}
		i.EndedAt = r.At
		if !r.Accepted {
			i.State, i.EndedAt = IncidentMoot, engine.InstantOf(o.now())
			return o.act(Account{Role: engine.RoleSystem}, "incident.moot", "session", string(i.Session), nil,
				map[string]any{"incident": i.ID, "reason": r.Reason}).ofAuction(&a), nil
		}
		i.State = IncidentStopped
		t := o.act(Account{Role: engine.RoleSystem}, "incident.stopped", "session", string(i.Session), nil,
			map[string]any{"incident": i.ID, "at": r.At}).ofAuction(&a).and(mails...)
		if a.RehearsalOf == "" {
			t = t.tell(&a, "session.stopped", map[string]any{
				"lot": s.LotNumber, "session": i.Session, "ground": i.Ground, "sentence": i.Sentence, "at": r.At,
			})
		}
		return t, nil
	})
}

// reconcileIncidents carries on with incidents whose stop is not known to have
// happened, because the program died or the session did not answer.
func (o *Office) reconcileIncidents(ctx context.Context) error {
	if o.saleroom == nil {
		return nil
	}
	open, err := o.store.OpenIncidents(ctx, reconcileBatch)
	if err != nil {
		return err
	}
	var errs []error
	for _, i := range open {
		if _, err := o.carryOut(ctx, i); err != nil && !errors.Is(err, ErrWrongState) {
			errs = append(errs, fmt.Errorf("incident of session %s: %w", i.Session, err))
		}
	}
	return errors.Join(errs...)
}

// Countersign is the observer's signature under an incident (requirement M6).
// Signing again returns what was signed; another observer is refused with
// ErrWrongState.
func (o *Office) Countersign(ctx context.Context, by Account, id, remark string) (Incident, error) {
	if !validID(id) {
		return Incident{}, ErrNotFound
	}
	i, err := o.store.Incident(ctx, id)
	if err != nil {
		return Incident{}, err
	}
	a, err := o.store.Auction(ctx, i.AuctionID)
	if err != nil {
		return Incident{}, err
	}
	if by, err = o.authorizeAt(ctx, by, a.CentreID, engine.RoleObserver); err != nil {
		return Incident{}, err
	}
	if len(a.Sheet.People.Observers) > 0 && !slices.Contains(a.Sheet.People.Observers, by.ID) {
		return Incident{}, ErrForbidden
	}
	var f faults
	f.text("remark", &remark, maxReasonRunes, false)
	if err := f.err(); err != nil {
		return Incident{}, err
	}
	return o.store.ChangeIncident(ctx, id, func(i *Incident) (Trail, error) {
		switch {
		case i.CountersignedBy == by.ID:
			return Trail{}, nil
		case i.CountersignedBy != "" || i.State != IncidentStopped:
			return Trail{}, ErrWrongState
		}
		i.CountersignedBy, i.CountersignedAt, i.Remark = by.ID, engine.InstantOf(o.now()), remark
		return o.act(by, "incident.countersign", "session", string(i.Session), nil, map[string]any{"incident": i.ID}).
			ofAuction(&a).because(remark), nil
	})
}
