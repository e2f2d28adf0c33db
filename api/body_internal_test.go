package api

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestIntricate(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]bool{
		`{"a": [1, {"b": "x"}]}`: false,
		"":                       false,
		strings.Repeat("[", maxDepth) + strings.Repeat("]", maxDepth):     false,
		strings.Repeat("[", maxDepth+1) + strings.Repeat("]", maxDepth+1): true,
		strings.Repeat("[],", maxDepth+1):                                 false,
		"[" + strings.Repeat("1,", maxValues-1) + "1]":                    false,
		"[" + strings.Repeat("1,", maxValues) + "1]":                      true,
		`{"text": "` + strings.Repeat("[,{", maxValues) + `"}`:            false,
		`{"text": "\"` + strings.Repeat(",", maxValues+1) + `\\"}`:        false,
		`{"text": "\\"` + strings.Repeat(",", maxValues+1) + `}`:          true,
	} {
		require.Equal(t, want, intricate([]byte(body)), "%.40s", body)
	}
}

// TestBodiesAreCounted keeps the memory that senders can take bounded.
func TestBodiesAreCounted(t *testing.T) {
	t.Parallel()
	var b bodies
	request := func(body io.Reader) *http.Request {
		r := httptest.NewRequest(http.MethodPost, "/", body)
		r.Body = http.MaxBytesReader(httptest.NewRecorder(), r.Body, maxBodies)
		return r
	}
	sent := bytes.Repeat([]byte("x"), 100_000)
	got, release, err := b.read(request(bytes.NewReader(sent)))
	require.NoError(t, err)
	require.Equal(t, sent, got)
	require.EqualValues(t, len(sent), b.held.Load())

	_, _, err = b.read(request(io.LimitReader(endless{}, maxBodies-10)))
	require.ErrorIs(t, err, errOverloaded)
	_, _, err = b.read(request(io.LimitReader(endless{}, maxBodies+1)))
	require.Error(t, err)
	_, _, err = b.read(request(io.MultiReader(bytes.NewReader(sent), broken{})))
	require.ErrorIs(t, err, errCutShort)
	release()
	require.Zero(t, b.held.Load())

	r := request(bytes.NewReader(sent))
	r.Body = http.MaxBytesReader(httptest.NewRecorder(), r.Body, 99_999)
	_, _, err = b.read(r)
	require.ErrorIs(t, err, errTooLarge)
	require.Zero(t, b.held.Load())
}

type endless struct{}

// Read never ends.
func (endless) Read(p []byte) (int, error) { return len(p), nil }

type broken struct{}

// Read breaks off.
func (broken) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }
