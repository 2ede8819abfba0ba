# Every command of the project; `make` alone lists them. Nothing but git, make and a Python >= 3.11 must be there.
.DEFAULT_GOAL := help
.PHONY: help install install-run install-sam run sam-local stop reset backup restore logs doctor test check lint types unit contract \
	integration e2e built built-again clients validate build rds-bundle deploy attack audit bench bench-retrieval bench-answers drill \
	bench-documents bench-recognition bench-voice cost fmt lock openapi function load smoke rollback destroy
SHELL := /bin/sh
PORT ?=
SAM_PORT ?= 3001
WORKERS ?= 2
STAGE ?= dev
ARCH ?= x86_64
PYTHON := .venv/bin/python
BOOTSTRAP := sh infra/local/bootstrap.sh
PYTEST := $(PYTHON) -m pytest -q
COMPILE := .local/uv/bin/uv pip compile -q --universal --generate-hashes --no-emit-index-url --no-header
export SAM_CLI_TELEMETRY := 0
# What talks to the emulator or to nobody needs some region. A deployment goes where its operator says.
run sam-local stop test check unit contract integration e2e built attack drill validate build bench bench-retrieval \
	bench-answers bench-documents bench-recognition bench-voice load cost function: export AWS_DEFAULT_REGION ?= us-east-1

help:  ## list the commands
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / {printf "make %-16s %s\n", $$1, $$2}' Makefile

install:
	@$(BOOTSTRAP) app emulator

install-run:
	@$(BOOTSTRAP) run emulator

install-sam: install
	@$(BOOTSTRAP) sam runtime

run: $(if $(BUILT),build,install-run)  ## start the product (PORT= BUILT=1 IAM=1 OPENSEARCH=1 CACHE=redis://… MODELS=models.json MAIL=smtp://… SPEECH=espeak-ng TRACES=0.1 ALERTS=http://…)
	@$(PYTHON) -m infra.local up $(if $(PORT),--port $(PORT)) $(if $(BUILT),--built) $(if $(IAM),--iam) $(if $(OPENSEARCH),--opensearch) $(if $(CACHE),--cache-url '$(CACHE)') $(if $(MODELS),--models '$(MODELS)') $(if $(MAIL),--mail '$(MAIL)') $(if $(SPEECH),--speech '$(SPEECH)') $(if $(TRACES),--trace-rate $(TRACES)) $(if $(ALERTS),--alerts '$(ALERTS)')

sam-local: install-sam  ## for Docker: `sam local` beside it (SAM_PORT= ARCH=arm64)
	@$(PYTHON) -m infra.local.sam_local --check
	@$(MAKE) build
	@$(PYTHON) -m infra.local.sam_local --port $(SAM_PORT) --architecture $(ARCH)

stop: install-run  ## stop what `make run` started in another terminal
	@$(PYTHON) -m infra.local stop

reset: install-run  ## stop, and remove all local data; asks first (YES=1)
	@$(PYTHON) -m infra.local reset $(if $(YES),--yes)

backup: install-run  ## all data of the running stack as one file (TO=…)
	@$(PYTHON) -m infra.local backup $(if $(TO),'$(TO)')

restore: install-run  ## a stack as a backup has it, where there is no data yet (FROM=…)
	@$(PYTHON) -m infra.local restore $(if $(FROM),'$(FROM)')

logs: install-run  ## follow what functions, emulator and database say
	@$(PYTHON) -m infra.local logs

doctor: install-run  ## check what the local stack needs
	@$(PYTHON) -m infra.local doctor

test: install-sam install-checkov  ## all tests
	@$(MAKE) -j2 build lint types validate
	@$(MAKE) unit contract integration e2e built-again

check: lint types unit contract validate  ## the quick part of the tests

lint: install  ## style
	$(PYTHON) -m ruff check
	$(PYTHON) -m ruff format --check
	.venv/bin/lint-imports --no-cache
	.venv/bin/actionlint

types: install  ## types
	$(PYTHON) -m mypy

unit: install  ## tests that need nothing but Python
	$(PYTEST) -n $(WORKERS) tests/unit

contract: install  ## template, routes, state machines and events agree
	$(PYTEST) -n $(WORKERS) tests/contract

integration: install  ## against a real PostgreSQL, a real emulator, real HTTP
	$(PYTEST) -n $(WORKERS) tests/integration tests/attack/test_mutated_files.py

e2e: install  ## against the whole running product
	$(PYTEST) -n $(WORKERS) --dist loadfile --no-loadscope-reorder --every-operation tests/e2e \
		tests/attack/test_tokens.py tests/attack/test_front_door.py

clients: install  ## large clients against the product: LiteLLM, Open WebUI (900 MB), one in TypeScript
	LITELLM=1 OPEN_WEBUI=1 TYPESCRIPT=1 $(PYTEST) tests/e2e/protocols

install-security: install
	@$(BOOTSTRAP) security

attack: install-security  ## hostile callers, files and model servers
	$(PYTEST) -n $(WORKERS) --dist loadfile --mutants 220 tests/attack tests/integration/identity/test_lockout.py \
		tests/integration/models/test_misbehaving_models.py tests/integration/local/test_front_door.py

drill: install  ## kill -9, duplicates, outages, attacks by the hundred; writes RELIABILITY.md (SEED=)
	$(PYTHON) -m tests.drill $(if $(SEED),--seed $(SEED))

audit: install-security  ## known vulnerabilities of the pinned packages (network)
	for file in requirements/*.txt layers/*/requirements.txt; do .local/security/bin/pip-audit --strict --disable-pip --require-hashes -r $$file || exit 1; done

# Every route and the whole pipeline once more, from the packages and under the functions' own policies.
built: build built-again  ## the deployable artefacts, deployed to the local stack
	$(PYTEST) tests/contract/test_architecture.py tests/integration/local/test_sam_local.py

built-again:
	VOICEHELPER_BUILT=1 $(PYTEST) -n $(WORKERS) --dist loadfile --no-loadscope-reorder \
		tests/e2e/test_first_question.py tests/e2e/identity \
		tests/e2e/agents tests/e2e/webhooks tests/e2e/retrieval/test_query_route.py \
		tests/e2e/operations/test_operations_routes.py

install-checkov: install
	@$(BOOTSTRAP) checkov

validate: install-sam install-checkov  ## the template, as SAM, cfn-lint and checkov see it
	.local/sam/bin/sam validate --lint
	@$(PYTHON) -m infra.validate

# Plain `sam build` does the same with pip and python3.13, where they are (sam runs the layers' Makefiles in a copy).
build: install-sam  ## the deployable artefacts, in .aws-sam/build (ARCH=arm64)
	PATH="$(CURDIR)/.local/uv/bin:$(CURDIR)/.venv/bin:$$PATH" PYTHON="$(CURDIR)/.venv/bin/python" \
		PLATFORM=$(ARCH:arm64=aarch64)-manylinux_2_28 .local/sam/bin/sam build --parameter-overrides Architecture=$(ARCH)
	$(PYTHON) -m infra.layer_sizes
	$(PYTHON) -m infra.layer_architecture $(ARCH)

# No package index has it: https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/UsingWithRDS.SSL.html
rds-bundle:  ## fetch RDS's authorities, which verify-full needs
	curl --fail --silent --show-error --proto =https -o layers/rds-bundle.pem \
		https://truststore.pki.rds.amazonaws.com/global/global-bundle.pem

deploy: install  ## show account, region, cost; deploy (STAGE=prod ARCH=)
	$(PYTHON) -m infra.deploy --stage $(STAGE) --check
	$(MAKE) build
	$(PYTHON) -m infra.deploy --stage $(STAGE) --architecture $(ARCH)

smoke: install  ## ask a deployment one question (URL=https://… or STAGE=)
	@$(PYTHON) -m infra.smoke $(if $(URL),'$(URL)',--stage $(STAGE))

rollback: install  ## deploy a stage as it was before the last deployment from here (STAGE=)
	$(PYTHON) -m infra.rollback --stage $(STAGE)

destroy: install  ## show what goes and what stays; delete a stage's stack (STAGE= DATABASE=1)
	@$(PYTHON) -m infra.destroy --stage $(STAGE) $(if $(DATABASE),--database)

bench: install  ## costs and speeds, as ratios within one run
	$(PYTHON) -m tests.benchmarks

bench-retrieval: install  ## retrieval quality on the development sets
	$(PYTHON) -m tests.benchmarks.retrieval

bench-answers: install  ## answers, refusals and documents on development sets
	$(PYTHON) -m tests.benchmarks.answers
	$(PYTHON) -m tests.benchmarks.documents

# The peers are no part of the project: they are installed in a place of their own, and only for this.
bench-documents: install  ## coverage and order of parsed documents, beside other libraries
	test -x .local/parsing-peers/bin/python || .local/uv/bin/uv venv -q --python $(PYTHON) .local/parsing-peers
	.local/uv/bin/uv pip install -q --python .local/parsing-peers -r tests/benchmarks/parsing/peer-requirements.txt
	$(PYTHON) -m tests.benchmarks.parsing

bench-voice: install  ## where speech is found beside a second detector, words lost between say and listen
	test -x .local/voice-peers/bin/python || .local/uv/bin/uv venv -q --python $(PYTHON) .local/voice-peers
	.local/uv/bin/uv pip install -q --python .local/voice-peers -r tests/benchmarks/voice/peer-requirements.txt
	$(PYTHON) -m tests.benchmarks.voice

bench-recognition: install  ## characters and cells read right, beside a peer
	test -x .local/recognition-peers/bin/python || .local/uv/bin/uv venv -q --python $(PYTHON) .local/recognition-peers
	.local/uv/bin/uv pip install -q --python .local/recognition-peers -r tests/benchmarks/recognition/peer-requirements.txt
	$(PYTHON) -m tests.benchmarks.recognition

load: install  ## questions/s until p95 bends, uploads of 50, refusals, memory; figures of this machine (SEED=)
	$(PYTHON) -m tests.load $(if $(SEED),--seed $(SEED))

cost: install  ## what it costs (STAGE=prod SET=DatabaseMinCapacity=0)
	@$(PYTHON) -m infra.cost --stage $(STAGE) $(if $(SET),--set $(SET))

fmt: install  ## format and repair style
	$(PYTHON) -m ruff check --fix
	$(PYTHON) -m ruff format

openapi: install  ## write the API description that is committed
	$(PYTHON) -m infra.openapi

function: install  ## start an endpoint (NAME=knowledge/rename_base ROUTE="…")
	@$(PYTHON) -m infra.new_function '$(NAME)' '$(ROUTE)'

lock: install  ## fit requirement files to pyproject.toml and *.in
	$(COMPILE) --python-version 3.11 --extra cli --group local --group dev pyproject.toml -o requirements/dev.txt
	$(COMPILE) --python-version 3.11 --extra cli --group local -c requirements/dev.txt pyproject.toml -o requirements/run.txt
	for name in checkov emulator runtime sam security uv; do $(COMPILE) --python-version 3.11 requirements/$$name.in -o requirements/$$name.txt; done
	for layer in layers/*/; do $(COMPILE) --python-version 3.13 -c requirements/dev.txt $${layer}requirements.in -o $${layer}requirements.txt; done
	$(COMPILE) --python-version 3.13 --no-deps layers/recognition/models.in -o layers/recognition/models.txt
