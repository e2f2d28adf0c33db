package images

import (
	"context"
	"encoding/hex"
	"fmt"
	"strings"

	"github.com/msia/msia/gen/sqlc"
)

// The folders of the file store that are ours.
const (
	objectFolder  = "objects"
	variantFolder = "variants"
)

// objectKey is where the bytes with that hash are, or a copy of them: folders of about
// equal size, which stay listable.
func objectKey(sha256 [32]byte, contentType string) string {
	return key(objectFolder, sha256) + extension(contentType)
}

func variantKey(sha256 [32]byte, v variant) string {
	return fmt.Sprintf("%s-%d%s", key(variantFolder, sha256), v.width, extension(v.contentType))
}

func key(folder string, sha256 [32]byte) string {
	name := hex.EncodeToString(sha256[:])
	return folder + "/" + name[:2] + "/" + name
}

// extension belongs to a content type of ours.
func extension(contentType string) string {
	switch contentType {
	case "image/png":
		return ".png"
	case "image/webp":
		return ".webp"
	case typePDF:
		return ".pdf"
	}
	return ".jpg"
}

// Keys returns the keys of every file that the database refers to; smaller copies
// are made anew.
func Keys(ctx context.Context, d sqlc.DBTX) ([]string, error) {
	rows, err := sqlc.New().ImageObjectListAll(ctx, d)
	if err != nil {
		return nil, fmt.Errorf("list files: %w", err)
	}
	keys := make([]string, len(rows))
	for i, row := range rows {
		keys[i] = objectKey([32]byte(row.Sha256), row.ContentType)
	}
	return keys, nil
}

// sumOf returns the hash that a key of ours names.
func sumOf(key string) (sum [32]byte, ok bool) {
	name := key[strings.LastIndexByte(key, '/')+1:]
	n, err := hex.Decode(sum[:], []byte(name[:min(len(name), 64)]))
	return sum, err == nil && n == len(sum)
}
