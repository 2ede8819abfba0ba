# `make run` starts the whole product, `make test` proves it. Everything they need is installed into this folder.
PORT ?= 3000
PY := .venv/bin/python
SAM := SAM_CLI_TELEMETRY=0 AWS_DEFAULT_REGION=us-east-1 .local/sam/bin/sam
LOCAL := $(PY) -m infra.local
PLATFORM ?= x86_64-manylinux_2_28
export PLATFORM

.DEFAULT_GOAL := help
.PHONY: help install run stop reset logs doctor test check lint types unit contract integration e2e validate build bench bench-retrieval bench-answers cost fmt lock openapi

help: ## what can be done here
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 18

install:
	@infra/local/bootstrap.sh app emulator

sam:
	@infra/local/bootstrap.sh app sam

run: install ## start the whole product (PORT=3000, BUILT=1 runs the built packages, IAM=1 enforces policies)
	@if [ -n "$(BUILT)" ]; then $(MAKE) --no-print-directory build; fi
	@exec $(LOCAL) up --port $(PORT) $(if $(BUILT),--built) $(if $(IAM),--iam)

stop: install ## stop what `make run` started
	@$(LOCAL) stop

reset: install ## stop, and forget all local data
	@$(LOCAL) reset

logs: install ## follow what the parts of the stack say
	@$(LOCAL) logs

doctor: install ## what is missing on this machine
	@$(LOCAL) doctor

test: check integration e2e ## everything: lint, types, unit, contract, template, integration, end to end

check: lint types unit contract validate ## the quick part of `make test`

lint: install
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .

types: install
	$(PY) -m mypy

unit: install
	$(PY) -m pytest -q -n 2 tests/unit

contract: install
	$(PY) -m pytest -q tests/contract

integration: install
	$(PY) -m pytest -q -n 2 tests/integration

e2e: install
	$(PY) -m pytest -q tests/e2e

validate: sam
	$(SAM) validate --lint --template template.yaml

build: sam ## build the packages that are deployed, without Docker
	PATH="$(CURDIR)/.local/uv/bin:$$PATH" PYTHON="$(CURDIR)/$(PY)" $(SAM) build
	$(PY) -m infra.layer_sizes

bench: install ## ratios: cold starts, search, ingestion
	$(PY) -m tests.benchmarks

bench-retrieval: install ## retrieval quality over the evaluation sets (VOICEHELPER_DATA)
	$(PY) -m tests.benchmarks.retrieval

bench-answers: install ## answers and refusals over the evaluation sets (VOICEHELPER_DATA)
	$(PY) -m tests.benchmarks.answers
	$(PY) -m tests.benchmarks.documents

cost: install ## what a deployment costs at idle and per 1,000 questions
	$(PY) -m infra.cost

fmt: install
	$(PY) -m ruff check --fix .
	$(PY) -m ruff format .

openapi: install
	$(PY) -m tests.support.application

COMPILE := .local/uv/bin/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header
lock: install ## resolve the requirements anew; hashes only, so any index serves them
	$(COMPILE) --extra cli --group local --group dev pyproject.toml -o requirements/dev.txt
	for name in uv emulator sam; do $(COMPILE) requirements/$$name.in -o requirements/$$name.txt; done
	for layer in base parsing embedding models; do $(COMPILE) --constraint requirements/dev.txt layers/$$layer/requirements.in -o layers/$$layer/requirements.txt; done
