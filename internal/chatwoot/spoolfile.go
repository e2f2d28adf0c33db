package chatwoot

import (
	"cmp"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
)

// list returns the complete bodies of a folder, oldest first.
func (s *Spool) list(dir string) ([]spoolName, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	names := make([]spoolName, 0, len(entries))
	for _, e := range entries {
		if n, ok := parseSpoolName(e.Name()); ok {
			names = append(names, n)
		}
	}
	slices.SortFunc(names, spoolName.compare)
	return names, nil
}

// spoolName is the name of a file: when the body came (Unix nanoseconds) and a
// number that orders and separates bodies of the same instant.
type spoolName struct {
	at  int64
	seq uint64
}

// String pads with zeros, so that listing by name shows the order.
func (n spoolName) String() string { return fmt.Sprintf("%019d-%012d%s", n.at, n.seq, spoolExt) }

func (n spoolName) compare(m spoolName) int {
	return cmp.Or(cmp.Compare(n.at, m.at), cmp.Compare(n.seq, m.seq))
}

// parseSpoolName knows only what String writes; other files are left alone.
func parseSpoolName(name string) (spoolName, bool) {
	at, seq, ok := strings.Cut(strings.TrimSuffix(name, spoolExt), "-")
	if !ok {
		return spoolName{}, false
	}
	var n spoolName
	var err1, err2 error
	n.at, err1 = strconv.ParseInt(at, 10, 64)
	n.seq, err2 = strconv.ParseUint(seq, 10, 64)
	return n, err1 == nil && err2 == nil && n.String() == name
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	err = d.Sync()
	if e := d.Close(); err == nil {
		err = e
	}
	return err
}
