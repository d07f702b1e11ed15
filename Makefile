# Everything a newcomer needs. `make` alone prints this list.
.DEFAULT_GOAL := help
PYTHON ?= python3
VENV := .venv/bin/python
LAUNCH := $(VENV) -m config.launch
MAKEFLAGS += --no-print-directory

.PHONY: help run stop status manage demo-refresh memory clean-data test test-deep lint format bench docs lock venv venv-dev

help: ## print this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: venv ## start the product with its demo (PORT=8000); Ctrl-C stops it
	@$(LAUNCH) run

stop: venv ## stop the product, whichever terminal started it
	@$(LAUNCH) stop

status: venv ## say whether it runs, and where
	@$(LAUNCH) status

manage: venv ## run Django's command line on the demo: make manage ARGS="showmigrations"
	@$(LAUNCH) exec -- $(VENV) manage.py $(ARGS)

demo-refresh: venv ## forget everything in the demo and load it anew, as of today
	@$(LAUNCH) exec -- $(VENV) manage.py seed_demo --refresh

memory: venv ## print the memory of the running product
	@$(LAUNCH) memory

clean-data: venv ## delete this checkout's data, after asking (YES=1 does not ask)
	@$(LAUNCH) clean-data

test: venv-dev ## linters, types and tests; some of them only: ARGS="tests/customers -k name"
	@$(LAUNCH) test

test-deep: venv-dev ## long tests, then the main suites on PostgreSQL 15 where Debian's is installed (ARGS as above)
	@$(LAUNCH) test-deep

lint: venv-dev ## linters and types
	@$(LAUNCH) lint

format: venv-dev ## put the code into our format
	@$(VENV) -m ruff check --fix-only --quiet .
	@$(VENV) -m ruff format .

bench: venv-dev ## measure ours against references, on durable servers (FULL=1: a million customers)
	@$(LAUNCH) exec --bench -- $(VENV) -m benchmarks $(ARGS)

docs: venv-dev ## write the generated pages of docs/
	@$(LAUNCH) exec --test -- $(VENV) manage.py docs $(ARGS)

lock: ## resolve requirements*.in anew into requirements*.txt
	@rm -rf .venv-lock
	@$(PYTHON) -m venv .venv-lock
	@.venv-lock/bin/python -m pip install --quiet --disable-pip-version-check uv
	@.venv-lock/bin/uv pip compile --quiet --generate-hashes --python-version 3.11 --universal --no-emit-index-url --custom-compile-command "make lock" requirements.in -o requirements.txt
	@.venv-lock/bin/uv pip compile --quiet --generate-hashes --python-version 3.11 --universal --no-emit-index-url --custom-compile-command "make lock" requirements-dev.in -o requirements-dev.txt
	@rm -rf .venv-lock

venv:
	@$(PYTHON) -m config.launch.bootstrap

venv-dev:
	@$(PYTHON) -m config.launch.bootstrap --dev
