package office

import (
	"fmt"
	"strings"

	"gobua/engine"
	"gobua/office/document"
)

// courseSentences tells for the minutes what the clock and the auctioneer did
// in a session, in its order. Falls of the price that follow each other are one
// sentence: the attached record has each of them.
func courseSentences(course []engine.Moment, rules *engine.Rules, currency string) []document.Happening {
	var list []document.Happening
	clock := courseClock{rules: rules}
	var first engine.Moment // of the falls in a row
	falls := 0
	for i, m := range course {
		if m.Kind == engine.KindLowered {
			if falls++; falls == 1 {
				first = m
			}
			if i+1 < len(course) && course[i+1].Kind == engine.KindLowered {
				continue
			}
			text := fmt.Sprintf("Giá giảm xuống %s.", moneyText(m.Price, currency))
			if falls > 1 {
				text = fmt.Sprintf("Giá giảm %d lần, lần đầu xuống %s lúc %s, lần cuối xuống %s.",
					falls, moneyText(first.Price, currency), document.TimeOfDay(first.At), moneyText(m.Price, currency))
			}
			list, falls = append(list, document.Happening{At: m.At, Text: text}), 0
			continue
		}
		clock.follow(m)
		if text := courseSentence(m, &clock, currency); text != "" {
			list = append(list, document.Happening{At: m.At, Text: text})
		}
	}
	return list
}

// courseSentence tells one moment; empty: it is none for the minutes.
func courseSentence(m engine.Moment, clock *courseClock, currency string) string {
	reason := ""
	if m.Text != "" {
		reason = " Lý do: " + strings.TrimSuffix(m.Text, ".") + "."
	}
	end := document.TimeOfDay(m.ClosesAt)
	switch m.Kind {
	case engine.KindOpened:
		return fmt.Sprintf("Mở phiên, %s.", clock.until(end))
	case engine.KindExtended:
		if m.Lot > 0 {
			return fmt.Sprintf("Có giá mới sát giờ kết thúc của lô %d: cả nhóm gia hạn theo quy chế đến %s.", m.Lot, end)
		}
		if reason == "" {
			return fmt.Sprintf("Có giá mới sát giờ kết thúc: gia hạn theo quy chế đến %s.", end)
		}
		return fmt.Sprintf("Đấu giá viên gia hạn, %s.%s", clock.until(end), reason)
	case engine.KindPaused:
		return "Tạm dừng phiên." + reason
	case engine.KindResumed:
		return fmt.Sprintf("Tiếp tục phiên, %s.%s", clock.until(end), reason)
	case engine.KindSaid:
		return "Đấu giá viên thông báo: " + m.Text
	case engine.KindWithdrawn:
		return fmt.Sprintf("Người có mã số %s rút lại giá đã trả; các lần trả giá của người này không còn tính (Điều 50).", m.Code)
	case engine.KindDisqualified:
		return fmt.Sprintf("Người có mã số %s bị truất quyền tham gia; các lần trả giá của người này không còn tính.%s", m.Code, reason)
	case engine.KindPartDeclined:
		return fmt.Sprintf("Người có mã số %s chỉ được một phần số đơn vị và không nhận phần đó; phiếu của người này không còn tính, thứ tự và giá được xác định lại.%s", m.Code, reason)
	case engine.KindOutageCredited:
		lost := strings.Replace(fmt.Sprintf("%.1f", float64(m.LostMs)/1000), ".", ",", 1)
		return fmt.Sprintf("Hệ thống gián đoạn %s giây, thời gian được trả lại, %s.", lost, clock.until(end))
	case engine.KindReopened:
		return fmt.Sprintf("Người chấp nhận giá không còn tham gia: phiên tiếp tục từ giá %s, đến %s.", moneyText(m.Price, currency), end)
	case engine.KindRoundOpened:
		return fmt.Sprintf("Vòng %d đến %s, gồm %d người trả giá hợp lệ ở lượt trước: %s.", m.Round, end, len(m.Going), codesText(m.Going))
	case engine.KindTurnOpened:
		text := fmt.Sprintf("Vòng %d: đến lượt người có mã số %s, muộn nhất đến %s.", m.Round, m.Code, end)
		if m.Code == "" {
			text = fmt.Sprintf("Nghỉ trước vòng %d đến %s.", m.Round, end)
		}
		if len(m.Going) > 0 {
			text += " Thứ tự của vòng: " + codesText(m.Going) + "."
		}
		return text
	case engine.KindStageOpened:
		if m.Stage == engine.StageAnswer {
			return fmt.Sprintf("Mở phiếu được giá cao nhất %s; người có mã số %s, đã chấp nhận giá trước đó, được trả lời cuối cùng đến %s.", moneyText(m.Price, currency), m.Code, end)
		}
		return fmt.Sprintf("Người có mã số %s chấp nhận giá %s; những người khác bỏ phiếu trả cao hơn đến %s.", m.Code, moneyText(m.Price, currency), end)
	case engine.KindKeyTaken:
		return fmt.Sprintf("Người có số hiệu %s nhận một trong hai khóa mở phiếu.", m.Who)
	case engine.KindKeyPresented:
		return fmt.Sprintf("Người có số hiệu %s đưa khóa mở phiếu.", m.Who)
	case engine.KindUnsealed:
		return fmt.Sprintf("Mở các phiếu trả giá của vòng %d bằng hai khóa.", m.Round)
	case engine.KindSealedRoundOpened:
		return fmt.Sprintf("Vòng bỏ phiếu %d đến %s, trả cao hơn %s, gồm %d người: %s.", m.Round, end, moneyText(m.Price, currency), len(m.Going), codesText(m.Going))
	case engine.KindClosed:
		return "Kết thúc việc trả giá."
	case engine.KindBidAccepted:
		return fmt.Sprintf("Người có mã số %s mua ngay với giá %s.", m.Code, moneyText(m.Price, currency))
	}
	return ""
}

func codesText(codes []engine.ParticipantCode) string {
	list := make([]string, len(codes))
	for i, code := range codes {
		list[i] = string(code)
	}
	return strings.Join(list, ", ")
}
