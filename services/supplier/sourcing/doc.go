// Package sourcing judges whether something may be ordered of a supplier: whether the
// supplier is approved, as a whole and for each product at the site, and whether the price
// is that of the list. What a policy says decides whether it is warned of or refused; of
// a supplier that is suspended nothing is ordered in any case.
package sourcing
