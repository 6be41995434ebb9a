//go:build unix

package transport

import (
	"errors"
	"slices"
	"syscall"
)

// passes tells whether a connection could not be taken because something was
// used up that others give back.
func passes(err error) bool {
	var no syscall.Errno
	return errors.As(err, &no) && slices.Contains([]syscall.Errno{syscall.EMFILE, syscall.ENFILE, syscall.ENOBUFS, syscall.ENOMEM, syscall.ECONNABORTED}, no)
}
