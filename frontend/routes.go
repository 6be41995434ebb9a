package frontend

import "regexp"

// Route is a path on which the page is served. The page has the same table in
// js/routes.js; a test compares them.
type Route struct {
	Path   string // with :session and :id as placeholders
	Module string // the page's module, whose imports are preloaded with it
}

// Routes is every address of the page. Whatever is not here, nor a file of the
// tree, is answered with 404: a catch-all that sends the page would turn a
// mistyped import into a baffling MIME error.
var Routes = []Route{
	{"/", "js/pages/home.js"},
	{"/cuoc-dau-gia", "js/pages/auctions.js"},
	{"/phong/:session", "js/pages/room.js"},
	{"/xem-lai/:session", "js/replay/page.js"},
	{"/man-hinh/:session", "js/pages/screen.js"},
	{"/cuoc-dau-gia/:id", "js/pages/notice.js"},
	{"/cuoc-dau-gia/:id/cac-lo", "js/sale/page.js"},
	{"/man-hinh/cac-lo/:id", "js/sale/screen.js"},
	{"/cuoc-dau-gia/:id/dang-ky", "js/reg/register.js"},
	{"/ho-so", "js/reg/mine.js"},
	{"/quan-tri/cuoc-dau-gia/:id/dang-ky", "js/reg/desk.js"},
	{"/dang-nhap", "js/signin/page.js"},
	{"/cua-toi", "js/mine/page.js"},
	{"/cua-toi/ket-qua", "js/after/mine.js"},
	{"/dieu-hanh", "js/console/list.js"},
	{"/dieu-hanh/:session", "js/console/auctioneer.js"},
	{"/dieu-hanh/cac-lo/:id", "js/sale/console.js"},
	{"/giam-sat/:session", "js/console/observer.js"},
	{"/quan-tri/cuoc-dau-gia", "js/admin/auctions.js"},
	{"/quan-tri/cuoc-dau-gia/moi", "js/admin/auction.js"},
	{"/quan-tri/cuoc-dau-gia/:id", "js/admin/auction.js"},
	{"/quan-tri/cuoc-dau-gia/:id/tep", "js/admin/files.js"},
	{"/quan-tri/cuoc-dau-gia/:id/phien", "js/day/page.js"},
	{"/quan-tri/cuoc-dau-gia/:id/ket-qua", "js/after/page.js"},
	{"/quan-tri/cuoc-dau-gia/:id/luu-tru", "js/archive/page.js"},
	{"/quan-tri/bao-cao", "js/archive/reports.js"},
	{"/quan-tri/luu-tru", "js/archive/list.js"},
	{"/quan-tri/tai-khoan", "js/admin/accounts.js"},
	{"/quan-tri/nhat-ky", "js/audit/log.js"},
	{"/quan-tri/thu", "js/audit/letters.js"},
	{"/quan-tri/ket-noi", "js/hooks/hooks.js"},
	{"/dang-ky-tai-khoan", "js/people/join.js"},
	{"/dat-lai-mat-khau", "js/people/reset.js"},
	{"/cua-toi/ho-so", "js/people/identity.js"},
	{"/cua-toi/bao-mat", "js/people/security.js"},
	{"/quan-tri/xac-minh", "js/people/verify.js"},
	{"/quan-tri/trung-tam", "js/people/centre.js"},
	{"/kiem-tra", "js/check/page.js"},
	{verifierPage, "js/verify/page.js"},
	{"/phien-ban", "js/versions/page.js"},
}

var (
	placeholder  = regexp.MustCompile(`:\w+`)
	placeholders = map[string]string{
		":session": `[0-9a-hjkmnp-tv-z]{12}`, // engine.SessionID.Valid
		":id":      `[0-9A-Za-z_-]{1,64}`,
	}
)

// pattern is the expression that a path of this route matches as a whole.
func (r Route) pattern() *regexp.Regexp {
	return regexp.MustCompile("^" + placeholder.ReplaceAllStringFunc(r.Path, func(name string) string {
		return placeholders[name]
	}) + "$")
}
