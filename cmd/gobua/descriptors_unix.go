//go:build unix

package main

import "syscall"

// descriptors is how many files and sockets this process may have open. Go has
// raised the soft limit to the hard one when the program began.
func descriptors() uint64 {
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		return 1 << 20 // nobody says that there is a limit
	}
	return uint64(limit.Cur)
}
