PYTHON ?= python3
VENV := .venv
RUN := $(VENV)/bin/python
INSTALL := $(RUN) -m pip install --quiet --disable-pip-version-check
LOCK := $(VENV)/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --annotation-style line
# Tests of hostile databases, which wait a lot: `make test` leaves them to `make test-hostile` and `make coverage`.
HOSTILE := $(addprefix tests/faults/test_,bounded_waits.py citus.py column_properties.py drifted_columns.py \
	guard_properties.py hidden_rows.py hostile_names.py lost_packets.py ownership.py published_tables.py records.py \
	restored_schema.py sqlite_files.py transactions.py)
PYTEST := $(RUN) -m pytest -n logical
export SEED_ENABLED ?= on

.DEFAULT_GOAL := help
ATOMIC := $(if $(filter output-sync,$(.FEATURES)),--output-sync=target)
.PHONY: help seed test test-sqlite test-postgresql test-hostile test-fast coverage lint lock build bench bench-sqlite bench-kinds bench-pages chaos pictures serve reset clean

help: ## List the commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "make %-15s %s\n", $$1, $$2}'

seed: $(VENV)/ready ## Set up .venv, migrate the database and seed it, once per version
	@$(RUN) manage.py migrate --verbosity 0
	@$(RUN) manage.py seed
	@test -e $(VENV)/seeded || echo 'Next: make serve' >&2
	@touch $(VENV)/seeded

test: $(VENV)/ready-dev ## Test on SQLite and on a real PostgreSQL, both at once (ARGS=options of pytest)
	@$(MAKE) --no-print-directory --keep-going --jobs=2 $(ATOMIC) test-sqlite test-postgresql

test-sqlite: $(VENV)/ready-dev ## Test on SQLite
	$(PYTEST) $(addprefix --ignore=,$(HOSTILE)) $(ARGS)

test-postgresql: $(VENV)/ready-dev ## Test on a real PostgreSQL, or on the one that TEST_DATABASE_URL names
	$(RUN) -m tests.support.postgres $(PYTEST) $(addprefix --ignore=,$(HOSTILE)) $(ARGS)

test-hostile: $(VENV)/ready-dev ## Test hostile databases, on SQLite and on PostgreSQL: half an hour (PROPERTY_EXAMPLES=10)
	$(PYTEST) $(HOSTILE) $(ARGS)
	$(RUN) -m tests.support.postgres $(PYTEST) $(HOSTILE) $(ARGS)

test-fast: $(VENV)/ready-dev ## Test in half a minute: without a server, without processes
	$(PYTEST) tests/unit tests/django $(ARGS)

coverage: $(VENV)/ready-dev ## Measure what the tests reach, in all processes, on both databases
	$(RUN) -m coverage erase
	$(RUN) -m coverage run -m pytest -n logical $(ARGS)
	$(RUN) -m tests.support.postgres $(RUN) -m coverage run -m pytest -n logical $(ARGS)
	$(RUN) -m coverage combine --quiet
	$(RUN) -m coverage report

lint: export ENV_FILE := /dev/null
lint: export DATABASE_URL :=
lint: export DEBUG :=
lint: $(VENV)/ready-dev ## Check style, types, layers, spelling and missing migrations
	$(RUN) -m ruff check .
	$(RUN) -m ruff format --check .
	$(RUN) -m mypy
	$(VENV)/bin/lint-imports
	$(RUN) -m codespell_lib
	$(RUN) manage.py makemigrations --check --dry-run

lock: export UV_CUSTOM_COMPILE_COMMAND := make lock
lock: $(VENV)/bin/python ## Lock what requirements.txt and requirements-dev.txt name (UPGRADE=--upgrade)
	$(INSTALL) uv==0.13.9
	$(LOCK) $(UPGRADE) requirements.txt --output-file requirements.lock
	$(LOCK) $(UPGRADE) requirements-dev.txt --constraint requirements.lock --output-file requirements-dev.lock

build: $(VENV)/ready-dev ## Make the engine's package, which other projects install, in dist/
	rm -rf dist
	$(RUN) -m build --no-isolation --outdir dist

bench: $(VENV)/ready-bench ## Measure against hand-written ways, on a throwaway PostgreSQL (SIZES=S,L RUNS=5 JSON=file)
	$(RUN) -m benchmarks --sizes $(or $(SIZES),S,L) --runs $(or $(RUNS),5) $(if $(JSON),--json $(JSON))

bench-sqlite: $(VENV)/ready-dev ## Measure against hand-written ways, on SQLite (SIZES=S,L RUNS=5)
	$(RUN) -m benchmarks.sqlite --sizes $(or $(SIZES),S,L) --runs $(or $(RUNS),5)

bench-kinds: $(VENV)/ready-dev ## Measure tables with UUID keys, documents and arrays, on a throwaway PostgreSQL (RUNS=5)
	$(RUN) -m benchmarks.kinds --runs $(or $(RUNS),5)

bench-pages: $(VENV)/ready-dev ## Measure the admin's pages with ten million orders, on a throwaway PostgreSQL
	$(RUN) -m benchmarks.pages

chaos: $(VENV)/ready-dev ## Kill processes and servers at 100 random instants, on both databases
	CHAOS_RUNS=100 $(PYTEST) tests/faults
	CHAOS_RUNS=100 $(RUN) -m tests.support.postgres $(PYTEST) tests/faults

pictures: $(VENV)/ready-dev ## Make the documents' pictures again (needs Chromium)
	$(RUN) -m tests.support.pictures

serve: $(VENV)/ready ## Migrate, seed and serve on http://127.0.0.1:8000/ for development
	@DEBUG=on $(RUN) manage.py migrate --verbosity 0
	@DEBUG=on $(RUN) manage.py seed
	@echo 'Log in on http://127.0.0.1:8000/admin/; to create a login: $(RUN) manage.py createsuperuser'
	@DEBUG=on $(RUN) manage.py runserver 127.0.0.1:8000

reset: ## Delete the SQLite database in this folder, after asking
	@printf 'Delete db.sqlite3 and all that is in it? [y/N] '; read -r answer || echo; case "$$answer" in \
		[yY] | [yY][eE][sS]) rm -f db.sqlite3 db.sqlite3-shm db.sqlite3-wal && echo 'Deleted; make seed creates a new one.' ;; \
		*) echo 'Nothing was deleted.' ;; \
	esac

clean: ## Remove .venv and caches, not the database
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis .seeded .coverage* staticfiles dist
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/ready: requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; name one: make PYTHON=python3.13")'
	@echo 'Installing into $(VENV); this takes a minute, and only once.' >&2
	@$(RUN) -m pip --version >/dev/null 2>&1 || $(PYTHON) -m venv --clear $(VENV) # there is none, or it is half made
	@$(INSTALL) --require-hashes --requirement requirements.lock
	@$(RUN) -m compileall -q accounts config orders seeding # processes start faster, also where Python writes no bytecode
	@touch $@

$(VENV)/ready-bench: requirements-bench.txt $(VENV)/ready-dev
	$(INSTALL) --requirement requirements-bench.txt
	@touch $@

$(VENV)/ready-dev: requirements-dev.lock $(VENV)/ready
	$(INSTALL) --require-hashes --requirement requirements-dev.lock
	@touch $@
