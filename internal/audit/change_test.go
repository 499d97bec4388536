package audit_test

import (
	"context"
	"testing"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	accessv1 "odoomesh/gen/go/mesh/access/v1"
	"odoomesh/internal/audit"
)

func TestAChangeSaysWhatWasAndWhatIs(t *testing.T) {
	t.Parallel()
	made := &accessv1.ApiKey{Name: "apiKeys/a", Principal: "portal", ExpireTime: timestamppb.New(time.Unix(0, 0))}
	later := &accessv1.ApiKey{Name: "apiKeys/a", Principal: "portal", ExpireTime: timestamppb.New(time.Unix(60, 0)), Successor: "apiKeys/b"}
	for _, tt := range []struct {
		name          string
		before, after *accessv1.ApiKey
		want          string
	}{
		{"made", nil, made, "+ expire_time: \"1970-01-01T00:00:00Z\"\n+ name: \"apiKeys/a\"\n+ principal: \"portal\"\n"},
		{"changed", made, later, "- expire_time: \"1970-01-01T00:00:00Z\"\n+ expire_time: \"1970-01-01T00:01:00Z\"\n+ successor: \"apiKeys/b\"\n"},
		{"the same", made, made, ""},
		{"gone", &accessv1.ApiKey{Name: "apiKeys/a"}, nil, "- name: \"apiKeys/a\"\n"},
	} {
		if got := audit.Lines(tt.before, tt.after); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}

func TestChangesAreSaidToTheCallThatMakesThem(t *testing.T) {
	t.Parallel()
	audit.Changed(context.Background(), audit.Change{Document: "nobody's"})
	ctx, said := audit.WithChanges(context.Background())
	other, saidToOther := audit.WithChanges(context.Background())
	audit.Changed(ctx, audit.Change{Document: "a"}, audit.Change{Document: "b"})
	audit.Changed(other, audit.Change{Document: "c"})
	if got := said(); len(got) != 2 || got[0].Document != "a" || got[1].Document != "b" {
		t.Errorf("%+v", got)
	}
	if got := saidToOther(); len(got) != 1 || got[0].Document != "c" {
		t.Errorf("%+v", got)
	}
}
