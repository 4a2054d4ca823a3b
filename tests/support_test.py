#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The support of rules where nobody says one: of each day by its sources and the telescope, whichever other days are
asked for; and where there is no rule, the support that the note names is the highest that lists one."""
import random
import re

from harness import (DAY_NS, case, check, csv_of, equal, ethernet, hotaru, pcap, record, run_cases, succeed, syn, write)

FIRST = 17000  # 2016-07-18
ONE_IN, LEAST, STUDY, SLASH_16 = 293, 10, 1000, 65536
DESTINATION = 0xC6336401


def source_of(rng):
    return rng.randrange(0x0B000000, 0x7E000000)


def day_packets(day, sources, groups, rng):
    """So many sources of one window each, and groups of some that have two windows of their own."""
    chosen = rng.sample(range(0x0B000000, 0x7E000000), sources)
    sent, at = [], 0
    for number, size in enumerate(groups):
        for source in chosen[at:at + size]:
            sent += [(source, 100 + 2 * number), (source, 101 + 2 * number)]
        at += size
    sent += [(source, rng.randrange(2000, 60000)) for source in chosen[at:]]
    return [record(day * DAY_NS + 10**9 + i * 10**6, ethernet(syn(source, DESTINATION, window=window)))
            for i, (source, window) in enumerate(sent)]


def support_of(sources, addresses=None):
    share = -(-sources // ONE_IN)
    return max(LEAST, share if addresses is None else min(share, STUDY * addresses // SLASH_16))


def found(*words):
    """{day: {support}} of the rules."""
    days = {}
    for line in csv_of("rules", "--fields", "window", *words).splitlines()[1:]:
        days.setdefault(line.split(",")[0], set()).add(int(line.split(",")[3]))
    return days


SOURCES = {"2016-07-18": 900, "2016-07-19": 3516, "2016-07-20": 3517, "2016-07-21": 6446}
GROUPS = (9, 10, 11, 12, 13, 14, 21, 22, 23, 24)


def make():
    rng = random.Random(7)
    records = [r for i, sources in enumerate(SOURCES.values()) for r in day_packets(FIRST + i, sources, GROUPS, rng)]
    write("capture.pcap", pcap(records))
    succeed("ingest", "-q", "-s", "store", "capture.pcap")


def errors(*words):
    return "\n".join(hotaru(*words).errors())


def note(*words):
    return errors("rules", "--fields", "window", *words)


# ---- by day

@case
def each_day_has_the_support_of_its_sources(_):
    make()
    all_days = found("-s", "store")
    equal(set(all_days), set(SOURCES), "days")
    for day, sources in SOURCES.items():
        least = support_of(sources)
        equal(all_days[day], {size for size in GROUPS if size >= least}, f"{sources} sources: rules from {least} on")
        equal(found("-s", "store", "--from", day, "--to", day)[day], all_days[day], f"{day} by itself")
    equal([support_of(n) for n in SOURCES.values()], [10, 12, 13, 22], "the supports of this test")
    text = note("-s", "store")
    check("note: the support is 10 to 22: one in 293 of the day's 900 to 6446 sources; 10 at least (--min-support" in
          text, text)
    text = note("-s", "store", "--to", "2016-07-18")
    check("note: the support is 10: one in 293 of the day's 900 sources; 10 at least" in text, text)
    check("the support is" not in note("-s", "store", "--min-support", "12"), "a support that was asked for is explained")


@case
def a_small_telescope_asks_for_less(_):
    # A /20 is to a /16 as 62 to 1,000; a /22 as 15; a /24 as 3, which is too few.
    make()
    for telescope, sizes in (("198.51.96.0/20", (4096, 4096)), ("198.51.100.0/22", (1024, 1024)),
                             ("198.51.100.0/24", (256, 256)), ("198.51.0.0/16", (65536, 65536)),
                             ("198.51.100.0/24@..2016-07-20,198.51.0.0/16@2016-07-21..", (256, 65536))):
        name = f"s{sizes[0]}-{sizes[1]}"
        succeed("ingest", "-q", "-s", name, "--telescope", telescope, "capture.pcap")
        for day, sources in SOURCES.items():
            least = support_of(sources, sizes[day == "2016-07-21"])
            equal(found("-s", name, "--from", day, "--to", day)[day], {g for g in GROUPS if g >= least},
                  f"{telescope} on {day}: rules from {least} on")
        equal("less where the telescope is small" in note("-s", name), sizes[0] < 4096, telescope)


@case
def the_support_of_the_study_is_an_option(_):
    make()
    for words, same in ((("study",), "1000"), (("auto",), None)):
        equal(found("-s", "store", "--min-support", *words),
              found("-s", "store", *(("--min-support", same) if same else ())), f"--min-support {words}")
    for wrong in ("0", "-1", "x", "", "1.5", "4294967296", "Study"):
        for command in (("rules",), ("report", "-o", "page")):
            result = hotaru(*command, "-s", "store", f"--min-support={wrong}")
            equal((result.code, len(result.errors())), (2, 1), f"{command} --min-support '{wrong}'")
            check("--min-support takes a number of sources" in result.errors()[0], result.errors())


@case
def a_floor_is_no_reason_to_refuse(_):
    make()
    succeed("compact", "-q", "-s", "store", "--floor", "13")
    equal(found("-s", "store"), found("-s", "store", "--min-support", "13") |
          {"2016-07-21": {22, 23, 24}}, "rules from the floor on")
    check("the support is 13, not 10" in note("-s", "store"), "the floor is not told")


# ---- no rule

def is_listed(words, support):
    return csv_of("rules", *words, "--min-support", support).count("\n") > 1


@case
def the_note_names_the_highest_support_with_a_rule(_):
    make()
    count = 0
    for words in (("--fields", "window"), ("--fields", "window", "--all"), ("--fields", "window", "--timeline"),
                  ("--to", "2016-07-19"), ("--across",), ("--fields", "window", "--window-days", "2"),
                  ("--fields", "window", "--min-confidence", "1")):
        words = ("-s", "store", *words)
        for support in ("study", 25):
            text = errors("rules", *words, "--min-support", support)
            if "note: no rule" not in text:
                continue
            named = re.search("; with --min-support ([0-9]+) there is one", text)
            if not check(named, f"{words}, {support}: {text}"):
                continue
            listed = int(named.group(1))
            check(is_listed(words, listed), f"{words}: nothing with {listed}")
            for higher in (listed + 1, listed + 2, listed + 7, 400):
                check(not is_listed(words, higher), f"{words}: one with {higher}, too")
            count += 1
    check(count >= 8, f"only {count} were looked at")


@case
def the_note_of_what_is_new_names_it_too(_):
    make()
    text = errors("rules", "-s", "store", "--new", "--fields", "window", "--min-support", "study")
    check("no rule on these days; with --min-support 24 there is one" in text, text)
    check("--all" not in text, text)


@case
def where_no_support_helps_none_is_named(_):
    write("one.pcap", pcap([record(FIRST * DAY_NS + i, ethernet(syn(0x0B000000 + i, DESTINATION, window=1000 + i)))
                            for i in range(20)]))
    text = errors("rules", "one.pcap", "--fields", "window")
    check("note: no rule on these days; --all" in text and "with --min-support" not in text, text)


run_cases()
