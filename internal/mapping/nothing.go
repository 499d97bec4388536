package mapping

import "context"

// Nothing is the source of records whose model this Odoo does not have: there are
// none, nothing is watched, and Odoo is not asked.
type Nothing struct{ *Plan }

// Watches lists no models: Odoo refuses to be asked for those of the plan.
func (Nothing) Watches() []WatchedModel { return nil }

// Fingerprint is another than that of the plan: once the module is installed, all
// records are read.
func (n Nothing) Fingerprint() string { return "nothing " + n.Plan.Fingerprint() }

// MappingVersion is the version that the records would name.
func (n Nothing) MappingVersion() int { return n.Version }

// CountMembers is 0.
func (Nothing) CountMembers(context.Context, int64, int64) (int64, error) { return 0, nil }

// Members lists nothing.
func (Nothing) Members(context.Context, []int64) ([]int64, error) { return nil, nil }

// Touched lists nothing.
func (Nothing) Touched(context.Context, WatchedModel, []int64) ([]int64, error) { return nil, nil }

// Shown is empty: no row is shown.
func (Nothing) Shown(string) []string { return nil }

// Renew lists nothing.
func (Nothing) Renew(context.Context, string, []int64) ([]int64, error) { return nil, nil }

// HasMembers is false.
func (Nothing) HasMembers() bool { return false }

// Forget does nothing.
func (Nothing) Forget(string) {}

// Grouped is false.
func (Nothing) Grouped() bool { return false }

// Keys are none: no record is ever asked for.
func (Nothing) Keys(context.Context, []int64) ([][]byte, error) { return nil, nil }

// Fetch reads nothing.
func (Nothing) Fetch(context.Context, [][]byte) ([]*Record, error) { return nil, nil }
