package folder_test

import (
	"fmt"
	"math/big"
	"strings"
	"time"

	"github.com/cockroachdb/apd/v3"
	"github.com/parquet-go/parquet-go"
	"google.golang.org/genproto/googleapis/type/money"
)

// plainNumber is a number without an exponent and without zeros that say nothing.
func plainNumber(text string) string {
	if text == "" {
		text = "0"
	}
	d, _, err := apd.NewFromString(text)
	if err != nil {
		return text
	}
	d.Reduce(d)
	if d.IsZero() {
		return "0"
	}
	return d.Text('f')
}

func plainMoney(m *money.Money) string {
	n := new(big.Int).Mul(big.NewInt(m.GetUnits()), big.NewInt(1e9))
	return plainNumber(n.Add(n, big.NewInt(int64(m.GetNanos()))).String() + "e-9")
}

// normal is a value of a text format as all formats have it.
func normal(kind, text string) string {
	if strings.HasPrefix(kind, "DECIMAL") && text != "" {
		return plainNumber(text)
	}
	return text
}

func parquetText(kind string, v parquet.Value) string {
	switch {
	case kind == "TIMESTAMP WITH TIME ZONE":
		return time.UnixMicro(v.Int64()).UTC().Format(time.RFC3339Nano)
	case kind == "DATE":
		return time.Unix(int64(v.Int32())*86400, 0).UTC().Format(time.DateOnly)
	case kind == "BOOLEAN":
		return fmt.Sprint(v.Boolean())
	case kind == "BIGINT":
		return fmt.Sprint(v.Int64())
	case strings.HasPrefix(kind, "DECIMAL"):
		raw := v.ByteArray()
		n := new(big.Int).SetBytes(raw)
		if raw[0] >= 0x80 {
			n.Sub(n, new(big.Int).Lsh(big.NewInt(1), uint(8*len(raw))))
		}
		scale := "e-18"
		if kind == "DECIMAL(28,9)" {
			scale = "e-9"
		}
		return plainNumber(n.String() + scale)
	}
	return string(v.ByteArray())
}

// csvLines reads CSV as RFC 4180 has it. The library's reader would change the ends of lines
// within values.
func csvLines(text string) (lines [][]string) {
	var line []string
	for len(text) > 0 {
		var field strings.Builder
		if strings.HasPrefix(text, `"`) {
			text = text[1:]
			for {
				end := strings.IndexByte(text, '"')
				field.WriteString(text[:end])
				if text = text[end+1:]; !strings.HasPrefix(text, `"`) {
					break
				}
				field.WriteByte('"')
				text = text[1:]
			}
		} else {
			end := strings.IndexAny(text, ",\r")
			field.WriteString(text[:end])
			text = text[end:]
		}
		line = append(line, field.String())
		if strings.HasPrefix(text, ",") {
			text = text[1:]
			continue
		}
		text = strings.TrimPrefix(text, "\r\n")
		lines, line = append(lines, line), nil
	}
	return lines
}
