package assistant

import (
	"slices"

	"github.com/msia/msia/internal/catalogue"
)

// learnVehicle settles what the vehicle is. A noun changes it at any time; a
// make or model only when nothing is known yet.
func (t *turn) learnVehicle() {
	v := t.vehicle
	if t.s.Vehicle != "" && slices.Contains(v.denied, t.s.Vehicle) {
		t.setVehicle("")
	}
	switch t.s.Asked {
	case askedCamper:
		switch {
		case v.has(catalogue.VehicleMotorhome):
		case t.r.decide() == Yes:
			t.setVehicle(catalogue.VehicleMotorhome)
			return
		case t.r.decide() == No, slices.Contains(v.denied, catalogue.VehicleMotorhome), t.r.has("sin camperizar", "de carga", "de trabajo", "normal"):
			t.setVehicle(vehicleVan)
			t.s.VehicleSure = true
			return
		}
	case askedCaravan:
		if !v.has(catalogue.VehicleMotorhome) && (v.kind == vehicleCaravan || v.kind == vehicleTrailer || t.r.has("remolque", "remolcada", "de arrastre", "sin motor", "lo segundo", "la segunda")) {
			t.setVehicle(vehicleCaravan)
			t.s.VehicleSure = true
			return
		}
		if t.r.has("lo primero", "la primera", "con motor") {
			t.setVehicle(catalogue.VehicleMotorhome)
			return
		}
	}
	isMotorhome := t.s.Vehicle == catalogue.VehicleMotorhome
	switch {
	case v.kind == "":
	case isMotorhome && (v.kind == vehicleVan || v.kind == vehicleCaravan):
	case v.noun || t.s.Vehicle == "" || t.s.Asked == askedVehicle:
		t.setVehicle(v.kind)
	}
}

// setVehicle changes the vehicle; the elements named for the other one are
// kept as words.
func (t *turn) setVehicle(kind catalogue.VehicleKind) {
	if kind == t.s.Vehicle {
		return
	}
	text := t.s.respeak()
	hint := t.s.Hint
	t.s.forgetSet()
	t.s.Vehicle, t.s.VehicleSure, t.s.Text, t.s.Hint = kind, false, cut(text, maxText), hint
}

// inferVehicle finds the vehicle by its elements: "manillar" is only on one
// kind's sheets.
func (t *turn) inferVehicle() {
	if len(t.vehicle.several) > 0 {
		return
	}
	kinds, _ := t.naming(joinText(t.s.Text, t.text))
	if len(kinds) == 1 {
		t.s.Vehicle = kinds[0]
		t.category, t.gap = t.sheet()
	}
}
