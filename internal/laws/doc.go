// Package laws holds the rules by which the code of this repository is laid out:
// who may import whom, who may read the clock, what no file does. It has tests
// only. A rule with an exception names it and says why; whoever needs another
// one adds it here, where a reviewer sees it.
package laws
