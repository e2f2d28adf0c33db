package tariffs_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/msia/msia/internal/catalogue"
	"github.com/msia/msia/internal/money"
	"github.com/msia/msia/internal/seed"
	"github.com/msia/msia/internal/tariffs"
)

func shipped(t require.TestingT) *catalogue.Snapshot {
	snapshot, err := seed.DefaultSnapshot()
	require.NoError(t, err)
	return snapshot
}

// request reads "CODE CODE*3 service service*2".
func request(t require.TestingT, text string) tariffs.Request {
	var req tariffs.Request
	for _, word := range strings.Fields(text) {
		code, count, found := strings.Cut(word, "*")
		quantity := 1
		if found {
			n, err := strconv.Atoi(count)
			require.NoError(t, err)
			quantity = n
		}
		if code == strings.ToLower(code) {
			req.Services = append(req.Services, tariffs.RequestedService{Code: code, Quantity: quantity})
		} else {
			req.Elements = append(req.Elements, tariffs.RequestedElement{Code: code, Quantity: quantity})
		}
	}
	return req
}

// The prices of the published sheets, on the shipped data and on the hand-made
// transcription.
var published = map[string][]struct{ set, tier, subtotal, coveredBy string }{
	"motos-part": {
		{"ESCAPE", "T6", "140.00", "T4"},
		{"ESCAPE*4", "T6", "140.00", "T4"}, // a line is one element, whatever its quantity
		{"ESCAPE MANILLAR", "T5", "175.00", ""},
		{"ESCAPE MANILLAR ESPEJOS", "T4", "220.00", ""},
		{"SUSPENSION_TRAS", "T3", "280.00", "T3"},
		{"SUSPENSION_TRAS ESCAPE MANILLAR", "T3", "280.00", ""},
		{"SUSPENSION_TRAS ESCAPE MANILLAR ESPEJOS", "T2", "325.00", ""},
		{"SUSPENSION_DEL SUSPENSION_TRAS", "T2", "325.00", ""},
		{"SUSPENSION_DEL SUSPENSION_TRAS FRENADO_LATIGUILLOS", "T1", "410.00", ""},
		{"SUSPENSION_TRAS ESCAPE MANILLAR ESPEJOS FILTRO TIJAS", "T1", "410.00", ""},
		{"FRENADO_DISCOS", "T1", "410.00", "T1"},
		{"SUBCHASIS MANILLAR", "T1", "410.00", ""},
		{"AUMENTO_PLAZAS", "T2", "325.00", "T2"},
		{"AUMENTO_PLAZAS SUSPENSION_DEL SUSPENSION_TRAS ESCAPE MANILLAR ESPEJOS FILTRO", "T2", "325.00", ""},
		{"ESCAPE MANILLAR tramitacion_urgente", "T5", "275.00", ""},
		{"ESCAPE ayuda_digital*3", "T6", "230.00", "T4"},
	},
	"aseicars-prof": {
		{"TOLDO_SIMPLE", "T6", "59.00", "T6"},
		{"TOLDO_SIMPLE*3", "T5", "65.00", "T6"},
		{"TOLDO_SIMPLE*4", "T4", "135.00", "T6"},
		{"TOLDO_SIMPLE ANTENA_PAR", "T5", "65.00", ""},
		{"TOLDO_SIMPLE ANTENA_PAR CLARABOYA", "T4", "135.00", ""},
		{"CLARABOYA*2", "T4", "135.00", "T4"},
		{"PLACA_SOLAR_BASICA*2", "T6", "59.00", "T6"}, // two panels are one element
		{"PLACA_SOLAR_BASICA*3", "T5", "65.00", "T6"},
		{"PLACA_SOLAR_BASICA*6", "T5", "65.00", "T6"},
		{"PLACA_SOLAR_BASICA*7", "T4", "135.00", "T6"},
		{"PLACA_SOLAR_MALETERO*2", "T5", "65.00", "T5"},
		{"PLACA_SOLAR_MALETERO*3", "T4", "135.00", "T5"},
		{"PLACA_SOLAR_MALETERO TOLDO_SIMPLE*3", "T5", "65.00", ""},
		{"PLACA_SOLAR_SIMPLE*2", "T3", "180.00", "T3"},
		{"PLACA_SOLAR_SIMPLE*4", "T2", "230.00", "T3"},
		{"PLACA_SOLAR_SIMPLE*5", "T1", "270.00", "T3"},
		{"FAROS_LA_2F*2", "T4", "135.00", "T4"},
		{"FAROS_LA_2F*99", "T4", "135.00", "T4"},
		{"ESCALON_ELEC", "T3", "180.00", "T3"},
		{"ESCALON_ELEC*2", "T2", "230.00", "T3"},
		{"ESCALON_ELEC CLARABOYA", "T1", "270.00", ""},
		{"ESCALON_ELEC TOLDO_SIMPLE*9", "T3", "180.00", ""},
		{"AUMENTO_PLAZAS", "T1", "385.00", "T1"},
		{"AUMENTO_PLAZAS*5", "T1", "385.00", "T1"}, // the surcharge is added once
		{"MMTA_CON_ENSAYO AUMENTO_PLAZAS", "T1", "885.00", ""},
		{"GLP_DEPOSITO certificado_gas", "T3", "245.00", "T3"},
	},
}

func TestPublishedPrices(t *testing.T) {
	t.Parallel()
	snapshot := shipped(t)
	for slug, rows := range published {
		for source, c := range map[string]*catalogue.Category{
			"shipped": snapshot.BySlug(slug), "transcribed": transcribed()[slug],
		} {
			for _, row := range rows {
				t.Run(source+"/"+slug+"/"+row.set, func(t *testing.T) {
					t.Parallel()
					q, err := tariffs.Calculator{}.Calculate(c, money.MustParse("21"), request(t, row.set))
					require.NoError(t, err)
					require.Equal(t, row.tier, q.Tier.Code)
					require.Equal(t, row.subtotal, q.Subtotal.String())
					if row.coveredBy != "" {
						require.Equal(t, row.coveredBy, q.Lines[0].CoveredBy)
					}
				})
			}
		}
	}
}

func transcribed() map[string]*catalogue.Category {
	return map[string]*catalogue.Category{
		"motos-part": tariffs.PublishedMotos(), "aseicars-prof": tariffs.PublishedMotorhomes(),
	}
}

// The shipped sheets and the transcription give the same price, lines, limits
// and extras for any set.
func TestShippedSheetsAreThePublishedOnes(t *testing.T) {
	t.Parallel()
	snapshot := shipped(t)
	for slug, want := range transcribed() {
		got := snapshot.BySlug(slug)
		require.Len(t, got.Tiers, len(want.Tiers))
		require.Len(t, got.Services, len(want.Services))
		var priced []string
		for _, e := range got.Elements {
			twin := want.Element(e.Code)
			require.NotNil(t, twin, e.Code)
			require.Equal(t, twin.IsGeneric, e.IsGeneric, e.Code)
			require.Equal(t, twin.IsActive, e.IsActive, e.Code)
			if e.IsActive && !e.IsGeneric {
				priced = append(priced, e.Code)
			}
		}
		require.Len(t, got.Elements, len(want.Elements))
		t.Run(slug, rapid.MakeCheck(func(t *rapid.T) {
			var req tariffs.Request
			for _, code := range rapid.SliceOfNDistinct(rapid.SampledFrom(priced), 1, 8, rapid.ID[string]).Draw(t, "set") {
				req.Elements = append(req.Elements, tariffs.RequestedElement{
					Code: code, Quantity: rapid.IntRange(1, 9).Draw(t, code),
				})
			}
			for _, s := range want.Services {
				if rapid.Bool().Draw(t, s.Code) {
					req.Services = append(req.Services, tariffs.RequestedService{Code: s.Code, Quantity: 1})
				}
			}
			a, err := tariffs.Calculator{}.Calculate(got, snapshot.IVAPercent, req)
			require.NoError(t, err)
			b, err := tariffs.Calculator{}.Calculate(want, money.MustParse("21"), req)
			require.NoError(t, err)
			require.Equal(t, b.Tier.Code, a.Tier.Code)
			require.Equal(t, b.Tier.RequiresProject, a.Tier.RequiresProject)
			require.Equal(t, b.Total.String(), a.Total.String())
			require.ElementsMatch(t, b.ReviewCodes, a.ReviewCodes)
			require.Equal(t, coverage(b), coverage(a))
			require.Len(t, a.RejectedTiers, len(b.RejectedTiers))
		}))
	}
}

func coverage(q tariffs.Quote) map[string]string {
	out := map[string]string{}
	for _, l := range q.Lines {
		out[l.Code] = fmt.Sprint(l.CountsAs, l.CoveredBy)
	}
	return out
}

func TestQuoteOfTheContract(t *testing.T) {
	t.Parallel()
	snapshot := shipped(t)
	q, err := tariffs.Calculator{}.Calculate(snapshot.BySlug("motos-part"), snapshot.IVAPercent,
		request(t, "MANILLAR ESCAPE tramitacion_urgente"))
	require.NoError(t, err)
	body, err := json.Marshal(q)
	require.NoError(t, err)
	var got map[string]any
	require.NoError(t, json.Unmarshal(body, &got))

	require.Equal(t, "motos-part", got["category"].(map[string]any)["slug"])
	require.Equal(t, "particular", got["category"].(map[string]any)["client_type"])
	tier := got["tier"].(map[string]any)
	require.Equal(t, "T5", tier["code"])
	require.Equal(t, "175.00", tier["price"])
	require.Equal(t, false, tier["requires_project"])
	require.Equal(t, "275.00", got["subtotal"])
	require.Equal(t, "21.00", got["iva_percent"])
	require.Equal(t, "57.75", got["iva"])
	require.Equal(t, "332.75", got["total"])
	require.Equal(t, "EUR", got["currency"])
	require.Equal(t, false, got["provisional"])
	require.Equal(t, []any{}, got["review_codes"])
	lines := got["lines"].([]any)
	require.Equal(t, "ESCAPE", lines[0].(map[string]any)["code"])
	require.Equal(t, map[string]any{
		"code": "MANILLAR", "name": q.Lines[1].Name, "quantity": 1.0, "counts_as": 1.0, "covered_by": "T4", "surcharge": "0.00",
	}, lines[1])
	require.Equal(t, []any{map[string]any{
		"code": "T6", "price": "140.00", "reason": "Cubre 1 elemento de T4; el conjunto tiene 2.",
	}}, got["rejected_tiers"])
	service := got["services"].([]any)[0].(map[string]any)
	require.Equal(t, "tramitacion_urgente", service["code"])
	require.Equal(t, "100.00", service["price"])
	for _, list := range []string{"warnings", "documentation", "suggested_services"} {
		require.IsType(t, []any{}, got[list], list)
	}
}

func TestReasons(t *testing.T) {
	t.Parallel()
	c := tariffs.PublishedMotos()
	for code, name := range map[string]string{
		"SUSPENSION_DEL": "Suspensión delantera", "SUSPENSION_TRAS": "Suspensión trasera",
		"FRENADO_LATIGUILLOS": "Latiguillos", "HORQUILLA": "Horquilla completa", "SUBCHASIS": "Subchasis",
		"FRENADO_DISCOS": "Discos", "FRENADO_PINZAS": "Pinzas", "FRENADO_BOMBAS": "Bombas",
		"INTERMITENTES_DEL": "Intermitentes delanteros",
	} {
		c.Element(code).Name = name
	}
	// One more tier, for sets that compete for several lists at once.
	one := 1
	c.Tiers = append(c.Tiers, &catalogue.Tier{
		Code: "T9", Price: money.MustParse("1"), IsActive: true, SortOrder: 9, OwnMax: &one,
		Own:      []string{"SUSPENSION_DEL", "INTERMITENTES_DEL", "HORQUILLA"},
		Includes: []catalogue.Inclusion{{TierCode: "T3", Max: &one}},
	})
	catalogue.NewSnapshot(1, money.MustParse("21"), []*catalogue.Category{c})
	for _, row := range []struct{ set, tier, reason string }{
		{"ESCAPE MANILLAR", "T6", "Cubre 1 elemento de T4; el conjunto tiene 2."},
		{"ESCAPE MANILLAR ESPEJOS", "T5", "Cubre 2 elementos de T4; el conjunto tiene 3."},
		{"HORQUILLA ESCAPE", "T4", "No cubre Horquilla completa."},
		{"HORQUILLA SUBCHASIS ESCAPE", "T2", "No cubre Horquilla completa ni Subchasis."},
		{"HORQUILLA SUBCHASIS FRENADO_DISCOS FRENADO_PINZAS FRENADO_BOMBAS", "T6", "No cubre Bombas, Discos, Pinzas ni otros 2."},
		{"SUSPENSION_DEL SUSPENSION_TRAS FRENADO_LATIGUILLOS", "T3", "De Latiguillos, Suspensión delantera y Suspensión trasera cubre como mucho 1; el conjunto tiene 3."},
		{"SUSPENSION_DEL SUSPENSION_TRAS FRENADO_LATIGUILLOS", "T2", "Cubre 2 elementos de T3; el conjunto tiene 3."},
		{"HORQUILLA INTERMITENTES_DEL", "T9", "De Horquilla completa e Intermitentes delanteros cubre como mucho 1; el conjunto tiene 2."},
		{"INTERMITENTES_DEL SUSPENSION_DEL SUSPENSION_TRAS", "T9", "De Intermitentes delanteros, Suspensión delantera y Suspensión trasera cubre como mucho 2; el conjunto tiene 3."},
		// Suspensión delantera has a place elsewhere: it does not compete.
		{"SUSPENSION_DEL SUSPENSION_TRAS FRENADO_LATIGUILLOS", "T9", "De Latiguillos y Suspensión trasera cubre como mucho 1; el conjunto tiene 2."},
	} {
		t.Run(row.set+" "+row.tier, func(t *testing.T) {
			t.Parallel()
			q, err := tariffs.Calculator{}.Calculate(c, money.MustParse("21"), request(t, row.set))
			require.NoError(t, err)
			i := slices.IndexFunc(q.RejectedTiers, func(r tariffs.RejectedTier) bool { return r.Code == row.tier })
			require.GreaterOrEqual(t, i, 0)
			require.Equal(t, row.reason, q.RejectedTiers[i].Reason)
		})
	}
}

// A tier at 0 € is as good as any other.
func TestFreeTier(t *testing.T) {
	t.Parallel()
	c := tariffs.PublishedMotos()
	c.Tier("T6").Price = money.Amount{}
	q, err := tariffs.Calculator{}.Calculate(c, money.MustParse("21"), request(t, "ESCAPE"))
	require.NoError(t, err)
	require.Equal(t, "T6", q.Tier.Code)
	require.Equal(t, "0.00", q.Total.String())
	require.Empty(t, q.RejectedTiers)
}

// At the same price the lowest sort order is chosen, and the other is not
// called cheaper.
func TestEqualPrices(t *testing.T) {
	t.Parallel()
	c := tariffs.PublishedMotos()
	c.Tier("T5").Price = c.Tier("T6").Price
	q, err := tariffs.Calculator{}.Calculate(c, money.MustParse("21"), request(t, "ESCAPE"))
	require.NoError(t, err)
	require.Equal(t, "T5", q.Tier.Code)
	require.Empty(t, q.RejectedTiers)

	c.Tier("T6").SortOrder = 0
	q, err = tariffs.Calculator{}.Calculate(c, money.MustParse("21"), request(t, "ESCAPE MANILLAR"))
	require.NoError(t, err)
	require.Equal(t, "T5", q.Tier.Code)
	require.Empty(t, q.RejectedTiers, "T6 was tried first but costs the same")
}
