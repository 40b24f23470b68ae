# Each target creates the virtual environment that it needs. Nothing is installed outside this folder.
PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
SUITE := pytest --numprocesses 2 --dist loadfile

# locks/ lists every file that may be installed, with its hash. Only wheels are installed, because building a package would
# fetch build tools that no lock lists. This project itself is built with tools from the lock.
PIP := -m pip --quiet --disable-pip-version-check
LOCKED := $(PIP) install --only-binary :all: --require-hashes
ITSELF := $(PIP) install --no-deps --no-build-isolation --editable .
COMPILE = $(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes \
	--only-binary :all: --annotation-style line --custom-compile-command "make lock"

.PHONY: demo fuzz test test-latest test-newest test-oldest oracle wrong-answers lock bench rules clean

demo: $(VENV)/demo.done
	@$(BIN)/snaplint demo

test: $(VENV)/dev.done $(VENV)/libyaml.done $(VENV)/ministack.done
	$(BIN)/python scripts/compile_rules.py --check || { echo "rules/ has changed: run make rules"; exit 1; }
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/$(SUITE)

# Ignores the locks: resolves what pyproject.toml allows, anew each time
test-latest: test-newest test-oldest

test-newest: NEWEST := $(VENV)-newest
test-newest: $(VENV)/dev.done
	rm -rf $(NEWEST)
	$(PYTHON) -m venv $(NEWEST)
	$(BIN)/uv pip install --quiet --python $(NEWEST) --upgrade --group dev --editable ".[demo,progress]" pip
	$(call libyaml,$(NEWEST))
	$(call ministack,$(NEWEST))
	$(NEWEST)/bin/$(SUITE)
	$(NEWEST)/bin/ruff check .
	$(NEWEST)/bin/mypy

# The lowest version of each package that pyproject.toml names and a test uses. Their own dependencies are the newest that
# they allow. ruff, mypy and the stubs are not used.
test-oldest: OLDEST := $(VENV)-oldest
test-oldest: $(VENV)/dev.done
	rm -rf $(OLDEST)
	$(PYTHON) -m venv $(OLDEST)
	$(BIN)/uv pip install --quiet --python $(OLDEST) --resolution lowest-direct --group test --requirement pyproject.toml --all-extras
	$(OLDEST)/bin/python $(ITSELF)
	$(call libyaml,$(OLDEST))
	$(call ministack,$(OLDEST))
	$(OLDEST)/bin/$(SUITE)

# Many more rounds of the comparison with a server that enforces policies: make oracle N=5000
N ?= 1000
oracle: $(VENV)/dev.done $(VENV)/ministack.done
	ORACLE_ROUNDS=$(N) $(BIN)/pytest --hypothesis-profile=random tests/oracle

# Many inputs of the fuzzer, in two processes; findings are kept in .fuzz/. SEED repeats: make fuzz N=1 SEED=4711
SEED ?= 0
fuzz: $(VENV)/dev.done
	PYTHONPATH=src $(BIN)/python -m tests.fuzz.run $(N) $(SEED)

# Every read with every wrong answer
wrong-answers: $(VENV)/dev.done
	SNAPLINT_WRONG_ANSWERS=1 $(BIN)/pytest --numprocesses 2 tests/collect/test_wrong_answers.py

lock: $(VENV)/dev.done
	$(COMPILE) --group dev --all-extras pyproject.toml --output-file locks/dev.txt
	$(COMPILE) --group build --extra demo --constraints locks/dev.txt pyproject.toml --output-file locks/demo.txt
	echo "ministack>=1.5.33" | $(COMPILE) - --output-file locks/ministack.txt
	echo "pyyaml==6.0.3" | $(COMPILE) - --output-file locks/libyaml-0.2.5.txt
	echo "pyyaml==6.0.4" | $(COMPILE) - --output-file locks/libyaml-0.2.6.txt

bench: $(VENV)/dev.done
	$(BIN)/python -m bench.run

rules: $(VENV)/dev.done
	$(BIN)/python scripts/compile_rules.py

clean:
	rm -rf $(VENV) $(VENV)-newest $(VENV)-oldest .bench .fuzz dist build

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/demo.done: $(BIN)/python locks/demo.txt pyproject.toml
	$(BIN)/python $(LOCKED) --requirement locks/demo.txt
	$(BIN)/python $(ITSELF)
	@$(BIN)/python -m compileall -q src
	@touch $@

$(VENV)/dev.done: $(VENV)/demo.done locks/dev.txt
	$(BIN)/python $(LOCKED) --requirement locks/dev.txt
	@touch $@

# libyaml has changed which texts it accepts, and each PyYAML contains one libyaml: the tests read with both versions
$(VENV)/libyaml.done: $(BIN)/python locks/libyaml-0.2.5.txt locks/libyaml-0.2.6.txt
	$(call libyaml,$(VENV))
	@touch $@

define libyaml
rm -rf $(1)/libyaml
$(1)/bin/python $(LOCKED) --no-deps --target $(1)/libyaml/0.2.5 --requirement locks/libyaml-0.2.5.txt
$(1)/bin/python $(LOCKED) --no-deps --target $(1)/libyaml/0.2.6 --requirement locks/libyaml-0.2.6.txt
endef

# the server that tests/oracle compares the policy engine with. It pins its own botocore, so it has a folder of its own
$(VENV)/ministack.done: $(BIN)/python locks/ministack.txt
	$(call ministack,$(VENV))
	@touch $@

define ministack
rm -rf $(1)/ministack
$(1)/bin/python $(LOCKED) --no-deps --target $(1)/ministack --requirement locks/ministack.txt
endef
