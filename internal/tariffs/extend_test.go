package tariffs_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/msia/msia/internal/catalogue"
	"github.com/msia/msia/internal/money"
	"github.com/msia/msia/internal/tariffs"
)

func TestAcceptedWithTheWorkshop(t *testing.T) {
	t.Parallel()
	a := tariffs.Accepted{Quote: tariffs.Quote{
		Subtotal: money.MustParse("100.00"), IVAPercent: money.MustParse("21.00"), IVA: money.MustParse("21.00"), Total: money.MustParse("121.00"),
	}}
	require.Equal(t, a.Quote, a.With(true), "the sheet sold none")
	a.Workshop = &catalogue.Service{Code: "taller", Name: "Certificado", Price: money.MustParse("85.00")}
	require.Equal(t, a.Quote, a.With(false))
	got := a.With(true)
	require.Equal(t, []tariffs.QuoteService{
		{Code: "taller", Name: "Certificado", Quantity: 1, Price: a.Workshop.Price, Amount: a.Workshop.Price},
	}, got.Services)
	require.Equal(t, []string{"185.00", "38.85", "223.85"}, []string{got.Subtotal.String(), got.IVA.String(), got.Total.String()})
	require.Empty(t, a.Quote.Services, "the quote itself stays")
	require.Equal(t, got, tariffs.Accepted{Quote: got, Workshop: a.Workshop}.With(true), "once")
}
