package visitortest

import (
	"bytes"
	"sync"
)

// Spool keeps what a process writes, and may be read meanwhile.
type Spool struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (s *Spool) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.Write(p)
}

func (s *Spool) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.String()
}
