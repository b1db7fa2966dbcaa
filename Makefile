# Each target sets up what it needs by itself; `make help` lists them.

# The tests want a real X server. They get one of their own where there is none, and always in CI.
SCREEN = xvfb-run -a -s "-screen 0 1920x1200x24"
ifneq ($(DISPLAY),)
ifeq ($(CI),)
SCREEN =
endif
endif

# Tests wait more than they work: two at a time, a file of them always in one process, and in their
# order, so that no long file begins last. A process that dies ends the run, with the test's name.
WORKERS = -n 2 --dist loadfile --no-loadscope-reorder --max-worker-restart 0

.DEFAULT_GOAL := help
.PHONY: help run test check bench soak screenshots openapi constraints clean

help: ## Say what there is
	@sed -n 's/^\([a-z]*\):.*## /  make \1\t/p' Makefile | expand -t 20

run: ## Open the demo bench, or another: make run ARGS="my-bench.toml"
	@tools/bootstrap run
	@exec .venv/bin/labwright $(ARGS)

test: ## Run the tests; some of them: make test ARGS="tests/things -k blob"
	@tools/bootstrap test
	@tools/foreign-clients
	@$(SCREEN) .venv/bin/python -m pytest $(WORKERS) $(ARGS)

check: ## Look at style, types and import contracts
	@tools/bootstrap check
	.venv/bin/ruff check
	.venv/bin/ruff format --check
	.venv/bin/mypy
	.venv/bin/lint-imports

bench: ## Measure speed, side by side with others
	@tools/bootstrap bench
	@$(SCREEN) .venv/bin/python benchmarks/run.py $(ARGS)

soak: ## Run the long tests
	@tools/bootstrap soak
	@$(SCREEN) .venv/bin/python -m pytest -m soak --timeout 3600 $(ARGS)

screenshots: ## Take the pictures of README and docs anew
	@tools/bootstrap screenshots
	@xvfb-run -a -s "-screen 0 3840x2160x24" .venv/bin/python tools/screenshots.py $(ARGS)

openapi: ## Write docs/openapi.json anew
	@tools/bootstrap check
	@.venv/bin/python tools/openapi.py

constraints: ## Renew constraints.txt with the newest versions pyproject.toml admits
	@tools/renew-constraints

clean: ## Remove what was built and cached; the environment in .venv stays
	@rm -rf build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	@find . -path ./.venv -prune -o -name __pycache__ -prune -exec rm -rf {} +
