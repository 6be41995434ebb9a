package bank

import (
	"fmt"
	"strconv"
	"strings"

	"gobua/engine"
)

// Transfer is what a VietQR code fills in for the payer. Amount zero leaves
// the amount to the payer; Memo may be empty.
type Transfer struct {
	To     Account
	Amount engine.Dong
	Memo   string
}

// QRError says why a transfer cannot be written as a VietQR code, or why a text
// is not the code of one. Code is a key for the page: "unknown_bank",
// "bad_account", "bad_amount", "bad_memo", "malformed", "bad_crc", "not_vietqr".
type QRError struct{ Code string }

func (e *QRError) Error() string { return "bank: vietqr: " + e.Code }

// The data objects of a VietQR code: the EMVCo QR code specification for
// payment systems, merchant presented mode, in the profile of NAPAS (technical
// specifications on NAPAS QR switching, part IV, version 1.5.2).
const (
	idFormat       = "00"
	idMethod       = "01"
	idBeneficiary  = "38"
	idCurrency     = "53"
	idAmount       = "54"
	idCountry      = "58"
	idAdditional   = "62"
	idCRC          = "63"
	subGUID        = "00"
	subAccount     = "01"
	subService     = "02"
	subBIN         = "00"
	subNumber      = "01"
	subPurpose     = "08"
	guidNAPAS      = "A000000727"
	serviceAccount = "QRIBFTTA" // inter-bank fund transfer to an account
	methodStatic   = "11"       // the payer fills in the amount
	methodDynamic  = "12"
	currencyVND    = "704"
	countryVN      = "VN"

	maxAmountDigits  = 13
	maxPurposeLength = 25
	maxPayloadLength = 512
)

// VietQR returns the text of the QR code that fills in a transfer to an account
// in any Vietnamese banking application. The error is a *QRError.
func VietQR(to Account, amount engine.Dong, memo string) (string, error) {
	if code := to.Check(); code != "" {
		return "", &QRError{code}
	}
	digits := strconv.FormatInt(int64(amount), 10)
	if amount < 0 || len(digits) > maxAmountDigits {
		return "", &QRError{"bad_amount"}
	}
	if len(memo) > maxPurposeLength || Plain(memo) != memo {
		return "", &QRError{"bad_memo"}
	}
	var q strings.Builder
	put(&q, idFormat, "01")
	if amount > 0 {
		put(&q, idMethod, methodDynamic)
	} else {
		put(&q, idMethod, methodStatic)
	}
	put(&q, idBeneficiary, object(subGUID, guidNAPAS)+
		object(subAccount, object(subBIN, to.BIN)+object(subNumber, to.Number))+
		object(subService, serviceAccount))
	put(&q, idCurrency, currencyVND)
	if amount > 0 {
		put(&q, idAmount, digits)
	}
	put(&q, idCountry, countryVN)
	if memo != "" {
		put(&q, idAdditional, object(subPurpose, memo))
	}
	q.WriteString(idCRC + "04") // the check sum counts its own head
	return q.String() + fmt.Sprintf("%04X", crc16(q.String())), nil
}

// object is one data object: two digits of id, two of length, the value.
func object(id, value string) string { return fmt.Sprintf("%s%02d%s", id, len(value), value) }

func put(q *strings.Builder, id, value string) { q.WriteString(object(id, value)) }

// ParseVietQR reads a VietQR code to an account and verifies its check sum.
// Objects it does not need are passed over. The error is a *QRError.
func ParseVietQR(payload string) (Transfer, error) {
	root, err := objects(payload)
	if err != nil {
		return Transfer{}, err
	}
	head := len(payload) - 4
	if root[idCRC] == "" || len(root[idCRC]) != 4 || !strings.HasSuffix(payload, idCRC+"04"+root[idCRC]) {
		return Transfer{}, &QRError{"malformed"} // the check sum must be the last object
	}
	if !strings.EqualFold(root[idCRC], fmt.Sprintf("%04X", crc16(payload[:head]))) {
		return Transfer{}, &QRError{"bad_crc"}
	}
	if root[idFormat] != "01" || root[idCurrency] != currencyVND || root[idCountry] != countryVN {
		return Transfer{}, &QRError{"not_vietqr"}
	}
	t := Transfer{}
	if t.To, err = beneficiary(root[idBeneficiary]); err != nil {
		return Transfer{}, err
	}
	if t.Amount, err = qrAmount(root[idAmount]); err != nil {
		return Transfer{}, err
	}
	additional, err := objects(root[idAdditional])
	if err != nil {
		return Transfer{}, err
	}
	t.Memo = additional[subPurpose]
	return t, nil
}

func beneficiary(value string) (Account, error) {
	outer, err := objects(value)
	if err != nil {
		return Account{}, err
	}
	if outer[subGUID] != guidNAPAS || outer[subService] != serviceAccount {
		return Account{}, &QRError{"not_vietqr"}
	}
	inner, err := objects(outer[subAccount])
	if err != nil {
		return Account{}, err
	}
	a := Account{BIN: inner[subBIN], Number: inner[subNumber]}
	if code := a.Check(); code != "" {
		return Account{}, &QRError{code}
	}
	return a, nil
}

// qrAmount reads an amount in đồng; the specification allows a fraction, which
// đồng do not have.
func qrAmount(s string) (engine.Dong, error) {
	if s == "" {
		return 0, nil
	}
	whole, fraction, _ := strings.Cut(s, ".")
	n, err := strconv.ParseUint(whole, 10, 63)
	if err != nil || len(s) > maxAmountDigits || strings.Trim(fraction, "0") != "" {
		return 0, &QRError{"bad_amount"}
	}
	return engine.Dong(n), nil
}

// objects splits a text into its data objects. Each id may stand there once.
func objects(s string) (map[string]string, error) {
	found := map[string]string{}
	if len(s) > maxPayloadLength {
		return nil, &QRError{"malformed"}
	}
	for len(s) > 0 {
		if len(s) < 4 {
			return nil, &QRError{"malformed"}
		}
		id := s[:2]
		length, err := strconv.ParseUint(s[2:4], 10, 8)
		if _, twice := found[id]; err != nil || twice || len(s) < 4+int(length) {
			return nil, &QRError{"malformed"}
		}
		found[id], s = s[4:4+length], s[4+length:]
	}
	return found, nil
}

// crc16 is CRC-16/CCITT-FALSE: polynomial 0x1021, start 0xFFFF, not reflected.
func crc16(s string) uint16 {
	crc := uint16(0xFFFF)
	for i := range len(s) {
		crc ^= uint16(s[i]) << 8
		for range 8 {
			if crc&0x8000 != 0 {
				crc = crc<<1 ^ 0x1021
			} else {
				crc <<= 1
			}
		}
	}
	return crc
}
