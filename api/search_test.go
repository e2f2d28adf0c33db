package api_test

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/msia/msia/internal/apitest"
	"github.com/msia/msia/internal/caller"
	"github.com/msia/msia/internal/catalogue"
	"github.com/msia/msia/internal/search"
	"github.com/msia/msia/internal/testdb"
)

type hit struct {
	Kind, ID, Title, Subtitle string
	Match, Category           *string
}

func searched(s *apitest.Server, q string, options ...apitest.Option) []hit {
	var found struct{ Items []hit }
	s.Do("GET", "/api/admin/search?q="+url.QueryEscape(q), nil, options...).Expect(http.StatusOK).JSON(&found)
	return found.Items
}

func kinds(hits []hit) []string {
	out := []string{}
	for _, h := range hits {
		if !slices.Contains(out, h.Kind) {
			out = append(out, h.Kind)
		}
	}
	return out
}

func TestSearchFindsEverything(t *testing.T) {
	t.Parallel()
	b := newCases(t)
	s := b.Server
	viewer := apitest.Bearer(s.Token(caller.RoleViewer))
	c := b.open()
	b.Do("PATCH", "/api/cases/"+c.ID, `{"data":{"vehicle":{"plate":"1234 BCD","vin":"JH2PC35051M200123","make":"Honda","model":"CB 500"},
		"personal":{"first_name":"Íñigo","last_name":"Muñoz","nif":"12345678Z","phone":"611222333","email":"im@example.com"}}}`, b.editor).Expect(http.StatusOK)
	other := b.open() // without data: the customer's name
	writes(t, s, 1, 10, 100, "Nuria Muñoz", "+34600100201", "hola")

	for _, q := range []string{
		"1234bcd", "1234 bcd", "1234-BCD", "12.345.678-z", "611 22 23 33", "+34611222333", "0034 611222333", c.Number,
		c.Number[:5] + c.Number[10:], "jh2pc35051m200123", "IM@example.com",
	} {
		found := searched(s, q, viewer)
		require.NotEmpty(t, found, q)
		require.Equal(t, []string{"case", c.ID}, []string{found[0].Kind, found[0].ID}, q)
	}
	require.Equal(t, hit{Kind: "case", ID: c.ID, Title: c.Number, Subtitle: "Íñigo Muñoz · 1234BCD · Honda CB 500"}, searched(s, "1234BCD", viewer)[0])
	require.Equal(t, "12345678Z", *searched(s, "12345678z", viewer)[0].Match, "what is not shown is told")
	require.Equal(t, "Ana", searched(s, other.Number, viewer)[0].Subtitle)
	require.Equal(t, []string{"case", "customer", "conversation"}, kinds(searched(s, "munoz", viewer)))
	require.Equal(t, []string{"customer", "conversation"}, kinds(searched(s, "600100201", viewer)))
	require.Equal(t, []string{"Nuria Muñoz", "+34600100201 · 1 mensaje"}, []string{searched(s, "MUÑOZ nuria", viewer)[1].Title, searched(s, "MUÑOZ nuria", viewer)[1].Subtitle})
	require.Empty(t, searched(s, "muñoz nadie", viewer))

	found := searched(s, "escape", viewer)
	require.Equal(t, []string{"element", "motos-part"}, []string{found[0].Kind, *found[0].Category}, "the code itself comes first")
	require.Contains(t, found[0].Subtitle, "ESCAPE · ")
	keyword := searched(s, "silencioso", viewer)
	require.Equal(t, "element", keyword[0].Kind)
	require.Contains(t, *keyword[0].Match, "silencioso")
	require.Equal(t, []string{"tier"}, kinds(searched(s, "T6", viewer)))
	require.Equal(t, []string{"category"}, kinds(searched(s, "motos-part", viewer)))
	require.NotContains(t, kinds(searched(s, "test-viewer", viewer)), "account", "accounts are an admin's")
	admin := apitest.Bearer(s.Token(caller.RoleAdmin))
	require.Equal(t, []string{"account"}, kinds(searched(s, "TEST-viewer", admin)))

	for _, bad := range []string{"", "q=", "q=a", "q=%20%20", "q=ab&limit=0", "q=ab&limit=21", "q=a%00b"} {
		s.Do("GET", "/api/admin/search?"+bad, nil, viewer).Expect(http.StatusUnprocessableEntity)
	}
	var one struct{ Items []hit }
	s.Do("GET", "/api/admin/search?q=t6&limit=1", nil, viewer).Expect(http.StatusOK).JSON(&one)
	require.Len(t, one.Items, 1)
}

// TestSearchFollowsIndexes: however much there is, a search reads no large table
// whole, and what is meant exactly is first.
func TestSearchFollowsIndexes(t *testing.T) {
	t.Parallel()
	pool := testdb.NewBulk(t)
	plans := testdb.NewPlans(t, pool)
	service := search.New(plans, catalogue.NewCache(pool, time.Now))
	for _, q := range []string{"4321 BCD", "2026-4321", "600 004 321", "c4321@example.com", "00004321x garcía", "muñoz pau"} {
		hits, err := service.Find(t.Context(), q, 5)
		require.NoError(t, err)
		require.NotEmpty(t, hits, q)
		require.Empty(t, plans.Whole(), q)
		require.Subset(t, []string{"cases_search_idx", "customers_search_idx", "conversations_customer_idx", "customers_pkey"}, plans.Indexes(), q)
		require.LessOrEqual(t, len(hits), 15)
		if q == "2026-4321" {
			require.Equal(t, "2026-004321", hits[0].Title, fmt.Sprint(hits))
		}
	}
}
