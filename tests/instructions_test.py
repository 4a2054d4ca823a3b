#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Ingest and survey take as many instructions as they did: those of hotaru's own code, by callgrind,
for fixed captures, beside the numbers of tests/instructions.tsv.

Time is too noisy to be held by a test; instructions are the same in every run. What libraries execute
is left out: they choose by processor. A count above its number by more than 3 % is a loop that got
slower; one below it says that the file has to be written anew, so that the next slip is seen:

    make instructions

The numbers hold for the build that the file names (tests/meson.build); the test skips others.
"""
import collections
import gzip
import os
import pathlib
import shutil
import subprocess

from harness import (HOTARU, ROOT, case, check, environment, fail, run_cases, skip, succeed, traffic)

BASELINE = ROOT / "tests" / "instructions.tsv"
TOLERANCE = 0.03
SMALL = 0.02  # of a run: folders with less are one row
OTHERS, ALL = "others", "all"
WANTS_UPDATE = "HOTARU_UPDATE" in os.environ


def folder_of(path):
    """The folder below src/, however deep in it the file lies."""
    parts = path.split("/")
    above = len(parts) - 1 - parts[::-1].index("src") if "src" in parts else len(parts)
    return parts[above + 1] if above + 2 < len(parts) else OTHERS


def own_instructions(path):
    """{folder below src/: instructions executed there}, of a file that callgrind wrote."""
    counts = collections.Counter()
    is_own, folder, is_call = False, "", False
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            word, _, rest = line.rstrip("\n").partition("=")
            if word == "ob":
                is_own = rest == HOTARU
            elif word in ("fl", "fi", "fe"):  # fi, fe: inlined from another file
                folder = folder_of(rest)
            elif word == "calls":
                is_call = True
            elif line[0].isdigit():
                # What stands after a call is the cost of the called, and counts there.
                if is_own and not is_call:
                    counts[folder] += int(line.split()[1])
                is_call = False
    return counts


def measure(*words):
    subprocess.run(["valgrind", "-q", "--tool=callgrind", "--callgrind-out-file=out", "--compress-strings=no",
                    "--compress-pos=no", HOTARU, *words, "-q", "--no-sandbox"], env=environment(),
                   stdout=subprocess.DEVNULL, check=True)
    return own_instructions("out")


def measure_all():
    """{(run, folder): instructions}"""
    ingest = ("ingest", "--threads", "1", "-s", "store")
    traffic("telescope.pcap", "telescope", 200_000, "--sources", 5000)
    data = pathlib.Path("telescope.pcap").read_bytes()
    pathlib.Path("telescope.pcap.gz").write_bytes(gzip.compress(data, 1, mtime=0))
    succeed("simulate", "-q", "--scale", "0.0005", "--seed", "1", "--days", "60", "-o", "simulated.pcap")
    runs = {}
    for name in ("telescope.pcap", "telescope.pcap.gz", "simulated.pcap"):
        shutil.rmtree("store", ignore_errors=True)
        runs[f"ingest {name}"] = measure(*ingest, name)
    for command in ("survey", "lifetimes"):
        runs[command] = measure(command, "--format", "csv", "-s", "store")
    found = {}
    for run, counts in runs.items():
        total = sum(counts.values())
        found[run, ALL] = total
        for folder, count in counts.items():
            key = (run, folder if count >= SMALL * total else OTHERS)
            found[key] = found.get(key, 0) + count
    return found


def read_baseline():
    lines = [line.split("\t") for line in BASELINE.read_text(encoding="utf-8").splitlines()]
    return lines[0][1], {(run, folder): int(count) for run, folder, count in lines[2:]}


def write_baseline(build, found):
    rows = [f"build\t{build}", "run\tfolder\tinstructions"]
    rows += [f"{run}\t{folder}\t{count}" for (run, folder), count in sorted(found.items())]
    BASELINE.write_text("\n".join(rows) + "\n", encoding="utf-8")
    print(f"{BASELINE}: {len(found)} rows")


def compare(found, want):
    # A folder near the limit of a row of its own may have passed it.
    for run, folder in list(found):
        if (run, folder) not in want:
            found[run, OTHERS] = found.get((run, OTHERS), 0) + found.pop((run, folder))
    for (run, folder), count in sorted(want.items()):
        got = found.get((run, folder), 0)
        change = f"{run}, {folder}: {got} instructions, {got / count - 1:+.1%} of {count}"
        print(change, flush=True)
        allowed = TOLERANCE * max(count, 0.1 * want[run, ALL])
        if got > count + allowed:
            fail(f"{change}; if it has to be, make instructions")
        check(got >= count - allowed, f"{change}: better; say so with make instructions")


@case
def instructions_of_ingest_and_survey(_):
    if shutil.which("valgrind") is None:
        skip("there is no valgrind")
    build = os.environ.get("HOTARU_BUILD", "unknown")
    if WANTS_UPDATE:
        write_baseline(build, measure_all())
        return
    of_build, want = read_baseline()
    if build != of_build:
        skip(f"this build is {build}; the numbers are of {of_build}")
    compare(measure_all(), want)


run_cases()
