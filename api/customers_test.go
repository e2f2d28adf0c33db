package api_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/msia/msia/internal/apitest"
	"github.com/msia/msia/internal/caller"
)

type customer struct {
	ID           string
	DisplayName  string  `json:"display_name"`
	WhatsAppName string  `json:"whatsapp_name"`
	FirstName    *string `json:"first_name"`
	Phone        *string
	Email        *string
	NIF          *string `json:"nif_cif"`
	ClientType   *string `json:"client_type"`
	Province     *string
	PostalCode   *string `json:"postal_code"`
	Notes        *string
	StaffFields  []string `json:"staff_fields"`
	Contacts     []struct {
		ContactID int64 `json:"contact_id"`
	}
	Duplicates []struct {
		ID   string
		Same []string
	}
	Statistics struct{ Conversations, Messages, Quotes, Escalations int }
	Version    int
}

type customerPage struct {
	Items      []customer
	NextCursor *string `json:"next_cursor"`
}

func names(items []customer) []string {
	out := make([]string, len(items))
	for i, c := range items {
		out[i] = c.DisplayName
	}
	return out
}

// writes has a customer send a message through the webhook.
func writes(t *testing.T, s *apitest.Server, contact, conversation, message int64, name, phone, text string) {
	t.Helper()
	body := fmt.Appendf(nil, `{"event":"message_created","id":%d,"message_type":"incoming","private":false,"content":%q,"account":{"id":1},"inbox":{"id":1},
		"conversation":{"id":%d,"status":"open","can_reply":true},"sender":{"id":%d,"name":%q,"phone_number":%q,"custom_attributes":{"tipo":"Profesional"}}}`,
		message, text, conversation, contact, name, phone)
	d := delivery{body: body}
	s.Do("POST", "/api/chatwoot/webhook", body, d.sign(s.Clock.Now())...).Expect(http.StatusOK)
}

func TestCustomerLifecycle(t *testing.T) {
	t.Parallel()
	s := apitest.New(t)
	editor := apitest.Bearer(s.Token(caller.RoleEditor))
	var c customer
	r := s.Do("POST", "/api/admin/customers", `{"first_name":" Ana  María ","last_name":"Muñoz","phone":"600 100 200","email":"Ana@Example.com","nif_cif":"12.345.678-z","client_type":"particular","province":"vizcaya","postal_code":"48001"}`, editor).
		Expect(http.StatusCreated).JSON(&c)
	require.Equal(t, `"1"`, r.Header.Get("ETag"))
	require.Equal(t, []string{"Ana María Muñoz", "Ana María", "+34600100200", "ana@example.com", "12345678Z", "Bizkaia"},
		[]string{c.DisplayName, *c.FirstName, *c.Phone, *c.Email, *c.NIF, *c.Province})
	require.Empty(t, c.Contacts)
	path := "/api/admin/customers/" + c.ID

	t.Run("Absent, Null, Set", func(t *testing.T) {
		got := customer{}
		s.Do("PATCH", path, `{"notes":"Llama\npor la tarde"}`, editor).Expect(http.StatusOK).JSON(&got)
		require.Equal(t, "Llama\npor la tarde", *got.Notes)
		require.Equal(t, 2, got.Version)
		got = customer{}
		s.Do("PATCH", path, `{"notes":null}`, editor).Expect(http.StatusOK).JSON(&got)
		require.Nil(t, got.Notes)
		require.Equal(t, "Ana María", *got.FirstName, "absent leaves it")
		s.Do("PATCH", path, `{}`, editor).Expect(http.StatusOK).JSON(&got)
		require.Equal(t, 3, got.Version, "nothing present changes nothing")
	})
	t.Run("refused, in words for people", func(t *testing.T) {
		for body, pointer := range map[string]string{
			`{"nif_cif":"12345678A"}`: "/nif_cif", `{"nif_cif":"B12345678"}`: "/nif_cif", `{"phone":"12345"}`: "/phone", `{"email":"ana@"}`: "/email",
			`{"province":"Lisboa"}`: "/province", `{"postal_code":"99001"}`: "/postal_code", `{"postal_code":"28001"}`: "/postal_code",
			`{"province":"Madrid"}`: "/postal_code", `{"first_name":"a\u0000b"}`: "/first_name", `{"first_name":"  "}`: "/first_name", `{"first_name":""}`: "/first_name",
			`{"client_type":"amigo"}`: "/client_type", `{"id":"x"}`: "", `{"first_name":"` + strings.Repeat("x", 101) + `"}`: "/first_name",
		} {
			p := s.Do("PATCH", path, body, editor).Expect(http.StatusUnprocessableEntity).Problem()
			require.Equal(t, pointer, p.Errors[0].Pointer, body)
		}
		p := s.Do("PATCH", path, `{"nif_cif":"12345678A","email":"x"}`, editor).Expect(http.StatusUnprocessableEntity).Problem()
		require.Len(t, p.Errors, 2, "all that is wrong at once")
	})
	t.Run("If-Match", func(t *testing.T) {
		tag := s.Do("GET", path, nil, editor).Expect(http.StatusOK).Header.Get("ETag")
		s.Do("PATCH", path, `{"city":"Bilbao"}`, editor, apitest.Header("If-Match", tag)).Expect(http.StatusOK)
		var both struct{ Current, Submitted map[string]any }
		s.Do("PATCH", path, `{"city":"Getxo"}`, editor, apitest.Header("If-Match", tag)).Expect(http.StatusPreconditionFailed).JSON(&both)
		require.Equal(t, "Bilbao", both.Current["city"])
		require.Equal(t, map[string]any{"city": "Getxo"}, both.Submitted)
	})
	t.Run("duplicates are named, not refused", func(t *testing.T) {
		var other customer
		s.Do("POST", "/api/admin/customers", `{"company_name":"Taller Muñoz","phone":"+34600100200","nif_cif":"12345678Z"}`, editor).Expect(http.StatusCreated).JSON(&other)
		require.Equal(t, "Taller Muñoz", other.DisplayName)
		require.Equal(t, c.ID, other.Duplicates[0].ID)
		require.Equal(t, []string{"phone", "nif_cif"}, other.Duplicates[0].Same)
	})
	t.Run("unknown", func(t *testing.T) {
		id := uuid.NewString()
		admin := apitest.Bearer(s.Token(caller.RoleAdmin))
		s.Do("GET", "/api/admin/customers/"+id, nil, editor).Expect(http.StatusNotFound)
		s.Do("PATCH", "/api/admin/customers/"+id, `{}`, editor).Expect(http.StatusNotFound)
		s.Do("GET", "/api/admin/customers/"+id+"/export", nil, admin).Expect(http.StatusNotFound)
		s.Do("POST", "/api/admin/customers/"+id+"/anonymise", `{"confirm":"x"}`, admin).Expect(http.StatusNotFound)
		s.Do("POST", "/api/admin/customers/"+id+"/merge", map[string]string{"duplicate_id": c.ID}, editor).Expect(http.StatusNotFound)
		s.Do("POST", path+"/merge", map[string]string{"duplicate_id": id}, editor).Expect(http.StatusNotFound)
		require.Equal(t, "same_customer", s.Do("POST", path+"/merge", map[string]string{"duplicate_id": c.ID}, editor).Expect(http.StatusConflict).Problem().Code)
	})
}

// TestWhatPeopleEnteredStays: the nickname is no legal name, and later webhooks
// change nothing that people entered.
func TestWhatPeopleEnteredStays(t *testing.T) {
	t.Parallel()
	s := apitest.New(t)
	editor := apitest.Bearer(s.Token(caller.RoleEditor))
	var called customer
	s.Do("POST", "/api/admin/customers", `{"first_name":"Ana","phone":"600100200"}`, editor).Expect(http.StatusCreated).JSON(&called)
	writes(t, s, 7, 70, 700, "anita 🌸", "+34600100200", "hola")
	var c customer
	path := "/api/admin/customers/" + called.ID
	s.Do("GET", path, nil, editor).Expect(http.StatusOK).JSON(&c)
	require.Equal(t, int64(7), c.Contacts[0].ContactID, "who called before is known by the phone")
	require.Equal(t, []string{"Ana", "anita 🌸", "professional"}, []string{c.DisplayName, c.WhatsAppName, *c.ClientType})
	s.Do("PATCH", path, `{"client_type":"particular","phone":"+34600100299"}`, editor).Expect(http.StatusOK).JSON(&c)
	version := c.Version
	writes(t, s, 7, 70, 701, "ANITA", "+34600100200", "¿hola?")
	s.Do("GET", path, nil, editor).Expect(http.StatusOK).JSON(&c)
	require.Equal(t, []string{"Ana", "ANITA", "particular", "+34600100299"}, []string{c.DisplayName, c.WhatsAppName, *c.ClientType, *c.Phone})
	require.Equal(t, version+1, c.Version, "the nickname changed")
	writes(t, s, 7, 70, 702, "ANITA", "+34600100200", "¿hay alguien?")
	s.Do("GET", path, nil, editor).Expect(http.StatusOK).JSON(&c)
	require.Equal(t, version+1, c.Version, "a message alone is no change")
	require.Equal(t, 3, c.Statistics.Messages)
}

func TestCustomerSearch(t *testing.T) {
	t.Parallel()
	s := apitest.New(t)
	editor := apitest.Bearer(s.Token(caller.RoleEditor))
	at := time.Now()
	for i, body := range []string{
		`{"first_name":"José","last_name":"Muñoz Ibáñez","phone":"600111222","client_type":"particular"}`,
		`{"company_name":"Talleres Pérez 100%_fiable\\","email":"info@perez.es","client_type":"professional"}`,
		`{"first_name":"Zoë","nif_cif":"12345678Z"}`,
	} {
		s.Clock.Set(at.Add(time.Duration(i) * time.Second))
		s.Do("POST", "/api/admin/customers", body, editor).Expect(http.StatusCreated)
	}
	search := func(query string) []string {
		var page customerPage
		s.Do("GET", "/api/admin/customers?"+query, nil, editor).Expect(http.StatusOK).JSON(&page)
		return names(page.Items)
	}
	jose, taller, zoe := "José Muñoz Ibáñez", `Talleres Pérez 100%_fiable\`, "Zoë"
	for q, want := range map[string][]string{
		"munoz": {jose}, "MUÑOZ jose": {jose}, "ibañez  JOSÉ": {jose}, "600 11 12": {jose}, "+34 600111222": {jose}, "0034600111222": {jose}, "1222": {jose},
		"PEREZ": {taller}, "info@perez": {taller}, "100%_f": {taller}, `fiable\`: {taller}, "100_": {}, "%%": {}, "__": {}, `\\`: {},
		"zoe": {zoe}, "12345678z": {zoe}, "jose perez": {}, "'; DROP TABLE": {}, "es": {taller},
	} {
		require.ElementsMatch(t, want, search("q="+url.QueryEscape(q)), q)
	}
	require.Equal(t, []string{zoe, taller, jose}, search("sort=created"))
	require.Equal(t, []string{taller}, search("client_type=professional"))
	require.Equal(t, []string{}, search("client_type=professional&q=jose"))
	for _, bad := range []string{"q=", "q=a", "q=%20%20", "sort=name", "client_type=x", "cursor=x", "limit=0", "limit=201", "q=" + strings.Repeat("x", 101)} {
		s.Do("GET", "/api/admin/customers?"+bad, nil, editor).Expect(http.StatusUnprocessableEntity)
	}
	s.Do("GET", "/api/admin/customers?q=a%00b", nil, editor).Expect(http.StatusUnprocessableEntity)
	for _, list := range []string{"sort=created", "sort=last_activity", "q=es&sort=created", "q=60"} {
		var all []string
		cursor := ""
		for {
			var page customerPage
			s.Do("GET", "/api/admin/customers?limit=1&"+list+cursor, nil, editor).Expect(http.StatusOK).JSON(&page)
			all = append(all, names(page.Items)...)
			if page.NextCursor == nil {
				break
			}
			cursor = "&cursor=" + *page.NextCursor
		}
		require.Equal(t, search(list), all, "page by page: %s", list)
	}
}

func TestMergeCustomers(t *testing.T) {
	t.Parallel()
	s := apitest.New(t)
	editor := apitest.Bearer(s.Token(caller.RoleEditor))
	writes(t, s, 1, 10, 100, "Ana", "+34600100200", "hola")
	writes(t, s, 2, 20, 200, "Ana (trabajo)", "+34911222333", "hola desde el trabajo")
	find := func(q string) (c customer) {
		var page customerPage
		s.Do("GET", "/api/admin/customers?q="+url.QueryEscape(q), nil, editor).Expect(http.StatusOK).JSON(&page)
		require.Len(t, page.Items, 1)
		s.Do("GET", "/api/admin/customers/"+page.Items[0].ID, nil, editor).Expect(http.StatusOK).JSON(&c)
		return c
	}
	keep, double := find("600100200"), find("trabajo")
	s.Do("PATCH", "/api/admin/customers/"+double.ID, `{"email":"ana@taller.es","province":"Madrid","postal_code":"28001"}`, editor).Expect(http.StatusOK)
	path := "/api/admin/customers/" + keep.ID
	for range 2 { // the second time changes nothing
		var c customer
		s.Do("POST", path+"/merge", map[string]string{"duplicate_id": double.ID}, editor).Expect(http.StatusOK).JSON(&c)
		require.Equal(t, "+34600100200", *c.Phone, "what was known stays")
		require.Equal(t, []string{"ana@taller.es", "28001"}, []string{*c.Email, *c.PostalCode})
		require.Contains(t, c.StaffFields, "email")
		require.Len(t, c.Contacts, 2)
		require.Equal(t, 2, c.Statistics.Conversations)
		require.Equal(t, 2, c.Version)
	}
	s.Do("GET", "/api/admin/customers/"+double.ID, nil, editor).Expect(http.StatusNotFound)
	s.Do("POST", "/api/admin/customers/"+double.ID+"/merge", map[string]string{"duplicate_id": keep.ID}, editor).Expect(http.StatusNotFound)

	writes(t, s, 2, 20, 201, "Ana (trabajo)", "+34911222333", "otra vez")
	writes(t, s, 2, 21, 202, "Ana (trabajo)", "+34911222333", "y en otro hilo")
	var c customer
	s.Do("GET", path, nil, editor).Expect(http.StatusOK).JSON(&c)
	require.Equal(t, 3, c.Statistics.Conversations, "the other contact is this customer now")
	require.Equal(t, 4, c.Statistics.Messages)
	var n int
	require.NoError(t, s.Pool.QueryRow(t.Context(), "SELECT count(*) FROM customers").Scan(&n))
	require.Equal(t, 1, n)

	t.Run("again into a third", func(t *testing.T) {
		var third customer
		s.Do("POST", "/api/admin/customers", `{"first_name":"Ana"}`, editor).Expect(http.StatusCreated).JSON(&third)
		for range 2 {
			s.Do("POST", "/api/admin/customers/"+third.ID+"/merge", map[string]string{"duplicate_id": keep.ID}, editor).Expect(http.StatusOK).JSON(&third)
		}
		s.Do("POST", "/api/admin/customers/"+third.ID+"/merge", map[string]string{"duplicate_id": double.ID}, editor).Expect(http.StatusOK).JSON(&third)
		require.Equal(t, 3, third.Statistics.Conversations)
	})
}

// TestMergeWhileTheyWrite merges both ways at once while both customers write.
func TestMergeWhileTheyWrite(t *testing.T) {
	t.Parallel()
	s := apitest.New(t)
	editor := apitest.Bearer(s.Token(caller.RoleEditor))
	writes(t, s, 1, 10, 100, "Uno", "+34600100201", "hola")
	writes(t, s, 2, 20, 200, "Dos", "+34600100202", "hola")
	var page customerPage
	s.Do("GET", "/api/admin/customers", nil, editor).Expect(http.StatusOK).JSON(&page)
	a, b := page.Items[0].ID, page.Items[1].ID
	var wg sync.WaitGroup
	statuses := make([]int, 2)
	for i, pair := range [][2]string{{a, b}, {b, a}} {
		wg.Go(func() {
			statuses[i] = s.Do("POST", "/api/admin/customers/"+pair[0]+"/merge", map[string]string{"duplicate_id": pair[1]}, editor).Status
		})
	}
	for i := range int64(20) {
		wg.Go(func() { writes(t, s, i%2+1, 30+i, 1000+i, "Alguien", "", "hola") })
	}
	wg.Wait()
	require.ElementsMatch(t, []int{http.StatusOK, http.StatusNotFound}, statuses)
	var customers, conversations int
	require.NoError(t, s.Pool.QueryRow(t.Context(), "SELECT count(*), (SELECT count(*) FROM conversations) FROM customers").Scan(&customers, &conversations))
	require.Equal(t, []int{1, 22}, []int{customers, conversations})
}

func TestExportCustomer(t *testing.T) {
	t.Parallel()
	s := apitest.New(t)
	admin := apitest.Bearer(s.Token(caller.RoleAdmin))
	writes(t, s, 1, 10, 100, "Ana", "+34600100200", "hola")
	writes(t, s, 1, 11, 101, "Ana", "+34600100200", "en otro hilo")
	var page customerPage
	s.Do("GET", "/api/admin/customers", nil, admin).JSON(&page)
	id := page.Items[0].ID
	_, err := s.Pool.Exec(t.Context(), `INSERT INTO quotes (id, conversation_id, category_id, catalogue_revision, request, result, total, is_provisional, created_at)
		SELECT gen_random_uuid(), c.id, v.id, 1, '{"Text":"escape"}', '{"total":"1.00"}', 1, false, now() FROM conversations c, vehicle_categories v LIMIT 1`)
	require.NoError(t, err)
	_, err = s.Pool.Exec(t.Context(), `INSERT INTO escalations (id, conversation_id, source, reason, created_at) SELECT gen_random_uuid(), id, 'error', 'x', now() FROM conversations LIMIT 1`)
	require.NoError(t, err)
	var out struct {
		Customer      customer
		Conversations []struct {
			Messages    []struct{ Author, Content string }
			Quotes      []struct{ Request map[string]any }
			Escalations []struct{ Reason string }
		}
	}
	s.Do("GET", "/api/admin/customers/"+id+"/export", nil, admin).Expect(http.StatusOK).JSON(&out)
	require.Equal(t, "+34600100200", *out.Customer.Phone)
	require.Len(t, out.Conversations, 2)
	require.Equal(t, "hola", out.Conversations[0].Messages[0].Content)
	require.Equal(t, "escape", append(out.Conversations[0].Quotes, out.Conversations[1].Quotes...)[0].Request["Text"])
	require.Len(t, append(out.Conversations[0].Escalations, out.Conversations[1].Escalations...), 1)
	var n int
	require.NoError(t, s.Pool.QueryRow(t.Context(), "SELECT count(*) FROM audit_log WHERE action = 'export' AND entity_id = $1", id).Scan(&n))
	require.Equal(t, 1, n, "who took it is known")

	t.Run("then anonymise", func(t *testing.T) {
		path := "/api/admin/customers/" + id + "/anonymise"
		require.Equal(t, "not_confirmed", s.Do("POST", path, `{"confirm":"Eva"}`, admin).Expect(http.StatusUnprocessableEntity).Problem().Code)
		s.Do("POST", path, `{}`, admin).Expect(http.StatusUnprocessableEntity)
		s.Do("POST", path, `{"confirm":" ana "}`, admin).Expect(http.StatusOK)
		require.Equal(t, "customer_anonymised", s.Do("POST", path, `{"confirm":"ana"}`, admin).Expect(http.StatusConflict).Problem().Code)
		s.Do("GET", "/api/admin/customers/"+id+"/export", nil, admin).Expect(http.StatusOK)
	})
}
