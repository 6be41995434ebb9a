package office

import (
	"fmt"

	"gobua/engine"
)

// checkGroups sees to it that a limit across lots means the same in all lots of
// an auction: it counts what somebody leads or has won in any of them, so a lot
// without it would be counted in some and not in others.
func checkGroups(f *faults, lots []LotDraft) {
	for i := range lots {
		f.when(atOnceOf(&lots[i].Rules.Rules) != atOnceOf(&lots[0].Rules.Rules), path("lots", i)+".rules.group.atOnce", "differs")
	}
}

// atOnceOf is how many lots of its auction one person may lead or have won at
// once by a sheet; zero: any number.
func atOnceOf(r *engine.Rules) int {
	if r.Group == nil {
		return 0
	}
	return r.Group.AtOnce
}

// partyOf is who an account is in all lots of an auction, for a session whose
// sheet limits that; nil: it does not. Like PseudonymIn it leads nobody to the
// account without the key.
func (o *Office) partyOf(c *engine.Created, accountID string) *engine.Hash {
	if atOnceOf(&c.Rules) == 0 {
		return nil
	}
	party := engine.PartyOf(c.Lot.AuctionID, o.vault.Pseudonym("auction/"+c.Lot.AuctionID+"/"+accountID))
	return &party
}

// offersInLimitText says what a limit across lots means for offers under seal,
// which bind nobody before they are opened.
func offersInLimitText(r *engine.Rules) []string {
	if atOnceOf(r) == 0 || r.Sealed == nil {
		return nil
	}
	return []string{"Phiếu của người mà lúc mở phiếu đã dẫn giá hoặc trúng đủ số tài sản đó ở các tài sản khác thì không được tính."}
}

// groupTexts says in the printed Quy chế what a lot shares with others.
func groupTexts(g *engine.Group) (out []string) {
	if g == nil {
		return nil
	}
	who := "của cuộc đấu giá"
	if g.Name != "" {
		who = fmt.Sprintf("thuộc nhóm “%s”", g.Name)
	}
	if g.Extends {
		out = append(out, "Các tài sản "+who+" kéo dài cùng nhau: giá trả làm một tài sản kéo dài thì mọi tài sản cùng nhóm còn đang trả giá "+
			"không kết thúc sớm hơn thời điểm mới đó; số lần kéo dài được tính chung cho cả nhóm.")
	}
	if g.AtOnce > 0 {
		out = append(out, fmt.Sprintf("Mỗi người chỉ được cùng lúc dẫn giá hoặc trúng nhiều nhất %d tài sản của cuộc đấu giá; "+
			"bị trả giá cao hơn thì được trả giá tài sản khác ngay.", g.AtOnce))
	}
	return out
}
