package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"google.golang.org/grpc/codes"

	"odoomesh/internal/config"
	"odoomesh/internal/exit"
	"odoomesh/internal/fault"
	"odoomesh/internal/odoosetup"
)

// The exit codes. Those for Odoo and the configuration are meshd's.
const (
	codeError      = 1
	codeUsage      = 2
	codeNotFound   = 4
	codeDifferent  = 5
	codeForbidden  = 6
	codeDown       = 7
	codeNoFit      = 8
	codeNoVersion  = 9
	codeHeldBack   = 10
	codeNoDatabase = 11
	codeDrift      = 12
	codeDamaged    = 15
	codeKey        = 16
)

func exitCodes() string {
	text := "Exit codes:\n"
	for _, row := range []struct {
		code    int
		meaning string
	}{
		{0, "done"},
		{codeError, "anything that stands not below"},
		{codeUsage, "the command line, a setting or an argument of a call is wrong"},
		{codeNotFound, "a record does not exist"},
		{codeDifferent, "verify or access diff found a difference, or Odoo is not the one that it was or lacks what is done,\n      or an audit is not what was signed"},
		{codeForbidden, "the mesh or Odoo refuses the credentials, or a right is missing; access explain: never"},
		{codeDown, "the mesh or Odoo cannot be reached, or is not ready"},
		{codeNoFit, "the mapping does not fit this Odoo, or it lacks a module"},
		{codeNoVersion, "this version of Odoo does not offer it"},
		{codeHeldBack, "resync held a mass deletion back"},
		{codeNoDatabase, "Odoo has no such database"},
		{codeDrift, "the events do not add up to Odoo's stock"},
		{codeDamaged, "a backup is damaged, or none that this program reads"},
		{codeKey, "a backup is sealed with another key than the one that is given"},
	} {
		text += fmt.Sprintf("  %2d  %s\n", row.code, row.meaning)
	}
	return strings.TrimRight(text, "\n")
}

// outcome ends the program with a code when all that there was to say is said,
// or with a sentence.
type outcome struct {
	code int
	text string
}

func (o *outcome) Error() string { return o.text }

func exitCode(err error) int {
	var o *outcome
	var missing *odoosetup.NoModuleError
	var version *odoosetup.NoWebhooksError
	var right *odoosetup.NoRightError
	told, spoken := fault.Read(err)
	switch {
	case err == nil:
		return 0
	case errors.As(err, &o):
		return o.code
	case errors.As(err, &missing):
		return codeNoFit
	case errors.As(err, &version):
		return codeNoVersion
	case errors.As(err, &right):
		return codeForbidden
	case spoken:
		return codeOf(told)
	}
	switch code := exit.Code(err); code {
	case 5:
		return codeNoDatabase
	case 11: // a company that is not there is a wrong setting
		return codeUsage
	case 2, 6, 7, 8, 9, codeDamaged, codeKey:
		return code
	}
	if isUsage(err) {
		return codeUsage
	}
	return codeError
}

func codeOf(told fault.Told) int {
	switch told.Code {
	case codes.NotFound:
		return codeNotFound
	case codes.InvalidArgument:
		return codeUsage
	case codes.Unauthenticated, codes.PermissionDenied:
		return codeForbidden
	case codes.Unavailable:
		return codeDown
	}
	return codeError
}

// isUsage knows cobra's own errors, which have no type.
func isUsage(err error) bool {
	for _, start := range []string{"unknown command", "unknown flag", "accepts ", "requires at least", "required flag", "if any flags in the group"} {
		if strings.HasPrefix(err.Error(), start) {
			return true
		}
	}
	return false
}

// told is what a person is told: a sentence, or a line for each setting that is wrong.
func told(err error, server string) []string {
	var wrong *config.Error
	text := sentence(err, server)
	switch {
	case text == "":
		return nil
	case !errors.As(err, &wrong):
		return []string{clean(text)}
	}
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		lines[i] = strings.TrimSpace(clean(line))
	}
	return lines
}

// sentence is what a person is told; empty where nothing is left to be said.
func sentence(err error, server string) string {
	var o *outcome
	told, spoken := fault.Read(err)
	switch {
	case err == nil:
		return ""
	case errors.As(err, &o):
		return o.text
	case errors.Is(err, context.Canceled):
		return "interrupted"
	case !spoken:
		return strings.TrimPrefix(err.Error(), "configuration: ")
	case told.Reason == "" && told.Code == codes.Unavailable:
		why := cause(told.Message)
		return fmt.Sprintf("the mesh at %s cannot be reached: %s. %s", server, why, remedy(why))
	case told.Reason == "" && told.Code == codes.DeadlineExceeded:
		return fmt.Sprintf("the mesh at %s did not answer in time. Give it more with --timeout.", server)
	case told.Reason == "" && told.Code == codes.Canceled:
		return "interrupted"
	case told.Reason == "" && strings.Contains(told.Message, "unexpected HTTP status code"):
		return fmt.Sprintf("%s answers, and not as gRPC: %s", server, notGRPC)
	case told.Reason == "" && told.Code == codes.Unimplemented:
		return fmt.Sprintf("the mesh at %s does not offer this: see its --services, and whether it is older than this meshctl.", server)
	case told.Reason == "":
		return fmt.Sprintf("%s (%s)", told.Message, told.Code)
	}
	text := fmt.Sprintf("%s (%s) %s", withStop(told.Message), told.Reason, told.WhatToDo)
	if told.WhoActs == "operator" && told.RequestID != "" { // whom the caller turns to with it
		text += " The request's id is " + told.RequestID + "."
	}
	return text
}

// withStop is a message with a stop, where it ends with none.
func withStop(message string) string {
	message = strings.TrimRight(message, ". ")
	if strings.HasSuffix(message, "?") {
		return message
	}
	return message + "."
}

const notGRPC = "that is the port of REST. Give that of gRPC with --server."

// remedy is what to do where the connection fails. gRPC's words for a server that speaks
// something else are those of its wire.
func remedy(why string) string {
	switch {
	case strings.Contains(why, "looked like an HTTP/1.1 header"):
		return "It answers, and not as gRPC: " + notGRPC
	case strings.Contains(why, "server preface: EOF"):
		return "It hangs up: where it speaks TLS, give --tls-ca-file."
	case strings.Contains(why, "does not look like a TLS handshake"):
		return "It speaks no TLS: leave out --tls-ca-file and --tls-cert-file, or check --server."
	}
	return "Check --server, and that meshd runs."
}

// cause is what gRPC says of a connection, without its own wrapping.
func cause(message string) string {
	for _, wrapping := range []string{"connection error: desc = ", "transport: Error while dialing: ", "transport: "} {
		if _, inner, ok := strings.Cut(message, wrapping); ok {
			message = strings.Trim(inner, `"`)
		}
	}
	return message
}

// wrong is a command line that cannot be carried out.
func wrong(format string, args ...any) error { return config.Usage(fmt.Errorf(format, args...)) }
