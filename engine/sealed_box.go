package engine

import (
	"crypto/ecdh"
	"crypto/hpke"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
)

// Key is one half of an X25519 key pair: a round's public key, by which offers
// are sealed, or its private one, by which they are opened. It is written in
// hexadecimal.
type Key [32]byte

// MarshalText writes the key in hexadecimal.
func (k Key) MarshalText() ([]byte, error) { return Hash(k).MarshalText() }

// UnmarshalText reads exactly 64 hexadecimal digits.
func (k *Key) UnmarshalText(text []byte) error { return (*Hash)(k).UnmarshalText(text) }

// Offer is what a box holds. Units is zero where the lot is sold as one.
type Offer struct {
	Amount Dong // per unit
	Units  int
}

// OfferOf is what an act offers by the rules of the session: one unit where it
// names none and several are sold.
func (s *State) OfferOf(act PutOffer) Offer {
	if !s.uniform() {
		return Offer{Amount: act.Amount}
	}
	return Offer{act.Amount, max(1, act.Units)}
}

// Plain is what is put into a box: the amount in eight bytes, and the units in
// eight more where there are any.
func (o Offer) Plain() []byte {
	plain := binary.BigEndian.AppendUint64(nil, uint64(o.Amount))
	if o.Units != 0 {
		plain = binary.BigEndian.AppendUint64(plain, uint64(o.Units))
	}
	return plain
}

// BoxBytes is the length of every sealed offer for a lot that is sold as one,
// whatever its amount: eight bytes for the amount, and for each of the two seals
// an encapsulated key of 32 bytes and a tag of 16. UnitBoxBytes is that of every
// offer for some of several units, whatever their number.
const (
	BoxBytes     = 8 + 2*(32+16)
	UnitBoxBytes = 8 + BoxBytes
)

// BoxLength is the length of every box under a sheet.
func (r *Sealed) BoxLength() int {
	if r.uniform() {
		return UnitBoxBytes
	}
	return BoxBytes
}

// SealSuite is how offers are sealed: RFC 9180 with X25519, HKDF-SHA256 and
// ChaCha20-Poly1305, in its base mode.
func SealSuite() (hpke.KEM, hpke.KDF, hpke.AEAD) {
	return hpke.DHKEM(ecdh.X25519()), hpke.HKDFSHA256(), hpke.ChaCha20Poly1305()
}

// OfferContext is what a box is bound to, for the seal of one keeper (0 the
// inner, 1 the outer): a box that is moved to another session, round,
// participant or command does not open. Round counts from 1.
func OfferContext(session SessionID, round int, code ParticipantCode, cmd CommandID, keeper int) []byte {
	return fmt.Appendf(nil, "gobua sealed offer\n%s\n%d\n%s\n%s\n%d", session, round, code, cmd, keeper)
}

// errUnreadable says that a box is not what the two keys open.
var errUnreadable = errors.New("sealed offer: it does not open")

// OpenBox returns the offer in a box. The keys are those of the two keepers,
// in the order in which they took them. Anybody who has the record of an
// opening can call it: the keys stand in it.
func OpenBox(keys [2]Key, session SessionID, round int, code ParticipantCode, cmd CommandID, box []byte) (Offer, error) {
	if len(box) != BoxBytes && len(box) != UnitBoxBytes {
		return Offer{}, errUnreadable
	}
	kem, kdf, aead := SealSuite()
	for keeper := 1; keeper >= 0; keeper-- { // the outer seal first
		private, err := kem.NewPrivateKey(keys[keeper][:])
		if err != nil {
			return Offer{}, errUnreadable
		}
		if box, err = hpke.Open(private, kdf, aead, OfferContext(session, round, code, cmd, keeper), box); err != nil {
			return Offer{}, errUnreadable
		}
	}
	switch len(box) {
	case 8:
		return Offer{Amount: Dong(binary.BigEndian.Uint64(box))}, nil
	case 16:
		return Offer{Dong(binary.BigEndian.Uint64(box)), int(binary.BigEndian.Uint64(box[8:]))}, nil
	}
	return Offer{}, errUnreadable
}

// publicOf is the public half of a private key.
func publicOf(private Key) (public Key, ok bool) {
	k, err := ecdh.X25519().NewPrivateKey(private[:])
	if err != nil {
		return Key{}, false
	}
	copy(public[:], k.PublicKey().Bytes())
	return public, true
}

// sealsForAll tells whether a public key seals nothing: it is one of the few
// points of low order, with which everybody could open.
func sealsForAll(public Key) bool {
	public[len(public)-1] &= 0x7f // X25519 ignores the highest bit
	return slices.Contains(lowOrder, public)
}

// lowOrder are the points with which X25519 gives zero whatever the private key
// is: those of order 1, 2, 4 and 8 of the curve and of its twist, little-endian,
// also where they are not written modulo 2^255-19.
var lowOrder = []Key{
	{},
	{1},
	point("e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800"),
	point("5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157"),
	point("ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"),
	point("edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"),
	point("eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"),
}

func point(text string) (k Key) {
	if err := k.UnmarshalText([]byte(text)); err != nil {
		panic("no point: " + err.Error())
	}
	return k
}
