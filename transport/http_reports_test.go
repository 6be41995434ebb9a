package transport

import (
	"context"

	"gobua/office"
	"gobua/office/table"
)

var reportRights = []right{
	{"POST /reports", `{"kind":"lots","format":"csv","from":1,"to":2}`, [5]int{401, 403, 200, 200, 200}},
	{"GET /auctions/a-1/portal", "", [5]int{401, 403, 200, 200, 200}},
	{"POST /auctions/a-1/portal", `{"status":"uploaded","link":""}`, [5]int{401, 403, 200, 403, 200}},
}

func (s *stubOffice) Report(context.Context, office.Account, office.ReportQuery) (*office.Report, error) {
	rows := func(_ context.Context, row func(...table.Cell) error) error { return row(table.Text("=1+1")) }
	return &office.Report{Name: "ket-qua", Format: table.CSV, Sheet: "Kết quả", Columns: []table.Column{{Title: "Tài sản"}}, Rows: rows}, s.call()
}

func (s *stubOffice) NotePortal(context.Context, office.Account, string, office.PortalStatus, string) (office.PortalUpload, error) {
	return office.PortalUpload{Status: office.PortalUploaded, At: 1}, s.call()
}

func (s *stubOffice) PortalUploads(context.Context, office.Account, string) ([]office.PortalUpload, error) {
	return []office.PortalUpload{{Status: office.PortalPublished, Link: "https://dgts.moj.gov.vn/1", At: 1}}, s.call()
}
