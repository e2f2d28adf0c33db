package demo

import (
	"fmt"

	"github.com/msia/msia/internal/casedata"
	"github.com/msia/msia/internal/spain"
)

// person is a made-up customer. Their telephone numbers and identity numbers are
// in nobody's hands that we know of; their mail goes nowhere.
type person struct {
	number                int64
	nickname, first, last string
	// clientType is what Chatwoot says; "" for nothing.
	clientType               string
	street, postalCode, city string
	make, model, year, plate string
}

func (p person) phone() string { return fmt.Sprintf("+346000%05d", 10*p.number) }

// nif is a DNI with its right letter.
func (p person) nif() string {
	const letters = "TRWAGMYFPDXBNJZSQVHLCKE"
	n := 10_000_000 + 137*p.number
	return fmt.Sprintf("%08d%c", n, letters[n%int64(len(letters))])
}

func (p person) email() string { return fmt.Sprintf("cliente%d@example.com", p.number) }

// answers are what the person says about themself and the vehicle, by the key of
// the field.
func (p person) answers() map[string]map[string]string {
	return map[string]map[string]string{
		casedata.SectionPersonal: {
			casedata.FirstName: p.first, casedata.LastName: p.last, casedata.NIF: p.nif(), casedata.Email: p.email(), casedata.Phone: p.phone(),
			casedata.Street: p.street, casedata.PostalCode: p.postalCode, casedata.City: p.city, casedata.Province: spain.ProvinceOf(p.postalCode), casedata.ITVName: "ITV de " + p.city,
		},
		casedata.SectionVehicle: {
			casedata.Make: p.make, casedata.Model: p.model, casedata.Year: p.year, casedata.Plate: p.plate,
		},
	}
}

const professional = "Profesional"

// people are the cast, by who they are in the scenes.
var people = []person{
	{1, "Lucía", "Lucía", "Fernández Gil", "", "Calle Mayor 12, 3.º A", "28013", "Madrid", "Honda", "CB 500 F", "2019", "1234 KBC"},
	{2, "Javi R.", "Javier", "Romero Sanz", "", "Avenida del Puerto 45", "46021", "Valencia", "Yamaha", "MT-07", "2021", "5678 LMN"},
	{3, "nuria_moto", "Nuria", "Vidal Soler", "", "Carrer de Balmes 200", "08006", "Barcelona", "Kawasaki", "Z900", "2020", "9012 LBD"},
	{4, "Íñigo M", "Íñigo", "Muñoz Etxeberria", "", "Calle Ercilla 8", "48009", "Bilbao", "KTM", "690 SMC R", "2018", "3456 KDF"},
	{5, "Carmen", "Carmen", "Ortiz Núñez", "", "Calle Sierpes 31", "41004", "Sevilla", "BMW", "R nineT", "2017", "7890 JZK"},
	{6, "Paco", "Francisco", "Castro Roca", "", "Calle Larios 5", "29005", "Málaga", "Triumph", "Street Triple", "2022", "2345 LYW"},
	{7, "Marta S.", "Marta", "Sanchís Ibáñez", "", "Calle Colón 60", "46004", "Valencia", "Ducati", "Scrambler", "2019", "6789 KSM"},
	{8, "Álex", "Alejandro", "Prieto Vega", "", "Calle Uría 22", "33003", "Oviedo", "Suzuki", "SV 650", "2016", "1122 JTB"},
	{9, "Rocío 🏍️", "Rocío", "Delgado Ríos", "", "Calle San Jacinto 14", "41010", "Sevilla", "Honda", "Rebel 500", "2023", "3344 MBC"},
	{10, "Toni", "Antonio", "Ferrer Mas", "", "Carrer Sant Miquel 3", "07002", "Palma", "Royal Enfield", "Interceptor 650", "2021", "5566 LPT"},
	{11, "Begoña", "Begoña", "Aguirre Lasa", "", "Calle Urbieta 17", "20006", "San Sebastián", "Yamaha", "XSR 700", "2018", "7788 KHR"},
	{12, "Dani", "Daniel", "Herrero Pons", "", "Paseo de la Independencia 9", "50001", "Zaragoza", "Husqvarna", "701 Supermoto", "2020", "9900 LCF"},
	{13, "Elena", "Elena", "Cano Rubio", "", "Calle Ancha 2", "24003", "León", "Kawasaki", "W800", "2019", "2468 KWX"},
	{14, "Quique", "Enrique", "Molina Arias", "", "Calle Real 77", "11001", "Cádiz", "Honda", "CRF 450", "2022", "1357 LVD"},
	{15, "Sara", "Sara", "Iglesias Pardo", "", "Rúa do Vilar 10", "15705", "Santiago de Compostela", "Vespa", "GTS 300", "2020", "8642 LGH"},
	{16, "Caravanas Norte", "Rubén", "Lago Freire", professional, "Polígono de Sabón 21", "15142", "Arteixo", "Fiat", "Ducato", "2018", "9753 KJL"},
	{17, "Camper Sol", "Isabel", "Campos Luna", professional, "Calle del Río 4", "30003", "Murcia", "Peugeot", "Boxer", "2017", "4680 JXP"},
	{18, "Óscar", "Óscar", "Nieto Bravo", "", "Calle Toro 33", "37002", "Salamanca", "Yamaha", "Ténéré 700", "2023", "1470 MFG"},
	{19, "Pili", "María Pilar", "Gracia Lafuente", "", "Calle Alfonso I 18", "50003", "Zaragoza", "BMW", "F 800 R", "2015", "2581 HZN"},
	{20, "Jorge", "Jorge", "Peña Cuesta", "", "Calle Burgos 6", "39008", "Santander", "Honda", "CB 650 R", "2021", "3692 LRS"},
}

// who returns the person of a number.
func who(number int) person { return people[number-1] }
