package wire

import (
	"encoding/json"
	"errors"
	"unicode/utf8"
)

// errScan stands for every way in which a frame is not a flat JSON object of
// known fields. The sender learns no more than bad_frame: a page of ours never
// sends such a frame.
var errScan = errors.New("not a flat JSON object of known fields")

// scanner walks over one JSON object whose values are strings, numbers or
// lists of strings. It is written by hand because a bid must not pay for
// reflection; FuzzDecode holds it against encoding/json.
type scanner struct {
	text []byte
	at   int
}

// members calls fn with each key, with s at the value; fn must consume it. A
// repeated key is fn's to refuse. Nothing but white space may follow the
// object.
func (s *scanner) members(fn func(key []byte) error) error {
	if !s.token('{') {
		return errScan
	}
	if s.token('}') {
		return s.end()
	}
	for {
		key, err := s.rawString()
		if err != nil || !s.token(':') {
			return errScan
		}
		if err := fn(key); err != nil {
			return err
		}
		if s.token('}') {
			return s.end()
		}
		if !s.token(',') {
			return errScan
		}
	}
}

func (s *scanner) end() error {
	s.space()
	if s.at != len(s.text) {
		return errScan
	}
	return nil
}

func (s *scanner) space() {
	for s.at < len(s.text) {
		switch s.text[s.at] {
		case ' ', '\t', '\n', '\r':
			s.at++
		default:
			return
		}
	}
}

// peek returns the next byte that is not white space, zero at the end.
func (s *scanner) peek() byte {
	s.space()
	if s.at == len(s.text) {
		return 0
	}
	return s.text[s.at]
}

// token consumes one byte if it comes next.
func (s *scanner) token(c byte) bool {
	if s.peek() != c || s.at == len(s.text) {
		return false
	}
	s.at++
	return true
}

// rawString consumes a string and returns what stands between its quotes, with
// escapes as they are; it shares memory with the frame.
func (s *scanner) rawString() ([]byte, error) {
	if !s.token('"') {
		return nil, errScan
	}
	start := s.at
	for ; s.at < len(s.text); s.at++ {
		switch c := s.text[s.at]; {
		case c == '"':
			s.at++
			return s.text[start : s.at-1], nil
		case c == '\\':
			s.at++ // the escaped byte is never the end of the string
		case c < ' ':
			return nil, errScan
		}
	}
	return nil, errScan
}

// str consumes a string and returns its meaning. Only strings with escapes,
// which people type and pages do not, are left to the library.
func (s *scanner) str() (string, error) {
	raw, err := s.rawString()
	if err != nil {
		return "", err
	}
	for _, c := range raw {
		if c == '\\' {
			quoted := s.text[s.at-len(raw)-2 : s.at]
			var text string
			if json.Unmarshal(quoted, &text) != nil {
				return "", errScan
			}
			return text, nil
		}
	}
	return string(raw), nil
}

// number consumes a number of JSON's grammar and returns its text. Anything
// else that is a scalar is consumed and returned as nil, so that a request
// with a wrong amount can still be answered under its number.
func (s *scanner) number() ([]byte, error) {
	switch c := s.peek(); {
	case c == '-' || c >= '0' && c <= '9':
		start := s.at
		for s.at < len(s.text) && isNumberByte(s.text[s.at]) {
			s.at++
		}
		text := s.text[start:s.at]
		if !validNumber(text) {
			return nil, errScan
		}
		return text, nil
	case c == '"':
		_, err := s.str()
		return nil, err
	}
	for _, word := range [...]string{"true", "false", "null"} {
		if len(s.text)-s.at >= len(word) && string(s.text[s.at:s.at+len(word)]) == word {
			s.at += len(word)
			return nil, nil
		}
	}
	return nil, errScan
}

func isNumberByte(c byte) bool {
	return c >= '0' && c <= '9' || c == '-' || c == '+' || c == '.' || c == 'e' || c == 'E'
}

// validNumber holds a text against JSON's grammar for numbers.
func validNumber(text []byte) bool {
	digits := func() bool {
		n := 0
		for n < len(text) && text[n] >= '0' && text[n] <= '9' {
			n++
		}
		text = text[n:]
		return n > 0
	}
	if len(text) > 0 && text[0] == '-' {
		text = text[1:]
	}
	leadingZero := len(text) > 1 && text[0] == '0' && text[1] >= '0' && text[1] <= '9'
	if leadingZero || !digits() {
		return false
	}
	if len(text) > 0 && text[0] == '.' {
		text = text[1:]
		if !digits() {
			return false
		}
	}
	if len(text) > 0 && (text[0] == 'e' || text[0] == 'E') {
		text = text[1:]
		if len(text) > 0 && (text[0] == '+' || text[0] == '-') {
			text = text[1:]
		}
		return digits() && len(text) == 0
	}
	return len(text) == 0
}

// whole returns the value of a number's text if it is written as digits only
// and lies between least and most.
func whole(text []byte, least, most int64) (int64, bool) {
	if len(text) == 0 || len(text) > 16 { // 16 digits: the largest amount
		return 0, false
	}
	var n int64
	for _, c := range text {
		if c < '0' || c > '9' {
			return 0, false
		}
		n = n*10 + int64(c-'0')
	}
	return n, n >= least && n <= most
}

// strs consumes a list of at most limit strings.
func (s *scanner) strs(limit int) ([]string, error) {
	if !s.token('[') {
		return nil, errScan
	}
	var list []string
	if s.token(']') {
		return list, nil
	}
	for len(list) < limit {
		text, err := s.str()
		if err != nil {
			return nil, err
		}
		list = append(list, text)
		if s.token(']') {
			return list, nil
		}
		if !s.token(',') {
			return nil, errScan
		}
	}
	return nil, errScan
}

// validText tells whether a frame is UTF-8, which RFC 6455 asks of text and
// the WebSocket library does not check.
func validText(frame []byte) bool { return utf8.Valid(frame) }
