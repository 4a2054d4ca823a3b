#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The miner on the data sets of the FIMI workshops finds as many sets as others published.

bench/itemsets.c drives it. HOTARU_ITEMSETS names a folder with the data sets, one transaction a line,
and ORACLE-VERIFIED.tsv: data set, support, kind, sets, sets as published, votes, verdict. Lines of
more sets than HOTARU_ITEMSETS_MAX (default: 200,000) are left out; 20000000 takes a minute. With
HOTARU_COARSE every third line is compared.
"""
import itertools
import os
import pathlib
import random
import subprocess

from harness import ROOT, case, check, equal, run_cases, skip

PROGRAM = os.environ.get("BENCH_ITEMSETS") or ROOT / "build" / "bench" / "bench-itemsets"
KINDS = ("all", "closed", "maximal", "generators")


def mine(path, kind, support, *options):
    """The lines that bench-itemsets prints."""
    if not os.access(PROGRAM, os.X_OK):
        skip("there is no bench-itemsets")
    run = subprocess.run([PROGRAM, "--kind", kind, "--support", str(support), *options, str(path)], check=True,
                         stdout=subprocess.PIPE, text=True)
    return run.stdout.splitlines()


def oracle():
    folder = os.environ.get("HOTARU_ITEMSETS")
    if not folder or not os.path.isfile(os.path.join(folder, "ORACLE-VERIFIED.tsv")):
        skip("HOTARU_ITEMSETS names no folder with an ORACLE-VERIFIED.tsv")
    folder = pathlib.Path(folder).resolve()
    for line in (folder / "ORACLE-VERIFIED.tsv").read_text(encoding="utf-8").splitlines():
        fields = line.split("\t")
        if len(fields) == 7 and fields[6] == "OK":
            yield folder / (fields[0] + ".dat"), int(fields[1]), fields[2], int(fields[3])


@case
def as_many_as_published(_):
    most, lines = int(os.environ.get("HOTARU_ITEMSETS_MAX") or 200_000), 0
    step = 3 if os.environ.get("HOTARU_COARSE") else 1
    for path, support, kind, sets in itertools.islice(oracle(), 0, None, step):
        if sets <= most:
            lines += 1
            got = int(mine(path, kind, support)[-1].split()[0])
            equal(got, sets, f"{path.name}, support {support}, {kind}")
    check(lines > 50 / step, f"only {lines} lines were compared")


def naive(transactions, least):
    """{set: support} of all frequent sets."""
    items = sorted(set().union(*transactions))
    supports = {frozenset(): len(transactions)}
    for count in range(1, len(items) + 1):
        for chosen in itertools.combinations(items, count):
            support = sum(set(chosen) <= t for t in transactions)
            if support >= least:
                supports[frozenset(chosen)] = support
    return supports


def is_wanted(kind, chosen, supports):
    """Of a set that is not empty."""
    support = supports[chosen]
    larger = [supports[other] for other in supports if chosen < other]
    return {"all": True, "closed": support not in larger, "maximal": not larger,
            "generators": all(supports[chosen - {item}] > support for item in chosen)}[kind]


@case
def sets_are_those_of_a_naive_count(_):
    draw = random.Random(7)
    transactions = [{i * 1000 + i for i in range(9) if draw.random() < 0.55} for _ in range(40)]
    transactions = [t for t in transactions if t]
    path = pathlib.Path("few.dat")
    path.write_text("".join(" ".join(map(str, t)) + "\n" for t in transactions), encoding="utf-8")
    supports = naive(transactions, 6)
    for kind in KINDS:
        want = sorted(" ".join(map(str, sorted(chosen))) + f" ({support})" for chosen, support in supports.items()
                      if chosen and is_wanted(kind, chosen, supports))
        equal(sorted(mine(path, kind, 6, "--sets")[:-1]), want, kind)


run_cases()
