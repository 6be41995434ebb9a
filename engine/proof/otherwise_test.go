package proof_test

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"gobua/engine"
	"gobua/engine/proof"
	"gobua/engine/scenario"
)

// anAct is what somebody does in a story: when, who, how, and how much.
var anAct = regexp.MustCompile(`(?m)^(\d\d:\d\d:)(\d\d)(\S*) (\S+) (bid|offer|buy|raise|withdraw|take-back|accept)( [\d,]+)?(.*)\n`)

// otherwise are the ways to tell a story with one act changed. The rest is done
// again as it was, by the real rules. Empty: it cannot be changed so.
var otherwise = map[string]func(act []string, amount string) string{
	"it was never made": func([]string, string) string { return "" },
	"it was too little": func(a []string, _ string) string {
		return a[1] + a[2] + a[3] + " " + a[4] + " " + a[5] + " 1" + a[7] + "\n"
	},
	"it came a moment before": func(a []string, amount string) string {
		return a[1] + before(a[2]) + ".999 " + a[4] + " " + a[5] + amount + a[7] + "\n"
	},
	"it was somebody else": func(a []string, amount string) string {
		return a[1] + a[2] + a[3] + " " + another(a[4]) + " " + a[5] + amount + a[7] + "\n"
	},
	"the same was said once more": func(a []string, amount string) string { return strings.Repeat(a[0], 2) },
}

func before(second string) string {
	if second == "00" {
		return second
	}
	return string([]byte{second[0], second[1] - 1})
}

func another(code string) string {
	if code == "A" {
		return "B"
	}
	return "A"
}

// toldOtherwise are histories that keep the rules and are not what happened.
func toldOtherwise(src string) map[string]string {
	told := map[string]string{}
	for i, at := range anAct.FindAllStringSubmatchIndex(src, -1) {
		act := anAct.FindStringSubmatch(src[at[0]:at[1]])
		for name, change := range otherwise {
			told[name+" "+act[1]+act[2]+" "+string(rune('a'+i))] = src[:at[0]] + change(act, act[6]) + src[at[1]:]
		}
	}
	told["two people have changed places"] = swapCodes(src)
	told["the steps are others"] = strings.Replace(src, "\nstart ", "\nlot another\nstart ", 1)
	return told
}

// swapCodes makes A of B and B of A.
func swapCodes(src string) string {
	for _, step := range [][2]string{{"A", "\x00"}, {"B", "A"}, {"\x00", "B"}} {
		src = regexp.MustCompile(`(^|[\s])`+step[0]+`(\s)`).ReplaceAllString(src, "${1}"+step[1]+"${2}")
	}
	return src
}

// TestAHistoryToldOtherwiseByTheRealRulesIsCaughtByWhatPeopleHold: an operator
// who has every key and the program lets another course of things follow from one
// act that was otherwise. Then every hash and every rule is right. Whoever has
// the last head or the next receipt finds it.
func TestAHistoryToldOtherwiseByTheRealRulesIsCaughtByWhatPeopleHold(t *testing.T) {
	for name, records := range tales(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			src, err := os.ReadFile(filepath.Join("../testdata/scenarios", name+".txt"))
			if err != nil {
				t.Fatal(err)
			}
			list := entries(t, records)
			kept, last := receipts(t, list), list[len(list)-1]
			right := 0
			for what, text := range toldOtherwise(string(src)) {
				script, err := scenario.Parse([]byte(text))
				if err != nil || text == string(src) {
					continue
				}
				other := entries(t, ended(t, script.Play().Records))
				file := publish(t, other)
				if bytes.Equal(file, publish(t, list)) {
					continue
				}
				if _, err := verify(file); err != nil {
					continue // the rules find it
				}
				right++
				if _, err := verify(file, engine.Head{Seq: last.Seq, Hash: last.Hash}); err == nil {
					t.Errorf("believed against the last head: %s", what)
				}
				same := 0
				for same < min(len(list), len(other)) && list[same].Hash == other[same].Hash {
					same++
				}
				for _, k := range kept {
					if k.Receipt.Seq <= engine.Seq(same) {
						continue
					}
					if _, err := proof.Verify(bytes.NewReader(file), proof.Options{Receipts: []proof.Kept{k}}); err == nil {
						t.Errorf("believed against the receipt of record %d: %s", k.Receipt.Seq, what)
					}
					break
				}
			}
			if right == 0 {
				t.Error("no other history keeps the rules, so nothing was tested")
			}
			t.Logf("%d other histories that keep the rules", right)
		})
	}
}
