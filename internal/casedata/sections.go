package casedata

import (
	"github.com/msia/msia/internal/catalogue"
	"github.com/msia/msia/internal/fields"
)

// The keys of the common fields.
const (
	FirstName  = "first_name"
	LastName   = "last_name"
	NIF        = "nif"
	Email      = "email"
	Phone      = "phone"
	Street     = "street"
	City       = "city"
	Province   = "province"
	PostalCode = "postal_code"
	ITVName    = "itv_name"

	Make  = "make"
	Model = "model"
	Year  = "year"
	Plate = "plate"
	VIN   = "vin"

	SeatsChange  = "seats_change"
	SeatsBefore  = "seats_before"
	SeatsAfter   = "seats_after"
	HeightChange = "height_change"
	HeightAfter  = "height_after"
	WidthChange  = "width_change"
	WidthAfter   = "width_after"
	LengthChange = "length_change"
	LengthAfter  = "length_after"

	OwnWorkshop         = "own_workshop"
	WorkshopName        = "name"
	WorkshopManager     = "manager"
	WorkshopAddress     = "address"
	WorkshopCity        = "city"
	WorkshopProvince    = "province"
	WorkshopPhone       = "phone"
	WorkshopRegistry    = "registry_number"
	WorkshopActivity    = "activity"
	maxShort, maxMedium = 100, 200
)

// workshopService is the code of the service that stands in for the customer's
// own workshop.
const workshopService = "certificado_taller"

// WorkshopService returns the service of a sheet that stands in for the customer's
// own workshop, nil when it sells none.
func WorkshopService(category *catalogue.Category) *catalogue.Service {
	if s := category.Service(workshopService); s != nil && s.IsActive {
		return s
	}
	return nil
}

// NeedsWorkshop reports whether the customer said that the certificate is to
// come from a workshop of ours.
func (c *Case) NeedsWorkshop() bool { return c.Values[SectionWorkshop][OwnWorkshop] == "false" }

// common returns the sections that every case has. Fresh copies: a caller may
// keep them.
func common() []Section {
	return []Section{
		{Key: SectionPersonal, Title: "Tus datos", Fields: []*catalogue.Field{
			text(FirstName, "Nombre", maxShort, "Ana"),
			text(LastName, "Apellidos", maxShort, "García López"),
			text(NIF, "DNI, NIE o CIF", 20, "12345678Z"),
			text(Email, "Correo electrónico", 254, "ana@example.com"),
			optional(text(Phone, "Teléfono", 30, "600 100 200")),
			text(Street, "Calle y número", maxMedium, "Calle Mayor 1, 2.º B"),
			text(PostalCode, "Código postal", 10, "28013"),
			text(City, "Localidad", maxShort, "Madrid"),
			text(Province, "Provincia", 50, "Madrid"),
			text(ITVName, "Estación de ITV a la que irás", maxMedium, "ITV Getafe"),
		}},
		{Key: SectionVehicle, Title: "El vehículo", Fields: []*catalogue.Field{
			text(Make, "Marca", maxShort, "Honda"),
			text(Model, "Modelo", maxShort, "CB 500 F"),
			text(Year, "Año de matriculación", 10, "2019"),
			text(Plate, "Matrícula", 20, "1234 BCD"),
			optional(text(VIN, "Número de bastidor", 40, "VTMRC44A0E1234567")),
		}},
		{Key: SectionDimensions, Title: "Plazas y medidas", Fields: []*catalogue.Field{
			boolean(SeatsChange, "¿Cambia el número de plazas?"),
			when(SeatsChange, number(SeatsBefore, "Plazas antes de la reforma", "", 1, 60, "1")),
			when(SeatsChange, number(SeatsAfter, "Plazas después de la reforma", "", 1, 60, "2")),
			boolean(HeightChange, "¿Cambia la altura del vehículo?"),
			when(HeightChange, number(HeightAfter, "Altura después de la reforma", "mm", 300, 5000, "2950")),
			boolean(WidthChange, "¿Cambia la anchura del vehículo?"),
			when(WidthChange, number(WidthAfter, "Anchura después de la reforma", "mm", 300, 3000, "2200")),
			boolean(LengthChange, "¿Cambia la longitud del vehículo?"),
			when(LengthChange, number(LengthAfter, "Longitud después de la reforma", "mm", 500, 20000, "7100")),
		}},
		{Key: SectionWorkshop, Title: "El taller", Fields: []*catalogue.Field{
			boolean(OwnWorkshop, "¿El certificado del taller lo pone tu propio taller?"),
			when(OwnWorkshop, text(WorkshopName, "Nombre del taller", maxMedium, "Talleres Pérez")),
			when(OwnWorkshop, text(WorkshopManager, "Responsable del taller", maxMedium, "Luis Pérez")),
			when(OwnWorkshop, text(WorkshopAddress, "Dirección del taller", maxMedium, "Calle Sol 3")),
			when(OwnWorkshop, text(WorkshopCity, "Localidad del taller", maxShort, "Getafe")),
			when(OwnWorkshop, text(WorkshopProvince, "Provincia del taller", 50, "Madrid")),
			when(OwnWorkshop, text(WorkshopPhone, "Teléfono del taller", 30, "910 000 000")),
			when(OwnWorkshop, text(WorkshopRegistry, "Número de registro industrial", 50, "28/12345")),
			when(OwnWorkshop, text(WorkshopActivity, "Actividad del taller", maxMedium, "Taller mecánico de motocicletas")),
		}},
	}
}

func field(key, label string, kind catalogue.FieldType) *catalogue.Field {
	return &catalogue.Field{Key: key, Label: label, Type: kind, IsRequired: true}
}

func text(key, label string, most int, example string) *catalogue.Field {
	f := field(key, label, catalogue.FieldText)
	f.MaxLength, f.Example = &most, &example
	return f
}

// number is a whole number with bounds, in a unit; "" is none.
func number(key, label, unit string, least, most float64, example string) *catalogue.Field {
	f := field(key, label, catalogue.FieldNumber)
	f.Min, f.Max, f.Example = &least, &most, &example
	if unit != "" {
		f.Unit = &unit
	}
	return f
}

func boolean(key, label string) *catalogue.Field { return field(key, label, catalogue.FieldBoolean) }

func optional(f *catalogue.Field) *catalogue.Field {
	f.IsRequired = false
	return f
}

// when makes a field asked for only after a yes to another one.
func when(other string, f *catalogue.Field) *catalogue.Field {
	f.Condition = &catalogue.FieldCondition{FieldKey: other, Operator: fields.Equals, Value: "true"}
	return f
}
