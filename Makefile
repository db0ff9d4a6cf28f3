# Thước. `make` lists what can be done.
.DEFAULT_GOAL := help
GO ?= go
FUZZTIME ?= 20s
PURE = ./svy/... ./internal/fault/... ./internal/lang/... ./internal/clock/... ./internal/table/... ./internal/score/... ./internal/published/...

PLUMBING = ./internal/db/... ./internal/job ./internal/blob ./internal/audit ./internal/mail ./internal/limit

.PHONY: help
help: ## list the targets
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

.PHONY: check
check: ## format, vet, staticcheck and the architecture: run before every push
	@unformatted=$$(gofmt -l $$(git ls-files '*.go')); test -z "$$unformatted" || { echo "gofmt would change: $$unformatted"; exit 1; }
	$(GO) vet ./...
	$(GO) tool staticcheck ./...
	$(GO) mod verify
	$(GO) test ./internal

.PHONY: test
test: ## every test that needs nothing but Go
	$(GO) test ./...

.PHONY: test-pg
test-pg: ## every test on both engines; needs Debian's postgresql
	test/postgres $(GO) test ./...

.PHONY: race-plumbing
race-plumbing: ## storage, jobs and mail under the race detector, on both engines
	test/postgres $(GO) test -race -short $(PLUMBING)

.PHONY: crash
crash: ## kill the program 200 times while it takes answers
	THUOC_CRASH_ROUNDS=200 test/postgres $(GO) test ./test/crash -run TestKill -v -timeout 30m

.PHONY: race
race: ## the pure packages under the race detector
	$(GO) test -race -short -timeout 30m $(PURE)

.PHONY: e2e
e2e: ## every kind of page in a real Chromium, with axe-core (needs chromium, npm, libreoffice and poppler-utils)
	@dir=$$(mktemp -d) && trap 'rm -rf "$$dir"' EXIT && cp test/e2e/package*.json "$$dir" && \
	npm ci --prefix "$$dir" --ignore-scripts --no-audit --no-fund --loglevel=error && \
	THUOC_AXE="$$dir/node_modules/axe-core/axe.min.js" $(GO) test -count=1 -timeout 15m ./test/e2e

.PHONY: bench-portal
bench-portal: ## the portal against its bounds, from the outside
	@$(GO) run ./test/load

.PHONY: bench-app
bench-app: ## the working pages against their bounds, from the outside
	@$(GO) run ./test/load house

.PHONY: bench-tasks
bench-tasks: ## plans and tasks with 50,000 tasks and 500,000 events, from the outside
	@$(GO) run ./test/load tasks

.PHONY: bench
bench: ## the benchmarks; each states its bound in its comment
	$(GO) test -run '^$$' -bench . -benchmem ./...

.PHONY: fuzz
fuzz: ## every fuzz target for FUZZTIME (20s)
	@for pkg in $$($(GO) list ./...); do \
	  dir=$$($(GO) list -f '{{.Dir}}' $$pkg); \
	  for target in $$(grep -hoE '^func Fuzz[A-Za-z0-9_]+' "$$dir"/*_test.go 2>/dev/null | cut -d' ' -f2); do \
	    echo "== $$pkg $$target"; \
	    $(GO) test -run '^$$' -fuzz "^$$target$$" -fuzztime $(FUZZTIME) $$pkg || exit 1; \
	  done; \
	done

.PHONY: coverage
coverage: ## how often intervals hold the truth in surveys like PAPI's, by rule (about 4 minutes on two cores)
	@for spread in 0 0.5 1; do $(GO) run ./cmd/thuoc simulate --lang en --items 8 --spread $$spread --coverage 20:40; echo; done
