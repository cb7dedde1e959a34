.DEFAULT_GOAL := help
.PHONY: help setup demo test lint soak bench sandbox lock clean

BIN := .venv/bin
JOBS ?= 2
TO ?= pipedrive

help: ## List what make can do
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "%-8s %s\n", $$1, $$2 }' Makefile

setup: ## Install everything into .venv and Meltano's plugin environments
	@scripts/setup

demo: setup ## Migrate a sandbox account twice, beginning to end; TO=salesforce for another CRM
	@$(BIN)/python scripts/demo --to $(TO)

test: setup ## Lint, types and every test but the long ones
	@scripts/postgresql >/dev/null
	@scripts/chromium >/dev/null
	@$(MAKE) --no-print-directory lint
	clients=$$(scripts/npm-clients) && \
	PIPEDRIVE_CLIENT=$$clients SALESFORCE_CLIENT=$$clients $(BIN)/pytest -n $(JOBS) --dist worksteal -m "not soak and not benchmark"

lint: setup ## Style, format and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

soak: setup ## Long runs under faults
	@scripts/postgresql >/dev/null
	$(BIN)/pytest -m soak

bench: setup ## Figures: records per second, calls, memory
	$(BIN)/pytest -m benchmark -s

sandbox: setup ## Serve the sandbox at http://127.0.0.1:8710 until interrupted
	$(BIN)/python -m tests.sandbox

lock: setup ## Move every pin in constraints.txt to the newest release that fits
	@scripts/lock --upgrade

clean: ## Remove what setup and the tools made; journals and state stay
	rm -rf .venv .meltano/extractors .meltano/loaders .meltano/utilities .meltano/run
	rm -rf .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
