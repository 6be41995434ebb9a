package transport

import (
	"context"

	"gobua/office"
	"gobua/office/feed"
)

var publicRights = []right{
	{"GET /notices", "", [5]int{200, 200, 200, 200, 200}},
	{"GET /feeds/notices.atom", "", [5]int{200, 200, 200, 200, 200}},
	{"GET /feeds/notices.ics", "", [5]int{200, 200, 200, 200, 200}},
	{"GET /notices/a-1/notice.ics", "", [5]int{200, 200, 200, 200, 200}},
	{"GET /notices/a-1/portal.json", "", [5]int{200, 200, 200, 200, 200}},
	{"GET /notices/a-1/ocds.json", "", [5]int{200, 200, 200, 200, 200}},
	{"GET /notices/a-1/notice.pdf", "", [5]int{200, 200, 200, 200, 200}},
	{"GET /notices/a-1/rules.pdf", "", [5]int{200, 200, 200, 200, 200}},
}

var stubNotice = feed.Notice{
	ID: "0198c0de-0000-7000-8000-000000000001", Title: "Phiên mẫu", Centre: feed.Party{ID: "c", Name: "Trung tâm"},
	Status: feed.Upcoming, URL: "http://dau-gia.example/cuoc-dau-gia/1", UpdatedAt: 1_790_000_000_000,
}

func (s *stubOffice) PublicAuctions(context.Context, office.PublicQuery) (office.PublicPage, error) {
	return office.PublicPage{Notices: []office.PublicCard{}, Centres: []office.PublicOption{}, Now: 1}, s.call()
}

func (s *stubOffice) FeedNotices(context.Context, string) ([]feed.Notice, office.Centre, error) {
	return []feed.Notice{stubNotice}, office.Centre{Name: "Trung tâm", CreatedAt: 1}, s.call()
}

func (s *stubOffice) UpcomingNotices(context.Context, string) ([]feed.Notice, office.Centre, error) {
	return []feed.Notice{stubNotice}, office.Centre{Name: "Trung tâm", CreatedAt: 1}, s.call()
}

func (s *stubOffice) FeedNotice(context.Context, string, string) (feed.Notice, office.Centre, error) {
	return stubNotice, office.Centre{Name: "Trung tâm"}, s.call()
}

func (s *stubOffice) NoticePaper(context.Context, string, string) ([]byte, error) {
	return []byte("%PDF"), s.call()
}

func (s *stubOffice) RulesPaper(context.Context, string, string) ([]byte, error) {
	return []byte("%PDF"), s.call()
}
