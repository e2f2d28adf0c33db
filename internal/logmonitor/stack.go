package logmonitor

import (
	"reflect"
	"strings"
)

// panicMark is how a panic begins, in what Go prints and in what api and jobs log.
const panicMark = "panic: "

// framesCompared is how many of a panic's frames tell it from others.
const framesCompared = 5

// module is how the names of this program's packages begin.
var module = strings.TrimSuffix(reflect.TypeFor[sample]().PkgPath(), "internal/logmonitor")

// splitStack parts an error's text from the stack in it, if there is one: from the
// first line on that is followed by a place in a file.
func splitStack(text string) (message, stack string) {
	for i := 0; i < len(text); {
		line, rest, more := strings.Cut(text[i:], "\n")
		if !more {
			break
		}
		if strings.HasPrefix(line, "goroutine ") || isPlace(rest) {
			return strings.TrimSpace(text[:i]), text[i:]
		}
		i += len(line) + 1
	}
	return text, ""
}

// isPlace reports whether a text begins with a line such as "\t/src/a.go:12".
func isPlace(text string) bool {
	line, _, _ := strings.Cut(text, "\n")
	return strings.HasPrefix(line, "\t") && strings.Contains(line, ".go:")
}

// readable leaves the addresses out of a stack: they tell people nothing, and are
// other ones each time.
func readable(stack string) string {
	lines := strings.Split(strings.TrimSpace(stack), "\n")
	for i, line := range lines {
		if strings.HasPrefix(line, "\t") {
			lines[i], _, _ = strings.Cut(line, " +0x")
		} else if i+1 < len(lines) && isPlace(lines[i+1]) {
			lines[i] = function(line)
		}
	}
	return strings.Join(lines, "\n")
}

// function returns the name of a frame's function, without what it was called with.
func function(line string) string {
	line, _, _ = strings.Cut(strings.TrimPrefix(line, "created by "), " in goroutine ")
	if strings.HasSuffix(line, ")") {
		line = line[:strings.LastIndexByte(line, '(')]
	}
	return line
}

// topFrames returns the functions in which a panic happened, the innermost first:
// those of this program or, in a stack that has none, whichever there are. Lines
// are left out: they move with every change of a file.
func topFrames(stack string) []string {
	var ours, all []string
	lines := strings.Split(stack, "\n")
	for i, line := range lines {
		if i+1 == len(lines) || !isPlace(lines[i+1]) || strings.HasPrefix(line, "created by ") {
			continue
		}
		name := function(line)
		switch {
		case name == "panic" || name == "runtime.gopanic": // before it is what caught it
			ours, all = nil, nil
		case strings.HasPrefix(name, "runtime.") || strings.HasPrefix(name, "runtime/"):
		default:
			all = append(all, name)
			if strings.HasPrefix(name, module) || strings.HasPrefix(name, "main.") {
				ours = append(ours, name)
			}
		}
	}
	if len(ours) == 0 {
		ours = all
	}
	return ours[:min(len(ours), framesCompared)]
}
