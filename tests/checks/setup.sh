#!/usr/bin/env bash
# Installs what is missing on a Debian or Ubuntu machine, or says what is. Usage: setup.sh run|test|connect|elsewhere
set -euo pipefail

# A C compiler for zstd; what the window loads when it opens.
packages=(gcc libc6-dev libgl1 libegl1 libgl1-mesa-dri libxkbcommon0 libxkbcommon-x11-0 libx11-6 libx11-xcb1 libxcursor1 libxi6 libxrandr2 libwayland-client0)
if [ "${1:-run}" = test ]; then
	# A display for the window, hands and eyes for it, Python for the checks against DuckDB, what counts instructions and watches
	# calls, and a compiler for libFuzzer.
	packages+=(xvfb xdotool imagemagick x11-utils python3 python3-venv valgrind strace util-linux g++)
	# What a screen reader hears the window with.
	packages+=(dbus at-spi2-core gir1.2-atspi-2.0 python3-gi)
	# Spark runs on Java 17.
	command -v java >/dev/null || packages+=(default-jre-headless)
elif [ "${1:-run}" = connect ]; then
	# What the client of Spark Connect is generated with.
	packages+=(protobuf-compiler libprotobuf-dev)
elif [ "${1:-run}" = elsewhere ]; then
	# A compiler of C for Windows.
	packages+=(gcc-mingw-w64-x86-64 python3 python3-venv)
fi

if ! command -v cargo >/dev/null; then
	echo "Rust is missing. Install it from https://rustup.rs (1.95 or newer), then try again." >&2
	exit 1
fi
needed=1.95.0
found=$(rustc --version | cut -d' ' -f2)
if [ "$(printf '%s\n' "$needed" "$found" | sort -V | head -n1)" != "$needed" ]; then
	echo "Rust $found is too old: $needed or newer is needed. \`rustup update\` brings it." >&2
	exit 1
fi

if ! command -v dpkg-query >/dev/null; then
	echo "This is no Debian or Ubuntu; make sure that these are installed: ${packages[*]}" >&2
	exit 0
fi
installed=$(dpkg-query --show --showformat='${db:Status-Status} ${Package} ${Provides}\n')
missing=()
for package in "${packages[@]}"; do
	# Newer releases carry some packages under a name with a suffix, such as libgl1t64, and provide the old one.
	if ! grep -qE "^installed ($package |.*[ ,]$package( |,|\(|$))" <<<"$installed"; then
		missing+=("$package")
	fi
done
[ ${#missing[@]} -eq 0 ] && exit 0

as_root=()
if [ "$(id -u)" -ne 0 ]; then
	if command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
		as_root=(sudo)
	else
		echo "These packages are missing: ${missing[*]}" >&2
		echo "Install them with: sudo apt-get install ${missing[*]}" >&2
		exit 1
	fi
fi
echo "Installing ${missing[*]}"
"${as_root[@]}" apt-get update -qq
DEBIAN_FRONTEND=noninteractive "${as_root[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}"
