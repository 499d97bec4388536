// Package secret reads what must be known to nobody else: passwords and keys, out of a
// file, a variable or a command.
//
// A Text shows itself in no format, log or encoding. A source is read again when what it
// holds has changed, so that a secret is replaced without a restart; a command is run
// again no more often than its pauses allow. Errors name the place and quote nothing of
// it. Who can call what with a secret is left to others.
package secret
