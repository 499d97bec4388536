# Everything that a person does with this repository by hand.

BUF := go tool -modfile=tools/go.mod buf

.PHONY: help
help: ## list the targets
	@grep -hE '^[a-z][a-z-]*:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "%-18s %s\n", $$1, $$2}'

.PHONY: proto-deps
proto-deps: ## print the third-party protos from Go's module cache into third_party/proto
	@go run ./internal/tools/protodeps third_party/proto

.PHONY: generate
generate: proto-deps ## make gen/ from proto/; works offline, and twice gives the same
	@rm -rf gen/go gen/openapi
	@$(BUF) generate
