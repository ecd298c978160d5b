# The two commands that matter: `make run` and `make test`. docs/development.md names the others.

PYTHON ?= python3
PORT ?= 8000
PYTEST_ARGS ?=
BENCH_SIZES ?= 4000 100000
BENCH_ARGS ?=
export PORT

VAR := $(or $(VAR_DIR),var)
BIN := .venv/bin
MANAGE := $(BIN)/python manage.py
# What was done, and for which database: another DATABASE_URL has stamps of its own.
DONE := $(VAR)/done
DATABASE := $(DONE)/database-$(firstword $(shell printf '%s' '$(DATABASE_URL)' | cksum))

STARTER := $(shell find events/data -type f) events/management/commands/load_starter.py $(wildcard events/imports/starter*) \
	events/wording.py $(wildcard events/publishing/*.py)
STATIC := $(shell find static)
# The validator of HTML, where there is an npm to install it; else its tests are skipped.
HTML := $(if $(shell command -v npm 2> /dev/null),.ci/html/node_modules)

.PHONY: run test bench screenshots lint format audit collectstatic migrate starter superuser constraints clean

## The site at http://127.0.0.1:8000/ (PORT= changes it) on SQLite (DATABASE_URL= changes it), with the starter data.
run: $(DONE)/static migrate
	@$(MAKE) --silent starter
	@$(MAKE) --silent $(DATABASE)-data
	@exec $(BIN)/gunicorn --config deploy/gunicorn.conf.py

## Every test. What cannot run here (no Chromium, no real files) is skipped and counted. PYTEST_ARGS="-k word" chooses.
test: .venv/dev $(DONE)/static $(HTML)
	$(BIN)/pytest -n 2 $(PYTEST_ARGS)

## Times on made-up data: BENCH_SIZES="4000 1000000" chooses how much, BENCH_ARGS="--vs FILE" compares. See docs/speed.md.
bench: .venv/run $(DONE)/static
	@$(BIN)/python bench/measure.py $(BENCH_SIZES) $(BENCH_ARGS)

## Pictures of every kind of page into var/screenshots/, for review: SHOTS="start event" chooses. Needs Chromium.
screenshots: .venv/dev $(DONE)/static migrate
	@$(MAKE) --silent starter
	@$(BIN)/python -m events.tests.browser.screenshots $(SHOTS)

## Linters, types, and Django's own checks.
lint: .venv/dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/djlint templates --quiet --lint
	$(BIN)/mypy
	$(MANAGE) makemigrations --check --dry-run
	BEHIND_TLS=1 $(MANAGE) check --deploy --fail-level WARNING

## Puts code into the form that `make lint` asks for.
format: .venv/dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

## Known vulnerabilities in what we depend on. Says so, and passes, where the service cannot be reached.
audit: .venv/dev
	@$(BIN)/python .ci/audit.py

## A user who may edit in /admin/.
superuser: migrate
	$(MANAGE) createsuperuser

collectstatic: $(DONE)/static

migrate: .venv/run | $(DONE)
	@$(MANAGE) migrate > $(DONE)/migrated || { cat $(DONE)/migrated; exit 1; }
	@if grep -q Applying $(DONE)/migrated; then \
		echo "Database: $$(grep -c Applying $(DONE)/migrated) migrations applied."; rm -f $(DATABASE)-starter; fi

starter: $(DATABASE)-starter

## Writes constraints.txt anew: the versions of what our requirements require in their turn.
constraints:
	rm -rf $(VAR)/pins
	$(PYTHON) -m venv $(VAR)/pins
	$(VAR)/pins/bin/pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	$(VAR)/pins/bin/pip inspect | $(PYTHON) -c 'import json, sys; found = json.load(sys.stdin)["installed"]; \
		print(*sorted("{name}=={version}".format(**p["metadata"]).lower() for p in found if not p["requested"]), sep="\n")' \
		| grep -v '^pip==\|^setuptools==' > constraints.txt
	rm -rf $(VAR)/pins

## Takes away what was made: environment, database, collected files. The secret key and the data go with it.
clean:
	@printf 'This deletes .venv and %s with its database. Go on? [y/N] ' "$(VAR)"; read answer; test "$$answer" = y
	rm -rf .venv "$(VAR)"

# ── What is made once ────────────────────────────────────────────────────────────────────────────────────────────────

$(DONE):
	@mkdir -p $@

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "LayoffWatch needs Python 3.11 or newer. Name one: make PYTHON=python3.11 $(MAKECMDGOALS)" >&2; exit 1; }
	@$(PYTHON) -m venv .venv || { rm -rf .venv; echo "On Debian: apt-get install python3-venv" >&2; exit 1; }

.venv/run: requirements.txt constraints.txt | .venv/bin/python
	$(BIN)/pip install --quiet --disable-pip-version-check -r requirements.txt -c constraints.txt
	@touch $@

.venv/dev: requirements-dev.txt .venv/run
	$(BIN)/pip install --quiet --disable-pip-version-check -r requirements-dev.txt -c constraints.txt
	@touch $@

.ci/html/node_modules: .ci/html/package-lock.json
	@npm ci --prefix .ci/html --no-audit --no-fund --loglevel=error && touch $@ || \
		echo "html-validate cannot be installed: its tests are skipped."

$(DONE)/static: .venv/run $(STATIC) | $(DONE)
	@$(MANAGE) collectstatic --noinput --verbosity 0
	@touch $@

# Once, so that /data/ has something to offer; after that a timer builds it (docs/data-set.md).
$(DATABASE)-data: | $(DONE)
	@$(MANAGE) build_data
	@touch $@

$(DATABASE)-starter: $(STARTER) .venv/run | $(DONE)
	@$(MANAGE) load_starter
	@touch $@
