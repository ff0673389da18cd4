# `make demo` and `make test` need Python 3.11 or newer with pip, and nothing else: everything goes into .venv.
PYTHON ?= python3
BIN := .venv/bin
# Wheels only: nobody waits for a compiler. The one exception is a package of data files that PyPI has as source.
# Python compiles what is used when it is used: compiling all 880 MB first takes longer.
PIP := $(BIN)/python -m pip install -q --disable-pip-version-check --no-compile --only-binary=:all: --no-binary=face-recognition-models
# What was compiled is kept, or else every process of a test does it again
export PYTHONDONTWRITEBYTECODE :=
# Tests wait as well as work: half as many more than there are processors
AT_ONCE := $(shell $(PYTHON) -c 'import os; print(max(2, (os.cpu_count() or 2) * 3 // 2))')

.PHONY: demo test lint unit e2e screenshots interop format bench clean

demo: .venv/installed
	@test -d demo || cp -R sample_library demo
	@echo "Scanning demo/, a copy of sample_library/ (photos of people who do not exist; two files are broken on purpose)."
	@$(BIN)/phototag scan demo || test $$? -eq 10
	@echo
	@$(BIN)/phototag clusters --sheets --library demo

test: lint unit

lint: .venv/installed-test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

unit: .venv/installed-test
	$(BIN)/pytest -n $(AT_ONCE) --dist worksteal --ignore=tests/e2e

# In a real browser: Debian's chromium, or $$CHROMIUM, or the one that `.venv/bin/playwright install chromium` fetched
e2e: .venv/installed-e2e
	$(BIN)/pytest -rs tests/e2e

# Pictures of every page of the sample library, light and dark, on a phone and a desktop: make screenshots TO=DIR
screenshots: .venv/installed-e2e
	$(BIN)/python -m tests.e2e.screenshots $(or $(TO),screenshots)

# With real readers of XMP: Debian's libimage-exiftool-perl and exiv2, or the like. `make test` skips them where they are not
interop: .venv/installed-test
	@command -v exiftool >/dev/null && command -v exiv2 >/dev/null || { echo "Install exiftool and exiv2 first."; exit 1; }
	$(BIN)/pytest -q tests/media/test_xmp_interop.py tests/app/test_sidecars_interop.py

format: .venv/installed-test
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# PHOTOS=DIR measures on photos of your own
bench: .venv/installed-test
	$(BIN)/python -m benchmarks $(PHOTOS)

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "phototag needs Python 3.11 or newer: make PYTHON=python3.12")'
	@$(PYTHON) -m venv .venv

.venv/installed: pyproject.toml | .venv/bin/python
	@echo "Installing phototag and what it needs into .venv (about 880 MB; a minute or two) ..."
	@$(PIP) -e .
	@touch $@

.venv/installed-test: pyproject.toml | .venv/bin/python
	@echo "Installing phototag, what it needs and what the tests need into .venv (about 1 GB; a minute or two) ..."
	@$(PIP) -e '.[test]'
	@$(PIP) --no-deps face-recognition
	@touch .venv/installed $@

.venv/installed-e2e: .venv/installed-test
	@echo "Installing what the tests in a browser need ..."
	@$(PIP) -e '.[e2e]'
	@touch $@

clean:
	rm -rf .venv demo build dist .mypy_cache .pytest_cache .ruff_cache .hypothesis
