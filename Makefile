# Each command makes .venv and installs what it needs by itself; `make` alone lists them.
# tox.ini calls the same targets with VENV set to its own environments.
SHELL := /bin/bash
.DEFAULT_GOAL := help

VENV ?= .venv
BIN := $(VENV)/bin
JOBS ?= 2
ARGS ?=

PACKAGING := setup.cfg pyproject.toml constraints.txt
# Python compiles what it imports, and keeps that; compiling all of it beforehand took half of an installation's time.
unexport PYTHONDONTWRITEBYTECODE
INSTALL = $(BIN)/python -m pip install -qq --no-compile --disable-pip-version-check -c constraints.txt

.PHONY: help
help: ## List the commands
	@awk 'BEGIN { FS = ":.*## " } /^[a-z-]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: demo
demo: $(VENV)/.ready-to-run ## Start the tool and a demonstration LMS (ARGS="--reset" starts anew)
	@$(BIN)/lti-mentoring demo $(ARGS)

.PHONY: test
test: $(VENV)/.ready-to-work build/venvs/algmatch/stamp build/venvs/xblock/stamp build/verifier/stamp ## Run every test, with coverage (brings its own PostgreSQL where none runs)
	$(BIN)/python -m coverage erase
	$(BIN)/python -m pytest -n $(JOBS) --dist worksteal --cov --cov-report= $(ARGS)
	$(BIN)/python -m coverage report --fail-under=95
	$(BIN)/python -m coverage report --include='*/domain/*,*/services/*' --fail-under=100

.PHONY: fast
fast: $(VENV)/.ready-to-work ## Run the tests of the rules and the services, in seconds
	$(BIN)/python -m pytest -q tests/domain tests/services $(ARGS)

.PHONY: check
check: lint types layers migrations wheel ## Lint, types, layers, migrations, wheel

.PHONY: lint
lint: $(VENV)/.ready-to-work ## Style and format, as ruff.toml asks
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

.PHONY: types
types: $(VENV)/.ready-to-work ## mypy --strict on the package
	$(BIN)/mypy

.PHONY: layers
layers: $(VENV)/.ready-to-work ## The import contracts of setup.cfg
	$(BIN)/lint-imports

.PHONY: migrations
migrations: $(VENV)/.ready-to-work ## One head, up and down and up again, no drift from the models
	$(BIN)/python -m pytest -q tests/architecture/test_migrations.py

.PHONY: wheel
wheel: $(BIN)/python ## Build the wheel and try it in an empty environment elsewhere
	$(BIN)/python tests/wheel/check_wheel.py

.PHONY: bench
bench: node-20 $(VENV)/.ready-to-work ## Measure beside peers, into build/bench.json (needs Node.js 20)
	$(BIN)/python -m bench $(ARGS)

.PHONY: pictures
pictures: $(VENV)/.ready-to-work ## Write docs/images anew (needs Chromium)
	PYTHONPATH=tests $(BIN)/python tests/journeys/pictures.py $(ARGS)

.PHONY: fix
fix: $(VENV)/.ready-to-work ## Let ruff mend style and format
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

.PHONY: messages
messages: $(VENV)/.ready-to-work ## Collect every text; bring the catalogues up to date (NEW=de begins a language)
	@mkdir -p build
	$(BIN)/pybabel -q extract -F babel.cfg -k _l -k N_ --project lti_mentoring --no-wrap -o build/messages.pot .
	$(if $(NEW),$(BIN)/pybabel -q init -i build/messages.pot -d lti_mentoring/translations -l $(NEW) --no-wrap)
	@for catalogue in lti_mentoring/translations/*/LC_MESSAGES/messages.po; do \
	  test -f "$$catalogue" || continue; \
	  language=$$(basename "$${catalogue%/LC_MESSAGES/messages.po}"); \
	  $(BIN)/pybabel -q update -i build/messages.pot -d lti_mentoring/translations -l "$$language" --no-wrap \
	    --ignore-pot-creation-date && \
	  $(BIN)/pybabel -q compile -d lti_mentoring/translations -l "$$language" --statistics; \
	done

.PHONY: pins
pins: $(BIN)/python ## Write the newest releases that fit into constraints.txt
	rm -rf build/pins
	$(BIN)/python -m venv build/pins
	build/pins/bin/python -m pip install --quiet '.[check,demo,matching,postgres,redis,test]'
	{ sed '/^[^#]/d' constraints.txt; build/pins/bin/python -m pip freeze --exclude lti_mentoring; } > build/constraints.txt
	mv build/constraints.txt constraints.txt

.PHONY: node-20
node-20:
	@node -e 'process.exit(process.versions.node.split(".")[0] >= 20 ? 0 : 1)' 2>/dev/null || { \
	  echo "make $(MAKECMDGOALS) needs Node.js 20 or newer (with npm) on the PATH: its peers are npm packages." >&2; exit 1; }

# What a person who only tries it needs; then what one who works on it needs.
$(VENV)/.ready-to-run: $(PACKAGING) | $(BIN)/python
	@echo "Installing into $(VENV) ..."
	@$(INSTALL) -e '.[demo]'
	@touch $@

$(VENV)/.ready-to-work: $(PACKAGING) | $(BIN)/python
	@echo "Installing into $(VENV), with what tests and checks need ..."
	@$(INSTALL) -e '.[check,demo,matching,postgres,redis,test]'
	@touch $@ $(VENV)/.ready-to-run

# What others wrote and we never import has an environment of its own.
build/venvs/xblock/stamp: tests/platforms/xblock-requirements.txt | $(BIN)/python
	@echo "Installing a third-party platform for the tests ..."
	@$(BIN)/python tests/fixtures/environment.py xblock
	@touch $@

# Without it the tests that ask it are left out.
build/venvs/algmatch/stamp: tests/peers/algmatch-requirements.txt | $(BIN)/python
	@echo "Installing a third-party matching library for the tests ..."
	@if $(BIN)/python tests/fixtures/environment.py algmatch; then touch $@; \
	else echo "It could not be installed: the tests that ask it are left out." >&2; fi

# So it is with a verifier of awards, which also needs Node.js.
build/verifier/stamp: tests/awarding/node/package-lock.json tests/awarding/node/package.json tests/awarding/node/.npmrc
	@echo "Installing a third-party verifier for the tests ..."
	@rm -rf $(@D)
	@mkdir -p $(@D)
	@cp $^ $(@D)
	@if (cd $(@D) && npm ci --ignore-scripts --loglevel error); then touch $@; \
	else echo "It could not be installed: the tests that ask it are left out." >&2; fi

$(BIN)/python:
	@for python in $(PYTHON) python3 python3.14 python3.13 python3.12 python3.11; do \
	  if "$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
	    "$$python" -m venv --clear $(VENV) && exit 0; \
	    rm -rf $(VENV); \
	    echo "$$python cannot make a virtual environment; on Debian and Ubuntu: apt install python3-venv" >&2; exit 1; \
	  fi; \
	done; \
	echo "lti_mentoring needs Python 3.11 or newer on the PATH (or: make PYTHON=/path/to/python3)." >&2; exit 1
