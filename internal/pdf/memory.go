package pdf

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
	"sync"
	"time"
)

// lookEvery is how often is looked how much memory a reader has: one that dies may
// have taken more since.
const lookEvery = 50 * time.Millisecond

// watch follows the most memory that a process ever had. The kernel's own account
// of an ended process (ru_maxrss) begins with what its parent had when it was
// started, which may be far more.
type watch struct {
	pid  int
	done chan struct{}
	mu   sync.Mutex
	most int64
}

func watchMemory(pid int) *watch {
	w := &watch{pid: pid, done: make(chan struct{})}
	go func() {
		tick := time.NewTicker(lookEvery)
		defer tick.Stop()
		for {
			w.look()
			select {
			case <-tick.C:
			case <-w.done:
				return
			}
		}
	}()
	return w
}

// look notes the peak so far; of a process that has ended there is none.
func (w *watch) look() {
	w.mu.Lock()
	defer w.mu.Unlock()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", w.pid))
	if err != nil {
		return
	}
	_, rest, found := bytes.Cut(status, []byte("VmHWM:"))
	if fields := bytes.Fields(rest); found && len(fields) > 0 {
		if kib, err := strconv.ParseInt(string(fields[0]), 10, 64); err == nil {
			w.most = max(w.most, kib<<10)
		}
	}
}

// stop ends it and returns the bytes; 0 where nothing could be seen.
func (w *watch) stop() int64 {
	close(w.done)
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.most
}
