package transport

import (
	"context"

	"gobua/engine"
	"gobua/office"
)

var dayRights = []right{
	{"GET /auctions/a-1/day", "", [5]int{401, 403, 200, 200, 200}},
	{"POST /auctions/a-1/readiness", `{"item":"staff","ticked":true}`, [5]int{401, 403, 200, 403, 200}},
	{"POST /auctions/a-1/rehearsals", `{"opensAt":1}`, [5]int{401, 403, 201, 403, 201}},
	{"GET /sessions/k7qp2mwx90ab/presence", "", [5]int{401, 403, 200, 200, 200}},
	{"GET /sessions/k7qp2mwx90ab/presence/mine", "", [5]int{401, 200, 403, 403, 403}},
	{"GET /sessions/k7qp2mwx90ab/aftermath", "", [5]int{200, 200, 200, 200, 200}},
	{"POST /sessions/k7qp2mwx90ab/incident", `{"ground":"cannot_bid","sentence":"Mất mạng"}`, [5]int{401, 403, 200, 403, 200}},
	{"POST /sessions/k7qp2mwx90ab/rerun", `{"opensAt":1,"reason":"Mất mạng"}`, [5]int{401, 403, 201, 403, 201}},
	{"POST /incidents/i-1/countersign", `{}`, [5]int{401, 403, 403, 200, 403}},
}

var (
	stubIncident = office.Incident{
		ID: "i-1", Session: "k7qp2mwx90ab", AuctionID: "a-1", Ground: office.GroundCannotBid, Sentence: "Mất mạng",
		ReportedBy: "acc-1", ReportedAt: 1, State: office.IncidentStopped,
	}
	stubRun = office.SessionOfAuction{
		Session: "k7qp2mwx90ab", AuctionID: "a-1", LotID: "l-1", LotNumber: 1, LotTitle: "Thửa đất", Run: 1, Newest: true, OpensAt: 1,
		Incident: &stubIncident,
	}
	stubItem       = office.ReadinessItem{Name: "staff", Ticked: true, State: office.Ready}
	stubAttendance = office.Attendance{Code: "M-733", Stays: []office.Window{{From: 1, To: 2}}}
)

func (s *stubRooms) CodeOf(engine.SessionID, string) (engine.ParticipantCode, bool) {
	return "M-733", true
}

func (s *stubRooms) Standing(id engine.SessionID, code engine.ParticipantCode) (engine.Standing, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.rooms[id].Now
	return engine.Standing{Code: code, CheckedIn: true, Leading: now.Leader == code, Best: now.Price}, now.Leader != ""
}

func (s *stubOffice) Sessions(context.Context, string) ([]office.SessionOfAuction, error) {
	return []office.SessionOfAuction{stubRun}, s.call()
}

func (s *stubOffice) Rehearsals(context.Context, office.Account, string) ([]office.SessionOfAuction, error) {
	return []office.SessionOfAuction{stubRun}, s.call()
}

func (s *stubOffice) Readiness(context.Context, office.Account, string) ([]office.ReadinessItem, error) {
	return []office.ReadinessItem{stubItem}, s.call()
}

func (s *stubOffice) AdmissionState(context.Context, office.Account, string) (*office.AdmissionState, error) {
	return &office.AdmissionState{ClosesAt: 1, Lots: []office.LotAdmission{{LotID: "l-1", Number: 1, Title: "Thửa đất", Admitted: 2}}}, s.call()
}

func (s *stubOffice) TickReadiness(context.Context, office.Account, string, string, bool, string) error {
	return s.call()
}

func (s *stubOffice) Presence(context.Context, office.Account, engine.SessionID) ([]office.Attendance, error) {
	return []office.Attendance{stubAttendance}, s.call()
}

func (s *stubOffice) OwnPresence(context.Context, engine.SessionID, engine.ParticipantCode) (office.Attendance, error) {
	return stubAttendance, s.call()
}

func (s *stubOffice) Absent(context.Context, engine.SessionID) ([]office.Absence, error) {
	return []office.Absence{{Attendance: stubAttendance, Gaps: []office.PresenceGap{{From: 1, To: 2, Lost: 3}}}}, s.call()
}

func (s *stubOffice) ReportIncident(context.Context, office.Account, engine.SessionID, office.IncidentGround, string) (office.Incident, error) {
	return stubIncident, s.call()
}

func (s *stubOffice) Countersign(context.Context, office.Account, string, string) (office.Incident, error) {
	return stubIncident, s.call()
}

func (s *stubOffice) Rerun(context.Context, office.Account, engine.SessionID, engine.Instant, string) (office.SessionOfAuction, error) {
	return stubRun, s.call()
}

func (s *stubOffice) Rehearse(context.Context, office.Account, string, engine.Instant) (office.Auction, error) {
	return stubAuction, s.call()
}

func (s *stubOffice) Aftermath(context.Context, engine.SessionID) (office.Aftermath, error) {
	return office.Aftermath{Run: 1, Stopped: &office.PublicIncident{Ground: office.GroundCannotBid, Sentence: "Mất mạng", At: 1}}, s.call()
}
