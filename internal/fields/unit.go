package fields

import (
	"math/big"
	"strings"
)

// unit is a measure that can be turned into others of its dimension.
type unit struct {
	dimension string
	// ratio is how much of the dimension's base one of it is.
	ratio *big.Rat
}

// units are those that people write, by name as folded by unitName.
var units = func() map[string]unit {
	table := map[string]unit{}
	add := func(dimension, ratio, names string) {
		r, _ := new(big.Rat).SetString(ratio)
		for _, name := range strings.Fields(names) {
			table[name] = unit{dimension, r}
		}
	}
	add("length", "1", "mm milimetro milimetros")
	add("length", "10", "cm cms centimetro centimetros")
	add("length", "100", "dm decimetro decimetros")
	add("length", "1000", "m mt mts metro metros")
	add("length", "1000000", "km kms kilometro kilometros")
	add("length", "25.4", "in pulg pulgada pulgadas")
	add("mass", "1", "g gr grs gramo gramos")
	add("mass", "1000", "kg kgs kilo kilos kilogramo kilogramos")
	add("mass", "1000000", "t tn ton tonelada toneladas")
	add("volume", "1", "cc cm3 ml centimetroscubicos mililitro mililitros")
	add("volume", "1000", "l lt lts dm3 litro litros")
	add("volume", "1000000", "m3 metroscubicos")
	add("power", "1", "w vatio vatios watt watts")
	add("power", "1000", "kw kilovatio kilovatios")
	add("power", "735.49875", "cv ps caballo caballos")
	add("power", "745.6998715822702", "hp bhp")
	add("pressure", "1", "mbar")
	add("pressure", "10", "kpa")
	add("pressure", "1000", "bar bares kgcm2")
	add("pressure", "10000", "mpa")
	add("pressure", "68.94757293168", "psi")
	add("voltage", "1", "v voltio voltios")
	add("voltage", "1000", "kv")
	add("current", "0.001", "ma miliamperio miliamperios")
	add("current", "1", "a amp amperio amperios")
	add("charge", "0.001", "mah")
	add("charge", "1", "ah amperioshora")
	add("energy", "1", "wh")
	add("energy", "1000", "kwh")
	add("share", "1", "% porciento")
	add("angle", "1", "grado grados deg")
	add("speed", "1", "km/h kmh kph")
	add("torque", "1", "nm n·m")
	add("force", "1", "n")
	add("force", "10", "dan")
	add("force", "1000", "kn")
	add("turning", "1", "rpm")
	return table
}()

// counted are the words for things without a unit: "3 uds".
var counted = map[string]bool{"ud": true, "uds": true, "unidad": true, "unidades": true}

// unitName folds a unit: "C.C." is "cc", "cm³" is "cm3".
func unitName(s string) string {
	s = strings.NewReplacer("º", "grados", "°", "grados", `"`, "pulgadas", "″", "pulgadas", "”", "pulgadas").Replace(s)
	return strings.NewReplacer(" ", "", ".", "", "/cm2", "cm2").Replace(Fold(s))
}

// conversion returns by how much a number in the typed unit is multiplied to be
// in the field's. Without a typed unit it is in the field's already.
func conversion(typed, field string) (*big.Rat, bool) {
	from, to := unitName(typed), unitName(field)
	if from == "" || from == to {
		return big.NewRat(1, 1), true
	}
	if to == "" {
		return big.NewRat(1, 1), counted[from]
	}
	f, t := units[from], units[to]
	if f.ratio == nil || t.ratio == nil || f.dimension != t.dimension {
		return nil, false
	}
	return new(big.Rat).Quo(f.ratio, t.ratio), true
}
