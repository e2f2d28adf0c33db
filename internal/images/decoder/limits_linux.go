package decoder

import (
	"fmt"
	"os"
	"os/signal"
	"time"

	"golang.org/x/sys/unix"
)

const (
	// maxMemory is what decoding may take beside what the process has from the
	// start.
	maxMemory = 1 << 30
	// maxTime is the processor time of one request.
	maxTime = 10 * time.Second
	// statusTime is the status of a process that ran out of it.
	statusTime = 3
)

// limitProcess bounds memory, and forbids to write files and core dumps.
func limitProcess() error {
	size, err := addressSpace()
	if err != nil {
		return err
	}
	for _, l := range []struct {
		resource int
		max      uint64
	}{{unix.RLIMIT_AS, size + maxMemory}, {unix.RLIMIT_FSIZE, 0}, {unix.RLIMIT_CORE, 0}} {
		if err := unix.Setrlimit(l.resource, &unix.Rlimit{Cur: l.max, Max: l.max}); err != nil {
			return err
		}
	}
	late := make(chan os.Signal, 1)
	signal.Notify(late, unix.SIGXCPU)
	go func() {
		<-late
		os.Exit(statusTime)
	}()
	return nil
}

// addressSpace returns the size of the process in bytes. The race detector alone
// reserves terabytes.
func addressSpace() (uint64, error) {
	b, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		return 0, err
	}
	var pages uint64
	if _, err := fmt.Sscan(string(b), &pages); err != nil {
		return 0, err
	}
	return pages * uint64(os.Getpagesize()), nil
}

// limitRequest gives the process maxTime from now on.
func limitRequest() error {
	var used unix.Rusage
	if err := unix.Getrusage(unix.RUSAGE_SELF, &used); err != nil {
		return err
	}
	total := time.Duration(used.Utime.Nano()+used.Stime.Nano()) + maxTime
	return unix.Setrlimit(unix.RLIMIT_CPU, &unix.Rlimit{Cur: uint64(total/time.Second) + 1, Max: unix.RLIM_INFINITY})
}
