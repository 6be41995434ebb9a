package office

import (
	"strings"
	"unicode"
)

// Flag is something an officer should look at before deciding on a dossier
// (Điều 38.4, and collusion). It is a hint and refuses nothing by itself.
type Flag struct {
	Code string `json:"code"`
	// With is the other registration of the lot that it is about, if any.
	With string `json:"with,omitempty"`
}

// The codes of flags.
const (
	FlagStaffName     = "same_name_as_staff"    // of the centre
	FlagOwnerName     = "same_name_as_owner"    // of the property
	FlagSameProxy     = "same_proxy"            // as another participant of the lot
	FlagProxyBids     = "proxy_is_participant"  // the representative takes part in the lot, by name
	FlagSameAccount   = "same_refund_account"   // as another participant of the lot
	FlagUnverified    = "identity_not_verified" // nobody has examined who this is
	FlagOwnerMentions = "named_by_owner"        // the owner's name contains this person's
)

// flagsOf compares every registration with the staff, the owner, and the others
// of its lot. Names are compared the way people write them: marks, case and
// spaces aside. The result has an entry for each registration, by id.
func flagsOf(list []Registration, staff []Account, verified map[string]bool, owner string) map[string][]Flag {
	names := map[string]bool{}
	for _, s := range staff {
		names[foldName(s.Name)] = true
	}
	owner = foldName(owner)
	flags := make(map[string][]Flag, len(list))
	groups := map[string][]*Registration{}
	for i := range list {
		r := &list[i]
		found := []Flag{}
		if !verified[r.AccountID] {
			found = append(found, Flag{Code: FlagUnverified})
		}
		for _, name := range []string{foldName(r.Name), foldName(r.Representative)} {
			switch {
			case name == "":
				continue
			case name == owner:
				found = append(found, Flag{Code: FlagOwnerName})
			case strings.Contains(" "+owner+" ", " "+name+" "):
				found = append(found, Flag{Code: FlagOwnerMentions})
			}
			if names[name] {
				found = append(found, Flag{Code: FlagStaffName})
			}
		}
		flags[r.ID] = found
		if r.Standing != StandingIn {
			continue
		}
		for _, key := range sharedKeys(r) {
			groups[key] = append(groups[key], r)
		}
	}
	for key, group := range groups {
		code, _, _ := strings.Cut(key, " ")
		flagPairs(flags, code, group)
	}
	return flags
}

// sharedKeys are the things that two participants of a lot should not share.
func sharedKeys(r *Registration) []string {
	var keys []string
	if r.Proxy.Mark != "" {
		keys = append(keys, FlagSameProxy+" "+r.LotID+" "+r.Proxy.Mark)
	}
	if r.RefundTo.Number != "" {
		keys = append(keys, FlagSameAccount+" "+r.LotID+" "+r.RefundTo.BIN+"/"+r.RefundTo.Number)
	}
	keys = append(keys, FlagProxyBids+" "+r.LotID+" "+foldName(r.Name))
	if r.Representative != "" {
		keys = append(keys, FlagProxyBids+" "+r.LotID+" "+foldName(r.Representative))
	}
	return keys
}

// flagPairs names to everybody of a group the first other person in it.
func flagPairs(flags map[string][]Flag, code string, group []*Registration) {
	for _, r := range group {
		for _, other := range group {
			if other.AccountID == r.AccountID {
				continue
			}
			if code == FlagProxyBids && r.Representative == "" && other.Representative == "" {
				continue // two people of one name
			}
			flags[r.ID] = append(flags[r.ID], Flag{Code: code, With: other.ID})
			break
		}
	}
}

// foldName brings a name into the form in which two are compared: its words.
func foldName(s string) string {
	words := strings.FieldsFunc(fold(s), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	return strings.Join(words, " ")
}
