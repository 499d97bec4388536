// Package analytics runs, in DuckDB, the SQL that docs/export.md shows and the dbt project of
// docs/dbt, over an export of a demo. It is a module of its own, so that a mesh is built
// without a database.
package analytics
