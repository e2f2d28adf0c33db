package check

import (
	"regexp"
	"strings"
	"unicode"
)

// amount finds a sum of money: warnings carry none, because a price that
// changes would stay behind in the text.
var amount = regexp.MustCompile(`(?i)\d\s*(€|eur\b|euros?\b)|(€|\beur)\s*\d`)

// mojibake is what UTF-8 Spanish looks like after one decoding too many.
var mojibake = regexp.MustCompile(`Ã|Â|â€|\x{FFFD}`)

// unaccented lists words that are always misspelt without their accent or ñ.
// Words in -cion and -sion need no list: in Spanish they always have an accent.
var unaccented = wordSet(`matricula matriculas vehiculo vehiculos tecnica tecnicas tecnico tecnicos deposito
	depositos electrico electrica electricos electricas numero numeros pagina paginas neumatico neumaticos neumatica
	catadioptrico catadioptricos galibo galibos codigo codigos metalico metalica metalicos metalicas segun ademas
	tambien traves sillin baul bateria baterias diametro indice indices optica plastico basico basica maximo maxima
	minimo minima unico unica autonomo hidraulico hidraulica carroceria cupula telefono aqui asi dia dias parabolica
	velocimetro cuentakilometros porton ultimo ultima portatil automatico automatica clasico via vias tapiceria
	pina pinas ano anos espanol espanola espanoles senal senales tamano pequeno pequena dano danos mas analogico
	catalogo camara calculo calculos articulo grafico linea lineas angulo angulos ingles peldano peldanos
	estandar boletin aletin despues detras podra tendra sera habra debera`)

func wordSet(list string) map[string]bool {
	set := map[string]bool{}
	for _, w := range strings.Fields(list) {
		set[w] = true
	}
	return set
}

// name checks a visible text that must be there.
func (v *validator) name(p place, member, s string) {
	if strings.TrimSpace(s) == "" {
		v.add(p, member, "empty text")
		return
	}
	v.text(p, member, &s)
}

// text checks the Spanish of a visible text; nil and empty pass.
func (v *validator) text(p place, member string, s *string) {
	if s == nil || *s == "" {
		return
	}
	if strings.TrimSpace(*s) != *s {
		v.note(p, member, "text has blanks around it")
	}
	if m := mojibake.FindString(*s); m != "" {
		v.note(p, member, "broken encoding at %q", m)
	}
	for _, w := range strings.FieldsFunc(strings.ToLower(*s), func(r rune) bool { return !unicode.IsLetter(r) }) {
		if unaccented[w] || strings.HasSuffix(w, "cion") || strings.HasSuffix(w, "sion") {
			v.note(p, member, "%q lacks its accent or ñ", w)
		}
	}
	for _, pair := range []struct{ open, shut string }{{"¿", "?"}, {"¡", "!"}} {
		if strings.Count(*s, pair.open) != strings.Count(*s, pair.shut) {
			v.note(p, member, "%s without its %s", pair.shut, pair.open)
		}
	}
}
