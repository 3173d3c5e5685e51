# `make demo` and `make test` do all the set-up they need. PYTHON chooses the interpreter.

PYTHON ?= $(shell for p in python3.14 python3.13 python3.12 python3.11 python3; do \
	command -v $$p >/dev/null 2>&1 && $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	2>/dev/null && echo $$p && break; done)
BIN := .venv/bin
READY := .venv/.ready
VENDOR := eventdesk/web/static/vendor/.ready
WORKERS := -n 4 --dist worksteal
# What fails is tried once more and named, but never a race or a kill, where one failure is a finding; more
# than twenty failures end the run.
SECOND_CHANCE := --reruns 1 --max-suite-reruns 20 --maxfail 21 --rerun-exclude-path tests/faults
IN_MEMORY := sh tools/in_memory.sh
tried = $(if $(AREA),$(or $(shell $(BIN)/python -m tests.areas $(AREA)),$(error AREA is none of these)))
PACKAGES := eventdesk screens kiosk data badges
# From Python 3.12 on the interpreter counts lines itself, at a fraction of the price.
CORE = $(shell $(BIN)/python -c 'import sys; print("sysmon" if sys.version_info >= (3, 12) else "ctrace")')

.PHONY: demo test test-long test-all assets browser explore coverage check format lint types imports spelling locked lock bench messages pseudo looks pictures rehearse fuzz contract printers services oidc-provider clean

demo: $(VENDOR)
	@$(BIN)/eventdesk --home .demo tour

# What finds a mistake within minutes; more workers than cores, because tests of screens wait.
# `make test AREA=door` tries one area, its faults with it, in a minute and a half; tests/areas.toml says
# what belongs to which.
test: $(VENDOR) browser
	$(IN_MEMORY) $(BIN)/pytest $(WORKERS) $(SECOND_CHANCE) -m "not long$(if $(AREA), or fault)" --durations 15 $(tried)

# Races, kills, rehearsals, long histories and most walks through screens; they start programs of
# their own, which need the cores.
test-long: $(VENDOR) browser contract
	$(IN_MEMORY) $(BIN)/pytest -n 2 --dist worksteal $(SECOND_CHANCE) -m long --durations 15

# Both in one run, which ends with the count of all.
test-all: $(VENDOR) browser
	$(IN_MEMORY) $(BIN)/pytest $(WORKERS) $(SECOND_CHANCE) --durations 15

# The libraries that pages run in the browser, by npm; what is missing is said, and all else goes on.
assets: $(VENDOR)

$(VENDOR): eventdesk/web/assets/package-lock.json | $(READY)
	@$(BIN)/python -m tools.assets

# Chromium, which tests drive through the pages; it is installed, or named where it cannot be.
browser:
	@sh tools/browser.sh

# New random histories, many more than the tests make; what they find becomes an example.
explore: $(READY)
	HYPOTHESIS_PROFILE=explore $(IN_MEMORY) $(BIN)/pytest $(WORKERS) -m hypothesis

coverage: $(READY)
	COVERAGE_CORE=$(CORE) $(IN_MEMORY) $(BIN)/pytest $(WORKERS) -m "not long" $(patsubst %,--cov=%,$(PACKAGES)) \
		--cov-report term:skip-covered

# All that keeps the main branch green.
check: $(READY) locked format lint types imports spelling test-all

format: $(READY)
	$(BIN)/ruff format --check .

lint: $(READY)
	$(BIN)/ruff check .

types: $(READY)
	$(BIN)/mypy

imports: $(READY)
	$(BIN)/lint-imports

spelling: $(READY)
	$(BIN)/codespell

# That the lock holds all that is asked for, for every kind of machine.
locked: $(READY)
	$(BIN)/python -m tools.lock

# The lock anew from pyproject.toml; versions that fit stay, unless NEWEST=1.
lock:
	@sh tools/lock.sh $(PYTHON) $(if $(NEWEST),--upgrade)

bench: $(READY)
	$(BIN)/python -m bench

# The catalogues of messages, brought up to the code; says what has no words yet.
messages: $(READY)
	$(BIN)/python -m tools.messages

# Each screen and command in a language nobody speaks: what is no message, and what is cut.
pseudo: $(READY)
	$(BIN)/python -m tests.pseudo

# Each screen in three sizes and themes: what is cut, too faint or has no glyph, and keys that do nothing.
looks: $(READY)
	$(BIN)/python -m tests.looks

# The pictures of the README: the screens over a demo event, drawn by Chromium.
pictures: $(READY)
	@sh tools/pictures.sh
	$(BIN)/python -m tools.pictures

rehearse: $(READY)
	@test -e .demo/eventdesk.db || $(BIN)/eventdesk --home .demo demo --size 500
	$(BIN)/eventdesk --home .demo rehearse --guests 500 --lanes 3 --chaos all

fuzz: $(READY)
	$(BIN)/python -m tests.fuzz_tokens --count 1000000 --seed 1

# The running server against its own description, by Schemathesis, which is put in place or named; three minutes.
# The same on every run. It is a part of `make test-long` and `make check`.
contract: $(READY)
	@sh tools/contract.sh $(PYTHON)
	SCHEMATHESIS_PROGRAM="$$PWD/.counterparts/schemathesis/bin/st" \
		$(BIN)/pytest -n 0 -p no:cacheprovider -rs tests/counterparts/against_schemathesis.py

# The drivers against real counterparts, CUPS and emupos; what is missing is installed or named.
printers: $(READY)
	@trials=$$(sh tools/counterparts.sh) && PATH="$$PWD/.counterparts/bin:$$PATH:/usr/sbin" \
		$(BIN)/pytest -p no:cacheprovider $$trials

# Services outside against real counterparts, which are installed or named.
services: $(READY)
	@sh tools/services.sh $(PYTHON)
	@test -d .counterparts/oidc/node_modules/oidc-provider || $(MAKE) --silent oidc-provider >/dev/null 2>&1 \
		|| echo "Left out: oidc-provider. It needs npm." >&2
	$(BIN)/pytest -p no:cacheprovider -rs tests/integrations tests/services tests/mailing tests/exchange/chat \
		tests/keeping/test_stored_backups.py tests/keeping/test_stored_files.py tests/keeping/test_replica.py tests/cli/test_stored.py
	LOCALSTRIPE_PROGRAM="$$PWD/.counterparts/localstripe/bin/localstripe" \
		PAYPAL_DESCRIPTION="$$(ls -d "$$PWD/.counterparts/paypal/openapi" 2>/dev/null)" \
		PYTHONPATH="$$PWD/.counterparts/stripe:$$PWD/.counterparts/jsonschema" \
		$(BIN)/pytest -n 0 -p no:cacheprovider -rs tests/counterparts/against_localstripe.py \
		tests/counterparts/against_stripe_library.py tests/counterparts/against_paypal_description.py
	GOOGLE_DESCRIPTIONS="$$PWD/.counterparts/google/googleapiclient/discovery_cache/documents" \
		$(BIN)/pytest -n 0 -p no:cacheprovider -rs tests/counterparts/against_google_description.py \
		tests/counterparts/against_google_wallet.py
	EN16931_PYTHON="$$PWD/.counterparts/en16931/bin/python" $(BIN)/pytest -n 0 -p no:cacheprovider -rs tests/counterparts/against_en16931.py

# A provider of sign-ins by others, for the tests that name it.
oidc-provider:
	@mkdir -p .counterparts/oidc && cd .counterparts/oidc && echo '{"private": true}' > package.json && \
		npm install --no-audit --no-fund oidc-provider@9.13.3

clean:
	rm -rf .venv .counterparts eventdesk/web/static/vendor .demo build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(READY): requirements.lock pyproject.toml
	@if [ -z "$(PYTHON)" ]; then \
		echo "eventdesk needs Python 3.11 to 3.14; none was found."; exit 1; fi
	@sh tools/libzbar.sh
	@sh tools/environment.sh $(PYTHON)
	@$(BIN)/python -m compileall -q eventdesk screens kiosk data badges
	@touch $(READY)
