package images

import "syscall"

// childAttributes: a decoder dies with the server, even in the middle of a
// picture, and is not met by what a terminal sends to the server.
func childAttributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}
