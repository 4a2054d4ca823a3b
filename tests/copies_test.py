#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Captures that have each packet twice: what is made of them is what would be made of one of each."""
import gzip
import itertools
import pathlib
import random
import shutil

from harness import (case, check, csv_of, equal, ethernet, hotaru, pcap, record, run_cases, succeed, syn,
                     write)

BEGIN_NS = 1472688000 * 10**9  # 2016-09-01
DAY_NS = 86400 * 10**9
REAL, FORGED = 2000, 5000
TELESCOPE = "198.51.100.0/24"
TABLES = (("survey", "--estimate"), ("survey", "--family", "*"), ("lifetimes",), ("ports",), ("sources",),
          ("shapes",), ("prefixes",), ("rules", "--min-support", "5"))


def frame(dice, source, **more):
    return ethernet(syn(source, 0xc6336400 + dice.randrange(256), seq=None, ip_id=dice.randrange(65536),
                        source_port=dice.randrange(1025, 65536), **more))


def day(forged=FORGED):
    """Real sources send three packets each, forged ones one each, in ten seconds."""
    dice = random.Random(17)
    frames = [record(BEGIN_NS + dice.randrange(DAY_NS), frame(dice, 0x01000000 + n % REAL))
              for n in range(3 * REAL)]
    frames += [record(BEGIN_NS + DAY_NS // 2 + dice.randrange(9 * 10**9), frame(dice, 0x50000000 + n * 13))
               for n in range(forged)]
    return sorted(frames)


def twice(frames, times=2):
    """As a mirror port shows them: some microseconds later, behind others that came meanwhile."""
    dice = random.Random(18)
    return sorted(record(time_ns + copy * dice.randrange(1, 400) * 1000, data)
                  for time_ns, data, _ in frames for copy in range(times))


def ledger_of(store):
    return {tuple(line.split(",")[:2]): int(line.split(",")[2])
            for line in csv_of("ledger", "-s", store).splitlines()[1:]}


def notices(*words):
    return csv_of("notify", "--family", "mirai", *words)


@case
def what_is_captured_twice_counts_once(_):
    frames = day()
    for name, times in (("once", 1), ("twice", 2), ("thrice", 3)):
        write(f"{name}.pcap", pcap(twice(frames, times)))
        result = hotaru("ingest", "-s", name, "--telescope", TELESCOPE, f"{name}.pcap")
        said = [line for line in result.errors() if "has each packet" in line]
        copies = (times - 1) * len(frames)
        equal(len(said), int(times > 1), f"{name}: {said}")
        check(times == 1 or f"'{name}.pcap' has each packet {times} times: {copies} of {times * len(frames)} "
              "frames are copies" in said[0], f"{name}: {said}")
        ledger = ledger_of(name)
        equal(ledger[f"{name}.pcap", "syn"], len(frames), f"{name}: SYNs")
        equal((ledger.get((f"{name}.pcap", "copy")), ledger.get(("*", "copy"))),
              (copies, copies) if copies else (None, None), f"{name}: copies")
        equal(ledger["*", "frames"], times * len(frames), f"{name}: frames")
        succeed("verify", "-q", "-s", name)
    want = [csv_of(*table, "-s", "once") for table in TABLES]
    told = notices("-s", "once")
    equal(len(told.splitlines()) - 1, REAL, "notices")
    for name in ("twice", "thrice"):
        equal([csv_of(*table, "-s", name) for table in TABLES], want, name)
        equal(notices("-s", name), told, f"{name}: notices")
    # Who wants them counted gets what was captured.
    counted = notices("--count-copies", "--telescope", TELESCOPE, "twice.pcap")
    equal(len(counted.splitlines()) - 1, REAL + FORGED, "notices of copies")
    rows = csv_of("ledger", "--count-copies", "twice.pcap").splitlines()
    check(not any(",copy," in row for row in rows) and f"*,syn,{2 * len(frames)}" in rows, f"counted: {rows}")


@case
def order_threads_and_form_make_no_difference(_):
    data = {"a.pcap": pcap(twice(day(100))), "b.pcap": pcap(day(200)[::3]), "c.pcap": pcap(twice(day(300)[::5]))}
    for name, content in data.items():
        write(name, content)
    write("a.pcap.gz", gzip.compress(data["a.pcap"]))
    tables = (*TABLES[:5], ("ledger",))
    succeed("ingest", "-q", "-s", "store", *data)
    want = [csv_of(*table, "-s", "store") for table in tables]
    check("b.pcap,copy" not in want[-1] and "a.pcap,copy" in want[-1] and "c.pcap,copy" in want[-1], "ledger")
    for n, order in enumerate(itertools.permutations(data)):
        shutil.rmtree("store")
        succeed("ingest", "-q", "-s", "store", "--threads", str(1 + n % 2), *order)
        equal([csv_of(*table, "-s", "store") for table in tables], want, f"{order}")
    for other, stdin in (("a.pcap.gz", None), ("-", data["a.pcap"])):
        shutil.rmtree("store")
        succeed("ingest", "-q", "-s", "store", other, "b.pcap", "c.pcap", stdin=stdin)
        equal([csv_of(*table, "-s", "store") for table in tables[:5]], want[:5], other)
    succeed("report", "-q", "-s", "store", "-o", "page")
    page = pathlib.Path("page/index.html").read_text(encoding="utf-8")
    check("<code>copy</code>" in page and "captured more than once" in page, "the report")
    check("copy" not in csv_of("ledger", "b.pcap"), "a ledger without copies")


@case
def who_sends_twice_is_counted_twice(_):
    """A tool that repeats its probes is one source; a flood repeats itself; others repeat later."""
    dice = random.Random(3)
    tool = [record(BEGIN_NS + n * 10**7 + k * 20000, data) for n in range(3000)
            for data in [frame(dice, 0x01020304)] for k in range(2)]
    flood = [record(BEGIN_NS + n * 50000, ethernet(syn(f"9.9.{n % 5}.9", "198.51.100.1", seq=1)))
             for n in range(6000)]
    later = [record(BEGIN_NS + n * 10**8 + k * 2 * 10**6, data) for n in range(2000)
             for data in [frame(dice, 0x01000000 + n)] for k in range(2)]
    mixed = sorted(tool + [r for r in twice(day(0)) if r[0] < BEGIN_NS + 3 * 10**10] + day(0)[:2000])
    for name, frames in (("tool", tool), ("flood", flood), ("later", later), ("mixed", mixed)):
        write(f"{name}.pcap", pcap(frames))
        result = hotaru("ingest", "-s", name, f"{name}.pcap")
        check(not any("copies" in line for line in result.errors()), f"{name}: {result.errors()}")
        equal(ledger_of(name)["*", "syn"], len(frames), name)
    # In a capture that has everything twice they still are two.
    slow = [record(BEGIN_NS + (time_ns - BEGIN_NS) // 10**7 * 10**9 + (time_ns - BEGIN_NS) % 10**7, data)
            for time_ns, data, _ in tool]  # most of the first packets are of it
    write("both.pcap", pcap(sorted(twice(day(0)) + twice(slow))))
    succeed("ingest", "-q", "-s", "both", "both.pcap")
    equal(ledger_of("both")["*", "syn"], 3 * REAL + len(tool), "both")


run_cases()
