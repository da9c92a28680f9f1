# Vedette. `make` alone prints what there is to do.
# Needs Python 3.11 or newer and make; everything else comes into .venv and web/node_modules, nothing elsewhere.

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.SUFFIXES:
.NOTPARALLEL:

PY := .venv/bin/python
WEB_SOURCES := $(shell find web -name node_modules -prune -o -type f -print 2>/dev/null)
BUILT := .venv/.ready-demo src/vedette/geo/egm96.npz
SECONDS_OF_DEMO ?= 60

.PHONY: help demo headless test check web web-test browser-test slow-test docs bench oracles lock samples clean

help: ## Print this help
	@echo "Vedette: the open air picture for the defence against drones."; echo
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1|\2/p' $(MAKEFILE_LIST) | \
	    while IFS='|' read -r target what; do printf '%-20s %s\n' "$$target" "$$what"; done

demo: $(BUILT) src/vedette/web/index.html ## Watch real aircraft and two simulated attack drones in the browser
	@$(PY) -m vedette.cli demo $(ARGS)

headless: $(BUILT) ## The same without a screen: print the counts after SECONDS_OF_DEMO (60) of data
	@$(PY) -m vedette.cli demo --headless --seconds $(SECONDS_OF_DEMO) --json

test: .venv/.ready-all $(BUILT) ## Run the tests (under two minutes; no browser, no network)
	@$(PY) -m pytest -n auto --dist loadfile $(ARGS)

check: .venv/.ready-all $(BUILT) ## Lint, format, types and import directions
	@$(PY) -m ruff check
	@$(PY) -m ruff format --check
	@$(PY) -m mypy
	@$(PY) -m pytest -q tests/meta

web: src/vedette/web/index.html ## Build the web page (needs node 20.19, or takes it from a package)

web-test: src/vedette/web/index.html ## Run the page's own unit tests
	@$(PY) tools/prepare.py web-test

slow-test: .venv/.ready-all $(BUILT) ## Run the statistical and soak tests
	@$(PY) -m pytest -n auto --dist worksteal -m "slow and not browser" $(ARGS)

browser-test: .venv/.ready-all $(BUILT) src/vedette/web/index.html ## Run the tests that drive a headless Chromium
	@$(PY) -m pytest -m browser $(ARGS)

docs: .venv/.ready-all ## Build the documentation into site/
	@NO_MKDOCS_2_WARNING=1 $(PY) -m mkdocs build --strict && echo "site/index.html"

bench: $(BUILT) ## Measure the whole pipeline from a recording, and the published oracle scenarios
	@$(PY) -m vedette.cli bench pipeline
	@$(PY) -m vedette.cli bench oracles

lock: .venv/.ready-demo ## Pin every dependency anew (UPGRADE=1 to take newer versions)
	@$(PY) tools/lock.py $(if $(UPGRADE),--upgrade)

samples: .venv/.ready-demo ## Fetch the whole Mode S recording of which a slice is in the repository
	@$(PY) tools/make_samples.py

clean: ## Remove everything that was built or installed here
	rm -rf .venv web/node_modules src/vedette/web src/vedette/geo/egm96.npz site dist recordings .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find src tests bench tools -name __pycache__ -type d -prune -exec rm -rf {} +

# --- how the two virtual environments' worth of packages and the page come about -------------------------------

# The first python that runs and is new enough; a name on PATH may be a shim with nothing behind it.
PREPARE = for python in $(PYTHON) python3.11 python3.12 python3.13 python3; do \
	  "$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && break; python=; \
	done; \
	test -n "$$python" || { echo "error: Vedette needs Python 3.11 or newer; on Debian: apt-get install python3" >&2; exit 1; }; \
	"$$python" tools/prepare.py

.venv/.ready-demo: requirements-demo.lock pyproject.toml
	@$(PREPARE) demo

.venv/.ready-all: requirements.lock pyproject.toml
	@$(PREPARE) all

src/vedette/geo/egm96.npz: | .venv/.ready-demo
	@$(PY) tools/prepare.py geoid

src/vedette/web/index.html: $(WEB_SOURCES) | .venv/.ready-demo
	@$(PY) tools/prepare.py web
