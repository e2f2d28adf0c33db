package logmonitor

import (
	"fmt"
	"io"
	"os"
	"runtime/debug"
)

// WatchCrashes captures what the process before this one died of, which nobody was
// left to log, and has the runtime write to the same file should this one die. A
// process has one file, and no two at a time the same.
func (c *Capture) WatchCrashes(path string) error {
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return fmt.Errorf("open the file of crashes: %w", err)
	}
	defer func() { _ = file.Close() }() // the runtime has its own
	about, err := file.Stat()
	if err != nil {
		return fmt.Errorf("read the last crash: %w", err)
	}
	text, err := io.ReadAll(io.LimitReader(file, maxText))
	if err != nil {
		return fmt.Errorf("read the last crash: %w", err)
	}
	if len(text) > 0 {
		c.take(occurrence{at: about.ModTime(), source: Source, message: "the process died", cause: string(text), crashed: true})
	}
	if err := file.Truncate(0); err != nil {
		return fmt.Errorf("forget the last crash: %w", err)
	}
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		return fmt.Errorf("forget the last crash: %w", err)
	}
	if err := debug.SetCrashOutput(file, debug.CrashOptions{}); err != nil {
		return fmt.Errorf("watch for crashes: %w", err)
	}
	return nil
}
