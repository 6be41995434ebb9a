package office

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"

	"gobua/engine"
	"gobua/office/document"
)

// maxRecordInMinutes is how many bytes of text the record may have that the
// minutes carry: some 50,000 records. The PDF packs it to two fifths, which still
// goes through a mail. Of a larger one the minutes name hash and address.
const maxRecordInMinutes = 16 << 20

// publishedRecord is the record that the minutes of a session carry. It is zero
// where the journal has none that can be published, or one that ends elsewhere
// than the result: then the minutes name the end of the chain alone, and are not
// kept waiting for it. It may wait for the record to be written, some seconds for
// a million bids.
//
// A session whose result is kept is over, so nothing is ever added to its
// records: every version of the minutes carries the same bytes.
func (o *Office) publishedRecord(ctx context.Context, r *SessionResult) (document.PublishedRecord, error) {
	id := r.Session
	if o.records == nil {
		return document.PublishedRecord{}, nil
	}
	text, err := o.records.Open(ctx, id)
	switch {
	case errors.Is(err, engine.ErrNoSession), errors.Is(err, engine.ErrNotOver), errors.Is(err, engine.ErrBareRecord):
		o.log.Warn("the minutes of a session go without its record", "session", id, "err", err)
		return document.PublishedRecord{}, nil
	case err != nil:
		return document.PublishedRecord{}, fmt.Errorf("record of session %s: %w", id, err)
	}
	defer text.Close()
	p := document.PublishedRecord{
		Attachment: document.Attachment{Name: fmt.Sprintf("phien-%s.txt", id), Description: "Hồ sơ công khai của phiên, ai cũng kiểm chứng lại được"},
		Address:    fmt.Sprintf("%s/api/v1/sessions/%s/record", o.site, id),
		Check:      fmt.Sprintf("%s/kiem-chung?phien=%s", o.site, id),
	}
	end, err := readRecord(&p, text, maxRecordInMinutes)
	if err != nil {
		return document.PublishedRecord{}, fmt.Errorf("record of session %s: %w", id, err)
	}
	if want := fmt.Sprintf("end %d %s\n", r.Head.Seq, r.Head.Hash); end != want {
		o.log.Error("the record of a session ends elsewhere than its result: the minutes go without it", "session", id, "record", end, "result", want)
		return document.PublishedRecord{}, nil
	}
	return p, nil
}

// readRecord reads the text of a record up to its end, which it returns, without
// what else speaks for it: that may grow after the minutes are made, the text
// never does. More than so many bytes are counted and hashed, and not kept.
func readRecord(p *document.PublishedRecord, text io.Reader, most int) (end string, err error) {
	hash := sha256.New()
	lines := bufio.NewReaderSize(text, 64<<10)
	for {
		line, err := lines.ReadBytes('\n')
		if err == io.EOF {
			return "", io.ErrUnexpectedEOF
		}
		if err != nil {
			return "", err
		}
		hash.Write(line)
		if p.Size += len(line); p.Size <= most {
			p.Content = append(p.Content, line...)
		} else {
			p.Content = nil
		}
		if bytes.HasPrefix(line, []byte("end ")) {
			hash.Sum(p.Hash[:0])
			return string(line), nil
		}
	}
}
