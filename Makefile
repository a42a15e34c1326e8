# One entrance for everything one does here. `make help` lists it.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

VENV ?= .venv
BIN := $(VENV)/bin
PORT ?= 8000
export PORT

# The first interpreter that is of a supported version, really runs, and can make a virtual environment.
PYTHON ?= $(shell for python in python3.13 python3.12 python3.11 python3; do \
	$$python -c 'import ensurepip, sys, venv; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))' 2>/dev/null \
	&& echo $$python && break; done)

LOCKING := --quiet --universal --generate-hashes --no-emit-index-url --no-header --no-annotate

# The environment is ready when it was made from this very lock file.
READY := $(VENV)/.ready-$(shell cksum < requirements-dev.txt | cut -d ' ' -f 1)

# The scanners bring many packages, so they live apart from what the product and its tests use.
SCAN := $(VENV)-scan
SCANNERS := $(SCAN)/.ready-$(shell cksum < requirements-scan.txt | cut -d ' ' -f 1)

.PHONY: help demo run worker check static format lint types layers test bench nightly scan fmt messages lock

help: ## What can be done here
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s  %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: $(READY) ## A filled database, the worker and the server at http://localhost:8000 (PORT changes it)
	@$(BIN)/flask --app wsgi db upgrade
	@$(BIN)/flask --app wsgi demo || echo "What is in the database stays as it is."
	@echo "Mails are files in $${MAIL_FOLDER:-$(CURDIR)/instance/mail}"
	@SMTP_URL="folder:$${MAIL_FOLDER:-$(CURDIR)/instance/mail}" exec deploy/demo $(BIN)

run: $(READY) ## The server alone, on the database that DATABASE_URL names
	@$(BIN)/flask --app wsgi db upgrade
	@exec $(BIN)/gunicorn --config deploy/gunicorn.py --reload wsgi:app

worker: $(READY) ## The worker alone: mails and everything else that is done later
	@exec $(BIN)/flask --app wsgi worker

check: format lint types layers test ## Format, lint, types, layers, tests

static: format lint types layers ## The part of check that takes seconds

format: $(READY)
	$(BIN)/ruff format --check .

lint: $(READY)
	$(BIN)/ruff check .

types: $(READY)
	$(BIN)/mypy

layers: $(READY)
	$(BIN)/lint-imports

test: $(READY) ## Every test, on SQLite and on an embedded PostgreSQL
	PYTHONDONTWRITEBYTECODE= $(BIN)/pytest -n logical --maxprocesses 4 --dist loadgroup

bench: $(READY) ## How fast it is, beside the floor of what this machine can do
	$(BIN)/python -m tests.benchmarks

nightly: $(READY) ## The long tests: faults, races, large histories
	$(BIN)/pytest -m nightly
	$(BIN)/python -m tests.benchmarks.reminders --postgresql --count 100000 --minutes 60

scan: $(SCANNERS) ## Bandit and our own semgrep rules, in an environment of their own (docs/scans.md)
	$(SCAN)/bin/bandit --quiet --recursive --severity-level medium --skip B108,B704 webapp deploy wsgi.py
	PATH="$(CURDIR)/$(SCAN)/bin:$$PATH" $(SCAN)/bin/semgrep scan --config .semgrep.yml --error --quiet \
		--metrics=off --disable-version-check webapp deploy templates wsgi.py

fmt: $(READY) ## Format and mend what can be mended without thought
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix-only .

messages: $(READY) ## Collect every text of the interface for translators
	$(BIN)/pybabel -q extract -F pyproject.toml -k _l --no-location --sort-output --project Aimline --copyright-holder "Aimline contributors" -o webapp/translations/messages.pot .

lock: $(READY) ## Pin the newest allowed versions, with hashes and without hosts
	$(BIN)/uv pip compile pyproject.toml --extra dev --upgrade $(LOCKING) --output-file requirements-dev.txt
	$(BIN)/uv pip compile pyproject.toml --constraint requirements-dev.txt $(LOCKING) --output-file requirements.txt
	$(BIN)/uv pip compile --group scan --python-version 3.11 --upgrade $(LOCKING) --output-file requirements-scan.txt

$(READY):
	@test -n "$(PYTHON)" || { echo "Python 3.11, 3.12 or 3.13 with its venv module is needed." >&2; exit 1; }
	@echo "Setting up $(VENV) with $$($(PYTHON) --version)"
	@$(PYTHON) -m venv --clear $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@

$(SCANNERS):
	@test -n "$(PYTHON)" || { echo "Python 3.11, 3.12 or 3.13 with its venv module is needed." >&2; exit 1; }
	@echo "Setting up $(SCAN)"
	@$(PYTHON) -m venv --clear $(SCAN)
	@$(SCAN)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-scan.txt
	@touch $@
