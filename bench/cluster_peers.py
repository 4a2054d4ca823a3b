#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""What `hotaru cluster` is measured beside, by Debian's Python: bz2, SciPy, fastcluster. For tools/bench.

    cluster_peers.py HOTARU BENCH_ANSWERS BENCH_LINKAGE FOLDER HOSTS POINTS RUNS

Prints rows of Markdown: seconds of processor time, since others may be at work on the machine; of linkage, where all
take turns, medians of RUNS and of the ratios of each turn.
"""
import base64
import bz2
import json
import os
import random
import resource
import subprocess
import sys
import time
from statistics import median

import fastcluster
import numpy
from scipy.cluster.hierarchy import linkage
from scipy.spatial.distance import pdist

HOTARU, ANSWERS, LINKAGE, FOLDER, HOSTS, POINTS, RUNS = sys.argv[1:5] + [int(w) for w in sys.argv[5:8]]


def of_children(command):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    said = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, said


def row(*cells):
    print("| " + " | ".join(str(c) for c in cells) + " |", flush=True)


def answers(path):
    """One answer a host, all on one port and all different: nothing is saved by equal ones."""
    made = os.path.join(FOLDER, "answers")
    subprocess.run([ANSWERS, "--hosts", str(2 * HOSTS), "--models", str(2 * HOSTS), "-o", made], check=True)
    with open(made, encoding="ascii") as file:
        texts = sorted({json.loads(line)["response"] for line in file})
    texts = random.Random(1).sample(texts, HOSTS)
    with open(path, "w", encoding="ascii") as file:
        for i, text in enumerate(texts):
            file.write(json.dumps({"address": f"10.0.{i >> 8}.{i & 255}", "port": 80, "response": text}) + "\n")
    return [base64.b64decode(text) for text in texts]


def distances():
    path = os.path.join(FOLDER, "unique")
    texts = answers(path)
    begin, begin_wall = time.process_time(), time.monotonic()
    alone = [len(bz2.compress(text, 9)) for text in texts]
    for i, x in enumerate(texts):
        for k in range(i + 1, len(texts)):
            both = len(bz2.compress(x + texts[k], 9))
            _ = (both - min(alone[i], alone[k])) / max(alone[i], alone[k])
    loop = time.process_time() - begin
    row("Python's bz2, distances alone", f"{time.monotonic() - begin_wall:.2f}", f"{loop:.2f}", "1.0")
    for name, words in (("`--paper`, to the end, 1 thread", ["--paper", "--threads", "1"]),
                        ("`--paper`, to the end, 2 threads", ["--paper", "--threads", "2"]),
                        ("default, to the end, 1 thread", ["--threads", "1"])):
        begin_wall = time.monotonic()
        took, _ = of_children([HOTARU, "cluster", path, "-q", "-o", os.path.join(FOLDER, "out"), *words])
        row(name, f"{time.monotonic() - begin_wall:.2f}", f"{took:.2f}", f"{loop / took:.1f}")


def linkages():
    rng = numpy.random.default_rng(1)
    heaps = rng.random((POINTS // 20, 8))
    d = pdist(heaps[rng.integers(0, len(heaps), POINTS)] + rng.random((POINTS, 8)) / 5)
    path = os.path.join(FOLDER, "distances")
    d.astype(numpy.float32).tofile(path)
    ours, theirs, heights = [], {"fastcluster": [], "SciPy": []}, {}
    used = d.copy()
    for _ in range(RUNS):
        ours.append(float(of_children([LINKAGE, str(POINTS), path])[1].split()[0]))
        for name, link in (("fastcluster", lambda: fastcluster.linkage(used, "average", preserve_input=False)),
                           ("SciPy", lambda: linkage(used, "average"))):
            used[:] = d
            begin = time.process_time()
            found = link()
            theirs[name].append(time.process_time() - begin)
            heights[name] = found[:, 2].sum()
    said = float(of_children([LINKAGE, str(POINTS), path])[1].split()[1])
    row("hotaru, linkage", f"{median(ours):.2f}", "", f"{4 * len(d) >> 20}", f"{said:.2f}")
    for name, took in theirs.items():
        row(name, f"{median(took):.2f}", f"{median(a / b for a, b in zip(ours, took)):.2f}",
            f"{8 * len(d) * (1 + (name == 'SciPy')) >> 20}", f"{heights[name]:.2f}")


print(f"{HOSTS:,} hosts with one answer each, all different, and all of their pairs.\n")
row("", "wall s", "CPU s", "x bz2 (CPU)")
row("---", "---", "---", "---")
distances()
print(f"\nAverage linkage of {POINTS:,} points, from distances in memory.\n")
row("", "CPU s", "ours / theirs", "MiB of distances", "sum of heights")
row("---", "---", "---", "---", "---")
linkages()
