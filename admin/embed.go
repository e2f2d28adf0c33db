// Package adminui embeds the admin UI, as far as it was built.
package adminui

import (
	"embed"
	"io/fs"
)

//go:embed all:dist
var dist embed.FS

// Files returns the built UI, or false when the binary was built without it.
func Files() (fs.FS, bool) {
	ui, err := fs.Sub(dist, "dist/ui")
	if err != nil {
		return nil, false
	}
	if _, err := fs.Stat(ui, "index.html"); err != nil {
		return nil, false
	}
	return ui, true
}
