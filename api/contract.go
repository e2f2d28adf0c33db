package api

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/routers"
	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	msia "github.com/msia/msia"
)

// permission is who may call an operation: public, chatwoot, or a role.
type permission string

const (
	permissionPublic   permission = "public"
	permissionChatwoot permission = "chatwoot"
)

// operation is what the middleware needs to know of one operation.
type operation struct {
	route      *routers.Route
	permission permission
	// rate is what its requests are counted as.
	rate RateClass
	// optionalAuth: public, but a signed-in account sees more.
	optionalAuth bool
	// sessionNeeded: an API key will not do.
	sessionNeeded bool
	// maxBody is the most bytes a body may have: x-max-body, or 1 MiB.
	maxBody int64
	// takesBody: there is one in the contract.
	takesBody bool
	// media lists the types of a body that is not JSON, which is left to the
	// handler to read; nil for JSON and for none.
	media []string
	// answersLong: with server-sent events, or with a model's words.
	answersLong bool
	// countsItself: it answers a body that is too large in words of its own.
	countsItself bool
}

// streamed: the body is a form with files, which takes its time to arrive.
func (o operation) streamed() bool { return slices.Contains(o.media, echo.MIMEMultipartForm) }

// defaultMaxBody is the limit of operations that state none.
const defaultMaxBody = 1 << 20

// readOperation reads what the contract says about an operation, but its route.
// It fails when it states no permission: an operation nobody thought about must
// not be open. So it does for a class of requests that there is not.
func readOperation(op *openapi3.Operation) (operation, error) {
	out := operation{maxBody: defaultMaxBody}
	name, _ := op.Extensions["x-permission"].(string)
	switch out.permission = permission(name); out.permission {
	case permissionPublic, permissionChatwoot, "viewer", "editor", "admin":
	default:
		return out, fmt.Errorf("x-permission %q", name)
	}
	var err error
	if out.rate, err = readRateClass(op, out.permission); err != nil {
		return out, err
	}
	out.sessionNeeded, _ = op.Extensions["x-session-needed"].(bool)
	out.optionalAuth = op.Security != nil && len(*op.Security) > 1 && len((*op.Security)[0]) == 0
	if limit, stated := op.Extensions["x-max-body"]; stated {
		n, ok := limit.(float64)
		if !ok || n < 1 {
			return out, fmt.Errorf("x-max-body %v", limit)
		}
		out.maxBody = int64(n)
	}
	out.takesBody = op.RequestBody != nil
	if out.takesBody && op.RequestBody.Value.Content["application/json"] == nil {
		out.media = slices.Sorted(maps.Keys(op.RequestBody.Value.Content))
	}
	if ok := op.Responses.Status(http.StatusOK); ok != nil {
		out.answersLong = ok.Value.Content["text/event-stream"] != nil
	}
	out.countsItself = out.streamed() && op.Responses.Status(http.StatusRequestEntityTooLarge) == nil
	return out, nil
}

// contract is the OpenAPI document, indexed by method and echo's path.
type contract struct {
	operations map[string]operation
	// literal holds the paths without parameters.
	literal map[string]bool
}

// pathParam turns "{tier_id}" into echo's ":tier_id".
var pathParam = regexp.MustCompile(`\{([^}]+)\}`)

// theContract is read once: it is embedded, is never changed after, and takes
// a good part of a second.
var theContract = sync.OnceValues(loadContract)

// loadContract reads the embedded document.
func loadContract() (*contract, error) {
	doc, err := openapi3.NewLoader().LoadFromData(msia.OpenAPI)
	if err != nil {
		return nil, fmt.Errorf("openapi.yaml: %w", err)
	}
	if err := doc.Validate(context.Background()); err != nil {
		return nil, fmt.Errorf("openapi.yaml: %w", err)
	}
	doc.Servers = nil // else the Host header would have to match
	c := &contract{operations: make(map[string]operation), literal: make(map[string]bool)}
	for path, item := range doc.Paths.Map() {
		c.literal[path] = !strings.Contains(path, "{")
		for method, op := range item.Operations() {
			out, err := readOperation(op)
			if err != nil {
				return nil, fmt.Errorf("openapi.yaml: %s %s: %w", method, path, err)
			}
			// Callers are authenticated before kin-openapi runs: it would read the
			// whole body of a stranger first.
			op.Security = &openapi3.SecurityRequirements{}
			out.route = &routers.Route{Spec: doc, Path: path, PathItem: item, Method: method, Operation: op}
			c.operations[method+" "+pathParam.ReplaceAllString(path, ":$1")] = out
		}
	}
	return c, nil
}

func (c *contract) find(method, echoPath string) (operation, bool) {
	op, ok := c.operations[method+" "+echoPath]
	return op, ok
}

// shadowed reports whether echo took a literal path of the contract for the
// parameter of another one, since only that has the method: GET
// /api/elements/match is not the element "match".
func (c *contract) shadowed(requestPath, echoPath string) bool {
	return requestPath != echoPath && c.literal[requestPath]
}

// allowed lists the methods of an echo path, for the Allow header.
func (c *contract) allowed(echoPath string) string {
	var methods []string
	for _, m := range []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete} {
		if _, ok := c.operations[m+" "+echoPath]; ok {
			methods = append(methods, m)
		}
	}
	return strings.Join(methods, ", ")
}

// validationOptions adds the formats of this contract that kin-openapi does not
// check by itself.
func validationOptions() []openapi3.SchemaValidationOption {
	return []openapi3.SchemaValidationOption{
		openapi3.WithStringFormatValidator("uuid", openapi3.NewCallbackValidator(checkUUID)),
		openapi3.DisableSchemaErrorDetails(),
	}
}

func checkUUID(s string) error {
	if len(s) != 36 {
		return fmt.Errorf("not a UUID")
	}
	_, err := uuid.Parse(s)
	return err
}
