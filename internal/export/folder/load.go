package folder

import (
	"fmt"
	"io"
	"strings"
)

// loadFile makes a DuckDB of an export, with the types that the manifest tells.
const loadFile = "load.sql"

// writeLoad writes the SQL that loads all tables.
func (f *Folder) writeLoad(m *Manifest) error {
	var sql strings.Builder
	fmt.Fprintf(&sql, "-- Makes a table of each file of this export. Run it in this folder: duckdb hospital.duckdb <%s\n", loadFile)
	for _, t := range m.Tables {
		loadTable(&sql, t.Name, f.format, []string{t.File}, t.Columns)
	}
	if m.Events != nil {
		var files []string
		for _, p := range m.Events.Parts {
			files = append(files, p.File)
		}
		loadTable(&sql, "events", f.format, files, m.Events.Columns)
	}
	out, err := create(f.aside(loadFile))
	if err != nil {
		return err
	}
	if _, err := io.WriteString(out, sql.String()); err != nil {
		return err
	}
	m.Load, err = out.finish(loadFile, int64(strings.Count(sql.String(), "\n")))
	return err
}

func loadTable(sql *strings.Builder, name, format string, files []string, columns []Column) {
	for i, file := range files {
		files[i] = "'" + file + "'"
	}
	list := "[" + strings.Join(files, ", ") + "]"
	typed := make([]string, len(columns))
	for i, c := range columns {
		typed[i] = fmt.Sprintf("'%s': '%s'", c.Name, c.Type)
	}
	from := fmt.Sprintf("read_parquet(%s)", list)
	switch types := "columns = {" + strings.Join(typed, ", ") + "}"; format {
	case "csv":
		from = fmt.Sprintf("read_csv(%s, header = true, auto_detect = false, delim = ',', quote = '\"', escape = '\"', new_line = '\\r\\n', max_line_size = 33554432, %s)", list, types)
	case "ndjson":
		from = fmt.Sprintf("read_json(%s, format = 'newline_delimited', maximum_object_size = 67108864, %s)", list, types)
	}
	fmt.Fprintf(sql, "CREATE OR REPLACE TABLE %q AS SELECT * FROM %s;\n", name, from)
}
