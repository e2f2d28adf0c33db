package api_test

import (
	"net/http"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/msia/msia/internal/apitest"
	"github.com/msia/msia/internal/caller"
)

func TestElementReads(t *testing.T) {
	t.Parallel()
	s := apitest.New(t)
	type element struct {
		ID, Code string
		IsActive bool `json:"is_active"`
	}
	var all, motorhome, withInactive []element
	s.Do("GET", "/api/elements", nil).Expect(http.StatusOK).JSON(&all)
	s.Do("GET", "/api/elements?category=aseicars-prof", nil).Expect(http.StatusOK).JSON(&motorhome)
	require.Greater(t, len(all), len(motorhome))
	for _, e := range all {
		require.True(t, e.IsActive)
	}
	s.Do("GET", "/api/elements?category=aseicars-prof&include_inactive=true", nil, apitest.Bearer(s.Token(caller.RoleViewer))).Expect(http.StatusOK).JSON(&withInactive)
	require.Len(t, withInactive, len(motorhome)+1, "the air conditioning")
	var one element
	s.Do("GET", "/api/elements/"+all[0].ID, nil).Expect(http.StatusOK).JSON(&one)
	require.Equal(t, all[0], one)
	s.Do("GET", "/api/elements/"+uuid.NewString(), nil).Expect(http.StatusNotFound)
	s.Do("GET", "/api/elements?category=nada-part", nil).Expect(http.StatusNotFound)
	s.Do("GET", "/api/elements?category=Nada", nil).Expect(http.StatusBadRequest)
}

func TestMatch(t *testing.T) {
	t.Parallel()
	s := apitest.New(t)
	type result struct {
		Matches []struct {
			Code     string
			Quantity int
			Spans    [][]int
		}
		Questions []struct {
			ElementCode string `json:"element_code"`
			Options     []struct{ Code string }
		}
		Inactive []struct{ Code, Reason string }
	}
	var r result
	text := "quiero homologar escape y los dos retrovisores"
	s.Do("POST", "/api/elements/match", map[string]string{"category": "motos-part", "text": text}).Expect(http.StatusOK).JSON(&r)
	require.Len(t, r.Matches, 2)
	require.Equal(t, "ESCAPE", r.Matches[0].Code)
	require.Equal(t, "ESPEJOS", r.Matches[1].Code)
	require.Equal(t, 2, r.Matches[1].Quantity)
	span := r.Matches[0].Spans[0]
	require.Equal(t, "escape", string([]rune(text)[span[0]:span[1]]))

	r = result{}
	s.Do("POST", "/api/elements/match", map[string]string{"category": "motos-part", "text": "la suspensión"}).Expect(http.StatusOK).JSON(&r)
	require.Empty(t, r.Matches)
	require.Equal(t, "SUSPENSION", r.Questions[0].ElementCode)
	require.Len(t, r.Questions[0].Options, 2)

	r = result{}
	s.Do("POST", "/api/elements/match", map[string]string{"category": "aseicars-prof", "text": "aire acondicionado"}).Expect(http.StatusOK).JSON(&r)
	require.Equal(t, "AIRE_ACONDI", r.Inactive[0].Code)
	require.NotEmpty(t, r.Inactive[0].Reason)
	s.Do("POST", "/api/elements/match", map[string]string{"category": "motos-part", "text": ""}).Expect(http.StatusOK)
}
