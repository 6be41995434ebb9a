package proof

import (
	"bufio"
	"fmt"
	"io"
	"iter"

	"gobua/engine"
)

// The words that begin the lines of a file.
const (
	fileHead    = "gobua record 1"
	wordSession = "session "
	wordHighest = "highest "
	wordReserve = "reserve "
	wordRecord  = "r "
	wordShown   = "d "
	wordEnd     = "end "
	wordProof   = "proof "
)

// Attachment is something that speaks for the end of the file: a checkpoint
// with its proof, a time stamp. Its name says what; docs/record.md lists them.
type Attachment struct {
	Name string `json:"name"`
	Data []byte `json:"data"`
	Line int    `json:"-"` // of the file it was read from
}

// WriteFile publishes a session: everything of it, but for what stays secret.
// The same session gives the same bytes up to the attachments. The entries are
// those of Look, with their disclosures.
func WriteFile(w io.Writer, v Survey, entries iter.Seq2[engine.Entry, error], attached ...Attachment) error {
	b := bufio.NewWriterSize(w, 64<<10)
	fmt.Fprintf(b, "%s\n%s%s\n%s%d\n", fileHead, wordSession, v.Session, wordHighest, v.Highest)
	if v.Reserve != nil {
		fmt.Fprintf(b, "%s%d %s\n", wordReserve, v.Reserve.Reserve, v.Reserve.Salt)
	}
	var head engine.Head
	for e, err := range entries {
		if err != nil {
			return err
		}
		if e, err = v.public(e); err != nil {
			return err
		}
		if head, err = head.Next(e); err != nil {
			return err
		}
		fmt.Fprintf(b, "%s%s %s\n", wordRecord, e.Hash, e.Body)
		if len(e.Disclosure) > 0 {
			fmt.Fprintf(b, "%s%s %s\n", wordShown, e.Disclosure.Salt(), e.Disclosure.Fields())
		}
	}
	if head != v.Head {
		return fmt.Errorf("proof: the session ends with record %d, and ended with record %d before", head.Seq, v.Head.Seq)
	}
	fmt.Fprintf(b, "%s%d %s\n", wordEnd, head.Seq, head.Hash)
	if _, err := b.Write(AttachmentLines(attached)); err != nil {
		return err
	}
	return b.Flush()
}

// AttachmentLines are attachments as they stand at the end of a file. They may
// be added to one that was written without.
func AttachmentLines(attached []Attachment) []byte {
	var out []byte
	for _, a := range attached {
		out = fmt.Appendf(out, "%s%s %s\n", wordProof, a.Name, encoding.EncodeToString(a.Data))
	}
	return out
}
