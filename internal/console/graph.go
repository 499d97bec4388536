package console

import (
	"fmt"
	"math/big"
	"slices"

	tracev1 "odoomesh/gen/go/mesh/trace/v1"
	"odoomesh/internal/exact"
)

// graph is a picture of places and what went between them, for an SVG.
type graph struct {
	Title         string
	Width, Height int
	Nodes         []node
	Edges         []edge
}

type node struct {
	X, Y, W, H, TX, TY, BY int
	Text, Below, Class     string
	column                 int
}

type edge struct {
	Path, Text string
	X, Y       int
}

const (
	nodeWidth, nodeHeight = 190, 48
	columnWidth, rowGap   = 300, 76
	margin                = 24
	// mostNodes bounds a picture: of more nobody sees anything.
	mostNodes = 40
)

// drawn draws places in columns, by how many movements it takes to get there, and one
// line for all that went from one to another.
func (c *Console) drawn(t *tracev1.LotTrace, known names) *graph {
	g := &graph{Title: "Where the lot came from and went"}
	at, order := map[string]*node{}, []string{}
	place := func(name string, column int) *node {
		if at[name] == nil {
			at[name] = &node{column: column, Text: cut(c.short(name, known).Text, 24), Class: "out"}
			order = append(order, name)
		}
		return at[name]
	}
	type way struct{ from, to string }
	went, ways := map[way]*big.Rat{}, []way{}
	for _, s := range t.GetSteps() {
		w := way{s.GetSourceLocation(), s.GetDestinationLocation()}
		if w.from == "" || w.to == "" || w.from == w.to || len(at) >= mostNodes {
			continue
		}
		place(w.to, place(w.from, 0).column+1)
		if went[w] == nil {
			went[w] = new(big.Rat)
			ways = append(ways, w)
		}
		if q := exact.Decimal(s.GetQuantity()); q != nil {
			went[w].Add(went[w], q)
		}
	}
	for _, w := range t.GetWhereabouts() {
		if len(at) < mostNodes {
			n := place(w.GetLocation(), 0)
			n.Below = "now " + clean(w.GetQuantity().GetValue())
			if w.GetInHouse() {
				n.Class = "here"
			} else {
				n.Below = clean(w.GetQuantity().GetValue()) + " left the house"
			}
		}
	}
	if len(order) == 0 {
		return nil
	}
	rows := map[int]int{}
	for _, name := range order {
		n := at[name]
		n.X, n.Y, n.W, n.H = margin+n.column*columnWidth, margin+rows[n.column]*rowGap, nodeWidth, nodeHeight
		n.TX, n.TY, n.BY = n.X+nodeWidth/2, n.Y+20, n.Y+38
		rows[n.column]++
		g.Width, g.Height = max(g.Width, n.X+nodeWidth+margin), max(g.Height, n.Y+nodeHeight+margin)
		g.Nodes = append(g.Nodes, *n)
	}
	for _, w := range ways {
		g.Edges = append(g.Edges, between(at[w.from], at[w.to], exact.Text(went[w])))
	}
	// A way back lies below the others.
	if slices.ContainsFunc(ways, func(w way) bool { return at[w.to].column <= at[w.from].column }) {
		g.Height += rowGap / 2
	}
	return g
}

// between is a line from the right side of one place to the left of another; back, it
// goes below both.
func between(from, to *node, text string) edge {
	x1, y1, x2, y2 := from.X+nodeWidth, from.Y+nodeHeight/2, to.X, to.Y+nodeHeight/2
	if to.column > from.column {
		middle := (x1 + x2) / 2
		return edge{Path: fmt.Sprintf("M%d %d C%d %d %d %d %d %d", x1, y1, middle, y1, middle, y2, x2-2, y2), Text: text, X: middle, Y: (y1+y2)/2 + 4}
	}
	x1, y1, x2, y2 = from.X+nodeWidth/2, from.Y+nodeHeight, to.X+nodeWidth/2, to.Y+nodeHeight
	deep := max(y1, y2) + rowGap/2
	return edge{Path: fmt.Sprintf("M%d %d C%d %d %d %d %d %d", x1, y1, x1, deep, x2, deep, x2, y2+2), Text: text, X: (x1 + x2) / 2, Y: deep - 6}
}
