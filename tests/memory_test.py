#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""`ingest --memory` holds for every shape of traffic: the most that was resident stays below it
and one constant, whatever the packets are like and however many there are.

And commands on a store stay below theirs, however many sources a day has.

The shapes are those of bench/traffic.c. `tools/bench memory` has them at full size.
"""
import os
import shutil
import subprocess

from harness import (DAY_NS, HOTARU, address, case, check, environment, ethernet, fail, is_sanitized, pcap, record, run_cases,
                     skip, succeed, syn, traffic, write)

MEMORY_MIB = 64
ABOVE_MIB = 20  # program, libraries, catalogue, stacks, and 5 bytes a source for the sets of a day (SECURITY.md)
ABOVE_OF_CODEC_MIB = {"xz": 128, "zstd": 128}  # SECURITY.md
# Sizes at which pools have filled several times, and blocks been spilled; the pieces of `sources` alone are
# more than --memory.
SHAPES = {
    "telescope": ("telescope", 2_000_000, "--sources", 300_000),
    "sources": ("sources", 4_000_000),
    "synacks": ("synacks", 2_000_000, "--sources", 100_000),
    "windows": ("windows", 1_000_000),
    "oneports": ("oneports", 2_000_000),
    "days": ("days", 600_000, "--days", 300, "--sources", 10_000),
    "days, shuffled": ("days", 500_000, "--days", 2000, "--sources", 500_000, "--shuffle"),
    "reverse": ("reverse", 1_000_000, "--sources", 100_000),
}

# What is promised of commands on a store, for days of so many sources (SECURITY.md).
STORE_MIB, STORE_SOURCES = 128, 3_000_000
STORE_BASE_MIB = 32  # program, libraries, and what is in memory at a time: rules have room for a day like this
STORE_COMMANDS = (("verify",), ("rules",), ("shapes",), ("survey", "--estimate"), ("places", "--by", "prefix16"),
                  ("prefixes", "--bits", "24"), ("ports",), ("lifetimes",), ("info",), ("ledger",),
                  ("report", "-o", "page"))
SLOW_COMMANDS = (("sources",), ("notify", "--family", "mirai"), ("rules", "--without-floods"))


def peak_mib(*words):
    """The most MiB that were resident in one run of hotaru."""
    process = subprocess.Popen([HOTARU, *map(str, words)], stdin=subprocess.DEVNULL,
                               stdout=subprocess.DEVNULL, env=environment(PATH="/nonexistent"))
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        fail(f"{words}: exit code {process.returncode}")
    return used.ru_maxrss / 1024


def check_ingest(what, names, above_mib=ABOVE_MIB):
    # Two threads, which take more than one does.
    got = peak_mib("ingest", "-q", "--memory", f"{MEMORY_MIB}M", "--threads", 2, "-s", "store", *names)
    print(f"{what}: {got:.0f} MiB", flush=True)
    check(got <= MEMORY_MIB + above_mib, f"{what}: {got:.0f} MiB, more than {MEMORY_MIB} and {above_mib}")
    shutil.rmtree("store")


@case
def every_shape(_):
    if is_sanitized():
        skip("sanitizers keep freed memory for a while")
    for what, (shape, packets, *options) in SHAPES.items():
        traffic("capture", shape, packets, *options)
        check_ingest(what, ["capture"])


@case
def captures_of_the_same_days(_):
    """Each brings its sources once more: what is held of a day does not grow with captures."""
    if is_sanitized():
        skip("sanitizers keep freed memory for a while")
    names = [traffic(f"capture-{seed}", "sources", 200_000, "--days", 3, "--seed", seed) for seed in range(8)]
    check_ingest("eight captures of three days", names)


@case
def commands_on_a_store(_):
    """Each takes so little that it stays below what is promised for a day of three million sources.

    HOTARU_SOURCES=3000000 asks that many, and the slow ones too."""
    if is_sanitized():
        skip("sanitizers keep freed memory for a while")
    sources = int(os.environ.get("HOTARU_SOURCES", STORE_SOURCES // 3))
    most_mib = STORE_BASE_MIB + (STORE_MIB - STORE_BASE_MIB) * min(1, sources / STORE_SOURCES)
    traffic("capture", "sources", sources)
    succeed("ingest", "-q", "-s", "store", "capture")
    os.remove("capture")
    for words in STORE_COMMANDS + (SLOW_COMMANDS if "HOTARU_SOURCES" in os.environ else ()):
        got = peak_mib(*words, "-q", "-s", "store")
        print(f"{' '.join(words)}, {sources} sources: {got:.0f} MiB", flush=True)
        check(got <= most_mib, f"{words}: {got:.0f} MiB, more than {most_mib:.0f}")


@case
def rules_of_sources_that_all_differ(_):
    """400,000 sources of which hardly two used the same: their transactions do not grow with them."""
    if is_sanitized():
        skip("sanitizers keep freed memory for a while")
    traffic("capture", "windows", 1_200_000, "--sources", 400_000)
    succeed("ingest", "-q", "-s", "store", "capture")
    for words in ((), ("--across",)):
        got = peak_mib("rules", "--min-support", 5, *words, "-q", "-s", "store")
        print(f"rules of sources that all differ {' '.join(words)}: {got:.0f} MiB", flush=True)
        check(got <= STORE_MIB, f"{words}: {got:.0f} MiB, more than {STORE_MIB}")


NEWS_NS = 17000 * DAY_NS


def news(days, new_days, values):
    """A host a day; then on each day as many ports as `values` says, and windows that go with them, by four hosts each."""
    for day in range(days):
        yield record(NEWS_NS + day * DAY_NS, ethernet(syn("9.0.0.1", "198.51.0.1")))
    for n in range(new_days * values * 4):
        value = 1000 + n // 4
        day = days + n // (4 * values)
        yield record(NEWS_NS + day * DAY_NS + n,
                     ethernet(syn(address("12.0.0.0") + n % (4 * values), "198.51.0.2", port=value, window=value)))


@case
def very_much_that_is_new(_):
    """40,000 sets of values on eight days, each to be looked for on the 366 days before."""
    if is_sanitized():
        skip("sanitizers keep freed memory for a while")
    write("capture", pcap(news(366, 8, 5000)))
    succeed("ingest", "-q", "-s", "store", "capture")
    got = peak_mib("rules", "--new", "--across", "--fields", "dport,window", "--min-support", 4, "--last", 8,
                   "--past-days", 366, "--threads", 2, "-q", "-s", "store")
    most_mib = STORE_MIB + 375 * 8 / 1024 + 10000 * 700 / 2**20
    print(f"very much that is new: {got:.0f} MiB", flush=True)
    check(got <= most_mib, f"{got:.0f} MiB, more than {most_mib:.0f}")


@case
def every_compression(_):
    if is_sanitized():
        skip("sanitizers keep freed memory for a while")
    for program in (("gzip", "-1"), ("zstd", "-q", "-1"), ("lz4", "-q"), ("bzip2", "-1"), ("xz", "-0")):
        if shutil.which(program[0]) is None:
            continue
        traffic("capture", "sources", 300_000)
        with open("packed", "wb") as out:
            subprocess.run([*program, "-c", "capture"], stdout=out, check=True)
        above_mib = ABOVE_MIB + ABOVE_OF_CODEC_MIB.get(program[0], 0)
        check_ingest(program[0], ["packed"], above_mib)


run_cases()
