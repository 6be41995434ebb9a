package proof

import (
	"encoding/json"
	"fmt"
	"regexp"

	"gobua/engine"
)

// Wrong is what is wrong with a session's file: the first that cannot be so.
type Wrong struct {
	Seq  engine.Seq     `json:"seq,omitempty"`  // the record; zero: the whole, or a line
	Line int            `json:"line,omitempty"` // of the file, zero where a record says it better
	Code Code           `json:"code"`
	Args map[string]any `json:"args,omitempty"` // what the sentence of the code leaves open
	Why  string         `json:"why"`            // the sentence, in English
}

func (w *Wrong) Error() string {
	switch {
	case w.Seq != 0:
		return fmt.Sprintf("record %d: %s", w.Seq, w.Why)
	case w.Line != 0:
		return fmt.Sprintf("line %d: %s", w.Line, w.Why)
	}
	return w.Why
}

// Code is what kind of thing is wrong. Codes never change their meaning, so
// that others can say it in their own language.
type Code string

// The codes: first of the file, then of its chain, then of what it tells.
const (
	CodeNoRecord     Code = "no_record"
	CodeLine         Code = "line"
	CodeCut          Code = "cut"
	CodeEnd          Code = "end"
	CodeChain        Code = "chain"
	CodeUnreadable   Code = "unreadable"
	CodeNumber       Code = "number"
	CodeNotCanonical Code = "not_canonical"
	CodeOtherHistory Code = "other_history"
	CodeShownMissing Code = "shown_missing"
	CodeReceipt      Code = "receipt"
	CodeReceiptGone  Code = "receipt_gone"
	CodeReceiptBare  Code = "receipt_bare"
	CodeReceiptOpens Code = "receipt_opens"
	CodeLogProof     Code = "log_proof"
	CodeLogKeys      Code = "log_keys"
	CodeLogForged    Code = "log_forged"
	CodeLogOldKey    Code = "log_old_key"
	CodeLogOtherKey  Code = "log_other_key"
	CodeLogInclusion Code = "log_inclusion"
	CodeLogSession   Code = "log_session"
	CodeLogEnd       Code = "log_end"
	CodeLogWitness   Code = "log_witness"
	CodeSplitView    Code = "split_view"
	CodeOtherSession Code = "other_session"
	CodeNotOver      Code = "not_over"
	CodeEmpty        Code = "empty"
	CodeBeginning    Code = "beginning"
	CodeRulesHash    Code = "rules_hash"
	CodeMethod       Code = "method"
	CodeCreated      Code = "created"
	CodeCreatedTwice Code = "created_twice"
	CodeNoReserve    Code = "no_reserve"
	CodeOtherReserve Code = "other_reserve"
	CodeTwoReserves  Code = "two_reserves"
	CodeAfterEnd     Code = "after_end"
	CodeClockMissing Code = "clock_missing"
	CodeClockTime    Code = "clock_time"
	CodeClockOther   Code = "clock_other"
	CodeNotPossible  Code = "not_possible"
	CodeDiffers      Code = "decided_otherwise"
	CodeNothingDue   Code = "nothing_due"
	CodeOutageOver   Code = "outage_over"
	CodeOutageLength Code = "outage_length"
	CodeOutageCredit Code = "outage_credit"
	CodeFollow       Code = "follow"
	CodeMiddle       Code = "middle"
	CodeOrder        Code = "order"
	CodeWhoAndWhen   Code = "who_and_when"
	CodeBackInTime   Code = "back_in_time"
)

// sentences say each code in English. What stands in braces is an argument.
var sentences = map[Code]string{
	CodeNoRecord:     "the file does not begin with {begin}: it is no record of a session, or one that this program does not know",
	CodeLine:         "{why}",
	CodeCut:          "the file ends here, before its end",
	CodeEnd:          "the file says that it ends with record {says} ({saysHash}), and it ends with record {seq} ({hash})",
	CodeChain:        "the chain is broken: its hash is not that of its bytes after the record before (line {line})",
	CodeUnreadable:   "{why}",
	CodeNumber:       "it says that it is record {says}",
	CodeNotCanonical: "it is not written canonically",
	CodeOtherHistory: "it has the hash {hash}, and somebody was shown {shown}: there are two histories of this session",
	CodeShownMissing: "somebody was shown it ({shown}), and the file has no such record",
	CodeReceipt:      "the receipt of command {cmd} says something else than the record comes to",
	CodeReceiptGone:  "somebody holds a receipt of command {cmd} with the hash {shown}, and the file has no such record",
	CodeReceiptBare:  "the receipt of command {cmd} says that there is a record of it and does not name it: nobody is held to anything by it",
	CodeReceiptOpens: "the receipt of command {cmd} names another amount than the record commits to",
	CodeLogProof:     "what it says of the public log cannot be read: {why}",
	CodeLogKeys:      "the keys of the public log do not follow from one another: {why}",
	CodeLogForged:    "the checkpoint of size {size} is signed with no key of the public log",
	CodeLogOldKey:    "the checkpoint of size {size} is signed with a key that was not in force at that size",
	CodeLogOtherKey:  "the public log in the file is signed with {key}, which is none of the keys that were named and follows from none of them",
	CodeLogInclusion: "the checkpoint of size {size} does not contain the entry {index} that the file shows",
	CodeLogSession:   "the entry {index} of the public log is not about session {session}",
	CodeLogEnd:       "the public log says that the session ended with record {says} ({saysHash}), and the file ends with record {seq} ({hash}): there are two histories of this session",
	CodeLogWitness:   "what stands as the signature of the witness {name} is not its own",
	CodeSplitView:    "two checkpoints of size {size}, both signed by the public log, have the roots {root} and {other}: different people were shown different logs. Keep both",
	CodeOtherSession: "it creates session {created}, and the file is that of {file}",
	CodeNotOver:      "the records end, and the session does not: it is {phase}",
	CodeEmpty:        "there are no records",
	CodeBeginning:    "a session begins with its creation by the system",
	CodeRulesHash:    "the rules have the hash {hash}, not {says}",
	CodeMethod:       "the method {method} is not known here",
	CodeCreated:      "{why}",
	CodeCreatedTwice: "a session is created once",
	CodeNoReserve:    "a reserve is disclosed, and the rules know none",
	CodeOtherReserve: "the reserve that is disclosed is not the one that the rules commit to",
	CodeTwoReserves:  "two reserves are disclosed",
	CodeAfterEnd:     "it follows the end of the session",
	CodeClockMissing: "it is of {at}, and what the clock had to decide at {due} is missing",
	CodeClockTime:    "the clock decided it as of {at}, and it was due at {due}",
	CodeClockOther:   "by the rules the clock would make it {want}, and it is {have}",
	CodeNotPossible:  "by the rules {who} could not bring about {have} at that moment",
	CodeDiffers:      "by the rules it would be {want}, and it is {have}",
	CodeNothingDue:   "nothing was due, and nobody asked for {have}",
	CodeOutageOver:   "what the clock had to decide at {due}, before the outage, is missing",
	CodeOutageLength: "an outage from {from} to {at} is no {lost} ms long",
	CodeOutageCredit: "by the rules that outage is not credited so",
	CodeFollow:       "the lot does not follow an extension to {to}",
	CodeMiddle:       "the record ends in the middle of a decision: {want} would follow",
	CodeOrder:        "it follows record {after}",
	CodeWhoAndWhen:   "by the rules it would be of {wantAt} by {wantBy}, and it is of {at} by {by}",
	CodeBackInTime:   "it is of {at}, and the record before it of {before}",
}

var argument = regexp.MustCompile(`\{\w+\}`)

// wrong makes a Wrong of a record. What follows the code are names of arguments,
// each with its value.
func wrong(seq engine.Seq, code Code, args ...any) error {
	w := &Wrong{Seq: seq, Code: code, Args: map[string]any{}}
	for i := 0; i+1 < len(args); i += 2 {
		arg := args[i+1]
		if e, ok := arg.(engine.Event); ok {
			arg = told{e.Kind(), e}
		}
		w.Args[args[i].(string)] = arg
	}
	w.Why = argument.ReplaceAllStringFunc(sentences[code], func(name string) string {
		return tell(w.Args[name[1:len(name)-1]])
	})
	return w
}

// told is an event as an argument, so that it says its kind in JSON too.
type told struct {
	Kind  engine.EventKind `json:"kind"`
	Event engine.Event     `json:"event"`
}

// tell writes an argument for people who read English.
func tell(arg any) string {
	switch a := arg.(type) {
	case engine.Instant:
		return a.Time().UTC().Format("15:04:05.000")
	case engine.Hash:
		return a.Short()
	case told:
		text, err := json.Marshal(a.Event)
		if err != nil {
			panic(err) // it comes from a record, or goes into one
		}
		return fmt.Sprintf("%s %s", a.Kind, text)
	case engine.EventKind:
		return fmt.Sprintf("%q", a)
	}
	return fmt.Sprint(arg)
}
