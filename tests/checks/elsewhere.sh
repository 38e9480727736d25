#!/usr/bin/env bash
# The program compiles for Windows and macOS. Usage: elsewhere.sh CACHE, the folder that what it needs is put in.
# C is compiled for Windows by MinGW, and for macOS by the compiler of Zig, which is on PyPI and has the headers of the system.
set -euo pipefail
cache=$1
cd "$(dirname "$0")/../.."
tests/checks/setup.sh elsewhere

rustup target add x86_64-pc-windows-gnu aarch64-apple-darwin
cargo check --release --locked --target x86_64-pc-windows-gnu

venv=$cache/venv-elsewhere
[ -x "$venv/bin/python" ] || python3 -m venv "$venv"
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check ziglang==0.17.1
tools=$cache/elsewhere
mkdir -p "$tools"
cat >"$tools/cc" <<EOF
#!/usr/bin/env bash
# What only Apple's own compiler takes is left out.
given=()
skip=
for word in "\$@"; do
	if [ -n "\$skip" ]; then
		skip=
		continue
	fi
	case "\$word" in
	--target=* | -mmacosx-version-min=*) ;;
	-isysroot | -arch) skip=1 ;;
	*) given+=("\$word") ;;
	esac
done
exec "$venv/bin/python" -m ziglang cc -target aarch64-macos "\${given[@]}"
EOF
printf '#!/usr/bin/env bash\nexec "%s" -m ziglang ar "$@"\n' "$venv/bin/python" >"$tools/ar"
chmod +x "$tools/cc" "$tools/ar"
export CC_aarch64_apple_darwin=$tools/cc AR_aarch64_apple_darwin=$tools/ar CRATE_CC_NO_DEFAULTS=1 SDKROOT=$tools
cargo check --release --locked --target aarch64-apple-darwin
echo "The program compiles for Windows and macOS."
