package main

import (
	"cmp"
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"google.golang.org/genproto/googleapis/api/annotations"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"

	commandv1 "odoomesh/gen/go/mesh/command/v1"
	"odoomesh/internal/clock"
	"odoomesh/internal/fault"
)

// contractCommand is a method that changes something in Odoo, under the name that intents have
// for it: "orders.release".
type contractCommand struct {
	name   string
	method protoreflect.MethodDescriptor
}

// commands finds them in the contract: their requests have a request_id and can be
// validated only, and their name is that of their route.
func commands() []contractCommand {
	var all []contractCommand
	protoregistry.GlobalFiles.RangeFiles(func(fd protoreflect.FileDescriptor) bool {
		for i := range fd.Services().Len() {
			methods := fd.Services().Get(i).Methods()
			for j := range methods.Len() {
				m := methods.Get(j)
				fields := m.Input().Fields()
				rule, _ := proto.GetExtension(m.Options(), annotations.E_Http).(*annotations.HttpRule)
				if fields.ByName("request_id") != nil && fields.ByName("validate_only") != nil {
					all = append(all, contractCommand{commandName(rule), m})
				}
			}
		}
		return true
	})
	slices.SortFunc(all, func(a, b contractCommand) int { return strings.Compare(a.name, b.name) })
	return all
}

// commandName reads "orders.release" out of "/v1/{name=orders/*}:release",
// "orders.create" out of "/v1/orders", and "orders.update" out of what is patched.
func commandName(rule *annotations.HttpRule) string {
	route, verb, custom := strings.Cut(strings.TrimPrefix(cmp.Or(rule.GetPost(), rule.GetPatch()), "/v1/"), ":")
	switch {
	case custom:
	case rule.GetPatch() != "":
		verb = "update"
	default:
		verb = "create"
	}
	_, rest, _ := strings.Cut(route, "=")
	collection, _, _ := strings.Cut(cmp.Or(rest, route), "/")
	return collection + "." + verb
}

// asking is how a command is given on the command line.
type asking struct {
	body, requestID, etag string
	company               int64
	validate, later       bool
	wait                  time.Duration
}

func (c *client) doCommand() *cobra.Command {
	var a asking
	var names []string
	for _, one := range commands() {
		names = append(names, one.name)
	}
	cmd := &cobra.Command{
		Use:   "do COMMAND [NAME]",
		Short: "Have something changed in Odoo, once however often it is sent",
		Long: "do sends a command and waits until it is known what became of it. Where the answer is\n" +
			"lost, send the same again with the same --request-id: it is carried out once.\n\n" +
			"Commands: " + strings.Join(names, ", ") + ".",
		Example: "  meshctl do orders.release orders/42\n  meshctl do orders.create --body @order.json --request-id po-4711\n  meshctl do orders.update orders/42 --body '{\"supplierReference\": \"Q-9\"}'\n  meshctl do orders.cancel orders/42 --validate-only",
		Args:    cobra.RangeArgs(1, 2),
		RunE: func(cmd *cobra.Command, args []string) error {
			all := commands()
			i := slices.IndexFunc(all, func(one contractCommand) bool { return one.name == args[0] })
			if i < 0 {
				return wrong("there is no command %q; there are %s", args[0], strings.Join(names, ", "))
			}
			return c.do(cmd, all[i], args[1:], a)
		},
	}
	cmd.Flags().StringVar(&a.body, "body", "", "The request as JSON, as REST takes it in the body; @FILE reads it from a file, @- from the standard input.")
	cmd.Flags().StringVar(&a.requestID, "request-id", "", "Your own id of this wish. Empty: one is made and told, for the case that you have to send it again.")
	cmd.Flags().StringVar(&a.etag, "etag", "", "The record's etag as you have seen it: refused when it has changed since.")
	cmd.Flags().Int64Var(&a.company, "company", 0, "Whose order is to be made, by Odoo's id of the company. 0: the first that is served, else that of the mesh's user.")
	cmd.Flags().BoolVar(&a.validate, "validate-only", false, "Make all checks, show the calls that would be made, and change nothing.")
	cmd.Flags().BoolVar(&a.later, "later", false, "Have it taken on now and carried out later, also while Odoo is down; see meshctl intents.")
	cmd.Flags().DurationVar(&a.wait, "wait", 5*time.Minute, "How long to ask again while it is being carried out.")
	return cmd
}

// do sends a command until it is known what became of it.
func (c *client) do(cmd *cobra.Command, one contractCommand, names []string, a asking) error {
	request, err := c.request(one, names, a)
	if err != nil {
		return err
	}
	kind, err := protoregistry.GlobalTypes.FindMessageByName(one.method.Output().FullName())
	if err != nil {
		return err
	}
	conn, err := c.conn()
	if err != nil {
		return err
	}
	full := fmt.Sprintf("/%s/%s", one.method.Parent().FullName(), one.method.Name())
	for deadline := c.clock.Now().Add(a.wait); ; {
		answer := kind.New().Interface()
		ctx, cancel := c.call(cmd)
		if a.later {
			ctx = metadata.AppendToOutgoingContext(ctx, "prefer", "respond-async")
		}
		err := conn.Invoke(ctx, full, request, answer)
		cancel()
		if err == nil {
			return c.carried(answer)
		}
		told, _ := fault.Read(err)
		again := told.Retry == "same_request" || told.Reason == "" && (told.Code == codes.Unavailable || told.Code == codes.DeadlineExceeded)
		if !again || c.clock.Now().After(deadline) || cmd.Context().Err() != nil {
			return err
		}
		fmt.Fprintf(c.errs, "%s; asking again\n", clean(told.Message))
		if !clock.Sleep(cmd.Context(), c.clock, max(told.RetryAfter, time.Second)) {
			return context.Canceled
		}
	}
}

// request is what a command is asked with.
func (c *client) request(one contractCommand, names []string, a asking) (proto.Message, error) {
	kind, err := protoregistry.GlobalTypes.FindMessageByName(one.method.Input().FullName())
	if err != nil {
		return nil, err
	}
	m := kind.New()
	fields := one.method.Input().Fields()
	if err := c.readBody(one, a.body, m); err != nil {
		return nil, err
	}
	set := func(name protoreflect.Name, value protoreflect.Value, given bool) error {
		f := fields.ByName(name)
		if given && f == nil {
			return wrong("%s takes no %s", one.name, name)
		}
		if given {
			m.Set(f, value)
		}
		return nil
	}
	if a.requestID == "" && !a.validate && m.Get(fields.ByName("request_id")).String() == "" {
		a.requestID = strings.ToLower(rand.Text())
		fmt.Fprintf(c.errs, "request id %s\n", a.requestID)
	}
	if name := strings.Join(names, ""); name != "" {
		if err := naming(one, m, name); err != nil {
			return nil, err
		}
	}
	for _, err := range []error{
		set("etag", protoreflect.ValueOfString(a.etag), a.etag != ""), set("company_id", protoreflect.ValueOfInt64(a.company), a.company != 0),
		set("request_id", protoreflect.ValueOfString(a.requestID), a.requestID != ""), set("validate_only", protoreflect.ValueOfBool(a.validate), a.validate),
	} {
		if err != nil {
			return nil, err
		}
	}
	return m.Interface(), nil
}

// naming says which record a request is about: in its field name, or where it holds the
// record itself, as an update does, in that one's.
func naming(one contractCommand, m protoreflect.Message, name string) error {
	rule, _ := proto.GetExtension(one.method.Options(), annotations.E_Http).(*annotations.HttpRule)
	if f := m.Descriptor().Fields().ByName(protoreflect.Name(rule.GetBody())); f != nil && rule.GetPatch() != "" {
		m = m.Mutable(f).Message()
	}
	f := m.Descriptor().Fields().ByName("name")
	if f == nil {
		return wrong("%s takes no name", one.name)
	}
	m.Set(f, protoreflect.ValueOfString(name))
	return nil
}

// readBody reads a request as REST takes it: where the route names a field as the body,
// that field.
func (c *client) readBody(one contractCommand, body string, m protoreflect.Message) error {
	if body == "" {
		return nil
	}
	text := []byte(body)
	if file, isFile := strings.CutPrefix(body, "@"); isFile {
		var err error
		if file == "-" {
			text, err = io.ReadAll(c.in)
		} else {
			text, err = os.ReadFile(file)
		}
		if err != nil {
			return wrong("--body: %v", err)
		}
	}
	rule, _ := proto.GetExtension(one.method.Options(), annotations.E_Http).(*annotations.HttpRule)
	into := m.Interface()
	if f := one.method.Input().Fields().ByName(protoreflect.Name(rule.GetBody())); f != nil {
		into = m.Mutable(f).Message().Interface()
	}
	if err := protojson.Unmarshal(text, into); err != nil {
		return wrong("--body: %v", err)
	}
	return nil
}

// carried prints what became of a command, and the record.
func (c *client) carried(answer proto.Message) error {
	if c.asJSON() {
		return c.line(answer)
	}
	for _, f := range fieldsOf(answer) {
		if i, ok := answer.ProtoReflect().Get(f).Message().Interface().(*commandv1.Intent); ok {
			return c.intent(i)
		}
	}
	return c.line(answer)
}

func fieldsOf(m proto.Message) (all []protoreflect.FieldDescriptor) {
	fields := m.ProtoReflect().Descriptor().Fields()
	for i := range fields.Len() {
		if f := fields.Get(i); f.Message() != nil && !f.IsList() && !f.IsMap() {
			all = append(all, f)
		}
	}
	return all
}
