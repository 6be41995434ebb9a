package feed

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

func compile(t *testing.T, schema []byte) *jsonschema.Schema {
	t.Helper()
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(schema))
	if err != nil {
		t.Fatal(err)
	}
	compiler := jsonschema.NewCompiler()
	compiler.AssertFormat()
	if err := compiler.AddResource("schema.json", document); err != nil {
		t.Fatal(err)
	}
	compiled, err := compiler.Compile("schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return compiled
}

func validate(t *testing.T, schema *jsonschema.Schema, data []byte) error {
	t.Helper()
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	return schema.Validate(document)
}

func TestPortalFollowsItsSchema(t *testing.T) {
	schema := compile(t, PortalSchema)
	for _, notices := range [][]Notice{nil, {plain()}, allNotices()} {
		if err := validate(t, schema, render(t, "Portal", notices...)); err != nil {
			t.Error(err)
		}
	}
}

func TestOCDSFollowsItsProfile(t *testing.T) {
	schema := compile(t, OCDSProfile)
	for _, notices := range [][]Notice{{plain()}, {sold()}, {cancelled()}, allNotices()} {
		if err := validate(t, schema, render(t, "OCDS", notices...)); err != nil {
			t.Error(err)
		}
	}
}

// A schema that takes everything would prove nothing.
func TestTheSchemasRefuse(t *testing.T) {
	for _, c := range []struct {
		name     string
		schema   []byte
		old, new string
	}{
		{"Portal", PortalSchema, `"startPriceHidden": false`, `"startPriceHidden": true`},
		{"Portal", PortalSchema, `"status": "concluded"`, `"status": "sold"`},
		{"Portal", PortalSchema, `+07:00`, `Z`},
		{"Portal", PortalSchema, `"sold": true`, `"sold": false`},
		{"Portal", PortalSchema, `"owner"`, `"seller"`},
		{"OCDS", OCDSProfile, `"ocds-abc123-`, `"abc-`},
		{"OCDS", OCDSProfile, `"status": "complete"`, `"status": "sold"`},
		{"OCDS", OCDSProfile, `"VND"`, `"vnd"`},
		{"OCDS", OCDSProfile, `"initiationType": "tender"`, `"initiationType": "sale"`},
		{"OCDS", OCDSProfile, `"date": "2026`, `"date": "on 2026`},
	} {
		good := string(render(t, c.name, sold()))
		bad := strings.Replace(good, c.old, c.new, 1)
		if bad == good {
			t.Errorf("%s has no %s", c.name, c.old)
		}
		if validate(t, compile(t, c.schema), []byte(bad)) == nil {
			t.Errorf("%s takes %s", c.name, c.new)
		}
	}
}

func TestPortalTellsTheWholeNotice(t *testing.T) {
	var got portalDocument
	if err := json.Unmarshal(render(t, "Portal", sold()), &got); err != nil {
		t.Fatal(err)
	}
	n := got.Notices[0]
	if got.GeneratedAt != "2026-11-26T08:00:00+07:00" || n.Registration.ClosesAt != "2026-11-28T17:00:00+07:00" || n.Viewings[0].Place != "Tại nơi có tài sản" ||
		n.Auction.OpensAt != "2026-12-01T00:00:00+07:00" || n.Conditions != plain().Conditions || n.Documents[0].SHA256 != plain().Documents[0].SHA256 {
		t.Errorf("%+v", n)
	}
	land, car := n.Lots[0], n.Lots[1]
	if *land.StartPrice != 1_250_000_000 || land.Quantity != "120 m²" || land.Method != Ascending || land.Result.Price != 1_500_000_000 ||
		land.Result.Winner != "GB-07" || land.Session.OpensAt != n.Auction.OpensAt {
		t.Errorf("%+v", land)
	}
	if !car.StartPriceHidden || car.StartPrice != nil || car.Result.Sold || car.Result.Price != 0 || car.Session.OpensAt != "2026-12-01T09:00:00+07:00" {
		t.Errorf("%+v", car)
	}
}

func TestOCDSMapsASale(t *testing.T) {
	read := func(n Notice) ocdsRelease {
		var got ocdsPackage
		if err := json.Unmarshal(render(t, "OCDS", n), &got); err != nil {
			t.Fatal(err)
		}
		return got.Releases[0]
	}
	for name, c := range map[string]struct {
		notice      Notice
		tag, status string
		lots        string
		awards      int
	}{
		"listed":    {plain(), "tenderUpdate", "active", "active active", 0},
		"new":       {bare(), "tender", "active", "", 0},
		"sold":      {sold(), "tenderUpdate award", "complete", "complete unsuccessful", 2},
		"cancelled": {cancelled(), "tenderCancellation", "cancelled", "cancelled cancelled", 0},
	} {
		r := read(c.notice)
		var lots []string
		for _, l := range r.Tender.Lots {
			lots = append(lots, l.Status)
		}
		if strings.Join(r.Tag, " ") != c.tag || r.Tender.Status != c.status || strings.Join(lots, " ") != c.lots || len(r.Awards) != c.awards {
			t.Errorf("%s: tag %v, status %s, lots %v, %d awards", name, r.Tag, r.Tender.Status, lots, len(r.Awards))
		}
	}
	r := read(sold())
	if r.OCID != "ocds-abc123-"+plain().ID || r.ID != r.OCID+"-3" || r.Tender.MinValue != nil || len(r.Tender.ParticipationFees) != 3 ||
		r.Awards[0].Value.Amount != 1_500_000_000 || r.Awards[1].Value != nil || r.Tender.ProcuringEntity.ID != r.Parties[0].ID {
		t.Errorf("%+v", r)
	}
	if text := string(render(t, "OCDS", sold())); strings.Contains(text, "supplier") || strings.Contains(text, "GB-07") || strings.Contains(text, "buyer") {
		t.Error("a winner is told as a supplier")
	}
	public := plain()
	public.Lots[1].Start = amount(100)
	if got := read(public).Tender.MinValue; got == nil || got.Amount != 1_250_000_100 {
		t.Errorf("starting prices add up to %+v", got)
	}
}

// TestOCDSSaysHowPricesAreOffered, each way once, and by codes that the schema
// has.
func TestOCDSSaysHowPricesAreOffered(t *testing.T) {
	lots := []Lot{{Offers: []OfferWay{OfferLive, OfferSealed}}, {Offers: []OfferWay{OfferSealed}}, {Offers: []OfferWay{OfferInHall}}}
	if got := submission(lots); !slices.Equal(got, []string{"electronicAuction", "electronicSubmission", "inPerson"}) {
		t.Errorf("%q", got)
	}
	if got := submission([]Lot{{}}); !slices.Equal(got, []string{"electronicAuction"}) {
		t.Errorf("where nothing is said: %q", got)
	}
	for _, way := range []OfferWay{OfferLive, OfferSealed, OfferInHall} {
		if !bytes.Contains(OCDSProfile, []byte(`"`+way+`"`)) {
			t.Errorf("the schema has no %q", way)
		}
	}
}
