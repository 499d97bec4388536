// Package config is everything that can be set, in one documented struct.
//
// A setting has one name in three spellings: the flag --poll-interval, the
// variable MESH_POLL_INTERVAL and the key poll-interval of the YAML file that
// --config or MESH_CONFIG names. Flags win over variables, these over the file,
// and the file over the defaults. An unknown key or variable is an error that
// names the nearest known one, and all that is wrong is reported at once, each
// with what to do. A password has no flag and stands in no file of settings;
// once read, it shows itself nowhere.
//
// docs/configuration.md is generated from the tags of the struct.
package config
