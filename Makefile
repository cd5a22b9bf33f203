# make run          install what is missing, start the app and print its address
# make class        the same for a classroom: the network is let in, a teacher's key is made and shown
# make test         install what the tests need, then run every check and the tests
# make test-long    the same with the tests that take long: all checkpoints in full, 100 kills
# make lint         the checks alone: ruff, mypy, who imports whom
# make screenshots  take the pictures of the pages again
# make lock         lock the packages again, each file by its sha256; UPGRADE=--upgrade takes new ones
# make bom          list the components of the app (CycloneDX) in bom/
# make audit        ask for known weaknesses of the packages, which needs the internet
# make bundle       one archive in dist/ that installs without a network: sh install.sh
# make clean        remove what this file made (what people made, in var/, stays)
#
# PYTHON=python3.12 chooses the interpreter, PORT=8600 the port of the app. TORCH=cpu installs PyTorch
# without CUDA, which takes 5.9 GB less on Linux.

VENV := .venv
BIN := $(VENV)/bin
INSTALL := $(BIN)/python -m scripts.packages $(if $(filter cpu,$(TORCH)),--torch cpu)
CAN_RUN := $(VENV)/.can-run
CAN_TEST := $(VENV)/.can-test

COMPILE := $(BIN)/uv pip compile $(UPGRADE) --quiet --universal --python-version 3.11 \
	--generate-hashes --no-annotate --custom-compile-command 'make lock'
AS_TESTED := --constraints requirements-dev.lock

.PHONY: run class test test-long lint screenshots lock bom audit bundle clean

run: $(CAN_RUN)
	@$(BIN)/python -m scripts.frontend || echo "The app decodes on the server instead."
	@$(BIN)/python app.py

class: $(CAN_RUN)
	@$(BIN)/python -m scripts.frontend || echo "The app decodes on the server instead."
	@$(BIN)/python app.py --class

test: $(CAN_TEST)
	$(BIN)/python -m scripts.checks

test-long: $(CAN_TEST)
	$(BIN)/python -m scripts.checks --long

lint: $(CAN_TEST)
	$(BIN)/python -m ruff check .
	$(BIN)/python -m ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/python -m mypy

screenshots: $(CAN_TEST)
	$(BIN)/python -m scripts.frontend
	$(BIN)/python -m scripts.browser
	$(BIN)/python -m scripts.screenshots

# The tests' list holds all of the others.
lock: $(CAN_TEST)
	@$(COMPILE) requirements-dev.txt -o requirements-dev.lock
	@$(COMPILE) requirements-s3.txt requirements-postgresql.txt $(AS_TESTED) -o requirements-server.lock
	@$(COMPILE) requirements.txt $(AS_TESTED) -o requirements.lock
	@$(COMPILE) frontend/node.txt -o frontend/node.lock

bom: $(CAN_TEST)
	@$(BIN)/python -m scripts.components

audit: $(CAN_TEST)
	@$(BIN)/python -m scripts.components --audit

bundle: $(CAN_RUN)
	@$(BIN)/python -m scripts.frontend
	@$(BIN)/python -m scripts.bundle $(if $(filter cpu,$(TORCH)),--torch cpu)

clean:
	rm -rf $(VENV) bom dist .mypy_cache .ruff_cache .pytest_cache test-results
	rm -rf frontend/node_modules frontend/build frontend/build.partial frontend/.node frontend/.building

$(BIN)/python:
	@python=$$(sh scripts/find_python.sh "$(PYTHON)") && "$$python" -m venv --clear $(VENV)

$(CAN_RUN): requirements.lock $(BIN)/python
	@echo "Installing the packages. The first time this takes some minutes."
	@$(INSTALL) requirements.lock
	@touch $@

$(CAN_TEST): requirements-dev.lock $(CAN_RUN)
	@$(INSTALL) requirements-dev.lock
	@touch $@
