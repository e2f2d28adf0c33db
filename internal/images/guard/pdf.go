package guard

import "bytes"

// HeadBytes is how much of a file's beginning tells what it is, and of a PDF's
// end whether it is all there: readers of PDFs look no further either.
const HeadBytes = 1 << 10

// IsPDF tells by a file's first HeadBytes whether it is a PDF. What else it may
// be has to be asked first.
func IsPDF(head []byte) bool {
	return bytes.Contains(head[:min(len(head), HeadBytes)], []byte("%PDF-"))
}

// CheckPDF refuses a PDF that was cut off; nothing else is known of it, and
// nothing here opens it. Errors: ErrType; ErrBroken.
func CheckPDF(file []byte) error {
	if !IsPDF(file) {
		return ErrType
	}
	if !bytes.Contains(file[max(0, len(file)-HeadBytes):], []byte("%%EOF")) {
		return ErrBroken
	}
	return nil
}
