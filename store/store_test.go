package store_test

import (
	"testing"

	"gobua/office"
	"gobua/store/storetest"
)

func TestMain(m *testing.M) { storetest.Main(m) }

func TestContract(t *testing.T) {
	storetest.Contract(t, func(t testing.TB) office.Store { return storetest.Open(t) })
}
