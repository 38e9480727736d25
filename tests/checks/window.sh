#!/usr/bin/env bash
# Starts the real window on a display of its own, waits until it shows the sample's counts, and closes it.
# Usage: window.sh PROGRAM [--screenshots FOLDER]
set -euo pipefail
program=$(realpath "$1")
repository=$(cd "$(dirname "$0")/../.." && pwd)
pictures=
if [ "${2:-}" = --screenshots ]; then
	mkdir -p "$3"
	pictures=$(realpath "$3")
fi

home=$(mktemp -d)
server=
window_process=
clean_up() {
	[ -z "$window_process" ] || kill "$window_process" 2>/dev/null || true
	[ -z "$server" ] || kill "$server" 2>/dev/null || true
	rm -rf "$home"
}
trap clean_up EXIT
fail() {
	echo "FAILED: $1" >&2
	[ -f "$home/log" ] && cat "$home/log" >&2
	exit 1
}

# The server picks a free display and says which.
exec 3>"$home/display"
Xvfb -displayfd 3 -screen 0 1920x1080x24 -nolisten tcp 2>"$home/server.log" &
server=$!
for _ in $(seq 300); do
	[ -s "$home/display" ] && break
	sleep 0.05
done
[ -s "$home/display" ] || fail "no display: $(cat "$home/server.log")"
DISPLAY=:$(cat "$home/display")
export DISPLAY LIBGL_ALWAYS_SOFTWARE=1 HOME="$home" XDG_CONFIG_HOME="$home/config" XDG_CACHE_HOME="$home/cache" XDG_STATE_HOME="$home/state" XDG_DATA_HOME="$home/data" XDG_RUNTIME_DIR="$home"
unset WAYLAND_DISPLAY
chmod 700 "$home"

# Opens the window and waits until its title says that the sample is loaded.
open_window() {
	cd "$repository"
	started=$(date +%s%N)
	"$program" >"$home/log" 2>&1 &
	window_process=$!
	window=
	for _ in $(seq 1200); do
		kill -0 "$window_process" 2>/dev/null || fail "the program ended by itself"
		window=$(xdotool search --name '^sample_data .*STEDI workbench$' 2>/dev/null | head -n1 || true)
		[ -n "$window" ] && break
		sleep 0.05
	done
	[ -n "$window" ] || fail "no window with the sample after a minute"
	echo "The window shows the sample after $((($(date +%s%N) - started) / 1000000)) ms."
}

# Takes pictures until two are the same and not of one colour.
picture() {
	local before=none now
	for _ in $(seq 100); do
		import -window "$window" "$home/now.png"
		now=$(identify -format '%# %k' "$home/now.png")
		if [ "$now" = "$before" ] && [ "${now##* }" -gt 50 ]; then
			cp "$home/now.png" "$1"
			return
		fi
		before=$now
		sleep 0.2
	done
	fail "the window does not come to rest, or shows nothing"
}

close_window() {
	xdotool key --window "$window" ctrl+q
	for _ in $(seq 200); do
		kill -0 "$window_process" 2>/dev/null || break
		sleep 0.05
	done
	kill -0 "$window_process" 2>/dev/null && fail "the window does not close on Ctrl+Q"
	wait "$window_process" || fail "the program ended with code $?"
	window_process=
	grep -qi panic "$home/log" && fail "the program panicked"
	return 0
}

open_window
xdotool windowfocus "$window" 2>/dev/null || true
picture "$home/first.png"
close_window
echo "The window opened, painted, and closed cleanly."

if [ -n "$pictures" ]; then
	for picture in tables-dark review-light export-light; do
		mkdir -p "$XDG_CONFIG_HOME/stedi-workbench"
		# Each starts where a first start does.
		rm -rf "$XDG_STATE_HOME/stedi-workbench/session"
		echo "{\"theme\": \"${picture#*-}\"}" >"$XDG_CONFIG_HOME/stedi-workbench/settings.json"
		open_window
		xdotool windowfocus "$window" 2>/dev/null || true
		xdotool mousemove 640 790
		case "${picture%-*}" in
		tables)
			# From the first table to the last one.
			xdotool key --window "$window" ctrl+Page_Up
			;;
		review)
			# The warning at the end of the figures.
			xdotool mousemove --window "$window" 1150 94 click 1 mousemove 640 790
			;;
		export)
			# The page in the list on the left, and the join on time stamp and owner.
			xdotool mousemove --window "$window" 56 280 click 1
			sleep 1
			xdotool mousemove --window "$window" 838 155 click 1 mousemove 640 790
			;;
		esac
		sleep 2
		picture "$pictures/$picture.png"
		close_window
	done
	echo "The pictures are in $pictures."
fi
