package natsnode

import (
	"os"
	"os/exec"
	"testing"
	"time"
)

// becomeSooner makes this test binary call ElectSooner, in a process of its own:
// it is for the whole of a process.
const becomeSooner = "GOBUA_TEST_ELECTS_SOONER"

// TestElectSooner: the names are still those of the library, whose times they
// had, and hold ours afterwards.
func TestElectSooner(t *testing.T) {
	if os.Getenv(becomeSooner) == "" {
		child := exec.Command(os.Args[0], "-test.run=^TestElectSooner$", "-test.v")
		child.Env = append(os.Environ(), becomeSooner+"=1")
		if said, err := child.CombinedOutput(); err != nil {
			t.Errorf("%v\n%s", err, said)
		}
		return
	}
	if heartbeatEvery != time.Second || electAfterAtLeast != 4*time.Second || electAfterAtMost != 9*time.Second {
		t.Fatalf("the library has other times or other names: %v, %v, %v", heartbeatEvery, electAfterAtLeast, electAfterAtMost)
	}
	if !ElectSooner() {
		t.Error("it says that it did nothing")
	}
	if heartbeatEvery >= electAfterAtLeast/3 || electAfterAtMost >= 3*time.Second || electAfterAtLeast >= electAfterAtMost {
		t.Errorf("a heartbeat every %v, an election after %v to %v", heartbeatEvery, electAfterAtLeast, electAfterAtMost)
	}
}
