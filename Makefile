# `make demo` runs the whole shop; `make help` lists the rest.

VENV := .venv
PYTHON := $(VENV)/bin/python
UV := $(shell command -v uv 2>/dev/null)
.DEFAULT_GOAL := help
# Twenty processes start at once: the first one compiles for all.
unexport PYTHONDONTWRITEBYTECODE
# With it, `python -m` finds no module of this folder.
unexport PYTHONSAFEPATH
.PHONY: help demo reset manage env install check test durations test-slow test-browser \
	screenshots clients acceptance acceptance-compose prove prove-grey bench soak lock audit

help: ## Show what there is to make
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-18s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: $(VENV)/.installed-demo ## Run the whole shop on this machine (PORT, NATS_PORT, AWS_PORT, DEMO_DIR; RELOAD=1, WITHOUT=web)
	@$(PYTHON) manage.py demo $(if $(RELOAD),--reload) $(foreach name,$(WITHOUT),--leave-out $(name))

reset: $(VENV)/.installed-demo ## Delete all that the demo keeps in DEMO_DIR
	@$(PYTHON) manage.py demo --reset

manage: $(VENV)/.installed-demo ## Run a management command against the running demo (ARGS="...")
	@$(PYTHON) manage.py demo --manage $(ARGS)

env: $(VENV)/.installed-demo ## Print the running demo's addresses: eval "$(make -s env)"
	@$(PYTHON) manage.py demo --env

install: $(VENV)/.installed-dev ## Install what check and test need
	@echo "Installed. Next: make demo, make check or make test."

check: $(VENV)/.installed-dev ## Format, lint, types, missing migrations, production settings, contracts
	@$(MAKE) --no-print-directory -j 2 check-types check-others

# mypy takes longer than all others, on one processor. It ends without Python's own clean-up, so it has
# a folder for what `tests/settings.py` makes.
.PHONY: check-types check-others
check-types:
	@folder=$$(mktemp -d) && trap 'rm -r "$$folder"' EXIT && \
		$(IN_PRODUCTION) TMPDIR="$$folder" $(VENV)/bin/mypy .

check-others:
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/ruff check .
	$(IN_PRODUCTION) DATABASE_URL=sqlite://:memory: $(PYTHON) manage.py makemigrations --check
	$(IN_PRODUCTION) $(PYTHON) manage.py check --deploy --fail-level WARNING
	$(IN_PRODUCTION) $(PYTHON) manage.py contracts --check

test: $(VENV)/.installed-dev ## Run all but slow and browser tests on SQLite; on PostgreSQL those with a database
	@status=0; $(PYTEST) || status=1; TEST_DATABASE=postgresql $(PYTEST) || status=1; exit $$status

durations: $(VENV)/.installed-dev ## Measure how long each file of tests takes: the longest begin first
	$(PYTEST) --keep-durations

test-slow: $(VENV)/.installed-dev ## Run the tests that take long, on SQLite and on PostgreSQL
	$(PYTEST) -m slow
	TEST_DATABASE=postgresql $(PYTEST) -m slow

test-browser: $(VENV)/.installed-dev ## Visit every page in Debian's Chromium (apt-get install chromium)
	$(PYTHON) -m pytest -p playwright -m browser tests/browser

screenshots: $(VENV)/.installed-dev ## Make the pictures of all pages, in .screenshots and docs
	$(PYTHON) -m tests.browser.screenshots

clients: ## Put NATS's and AWS's own clients into .clients, for the lines of docs/from-the-terminal.md
	@tests/acceptance/install_clients

acceptance: $(VENV)/.installed-dev ## Play the journeys against a demo of its own, on free ports
	$(PYTHON) -m pytest tests/acceptance --target=demo

acceptance-compose: $(VENV)/.installed-dev ## The same journeys against docker compose, on free ports
	$(PYTHON) -m pytest tests/acceptance --target=compose

prove: $(VENV)/.installed-$(if $(ORDERS),dev,demo) ## Break a demo in every way, and count; ORDERS=2000: across a cable that is cut
	@$(PYTHON) $(if $(ORDERS),-m tests.cable $(ORDERS),manage.py prove)

prove-grey: $(VENV)/.installed-dev ## The same with what is slow, stopped, full, half cut (CELLS="nats.late …", LANES=1)
	@$(PYTHON) -m tests.grey $(if $(LANES),--lanes $(LANES)) $(CELLS)

bench: $(VENV)/.installed-dev .bench/.installed ## Measure the shop beside floors, peers and an earlier build (ONLY="relay ...")
	@$(PYTHON) -m bench

soak: $(VENV)/.installed-dev .bench/.installed ## Run ten minutes at half the rate of the bench: does anything grow? (MINUTES, RATE)
	@$(PYTHON) -m bench.soak

lock: ## Pin the newest packages that pyproject.toml allows
	$(LOCK) --upgrade --group dev -o requirements/dev.txt
	$(LOCK) --upgrade --group demo -c requirements/dev.txt -o requirements/demo.txt
	$(LOCK) --upgrade -c requirements/dev.txt -o requirements/base.txt
	$(COMPILE) --upgrade --python-version 3.12 -c requirements/base.txt -o bench/requirements.txt \
		bench/requirements.in

# The list first: it needs no network. A package that the database of vulnerabilities does not answer
# for counts as a failure, since it was not checked.
audit: .audit/.installed ## List the image's Python packages (sbom.cdx.json); check all for known vulnerabilities
	@.audit/bin/python -W ignore::UserWarning -m cyclonedx_py requirements requirements/base.txt \
		--pyproject pyproject.toml --output-reproducible --output-file sbom.cdx.json
	@echo "sbom.cdx.json lists what requirements/base.txt pins." >&2
	@.audit/bin/pip-audit --strict --disable-pip --require-hashes --progress-spinner off \
		$(foreach file,$(wildcard requirements/*.txt),-r $(file))

# Most tests wait for a server now and then, those of the longest files nearly always: six processes
# keep two cores busy.
PYTEST = $(PYTHON) -m pytest -n 6

# The values of the example reach no server; they are complete but for a secret key.
IN_PRODUCTION = set -a && . ./.env.example && set +a && \
	SECRET_KEY=$$(head -c 48 /dev/urandom | base64) &&

# A header of our own: that of uv would name the command with all its folders.
COMPILE = uv pip compile --quiet --universal --generate-hashes --custom-compile-command "make lock"
LOCK = $(COMPILE) pyproject.toml

ifdef UV
NEW_VENV = uv venv --quiet --clear $(VENV)
# Compiled now rather than by twenty processes at once when they start.
INSTALL = uv pip install --quiet --compile-bytecode --python $(VENV)/bin/python
else
NEW_VENV = test -n "$(NEW_ENOUGH)" || { echo "Python 3.12 or newer is needed." >&2; exit 1; }; \
	$(NEW_ENOUGH) -m venv --clear $(VENV)
INSTALL = $(VENV)/bin/python -m pip install --quiet --disable-pip-version-check
NEW_ENOUGH = $(shell for each in python3.13 python3.12 python3; do \
	$$each -c 'import sys; sys.exit(sys.version_info < (3, 12))' 2>/dev/null && echo $$each && break; \
	done)
endif

$(VENV)/.installed-%: requirements/%.txt
	@echo "Installing $< into $(VENV) ..." >&2
	@test -x $(PYTHON) || { $(NEW_VENV); }
	@$(INSTALL) --require-hashes -r $<
	@touch $@

# The peers run on the shop's code, so they need its packages beside their own.
.bench/.installed: override VENV := .bench
.bench/.installed: requirements/base.txt bench/requirements.txt
	@echo "Installing $^ into $(VENV) ..." >&2
	@$(NEW_VENV)
	@$(INSTALL) --require-hashes $(foreach file,$^,-r $(file))
	@touch $@

# No dependencies of the shop: they have a virtual environment of their own.
AUDITORS = pip-audit==2.10.1 cyclonedx-bom==7.5.0

.audit/.installed: override VENV := .audit
.audit/.installed: Makefile
	@echo "Installing $(AUDITORS) into $(VENV) ..." >&2
	@$(NEW_VENV)
	@$(INSTALL) $(AUDITORS)
	@touch $@
