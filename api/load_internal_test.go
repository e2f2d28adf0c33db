package api

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/synctest"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/stretchr/testify/require"
)

func request(ctx context.Context) echo.Context {
	return echo.New().NewContext(httptest.NewRequest(http.MethodGet, "/", nil).WithContext(ctx), httptest.NewRecorder())
}

// TestRoomIsFreeOnceTheAnswerBegins: who reads slowly holds nobody up.
func TestRoomIsFreeOnceTheAnswerBegins(t *testing.T) {
	t.Parallel()
	l := newLoad(1)
	c := request(t.Context())
	leave, err := l.enter(c, RatePublic)
	require.NoError(t, err)
	_, err = l.enter(request(t.Context()), RateAccount)
	require.ErrorIs(t, err, errOverloaded)
	require.NoError(t, c.String(http.StatusOK, "begun"))
	again, err := l.enter(request(t.Context()), RateAccount)
	require.NoError(t, err)
	leave()
	_, err = l.enter(request(t.Context()), RateAccount)
	require.ErrorIs(t, err, errOverloaded, "it left once")
	again()
	_, err = l.enter(request(t.Context()), RateAccount)
	require.NoError(t, err)
}

func TestWebhooksWaitForRoom(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := newLoad(1)
		var leave []func()
		for range 1 + webhookReserve {
			done, err := l.enter(request(t.Context()), rateWebhook)
			require.NoError(t, err)
			leave = append(leave, done)
		}
		began := time.Now()
		_, err := l.enter(request(t.Context()), rateWebhook)
		require.ErrorIs(t, err, errOverloaded)
		require.Equal(t, webhookPatience, time.Since(began))
		time.AfterFunc(time.Second, leave[7])
		_, err = l.enter(request(t.Context()), rateWebhook)
		require.NoError(t, err)
		require.Equal(t, webhookPatience+time.Second, time.Since(began))
		_, err = l.enter(request(t.Context()), rateNone)
		require.NoError(t, err, "health is always told")
	})
}

// TestPanicInAnAnswer that has begun breaks it off: else the client would take
// what it has for the whole.
func TestPanicInAnAnswer(t *testing.T) {
	t.Parallel()
	s := &Server{log: slog.New(slog.DiscardHandler)}
	c := request(t.Context())
	err := s.recovering(func(c echo.Context) error {
		_ = c.String(http.StatusOK, "begun")
		panic("on purpose")
	}, c)
	require.ErrorContains(t, err, "on purpose")
	require.PanicsWithValue(t, http.ErrAbortHandler, func() { s.handleError(err, c) })
}
