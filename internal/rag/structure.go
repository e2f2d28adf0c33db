package rag

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/msia/msia/gen/sqlc"
	"github.com/msia/msia/internal/legal"
	"github.com/msia/msia/internal/lexical"
	"github.com/msia/msia/internal/pdf"
)

// chunksAtOnce is how many passages one statement inserts.
const chunksAtOnce = 500

// structure finds the units of the text and cuts them into passages.
func (w *ProcessWorker) structure(ctx context.Context, d sqlc.RagDocument) error {
	rows, err := w.q.RegulationPageList(ctx, w.cfg.DB, d.RunID)
	if err != nil {
		return fmt.Errorf("read pages: %w", err)
	}
	pages := make([]legal.Page, len(rows))
	for i, r := range rows {
		pages[i] = legal.Page{Number: int(r.Page), Text: r.Text}
	}
	doc := legal.Parse(pages)
	units, chunks := rowsOf(d, doc)
	if len(chunks.Texts) == 0 {
		return pdf.ErrNoText
	}
	return w.step(ctx, d, Structuring, Embedding, func(ctx context.Context, tx pgx.Tx) (out sqlc.RegulationAdvanceParams, err error) {
		out.Progress = embeddingAt
		repair := sqlc.RegulationPageRepairParams{RunID: d.RunID}
		for _, p := range doc.Pages {
			repair.Pages = append(repair.Pages, int32(p.Number)) //nolint:gosec // they were int32
			repair.Texts = append(repair.Texts, p.Text)
			repair.Labels = append(repair.Labels, p.Label)
		}
		if err := w.q.RegulationPageRepair(ctx, tx, repair); err != nil {
			return out, fmt.Errorf("repair pages: %w", err)
		}
		ids, err := w.q.RegulationUnitInsert(ctx, tx, units)
		if err != nil {
			return out, fmt.Errorf("insert units: %w", err)
		}
		for i, unit := range chunks.UnitIds { // so far the unit's place
			chunks.UnitIds[i] = ids[unit]
		}
		for part := range parts(chunks, chunksAtOnce) {
			if err := w.q.RegulationChunkInsert(ctx, tx, part); err != nil {
				return out, fmt.Errorf("insert passages: %w", err)
			}
		}
		return out, nil
	})
}

// rowsOf returns the rows of a parsed document. The unit ids of passages are the
// places of their units.
func rowsOf(d sqlc.RagDocument, doc legal.Document) (sqlc.RegulationUnitInsertParams, sqlc.RegulationChunkInsertParams) {
	units := sqlc.RegulationUnitInsertParams{DocumentID: d.ID, RunID: d.RunID}
	chunks := sqlc.RegulationChunkInsertParams{DocumentID: d.ID, RunID: d.RunID}
	for i, u := range doc.Units {
		units.Ords = append(units.Ords, int32(i))              //nolint:gosec // bounded by the text
		units.LastOrds = append(units.LastOrds, int32(u.Last)) //nolint:gosec // the same
		units.Kinds = append(units.Kinds, string(u.Kind))
		units.Numbers = append(units.Numbers, u.Number)
		units.Refs = append(units.Refs, array(keysOf(u)))
		units.Labels = append(units.Labels, u.Label)
		units.Titles = append(units.Titles, u.Title)
		units.Paths = append(units.Paths, array(u.Path))
		units.PagesFrom = append(units.PagesFrom, int32(u.PageFrom)) //nolint:gosec // they were int32
		units.PagesTo = append(units.PagesTo, int32(u.PageTo))       //nolint:gosec // the same
		for _, p := range u.Passages {
			if p.Hidden {
				continue
			}
			heading := legal.Heading(u.Path, u.Label, u.Title)
			literal, _ := tsvector(field{heading, "A"}, field{p.Definition, definitionWeight}, field{p.Text, "D"})
			hash := sha256.Sum256([]byte(embedded(heading, p.Text)))
			chunks.UnitIds = append(chunks.UnitIds, int64(i))
			chunks.Ords = append(chunks.Ords, int32(len(chunks.Ords))) //nolint:gosec // bounded by the text
			chunks.Texts = append(chunks.Texts, p.Text)
			chunks.ContentHashes = append(chunks.ContentHashes, hash[:])
			chunks.Tsvs = append(chunks.Tsvs, literal)
			chunks.Tokens = append(chunks.Tokens, int32(len(lexical.Analyse(p.Text)))) //nolint:gosec // the same
			chunks.PagesFrom = append(chunks.PagesFrom, int32(p.PageFrom))             //nolint:gosec // the same
			chunks.CharsFrom = append(chunks.CharsFrom, int32(p.CharFrom))             //nolint:gosec // the same
			chunks.PagesTo = append(chunks.PagesTo, int32(p.PageTo))                   //nolint:gosec // the same
			chunks.CharsTo = append(chunks.CharsTo, int32(p.CharTo))                   //nolint:gosec // the same
			chunks.Definitions = append(chunks.Definitions, p.Definition)
			chunks.AreTables = append(chunks.AreTables, p.Table)
		}
	}
	return units, chunks
}

// embedded is what of a passage is turned into a vector. The document's title is
// left out: it may change, and in a corpus of one subject it adds nothing.
func embedded(heading, text string) string {
	if heading == "" {
		return text
	}
	return heading + "\n" + text
}

// keysOf lists what questions name a unit by.
func keysOf(u legal.Unit) []string {
	keys := []string{}
	if u.Number != "" {
		keys = append(keys, key(u.Kind, u.Number))
	}
	for _, n := range u.Inner {
		keys = append(keys, key(legal.Point, n))
	}
	return keys
}

func key(kind legal.Kind, number string) string { return string(kind) + ":" + number }

func array(list []string) json.RawMessage {
	raw, err := json.Marshal(list)
	if err != nil || list == nil {
		return json.RawMessage("[]")
	}
	return raw
}

// parts cuts the rows of an insertion into lots.
func parts(all sqlc.RegulationChunkInsertParams, size int) func(yield func(sqlc.RegulationChunkInsertParams) bool) {
	return func(yield func(sqlc.RegulationChunkInsertParams) bool) {
		for from := 0; from < len(all.Ords); from += size {
			to := min(from+size, len(all.Ords))
			part := all
			part.UnitIds, part.Ords, part.Texts = all.UnitIds[from:to], all.Ords[from:to], all.Texts[from:to]
			part.ContentHashes, part.Tsvs, part.Tokens = all.ContentHashes[from:to], all.Tsvs[from:to], all.Tokens[from:to]
			part.PagesFrom, part.CharsFrom = all.PagesFrom[from:to], all.CharsFrom[from:to]
			part.PagesTo, part.CharsTo = all.PagesTo[from:to], all.CharsTo[from:to]
			part.Definitions, part.AreTables = all.Definitions[from:to], all.AreTables[from:to]
			if !yield(part) {
				return
			}
		}
	}
}
