package office

import (
	"fmt"
	"slices"
	"strings"

	"gobua/engine"
	"gobua/office/document"
)

func methodText(lots []PublicLot) string {
	var all []string
	for _, l := range lots {
		name := methodName(&l.Rules)
		if !slices.Contains(all, name) {
			all = append(all, name)
		}
	}
	return strings.Join(all, "; ")
}

// methodName is what papers call a way to sell.
func methodName(r *engine.Rules) string {
	if unitsOf(r) > 0 {
		return "trả giá lên, bỏ phiếu gián tiếp, nhiều đơn vị cùng một giá"
	}
	switch r.Method {
	case "descending":
		return "đặt giá xuống"
	case "sealed":
		return "trả giá lên, bỏ phiếu gián tiếp"
	case "hybrid":
		return "đặt giá xuống, sau đó bỏ phiếu kín trả cao hơn"
	case "called":
		return "trả giá lên, đấu giá viên gọi giá trực tiếp"
	case "turns":
		return "trả giá lần lượt theo vòng"
	case "gong":
		return "hỏi giá theo vòng"
	}
	return "trả giá lên"
}

// biddingText says how a price is found, what ends the bidding and what is paid.
// What holds for several lots is said once.
func biddingText(lots []PublicLot) []string {
	out := []string{"Thời gian là thời gian thực của máy chủ."}
	whose := map[string][]string{}
	var order []string
	for _, l := range lots {
		for _, text := range slices.Concat(wayTexts(&l.Rules), limitTexts(&l.Rules), groupTexts(l.Rules.Group), offersInLimitText(&l.Rules)) {
			if _, ok := whose[text]; !ok {
				order = append(order, text)
			}
			whose[text] = append(whose[text], fmt.Sprint(l.Number))
		}
	}
	for _, text := range order {
		if len(whose[text]) == len(lots) {
			out = append(out, text)
		} else {
			out = append(out, fmt.Sprintf("Lô %s: %s", strings.Join(whose[text], ", "), text))
		}
	}
	return out
}

// wayTexts says one way to sell: what a valid bid is where that is common to
// several ways, and then all that its own is.
func wayTexts(r *engine.Rules) []string {
	switch {
	case r.Hybrid != nil:
		return []string{hybridText(r)}
	case r.Sealed != nil:
		return []string{sealedText(r.Sealed)}
	case r.Descent != nil:
		return []string{descentText(r.Descent)}
	case r.Gong != nil:
		return []string{gongText(r.Gong, r.BiddingMs)}
	case r.Turns != nil:
		return []string{turnsText(r.Turns, r.BiddingMs)}
	}
	end := closingText(r.Closing)
	if r.Called != nil {
		end = calledText(r.Called)
	}
	if r.BuyNow != nil {
		end = document.BuyNowText(r.BuyNow) + " " + end
	}
	return []string{
		"Giá trả hợp lệ là giá từ giá khởi điểm trở lên, cao hơn giá cao nhất ít nhất một bước giá, được máy chủ nhận trong thời gian trả giá; hai giá bằng nhau thì giá được nhận trước có hiệu lực.",
		end,
	}
}

// turnsText says rule RO1.
func turnsText(t *engine.Turns, first engine.Millis) string {
	return "Trả giá lần lượt theo vòng: mỗi vòng mỗi người có mặt có một lượt, người đang trả thấp nhất trả trước, người chưa trả giá trước nữa; ở vòng đầu người được duyệt sau cùng trả trước. " +
		"Thứ tự của mỗi vòng được công bố khi bắt đầu nghỉ trước vòng đó, của vòng đầu khi hết nghỉ; ai vào phòng sau đó có lượt từ vòng sau, người vắng mặt không được chờ. " +
		"Chỉ người đến lượt được trả giá, mỗi lượt một lần, từ giá khởi điểm trở lên và cao hơn giá cao nhất ít nhất một bước giá; giá đó hiện ngay với mọi người, không đổi được, và lượt kết thúc. " +
		"Im lặng hết lượt thì giá cũ của người đó được giữ nguyên; người đang trả cao nhất không cần lượt. " +
		fmt.Sprintf("Có %d vòng, mỗi lượt dài nhất %s; nghỉ %s trước vòng đầu%s. ", t.Rounds, document.Lasting(t.TurnMs), document.Lasting(first), laterPause(t)) +
		"Hết vòng cuối thì phiên kết thúc, người đang trả cao nhất được đề nghị trúng theo giá đã trả."
}

func laterPause(t *engine.Turns) string {
	if t.Rounds == 1 {
		return ""
	}
	return fmt.Sprintf(" và %s trước mỗi vòng sau", document.Lasting(t.PauseMs))
}

// gongText says rule TX1.
func gongText(g *engine.Gong, most engine.Millis) string {
	return "Hỏi giá theo vòng: vòng đầu chào giá cao hơn giá khởi điểm một bước giá; người đầu tiên đồng ý với giá của vòng, hoặc trả cao hơn theo bội số của bước giá, lấy vòng đó; " +
		"vòng sau chào cao hơn giá vừa được lấy một bước giá, và thời gian chờ bắt đầu lại. Hai người cùng đồng ý một giá thì giá được nhận trước lấy vòng, người kia được hỏi lại ở giá của vòng sau. " +
		fmt.Sprintf("Sau %s không ai đồng ý hoặc trả cao hơn thì phiên kết thúc, muộn nhất sau %s kể từ khi mở; ", document.Lasting(g.SilenceMs), document.Lasting(most)) +
		"người lấy vòng cuối cùng được đề nghị trúng theo giá đã đồng ý hoặc đã trả."
}

// descentText says how a price falls and what an acceptance is.
func descentText(d *engine.Descent) string {
	again := "từ giá đó"
	if d.Preceding {
		again = "từ mức giá liền trước"
	}
	return "Đặt giá xuống: " + document.DescentText(d) + ". Người đầu tiên chấp nhận đúng mức giá đang chào được đề nghị trúng và phiên kết thúc ngay; " +
		"người đó rút lại trước khi công bố thì bị truất quyền và phiên tiếp tục " + again + "."
}

// hybridText says how a falling price, sealed offers and a last word follow
// each other.
func hybridText(r *engine.Rules) string {
	return "Đặt giá xuống rồi bỏ phiếu kín: " + document.DescentText(r.Descent) + ". Khi có người chấp nhận đúng mức giá đang chào, những người khác " +
		fmt.Sprintf("được bỏ phiếu kín trong %s, giá cao hơn giá đã chấp nhận ít nhất một bước giá; hai người giữ khóa cùng trình khóa mới mở được phiếu. ", document.Lasting(r.Hybrid.OffersMs)) +
		fmt.Sprintf("Mở phiếu xong, người đã chấp nhận giá được trả lời cuối cùng trong %s, cao hơn phiếu cao nhất ít nhất một bước giá; ", document.Lasting(r.Hybrid.AnswerMs)) +
		"không trả lời thì người có phiếu cao nhất được đề nghị trúng. Không có phiếu nào hợp lệ thì người đã chấp nhận giá được đề nghị trúng."
}

// sealedText says how sealed offers are made, opened and counted.
func sealedText(r *engine.Sealed) string {
	if r.Pricing == engine.PricingUniform {
		return unitsText(r)
	}
	pays := "theo giá trên phiếu của mình"
	if r.Pricing == engine.PricingSecond {
		pays = "theo giá của phiếu cao thứ hai, không có phiếu nào khác thì theo giá khởi điểm, không thấp hơn giá tối thiểu không công khai nếu có"
	}
	text := "Bỏ phiếu gián tiếp: phiếu được mã hóa ngay khi nhận, được đổi hoặc rút cho đến khi hết giờ, phiếu cuối cùng được tính; " +
		"giá từ giá khởi điểm trở lên và theo bước giá. Hai người giữ khóa cùng trình khóa sau giờ kết thúc mới mở được phiếu; " +
		"trước đó không ai biết số phiếu và giá. Người có phiếu cao nhất được đề nghị trúng " + pays + "."
	if r.Rounds > 1 {
		text += fmt.Sprintf(" Nhiều nhất %d vòng, mỗi vòng sau %s, cho những người có phiếu hợp lệ ở vòng trước, giá cao hơn phiếu cao nhất ít nhất một bước giá.", r.Rounds, document.Lasting(r.RoundMs))
	}
	if r.RunOffs > 0 {
		text += fmt.Sprintf(" Trả bằng nhau ở mức cao nhất thì đấu tiếp giữa những người đó, nhiều nhất %d vòng, mỗi vòng %s.", r.RunOffs, document.Lasting(r.RoundMs))
	}
	return text + " Vẫn bằng nhau thì người có lần đổi phiếu cuối sớm hơn trúng."
}

// unitsText says how several units are sold at one price (rule MU1).
func unitsText(r *engine.Sealed) string {
	return fmt.Sprintf("Bán %s bằng bỏ phiếu gián tiếp: giá khởi điểm và bước giá là của một đơn vị. Mỗi người có một phiếu với giá một đơn vị, từ giá khởi điểm trở lên và theo bước giá, "+
		"và số đơn vị muốn mua; phiếu được mã hóa ngay khi nhận, được đổi hoặc rút cho đến khi hết giờ, phiếu cuối cùng được tính. Hai người giữ khóa cùng trình khóa sau giờ kết thúc mới mở được phiếu; "+
		"trước đó không ai biết số phiếu, giá và số lượng. Phiếu xếp theo giá cao hơn, rồi số đơn vị nhiều hơn, rồi lần đổi phiếu cuối sớm hơn, và được chia cho đến hết số đơn vị. "+
		"Mọi người trúng trả cùng một giá một đơn vị: giá của phiếu trúng thấp nhất nếu số muốn mua nhiều hơn số bán, nếu không thì giá khởi điểm; tiền phải trả là giá đó nhân với số đơn vị được mua. "+
		"Người trúng cuối cùng có thể chỉ được một phần số đơn vị muốn mua, và được từ chối phần đó trước khi công bố mà không mất tiền đặt trước; "+
		"khi đó thứ tự và giá được xác định lại như không có phiếu ấy. Người được đủ số muốn mua không được từ chối.", document.UnitsText(r.Units))
}

// calledText says how a lot that is called ends.
func calledText(c *engine.Called) string {
	text := fmt.Sprintf("Đấu giá viên gọi giá cao nhất %d lần rồi gõ búa kết thúc; có giá mới thì gọi lại từ lần đầu", c.Calls)
	if c.CallEveryMs > 0 {
		text += fmt.Sprintf(", hai lần gọi và lần gọi cuối với tiếng búa cách nhau ít nhất %d giây", (c.CallEveryMs+999)/1000)
	}
	if c.EarlyHammer {
		text += "; đấu giá viên được gõ búa khi chưa gọi đủ số lần"
	}
	return text + ". Giá trả tại hội trường do đấu giá viên hoặc thư ký nhập vào hệ thống và có giá trị như giá trả từ thiết bị của người tham gia; " +
		"giá nhập nhầm được đấu giá viên hủy ghi nhận công khai, nêu lý do, bắt đầu từ giá sau cùng."
}

func closingText(c engine.Closing) string {
	if c.Kind == engine.ClosingFixed {
		return "Phiên kết thúc đúng giờ đã định, không kéo dài."
	}
	if c.Kind == engine.ClosingRounds {
		return roundsText(c)
	}
	text := fmt.Sprintf("Giá hợp lệ trong %s cuối kéo dài thời gian trả giá thêm %s", document.Lasting(c.WindowMs), document.Lasting(c.ByMs))
	if c.Kind == engine.ClosingReset {
		text = fmt.Sprintf("Giá hợp lệ trong %s cuối đặt lại thời gian còn lại thành %s", document.Lasting(c.WindowMs), document.Lasting(c.ByMs))
	}
	if c.MaxCount > 0 {
		text += fmt.Sprintf(", nhiều nhất %d lần", c.MaxCount)
	}
	if c.MaxTotalMs > 0 {
		text += fmt.Sprintf(", tổng cộng không quá %s", document.Lasting(c.MaxTotalMs))
	}
	return text + "."
}

// roundsText says rule SC9 as VPA's Quy chế does.
func roundsText(c engine.Closing) string {
	text := fmt.Sprintf("Có giá hợp lệ trong %d giây cuối thì mở thêm một vòng trả giá %d giây, nhiều nhất %d vòng", c.WindowMs/1000, c.ByMs/1000, c.MaxCount)
	if c.MaxTotalMs > 0 {
		text += fmt.Sprintf(", tổng cộng không quá %s sau thời gian trả giá chính thức", document.Lasting(c.MaxTotalMs))
	}
	if c.GapMs > 0 {
		text += fmt.Sprintf("; trước mỗi vòng nghỉ %d giây", c.GapMs/1000)
	}
	return text + ". Chỉ người có giá hợp lệ ở vòng liền trước (vòng đầu: trong thời gian chính thức) được trả giá ở vòng sau. " +
		"Không có giá mới trong những giây cuối, hoặc chỉ một người có giá hợp lệ trong vòng, thì người trả giá cao nhất trúng khi vòng đó kết thúc."
}
