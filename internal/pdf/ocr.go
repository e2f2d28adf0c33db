package pdf

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"strings"
	"time"
	"unicode"
)

// maxOCRTime is how long one page may take to be recognised; it takes 3 s.
const maxOCRTime = 30 * time.Second

// recognise reads the text of a page's picture. A page that tesseract cannot
// read, or not in time, has none; an error means that ctx has ended.
func recognise(ctx context.Context, tesseract string, png []byte) (string, error) {
	limited, cancel := context.WithTimeout(ctx, maxOCRTime)
	defer cancel()
	cmd := exec.CommandContext(limited, tesseract, "stdin", "stdout", "-l", "spa", "--dpi", "200")
	cmd.Env = []string{"OMP_THREAD_LIMIT=1"}
	cmd.Stdin, cmd.WaitDelay = bytes.NewReader(png), killed
	out, err := cmd.Output()
	if ctx.Err() != nil {
		return "", fmt.Errorf("recognise a page: %w", ctx.Err())
	}
	if err != nil {
		return "", nil
	}
	return strings.TrimSpace(string(out)), nil
}

// Tesseract returns the program's path when it is installed and knows Spanish,
// else why it is of no use.
func Tesseract(ctx context.Context) (string, error) {
	path, err := exec.LookPath("tesseract")
	if err != nil {
		return "", err
	}
	out, err := exec.CommandContext(ctx, path, "--list-langs").Output()
	if err != nil {
		return "", fmt.Errorf("tesseract: %w", err)
	}
	for _, lang := range strings.Fields(string(out)) {
		if lang == "spa" {
			return path, nil
		}
	}
	return "", errors.New("tesseract has no Spanish (tesseract-ocr-spa)")
}

func hasLetters(text string) bool { return strings.ContainsFunc(text, unicode.IsLetter) }
