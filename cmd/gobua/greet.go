package main

import (
	"fmt"
	"io"
	"net"
	"time"

	"gobua/engine"
	"gobua/internal/demo"
)

func millis(d time.Duration) engine.Millis { return engine.Millis(d.Milliseconds()) }

// url is where a person on this machine finds the page.
func (s *server) url() string {
	_, port, _ := net.SplitHostPort(s.listener.Addr().String())
	return "http://localhost:" + port
}

// greet says where to click.
func (s *server) greet(w io.Writer) {
	at := s.url()
	fmt.Fprintf(w, "\n  Gõ Búa is open at %s\n", at)
	if !s.set.demo {
		fmt.Fprintf(w, "\n")
		return
	}
	fmt.Fprintf(w, `
  Everyone      %[1]s/                watch, no account needed
  Bidder        %[1]s/dang-nhap?tiep=/phong/%[4]s
                lan, binh or chi: a lot that is open now; check in (Điểm danh), bid. Two people: one in a private window
  Registrar     %[1]s/quan-tri/cuoc-dau-gia   hoso  · list an auction, check dossiers, book bank statements
  Auctioneer    %[1]s/dieu-hanh       dgv                · the console: pause, extend, speak, announce
  Observer      %[1]s/dieu-hanh       giamsat            · the same without the buttons
  Admin         %[1]s/quan-tri/cuoc-dau-gia   quantri
  Every way     %[1]s/cuoc-dau-gia/%[3]s/cac-lo
                a lot for each (“Mỗi lô một cách bán”): dgv calls “Gọi giá” in the console; for “Bỏ phiếu
                hai vòng” dgv and thuky take a key each in theirs, or others do after ten minutes
  Hall          open a lot, then “Màn hình” (/man-hinh/…) on the projector

  Password of every demo account: %[2]s
  One lot is live, one opens in two minutes, one is over within seconds. Bots bid a little; --demo-bots off sends them home.
  Stop with Ctrl-C; kill -9 is fine too: run it again and the session goes on.

`, at, demo.Password, s.sale.Ways(), s.sale.Plain())
}
