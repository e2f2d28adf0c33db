package apitest

import (
	"bytes"
	"context"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/gorillamux"
	"github.com/stretchr/testify/require"

	msia "github.com/msia/msia"
)

// Contract checks responses against openapi.yaml, undocumented statuses and
// undeclared members included.
type Contract struct {
	Doc    *openapi3.T
	router routers.Router
}

// LoadContract returns the contract with every object schema closed, so that a
// member nobody declared fails. Tests share it: it is only read.
func LoadContract(t testing.TB) *Contract {
	t.Helper()
	c, err := closedContract()
	require.NoError(t, err)
	return c
}

// closedContract reads the contract once; it takes a good part of a second.
var closedContract = sync.OnceValues(func() (*Contract, error) {
	for _, t := range []string{"image/jpeg", "image/png", "image/webp", "multipart/byteranges", "application/pdf", "application/zip"} { // bytes to the contract
		openapi3filter.RegisterBodyDecoder(t, openapi3filter.FileBodyDecoder)
	}
	doc, err := openapi3.NewLoader().LoadFromData(msia.OpenAPI)
	if err != nil {
		return nil, err
	}
	for name, ref := range doc.Components.Schemas {
		if s := ref.Value; name != "QuoteRequestService" && s.Type.Is("object") && s.AdditionalProperties.Has == nil {
			closed := false
			s.AdditionalProperties.Has = &closed
		}
	}
	doc.Servers = nil
	router, err := gorillamux.NewRouter(doc)
	return &Contract{Doc: doc, router: router}, err
})

// CheckResponse fails the test when the response is not what the contract says.
// Paths outside the contract are not checked.
func (c *Contract) CheckResponse(t testing.TB, r *http.Request, status int, header http.Header, body []byte) {
	t.Helper()
	route, params, err := c.router.FindRoute(r)
	if err != nil {
		return
	}
	in := &openapi3filter.ResponseValidationInput{
		RequestValidationInput: &openapi3filter.RequestValidationInput{
			Request: r, PathParams: params, Route: route,
			Options: &openapi3filter.Options{AuthenticationFunc: openapi3filter.NoopAuthenticationFunc},
		},
		Status: status, Header: header,
		Options: &openapi3filter.Options{
			IncludeResponseStatus: true, MultiError: true,
			ExcludeResponseBody: !strings.Contains(header.Get("Content-Type"), "json"), // files
		},
	}
	in.SetBodyBytes(bytes.Clone(body))
	if err := openapi3filter.ValidateResponse(context.Background(), in); err != nil {
		t.Errorf("%s %s answered %d, which openapi.yaml does not describe: %v\nbody: %s", r.Method, r.URL.Path, status, err, body)
	}
}
