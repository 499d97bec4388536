// Package trace follows goods and documents across the domains: where a lot came
// from and went, and the chain of documents behind a business number. It holds no
// records of its own; it puts together what the other domains show.
package trace
