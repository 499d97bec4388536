// Command bench measures the mesh as people run it: meshd as a process of its own,
// called over the network, with an access file, validation, metrics and trace
// contexts on. Beside every number stands a bare reference that is measured in the
// same run, in turns with it, by the same callers; where there is none to run, the
// reference is the number to reach.
//
// It prints a table, and writes it as JSON to the file that BENCH_JSON names. A
// number that could not be measured is an error; one that misses its goal is not,
// but is shown as such.
//
// BENCH_ODOO_URL, _DB, _USER and _PASSWORD let it read past the mesh from a running
// Odoo too, which it does not change. BENCH_MOVE_LINES loads another number of them.
package main
