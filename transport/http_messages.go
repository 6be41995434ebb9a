package transport

import (
	"net/http"

	"golang.org/x/text/language"
)

// answer is what the API says when it does not do what was asked: the status
// and one sentence in each language of the house.
type answer struct {
	status int
	vi, en string
}

// The codes of REST errors. They are part of the API: the page and other
// programs act on them, so a code is never renamed.
const (
	codeBadRequest        = "bad_request"
	codeBadJSON           = "bad_json"
	codeUnknownField      = "unknown_field"
	codeTooDeep           = "too_deep"
	codeTooLarge          = "too_large"
	codeLengthRequired    = "length_required"
	codeNotJSON           = "not_json"
	codeNotBytes          = "not_bytes"
	codeInvalid           = "invalid"
	codeUnauthorized      = "unauthorized"
	codeTokenExpired      = "token_expired"
	codeBadCredentials    = "bad_credentials"
	codePasswordGiven     = "password_given"
	codeSignedOut         = "signed_out"
	codeForbidden         = "forbidden"
	codeForeignOrigin     = "foreign_origin"
	codeHeaderMissing     = "header_missing"
	codeNotFound          = "not_found"
	codeUnknownSession    = "unknown_session"
	codeSessionNotOver    = "session_not_over"
	codeMethodNotAllowed  = "method_not_allowed"
	codeTimeout           = "timeout"
	codeEditedMeanwhile   = "edited_meanwhile"
	codeLoginTaken        = "login_taken"
	codeAlreadyPublished  = "already_published"
	codeIdempotencyReused = "idempotency_reused"
	codeRegistered        = "registered"
	codeBadCode           = "bad_code"
	codeNoSecondFactor    = "no_second_factor"
	codeWrongState        = "wrong_state"
	codeTooLate           = "too_late"
	codeTooEarly          = "too_early"
	codeTooMany           = "too_many"
	codeUpgradeRequired   = "upgrade_required"
	codeRate              = "rate"
	codeThrottled         = "throttled"
	codeRush              = "rush"
	codeHeadersTooLarge   = "headers_too_large"
	codeInternal          = "internal"
	codeOfficeClosed      = "office_closed"
	codeBusy              = "busy"
	codeReplayTooLong     = "replay_too_long"
)

// answers is the one table from a code to its status and sentences.
var answers = map[string]answer{
	codeBadRequest:        {http.StatusBadRequest, "Yêu cầu không đúng dạng.", "The request is malformed."},
	codeBadJSON:           {http.StatusBadRequest, "Dữ liệu gửi lên không phải JSON hợp lệ.", "The body is not valid JSON."},
	codeUnknownField:      {http.StatusBadRequest, "Dữ liệu gửi lên có trường không được biết đến.", "The body has a field that is not known here."},
	codeTooDeep:           {http.StatusBadRequest, "Dữ liệu gửi lên lồng nhau quá sâu.", "The body is nested too deeply."},
	codeTooLarge:          {http.StatusRequestEntityTooLarge, "Dữ liệu gửi lên quá lớn.", "The body is too large."},
	codeLengthRequired:    {http.StatusLengthRequired, "Hãy gửi kèm độ dài của dữ liệu (Content-Length), không gửi từng đoạn.", "Send the length of the body (Content-Length) with it, and not in chunks."},
	codeNotJSON:           {http.StatusUnsupportedMediaType, "Hãy gửi dữ liệu dạng application/json, không nén.", "Send the body as application/json, not compressed."},
	codeNotBytes:          {http.StatusUnsupportedMediaType, "Hãy gửi từng phần của tệp dạng application/octet-stream, không nén.", "Send the chunk as application/octet-stream, not compressed."},
	codeInvalid:           {http.StatusUnprocessableEntity, "Có chỗ cần sửa lại; xem từng mục.", "Something needs correcting; see each field."},
	codeUnauthorized:      {http.StatusUnauthorized, "Bạn cần đăng nhập.", "Please sign in."},
	codeTokenExpired:      {http.StatusUnauthorized, "Phiên đăng nhập đã hết hạn.", "Your sign-in has expired."},
	codePasswordGiven:     {http.StatusForbidden, "Mật khẩu này do người khác đặt. Hãy đặt mật khẩu của riêng bạn để đăng nhập.", "This password was set by somebody else. Set one of your own to sign in."},
	codeBadCredentials:    {http.StatusUnauthorized, "Tên đăng nhập hoặc mật khẩu không đúng.", "The login or the password is not right."},
	codeSignedOut:         {http.StatusUnauthorized, "Bạn đã đăng xuất. Hãy đăng nhập lại.", "You are signed out. Please sign in again."},
	codeForbidden:         {http.StatusForbidden, "Bạn không có quyền làm việc này.", "You may not do this."},
	codeForeignOrigin:     {http.StatusForbidden, "Yêu cầu đến từ một trang khác nên bị từ chối.", "The request comes from another site and was refused."},
	codeHeaderMissing:     {http.StatusForbidden, "Yêu cầu thiếu tiêu đề X-Gobua nên bị từ chối.", "The request lacks the header X-Gobua and was refused."},
	codeNotFound:          {http.StatusNotFound, "Không tìm thấy.", "Not found."},
	codeUnknownSession:    {http.StatusNotFound, "Không có phiên đấu giá này.", "There is no such session."},
	codeMethodNotAllowed:  {http.StatusMethodNotAllowed, "Địa chỉ này không nhận thao tác đó.", "This address does not take that method."},
	codeTimeout:           {http.StatusRequestTimeout, "Yêu cầu đến quá chậm.", "The request took too long to arrive."},
	codeEditedMeanwhile:   {http.StatusConflict, "Trong lúc đó đã có người sửa. Hãy tải lại rồi sửa tiếp.", "Somebody has edited this meanwhile. Load it again, then edit."},
	codeSessionNotOver:    {http.StatusConflict, "Phiên này chưa kết thúc. Hồ sơ công khai và phần xem lại có sau khi có kết quả.", "This session is not over. Its record and its replay are there once its end is final."},
	codeLoginTaken:        {http.StatusConflict, "Tên đăng nhập này đã có người dùng.", "This login is taken."},
	codeAlreadyPublished:  {http.StatusConflict, "Cuộc đấu giá đã công bố, không sửa được nữa.", "The auction is published and can no longer be edited."},
	codeIdempotencyReused: {http.StatusConflict, "Khóa Idempotency-Key này đã dùng cho một yêu cầu khác.", "This Idempotency-Key was used for another request."},
	codeBadCode:           {http.StatusUnprocessableEntity, "Mã không đúng, đã hết hạn hoặc đã dùng.", "The code is wrong, too old, or was used."},
	codeNoSecondFactor:    {http.StatusConflict, "Tài khoản này chưa có xác thực hai lớp.", "This account has no second factor."},
	codeRegistered:        {http.StatusConflict, "Bạn đã đăng ký tham gia lô này rồi.", "You have registered for this lot already."},
	codeWrongState:        {http.StatusConflict, "Việc này không làm được ở bước hiện tại. Hãy tải lại trang.", "This cannot be done at this step. Please load the page again."},
	codeTooLate:           {http.StatusConflict, "Đã hết hạn theo giờ của máy chủ.", "The deadline has passed on the server's clock."},
	codeTooEarly:          {http.StatusConflict, "Chưa đến giờ theo giờ của máy chủ.", "It is too early on the server's clock."},
	codeTooMany:           {http.StatusConflict, "Đã đủ số lượng cho phép.", "There are as many already as there may be."},
	codeReplayTooLong:     {http.StatusConflict, "Phiên này dài quá mức xem lại được trên trang. Hồ sơ phiên vẫn có đầy đủ.", "This session is too long to be replayed on the page. Its record is complete."},
	codeUpgradeRequired:   {http.StatusUpgradeRequired, "Địa chỉ này chỉ dành cho WebSocket.", "This address is for WebSockets only."},
	codeRate:              {http.StatusTooManyRequests, "Bạn gửi quá nhanh. Hãy chờ một chút.", "You are sending too fast. Please wait a moment."},
	codeThrottled:         {http.StatusTooManyRequests, "Đã thử quá nhiều lần. Hãy thử lại sau.", "There were too many attempts. Please try again later."},
	codeRush:              {http.StatusServiceUnavailable, "Nhiều người đang đăng nhập cùng lúc. Hãy thử lại sau ít giây.", "Many people are signing in at once. Please try again in a few seconds."},
	codeHeadersTooLarge:   {http.StatusRequestHeaderFieldsTooLarge, "Tiêu đề của yêu cầu quá lớn.", "The headers of the request are too large."},
	codeInternal:          {http.StatusInternalServerError, "Máy chủ gặp lỗi. Hãy báo mã sự cố cho đơn vị tổ chức.", "The server has failed. Please tell the organiser the incident number."},
	codeBusy:              {http.StatusServiceUnavailable, "Máy chủ đang bận hoặc sắp khởi động lại. Hãy thử lại sau ít giây.", "The server is busy or about to restart. Please try again in a few seconds."},
	codeOfficeClosed:      {http.StatusServiceUnavailable, "Phần hồ sơ tạm thời không truy cập được; các phiên đang đấu giá vẫn tiếp tục.", "The office is out of reach for now; sessions under way go on."},
}

// fieldSentences are the sentences for what can be wrong with one field of a
// form. The codes come from the engine's rules, from the office, and from the
// decoder of bodies.
var fieldSentences = map[string]struct{ vi, en string }{
	"above_cash_limit":      {"Số tiền này không được nộp bằng tiền mặt.", "This much may not be paid in cash."},
	"no_guarantee":          {"Quy chế không cho thay bằng bảo lãnh.", "The rules do not allow a guarantee here."},
	"not_assignable":        {"Dòng này không gán được.", "This row cannot be assigned."},
	"not_the_amount_due":    {"Phải đúng bằng số tiền còn thiếu.", "This must be exactly what is missing."},
	"proxy_of_another":      {"Người này đã đại diện cho người khác ở cùng lô.", "This person represents another participant of the lot."},
	"underpaid":             {"Số tiền đã nhận còn thiếu.", "Too little has come in."},
	"above_legal_maximum":   {"Cao hơn mức tối đa theo quy định.", "This is above the legal maximum."},
	"active_content":        {"Tệp PDF chứa mã hoặc lệnh tự chạy. Hãy in lại thành PDF thường.", "This PDF runs something when it is opened. Print it to a plain PDF."},
	"after_opening":         {"Phải trước giờ mở phiên đầu tiên.", "This must be before the first session opens."},
	"before_dossiers_close": {"Phải sau khi hết hạn nhận hồ sơ.", "This must be after dossiers close."},
	"before_listing":        {"Không được trước ngày niêm yết.", "This must not be before the listing."},
	"below_legal_minimum":   {"Thấp hơn mức tối thiểu theo quy định.", "This is below the legal minimum."},
	"below_start":           {"Thấp hơn giá khởi điểm.", "This is below the starting price."},
	"closes_late":           {"Kết thúc muộn hơn hạn theo quy định.", "This closes later than the law allows."},
	"below_first_step":      {"Phải cao hơn giá khởi điểm ít nhất một bước giá.", "This must be at least one step above the starting price."},
	"below_reserve":         {"Thấp hơn giá tối thiểu giữ kín.", "This is below the hidden reserve."},
	"not_in_law":            {"Luật Đấu giá tài sản không có cách này.", "The Law on Property Auction knows no such way."},
	"not_with_rounds":       {"Không dùng chung với vòng biển số.", "This does not go with plate rounds."},
	"damaged":               {"Tệp bị hỏng hoặc chưa đầy đủ.", "The file is damaged or not complete."},
	"fixed":                 {"Mục này không đổi được nữa.", "This can no longer be changed."},
	"not_a_tax_code":        {"Mã số thuế không đúng.", "This is not a tax code."},
	"not_an_id":             {"Số định danh không đúng.", "This is not a national id."},
	"other_birth_year":      {"Số định danh không khớp với năm sinh.", "The national id does not fit the year of birth."},
	"same_as_old":           {"Phải khác mật khẩu cũ.", "This must differ from the old password."},
	"taken":                 {"Đã có tài khoản khác dùng số này.", "Another account has this number."},
	"wrong_password":        {"Mật khẩu không đúng.", "The password is not right."},
	"duplicate":             {"Bị trùng.", "This occurs twice."},
	"empty_file":            {"Tệp rỗng.", "The file is empty."},
	"encrypted":             {"Tệp có mật khẩu nên không kiểm tra được. Hãy bỏ mật khẩu.", "The file has a password, so it cannot be checked. Take the password off."},
	"file_too_large":        {"Tệp quá lớn.", "The file is too large."},
	"hash_differs":          {"Tệp bị hỏng trên đường truyền. Hãy tải lên lại.", "The file was damaged on its way. Please upload it again."},
	"listing_too_short":     {"Không đủ thời gian niêm yết theo quy định trước ngày mở phiên.", "The listing does not hang for as long as the law asks before the opening day."},
	"malformed":             {"Không đúng dạng.", "This is malformed."},
	"missing":               {"Còn thiếu.", "This is missing."},
	"negative":              {"Không được âm.", "This must not be negative."},
	"needs_proxy":           {"Chỉ dùng khi trả giá bằng mức tối đa.", "This needs bids that are maxima."},
	"needs_reserve":         {"Chỉ dùng khi có giá tối thiểu giữ kín.", "This needs a hidden reserve."},
	"no_calendar":           {"Chưa có lịch ngày làm việc cho năm này.", "There is no calendar of working days for this year."},
	"no_licence":            {"Đấu giá viên này chưa có số chứng chỉ.", "This auctioneer has no licence number."},
	"not_a_bidder":          {"Tài khoản này không phải người tham gia đấu giá.", "This account is not a bidder's."},
	"not_the_code":          {"Không đúng mã số của bạn.", "This is not your code."},
	"needs_extension":       {"Chỉ dùng khi giá cuối giờ kéo dài phiên.", "This needs an end that bids extend."},
	"differs":               {"Mọi tài sản của cuộc đấu giá phải giống nhau ở điểm này.", "All lots of the auction must have the same here."},
	"longer_than_round":     {"Không được dài hơn một vòng.", "This must not be longer than a round."},
	"not_with_maxima":       {"Không dùng chung với trả giá tối đa.", "This does not go with maximum bids."},
	"not_ascending":         {"Phải theo thứ tự tăng dần.", "This must ascend."},
	"not_for_method":        {"Phương thức này không dùng mục này.", "This method does not use this."},
	"not_with_second_price": {"Giá thứ hai chỉ đi với một vòng.", "A second price goes with one round only."},
	"not_with_uniform_price": {
		"Bán nhiều đơn vị theo một giá thì chỉ có một vòng, không có giá bảo lưu ẩn và không bán chung với lô khác.",
		"Several units at one price go with one round only, without a hidden reserve and by themselves.",
	},
	"several_winners": {
		"Lô có nhiều người trúng đấu giá chưa niêm yết được, vì phần thanh toán sau phiên mới làm cho một người. Hãy mở phiên cho người tham gia chọn sẵn mà không niêm yết, hoặc bán từng phần thành lô riêng.",
		"A lot with several winners cannot be listed yet: what follows a sale is made for one winner. Publish it to people admitted by hand without a listing, or sell the parts as lots of their own.",
	},
	"not_needed":       {"Chỉ dùng khi có vòng sau.", "This is for further rounds only."},
	"not_the_descent":  {"Phải đúng bằng số mức giá nhân với thời gian của mỗi mức.", "This must be the number of prices times how long each is asked."},
	"one_of_two":       {"Nhập số tiền hoặc phần trăm, một trong hai.", "Give an amount or a percentage, one of the two."},
	"too_many_falls":   {"Quá nhiều lần giảm giá, nhiều nhất 1.000.", "The price falls too often, at most 1,000 times."},
	"not_for_bidders":  {"Người tham gia đấu giá không có mục này.", "Bidders do not have this."},
	"not_positive":     {"Phải lớn hơn không.", "This must be greater than zero."},
	"nothing_changed":  {"Chưa có gì thay đổi so với quy chế đang niêm yết.", "Nothing differs from the listed rules."},
	"opens_early":      {"Bắt đầu sớm hơn quy định.", "This opens earlier than the law allows."},
	"out_of_range":     {"Nằm ngoài khoảng cho phép.", "This is out of range."},
	"past":             {"Thời điểm này đã qua.", "This moment has passed."},
	"register_instead": {"Cuộc đấu giá niêm yết nhận người tham gia qua đăng ký; hãy bỏ danh sách chọn sẵn.", "People register for a listed auction; take out those admitted by hand."},
	"revoked":          {"Tài khoản này đã bị thu hồi.", "This account is revoked."},
	"too_large":        {"Quá lớn.", "This is too large."},
	"too_long":         {"Quá dài.", "This is too long."},
	"too_many":         {"Quá nhiều.", "There are too many."},
	"too_many_units": {
		"Nhiều nhất 500 đơn vị một lô, vì cả danh sách người trúng được báo cho mọi người cùng lúc. Bán nhiều hơn thì gom thành gói bằng nhau.",
		"At most 500 units a lot, because everybody is told of all winners at once. To sell more, bundle them evenly.",
	},
	"only_names":        {"Mật khẩu này chỉ gồm tên mà ai cũng biết: của bạn, của trang hoặc của trung tâm. Hãy chọn mật khẩu khác.", "This is made of names that everybody knows: yours, this site's or the centre's. Choose another one."},
	"too_common":        {"Mật khẩu này quá phổ biến, ai cũng đoán được. Hãy chọn mật khẩu khác.", "Everybody guesses this password first. Choose another one."},
	"too_short":         {"Quá ngắn.", "This is too short."},
	"two_types":         {"Tệp có thể mở như một loại tệp khác nên không được nhận.", "The file could be opened as another type, too, and is not taken."},
	"type_differs":      {"Nội dung tệp không đúng với loại đã khai.", "The content of the file is not of the type it claims."},
	"type_not_allowed":  {"Loại tệp này không được nhận ở đây.", "Files of this type are not taken here."},
	"undecided":         {"Còn hồ sơ chưa được duyệt.", "Some dossiers wait for a decision."},
	"unknown":           {"Giá trị không được biết đến.", "This value is not known."},
	"unknown_field":     {"Trường này không được biết đến.", "This field is not known here."},
	"viewing_outside":   {"Phải nằm giữa ngày niêm yết và giờ mở phiên.", "This must lie between the listing and the opening."},
	"viewing_too_short": {"Không đủ số ngày xem tài sản liên tục theo quy định.", "There are fewer continuous days of viewing than the law asks for."},
	"wrong":             {"Không đúng.", "This is not right."},
	"wrong_role":        {"Người này không có vai trò đó.", "This person does not have that role."},
	"wrong_type":        {"Sai kiểu giá trị; số phải là số nguyên.", "The value has the wrong type; numbers must be whole."},
}

// fieldSentenceElse stands where a field code has no sentence of its own.
var fieldSentenceElse = struct{ vi, en string }{"Giá trị không hợp lệ.", "This value is not valid."}

var speaks = language.NewMatcher([]language.Tag{language.Vietnamese, language.English})

// readsEnglish tells whether a reader prefers English to Vietnamese, which is
// the language of who states no preference.
func readsEnglish(acceptLanguage string) bool {
	_, i := language.MatchStrings(speaks, acceptLanguage)
	return i == 1
}
