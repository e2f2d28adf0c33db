package logmonitor

import (
	"fmt"
	"runtime/debug"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestMask(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"write to ana.lopez+x@correo.example.es now":                     "write to [correo] now",
		"tel +34 600 10 02 00 and 600100200, 91 234 56 78 is not hidden": "tel [teléfono] and [teléfono], 91 234 56 78 is not hidden",
		"call 915 55 12 34 or 0034915551234":                             "call [teléfono] or [teléfono]",
		"nif 12345678Z, 12.345.678-Z, nie X1234567L, cif B12345674":      "nif [NIF], [NIF], nie [NIE], cif [NIF]",
		"plate 1234BCD, 1234 bcd and M-1234-AB":                          "plate [matrícula], [matrícula] and [matrícula]",
		"vin WVWZZZ1JZXW000001":                                          "vin [bastidor]",
		"to ES91 2100 0418 4502 0005 1332 please":                        "to [IBAN] please",
		"to ES9121000418450200051332 please":                             "to [IBAN] please",
		"Authorization: Bearer abcdef0123456789":                         "Authorization: [secreto] [secreto]",
		"GET https://u:p4ss@host/x?token=abc&w=1":                        "GET https://[secreto]@host/x?token=[secreto]&w=1",
		`{"api_key":"k-123","id":7}`:                                     `{"api_key":"[secreto]","id":7}`,
		"key msia_abcdefghijkl":                                          "key [secreto]",
		`invalid "Ana García de la O"`:                                   `invalid "[texto]"`,
		`relation "tiers" does not exist (SQLSTATE 42P01)`:               `relation "tiers" does not exist (SQLSTATE 42P01)`,
		"case 0192f0c1-0000-7000-8000-000000000001":                      "case 0192f0c1-0000-7000-8000-000000000001",
		"listen tcp 127.0.0.1:8080: bind: address already in use":        "listen tcp 127.0.0.1:8080: bind: address already in use",
		"2026-11-26T01:02:03Z after 1500 rows":                           "2026-11-26T01:02:03Z after 1500 rows",
		"api.(*Server).observe\n\t/src/api/middleware.go:61":             "api.(*Server).observe\n\t/src/api/middleware.go:61",
	} {
		require.Equal(t, want, Mask(text))
	}
}

// TestMaskProperties: wherever something personal stands, it is gone, and masking
// twice is masking once.
func TestMaskProperties(t *testing.T) {
	t.Parallel()
	personal := rapid.OneOf(
		rapid.StringMatching(`[a-z]{1,8}(\.[a-z]{1,8})?@[a-z]{2,8}\.(es|com)`),
		rapid.StringMatching(`\+34 ?[679][0-9]{8}`),
		rapid.StringMatching(`[67][0-9]{8}`),
		rapid.StringMatching(`[0-9]{8}[TRWAGMYFPDXBNJZSQVHLCKE]`),
		rapid.StringMatching(`[XYZ][0-9]{7}[TRWAGMYFPDXBNJZSQVHLCKE]`),
		rapid.StringMatching(`[0-9]{4} ?[BCDFGHJKLMNPRSTVWXYZ]{3}`),
		rapid.StringMatching(`VF[A-HJ-NPR-Z0-9]{9}[0-9]{6}`),
	)
	around := rapid.SampledFrom([]string{"", "failed: ", "(", "customer ", "a, ", "=", ": ", `"`, "«"})
	rapid.Check(t, func(t *rapid.T) {
		secret := personal.Draw(t, "personal")
		text := around.Draw(t, "before") + secret + rapid.SampledFrom([]string{"", ")", ", then", " is wrong", "\n", `"`, "»"}).Draw(t, "after")
		masked := Mask(text)
		if strings.Contains(masked, secret) {
			t.Fatalf("%q still holds %q: %q", text, secret, masked)
		}
		if again := Mask(masked); again != masked {
			t.Fatalf("masked again, %q becomes %q", masked, again)
		}
	})
	rapid.Check(t, func(t *rapid.T) { // of anything at all
		text := rapid.String().Draw(t, "text")
		if once := Mask(text); Mask(once) != once {
			t.Fatalf("%q: %q, then %q", text, once, Mask(once))
		}
	})
}

func printOf(message, cause string) string {
	return newSample(occurrence{source: Source, message: message, cause: cause}).fingerprint
}

// TestFingerprintProperties: what varies does not tell errors apart, what they are
// about does.
func TestFingerprintProperties(t *testing.T) {
	t.Parallel()
	value := rapid.OneOf(
		rapid.StringMatching(`[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`),
		rapid.StringMatching(`[0-9]{1,9}`),
		rapid.StringMatching(`"[A-Za-zñé ]{0,20}"`),
		rapid.StringMatching(`[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}:[0-9]{2,5}`),
		rapid.StringMatching(`[0-9]{1,3}(\.[0-9]{1,3})?(ms|s|µs)`),
		rapid.StringMatching(`0x[0-9a-f]{4,12}`),
		rapid.StringMatching(`[0-9][0-9a-f]{15}[0-9]`),
	)
	rapid.Check(t, func(t *rapid.T) {
		a, b := value.Draw(t, "a"), value.Draw(t, "b")
		const cause = "read case %s: ERROR: relation \"cases\" does not exist (SQLSTATE 42P01)"
		if x, y := printOf("request failed", fmt.Sprintf(cause, a)), printOf("request failed", fmt.Sprintf(cause, b)); x != y {
			t.Fatalf("%q and %q are told apart: %q, %q", a, b, shape(Mask(fmt.Sprintf(cause, a))), shape(Mask(fmt.Sprintf(cause, b))))
		}
	})
	all := map[string]string{}
	for _, c := range []string{
		`read case: ERROR: relation "cases" does not exist (SQLSTATE 42P01)`,
		`read case: ERROR: relation "tiers" does not exist (SQLSTATE 42P01)`,
		`read case: ERROR: column "name" does not exist (SQLSTATE 42703)`,
		`read tier: ERROR: relation "cases" does not exist (SQLSTATE 42P01)`,
		"chatwoot: create message: status 500: x", "chatwoot: create message: status 404: x", "",
	} {
		one := printOf("request failed", c)
		require.NotContains(t, all, one, c)
		all[one] = c
	}
	require.NotEqual(t, printOf("request failed", "x"), printOf("job failed", "x"))
	require.NotEqual(t, newSample(occurrence{source: "postgres", message: "m"}).fingerprint, printOf("m", ""))
}

type planted struct{ at int }

//go:noinline
func (p planted) first() { panic(fmt.Sprintf("index %d", p.at)) }

//go:noinline
func (p planted) second() { _ = make([]int, 0)[p.at] }

// caught is how api logs a panic.
func caught(f func()) (text string) {
	defer func() { text = fmt.Sprintf("panic: %v\n%s", recover(), debug.Stack()) }()
	f()
	return ""
}

func TestPanics(t *testing.T) {
	t.Parallel()
	one, other := caught(planted{1}.first), caught(planted{22}.first)
	s := newSample(occurrence{source: Source, message: "request failed", cause: one})
	require.Equal(t, KindPanic, s.kind)
	require.Equal(t, "panic: index 1", s.title)
	require.Equal(t, "request failed: panic: index 1", s.message)
	require.Contains(t, s.stack, "internal/logmonitor.planted.first\n\t")
	require.NotContains(t, s.stack, "0x")
	_, stack := splitStack(one)
	require.Equal(t, []string{"github.com/msia/msia/internal/logmonitor.planted.first"}, topFrames(stack)[:1], stack)
	require.Equal(t, s.fingerprint, printOf("request failed", other), "another number, another line of the test")
	require.NotEqual(t, s.fingerprint, printOf("request failed", caught(planted{1}.second)), "another place")

	// As River logs it: names only, from runtime.gopanic on.
	river := "panic: boom\nruntime.gopanic\n\t/go/src/runtime/panic.go:7\n" + module + "internal/x.(*Worker).Work\n\t/src/x.go:3\ngithub.com/riverqueue/river.work\n\t/r.go:1\n"
	_, stack = splitStack(river)
	require.Equal(t, []string{module + "internal/x.(*Worker).Work"}, topFrames(stack))
	// Of another program.
	foreign := "panic: boom\n\ngoroutine 1 [running]:\nexample.com/a.b(0x1)\n\t/a.go:1 +0x2\n"
	message, stack := splitStack(foreign)
	require.Equal(t, "panic: boom", message)
	require.Equal(t, []string{"example.com/a.b"}, topFrames(stack))
}

func TestSamplesAreBounded(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		text := strings.Repeat(rapid.String().Draw(t, "text"), rapid.IntRange(1, 400).Draw(t, "times"))
		s := newSample(occurrence{source: text + "x", message: text, cause: text, stack: text, location: text, requestID: text})
		for got, most := range map[string]int{s.title: maxTitle, s.message: maxMessage, s.stack: maxStack, s.location: maxName, s.source: maxName} {
			if len(got) > most || strings.ContainsRune(got, 0) || strings.ToValidUTF8(got, "?") != got {
				t.Fatalf("%q", got)
			}
		}
		if s.title == "" {
			t.Fatal("no title")
		}
	})
}

func TestExplodes(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		thisHour, before int64
		want             bool
	}{
		{19, 0, false}, {20, 0, true}, {20, 96, true}, {20, 97, false}, {100, 480, true}, {100, 481, false}, {5000, 24 * 1001, false},
	} {
		require.Equal(t, c.want, explodes(c.thisHour, c.before), "%d after %d", c.thisHour, c.before)
	}
	rapid.Check(t, func(t *rapid.T) {
		now, before := rapid.Int64Range(0, 1e6).Draw(t, "now"), rapid.Int64Range(0, 1e6).Draw(t, "before")
		got := explodes(now, before)
		if got && !explodes(now+1, before) || !got && explodes(now, before+1) {
			t.Fatal("more errors are never less of an explosion")
		}
	})
}

func TestParseLine(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]occurrence{
		`{"level":"error","msg":"x failed","error":"no disk","request_id":"r1"}`: {message: "x failed", cause: "no disk", requestID: "r1"},
		`{"level":50,"msg":"x","err":{"message":"bad","stack":"s"}}`:             {message: "x", cause: "bad"},
		`{"severity":"FATAL","message":"gone"}`:                                  {message: "gone"},
		`2026-11-26 01:00:00.000 UTC [55] ERROR:  relation "x" does not exist`:   {message: `ERROR:  relation "x" does not exist`},
		`E, [2026-11-26T01:00:00.1 #1] ERROR -- : [ActiveJob] failed`:            {message: "ERROR -- : [ActiveJob] failed"},
		`panic: runtime error`:  {message: "panic: runtime error"},
		`[FATAL] out of memory`: {message: "FATAL] out of memory"},
	} {
		got, ok := parseLine(line)
		require.True(t, ok, line)
		require.Equal(t, want, got, line)
	}
	for _, line := range []string{
		``, `{"level":"info","msg":"ERROR is a word"}`, `{"level":30,"msg":"x"}`, `INFO no ERRORS here`, `{"msg":"x"}`,
		`GET /errors 200`, `2026-11-26 LOG:  statement: SELECT 'the word at the end of a long line of nine words ERROR'`, `{broken`,
	} {
		_, ok := parseLine(line)
		require.False(t, ok, line)
	}
}

func FuzzSample(f *testing.F) {
	f.Add("request failed", "panic: x\ngoroutine 1 [running]:\nmain.f()\n\t/a.go:1 +0x1\n")
	f.Add("ERROR", `relation "x"`)
	f.Fuzz(func(t *testing.T, message, cause string) {
		s := newSample(occurrence{source: Source, message: message, cause: cause})
		require.Len(t, s.fingerprint, 32)
		_, _ = parseLine(message)
	})
}
