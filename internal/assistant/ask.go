package assistant

import (
	"fmt"
	"strings"

	"github.com/msia/msia/internal/catalogue"
)

// askNext asks for the next thing that is missing.
func (t *turn) askNext() {
	switch {
	case t.gap == gapSheet:
	case t.gap == gapVehicle && len(t.vehicle.several) > 1:
		both := strings.NewReplacer("una ", "la ", "un ", "el ").Replace(t.choice(t.vehicle.several))
		t.ask(askedVehicle, "Vamos de uno en uno: ¿con cuál empezamos, "+both+"?")
	case t.gap == gapVehicle && (t.s.Text != "" || t.s.Asked == askedVehicle && t.in.State.Text != ""):
		t.ask(askedVehicle, "¿Es "+t.choice(t.namedKinds())+"?")
	case t.gap == gapVehicle:
		t.ask(askedVehicle, "¿Qué vehículo tienes ("+t.choice(t.soldKinds())+") y qué le has cambiado?")
	case t.gap == gapCamper:
		t.ask(askedCamper, camperQuestion)
	case t.gap == gapCaravan:
		t.ask(askedCaravan, caravanQuestion)
	case t.gap == gapClient:
		t.ask(askedClient, clientQuestion)
	case t.isAsking():
		t.askVariant()
	case t.s.Quote != nil && !t.s.Accepted && len(t.s.Items) > 0:
		t.ask(askedOpen, openQuestion)
	default:
		t.ask(askedElements, fmt.Sprintf("¿Qué le has cambiado a %s? Por ejemplo: %s.", t.nameOf(t.s.Vehicle).yours, t.examples()))
	}
}

// choice offers vehicles: "una moto o una autocaravana".
func (t *turn) choice(kinds []catalogue.VehicleKind) string {
	var names []string
	for _, kind := range kinds {
		names = append(names, t.nameOf(kind).one)
	}
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	return strings.Join(names[:len(names)-1], ", ") + " o " + names[len(names)-1]
}

// examples names a few elements of the sheet.
func (t *turn) examples() string {
	switch t.s.Vehicle {
	case catalogue.VehicleMotorcycle:
		return "escape, manillar, espejos"
	case catalogue.VehicleMotorhome:
		return "placa solar, toldo, bola de remolque"
	}
	var names []string
	if t.category != nil {
		for _, e := range t.category.Elements {
			if e.IsActive && !e.IsGeneric && len(names) < 3 {
				names = append(names, strings.ToLower(firstOfNames(elementName(t.category, e.Code))))
			}
		}
	}
	return strings.Join(names, ", ")
}
