//go:build !linux

package images

import "syscall"

// childAttributes: a decoder is not met by what a terminal sends to the server;
// it ends when the server closes its input.
func childAttributes() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setpgid: true} }
