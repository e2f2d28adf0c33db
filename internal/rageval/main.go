// Command rageval measures the regulation search: make eval DATA=… .
package main

import (
	"context"
	"fmt"
	"io"
	"os"
)

func main() {
	if err := run(context.Background(), os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "eval:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, out io.Writer) error {
	s, err := readQuestions(args[0])
	if err != nil {
		return err
	}
	c, err := s.corpus(ctx)
	if err != nil {
		return err
	}
	for _, v := range []struct {
		name   string
		change func(string) string
	}{{"as is", func(s string) string { return s }}, {"no accents", withoutAccents}, {"typos", withTypos(1)}} {
		q, err := s.measure(ctx, c, v.change)
		if err != nil {
			return err
		}
		fmt.Fprintf(out, "%s %+v\n", v.name, q)
	}
	return nil
}
