// Command scenarios is what docs/clients.md shows of the client in Go: scenarios <scenario>.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"os"
	"strings"
	"time"

	"google.golang.org/genproto/googleapis/type/decimal"
	"google.golang.org/genproto/googleapis/type/money"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/fieldmaskpb"

	"odoomesh.invalid/client"
	errorsv1 "odoomesh.invalid/client/mesh/errors/v1"
	orderv1 "odoomesh.invalid/client/mesh/order/v1"
	productv1 "odoomesh.invalid/client/mesh/product/v1"
	typesv1 "odoomesh.invalid/client/mesh/types/v1"
)

type result = map[string]any

func main() {
	// region connect
	conn, err := client.New(os.Getenv("MESH_GRPC"), client.Options{Token: os.Getenv("MESH_TOKEN")})
	if err != nil {
		log.Fatal(err)
	}
	defer conn.Close()
	orders, products := orderv1.NewOrderServiceClient(conn), productv1.NewProductServiceClient(conn)
	// endregion
	scenario := map[string]func(context.Context, orderv1.OrderServiceClient, productv1.ProductServiceClient) (result, error){
		"read": read, "filter": filter, "page": page, "watch": watch, "write": write, "stale": stale, "owner": owner,
	}[os.Args[1]]
	told, err := scenario(context.Background(), orders, products)
	if err != nil {
		log.Fatal(err)
	}
	print(told)
}

func print(told result) {
	if err := json.NewEncoder(os.Stdout).Encode(told); err != nil {
		log.Fatal(err)
	}
}

func read(ctx context.Context, orders orderv1.OrderServiceClient, _ productv1.ProductServiceClient) (result, error) {
	// region read
	order, err := orders.GetOrder(ctx, &orderv1.GetOrderRequest{Name: "orders/1"})
	if err != nil {
		return nil, err
	}
	price := order.GetLines()[0].GetUnitPrice() // exact: units and billionths of them
	// endregion
	cents := strings.TrimRight(fmt.Sprintf("%09d", price.GetNanos()), "0")
	return result{"number": order.GetNumber(), "lines": len(order.GetLines()), "price": fmt.Sprintf("%s %d.%s", price.GetCurrencyCode(), price.GetUnits(), cents)}, nil
}

func filter(ctx context.Context, orders orderv1.OrderServiceClient, _ productv1.ProductServiceClient) (result, error) {
	// region filter
	page, err := orders.ListOrders(ctx, &orderv1.ListOrdersRequest{Filter: "state = CONFIRMED", OrderBy: "number desc", PageSize: 3})
	if err != nil {
		return nil, err
	}
	// endregion
	var numbers []string
	for _, order := range page.GetOrders() {
		numbers = append(numbers, order.GetNumber())
	}
	return result{"numbers": strings.Join(numbers, ",")}, nil
}

func page(ctx context.Context, _ orderv1.OrderServiceClient, products productv1.ProductServiceClient) (result, error) {
	n, distinct := 0, map[string]bool{}
	// region page
	request := &productv1.ListProductsRequest{PageSize: 100, ReadMask: &fieldmaskpb.FieldMask{Paths: []string{"name", "sku"}}}
	for product, err := range client.Each(ctx, products.ListProducts, request, (*productv1.ListProductsResponse).GetProducts) {
		if err != nil {
			return nil, err
		}
		n, distinct[product.GetName()] = n+1, true
	}
	// endregion
	return result{"records": n, "distinct": len(distinct)}, nil
}

func watch(ctx context.Context, _ orderv1.OrderServiceClient, products productv1.ProductServiceClient) (result, error) {
	var seen []string
	// region watch
	request := &productv1.WatchProductsRequest{Filter: `name = "products/1"`, IncludeCurrent: true}
	for change, err := range client.Watch(ctx, products.WatchProducts, request) {
		if err != nil {
			return nil, err
		}
		if product := change.GetProduct(); product != nil {
			log.Println(change.GetChangeType(), product.GetDisplayName(), "until", change.GetPosition())
			// endregion
			words := strings.Fields(product.GetDisplayName())
			told := strings.TrimPrefix(change.GetChangeType().String(), "CHANGE_TYPE_")
			if told != "CURRENT" {
				told += " " + words[len(words)-1]
			}
			seen = append(seen, told)
			print(result{"change": told})
			if len(seen) == 3 {
				break
			}
		}
	}
	return result{"seen": strings.Join(seen, ",")}, nil
}

func write(ctx context.Context, orders orderv1.OrderServiceClient, _ productv1.ProductServiceClient) (result, error) {
	first, err := orders.GetOrder(ctx, &orderv1.GetOrderRequest{Name: "orders/1"})
	if err != nil {
		return nil, err
	}
	supplier := first.GetSupplier()
	// region write
	wish := &orderv1.CreateOrderRequest{RequestId: client.NewRequestID(), Order: &orderv1.Order{Supplier: supplier, CurrencyCode: "EUR", Lines: []*orderv1.OrderLine{{
		Product: "products/1", Quantity: &decimal.Decimal{Value: "10"}, UnitPrice: &money.Money{CurrencyCode: "EUR", Units: 3, Nanos: 50_000_000},
	}}}}
	made, err := orders.CreateOrder(ctx, wish)
	if err != nil {
		return nil, err
	}
	again, err := orders.CreateOrder(ctx, wish) // such as after a crash: nothing is ordered twice
	if err != nil {
		return nil, err
	}
	// endregion
	return result{"same": made.GetOrder().GetName() == again.GetOrder().GetName(), "state": made.GetOrder().GetState().String()}, nil
}

func stale(ctx context.Context, orders orderv1.OrderServiceClient, _ productv1.ProductServiceClient) (result, error) {
	conn, err := client.New(os.Getenv("MESH_GRPC"), client.Options{Token: os.Getenv("MESH_TOKEN"), Patience: -time.Second})
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	impatient := orderv1.NewOrderServiceClient(conn)
	// region stale
	fresh := &typesv1.ReadMode{Mode: &typesv1.ReadMode_MaxStaleness{MaxStaleness: durationpb.New(0)}}
	_, err = impatient.GetOrder(ctx, &orderv1.GetOrderRequest{Name: "orders/1", ReadMode: fresh})
	if errors.Is(err, client.Reason(errorsv1.Reason_REASON_STALE)) {
		// As it was; its provenance says when that was.
		_, err = orders.GetOrder(ctx, &orderv1.GetOrderRequest{Name: "orders/1"}, grpc.WaitForReady(true))
		// endregion
		return result{"reason": "STALE", "retry": "same_request"}, err
	}
	return nil, fmt.Errorf("it was fresh, or: %w", err)
}

func owner(ctx context.Context, _ orderv1.OrderServiceClient, products productv1.ProductServiceClient) (result, error) {
	// region owner
	_, err := products.UpdateProduct(ctx, &productv1.UpdateProductRequest{RequestId: client.NewRequestID(), Product: &productv1.Product{Name: "products/2", Gtin: "04006381333931"}})
	if refusal, ok := client.AsRefusal(err); ok {
		told := result{"reason": strings.TrimPrefix(refusal.Reason.String(), "REASON_"), "retry": strings.ToLower(strings.TrimPrefix(refusal.Retry.String(), "RETRY_"))}
		// endregion
		for field := range refusal.Fields {
			told["field"] = field
		}
		return told, nil
	}
	return nil, err
}
