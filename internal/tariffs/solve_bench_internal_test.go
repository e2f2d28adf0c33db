package tariffs

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/msia/msia/internal/catalogue"
)

// fullSet is every priceable element of a sheet.
func fullSet(c *catalogue.Category) Request {
	var req Request
	for _, e := range c.Elements {
		if e.IsActive && !e.IsGeneric {
			req.Elements = append(req.Elements, RequestedElement{e.Code, 1})
		}
	}
	return req
}

func BenchmarkSolve(b *testing.B) {
	motos, motorhomes := PublishedMotos(), PublishedMotorhomes()
	for _, bench := range []struct {
		name string
		c    *catalogue.Category
		req  Request
	}{
		{"motos/full", motos, fullSet(motos)},
		{"motos/three", motos, setOf("SUSPENSION_DEL", "ESCAPE", "MANILLAR")},
		{"motorhomes/full", motorhomes, fullSet(motorhomes)},
	} {
		s := Compile(bench.c)
		lines, err := s.readElements(bench.req.Elements)
		require.NoError(b, err)
		demands := make([]demand, len(lines))
		for i, l := range lines {
			demands[i] = demand{l.rank, l.units}
		}
		b.Run(bench.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if s.solve(demands).tier == nil {
					b.Fatal("not covered")
				}
			}
		})
	}
}

func BenchmarkCompile(b *testing.B) {
	c := PublishedMotos()
	b.ReportAllocs()
	for b.Loop() {
		Compile(c)
	}
}

func BenchmarkCalculate(b *testing.B) {
	c := PublishedMotos()
	for name, req := range map[string]Request{
		"three": setOf("SUSPENSION_DEL", "ESCAPE", "MANILLAR"), "full": fullSet(c),
	} {
		b.Run(name+"/category", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := (Calculator{}).Calculate(c, iva, req); err != nil {
					b.Fatal(err)
				}
			}
		})
		sheet := Compile(c)
		b.Run(name+"/sheet", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := (Calculator{}).CalculateSheet(sheet, iva, req); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
