package api

import (
	"context"
	"strings"

	"github.com/google/uuid"
	"github.com/oapi-codegen/nullable"

	"github.com/msia/msia/gen/oas"
	"github.com/msia/msia/internal/caller"
	"github.com/msia/msia/internal/catalogue"
	"github.com/msia/msia/internal/fault"
	"github.com/msia/msia/internal/images"
	"github.com/msia/msia/internal/page"
)

// Images serves the tag Images.
type Images struct {
	catalogue *catalogue.Cache
	images    *images.Store
	bulk      bulk
}

// category finds the category that a picture is for; nil for none.
func (h *Images) category(ctx context.Context, ref string) (*uuid.UUID, error) {
	if ref == "" {
		return nil, nil
	}
	snapshot, err := h.catalogue.Snapshot(ctx)
	if err != nil {
		return nil, err
	}
	c, err := snapshot.Resolve(ref, true)
	if err != nil {
		return nil, err
	}
	return &c.ID, nil
}

// ListImages returns a page of the catalogue's pictures.
func (h *Images) ListImages(ctx context.Context, r oas.ListImagesRequestObject) (oas.ListImagesResponseObject, error) {
	after, err := page.Decode(r.Params.Cursor)
	if err != nil {
		return nil, err
	}
	filter := images.Filter{Text: r.Params.Q}
	if r.Params.Category != nil {
		if filter.CategoryID, err = h.category(ctx, *r.Params.Category); err != nil {
			return nil, err
		}
	}
	list, next, err := h.images.List(ctx, filter, after, page.Limit(r.Params.Limit))
	if err != nil {
		return nil, err
	}
	uses, err := h.images.Uses(ctx, list...)
	if err != nil {
		return nil, err
	}
	return oas.ListImages200JSONResponse{
		Items: each(list, func(i *images.Image) oas.Image { return toAPIImage(i, uses[i.ID]) }), NextCursor: orNull(next),
	}, nil
}

// UploadImage adds a picture to the catalogue.
func (h *Images) UploadImage(ctx context.Context, r oas.UploadImageRequestObject) (oas.UploadImageResponseObject, error) {
	up, name, fields, err := readUpload(ctx, h.images.Receive, r.Body, map[string]int{"category": 100, "description": 500})
	if err != nil {
		return nil, err
	}
	if up == nil {
		return nil, errNoFile
	}
	defer up.Close()
	n := images.New{OriginalFilename: name, Visibility: images.Public, Description: optional(strings.TrimSpace(fields["description"]))}
	if n.CategoryID, err = h.uploadCategory(ctx, fields["category"], r.Params.Category); err != nil {
		return nil, err
	}
	i, err := h.images.Put(ctx, up, n)
	if err != nil {
		return nil, err
	}
	return oas.UploadImage201JSONResponse{Body: toAPIImage(i, nil), Headers: oas.UploadImage201ResponseHeaders{ETag: etag(i.Version)}}, nil
}

// uploadCategory takes the category from the form or from the address; where both
// have one it has to be the same.
func (h *Images) uploadCategory(ctx context.Context, field string, query *string) (*uuid.UUID, error) {
	id, err := h.category(ctx, field)
	if err != nil || query == nil {
		return id, err
	}
	other, err := h.category(ctx, *query)
	if err != nil {
		return nil, err
	}
	if id != nil && other != nil && *id != *other {
		return nil, errInvalid.WithMessage("The form and the address name different categories.").
			WithFields(fault.Field{Pointer: "category", Detail: "differs from the form's"})
	}
	if id == nil {
		id = other
	}
	return id, nil
}

// GetImage returns what is known about a picture.
func (h *Images) GetImage(ctx context.Context, r oas.GetImageRequestObject) (oas.GetImageResponseObject, error) {
	i, err := h.images.Get(ctx, r.ImageID, images.Public)
	if err != nil {
		return nil, err
	}
	body, err := h.whole(ctx, i)
	return oas.GetImage200JSONResponse{Body: body, Headers: oas.GetImage200ResponseHeaders{ETag: etag(i.Version)}}, err
}

// UpdateImage changes the members that are present.
func (h *Images) UpdateImage(ctx context.Context, r oas.UpdateImageRequestObject) (oas.UpdateImageResponseObject, error) {
	p := images.Patch{Description: r.Body.Description}
	if ref, err := r.Body.Category.Get(); err == nil {
		id, err := h.category(ctx, ref)
		if err != nil {
			return nil, err
		}
		p.CategoryID = orNull(id)
	} else if r.Body.Category.IsNull() {
		p.CategoryID = nullable.NewNullNullable[uuid.UUID]()
	}
	i, err := h.images.Update(ctx, r.ImageID, ifMatch(r.Params.IfMatch), p)
	if err != nil {
		return nil, bothVersions(err, *r.Body, h.current(ctx, r.ImageID))
	}
	body, err := h.whole(ctx, i)
	return oas.UpdateImage200JSONResponse{Body: body, Headers: oas.UpdateImage200ResponseHeaders{ETag: etag(i.Version)}}, err
}

// DeleteImage deletes a picture that is not in use.
func (h *Images) DeleteImage(ctx context.Context, r oas.DeleteImageRequestObject) (oas.DeleteImageResponseObject, error) {
	if err := h.images.Delete(ctx, r.ImageID, ifMatch(r.Params.IfMatch)); err != nil {
		return nil, bothVersions(err, nil, h.current(ctx, r.ImageID))
	}
	return oas.DeleteImage204Response{}, nil
}

// current reads a picture for bothVersions.
func (h *Images) current(ctx context.Context, id uuid.UUID) func() (any, error) {
	return func() (any, error) {
		i, err := h.images.Get(ctx, id, images.Public)
		if err != nil {
			return nil, err
		}
		return h.whole(ctx, i)
	}
}

// GetImageFile serves the bytes of a picture.
func (h *Images) GetImageFile(ctx context.Context, r oas.GetImageFileRequestObject) (oas.GetImageFileResponseObject, error) {
	request := fileRequestOf(ctx)
	_, signedIn := caller.From(ctx)
	read := images.Read{
		Filename: r.StoredFilename, Trusted: signedIn,
		WebP: strings.Contains(request.Header.Get("Accept"), "image/webp"),
	}
	if r.Params.W != nil {
		read.Width = int(*r.Params.W)
	}
	if r.Params.Expires != nil && r.Params.Signature != nil {
		read.Link = &images.Link{Expires: *r.Params.Expires, Signature: *r.Params.Signature}
	}
	c, err := h.images.Read(ctx, read)
	if err != nil {
		return nil, err
	}
	return imageFile(c, request), nil
}

// whole converts a picture with where it is used.
func (h *Images) whole(ctx context.Context, i *images.Image) (oas.Image, error) {
	uses, err := h.images.Uses(ctx, i)
	return toAPIImage(i, uses[i.ID]), err
}

func toAPIImage(i *images.Image, uses []images.Use) oas.Image {
	return oas.Image{
		ID: i.ID, URL: i.URL(), StoredFilename: i.StoredFilename, OriginalFilename: orNullText(i.OriginalFilename),
		ContentType: oas.ImageContentType(i.ContentType), Width: i.Width, Height: i.Height, SizeBytes: i.SizeBytes,
		CategoryID: orNull(i.CategoryID), Description: orNull(i.Description),
		UsedBy: each(uses, func(u images.Use) oas.ImageUse {
			return oas.ImageUse{Kind: oas.ImageUseKind(u.Kind), ID: u.OwnerID, CategoryID: u.CategoryID, Title: u.Title}
		}),
		Version: i.Version, CreatedAt: i.CreatedAt.UTC(), UpdatedAt: i.UpdatedAt.UTC(),
	}
}
