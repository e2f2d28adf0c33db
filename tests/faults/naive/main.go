// Command naive is an HTTP server as one is written in an afternoon: right, and
// without any protection. The fault tests show on it what the protections of msia
// are for. It listens on loopback only and prints its address.
package main

import (
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
)

func main() {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	_, _ = fmt.Fprintln(os.Stdout, l.Addr())
	panic((&http.Server{Handler: http.HandlerFunc(answer)}).Serve(l))
}

func answer(w http.ResponseWriter, r *http.Request) {
	if err := read(r); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	_, _ = io.WriteString(w, strings.Repeat("answer ", 100_000))
}

// read reads what was sent, whatever it is.
func read(r *http.Request) error {
	if form, err := r.MultipartReader(); err == nil {
		for {
			part, err := form.NextPart()
			if errors.Is(err, io.EOF) {
				return nil
			}
			if err != nil {
				return err
			}
			if _, err := io.ReadAll(part); err != nil {
				return err
			}
		}
	}
	body := io.Reader(r.Body)
	if r.Header.Get("Content-Encoding") == "gzip" {
		unzipped, err := gzip.NewReader(body)
		if err != nil {
			return err
		}
		body = unzipped
	}
	raw, err := io.ReadAll(body)
	if err != nil || len(raw) == 0 {
		return err
	}
	var value any
	return json.Unmarshal(raw, &value)
}
