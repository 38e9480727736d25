# Two commands do everything: `make run` and `make test`. The parts of `make test` can be run one by one.

CARGO_TARGET_DIR ?= $(CURDIR)/target
export CARGO_TARGET_DIR
PROGRAM := $(CARGO_TARGET_DIR)/release/stedi-workbench
CACHE := $(if $(XDG_CACHE_HOME),$(XDG_CACHE_HOME),$(HOME)/.cache)/stedi-workbench
VENV := $(CACHE)/venv
PYTHON := $(VENV)/bin/python
# Spark is large and only measured against, so it is not among what the checks need.
VENV_BENCH := $(CACHE)/venv-bench
VENV_SPARK_4 := $(CACHE)/venv-spark-4.3
VENV_SPARK_3 := $(CACHE)/venv-spark-3.5
# What looks over the dependencies, for check-supply alone.
TOOLS := $(CACHE)/tools
# A server that speaks like S3, for test-s3 alone.
VENV_S3 := $(CACHE)/venv-s3

.DEFAULT_GOAL := help
.PHONY: help run build test setup-run setup-test setup-bench setup-lakehouse test-lakehouse setup-connect build-connect test-connect setup-s3 test-s3 check-format check-lints check-tests check-tables check-exports check-speed check-instructions check-network check-soak setup-supply check-supply check-reproducible sbom dist try-dist check-elsewhere check-window check-reader check-faults check-fuzz fuzz keep-fuzz sample screenshots bench scaling clean

help: ## Say what can be made
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 20

run: setup-run build ## Set up what is missing, build, and open the workbench on the sample data
	@if [ -n "$$DISPLAY$$WAYLAND_DISPLAY" ]; then \
		$(PROGRAM) sample_data; \
	else \
		echo "There is no display here (neither DISPLAY nor WAYLAND_DISPLAY is set), so the window cannot open."; \
		echo "The command line does the same work without one:"; \
		echo "    $(PROGRAM) count sample_data"; \
		$(PROGRAM) count sample_data; \
	fi

build: ## Build the program
	cargo build --release --locked

test: setup-test check-format check-lints build check-tests check-fuzz check-tables check-exports check-window check-reader check-faults check-network check-soak check-supply check-reproducible check-speed check-instructions test-s3 test-lakehouse ## Set up what is missing, and run every check
	@echo "All checks passed."

setup-run:
	@tests/checks/setup.sh run

setup-test:
	@tests/checks/setup.sh test
	@test -x $(PYTHON) || python3 -m venv $(VENV)
	@$(PYTHON) -m pip install --quiet --disable-pip-version-check --requirement tests/checks/requirements.txt

setup-bench: setup-test
	@test -x $(VENV_BENCH)/bin/python || python3 -m venv $(VENV_BENCH)
	@$(VENV_BENCH)/bin/python -m pip install --quiet --disable-pip-version-check --requirement benches/requirements.txt || \
		echo "PySpark cannot be installed, so it is not measured."

check-format: ## The code is formatted
	cargo fmt --all --check

check-lints: ## The code passes the lints
	cargo clippy --release --locked --all-targets -- --deny warnings

check-tests: ## The tests of the code, and that nobody is named in what they say and leave behind
	$(PYTHON) tests/checks/said.py cargo test --release --locked -- --show-output

check-fuzz: ## Bytes of others, made up by the fuzz targets, neither stop a reader nor get past one
	python3 fuzz/run.py check

fuzz: setup-test ## Fuzz every reader for long: FUZZ_RUNS inputs (10 million) or FUZZ_SECONDS each, FUZZ_TARGETS or all
	python3 fuzz/run.py long

keep-fuzz: ## Keep what a long run found that reaches something new
	python3 fuzz/run.py keep

check-tables: build ## Every written table equals what DuckDB makes of the same files, row for row
	$(PYTHON) tests/checks/tables.py $(PROGRAM)

check-window: build ## The real window starts on a display, shows the counts and closes
	tests/checks/window.sh $(PROGRAM)

check-reader: build ## A screen reader finds its way through the real window, to an export
	tests/checks/reader.sh $(PROGRAM)

check-network: build ## Every command and the window work without a network, and none reaches for one
	$(PYTHON) tests/checks/alone.py $(PROGRAM)

check-soak: ## What a user does in an hour, at random: what holds always holds, and memory stays as it is
	cargo test --release --locked --test it -- --ignored --exact --nocapture soak::an_hour_of_use_leaves_memory_as_it_was

setup-supply:
	@tests/checks/supply.sh setup $(TOOLS)

check-supply: setup-supply ## The dependencies have licences that let them be used, come from the registry alone, and have no known hole that is reachable
	tests/checks/supply.sh check $(TOOLS)

dist: build-connect ## Pack the program, with Spark Connect: an archive and a Debian package, in dist/
	@tests/checks/supply.sh pack $(TOOLS)
	packaging/dist.sh $(PROGRAM) $(TOOLS) $(CURDIR)/dist

try-dist: ## Install what was packed on a clean Debian and use it; as root, with debootstrap
	packaging/try.sh $(CURDIR)/dist

sbom: setup-supply ## Write what the program is made of as a CycloneDX file
	tests/checks/supply.sh sbom $(TOOLS) $(CARGO_TARGET_DIR)/stedi-workbench.cdx.json

check-reproducible: build ## Built again, the program is the same to the byte
	tests/checks/reproducible.sh $(PROGRAM)

check-faults: build ## Runs that are killed, full disks, little memory, two at once, a display that goes: nothing is lost
	$(PYTHON) tests/checks/faults.py $(PROGRAM)

check-exports: build ## Every export loads with the usual tools as its data card says, and says of nobody who they are
	$(PYTHON) tests/checks/exports.py $(PROGRAM)

check-speed: build ## The whole job is fast enough, also against DuckDB
	$(PYTHON) benches/against_duckdb.py $(PROGRAM) --check

check-instructions: ## No core path takes more instructions than it did
	$(PYTHON) tests/checks/instructions.py

setup-lakehouse: setup-test
	@test -x $(VENV_SPARK_4)/bin/python || python3 -m venv $(VENV_SPARK_4)
	@test -x $(VENV_SPARK_3)/bin/python || python3 -m venv $(VENV_SPARK_3)
	@$(VENV_SPARK_4)/bin/python -m pip install --quiet --disable-pip-version-check --requirement tests/checks/lakehouse-4.3.txt
	@$(VENV_SPARK_3)/bin/python -m pip install --quiet --disable-pip-version-check --requirement tests/checks/lakehouse-3.5.txt

test-lakehouse: setup-lakehouse build ## Spark makes the tables of the kit as the program does, refuses what it would swallow, and can be killed
	$(VENV_SPARK_4)/bin/python tests/checks/lakehouse.py $(PROGRAM) $(VENV_SPARK_4)/bin/python $(VENV_SPARK_3)/bin/python

setup-s3: setup-test
	@test -x $(VENV_S3)/bin/python || python3 -m venv $(VENV_S3)
	@$(VENV_S3)/bin/python -m pip install --quiet --disable-pip-version-check --requirement tests/checks/requirements-s3.txt

test-s3: setup-s3 build ## Landing files are read from S3 and tables written there as of a folder, whatever goes wrong on the way
	$(VENV_S3)/bin/python tests/checks/s3.py $(PROGRAM)

setup-connect:
	@tests/checks/setup.sh connect

build-connect: setup-connect ## Build the program with Spark Connect; the next `make build` takes its place
	cargo build --release --locked --features spark

test-connect: setup-lakehouse build-connect ## A Spark server makes the tables over Spark Connect as the program does, and refuses what it would swallow
	cargo clippy --release --locked --all-targets --features spark -- --deny warnings
	$(VENV_SPARK_4)/bin/python tests/checks/connect.py $(PROGRAM) $(VENV_SPARK_4)/bin/python

bench: setup-bench build ## Measure all that the README says of speed and memory, against DuckDB, Polars, pandas and PySpark
	$(PYTHON) benches/bench.py $(PROGRAM) --spark $(VENV_BENCH)/bin/python

scaling: setup-test build ## Measure the whole job up to 1000 times the real size, and draw it; takes 16 GB of disk meanwhile
	$(PYTHON) benches/scaling.py $(PROGRAM)

sample: build ## Write the sample data again
	rm -rf sample_data
	$(PROGRAM) generate --sample --out sample_data

check-elsewhere: ## The program compiles for Windows and macOS; it needs a network, and builds the dependencies for each
	tests/checks/elsewhere.sh $(CACHE)

screenshots: setup-test build ## Take the pictures of the docs again
	tests/checks/window.sh $(PROGRAM) --screenshots docs/pictures

clean: ## Remove what was built
	cargo clean
