# One command each; every one does its own set-up on a fresh machine with Python >= 3.11 and venv.
PYTHON ?= python3
BIN := .venv/bin
ARGS ?=
# The tests start dozens of processes: what one of them compiled, the next need not compile again.
PYTEST := PYTHONDONTWRITEBYTECODE= $(BIN)/pytest

.PHONY: demo test test-browser lint bench clean .chromium

demo: .venv/.program
	@$(BIN)/lms-scoring demo $(ARGS)

# The core's coverage is that of the tests that need nothing else: counting would slow all others down.
test: .venv/.tests lint .chromium
	@$(PYTEST) tests/unit tests/property -n 2 --cov --cov-report=term:skip-covered $(ARGS)
	@$(PYTEST) tests/contract tests/integration tests/browser -n 2 --dist loadfile --no-loadscope-reorder $(ARGS)
	@$(SAY_WITHOUT_BROWSER)

# The pages in Debian's Chromium; as root it is installed, otherwise: apt-get install chromium and the fonts
test-browser: .venv/.tests .chromium
	@$(PYTEST) tests/browser $(ARGS)
	@$(SAY_WITHOUT_BROWSER)

CHROMIUM := /usr/bin/chromium
FONTS := fonts-noto-cjk fonts-noto-core fonts-noto-color-emoji
RAREST_FONT := /usr/share/fonts/truetype/noto/NotoColorEmoji.ttf
SAY_WITHOUT_BROWSER = test -x $(CHROMIUM) || { \
	echo "*** THE BROWSER TESTS DID NOT RUN: there is no Chromium."; \
	echo "*** As root on Debian: apt-get install chromium $(FONTS)"; }

# Somebody else's machine is left alone: only root on a Debian has it installed.
.chromium:
	@{ test -x $(CHROMIUM) && test -e $(RAREST_FONT); } || test "$$(id -u)" != 0 || ! command -v apt-get >/dev/null || { \
		echo "Installing Chromium and the fonts of pages and PDFs for the tests (once)"; \
		apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -y -q chromium $(FONTS); } || true

lint: .venv/.tests
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check -q .
	@$(BIN)/mypy

bench: .venv/.tests
	@$(BIN)/python -m benchmarks $(ARGS)

.venv/.program: pyproject.toml constraints.txt
	@echo "Setting up .venv (once; a minute or so)"
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed: make PYTHON=python3.12 …"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install -q --disable-pip-version-check -c constraints.txt -e .
	@touch $@

.venv/.tests: .venv/.program pyproject.toml constraints.txt
	@echo "Setting up what the tests need (once)"
	@$(BIN)/python -m pip install -q --disable-pip-version-check -c constraints.txt -e '.[test]'
	@touch $@

clean:
	rm -rf .venv .cache build dist *.egg-info
