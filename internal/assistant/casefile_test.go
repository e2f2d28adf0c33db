package assistant_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/msia/msia/internal/assistant"
	"github.com/msia/msia/internal/casedata"
	"github.com/msia/msia/internal/catalogue"
	"github.com/msia/msia/internal/money"
	"github.com/msia/msia/internal/tariffs"
)

// carryOut does to a case what internal/conversations does with an outcome, and
// returns the case as it is then: a fresh copy, as if read from the database.
func carryOut(t require.TestingT, s *catalogue.Snapshot, customer assistant.Customer, file *assistant.CaseFile, actions *assistant.CaseActions, now time.Time) *assistant.CaseFile {
	if actions == nil {
		return file
	}
	var next assistant.CaseFile
	if actions.Open != nil {
		require.Nil(t, file, "a second case")
		category := s.ByID(actions.Open.CategoryID)
		var lines []casedata.Line
		for _, l := range actions.Open.Quote.Lines {
			lines = append(lines, casedata.Line{Code: l.Code, Name: l.Name, Quantity: l.Quantity})
		}
		next = assistant.CaseFile{Number: "2026-000123", CategoryID: category.ID, Filling: true, Content: casedata.New(category, lines)}
		next.Accepted = tariffs.Accepted{Quote: actions.Open.Quote, Workshop: casedata.WorkshopService(category)}
		next.Content.Apply(customer.Known, now)
	} else {
		require.NotNil(t, file)
		next = *file
		next.Content = file.Content.Clone()
	}
	require.Empty(t, next.Content.Apply(actions.Answers, now), "an answer that is not right")
	for _, f := range actions.Files {
		require.True(t, f.Place == casedata.Place{} || next.Content.Knows(f.Place), "%v", f.Place)
		next.Content.Files = append(next.Content.Files, casedata.File{Place: f.Place, Review: casedata.ReviewPending})
	}
	if actions.Confirm {
		require.Empty(t, next.Content.Missing(), "confirmed with something missing")
		next.Filling = false
	}
	if actions.Cancel {
		return nil
	}
	raw, err := json.Marshal(next.Content.Values)
	require.NoError(t, err)
	next.Content.Values = nil
	require.NoError(t, json.Unmarshal(raw, &next.Content.Values))
	return &next
}

// staff does what people do to the case before a turn.
func (u turn) staff(t testing.TB, file *assistant.CaseFile) {
	t.Helper()
	if u.Works {
		file.Filling, file.Working = false, true
	}
	if u.Rejects == "" {
		return
	}
	for i, f := range file.Content.Files {
		if f.Place.Element+"/"+f.Place.Slot == u.Rejects {
			file.Content.Files[i].Review = casedata.ReviewRejected
			return
		}
	}
	t.Fatalf("there is no file at %s", u.Rejects)
}

func checkCase(t *testing.T, at string, u turn, actions *assistant.CaseActions, file *assistant.CaseFile) {
	t.Helper()
	if actions == nil {
		actions = &assistant.CaseActions{}
	}
	assert.Equal(t, u.Opens, actions.Open != nil, at)
	assert.Equal(t, u.Confirms, actions.Confirm, at)
	assert.Equal(t, u.Cancels, actions.Cancel, at)
	for name, want := range u.Knows {
		if assert.NotNil(t, file, at) {
			section, key := splitName(name)
			assert.Equal(t, want, file.Content.Values[section][key], "%s: %s", at, name)
		}
	}
	if u.Places != nil && assert.NotNil(t, file, at) {
		got := []string{}
		for _, f := range file.Content.Files {
			got = append(got, f.Place.Element+"/"+f.Place.Slot)
		}
		assert.Equal(t, u.Places, got, at)
	}
}

func splitName(name string) (section, key string) {
	for i := len(name) - 1; i >= 0; i-- {
		if name[i] == '/' {
			return name[:i], name[i+1:]
		}
	}
	return "", name
}

// TestCertificateIsPricedByTheCase has the sheet change its price since the case
// was opened, and the customer change their mind.
func TestCertificateIsPricedByTheCase(t *testing.T) {
	t.Parallel()
	s := snapshot(t, nil)
	category := s.BySlug("motos-part")
	sold := *casedata.WorkshopService(category)
	require.Equal(t, "85.00", sold.Price.String())
	sold.Price = money.MustParse("70.00")
	content := casedata.New(category, nil)
	content.Documents = nil
	require.Empty(t, content.Apply(casedata.Change{
		casedata.SectionPersonal: {
			casedata.FirstName: "Ana", casedata.LastName: "García", casedata.NIF: "12345678z", casedata.Email: "ana@example.com",
			casedata.Street: "Calle Mayor 1", casedata.PostalCode: "28013", casedata.City: "Madrid", casedata.ITVName: "ITV Getafe",
		},
		casedata.SectionVehicle: {casedata.Make: "Honda", casedata.Model: "CB 500", casedata.Year: "2019", casedata.Plate: "1234 bcd"},
		casedata.SectionDimensions: {
			casedata.SeatsChange: "no", casedata.HeightChange: "no", casedata.WidthChange: "no", casedata.LengthChange: "no",
		},
		casedata.SectionWorkshop: {
			casedata.WorkshopName: "Pérez", casedata.WorkshopManager: "Luis", casedata.WorkshopAddress: "Sol 3", casedata.WorkshopCity: "Getafe",
			casedata.WorkshopProvince: "Madrid", casedata.WorkshopPhone: "910 000 000", casedata.WorkshopRegistry: "28/1", casedata.WorkshopActivity: "Motos",
		},
	}, began))
	file := &assistant.CaseFile{
		Number: "2026-000123", CategoryID: category.ID, Filling: true, Content: content,
		Accepted: tariffs.Accepted{Workshop: &sold, Quote: tariffs.Quote{
			Subtotal: money.MustParse("100.00"), IVAPercent: money.MustParse("21.00"), IVA: money.MustParse("21.00"), Total: money.MustParse("121.00"),
		}},
	}
	a, state := newAssistant(), assistant.State{}
	for _, c := range []struct{ say, want, not string }{
		{"seguir", "70,00 €", "85,00 €"},
		{"no, el vuestro", "Precio: 170,00 €", "100,00 €"},
		{"¿cuánto cuesta?", "es de 170,00 €", "100,00 €"},
		{"¿El certificado del taller lo pone tu propio taller?: sí", "Precio: 100,00 €", "170,00 €"},
	} {
		out := a.Answer(assistant.Turn{
			State: state, Messages: []assistant.Message{{Text: c.say}}, Snapshot: s, Settings: assistant.Settings{Enabled: true}, Now: began, Case: file,
		})
		require.NotEmpty(t, out.Replies, c.say)
		require.Contains(t, out.Replies[0], c.want, c.say)
		require.NotContains(t, out.Replies[0], c.not, c.say)
		file, state = carryOut(t, s, assistant.Customer{}, file, out.Case, began), out.State
	}
}
