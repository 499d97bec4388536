// Package bulk carries out many rows of one kind, each of which is a command with an
// intent of its own: as many at once as Odoo is to take, with a result for each row, and
// with progress. What a row asks for is not known here. A row that is refused stops no
// other. It promises that an import that was cut off goes on when its rows are sent again
// under the same id: the id of each row is made of that of the import and of what the row
// says, so that the desk knows it again.
package bulk
