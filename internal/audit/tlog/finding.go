package tlog

import "fmt"

// Finding is what is wrong with a log.
type Finding struct {
	// What follows "The log" or the name of records: "was changed".
	What string
	// First and End are the records that it is about, as indexes from 0 on, without End.
	First, End uint64
	// Whole says that it is about the log as a whole.
	Whole  bool
	Detail string
}

func (f *Finding) Error() string {
	text := "the audit's log " + f.What
	switch {
	case f.Whole:
	case f.End == f.First+1:
		text = fmt.Sprintf("record %d of the audit %s", f.First+1, f.What)
	default:
		text = fmt.Sprintf("within the records %d to %d the audit's log %s", f.First+1, f.End, f.What)
	}
	if f.Detail != "" {
		text += ": " + f.Detail
	}
	return text
}

func one(index uint64, what, detail string) *Finding {
	return &Finding{What: what, First: index, End: index + 1, Detail: detail}
}
