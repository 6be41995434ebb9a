package scenario

import (
	"go/ast"
	goparser "go/parser"
	"go/token"
	"os"
	"regexp"
	"strconv"
	"testing"
)

// sourcesOfWords are the files that read a story.
var sourcesOfWords = []string{"parse.go", "rules.go", "script.go"}

// TestEveryWordOfAStoryIsExplained: what a story may say stands on the page that
// explains stories, between backticks.
func TestEveryWordOfAStoryIsExplained(t *testing.T) {
	page, err := os.ReadFile("../testdata/scenarios/README.md")
	if err != nil {
		t.Fatal(err)
	}
	explained := map[string]bool{}
	for _, code := range regexp.MustCompile("`[^`]+`").FindAll(page, -1) {
		for _, word := range regexp.MustCompile(`[a-z]+(-[a-z]+)*`).FindAllString(string(code), -1) {
			explained[word] = true
		}
	}
	files := token.NewFileSet()
	words := 0
	for _, name := range sourcesOfWords {
		source, err := goparser.ParseFile(files, name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(source, func(n ast.Node) bool {
			clause, ok := n.(*ast.CaseClause)
			if !ok {
				return true
			}
			for _, e := range clause.List {
				literal, ok := e.(*ast.BasicLit)
				if !ok || literal.Kind != token.STRING {
					continue
				}
				word, err := strconv.Unquote(literal.Value)
				if err != nil {
					t.Fatal(err)
				}
				if word == "" {
					continue // nothing was said
				}
				words++
				if !explained[word] {
					t.Errorf("%s: %q is read and not explained", files.Position(literal.Pos()), word)
				}
			}
			return true
		})
	}
	if words < 40 {
		t.Errorf("only %d words were found: the test looks in the wrong places", words)
	}
}
