# make serve    install what serving needs, build the page, serve it
# make test     the same, and everything that the tests need, and run them all
#
# Needed: Python 3.11 or newer. Node 20.19 or newer is taken from the PATH, else from PyPI. Everything that is installed
# goes into .venv and webapp/node_modules; repeated calls find it there.

PYTHON ?= python3
HOST ?= 127.0.0.1
PORT ?= 8000

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check install --quiet
# Every file that is installed is the one whose SHA-256 is written down; `make lock` writes them down anew.
LOCKED := $(PIP) --no-deps --require-hashes --requirement
# A Node that was installed into .venv comes first; where there is none, the one on the PATH serves.
NPM := PATH="$(CURDIR)/$(BIN):$$PATH" npm --prefix webapp
# The build of torch without CUDA, which is ten times smaller. Tried first; where this index cannot be reached, PyPI's serves.
TORCH_INDEX ?= https://download.pytorch.org/whl/cpu
TORCH := $(shell sed -n 's/^ *"\(torch==[^"]*\)".*/\1/p' pyproject.toml)

PAGE_SOURCES := $(shell find webapp -type f -not -path '*/node_modules/*' -not -path '*/dist/*' -not -path '*/dist-test/*' \
	-not -path '*/tests/*')

.PHONY: serve build lint units test test-long models bench soak kills audit lock data-named clean distclean
.DELETE_ON_ERROR:

serve: $(VENV)/.core webapp/dist/index.html
	@$(BIN)/mien-serve --host $(HOST) --port $(PORT) $(if $(HTTPS),--https)

build: webapp/dist/index.html

lint: $(VENV)/.dev webapp/node_modules/.package-lock.json
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(NPM) run --silent typecheck
	$(NPM) run --silent lint

units: build webapp/dist-test/parity.js
	$(NPM) run --silent test

# Lint and units side by side; what one prints is kept together.
test: $(VENV)/.dev webapp/node_modules/.package-lock.json
	@$(MAKE) --no-print-directory --jobs=2 $(if $(filter output-sync,$(.FEATURES)),--output-sync=target) lint units
	@chromium=$$($(BIN)/python -m tests.chromium) && echo "Chromium: $$chromium" && \
		MIEN_CHROMIUM="$$chromium" $(BIN)/python -m pytest -n auto --maxprocesses 4 --dist worksteal

# Whole trainings on made data: on two devices, in mixed precision, and all the way to the report, killed in between.
test-long: $(VENV)/.dev build
	@chromium=$$($(BIN)/python -m tests.chromium) && MIEN_CHROMIUM="$$chromium" $(BIN)/python -m pytest -m long

# Hours of work: trains the four networks, measures them, converts them, measures what ships, and writes
# runs/report.html. The same command goes on where it was stopped, and does nothing again that is done.
models: data-named $(VENV)/.dev build
	@chromium=$$($(BIN)/python -m tests.chromium) && MIEN_CHROMIUM="$$chromium" $(BIN)/python -m training.cli.models --data "$(DATA)"

# Mien beside its peers; writes benchmarks/latest.json. The machine should have nothing else to do.
bench: $(VENV)/.dev build benchmarks/node_modules/.package-lock.json
	@chromium=$$($(BIN)/python -m tests.chromium) && MIEN_CHROMIUM="$$chromium" $(BIN)/python -m benchmarks.compare

benchmarks/node_modules/.package-lock.json: benchmarks/package.json benchmarks/package-lock.json | $(VENV)/.node
	@PATH="$(CURDIR)/$(BIN):$$PATH" npm --prefix benchmarks ci --no-audit --no-fund --ignore-scripts --loglevel=error
	@touch $@

# Half an hour of two faces and a voice; writes benchmarks/soak.json.
soak: $(VENV)/.dev build
	@chromium=$$($(BIN)/python -m tests.chromium) && MIEN_CHROMIUM="$$chromium" $(BIN)/python -m benchmarks.soak

# Kills training, converting and exporting at random moments, 20 times each.
kills: $(VENV)/.dev build
	@$(BIN)/python -m benchmarks.kills

# Looks every pinned package up among the known vulnerabilities; needs the network.
audit: webapp/node_modules/.package-lock.json
	@$(PYTHON) -m venv $(VENV)/audit
	@$(VENV)/audit/bin/python -m pip --disable-pip-version-check install --quiet pip-audit==2.10.1
	$(VENV)/audit/bin/pip-audit --disable-pip --requirement requirements/serve.txt
	$(VENV)/audit/bin/pip-audit --disable-pip --requirement requirements/dev.txt
	$(NPM) audit --omit=dev

# Writes requirements/*.txt anew: what pyproject.toml and requirements/*.in ask for, each with the SHA-256 of its files.
LOCK = $(VENV)/lock/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
	--custom-compile-command 'make lock'
lock: | $(BIN)/python
	@$(PYTHON) -m venv $(VENV)/lock
	@$(VENV)/lock/bin/python -m pip --disable-pip-version-check install --quiet --requirement requirements/lock.in
	$(LOCK) pyproject.toml requirements/serve.in --output-file requirements/serve.txt
	$(LOCK) pyproject.toml requirements/dev.in --extra dev --constraint requirements/serve.txt \
		--overrides requirements/overrides.txt --output-file requirements/dev.txt
	$(LOCK) requirements/node.in --output-file requirements/node.txt

data-named:
	@test -d "$(DATA)" || { echo 'Say where the datasets are: make models DATA=DIR (README.md says what DIR holds).' >&2; exit 1; }

clean:
	rm -rf webapp/dist webapp/dist-test .pytest_cache .mypy_cache .ruff_cache .hypothesis test-results
	find . -name __pycache__ -not -path './$(VENV)/*' -not -path '*/node_modules/*' -prune -exec rm -rf {} +

distclean: clean
	rm -rf $(VENV) webapp/node_modules

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo '$(PYTHON) is missing or older than Python 3.11. Name another: make $(MAKECMDGOALS) PYTHON=python3.12' >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); \
		echo 'The virtual environment could not be made. On Debian and Ubuntu: apt install python3-venv' >&2; exit 1; }

$(VENV)/.core: pyproject.toml requirements/serve.txt | $(BIN)/python
	@echo 'Installing what serving needs'
	@$(LOCKED) requirements/serve.txt
	@$(PIP) --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.dev: pyproject.toml requirements/dev.txt | $(VENV)/.core
	@echo 'Installing what training, converting and testing need (2 GB, once)'
	@$(PIP) --no-deps --retries 1 --timeout 20 --extra-index-url $(TORCH_INDEX) $(TORCH)
	@$(LOCKED) requirements/dev.txt
	@touch $@

$(VENV)/.node: | $(BIN)/python
	@if command -v npm >/dev/null && node -e \
		'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)' \
		2>/dev/null; then echo "Node $$(node --version) from the PATH"; \
	else echo 'No Node 20.19 or newer on the PATH: installing one from PyPI'; $(LOCKED) requirements/node.txt; fi
	@touch $@

webapp/node_modules/.package-lock.json: webapp/package.json webapp/package-lock.json | $(VENV)/.node
	@echo 'Installing what the page needs'
	@$(NPM) ci --no-audit --no-fund --loglevel=error
	@touch $@

webapp/dist/index.html: webapp/node_modules/.package-lock.json $(PAGE_SOURCES)
	$(NPM) run --silent build
	@touch $@

webapp/dist-test/parity.js: webapp/node_modules/.package-lock.json $(PAGE_SOURCES)
	$(NPM) run --silent build:test
	@touch $@
