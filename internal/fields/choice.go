package fields

import (
	"strings"

	"github.com/msia/msia/internal/catalogue"
)

// truths are the ways to say yes and no, folded.
var truths = map[string]string{
	"true": "true", "si": "true", "s": "true", "1": "true", "verdadero": "true", "cierto": "true", "yes": "true", "y": "true",
	"false": "false", "no": "false", "n": "false", "0": "false", "falso": "false",
}

func parseBoolean(raw string) (string, error) {
	if value, ok := truths[word(raw)]; ok {
		return value, nil
	}
	return "", Refusal(quoted(raw) + " no se entiende: contesta sí o no.")
}

func parseSelect(f *catalogue.Field, raw string) (string, error) {
	for _, same := range []func(string) string{Fold, word} { // an option may end in a full stop itself
		for _, option := range f.Options {
			if same(option) == same(raw) {
				return option, nil
			}
		}
	}
	return "", Refusal(quoted(raw) + " no es una de las opciones: elige " + alternatives(f.Options) + ".")
}

// alternatives lists options as one chooses among them: "A, B o C".
func alternatives(options []string) string {
	const most = 12
	if len(options) > most {
		return strings.Join(options[:most], ", ") + "…"
	}
	if len(options) < 2 {
		return strings.Join(options, "")
	}
	last := options[len(options)-1]
	or := " o "
	if f := Fold(last); strings.HasPrefix(f, "o") || strings.HasPrefix(f, "ho") {
		or = " u "
	}
	return strings.Join(options[:len(options)-1], ", ") + or + last
}
