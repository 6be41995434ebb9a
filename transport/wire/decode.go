package wire

import (
	"math"

	"github.com/google/uuid"

	"gobua/engine"
)

// Limits of single fields.
const (
	maxNumber          = math.MaxInt32
	maxClientTimeBytes = 32 // a float64 in full has at most 25
	maxEpochBytes      = 16
	maxCodeBytes       = 64 // people type it; the engine says what is wrong with it
)

// Decode reads one client frame. It is strict: one flat object, fields of its
// op only, each once, whole numbers without fraction or exponent. Every error
// is a *Fault. The result shares no memory with the frame.
func Decode(frame []byte) (Request, error) {
	if len(frame) > MaxClientFrame || !validText(frame) {
		return nil, &Fault{Code: CodeBadFrame}
	}
	var f fields
	s := scanner{text: frame}
	err := s.members(func(key []byte) error { return f.read(&s, key) })
	if err != nil {
		return nil, &Fault{CodeBadFrame, f.number}
	}
	form, known := forms[f.op]
	switch {
	case f.has&fieldOp == 0 || f.has&fieldID == 0:
		return nil, &Fault{CodeBadFrame, f.number}
	case !known:
		return nil, &Fault{CodeUnknownOp, f.number}
	case f.has&form.must != form.must || f.has&^(form.must|form.may|fieldOp|fieldID) != 0:
		return nil, &Fault{CodeBadFrame, f.number}
	}
	return f.build(form)
}

// build checks what all requests have in common and makes the request.
func (f *fields) build(form form) (Request, error) {
	if f.has&fieldSession != 0 && !f.session.Valid() {
		return nil, &Fault{CodeUnknownSession, f.number}
	}
	if f.badAmount {
		return nil, &Fault{CodeBadAmount, f.number}
	}
	r, code := form.make(f)
	if code != "" {
		return nil, &Fault{code, f.number}
	}
	return r, nil
}

// fieldSet is a set of the fields a request may have.
type fieldSet uint32

const (
	fieldOp fieldSet = 1 << iota
	fieldID
	fieldToken
	fieldSession
	fieldEpoch
	fieldSeq
	fieldView
	fieldCmd
	fieldAmount
	fieldConfirm
	fieldCode
	fieldAct
	fieldText
	fieldMs
	fieldPrice
	fieldCmds
	fieldCT
	fieldKeys
	fieldUnits
	fieldChanges
	fieldAt
	fieldOff
)

// fields are the values of a frame before it is known what they are for.
type fields struct {
	has       fieldSet
	badAmount bool // an amount, confirmation or price is no whole number in range

	op, token, epoch, view, act, text, clientTime string

	number  Number
	session engine.SessionID
	seq     engine.FeedSeq
	cmd     engine.CommandID
	cmds    []engine.CommandID
	amount  engine.Dong
	confirm engine.Dong
	price   engine.Dong
	code    engine.ParticipantCode
	ms      engine.Millis
	keys    []engine.Key
	units   int
	changes int
	at      [seenMoments]engine.Instant
	off     engine.Millis
}

// read consumes the value of a key. An unknown or repeated key is an error.
func (f *fields) read(s *scanner, key []byte) (err error) {
	field := fieldOf(key)
	if field == 0 || f.has&field != 0 {
		return errScan
	}
	f.has |= field
	switch field {
	case fieldOp:
		f.op, err = s.str()
	case fieldID:
		var n int64
		n, err = s.whole(1, maxNumber)
		f.number = Number(n)
	case fieldToken:
		f.token, err = s.str()
	case fieldSession:
		var text string
		text, err = s.str()
		f.session = engine.SessionID(text)
	case fieldEpoch:
		f.epoch, err = s.strUpTo(maxEpochBytes)
	case fieldSeq:
		var n int64
		n, err = s.whole(0, int64(engine.MaxDong))
		f.seq = engine.FeedSeq(n)
	case fieldView:
		f.view, err = s.str()
	case fieldCmd:
		f.cmd, err = s.commandID()
	case fieldAmount:
		f.amount, err = f.money(s, 1)
	case fieldConfirm:
		f.confirm, err = f.money(s, 1)
	case fieldPrice:
		f.price, err = f.money(s, 0)
	case fieldCode:
		var text string
		text, err = s.strUpTo(maxCodeBytes)
		f.code = engine.ParticipantCode(text)
	case fieldAct:
		f.act, err = s.str()
	case fieldText:
		f.text, err = s.str()
	case fieldMs:
		var n int64
		n, err = s.whole(0, int64(engine.MaxBiddingMs))
		f.ms = engine.Millis(n)
	case fieldCmds:
		f.cmds, err = s.commandIDs()
	case fieldCT:
		f.clientTime, err = s.clientTime()
	case fieldKeys:
		f.keys, err = s.keys()
	case fieldUnits:
		f.units, err = s.count(1)
	case fieldChanges:
		f.changes, err = s.count(0)
	case fieldAt:
		err = s.moments(f.at[:])
	case fieldOff:
		var n int64
		n, err = s.whole(0, int64(engine.MaxBiddingMs))
		f.off = engine.Millis(n)
	}
	return err
}

// fieldOf finds a field by its key, zero if there is none.
func fieldOf(key []byte) fieldSet {
	switch string(key) {
	case "op":
		return fieldOp
	case "id":
		return fieldID
	case "token":
		return fieldToken
	case "session":
		return fieldSession
	case "epoch":
		return fieldEpoch
	case "seq":
		return fieldSeq
	case "view":
		return fieldView
	case "cmd":
		return fieldCmd
	case "amount":
		return fieldAmount
	case "confirm":
		return fieldConfirm
	case "code":
		return fieldCode
	case "act":
		return fieldAct
	case "text":
		return fieldText
	case "ms":
		return fieldMs
	case "price":
		return fieldPrice
	case "cmds":
		return fieldCmds
	case "ct":
		return fieldCT
	case "keys":
		return fieldKeys
	case "units":
		return fieldUnits
	case "changes":
		return fieldChanges
	case "at":
		return fieldAt
	case "off":
		return fieldOff
	}
	return 0
}

// count consumes how many of something there are. What is more than there can
// be is the engine's to refuse.
func (s *scanner) count(least int64) (int, error) {
	n, err := s.whole(least, maxNumber)
	return int(n), err
}

// moments consumes a list of as many moments as there are in list.
func (s *scanner) moments(list []engine.Instant) error {
	for i := range list {
		before := byte(',')
		if i == 0 {
			before = '['
		}
		if !s.token(before) {
			return errScan
		}
		n, err := s.whole(0, int64(engine.MaxDong))
		if err != nil {
			return err
		}
		list[i] = engine.Instant(n)
	}
	if !s.token(']') {
		return errScan
	}
	return nil
}

// money consumes an amount. What is no whole number from least to MaxDong is
// noted, not an error: the sender learns that it was the amount.
func (f *fields) money(s *scanner, least int64) (engine.Dong, error) {
	text, err := s.number()
	if err != nil {
		return 0, err
	}
	n, ok := whole(text, least, int64(engine.MaxDong))
	if !ok {
		f.badAmount = true
		return 0, nil
	}
	return engine.Dong(n), nil
}

// whole consumes a whole number between least and most.
func (s *scanner) whole(least, most int64) (int64, error) {
	text, err := s.number()
	if err != nil {
		return 0, err
	}
	n, ok := whole(text, least, most)
	if !ok {
		return 0, errScan
	}
	return n, nil
}

func (s *scanner) strUpTo(bytes int) (string, error) {
	text, err := s.str()
	if err == nil && len(text) > bytes {
		return "", errScan
	}
	return text, err
}

func (s *scanner) clientTime() (string, error) {
	text, err := s.number()
	if err != nil || len(text) == 0 || len(text) > maxClientTimeBytes {
		return "", errScan
	}
	return string(text), nil
}

// commandID consumes a UUID of version 7 in its usual form. Another version
// would not sort by age, by which repeated commands are told from old ones.
func (s *scanner) commandID() (engine.CommandID, error) {
	raw, err := s.rawString()
	if err != nil {
		return engine.CommandID{}, err
	}
	return parseCommandID(raw)
}

func parseCommandID(text []byte) (engine.CommandID, error) {
	if len(text) != 36 {
		return engine.CommandID{}, errScan
	}
	id, err := uuid.ParseBytes(text)
	if err != nil || id.Version() != 7 || id.Variant() != uuid.RFC4122 {
		return engine.CommandID{}, errScan
	}
	return id, nil
}

func (s *scanner) commandIDs() ([]engine.CommandID, error) {
	texts, err := s.strs(MaxAsked)
	if err != nil {
		return nil, err
	}
	ids := make([]engine.CommandID, len(texts))
	for i, text := range texts {
		if ids[i], err = parseCommandID([]byte(text)); err != nil {
			return nil, err
		}
	}
	return ids, nil
}

// keys consumes keys of sealed offers, at most one for each round there may be.
func (s *scanner) keys() ([]engine.Key, error) {
	texts, err := s.strs(engine.MaxSealedRounds)
	if err != nil {
		return nil, err
	}
	keys := make([]engine.Key, len(texts))
	for i, text := range texts {
		if keys[i].UnmarshalText([]byte(text)) != nil {
			return nil, errScan
		}
	}
	return keys, nil
}
