package reader

import (
	"context"

	"github.com/tetratelabs/wazero/experimental"
	"golang.org/x/sys/unix"
)

// withMemory has PDFium's memory grow in place: Go's slices would be copied, and
// while they are, take more than twice as much.
func withMemory(ctx context.Context) context.Context {
	return experimental.WithMemoryAllocator(ctx, experimental.MemoryAllocatorFunc(func(_, most uint64) experimental.LinearMemory {
		m, err := unix.Mmap(-1, 0, int(most), unix.PROT_READ|unix.PROT_WRITE, unix.MAP_ANON|unix.MAP_PRIVATE|unix.MAP_NORESERVE) //nolint:gosec // at most memoryPages
		if err != nil {
			panic(err) // the address space has room for it
		}
		return mapped(m)
	}))
}

// mapped is memory of which only what is used takes room.
type mapped []byte

// Reallocate implements experimental.LinearMemory.
func (m mapped) Reallocate(size uint64) []byte {
	if size > uint64(len(m)) {
		return nil
	}
	return m[:size:len(m)]
}

// Free implements experimental.LinearMemory; the process ends soon.
func (m mapped) Free() {}
