package bank

import (
	_ "embed"
	"encoding/csv"
	"strings"
)

// Bank is a bank of Viet Nam that takes transfers through NAPAS.
type Bank struct {
	BIN   string `json:"bin"`   // six digits, how NAPAS names it
	Short string `json:"short"` // the name people use
	Name  string `json:"name"`
}

// banksCSV lists BIN, short name, name. It is data: banks merge and are renamed,
// their BIN stays.
//
//go:embed banks.csv
var banksCSV string

var banks, banksByBIN = readBanks()

func readBanks() ([]Bank, map[string]Bank) {
	records, err := csv.NewReader(strings.NewReader(banksCSV)).ReadAll()
	if err != nil {
		panic("bank: banks.csv: " + err.Error())
	}
	list, byBIN := make([]Bank, len(records)), make(map[string]Bank, len(records))
	for i, r := range records {
		list[i] = Bank{BIN: r[0], Short: r[1], Name: r[2]}
		byBIN[r[0]] = list[i]
	}
	return list, byBIN
}

// Banks returns all known banks, for a list to choose from.
func Banks() []Bank { return append([]Bank(nil), banks...) }

// BankByBIN returns the bank of a BIN, if it is known.
func BankByBIN(bin string) (Bank, bool) {
	b, ok := banksByBIN[bin]
	return b, ok
}

// Account is an account at a bank.
type Account struct {
	BIN    string `json:"bin"`
	Number string `json:"number"` // digits, or letters and digits for an alias
}

// maxAccountLength is what NAPAS takes of an account number.
const maxAccountLength = 19

// Check tells what is wrong with an account, as a code: "unknown_bank",
// "bad_account", or "" if nothing is.
func (a Account) Check() string {
	if _, ok := banksByBIN[a.BIN]; !ok {
		return "unknown_bank"
	}
	if a.Number == "" || len(a.Number) > maxAccountLength {
		return "bad_account"
	}
	for _, r := range a.Number {
		if !plainRune(r) && !(r >= 'a' && r <= 'z') {
			return "bad_account"
		}
	}
	return ""
}
