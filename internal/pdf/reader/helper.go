package reader

import "github.com/msia/msia/internal/pdf/wire"

const (
	// manyPages is from when a helper is worth its start.
	manyPages = 30
	// ahead is how many pages a helper may be ahead.
	ahead = 8
)

// helper reads every other page of a file in a PDFium of its own, on another
// processor. It gives up at the first page that it cannot read: whoever is helped
// reads the rest.
type helper struct {
	pages chan wire.Message // in order; closed at the end
	done  chan struct{}
}

// newHelper starts one; open opens the file for it.
func newHelper(open func() (*document, error), scans bool) *helper {
	h := &helper{pages: make(chan wire.Message, ahead), done: make(chan struct{})}
	go func() {
		defer close(h.pages)
		d, err := open()
		if err != nil {
			return
		}
		for n := 1; n < d.pages; n += 2 {
			m, err := d.read(n, scans)
			if err != nil {
				return
			}
			select {
			case h.pages <- m:
			case <-h.done:
				return
			}
		}
	}()
	return h
}

// page returns a page, if it is one of the helper's and was read. It is asked for
// all in order.
func (h *helper) page(n int) (wire.Message, bool) {
	if h == nil || n%2 == 0 {
		return wire.Message{}, false
	}
	m, ok := <-h.pages
	return m, ok
}

// stop has it end.
func (h *helper) stop() { close(h.done) }
