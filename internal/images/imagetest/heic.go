package imagetest

import (
	_ "embed" // the files below
	"encoding/binary"
)

// Files that only an encoder can make: Pattern(128, 96) by libvips 8.14 with
// x265, AOM and libwebp (lossy).
var (
	//go:embed pattern.heic
	HEIC []byte
	//go:embed pattern.avif
	AVIF []byte
	//go:embed pattern.webp
	LossyWebP []byte
)

// Box is one of a HEIF file.
func Box(name string, parts ...[]byte) []byte {
	body := concat(parts...)
	return concat(binary.BigEndian.AppendUint32(nil, uint32(len(body)+8)), []byte(name), body)
}

// FullBox is a box with a version and flags, of which only the version is set.
func FullBox(name string, version byte, parts ...[]byte) []byte {
	return Box(name, []byte{version, 0, 0, 0}, concat(parts...))
}

// find returns the body of the first box on a path.
func find(b []byte, path ...string) []byte {
	for len(b) >= 8 {
		n := int(binary.BigEndian.Uint32(b))
		if string(b[4:8]) == path[0] {
			body := b[8:n]
			if path[0] == "meta" {
				body = body[4:]
			}
			if len(path) == 1 {
				return body
			}
			return find(body, path[1:]...)
		}
		b = b[n:]
	}
	return nil
}

func be16(v ...int) []byte {
	var b []byte
	for _, x := range v {
		b = binary.BigEndian.AppendUint16(b, uint16(x))
	}
	return b
}

func be32(v ...int) []byte {
	var b []byte
	for _, x := range v {
		b = binary.BigEndian.AppendUint32(b, uint32(x))
	}
	return b
}

// TiledHEIC puts HEIC together cols × rows times, as phones do with large
// photos; w and h are what the whole says its size is.
func TiledHEIC(cols, rows, w, h int) []byte {
	tile := find(HEIC, "mdat")
	hvcC := Box("hvcC", find(HEIC, "meta", "iprp", "ipco", "hvcC"))
	n := cols * rows
	grid := concat([]byte{0, 0, byte(rows - 1), byte(cols - 1)}, be16(w, h))
	infe := func(id int, kind string) []byte {
		return FullBox("infe", 2, be16(id, 0), []byte(kind), []byte{0})
	}
	infos, refs, props := [][]byte{be16(n + 1), infe(1, "grid")}, [][]byte{be16(1, n)}, [][]byte{be32(n + 1), be16(1), {1, 0x81}}
	for id := 2; id <= n+1; id++ {
		infos = append(infos, infe(id, "hvc1"))
		refs = append(refs, be16(id))
		props = append(props, be16(id), []byte{2, 0x82, 0x83})
	}
	build := func(at int) []byte {
		places := [][]byte{{0x44, 0}, be16(n + 1), be16(1, 0, 1), be32(at, len(grid))}
		for id := 2; id <= n+1; id++ {
			places = append(places, be16(id, 0, 1), be32(at+len(grid), len(tile)))
		}
		return concat(
			Box("ftyp", []byte("heic\x00\x00\x00\x00mif1heic")),
			FullBox("meta", 0,
				FullBox("hdlr", 0, be32(0), []byte("pict"), make([]byte, 13)),
				FullBox("pitm", 0, be16(1)),
				FullBox("iloc", 0, places...),
				FullBox("iinf", 0, infos...),
				FullBox("iref", 0, Box("dimg", refs...)),
				Box("iprp",
					Box("ipco", FullBox("ispe", 0, be32(w, h)), FullBox("ispe", 0, be32(128, 96)), hvcC),
					FullBox("ipma", 0, props...))),
			Box("mdat", grid, tile))
	}
	at := len(build(0)) - len(grid) - len(tile)
	return build(at)
}
