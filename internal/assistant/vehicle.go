package assistant

import (
	"slices"
	"strings"

	"github.com/msia/msia/internal/catalogue"
)

// vehicleReading is what a text says about the vehicle.
type vehicleReading struct {
	// kind is the one vehicle spoken of; "" for none, or more than one.
	kind catalogue.VehicleKind
	// noun is set when a noun says so, not only a make or model.
	noun bool
	// several are the kinds spoken of when there is more than one.
	several []catalogue.VehicleKind
	// denied are the kinds it is said not to be.
	denied []catalogue.VehicleKind
	// another is set when the customer starts with another vehicle: "otra moto".
	another bool
}

// has tells whether a kind is among those spoken of.
func (v vehicleReading) has(kind catalogue.VehicleKind) bool {
	return v.kind == kind || slices.Contains(v.several, kind)
}

// readVehicle finds the vehicle in a text.
func readVehicle(r reading) vehicleReading {
	v := vehicleReading{another: r.has(
		"otra moto", "otro vehiculo", "otra autocaravana", "otra camper", "otro coche", "segunda moto", "moto nueva",
	) && !r.has("de otra moto", "otra moto igual")}
	found := map[catalogue.VehicleKind]bool{}
	carried := false
	for kind, phrases := range vehicleNouns {
		for _, p := range phrases {
			for from := 0; ; {
				at, n := r.find(p, from)
				if n == 0 {
					break
				}
				from = at + n
				switch {
				case r.deniedAt(at):
					v.denied = append(v.denied, kind)
				case kind == catalogue.VehicleMotorcycle && r.carriedAt(at):
					carried = true
				case kind == vehicleTrailer && r.towedAt(at):
				case kind == catalogue.VehicleMotorcycle && strings.HasPrefix(p, "moto") && r.partOfNameAt(at):
				default:
					found[kind] = true
				}
			}
		}
	}
	v.settle(found)
	if v.kind != "" || len(v.several) > 0 {
		v.noun = true
		return v
	}
	v.kind = brandKind(r)
	if v.kind == "" && carried {
		v.kind = catalogue.VehicleMotorcycle
	}
	if slices.Contains(v.denied, v.kind) {
		v.kind = ""
	}
	return v
}

// settle turns the nouns found into one kind, or several. What a noun makes
// more precise does not count: a "furgoneta camper" is a motorhome.
func (v *vehicleReading) settle(found map[catalogue.VehicleKind]bool) {
	if found[catalogue.VehicleMotorhome] {
		delete(found, vehicleVan)
		delete(found, vehicleCaravan)
		delete(found, vehicleTrailer)
		delete(found, vehicleTruck)
		delete(found, vehicleCar)
	}
	if found[vehicleCaravan] {
		delete(found, vehicleTrailer)
	}
	if found[catalogue.VehicleMotorcycle] && len(found) == 2 && !found[catalogue.VehicleMotorhome] {
		found = map[catalogue.VehicleKind]bool{catalogue.VehicleMotorcycle: true}
	}
	kinds := make([]catalogue.VehicleKind, 0, len(found))
	for kind := range found {
		kinds = append(kinds, kind)
	}
	slices.Sort(kinds)
	if len(kinds) == 1 {
		v.kind = kinds[0]
	} else {
		v.several = kinds
	}
	slices.Sort(v.denied)
	v.denied = slices.Compact(v.denied)
}

// brandKind reads makes and models; the more telling kind wins, since makers
// of motorcycles make cars too.
func brandKind(r reading) catalogue.VehicleKind {
	for _, kind := range []catalogue.VehicleKind{catalogue.VehicleMotorhome, vehicleVan, vehicleCar, catalogue.VehicleMotorcycle} {
		if r.has(vehicleBrands[kind]...) {
			return kind
		}
	}
	if motorcycleModel.MatchString(strings.Join(r.words, " ")) {
		return catalogue.VehicleMotorcycle
	}
	return ""
}

// before tells whether one of the words stands among the n words before a
// place, in the same clause.
func (r reading) before(at, n int, words ...string) bool {
	for i := at - 1; i >= 0 && i >= at-n; i-- {
		if slices.Contains(words, r.words[i]) {
			return true
		}
		if r.starts[i] {
			return false
		}
	}
	return false
}

// deniedAt: "no es una moto", "no tengo moto", "no para la moto", "moto no".
func (r reading) deniedAt(at int) bool {
	if r.before(at, 3, "no") && r.before(at, 2, "es", "tengo", "para", "de", "una", "un", "la", "el", "ninguna") &&
		!r.before(at, 3, "solo", "se") && !r.starts[at] {
		return !r.before(at, 3, "quiero", "puedo", "pasa", "paso", "homologue", "tiene")
	}
	return at+1 < len(r.words) && r.words[at+1] == "no" && !r.starts[at+1] && (at+2 == len(r.words) || r.starts[at+2])
}

// carriedAt: a motorcycle that the vehicle carries, "soporte para la moto".
func (r reading) carriedAt(at int) bool {
	return r.before(at, 4, "porta", "portamotos", "soporte", "llevar", "cargar", "transportar", "subir", "meter", "plataforma", "rampa")
}

// towedAt: a trailer that only says what is on the vehicle, "bola para el
// remolque".
func (r reading) towedAt(at int) bool {
	return r.before(at, 5, "bola", "enganche", "gancho", "arrastrar", "remolcar", "llevar", "tirar", "enganchar", "toma")
}

// partOfNameAt: "moto guzzi" is a make, "de otra moto" is where a part comes
// from; neither is a second vehicle, but both are about a motorcycle.
func (r reading) partOfNameAt(at int) bool {
	return r.before(at, 1, "otra") && r.before(at, 2, "de")
}

var (
	professionalPhrases = []string{
		"soy profesional", "somos profesionales", "soy un profesional", "cliente profesional", "para profesionales", "tarifa profesional",
		"tarifa de profesional", "precio profesional", "como profesional", "soy taller", "somos taller", "somos un taller", "soy un taller",
		"soy de un taller", "talleres", "tenemos un cliente", "tengo un cliente", "un cliente con", "un cliente mio", "un cliente nuestro", "soy del taller", "somos del taller", "somos de un taller", "tengo un taller", "tenemos un taller", "nuestro taller", "desde el taller de",
		"soy empresa", "somos empresa", "somos una empresa", "soy una empresa", "tengo una empresa", "tenemos una empresa", "mi empresa",
		"nuestra empresa", "soy autonomo", "soy autonoma", "somos autonomos", "concesionario", "somos una tienda", "camperizador*",
		"para un cliente", "de un cliente", "para mi cliente", "mi cliente", "nuestros clientes", "mis clientes", "a nombre de empresa",
		"soy mecanico", "somos mecanicos", "taller profesional",
	}
	privatePhrases = []string{
		"particular", "particulares", "particula", "no soy profesional", "no soy taller", "no soy ningun taller", "no soy empresa",
		"no somos empresa", "uso privado", "uso personal", "uso propio", "a titulo personal",
	}
	// The first words alone answer "¿particular o profesional?".
	professionalAnswers = []string{
		"profesional", "profesionales", "profesionalmente", "profecional", "taller", "empresa", "autonomo", "autonoma", "negocio", "lo segundo", "la segunda", "el segundo", "2",
		"prof", "sl", "comercial",
	}
	privateAnswers = []string{"lo primero", "la primera", "el primero", "1", "privado", "propietario", "dueno", "mia", "para mi", "es mia", "personal"}
)

// readClient finds whom the price is for; asked tells that it was just asked.
func readClient(r reading, asked bool) catalogue.ClientType {
	private := r.has(privatePhrases...) && !r.has("en particular", "algo particular", "caso particular")
	professional := r.has(professionalPhrases...) && !r.has("no soy profesional", "no soy taller", "no soy empresa", "no somos empresa")
	if asked && !private && !professional {
		if r.has("taller particular") {
			return catalogue.ClientParticular
		}
		professional = r.has(professionalAnswers...) && !r.has("no soy", "ningun taller", "ninguna empresa", "mi taller de")
		private = !professional && r.has(privateAnswers...)
	}
	switch {
	case private == professional:
		return ""
	case private:
		return catalogue.ClientParticular
	default:
		return catalogue.ClientProfessional
	}
}
