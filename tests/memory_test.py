#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""`ingest --memory` holds for every shape of traffic: the most that was resident stays below it
and one constant, whatever the packets are like and however many there are.

And commands on a store stay below theirs, however many sources a day has.

The shapes are those of bench/traffic.c. `tools/bench memory` has them at full size.
"""
import glob
import os
import shutil
import subprocess

from harness import (DAY_NS, HOTARU, address, case, check, environment, ethernet, fail, is_sanitized, pcap, record, run_cases,
                     skip, succeed, syn, traffic, write)

MEMORY_MIB = 64
ABOVE_MIB = 8  # program, libraries, catalogue, stacks
ABOVE_OF_CODEC_MIB = {"xz": 128, "zstd": 128}  # SECURITY.md
# Sizes at which pools have filled several times, and blocks been spilled; the pieces of `sources` alone are
# more than --memory.
SHAPES = {
    "telescope": ("telescope", 2_000_000, "--sources", 300_000),
    "sources": ("sources", 6_000_000),
    "synacks": ("synacks", 2_000_000, "--sources", 100_000),
    # More bursts than there is room for.
    "storm": ("synacks", 1_500_000, "--sources", 70_000_000),
    "windows": ("windows", 1_000_000),
    "oneports": ("oneports", 2_000_000),
    "days": ("days", 600_000, "--days", 300, "--sources", 10_000),
    "days, shuffled": ("days", 500_000, "--days", 2000, "--sources", 500_000, "--shuffle"),
    "reverse": ("reverse", 1_000_000, "--sources", 100_000),
}

# What is promised of commands on a store, for days of so many sources (SECURITY.md).
STORE_MIB, STORE_SOURCES = 128, 3_000_000
STORE_BASE_MIB = 32  # program, libraries, and what threads have at a time
STORE_COMMANDS = (("verify",), ("rules",), ("shapes",), ("survey", "--estimate"), ("places", "--by", "prefix16"),
                  ("prefixes", "--bits", "24"), ("ports",), ("lifetimes",), ("info",), ("ledger",),
                  ("report", "-o", "page"))
# The most segments of a day that ingest leaves (doc/store.md).
PIECES, PIECES_SOURCES, PIECES_MIB = 8, 140_000, 72
PIECES_COMMANDS = (("survey", "--family", "zmap"), ("notify", "--family", "masscan"))
# Of who writes a segment, whose sets alone are 5 bytes a source.
WRITE_MIB = 36
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


def apart(work):
    """Does it in a process of its own: what this one ever took, Linux says of those that it starts, too."""
    process = os.fork()
    if process == 0:
        try:
            work()
            os._exit(0)
        finally:
            os._exit(1)
    check(os.waitpid(process, 0)[1] == 0, "what is measured could not be made")


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
    if "HOTARU_SOURCES" in os.environ:  # of fewer it takes no more than this process itself
        got = peak_mib("compact", "--floor", 2, "-q", "-s", "store")
        print(f"compact --floor 2, {sources} sources: {got:.0f} MiB", flush=True)
        check(got <= WRITE_MIB, f"compact --floor 2: {got:.0f} MiB, more than {WRITE_MIB}")
    for words in STORE_COMMANDS + (SLOW_COMMANDS if "HOTARU_SOURCES" in os.environ else ()):
        got = peak_mib(*words, "-q", "-s", "store")
        print(f"{' '.join(words)}, {sources} sources: {got:.0f} MiB", flush=True)
        check(got <= most_mib, f"{words}: {got:.0f} MiB, more than {most_mib:.0f}")


@case
def segments_of_a_day(_):
    """A day is taken in in any number of pieces, and yet has few segments."""
    for seed in range(PIECES + 1):
        traffic("capture", "sources", 10, "--seed", seed)
        succeed("ingest", "-q", "-s", "store", "capture")
        check(len(glob.glob("store/*.segment")) <= PIECES, f"{seed + 1} pieces: more segments than ingest leaves")


def like_tools(path, packets):
    """Makes every SYN of a capture of the shape `sources` one of all fingerprints that take evidence.

    In parts: what this process has in memory counts as that of the next one that it starts."""
    size, begin, ip, part = (os.path.getsize(path) - 24) // packets, 24, 16 + 14, 10_000
    with open(path, "r+b") as f:
        for first in range(0, packets, part):
            f.seek(begin + first * size)
            data = bytearray(f.read(part * size))
            for at, value in ((4, 54321), (22, 54321), (34, 14600)):  # IP id, destination port, window
                for i, byte in enumerate(value.to_bytes(2, "big")):
                    data[ip + at + i::size] = bytes([byte]) * (len(data) // size)
            f.seek(begin + first * size)
            f.write(data)


@case
def days_in_several_segments(_):
    """As many segments as ingest leaves of a day, of days that are merged side by side, and families that take
    evidence, whose sets are made while they are merged. None of it is in memory as a whole.

    HOTARU_PIECES=N: in so many pieces; HOTARU_SOURCES=N: so many sources, all on one day."""
    if is_sanitized():
        skip("sanitizers keep freed memory for a while")
    pieces = int(os.environ.get("HOTARU_PIECES", PIECES))
    sources, days = int(os.environ.get("HOTARU_SOURCES", PIECES_SOURCES)), 1 if "HOTARU_SOURCES" in os.environ else 40
    for seed in range(pieces):
        like_tools(traffic("capture", "sources", sources, "--days", days, "--seed", seed), sources)
        succeed("ingest", "-q", "-s", "store", "capture")
    for words in STORE_COMMANDS + SLOW_COMMANDS if "HOTARU_SOURCES" in os.environ else PIECES_COMMANDS:
        got = peak_mib(*words, "-q", "-s", "store")
        print(f"{' '.join(words)}, {pieces} pieces of {days} days of {sources} sources: {got:.0f} MiB", flush=True)
        most_mib = STORE_MIB if "HOTARU_SOURCES" in os.environ else PIECES_MIB
        check(got <= most_mib, f"{words}: {got:.0f} MiB, more than {most_mib}")


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


NEWS_NS, NEWS_MIB = 17000 * DAY_NS, 88


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
    """60,000 sets of values on fifteen days, each to be looked for on the 366 days before. What is kept of them is
    that of one day and some: it grows neither with the days nor with what was new on them."""
    if is_sanitized():
        skip("sanitizers keep freed memory for a while")
    apart(lambda: write("capture", pcap(news(366, 15, 4000))))
    succeed("ingest", "-q", "-s", "store", "capture")
    got = peak_mib("rules", "--new", "--across", "--fields", "dport,window", "--min-support", 4, "--last", 15,
                   "--past-days", 366, "--threads", 2, "-q", "-s", "store")
    print(f"very much that is new: {got:.0f} MiB", flush=True)
    check(got <= NEWS_MIB, f"{got:.0f} MiB, more than {NEWS_MIB}")


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
