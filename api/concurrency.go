package api

import (
	"encoding/json"
	"errors"
	"strconv"
	"strings"

	"github.com/msia/msia/internal/fault"
)

// etag is the entity tag of a version.
func etag(version int) string { return strconv.Quote(strconv.Itoa(version)) }

// ifMatch reads the version of an If-Match header: 0 means any, -1 a tag that
// was never given out and so matches nothing.
func ifMatch(header *string) int {
	if header == nil || strings.TrimSpace(*header) == "*" {
		return 0
	}
	version, err := strconv.Atoi(strings.Trim(strings.TrimPrefix(strings.TrimSpace(*header), "W/"), `"`))
	if err != nil || version < 1 {
		return -1
	}
	return version
}

// bothVersions completes the error of a change that was based on an older
// version with what is stored now and what was asked for. Other errors stay as
// they are; so does this one when the resource has gone meanwhile.
func bothVersions(err error, submitted any, current func() (any, error)) error {
	var f *fault.Error
	if !errors.As(err, &f) || f.Kind != fault.PreconditionFailed {
		return err
	}
	stored, readErr := current()
	if readErr != nil {
		return err
	}
	both := *f
	both.Current, both.Submitted = stored, submitted
	return &both
}

// members returns v, a struct of the contract, as the members of a JSON object;
// nil for nil.
func members(v any) *map[string]any {
	if v == nil {
		return nil
	}
	raw, err := json.Marshal(v)
	if err != nil {
		return nil
	}
	var m map[string]any
	if json.Unmarshal(raw, &m) != nil {
		return nil
	}
	return &m
}
