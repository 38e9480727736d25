#!/usr/bin/env bash
# The real window as a screen reader has it: over the accessibility bus of a desktop session of its own, on a display of its own.
# Usage: reader.sh PROGRAM
set -euo pipefail
here=$(realpath "$(dirname "$0")")
program=$(realpath "$1")
home=$(mktemp -d)
chmod 700 "$home"
server=
clean_up() {
	[ -z "$server" ] || kill "$server" 2>/dev/null || true
	rm -rf "$home"
}
trap clean_up EXIT

exec 3>"$home/display"
Xvfb -displayfd 3 -noreset -screen 0 1920x1080x24 -nolisten tcp 2>"$home/server.log" &
server=$!
for _ in $(seq 300); do
	[ -s "$home/display" ] && break
	sleep 0.05
done
DISPLAY=:$(cat "$home/display")
export DISPLAY LIBGL_ALWAYS_SOFTWARE=1 HOME="$home" XDG_CONFIG_HOME="$home/config" XDG_CACHE_HOME="$home/cache" XDG_STATE_HOME="$home/state" XDG_DATA_HOME="$home/data" XDG_RUNTIME_DIR="$home"
unset WAYLAND_DISPLAY DBUS_SESSION_BUS_ADDRESS AT_SPI_BUS_ADDRESS
# The library that speaks to the bus belongs to the system's Python.
timeout 300 dbus-run-session -- /usr/bin/python3 -B "$here/reader.py" "$program" "$here/../../sample_data" 2>"$home/log" || {
	cat "$home/log" >&2
	exit 1
}
