package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	commandv1 "odoomesh/gen/go/mesh/command/v1"
	productv1 "odoomesh/gen/go/mesh/product/v1"
	"odoomesh/internal/rowfile"
)

// importing is one kind of rows that can be imported.
type importing struct {
	name, method string
	// row is an empty message of the stream, in whose field rows are.
	row   func() proto.Message
	field string
	// told is an empty answer.
	told func() importTold
}

// importTold is what comes of an import: a row, or how far it is.
type importTold interface {
	proto.Message
	GetRow() *commandv1.ImportedRow
	GetProgress() *commandv1.ImportProgress
}

var importings = []importing{
	{
		"prices", productv1.ProductService_ImportSupplierPrices_FullMethodName, func() proto.Message { return &productv1.ImportSupplierPricesRequest{} }, "supplier_price",
		func() importTold { return &productv1.ImportSupplierPricesResponse{} },
	},
	{
		"products", productv1.ProductService_ImportProducts_FullMethodName, func() proto.Message { return &productv1.ImportProductsRequest{} }, "product",
		func() importTold { return &productv1.ImportProductsResponse{} },
	},
}

func (c *client) importCommand() *cobra.Command {
	var rows, requestID string
	var validate, every bool
	cmd := &cobra.Command{
		Use:   "import FILE",
		Short: "Have many rows of a file carried out, each once however often it is sent",
		Long: "import sends the rows of a CSV or NDJSON file, and tells those that were not done. A row\n" +
			"that is wrong stops no other. Where it was cut off, send the same file again with the same\n" +
			"--request-id: it goes on, and does nothing twice. Mend rows and send them again so, too.\n\n" +
			"The first line of a CSV file names the fields: for prices product or sku, supplier, price,\n" +
			"currency, min_quantity, valid_from, valid_until and the others of a supplier price; for\n" +
			"products display_name, sku, gtin, kind, tracking, expiry_policy.expires and so on.\n" +
			"A line of NDJSON is a row as REST takes it.",
		Example: "  meshctl import prices.csv --validate-only\n  meshctl import prices.csv --request-id prices-2027-01\n  meshctl import new.ndjson --rows products",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			kind, err := importingOf(rows, args[0])
			if err != nil {
				return err
			}
			header := &commandv1.ImportHeader{RequestId: requestID, ValidateOnly: validate}
			if header.RequestId == "" && !validate {
				header.RequestId = strings.ToLower(rand.Text())
				fmt.Fprintf(c.errs, "request id %s\n", header.GetRequestId())
			}
			return c.importFile(cmd, kind, args[0], header, every)
		},
	}
	cmd.Flags().StringVar(&rows, "rows", "", "What the rows are, prices or products, where the file's name does not begin with it.")
	cmd.Flags().StringVar(&requestID, "request-id", "", "Your own id of the import. Empty: one is made and told, for the case that you have to send it again.")
	cmd.Flags().BoolVar(&validate, "validate-only", false, "Check every row, and change nothing.")
	cmd.Flags().BoolVar(&every, "every", false, "Tell of every row what became of it.")
	return cmd
}

func importingOf(rows, file string) (importing, error) {
	base := filepath.Base(file)
	i := slices.IndexFunc(importings, func(k importing) bool {
		return rows == k.name || rows == "" && strings.HasPrefix(base, k.name)
	})
	if i < 0 {
		return importing{}, wrong("say by --rows what the rows of %s are: prices or products", base)
	}
	return importings[i], nil
}

// importFile sends the rows of a file, and tells what becomes of them.
func (c *client) importFile(cmd *cobra.Command, kind importing, path string, header *commandv1.ImportHeader, every bool) error {
	file, err := os.Open(path)
	if err != nil {
		return wrong("%v", err)
	}
	defer file.Close() //nolint:errcheck // it was read only
	if header.Rows, err = rowfile.Count(file, filepath.Ext(path)); err != nil {
		return wrong("%s: %v", path, err)
	}
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		return err
	}
	reader, err := rowfile.New(file, filepath.Ext(path), kind.row().ProtoReflect().Descriptor(), kind.field)
	if err != nil {
		return wrong("%s: %v", path, err)
	}
	conn, err := c.conn()
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(cmd.Context())
	defer cancel()
	stream, err := conn.NewStream(ctx, &grpc.StreamDesc{ClientStreams: true, ServerStreams: true}, kind.method)
	if err != nil {
		return err
	}
	sent := make(chan error, 1)
	go func() {
		err := sendRows(stream, kind, reader, header)
		if err != nil {
			cancel() // the mesh would wait for more
		}
		sent <- err
	}()
	progress, err := c.tellImport(stream, kind, every)
	cancel()
	if failed := <-sent; failed != nil && !progress.GetComplete() {
		err = failed
	}
	switch {
	case err != nil:
		return err
	case !progress.GetComplete():
		return errors.New("the import has ended early: send the same again")
	case progress.GetRefused()+progress.GetUnfinished() > 0:
		return fmt.Errorf("%d rows were refused, and %d are not finished", progress.GetRefused(), progress.GetUnfinished())
	}
	return nil
}

// sendRows sends the header with the first row, and the others.
func sendRows(stream grpc.ClientStream, kind importing, rows *rowfile.Reader, header *commandv1.ImportHeader) error {
	for {
		m := kind.row()
		switch err := rows.Next(m); {
		case errors.Is(err, io.EOF):
			return stream.CloseSend()
		case err != nil:
			return err
		}
		if header != nil {
			into := m.ProtoReflect()
			into.Set(into.Descriptor().Fields().ByName("header"), protoreflect.ValueOfMessage(header.ProtoReflect()))
			header = nil
		}
		if err := stream.SendMsg(m); err != nil {
			return nil // what it was refused for is received
		}
	}
}

// tellImport prints what becomes of rows, and how far the import is.
func (c *client) tellImport(stream grpc.ClientStream, kind importing, every bool) (last *commandv1.ImportProgress, err error) {
	for {
		told := kind.told()
		if err := stream.RecvMsg(told); errors.Is(err, io.EOF) {
			return last, nil
		} else if err != nil {
			return last, err
		}
		if r := told.GetRow(); r != nil {
			if err := c.importedRow(r, every); err != nil {
				return last, err
			}
		}
		if p := told.GetProgress(); p != nil {
			last = p
			fmt.Fprintln(c.errs, progressLine(p))
		}
	}
}

func (c *client) importedRow(r *commandv1.ImportedRow, every bool) error {
	bad := r.GetOutcome() == commandv1.ImportedRow_OUTCOME_REFUSED || r.GetOutcome() == commandv1.ImportedRow_OUTCOME_UNFINISHED
	switch {
	case !bad && !every && len(r.GetDeviations())+len(r.GetWarnings()) == 0:
		return nil
	case c.asJSON():
		return c.line(r)
	}
	text := fmt.Sprintf("row %d: %s", r.GetRow(), words(r.GetOutcome().String(), "OUTCOME_"))
	if r.GetDocument() != "" {
		text += " " + r.GetDocument()
	}
	var why []string
	for _, p := range r.GetProblems() {
		why = append(why, p.GetField()+": "+p.GetDescription())
	}
	if len(why) == 0 && r.GetExplanation() != "" {
		why = append(why, r.GetExplanation())
	}
	for _, d := range r.GetDeviations() {
		why = append(why, fmt.Sprintf("%s: asked %q, found %q", d.GetField(), d.GetAsked(), d.GetFound()))
	}
	why = append(why, r.GetWarnings()...)
	if len(why) > 0 {
		text += ": " + strings.Join(why, "; ")
	}
	_, err := fmt.Fprintln(c.out, clean(text))
	return err
}

func progressLine(p *commandv1.ImportProgress) string {
	text := fmt.Sprintf("%d of %d rows", p.GetDone(), max(p.GetTotal(), p.GetReceived()))
	if p.GetRowsPerSecond() > 0 {
		text += fmt.Sprintf(", %.0f a second", p.GetRowsPerSecond())
	}
	if p.GetLeft() != nil && !p.GetComplete() {
		text += ", " + p.GetLeft().AsDuration().Round(time.Second).String() + " left"
	}
	for _, n := range []struct {
		count int64
		word  string
	}{
		{p.GetCreated(), "created"}, {p.GetChanged(), "changed"}, {p.GetUnchanged(), "unchanged"}, {p.GetValid(), "valid"}, {p.GetRefused(), "refused"}, {p.GetUnfinished(), "not finished"},
	} {
		if n.count > 0 {
			text += fmt.Sprintf(", %d %s", n.count, n.word)
		}
	}
	return text
}
