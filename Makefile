# Pincite. `make` alone lists the commands. Everything is installed into .venv, nothing elsewhere.

# The Python to build .venv with; where python3 is too old, an installed python3.x is taken.
PYTHON ?= python3
# An installed torch is kept unless this is given; pip options may follow the requirement.
TORCH ?= torch==2.13.0
# The library that the demo fills and the page opens.
LIBRARY ?= .pincite
# Passed on to pytest, the training or benchmarks/quality.py: make test ARGS="tests/unit -k settings"
ARGS ?=
# Processes that share the tests, a file each at a time; each loads the models, some 2 GB.
JOBS ?= 2
# The benchmarks that print the figures of quality in README and docs.
QUALITY ?= quality baseline search evidence reading answers support checked cleaning chunking \
	documents stories labels quotes_exact injections

bin := .venv/bin
setup = @exec env PYTHON='$(PYTHON)' sh scripts/setup.sh --torch '$(TORCH)' \
	$(if $(filter file,$(origin TORCH)),--keep-torch)

.DEFAULT_GOAL := help
.PHONY: help setup demo chat test check format bench bench-quality pictures train-evidence words \
	lock clean clean-library

help:
	@echo 'make demo           set up, read the example articles, answer a question about them'
	@echo 'make chat           open the page on the same library (its address is printed)'
	@echo 'make test           run all tests; make test ARGS="tests/unit" runs some'
	@echo 'make check          run the linter, the type checker and the import rules'
	@echo 'make format         format the code'
	@echo 'make bench          measure speed and quality'
	@echo 'make bench-quality  measure quality only; with QUALITY=quality just the comparison'
	@echo 'make pictures       draw the pictures of docs/pictures.md anew, in a Chromium that is there'
	@echo 'make train-evidence train the evidence model, for hours without a GPU (docs/training.md)'
	@echo 'make words          bring the translations of the page up to date with its sentences'
	@echo 'make lock           pin all packages anew (for maintainers)'
	@echo 'make clean          remove caches and build products'
	@echo 'make clean-library  remove the library in $(LIBRARY)'

setup:
	$(setup)

demo:
	$(setup)
	@LIBRARY='$(LIBRARY)' sh scripts/demo.sh

chat:
	$(setup)
	@$(bin)/pincite serve --library '$(LIBRARY)'

test:
	$(setup) --extra test
	@$(bin)/python -m pytest -n $(JOBS) --dist loadfile $(ARGS)

check:
	$(setup) --extra check
	$(bin)/python -m ruff format --check
	$(bin)/python -m ruff check
	$(bin)/python -m mypy
	$(bin)/python -m mypy --strict scripts/*.py
	MYPYPATH=benchmarks:. $(bin)/python -m mypy --strict benchmarks/*.py
	$(bin)/python $(bin)/lint-imports

format:
	$(setup) --extra check
	$(bin)/python -m ruff format
	$(bin)/python -m ruff check --fix

bench:
	$(setup)
	@status=0; for script in $$(grep -l __main__ benchmarks/*.py); do \
		echo "== $$script"; $(bin)/python "$$script" || status=1; \
	done; exit $$status

bench-quality:
	$(setup)
	@status=0; for script in $(QUALITY); do \
		echo "== benchmarks/$$script.py"; \
		if [ $$script = quality ]; then set -- $(ARGS); else set --; fi; \
		$(bin)/python "benchmarks/$$script.py" "$$@" || status=1; \
	done; exit $$status

pictures:
	$(setup) --extra test
	@$(bin)/python -m pytest tests/browser/test_accessibility_*.py --pictures docs/images/page $(ARGS)

train-evidence:
	$(setup)
	@$(bin)/python -m training.train_evidence $(ARGS)

words:
	$(setup)
	@$(bin)/python scripts/words.py

lock:
	@sh scripts/lock.sh $(ARGS)

clean:
	rm -rf build dist *.egg-info .coverage coverage.xml htmlcov .pytest_cache .mypy_cache \
		.ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -not -path './.venv/*' -prune -exec rm -rf {} +
	@echo 'Kept: .venv (delete it to install anew) and $(LIBRARY) (make clean-library).'

clean-library:
	rm -rf '$(LIBRARY)'
