# Everything that a person does with this repository by hand. `make` alone lists it.

BUF := go tool -modfile=tools/go.mod buf
RELEASED := proto/released.binpb
# How long each fuzzer runs: by inputs, since go test calls it a failure now and then when
# the time is over while an input is tried.
FUZZTIME ?= 20000x
# What a build calls itself. It is handed over, and not read from git while it is built:
# so a copy of the source without its history gives the same program.
VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo unknown)
# The same source, version and Go give the same bytes, wherever they are built: no paths,
# no C compiler, no state of a working tree, no time.
BUILD := CGO_ENABLED=0 go build -trimpath -buildvcs=false -ldflags '-buildid= -X odoomesh/internal/build.version=$(VERSION)'

.PHONY: help
help: ## list the targets
	@grep -hE '^[a-z][a-z-]*:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "%-16s %s\n", $$1, $$2}'

.PHONY: run
run: ## bring the mesh up over a simulated hospital: REST on 127.0.0.1:8080, gRPC on 127.0.0.1:9090
	@go build -o bin/ ./cmd/meshd && exec bin/meshd demo

.PHONY: build
build: ## put meshd and meshctl into bin/, the same bytes for the same source; VERSION is what they call themselves
	@$(BUILD) -o bin/ ./cmd/...

# The second build shares nothing with the first but the source: its folder, its output and
# its cache are new. It takes some minutes.
.PHONY: release-check
release-check: build ## check that meshd and meshctl, built again from a copy elsewhere, are the same bytes and name no folder
	@copy=$$(mktemp -d) && trap 'chmod -R u+w "$$copy"; rm -rf "$$copy"' EXIT && mkdir "$$copy/mesh" && \
		git ls-files -z --cached --others --exclude-standard | xargs -0 tar -cf - 2>/dev/null | tar -xf - -C "$$copy/mesh" && \
		GOCACHE="$$copy/cache" $(MAKE) -s -C "$$copy/mesh" build VERSION='$(VERSION)' && \
		for program in meshd meshctl; do \
			one=$$(sha256sum <bin/$$program) && other=$$(sha256sum <"$$copy/mesh/bin/$$program") && \
			if [ "$$one" != "$$other" ]; then echo "release-check: $$program is another program when it is built elsewhere" >&2; exit 1; fi && \
			if grep -qaF -e "$$PWD" -e "$$copy" -e "$$(go env GOROOT)" -e "$$(go env GOMODCACHE)" bin/$$program; then \
				echo "release-check: $$program names a folder of this machine" >&2; exit 1; fi && \
			echo "$${one%% *}  $$program"; \
		done

.PHONY: sbom
sbom: build ## write what meshd and meshctl consist of into bin/, as CycloneDX
	@for program in meshd meshctl; do \
		go tool -modfile=tools/go.mod cyclonedx-gomod bin -json -licenses -std -noserial -version '$(VERSION)' -output bin/$$program.cdx.json bin/$$program 2>bin/sbom.log || \
			{ cat bin/sbom.log >&2; exit 1; }; \
		rm -f bin/sbom.log; echo "bin/$$program.cdx.json"; \
	done

# The tests that start whole meshes wait a third of their time: the checks run beside them.
.PHONY: test
test: ## everything that has to hold before a commit: all checks, all tests
	@$(MAKE) --no-print-directory -j 2 -O lint generate-check test-whole
	@$(MAKE) --no-print-directory test-race fuzz-briefly

.PHONY: check
check: lint generate-check ## what is quick of it, for while one works: all checks, and the tests that take seconds
	go test $$(go list ./... | grep -v -e /internal/e2e$$ -e /internal/capture$$ -e /badgerstore$$)

# Tests are vetted by lint. Without what only a debugger reads, linking some hundred
# programs takes a quarter less; stack traces keep their lines.
TESTS := go test -vet=off -ldflags=-w -timeout 20m

# Most tests that start a whole mesh, or a whole capture, wait as often as they work.
# Memory is cheaper in tests than the time that its collection takes.
WHOLE := ./internal/e2e ./internal/capture
TOGETHER := -parallel 6
# The simulated Odoo runs with the race detector in every mesh that does. Of a process
# that is killed the race detector sees nothing.
SIMULATED := ./internal/odoosim/...
# What the shell's tool does at once is little; its tests start a mesh, too.
SHELL_TOOL := ./cmd/meshctl
STORE := ./internal/store/badgerstore
CRASHES := Crash$$
# Nor does it see anything in what writes much, one after the other.
LARGE := ^TestCache$$|^TestALargeWrite|^TestTotals$$|^TestPagesEndBelowWhatClientsTake$$|^TestWhereFindsAllOfOneValueAndNothingElse$$|^TestWhatIsWrittenIsReadBack$$|^TestEachOccurrenceIsToldOnce$$|^TestEventsAddUpToWhatOdooHas$$
LARGE_IN := ./internal/read ./internal/export/folder ./services/event/eventbook ./services/inventory/stockbook
RESTORES := ^TestARestore
# These read files alone.
LAWS := ./internal/laws

# What tests write need not outlive the machine: memory is quicker than a disk, where it is
# a folder with room.
SCRATCH := $(or $(TMPDIR),$(shell [ -w /dev/shm ] && [ "$$(df -Pk /dev/shm | awk 'NR == 2 { print $$4 }')" -gt 8000000 ] && echo /dev/shm || echo /tmp))
test-whole test-race fuzz-briefly: export TMPDIR := $(SCRATCH)

.PHONY: test-all
test-all: test-whole test-race ## all tests

.PHONY: test-whole
test-whole: ## the tests that start a whole mesh or a whole capture
	GOGC=300 GOMEMLIMIT=10GiB $(TESTS) $(TOGETHER) $(WHOLE) $(SHELL_TOOL) $(STORE) $(SIMULATED)
	$(TESTS) -run '$(RESTORES)|$(LARGE)' ./internal/app $(LARGE_IN)
	$(TESTS) $(LAWS)

# The race detector makes these five to ten times slower, and sees little new in the
# fiftieth of them: it gets those in which most goes on at once. All other tests run
# with it, and only with it.
RACE_MESH := TestSimulated|TestASecondStreamTakesAConsumerOver|TestOdooStopsAndComesBack|TestCredentialsAreReplacedWhileTheMeshRuns
RACE_CAPTURE := TestAdversary|TestResyncBesideCaptureAndWriters|TestARightLostOnOneModelStopsNothingElse|TestASlowModelStopsNoOther|TestOdooThatGoesAndComesBack|TestRestartCatchesUp|TestHintBringsTheLookForward|TestARecordDeletedWhileItIsReadIsNotKept

.PHONY: test-race
test-race: ## the tests with the race detector; of those that start a mesh or a capture, the busiest
	GOGC=300 $(TESTS) -race -run '^($(RACE_MESH)|$(RACE_CAPTURE))$$' $(WHOLE)
	GOGC=300 $(TESTS) -race -p 4 -skip '$(CRASHES)|$(LARGE)|$(RESTORES)' $(STORE) $$(go list ./... | grep -v -e /internal/e2e$$ -e /internal/capture$$ -e /internal/odoosim -e /badgerstore$$ -e /cmd/meshctl$$ -e /internal/laws$$)

FUZZERS := go list -f '{{$$p := .}}{{range .TestGoFiles}}{{$$p.Dir}}/{{.}} {{$$p.ImportPath}}{{"\n"}}{{end}}{{range .XTestGoFiles}}{{$$p.Dir}}/{{.}} {{$$p.ImportPath}}{{"\n"}}{{end}}' ./... \
	| while read -r file package; do sed -n "s|^func \(Fuzz[A-Za-z0-9_]*\)(f .*|\1 $$package|p" "$$file"; done

# What tells which inputs reach something new has to be built into every package that a
# fuzzer needs, which takes minutes; in a thousand inputs it finds next to nothing.
.PHONY: fuzz-briefly
fuzz-briefly: ## run every fuzzer on 1000 inputs, without looking which of them reach something new
	@dir=$$(mktemp -d) && trap 'rm -rf "$$dir"' EXIT && \
		$(FUZZERS) | awk '{ all[$$2] = all[$$2] " " $$1 } END { for (package in all) print package all[package] }' | sort \
		| DIR="$$dir" xargs -P 2 -L 1 sh -c 'program="$$DIR/$$(echo "$$0" | tr / .)"; \
			go test -c -vet=off -ldflags=-w -o "$$program" "$$0" && cd "$$(go list -f "{{.Dir}}" "$$0")" || exit 255; \
			for fuzzer; do out=$$("$$program" -test.run "^\$$" -test.fuzz "^$$fuzzer\$$" -test.fuzztime 1000x -test.fuzzminimizetime 100x -test.parallel 1 -test.fuzzcachedir "$$program.inputs" 2>&1 </dev/null) \
				&& echo "ok  	$$0	$$fuzzer" || { echo "$$out"; echo "FAIL	$$0	$$fuzzer"; exit 255; }; done'

# Two fuzzers run side by side: most of their time goes into being built.
.PHONY: fuzz
fuzz: ## run every fuzzer for FUZZTIME (20000x: so many inputs), led by what reaches something new
	@$(FUZZERS) \
	| xargs -P 2 -L 1 sh -c 'echo "go test -run ^\$$ -fuzz ^$$0\$$ -fuzztime $(FUZZTIME) $$1"; go test -vet=off -ldflags=-w -run "^\$$" -fuzz "^$$0\$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 100x -parallel 1 "$$1" </dev/null || exit 255'

.PHONY: soak
soak: ## let the adversary play against change capture; ROUNDS (1000) and SEED (1) say how long and how; from 50 rounds on each trick has to work once
	@go test ./internal/capture -run TestAdversary -timeout 0 -v -adversary.rounds=$(or $(ROUNDS),1000) -adversary.seed=$(or $(SEED),1)

.PHONY: torture
torture: ## torture commands: ROUNDS (20000, about an hour) and SEED (1) say how long and how; from 50 rounds on every failpoint has to be met
	@go test ./internal/torture -run TestTorture -timeout 0 -v -torture.rounds=$(or $(ROUNDS),20000) -torture.seed=$(or $(SEED),1)

.PHONY: bench
bench: ## print the numbers, each beside a bare reference; BENCH_JSON=<file> writes them as JSON too, BENCH_MOVE_LINES=1000000 loads so many move lines
	@go run ./internal/bench

.PHONY: test-odoo
test-odoo: ## test against a live Odoo: ODOO_URL, ODOO_DB, ODOO_USER, and ODOO_PASSWORD from the environment
	@for name in ODOO_URL ODOO_DB ODOO_USER ODOO_PASSWORD; do \
		eval "[ -n \"\$$$$name\" ]" || { echo "test-odoo: set $$name (it changes data: use a database made for tests)" >&2; exit 2; }; \
	done
	@go test -count=1 -v -timeout 60m -run Live ./internal/e2e

# Make exports what stands on its command line and what comes from the environment
# alike; the recipes name no value, so none is printed.
export ODOO_URL ODOO_DB ODOO_USER ODOO_PASSWORD ODOO_MESH_USER ODOO_MESH_PASSWORD
export BENCH_JSON BENCH_MOVE_LINES BENCH_ODOO_URL BENCH_ODOO_DB BENCH_ODOO_USER BENCH_ODOO_PASSWORD

.PHONY: lint
lint: go-lint proto-lint proto-breaking vulncheck ## all checks that run nothing: Go, the contract, and known vulnerabilities

.PHONY: go-lint
go-lint: ## gofmt, go vet, staticcheck
	@unformatted=$$(gofmt -l cmd clients/go/*.go clients/go/scenarios docs gateway internal proto services tools *.go); \
		[ -z "$$unformatted" ] || { echo "gofmt -w these files:" >&2; echo "$$unformatted" >&2; exit 1; }
	go vet ./...
	go tool -modfile=tools/go.mod staticcheck ./...

.PHONY: vulncheck
vulncheck: ## look for known vulnerabilities that the code reaches; GOVULNDB names another database. Without one it says so, and goes on
	@go run ./internal/tools/vulncheck

.PHONY: proto-deps
proto-deps: ## print the third-party protos from Go's module cache into third_party/proto
	@go run ./internal/tools/protodeps third_party/proto

# The generator writes a document for each file, and knows nothing of how this gateway
# answers.
define openapi
parts=$$(mktemp -d) && mkdir -p $(1)/openapi && \
		$(BUF) generate --template buf.gen.openapi.yaml -o "$$parts" && \
		$(BUF) build --as-file-descriptor-set --exclude-source-info -o "$$parts/set.binpb" && \
		go tool -modfile=tools/go.mod openapiv3-merge $$(find "$$parts/parts" -name '*.openapi.json' | sort) >"$$parts/merged.json" && \
		go run ./internal/tools/openapi "$$parts/merged.json" "$$parts/set.binpb" proto/openapi.yaml proto/examples >"$$parts/mesh.openapi.json" && \
		mv "$$parts/mesh.openapi.json" $(1)/openapi/mesh.openapi.json && rm -r "$$parts"
endef

.PHONY: generate
generate: proto-deps ## make gen/ from proto/; needs no network, and twice gives the same
	@$(BUF) generate --clean
	@rm -rf clients/go/mesh && $(BUF) generate --template buf.gen.clients.yaml
	@$(call openapi,gen)
	@if command -v python3 >/dev/null; then $(MAKE) --no-print-directory client-python; else echo "without python3 clients/python stays as it is: run make client-python where there is one" >&2; fi

.PHONY: generate-check
generate-check: proto-deps ## check that gen/ is what proto/ generates; changes nothing
	@fresh=$$(mktemp -d) && trap 'rm -rf "$$fresh"' EXIT && \
		$(BUF) generate -o "$$fresh" && $(BUF) generate --template buf.gen.clients.yaml -o "$$fresh" && $(call openapi,"$$fresh/gen") && \
		{ diff -r "$$fresh/gen" gen && diff -r "$$fresh/clients/go/mesh" clients/go/mesh || { echo "gen/ is not what proto/ generates: run make generate" >&2; exit 1; }; }

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

# The set has the comments, which a running mesh does not know of itself.
.PHONY: contract
contract: proto-deps ## write what strangers generate from into dist/: the protos with all their imports as an archive, and the same as a set of descriptors
	@mkdir -p dist && rm -f dist/mesh.binpb && $(BUF) build --as-file-descriptor-set --exclude-path proto/mesh/internal -o dist/mesh.binpb && \
		go run ./internal/tools/contract dist/mesh.binpb dist/mesh-contract.tar.gz proto third_party/proto && echo dist/mesh.binpb dist/mesh-contract.tar.gz

# Nobody can register the path that the module has here.
GO_CLIENT_PATH ?= odoomesh.invalid/client
.PHONY: client-go
client-go: proto-deps ## write the Go client into dist/client-go as a module of the path GO_CLIENT_PATH, to be published
	@rm -rf dist/client-go && mkdir -p dist/client-go && \
		tar -C clients/go --exclude=./mesh -cf - . | tar -C dist/client-go -xf - && \
		sed 's|odoomesh.invalid/client|$(GO_CLIENT_PATH)|; s|out: clients/go|out: dist/client-go|' buf.gen.clients.yaml >dist/buf.gen.yaml && \
		$(BUF) generate --template dist/buf.gen.yaml && rm dist/buf.gen.yaml && \
		find dist/client-go -name '*.go' -o -name go.mod | xargs sed -i 's|odoomesh.invalid/client|$(GO_CLIENT_PATH)|g' && echo dist/client-go

.PHONY: client-python
client-python: ## make the generated files of the Python client anew from gen/openapi; it takes python3
	@python3 clients/python/generate.py gen/openapi/mesh.openapi.json clients/python/odoomesh

.PHONY: clean
clean: ## remove what was built and generated, and keep data/ and gen/
	@rm -rf bin dist third_party

AXE_VERSION := 4.10.3
# SCREENSHOTS, where it is set, is a folder of pictures: those in it are made anew, and an empty
# one gets a picture of each page and look.
.PHONY: test-console
test-console: ## look at the pages at /console in Debian's chromium, with axe from npm; SCREENSHOTS=docs/console makes those of the documentation anew
	@folder=$$(mktemp -d) && trap 'rm -rf "$$folder"' EXIT && \
		npm install --silent --no-audit --no-fund --ignore-scripts --prefix "$$folder" axe-core@$(AXE_VERSION) && go build -o "$$folder/meshd" ./cmd/meshd && \
		AXE="$$folder/node_modules/axe-core/axe.min.js" MESHD="$$folder/meshd" SCREENSHOTS='$(abspath $(SCREENSHOTS))' go test -C tools/console -count=1 .

REDOCLY_VERSION := 2.77.0
.PHONY: test-clients
test-clients: ## run the scenarios of clients/ in Go, Python, TypeScript and curl against a mesh; it takes python3, node with npm, curl and jq
	@folder=$$(mktemp -d) && trap 'rm -rf "$$folder"' EXIT && \
		mkdir "$$folder/python" && python3 clients/python/generate.py gen/openapi/mesh.openapi.json "$$folder/python" && \
		for file in types.py methods.py; do cmp -s "$$folder/python/$$file" clients/python/odoomesh/$$file || \
			{ echo "clients/python is not what the contract says: run make client-python" >&2; exit 1; }; done && \
		mkdir "$$folder/typescript" && cp -r clients/typescript/package.json clients/typescript/tsconfig.json clients/typescript/src "$$folder/typescript" && \
		npm install --silent --no-audit --no-fund --ignore-scripts --prefix "$$folder/typescript" && \
		npm install --silent --no-audit --no-fund --ignore-scripts --prefix "$$folder/lint" @redocly/cli@$(REDOCLY_VERSION) && \
		"$$folder/lint/node_modules/.bin/redocly" lint --config clients/redocly.yaml gen/openapi/mesh.openapi.json && \
		"$$folder/typescript/node_modules/.bin/openapi-typescript" gen/openapi/mesh.openapi.json --output "$$folder/typescript/src/schema.d.ts" >"$$folder/log" && \
		(cd "$$folder/typescript" && node_modules/.bin/tsc && node --test dist/mesh.test.js >"$$folder/log" || { cat "$$folder/log" >&2; exit 1; }) && \
		python3 -m unittest discover --quiet clients/python && \
		go vet -C clients/go . ./scenarios && go test -C clients/go . && go build -C clients/go -o "$$folder/scenarios" ./scenarios && go build -o "$$folder/meshd" ./cmd/meshd && \
		MESHD="$$folder/meshd" CLIENTS='$(CURDIR)/clients' GO_SCENARIOS="$$folder/scenarios" TYPESCRIPT_SCENARIOS="$$folder/typescript/dist/scenarios.js" \
			go test -C tools/clients -count=1 .

.PHONY: test-analytics
test-analytics: ## run the SQL of docs/export.md and the dbt project in DuckDB, over exports of a demo; it takes a C compiler
	@folder=$$(mktemp -d) && trap 'rm -rf "$$folder"' EXIT && go build -o "$$folder/" ./cmd/meshd ./cmd/meshctl && \
		MESHD="$$folder/meshd" MESHCTL="$$folder/meshctl" go test -C tools/analytics -count=1 .
