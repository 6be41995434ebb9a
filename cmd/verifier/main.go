//go:build js

// Verifier is engine/proof for the browser: one function that reads the file of
// a session in pieces and answers in JSON. It is compiled to WebAssembly by
// internal/verifierbuild and loaded by js/verify/worker.js, nowhere else.
package main

import (
	"encoding/json"
	"errors"
	"io"
	"runtime/debug"
	"syscall/js"

	"gobua/engine"
	"gobua/engine/proof"
)

// main offers gobuaVerify(read, held, progress) to its worker and stays.
//
//   - read() gives a promise of the next piece of the file, a Uint8Array, or
//     null at its end. If it is rejected, the verification is given up.
//   - held is JSON: what the reader holds beside the file, see held.go.
//   - progress(records) is told now and then.
//
// It gives a promise of a proof.Answer in JSON, rejected with the reason if the
// file could not be read.
func main() {
	debug.SetGCPercent(gcPercent)
	js.Global().Set("gobuaVerify", js.FuncOf(func(_ js.Value, args []js.Value) any {
		read, held, progress := args[0], args[1].String(), args[2]
		return promise(func() (string, error) { return verify(read, held, progress) })
	}))
	select {}
}

// gcPercent lets some more megabytes of garbage gather, as there is one thread
// for everything and little that lives long.
const gcPercent = 400

func verify(read js.Value, held string, progress js.Value) (string, error) {
	o, err := options(held)
	var report proof.Report
	if err == nil {
		o.Progress = func(done engine.Seq) { progress.Invoke(float64(done)) }
		report, err = proof.Verify(&pieces{read: read}, o)
	}
	answer, err := proof.AnswerOf(report, err)
	if err != nil {
		return "", err
	}
	text, err := json.Marshal(answer)
	return string(text), err
}

// pieces is a file that comes as promises. While one is awaited the worker can
// take messages: that is how a verification is given up.
type pieces struct {
	read js.Value
	rest js.Value // what of the last piece was not handed on
	left int
}

func (p *pieces) Read(to []byte) (int, error) {
	for p.left == 0 {
		piece, err := await(p.read.Invoke())
		if err != nil {
			return 0, err
		}
		if piece.IsNull() {
			return 0, io.EOF
		}
		p.rest, p.left = piece, piece.Length()
	}
	n := js.CopyBytesToGo(to, p.rest)
	p.left -= n
	p.rest = p.rest.Call("subarray", n)
	return n, nil
}

// await blocks the goroutine, and not the worker, until a promise is settled.
func await(promise js.Value) (js.Value, error) {
	type outcome struct {
		value js.Value
		err   error
	}
	settled := make(chan outcome, 1)
	kept := js.FuncOf(func(_ js.Value, args []js.Value) any {
		settled <- outcome{value: args[0]}
		return nil
	})
	broken := js.FuncOf(func(_ js.Value, args []js.Value) any {
		settled <- outcome{err: errors.New(args[0].Get("message").String())}
		return nil
	})
	defer kept.Release()
	defer broken.Release()
	promise.Call("then", kept, broken)
	o := <-settled
	return o.value, o.err
}

// promise runs what blocks on a goroutine and gives its outcome as a promise.
func promise(run func() (string, error)) js.Value {
	begin := js.FuncOf(func(_ js.Value, args []js.Value) any {
		keep, refuse := args[0], args[1]
		go func() {
			text, err := run()
			if err != nil {
				refuse.Invoke(js.Global().Get("Error").New(err.Error()))
				return
			}
			keep.Invoke(text)
		}()
		return nil
	})
	defer begin.Release()
	return js.Global().Get("Promise").New(begin)
}
