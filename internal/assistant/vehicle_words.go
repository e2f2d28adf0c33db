package assistant

import (
	"regexp"

	"github.com/msia/msia/internal/catalogue"
)

// Vehicle kinds that customers have and the shipped catalogue has no sheet
// for. A category with one of these kinds would be used like any other.
const (
	vehicleCar     catalogue.VehicleKind = "car"
	vehicleTruck   catalogue.VehicleKind = "truck"
	vehicleQuad    catalogue.VehicleKind = "quad"
	vehicleTrailer catalogue.VehicleKind = "trailer"
	vehicleBus     catalogue.VehicleKind = "bus"
	vehicleScooter catalogue.VehicleKind = "personal_mobility"
	// vehicleVan and vehicleCaravan may be motorhomes: the customer is asked.
	vehicleVan     catalogue.VehicleKind = "van"
	vehicleCaravan catalogue.VehicleKind = "caravan"
)

// vehicleName is how a kind is spoken of.
type vehicleName struct {
	one   string // with article: "una moto"
	yours string // "tu moto"
	many  string // "motos"
}

var vehicleNames = map[catalogue.VehicleKind]vehicleName{
	catalogue.VehicleMotorcycle: {"una moto", "tu moto", "motos"},
	catalogue.VehicleMotorhome:  {"una autocaravana", "tu autocaravana o camper", "autocaravanas y campers"},
	vehicleCar:                  {"un coche", "tu coche", "coches"},
	vehicleTruck:                {"un camión", "tu camión", "camiones"},
	vehicleQuad:                 {"un quad", "tu quad", "quads"},
	vehicleTrailer:              {"un remolque", "tu remolque", "remolques"},
	vehicleBus:                  {"un autobús", "tu autobús", "autobuses"},
	vehicleScooter:              {"un patinete o bicicleta", "tu patinete o bicicleta", "patinetes y bicicletas"},
	vehicleVan:                  {"una furgoneta", "tu furgoneta", "furgonetas sin camperizar"},
	vehicleCaravan:              {"una caravana", "tu caravana", "caravanas de remolque"},
}

// vehicleNouns say by themselves what the vehicle is.
var vehicleNouns = map[catalogue.VehicleKind][]string{
	catalogue.VehicleMotorcycle: {
		"moto", "motos", "motocicleta*", "motillo", "motaco", "scooter*", "escuter*", "ciclomotor*", "moped", "cafe racer", "supermotard",
		"maxiscooter*",
	},
	catalogue.VehicleMotorhome: {
		"autocaravana*", "autocarabana*", "auto caravana*", "motorhome*", "camper", "campers", "camperizad*", "camperizacion*", "camperizar*",
		"camperizo", "perfilada", "capuchina", "furgoperfecto", "furgocamper", "casa rodante", "furgon vivienda", "furgoneta vivienda",
		"vehiculo vivienda",
	},
	vehicleCar: {
		"coche", "coches", "turismo", "todoterreno", "todo terreno", "4x4", "suv", "pick up", "pickup", "monovolumen", "berlina",
		"descapotable", "cabrio",
	},
	vehicleTruck:   {"camion", "camiones", "tractor", "tractora", "cabeza tractora"},
	vehicleQuad:    {"quad", "quads", "atv", "buggy", "utv", "cuatriciclo", "microcoche"},
	vehicleTrailer: {"mi remolque", "un remolque", "el remolque", "remolque ligero", "semirremolque", "remolques"},
	vehicleBus:     {"autobus", "autocar", "microbus", "minibus"},
	vehicleScooter: {"patinete*", "mi bici", "mi bicicleta", "bicicleta electrica"},
	vehicleVan:     {"furgoneta*", "furgon", "furgo", "fragoneta", "furgonetilla"},
	vehicleCaravan: {"caravana", "caravanas", "roulotte", "rulot"},
}

// vehicleBrands are makes and models: good enough when no noun is said.
var vehicleBrands = map[catalogue.VehicleKind][]string{
	catalogue.VehicleMotorcycle: {
		"yamaha", "honda", "kawasaki", "suzuki", "ducati", "ktm", "triumph", "harley", "harley davidson", "harlay", "aprilia", "husqvarna",
		"benelli", "kymco", "sym", "piaggio", "vespa", "vespino", "royal enfield", "guzzi", "cfmoto", "voge", "zontes", "gasgas", "gas gas",
		"sherco", "rieju", "derbi", "bultaco", "montesa", "brixton", "keeway", "daelim", "agusta", "hyosung", "macbor", "mash",
		"africa twin", "transalp", "tenere", "tmax", "t max", "xmax", "x max", "nmax", "n max", "forza", "burgman", "pcx", "xadv", "x adv",
		"hornet", "ninja", "versys", "vulcan", "hayabusa", "gladius", "v strom", "vstrom", "bandit", "katana", "tracer", "fazer", "virago",
		"drag star", "dragstar", "shadow", "varadero", "deauville", "sportster", "softail", "multistrada", "panigale", "hypermotard",
		"diavel", "duke", "bonneville", "street triple", "speed triple", "thruxton", "bobber", "chopper", "goldwing", "gold wing",
		"street twin", "nine t", "ninet", "grom", "himalayan", "interceptor", "tuono", "rsv4", "leoncino", "trk 502",
	},
	catalogue.VehicleMotorhome: {
		"ducato", "hymer", "benimar", "dethleffs", "knaus", "weinsberg", "burstner", "carado", "adria", "pilote", "chausson",
		"roller team", "rimor", "laika", "carthago", "mclouis", "giottiline", "mobilvetta", "westfalia", "marco polo", "california",
		"grand california", "nugget", "possl", "poessl", "globecar", "clever vans", "ilusion", "autostar", "bavaria", "frankia",
	},
	vehicleVan: {
		"transit", "sprinter", "crafter", "vivaro", "trafic", "transporter", "multivan", "vito", "movano", "jumper", "berlingo", "kangoo",
		"peugeot boxer", "renault master", "nv200", "caddy", "proace",
	},
	vehicleCar: {
		"audi", "seat leon", "seat ibiza", "seat ateca", "golf gti", "megane", "clio", "opel", "corsa", "toyota", "hilux", "nissan", "navara",
		"mazda", "hyundai", "dacia", "skoda", "jeep", "wrangler", "land rover", "range rover", "defender", "mitsubishi", "montero", "l200",
		"volvo", "lexus", "porsche", "tesla", "subaru", "mini cooper", "alfa romeo", "jimny", "vitara", "samurai", "honda civic", "civic",
		"ford focus", "ford fiesta", "ford ranger", "ford mustang", "volkswagen golf", "vw golf",
	},
}

// motorcycleModel recognises models written with letters and digits, in the
// words of a text joined by spaces.
var motorcycleModel = regexp.MustCompile(`(^| )(` +
	`(mt|fz|fzs|xj|xsr|tdm|xt|xtz|yzf|wr|ybr|xv|xvs) ?[0-9r]{1,4}[a-z]?|` +
	`(cb|cbr|cbf|crf|vfr|vtr|nc|nt|xl|cmx|sh|ctx) ?[0-9]{2,4}[a-z]{0,2}|` +
	`(er|zx|zr|zzr|klr|klx|kle|vn|zrx) ?[0-9]{1,4}[a-z]{0,2}|z ?[0-9]{3,4}[a-z]{0,2}|` +
	`(gsx|gsxr|gsx r|gsx s|gsr|gsf|sv|dl|drz|dr|an|vz|vs) ?[0-9]{2,4}[a-z]?|` +
	`[rfgks] ?(650|700|750|800|850|900|1000|1100|1150|1200|1250|1300|1600) ?(gs|rt|rr|xr|r|s|gt|gtl)?|` +
	`r(1|3|6|7|125|1m)|rc ?[0-9]{3}|exc ?[0-9]{3}` +
	`)( |$)`)
