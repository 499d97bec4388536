package access

import (
	"cmp"
	"context"
	"encoding/binary"
	"errors"
	"slices"
	"strings"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	accessv1 "odoomesh/gen/go/mesh/access/v1"
	errorsv1 "odoomesh/gen/go/mesh/errors/v1"
	internalv1 "odoomesh/gen/go/mesh/internalpb/v1"
	engine "odoomesh/internal/access"
	"odoomesh/internal/audit"
	"odoomesh/internal/fault"
	"odoomesh/internal/identity/apikey"
	"odoomesh/internal/token"
)

// Keys is where the keys are kept.
type Keys interface {
	Create(ctx context.Context, by string, w apikey.Wish) (text string, made apikey.Key, err error)
	Rotate(ctx context.Context, by, id string, turn apikey.Turn) (apikey.Rotation, error)
	Confirm(ctx context.Context, by, id string) (apikey.Confirmation, error)
	Revoke(ctx context.Context, by, id, reason string) (before, now apikey.Key, err error)
	All() []apikey.Key
	// ID names the place where the keys are kept, for page tokens.
	ID() string
	// Tokens are the page tokens of who calls.
	Tokens(ctx context.Context) token.Tokens
	// Knows tells whether the access file has a principal.
	Knows(principal string) bool
	// ByTwo tells whether a key takes two persons, as the access file does.
	ByTwo() bool
}

// KeyService answers KeyService of the contract.
type KeyService struct {
	accessv1.UnimplementedKeyServiceServer
	keys Keys
}

// NewKeys makes the service of keys.
func NewKeys(k Keys) *KeyService { return &KeyService{keys: k} }

// CreateApiKey makes a key and shows it.
func (s *KeyService) CreateApiKey(ctx context.Context, r *accessv1.CreateApiKeyRequest) (*accessv1.CreateApiKeyResponse, error) {
	if !s.keys.Knows(r.GetPrincipal()) {
		return nil, fault.InvalidField(errorsv1.Reason_REASON_INVALID_ARGUMENT, "principal",
			"the access file has no such principal: add it there first, a token_sha256 is not needed for it; without an access file there are no keys")
	}
	text, made, err := s.keys.Create(ctx, engine.Caller(ctx), apikey.Wish{Principal: r.GetPrincipal(), Purpose: r.GetPurpose(), Lifetime: lengthOf(r.GetLifetime()), Proposed: s.keys.ByTwo()})
	if err != nil {
		return nil, keyRefusal("", err)
	}
	audit.Changed(ctx, changeOf(nil, keyOf(made)))
	return &accessv1.CreateApiKeyResponse{Key: text, ApiKey: keyOf(made)}, nil
}

// RotateApiKey makes the key that takes another one's place, and shows it.
func (s *KeyService) RotateApiKey(ctx context.Context, r *accessv1.RotateApiKeyRequest) (*accessv1.RotateApiKeyResponse, error) {
	turn := apikey.Turn{Lifetime: lengthOf(r.GetLifetime()), Proposed: s.keys.ByTwo()}
	if r.GetOverlap() != nil {
		turn.Overlap = new(r.GetOverlap().AsDuration())
	}
	rotated, err := s.keys.Rotate(ctx, engine.Caller(ctx), keyID(r.GetName()), turn)
	if err != nil {
		return nil, keyRefusal(r.GetName(), err)
	}
	made, replaced := keyOf(rotated.Made), keyOf(rotated.Replaced)
	if turn.Proposed {
		audit.Changed(ctx, changeOf(nil, made))
	} else {
		audit.Changed(ctx, changeOf(keyOf(rotated.Before), replaced), changeOf(nil, made))
	}
	return &accessv1.RotateApiKeyResponse{Key: rotated.Text, ApiKey: made, Replaced: replaced}, nil
}

// ConfirmApiKey lets a key be believed that another person has made. Who shows a key does
// not: its maker may have made that one, too.
func (s *KeyService) ConfirmApiKey(ctx context.Context, r *accessv1.ConfirmApiKeyRequest) (*accessv1.ApiKey, error) {
	if err := engine.InPerson(ctx, "confirms keys"); err != nil {
		return nil, err
	}
	c, err := s.keys.Confirm(ctx, engine.Caller(ctx), keyID(r.GetName()))
	if err != nil {
		return nil, keyRefusal(r.GetName(), err)
	}
	confirmed := keyOf(c.Now)
	changes := []audit.Change{changeOf(keyOf(c.Before), confirmed)}
	if len(c.Replaced) > 0 {
		changes = append(changes, changeOf(keyOf(c.Replaced[0]), keyOf(c.Replaced[1])))
	}
	audit.Changed(ctx, changes...)
	return confirmed, nil
}

// RevokeApiKey takes a key back.
func (s *KeyService) RevokeApiKey(ctx context.Context, r *accessv1.RevokeApiKeyRequest) (*accessv1.ApiKey, error) {
	before, now, err := s.keys.Revoke(ctx, engine.Caller(ctx), keyID(r.GetName()), r.GetReason())
	if err != nil {
		return nil, keyRefusal(r.GetName(), err)
	}
	revoked := keyOf(now)
	audit.Changed(ctx, changeOf(keyOf(before), revoked))
	return revoked, nil
}

// changeOf is what the audit says of a key; nil is one that was not there.
func changeOf(before, now *accessv1.ApiKey) audit.Change {
	c := audit.Change{Document: now.GetName(), After: now.GetState().String(), Says: audit.Lines(unused(before), unused(now))}
	if before != nil {
		c.Before = before.GetState().String()
	}
	return c
}

// unused leaves out when a key was used last, which is nobody's change.
func unused(k *accessv1.ApiKey) *accessv1.ApiKey {
	if k == nil {
		return nil
	}
	k = proto.CloneOf(k)
	k.LastUseTime = nil
	return k
}

const (
	defaultKeys = 50
	mostKeys    = 1000
)

// ListApiKeys answers a page of the keys, the newest first.
func (s *KeyService) ListApiKeys(ctx context.Context, r *accessv1.ListApiKeysRequest) (*accessv1.ListApiKeysResponse, error) {
	size := min(int(r.GetPageSize()), mostKeys)
	if size <= 0 {
		size = defaultKeys
	}
	hash := token.CallHash(apikey.Collection, r.GetPrincipal())
	var after string
	if r.GetPageToken() != "" {
		page, err := s.keys.Tokens(ctx).ReadPage(r.GetPageToken(), s.keys.ID(), hash)
		if err != nil {
			return nil, fault.Token("page_token", err)
		}
		after = string(page.GetAfterKey())
	}
	all := s.keys.All()
	slices.SortFunc(all, func(a, b apikey.Key) int { return cmp.Compare(placeOf(b), placeOf(a)) })
	answer := &accessv1.ListApiKeysResponse{}
	var last apikey.Key
	for _, k := range all {
		if after != "" && placeOf(k) >= after || r.GetPrincipal() != "" && k.GetPrincipal() != r.GetPrincipal() {
			continue
		}
		if len(answer.GetApiKeys()) == size {
			answer.NextPageToken = s.keys.Tokens(ctx).Page(&internalv1.PageToken{StoreId: s.keys.ID(), CallHash: hash, AfterKey: []byte(placeOf(last))})
			break
		}
		answer.ApiKeys, last = append(answer.GetApiKeys(), keyOf(k)), k
	}
	return answer, nil
}

// placeOf orders keys by when they were made.
func placeOf(k apikey.Key) string {
	return string(binary.BigEndian.AppendUint64(nil, uint64(k.GetCreateTime().AsTime().UnixNano()))) + k.GetId()
}

// keyID is the id in a name, whose form the contract holds.
func keyID(name string) string { return strings.TrimPrefix(name, apikey.Collection+"/") }

func lengthOf(d *durationpb.Duration) time.Duration { return d.AsDuration() }

func keyRefusal(name string, err error) error {
	switch {
	case errors.Is(err, apikey.ErrNoKey):
		return fault.NotFound(name)
	case errors.Is(err, apikey.ErrTooMany):
		return fault.InvalidField(errorsv1.Reason_REASON_INVALID_ARGUMENT, "principal", err.Error())
	case errors.Is(err, apikey.ErrOwn):
		return fault.New(errorsv1.Reason_REASON_NOT_PERMITTED, "The key is confirmed by another person than its maker.",
			fault.Precondition("segregation", name, "who has made a key does not confirm it"), fault.Instead("Ask somebody else who may."))
	case errors.Is(err, apikey.ErrNotLive), errors.Is(err, apikey.ErrRotated), errors.Is(err, apikey.ErrProposed), errors.Is(err, apikey.ErrAwaited):
		return fault.InvalidField(errorsv1.Reason_REASON_INVALID_ARGUMENT, "name", err.Error())
	}
	// Nothing was done in Odoo, whatever failed.
	return fault.FromError(err)
}

func keyOf(k apikey.Key) *accessv1.ApiKey {
	shown := &accessv1.ApiKey{
		Name: apikey.Collection + "/" + k.GetId(), Principal: k.GetPrincipal(), Purpose: k.GetPurpose(), Environment: k.GetEnvironment(),
		CreatedBy: k.GetCreatedBy(), CreateTime: k.GetCreateTime(), ExpireTime: k.GetExpireTime(),
		RevokedBy: k.GetRevokedBy(), RevokeTime: k.GetRevokeTime(), RevokeReason: k.GetRevokeReason(),
		ConfirmedBy: k.GetConfirmedBy(), ConfirmTime: k.GetConfirmTime(),
	}
	if !k.Used.IsZero() {
		shown.LastUseTime = timestamppb.New(k.Used)
	}
	if k.GetSuccessor() != "" {
		shown.Successor = apikey.Collection + "/" + k.GetSuccessor()
	}
	if k.GetReplaces() != "" {
		shown.Replaces = apikey.Collection + "/" + k.GetReplaces()
	}
	switch k.State {
	case apikey.Active:
		shown.State = accessv1.ApiKeyState_API_KEY_STATE_ACTIVE
	case apikey.Rotated:
		shown.State = accessv1.ApiKeyState_API_KEY_STATE_ROTATED
	case apikey.Proposed:
		shown.State = accessv1.ApiKeyState_API_KEY_STATE_PROPOSED
	case apikey.Expired:
		shown.State = accessv1.ApiKeyState_API_KEY_STATE_EXPIRED
	case apikey.Revoked:
		shown.State = accessv1.ApiKeyState_API_KEY_STATE_REVOKED
	}
	return shown
}
