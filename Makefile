# Two commands matter: make run and make test. The rest are their parts.

GO ?= go
TEST_FLAGS ?=

# What /kiem-chung loads: the rules and the proof, compiled for the browser.
VERIFIER = frontend/verifier/verifier.json
$(VERIFIER): go.mod $(shell find cmd/verifier internal/verifierbuild engine/*.go engine/proof engine/sealing -name '*.go' ! -name '*_test.go')
	$(GO) run ./internal/verifierbuild $(@D)

.PHONY: run dev test lint unit page e2e ops bench benches bench-peers bench-load bench-cluster fuzz sim kills partitions chaos vendor vendor-check build reproduce gosec vulns clean

run: $(VERIFIER) ; @tools/need postgres && $(GO) run ./cmd/gobua serve --demo on
dev: $(VERIFIER) ; @tools/need postgres && GOBUA_DEMO=on $(GO) run ./cmd/gobua serve --log-level debug

test: ; @tools/need postgres chromium strace poppler iproute2 node && $(MAKE) --no-print-directory lint unit page ops benches e2e && tools/partitions --if-possible

build: $(VERIFIER) ; $(GO) build -trimpath -o bin/gobua ./cmd/gobua

lint:
	@test -z "$$(gofmt -l $$(git ls-files '*.go'))" || { echo "gofmt wants:"; gofmt -l $$(git ls-files '*.go'); exit 1; }
	$(GO) vet ./... && $(GO) vet -tags chaos ./internal/chaos ./cmd/gobua
	$(GO) tool staticcheck ./...

# The rules start no goroutine (internal/depcheck holds them to it), so the race
# detector finds nothing in them and costs ten times their time. What runs them
# on goroutines is ./engine/actor.
RULES = ./engine ./engine/scenario ./engine/sealing
# What runs whole clusters, three processes or servers at a time, has the machine to itself
# and waits for most of its time, so its tests run beside each other (docs/bench/tests.md).
CLUSTERS = ./engine/journal/shardlog ./internal/natsnode ./internal/cluster ./internal/ledgerkeeper/ledgerstream ./cmd/gobua
# lint has vetted all of it.
unit:
	$(GO) test -vet=off $(TEST_FLAGS) $(RULES)
	$(GO) test -vet=off -race -timeout 30m $(TEST_FLAGS) $$($(GO) list ./... | grep -vxF "$$($(GO) list $(RULES) $(CLUSTERS))")
	$(GO) test -vet=off -race -p 1 -timeout 45m $(TEST_FLAGS) $(CLUSTERS)

node_modules: package-lock.json
	npm ci --ignore-scripts --no-fund --no-audit && touch node_modules

page: node_modules $(VERIFIER) ; npm run --silent types && npm run --silent lint && npm run --silent test

e2e: node_modules ; npm run --silent e2e

# What watches and runs the program, held to the program and to the schemas of those who
# read it, in a module of its own: the product needs none of their libraries. It builds
# the program, which the cache of tests does not see.
ops: $(VERIFIER) ; cd ops && $(GO) vet ./... && $(GO) test -vet=off -count=1 ./...

# Modules of their own, too, which nothing else would notice to be left behind.
benches: ; cd docs/bench/peers && $(GO) vet ./... && $(GO) test -vet=off ./... && cd ../plot && $(GO) vet ./...

bench: ; $(GO) test -run '^$$' -bench . -benchmem ./engine/... ./transport/...
# Fan-out beside other servers, in a module of its own: the product needs none of
# them. PEERS are flags, such as -viewers 5000 -rates 10 -kinds floor,gobua.
bench-peers: ; cd docs/bench/peers && $(GO) run . compare $(PEERS)
# The real program under loads; needs Postgres, 20,000 descriptors and some minutes. docs/bench/bidpath.md and storms.md
bench-load: ; @tools/need postgres && $(GO) test -run '^$$' -bench '$(or $(LOAD),BidPath|Finish|Closings|SignIns|Returns|Growth)' -benchtime 1x -timeout 0 -v ./cmd/gobua
# Three nodes on this machine: for how long bids wait when one fails, and what a bid costs. docs/bench/cluster.md
bench-cluster: ; @tools/need postgres && GOBUA_ROUNDS=$(or $(ROUNDS),50) $(GO) test -run '^$$' -bench '$(or $(RUN),Cluster)' -benchtime 1x -timeout 0 ./cmd/gobua && $(GO) test -run '^$$' -bench Append -benchtime 2000x ./engine/journal/shardlog
fuzz: ; tools/fuzz $(or $(TIME),30s)
# Nodes that are cut off, each in a network of its own.
partitions: ; tools/partitions '$(RUN)'
chaos: ; tools/chaos '$(RUN)'
sim: ; GOBUA_SIM_FROM=$(or $(FROM),1) GOBUA_SIM_RUNS=$(or $(RUNS),100000) $(GO) test -run 'TestSimulation(Shared)?$$' -timeout 0 -v ./engine/actor
kills: ; GOBUA_KILLS=$(or $(N),200) $(GO) test -run Kill -timeout 0 -v ./engine/journal ./cmd/gobua

reproduce: ; tools/reproduce
# Patterns that are often faults. Left out: unhandled errors (staticcheck and people look
# at those), integer conversions and indices (each comes with its bounds, which it does
# not follow), files named by the operator, the two unsafe calls of send; and what is not served.
gosec: ; $(GO) run github.com/securego/gosec/v2/cmd/gosec@v2.22.10 -quiet -exclude=G103,G104,G115,G304,G602 \
	-exclude-dir=internal/demo -exclude-dir=internal/visitor -exclude-dir=internal/verifierbuild -exclude-dir=store/storetest ./...
# Asks vuln.go.dev about the code that is called; needs the network.
vulns: ; $(GO) run golang.org/x/vuln/cmd/govulncheck@v1.9.0 ./... && npm audit --omit=optional

vendor: node_modules ; node tools/vendor.mjs
vendor-check: vendor ; git diff --exit-code frontend/vendor frontend/fonts frontend/icons.svg

clean: ; rm -rf bin node_modules test-results $(VERIFIER) $(dir $(VERIFIER))*.wasm.* $(dir $(VERIFIER))wasm_exec.js
