package seed_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/msia/msia/internal/catalogue"
	"github.com/msia/msia/internal/seed"
)

// sheet is a published price sheet, written down a second time by hand from the
// printed one: what the data files are checked against.
type sheet struct {
	units      int // 0: a line counts as one whatever its quantity
	tiers      []string
	own        map[string]string
	services   []string
	parents    map[string]string
	suggested  map[string]string
	surcharges map[string]string
	perElement map[string]int
	review     string
	inactive   string
	counts     counts
}

type counts struct{ elements, generic, photos, fields, warnings int }

var sheets = map[string]sheet{
	"motos-part": {
		tiers: []string{ // code, price, project, own max, includes
			"T1 410.00 project own* T2* T3* T4*",
			"T2 325.00 project own1 T3:2 T4:4",
			"T3 280.00 project own1 T4:2",
			"T4 220.00 - own*",
			"T5 175.00 - own0 T4:2",
			"T6 140.00 - own0 T4:1",
		},
		own: map[string]string{
			"T1": "CAMBIO_MOTOR DISTANCIA_EJES FRENADO_BOMBAS FRENADO_DISCOS FRENADO_PINZAS HORQUILLA RUEDAS_CON_ENSAYO SUBCHASIS",
			"T2": "AUMENTO_PLAZAS",
			"T3": "CARENADO CARROCERIA FRENADO_DEPOSITO FRENADO_EQUIVALENTES FRENADO_LATIGUILLOS SOPORTE_FARO " +
				"SOPORTE_VELOCIMETRO SUSPENSION_DEL SUSPENSION_TRAS",
			"T4": "ANTINIEBLAS ASIDEROS ASIENTO CABALLETE CATADIOPTRICO CLAUSOR DEPOSITO ESCAPE ESPEJOS ESTRIBERAS " +
				"FAROS_LARGO_ALCANCE FARO_DELANTERO FILTRO GUARDABARROS_DEL GUARDABARROS_TRAS INTERMITENTES_DEL " +
				"INTERMITENTES_TRAS LLANTAS LUZ_MATRICULA MALETAS MANDOS_AVANZADOS MANDOS_MANILLAR MANILLAR MATRICULA " +
				"NEUMATICOS PILOTO_FRENO STARTER TIJAS VELOCIMETRO",
		},
		services: []string{
			"certificado_taller 85.00", "tramitacion_urgente 100.00", "laboratorio_sin_proyecto 25.00",
			"laboratorio_con_proyecto 75.00", "ayuda_digital 30.00", "ensayo_frenada 375.00", "ensayo_direccion 400.00",
			"ensayo_combinado 725.00", "coordinacion_ensayo 50.00",
		},
		parents: map[string]string{
			"SUSPENSION":    "SUSPENSION_DEL SUSPENSION_TRAS",
			"INTERMITENTES": "INTERMITENTES_DEL INTERMITENTES_TRAS",
			"LUCES":         "ANTINIEBLAS CATADIOPTRICO FAROS_LARGO_ALCANCE FARO_DELANTERO LUZ_MATRICULA PILOTO_FRENO",
			"FRENADO": "FRENADO_BOMBAS FRENADO_DEPOSITO FRENADO_DISCOS FRENADO_EQUIVALENTES FRENADO_LATIGUILLOS " +
				"FRENADO_PINZAS",
			"RUEDAS":       "LLANTAS NEUMATICOS RUEDAS_CON_ENSAYO",
			"GUARDABARROS": "GUARDABARROS_DEL GUARDABARROS_TRAS",
		},
		suggested: map[string]string{
			"DISTANCIA_EJES": "ensayo_direccion", "HORQUILLA": "ensayo_direccion ensayo_frenada",
			"FRENADO_DISCOS": "ensayo_frenada", "FRENADO_PINZAS": "ensayo_frenada", "FRENADO_BOMBAS": "ensayo_frenada",
			"FILTRO": "laboratorio_sin_proyecto", "VELOCIMETRO": "laboratorio_sin_proyecto", "ASIENTO": "laboratorio_sin_proyecto",
		},
		surcharges: map[string]string{},
		perElement: map[string]int{},
		review:     "AUMENTO_PLAZAS",
		counts:     counts{elements: 53, generic: 6, photos: 90, fields: 151, warnings: 29},
	},
	"aseicars-prof": {
		units: 1,
		tiers: []string{
			"T1 270.00 project own* T2* T3* T4* T5* T6*",
			"T2 230.00 project own1 T3:2 T6*",
			"T3 180.00 project own1 T6*",
			"T4 135.00 - own* T5* T6*",
			"T5 65.00 - own1 T6:3",
			"T6 59.00 - own1",
		},
		own: map[string]string{
			"T1": "AUMENTO_PLAZAS MMTA_CON_ENSAYO MMTA_SIN_ENSAYO REFUERZO_SUSP_COMPLEJO",
			"T2": "BACA_TECHO BOLA_CON_MMR BOLA_SIN_MMR BRAZO_PORTA DEFENSAS_DEL KIT_ESTAB PORTAMOTOS " +
				"REFUERZO_SUSP_SENCILLO SUSP_NEUM_EST SUSP_NEUM_FULL",
			"T3": "CAMBIO_CLASIFICACION CAMBIO_CLASIFICACION_SIN CIERRES_EXT DEPOSITO_AGUA ELECTRICO_INTERIOR ESCALON_ELEC " +
				"GAS_INTERIOR GLP_DEPOSITO GLP_DUOCONTROL GLP_KIT_BOMB LLANTAS_ALETINES LUCES_CORTESIA MOBILIARIO " +
				"NEVERA_COMPRESOR PLACA_SOLAR_SIMPLE",
			"T4": "BOLA_SIN_PROYECTO CLARABOYA FAROS_LA_1D FAROS_LA_2F GALIBOS LUCES_ADICIONALES NEUMATICOS_NO_EQUIV " +
				"PORTABICIS TOMAS_EXTERNAS VENTANA_PORTON",
			"T5": "PLACA_SOLAR_MALETERO",
			"T6": "ANTENA_PAR PLACA_SOLAR_BASICA TOLDO_GALIBO TOLDO_SIMPLE",
		},
		services: []string{
			"certificado_taller 70.00", "certificado_electrico 65.00", "certificado_gas 65.00", "laboratorio_sin_proyecto 25.00",
			"laboratorio_con_proyecto 75.00", "ayuda_digital 20.00", "redaccion_certificado 10.00", "envio_itv 20.00",
		},
		parents: map[string]string{
			"PLACA_SOLAR":            "PLACA_SOLAR_BASICA PLACA_SOLAR_MALETERO PLACA_SOLAR_SIMPLE",
			"TOLDO_LAT":              "TOLDO_GALIBO TOLDO_SIMPLE",
			"BOLA_REMOLQUE":          "BOLA_CON_MMR BOLA_SIN_MMR BOLA_SIN_PROYECTO",
			"SUSP_NEUM":              "SUSP_NEUM_EST SUSP_NEUM_FULL",
			"GLP_INSTALACION":        "GLP_DEPOSITO GLP_DUOCONTROL GLP_KIT_BOMB",
			"FAROS_LA":               "FAROS_LA_1D FAROS_LA_2F",
			"AUMENTO_MMTA":           "MMTA_CON_ENSAYO MMTA_SIN_ENSAYO",
			"REFUERZO_SUSP":          "REFUERZO_SUSP_COMPLEJO REFUERZO_SUSP_SENCILLO",
			"CAMBIO_CLASIF_GENERICO": "CAMBIO_CLASIFICACION CAMBIO_CLASIFICACION_SIN",
		},
		suggested: map[string]string{
			"ESCALON_ELEC": "certificado_electrico", "ELECTRICO_INTERIOR": "certificado_electrico",
			"PLACA_SOLAR_MALETERO": "certificado_electrico", "PLACA_SOLAR_SIMPLE": "certificado_electrico",
			"GAS_INTERIOR": "certificado_gas", "GLP_KIT_BOMB": "certificado_gas", "GLP_DEPOSITO": "certificado_gas",
			"GLP_DUOCONTROL": "certificado_gas", "TOMAS_EXTERNAS": "certificado_gas",
		},
		surcharges: map[string]string{
			"AUMENTO_PLAZAS": "115.00", "MMTA_SIN_ENSAYO": "300.00", "MMTA_CON_ENSAYO": "500.00",
			"CAMBIO_CLASIFICACION_SIN": "100.00",
		},
		perElement: map[string]int{
			"PLACA_SOLAR_BASICA": 2, "PLACA_SOLAR_MALETERO": 2, "PLACA_SOLAR_SIMPLE": 2, "FAROS_LA_2F": 2,
		},
		review:   "AUMENTO_PLAZAS CAMBIO_CLASIFICACION_SIN MMTA_CON_ENSAYO MMTA_SIN_ENSAYO",
		inactive: "AIRE_ACONDI",
		counts:   counts{elements: 54, generic: 9, photos: 116, fields: 43, warnings: 23},
	},
}

func shipped(t *testing.T) map[string]*catalogue.Category {
	t.Helper()
	s, err := seed.DefaultSnapshot()
	require.NoError(t, err)
	require.Equal(t, "21.00", s.IVAPercent.String())
	require.Len(t, s.Categories, 2)
	out := map[string]*catalogue.Category{}
	for _, c := range s.Categories {
		out[c.Slug] = c
	}
	return out
}

func TestDefaultIsThePublishedPriceSheet(t *testing.T) {
	t.Parallel()
	for slug, want := range sheets {
		t.Run(slug, func(t *testing.T) {
			t.Parallel()
			c := shipped(t)[slug]
			require.NotNil(t, c)
			require.True(t, c.IsActive)
			if want.units == 0 {
				require.Nil(t, c.UnitsPerElement)
			} else {
				require.Equal(t, &want.units, c.UnitsPerElement)
			}

			var tiers, services []string
			for _, tier := range c.Tiers {
				require.True(t, tier.IsActive)
				require.NotNil(t, tier.Conditions)
				tiers = append(tiers, describeTier(tier))
				require.Equal(t, want.own[tier.Code], strings.Join(tier.Own, " "), tier.Code)
			}
			require.Equal(t, want.tiers, tiers)
			for _, s := range c.Services {
				require.True(t, s.IsActive)
				services = append(services, s.Code+" "+s.Price.String())
			}
			require.Equal(t, want.services, services)
		})
	}
}

func describeTier(t *catalogue.Tier) string {
	project := "-"
	if t.RequiresProject {
		project = "project"
	}
	own := "own*"
	if t.OwnMax != nil {
		own = fmt.Sprintf("own%d", *t.OwnMax)
	}
	s := fmt.Sprintf("%s %s %s %s", t.Code, t.Price, project, own)
	for _, i := range t.Includes {
		if i.Max == nil {
			s += " " + i.TierCode + "*"
		} else {
			s += fmt.Sprintf(" %s:%d", i.TierCode, *i.Max)
		}
	}
	return s
}

func TestDefaultElementsFollowTheSheet(t *testing.T) {
	t.Parallel()
	for slug, want := range sheets {
		t.Run(slug, func(t *testing.T) {
			t.Parallel()
			c := shipped(t)[slug]
			parents, suggested, surcharges := map[string]string{}, map[string]string{}, map[string]string{}
			perElement := map[string]int{}
			var review, inactive []string
			got := counts{elements: len(c.Elements), warnings: len(c.Warnings)}
			for _, e := range c.Elements {
				if e.IsGeneric {
					var children []string
					for _, child := range c.Children(e.Code) {
						children = append(children, child.Code)
					}
					slices.Sort(children)
					parents[e.Code] = strings.Join(children, " ")
					require.NotEmpty(t, e.Vocabulary.Question, e.Code)
					got.generic++
				}
				if len(e.SuggestedServices) > 0 {
					suggested[e.Code] = strings.Join(slices.Sorted(slices.Values(e.SuggestedServices)), " ")
				}
				if !e.Surcharge.IsZero() {
					surcharges[e.Code] = e.Surcharge.String()
				}
				if e.UnitsPerElement != nil {
					perElement[e.Code] = *e.UnitsPerElement
				}
				if e.NeedsReview {
					review = append(review, e.Code)
				}
				if !e.IsActive {
					inactive = append(inactive, e.Code)
				}
				require.NotNil(t, e.Description, e.Code)
				got.photos += len(e.Photos)
				got.fields += len(e.Fields)
			}
			slices.Sort(review)
			require.Equal(t, want.parents, parents)
			require.Equal(t, want.suggested, suggested)
			require.Equal(t, want.surcharges, surcharges)
			require.Equal(t, want.perElement, perElement)
			require.Equal(t, want.review, strings.Join(review, " "))
			require.Equal(t, want.inactive, strings.Join(inactive, " "))
			require.Equal(t, want.counts, got)
		})
	}
}

func TestDefaultArmOfTheTowBallIsAnOrdinaryVariantOfAVariant(t *testing.T) {
	t.Parallel()
	c := shipped(t)["aseicars-prof"]
	arm := c.Element("BRAZO_PORTA")
	require.Equal(t, "BOLA_SIN_MMR", arm.ParentCode)
	require.False(t, arm.IsGeneric)
	require.False(t, c.Element("BOLA_SIN_MMR").IsGeneric)
	require.Equal(t, "BOLA_REMOLQUE", c.Element("BOLA_SIN_MMR").ParentCode)
}

func TestDefaultAirConditioningSaysWhyItIsInactive(t *testing.T) {
	t.Parallel()
	e := shipped(t)["aseicars-prof"].Element("AIRE_ACONDI")
	require.Equal(t, "No es reforma desde el 07/11/2025; no hace falta homologarlo.", *e.InactiveReason)
}

func TestDefaultAsksForThePhotosAndDataOfEveryPricedMotorcycleElement(t *testing.T) {
	t.Parallel()
	for slug, c := range shipped(t) {
		for _, e := range c.Elements {
			if e.IsGeneric || slug != "motos-part" {
				continue
			}
			require.True(t, slices.ContainsFunc(e.Photos, func(p *catalogue.PhotoSlot) bool { return p.IsRequired }), e.Code)
		}
		for _, e := range c.Elements {
			for _, p := range e.Photos {
				require.Equal(t, p.Kind != catalogue.PhotoExample, p.IsRequired, e.Code+" "+p.Code)
			}
		}
	}
}

func TestDefaultFieldsHaveTheirUnitApart(t *testing.T) {
	t.Parallel()
	inBrackets := regexp.MustCompile(`\((mm|cm|kg|W|kW|l|litros|cc)\)`)
	for _, c := range shipped(t) {
		for _, e := range c.Elements {
			for _, f := range e.Fields {
				require.NotRegexp(t, inBrackets, f.Label, e.Code)
				if strings.HasSuffix(f.Key, "_mm") {
					require.Equal(t, "mm", *f.Unit, e.Code+" "+f.Key)
				}
			}
		}
	}
	width := shipped(t)["motos-part"].Element("MANILLAR").Fields[4]
	require.Equal(t, "Nuevo ancho total", width.Label)
	require.Equal(t, "mm", *width.Unit)
	require.InDelta(t, 500, *width.Min, 0)
	require.InDelta(t, 900, *width.Max, 0)
	require.Equal(t, "760", *width.Example)
}

func TestDefaultWarningsOfTheCategories(t *testing.T) {
	t.Parallel()
	triggers := map[string]string{} // elements, then a bar, then the number of keywords
	for _, c := range shipped(t) {
		for _, w := range c.Warnings {
			if w.Scope != catalogue.ScopeCategory {
				require.Equal(t, catalogue.ScopeElement, w.Scope)
				require.Empty(t, w.Triggers, w.Code)
				continue
			}
			var elements []string
			keywords := 0
			for _, trigger := range w.Triggers {
				if trigger.ElementCode != "" {
					elements = append(elements, trigger.ElementCode)
				} else {
					require.NotEmpty(t, trigger.Keyword)
					keywords++
				}
			}
			slices.Sort(elements)
			triggers[w.Code] = strings.Join(elements, " ") + fmt.Sprintf("|%d", keywords)
		}
	}
	require.Equal(t, map[string]string{
		"marcado_homologacion_motos_part": "ANTINIEBLAS CATADIOPTRICO ESCAPE ESPEJOS FAROS_LARGO_ALCANCE FARO_DELANTERO " +
			"INTERMITENTES_DEL INTERMITENTES_TRAS LLANTAS LUZ_MATRICULA NEUMATICOS PILOTO_FRENO RUEDAS_CON_ENSAYO|7",
		"consultar_ingeniero_motos_part": "AUMENTO_PLAZAS CAMBIO_MOTOR HORQUILLA SUBCHASIS|7",
		"alumbrado_general_motos_part": "ANTINIEBLAS CATADIOPTRICO FAROS_LARGO_ALCANCE FARO_DELANTERO INTERMITENTES_DEL " +
			"INTERMITENTES_TRAS LUZ_MATRICULA PILOTO_FRENO|5",
		"ensayo_direccion_motos_part": "DISTANCIA_EJES HORQUILLA|4",
		"mmta_aseicars_prof":          "AUMENTO_PLAZAS MMTA_CON_ENSAYO MMTA_SIN_ENSAYO|4",
		"gas_aseicars_prof":           "GAS_INTERIOR GLP_DEPOSITO GLP_DUOCONTROL GLP_KIT_BOMB TOMAS_EXTERNAS|6",
		"electricos_aseicars_prof":    "ELECTRICO_INTERIOR|3",
		"reformas_adicionales_itv":    "|0",
		"boletin_electrico_aseicars":  "ELECTRICO_INTERIOR ESCALON_ELEC PLACA_SOLAR_MALETERO PLACA_SOLAR_SIMPLE|3",
	}, triggers)
}

func TestDefaultIsTheSameEveryTime(t *testing.T) {
	t.Parallel()
	first, err := seed.Default()
	require.NoError(t, err)
	second, err := seed.Default()
	require.NoError(t, err)
	require.Equal(t, first, second)
	require.NotSame(t, first[0], second[0])
	// Installed databases know the rows by these ids: they must never change.
	require.Equal(t, "e81c4dc2-a71f-5bb8-8b58-9ebd81b42f8a", first[0].ID.String())
	require.Equal(t, "85353d57-9397-5f2d-9960-f976ed944d4f", first[0].Elements[0].Fields[0].ID.String())
}

func TestDefaultServesVehicleAndClientType(t *testing.T) {
	t.Parallel()
	s, err := seed.DefaultSnapshot()
	require.NoError(t, err)
	require.Equal(t, "motos-part", s.For(catalogue.VehicleMotorcycle, catalogue.ClientParticular).Slug)
	require.Equal(t, "aseicars-prof", s.For(catalogue.VehicleMotorhome, catalogue.ClientProfessional).Slug)
	require.Nil(t, s.For(catalogue.VehicleMotorcycle, catalogue.ClientProfessional))
	require.Nil(t, s.For(catalogue.VehicleMotorhome, catalogue.ClientParticular))
}
