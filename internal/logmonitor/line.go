package logmonitor

import (
	"encoding/json"
	"regexp"
	"strings"
)

// numericError is where errors begin among levels that are numbers, as pino and
// bunyan write them.
const numericError = 50

// level finds a line that says near its beginning that it is an error: what comes
// before is when and who.
var level = regexp.MustCompile(`^(?:[^\s"]+\s+){0,8}?\[?(?:ERROR|FATAL|PANIC|CRITICAL|CRIT|EMERG)\b`)

// worse are the words for an error or worse, however they are written.
var worse = map[string]bool{
	"error": true, "err": true, "fatal": true, "panic": true, "dpanic": true, "critical": true, "crit": true, "alert": true, "emerg": true, "emergency": true,
}

// parseLine reads a line of another program's log. ok is false for what is no error.
// It is a pure function.
func parseLine(line string) (o occurrence, ok bool) {
	line = strings.TrimSpace(line)
	if strings.HasPrefix(line, "{") {
		var members map[string]any
		if json.Unmarshal([]byte(line), &members) == nil {
			return parseMembers(members)
		}
	}
	if strings.HasPrefix(line, panicMark) {
		return occurrence{message: line}, true
	}
	at := level.FindStringIndex(line)
	if at == nil {
		return occurrence{}, false
	}
	// From the level on: the time before it is another one each time.
	begin := strings.LastIndexAny(line[:at[1]], " \t[") + 1
	return occurrence{message: line[begin:]}, true
}

func parseMembers(members map[string]any) (o occurrence, ok bool) {
	switch l := first(members, "level", "severity", "lvl", "log.level", "levelname").(type) {
	case string:
		ok = worse[strings.ToLower(l)]
	case float64:
		ok = l >= numericError
	}
	if !ok {
		return occurrence{}, false
	}
	return occurrence{
		message: text(first(members, "msg", "message", "event")), cause: text(first(members, "error", "err", "exception", "exc_info")),
		stack: text(first(members, "stack", "stacktrace", "stack_trace")), requestID: text(first(members, "request_id", "requestId", "correlation_id")),
	}, true
}

// first returns the first member that there is.
func first(members map[string]any, names ...string) any {
	for _, name := range names {
		if v, there := members[name]; there && v != nil {
			return v
		}
	}
	return nil
}

// text returns a member as text; of an object, what it says is wrong.
func text(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return v
	case map[string]any:
		if said := text(first(v, "message", "msg", "error")); said != "" {
			return said
		}
	}
	raw, err := json.Marshal(v)
	if err != nil {
		return ""
	}
	return string(raw)
}
