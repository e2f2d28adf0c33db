package guard

import (
	"encoding/binary"
	"slices"
)

// heicBrands are those of pictures coded with HEVC. A file may call itself by a
// wider brand and name one of these among the compatible ones.
var heicBrands = []string{"heic", "heix", "heim", "heis", "hevc", "hevx"}

// isHEIC reads the brands of a file that begins with an ftyp box. The general
// brands are those of AVIF, too, and films begin with an ftyp box as well.
func isHEIC(b []byte) bool {
	end := int64(binary.BigEndian.Uint32(b))
	if end < 16 || end > int64(len(b)) {
		return false
	}
	major := string(b[8:12])
	if slices.Contains(heicBrands, major) {
		return true
	}
	if major != "mif1" && major != "msf1" {
		return false
	}
	for at := int64(16); at+4 <= end; at += 4 {
		if slices.Contains(heicBrands, string(b[at:at+4])) {
			return true
		}
	}
	return false
}

// heifWalk is what is known so far.
type heifWalk struct {
	b    []byte
	meta bool
	// primary is the picture to show.
	primary uint32
	// extents are the properties by their number, from 1; those that are no size
	// are zero.
	extents [][2]int
	// properties are the numbers of an item's properties.
	properties map[uint32][]int
	// tiles are the items that another is put together from.
	tiles map[uint32][]uint32
	// profile: any item has a colour profile.
	profile bool
	boxes   int
}

// checkHEIF reads the meta box: which picture is shown, how large it and its
// tiles are, and whether all their bytes are in the file.
func checkHEIF(b []byte) (Info, error) {
	w := heifWalk{b: b, properties: map[uint32][]int{}, tiles: map[uint32][]uint32{}}
	var metaErr error
	err := w.each(b, func(name string, body []byte) error {
		if name == "meta" && !w.meta {
			w.meta = true
			metaErr = w.readMeta(body)
		}
		return nil
	})
	switch {
	case metaErr != nil:
		return Info{}, metaErr
	case !w.meta && err != nil:
		return Info{}, err
	case !w.meta:
		return Info{}, broken("no meta box")
	}
	// err does not matter now: every byte of the picture was found to be there,
	// and what follows it does not count.
	info := Info{Type: HEIF, Profile: w.profile}
	info.keep(0, len(b))
	info.Width, info.Height = w.size(w.primary)
	if err := size(info.Width, info.Height); err != nil {
		return Info{}, err
	}
	return info, w.checkSizes()
}

// checkSizes bounds every declared size, and what the tiles cost together.
func (w *heifWalk) checkSizes() error {
	for _, e := range w.extents {
		if e != [2]int{} {
			if err := size(e[0], e[1]); err != nil {
				return err
			}
		}
	}
	pixels := 0
	for _, tile := range w.tiles[w.primary] {
		width, height := w.size(tile)
		if pixels += width * height; pixels > 2*MaxPixels {
			return tooLarge("tiles")
		}
	}
	return nil
}

// size returns an item's declared size; zeros when it declares none.
func (w *heifWalk) size(item uint32) (width, height int) {
	for _, p := range w.properties[item] {
		if p >= 1 && p <= len(w.extents) && w.extents[p-1] != [2]int{} {
			return w.extents[p-1][0], w.extents[p-1][1]
		}
	}
	return 0, 0
}

// each calls fn with each box in b.
func (w *heifWalk) each(b []byte, fn func(name string, body []byte) error) error {
	for len(b) > 0 {
		if w.boxes++; w.boxes > maxParts {
			return broken("too many boxes")
		}
		if len(b) < 8 {
			return broken("box header cut off")
		}
		length, head := uint64(binary.BigEndian.Uint32(b)), 8
		switch length {
		case 0: // up to the end
			length = uint64(len(b))
		case 1:
			if len(b) < 16 {
				return broken("box header cut off")
			}
			length, head = binary.BigEndian.Uint64(b[8:]), 16
		}
		if length < uint64(head) || length > uint64(len(b)) {
			return broken("box cut off")
		}
		if err := fn(string(b[4:8]), b[head:length]); err != nil {
			return err
		}
		b = b[length:]
	}
	return nil
}

// readMeta reads what is about pictures; the order of the boxes is free.
func (w *heifWalk) readMeta(body []byte) error {
	if len(body) < 4 {
		return broken("meta box")
	}
	return w.each(body[4:], func(name string, body []byte) error {
		r := &bits{b: body}
		switch name {
		case "pitm":
			version := r.read(1)
			r.read(3)
			w.primary = r.id(version == 0)
		case "iloc":
			return w.readLocations(r)
		case "iref":
			version := r.read(1)
			r.read(3)
			if r.bad {
				break
			}
			return w.each(body[4:], func(name string, body []byte) error { return w.readReference(name, body, version == 0) })
		case "iprp":
			return w.readProperties(body)
		}
		return r.err()
	})
}

// readLocations checks that every byte of every item is in the file.
func (w *heifWalk) readLocations(r *bits) error {
	version := r.read(1)
	r.read(3)
	sizes := r.read(2)
	offsetSize, lengthSize, baseSize, indexSize := int(sizes>>12), int(sizes>>8&15), int(sizes>>4&15), int(sizes&15)
	if version == 0 {
		indexSize = 0
	}
	short := version < 2
	items := r.id(short)
	for i := uint32(0); i < items && !r.bad; i++ {
		r.id(short)
		method := uint64(0)
		if version > 0 {
			method = r.read(2) & 15
		}
		r.read(2)
		base := r.read(baseSize)
		extents := r.read(2)
		if indexSize+offsetSize+lengthSize == 0 {
			extents = min(extents, 1) // they are all the same
		}
		for e := uint64(0); e < extents && !r.bad; e++ {
			r.read(indexSize)
			start, length := base+r.read(offsetSize), r.read(lengthSize)
			const inFile = 0
			if all := uint64(len(w.b)); method == inFile && (start > all || length > all-start) {
				return broken("item cut off")
			}
		}
	}
	return r.err()
}

func (w *heifWalk) readReference(name string, body []byte, short bool) error {
	r := &bits{b: body}
	from, n := r.id(short), r.read(2)
	for ; n > 0 && !r.bad; n-- {
		to := r.id(short)
		if name == "dimg" {
			if w.boxes++; w.boxes > maxParts {
				return broken("too many references")
			}
			w.tiles[from] = append(w.tiles[from], to)
		}
	}
	return r.err()
}

func (w *heifWalk) readProperties(body []byte) error {
	return w.each(body, func(name string, body []byte) error {
		switch name {
		case "ipco":
			return w.each(body, func(name string, body []byte) error {
				var e [2]int
				if name == "ispe" {
					r := &bits{b: body}
					r.read(4)
					e = [2]int{int(r.read(4)), int(r.read(4))}
					if r.bad || e == [2]int{} {
						return broken("size")
					}
				}
				w.profile = w.profile || name == "colr" && len(body) >= 4 && (string(body[:4]) == "prof" || string(body[:4]) == "rICC")
				w.extents = append(w.extents, e)
				return nil
			})
		case "ipma":
			return w.readAssociations(&bits{b: body})
		}
		return nil
	})
}

func (w *heifWalk) readAssociations(r *bits) error {
	version := r.read(1)
	flags := r.read(3)
	items := r.read(4)
	for ; items > 0 && !r.bad; items-- {
		item := r.id(version == 0)
		if w.boxes++; w.boxes > maxParts {
			return broken("too many items")
		}
		for n := r.read(1); n > 0 && !r.bad; n-- {
			var p uint64
			if flags&1 == 1 {
				p = r.read(2) & 0x7FFF
			} else {
				p = r.read(1) & 0x7F
			}
			w.properties[item] = append(w.properties[item], int(p))
		}
	}
	return r.err()
}

// bits reads big-endian numbers of whole bytes; reading over the end is
// remembered and gives zeros.
type bits struct {
	b   []byte
	bad bool
}

func (r *bits) read(n int) uint64 {
	if n > len(r.b) {
		r.bad, r.b = true, nil
		return 0
	}
	var v uint64
	for _, c := range r.b[:n] {
		v = v<<8 | uint64(c)
	}
	r.b = r.b[n:]
	return v
}

// id reads an item's number, which has two bytes in older versions of a box.
func (r *bits) id(short bool) uint32 {
	if short {
		return uint32(r.read(2))
	}
	return uint32(r.read(4))
}

func (r *bits) err() error {
	if r.bad {
		return broken("box too short")
	}
	return nil
}
