// Package badgerstore keeps the log and the cache in Badger, each in a database
// and a folder of its own; no other package imports Badger.
//
// It promises what package store says, for one process on one machine: the log
// syncs every append before it returns; the cache syncs nothing, and starts
// empty again when the machine (not merely the process) went down with it open,
// because then the order in which its pages reached the disk is not known.
// Values lie in Badger's tables, never in its value log, so that nothing needs
// value log collection: tables are compacted by Badger's own two workers.
//
// A folder is made with mode 0700, which shuts other users out of every file in
// it, and is locked as long as it is open.
package badgerstore
