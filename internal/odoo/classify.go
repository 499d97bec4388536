package odoo

import (
	"regexp"
	"strings"
)

// exceptionOf cuts the last traceback's frames off: what is left begins with the
// exception's name. Text without a traceback is left whole.
func exceptionOf(text string) (exception string, traced bool) {
	lines := strings.Split(strings.TrimRight(text, "\n "), "\n")
	last := -1
	for i, line := range lines {
		if strings.HasPrefix(line, `  File "`) {
			last = i
		}
	}
	if last < 0 {
		return strings.TrimSpace(text), false
	}
	rest := lines[last+1:]
	for len(rest) > 1 && (strings.HasPrefix(rest[0], " ") || rest[0] == "") {
		rest = rest[1:]
	}
	if len(rest) == 0 {
		return "an exception without a name", true
	}
	return strings.TrimSpace(strings.Join(rest, "\n")), true
}

// Odoo writes the record of a MissingError in the same form in every language.
var missingRecord = regexp.MustCompile(`\([^()]*[a-z0-9_.]+\((?:\d+,? ?)+\), [^()]*\d+\)$`)

var (
	notMarshalled = []string{"TypeError: cannot marshal ", "TypeError: dictionary key must be string", "OverflowError: int exceeds XML-RPC limits"}
	contention    = []string{"could not serialize access", "could not obtain lock", "deadlock detected", "SerializationFailure", "LockNotAvailable", "DeadlockDetected", "ConcurrencyError"}
)

// IsContention tells whether a message, such as load gives beside a refused row,
// speaks of another transaction in the way.
func IsContention(message string) bool { return containsAny(message, contention) }

func containsAny(text string, parts []string) bool {
	for _, p := range parts {
		if strings.Contains(text, p) {
			return true
		}
	}
	return false
}

func classify(code int, text string) FaultKind {
	switch code {
	case 2:
		switch {
		case strings.HasPrefix(text, "Object ") && strings.HasSuffix(text, " doesn't exist"):
			return UnknownModel
		case strings.HasPrefix(text, "Record does not exist or has been deleted") || missingRecord.MatchString(text):
			return Missing
		}
		return BusinessRule
	case 3:
		return Credentials
	case 4:
		if strings.HasPrefix(text, "Private methods ") {
			return UnknownMethod
		}
		return AccessDenied
	}
	first, _, _ := strings.Cut(text, "\n")
	switch {
	case hasAnyPrefix(first, notMarshalled):
		return NotMarshalled
	case IsContention(first):
		return Contention
	case strings.HasPrefix(first, "ValueError: Invalid field "):
		return UnknownField
	case strings.HasPrefix(first, "AttributeError: The method ") && strings.Contains(first, " does not exist"):
		return UnknownMethod
	case strings.HasPrefix(first, "ValueError: External ID not found in the system"):
		return Missing
	case strings.HasPrefix(first, "psycopg2.OperationalError: ") && strings.Contains(first, "FATAL:  database ") && strings.HasSuffix(first, " does not exist"):
		return UnknownDatabase
	case strings.HasPrefix(first, "odoo.exceptions.AccessDenied"):
		return Credentials
	}
	return Unforeseen
}

func hasAnyPrefix(text string, prefixes []string) bool {
	for _, p := range prefixes {
		if strings.HasPrefix(text, p) {
			return true
		}
	}
	return false
}
