package search

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestParse(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]struct {
		words  []string
		joined string
		exact  []string
	}{
		"ana garcía":          {words: []string{"ana", "garcía"}},
		" a b c d ":           {words: []string{"a", "b", "c"}},
		"1234 bcd":            {[]string{"1234bcd"}, "1234bcd", []string{"1234BCD"}},
		"1234-BCD":            {[]string{"1234BCD"}, "1234BCD", []string{"1234BCD"}},
		"12.345.678-Z":        {[]string{"12345678Z"}, "12345678Z", []string{"12345678Z"}},
		"600 100 200":         {[]string{"600100200"}, "600100200", []string{"+34600100200"}},
		"0034 600-100-200":    {[]string{"34600100200"}, "34600100200", []string{"+34600100200"}},
		"600 10":              {words: []string{"60010"}, joined: "60010"},
		"2026-12":             {[]string{"2026-000012"}, "2026-000012", []string{"2026-000012"}},
		"Ana2@Example.com":    {words: []string{"ana2@example.com"}, exact: []string{"ana2@example.com"}},
		"honda cb 500":        {words: []string{"honda", "cb", "500"}, joined: "hondacb500"},
		"JH2PC35051M200123":   {[]string{"JH2PC35051M200123"}, "JH2PC35051M200123", []string{"JH2PC35051M200123"}},
		"taller 21":           {words: []string{"taller", "21"}, joined: "taller21"},
		"escape_%":            {words: []string{"escape_%"}},
		"uno dos tres cuatro": {words: []string{"uno", "dos", "tres"}},
	} {
		q := parse(text)
		for len(want.words) < 3 {
			want.words = append(want.words, want.words[0])
		}
		require.Equal(t, want.words, q.words[:], text)
		require.Equal(t, want.exact, q.exact, text)
		if want.joined == "" {
			require.Nil(t, q.joined, text)
		} else {
			require.Equal(t, want.joined, *q.joined, text)
		}
	}
}
