package main

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"time"

	"google.golang.org/genproto/googleapis/type/decimal"
	"google.golang.org/genproto/googleapis/type/money"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	productv1 "odoomesh/gen/go/mesh/product/v1"
	typesv1 "odoomesh/gen/go/mesh/types/v1"
	"odoomesh/internal/mapping"
	"odoomesh/internal/odoo"
	"odoomesh/internal/resource"
)

// catalogue is a capture.Records with that many synthetic records, which never
// change.
type catalogue struct {
	model string
	rows  int64
	// record makes one, with the rows of other models that show in it.
	record func(id int64) (proto.Message, map[string][]int64)
	// ids are those of a record's key, the third its own; nil where it has its own alone.
	ids func(id int64) []int64
}

// written is when all of them were written last.
var written = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

func (c catalogue) Model() string { return c.model }
func (c catalogue) Watches() []mapping.WatchedModel {
	if c.rows == 0 {
		return nil
	}
	return []mapping.WatchedModel{{Model: c.model}}
}
func (c catalogue) Fingerprint() string   { return "synthetic" }
func (c catalogue) MappingVersion() int   { return 1 }
func (c catalogue) HasMembers() bool      { return false }
func (c catalogue) Forget(string)         {}
func (c catalogue) Shown(string) []string { return nil }

func (c catalogue) CountMembers(context.Context, int64, int64) (int64, error) { return 0, nil }

func (c catalogue) Members(_ context.Context, among []int64) ([]int64, error) { return among, nil }

func (c catalogue) Renew(_ context.Context, _ string, ids []int64) ([]int64, error) { return ids, nil }

func (c catalogue) Touched(context.Context, mapping.WatchedModel, []int64) ([]int64, error) {
	return nil, nil
}

func (c catalogue) Grouped() bool { return c.ids != nil }

func (c catalogue) Keys(_ context.Context, ids []int64) ([][]byte, error) {
	keys := make([][]byte, len(ids))
	for i, id := range ids {
		if keys[i] = resource.Key(id); c.ids != nil {
			keys[i] = resource.Key(c.ids(id)...)
		}
	}
	return keys, nil
}

func (c catalogue) Fetch(_ context.Context, keys [][]byte) ([]*mapping.Record, error) {
	records := make([]*mapping.Record, len(keys))
	for i, key := range keys {
		id := resource.KeyID(key)
		if c.ids != nil {
			id = resource.IDs(key)[2]
		}
		message, rows := c.record(id)
		body, err := proto.Marshal(message)
		if err != nil {
			return nil, err
		}
		hash := sha256.Sum256(body)
		records[i] = &mapping.Record{
			Key: key, Message: message, Hash: hash[:], SourceTime: written, Rows: rows,
		}
	}
	return records, nil
}

// catalogues are the tables of synthetic records, by collection.
type catalogues map[string]catalogue

func (c catalogues) rows(model string) int64 {
	for _, one := range c {
		if one.model == model {
			return one.rows
		}
	}
	return 0
}

func (c catalogues) Stamps(context.Context, string, time.Time, int64, int) ([]odoo.Stamp, error) {
	return nil, nil
}

func (c catalogues) Newest(context.Context, string, int) ([]odoo.Stamp, error) { return nil, nil }

func (c catalogues) RowIDs(_ context.Context, model string, after int64, limit int) ([]int64, error) {
	var ids []int64
	for id := after + 1; id <= min(after+int64(limit), c.rows(model)); id++ {
		ids = append(ids, id)
	}
	return ids, nil
}

func (c catalogues) LastID(_ context.Context, model string) (int64, error) { return c.rows(model), nil }

func (c catalogues) Count(_ context.Context, model string, after, upTo int64) (int64, error) {
	return min(upTo, c.rows(model)) - min(after, c.rows(model)), nil
}

func (c catalogues) Contents(context.Context, string, []string, []int64) (map[int64]string, error) {
	return nil, nil
}

// syntheticProduct is a product of usual size.
func syntheticProduct(id int64) (proto.Message, map[string][]int64) {
	pseudo := sha256.Sum256(binary.BigEndian.AppendUint64(nil, uint64(id)))
	unit := &typesv1.UnitOfMeasure{Name: "units/1", DisplayName: "Units", FactorNumerator: dec("1"), FactorDenominator: dec("1"), Rounding: dec("0.01"), ReferenceUnit: "units/1"}
	gtin := fmt.Sprintf("%014d", id*97)
	p := &productv1.Product{
		Name: resource.Name("products", id), Sku: fmt.Sprintf("SKU-%08d", id), DisplayName: fmt.Sprintf("Catheter, sterile, %d mm, lot %x", pseudo[0], pseudo[1:5]),
		Description: "For single use. Keep dry.", Gtin: gtin,
		Identifiers: []*productv1.Identifier{{Type: productv1.IdentifierType_IDENTIFIER_TYPE_GTIN, SourceType: "barcode", Value: gtin}},
		Category:    &productv1.Category{Id: id % 500, Path: fmt.Sprintf("All / Medical supplies / Group %d", id%500)},
		Kind:        productv1.Kind_KIND_GOODS, SourceKind: "consu", Tracking: productv1.Tracking_TRACKING_LOT, SourceTracking: "lot",
		ExpiryPolicy: &productv1.ExpiryPolicy{Expires: true, ExpiryDays: 730, AlertDays: 60},
		BaseUnit:     unit, PurchaseUnit: unit,
		Cost:           &money.Money{CurrencyCode: "EUR", Units: int64(pseudo[6])},
		SalesPrice:     &money.Money{CurrencyCode: "EUR", Units: int64(pseudo[7]), Nanos: 500_000_000},
		CanBePurchased: true, Active: true, OdooTemplateId: id,
		CreateTime: timestamppb.New(written), UpdateTime: timestamppb.New(written),
	}
	for n := range int64(2) {
		p.SupplierPrices = append(p.SupplierPrices, &productv1.SupplierPrice{
			Id: fmt.Sprint(2*id + n), Supplier: resource.Name("suppliers", 1+(id+n)%2000), PartNumber: fmt.Sprintf("P%x", pseudo[8+n:14+n]),
			MinQuantity: dec("10"), Unit: unit, Price: &money.Money{CurrencyCode: "EUR", Units: int64(pseudo[16+n])},
			LeadTimeDays: 7, Sequence: int32(n + 1), AllVariants: true,
		})
	}
	return p, map[string][]int64{"product.supplierinfo": {2 * id, 2*id + 1}}
}

func dec(text string) *decimal.Decimal { return &decimal.Decimal{Value: text} }
