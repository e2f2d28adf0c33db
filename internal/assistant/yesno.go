package assistant

// Decision is what a text says to a yes/no question.
type Decision int

// The decisions. Unclear is everything that is not plainly a yes or a no:
// questions, conditions, other subjects.
const (
	Unclear Decision = iota
	Yes
	No
)

const (
	yesEmojis = "👍✅👌✓✔☑💯🆗🤙"
	noEmojis  = "👎❌🚫⛔✖❎🙅"
)

// politeWords may stand beside a yes or a no without changing it.
var politeWords = []string{
	"hola", "buenas", "buenos dias", "buen dia", "buenas tardes", "buenas noches", "muy buenas", "gracias",
	"muchas gracias", "mil gracias", "gracias a ti", "por favor", "porfa", "porfavor", "pues", "hombre", "tio", "chicos",
	"un saludo", "saludos", "ah", "oh", "uy", "jaja", "jajaja", "jeje", "muy amable", "muy amables", "y", "yo creo", "ya",
	"entonces", "pues nada", "mira", "perdona", "perdon", "disculpa",
}

// yesPhrases mean yes when nothing else is said.
var yesPhrases = []string{
	"si", "sii", "sip", "sep", "yes", "yep", "yeah", "dale", "vale", "valep", "ok", "oks", "oki", "okis", "okay", "okey", "okei",
	"okok", "adelante", "claro", "claro que si", "por supuesto", "desde luego", "como no", "perfecto", "perfecta", "venga", "venga va",
	"hazlo", "hacedlo", "haganlo", "abrelo", "abridlo", "abranlo", "abre", "abrid", "abrimos", "abramos", "abrirlo", "procede",
	"proceded", "procedemos", "procedamos", "sigue", "seguid", "seguimos", "sigamos", "continua", "continuad", "continuamos",
	"correcto", "exacto", "de acuerdo", "deacuerdo", "genial", "estupendo", "fenomenal", "bueno", "bien", "muy bien", "esta bien",
	"va", "vamos", "vamos alla", "vamos a ello", "eso", "eso es", "acepto", "aceptamos", "aceptado", "confirmo", "confirmado",
	"conforme", "tramitadlo", "tramitalo", "me interesa", "nos interesa", "lo quiero", "quiero", "que si", "si o si", "por mi si",
	"por mi bien", "por mi perfecto", "me parece bien", "me parece perfecto", "me parece genial", "me parece correcto", "me cuadra",
	"me va bien", "cuando quieras", "cuando querais", "cuando puedas", "cuando podais", "de una", "sin duda", "sin problema",
	"no hay problema", "ningun problema", "trato hecho", "hecho", "obvio", "obviamente", "efectivamente", "afirmativo", "guay", "de lujo",
	"encantado", "encantada", "si quiero", "si que quiero", "si me interesa", "empezamos", "empezad", "empieza", "empecemos",
	"ponte a ello", "poneos a ello", "a por ello", "lo antes posible", "cuanto antes", "todo", "con todo", "con eso", "asi", "tal cual",
	"te digo que si", "os digo que si", "yo si", "si claro", "eso mismo", "listo", "a tope",
	// The offer is to open the case file.
	"abre* el expediente", "abri* el expediente", "abram* el expediente", "abre* expediente", "abri* expediente",
	"abram* expediente", "quiero abrir*", "quiero abrir el expediente", "quiero abrir expediente", "quiero seguir",
	"quiero seguir adelante", "quiero continuar", "quiero tramitarlo", "quiero hacerlo", "quiero empezar",
	"quiero que lo abr*", "quiero que abr* el expediente", "lo abrimos", "podeis abrirlo", "puedes abrirlo",
	"podeis abrir*", "podeis abrir el expediente", "puedes abrir el expediente", "sigue adelante",
	"seguimos adelante", "seguid adelante", "el expediente", "acepto el presupuesto", "aceptamos el presupuesto",
	"acepto el precio", "confirmo el presupuesto", "tira", "tirad", "tira adelante", "tirad adelante",
}

// noPhrases mean no when nothing else is said.
var noPhrases = []string{
	"no", "noo", "nop", "nope", "nel", "nah", "que no", "claro que no", "ni hablar", "ni de broma", "ni loco", "ni loca",
	"ni de cona", "de ninguna manera", "para nada", "en absoluto", "negativo", "que va", "parad", "dejalo", "dejadlo", "dejemoslo", "lo dejo",
	"lo dejamos", "cancela", "cancelar", "cancelalo", "cancelad", "cancelo", "olvida", "olvidalo", "olvidadlo", "mejor no", "creo que no",
	"no quiero", "no lo quiero", "no gracias", "nada", "paso", "rechazo", "rechazado", "tampoco", "nunca", "jamas", "descartado",
}

// firmNoPhrases mean no whatever follows: "no me interesa a ese precio".
var firmNoPhrases = []string{
	"no me interesa", "no nos interesa", "no me convence", "no me cuadra", "no puedo", "no hace falta", "no es necesario", "no quiero abrir*",
	"no quiero seguir", "no quiero continuar", "no quiero nada", "no abr*", "no voy a seguir", "no voy a hacerlo",
}

// plainYes are words that only mean yes to a question, not just "I see".
var plainYes = []string{
	"si", "sii", "sip", "yes", "adelante", "abre*", "abri*", "abram*", "hazlo", "hacedlo", "tramita*", "acepto", "aceptamos", "confirmo", "quiero", "lo quiero",
	"procede*", "empez*", "empieza", "empecemos", "seguimos", "sigue", "continua*", "por supuesto", "trato hecho",
}

// laterPhrases mean not now, even beside a "vale".
var laterPhrases = []string{
	"espera", "esperate", "esperad", "esperaos", "espere", "un momento", "un segundo", "pausa", "dejame pensar", "dejame pensarlo",
	"dejadme pensar", "dejadme pensarlo", "me lo pienso", "lo pienso", "lo pensare", "lo voy a pensar", "me lo voy a pensar",
	"me lo pensare", "tengo que pensarlo", "tengo que pensarmelo", "necesito tiempo", "necesito pensarlo", "todavia no", "aun no",
	"ahora no", "ahora mismo no", "de momento no", "por ahora no", "por el momento no", "no por ahora", "no de momento", "no todavia",
	"otro dia", "mejor otro dia", "en otro momento", "te digo", "os digo", "te dire", "os dire", "te digo algo", "os digo algo",
	"te aviso", "os aviso", "lo hablo", "lo consulto", "lo consultare", "lo miro",
}

// doubtPhrases leave everything open, whatever stands beside them.
var doubtPhrases = []string{
	"la pena", "pero", "aunque", "sin embargo", "necesito saber", "quisiera", "primero", "antes", "despues", "luego", "mas tarde",
	"cuanto", "cuanta", "cuantos", "cuantas", "como", "donde", "cuando", "por que", "porque", "cual", "cuales", "tal vez", "talvez",
	"quizas", "quiza", "puede ser", "puede que", "a lo mejor", "igual", "depende", "no se", "no lo se", "ni idea", "no estoy segur*",
	"no entiendo", "no lo entiendo", "no me queda claro", "no lo tengo claro", "no tengo claro", "no recuerdo", "no me acuerdo",
	"a ver", "hay algo", "si acaso", "excepto", "menos", "salvo",
}

// unhedged are phrases with a doubt word in them that leave no doubt.
var unhedged = []string{
	"cuando quieras", "cuando querais", "cuando puedas", "cuando podais", "cuanto antes", "lo antes posible", "como no",
}

// decide tells whether a text is a plain yes or a plain no. Every word has to be
// accounted for, so that "faro" or "muy caro" never counts as consent.
func (r reading) decide() Decision {
	if r.question || r.mixed {
		return Unclear
	}
	word := r.decideWords()
	emoji := [...]Decision{No, Unclear, Yes}[r.thumb+1]
	switch {
	case emoji == Unclear:
		return word
	case word == emoji, word == Unclear && len(r.without(politeWords).words) == 0:
		return emoji
	default:
		return Unclear
	}
}

func (r reading) decideWords() Decision {
	if r.without(unhedged).has(doubtPhrases...) {
		return Unclear
	}
	w := r.without(politeWords)
	if len(w.words) == 1 && w.words[0] == "para" {
		return No
	}
	said := map[answerKind]bool{}
	for i := 0; i < len(w.words); {
		n, kind := w.phraseAt(i)
		if n == 0 {
			return w.withTail(i, said)
		}
		said[kind] = true
		i += n
	}
	switch {
	case said[sayLater]:
		return No
	case said[sayYes] == (said[sayNo] || said[sayFirmNo]):
		return Unclear
	case said[sayYes]:
		return Yes
	default:
		return No
	}
}

// answerKind is what one phrase of an answer says.
type answerKind int

const (
	sayYes answerKind = iota
	sayNo
	sayFirmNo
	sayLater
)

// phraseAt returns the longest answering phrase at a word, and its length.
func (r reading) phraseAt(i int) (int, answerKind) {
	length, kind := 0, sayYes
	for k, phrases := range [][]string{sayYes: yesPhrases, sayNo: noPhrases, sayFirmNo: firmNoPhrases, sayLater: laterPhrases} {
		if n := longest(r.words, i, phrases); n > length {
			length, kind = n, answerKind(k)
		}
	}
	if length == 0 && isMistypedYes(r.words[i]) {
		return 1, sayYes
	}
	return length, kind
}

// withTail decides about a text that goes on after its yes or no with words
// that say something else: "no, es mucho dinero", "sí, mañana mando las fotos".
func (r reading) withTail(at int, said map[answerKind]bool) Decision {
	tail := reading{words: r.words[at:]}
	if len(r.words) <= 12 && !r.has("no", "ni", "sin") && r.endsInOrder() {
		return Yes
	}
	switch {
	case len(tail.words) > 8:
		return Unclear
	case said[sayLater]:
		return No
	case len(said) != 1:
		return Unclear
	case said[sayFirmNo], said[sayNo] && r.starts[at]:
		return No
	case at > 1 && r.words[at-1] == "si" && !r.starts[at]: // "sí, si baja el precio"
		return Unclear
	case said[sayYes] && (r.starts[at] || r.accentedYes) && r.words[0] == "si" && !tail.has("no", "si", "sin", "quita*"):
		return Yes
	}
	return Unclear
}

// goWords order to begin, at the end of whatever was said before: "ya lo tengo
// todo, adelante". A "sí" there may only stress what came before it.
var goWords = []string{
	"adelante", "abre*", "abri*", "abram*", "hazlo", "hacedlo", "procede*", "tramita*", "acepto", "empieza", "empez*", "vamos alla",
}

// endsInOrder tells whether the last clause is nothing but such an order.
func (r reading) endsInOrder() bool {
	last := 0
	for i, starts := range r.starts {
		if starts {
			last = i
		}
	}
	if last == 0 {
		return false
	}
	clause := reading{words: r.words[last:], starts: r.starts[last:]}
	for i := 0; i < len(clause.words); {
		n, kind := clause.phraseAt(i)
		if n == 0 || kind != sayYes {
			return false
		}
		i += n
	}
	return clause.has(goWords...)
}

// mistypeable are the yes words long enough to forgive one wrong letter.
var mistypeable = []string{
	"adelante", "perfecto", "correcto", "genial", "estupendo", "confirmo", "confirmado", "procede", "continua", "seguimos",
}

// swappable are the shorter ones: only two swapped neighbours are forgiven,
// since one wrong letter makes "caro" of "claro" and "venta" of "venga".
var swappable = []string{"dale", "vale", "claro", "venga", "hazlo", "sigue", "bueno", "abrelo", "acepto"}

func isMistypedYes(w string) bool {
	for _, base := range swappable {
		if isSwap(w, base) {
			return true
		}
	}
	for _, base := range mistypeable {
		if isSwap(w, base) || (len(w) >= 6 && isOneEdit(w, base) && w != "genital") {
			return true
		}
	}
	return false
}

// isSwap tells whether two words differ by one swap of neighbours.
func isSwap(a, b string) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range len(a) - 1 {
		if a[i] != b[i] {
			return a[i] == b[i+1] && a[i+1] == b[i] && a[i+2:] == b[i+2:]
		}
	}
	return false
}

// isOneEdit tells whether one inserted, missing or wrong letter makes b of a.
func isOneEdit(a, b string) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	if len(b)-len(a) > 1 {
		return false
	}
	i := 0
	for i < len(a) && a[i] == b[i] {
		i++
	}
	if len(a) == len(b) {
		return i < len(a) && a[i+1:] == b[i+1:]
	}
	return a[i:] == b[i+1:]
}
