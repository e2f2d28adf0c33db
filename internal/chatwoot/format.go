package chatwoot

import (
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// MaxTextLength is what WhatsApp takes in one message, in UTF-16 units: the
// strictest way to count its "characters".
const MaxTextLength = 4096

// FormatText prepares plain text for the content of a reply. Chatwoot runs the
// content through Liquid and then reads it as CommonMark, which would swallow
// or restyle much of what a person may write; FormatText escapes exactly that,
// so that WhatsApp receives the text as written. Control characters, spaces at
// the end of lines and empty lines at the start and end are dropped.
//
// What cannot be escaped: older Chatwoot versions join paragraphs by one line
// break instead of two, and WhatsApp itself sets "*word*" in bold and the like.
// Lists are best written with "• ", which needs no escape.
func FormatText(s string) string {
	lines := strings.Split(plainText(s), "\n")
	var b strings.Builder
	b.Grow(len(s) + len(s)/8)
	for i, line := range lines {
		if i > 0 {
			b.WriteByte('\n')
		}
		formatLine(&b, line)
	}
	return b.String()
}

// plainText is the text FormatText promises to get through.
func plainText(s string) string {
	lines := strings.Split(stripControls(s), "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " \t")
	}
	return strings.Trim(strings.Join(lines, "\n"), "\n")
}

func formatLine(b *strings.Builder, line string) {
	start := lineStart(line)
	for i, r := range line {
		switch {
		case i == 0 && r == ' ':
			// An indented line would become code, which older versions drop.
			b.WriteString("&#32;")
			continue
		case i == 0 && r == '\t':
			b.WriteString("&#9;")
			continue
		case i == start,
			strings.ContainsRune("\\`*_~<[", r),
			(r == '{' || r == '%') && i > 0 && line[i-1] == '{',
			r == '&' && startsEntity(line[i:]):
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
}

// lineStart returns the index of the character whose escape keeps the line from
// opening a heading, quote, list, rule or underline; -1 when it opens none.
func lineStart(line string) int {
	indent := len(line) - len(strings.TrimLeft(line, " \t"))
	rest := line[indent:]
	if rest == "" {
		return -1
	}
	if strings.IndexByte("#>-=", rest[0]) >= 0 || rest[0] == '+' && endsMarker(rest[1:]) {
		return indent
	}
	digits := len(rest) - len(strings.TrimLeft(rest, "0123456789"))
	if digits > 0 && digits < len(rest) && (rest[digits] == '.' || rest[digits] == ')') && endsMarker(rest[digits+1:]) {
		return indent + digits
	}
	return -1
}

func endsMarker(rest string) bool { return rest == "" || rest[0] == ' ' || rest[0] == '\t' }

// startsEntity reports whether s begins like "&copy;" or "&#233;".
func startsEntity(s string) bool {
	end := strings.IndexByte(s, ';')
	if end < 2 {
		return false
	}
	name := strings.TrimPrefix(s[1:end], "#")
	return name != "" && !strings.ContainsFunc(name, func(r rune) bool {
		return r > unicode.MaxASCII || !unicode.IsLetter(r) && !unicode.IsDigit(r)
	})
}

// SplitText cuts plain text into pieces of at most MaxTextLength, at the last
// paragraph that fits, else at a line, a sentence, a space, and only then
// inside a word; never inside an emoji or accented letter. White space at the
// cuts is dropped. Text without anything visible gives nil. Split before
// FormatText: escapes do not count for WhatsApp.
func SplitText(s string) []string { return splitText(s, MaxTextLength) }

func splitText(s string, limit int) []string {
	var out []string
	rest := strings.TrimSpace(plainText(s))
	for rest != "" {
		end := prefixWithin(rest, limit)
		if end < len(rest) {
			end = cutPoint(rest[:end], rest[end:])
		}
		if piece := strings.TrimRightFunc(rest[:end], unicode.IsSpace); piece != "" {
			out = append(out, piece)
		}
		rest = strings.TrimLeftFunc(rest[end:], unicode.IsSpace)
	}
	return out
}

// prefixWithin returns the length in bytes of the longest prefix of at most
// limit UTF-16 units, and at least one character.
func prefixWithin(s string, limit int) int {
	units := 0
	for i, r := range s {
		if units += max(utf16.RuneLen(r), 1); units > limit && i > 0 {
			return i
		}
	}
	return len(s)
}

// cutPoint finds where to cut the text head+tail, at or before the end of head.
// A cut before the middle of head would leave a stub, so weaker places later on
// are preferred to it.
func cutPoint(head, tail string) int {
	for _, sep := range []string{"\n\n", "\n", ". ", "? ", "! ", "; ", " "} {
		// The separator may lie across the end of head.
		window := head + tail[:min(len(sep), len(tail))]
		at := strings.LastIndex(window, sep)
		if at <= len(head)/2 {
			continue
		}
		// Punctuation stays with the sentence it ends.
		if end := at + len(strings.TrimRight(sep, " \n")); end <= len(head) {
			return end
		}
	}
	return clusterStart(head, tail)
}

// clusterStart moves the end of head back to the start of a visible character:
// not before a combining mark, emoji modifier or joiner, nor after a joiner. A
// pile of marks longer than any real character is cut through.
func clusterStart(head, tail string) int {
	const longest = 64
	end := len(head)
	next, _ := utf8.DecodeRuneInString(tail)
	for end > 0 && len(head)-end < longest {
		prev, size := utf8.DecodeLastRuneInString(head[:end])
		together := extends(next) || prev == zeroWidthJoiner || isRegional(prev) && isRegional(next)
		if !together {
			return end
		}
		next = prev
		end -= size
	}
	return len(head)
}

const zeroWidthJoiner = '\u200d'

func extends(r rune) bool {
	return r == zeroWidthJoiner || unicode.Is(unicode.Mn, r) || unicode.Is(unicode.Me, r) ||
		unicode.Is(unicode.Mc, r) || unicode.Is(unicode.Variation_Selector, r) ||
		r >= 0x1F3FB && r <= 0x1F3FF || r >= 0xE0020 && r <= 0xE007F ||
		norm.NFC.PropertiesString(string(r)).CCC() != 0
}

// isRegional covers the letters that form flags in pairs.
func isRegional(r rune) bool { return r >= 0x1F1E6 && r <= 0x1F1FF }
