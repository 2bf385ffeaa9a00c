# The sandbox from a fresh clone, with Python 3.11 or newer and nothing else of ours.
#
#   make up      build the demo council if there is none, and serve it
#   make test    install what the tests need and run them
#   make check   linters, types, layers and tests
#   make lock    write the constraints files again (UPGRADE=1 takes newer versions)
#
# `make up OPTIONS="--like Leeds --residents 2000"` and `make test OPTIONS="-k waste"` pass options on.

PYTHON ?= python3
OPTIONS ?=
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet --quiet

.PHONY: up test check lint lock clean
.DELETE_ON_ERROR:

up: .venv/installed
	@$(BIN)/council up $(OPTIONS)

test: .venv/installed-with-tests
	@$(BIN)/python -m pytest $(OPTIONS)

check: lint test

lint: .venv/installed-with-tests
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# Each stamp is newer than what was installed from, so that a second `make up` installs nothing.
.venv/installed: pyproject.toml constraints.txt constraints-build.txt | .venv/bin/pip
	@echo "Installing Virtual Council into .venv ..."
	@$(PIP) install --require-hashes -r constraints.txt -r constraints-build.txt
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

.venv/installed-with-tests: .venv/installed constraints-test.txt
	@echo "Installing what the tests need into .venv ..."
	@$(PIP) install --require-hashes -r constraints-test.txt
	@touch $@

.venv/bin/pip:
	@command -v $(PYTHON) >/dev/null || { \
	  echo "There is no $(PYTHON) here. Install Python 3.11 or newer, or name one: make PYTHON=/path/to/python3"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "Virtual Council needs Python 3.11 or newer and $(PYTHON) is $$($(PYTHON) -V 2>&1)." \
	    "Name a newer one: make PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
	  echo "$(PYTHON) cannot make a virtual environment: its venv module is missing." \
	    "On Debian and Ubuntu: apt-get install python3-venv"; exit 1; }
	@$(PYTHON) -m venv .venv

lock: .venv/bin/uv
	@set -e; compile() { \
	  UV_CUSTOM_COMPILE_COMMAND="make lock" $(BIN)/uv pip compile --quiet $(if $(UPGRADE),--upgrade) \
	    --universal --python-version 3.11 --generate-hashes --no-annotate "$$@"; }; \
	compile pyproject.toml -o constraints.txt; \
	compile pyproject.toml --extra test -c constraints.txt -o constraints-test.txt; \
	printf 'hatchling\neditables\n' | compile - -c constraints-test.txt -o constraints-build.txt

.venv/bin/uv: | .venv/bin/pip
	@$(PIP) install uv

clean:
	rm -rf .venv
