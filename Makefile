# The two commands are `make refresh` and `make test`; both set up what they need.
# What make itself needs: Python 3.11 or newer with venv (Debian: apt-get install python3-venv).

PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	command -v $$p >/dev/null 2>&1 && $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	&& echo $$p && break; done)
BIN := .venv/bin
export PATH := $(CURDIR)/$(BIN):$(PATH)
LOCK = uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-strip-extras --no-annotate \
	--no-emit-index-url --no-emit-find-links --custom-compile-command 'make lock'

.PHONY: help refresh ui test test-slow torture mutants fuzz audit check format bench starter pictures rooms sources lock clean

help: ## what there is
	@sed -n 's/^\([a-z-]*\):.*## /\1: /p' $(MAKEFILE_LIST)

refresh: .venv/.run ## set up, fetch what is new, build and publish the marts
	@$(BIN)/etl refresh

ui: .venv/.run ## Dagster on this machine
	@$(BIN)/etl ui

test: .venv/.dev ## set up and run the tests but the slow ones; needs no network beyond the package registry
	@$(BIN)/python -m pytest -m 'not slow' -n auto --maxprocesses 4 --dist worksteal

test-slow: .venv/.dev ## whole refreshes, PostgreSQL, Chromium (each skipped, with its reason, where it is not there)
	@$(BIN)/python -m pytest -m slow -n auto --maxprocesses 4 --dist loadfile

torture: .venv/.dev ## make every fault as often as it can matter (over an hour); writes the table of docs/reliability.md
	@TORTURE=1 $(BIN)/python -m pytest tests/torture

mutants: .venv/.dev ## alter release files in every way and count what became of them; writes its table
	@$(BIN)/python -m tests.torture.mutants --write

fuzz: .venv/.dev ## fuzz the readers for a minute each (needs atheris: `pip install --group fuzz`)
	@for format in csv xlsx xls pdf; do \
		$(BIN)/python -m tests.fuzz.readers $$format -max_total_time=60 -rss_limit_mb=4000 || exit 1; done

check: .venv/.dev ## static checks
	@$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy
	@$(BIN)/sqlfluff lint --disable-progress-bar -q dbt_project/models dbt_project/tests

# In an environment of its own: pip-audit needs packages that the project does not. A package that it cannot
# look up is a failure (--strict), and not a good word.
audit: .venv/bin/python ## ask pypi.org which locked packages have known holes (needs that site itself)
	@test -x .venv/audit/bin/pip-audit || { .venv/bin/python -m venv .venv/audit && .venv/audit/bin/python -m pip install --quiet 'pip-audit>=2.10,<3'; }
	@for lock in run postgres dev; do echo "requirements/$$lock.txt"; \
		.venv/audit/bin/pip-audit --strict --disable-pip --require-hashes -r requirements/$$lock.txt || exit 1; done

format: .venv/.dev ## put code and SQL into the house's form
	@$(BIN)/ruff check --fix . ; $(BIN)/ruff format .
	@$(BIN)/sqlfluff fix --disable-progress-bar -q dbt_project/models dbt_project/tests

bench: .venv/.dev .venv/.peers ## measure against what one would use instead (some 80 minutes); writes its table
	@$(BIN)/python -m benchmarks $(BENCH)

starter: .venv/.dev ## write the starter archive again from its figures
	@$(BIN)/python -m scripts.write_starter

pictures: .venv/.dev ## take the documentation's pictures of Dagster anew (needs Chromium)
	@$(BIN)/python -m tests.support.screenshots docs/images

rooms: .venv/bin/python ## draw the rooms of the code into docs/decisions/0001
	@$(BIN)/python -m scripts.draw_rooms

sources: .venv/.run ## declare to dbt what the catalogue holds
	@$(BIN)/python -m scripts.write_sources

lock: ## resolve the dependencies again (needs uv)
	$(LOCK) pyproject.toml requirements/pins.in -o requirements/run.txt
	$(LOCK) pyproject.toml requirements/pins.in --extra postgres -o requirements/postgres.txt
	$(LOCK) pyproject.toml requirements/pins.in --extra lake -o requirements/lake.txt
	$(LOCK) pyproject.toml requirements/pins.in --group dev -o requirements/dev.txt
	$(LOCK) --group bench --constraint requirements/dev.txt -o requirements/bench.txt

clean: ## remove the set-up and dbt's and the tools' leavings; data/ stays
	rm -rf .venv dbt_project/target dbt_project/logs .pytest_cache .mypy_cache .ruff_cache

.venv/bin/python:
	@if [ -z "$(PYTHON)" ]; then echo "Python 3.11 or newer is needed: install it (Debian: apt-get install python3 python3-venv), or say where it is: make PYTHON=/path/to/python3" >&2; exit 1; fi
	@if command -v uv >/dev/null 2>&1; then UV_PYTHON_DOWNLOADS=never uv venv --quiet --allow-existing --python "$$(command -v $(PYTHON))" .venv; \
	elif $(PYTHON) -c 'import ensurepip, venv' 2>/dev/null; then $(PYTHON) -m venv .venv; \
	else echo "Python's venv module is missing: install it first (Debian: apt-get install python3-venv)" >&2; exit 1; fi

# $(call install,LOCK): uv where it is there, pip where not; --no-deps and no build isolation, so that
# nothing is installed that the lock does not name.
define install
	@echo "setting up .venv from $(1) (once)"
	@if command -v uv >/dev/null 2>&1; then \
		uv pip install --quiet --python .venv --compile-bytecode --require-hashes -r $(1) && \
		uv pip install --quiet --python .venv --no-deps --no-build-isolation -e . ; \
	else \
		$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $(1) && \
		$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e . ; \
	fi
endef

.venv/.run: requirements/run.txt pyproject.toml | .venv/bin/python
	$(call install,requirements/run.txt)
	@touch $@

.venv/.dev: requirements/dev.txt pyproject.toml | .venv/bin/python
	$(call install,requirements/dev.txt)
	@touch $@ .venv/.run

# What only the peers of `make bench` import, in a folder of its own (benchmarks/bench.py says why).
.venv/.peers: requirements/bench.txt | .venv/bin/python
	@echo "setting up .venv/peers from $< (once)"
	@rm -rf .venv/peers
	@if command -v uv >/dev/null 2>&1; then \
		uv pip install --quiet --python .venv --target .venv/peers --no-deps --compile-bytecode --require-hashes -r $< ; \
	else \
		$(BIN)/python -m pip install --quiet --disable-pip-version-check --target .venv/peers --no-deps --require-hashes -r $< ; \
	fi
	@touch $@
