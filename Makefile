# Everything that a person does with this repository by hand.

BUF := go tool -modfile=tools/go.mod buf
RELEASED := proto/released.binpb

.PHONY: help
help: ## list the targets
	@grep -hE '^[a-z][a-z-]*:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "%-18s %s\n", $$1, $$2}'

.PHONY: proto-deps
proto-deps: ## print the third-party protos from Go's module cache into third_party/proto
	@go run ./internal/tools/protodeps third_party/proto

.PHONY: generate
generate: proto-deps ## make gen/ from proto/; needs no network, and twice gives the same
	@$(BUF) generate --clean

.PHONY: proto-lint
proto-lint: proto-deps ## check the contract's style, layout and comments
	@$(BUF) format -d --exit-code proto
	@$(BUF) lint

.PHONY: proto-breaking
proto-breaking: proto-deps ## check that the contract keeps what the last release promised
	@$(BUF) breaking proto --against $(RELEASED) --exclude-imports

.PHONY: proto-release
proto-release: proto-deps ## note the present contract as the released one, when a version is released
	@$(BUF) build proto --exclude-source-info -o $(RELEASED)

.PHONY: lint
lint: proto-lint proto-breaking ## all checks that run nothing
