#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Surveys of stores of many days, made by bench/years.c, find the truth that it counted.

The maker counts source by source and shares no code with the survey, which walks all days side
by side. It is what `hotaru survey` is measured on, at a fraction of the size.
"""
import os
import pathlib
import resource
import subprocess

from harness import ROOT, case, check, csv_of, equal, hotaru, run_cases, skip, succeed

YEARS = os.environ.get("BENCH_YEARS") or ROOT / "build" / "bench" / "bench-years"
FAMILIES = ("--family", "mirai,hajime")


def make(store, *words):
    """The store, and its truth for each gap: (gap, survey, lifetimes)."""
    if not os.access(YEARS, os.X_OK):
        skip("there is no bench-years")
    subprocess.run([YEARS, store, *words], check=True)
    truths = []
    for gap in ("none", "0", "3"):
        asked = () if gap == "none" else ("--gap", gap)
        subprocess.run([YEARS, store, "--no-store", "--truth", "s.csv,l.csv", *asked, *words],
                       check=True)
        truths.append((gap, pathlib.Path("s.csv").read_text(encoding="utf-8"),
                       pathlib.Path("l.csv").read_text(encoding="utf-8")))
    return truths


def check_truths(store, truths, **more):
    for gap, survey, lifetimes in truths:
        for threads in ("1", "2", "3"):
            words = ("-s", store, *FAMILIES, "--gap", gap, "--threads", threads)
            what = f"gap {gap}, {threads} threads"
            equal(csv_of("survey", *words, **more), survey, f"survey, {what}")
            rows = csv_of("lifetimes", *words, **more).splitlines()
            first = "".join(",".join(row.split(",")[:4]) + "\n" for row in rows)
            equal(first, lifetimes, f"lifetimes, {what}")


@case
def many_days(_):
    """Thin sets: arrays of a few addresses in every /16."""
    check_truths("store", make("store", "--days", "200", "--scale", "0.001"))
    succeed("verify", "-q", "-s", "store")


@case
def dense_sets(_):
    """Few days, most sources seen on each: bitmaps, arrays, and slabs that have to be cut."""
    truths = make("store", "--days", "6", "--sources", "1500000,900000", "--sightings", "900000",
                  "--bare")
    check_truths("store", truths)


@case
def few_files_may_be_open(_):
    """Where not every segment can be opened, the survey has the same numbers."""
    truths = make("store", "--days", "120", "--scale", "0.0005")

    def limit():
        resource.setrlimit(resource.RLIMIT_NOFILE, (40, 40))
    check_truths("store", truths[:1], preexec_fn=limit)


def flipped(path, at):
    data = bytearray(path.read_bytes())
    data[at] ^= 1
    path.write_bytes(data)


@case
def a_flipped_bit_is_named(work):
    """One bit in the middle of a set: it reads well, and its checksum comes last."""
    make("store", "--days", "20", "--scale", "0.002")
    segment = sorted(work.glob("store/*.segment"))[10]
    # Behind the columns and before the table of contents lie the sets.
    length = segment.stat().st_size
    found = 0
    for at in range(length // 2, length, length // 60):
        flipped(segment, at)
        result = hotaru("survey", "-q", "-s", "store", "-f", "mirai,hajime,*")
        if result.code != 0:
            found += 1
            equal((result.code, len(result.errors())), (3, 2), f"code, and lines about byte {at}")
            check(segment.name in result.errors()[1] and "is damaged" in result.errors()[1],
                  f"byte {at}: {result.errors()[1]}")
            refused = hotaru("survey", "-q", "-s", "store", "-f", "mirai,hajime,*", "--strict")
            equal((refused.code, refused.text()), (1, ""), f"printed although byte {at} is damaged")
        flipped(segment, at)
    check(found > 5, f"only {found} flips were noticed")
    equal(hotaru("survey", "-q", "-s", "store").code, 0, "exit code of the mended store")


run_cases()
