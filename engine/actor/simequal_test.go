package actor

import (
	"math/rand"
	"reflect"
	"testing"
	"testing/quick"
	"unsafe"

	"gobua/engine"
)

// What the witness compares thousands of times in every world. They are
// reflect.DeepEqual for one type, which is taken apart once: several times
// faster, and without a new value for each comparison.
var (
	sameRoom    = sameAs[engine.Room]()
	sameUpdate  = sameAs[engine.Update]()
	sameReceipt = sameAs[engine.Receipt]()
)

func sameAs[T any]() func(a, b *T) bool {
	same := sameOf(reflect.TypeFor[T]())
	return func(a, b *T) bool { return same(unsafe.Pointer(a), unsafe.Pointer(b)) }
}

// sameFunc compares two values by where they are.
type sameFunc func(a, b unsafe.Pointer) bool

// sameOf takes a type apart. One that it does not know ends the program before
// any test begins.
func sameOf(t reflect.Type) sameFunc {
	switch t.Kind() {
	case reflect.String:
		return func(a, b unsafe.Pointer) bool { return *(*string)(a) == *(*string)(b) }
	case reflect.Bool:
		return func(a, b unsafe.Pointer) bool { return *(*bool)(a) == *(*bool)(b) }
	case reflect.Int, reflect.Int64, reflect.Uint64:
		return func(a, b unsafe.Pointer) bool { return *(*uint64)(a) == *(*uint64)(b) }
	case reflect.Array:
		if t.Elem().Kind() == reflect.Uint8 {
			n := t.Len()
			return func(a, b unsafe.Pointer) bool {
				return string(unsafe.Slice((*byte)(a), n)) == string(unsafe.Slice((*byte)(b), n))
			}
		}
	case reflect.Pointer:
		elem := sameOf(t.Elem())
		return func(a, b unsafe.Pointer) bool {
			x, y := *(*unsafe.Pointer)(a), *(*unsafe.Pointer)(b)
			return x == y || x != nil && y != nil && elem(x, y)
		}
	case reflect.Slice:
		elem, size := sameOf(t.Elem()), t.Elem().Size()
		return func(a, b unsafe.Pointer) bool {
			x, y := *(*[]struct{})(a), *(*[]struct{})(b) // the headers are the same for every slice
			if len(x) != len(y) || (x == nil) != (y == nil) {
				return false
			}
			for i := range uintptr(len(x)) {
				if !elem(unsafe.Add(unsafe.Pointer(unsafe.SliceData(x)), i*size), unsafe.Add(unsafe.Pointer(unsafe.SliceData(y)), i*size)) {
					return false
				}
			}
			return true
		}
	case reflect.Struct:
		type field struct {
			at   uintptr
			same sameFunc
		}
		var fields []field
		for i := range t.NumField() {
			fields = append(fields, field{t.Field(i).Offset, sameOf(t.Field(i).Type)})
		}
		return func(a, b unsafe.Pointer) bool {
			for i := range fields {
				if f := &fields[i]; !f.same(unsafe.Add(a, f.at), unsafe.Add(b, f.at)) {
					return false
				}
			}
			return true
		}
	}
	panic("nobody knows how to compare a " + t.String())
}

// TestTheWitnessSeesEveryDifference makes random values and changes every part of
// them in turn: what was made alike is the same, and no change goes unseen.
func TestTheWitnessSeesEveryDifference(t *testing.T) {
	seesEveryDifference(t, sameRoom)
	seesEveryDifference(t, sameUpdate)
	seesEveryDifference(t, sameReceipt)
}

func seesEveryDifference[T any](t *testing.T, same func(a, b *T) bool) {
	changed := 0
	for seed := range int64(40) {
		made := func() *T {
			v, ok := quick.Value(reflect.TypeFor[T](), rand.New(rand.NewSource(seed)))
			if !ok {
				t.Fatal("no such value can be made")
			}
			return new(v.Interface().(T))
		}
		a, b := made(), made()
		check := func(what string) {
			changed++
			if want := reflect.DeepEqual(a, b); same(a, b) != want {
				t.Errorf("seed %d, %s: the same: %v", seed, what, !want)
			}
		}
		check("made alike")
		eachPart(reflect.ValueOf(b).Elem(), "", check)
		check("put back")
	}
	t.Logf("%d comparisons of %v", changed, reflect.TypeFor[T]())
}

// eachPart changes every part of a value in turn, and puts it back.
func eachPart(v reflect.Value, name string, check func(what string)) {
	before := reflect.New(v.Type()).Elem()
	before.Set(v)
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			eachPart(v.Field(i), name+"."+v.Type().Field(i).Name, check)
		}
		return
	case reflect.Array:
		for i := range v.Len() {
			eachPart(v.Index(i), name+"[]", check)
		}
		return
	case reflect.Pointer:
		if !v.IsNil() {
			eachPart(v.Elem(), name, check)
		}
		v.SetZero()
	case reflect.Slice:
		for i := range v.Len() {
			eachPart(v.Index(i), name+"[]", check)
		}
		if v.Len() > 0 {
			v.Set(v.Slice(0, v.Len()-1))
			check(name + " shorter")
		}
		v.SetZero()
		check(name + " nil")
		v.Set(reflect.MakeSlice(v.Type(), 0, 0))
	case reflect.String:
		v.SetString(v.String() + "x")
	case reflect.Bool:
		v.SetBool(!v.Bool())
	case reflect.Uint64, reflect.Uint8:
		v.SetUint(v.Uint() ^ 1)
	default:
		v.SetInt(v.Int() ^ 1)
	}
	check(name)
	v.Set(before)
}
