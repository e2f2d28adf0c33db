package main

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/msia/msia/internal/chatwoot/chatwoottest"
	"github.com/msia/msia/internal/images/imagetest"
	"github.com/msia/msia/internal/testdb"
)

// customer is somebody with a telephone.
type customer struct {
	t      *testing.T
	cw     *chatwoottest.Server
	p      *process
	dsn    string
	heard  int    // replies so far
	photos uint64 // every photo is another one
}

// send delivers messages one after another and returns what is answered.
func (c *customer) send(messages ...chatwoottest.Incoming) string {
	c.t.Helper()
	for _, m := range messages {
		c.p.deliver(c.cw, c.cw.Incoming(m), "queued")
	}
	return c.hear()
}

// hear waits for the next message.
func (c *customer) hear() string {
	c.t.Helper()
	_, err := c.cw.WaitSent(c.heard+1, patience)
	require.NoError(c.t, err)
	allAnswered(c.t, c.dsn)
	var texts []string
	sent := c.cw.Sent()
	for _, m := range sent[c.heard:] {
		texts = append(texts, m.Shown)
	}
	c.heard = len(sent)
	return strings.Join(texts, "\n\n")
}

// say writes and checks what is answered; what begins with "!" must not be in it.
func (c *customer) say(text string, has ...string) {
	c.t.Helper()
	c.check(c.send(chatwoottest.Incoming{Text: text}), has...)
}

func (c *customer) check(answer string, has ...string) {
	c.t.Helper()
	for _, want := range has {
		if not, ok := strings.CutPrefix(want, "!"); ok {
			require.NotContains(c.t, answer, not)
			continue
		}
		require.Contains(c.t, answer, want)
	}
}

func (c *customer) count(what string) int {
	c.t.Helper()
	conn, err := pgx.Connect(c.t.Context(), c.dsn)
	require.NoError(c.t, err)
	defer func() { _ = conn.Close(context.WithoutCancel(c.t.Context())) }()
	var n int
	require.NoError(c.t, conn.QueryRow(c.t.Context(), "SELECT count(*) FROM "+what).Scan(&n))
	return n
}

func (c *customer) photo() chatwoottest.Incoming {
	c.photos++
	return withFile(chatwoottest.Attachment{Data: imagetest.JPEG(imagetest.Photo(800, 600, c.photos), 80)})
}

// album is how WhatsApp sends several photos: as many messages at once.
func (c *customer) album(n int) []chatwoottest.Incoming {
	list := make([]chatwoottest.Incoming, n)
	for i := range list {
		list[i] = c.photo()
	}
	return list
}

func withFile(a chatwoottest.Attachment) chatwoottest.Incoming {
	return chatwoottest.Incoming{NoText: true, Attachments: []chatwoottest.Attachment{a}}
}

func brokenPhoto() chatwoottest.Incoming {
	whole := imagetest.JPEG(imagetest.Photo(800, 600, 99), 80)
	return withFile(chatwoottest.Attachment{Data: whole[:len(whole)/2]})
}

func paper() chatwoottest.Incoming {
	return withFile(chatwoottest.Attachment{
		Type: "file", Extension: "pdf", ContentType: "application/pdf", Data: []byte("%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"),
	})
}

// caseFile is what these tests look at of a case.
type caseFile struct {
	ID, Number, Status string
	Version            int
	Files              []fileOfCase
	Missing            []struct{ Key string }
}

type fileOfCase struct {
	ID      string
	Element *string `json:"element_code"`
	Slot    *string `json:"slot_code"`
}

func (f caseFile) places() []string {
	var out []string
	for _, x := range f.Files {
		place := ""
		if x.Element != nil {
			place = *x.Element
		}
		place += "/"
		if x.Slot != nil {
			place += *x.Slot
		}
		out = append(out, place)
	}
	slices.Sort(out)
	return out
}

// office is staff at the API.
type office struct {
	t     *testing.T
	p     *process
	token string
}

func newOffice(t *testing.T, p *process) *office {
	t.Helper()
	var login struct {
		AccessToken string `json:"access_token"`
	}
	require.NoError(t, json.Unmarshal([]byte(call(t, p, "", "POST", "/api/admin/auth/login",
		`{"username":"admin","password":"a-long-enough-password"}`)), &login))
	return &office{t: t, p: p, token: login.AccessToken}
}

func (o *office) do(method, path, body string, into any) string {
	o.t.Helper()
	got := call(o.t, o.p, o.token, method, path, body)
	if into != nil {
		require.NoError(o.t, json.Unmarshal([]byte(got), into), "%s", got)
	}
	return got
}

// onlyCase returns the one case there is.
func (o *office) onlyCase() caseFile {
	o.t.Helper()
	var list struct{ Items []caseFile }
	o.do("GET", "/api/cases", "", &list)
	require.Len(o.t, list.Items, 1)
	var c caseFile
	o.do("GET", "/api/cases/"+list.Items[0].ID, "", &c)
	return c
}

// TestWholeCase leads a customer from the first message to a finished case. All
// they do is write on WhatsApp; the server is killed in between.
func TestWholeCase(t *testing.T) {
	t.Parallel()
	cw, dsn, dir := chatwoottest.New(t), testdb.DSN(t), t.TempDir()
	env := withChatwoot(cw, dsn, dir)
	env["MSIA_REPLY_DELAY_TEXT"], env["MSIA_REPLY_DELAY_MEDIA"] = "200ms", "1500ms"
	c := &customer{t: t, cw: cw, p: launch(t, env).ready(), dsn: dsn}

	c.say("hola", "¡Hola, Lucía!")
	c.say("quiero homologar el escape y las estriberas de mi moto", "175,00 €", "¿Quieres que abramos el expediente?")
	c.say("sí, adelante", "Abro tu expediente", "Escape montado con la matrícula visible")
	c.check(c.send(brokenPhoto()), "ha llegado dañado y no se puede abrir", "Escape montado con la matrícula visible")
	c.check(c.send(withFile(chatwoottest.Attachment{Type: "audio", Extension: "ogg", ContentType: "audio/ogg"})), "no puedo escuchar audios")
	c.check(c.send(c.photo()), "Recibido, gracias", "Marca y modelo del escape")
	c.say("Akrapovič Slip-On\nsí", "estriberas")
	c.say("¿y cuánto me costaba todo?", "175,00 €", "estriberas")
	c.check(c.send(c.album(3)...), "Recibidos los 3 archivos")
	c.say("Rizoma, aluminio, conductor", "Ficha técnica")
	c.check(c.send(paper()), "Recibido, gracias", "Cuatro fotos de la moto")

	// Killed between two photos of an album, while it fetches the first.
	cw.Inject(chatwoottest.Fault{Path: "/rails/active_storage", Delay: 10 * time.Second})
	c.p.deliver(cw, cw.Incoming(c.photo()), "queued")
	require.Eventually(t, func() bool { return c.count("message_attachments WHERE status = 'pending' AND attempts > 0") == 1 }, patience, 5*time.Millisecond)
	c.p.kill()
	c.p = launch(t, env).ready()
	answer := c.send(c.album(2)...)
	c.check(answer, "Nombre")
	c.check(answer, "Código postal")

	c.say("Soy Lucía Fernández Ríos, dni 12345678A, correo lucia@example.com", "La letra del DNI")
	c.say("perdona, 12345678Z", "Código postal", "!DNI, NIE o CIF")
	c.say("Calle Mayor 1\n28013\nMadrid\nITV Getafe", "Matrícula")
	c.say("Honda, CB 500 F, 2019, 1234 BCD", "plazas")
	c.say("no, no cambia nada", "propio taller", "85,00 €")
	c.say("no, el vuestro", "resumen de tu expediente", "1234BCD", "260,00 €", "Archivos recibidos: 8")
	c.say("sí, todo bien", "pasa a revisión")

	staff := newOffice(t, c.p)
	f := staff.onlyCase()
	require.Equal(t, "pending_review", f.Status)
	require.Empty(t, f.Missing)
	require.Len(t, f.Files, 8, "nothing is lost and nothing is there twice: %v", f.places())
	require.Contains(t, f.places(), "ESCAPE/escape_montado")
	notes := cw.Notes()
	require.Contains(t, notes[len(notes)-1].Shown, "Expediente "+f.Number+" completo, pendiente de revisión.")

	staff.do("POST", "/api/cases/"+f.ID+"/transition", `{"status":"in_progress"}`, nil)
	c.check(c.hear(), "Hemos empezado a trabajar en tu expediente "+f.Number)
	exhaust := f.Files[slices.IndexFunc(f.Files, func(x fileOfCase) bool { return x.Element != nil && *x.Element == "ESCAPE" })]
	staff.do("POST", "/api/cases/"+f.ID+"/files/"+exhaust.ID+"/review", `{"accepted":false,"reason":"blurry"}`, nil)
	c.check(c.hear(), "mandes otra vez: Escape montado con la matrícula visible", "borrosa")
	c.check(c.send(c.photo()), "Recibido, gracias")
	f = staff.onlyCase()
	require.Empty(t, f.Missing, "the new photo is in its place")
	require.Equal(t, "in_progress", f.Status)
	require.Len(t, f.Files, 9)
	staff.do("POST", "/api/cases/"+f.ID+"/transition", `{"status":"resolved"}`, nil)
	c.check(c.hear(), "Tu expediente "+f.Number+" está terminado")

	var events []struct {
		Kind, Actor string
		To          *string `json:"to_status"`
	}
	staff.do("GET", "/api/cases/"+f.ID+"/events", "", &events)
	var story []string
	count := map[string]int{}
	for _, e := range events {
		count[e.Kind]++
		if e.To != nil {
			story = append(story, e.Actor+":"+*e.To)
		}
	}
	require.Equal(t, []string{"cliente:collecting", "cliente:pending_review", "admin:in_progress", "admin:resolved"}, story)
	require.Equal(t, []int{9, 1}, []int{count["file"], count["file_reviewed"]})

	archive := []byte(staff.do("GET", "/api/cases/"+f.ID+"/archive", "", nil))
	z, err := zip.NewReader(bytes.NewReader(archive), int64(len(archive)))
	require.NoError(t, err)
	require.Len(t, z.File, 10, "the files and the manifest")
	rejected := 0
	for _, entry := range z.File {
		r, err := entry.Open()
		require.NoError(t, err)
		content, err := io.ReadAll(r)
		require.NoError(t, err)
		if strings.HasPrefix(entry.Name, "rechazadas/") {
			rejected++
		}
		if entry.Name == "manifiesto.csv" {
			require.Contains(t, string(content), "Borrosa")
		}
	}
	require.Equal(t, 1, rejected)
	dossier := staff.do("GET", "/api/cases/"+f.ID+"/dossier", "", nil)
	require.True(t, strings.HasPrefix(dossier, "%PDF-"))
	require.Greater(t, strings.Count(dossier, "/Subtype /Image"), 7)

	require.Equal(t, 1, c.count("customers WHERE display_name = 'Lucía Fernández Ríos' AND nif_cif = '12345678Z'"), "what they confirmed is known of them")
	require.Zero(t, c.count("message_attachments WHERE url IS NOT NULL"))
	require.Equal(t, 9, c.count("images"), "no file is kept that nobody has")
}
