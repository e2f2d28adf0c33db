package assistant

import (
	"slices"
	"strings"

	"github.com/msia/msia/internal/catalogue"
	"github.com/msia/msia/internal/elements"
)

var (
	// takePhrases take an element out when it is in the set already: "¿puedes
	// quitar el manillar?", "¿y si quito los espejos?". Of an element that is not,
	// they tell a modification.
	takePhrases = []string{
		"quitar", "quitarle", "quitarme", "eliminar", "sacar", "borrar", "retirar", "descartar",
		"quito", "quitas", "quitamos", "quitais", "quitara", "quitase", "quitaramos", "elimino", "eliminamos", "saco", "sacamos",
		"retiro", "retiramos", "descarto", "descartamos",
	}
	putPhrases = []string{"anadir", "poner", "meter", "incluir", "sumar", "agregar", "dejar", "anade", "pon", "incluye", "mete", "suma", "deja", "pero"}
	// deniedPhrases take out the element before them.
	deniedPhrases = []string{
		"ya no", "al final no", "mejor no", "fuera", "no lo quiero", "no la quiero", "no los quiero", "no las quiero", "al final no lo quiero", "al final no la quiero",
	}
	// vagueWords name nothing in particular.
	vagueWords = []string{"mucho", "mucha", "muchos", "muchas", "varios", "varias", "algunos", "algunas", "bastantes", "cosas", "cosa", "todo", "todos", "modificaciones", "piezas"}
	// notNames are WhatsApp names that are not first names.
	notNames = []string{
		"taller", "talleres", "moto", "motos", "auto", "autos", "cliente", "clientes", "whatsapp", "camper", "campers", "caravanas", "autocaravanas", "garage", "garaje",
		"motor", "motors", "mecanica", "racing", "team", "grupo", "empresa", "usuario", "user", "admin", "hola", "test", "prueba", "the", "mister", "doctor",
		"familia", "los", "las", "del", "don", "dona", "sin", "nombre", "null", "undefined", "contacto", "trabajo", "casa", "mama", "papa", "bike", "bikes", "rider", "biker",
	}
)

func isNameWord(runes []rune) bool {
	return !slices.ContainsFunc(runes, func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || strings.ContainsRune("áéíóúüñçàèòÁÉÍÓÚÜÑÇÀÈÒ", r))
	})
}

// start is where a match first stands in the text.
func start(m elements.Match) int {
	if len(m.Spans) == 0 {
		return 0
	}
	return m.Spans[0].Start
}

// span is where a match first stands, kept within a text of n runes.
func span(spans []elements.Span, n int) (from, to int) {
	if len(spans) == 0 {
		return 0, 0
	}
	from = min(max(spans[0].Start, 0), n)
	return from, min(max(spans[0].End, from), n)
}

// said is what the customer called an element, or its name.
func said(words []rune, name string) string {
	if e := echo(string(words)); e != "" {
		return e
	}
	return cut(plain(name), maxEcho)
}

// noteUnknown keeps the fragments that no element was found for, without words
// that other rules know.
func (t *turn) noteUnknown(fragments []string) {
	for _, fragment := range fragments {
		e := echo(fragment)
		if e == "" || slices.Contains(t.found.unknown, e) || isOurs(read(fragment)) {
			continue
		}
		t.found.unknown = append(t.found.unknown, e)
		if len(t.s.Unknown) < maxUnknown && !slices.Contains(t.s.Unknown, e) {
			t.s.Unknown = append(t.s.Unknown, e)
		}
	}
}

// isOurs tells whether a fragment is about the vehicle, or talk.
func isOurs(r reading) bool {
	if v := readVehicle(r); v.kind != "" || len(v.several) > 0 {
		return true
	}
	return r.isSmallTalk() || isOnly(r, vagueWords) || readIntents(r) != (intents{}) || r.decide() != Unclear
}

// inactiveText says why an element is not dealt with.
func inactiveText(c *catalogue.Category, e *catalogue.Element) string {
	return elementName(c, e.Code) + ": " + lowerFirst(inactiveReason(e))
}

func inactiveReason(e *catalogue.Element) string {
	if e.InactiveReason != nil && plain(*e.InactiveReason) != "" {
		return plain(*e.InactiveReason)
	}
	return "Ahora mismo no lo tramitamos."
}
