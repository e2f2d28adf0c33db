// Package msia embeds the HTTP contract.
package msia

import _ "embed"

// OpenAPI is openapi.yaml: every shape, bound, status and permission.
//
//go:embed openapi.yaml
var OpenAPI []byte
