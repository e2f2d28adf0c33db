package reader

import "golang.org/x/sys/unix"

// limit bounds the processor's time and the size of files, of which the only one
// is the compiled PDFium; core dumps are not written.
func limit(seconds int) error {
	for _, l := range []struct {
		resource int
		max      uint64
	}{{unix.RLIMIT_CPU, uint64(seconds)}, {unix.RLIMIT_FSIZE, maxFile}, {unix.RLIMIT_CORE, 0}} {
		if err := unix.Setrlimit(l.resource, &unix.Rlimit{Cur: l.max, Max: l.max}); err != nil {
			return err
		}
	}
	return nil
}

// maxFile is more than PDFium takes on disk when it is compiled: 21 MB.
const maxFile = 64 << 20
