package chatwoot

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"
)

// Errors of the spool.
var (
	// ErrSpoolFull: the body would exceed the bounds; it was not stored.
	ErrSpoolFull = errors.New("chatwoot: spool is full")
	// ErrSpoolLocked: another process has the folder open.
	ErrSpoolLocked = errors.New("chatwoot: spool is in use by another process")
	// ErrSpoolClosed: the spool was closed.
	ErrSpoolClosed = errors.New("chatwoot: spool is closed")
	// ErrRejected, wrapped by the error of a Drain callback, says that this body
	// will never be accepted and must not hold up the others.
	ErrRejected = errors.New("chatwoot: body rejected")
)

// Default bounds of a spool: a day's outage at one webhook a second, or eight
// minutes at four hundred.
const (
	DefaultSpoolFiles = 200_000
	DefaultSpoolBytes = 1 << 30
)

const (
	spoolExt    = ".json"
	tempExt     = ".tmp"
	rejectedDir = "rejected"
	lockName    = ".lock"
)

// SpoolConfig configures a Spool.
type SpoolConfig struct {
	// Dir is created if missing. It must be on a disk that keeps what is synced
	// to it, one folder per process.
	Dir string
	// MaxFiles and MaxBytes bound what waits; 0 means the default.
	MaxFiles int
	MaxBytes int64
}

// Spool keeps raw webhook bodies on disk, one file each, until they can be
// stored in the database. What Put accepted survives the end of the process and
// of the machine. Safe for concurrent use.
//
// A body may be handed out twice (a crash between storing and removing it), so
// storing must be idempotent. Files hold customers' messages as Chatwoot sent
// them, readable by this user only; they must not be removed by hand while the
// spool is open, or Len stays wrong until it is opened again.
type Spool struct {
	cfg  SpoolConfig
	lock *os.File
	// create is os.OpenFile but for tests that need a failing disk.
	create func(path string) (spoolFile, error)

	draining chan struct{} // holds one element while a Drain runs
	puts     sync.WaitGroup

	mu     sync.Mutex
	closed bool
	seq    uint64
	files  int
	bytes  int64
}

// spoolFile is what Put needs of a file.
type spoolFile interface {
	io.WriteCloser
	Sync() error
}

// OpenSpool opens or creates the folder, takes its lock and removes unfinished
// files, which were never acknowledged. Errors: ErrSpoolLocked; what the file
// system says.
func OpenSpool(cfg SpoolConfig) (*Spool, error) {
	if cfg.MaxFiles <= 0 {
		cfg.MaxFiles = DefaultSpoolFiles
	}
	if cfg.MaxBytes <= 0 {
		cfg.MaxBytes = DefaultSpoolBytes
	}
	if err := os.MkdirAll(filepath.Join(cfg.Dir, rejectedDir), 0o700); err != nil {
		return nil, fmt.Errorf("chatwoot: create spool: %w", err)
	}
	lock, err := lockFile(filepath.Join(cfg.Dir, lockName))
	if err != nil {
		return nil, err
	}
	s := &Spool{cfg: cfg, lock: lock, create: createFile, draining: make(chan struct{}, 1)}
	if err := s.recover(); err != nil {
		_ = lock.Close()
		return nil, fmt.Errorf("chatwoot: read spool: %w", err)
	}
	return s, nil
}

// lockFile takes a lock that the kernel drops when the process ends, however
// it ends.
func lockFile(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("chatwoot: lock spool: %w", err)
	}
	err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if err == nil {
		return f, nil
	}
	_ = f.Close()
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return nil, ErrSpoolLocked
	}
	return nil, fmt.Errorf("chatwoot: lock spool: %w", err)
}

func createFile(path string) (spoolFile, error) {
	return os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
}

// recover sweeps temporary files and counts what waits.
func (s *Spool) recover() error {
	for _, dir := range []string{s.cfg.Dir, filepath.Join(s.cfg.Dir, rejectedDir)} {
		entries, err := os.ReadDir(dir)
		if err != nil {
			return err
		}
		for _, e := range entries {
			if strings.HasSuffix(e.Name(), tempExt) {
				if err := os.Remove(filepath.Join(dir, e.Name())); err != nil {
					return err
				}
				continue
			}
			n, ok := parseSpoolName(e.Name())
			if !ok {
				continue
			}
			// Numbers go on after the highest, so that a name is never reused.
			s.seq = max(s.seq, n.seq)
			if dir != s.cfg.Dir {
				continue
			}
			info, err := e.Info()
			if err != nil {
				return err
			}
			s.files++
			s.bytes += info.Size()
		}
	}
	return syncDir(s.cfg.Dir)
}

// Close waits for running Puts and releases the folder. A running Drain stops
// at its next body.
func (s *Spool) Close() error {
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return nil
	}
	s.closed = true
	s.mu.Unlock()
	s.puts.Wait()
	s.draining <- struct{}{}
	<-s.draining
	return s.lock.Close()
}

// Len returns how many bodies wait.
func (s *Spool) Len() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.files
}

// Bytes returns how many bytes wait.
func (s *Spool) Bytes() int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.bytes
}

// Put stores a body; when it returns nil the body is safe. Errors:
// ErrSpoolFull, ErrSpoolClosed, and what the file system says (a full disk is
// syscall.ENOSPC); the body must then not be acknowledged.
func (s *Spool) Put(raw []byte, receivedAt time.Time) error {
	name, err := s.reserve(len(raw), receivedAt)
	if err != nil {
		return err
	}
	defer s.puts.Done()
	written, err := s.write(s.cfg.Dir, name.String(), raw)
	if err != nil {
		err = fmt.Errorf("chatwoot: spool body: %w", err)
	}
	if !written {
		s.release(int64(len(raw)))
	}
	return err
}

// reserve makes room and a name before anything is written, so that concurrent
// Puts cannot exceed the bounds together.
func (s *Spool) reserve(size int, receivedAt time.Time) (spoolName, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.closed:
		return spoolName{}, ErrSpoolClosed
	case s.files >= s.cfg.MaxFiles:
		return spoolName{}, fmt.Errorf("%w: %d bodies", ErrSpoolFull, s.files)
	case s.bytes+int64(size) > s.cfg.MaxBytes:
		return spoolName{}, fmt.Errorf("%w: %d of %d bytes used, %d wanted", ErrSpoolFull, s.bytes, s.cfg.MaxBytes, size)
	}
	s.files++
	s.bytes += int64(size)
	s.seq++
	s.puts.Add(1)
	return spoolName{at: max(receivedAt.UnixNano(), 0), seq: s.seq}, nil
}

func (s *Spool) release(size int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.files--
	s.bytes -= size
}

// write makes the file appear complete or not at all. written tells that it is
// in the folder, which can be so despite an error: if only the folder could not
// be synced, the body is worth keeping, though not promised.
func (s *Spool) write(dir, name string, raw []byte) (written bool, err error) {
	temp := filepath.Join(dir, name+tempExt)
	f, err := s.create(temp)
	if err != nil {
		return false, err
	}
	_, err = f.Write(raw)
	if err == nil {
		err = f.Sync()
	}
	if e := f.Close(); err == nil {
		err = e
	}
	if err == nil {
		err = os.Rename(temp, filepath.Join(dir, name))
	}
	if err != nil {
		_ = os.Remove(temp)
		return false, err
	}
	return true, syncDir(dir)
}

// DrainFunc stores one spooled body. It must be idempotent.
type DrainFunc = func(ctx context.Context, raw []byte, receivedAt time.Time) error

// Drain hands out the bodies that waited when it was called, oldest first, and
// removes each after fn returned nil.
//
// An error of fn that wraps ErrRejected moves the body to the subfolder
// "rejected", without its pubsub_token, and Drain goes on. Any other error ends
// Drain and is returned; the body stays. A file that cannot be read stays too
// and is reported at the end. Only one Drain runs at a time; a second one waits.
func (s *Spool) Drain(ctx context.Context, fn DrainFunc) error {
	select {
	case s.draining <- struct{}{}:
		defer func() { <-s.draining }()
	case <-ctx.Done():
		return ctx.Err()
	}
	names, err := s.list(s.cfg.Dir)
	if err != nil {
		return fmt.Errorf("chatwoot: list spool: %w", err)
	}
	var unreadable []error
	for _, n := range names {
		if err := s.drainable(ctx); err != nil {
			return errors.Join(append(unreadable, err)...)
		}
		raw, err := os.ReadFile(filepath.Join(s.cfg.Dir, n.String()))
		if err != nil {
			unreadable = append(unreadable, fmt.Errorf("chatwoot: read spooled body: %w", err))
			continue
		}
		if err := s.hand(ctx, n, raw, fn); err != nil {
			return errors.Join(append(unreadable, err)...)
		}
		s.release(int64(len(raw)))
	}
	return errors.Join(unreadable...)
}

// hand passes one body to fn and takes it out of the folder.
func (s *Spool) hand(ctx context.Context, n spoolName, raw []byte, fn DrainFunc) error {
	err := fn(ctx, raw, time.Unix(0, n.at).UTC())
	switch {
	case errors.Is(err, ErrRejected):
		err = s.reject(n, raw)
	case err != nil:
		return err
	default:
		err = os.Remove(filepath.Join(s.cfg.Dir, n.String()))
	}
	if err != nil {
		return fmt.Errorf("chatwoot: take body out of spool: %w", err)
	}
	return nil
}

// Remove removes the bodies, waiting and refused, that match is true for, and
// returns how many. It waits for a Drain under way. A file that cannot be read
// or removed is reported at the end.
func (s *Spool) Remove(ctx context.Context, match func(raw []byte, receivedAt time.Time) bool) (int, error) {
	select {
	case s.draining <- struct{}{}:
		defer func() { <-s.draining }()
	case <-ctx.Done():
		return 0, ctx.Err()
	}
	removed := 0
	var errs []error
	for _, dir := range []string{s.cfg.Dir, filepath.Join(s.cfg.Dir, rejectedDir)} {
		names, err := s.list(dir)
		if err != nil {
			return removed, fmt.Errorf("chatwoot: list spool: %w", err)
		}
		for _, n := range names {
			if err := s.drainable(ctx); err != nil {
				return removed, errors.Join(append(errs, err)...)
			}
			path := filepath.Join(dir, n.String())
			raw, err := os.ReadFile(path)
			if err == nil && match(raw, time.Unix(0, n.at).UTC()) {
				if err = os.Remove(path); err == nil {
					removed++
					if dir == s.cfg.Dir {
						s.release(int64(len(raw)))
					}
				}
			}
			if err != nil && !errors.Is(err, fs.ErrNotExist) {
				errs = append(errs, fmt.Errorf("chatwoot: remove spooled body: %w", err))
			}
		}
	}
	return removed, errors.Join(errs...)
}

func (s *Spool) drainable(ctx context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return ErrSpoolClosed
	}
	return ctx.Err()
}

// reject keeps what was refused for people to look at. Should the disk have no
// room for the redacted copy, the body itself is moved, which needs none.
func (s *Spool) reject(n spoolName, raw []byte) error {
	path, dir := filepath.Join(s.cfg.Dir, n.String()), filepath.Join(s.cfg.Dir, rejectedDir)
	if written, _ := s.write(dir, n.String(), Redact(raw)); written {
		return os.Remove(path)
	}
	return os.Rename(path, filepath.Join(dir, n.String()))
}

// Rejected returns how many bodies were refused and not yet swept.
func (s *Spool) Rejected() (int, error) {
	names, err := s.list(filepath.Join(s.cfg.Dir, rejectedDir))
	return len(names), err
}

// SweepRejected removes refused bodies received before the given time and
// returns how many: raw bodies must not be kept for long.
func (s *Spool) SweepRejected(before time.Time) (int, error) {
	dir := filepath.Join(s.cfg.Dir, rejectedDir)
	names, err := s.list(dir)
	if err != nil {
		return 0, fmt.Errorf("chatwoot: list rejected bodies: %w", err)
	}
	removed := 0
	for _, n := range names {
		if n.at >= before.UnixNano() {
			break
		}
		if err := os.Remove(filepath.Join(dir, n.String())); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return removed, fmt.Errorf("chatwoot: remove rejected body: %w", err)
		}
		removed++
	}
	return removed, nil
}
