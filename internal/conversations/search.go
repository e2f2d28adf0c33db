package conversations

import "strings"

// searchWords is how many words of a search count.
const searchWords = 3

// Words splits what was typed into the words that a search asks for, always
// searchWords of them; further ones are left out. A phone number typed in groups
// is one word.
func Words(q string) [searchWords]string {
	q = strings.TrimSpace(q)
	if strings.Trim(q, "+0123456789 .-/()") == "" {
		digits := strings.Map(func(r rune) rune {
			if r < '0' || r > '9' {
				return -1
			}
			return r
		}, q)
		if digits != "" {
			q = strings.TrimPrefix(digits, "00")
		}
	}
	var words [searchWords]string
	for i, w := range strings.Fields(q) {
		if i == searchWords {
			break
		}
		words[i] = w
	}
	for i := range words {
		if words[i] == "" {
			words[i] = words[0] // asking twice costs nothing, asking for anything does
		}
	}
	return words
}
