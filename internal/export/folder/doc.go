// Package folder keeps an export of everything in a folder: a file for each table, sealed
// parts of inventory events that are never written again, what they add up to, and a manifest
// that lists all of it.
//
// The manifest is written last, and is there only when all that it lists is: tables are
// written aside and put in place when all are complete. Whatever ends a run leaves an export
// that is whole, or none and what the next run cleans up.
package folder
