#!/usr/bin/env bash
# Compiles our own crates so that libFuzzer sees which way an input took, with checks of overflow and assertions. Dependencies are
# compiled as ever, so that they are built once for everything. There is no AddressSanitizer: our code has no `unsafe`, and
# fuzz/src/lib.rs watches over the memory.
#
# Usage: RUSTC_WORKSPACE_WRAPPER=fuzz/rustc.sh cargo build --release --locked -p stedi-workbench-fuzz
set -euo pipefail
case " $* " in
*" --crate-name stedi_workbench"* | *" --crate-name fuzz_"*)
	exec "$@" --cfg fuzzing -Cstrip=none -Copt-level=2 -Cdebug-assertions -Coverflow-checks -Cpasses=sancov-module \
		-Cllvm-args=-sanitizer-coverage-level=4 -Cllvm-args=-sanitizer-coverage-inline-8bit-counters \
		-Cllvm-args=-sanitizer-coverage-pc-table -Cllvm-args=-sanitizer-coverage-trace-compares
	;;
*) exec "$@" ;;
esac
