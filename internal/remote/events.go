package remote

import (
	"bufio"
	"bytes"
	"io"
)

// maxEvent bounds a line of an event stream.
const maxEvent = 1 << 20

// events calls fn with the data of each server-sent event, up to OpenAI's [DONE].
func events(r io.Reader, fn func(data []byte) error) error {
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, maxEvent)
	var data []byte
	for lines.Scan() {
		line := lines.Bytes()
		if len(line) == 0 {
			if len(data) > 0 {
				if err := fn(data); err != nil {
					return err
				}
				data = data[:0]
			}
			continue
		}
		value, ok := bytes.CutPrefix(line, []byte("data:"))
		if !ok {
			continue
		}
		value = bytes.TrimPrefix(value, []byte(" "))
		if bytes.Equal(value, []byte("[DONE]")) {
			return nil
		}
		if len(data) > 0 {
			data = append(data, '\n')
		}
		data = append(data, value...)
	}
	if err := lines.Err(); err != nil {
		return err
	}
	return io.ErrUnexpectedEOF // it broke off
}
