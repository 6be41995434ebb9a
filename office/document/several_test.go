package document

import "testing"

// TestMU1Minutes: the minutes name every winner of several units with what each
// pays, and beside each offer how many it was for.
func TestMU1Minutes(t *testing.T) {
	m := sampleMinutes(3)
	for i := range m.Bids {
		m.Bids[i].Units = 75 + i
	}
	m.Outcome = Outcome{Sold: true, Winners: []Winner{
		{Code: "M-733", Name: "Hoàng Ngọc Ánh", Units: 20, Price: 2_000_000, RecordedAt: m.StartedAt},
		{Code: "M-118", Name: "Trần Bình", Units: 70, Wanted: 75, Price: 2_000_000, RecordedAt: m.StartedAt},
	}}
	wants(t, read(t, render(t, m)),
		"có 2 người trúng", "Hoàng Ngọc Ánh", "20 đơn vị", "40.000.000", "Trần Bình", "70 trong 75", "140.000.000", "cho 76 đơn vị")
}
