#!/usr/bin/env bash
# The real window as a screen reader has it: over the accessibility bus of a desktop session of its own, on a display of its own.
# Usage: reader.sh PROGRAM
set -euo pipefail
here=$(realpath "$(dirname "$0")")
program=$(realpath "$1")
home=$(mktemp -d)
server=
clean_up() {
	[ -z "$server" ] || kill "$server" 2>/dev/null || true
	rm -rf "$home"
}
trap clean_up EXIT

fail() {
	echo "FAILED: $1" >&2
	exit 1
}
. "$here/display.sh"
unset DBUS_SESSION_BUS_ADDRESS AT_SPI_BUS_ADDRESS
# The library that speaks to the bus belongs to the system's Python.
timeout 300 dbus-run-session -- /usr/bin/python3 -B "$here/reader.py" "$program" "$here/../../sample_data" 2>"$home/log" || {
	cat "$home/log" >&2
	exit 1
}
