# The house's jobs. Everything that is built goes to Cargo's target folder, everything that is made to out/.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

CARGO ?= cargo
OUT ?= out
# Number of the made-up stays of examples/harbin; the pack's pools are sized for this many.
HARBIN_CASES ?= 20000
# Bills of the answer key, the seed they are drawn by, processes at a time.
BILLS ?= 1000000
SEED ?= 1
JOBS ?= 2

.PHONY: help demo chain harbin test test-needs answer-key lint bench

help: ## Say what there is
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 20

demo: ## Group the shipped stays; clear a region's year in which every method pays; publish it; split one bill
	$(CARGO) build --package yibao-cli
	yibao="$$($(CARGO) metadata --format-version 1 --no-deps | sed 's/.*"target_directory":"\([^"]*\)".*/\1/')/debug/yibao"
	mkdir -p $(OUT)
	"$$yibao" group --scheme schemes/teaching examples/demo/stays_2025.csv -o $(OUT)/demo-grouped.csv
	"$$yibao" budget examples/composite -o $(OUT)/demo-budget >/dev/null
	code=0; "$$yibao" settle examples/composite -o $(OUT)/demo || code=$$?
	# 3: settled, and some rows were refused with their reasons.
	[ "$$code" = 0 ] || [ "$$code" = 3 ]
	"$$yibao" publish $(OUT)/demo -o $(OUT)/demo-published
	echo '分组结果 grouped stays: $(OUT)/demo-grouped.csv   预算 budget: $(OUT)/demo-budget/budget.html'
	echo
	"$$yibao" split examples/bill/bill.json --person examples/bill/person.json --pack policies/demo-coast

chain: ## Split a city's bills, make its stays and visits of them, group, pay and clear the year
	$(CARGO) build --package yibao-cli
	yibao="$$($(CARGO) metadata --format-version 1 --no-deps | sed 's/.*"target_directory":"\([^"]*\)".*/\1/')/debug/yibao"
	"$$yibao" settle examples/chain -o $(OUT)/chain

harbin: ## Make the stays of examples/harbin (needs YIBAO_DATA) and settle them
	[ -d "$${YIBAO_DATA:-}" ] || { echo 'set YIBAO_DATA to the reference-data folder' >&2; exit 2; }
	$(CARGO) build --package yibao-cli
	yibao="$$($(CARGO) metadata --format-version 1 --no-deps | sed 's/.*"target_directory":"\([^"]*\)".*/\1/')/debug/yibao"
	examples/harbin/make_stays.sh "$$yibao" $(HARBIN_CASES)
	code=0; "$$yibao" settle examples/harbin -o $(OUT)/harbin || code=$$?
	[ "$$code" = 0 ] || [ "$$code" = 3 ]

# The page test looks at the report in a browser with Chinese letters, the answer key is Python's; all are taken from the
# system if missing.
test-needs:
	if command -v apt-get >/dev/null; then
		missing=()
		command -v chromium >/dev/null || missing+=(chromium)
		command -v python3 >/dev/null || missing+=(python3)
		fc-list :lang=zh 2>/dev/null | grep -q . || missing+=(fonts-noto-cjk)
		if [ "$${#missing[@]}" -gt 0 ]; then
			run=(); [ "$$(id -u)" = 0 ] || run=(sudo)
			"$${run[@]}" apt-get update -qq
			DEBIAN_FRONTEND=noninteractive "$${run[@]}" apt-get install -qq -y --no-install-recommends "$${missing[@]}"
		fi
	fi

test: test-needs ## Run every test (YIBAO_DATA names the reference data)
	$(CARGO) test --workspace --quiet
	python3 tests/reference/selftest.py
	yibao="$$($(CARGO) metadata --format-version 1 --no-deps | sed 's/.*"target_directory":"\([^"]*\)".*/\1/')/debug/yibao"
	python3 tests/reference/compare.py --bills 2000 --seed $(SEED) --jobs $(JOBS) --yibao "$$yibao"

answer-key: ## Compare the benefit split with the independent reference (BILLS, SEED, JOBS)
	$(CARGO) build --quiet --package yibao-cli
	yibao="$$($(CARGO) metadata --format-version 1 --no-deps | sed 's/.*"target_directory":"\([^"]*\)".*/\1/')/debug/yibao"
	python3 tests/reference/compare.py --bills $(BILLS) --seed $(SEED) --jobs $(JOBS) --yibao "$$yibao"

lint: ## Check format and lints
	$(CARGO) fmt --all --check
	$(CARGO) clippy --workspace --all-targets --quiet -- --deny warnings

bench: ## Measure on a quiet machine (needs YIBAO_DATA); results in bench/results
	$(CARGO) build --release --package yibao-cli --package yibao-bench
	for source in bench/src/bin/*.rs; do
		$(CARGO) run --release --package yibao-bench --bin "$$(basename "$$source" .rs)" -- --date "$$(date +%F)"
	done

.ONESHELL:
