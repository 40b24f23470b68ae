# Every target sets up what it needs in a virtual environment of its own; nothing is installed outside this folder.
PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin

.PHONY: demo test bench rules clean

demo: $(VENV)/demo.done
	@$(BIN)/snaplint demo

test: $(VENV)/dev.done
	$(BIN)/python scripts/compile_rules.py --check || { echo "rules/ has changed: run make rules"; exit 1; }
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/pytest --numprocesses 2 --dist loadfile

bench: $(VENV)/dev.done
	$(BIN)/python -m bench.run

rules: $(VENV)/dev.done
	$(BIN)/python scripts/compile_rules.py

clean:
	rm -rf $(VENV) .bench dist build

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/demo.done: $(BIN)/python pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable ".[demo]"
	@$(BIN)/python -m compileall -q src
	@touch $@

# pip reads [dependency-groups] from 25.1 on
$(VENV)/dev.done: $(VENV)/demo.done
	$(BIN)/python -m pip install --quiet --disable-pip-version-check "pip>=25.1"
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --group dev
	@touch $@
