package transport

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/gofiber/fiber/v2"
)

const (
	// maxBodyBytes holds an auction of 200 lots and 2,000 participants: about
	// 600 bytes a lot and 55 a participant, by id.
	maxBodyBytes = 256 << 10
	// maxBodyDepth is twice what the deepest body has: an auction, its lots, a
	// lot, its rules, their step, its bands, a band.
	maxBodyDepth = 16
)

// readJSON decodes the body of a request, strictly: one JSON object in UTF-8
// with no field that is unknown and nothing after it. It reads the raw body,
// because a compressed one could unfold to any size.
func readJSON(c *fiber.Ctx, into any) error {
	media, _, err := mime.ParseMediaType(c.Get(fiber.HeaderContentType))
	if err != nil || media != fiber.MIMEApplicationJSON || c.Get(fiber.HeaderContentEncoding) != "" {
		return refuse(codeNotJSON)
	}
	body := c.Request().Body()
	switch {
	case len(body) > maxBodyBytes:
		return refuse(codeTooLarge)
	case !utf8.Valid(body) || !bytes.HasPrefix(bytes.TrimLeft(body, " \t\r\n"), []byte("{")):
		return refuse(codeBadJSON)
	case depthOf(body) > maxBodyDepth:
		return refuse(codeTooDeep)
	}
	d := json.NewDecoder(bytes.NewReader(body))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return jsonFault(err)
	}
	if _, err := d.Token(); err != io.EOF {
		return refuse(codeBadJSON)
	}
	return nil
}

// jsonFault names the field where the decoder does.
func jsonFault(err error) error {
	var wrong *json.UnmarshalTypeError
	if errors.As(err, &wrong) {
		return &fault{code: codeInvalid, fields: []fieldFault{{Field: jsonPath(wrong.Field), Code: "wrong_type"}}}
	}
	if name, ok := strings.CutPrefix(err.Error(), "json: unknown field "); ok {
		name = strings.Trim(name, `"`)
		if len(name) > 64 {
			name = strings.ToValidUTF8(name[:64], "")
		}
		return &fault{code: codeUnknownField, fields: []fieldFault{{Field: name, Code: "unknown_field"}}}
	}
	return &fault{code: codeBadJSON, cause: err}
}

// jsonPath takes the names of embedded Go types out of a path of the decoder.
// Names in our JSON begin with a small letter, those of types do not.
func jsonPath(path string) string {
	return strings.Join(slices.DeleteFunc(strings.Split(path, "."), func(name string) bool {
		return name != "" && 'A' <= name[0] && name[0] <= 'Z'
	}), ".")
}

// depthOf returns how deeply objects and arrays are nested in a text that may
// or may not be JSON. The decoder recurses, so this is asked before it runs.
func depthOf(text []byte) (deepest int) {
	depth, quoted := 0, false
	for i := 0; i < len(text); i++ {
		switch b := text[i]; {
		case quoted && b == '\\':
			i++
		case b == '"':
			quoted = !quoted
		case quoted:
		case b == '{' || b == '[':
			depth++
			deepest = max(deepest, depth)
		case b == '}' || b == ']':
			depth--
		}
	}
	return deepest
}
