# Two commands matter: make run, make test. Everything they need they install here.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
BENCH_VENV := .venv-bench
PORT ?= 8000
STATE ?= var
# By name: an office's settings and keys may lie beside them.
DEPLOYED := Containerfile compose.yaml nginx.conf prometheus-rules.yaml responder responder.env.example systemd

export PIP_DISABLE_PIP_VERSION_CHECK := 1
unexport PYTHONDONTWRITEBYTECODE  # or every command compiles all sources anew

.DEFAULT_GOAL := help
.PHONY: help run test check fuzz axe bench bench-import bench-topics screenshots sheets soak translations lock bundle clean

help:  ## list these commands
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | expand -t 16

run: $(VENV)/.run  ## start the product with demo data on SQLite
	@RESPONDER_STATE_DIR=$(STATE) $(BIN)/responder demo serve --port $(PORT)

test: $(VENV)/.dev  ## run every test, on SQLite and on PostgreSQL
	$(BIN)/python -m pytest -n 2 --dist loadgroup

check: $(VENV)/.dev  ## lint, types, import contracts, migrations = models
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m tools.check_migrations

fuzz: $(VENV)/.dev  ## expressions, 20,000 hostile files, imports, HTML and API calls, then bandit and pip-audit
	$(BIN)/python -W ignore -m tools.fuzz
	$(BIN)/python -m tools.audit

axe: $(VENV)/.dev  ## look at every page in every language, scheme and width, in a browser
	$(BIN)/python -m tools.axe

bench: $(VENV)/.dev  ## print the figures that the documents quote
	$(BIN)/python -m benchmarks

bench-import: $(VENV)/.dev  ## how fast a file comes in beside reading and inserting alone, and what an operator waits
	$(BIN)/python -m benchmarks.import_speed
	$(BIN)/python -m benchmarks.import_wait

bench-topics: $(BENCH_VENV)/.bench  ## our topics beside five other methods, and the cost up to a million
	$(BENCH_VENV)/bin/python -m benchmarks.topics

screenshots: $(VENV)/.dev  ## make the pictures of the README
	$(BIN)/python -m tools.screenshots

sheets: $(VENV)/.dev  ## every page in every state (full, empty, read-only, error) on contact sheets, into sheets/
	$(BIN)/python -m tools.screenshots --sheet sheets

soak: $(VENV)/.dev  ## half an hour of an office at work while its machines are killed, and a reckoning
	$(BIN)/python -m tools.soak

translations: $(VENV)/.dev  ## bring the catalogues up to date with the source
	$(BIN)/python -m tools.translations

bundle: $(VENV)/.run  ## all that a machine without internet needs, in dist/responder-bundle.tar
	rm -rf dist/responder-bundle
	mkdir -p dist/responder-bundle/deploy dist/responder-bundle/docs
	$(BIN)/python -m pip wheel -q --require-hashes -r requirements.lock -w dist/responder-bundle/wheels
	$(BIN)/python -m pip wheel -q --no-deps --no-build-isolation . -w dist/responder-bundle/wheels
	awk '/^(authlib|joserfc)==/ {on = 1} on {print} !/\\$$/ {on = 0}' requirements-dev.lock > dist/oidc.lock
	$(BIN)/python -m pip wheel -q --no-deps --require-hashes -r dist/oidc.lock -w dist/responder-bundle/wheels
	cp LICENSE dist/responder-bundle
	cp -R $(addprefix deploy/,$(DEPLOYED)) dist/responder-bundle/deploy
	cp docs/operations.md docs/operations.zh-CN.md docs/scaling.md docs/keys.md dist/responder-bundle/docs
	tar -C dist -cf dist/responder-bundle.tar responder-bundle

lock:  ## write the lock files anew from pyproject.toml (needs uv)
	uv pip compile pyproject.toml --extra build --universal --python-version 3.11 \
		--generate-hashes --no-emit-index-url --no-header -q --upgrade -o requirements.lock
	uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 \
		--generate-hashes --no-emit-index-url --no-header -q --upgrade -o requirements-dev.lock
	uv pip compile pyproject.toml --extra bench -c requirements.lock --universal \
		--python-version 3.11 --generate-hashes --no-emit-index-url --no-header -q --upgrade \
		-o requirements-bench.lock

clean:  ## remove what was installed and made here (the data under var/ stays)
	rm -rf $(VENV) $(BENCH_VENV) dist build .pytest_cache .mypy_cache .ruff_cache .import_linter_cache

$(VENV)/bin/python $(BENCH_VENV)/bin/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make run PYTHON=python3.12")'
	$(PYTHON) -m venv $(@D:/bin=)

$(VENV)/.run: requirements.lock pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install -q --require-hashes -r requirements.lock
	$(BIN)/python -m pip install -q --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.dev: requirements-dev.lock pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install -q --require-hashes -r requirements-dev.lock
	$(BIN)/python -m pip install -q --no-deps --no-build-isolation -e .
	@touch $@

# The lock is complete, and leaves out on purpose what BERTopic would pull in: hence --no-deps.
$(BENCH_VENV)/.bench: requirements-bench.lock pyproject.toml | $(BENCH_VENV)/bin/python
	$(BENCH_VENV)/bin/python -m pip install -q --no-deps --require-hashes -r requirements-bench.lock
	$(BENCH_VENV)/bin/python -m pip install -q --no-deps --no-build-isolation -e .
	@touch $@
