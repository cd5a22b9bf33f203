# make run          install what is missing, start the app and print its address
# make test         install what the tests need, then run every check and the tests
# make test-long    the same with the tests that take long: all checkpoints in full, 100 kills
# make lint         the checks alone: ruff, mypy, who imports whom
# make screenshots  take the pictures of the pages again
# make clean        remove what this file made (what people made, in var/, stays)
#
# PYTHON=python3.12 chooses the interpreter, PORT=8600 the port of the app. TORCH=cpu installs PyTorch
# without CUDA, which takes 5.9 GB less on Linux.

VENV := .venv
BIN := $(VENV)/bin
INSTALL := $(BIN)/python -m pip install --disable-pip-version-check --no-input
TORCH_INDEX := $(if $(filter cpu,$(TORCH)),--extra-index-url https://download.pytorch.org/whl/cpu)
CAN_RUN := $(VENV)/.can-run
CAN_TEST := $(VENV)/.can-test

.PHONY: run test test-long lint screenshots clean

run: $(CAN_RUN)
	@$(BIN)/python -m scripts.frontend || echo "The app decodes on the server instead."
	@$(BIN)/python app.py

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

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache test-results
	rm -rf frontend/node_modules frontend/build frontend/build.partial frontend/.node frontend/.building

$(BIN)/python:
	@python=$$(sh scripts/find_python.sh "$(PYTHON)") && "$$python" -m venv --clear $(VENV)

$(CAN_RUN): requirements.txt $(BIN)/python
	@echo "Installing the packages. The first time this takes some minutes."
	@$(INSTALL) $(TORCH_INDEX) -r requirements.txt
	@touch $@

$(CAN_TEST): requirements-dev.txt requirements-s3.txt requirements-postgresql.txt $(CAN_RUN)
	@$(INSTALL) -r requirements-dev.txt
	@touch $@
