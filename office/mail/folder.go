package mail

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	emlmail "github.com/emersion/go-message/mail"

	"gobua/internal/durable"
)

// Folder is the sender of the first run: letters become .eml files, which any
// mail program opens. Its methods may be called from any goroutine.
type Folder struct{ path string }

// ErrNotFound: the folder has no such letter.
var ErrNotFound = errors.New("mail: no such letter")

// MaxListed is how many letters List returns at most.
const MaxListed = 200

// fileForm of a letter: the time in Unix ms, in as many digits as sort, and
// its id.
var fileForm = regexp.MustCompile(`^\d{15}-[A-Za-z0-9.-]{1,64}\.eml$`)

// OpenFolder makes the folder where it is missing. Only its owner may read it:
// letters name people.
func OpenFolder(path string) (*Folder, error) {
	if err := os.MkdirAll(path, 0o700); err != nil {
		return nil, fmt.Errorf("folder of the letters: %w", err)
	}
	return &Folder{path}, nil
}

// Send writes a letter durably, whole or not at all. The same letter again
// takes the place of the first.
func (f *Folder) Send(_ context.Context, m Message) error {
	letter, err := compose(&m)
	if err != nil {
		return err
	}
	var text bytes.Buffer
	if _, err := letter.WriteTo(&text); err != nil {
		return &Failure{Err: err}
	}
	name := fmt.Sprintf("%015d-%s.eml", m.At.UnixMilli(), m.ID)
	if err := durable.WriteFile(filepath.Join(f.path, name), text.Bytes()); err != nil {
		return &Failure{Temporary: true, Err: err}
	}
	return nil
}

// Entry is a letter in a list.
type Entry struct {
	Name    string // for Read, and for the next List
	At      time.Time
	To      Address
	Subject string
	Bytes   int64
}

// List returns the newest letters, at most limit of them, older than the one
// named before (empty: from the newest).
func (f *Folder) List(before string, limit int) ([]Entry, error) {
	files, err := os.ReadDir(f.path)
	if err != nil {
		return nil, fmt.Errorf("folder of the letters: %w", err)
	}
	limit = min(limit, MaxListed)
	entries := []Entry{}
	for _, file := range slices.Backward(files) { // ReadDir sorts by name
		if len(entries) >= limit {
			break
		}
		if !fileForm.MatchString(file.Name()) || before != "" && file.Name() >= before {
			continue
		}
		e, err := f.entry(file.Name())
		if errors.Is(err, fs.ErrNotExist) {
			continue // taken away meanwhile
		}
		if err != nil {
			return nil, err
		}
		entries = append(entries, e)
	}
	return entries, nil
}

func (f *Folder) entry(name string) (Entry, error) {
	letter, size, err := f.open(name)
	if err != nil {
		return Entry{}, err
	}
	defer letter.Close()
	head, err := readHead(&letter.Header)
	if err != nil {
		return Entry{}, fmt.Errorf("letter %s: %w", name, err)
	}
	return Entry{Name: name, At: head.At, To: head.To, Subject: head.Subject, Bytes: size}, nil
}

// stored is an open letter; Close closes its file, too.
type stored struct {
	*emlmail.Reader
	file *os.File
}

func (s stored) Close() error { return errors.Join(s.Reader.Close(), s.file.Close()) }

func (f *Folder) open(name string) (stored, int64, error) {
	file, err := os.Open(filepath.Join(f.path, name))
	if err != nil {
		return stored{}, 0, err
	}
	info, err := file.Stat()
	if err != nil {
		return stored{}, 0, errors.Join(err, file.Close())
	}
	letter, err := emlmail.CreateReader(file)
	if err != nil {
		return stored{}, 0, errors.Join(fmt.Errorf("letter %s: %w", name, err), file.Close())
	}
	return stored{letter, file}, info.Size(), nil
}

func readHead(h *emlmail.Header) (m Message, err error) {
	if m.At, err = h.Date(); err != nil {
		return m, err
	}
	if m.Subject, err = h.Subject(); err != nil {
		return m, err
	}
	for role, to := range map[string]*Address{"From": &m.From, "To": &m.To, "Reply-To": &m.ReplyTo} {
		list, err := h.AddressList(role)
		if err != nil {
			return m, err
		}
		if len(list) > 0 {
			*to = Address{Name: list[0].Name, Mail: list[0].Address}
		}
	}
	return m, nil
}

// Read returns a letter with everything in it, or ErrNotFound. Its ID is empty.
func (f *Folder) Read(name string) (Message, error) {
	if !fileForm.MatchString(name) {
		return Message{}, ErrNotFound
	}
	letter, _, err := f.open(name)
	if errors.Is(err, fs.ErrNotExist) {
		return Message{}, ErrNotFound
	}
	if err != nil {
		return Message{}, err
	}
	defer letter.Close()
	m, err := readHead(&letter.Header)
	for err == nil {
		err = readPart(letter.Reader, &m)
	}
	if err != io.EOF {
		return Message{}, fmt.Errorf("letter %s: %w", name, err)
	}
	return m, nil
}

// readPart adds the next part of a letter; io.EOF after the last.
func readPart(letter *emlmail.Reader, m *Message) error {
	part, err := letter.NextPart()
	if err != nil {
		return err
	}
	content, err := io.ReadAll(part.Body)
	if err != nil {
		return err
	}
	file, attached := part.Header.(*emlmail.AttachmentHeader)
	if !attached {
		m.Text += strings.ReplaceAll(string(content), "\r\n", "\n")
		return nil
	}
	name, err := file.Filename()
	if err != nil {
		return err
	}
	kind, _, err := file.ContentType()
	m.Attachments = append(m.Attachments, Attachment{name, kind, content})
	return err
}
