# Needs Python 3.11+, git and make; brings uv where it is not on the PATH.
UV_VERSION := 0.13.8
PYTHON ?= python3
VENV := .venv
STAMP := $(VENV)/.synced
READY := $(VENV)/.ready
OCR := $(VENV)/.ocr
SPARK := $(VENV)/.spark
EXTRAS = $(if $(wildcard $(OCR)),--extra ocr) $(if $(wildcard $(SPARK)),--extra spark)
UV := $(shell uv --version >/dev/null 2>&1 && echo uv || echo .uv/bin/uv)

export UV_PYTHON_DOWNLOADS := never

.PHONY: help setup ocr spark warehouse test bench lint format

help:  ## show the targets
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## */\1\t/'

setup: $(READY)  ## the locked environment in .venv, and what every warehouse begins with

ocr: $(READY)  ## what reading scans needs, beside it: some 270 MB; later syncs keep it
	$(UV) sync --locked --extra ocr $(EXTRAS)
	@touch $(OCR)

spark: $(STAMP)  ## what the views need on Spark, beside Java: some 450 MB; later syncs keep it
	$(UV) sync --locked --extra spark $(EXTRAS)
	@touch $(SPARK)

warehouse: $(READY)  ## everything in raw/ into warehouse/
	$(VENV)/bin/mingzhang ingest

test: $(READY)  ## the whole test suite
	$(VENV)/bin/pytest -n 2 -rs

bench: $(READY)  ## how fast: start-up, milliseconds per page, workers, Dask, memory; BENCH=--decisive for less
	$(UV) sync --locked --extra cluster $(EXTRAS) --quiet
	$(VENV)/bin/python -m benchmarks $(BENCH)

lint: $(STAMP)  ## style, types, SQL, Dagster definitions; changes nothing
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/mypy
	$(VENV)/bin/sqlfluff lint sql
	VIRTUAL_ENV=$(CURDIR)/$(VENV) $(VENV)/bin/dg check defs

format: $(STAMP)  ## Python and SQL laid out as lint wants them
	$(VENV)/bin/ruff check --fix .
	$(VENV)/bin/ruff format .
	$(VENV)/bin/sqlfluff fix sql

$(STAMP): pyproject.toml uv.lock $(filter .uv/%,$(UV))
	$(UV) sync --locked $(EXTRAS)
	@$(VENV)/bin/python -m compileall -q pipelines
	@touch $@

# What Great Expectations says of kinds of rows, and the script of the charts: asked once, not by every new warehouse.
$(READY): $(STAMP) $(wildcard expectations/*.yml pipelines/prove/*.* pipelines/site/charts.py)
	$(VENV)/bin/python -m pipelines.orchestration.make_ready
	@touch $@

.uv/bin/uv:
	$(PYTHON) -m venv .uv
	@echo '*' > .uv/.gitignore
	.uv/bin/pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)
