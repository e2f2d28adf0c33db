package rag_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/msia/msia/internal/legal"
	"github.com/msia/msia/internal/lexical"
	"github.com/msia/msia/internal/pdf"
	"github.com/msia/msia/internal/pdf/pdftest"
)

// prose writes passages for the benchmarks, as many as are wanted, each about
// something: in words at random everything is as far from everything else, and no
// index finds what is nearest.
type prose interface {
	// passage writes one about the same as the one before.
	passage() string
	// turn goes on to another subject.
	turn()
}

const (
	// passageWords is how long a passage is, as those of regulations are.
	passageWords = 150
	// sameSubject is how many passages in a row an article has.
	sameSubject = 4
)

// newProse returns a writer. With MSIA_BENCH_PDFS set it assembles the sentences of
// the PDFs in that folder anew; without, it makes sentences up.
func newProse(b *testing.B, seed uint64) prose {
	b.Helper()
	rng := rand.New(rand.NewPCG(seed, 7))
	paths := benchPDFs(b)
	if len(paths) == 0 {
		return newInvention(rng)
	}
	a := &assembly{rng: rng}
	for _, path := range paths {
		a.read(b, path)
	}
	a.turn()
	return a
}

// benchPDFs are the PDFs in the folder MSIA_BENCH_PDFS; none when that is not set.
func benchPDFs(b *testing.B) []string {
	b.Helper()
	dir := os.Getenv("MSIA_BENCH_PDFS")
	if dir == "" {
		return nil
	}
	paths, err := filepath.Glob(filepath.Join(dir, "*.pdf"))
	require.NoError(b, err)
	require.NotEmpty(b, paths, "no PDFs in MSIA_BENCH_PDFS")
	return paths
}

// assembly draws sentences of real units: most of the one it is about, some of what
// stands near it.
type assembly struct {
	rng   *rand.Rand
	units [][]string // their sentences
	about int
}

// nearby is how many units away "near" is.
const nearby = 12

func (a *assembly) read(b *testing.B, path string) {
	b.Helper()
	file, err := os.Open(path)
	require.NoError(b, err)
	defer file.Close()
	var pages []legal.Page
	_, err = pdftest.Engine().Read(b.Context(), file, func(p pdf.Page) error {
		pages = append(pages, legal.Page{Number: p.Number, Text: p.Text})
		return nil
	})
	require.NoError(b, err)
	for _, u := range legal.Parse(pages).Units {
		var sentences []string
		for _, p := range u.Passages {
			text := []rune(p.Text)
			for _, s := range lexical.Sentences(p.Text) {
				if sentence := string(text[s.Start:s.End]); len(lexical.Analyse(sentence)) > 3 {
					sentences = append(sentences, sentence)
				}
			}
		}
		if len(sentences) > 0 {
			a.units = append(a.units, sentences)
		}
	}
}

func (a *assembly) turn() { a.about = a.rng.IntN(len(a.units)) }

func (a *assembly) passage() string {
	var out []string
	used := map[string]bool{}
	// Where there is too little for a whole passage it stays short.
	for words, tries := 0, 0; words < passageWords && tries < 2*passageWords; tries++ {
		from := a.about
		if a.rng.IntN(3) == 0 || len(used) > len(a.units[a.about])/2 {
			from = min(max(0, from+a.rng.IntN(2*nearby+1)-nearby), len(a.units)-1)
		}
		s := a.units[from][a.rng.IntN(len(a.units[from]))]
		if !used[s] {
			words += len(strings.Fields(s))
			out = append(out, s)
		}
		used[s] = true
	}
	return strings.Join(out, " ")
}

// invention makes up sentences of words that Spanish has or could have, as unevenly
// used as words are. A subject is some forty of them, of a field of some hundreds.
type invention struct {
	rng     *rand.Rand
	zipf    *rand.Zipf
	shuffle []int // rank → word
	field   []string
	topic   []string
	turns   int
}

var (
	beginnings = strings.Fields("- - - - - re des in pre sub inter trans co auto contra sobre")
	// stemsOfSpanish are what legal Spanish about vehicles makes its words of.
	stemsOfSpanish = strings.Fields(`homolog vehicul fren motor mot rued neumat suspens direcc escap silenc carrocer bastid chasis remolqu acopl
		asient cintur airbag parabris cristal espej lun retrovis faro alumbr señal intermit reflect catadiopt bocin tacogr velocim limit potenc
		cilindr combust carbur electr bater gas hidrogen emis contamin ruid vibr mas pes tar carg eje ancho altur longitud batall volad voladiz
		document certific inform proyect plan memor cert acredit autoriz licenc permis matricul inspecc revis verific ensay prueb laborator
		fabric import distribu vend compr titul propietar represent mandat taller instal mont sustitu modific reform transform adapt repar
		manten uso util circul transport viaj mercanc peligr escol public privad servic urgenc agricol forest tractor motociclet ciclomot
		cuatricicl turism autobus camion furgon autocarav remolc semirremolc special human administr minister comun autonom estad europ union
		director reglament decret orden norm ley articul anex apend dispos transitor derog vigenc plaz fech period anual mensual dia hor
		sancion infracc mult grav lev recurs procedim solicit resolu notific public registr archiv dato fich tarjet numer codig identific placa
		marca model tip variant version categor clas grup conjunt sistem component unidad tecnic element pieza dispos mecan electron program
		calcul resist estabil segur activ pasiv protecc choqu vuelc incend evacu emergenc salid puert ventan techo suelo pared mampar arco
		anclaj fij sold torn union junt tub conduct deposit bomb filtr valvul presion temper aceit refriger calef clima ventil
		condic requisit exig obligator voluntar exent excepc equival conform compatib adecu idone suficient necesar
		medir comprob justific declar firm sell copi origin duplic extrav robo baja alta cambi transfer vend alquil
		conductor ocupant pasaj viajer peaton cicl usuar consum client empres profesion person fisic jurid responsab colabor cooper coordin
		control vigil superv seguim evalu calid produc proces materi acero alumin plastic vidri madera textil caucho pintur color reflej opac
		visib angul campo vision delant trase later superior inferior interior exterior izquierd derech central maxim minim nomin efectiv`)
	endings = strings.Fields(`o a os as e es ación aciones amiento amientos ador adores ante antes able ables ado ada ados adas ar an ando al ales
		ico ica icos icas ivo iva idad idades ura uras ario arios oso osa ista aje ajes encia encias mente ería ible ido ida idos idas er ir iendo`)
	// links are what sentences are held together by.
	links = strings.Fields("de la el en los las y que del se por con para un una al su o sin sobre según cuando no más como este esta deberá podrá")
)

const inventedWords = 30_000

func newInvention(rng *rand.Rand) *invention {
	v := &invention{rng: rng, zipf: rand.NewZipf(rng, 1.07, 8, inventedWords-1), shuffle: rng.Perm(len(beginnings) * len(stemsOfSpanish) * len(endings))}
	v.turn()
	return v
}

// word is that of a rank.
func (v *invention) word(rank int) string {
	n := v.shuffle[rank]
	beginning := beginnings[n%len(beginnings)]
	n /= len(beginnings)
	return strings.TrimPrefix(beginning, "-") + stemsOfSpanish[n%len(stemsOfSpanish)] + endings[n/len(stemsOfSpanish)]
}

func (v *invention) turn() {
	if v.turns%16 == 0 { // another chapter
		v.field = v.choose(300, func() string { return v.word(v.rng.IntN(inventedWords)) })
	}
	v.turns++
	v.topic = v.choose(40, func() string { return v.field[v.rng.IntN(len(v.field))] })
}

func (v *invention) choose(n int, one func() string) []string {
	out := make([]string, n)
	for i := range out {
		out[i] = one()
	}
	return out
}

func (v *invention) passage() string {
	var b strings.Builder
	for i := range passageWords {
		word := links[v.rng.IntN(len(links))]
		if i%2 == 0 {
			if word = v.word(int(v.zipf.Uint64())); v.rng.IntN(2) == 0 { //nolint:gosec // below inventedWords
				word = v.topic[v.rng.IntN(len(v.topic))]
			}
		}
		b.WriteString(word)
		switch {
		case i%25 == 24:
			b.WriteString(". ")
		case i%40 == 39:
			b.WriteString(fmt.Sprintf(" %d ", 1+v.rng.IntN(2000)))
		default:
			b.WriteByte(' ')
		}
	}
	return b.String()
}
