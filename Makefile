PYTHON ?= python3
VENV := .venv
RUN := $(VENV)/bin/python
export SEED_ENABLED ?= on

.DEFAULT_GOAL := help
.PHONY: help seed test lint bench bench-pages chaos pictures serve reset clean

help: ## List the commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "make %-11s %s\n", $$1, $$2}'

seed: $(VENV)/ready ## Set up .venv, migrate the database and seed it, once per version
	@$(RUN) manage.py migrate --verbosity 0
	@$(RUN) manage.py seed
	@test -e $(VENV)/seeded || echo 'Next: make serve' >&2
	@touch $(VENV)/seeded

test: $(VENV)/ready-dev ## Test on SQLite, then on a real PostgreSQL
	DATABASE_URL= $(RUN) -m pytest
	$(RUN) -m tests.postgres $(RUN) -m pytest

lint: $(VENV)/ready-dev ## Check style, types and missing migrations
	$(RUN) -m ruff check .
	$(RUN) -m ruff format --check .
	$(RUN) -m mypy
	DATABASE_URL= $(RUN) manage.py makemigrations --check --dry-run

bench: $(VENV)/ready-bench ## Measure against hand-written ways, on a throwaway PostgreSQL (SIZES=S,L RUNS=5 JSON=file)
	$(RUN) -m benchmarks --sizes $(or $(SIZES),S,L) --runs $(or $(RUNS),5) $(if $(JSON),--json $(JSON))

bench-pages: $(VENV)/ready-dev ## Measure the admin's pages with ten million orders, on a throwaway PostgreSQL
	$(RUN) -m benchmarks.pages

chaos: $(VENV)/ready-dev ## Kill processes and servers at 100 random instants, on both databases
	DATABASE_URL= CHAOS_RUNS=100 $(RUN) -m pytest tests/test_faults.py
	CHAOS_RUNS=100 $(RUN) -m tests.postgres $(RUN) -m pytest tests/test_faults.py

pictures: $(VENV)/ready-dev ## Make the README's pictures again (needs Chromium)
	$(RUN) -m tests.pictures

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
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis staticfiles
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/ready: requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; name one: make PYTHON=python3.13")'
	@echo 'Installing into $(VENV); this takes a minute, and only once.' >&2
	@$(RUN) -m pip --version >/dev/null 2>&1 || $(PYTHON) -m venv --clear $(VENV) # there is none, or it is half made
	@$(RUN) -m pip install --quiet --disable-pip-version-check --requirement requirements.txt
	@$(RUN) -m compileall -q accounts config orders seeding # processes start faster, also where Python writes no bytecode
	@touch $@

$(VENV)/ready-bench: requirements-bench.txt $(VENV)/ready-dev
	$(RUN) -m pip install --quiet --disable-pip-version-check --requirement requirements-bench.txt
	@touch $@

$(VENV)/ready-dev: requirements-dev.txt $(VENV)/ready
	$(RUN) -m pip install --quiet --disable-pip-version-check --requirement requirements-dev.txt
	@touch $@
