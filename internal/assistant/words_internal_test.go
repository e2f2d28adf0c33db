package assistant

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/msia/msia/internal/catalogue"
	"github.com/msia/msia/internal/money"
)

func TestReadVehicle(t *testing.T) {
	t.Parallel()
	for kind, texts := range map[catalogue.VehicleKind][]string{
		catalogue.VehicleMotorcycle: {
			"moto", "mi MOTO", "la motocicleta", "un scooter", "ciclomotor", "yamaha", "una MT-07", "mt07", "la mt 09", "Honda CB500", "z900", "una R1", "R6",
			"bmw r1250gs", "BMW F 800 GS", "una CBR 600", "V-Strom 650", "gsx-r 750", "harley", "ducati monster", "ktm duke 390", "vespa", "TMAX", "kawasaki er-6n",
			"escape de moto con faro de coche", "no es un coche, es una moto", "una Triumph", "Africa Twin", "tengo una royal enfield", "llevar la moto a la itv",
		},
		catalogue.VehicleMotorhome: {
			"autocaravana", "auto-caravana", "mi camper", "furgoneta camper", "furgoneta camperizada", "una perfilada", "capuchina", "fiat ducato", "Hymer",
			"VW California", "camperización", "bola de remolque en la autocaravana", "un portamotos para llevar la moto en la autocaravana", "camion autocaravana",
			"no es moto, es una camper", "remolque para mi autocaravana",
		},
		vehicleCar:     {"coche", "mi turismo", "un 4x4", "todoterreno", "honda civic", "un audi a3", "Jeep Wrangler", "pick-up", "Suzuki Jimny"},
		vehicleTruck:   {"un camión", "cabeza tractora"},
		vehicleQuad:    {"quad", "un quad yamaha", "buggy"},
		vehicleTrailer: {"quiero homologar un remolque", "remolque ligero"},
		vehicleVan:     {"furgoneta", "una furgo", "ford transit", "mercedes vito"},
		vehicleCaravan: {"caravana", "mi caravana con remolque"},
		"": {
			"hola", "escape", "bola de remolque", "enganche para el remolque", "e4", "R48", "faro", "no es una moto", "moto no", "tengo una moto y una autocaravana",
			"200 euros", "t5", "reglamento 168/2013", "2003", "gracias", "el motor",
		},
	} {
		for _, text := range texts {
			assert.Equalf(t, kind, readVehicle(read(text)).kind, "%q", text)
		}
	}
	both := readVehicle(read("tengo una moto y una autocaravana"))
	assert.Equal(t, []catalogue.VehicleKind{catalogue.VehicleMotorcycle, catalogue.VehicleMotorhome}, both.several)
	assert.Equal(t, []catalogue.VehicleKind{catalogue.VehicleMotorcycle}, readVehicle(read("no es una moto")).denied)
	assert.True(t, readVehicle(read("ahora otra moto")).another)
	assert.False(t, readVehicle(read("un depósito de otra moto")).another)
}

func TestReadClient(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text  string
		asked bool
		want  catalogue.ClientType
	}{
		{"soy particular", false, catalogue.ClientParticular},
		{"somos un taller", false, catalogue.ClientProfessional},
		{"Talleres Pérez", false, catalogue.ClientProfessional},
		{"soy profesional", false, catalogue.ClientProfessional},
		{"tengo una empresa", false, catalogue.ClientProfessional},
		{"no soy profesional", false, catalogue.ClientParticular},
		{"me lo montó un taller", false, ""},
		{"en el taller me dijeron", false, ""},
		{"nada en particular", false, ""},
		{"hola", false, ""},
		{"profesional", false, ""},
		{"profesional", true, catalogue.ClientProfessional},
		{"taller", true, catalogue.ClientProfessional},
		{"empresa", true, catalogue.ClientProfessional},
		{"autónomo", true, catalogue.ClientProfessional},
		{"lo segundo", true, catalogue.ClientProfessional},
		{"particular", true, catalogue.ClientParticular},
		{"es mía", true, catalogue.ClientParticular},
		{"lo primero", true, catalogue.ClientParticular},
		{"no, particular", true, catalogue.ClientParticular},
		{"no soy taller, particular", true, catalogue.ClientParticular},
		{"no sé", true, ""},
	} {
		assert.Equalf(t, c.want, readClient(read(c.text), c.asked), "%q %v", c.text, c.asked)
	}
}

func TestReadIntents(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		holds func(intents) bool
		yes   []string
		no    []string
	}{
		{
			"human", func(in intents) bool { return in.human },
			[]string{
				"quiero hablar con una persona", "agente", "llamadme", "¿me llamáis?", "¿me podéis llamar?", "pásame con alguien", "¿tenéis teléfono?", "un humano por favor",
				"prefiero que me llaméis", "no quiero hablar con un robot", "persona", "¿os puedo llamar?", "que me atienda una persona",
			},
			[]string{
				"tengo que hablar con mi mujer", "asientos para una persona más", "soporte de teléfono", "escape", "me dijo un técnico de la itv", "el comercial", "te llamas?",
				"el ingeniero me dijo", "mi compañero lleva lo mismo",
			},
		},
		{
			"angry", func(in intents) bool { return in.angry },
			[]string{"sois unos estafadores", "esto es una vergüenza", "quiero poner una reclamación", "nadie me contesta", "llevo dos semanas esperando", "menuda mierda", "eres tonto"},
			[]string{"me han puesto una denuncia por el escape", "el consumo de gasolina", "estoy contento", "joven", "la moto lleva meses parada"},
		},
		{
			"regulation", func(in intents) bool { return in.regulation },
			[]string{
				"¿es legal?", "¿Es legal llevar el escape libre?", "¿qué dice el reglamento?", "la normativa de los intermitentes", "¿puedo llevar matrícula lateral?", "¿me multan?",
				"¿es obligatorio llevar retrovisores?", "hay que homologar los espejos?", "quería saber si es legal", "¿pasa la ITV así?", "¿cuál es la altura máxima del manillar?",
			},
			[]string{
				"quiero legalizar el escape", "me han multado y quiero homologarlo", "quiero que sea legal", "hay que homologar el escape y el manillar", "necesito homologar el escape", "multa",
				"¿cuánto cuesta?", "quiero poner un toldo",
			},
		},
		{
			"price", func(in intents) bool { return in.price },
			[]string{"¿cuánto cuesta?", "precio", "que vale", "presupuesto", "cuanto es", "cuánto me costaría"},
			[]string{"en cuanto pueda", "cuanto antes", "¿cuánto tarda?", "vale", "¿cuánto tiempo?"},
		},
		{
			"duration", func(in intents) bool { return in.duration },
			[]string{"¿cuánto tarda?", "cuánto tardáis", "plazos", "¿cuántos días?", "¿cuánto tiempo lleva?"},
			[]string{"¿cuánto cuesta?", "tarde"},
		},
		{
			"papers", func(in intents) bool { return in.papers },
			[]string{"¿qué documentación?", "qué papeles necesitáis", "¿qué fotos os mando?", "requisitos", "¿qué necesito?"},
			[]string{"escape", "foto", "necesito el escape"},
		},
		{
			"open", func(in intents) bool { return in.open },
			[]string{"abrid el expediente", "abre expediente", "vale, abrimos el expediente", "acepto el presupuesto"},
			[]string{"¿abrís el expediente?", "no abráis el expediente", "antes de abrir el expediente quiero saber", "no quiero abrir expediente"},
		},
		{
			"only", func(in intents) bool { return in.only },
			[]string{"solo el escape", "sólo el escape", "no, solo el faro", "únicamente el manillar"},
			[]string{"no solo el escape", "el escape", "soldar"},
		},
		{
			"restart", func(in intents) bool { return in.restart },
			[]string{"empezamos de nuevo", "olvida lo anterior", "otro presupuesto"},
			[]string{"quita todo menos el escape", "olvídate", "nuevo escape"},
		},
	} {
		for _, text := range c.yes {
			assert.Truef(t, c.holds(readIntents(read(text))), "%s: %q", c.name, text)
		}
		for _, text := range c.no {
			assert.Falsef(t, c.holds(readIntents(read(text))), "%s: %q", c.name, text)
		}
	}
}

func TestEcho(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"Turbo": "turbo", "  el   TURBO\n": "el turbo", "{{contact.name}}": "contact name", "*negrita*": "negrita", "https://evil.example": "", "www.x.y": "", "a@b.c": "",
		"175 €": "", "100 euros": "", "600123123": "", "x": "", "": "", "k&n": "k n", "bar-end": "bar-end", "«»": "", "{% raw %}": "raw", "12345678Z": "",
		"una palabra larguísima que no acaba nunca jamás": "una palabra larguísima que no acaba nun…",
	} {
		assert.Equalf(t, want, echo(in), "%q", in)
	}
}

func TestFirstName(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"Marta": "Marta", "marta lópez": "Marta", "MARTA": "Marta", "José Ángel": "José", "Íñigo": "Íñigo", "Talleres Pérez": "", "Motos Juan": "", "🔥Killer🔥": "",
		"+34 600": "", "": "", "Jo": "", "{{x}}": "", "*Ana*": "", "Ana Taller": "", "Bartolomé de las Casas y Ruiz": "", "Supercalifragilistico": "", "\x00Ana": "Ana",
	} {
		assert.Equalf(t, want, firstName(in), "%q", in)
	}
}

func TestWarningText(t *testing.T) {
	t.Parallel()
	c := &catalogue.Category{
		Slug: "x", Tiers: []*catalogue.Tier{{Code: "T2"}}, Elements: []*catalogue.Element{{Code: "ESCAPE"}, {Code: "GLP_KIT_BOMB"}},
	}
	catalogue.NewSnapshot(1, money.Amount{}, []*catalogue.Category{c})
	for in, want := range map[string]string{
		"Posible ensayo de frenada: +375 €.":      "Posible ensayo de frenada.",
		"Consulta previa obligada; +115 €.":       "Consulta previa obligada.",
		"Pide proyecto medio (T2).":               "Pide proyecto medio.",
		"Horquilla entera = ESCAPE":               "",
		"Medida de la MMTA y del GLP":             "Medida de la MMTA y del GLP",
		"*Ojo* con `esto` y {{eso}}":              "·Ojo· con 'esto' y ((eso))",
		"Certificado conjunto de 12 V y 230 V":    "Certificado conjunto de 12 V y 230 V",
		"Contraseña e4*2003/97*0123":              "Contraseña e4·2003/97·0123",
		"Entre bordes, 240 mm; 20° hacia dentro.": "Entre bordes, 240 mm; 20° hacia dentro.",
	} {
		assert.Equalf(t, want, warningText(c, in), "%q", in)
	}
}
