// Package summary answers how much there is in all: sums over stock positions, open orders,
// movements, deliveries and bills. It holds no records of its own. What it adds up lies in
// memory as plain rows, which follow the cache; its answers are those that adding up the
// lists would give.
package summary
