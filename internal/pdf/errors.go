package pdf

import "github.com/msia/msia/internal/fault"

// What can be wrong with a file. The messages are for people.
var (
	ErrEncrypted    = fault.New(fault.Invalid, "pdf_encrypted", "El PDF está protegido con contraseña: súbelo sin ella.")
	ErrBroken       = fault.New(fault.Invalid, "pdf_broken", "El archivo no es un PDF o está dañado.")
	ErrNoText       = fault.New(fault.Invalid, "pdf_no_text", "El PDF no tiene texto.")
	ErrScanned      = fault.New(fault.Invalid, "pdf_scanned", "El PDF es un escaneado sin texto y aquí no hay OCR (tesseract) que lo lea.")
	ErrTooManyPages = fault.New(fault.Invalid, "pdf_too_many_pages", "El PDF tiene demasiadas páginas.")
	ErrTooLong      = fault.New(fault.Invalid, "pdf_too_long", "El PDF necesita demasiado tiempo o memoria para leerse.")
	ErrNoPage       = fault.New(fault.NotFound, "page_not_found", "El documento no tiene esa página.")
)
