// Package storetest is the suite that every store has to pass: it holds an
// implementation to the promises of package store, by tables, by a model that
// random operations are compared with, by closing and opening again, and by
// killing a process in the middle of its appends.
package storetest
