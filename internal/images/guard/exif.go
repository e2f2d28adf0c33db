package guard

import "encoding/binary"

// tagOrientation is the only thing that is read of a camera's notes.
const tagOrientation = 0x0112

// orientation reads EXIF's orientation from a TIFF structure; 0 when it has none
// or makes no sense, which is common and harmless.
func orientation(tiff []byte) int {
	if len(tiff) < 8 {
		return 0
	}
	var order binary.ByteOrder
	switch string(tiff[:4]) {
	case "II*\x00":
		order = binary.LittleEndian
	case "MM\x00*":
		order = binary.BigEndian
	default:
		return 0
	}
	at := int64(order.Uint32(tiff[4:]))
	if at+2 > int64(len(tiff)) {
		return 0
	}
	entries := tiff[at+2:]
	for n := order.Uint16(tiff[at:]); n > 0 && len(entries) >= 12; n-- {
		const short = 3
		if order.Uint16(entries) == tagOrientation {
			value := order.Uint16(entries[8:])
			if order.Uint16(entries[2:]) == short && value >= 1 && value <= 8 {
				return int(value)
			}
			return 0
		}
		entries = entries[12:]
	}
	return 0
}
