package guard_test

import (
	"errors"
	"testing"
	"time"

	"github.com/msia/msia/internal/fault"
	"github.com/msia/msia/internal/images/guard"
	"github.com/msia/msia/internal/images/imagetest"
)

// FuzzCheck holds for every input: no panic, a known answer, and what is let
// through is within the limits and made of parts of the file.
func FuzzCheck(f *testing.F) {
	for _, s := range append(imagetest.Bad(), imagetest.Odd()...) {
		if len(s.Bytes) < 1<<16 {
			f.Add(s.Bytes)
		}
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		start := time.Now()
		info, err := guard.Check(b)
		if took := time.Since(start); took > 2*time.Second {
			t.Fatalf("%d bytes took %s", len(b), took)
		}
		if err != nil {
			var f *fault.Error
			if !errors.As(err, &f) || f.Kind != fault.BadRequest {
				t.Fatalf("unknown answer %v", err)
			}
			return
		}
		if info.Width < 1 || info.Height < 1 || info.Width > guard.MaxSide || info.Height > guard.MaxSide || info.Width*info.Height > guard.MaxPixels {
			t.Fatalf("let through: %+v", info)
		}
		if info.Orientation < 1 || info.Orientation > 8 {
			t.Fatalf("orientation %d", info.Orientation)
		}
		last := 0
		for _, r := range info.Keep {
			if r.Start < last || r.End <= r.Start || r.End > len(b) {
				t.Fatalf("parts %v of %d bytes", info.Keep, len(b))
			}
			last = r.End
		}
	})
}
