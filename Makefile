# Each verb sets up all it needs in .venv first: about a minute once, then only when requirements.lock changes.
# Needs make and one Python >= 3.11; name it to choose it: make test PYTHON=python3.12

PYTHON ?= python3.13 python3.12 python3.11 python3
ARGS ?=
BIN := .venv/bin
usable := -c 'import sys, venv; sys.exit(sys.version_info < (3, 11))'

# pyright otherwise asks the network whether there is a newer one.
export PYRIGHT_PYTHON_IGNORE_WARNINGS := 1
# Python keeps what it has compiled, even where that is turned off: every start is a second faster.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: help demo test slow lint check bench validation docs lock clean environment

help:
	@sed -n 's/^\([a-z]*\):.*## /  make \1	/p' Makefile

demo: environment ## endotoxin, measured and modelled, and two years of one person, in demo/
	rm -rf demo
	$(BIN)/neuroimmune run endotoxin --people 500 --out demo
	$(BIN)/neuroimmune run two-years two-years:glia=1.8 --out demo/two-years

test: environment ## the tests that take seconds; ARGS="-k hpa" chooses among them
	$(BIN)/python -m pytest -q -n 2 -m "not slow" $(ARGS)

slow: environment ## the tests that take longer
	$(BIN)/python -m pytest -q -n 2 -m slow $(ARGS) || [ $$? -eq 5 ] # 5: there are none

lint: environment ## style and types
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/pyright

check: test slow lint ## all that must pass before a change is merged

bench: environment ## speed and accuracy against libRoadRunner
	$(BIN)/python benchmarks/run.py

validation: environment ## every published number judged anew, in docs/validation.md: some minutes
	$(BIN)/python -m neuroimmune.validation_page docs

docs: environment ## the documentation, in docs/_build/html
	$(BIN)/python -m sphinx -q -W --keep-going docs docs/_build/html
	@echo "The documentation is in docs/_build/html/index.html"

lock: environment ## requirements.lock from pyproject.toml; UPGRADE=1 takes the newest of everything
	$(BIN)/uv pip compile pyproject.toml --extra exchange --group dev --quiet --output-file requirements.lock \
		--universal --python-version 3.11 --fork-strategy fewest --no-build --generate-hashes \
		--no-header --no-annotate $(if $(UPGRADE),--upgrade)

clean: ## remove all that make made
	rm -rf .venv build dist demo docs/_build .hypothesis .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

environment:
	@for python in $(PYTHON); do \
		if $$python $(usable) 2>/dev/null; then exec $$python tools/environment.py; fi; \
	done; \
	echo "Needs Python 3.11 or newer; none among: $(PYTHON). Name one: make test PYTHON=/path/to/python3" >&2; exit 1
