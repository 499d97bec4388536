// Package sheet keeps a few numbers of very many records in memory, so that a question
// over all of them is one walk over plain rows: which fields a row has, and what is asked
// of them, is its users' to say. A Keeper has the rows follow the cache; a Table keeps them
// close together; a Sum adds up without losing a digit.
//
// What is kept is a few dozen bytes a record, and nothing of it is durable: it is read from
// the cache again at each start.
package sheet
