//go:build unix && !linux

package localpg

import (
	"os/exec"
	"strconv"
	"strings"
	"syscall"
)

const canPassFolder = false

// setParentDeathSignal does nothing: only Linux has it. A killed msia leaves its PostgreSQL running here, and the next
// start stops it first.
func setParentDeathSignal(*syscall.SysProcAttr, syscall.Signal) {}

// isPostmaster tells whether a process is a live PostgreSQL server working in a cluster.
func isPostmaster(pid int, clusterDir string) bool {
	out, err := exec.Command("ps", "-ww", "-o", "command=", "-p", strconv.Itoa(pid)).Output()
	return err == nil && strings.Contains(string(out), "postgres -D "+clusterDir)
}
