package engine

import (
	"encoding"
	"encoding/base64"
	"reflect"
	"strings"
	"unicode/utf8"
)

// Nearly every record that is read was written by this program, in one form and
// no other: the fields in their order, no space between them. A scan reads that
// form alone, several times faster than encoding/json, which reads anything.
// Whatever a scan takes encoding/json takes too, and makes the same of it; what
// it does not take says nothing, and encoding/json decides what it is.
type scan struct {
	rest  []byte
	other bool // it is not in that form
}

// form reads one type of value into v, which is zero and can be set.
type form func(s *scan, v reflect.Value)

// eventForms are the forms of the events by kind.
var eventForms = formsOf(Events)

func formsOf(events map[EventKind]func() Event) map[EventKind]form {
	forms := make(map[EventKind]form, len(events))
	for kind, make := range events {
		forms[kind] = formOf(reflect.TypeOf(make()).Elem())
	}
	return forms
}

// read reads a record without its hash; false: its body is in another form.
func (r *Record) read(body []byte) bool {
	s := scan{rest: body}
	s.need(`{"seq":`)
	r.Seq = Seq(s.count())
	s.need(`,"at":`)
	r.At = Instant(s.integer())
	s.need(`,"by":{"role":`)
	r.By.Role = roleOf(s.text())
	if s.take(`,"ref":`) {
		r.By.Ref = string(s.text())
	}
	s.need(`},"cmd":`)
	if err := r.Cmd.UnmarshalText(s.text()); err != nil {
		return false
	}
	s.need(`,"kind":`)
	kind := EventKind(s.text())
	s.need(`,"event":`)
	make, known := Events[kind]
	if s.other || !known {
		return false
	}
	r.Event = make()
	eventForms[kind](&s, reflect.ValueOf(r.Event).Elem())
	if s.take(`,"concealed":`) {
		r.Concealed = new(Hash)
		if err := r.Concealed.UnmarshalText(s.text()); err != nil {
			return false
		}
	}
	s.need(`}`)
	return !s.other && len(s.rest) == 0
}

// roleOf is a role without a new string for those that act.
func roleOf(text []byte) Role {
	for _, r := range [...]Role{RoleBidder, RoleSystem, RoleAuctioneer, RoleClerk} {
		if string(text) == string(r) {
			return r
		}
	}
	return Role(text)
}

// take takes a word if it comes next.
func (s *scan) take(word string) bool {
	if s.other || len(s.rest) < len(word) || string(s.rest[:len(word)]) != word {
		return false
	}
	s.rest = s.rest[len(word):]
	return true
}

func (s *scan) need(word string) {
	if !s.take(word) {
		s.other = true
	}
}

// text takes a string in which nothing is escaped.
func (s *scan) text() []byte {
	s.need(`"`)
	ascii := true
	for i := 0; i < len(s.rest) && !s.other; i++ {
		switch c := s.rest[i]; {
		case c == '"':
			text := s.rest[:i]
			s.rest = s.rest[i+1:]
			s.other = !ascii && !utf8.Valid(text)
			return text
		case c == '\\' || c < ' ':
			s.other = true
		case c >= utf8.RuneSelf:
			ascii = false
		}
	}
	s.other = true
	return nil
}

// mostDigits is how many digits of a number a scan reads: none of that length
// overflows.
const mostDigits = 18

// count takes a number that is not negative.
func (s *scan) count() (n int64) {
	digits := 0
	for digits < len(s.rest) && '0' <= s.rest[digits] && s.rest[digits] <= '9' {
		n = 10*n + int64(s.rest[digits]-'0')
		if digits++; digits > mostDigits {
			break
		}
	}
	if digits == 0 || digits > mostDigits || digits > 1 && s.rest[0] == '0' {
		s.other = true
		return 0
	}
	s.rest = s.rest[digits:]
	return n
}

// integer takes a number. A fraction or an exponent behind it is not what must
// come next.
func (s *scan) integer() int64 {
	if s.take("-") {
		return -s.count()
	}
	return s.count()
}

var textUnmarshaler = reflect.TypeFor[encoding.TextUnmarshaler]()

// formOf makes the form of a type. One that no record has is left to
// encoding/json.
func formOf(t reflect.Type) form {
	if reflect.PointerTo(t).Implements(textUnmarshaler) {
		return func(s *scan, v reflect.Value) {
			text := s.text()
			if s.other || v.Addr().Interface().(encoding.TextUnmarshaler).UnmarshalText(text) != nil {
				s.other = true
			}
		}
	}
	switch t.Kind() {
	case reflect.String:
		return func(s *scan, v reflect.Value) { v.SetString(string(s.text())) }
	case reflect.Int, reflect.Int64:
		return func(s *scan, v reflect.Value) {
			n := s.integer()
			s.other = s.other || v.OverflowInt(n)
			v.SetInt(n)
		}
	case reflect.Uint64:
		return func(s *scan, v reflect.Value) { v.SetUint(uint64(s.count())) }
	case reflect.Bool:
		return func(s *scan, v reflect.Value) {
			yes := s.take("true")
			if !yes {
				s.need("false")
			}
			v.SetBool(yes)
		}
	case reflect.Pointer:
		elem := formOf(t.Elem())
		return func(s *scan, v reflect.Value) {
			to := reflect.New(t.Elem())
			elem(s, to.Elem())
			v.Set(to)
		}
	case reflect.Slice:
		return sliceForm(t)
	case reflect.Struct:
		return structForm(t)
	}
	return unknownForm
}

func unknownForm(s *scan, _ reflect.Value) { s.other = true }

func sliceForm(t reflect.Type) form {
	if t.Elem().Kind() == reflect.Uint8 {
		return func(s *scan, v reflect.Value) {
			text := s.text()
			b := make([]byte, base64.StdEncoding.DecodedLen(len(text)))
			n, err := base64.StdEncoding.Decode(b, text)
			s.other = s.other || err != nil
			v.SetBytes(b[:n])
		}
	}
	elem := formOf(t.Elem())
	return func(s *scan, v reflect.Value) {
		s.need("[")
		v.Set(reflect.MakeSlice(t, 0, 0))
		if s.take("]") {
			return
		}
		for n := 0; !s.other; n++ {
			v.Grow(1)
			v.SetLen(n + 1)
			elem(s, v.Index(n))
			if s.take("]") {
				return
			}
			s.need(",")
		}
	}
}

// structForm reads the fields in their order; any of them may be missing, as
// encoding/json has it.
func structForm(t reflect.Type) form {
	type field struct {
		key   string
		index int
		form  form
	}
	var fields []field
	for i := range t.NumField() {
		f := t.Field(i)
		name, option, _ := strings.Cut(f.Tag.Get("json"), ",")
		if name == "" || name == "-" || option != "" && option != "omitempty" {
			return unknownForm
		}
		fields = append(fields, field{`"` + name + `":`, i, formOf(f.Type)})
	}
	return func(s *scan, v reflect.Value) {
		s.need("{")
		first := true
		for i := range fields {
			before := s.rest
			if !first && !s.take(",") {
				break
			}
			f := &fields[i]
			if !s.take(f.key) {
				s.rest = before
				continue
			}
			f.form(s, v.Field(f.index))
			first = false
		}
		s.need("}")
	}
}
