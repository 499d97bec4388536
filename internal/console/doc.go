// Package console serves pages on which people look at what the mesh knows: whether all is
// well, what is found, records, journeys, lots, stock, events, and what needs somebody.
//
// The pages are made on the server, answer GET alone, can be linked and printed, and work
// without a script. What they show they get by calls of the mesh's own services, as whoever
// asks for the page: they pass the chain of access, audit and limits as calls over REST do,
// so that a page shows nobody more than the API. Which records there are and which of their
// fields name others is read from the contract. The package keeps nothing between two pages.
package console
