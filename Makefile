.DEFAULT_GOAL := help
PYTHON := .venv/bin/python

.PHONY: help install test check bench docs proof demo ci

help:  ## list these targets
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

install:  ## make .venv with everything that tests need
	python3 -m venv .venv && .venv/bin/pip install -q -e '.[test,notebook]'

test:  ## run tests, doctests and notebooks
	$(PYTHON) -m pytest

check:  ## format, lint, types, import contracts
	$(PYTHON) -m ruff format --check . && $(PYTHON) -m ruff check . && $(PYTHON) -m mypy && .venv/bin/lint-imports

bench:  ## time against peers in one run
	$(PYTHON) -m pytest -m benchmark tests/benchmarks -s

docs:  ## write the tables of the documentation, and the outputs of the notebooks
	PYTHONPATH=tests $(PYTHON) tests/documents.py $(notdir $(wildcard notebooks/*.ipynb)) && TRUTO_TICKETS_DOCS=write $(PYTHON) -m pytest -q tests/conformance

proof:  ## the long proofs: a hundred kills, the budget in real time
	TRUTO_TICKETS_PROOF=1 $(PYTHON) -m pytest -m "not benchmark" tests -s --timeout 7200

demo:  ## the whole job on a practice server
	.venv/bin/truto-tickets demo --yes

ci:  ## what the build runs
	bash .ci/run
