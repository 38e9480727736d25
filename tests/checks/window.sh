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

. "$repository/tests/checks/display.sh"

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

# A window with these colours that starts where a first start does, and the tour declined.
open_dressed() {
	mkdir -p "$XDG_CONFIG_HOME/stedi-workbench"
	rm -rf "$XDG_STATE_HOME/stedi-workbench/session"
	echo "{\"theme\": \"$1\", \"toured\": true}" >"$XDG_CONFIG_HOME/stedi-workbench/settings.json"
	open_window
	xdotool windowfocus "$window" 2>/dev/null || true
	xdotool mousemove 1900 1070
	sleep 1
}

# A picture of few colours: the window has no others.
small_picture() {
	picture "$home/large.png"
	convert "$home/large.png" -strip -colors 200 -define png:compression-level=9 "$1"
}

if [ -n "$pictures" ]; then
	for theme in dark light; do
		open_dressed $theme
		for size in '900 600' '1280 800' '1900 1000'; do
			# shellcheck disable=SC2086 # Width and height.
			xdotool windowsize --sync "$window" $size
			for page in 'tables ctrl+6 ctrl+Page_Down ctrl+Page_Up' 'consent ctrl+1' 'signals ctrl+2' 'review ctrl+3' 'export ctrl+4' 'files ctrl+6' 'sql ctrl+5 Escape'; do
				# shellcheck disable=SC2086 # Its name and its keys.
				set -- $page
				xdotool key --window "$window" "${@:2}"
				sleep 1
				small_picture "$pictures/$1-$theme-${size% *}.png"
			done
		done
		xdotool windowsize --sync "$window" 1280 800
		for page in 'guide F1 F1' 'commands ctrl+k Escape'; do
			# shellcheck disable=SC2086 # Its name, what opens it and what closes it.
			set -- $page
			xdotool key --window "$window" "$2"
			sleep 1
			small_picture "$pictures/$1-$theme-1280.png"
			xdotool key --window "$window" "$3"
			sleep 0.5
		done
		close_window
	done
	echo "The pictures are in $pictures."
fi
