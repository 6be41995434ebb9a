package replay

import (
	"os"
	"reflect"
	"strings"
	"testing"
	"time"

	"gobua/engine"
)

func readFile(t *testing.T, name string) ([]Recording, []Unusable) {
	t.Helper()
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	recordings, unusable, err := Read(f)
	if err != nil {
		t.Fatal(err)
	}
	return recordings, unusable
}

func TestReadLeavesOutWhatIsRecordedInPart(t *testing.T) {
	recordings, unusable := readFile(t, "testdata/recordings.csv")
	if len(recordings) != 12 {
		t.Errorf("%d recordings, want 12", len(recordings))
	}
	want := []Unusable{
		{"a-incomplete", 28, "max_bid is missing"},
		{"a-contradicted", 30, "item, duration, open_bid or closing_price differ from the row before"},
		{"a-fraction-of-a-cent", 31, `open_bid is "0.999", want dollars and cents`},
	}
	if !reflect.DeepEqual(unusable, want) {
		t.Errorf("unusable: %+v\nwant %+v", unusable, want)
	}
}

func TestReadPutsBidsInTheOrderTheyCame(t *testing.T) {
	recordings, _ := readFile(t, "testdata/recordings.csv")
	for _, r := range recordings {
		switch r.ID {
		case "a-unsorted":
			if r.Bids[0] != (RecordedBid{6 * time.Hour, "an", 1_00}) || r.Bids[1] != (RecordedBid{18 * time.Hour, "binh", 3_00}) {
				t.Errorf("%s: %v", r.ID, r.Bids)
			}
		case "a-same-moment": // the order of the file
			if r.Bids[0].Bidder != "an" || r.Bids[1].Bidder != "binh" {
				t.Errorf("%s: %v", r.ID, r.Bids)
			}
		case "a-tie-raised":
			if got := r.Bidders(); !reflect.DeepEqual(got, []string{"an", "binh"}) {
				t.Errorf("%s: bidders %v", r.ID, got)
			}
		}
	}
}

func TestReadNamesWhatAFileLacks(t *testing.T) {
	for name, test := range map[string]struct{ text, want string }{
		"empty":          {"", "first line"},
		"other columns":  {"auction_id,item,price\n1,x,2\n", "missing: duration_days, open_bid, bid_time_days, bidder, max_bid, closing_price"},
		"broken quoting": {strings.Join(columns, ",") + "\n\"1,x\n", "quote"},
	} {
		t.Run(name, func(t *testing.T) {
			_, _, err := Read(strings.NewReader(test.text))
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("error %v, want one with %q", err, test.want)
			}
		})
	}
}

func TestCentsAreExact(t *testing.T) {
	for text, want := range map[string]engine.Dong{
		"1": 1_00, "1.5": 1_50, "1.05": 1_05, "0.01": 1, "177.5": 177_50, "90000000000000": 9_000_000_000_000_000,
	} {
		if got, err := parseCents(text); err != nil || got != want {
			t.Errorf("%q: %d, %v; want %d", text, got, err, want)
		}
	}
	for _, text := range []string{"", "0", "0.00", "-1", "+1", "1.005", "1e3", "1,5", ".5", "x", "1.-5", "90000000000000.01", "99999999999999999999"} {
		if got, err := parseCents(text); err == nil {
			t.Errorf("%q was read as %d", text, got)
		}
	}
}

func TestDaysAreWithinAYear(t *testing.T) {
	for _, text := range []string{"", "-1", "NaN", "Inf", "1000", "x"} {
		if got, err := parseDays(text); err == nil {
			t.Errorf("%q was read as %v", text, got)
		}
	}
}
