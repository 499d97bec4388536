package read

import (
	"context"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/testing/protocmp"
	"google.golang.org/protobuf/types/known/emptypb"
	"google.golang.org/protobuf/types/known/fieldmaskpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	internalv1 "odoomesh/gen/go/mesh/internalpb/v1"
	productv1 "odoomesh/gen/go/mesh/product/v1"
	"odoomesh/internal/record"
	"odoomesh/internal/resource"
)

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

func productKind(t *testing.T) *record.Kind {
	t.Helper()
	k, err := record.NewKind("products", (&productv1.Product{}).ProtoReflect().Type(), "hospital")
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func keptProduct(t *testing.T, name string) []byte {
	t.Helper()
	body, err := proto.Marshal(&productv1.Product{Name: "products/7", DisplayName: name})
	if err != nil {
		t.Fatal(err)
	}
	raw, err := proto.Marshal(&internalv1.CacheRecord{Body: body, ContentHash: []byte(name + "12345678"), ObservedTime: timestamppb.New(noon)})
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// Whatever was shown before, a record is shown as it is now, in both forms.
func TestRecentShowsWhatTheCacheHolds(t *testing.T) {
	k := productKind(t)
	r := &recent{kind: k}
	glove, mask, giant := keptProduct(t, "Glove"), keptProduct(t, "Mask"), keptProduct(t, strings.Repeat("x", recentBytes))
	for i, step := range []struct {
		id       int64
		raw      []byte
		verified time.Time
	}{
		{7, glove, noon}, {7, glove, noon}, {7, glove, noon.Add(time.Second)}, {7, mask, noon.Add(time.Second)},
		{7, giant, noon}, {7, mask, noon}, {7 + recentRecords, glove, noon}, {7, mask, time.Time{}},
	} {
		want, err := k.Decode(step.raw, step.verified)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range []form{open, sealed, open, sealed} {
			m, err := r.show(resource.Key(step.id), step.raw, unknownState, step.verified, f)
			if err != nil {
				t.Fatal(err)
			}
			got := k.New()
			wire, err := proto.Marshal(m)
			if err == nil {
				err = proto.Unmarshal(wire, got)
			}
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got, protocmp.Transform()); diff != "" {
				t.Errorf("step %d, form %d (-want +got):\n%s", i, f, diff)
			}
			if f == open && m.(*productv1.Product).GetDisplayName() == "" {
				t.Errorf("step %d: the open form cannot be looked into", i)
			}
		}
	}
}

func TestRecentMakesNothingTwice(t *testing.T) {
	r := &recent{kind: productKind(t)}
	raw := keptProduct(t, "Glove")
	for _, f := range []form{open, sealed} {
		first, err := r.show(resource.Key(7), raw, 1, noon, f)
		if err != nil {
			t.Fatal(err)
		}
		if second, err := r.show(resource.Key(7), append([]byte(nil), raw...), 1, noon, f); err != nil || second != first {
			t.Errorf("form %d: made again: %v", f, err)
		}
	}
}

func TestRecentReportsWhatCannotBeRead(t *testing.T) {
	r := &recent{kind: productKind(t)}
	if _, err := r.show(resource.Key(7), []byte("\xff"), 1, noon, sealed); err == nil {
		t.Error("bytes that are no record were shown")
	}
}

// Only a caller over gRPC who wants the whole record is sent its bytes.
func TestFormFollowsTheCall(t *testing.T) {
	forms := make(chan [2]form, 1)
	server := grpc.NewServer()
	server.RegisterService(&grpc.ServiceDesc{ServiceName: "test.Form", HandlerType: (*any)(nil), Methods: []grpc.MethodDesc{{
		MethodName: "Ask",
		Handler: func(_ any, ctx context.Context, decode func(any) error, _ grpc.UnaryServerInterceptor) (any, error) {
			forms <- [2]form{formFor(ctx, nil), formFor(ctx, &fieldmaskpb.FieldMask{Paths: []string{"sku"}})}
			return &emptypb.Empty{}, decode(&emptypb.Empty{})
		},
	}}}, nil)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(listener) }()
	defer func() {
		server.Stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	}()
	conn, err := grpc.NewClient(listener.Addr().String(), grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if err := conn.Invoke(t.Context(), "/test.Form/Ask", &emptypb.Empty{}, &emptypb.Empty{}); err != nil {
		t.Fatal(err)
	}
	if got := <-forms; got != [2]form{sealed, open} {
		t.Errorf("over gRPC: %v", got)
	}
	if got := formFor(t.Context(), nil); got != open {
		t.Errorf("from inside: %v", got)
	}
}

// A record is shown again without the cache only while the cache is as it was.
func TestRecentIsBoundToTheStateOfTheCache(t *testing.T) {
	r := &recent{kind: productKind(t)}
	raw := keptProduct(t, "Glove")
	if _, err := r.show(resource.Key(7), raw, 3, noon, sealed); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name  string
		id    int64
		state uint64
		want  bool
	}{
		{"the same", 7, 3, true}, {"a later state", 7, 4, false}, {"no state", 7, unknownState, false}, {"another record", 7 + recentRecords, 3, false},
	} {
		for _, verified := range []time.Time{noon, noon.Add(time.Second)} {
			m, err := r.again(resource.Key(c.id), c.state, verified, open)
			if err != nil {
				t.Fatal(err)
			}
			if (m != nil) != c.want {
				t.Errorf("%s: shown %v", c.name, m != nil)
			}
			if m != nil && !m.(*productv1.Product).GetProvenance().GetVerifiedTime().AsTime().Equal(verified) {
				t.Errorf("%s: verified at %s", c.name, m.(*productv1.Product).GetProvenance().GetVerifiedTime().AsTime())
			}
		}
	}
}
