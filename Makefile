# One command each; every one does its own set-up on a fresh machine with Python >= 3.11 and venv.
PYTHON ?= python3
BIN := .venv/bin
ARGS ?=
PEERS := .cache/open-edx/ready .cache/ralph/ready
# The tests start dozens of processes: what one of them compiled, the next need not compile again. And they make
# thousands of databases: in memory, where there is a gigabyte to spare, nobody waits for a disk.
SHM_FREE = $(shell test -w /dev/shm && df -Pm /dev/shm | awk 'NR == 2 {print ($$4 > 1000)}')
PYTEST = PYTHONDONTWRITEBYTECODE= $(if $(filter 1,$(SHM_FREE)),TMPDIR=/dev/shm) $(BIN)/pytest

.PHONY: demo test test-faults test-browser screenshots lint bench soak clean .chromium

demo: .venv/.program
	@$(BIN)/lms-scoring demo $(ARGS)

# Coverage is the core's, of the core's own tests: counting would slow all others down (docs/decisions/0011).
test: .venv/.tests $(PEERS) lint .chromium
	@$(PYTEST) tests/unit/domain --cov --cov-report=term:skip-covered $(ARGS)
	@$(PYTEST) $(OTHERS) --variations none $(THREE_ABREAST) $(ARGS)
	@$(SAY_WITHOUT_BROWSER)

# What takes minutes because programs are killed in it dozens of times, or everything is tried with everything;
# and the variations that `test` leaves out.
test-faults: .venv/.tests .chromium
	@$(PYTEST) tests/faults $(SIDE_BY_SIDE) $(ARGS)
	@$(PYTEST) $(OTHERS) --variations only $(THREE_ABREAST) $(ARGS)
	@HYPOTHESIS_PROFILE=laws $(PYTEST) $(LAWS) $(SIDE_BY_SIDE) $(ARGS)
	@$(PYTEST) $(LOOKS) $(FLOWS) $(THREE_ABREAST) $(ARGS)

LOOKS := tests/browser/looks
FLOWS := tests/browser/flows
LAWS := tests/property tests/contract tests/unit -m hypothesis
OTHERS := tests --ignore tests/unit/domain --ignore tests/faults --ignore $(LOOKS) --ignore $(FLOWS)
# What waits for browsers and databases leaves a processor idle now and then, which a third process takes; not what is
# killed, frozen and timed.
SIDE_BY_SIDE := -n 2 --dist loadfile --no-loadscope-reorder
THREE_ABREAST := $(SIDE_BY_SIDE) -n 3

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

# A picture of every page, and of what is answered to forms and launches, as each role sees it, in both languages,
# on a desk and on a phone.
PICTURES := build/screenshots
screenshots: .venv/.tests .chromium
	@$(PYTEST) $(LOOKS)/test_every_page.py $(LOOKS)/test_every_answer.py -n 2 --pictures $(PICTURES) $(ARGS)
	@$(SAY_WITHOUT_BROWSER)
	@echo "The pictures are in $(PICTURES)"

lint: .venv/.tests
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check -q .
	@$(BIN)/mypy

bench: .venv/.tests
	@$(BIN)/python -m benchmarks $(ARGS)

# An hour of load, with a table at its end; MINUTES=5 tries it, ON=sqlite takes the other kind of database. Then
# 2,000 histories of 50 steps, other ones each time.
MINUTES ?= 60
ON ?= postgres
soak: .venv/.tests
	@$(BIN)/python -m tests.soak --minutes $(MINUTES) --on $(ON) $(ARGS)
	@HYPOTHESIS_PROFILE=soak $(PYTEST) tests/faults/test_any_history.py $(SIDE_BY_SIDE)

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

# Peers whose pins clash with ours: a platform that launches us, and a record store that we read.
.cache/open-edx/ready: tests/integration/launches/open-edx-requirements.txt | .venv/.tests
.cache/ralph/ready: tests/integration/xapi/ralph-requirements.txt | .venv/.tests
$(PEERS):
	@echo "Setting up $(patsubst .cache/%/ready,%,$@) for the tests (once)"
	@$(BIN)/python -m tests.own_environment $(patsubst .cache/%/ready,%,$@) $<
	@touch $@

clean:
	rm -rf .venv .cache build dist *.egg-info
