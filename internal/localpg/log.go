package localpg

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"sync"
)

const (
	// maxLogSize is where the log starts anew; the one before it is kept, so both take twice this.
	maxLogSize = 4 << 20
	// maxTail is how much of PostgreSQL's last words an error quotes.
	maxTail = 2 << 10
)

// boundedLog writes PostgreSQL's output to a file of bounded size and remembers the end of it. PostgreSQL's own log
// collector can bound a log by time only. Safe for concurrent use.
type boundedLog struct {
	path string

	mu   sync.Mutex
	file *os.File
	size int64
	last []byte
}

func openLog(path string) (*boundedLog, error) {
	l := &boundedLog{path: path}
	if err := l.open(); err != nil {
		return nil, fmt.Errorf("open PostgreSQL's log: %w", err)
	}
	return l, nil
}

func (l *boundedLog) open() error {
	file, err := os.OpenFile(l.path, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return err
	}
	info, err := file.Stat()
	if err != nil {
		file.Close()
		return err
	}
	l.file, l.size = file, info.Size()
	return nil
}

// Write never fails: a full disk must not cost PostgreSQL its output pipe.
func (l *boundedLog) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.last = append(l.last, b...)
	if over := len(l.last) - maxTail; over > 0 {
		l.last = append(l.last[:0], l.last[over:]...)
	}
	if l.size >= maxLogSize {
		l.rotate()
	}
	if l.file != nil {
		n, _ := l.file.Write(b)
		l.size += int64(n)
	}
	return len(b), nil
}

func (l *boundedLog) rotate() {
	if l.file != nil {
		l.file.Close()
		l.file = nil
	}
	err := os.Rename(l.path, l.path+".1")
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		// Better no history than no bound.
		_ = os.Truncate(l.path, 0)
	}
	_ = l.open()
}

// startTail forgets what was said before.
func (l *boundedLog) startTail() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.last = nil
}

// tail returns the last words since startTail.
func (l *boundedLog) tail() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.TrimSpace(string(l.last))
}

// Close ends writing to the file; later output is dropped.
func (l *boundedLog) Close() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.file == nil {
		return nil
	}
	err := l.file.Close()
	l.file, l.size = nil, 0
	return err
}
