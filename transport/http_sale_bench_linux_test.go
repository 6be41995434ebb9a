package transport

import (
	"testing"
	"time"

	"github.com/valyala/fasthttp"

	"gobua/engine"
)

// BenchmarkSale is one second of a sale of 200 lots with 1,000 viewers who ask
// every two seconds: 500 questions, between which ten bids fall.
func BenchmarkSale(b *testing.B) {
	const lots, viewers, everyS, bids = 200, 1000, 2, 10
	rooms, now := newStubRooms(), testStart
	rooms.lots("a-9", lots)
	book := newSaleBook(rooms, func() time.Time { return now })
	whole, _ := book.get("a-9", "")
	versions := make([]string, viewers)
	for i := range versions {
		versions[i] = whole.version
	}
	var sent, answers int
	price := engine.Dong(45_000_000)
	used := processorTime(b)
	for b.Loop() {
		for half := range 2 {
			for i := range bids / 2 {
				price += 5_000_000
				rooms.move(saleSession(1+(half*bids/2+i)*7%lots), func(n *engine.Now) {
					n.Price, n.Bids, n.Leader = price, n.Bids+1, "M-101"
				})
			}
			now = now.Add(saleAge)
			for i := range viewers / everyS / 2 {
				who := (int(now.UnixMilli()/saleAge.Milliseconds())%4)*viewers/4 + i
				if a, _ := book.get("a-9", versions[who]); a != nil {
					versions[who] = a.version
					sent += len(a.content())
					answers++
				}
			}
		}
	}
	b.ReportMetric(float64((processorTime(b)-used).Microseconds())/float64(b.N), "cpu-µs/s")
	b.ReportMetric(float64(sent)/float64(max(answers, 1)), "B/answer")
	b.ReportMetric(float64(len(whole.body)), "B/unpacked")
	b.ReportMetric(float64(len(whole.packed)), "B/newcomer")
}

// BenchmarkSaleQuestion is what one question about 200 lots costs the server
// from the request's line to the last byte of the answer, without the network.
func BenchmarkSaleQuestion(b *testing.B) {
	rooms, now := newStubRooms(), testStart
	rooms.lots("a-9", 200)
	app := NewApp(AppOptions{})
	h := NewHTTP(HTTPOptions{
		Office: new(stubOffice), Rooms: rooms, Now: func() time.Time { return now }, RatePerSecond: 1e9, RateBurst: 1e9,
	})
	h.Register(app)
	before, _ := h.sales.get("a-9", "")
	for i := range 20 {
		rooms.move(saleSession(1+i*7), func(n *engine.Now) { n.Price, n.Bids, n.Leader = 50_000_000, 1, "M-101" })
	}
	now = now.Add(saleAge)
	after, _ := h.sales.get("a-9", before.version)
	for _, c := range []struct{ name, version string }{
		{"nothing moved", after.version}, {"20 lots moved", before.version}, {"newcomer", ""},
	} {
		b.Run(c.name, func(b *testing.B) {
			serve, sent, used := app.Handler(), 0, processorTime(b)
			for b.Loop() {
				var ctx fasthttp.RequestCtx
				ctx.Request.SetRequestURI("/api/v1/sales/a-9?v=" + c.version)
				ctx.Request.Header.Set("Accept-Encoding", "gzip, deflate, br")
				serve(&ctx)
				sent = len(ctx.Response.Header.Header()) + len(ctx.Response.Body())
			}
			b.ReportMetric(float64((processorTime(b)-used).Nanoseconds())/1000/float64(b.N), "cpu-µs/op")
			b.ReportMetric(float64(sent), "B/answer")
		})
	}
}
