# Two commands matter: make run and make test. The rest are their parts.

GO ?= go
TEST_FLAGS ?=

# What /kiem-chung loads: the rules and the proof, compiled for the browser.
VERIFIER = frontend/verifier/verifier.json
$(VERIFIER): go.mod $(shell find cmd/verifier internal/verifierbuild engine/*.go engine/proof engine/sealing -name '*.go' ! -name '*_test.go')
	$(GO) run ./internal/verifierbuild $(@D)

.PHONY: run dev test lint unit e2e bench bench-load fuzz sim kills vendor vendor-check build reproduce vulns clean

run: $(VERIFIER) ; @tools/need postgres && $(GO) run ./cmd/gobua serve --demo on
dev: $(VERIFIER) ; @tools/need postgres && GOBUA_DEMO=on $(GO) run ./cmd/gobua serve --log-level debug

test: ; @tools/need postgres chromium strace poppler node && $(MAKE) --no-print-directory lint unit page e2e

build: $(VERIFIER) ; $(GO) build -trimpath -o bin/gobua ./cmd/gobua

lint:
	@test -z "$$(gofmt -l $$(git ls-files '*.go'))" || { echo "gofmt wants:"; gofmt -l $$(git ls-files '*.go'); exit 1; }
	$(GO) vet ./...
	$(GO) tool staticcheck ./...

# The rules start no goroutine (internal/depcheck holds them to it), so the race
# detector finds nothing in them and costs ten times their time. What runs them
# on goroutines is ./engine/actor.
RULES = ./engine ./engine/scenario ./engine/sealing
unit:
	$(GO) test $(TEST_FLAGS) $(RULES)
	$(GO) test -race -timeout 30m $(TEST_FLAGS) $$($(GO) list ./... | grep -vxE 'gobua/engine(/scenario|/sealing)?')

node_modules: package-lock.json
	npm ci --ignore-scripts --no-fund --no-audit && touch node_modules

page: node_modules $(VERIFIER) ; npm run --silent types && npm run --silent lint && npm run --silent test

e2e: node_modules build ; npm run --silent e2e

bench: ; $(GO) test -run '^$$' -bench . -benchmem ./engine/... ./transport/...
# The real program under loads; needs Postgres, 20,000 descriptors and some minutes. docs/bench/bidpath.md and storms.md
bench-load: ; @tools/need postgres && $(GO) test -run '^$$' -bench '$(or $(LOAD),BidPath|Finish|Closings|SignIns|Returns|Growth)' -benchtime 1x -timeout 0 -v ./cmd/gobua
fuzz: ; tools/fuzz $(or $(TIME),30s)
sim: ; GOBUA_SIM_RUNS=$(or $(RUNS),100000) $(GO) test -run Simulation -timeout 0 ./engine/actor
kills: ; GOBUA_KILLS=$(or $(N),200) $(GO) test -run Kill -timeout 0 -v ./engine/journal ./cmd/gobua

reproduce: ; tools/reproduce
# Asks vuln.go.dev about the code that is called; needs the network.
vulns: ; $(GO) run golang.org/x/vuln/cmd/govulncheck@v1.9.0 ./... && npm audit --omit=optional

vendor: node_modules ; node tools/vendor.mjs
vendor-check: vendor ; git diff --exit-code frontend/vendor frontend/fonts frontend/icons.svg

clean: ; rm -rf bin node_modules test-results $(VERIFIER) $(dir $(VERIFIER))*.wasm.* $(dir $(VERIFIER))wasm_exec.js
