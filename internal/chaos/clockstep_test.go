//go:build chaos && linux && amd64

package chaos_test

import (
	"bytes"
	"debug/elf"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// realtimeStub is clock_gettime as a plain system call, with so many seconds
// added to the time of day as stand in the eight bytes behind it:
//
//	mov  eax, 228; syscall
//	test edi, edi; jne end
//	mov  rcx, [rip+14]; add [rsi], rcx
//	end: ret
var realtimeStub = []byte{
	0xb8, 0xe4, 0, 0, 0, 0x0f, 0x05,
	0x85, 0xff, 0x75, 0x0a,
	0x48, 0x8b, 0x0d, 14, 0, 0, 0, 0x48, 0x01, 0x0e,
	0xc3,
}

const stubSecondsAt = 32 // where the seconds stand in the stub

// wallClock is the time of day of one process. Nobody may set the machine's for
// a test, so the page of code from which the kernel has processes read it
// (the vDSO) is changed, in the copy of this process alone.
type wallClock struct {
	memory *os.File
	at     int64 // of the seconds
}

// bendClock takes the time of day of the running program into our hands.
func (s *sale) bendClock() *wallClock {
	s.T.Helper()
	pid := s.pid()
	from, image := s.vdso(pid)
	entry := s.entryOf(image)
	stub := (len(image) - 256) &^ 15
	if strings.Trim(string(image[stub:stub+64]), "\x00") != "" {
		s.Fatal("the vDSO of this kernel has no room at its end")
	}
	memory, err := os.OpenFile(fmt.Sprintf("/proc/%d/mem", pid), os.O_RDWR, 0)
	if err != nil {
		s.Fatalf("the memory of the program cannot be written: %v; it takes root, or kernel.yama.ptrace_scope=0", err)
	}
	s.Cleanup(func() { memory.Close() })
	jump := append([]byte{0xe9}, binary.LittleEndian.AppendUint32(nil, uint32(int32(stub-entry-5)))...)
	s.whileNobodyIsIn(pid, from+uint64(entry), from+uint64(entry)+16, func() {
		for at, code := range map[int64][]byte{int64(from) + int64(stub): realtimeStub, int64(from) + int64(entry): jump} {
			if _, err := memory.WriteAt(code, at); err != nil {
				s.Fatal(err)
			}
		}
	})
	return &wallClock{memory, int64(from) + int64(stub) + stubSecondsAt}
}

// set puts the time of day so much away from the machine's.
func (s *sale) set(c *wallClock, off time.Duration) {
	s.T.Helper()
	if _, err := c.memory.WriteAt(binary.LittleEndian.AppendUint64(nil, uint64(int64(off/time.Second))), c.at); err != nil {
		s.Fatal(err)
	}
}

// vdso is where the page lies in a process, and what stands in it.
func (s *sale) vdso(pid int) (from uint64, image []byte) {
	s.T.Helper()
	maps, err := os.ReadFile(fmt.Sprintf("/proc/%d/maps", pid))
	if err != nil {
		s.Fatal(err)
	}
	for line := range strings.Lines(string(maps)) {
		var to uint64
		if strings.Contains(line, "[vdso]") {
			if _, err := fmt.Sscanf(line, "%x-%x", &from, &to); err != nil {
				s.Fatal(err)
			}
			image = make([]byte, to-from)
		}
	}
	memory, err := os.Open(fmt.Sprintf("/proc/%d/mem", pid))
	if err != nil {
		s.Fatal(err)
	}
	defer memory.Close()
	if _, err := memory.ReadAt(image, int64(from)); err != nil || len(image) == 0 {
		s.Fatalf("no vDSO of %d bytes: %v", len(image), err)
	}
	return from, image
}

// entryOf finds clock_gettime in the page.
func (s *sale) entryOf(image []byte) int {
	s.T.Helper()
	f, err := elf.NewFile(bytes.NewReader(image))
	if err != nil {
		s.Fatal(err)
	}
	symbols, err := f.DynamicSymbols()
	if err != nil {
		s.Fatal(err)
	}
	for _, symbol := range symbols {
		if symbol.Name == "__vdso_clock_gettime" {
			return int(symbol.Value)
		}
	}
	s.Fatal("this kernel has no clock_gettime in its vDSO")
	return 0
}

// whileNobodyIsIn does something while the process is stopped and no thread of
// it is in a stretch of code.
func (s *sale) whileNobodyIsIn(pid int, from, to uint64, do func()) {
	s.T.Helper()
	for range 100 {
		s.signal(syscall.SIGSTOP)
		s.eventually("the program is stopped", func() bool { return allStopped(pid) })
		free := true
		threads, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/syscall", pid))
		if err != nil || len(threads) == 0 {
			s.Fatal("the threads cannot be looked at", err)
		}
		for _, path := range threads {
			text, err := os.ReadFile(path)
			if err != nil {
				s.Fatal(err)
			}
			fields := strings.Fields(string(text)) // …, stack pointer, program counter
			var at uint64
			if _, err := fmt.Sscanf(fields[len(fields)-1], "0x%x", &at); err != nil {
				s.Fatalf("%s: %q: %v", path, text, err)
			}
			free = free && (at < from || at >= to)
		}
		if free {
			do()
		}
		s.signal(syscall.SIGCONT)
		if free {
			return
		}
	}
	s.Fatal("the program always asks for the time")
}

// allStopped tells whether every thread of a process is stopped.
func allStopped(pid int) bool {
	threads, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/stat", pid)) // the pattern is well formed
	for _, path := range threads {
		text, err := os.ReadFile(path)
		if err != nil {
			continue // it has ended
		}
		if _, after, _ := strings.Cut(string(text), ") "); !strings.HasPrefix(after, "T") {
			return false
		}
	}
	return len(threads) > 0
}
