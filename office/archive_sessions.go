package office

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"

	"gobua/engine"
	"gobua/office/casefile"
)

// sealSessions adds the record of every run: the extract of the journal as it
// was kept, who was there, and what stopped it.
func sealSessions(ctx context.Context, s *sealing) error {
	runs, err := s.o.store.SessionsOf(ctx, s.a.ID)
	if err != nil {
		return err
	}
	if err := s.json("sessions/sessions.json", "Các phiên đấu giá, sự cố và phiên đấu giá lại", list(runs)); err != nil {
		return err
	}
	for _, run := range runs {
		if err := s.session(ctx, run); err != nil {
			return err
		}
	}
	ticks, err := s.o.store.Ticks(ctx, s.a.ID)
	if err != nil {
		return err
	}
	return s.json("sessions/readiness.json", "Việc đã kiểm tra trước khi mở phiên", list(ticks))
}

// record adds what lets a stranger decide the session once more. A session that
// was made before there were such records has none.
func (s *sealing) record(ctx context.Context, run SessionOfAuction, folder string) error {
	if s.o.records == nil {
		return nil
	}
	text, err := s.o.records.Open(ctx, run.Session)
	switch {
	case errors.Is(err, engine.ErrNoSession), errors.Is(err, engine.ErrNotOver), errors.Is(err, engine.ErrBareRecord):
		return nil
	case err != nil:
		return fmt.Errorf("record of session %s: %w", run.Session, err)
	}
	defer text.Close()
	_, err = s.zip.Add(folder+"record.txt", fmt.Sprintf("Hồ sơ công khai của phiên %s, ai cũng kiểm chứng lại được", run.Session), text)
	return err
}

func (s *sealing) session(ctx context.Context, run SessionOfAuction) error {
	folder := "sessions/" + string(run.Session) + "/"
	kept, err := s.o.store.HasResult(ctx, run.Session)
	if err != nil {
		return err
	}
	if kept {
		r, err := s.o.store.Result(ctx, run.Session)
		if err != nil {
			return err
		}
		if err := s.json(folder+"record.json", fmt.Sprintf("Diễn biến phiên %s, lần %d", run.Session, run.Run), r); err != nil {
			return err
		}
	}
	if err := s.record(ctx, run, folder); err != nil {
		return err
	}
	seen, err := s.o.store.Sightings(ctx, run.Session, "", maxSightings)
	if err != nil {
		return err
	}
	if err := s.json(folder+"presence.json", "Hiện diện và kết nối của từng mã số", list(seen)); err != nil {
		return err
	}
	admitted, err := s.o.admissions(ctx, run.Session)
	if err != nil {
		return err
	}
	type person struct {
		Account string                 `json:"account"`
		Name    string                 `json:"name"`
		Login   string                 `json:"login"`
		Code    engine.ParticipantCode `json:"code"`
	}
	ids := make([]string, len(admitted))
	for i, a := range admitted {
		ids[i] = a.Account
	}
	accounts, err := s.o.store.AccountsByID(ctx, ids)
	if err != nil {
		return err
	}
	of := map[string]Account{}
	for _, a := range accounts {
		of[a.ID] = a
	}
	people := make([]person, len(admitted))
	for i, a := range admitted {
		people[i] = person{a.Account, of[a.Account].Name, of[a.Account].Login, a.Code}
	}
	slices.SortFunc(people, func(a, b person) int { return bytes.Compare([]byte(a.Code), []byte(b.Code)) })
	return s.json(casefile.Identities+string(run.Session)+".json", "Ai đã trả giá dưới mã số nào", people)
}

// sealProceedings adds what followed bidding on each lot.
func sealProceedings(ctx context.Context, s *sealing) error {
	found, err := s.o.store.Proceedings(ctx, ProceedingQuery{AuctionID: s.a.ID, Limit: maxLots})
	if err != nil {
		return err
	}
	return s.json("proceedings/proceedings.json", "Việc sau khi trả giá của từng tài sản: xác nhận, từ chối, người trả giá liền kề, thanh toán", list(found))
}

// sealMinutes adds every version of the minutes and who signed which.
func sealMinutes(ctx context.Context, s *sealing) error {
	ids := make([]string, len(s.a.Lots))
	number := map[string]int{}
	for i, lot := range s.a.Lots {
		ids[i], number[lot.ID] = lot.ID, lot.Number
	}
	found, err := s.o.store.MinutesOf(ctx, ids)
	if err != nil {
		return err
	}
	for _, m := range found {
		whole, err := s.o.store.MinutesPDF(ctx, m.LotID, m.Number)
		if err != nil {
			return err
		}
		name := fmt.Sprintf("minutes/lo-%d-ban-%d.pdf", number[m.LotID], m.Number)
		if err := s.add(name, fmt.Sprintf("Biên bản đấu giá lô %d, bản %d", number[m.LotID], m.Number), whole.PDF); err != nil {
			return err
		}
	}
	return s.json("minutes/signatures.json", "Các bản biên bản, mã băm và chữ ký", list(found))
}
