#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""`hotaru sources` and `hotaru shapes` against a naive count over the same packets, and flood
suspects against the rule as it is told to users, on crafted days and on random ones.
"""
import calendar
import csv
import datetime
import math
import random

import model
from harness import (DAY_NS, address, case, check, csv_of, dotted, equal, ethernet, hotaru, ipv4,
                     pcap, record, run_cases, succeed, syn, udp, write, captures_folder, read_pcap)
from traffic import Traffic

BEGIN_NS = calendar.timegm((2016, 9, 20, 0, 0, 0)) * 10**9
DARK = address("198.51.100.0")
TELESCOPE = "198.51.100.0/24"
SHAPES = ("few", "horizontal", "vertical", "mixed")

# Told by pairs of SYNs that belong together (tests/tools_test.py): there are none here.
PAIRS = {"nmap", "unicornscan"}


# ---- the naive count: everything from a list of (time_ns, packet of the model)

def packets_of(link_type, records):
    for time_ns, frame, _ in records:
        packet = model.decode(link_type, frame)
        if packet.kind in model.PACKET_KINDS:
            yield time_ns, packet


class SourceDay:
    def __init__(self):
        self.packets = []  # (time_ns, packet)

    def only_port(self):
        """(protocol, port) of a source-day of one packet, if that is a SYN or UDP."""
        if len(self.packets) != 1:
            return None
        packet = self.packets[0][1]
        if packet.kind not in ("syn", "udp") or packet.destination_port is None:
            return None
        return packet.kind, packet.destination_port

    def syns(self, family):
        """Those of a family that the source counts for."""
        syns = [(t, p) for t, p in self.packets if p.kind == "syn"]
        matching = [(t, p) for t, p in syns if family == "*" or family in model.fingerprints(p) - PAIRS]
        return matching if model.counts_for(family, len(syns), len(matching)) else []


def source_days(packets):
    """{day: {source: SourceDay}}"""
    days = {}
    for time_ns, packet in packets:
        sources = days.setdefault(time_ns // DAY_NS, {})
        sources.setdefault(packet.source, SourceDay()).packets.append((time_ns, packet))
    return days


def suspects(sources):
    """The sources of a day that the rule suspects, straight from its words."""
    fives, seen = {}, set()
    for source, day in sources.items():
        times = [t // (5 * 10**9) for t, _ in day.packets]
        seen |= {min(times), max(times)}
        if day.only_port():
            fives.setdefault(day.only_port(), {}).setdefault(times[0], []).append(source)
    found = set()
    for by_five in fives.values():
        def ten_seconds(five):
            return by_five.get(five, []) + by_five.get(five + 1, [])
        levels = [len(ten_seconds(five)) for five in seen]
        levels = sorted(levels + [0] * (12 - len(levels)))
        median = levels[(len(levels) - 1) // 2]
        for five in {f + shift for f in by_five for shift in (-1, 0)}:
            if len(ten_seconds(five)) >= max(1000, 20 * median):
                found |= set(ten_seconds(five))
    return found


def shape(destinations, ports):
    if destinations < 5:
        return "few" if ports < 5 else "vertical"
    return "horizontal" if ports < 5 else "mixed"


def real(value):
    text = f"{value:.6f}".rstrip("0").rstrip(".")
    return text if "." in f"{value:.6f}" else text


def moment(time_ns):
    seconds, rest = divmod(time_ns, 10**9)
    when = datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc)
    return f"{when:%Y-%m-%dT%H:%M:%S}.{rest // 1000:06}Z"


def row_of(day, source, source_day, family, size):
    """A row of `hotaru sources`, but the suspicion; None: it sent nothing of the family."""
    syns = source_day.syns(family)
    if not syns:
        return None
    times = [t for t, _ in source_day.packets]
    first, last = min(times), max(times)
    # No source of these tests has more than 64 destinations, beyond which they are estimated.
    destinations = min(len({p.destination for _, p in source_day.packets}), len(syns))
    ports = len({p.destination_port for _, p in syns})
    rate = while_seen = ""
    if size:
        rate = real(len(syns) * 2**32 / size / 86400)
        if len(syns) > 1 and last > first:
            while_seen = real((len(syns) - 1) * 2**32 / size / ((last - first) / 10**9))
    names = sorted(name for name in set().union(*(model.fingerprints(p) - PAIRS for _, p in source_day.syns("*")))
                   if source_day.syns(name))
    return [str(datetime.date(1970, 1, 1) + datetime.timedelta(day)), dotted(source), moment(first),
            moment(last), str(len(syns)), str(destinations), str(ports), rate, while_seen,
            shape(destinations, ports), None, names]


def naive_rows(days, family, size=256):
    rows = []
    for day, sources in sorted(days.items()):
        suspected = suspects(sources)
        for source, source_day in sorted(sources.items()):
            row = row_of(day, source, source_day, family, size)
            if row:
                row[10] = "yes" if source in suspected else "no"
                rows.append(row)
    return rows


def naive_shapes(rows_by_family, days):
    """Rows of `hotaru shapes`."""
    out = []
    for day in sorted(days):
        date = str(datetime.date(1970, 1, 1) + datetime.timedelta(day))
        for family in sorted(rows_by_family):
            for name in SHAPES:
                rows = [r for r in rows_by_family[family] if r[0] == date and r[9] == name]
                out.append([date, family, name, str(len(rows)), str(sum(int(r[4]) for r in rows)),
                            str(sum(r[10] == "yes" for r in rows))])
    return out


def table(*words):
    rows = list(csv.reader(csv_of(*words).splitlines()))[1:]
    return rows


def sources_of(*words):
    """Rows of `hotaru sources`; fingerprints in an order of their own become a sorted list."""
    return [row[:11] + [sorted(row[11].split(";")) if row[11] else []]
            for row in table("sources", *words)]


def close(got, want):
    """Rates may differ in the last digit that is printed."""
    for a, b in zip(got, want):
        for i in (7, 8):
            if a[i] and b[i] and math.isclose(float(a[i]), float(b[i]), abs_tol=2e-6, rel_tol=1e-9):
                a[i] = b[i]
    return got


# ---- crafted days

def one_syn(source, time_ns, port=23, **more):
    return record(time_ns, ethernet(syn(source, DARK + source % 256, port=port, **more)))


def flood(first, count, begin_s, seconds, port, rng):
    return [one_syn(first + i, BEGIN_NS + int((begin_s + seconds * rng.random()) * 10**6) * 1000,
                    port) for i in range(count)]


def crafted_day(rng):
    """A flood, a flash of real scanners, an epidemic that goes on all day; and who did what."""
    records, who = [], {}
    # 3,000 forged addresses within two seconds, across the border of two intervals.
    who["flood"] = range(0x0a000000, 0x0a000000 + 3000)
    records += flood(0x0a000000, 3000, 39999, 2, 8080, rng)
    # A new worm: 1,500 scanners begin within seconds, and send several packets each.
    who["flash"] = range(0x0b000000, 0x0b000000 + 1500)
    for source in who["flash"]:
        for n in range(3):
            at = BEGIN_NS + 50000 * 10**9 + rng.randrange(8 * 10**6) * 1000 + n * 60 * 10**9
            records.append(one_syn(source, at, 5555))
    # An epidemic of which a small telescope sees most hosts once.
    who["epidemic"] = range(0x0c000000, 0x0c000000 + 9000)
    records += flood(0x0c000000, 9000, 0, 86399, 23, rng)
    # UDP with forged addresses.
    who["udp"] = range(0x0d000000, 0x0d000000 + 1200)
    for source in who["udp"]:
        at = BEGIN_NS + 60000 * 10**9 + rng.randrange(4 * 10**6) * 1000
        records.append(record(at, ethernet(ipv4(source, DARK + 9, 17, udp(53, 1900)))))
    rng.shuffle(records)
    return records, who


@case
def a_flood_is_told_from_scanners_and_from_an_epidemic(_):
    rng = random.Random(20160920)
    records, who = crafted_day(rng)
    write("day.pcap", pcap(records))
    succeed("ingest", "-q", "-s", "a store", "--telescope", TELESCOPE, "day.pcap")
    days = source_days(packets_of(1, records))
    suspected = suspects(days[BEGIN_NS // DAY_NS])
    equal(suspected, set(who["flood"]) | set(who["udp"]), "the naive count's suspects")
    rows = sources_of("-s", "a store")
    equal(close(rows, naive_rows(days, "*")), naive_rows(days, "*"), "sources")
    equal({address(r[1]) for r in rows if r[10] == "yes"}, set(who["flood"]), "suspects of SYNs")
    udps = table("sources", "-s", "a store", "--protocol", "udp")
    equal({address(r[1]) for r in udps if r[10] == "yes"}, set(who["udp"]), "suspects of UDP")
    result = hotaru("sources", "-s", "a store", "--without-floods", "--format", "csv")
    equal([r[1] for r in csv.reader(result.text().splitlines()[1:])],
          [r[1] for r in rows if r[10] == "no"], "without floods")
    check("hotaru: note: left out 3000 source-days as flood suspects on 1 days" in result.errors(),
          f"nothing is said of what was left out: {result.errors()}")
    got = table("shapes", "-s", "a store", "--family", "*")
    equal(got, naive_shapes({"*": naive_rows(days, "*")}, days), "shapes")
    result = hotaru("shapes", "-s", "a store", "--family", "*", "--without-floods", "--format", "csv")
    equal(result.text().splitlines()[1], "2016-09-20,*,few,10500,13500,3000", "shapes without floods")
    check("left out 3000 source-days" in result.err.decode(), f"shapes: {result.errors()}")
    for rest in (("--port", "23"), ("--family", "mirai")):
        errors = hotaru("sources", "-s", "a store", "--without-floods", *rest).err
        check(b"left out 0 source-days as flood suspects on 0 days" in errors, f"{rest}: {errors}")


@case
def borders_of_the_rule(_):
    """1,000 or 999; ten seconds or a little more; twenty times the median or nearly so."""
    def count(records, name):
        write("border.pcap", pcap(records))
        got = sum(row[10] == "yes" for row in sources_of("border.pcap"))
        days = source_days(packets_of(1, records))
        equal(got, sum(len(suspects(s)) for s in days.values()), f"{name}: by the naive count")
        return got

    quiet = [one_syn(1 + i // 2, BEGIN_NS + (60000 + 60 * i) * 10**9, 99) for i in range(40)]

    def at(second, sources, first=0x0a000000):
        return [one_syn(first + i, BEGIN_NS + int(second * 10**6) * 1000) for i in range(sources)]

    equal(count(quiet + at(1, 1000), "a thousand"), 1000, "a thousand")
    equal(count(quiet + at(1, 999), "fewer"), 0, "fewer")
    equal(count(quiet + at(4.999999, 500) + at(5, 500, 0x0b000000), "straddling"), 1000, "straddling")
    equal(count(quiet + at(5, 500) + at(14.999999, 500, 0x0b000000), "ten seconds"), 1000,
          "ten seconds that begin at a full five")
    equal(count(quiet + at(4.999999, 500) + at(10, 500, 0x0b000000), "three"), 0, "three intervals")
    level = [r for i in range(60) for r in at(5 * i, 30, 0x0c000000 + i * 256)]
    equal(count(level + at(100, 1140), "20 times 60"), 1230, "20 times the median")
    equal(count(level + at(100, 1139), "less"), 0, "less than 20 times the median")
    equal(count(at(7, 1500), "nothing else"), 1500, "a capture of nothing but a flood")
    equal(count([r for i in range(30) for r in at(5 * i, 1000, 0x0c000000 + i * 4096)], "steady"), 0,
          "a capture of minutes in which that is what it is like")


# ---- random days

@case
def random_captures_have_the_sources_and_shapes_of_the_definitions(_):
    for seed in range(1, 13):
        traffic = Traffic(seed)
        names, packets = [], []
        for capture in traffic.captures:
            names.append(write(f"{seed}-{capture.name}", capture.make(capture.records)).name)
            packets += packets_of(capture.link_type, capture.records)
        days = source_days(packets)
        families = ("*",) + model.FAMILIES
        wanted = {family: naive_rows(days, family, 0) for family in families}
        for family in ("*", "mirai", "hajime-raw"):
            got = sources_of("--family", family, *names)
            if not equal(got, wanted[family], f"seed {seed}: sources of {family}"):
                return
        equal(table("shapes", *names), naive_shapes(wanted, days), f"seed {seed}: shapes")
        # Filters: rows of those that remain.
        rows = wanted["*"]
        for name in SHAPES:
            equal(sources_of("--shape", name, *names), [r for r in rows if r[9] == name],
                  f"seed {seed}: --shape {name}")
        if rows:
            day = rows[len(rows) // 2][0]
            equal(sources_of("--from", day, "--to", day, *names), [r for r in rows if r[0] == day],
                  f"seed {seed}: days")
        tops = []
        for day in sorted({r[0] for r in rows}):
            of_day = sorted((r for r in rows if r[0] == day),
                            key=lambda r: (-int(r[4]), address(r[1])))[:3]
            tops += of_day
        equal(sources_of("--top", "3", *names), tops, f"seed {seed}: --top 3")
        to_port = []
        for row in rows:
            source_day = days[(datetime.date.fromisoformat(row[0]) - datetime.date(1970, 1, 1)).days]
            if any(p.destination_port == 2323 for _, p in source_day[address(row[1])].syns("*")):
                to_port.append(row)
        equal(sources_of("--port", "2323", *names), to_port, f"seed {seed}: --port 2323")


@case
def real_captures_have_them_too(_):
    folder = captures_folder()
    for name in ("darknet/crafter__hbot.pcap", "scans/simple-scan__445_scan.pcap",
                 "scans/simple-scan__multiport_scan.pcap"):
        link_type, records = read_pcap((folder / name).read_bytes())
        days = source_days(packets_of(link_type, records))
        want = naive_rows(days, "*", 0)
        equal([[r[i] for i in (0, 1, 4, 5, 6, 9, 10)] for r in sources_of(folder / name)],
              [[r[i] for i in (0, 1, 4, 5, 6, 9, 10)] for r in want], name)


@case
def what_makes_no_sense_is_refused(_):
    write("a.pcap", pcap([one_syn(1, BEGIN_NS)]))
    for words, reason in ((("sources", "--family", "mirai,hajime"), "one fingerprint"),
                          (("sources", "--family", "nonesuch"), "no fingerprint"),
                          (("sources", "--protocol", "udp", "--family", "mirai"), "told by SYNs"),
                          (("shapes", "--protocol", "udp", "--family", "mirai"), "told by SYNs"),
                          (("sources", "--top", "0"), "--top"), (("sources", "--port", "65536"), "--port"),
                          (("sources", "--shape", "round"), "--shape")):
        result = hotaru(*words, "a.pcap")
        check(result.code == 2 and reason in result.errors()[-1], f"{words}: {result.errors()}")
    result = hotaru("sources", "--port", "99", "a.pcap")
    check(result.code == 0 and "no source-day is like that" in result.errors()[-1], "an empty table")


run_cases()
