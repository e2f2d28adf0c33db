package tariffs

import (
	"strings"

	"github.com/google/uuid"

	"github.com/msia/msia/internal/catalogue"
	"github.com/msia/msia/internal/money"
)

// The two published sheets, transcribed by hand from the price list and not
// from the seed, so that the one checks the other.

// PublishedMotos is the sheet motos-part.
func PublishedMotos() *catalogue.Category {
	c := &catalogue.Category{ID: uuid.New(), Slug: "motos-part", Name: "Motocicletas", ClientType: catalogue.ClientParticular, IsActive: true}
	addTier(c, "T1 410 project *", "SUBCHASIS HORQUILLA DISTANCIA_EJES FRENADO_DISCOS FRENADO_PINZAS FRENADO_BOMBAS CAMBIO_MOTOR RUEDAS_CON_ENSAYO", "T2* T3* T4*")
	addTier(c, "T2 325 project 1", "AUMENTO_PLAZAS", "T3:2 T4:4")
	addTier(c, "T3 280 project 1", "SUSPENSION_DEL SUSPENSION_TRAS FRENADO_EQUIVALENTES FRENADO_LATIGUILLOS FRENADO_DEPOSITO CARENADO CARROCERIA SOPORTE_VELOCIMETRO SOPORTE_FARO", "T4:2")
	addTier(c, "T4 220 - *", `MATRICULA FILTRO ESCAPE DEPOSITO NEUMATICOS LLANTAS MANILLAR VELOCIMETRO CABALLETE ESPEJOS FARO_DELANTERO
		FAROS_LARGO_ALCANCE ANTINIEBLAS INTERMITENTES_DEL INTERMITENTES_TRAS PILOTO_FRENO LUZ_MATRICULA CATADIOPTRICO TIJAS MANDOS_AVANZADOS
		MANDOS_MANILLAR CLAUSOR STARTER ESTRIBERAS ASIENTO MALETAS GUARDABARROS_DEL GUARDABARROS_TRAS ASIDEROS`, "")
	addTier(c, "T5 175 - 0", "", "T4:2")
	addTier(c, "T6 140 - 0", "", "T4:1")
	addGeneric(c, "SUSPENSION", "SUSPENSION_DEL SUSPENSION_TRAS")
	addGeneric(c, "INTERMITENTES", "INTERMITENTES_DEL INTERMITENTES_TRAS")
	addGeneric(c, "LUCES", "FARO_DELANTERO FAROS_LARGO_ALCANCE PILOTO_FRENO LUZ_MATRICULA CATADIOPTRICO ANTINIEBLAS")
	addGeneric(c, "FRENADO", "FRENADO_DISCOS FRENADO_PINZAS FRENADO_BOMBAS FRENADO_LATIGUILLOS FRENADO_DEPOSITO FRENADO_EQUIVALENTES")
	addGeneric(c, "RUEDAS", "LLANTAS NEUMATICOS RUEDAS_CON_ENSAYO")
	addGeneric(c, "GUARDABARROS", "GUARDABARROS_DEL GUARDABARROS_TRAS")
	addServices(c, `certificado_taller 85.00 tramitacion_urgente 100.00 laboratorio_sin_proyecto 25.00 laboratorio_con_proyecto 75.00
		ayuda_digital 30.00 ensayo_frenada 375.00 ensayo_direccion 400.00 ensayo_combinado 725.00 coordinacion_ensayo 50.00`)
	finish(c).Element("AUMENTO_PLAZAS").NeedsReview = true
	return c
}

// PublishedMotorhomes is the sheet aseicars-prof.
func PublishedMotorhomes() *catalogue.Category {
	one := 1
	c := &catalogue.Category{ID: uuid.New(), Slug: "aseicars-prof", Name: "Autocaravanas", ClientType: catalogue.ClientProfessional, IsActive: true, UnitsPerElement: &one}
	addTier(c, "T1 270 project *", "REFUERZO_SUSP_COMPLEJO AUMENTO_PLAZAS MMTA_SIN_ENSAYO MMTA_CON_ENSAYO", "T2* T3* T4* T5* T6*")
	addTier(c, "T2 230 project 1", "KIT_ESTAB SUSP_NEUM_EST SUSP_NEUM_FULL REFUERZO_SUSP_SENCILLO BOLA_CON_MMR BOLA_SIN_MMR BRAZO_PORTA PORTAMOTOS BACA_TECHO DEFENSAS_DEL", "T3:2 T6*")
	addTier(c, "T3 180 project 1", `PLACA_SOLAR_SIMPLE MOBILIARIO ELECTRICO_INTERIOR LLANTAS_ALETINES GAS_INTERIOR GLP_KIT_BOMB GLP_DEPOSITO GLP_DUOCONTROL
		LUCES_CORTESIA ESCALON_ELEC CIERRES_EXT CAMBIO_CLASIFICACION CAMBIO_CLASIFICACION_SIN NEVERA_COMPRESOR DEPOSITO_AGUA`, "T6*")
	addTier(c, "T4 135 - *", "NEUMATICOS_NO_EQUIV BOLA_SIN_PROYECTO CLARABOYA VENTANA_PORTON GALIBOS LUCES_ADICIONALES FAROS_LA_2F FAROS_LA_1D TOMAS_EXTERNAS PORTABICIS", "T5* T6*")
	addTier(c, "T5 65 - 1", "PLACA_SOLAR_MALETERO", "T6:3")
	addTier(c, "T6 59 - 1", "PLACA_SOLAR_BASICA TOLDO_SIMPLE TOLDO_GALIBO ANTENA_PAR", "")
	addGeneric(c, "PLACA_SOLAR", "PLACA_SOLAR_BASICA PLACA_SOLAR_SIMPLE PLACA_SOLAR_MALETERO")
	addGeneric(c, "TOLDO_LAT", "TOLDO_SIMPLE TOLDO_GALIBO")
	addGeneric(c, "BOLA_REMOLQUE", "BOLA_SIN_PROYECTO BOLA_SIN_MMR BOLA_CON_MMR")
	addGeneric(c, "SUSP_NEUM", "SUSP_NEUM_EST SUSP_NEUM_FULL")
	addGeneric(c, "GLP_INSTALACION", "GLP_KIT_BOMB GLP_DEPOSITO GLP_DUOCONTROL")
	addGeneric(c, "FAROS_LA", "FAROS_LA_2F FAROS_LA_1D")
	addGeneric(c, "AUMENTO_MMTA", "MMTA_SIN_ENSAYO MMTA_CON_ENSAYO")
	addGeneric(c, "REFUERZO_SUSP", "REFUERZO_SUSP_SENCILLO REFUERZO_SUSP_COMPLEJO")
	addGeneric(c, "CAMBIO_CLASIF_GENERICO", "CAMBIO_CLASIFICACION CAMBIO_CLASIFICACION_SIN")
	addServices(c, `certificado_taller 70.00 certificado_electrico 65.00 certificado_gas 65.00 laboratorio_sin_proyecto 25.00 laboratorio_con_proyecto 75.00
		ayuda_digital 20.00 redaccion_certificado 10.00 envio_itv 20.00`)
	reason := "No es reforma desde el 07/11/2025; no hace falta homologarlo."
	c.Elements = append(c.Elements, &catalogue.Element{Code: "AIRE_ACONDI", Name: "Aire acondicionado", InactiveReason: &reason})
	finish(c)
	for code, surcharge := range map[string]string{"AUMENTO_PLAZAS": "115", "MMTA_SIN_ENSAYO": "300", "MMTA_CON_ENSAYO": "500", "CAMBIO_CLASIFICACION_SIN": "100"} {
		c.Element(code).Surcharge = money.MustParse(surcharge)
		c.Element(code).NeedsReview = true
	}
	for _, code := range []string{"PLACA_SOLAR_BASICA", "PLACA_SOLAR_MALETERO", "PLACA_SOLAR_SIMPLE", "FAROS_LA_2F"} {
		two := 2
		c.Element(code).UnitsPerElement = &two
	}
	return c
}

// addTier reads "code price project|- own_max" and inclusions "T3:2 T4*".
func addTier(c *catalogue.Category, head, own, includes string) {
	h := strings.Fields(head)
	t := &catalogue.Tier{
		ID: uuid.New(), Code: h[0], Name: h[0], Price: money.MustParse(h[1]), RequiresProject: h[2] == "project",
		OwnMax: limit(h[3]), Own: strings.Fields(own), IsActive: true, SortOrder: len(c.Tiers) + 1,
	}
	for _, inclusion := range strings.Fields(includes) {
		t.Includes = append(t.Includes, catalogue.Inclusion{TierCode: inclusion[:2], Max: limit(strings.TrimPrefix(inclusion[2:], ":"))})
	}
	c.Tiers = append(c.Tiers, t)
	for _, code := range t.Own {
		c.Elements = append(c.Elements, &catalogue.Element{Code: code, Name: code, IsActive: true})
	}
}

func limit(s string) *int {
	if s == "*" {
		return nil
	}
	n := int(s[0] - '0')
	return &n
}

func addGeneric(c *catalogue.Category, code, children string) {
	c.Elements = append(c.Elements, &catalogue.Element{Code: code, Name: code, IsGeneric: true, IsActive: true})
	for _, e := range c.Elements {
		if strings.Contains(" "+children+" ", " "+e.Code+" ") {
			e.ParentCode = code
		}
	}
}

func addServices(c *catalogue.Category, pairs string) {
	fields := strings.Fields(pairs)
	for i := 0; i < len(fields); i += 2 {
		c.Services = append(c.Services, &catalogue.Service{
			Code: fields[i], Name: fields[i], Price: money.MustParse(fields[i+1]), IsActive: true, SortOrder: i,
		})
	}
}

func finish(c *catalogue.Category) *catalogue.Category {
	catalogue.NewSnapshot(1, money.MustParse("21"), []*catalogue.Category{c})
	return c
}
