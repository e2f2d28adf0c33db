package localpg

import (
	"bytes"
	"fmt"
	"os"
	"path"
	"syscall"
)

// canPassFolder tells that a child can work in a folder it was handed opened.
const canPassFolder = true

func setParentDeathSignal(attr *syscall.SysProcAttr, signal syscall.Signal) { attr.Pdeathsig = signal }

// isPostmaster tells whether a process is a live PostgreSQL server working in a cluster. A process that has ended and
// only waits for its parent to notice counts as gone.
func isPostmaster(pid int, clusterDir string) bool {
	// Readable for all, unlike /proc/<pid>/cwd, which root in a container may not look at.
	cmdline, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid))
	if err != nil {
		return false
	}
	args := bytes.Split(bytes.TrimRight(cmdline, "\x00"), []byte{0})
	if path.Base(string(args[0])) != "postgres" {
		return false
	}
	for _, arg := range args[1:] {
		if string(arg) == clusterDir || string(arg) == clusterMark(clusterDir) {
			return true
		}
	}
	return false
}
