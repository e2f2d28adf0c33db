// Package wire is what passes between the server and the process that reads a
// PDF: the request as its last argument, the file as its file descriptor 3,
// messages as JSON on its standard output.
package wire

// Command is the argument that turns the program into a reader.
const Command = "read-pdf"

// File is the file descriptor on which the reader finds the file.
const File = 3

// Request is what to do with the file.
type Request struct {
	CacheDir string `json:"cache_dir"`
	MaxPages int    `json:"max_pages"`
	// Seconds of the processor's time are all that the reader gets.
	Seconds int `json:"seconds"`
	// Scans asks for pictures of the pages that have no text.
	Scans bool `json:"scans"`
	// Page above zero asks for a picture of this page, Width pixels wide, instead
	// of the text of all.
	Page  int `json:"page,omitempty"`
	Width int `json:"width,omitempty"`
}

// Failure is why a file cannot be read; empty when it can.
type Failure string

// The failures.
const (
	Encrypted    Failure = "encrypted"
	Broken       Failure = "broken"
	TooManyPages Failure = "too_many_pages"
	TooBig       Failure = "too_big"
	NoPage       Failure = "no_page"
)

// Message is a page, the picture of one, or the last one, with Done.
type Message struct {
	Number   int    `json:"number,omitempty"`
	Label    string `json:"label,omitempty"`
	Text     string `json:"text,omitempty"`
	HasImage bool   `json:"has_image,omitempty"`
	// PNG is the picture that was asked for, or that of a page without text.
	PNG []byte `json:"png,omitempty"`
	// Pages is how many the file has, in every message.
	Pages int `json:"pages,omitempty"`

	Done       bool    `json:"done,omitempty"`
	Failure    Failure `json:"failure,omitempty"`
	Detail     string  `json:"detail,omitempty"`
	Title      string  `json:"title,omitempty"`
	Restricted bool    `json:"restricted,omitempty"`
}
