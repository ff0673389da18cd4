# `make demo` and `make test` need Python 3.11 or newer with pip, and nothing else: everything goes into .venv.
PYTHON ?= python3
BIN := .venv/bin
# Wheels only: nobody waits for a compiler. The one exception is a package of data files that PyPI has as source.
PIP := $(BIN)/python -m pip install -q --disable-pip-version-check --only-binary=:all: --no-binary=face-recognition-models

.PHONY: demo test lint unit interop format bench clean

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
	$(BIN)/pytest -n logical --dist worksteal

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

.venv/installed: pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "phototag needs Python 3.11 or newer: make PYTHON=python3.12")'
	@test -d .venv || $(PYTHON) -m venv .venv
	@echo "Installing phototag and what it needs into .venv (about 880 MB; a minute or two) ..."
	@$(PIP) -e .
	@touch $@

.venv/installed-test: .venv/installed
	@echo "Installing what the tests need ..."
	@$(PIP) -e '.[test]'
	@$(PIP) --no-deps face-recognition
	@touch $@

clean:
	rm -rf .venv demo build dist .mypy_cache .pytest_cache .ruff_cache .hypothesis
