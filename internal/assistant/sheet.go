package assistant

import (
	"slices"

	"github.com/msia/msia/internal/catalogue"
)

// gap is what has to be known before a price sheet can be chosen.
type gap int

const (
	gapNone gap = iota
	gapVehicle
	gapCamper
	gapCaravan
	gapClient
	// gapSheet: everything is known, and there is no sheet for it.
	gapSheet
)

// sheet chooses the category for what is known of vehicle and client. There is
// never a fallback to another type's sheet. A motorcycle of a customer who did
// not say is a private one's.
func (t *turn) sheet() (*catalogue.Category, gap) {
	kind, client := t.s.Vehicle, t.client()
	if kind == "" {
		return nil, gapVehicle
	}
	if !t.sold(kind) {
		switch {
		case kind == vehicleVan && t.sold(catalogue.VehicleMotorhome) && !t.s.VehicleSure:
			return nil, gapCamper
		case kind == vehicleCaravan && t.sold(catalogue.VehicleMotorhome) && !t.s.VehicleSure:
			return nil, gapCaravan
		}
		return nil, gapSheet
	}
	if client == "" {
		return nil, gapClient
	}
	if c := t.in.Snapshot.For(kind, client); c != nil {
		return c, gapNone
	}
	return nil, gapSheet
}

// client is whom the price is for, or "".
func (t *turn) client() catalogue.ClientType {
	switch {
	case t.s.Client != "":
		return t.s.Client
	case t.in.Customer.ClientType != "":
		return t.in.Customer.ClientType
	case t.s.Vehicle == catalogue.VehicleMotorcycle:
		return catalogue.ClientParticular
	default:
		return ""
	}
}

// sold tells whether there is any active sheet for a vehicle.
func (t *turn) sold(kind catalogue.VehicleKind) bool {
	return t.in.Snapshot.For(kind, catalogue.ClientParticular) != nil ||
		t.in.Snapshot.For(kind, catalogue.ClientProfessional) != nil
}

// soldKinds are the vehicles with an active sheet, in catalogue order.
func (t *turn) soldKinds() []catalogue.VehicleKind {
	var kinds []catalogue.VehicleKind
	for _, c := range t.in.Snapshot.Categories {
		if t.sold(c.VehicleKind) && !slices.Contains(kinds, c.VehicleKind) {
			kinds = append(kinds, c.VehicleKind)
		}
	}
	return kinds
}

// namedKinds are the vehicles that the words kept may be about: those whose
// sheets know them, or any.
func (t *turn) namedKinds() []catalogue.VehicleKind {
	kinds, _ := t.naming(t.s.Text)
	if kinds = slices.DeleteFunc(kinds, func(k catalogue.VehicleKind) bool { return !t.sold(k) }); len(kinds) > 1 {
		return kinds
	}
	return t.soldKinds()
}

// naming returns the vehicles in whose sheets a text names elements, of those
// that are still possible; strange tells whether it seems to name others.
func (t *turn) naming(text string) (kinds []catalogue.VehicleKind, strange bool) {
	for _, c := range t.in.Snapshot.Categories {
		if !t.mayBe(c) {
			continue
		}
		res := t.a.deps.Matcher(t.in.Snapshot, c).Match(text)
		if len(res.Matches)+len(res.Questions)+len(res.Inactive) > 0 && !slices.Contains(kinds, c.VehicleKind) {
			kinds = append(kinds, c.VehicleKind)
		}
		strange = strange || slices.ContainsFunc(res.Unrecognised, func(u string) bool { return echo(u) != "" && !isOurs(read(u)) })
	}
	return kinds, strange
}

// mayBe tells whether a category can still turn out to be the right one.
func (t *turn) mayBe(c *catalogue.Category) bool {
	switch t.gap {
	case gapVehicle:
		return c.IsActive
	case gapCamper, gapCaravan:
		return c.IsActive && c.VehicleKind == catalogue.VehicleMotorhome
	default:
		return c.IsActive && c.VehicleKind == t.s.Vehicle
	}
}

// nameOf returns how a vehicle kind is spoken of.
func (t *turn) nameOf(kind catalogue.VehicleKind) vehicleName {
	if n, ok := vehicleNames[kind]; ok {
		return n
	}
	for _, c := range t.in.Snapshot.Categories {
		if c.VehicleKind == kind {
			return vehicleName{one: plain(c.Name), yours: "tu vehículo", many: plain(c.Name)}
		}
	}
	return vehicleName{one: "otro vehículo", yours: "tu vehículo", many: "ese tipo de vehículo"}
}
