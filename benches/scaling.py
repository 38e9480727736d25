#!/usr/bin/env python3
"""Measures the whole job at growing sizes, and draws the figure of the README from what was measured.

Usage: scaling.py PROGRAM [--times 1,10,100,1000] [--rounds 3]
       scaling.py --draw

Landing JSON to five Parquet tables, at so many times the size of the public data, generated, and removed again after each
size. Ours is the wall clock of the whole process; DuckDB's the seconds within its process, with two threads and declared
columns, up to 100 times. They run in turns, and must have the same rows in each table. Medians go to `benches/scaling.json`;
`--draw` only makes `assets/scaling.svg` of them again. A size for which the disk has no room is left out.
"""

import argparse
import json
import math
import os
import shutil
import statistics
import sys
import tempfile
from pathlib import Path

import measuring

KEPT = measuring.HERE / "scaling.json"
FIGURE = measuring.HERE.parent / "assets/scaling.svg"
MOST_OF_DUCKDB = 100
# Of a size of 1, with the tables that are written and some to spare.
BYTES = 16_000_000

WIDTH, HEIGHT = 760, 420
LEFT, TOP, RIGHT, BOTTOM = 64, 48, 540, 360
# Light or dark as the reader's system is, on a ground of its own, since the page may be otherwise.
STYLE = """
  .ground { fill: #ffffff }
  text { font: 13px system-ui, sans-serif; fill: #24292f }
  .quiet { fill: #57606a }
  .grid { stroke: #d0d7de; stroke-width: 1 }
  .ours { stroke: #0969da; fill: #0969da }
  .duckdb { stroke: #9a6700; fill: #9a6700 }
  .linear { stroke: #57606a; stroke-dasharray: 2 5 }
  polyline, .linear { fill: none; stroke-width: 2 }
  text.ours, text.duckdb { stroke: none; font-weight: 600 }
  @media (prefers-color-scheme: dark) {
    .ground { fill: #0d1117 }
    text { fill: #e6edf3 }
    .quiet { fill: #9198a1 }
    .grid { stroke: #30363d }
    .ours { stroke: #58a6ff; fill: #58a6ff }
    .duckdb { stroke: #d29922; fill: #d29922 }
    .linear { stroke: #9198a1 }
  }
"""


def measure(program, times, rounds):
    """The medians at one size; none if there is no room for it."""
    with tempfile.TemporaryDirectory() as folder:
        if shutil.disk_usage(folder).free < times * BYTES:
            print(f"{times} times the real size is left out: it takes {times * BYTES / 1e9:.0f} GB of disk")
            return None
        landing = Path(folder) / "landing"
        measuring.generate(program, times * measuring.CUSTOMERS, landing)
        mine = measuring.ours(program, "job", landing)
        with_duckdb = times <= MOST_OF_DUCKDB
        if with_duckdb:
            measuring.agree(mine["rows"], measuring.peer(sys.executable, "duckdb", "job", landing)["rows"], "DuckDB")
        ours, duckdb = [], []
        for _ in range(rounds):
            ours.append(measuring.ours(program, "job", landing)["process"])
            if with_duckdb:
                duckdb.append(measuring.peer(sys.executable, "duckdb", "job", landing)["seconds"])
        found = {"times": times, "records": sum(mine["rows"][table] for table in measuring.LANDING)}
        found |= {"ours": statistics.median(ours), "duckdb": statistics.median(duckdb) if duckdb else None}
        print(f"{times:>5} times, {found['records']:>12,} records: {found['ours']:.3f} s", end="")
        print(f", DuckDB {found['duckdb']:.3f} s" if duckdb else "", flush=True)
        return found


def spelled(seconds):
    """Two digits, as a reader says it."""
    figure, unit = (seconds * 1000, "ms") if seconds < 1 else (seconds, "s")
    return f"{figure:.{max(0, 1 - math.floor(math.log10(figure)))}f} {unit}"


def million(records):
    figure = records / 1e6
    return f"{figure:,.{1 if figure < 10 else 0}f} million"


def curve(name, points, label):
    dots = "".join(f'<circle class="{name}" cx="{x:.1f}" cy="{y:.1f}" r="3.5"/>' for x, y in points)
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    x, y = points[-1]
    # A line that ends before the others do has its name above, where none of them is.
    place = f'x="{x + 10:.1f}" y="{y + 4:.1f}"' if x > RIGHT - 1 else f'x="{x:.1f}" y="{y - 12:.1f}" text-anchor="end"'
    return f'<polyline class="{name}" style="fill: none" points="{line}"/>{dots}<text class="{name}" {place}>{label}</text>'


def draw(found):
    """The figure as SVG: time against size, both in powers of ten."""
    figures = [one[name] for one in found for name in ("ours", "duckdb") if one[name]]
    slowest = max(figures + [found[0]["ours"] * found[-1]["times"] / found[0]["times"]])
    low, high = math.floor(math.log10(min(figures))), math.ceil(math.log10(slowest))
    sizes = [math.log10(one["times"]) for one in found]
    across = lambda times: LEFT + (RIGHT - LEFT) * (math.log10(times) - sizes[0]) / ((sizes[-1] - sizes[0]) or 1)
    up = lambda seconds: BOTTOM - (BOTTOM - TOP) * (math.log10(seconds) - low) / (high - low)
    parts = [f'<rect class="ground" width="{WIDTH}" height="{HEIGHT}"/>', '<text x="16" y="24" style="font-weight: 600">Landing JSON to five Parquet tables, two cores</text>']
    for power in range(low, high + 1):
        y = up(10.0**power)
        label = f"{10**power:,} s" if power >= 0 else f"{10 ** (power + 3):,} ms"
        parts.append(f'<line class="grid" x1="{LEFT}" y1="{y:.1f}" x2="{RIGHT}" y2="{y:.1f}"/>')
        parts.append(f'<text class="quiet" x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{label}</text>')
    for one in found:
        x = across(one["times"])
        parts.append(f'<line class="grid" x1="{x:.1f}" y1="{TOP}" x2="{x:.1f}" y2="{BOTTOM}"/>')
        for line, words in enumerate((f"{one['times']:,} ×", million(one["records"]))):
            parts.append(f'<text class="quiet" x="{x:.1f}" y="{BOTTOM + 20 + 18 * line}" text-anchor="middle">{words}</text>')
    for line, words in enumerate(("the real size", "records")):
        parts.append(f'<text class="quiet" x="{RIGHT + 56}" y="{BOTTOM + 20 + 18 * line}">{words}</text>')
    first, last = found[0], found[-1]
    even = first["ours"] * last["times"] / first["times"]
    parts.append(
        f'<line class="linear" x1="{across(first["times"]):.1f}" y1="{up(first["ours"]):.1f}" '
        f'x2="{across(last["times"]):.1f}" y2="{up(even):.1f}"/>'
    )
    parts.append(f'<text class="quiet" x="{RIGHT + 10}" y="{up(even) + 4:.1f}">as much more time as data</text>')
    for name, who in (("duckdb", "DuckDB"), ("ours", "STEDI workbench")):
        points = [(across(one["times"]), up(one[name]), one[name]) for one in found if one[name]]
        if points:
            parts.append(curve(name, [point[:2] for point in points], f"{who}, {spelled(points[-1][2])}"))
    body = "\n".join(parts)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" role="img" '
        f'aria-label="Time of the whole job against size">\n<style>{STYLE}</style>\n{body}\n</svg>\n'
    )


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program", nargs="?")
    parser.add_argument("--times", default="1,10,100,1000", help="sizes, the real one being 1")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--draw", action="store_true", help="draw the kept figures again, without measuring")
    arguments = parser.parse_args()
    if not arguments.draw:
        if not arguments.program:
            parser.error("the program is missing")
        program = os.path.abspath(arguments.program)
        sizes = sorted(map(int, arguments.times.split(",")))
        found = [found for times in sizes if (found := measure(program, times, arguments.rounds))]
        KEPT.write_text(json.dumps(found, indent=2) + "\n")
    FIGURE.write_text(draw(json.loads(KEPT.read_text())))
    print(f"{FIGURE.name} was written.")


if __name__ == "__main__":
    main()
