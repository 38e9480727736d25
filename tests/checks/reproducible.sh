#!/usr/bin/env bash
# Builds our own code once more and compares the program. Usage: reproducible.sh PROGRAM
set -euo pipefail
cd "$(dirname "$0")/../.."
first=$(sha256sum "$1" | cut -d' ' -f1)
touch src/lib.rs src/main.rs
cargo build --release --locked
second=$(sha256sum "$1" | cut -d' ' -f1)
if [ "$first" != "$second" ]; then
	echo "FAILED: built twice from the same sources, the program is $first and then $second" >&2
	exit 1
fi
echo "Built twice, the program is the same to the byte: $first"
