package office

import (
	"slices"

	"gobua/engine"
)

// bought tells whether a bid took the price to buy now.
func (r *SessionResult) bought(b ResultBid) bool {
	return slices.ContainsFunc(r.Course, func(m engine.Moment) bool { return m.Kind == engine.KindBidAccepted && m.Seq == b.Seq })
}

// bidNote says what a bid has beside its price.
func (f *minutesFacts) bidNote(b ResultBid) string {
	if f.result.bought(b) && !b.Struck {
		return "mua ngay"
	}
	if why := f.result.whyDeclined(b.Code); why != "" {
		return "không tính: " + why
	}
	return whyUndone(f.result.Calls, b.Seq)
}

// whyUndone is the note of a bid that was undone, empty: it was not.
func whyUndone(calls []ResultCall, bid engine.Seq) string {
	for _, c := range calls {
		if c.Kind == engine.KindUndone && c.Bid == bid {
			return "đã hủy ghi nhận: " + c.Reason
		}
	}
	return ""
}

// whyStruck says why a bid counts no more; empty: it does.
func (r *SessionResult) whyStruck(b ResultBid) string {
	if !b.Struck {
		return ""
	}
	if why := whyUndone(r.Calls, b.Seq); why != "" {
		return why
	}
	if why := r.whyDeclined(b.Code); why != "" {
		return why
	}
	for _, out := range r.Outs {
		switch {
		case out.Code == b.Code && out.Withdrew:
			return "đã rút lại giá đã trả"
		case out.Code == b.Code:
			return "bị truất quyền: " + out.Reason
		}
	}
	return "cao hơn giá mà phiên tiếp tục, sau khi có người rút lại giá hoặc bị truất quyền"
}

// whyDeclined says that somebody did not take a part of several units, empty:
// they did, or there was none.
func (r *SessionResult) whyDeclined(code engine.ParticipantCode) string {
	for _, m := range r.Course {
		if m.Kind == engine.KindPartDeclined && m.Code == code {
			return "không nhận phần được chia: " + m.Text
		}
	}
	return ""
}
