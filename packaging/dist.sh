#!/usr/bin/env bash
# Packs the program that was built: an archive to unpack anywhere, and a Debian package. Usage: dist.sh PROGRAM TOOLS OUT
set -euo pipefail
cd "$(dirname "$0")/.."
program=$1
tools=$2
out=$3
name=stedi-workbench
version=$("$program" --version | cut -d' ' -f2)
machine=$(uname -m)
# The time of the commit is that of everything in it, so that the same commit is packed to the same bytes.
SOURCE_DATE_EPOCH=$(git log -1 --format=%ct 2>/dev/null || echo 0)
export SOURCE_DATE_EPOCH

# What both have beside the program.
mkdir -p "$out"
rm -rf "$out/share"
mkdir -p "$out/share"/{man,bash-completion/completions,zsh/site-functions,fish/vendor_completions.d}
"$program" manual --out "$out/share/man"
"$program" completions bash >"$out/share/bash-completion/completions/$name"
"$program" completions zsh >"$out/share/zsh/site-functions/_$name"
"$program" completions fish >"$out/share/fish/vendor_completions.d/$name.fish"
gzip --no-name --best --force "$out"/share/man/*.1

folder=$name-$version-$machine-linux
rm -rf "${out:?}/$folder"
mkdir -p "$out/$folder/bin" "$out/$folder/share"/{man/man1,applications,icons/hicolor/{scalable,256x256}/apps,doc/$name}
install -m755 "$program" "$out/$folder/bin/$name"
cp "$out"/share/man/*.gz "$out/$folder/share/man/man1"
cp -r "$out"/share/{bash-completion,zsh,fish} "$out/$folder/share"
cp packaging/$name.desktop "$out/$folder/share/applications"
cp assets/icon.svg "$out/$folder/share/icons/hicolor/scalable/apps/$name.svg"
cp assets/icon-256.png "$out/$folder/share/icons/hicolor/256x256/apps/$name.png"
cp -r README.md CHANGELOG.md SECURITY.md LICENSE docs "$out/$folder/share/doc/$name"
tar --create --sort=name --mtime="@$SOURCE_DATE_EPOCH" --owner=0 --group=0 --numeric-owner --directory "$out" "$folder" |
	gzip --no-name >"$out/$folder.tar.gz"
rm -rf "${out:?}/$folder"

# cargo-deb finds these where Cargo.toml says.
mkdir -p target/dist target/release
[ "$out" -ef target/dist ] || { rm -rf target/dist/share && cp -r "$out/share" target/dist/; }
[ "$program" -ef target/release/$name ] || cp "$program" target/release/$name
CARGO_TARGET_DIR=$PWD/target PATH=$tools/bin:$PATH cargo deb --no-build --no-strip --locked --output "$out" | sed 's/^/Wrote /'
rm -rf "$out/share"
echo "Wrote $out/$folder.tar.gz"
