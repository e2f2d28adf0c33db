package images

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"github.com/msia/msia/gen/sqlc"
)

// Use is a place of the catalogue that shows a picture.
type Use struct {
	// Kind is element_photo or base_document.
	Kind string
	// OwnerID is the element or the paper.
	OwnerID    uuid.UUID
	CategoryID uuid.UUID
	// Title is for people.
	Title string
}

// Uses returns where the catalogue shows each of some pictures.
func (s *Store) Uses(ctx context.Context, list ...*Image) (map[uuid.UUID][]Use, error) {
	if len(list) == 0 {
		return nil, nil
	}
	urls, ids := make([]string, len(list)), make(map[string]uuid.UUID, len(list))
	for i, image := range list {
		urls[i] = image.URL()
		ids[urls[i]] = image.ID
	}
	rows, err := s.q.ImageUses(ctx, s.db, sqlc.ImageUsesParams{Length: int32(len(urls[0])), Urls: urls}) //nolint:gosec // an address of ours
	if err != nil {
		return nil, fmt.Errorf("look for images in the catalogue: %w", err)
	}
	out := make(map[uuid.UUID][]Use)
	for _, r := range rows {
		id := ids[r.URL]
		out[id] = append(out[id], Use{Kind: r.Kind, OwnerID: r.OwnerID, CategoryID: r.CategoryID, Title: r.Title})
	}
	return out, nil
}
