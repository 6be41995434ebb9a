package office

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"gobua/engine"
	"gobua/office/casefile"
	"gobua/office/table"
)

// sealing is one file being written.
type sealing struct {
	o             *Office
	a             *Auction
	zip           *casefile.Writer
	registrations []Registration // read by the first part that needs them
}

// archiveParts are what a sealed file consists of, in its order. Each adds its
// own entries and none of another's.
var archiveParts = []func(context.Context, *sealing) error{
	sealNotice,
	sealRules,
	sealFiles,
	sealRegistrations,
	sealPayments,
	sealSessions,
	sealProceedings,
	sealMinutes,
	sealLetters,
	sealComplaints,
	sealActs,
}

// json adds a value as an entry.
func (s *sealing) json(name, meaning string, v any) error {
	b, err := json.MarshalIndent(v, "", " ")
	if err != nil {
		return err
	}
	return s.add(name, meaning, append(b, '\n'))
}

func (s *sealing) add(name, meaning string, content []byte) error {
	_, err := s.zip.Add(name, meaning, bytes.NewReader(content))
	return err
}

// sealNotice adds the auction as the public saw it and as the office kept it.
func sealNotice(ctx context.Context, s *sealing) error {
	kept := *s.a
	kept.Participants, kept.Warnings = nil, nil
	kept.Status, kept.Version = "", 0 // sealing changes them
	if err := s.json("notice/auction.json", "Cuộc đấu giá như Trung tâm đã ghi", kept); err != nil {
		return err
	}
	centre, err := s.o.store.Centre(ctx, s.a.CentreID)
	if err != nil {
		return err
	}
	uploads, err := s.o.store.PortalUploads(ctx, s.a.ID, maxPortalUploads)
	if err != nil {
		return err
	}
	if err := s.json("notice/portal.json", "Đăng tải trên Cổng Đấu giá tài sản quốc gia", list(uploads)); err != nil {
		return err
	}
	facts := centre.CentreFacts
	facts.Keep = KeepRules{}
	return s.json("notice/centre.json", "Tổ chức đấu giá", struct {
		Name string `json:"name"`
		CentreFacts
	}{centre.Name, facts})
}

// sealRules adds every version of the rules in the very bytes that were hashed.
func sealRules(ctx context.Context, s *sealing) error {
	versions, err := s.o.store.RulesVersions(ctx, s.a.ID)
	if err != nil {
		return err
	}
	centre, err := s.o.store.Centre(ctx, s.a.CentreID)
	if err != nil {
		return err
	}
	for _, v := range versions {
		name := fmt.Sprintf("rules/quy-che-%d.json", v.Number)
		if err := s.add(name, fmt.Sprintf("Quy chế, phiên bản %d; mã băm đã công bố %s", v.Number, v.Hash), v.Sheet); err != nil {
			return err
		}
		if err := s.papers(v, centre); err != nil {
			return err
		}
	}
	return s.json("rules/versions.json", "Các phiên bản Quy chế, thay đổi và mã băm", versions)
}

// papers prints the rules and the notice of a version.
func (s *sealing) papers(v RulesVersion, centre Centre) error {
	var f FrozenSheet
	if err := json.Unmarshal(v.Sheet, &f); err != nil {
		return fmt.Errorf("version %d of the rules: %w", v.Number, err)
	}
	rules, err := rulesPDF(s.o.site, f, v, centre)
	if err != nil {
		return err
	}
	if err := s.add(fmt.Sprintf("rules/quy-che-%d.pdf", v.Number), fmt.Sprintf("Quy chế, phiên bản %d, bản in", v.Number), rules); err != nil {
		return err
	}
	notice, err := noticePDF(s.o.site, f, v, centre)
	if err != nil {
		return err
	}
	return s.add(fmt.Sprintf("notice/thong-bao-%d.pdf", v.Number), fmt.Sprintf("Thông báo công khai theo Quy chế phiên bản %d", v.Number), notice)
}

// sealFiles adds what was uploaded, withdrawn files too. The index has the
// names that people gave.
func sealFiles(ctx context.Context, s *sealing) error {
	files, err := s.o.store.Files(ctx, FileQuery{AuctionID: s.a.ID, Limit: maxSealedFiles})
	if err != nil {
		return err
	}
	if len(files) == maxSealedFiles {
		return fmt.Errorf("more than %d files", maxSealedFiles)
	}
	var open, personal []File
	for _, f := range files {
		folder, meaning := "files/", fileMeanings[f.Purpose]
		if filePurposes[f.Purpose].personal {
			personal, folder = append(personal, f), casefile.Identities+"files/"
		} else {
			open = append(open, f)
		}
		if err := s.file(ctx, f, folder+string(f.Purpose)+"/"+f.ID+"-"+casefile.SafePart(f.Name), meaning); err != nil {
			return err
		}
	}
	if err := s.json("files/files.json", "Danh mục tệp không có dữ liệu cá nhân", list(open)); err != nil {
		return err
	}
	return s.json(casefile.Identities+"files/files.json", "Danh mục tệp có dữ liệu cá nhân", list(personal))
}

// maxSealedFiles bounds the index; 2,000 bidders bring some ten files each.
const maxSealedFiles = 60_000

var fileMeanings = map[FilePurpose]string{
	FilePhoto: "Ảnh tài sản", FileDocument: "Tài liệu công khai", FileListingEvidence: "Bằng chứng niêm yết",
	FileMinutesScan: "Bản quét biên bản", FileComplaint: "Tài liệu kèm khiếu nại", FileDossier: "Hồ sơ tham gia đấu giá",
	FileGuarantee: "Bảo lãnh ngân hàng", FilePowerOfAttorney: "Giấy ủy quyền", FileIdentity: "Giấy tờ tùy thân",
	FileStatement: "Sao kê ngân hàng", FileSeal: "Con dấu",
}

// file adds an uploaded content as it lies on the disk. A content that is not
// there stops the sealing: a file that lacks something must not look whole.
func (s *sealing) file(ctx context.Context, f File, name, meaning string) error {
	if s.o.files == nil {
		return errNoFiles
	}
	content, err := s.o.files.Content(ctx, f.Hash)
	if err != nil {
		return fmt.Errorf("file %s: %w", f.ID, err)
	}
	defer content.Close()
	e, err := s.zip.Add(name, meaning, content)
	if err == nil && e.SHA256 != f.Hash {
		err = fmt.Errorf("file %s: its content has changed on the disk", f.ID)
	}
	return err
}

// list is never null in JSON.
func list[T any](l []T) []T {
	if l == nil {
		return []T{}
	}
	return l
}

// SealedRegistration is a registration without the person. Its code is the one
// under which the person bid.
type SealedRegistration struct {
	ID           string                 `json:"id"`
	LotID        string                 `json:"lotId"`
	Code         engine.ParticipantCode `json:"code,omitempty"`
	Dossier      DossierState           `json:"dossier"`
	Standing     RegistrationStanding   `json:"standing"`
	NoConflict   bool                   `json:"noConflict"`
	AtCounter    bool                   `json:"atCounter,omitempty"`
	CreatedAt    engine.Instant         `json:"createdAt"`
	SubmittedAt  engine.Instant         `json:"submittedAt,omitempty"`
	DecidedAt    engine.Instant         `json:"decidedAt,omitempty"`
	EndedAt      engine.Instant         `json:"endedAt,omitempty"`
	CodeIssuedAt engine.Instant         `json:"codeIssuedAt,omitempty"`
	Fee          SealedPayment          `json:"fee"`
	Deposit      SealedPayment          `json:"deposit"`
}

// SealedPayment is a payment without who paid it.
type SealedPayment struct {
	Due         engine.Dong    `json:"due"`
	Paid        engine.Dong    `json:"paid"`
	State       PaymentState   `json:"state"`
	Method      string         `json:"method,omitempty"`
	Ground      string         `json:"ground,omitempty"`
	PaidAt      engine.Instant `json:"paidAt,omitempty"`
	RefundDueAt engine.Instant `json:"refundDueAt,omitempty"`
	SettledAt   engine.Instant `json:"settledAt,omitempty"`
}

func sealedPayment(p Payment) SealedPayment {
	return SealedPayment{
		Due: p.Due, Paid: p.Paid, State: p.State, Method: p.Method, Ground: lostOn(p), PaidAt: p.PaidAt, RefundDueAt: p.RefundDueAt,
		SettledAt: p.SettledAt,
	}
}

// lostOn is the ground on which a deposit was not given back, if it was not.
func lostOn(p Payment) string {
	if p.Forfeit != nil && p.Forfeit.Approved {
		return string(p.Forfeit.Ground)
	}
	return p.Ground
}

// people reads the registrations once.
func (s *sealing) people(ctx context.Context) ([]Registration, error) {
	if s.registrations != nil {
		return s.registrations, nil
	}
	found, err := s.o.store.Registrations(ctx, RegistrationQuery{AuctionID: s.a.ID, Limit: maxLots * maxRegistrations})
	for i := range found {
		if found[i].Code, err = s.o.openCode(&found[i]); err != nil {
			return nil, err
		}
	}
	s.registrations = found
	return found, err
}

// sealRegistrations adds who registered: the facts without names, and the names
// apart.
func sealRegistrations(ctx context.Context, s *sealing) error {
	found, err := s.people(ctx)
	if err != nil {
		return err
	}
	facts := make([]SealedRegistration, len(found))
	for i, r := range found {
		facts[i] = SealedRegistration{
			ID: r.ID, LotID: r.LotID, Code: r.Code, Dossier: r.Dossier, Standing: r.Standing, NoConflict: r.NoConflict,
			AtCounter: r.AtCounter, CreatedAt: r.CreatedAt, SubmittedAt: r.SubmittedAt, DecidedAt: r.DecidedAt, EndedAt: r.EndedAt,
			CodeIssuedAt: r.CodeIssuedAt, Fee: sealedPayment(r.Fee), Deposit: sealedPayment(r.Deposit),
		}
	}
	if err := s.json("registrations/registrations.json", "Đăng ký tham gia, tiền hồ sơ, tiền đặt trước; không có tên người", facts); err != nil {
		return err
	}
	return s.json(casefile.Identities+"registrations.json", "Đăng ký tham gia với danh tính và tài khoản nhận hoàn trả", list(found))
}

// sealPayments adds the statements that were booked, and the lists of deposits
// to refund, kept and converted.
func sealPayments(ctx context.Context, s *sealing) error {
	statements, err := s.o.store.Statements(ctx, s.a.ID, maxStatements)
	if err != nil {
		return err
	}
	type fact struct {
		ID          string         `json:"id"`
		Hash        engine.Hash    `json:"hash"`
		UploadedAt  engine.Instant `json:"uploadedAt"`
		ConfirmedAt engine.Instant `json:"confirmedAt,omitempty"`
	}
	facts := []fact{}
	for _, one := range statements {
		facts = append(facts, fact{one.ID, one.Hash, one.UploadedAt, one.ConfirmedAt})
		whole, err := s.o.store.Statement(ctx, one.ID)
		if err != nil {
			return err
		}
		if err := s.json(casefile.Identities+"statements/"+one.ID+".json", "Sao kê đã đối chiếu, từng dòng", whole); err != nil {
			return err
		}
	}
	if err := s.json("payments/statements.json", "Các sao kê đã nhập", facts); err != nil {
		return err
	}
	found, err := s.people(ctx)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	out, err := table.NewWriter(&b, table.CSV, "", depositColumns(false))
	if err != nil {
		return err
	}
	for i := range found {
		if err := out.Row(depositCells(s.a, &found[i], false)...); err != nil {
			return err
		}
	}
	if err := out.Close(); err != nil {
		return err
	}
	return s.add("payments/deposits.csv", "Tiền đặt trước: hoàn trả, không được trả lại, chuyển thành tiền đặt cọc", b.Bytes())
}

// maxSealedLetters is what one auction sends at most: some letters to each of
// 2,000 participants.
const maxSealedLetters = 100_000

// sealLetters adds what was sent: when and what about, and to whom apart.
func sealLetters(ctx context.Context, s *sealing) error {
	letters, err := s.o.store.Letters(ctx, LetterQuery{AuctionID: s.a.ID, Limit: maxSealedLetters})
	if err != nil {
		return err
	}
	type fact struct {
		ID        string         `json:"id"`
		Kind      string         `json:"kind"`
		CreatedAt engine.Instant `json:"createdAt"`
		SentAt    engine.Instant `json:"sentAt,omitempty"`
	}
	facts := make([]fact, len(letters))
	for i := range letters {
		l := &letters[i]
		facts[i] = fact{l.ID, l.Kind, l.CreatedAt, l.SentAt}
		whole, err := s.o.store.Letter(ctx, l.ID)
		if err != nil {
			return err
		}
		l.Body = whole.Body
	}
	if err := s.json("letters/letters.json", "Thư đã gửi: loại và thời điểm", facts); err != nil {
		return err
	}
	return s.json(casefile.Identities+"letters.json", "Thư đã gửi: người nhận và nội dung", list(letters))
}

// sealComplaints adds what was complained of and what was answered.
func sealComplaints(ctx context.Context, s *sealing) error {
	found, err := s.o.store.Complaints(ctx, s.a.ID, maxComplaints)
	if err != nil {
		return err
	}
	if err := s.json(casefile.Identities+"complaints.json", "Khiếu nại: ai, điều gì", list(found)); err != nil {
		return err
	}
	facts := slices.Clone(found)
	for i := range facts {
		facts[i].Name, facts[i].Contact, facts[i].Body = "", "", ""
	}
	return s.json("complaints/complaints.json", "Khiếu nại và trả lời, không có tên người", list(facts))
}

// sealActs adds the lines of the audit log, oldest first: whole under
// identities, and without origins, names and states outside.
func sealActs(ctx context.Context, s *sealing) error {
	var acts []Act
	for before := uint64(0); ; {
		batch, err := s.o.store.Acts(ctx, ActQuery{AuctionID: s.a.ID, Before: before, Limit: actBatch})
		if err != nil {
			return err
		}
		acts = append(acts, batch...)
		if len(batch) < actBatch {
			break
		}
		before = batch[len(batch)-1].Seq
	}
	slices.Reverse(acts)
	acts = slices.DeleteFunc(acts, func(a Act) bool { return a.Name == "archive.seal" }) // they tell of files like this
	facts := make([]Act, len(acts))
	for i, a := range acts {
		facts[i] = Act{
			Seq: a.Seq, At: a.At, Role: a.Role, Name: a.Name, Subject: a.Subject, SubjectID: a.SubjectID, Hash: a.Hash,
		}
		if a.Role != engine.RoleBidder {
			facts[i].Who, facts[i].Reason = a.Who, a.Reason
		}
	}
	if err := s.json("audit/acts.json", "Nhật ký của cuộc đấu giá; mã băm của từng dòng", facts); err != nil {
		return err
	}
	return s.json(casefile.Identities+"acts.json", "Nhật ký của cuộc đấu giá, đầy đủ", list(acts))
}
