#!/usr/bin/env bash
# Looks over what the program is built of. Usage: supply.sh setup|pack|check TOOLS, or supply.sh sbom TOOLS FILE
set -euo pipefail
cd "$(dirname "$0")/../.."
tools=$2
PATH=$tools/bin:$PATH

# The tools are built once, in these versions.
get() {
	[ -x "$tools/bin/$1" ] && [ "$(cat "$tools/$1.version" 2>/dev/null)" = "$2" ] && return
	echo "Building $1 $2"
	cargo install --quiet --locked --version "$2" --root "$tools" --target-dir "$tools/target" "$1"
	echo "$2" >"$tools/$1.version"
}

# Everything that is built into the program, by name and version.
parts() {
	cargo tree --locked --offline --edges normal,build --prefix none --format '{p}' | awk '{print $1 " " substr($2, 2)}' | sort -u
}

sbom() {
	# With a fixed time the same lock file gives the same bytes.
	SOURCE_DATE_EPOCH=0 cargo cyclonedx --quiet --format json --override-filename bom
	mv bom.json "$1"
	# One is written for each member of the workspace.
	rm -f fuzz/bom.json
}

case $1 in
setup)
	get cargo-deny 0.20.2
	get cargo-cyclonedx 0.5.9
	rm -rf "$tools/target"
	;;
pack)
	get cargo-deb 3.8.0
	rm -rf "$tools/target"
	;;
check)
	cargo deny --locked --offline --log-level error check --hide-inclusion-graph licenses bans sources
	# The database of known holes is fetched; where there is no way to it, that is said and the rest holds.
	if timeout 120 cargo deny fetch db >/dev/null 2>&1; then
		cargo deny --locked --log-level error check --hide-inclusion-graph advisories
	else
		echo "The database of known holes (rustsec/advisory-db) cannot be had here, so it was not asked."
	fi
	folder=$(mktemp -d)
	trap 'rm -rf "$folder"' EXIT
	sbom "$folder/one.json"
	sbom "$folder/two.json"
	cmp "$folder/one.json" "$folder/two.json"
	python3 - "$folder/one.json" <(parts) <<'PYTHON'
import json, sys
listed = {(part["name"], part["version"]) for part in json.load(open(sys.argv[1]))["components"]}
built = {tuple(line.split()) for line in open(sys.argv[2])} - {("stedi-workbench", "0.1.0")}
missing = sorted(built - listed)
if missing or len(built) < 100:
    sys.exit(f"FAILED: {len(missing)} of {len(built)} parts are not in the bill of materials: {missing[:5]}")
print(f"The bill of materials lists all {len(built)} parts that the program is built of, the same each time.")
PYTHON
	;;
sbom)
	sbom "$3"
	echo "Wrote $3."
	;;
esac
