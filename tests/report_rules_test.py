#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Association rules of the report: its tables are those of `rules`, and what it cannot say it says."""
import os
import re

from harness import (DAY_NS, case, check, csv_of, equal, ethernet, hotaru, pcap, record, run_cases, succeed, syn,
                     write)

FIRST = 17000  # 2016-07-18
DAYS, SPREAD_FROM, OLD, NEW = 30, 20, 40, 30  # 30 new sources of two windows, from 2016-08-07 on


def packets(day, first_source, sources, windows, **more):
    """A SYN of each window from each of the sources."""
    return [record(day * DAY_NS + (100 + i) * 10**9,
                   ethernet(syn(first_source + i, 0xC0000201 + i % 8, window=window, **more)))
            for i in range(sources) for window in windows]


def spreading():
    """Every day sources of one window; from a day on others, of Mirai's kind, of two windows each."""
    records = []
    for day in range(FIRST, FIRST + DAYS):
        records += packets(day, 0x0A000001, OLD, [1024])
        if day >= FIRST + SPREAD_FROM:
            records += packets(day, 0x0A010001, NEW, [100, 200], seq=None)
    return sorted(records)


def store(records, name="store"):
    write("capture.pcap", pcap(records))
    succeed("ingest", "-q", "-s", name, "capture.pcap")
    return name


def page(folder="page"):
    with open(os.path.join(folder, "index.html"), encoding="utf-8") as file:
        return file.read()


def section(text):
    """The section of association rules without tags, blanks made one."""
    found = re.search(r'<section id="rules".*?</section>', text, re.DOTALL)
    text = re.sub(r"<svg.*?</svg>", "", found.group(0), flags=re.DOTALL) if found else ""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", text)).replace("\xa0", " ")


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


@case
def tables_are_those_of_the_command(_):
    asked = ("--min-support", "20", "--min-confidence", "0.8")
    days = ("--from", "2016-07-20", "--to", "2016-08-12")
    name = store(spreading())
    succeed("report", "-q", "-s", name, "-o", "page", *asked, *days)
    for option, file in (((), "rules"), (("--timeline",), "rules-timeline"), (("--new",), "rules-new")):
        text = csv_of("rules", "-s", name, *asked, *days, *option)
        check(text.count("\n") > 1, f"rules {option} finds nothing")
        equal(read(f"page/{file}.csv"), text, f"{file}.csv")


@case
def the_section_says_what_is_spreading(_):
    name = store(spreading())
    succeed("report", "-q", "-s", name, "-o", "page", "--min-support", "20")
    text = section(page())
    for words in ("2016-07-18 to 2016-08-16", "Support at least 20 sources a day, confidence at least 90.0%",
                  "With a known name: 1 (mirai 1) 2016-08-07 window size 100 ⇒ 200 30 target sources 100.0% of sources with the "
                  "left side have the right (confidence) 2.3 times as often as among all sources (lift) Of the 30 target "
                  "sources: Fingerprints: any SYN mirai 100.0% , mirai-2016 100.0% Mirai hosts: over 90% of SYNs 100.0%",
                  "Everything that emerged has a known name.",
                  "23 100.0%", "that sent 2 SYNs",
                  "100 ⇒ 200 window size 2016-08-07 2016-08-16 10 2016-08-07 30 100.0% 100.0%",
                  "To ask with a lower support: hotaru rules -s STORE --min-support 10", "14 days were not judged for that reason."):
        check(words in text, f"the page does not say '{words}': {text[:3000]}")
    check("10.1.0." not in text and "192.0.2." not in text, "the section has an address")
    check('<figure id="rules-window">' in page() and '"rules-window.svg"' in page(), "there is no figure")
    # The example of the CSV is for those who run the telescope.
    check("source=10.1.0.1 syns=2 " in read("page/rules-new.csv"), "rules-new.csv has no example")


@case
def what_names_a_rule(_):
    """Half of its sources, by any SYN, and no weak fingerprint; what is not named is not folded."""
    sack = bytes((1, 1, 4, 2))
    for what, groups, named, words in (
            ("half are Mirai's", [(15, {"seq": None}), (15, {})], "mirai 1", "Fingerprints: any SYN mirai 50.0%"),
            ("fewer are", [(14, {"seq": None}), (16, {})], None, "Fingerprints: any SYN mirai 46.7%"),
            ("none is", [(30, {})], None, "Fingerprints: any SYN none known"),
            ("a weak one", [(30, {"options": sack, "window": 14600})], None, "Fingerprints: any SYN hajime 100.0%"),
            ("one SYN of three", [(30, {"seq": None, "once": True})], "mirai 1",
             "Fingerprints: any SYN mirai 100.0% , mirai-2016 100.0% Mirai hosts: over 90% of SYNs 0.0%")):
        records = []
        for day in range(FIRST, FIRST + DAYS):
            records += packets(day, 0x0A000001, OLD, [1024])
            first = 0x0A010001
            for count, more in groups if day >= FIRST + SPREAD_FROM else ():
                is_once, window = more.get("once"), more.get("window", 100)
                more = {k: v for k, v in more.items() if k not in ("once", "window")}
                records += packets(day, first, count, [window], **more)
                records += packets(day, first, count, [200, 200] if is_once else [200], **({} if is_once else more))
                first += count
        write("capture.pcap", pcap(sorted(records)))
        succeed("report", "-q", "-o", "page", "capture.pcap")
        text, raw = section(page()), page()
        check(words in text, f"{what}: the page does not say '{words}': {text[:3000]}")
        equal("With a known name: 1" in text, named is not None, f"{what}: a name")
        equal("Without a known name: 1" in text, named is None, f"{what}: no name")
        check(named is None or f"With a known name: 1 ({named})" in text, f"{what}: {text[:2000]}")
        folded = re.search('<details class="named">.*?</details>', raw, re.DOTALL)
        equal(folded is not None and 'class="card emergence"' in folded.group(0), named is not None, f"{what}: folded")
        equal(raw.count('class="card emergence"'), 1, f"{what}: cards")


@case
def the_support_follows_the_days(_):
    name = store(spreading())
    succeed("report", "-q", "-s", name, "-o", "page")
    text = section(page())
    for words in ("Support at least 10 sources a day", "one in 293 of its 40 to 70 sources", "100 ⇒ 200 30 target sources"):
        check(words in text, f"the page does not say '{words}': {text[:3000]}")
    check("To ask with" not in text and "smaller than the study" not in text, text)
    for option, file in (((), "rules"), (("--timeline",), "rules-timeline"), (("--new",), "rules-new")):
        equal(read(f"page/{file}.csv"), csv_of("rules", "-s", name, *option), f"{file}.csv")
    succeed("compact", "-q", "-s", name, "--floor", "25")
    succeed("report", "-q", "-s", name, "-o", "page")
    text = section(page())
    check("Support at least 25 sources" in text and "The support was raised to 25 on days that have fewer sources" in text, text)


@case
def what_emerged_on_the_last_day_is_what_changed(_):
    name = store(spreading())
    for day, is_there in (("2016-08-07", True), ("2016-08-08", False)):
        succeed("report", "-q", "-s", name, "-o", "page", "--min-support", "20", "--to", day)
        today = re.search('<p class="headline">(.*?)</p>', page())[1]
        equal(bool(re.search("<b>New:</b>.*#emergences", today)), is_there, f"what changed on {day}")


@case
def nothing_found_is_told(_):
    name = store(spreading())
    succeed("report", "-q", "-s", name, "-o", "page", "--min-support", "20")
    check("rules-window.svg" in os.listdir("page"), "there is no figure")
    succeed("report", "-q", "-s", name, "-o", "page", "--lang", "en", "--min-support", "study")
    text = section(page())
    check("No rule passes a support of 1,000 sources and a confidence of 90.0%" in text, text)
    check("With a support of 30 there is one: hotaru rules -s STORE --min-support 30" in text, text)
    check("Nothing emerged on these days." in text, text)
    check("rules-window.svg" not in os.listdir("page"), "the figure of an earlier report is still there")
    equal(read("page/rules.csv").count("\n"), 1, "lines of rules.csv")


@case
def a_floor_is_told(_):
    name = store(spreading())
    succeed("compact", "-q", "-s", name, "--floor", "25")
    succeed("report", "-q", "-s", name, "-o", "page", "--min-support", "20")
    text = section(page())
    check("A support of 20 was asked for." in text and "fewer than 25 sources" in text, text)
    check("Support at least 25 sources" in text and "To ask with a lower support" not in text, text)
    equal(read("page/rules.csv"), csv_of("rules", "-s", name, "--min-support", "25"), "rules.csv")


@case
def a_year_is_the_limit(_):
    records = packets(FIRST - 400, 0x0A010001, NEW, [100, 200]) + packets(FIRST, 0x0A010001, NEW, [300, 400])
    records += packets(FIRST, 0x0A000001, OLD, [1024])
    name = store(sorted(records))
    succeed("report", "-q", "-s", name, "-o", "page", "--min-support", "20")
    text = section(page())
    check("35 days of this page before 2015-07-19 are left out." in text, text[:2000])
    check("300 ⇒ 400" in text and "100 ⇒ 200" not in text, text[:2000])
    check("2015-06-14" not in read("page/rules.csv"), "rules.csv has a day that was left out")


@case
def bad_options_are_one_line(_):
    name = store(packets(FIRST, 0x0A000001, 3, [1024]))
    for words in (("--min-support", "0"), ("--min-support", "x"), ("--min-confidence", "1.5"),
                  ("--min-confidence", "nan"), ("--min-confidence", "-1")):
        result = hotaru("report", "-q", "-s", name, "-o", "page", *words)
        equal((result.code, len(result.errors())), (2, 1), f"report {words}: {result.errors()}")
    check(not os.path.exists("page"), "there is a page all the same")


run_cases()
