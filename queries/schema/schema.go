// Package schema embeds the goose migrations, which are also sqlc's schema.
package schema

import "embed"

// Migrations holds the *.sql files, in the order of their numbers.
//
//go:embed *.sql
var Migrations embed.FS
