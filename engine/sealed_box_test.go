package engine

import (
	"crypto/ecdh"
	"testing"
)

// TestKeysThatSealForAll: a public key is refused exactly where X25519 gives zero
// with it, so that also who has no key could open.
func TestKeysThatSealForAll(t *testing.T) {
	anybody, err := ecdh.X25519().NewPrivateKey(make([]byte, len(Key{})))
	if err != nil {
		t.Fatal(err)
	}
	opensForAll := func(public Key) bool {
		to, err := ecdh.X25519().NewPublicKey(public[:])
		if err != nil {
			t.Fatal(err)
		}
		_, err = anybody.ECDH(to)
		return err != nil
	}
	try := func(k Key) {
		if got, want := sealsForAll(k), opensForAll(k); got != want {
			t.Errorf("%x seals for all: %v, X25519 says %v", k, got, want)
		}
	}
	for _, k := range lowOrder {
		for _, high := range []byte{0, 0x80} {
			low := k
			low[31] |= high
			if !opensForAll(low) {
				t.Errorf("%x is not of low order", low)
			}
			try(low)
			for i := range len(low) * 8 { // and all that differ in one bit
				near := low
				near[i/8] ^= 1 << (i % 8)
				try(near)
			}
		}
	}
	for n := range 256 { // what is not written modulo 2^255-19, and small numbers
		top := Key{0: byte(n), 31: 0x7f}
		for i := 1; i < 31; i++ {
			top[i] = 0xff
		}
		try(top)
		try(Key{byte(n)})
	}
}
