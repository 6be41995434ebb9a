package proof

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strconv"
	"testing"
)

// TestEveryCodeHasItsSentenceAndEverySentenceItsArguments reads the source: what
// is called wrong names a code with a sentence, and just the arguments that its
// sentence leaves open.
func TestEveryCodeHasItsSentenceAndEverySentenceItsArguments(t *testing.T) {
	codes, used := map[string]Code{}, map[Code]bool{CodeCut: true, CodeLine: true} // which read.go makes itself
	names, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	each := func(visit func(ast.Node) bool) {
		for _, name := range names {
			file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
			if err != nil {
				t.Fatal(err)
			}
			ast.Inspect(file, visit)
		}
	}
	each(func(n ast.Node) bool {
		if v, ok := n.(*ast.ValueSpec); ok {
			if kind, ok := v.Type.(*ast.Ident); ok && kind.Name == "Code" {
				text, _ := strconv.Unquote(v.Values[0].(*ast.BasicLit).Value)
				codes[v.Names[0].Name] = Code(text)
			}
		}
		return true
	})
	if len(codes) != len(sentences) {
		t.Errorf("%d codes, %d sentences", len(codes), len(sentences))
	}
	each(func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok {
			return true
		}
		if name, ok := call.Fun.(*ast.Ident); !ok || name.Name != "wrong" {
			return true
		}
		code := codes[call.Args[1].(*ast.Ident).Name]
		used[code] = true
		given := map[string]bool{}
		for i := 2; i < len(call.Args); i += 2 {
			name, _ := strconv.Unquote(call.Args[i].(*ast.BasicLit).Value)
			given["{"+name+"}"] = true
		}
		wanted := argument.FindAllString(sentences[code], -1)
		for _, name := range wanted {
			if !given[name] {
				t.Errorf("%s is called without %s", code, name)
			}
		}
		if sentences[code] == "" || len(given) != len(wanted) {
			t.Errorf("%s is called with %d arguments, its sentence %q has %d", code, len(given), sentences[code], len(wanted))
		}
		return true
	})
	for name, code := range codes {
		if !used[code] {
			t.Errorf("nothing is ever %s", name)
		}
	}
}
