// Package gs1 takes apart what scanners read: GS1 element strings, with FNC1 and symbology
// identifiers, their form for people in brackets, and Digital Link URIs. What there is of
// application identifiers, how long they are and what they consist of, stands in
// dictionary.txt, which is made of GS1's syntax dictionary.
//
// Check digits, dates, lengths and character sets are checked. Which identifiers have to
// come together is not, nor are lists of others, such as codes of countries and currencies.
package gs1
