# Everything a person or CI does here. `make help` lists it; only `make lock` needs more than Python and make.

PYTHON ?= python3
VENV ?= .venv
WORKERS ?= 2
PYTEST_ARGS ?=
BENCH_ARGS ?=

BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
PYTEST := $(BIN)/python -m pytest
COMPILE := uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	--no-header --no-annotate $(if $(UPGRADE),--upgrade)

# A stamp is newer than the lock it was installed from, so installing is skipped until the lock changes.
READY := $(VENV)/.ready
READY_DEV := $(VENV)/.ready-dev

.DEFAULT_GOAL := help
.PHONY: help setup run test test-long bench bench-compare lint messages record-release format lock clean

help: ## list what make can do
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/make \1|\2/p' Makefile | awk -F'|' '{printf "  %-16s %s\n", $$1, $$2}'

setup: $(READY) ## create .venv with the locked dependencies

run: $(READY) ## start Faultdesk with demo data from ./var on 127.0.0.1:8080
	@$(BIN)/faultdesk demo

# All three parts run whatever the others say: one run shows everything, and pytest's counts come last.
test: $(READY_DEV) ## lint, check types and test, as CI does (under 10 minutes)
	@failed=0; \
	$(MAKE) --no-print-directory lint || failed=1; \
	$(PYTEST) -m "not long" -n $(WORKERS) --dist loadgroup $(PYTEST_ARGS) || failed=1; \
	exit $$failed

test-long: $(READY_DEV) ## run the long form of the proofs
	$(PYTEST) -m long $(PYTEST_ARGS)

bench: $(READY_DEV) ## measure what an incident costs, beside its floor (docs/performance.md); BENCH_ARGS chooses
	$(BIN)/python -m tests.bench $(BENCH_ARGS)

bench-compare: $(READY_DEV) ## measure this checkout against another commit: make bench-compare BASE=v0.1.0
	$(BIN)/python -m tests.bench.compare $(BASE) $(BENCH_ARGS)

lint: $(READY_DEV) ## check style, format and types
	@failed=0; \
	$(BIN)/ruff check . || failed=1; \
	$(BIN)/ruff format --check . || failed=1; \
	$(BIN)/mypy || failed=1; \
	exit $$failed

WORDS := app/web/translations
CATALOGUE := $(WORDS)/zh_Hans_CN/LC_MESSAGES/messages

messages: $(READY_DEV) ## collect the pages' texts into the catalogue and compile it
	$(BIN)/pybabel -q extract -F $(WORDS)/babel.cfg -k lazy_gettext --no-location --sort-output --project=Faultdesk -o $(WORDS)/messages.pot app
	$(BIN)/pybabel -q update -i $(WORDS)/messages.pot -o $(CATALOGUE).po -l zh_Hans_CN --no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date -w 120
	sed -i -E '/^"(Report-Msgid-Bugs-To|POT-Creation-Date|PO-Revision-Date|Last-Translator|Language-Team):/d' $(CATALOGUE).po
	$(BIN)/pybabel -q compile -i $(CATALOGUE).po -o $(CATALOGUE).mo
	rm $(WORDS)/messages.pot

record-release: $(READY_DEV) ## keep what this version writes, for later ones to go on with (needs PostgreSQL)
	FAULTDESK_PASSWORD_COST=low $(BIN)/python -m tests.releases.record

format: $(READY_DEV) ## put the code into its form
	$(BIN)/ruff check --fix-only .
	$(BIN)/ruff format .

lock: ## resolve requirements/*.txt again (needs uv); UPGRADE=1 takes newer versions
	$(COMPILE) pyproject.toml -o requirements/base.txt
	$(COMPILE) --extra dev -c requirements/base.txt pyproject.toml -o requirements/dev.txt

clean: ## remove .venv and what the tools left; ./var with its database stays
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache build dist *.egg-info
	find . -name __pycache__ -type d -not -path './var/*' -prune -exec rm -rf {} +

$(BIN)/python:
	@command -v "$(PYTHON)" >/dev/null || \
	{ echo "There is no $(PYTHON). Faultdesk needs Python 3.11 or newer: make setup PYTHON=/path/to/python3.11" >&2; exit 1; }
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	{ echo "Faultdesk needs Python 3.11 or newer, and $(PYTHON) is $$("$(PYTHON)" --version 2>&1):" \
	"make setup PYTHON=/path/to/python3.11" >&2; exit 1; }
	@"$(PYTHON)" -c 'import ensurepip, venv' 2>/dev/null || \
	{ echo "$(PYTHON) cannot make virtual environments; on Debian: apt-get install python3-venv" >&2; exit 1; }
	"$(PYTHON)" -m venv $(VENV)

$(READY): requirements/base.txt pyproject.toml | $(BIN)/python
	$(PIP) install --require-hashes -r requirements/base.txt
	$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

$(READY_DEV): requirements/dev.txt $(READY)
	$(PIP) install --require-hashes -r requirements/dev.txt
	@touch $@
