#!/usr/bin/env bash
# Installs the packages on a clean Debian and uses them: as root, with a network. Usage: try.sh OUT
set -euo pipefail
out=$(realpath "$1")
repository=$(cd "$(dirname "$0")/.." && pwd)
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
codename=$(. /etc/os-release && echo "$VERSION_CODENAME")
debootstrap --variant=minbase "$codename" "$root" http://deb.debian.org/debian >"$root.log" 2>&1 || { tail "$root.log"; exit 1; }
cp "$out"/*.deb "$out"/*.tar.gz "$root/tmp"
cp -r "$repository/sample_data" "$root/tmp"
inside() { chroot "$root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 "$@"; }
inside sh -ec '
	apt-get update -qq
	DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends /tmp/*.deb desktop-file-utils xvfb xdotool >/tmp/apt.log 2>&1 || { tail -n30 /tmp/apt.log; exit 1; }
	stedi-workbench --version
	desktop-file-validate /usr/share/applications/stedi-workbench.desktop
	test -f /usr/share/icons/hicolor/scalable/apps/stedi-workbench.svg
	stedi-workbench doctor | grep -v "^fails  *display" | grep "^fails" && exit 1
	stedi-workbench count /tmp/sample_data >/tmp/counts
	grep machine_learning_curated /tmp/counts
	mkdir /tmp/unpacked && tar -xzf /tmp/*.tar.gz -C /tmp/unpacked
	/tmp/unpacked/*/bin/stedi-workbench count /tmp/sample_data | cmp - /tmp/counts
	test -f /usr/share/man/man1/stedi-workbench-export.1.gz
	mkdir -m700 /run/user-0
	export XDG_RUNTIME_DIR=/run/user-0 LIBGL_ALWAYS_SOFTWARE=1 DISPLAY=:7
	Xvfb :7 -screen 0 1280x800x24 -nolisten tcp 2>/dev/null & server=$!
	sleep 2
	stedi-workbench /tmp/sample_data & window=$!
	for try in $(seq 100); do
		found=$(xdotool search --name "^sample_data .*STEDI workbench" 2>/dev/null | head -n1) && [ -n "$found" ] && break
		sleep 0.2
	done
	[ -n "$found" ] || { echo "FAILED: no window"; exit 1; }
	kill $window $server
	apt-get purge -y -qq stedi-workbench >/dev/null
	test ! -e /usr/bin/stedi-workbench
'
echo "Installed on a clean $codename, used, and removed."
