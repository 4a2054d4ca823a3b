#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Times that nobody believes: one frame of 2096, or of 1970, stretches nothing, and nothing is lost."""
import itertools
import pathlib
import random
import shutil

from harness import (case, check, csv_of, equal, ethernet, hotaru, pcap, record, run_cases, succeed, syn,
                     write)

BEGIN = 1472688000  # 2016-09-01
DAY = 86400
YEAR_2096 = 3976214400
FAR = ("--family", "*")
TABLES = (("survey", *FAR), ("survey", "--estimate"), ("lifetimes", *FAR), ("ports",), ("ports", "--new"),
          ("sources",), ("shapes",), ("prefixes",), ("rules", "--min-support", "3"),
          ("rules", "--new", "--min-support", "3"))


def at(second, number=0, port=23):
    """A SYN of a source of its own."""
    frame = ethernet(syn(0x01000000 + number % 60000, "198.51.100.7", port=port, seq=None))
    return record(second * 10**9, frame)


def honest(days=3, each=200, begin=BEGIN):
    """A frame every so many seconds; sources come again."""
    return [at(begin + n * DAY // each, n % (each // 2)) for n in range(days * each)]


def days_of(store, *words):
    return [line.split(",")[0] for line in csv_of("survey", "-s", store, *FAR, *words).splitlines()[1:]]


@case
def bogus_times_stretch_nothing(_):
    """All tables are those of the capture without the frames, which the ledger counts."""
    arp = record(YEAR_2096 * 10**9, ethernet(bytes(28), ethertype=0x0806))
    frames = honest()
    write("clean.pcap", pcap(frames))
    succeed("ingest", "-q", "-s", "clean", "clean.pcap")
    want = [csv_of(*table, "-s", "clean") for table in TABLES]
    for name, bogus in (("behind", frames + [at(YEAR_2096, 7)]), ("before", [at(0, 7)] + frames),
                        ("within", frames[:100] + [at(YEAR_2096, 7), at(0, 8)] + frames[100:]),
                        ("arp", frames[:5] + [arp] + frames[5:])):
        write(f"{name}.pcap", pcap(bogus))
        said = [line for line in hotaru("ingest", "-s", name, f"{name}.pcap").errors()
                if "far from all others" in line]
        count = len(bogus) - len(frames)
        check(len(said) == 1 and f"'{name}.pcap'" in said[0] and f": {count} of {len(bogus)}, " in said[0],
              f"{name}: {said}")
        equal([csv_of(*table, "-s", name) for table in TABLES], want, name)
        total = csv_of("ledger", "-s", name).splitlines()[-1]
        equal(total, f"*,frames,{len(bogus)}", f"{name}: the ledger")
        reasons = [line for line in csv_of("ledger", "--reasons", "-s", name).splitlines() if "far_time" in line]
        equal(len(reasons), 2, f"{name}: reasons of the capture and of all")
        check(reasons[0].startswith(f"{name}.pcap,frames,{count},,far_time,{count},"), f"{name}: {reasons}")
        check(f"far_frames,{count}\n" in csv_of("info", "-s", name), f"{name}: info")
        note = [line for line in hotaru("survey", "-s", name).errors() if "far from all others" in line]
        check(len(note) == 1 and f"{count} frame" in note[0], f"{name}: {note}")
        succeed("report", "-q", "-s", name, "-o", f"page {name}")
        for table in ("survey.csv", "ports.csv", "lifetimes.csv"):
            text = pathlib.Path(f"page {name}", table).read_text(encoding="utf-8")
            check("2096" not in text and "1970" not in text, f"{name}: {table} of the report")
    check("far_frames" not in csv_of("info", "-s", "clean"), "info of nothing far")
    result = hotaru("survey", "--family", "*", "--format", "csv", "within.pcap")
    equal(result.text(), want[0], "of a capture itself")


@case
def days_that_are_asked_for_are_reached(_):
    write("a.pcap", pcap([at(0, 8)] + honest() + [at(YEAR_2096, 7)]))
    succeed("ingest", "-q", "-s", "a", "a.pcap")
    near = ["2016-09-01", "2016-09-02", "2016-09-03"]
    equal(days_of("a"), near, "none is asked for")
    equal(days_of("a", "--from", "2016-09-02"), near[1:], "to the last one that is near")
    equal(days_of("a", "--to", "2016-09-02"), near[:2], "from the first one that is near")
    equal(days_of("a", "--from", "2096-01-01"), ["2096-01-01"], "the end")
    equal(days_of("a", "--from", "2095-12-31", "--to", "2096-02-01"), ["2095-12-31", "2096-01-01"], "a range")
    equal(days_of("a", "--to", "1970-01-02"), ["1970-01-01", "1970-01-02"], "the begin")
    equal(len(days_of("a", "--from", "1970-01-01")), 17048, "from the begin")
    for table in ("ports", "sources", "prefixes", "shapes"):
        check(len(csv_of(table, "-s", "a", "--from", "2096-01-01").splitlines()) > 1, table)
    check(not any("far from all others" in line for line in
                  hotaru("survey", "-s", "a", "--from", "1970-01-01", "--to", "2096-01-01").errors()),
          "a note of nothing")
    succeed("report", "-q", "-s", "a", "-o", "page", "--from", "2095-12-20")
    check("2096-01-01,mirai,1," in pathlib.Path("page/survey.csv").read_text(encoding="utf-8"), "the report")


@case
def a_clock_that_starts_in_1970_is_of_no_day(_):
    """However much was captured until it heard of the time, and in whichever file."""
    write("clock.pcap", pcap(honest(2, 2000, begin=10) + honest(1, 200)))
    write("first.pcap", pcap(honest(2, 250, begin=10)))
    write("second.pcap", pcap(honest(1, 200)))
    succeed("ingest", "-q", "-s", "clock", "clock.pcap")
    succeed("ingest", "-q", "-s", "rotated", "first.pcap")
    equal(days_of("rotated"), ["1970-01-01", "1970-01-02"], "nobody knows better")
    succeed("ingest", "-q", "-s", "rotated", "second.pcap")
    for store in ("clock", "rotated"):
        equal(days_of(store), ["2016-09-01"], store)
    check("*,frames,500,,far_time,2," in csv_of("ledger", "--reasons", "-s", "rotated"), "reasons")


@case
def honest_captures_are_left_alone(_):
    """Years of silence, and days of an archive years apart, are what they are."""
    later = BEGIN + 1500 * DAY
    stores = {
        "silence": [honest(1, 400) + honest(1, 40, begin=later)],
        "archive": [honest(1, 1000), honest(1, 2, begin=later), [at(BEGIN - 2000 * DAY)]],
        "one file": [[at(BEGIN - 2000 * DAY)] + [at(BEGIN)] + [at(later)]],
        "slow": [[at(BEGIN + n * 30 * DAY) for n in range(60)]],
    }
    for store, captures in stores.items():
        names = [write(f"{store} {n}.pcap", pcap(frames)).name for n, frames in enumerate(captures)]
        result = hotaru("ingest", "-s", store, *names)
        check(not any("far" in line for line in result.errors()), f"{store}: {result.errors()}")
        check("far_time" not in csv_of("ledger", "--reasons", "-s", store), f"{store}: reasons")
        seen = {frame[0] // 10**9 // DAY for frames in captures for frame in frames}
        equal(len(days_of(store)), max(seen) - min(seen) + 1, store)


@case
def order_and_steps_make_no_difference(_):
    dice = random.Random(7)
    captures = {"a.pcap": honest(2) + [at(YEAR_2096)], "b.pcap": honest(1, begin=BEGIN + 3 * DAY),
                "c.pcap": [at(BEGIN + 700 * DAY)] + honest(1, begin=BEGIN + 5 * DAY) + [at(0)]}
    for name, frames in captures.items():
        write(name, pcap(frames))
    want = None
    for order in itertools.permutations(captures):
        shutil.rmtree("store", ignore_errors=True)
        if dice.randrange(2):
            succeed("ingest", "-q", "-s", "store", "--threads", "1", *order)
        else:
            for name in order:
                succeed("ingest", "-q", "-s", "store", name)
        got = [csv_of(*table, "-s", "store") for table in
               (*TABLES[:4], ("ledger", "--reasons"), ("ports", "--from", "2096-01-01"))]
        want = want or got
        equal(got, want, f"{order}")
    equal(days_of("store")[-1], "2016-09-06", "the last day")


run_cases()
