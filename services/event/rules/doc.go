// Package rules says which business events the records of the mesh mean. It is
// pure: a record in, conditions out.
//
// A condition is something that holds of one subject or does not, such as "orders/42 is
// confirmed". An occurrence is a condition that has come to hold; the journal keeps how
// often it did, and the id of the event is made of that count. What people correct
// while a condition holds, such as a number, a date or an amount, is therefore no second
// occurrence.
//
// Remembering what held, and counting, are left to others.
package rules
