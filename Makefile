# Everything a developer or CI does here. `make` alone explains itself.

SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:
.NOTPARALLEL:
.DEFAULT_GOAL := help

VERSION := $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
TESTPG  := go run ./internal/testdb/testpg --
REDOCLY := tools/node_modules/.bin/redocly
VENV    := tests/contract/.venv
UI      := admin/dist/ui/index.html
CLIENT  := gen/ts/dist/index.js
NODE_UI := admin/node_modules/.package-lock.json
UI_SOURCES := $(shell find admin/src admin/public gen/ts/src -type f 2>/dev/null) admin/index.html admin/vite.config.ts
# What to test and how long that may take: make test PKG=./internal/tariffs ARGS='-run Quote -v'
PKG          ?= ./...
ARGS         ?=
TEST_TIMEOUT ?= 15m
# How many cases make contract tries at the least (make test, with all packages, tries fewer), and their seed.
CONTRACT_CASES ?= 5000
CONTRACT_SEED  ?= 1
# Files and folders for make eval. make bench reads the PDFs in MSIA_BENCH_PDFS, when that is set.
DATA ?=

.PHONY: help
help: ## Show this help
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: setup
setup: ## Check Go and Node; install the C compiler, libvips, PostgreSQL, pgvector and Redis where missing
	@scripts/setup.sh

.PHONY: build
build: $(UI) ## Build bin/msia, with the admin UI in it
	CGO_ENABLED=1 go build -trimpath -ldflags '-X main.version=$(VERSION)' -o bin/msia ./cmd/msia

$(NODE_UI): admin/package.json admin/package-lock.json admin/.npmrc
	npm --prefix admin ci --ignore-scripts --no-fund --no-audit --loglevel=error
	@touch $@

$(UI): $(UI_SOURCES) $(NODE_UI)
	npm --prefix admin run --silent build
	@touch $@

$(CLIENT): $(shell find gen/ts/src -type f 2>/dev/null) gen/ts/package.json gen/ts/tsconfig.json $(NODE_UI)
	admin/node_modules/.bin/tsc -p gen/ts
	@touch $@

.PHONY: client
client: $(CLIENT) ## Pack the TypeScript client: bin/msia-client-<version>.tgz
	@mkdir -p bin && npm pack --silent --ignore-scripts --pack-destination bin ./gen/ts

.PHONY: generate
generate: $(NODE_UI) ## Regenerate gen/ from openapi.yaml and queries/
	go tool -modfile=tools/go.mod sqlc generate
	go tool -modfile=tools/go.mod oapi-codegen -config api/oapi-codegen.yaml openapi.yaml
	cd admin && node_modules/.bin/openapi-ts --silent

.PHONY: run
run: setup build ## Build and run the whole product; needs no configuration
	@exec bin/msia serve

.PHONY: test
test: setup ## Run all tests with the race detector, on a throw-away PostgreSQL; then make ui-test and a short make contract
	@if $(TESTPG) go test -race -parallel 8 -timeout $(TEST_TIMEOUT) $(ARGS) $(PKG) && \
		if [[ '$(PKG)$(ARGS)' == ./... ]]; then $(MAKE) --no-print-directory ui-test && $(MAKE) --no-print-directory contract CONTRACT_CASES=1000; fi; \
	then echo 'test: PASS'; else echo 'test: FAIL' >&2; exit 1; fi

# Which browser tests: make ui-test UI_TESTS=review
UI_TESTS ?=
.PHONY: ui-test
ui-test: build client ## Check the admin UI and the TypeScript client: types, units, and a real browser on bin/msia
	@scripts/setup.sh browser
	npm --prefix admin run --silent types
	npm --prefix admin run --silent unit
	npm --prefix admin run --silent browser -- $(UI_TESTS)

.PHONY: screenshots
screenshots: build ## Take a picture of every page of the admin UI, light, dark and on a phone, into screenshots/
	@scripts/setup.sh browser
	npm --prefix admin run --silent screenshots

.PHONY: dev
dev: $(NODE_UI) ## Serve the admin UI with hot reload on :5173, beside a running `make run`
	npm --prefix admin run dev

.PHONY: contract
contract: setup build $(VENV)/installed ## Try openapi.yaml from outside: schemathesis against bin/msia, as nobody and as each role
	@CONTRACT_CASES=$(CONTRACT_CASES) CONTRACT_SEED=$(CONTRACT_SEED) $(VENV)/bin/python tests/contract/run.py

$(VENV)/installed: tests/contract/requirements.txt
	python3 -m venv --clear $(VENV)
	$(VENV)/bin/pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@touch $@

.PHONY: bench
bench: setup ## Run the benchmarks
	@scripts/bench-setup.sh
	@packages=$$(grep -rl --include='*_test.go' '^func Benchmark' . | xargs -r -n 1 dirname | sort -u); \
	if [[ -z $$packages ]]; then echo 'bench: no benchmarks'; exit 0; fi; \
	$(TESTPG) go test -run '^$$' -bench . -benchmem -timeout $(TEST_TIMEOUT) $(ARGS) $$packages

# Which attacks: make faults ARGS='-run Slow -v'
.PHONY: faults
faults: setup ## Attack the binary, and as a control a server without protection; takes a few minutes
	@$(TESTPG) go test -tags faults -count 1 -timeout $(TEST_TIMEOUT) $(ARGS) ./tests/faults

# Ten thousand messages while things are killed: make soak ARGS='-args -messages 2000 -rate 30'
.PHONY: soak
soak: setup ## Kill servers, workers and PostgreSQL under load; a few minutes
	@$(TESTPG) go test -tags faults -count 1 -v -run '^TestSoak$$' -timeout $(TEST_TIMEOUT) ./tests/faults $(ARGS)

.PHONY: eval
eval: setup ## Measure the answers from regulations: make eval DATA='questions.json folder-with-pdfs'
	go run ./internal/rageval $(DATA)

.PHONY: fmt
fmt: ## Format the Go code
	go tool -modfile=tools/lint/go.mod golangci-lint fmt

.PHONY: lint
lint: ## Check the Go code
	go vet ./...
	go tool -modfile=tools/lint/go.mod golangci-lint run

.PHONY: contract-lint
contract-lint: $(REDOCLY) ## Check openapi.yaml
	@REDOCLY_SUPPRESS_UPDATE_NOTICE=true REDOCLY_TELEMETRY=off $(REDOCLY) lint openapi.yaml

$(REDOCLY): tools/package.json tools/package-lock.json tools/.npmrc
	npm --prefix tools ci --ignore-scripts --no-fund --no-audit
	@touch $@

.PHONY: verify
verify: generate lint contract-lint ## What must hold before a push: generated code is current, linters pass, nothing is uncommitted
	@changed=$$(git status --porcelain); \
	if [[ -n $$changed ]]; then \
		printf 'verify: FAIL: the working tree is not clean. Generated files are committed together with what they come from:\n%s\n' "$$changed" >&2; \
		exit 1; \
	fi; \
	echo 'verify: PASS'

.PHONY: clean
clean: ## Remove what was built; data/ stays
	rm -rf bin tools/node_modules admin/node_modules admin/dist/ui gen/ts/dist $(VENV)
