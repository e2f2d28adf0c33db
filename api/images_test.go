package api_test

import (
	"bytes"
	"fmt"
	"image"
	_ "image/jpeg" // what is served
	_ "image/png"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/msia/msia/internal/apitest"
	"github.com/msia/msia/internal/caller"
	"github.com/msia/msia/internal/images"
	"github.com/msia/msia/internal/images/guard"
	"github.com/msia/msia/internal/images/imagetest"
)

type imageAnswer struct {
	ID               uuid.UUID
	URL              string
	StoredFilename   string  `json:"stored_filename"`
	OriginalFilename *string `json:"original_filename"`
	ContentType      string  `json:"content_type"`
	Width, Height    int
	SizeBytes        int     `json:"size_bytes"`
	CategoryID       *string `json:"category_id"`
	Description      *string
	Version          int
}

// formBody is a form of one file and text fields, in that order.
func formBody(file []byte, name string, fields ...string) ([]byte, apitest.Option) {
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	if file != nil {
		part, _ := w.CreateFormFile("file", name)
		_, _ = part.Write(file)
	}
	for i := 0; i < len(fields); i += 2 {
		_ = w.WriteField(fields[i], fields[i+1])
	}
	_ = w.Close()
	return b.Bytes(), apitest.Header("Content-Type", w.FormDataContentType())
}

func upload(s *apitest.Server, token string, file []byte, name string, fields ...string) apitest.Response {
	body, contentType := formBody(file, name, fields...)
	return s.Do(http.MethodPost, "/api/images/upload", body, contentType, apitest.Bearer(token))
}

func pattern() []byte {
	return imagetest.AfterSOI(imagetest.JPEG(imagetest.Pattern(800, 600), 90), imagetest.EXIFSegment(imagetest.EXIF(6)))
}

// files lists what is in the file store.
func files(t *testing.T, s *apitest.Server) []string {
	t.Helper()
	var names []string
	require.NoError(t, filepath.WalkDir(s.Files, func(path string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			names = append(names, path)
		}
		return err
	}))
	return names
}

func TestUploadAndServe(t *testing.T) {
	t.Parallel()
	s := apitest.New(t)
	editor := s.Token(caller.RoleEditor)
	var got imageAnswer
	r := upload(s, editor, pattern(), `C:\fotos\mi foto.jpg`, "category", "motos-part", "description", " Escape, lado derecho ").Expect(201).JSON(&got)
	require.Equal(t, `"1"`, r.Header.Get("ETag"))
	require.Equal(t, [2]int{600, 800}, [2]int{got.Width, got.Height}, "turned upright")
	require.Equal(t, "image/jpeg", got.ContentType)
	require.Equal(t, "/api/images/"+got.StoredFilename, got.URL)
	require.Equal(t, "mi foto.jpg", *got.OriginalFilename)
	require.Equal(t, "Escape, lado derecho", *got.Description)
	require.NotNil(t, got.CategoryID)

	r = s.Do(http.MethodGet, got.URL, nil).Expect(200)
	require.Len(t, r.Body, got.SizeBytes)
	require.NotContains(t, string(r.Body), "GPS")
	for header, want := range map[string]string{
		"Content-Type": "image/jpeg", "Cache-Control": "public, max-age=31536000, immutable",
		"X-Content-Type-Options": "nosniff", "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; sandbox", "Accept-Ranges": "bytes", "Vary": "",
	} {
		require.Equal(t, want, r.Header.Get(header), header)
	}
	tag := r.Header.Get("ETag")
	require.Regexp(t, `^"[0-9a-f]{64}"$`, tag)
	again := s.Do(http.MethodGet, got.URL, nil, apitest.Header("If-None-Match", tag)).Expect(304)
	require.Empty(t, again.Body)
	part := s.Do(http.MethodGet, got.URL, nil, apitest.Header("Range", "bytes=10-19")).Expect(206)
	require.Equal(t, r.Body[10:20], part.Body)
	s.Do(http.MethodGet, got.URL, nil, apitest.Header("Range", "bytes=99999999-")).Expect(416)
	s.Do(http.MethodGet, got.URL, nil, apitest.Header("Range", "bytes=0-1"), apitest.Header("If-Range", `"other"`)).Expect(200)
}

func TestSmallerCopies(t *testing.T) {
	t.Parallel()
	s := apitest.New(t)
	editor := s.Token(caller.RoleEditor)
	var got imageAnswer
	upload(s, editor, imagetest.JPEG(imagetest.Photo(1000, 700, 5), 85), "a.jpg").Expect(201).JSON(&got)
	small := s.Do(http.MethodGet, got.URL+"?w=320", nil).Expect(200)
	require.Equal(t, "image/jpeg", small.Header.Get("Content-Type"))
	require.Equal(t, "Accept", small.Header.Get("Vary"))
	img, _, err := image.Decode(bytes.NewReader(small.Body))
	require.NoError(t, err)
	require.Equal(t, image.Pt(320, 224), img.Bounds().Size())
	webp := s.Do(http.MethodGet, got.URL+"?w=320", nil, apitest.Header("Accept", "image/avif,image/webp,*/*")).Expect(200)
	require.Equal(t, "image/webp", webp.Header.Get("Content-Type"))
	require.Equal(t, "WEBP", string(webp.Body[8:12]))
	require.NotEqual(t, small.Header.Get("ETag"), webp.Header.Get("ETag"))
	require.Len(t, files(t, s), 3)
	kept := s.Do(http.MethodGet, got.URL+"?w=320", nil).Expect(200)
	require.Equal(t, small.Body, kept.Body)
	require.Equal(t, small.Header.Get("ETag"), kept.Header.Get("ETag"), "made now or kept, it has one name")

	full := s.Do(http.MethodGet, got.URL+"?w=1280", nil, apitest.Header("Accept", "image/webp")).Expect(200)
	require.Len(t, full.Body, got.SizeBytes, "never enlarged")
	s.Do(http.MethodGet, got.URL+"?w=321", nil).Expect(422)
	s.Do(http.MethodGet, got.URL+"?w=", nil).Expect(422)

	var holed imageAnswer
	for _, f := range imagetest.Odd() {
		if f.Name == "PNG with transparency" {
			upload(s, editor, f.Bytes, "a.png").Expect(201).JSON(&holed)
		}
	}
	require.Equal(t, "image/png", holed.ContentType)
}

// TestRefusedUploads has every kind of bad file; nothing of them stays.
func TestRefusedUploads(t *testing.T) {
	t.Parallel()
	s := apitest.New(t)
	editor := s.Token(caller.RoleEditor)
	details := map[string]string{imagetest.InvalidType: "Invalid file type", imagetest.TooLarge: "File too large", imagetest.Broken: "Broken image"}
	for _, f := range imagetest.Bad() {
		file := f.Bytes
		if file == nil {
			file = []byte{}
		}
		p := upload(s, editor, file, "foto.jpg").Expect(400).Problem()
		assert.Equal(t, f.Code, p.Code, f.Name)
		assert.Equal(t, details[f.Code], p.Detail, f.Name)
	}
	require.Empty(t, files(t, s))
	var rows int
	require.NoError(t, s.Pool.QueryRow(t.Context(), "SELECT (SELECT count(*) FROM images) + (SELECT count(*) FROM image_objects)").Scan(&rows))
	require.Zero(t, rows)
}

func TestOddUploads(t *testing.T) {
	t.Parallel()
	s := apitest.New(t)
	editor := s.Token(caller.RoleEditor)
	for _, f := range imagetest.Odd() {
		var got imageAnswer
		upload(s, editor, f.Bytes, "documento.pdf").Expect(201).JSON(&got)
		assert.Equal(t, [2]int{f.Width, f.Height}, [2]int{got.Width, got.Height}, f.Name)
	}
}

// TestUploadsThatAreTooLarge are refused in the same words at any size.
func TestUploadsThatAreTooLarge(t *testing.T) {
	t.Parallel()
	s := apitest.New(t)
	editor := s.Token(caller.RoleEditor)
	jpeg := imagetest.JPEG(imagetest.Pattern(64, 64), 80)
	padded := func(n int) []byte { return append(bytes.Clone(jpeg), make([]byte, n-len(jpeg))...) }
	upload(s, editor, padded(guard.MaxBytes), "a.jpg").Expect(201)
	for _, n := range []int{guard.MaxBytes + 1, guard.MaxBytes + 70<<10, 30 << 20} {
		for _, file := range [][]byte{padded(n), make([]byte, n)} {
			p := upload(s, editor, file, "a.jpg").Expect(400).Problem()
			require.Equal(t, "File too large", p.Detail)
			require.Equal(t, "file_too_large", p.Code)
		}
	}
	// Without Content-Length, and more than any buffer on the way holds.
	head, contentType := formBody(jpeg, "a.jpg")
	endless := io.MultiReader(bytes.NewReader(head[:len(head)-60]), io.LimitReader(zeros{}, 200<<20))
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.URL+"/api/images/upload", struct{ io.Reader }{endless})
	require.NoError(t, err)
	contentType(r)
	apitest.Bearer(editor)(r)
	res, err := http.DefaultClient.Do(r)
	require.NoError(t, err)
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(res.Body)
	require.NoError(t, err)
	require.Equal(t, 400, res.StatusCode, "%s", body)
	require.Contains(t, string(body), "File too large")
	require.Len(t, files(t, s), 1)
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

func TestFormsThatAreNotUploads(t *testing.T) {
	t.Parallel()
	s := apitest.New(t)
	editor := s.Token(caller.RoleEditor)
	jpeg := imagetest.JPEG(imagetest.Pattern(64, 64), 80)
	send := func(query string, body []byte, contentType apitest.Option) apitest.Response {
		return s.Do(http.MethodPost, "/api/images/upload"+query, body, contentType, apitest.Bearer(editor))
	}
	for name, c := range map[string]struct {
		query  string
		file   []byte
		fields []string
		status int
		detail string
	}{
		"no file":               {"", nil, []string{"description", "x"}, 422, "file"},
		"unknown field":         {"", jpeg, []string{"extra", "x"}, 422, "field"},
		"a field twice":         {"", jpeg, []string{"description", "x", "description", "y"}, 422, "field"},
		"description too long":  {"", jpeg, []string{"description", strings.Repeat("ñ", 501)}, 422, ""},
		"description with NUL":  {"", jpeg, []string{"description", "a\x00b"}, 422, "character"},
		"not UTF-8":             {"", jpeg, []string{"description", "\xff\xfe"}, 422, "text"},
		"malformed category":    {"", jpeg, []string{"category", "No Es"}, 400, "Invalid category slug"},
		"unknown category":      {"", jpeg, []string{"category", "no-hay"}, 404, "no-hay"},
		"malformed in address":  {"?category=No%20Es", jpeg, nil, 400, "Invalid category slug"},
		"unknown in address":    {"?category=no-hay", jpeg, nil, 404, "no-hay"},
		"two categories":        {"?category=motos-part", jpeg, []string{"category", "aseicars-prof"}, 422, "different"},
		"the same category":     {"?category=motos-part", jpeg, []string{"category", "motos-part"}, 201, ""},
		"category in address":   {"?category=motos-part", jpeg, nil, 201, ""},
		"longest description":   {"", jpeg, []string{"description", strings.Repeat("ñ", 500)}, 201, ""},
		"an empty description":  {"", jpeg, []string{"description", "  ", "category", ""}, 201, ""},
		"fields after the file": {"", jpeg, []string{"description", "x", "category", "motos-part"}, 201, ""},
	} {
		body, contentType := formBody(c.file, "a.jpg", c.fields...)
		r := send(c.query, body, contentType).Expect(c.status)
		if c.status >= 400 {
			require.Contains(t, r.Problem().Detail, c.detail, name)
		}
	}
	body, contentType := formBody(jpeg, "a.jpg")
	send("", body[:len(body)-80], contentType).Expect(422)
	send("", []byte("nothing of the kind"), contentType).Expect(422)
	send("", body, apitest.Header("Content-Type", "multipart/form-data")).Expect(422)
	send("", body, apitest.Header("Content-Type", "image/jpeg")).Expect(415)
	send("", []byte("{}"), apitest.Header("Content-Type", "application/json")).Expect(415)
}

// TestSameBytes are kept once, and until nobody has them any more.
func TestSameBytes(t *testing.T) {
	t.Parallel()
	s := apitest.New(t)
	editor := s.Token(caller.RoleEditor)
	const n = 12
	var (
		got [n]imageAnswer
		all sync.WaitGroup
	)
	for i := range n {
		all.Go(func() { upload(s, editor, pattern(), fmt.Sprintf("%d.jpg", i)).Expect(201).JSON(&got[i]) })
	}
	all.Wait()
	require.Len(t, files(t, s), 1)
	s.Do(http.MethodGet, got[0].URL+"?w=320", nil).Expect(200)
	for i := range n {
		s.Do(http.MethodGet, got[i].URL, nil).Expect(200)
		s.Do(http.MethodDelete, "/api/images/id/"+got[i].ID.String(), nil, apitest.Bearer(editor)).Expect(204)
		s.Do(http.MethodGet, got[i].URL, nil).Expect(404)
		s.Do(http.MethodGet, got[i].URL+"?w=320", nil).Expect(404)
	}
	require.Empty(t, files(t, s))
	s.Do(http.MethodDelete, "/api/images/id/"+got[0].ID.String(), nil, apitest.Bearer(editor)).Expect(404)
}

// TestUploadAndDeleteRace ends with the file exactly when somebody has it.
func TestUploadAndDeleteRace(t *testing.T) {
	t.Parallel()
	s := apitest.New(t)
	editor := s.Token(caller.RoleEditor)
	var last imageAnswer
	upload(s, editor, pattern(), "a.jpg").Expect(201).JSON(&last)
	for range 10 {
		var (
			next imageAnswer
			all  sync.WaitGroup
		)
		all.Go(func() { upload(s, editor, pattern(), "b.jpg").Expect(201).JSON(&next) })
		all.Go(func() {
			s.Do(http.MethodDelete, "/api/images/id/"+last.ID.String(), nil, apitest.Bearer(editor)).Expect(204)
		})
		all.Wait()
		s.Do(http.MethodGet, next.URL, nil).Expect(200)
		last = next
	}
}

func TestImageInUseStays(t *testing.T) {
	t.Parallel()
	s := apitest.New(t)
	editor := apitest.Bearer(s.Token(caller.RoleEditor))
	var got imageAnswer
	upload(s, s.Token(caller.RoleEditor), pattern(), "a.jpg").Expect(201).JSON(&got)
	path := "/api/images/id/" + got.ID.String()
	for _, table := range []string{"element_photo_slots", "base_documentation"} {
		for _, address := range []string{got.URL, "https://example.com" + got.URL} {
			_, err := s.Pool.Exec(t.Context(), "UPDATE "+table+" SET image_url = $1 WHERE id = (SELECT id FROM "+table+" ORDER BY id LIMIT 1)", address)
			require.NoError(t, err)
			require.Equal(t, "image_in_use", s.Do(http.MethodDelete, path, nil, editor).Expect(409).Problem().Code)
		}
		_, err := s.Pool.Exec(t.Context(), "UPDATE "+table+" SET image_url = NULL")
		require.NoError(t, err)
	}
	s.Do(http.MethodGet, got.URL, nil).Expect(200)
	s.Do(http.MethodDelete, path, nil, editor, apitest.Header("If-Match", `"7"`)).Expect(412)
	s.Do(http.MethodDelete, path, nil, editor, apitest.Header("If-Match", `"1"`)).Expect(204)
	require.Empty(t, files(t, s))
}

func TestUpdateImage(t *testing.T) {
	t.Parallel()
	s := apitest.New(t)
	editor := apitest.Bearer(s.Token(caller.RoleEditor))
	var first, got imageAnswer
	upload(s, s.Token(caller.RoleEditor), pattern(), "a.jpg", "description", "uno").Expect(201).JSON(&first)
	path := "/api/images/id/" + first.ID.String()
	patch := func(body string, options ...apitest.Option) apitest.Response {
		return s.Do(http.MethodPatch, path, body, append(options, editor)...)
	}
	t.Run("Absent", func(t *testing.T) {
		patch(`{}`).Expect(200).JSON(&got)
		require.Equal(t, first, got)
		require.Equal(t, 1, got.Version)
	})
	t.Run("Set", func(t *testing.T) {
		r := patch(`{"description":"dos","category":"motos-part"}`, apitest.Header("If-Match", `"1"`)).Expect(200).JSON(&got)
		require.Equal(t, "dos", *got.Description)
		require.NotNil(t, got.CategoryID)
		require.Equal(t, `"2"`, r.Header.Get("ETag"))
	})
	t.Run("Null", func(t *testing.T) {
		patch(`{"description":null,"category":null}`).Expect(200).JSON(&got)
		require.Nil(t, got.Description)
		require.Nil(t, got.CategoryID)
		require.Equal(t, 3, got.Version)
	})
	t.Run("Conflict", func(t *testing.T) {
		r := patch(`{"description":"tres"}`, apitest.Header("If-Match", `"1"`)).Expect(412)
		require.Contains(t, string(r.Body), `"submitted":{"description":"tres"}`)
		require.Contains(t, string(r.Body), `"version":3`)
	})
	for body, status := range map[string]int{
		`{"description":""}`: 422, `{"description":"  "}`: 422, `{"description":"a\u0000b"}`: 422, `{"category":"No Es"}`: 400,
		`{"category":"no-hay"}`: 404, `{"width":3}`: 422, `{"description":"` + strings.Repeat("x", 501) + `"}`: 422,
	} {
		patch(body).Expect(status)
	}
	s.Do(http.MethodPatch, "/api/images/id/"+uuid.NewString(), `{}`, editor).Expect(404)
	s.Do(http.MethodGet, path, nil, editor).Expect(200).JSON(&got)
	require.Equal(t, 3, got.Version)
	var actions []string
	require.NoError(t, s.Pool.QueryRow(t.Context(), "SELECT array_agg(action ORDER BY at, id) FROM audit_log WHERE entity_id = $1", first.ID.String()).Scan(&actions))
	require.Equal(t, []string{"create", "update", "update"}, actions)
}

func TestListImages(t *testing.T) {
	t.Parallel()
	s := apitest.New(t)
	editor, viewer := s.Token(caller.RoleEditor), apitest.Bearer(s.Token(caller.RoleViewer))
	var want []uuid.UUID
	for i, d := range []string{"Escape 100%", "Manillar_ancho", `Barra\`, "MATRÍCULA"} {
		var got imageAnswer
		fields := []string{"description", d}
		if i < 2 {
			fields = append(fields, "category", "motos-part")
		}
		upload(s, editor, pattern(), fmt.Sprintf("foto%d.jpg", i), fields...).Expect(201).JSON(&got)
		want = append([]uuid.UUID{got.ID}, want...)
	}
	putPrivate(t, s)
	list := func(query string) (ids []uuid.UUID, next string) {
		var page struct {
			Items      []imageAnswer
			NextCursor *string `json:"next_cursor"`
		}
		s.Do(http.MethodGet, "/api/images?"+query, nil, viewer).Expect(200).JSON(&page)
		for _, i := range page.Items {
			ids = append(ids, i.ID)
		}
		if page.NextCursor != nil {
			next = *page.NextCursor
		}
		return ids, next
	}
	all, _ := list("")
	require.Equal(t, want, all, "without customers' files")
	var paged []uuid.UUID
	for cursor := ""; ; {
		ids, next := list("limit=3" + cursor)
		paged = append(paged, ids...)
		if next == "" {
			break
		}
		cursor = "&cursor=" + next
	}
	require.Equal(t, want, paged)
	for q, n := range map[string]int{"%": 1, "_": 1, `\`: 1, "escape": 1, "FOTO2": 1, "foto": 4, "matrícula": 1, "nada": 0, "'; drop": 0} {
		ids, _ := list("q=" + url.QueryEscape(q))
		require.Len(t, ids, n, q)
	}
	ids, _ := list("category=motos-part&q=manillar")
	require.Equal(t, want[2:3], ids)
	for query, status := range map[string]int{"category=no-hay": 404, "category=No%20Es": 400, "q=": 422, "q=a%00b": 422, "cursor=x": 422, "limit=0": 422} {
		s.Do(http.MethodGet, "/api/images?"+query, nil, viewer).Expect(status)
	}
}

// putPrivate keeps a customer's photo.
func putPrivate(t *testing.T, s *apitest.Server) *images.Image {
	t.Helper()
	up, err := s.Images.Receive(t.Context(), bytes.NewReader(pattern()))
	require.NoError(t, err)
	defer up.Close()
	i, err := s.Images.Put(t.Context(), up, images.New{Visibility: images.Private, OriginalFilename: "dni.jpg"})
	require.NoError(t, err)
	return i
}

func TestPrivateImages(t *testing.T) {
	t.Parallel()
	s := apitest.New(t)
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	private := putPrivate(t, s)
	viewer, editor := apitest.Bearer(s.Token(caller.RoleViewer)), apitest.Bearer(s.Token(caller.RoleEditor))
	byID := "/api/images/id/" + private.ID.String()
	s.Do(http.MethodGet, byID, nil, viewer).Expect(404)
	s.Do(http.MethodPatch, byID, `{"description":"x"}`, editor).Expect(404)
	s.Do(http.MethodDelete, byID, nil, editor).Expect(404)
	var audited string
	require.NoError(t, s.Pool.QueryRow(t.Context(), "SELECT changes::text FROM audit_log WHERE entity_id = $1", private.ID.String()).Scan(&audited))
	require.NotContains(t, audited, "dni.jpg", "the audit log outlives customers' files")
	s.Do(http.MethodGet, private.URL(), nil).Expect(404)
	s.Do(http.MethodGet, private.URL()+"?w=320", nil).Expect(404)
	s.Do(http.MethodGet, private.URL(), nil, apitest.Bearer("made-up")).Expect(401)
	r := s.Do(http.MethodGet, private.URL(), nil, viewer).Expect(200)
	require.Equal(t, "private, max-age=300", r.Header.Get("Cache-Control"))

	s.Clock.Set(now)
	signed, err := s.Images.SignedURL(t.Context(), private, time.Hour)
	require.NoError(t, err)
	r = s.Do(http.MethodGet, signed, nil).Expect(200)
	require.Contains(t, r.Header.Get("Cache-Control"), "private")
	s.Do(http.MethodGet, signed+"&w=320", nil).Expect(200)
	s.Do(http.MethodGet, signed, nil, apitest.Header("If-None-Match", r.Header.Get("ETag"))).Expect(304)

	// Another replica signs alike.
	other := apitest.On(t, s.Pool)
	other.Clock.Set(now)
	same, err := other.Images.SignedURL(t.Context(), private, time.Hour)
	require.NoError(t, err)
	require.Equal(t, signed, same)

	u, err := url.Parse(signed)
	require.NoError(t, err)
	q := u.Query()
	second := putPrivate(t, s)
	for name, address := range map[string]string{
		"another file":      second.URL() + "?" + u.RawQuery,
		"a later time":      private.URL() + "?expires=" + fmt.Sprint(now.Add(2*time.Hour).Unix()) + "&signature=" + q.Get("signature"),
		"no time":           private.URL() + "?signature=" + q.Get("signature"),
		"no signature":      private.URL() + "?expires=" + q.Get("expires"),
		"empty signature":   private.URL() + "?expires=" + q.Get("expires") + "&signature=",
		"a cut signature":   strings.TrimSuffix(signed, signed[len(signed)-1:]),
		"another signature": private.URL() + "?expires=" + q.Get("expires") + "&signature=" + strings.Repeat("A", 43),
	} {
		status := s.Do(http.MethodGet, address, nil).Status
		require.Contains(t, []int{404, 422}, status, name)
	}
	s.Clock.Set(now.Add(time.Hour - time.Second))
	s.Do(http.MethodGet, signed, nil).Expect(200)
	s.Clock.Set(now.Add(time.Hour))
	require.Equal(t, "link_expired", s.Do(http.MethodGet, signed, nil).Expect(403).Problem().Code)
}

// TestNoWayOutOfTheFolder: no address leads to anything but pictures.
func TestNoWayOutOfTheFolder(t *testing.T) {
	t.Parallel()
	s := apitest.New(t)
	require.NoError(t, os.WriteFile(filepath.Join(s.Files, "secret.jpg"), []byte("secret"), 0o600))
	for _, name := range []string{
		"../secret.jpg", "..%2fsecret.jpg", "%2e%2e/secret.jpg", "%2e%2e%2fsecret.jpg", "%252e%252e%252fsecret.jpg", `..\secret.jpg`, "..%5csecret.jpg",
		"/etc/passwd", "%2fetc%2fpasswd", "secret.jpg", "secret.jpg%00.jpg", "CON", ".env", "%e2%88%95etc%e2%88%95passwd",
		strings.Repeat("a", 4096), "objects/secret.jpg", "objects%2f..%2fsecret.jpg", strings.Repeat("-", 36) + ".jpg", strings.Repeat("%2e", 36) + ".jpg", " ", "%ff",
	} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.URL, nil)
		require.NoError(t, err)
		r.URL.Opaque = "//" + r.URL.Host + "/api/images/" + name
		res, err := http.DefaultTransport.RoundTrip(r)
		if err != nil {
			continue // Go's client itself refuses it
		}
		body, _ := io.ReadAll(res.Body)
		_ = res.Body.Close()
		require.Contains(t, []int{400, 404, 405, 422}, res.StatusCode, name)
		require.NotContains(t, string(body), "secret\n", name)
		require.NotContains(t, string(body), "root:", name)
	}
}
