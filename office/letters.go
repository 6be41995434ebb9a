package office

import (
	"fmt"
	"strings"
)

// bilingual writes a letter in both languages of the house, Vietnamese first: nobody has
// asked the account which one it reads.
func bilingual(centreID, accountID, kind, subject string, vi, en []string) Mail {
	body := strings.Join(vi, "\n\n") + "\n\n– – –\n\n" + strings.Join(en, "\n\n") + "\n"
	return Mail{CentreID: centreID, AccountID: accountID, Kind: kind, Subject: subject, Body: body}
}

func letterVerified(centreID, accountID, name, _ string) Mail {
	return bilingual(centreID, accountID, "identity_verified", "Hồ sơ định danh đã được xác minh · Your identity is verified",
		[]string{"Kính gửi " + name + ",", "Hồ sơ định danh của bạn đã được xác minh. Bạn có thể đăng ký tham gia đấu giá."},
		[]string{"Dear " + name + ",", "Your identity is verified. You may register for auctions."})
}

func letterRejected(centreID, accountID, name, reason string) Mail {
	return bilingual(centreID, accountID, "identity_rejected", "Hồ sơ định danh cần sửa · Your identity needs correction",
		[]string{"Kính gửi " + name + ",", "Hồ sơ định danh của bạn chưa được chấp nhận. Lý do: " + reason, "Hãy đăng nhập, sửa lại rồi gửi lại."},
		[]string{"Dear " + name + ",", "Your identity was not accepted. Reason: " + reason, "Please sign in, correct it and send it again."})
}

// letterReset carries the link that sets a new password. It names the login,
// because one address may serve several accounts.
func letterReset(a Account, link string) Mail {
	return bilingual(a.CentreID, a.ID, "password_reset", "Đặt lại mật khẩu · Set a new password",
		[]string{
			fmt.Sprintf("Có người vừa xin đặt lại mật khẩu của tài khoản %s. Nếu là bạn, hãy mở liên kết sau trong 30 phút:", a.Login), link,
			"Liên kết chỉ dùng được một lần. Nếu không phải bạn, hãy bỏ qua thư này: mật khẩu không thay đổi.",
		},
		[]string{
			fmt.Sprintf("Somebody asked to set a new password for the account %s. If it was you, open this link within 30 minutes:", a.Login), link,
			"The link works once. If it was not you, ignore this letter: the password stays as it is.",
		})
}

func letterPasswordChanged(a Account) Mail {
	return bilingual(a.CentreID, a.ID, "password_changed", "Mật khẩu vừa được đổi · Your password was changed",
		[]string{fmt.Sprintf("Mật khẩu của tài khoản %s vừa được đổi. Các thiết bị khác đã bị đăng xuất.", a.Login), "Nếu không phải bạn, hãy liên hệ ngay với Trung tâm."},
		[]string{fmt.Sprintf("The password of the account %s was changed. Other devices are signed out.", a.Login), "If it was not you, tell the Centre at once."})
}

// lettersAddress tell both addresses that one took the other's place: links that
// set a password go to the new one, and who loses the old one must hear of it.
func lettersAddress(a Account, old string) (mails []Mail) {
	for _, to := range []string{old, a.Email} {
		if to == "" {
			continue
		}
		m := bilingual(a.CentreID, a.ID, "address_changed", "Địa chỉ thư của tài khoản vừa được đổi · Your address was changed",
			[]string{
				fmt.Sprintf("Quản trị viên vừa đổi địa chỉ thư của tài khoản %s. Thư, kể cả liên kết đặt lại mật khẩu, từ nay gửi đến địa chỉ mới.", a.Login),
				"Nếu bạn không biết việc này, hãy báo ngay cho người đứng đầu Trung tâm.",
			},
			[]string{
				fmt.Sprintf("An administrator changed the address of the account %s. Letters, and links to set a password, go to the new one from now on.", a.Login),
				"If you do not know why, tell the head of the Centre at once.",
			})
		m.Address = to
		mails = append(mails, m)
	}
	return mails
}

func letterSecondFactor(a Account, set bool) Mail {
	vi, en := "vừa được gỡ bỏ", "was removed"
	if set {
		vi, en = "vừa được thiết lập", "was set up"
	}
	return bilingual(a.CentreID, a.ID, "second_factor", "Xác thực hai lớp · Second factor",
		[]string{fmt.Sprintf("Xác thực hai lớp của tài khoản %s %s.", a.Login, vi), "Nếu không phải bạn, hãy liên hệ ngay với Trung tâm."},
		[]string{fmt.Sprintf("The second factor of the account %s %s.", a.Login, en), "If it was not you, tell the Centre at once."})
}
