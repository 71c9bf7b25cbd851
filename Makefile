# Two commands are enough: `make run` tries Scanly, `make test` proves it. `make help` lists the others.

PYTHON ?= python3
BIN := .venv/bin
export UV_COMPILE_BYTECODE = 1

# Programs that the tests and the build of the binary use as a user would have them.
TEST_PACKAGES := postgresql chromium ghostscript poppler-utils libzbar0 fonts-noto-core \
	nginx-light caddy apache2-bin strace sqlite3 openssl zint libqrencode4 default-jre-headless
# Tests that run servers against each other or the clock, and so want the machine for themselves.
ALONE := tests/journeys tests/ops tests/scans tests/web
BINARY_PACKAGES := binutils libpython3-dev

.PHONY: help run test check bench binary clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: .venv/run.stamp ## start Scanly with a sample café (more options: make run ARGS="--port 9000")
	$(BIN)/scanly serve --demo $(ARGS)

test: .venv/packages.stamp check ## everything: make check, then all tests
	$(BIN)/python -m pytest -n logical --dist loadfile $(ALONE:%=--ignore=%)
	$(BIN)/python -m pytest $(ALONE)

check: .venv/test.stamp ## format, lint and types, without running anything
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/basedpyright

bench: .venv/test.stamp ## measure: every script in tests/bench
	@for script in $(wildcard tests/bench/*.py); do \
	  echo "== $$script"; PYTHONPATH=. $(BIN)/python $$script || exit 1; done

binary: .venv/binary.stamp ## one file that runs without Python: dist/scanly
	$(BIN)/pyinstaller --noconfirm scanly.spec

clean: ## remove the environment, builds and caches; never anybody's data
	rm -rf .venv build dist .hypothesis .pytest_cache .ruff_cache
	find src tests -name __pycache__ -type d -prune -exec rm -rf {} +

# A stamp says that a step was done for this pyproject.toml; when that changes, the environment is made anew.

.venv/made.stamp: pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Scanly needs Python 3.11 or newer.")'
	rm -rf .venv
	if command -v uv >/dev/null; then uv venv --quiet --python $(PYTHON) .venv; else $(PYTHON) -m venv .venv; fi
	@touch $@

.venv/run.stamp: .venv/made.stamp
	$(call install,-e .)

.venv/test.stamp: .venv/made.stamp
	$(call install,-e ".[test]")

.venv/binary.stamp: .venv/made.stamp
	$(call system_packages,$(BINARY_PACKAGES))
	$(call install,-e ".[binary$(comma)postgres$(comma)s3]")

.venv/packages.stamp: .venv/made.stamp
	$(call system_packages,$(TEST_PACKAGES))

comma := ,

define install
if command -v uv >/dev/null; then uv pip install --quiet --python $(BIN)/python $(1); \
	else $(BIN)/python -m pip install --quiet --disable-pip-version-check $(1); fi
@touch $@
endef

# Installs what is missing where that is possible; else says what is missing and goes on: tests that need it are
# skipped and listed, or fail when SCANLY_REQUIRE_ALL=1.
define system_packages
@missing() { for name in $(1); do \
	  test "$$(dpkg-query -W -f='$${db:Status-Status}' $$name 2>/dev/null)" = installed || echo $$name; done; }; \
	if test -n "$$(missing)" && test "$$(id -u)" = 0 && command -v apt-get >/dev/null; then \
	  echo "Installing:" $$(missing); \
	  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends $$(missing); fi; \
	if test -n "$$(missing)"; then echo "Not installed:" $$(missing); else touch $@; fi
endef
