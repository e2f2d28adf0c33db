package elements_test

import (
	"testing"

	"github.com/msia/msia/internal/elements"
)

// message has 200 characters, as long as most first messages are.
const message = "Hola buenas, tengo una Yamaha MT-07 del 2019 y quiero homologar el escape Akrapovic, los dos retrovisores, " +
	"intermitentes delanteros y traseros y el portamatrículas, sin el manillr. ¿Cuánto me costaría?"

func BenchmarkMatch(b *testing.B) {
	matchers := shippedMatchers(b)
	var f figures
	for _, file := range []string{"utterances.yaml", "heldout.yaml", "dossier.yaml"} {
		for _, u := range loadUtterances(b, file) {
			f.add(u.want(), labels(matchers[u.category].Match(u.Text)))
		}
	}
	m := matchers["motos-part"]
	b.ReportAllocs()
	for b.Loop() {
		m.Match(message)
	}
	b.ReportMetric(f.precision(), "precision")
	b.ReportMetric(f.recall(), "recall")
}

func BenchmarkAnswer(b *testing.B) {
	m := shippedMatchers(b)["motos-part"]
	b.ReportAllocs()
	for b.Loop() {
		m.Answer("SUSPENSION", "no la delantera, la de atrás")
	}
}

func BenchmarkNewMatcher(b *testing.B) {
	c := shipped(b)["motos-part"]
	for b.Loop() {
		elements.NewMatcher(c)
	}
}

func BenchmarkContainsPhrase(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		elements.ContainsPhrase(message, "horquilla completa")
	}
}
