#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""`hotaru places` and `hotaru prefixes` against a naive count of the same packets.

A simulated capture is taken apart by model.py, and each of its sources is looked up here in tables of
ranges that the test makes: by country, network and prefix; any port, several, UDP, a family; some
days, all of them; the places of several times.
"""
import bisect
import collections
import csv
import datetime
import functools
import io
import ipaddress
import json
import pathlib
import random
import re

import flows
import mmdb
import model
from harness import (DAY_NS, address, case, check, csv_of, dotted, equal, ethernet, hotaru, ipv4,
                     pcap, read_pcap, record, run_cases, succeed, syn, udp, write)

FIRST_DAY = datetime.date(2016, 7, 1)
DAYS = 8
COUNTRIES = ("BR", "CN", "IN", "JP", "KR", "TW", "US", "VN")
PORTS = (23, 2323, 22, 80, 53)


def day_text(index):
    return (FIRST_DAY + datetime.timedelta(index)).isoformat()


@case
def a_bad_line_is_told_when_the_table_is_given(_):
    write("a.pcap", pcap([record(0, ethernet(syn("1.0.0.1", "198.51.100.7")))]))
    write("networks.csv", b"1.0.0.0,1.0.0.255,13335,CLOUD\n1.0.1.0,1.0.1.255,ASx,BAD\n1.0.2.0,1.0.2.255,JP\n")
    warning = "hotaru: warning: 'networks.csv' line 2: its third column is no AS number; bad lines in all: 2"
    for words in (("ingest", "-q", "-s", "bad", "--asn-db", "networks.csv", "a.pcap"),
                  ("settings", "-q", "-s", "bad", "--asn-db", "networks.csv"),
                  ("places", "-q", "-s", "bad", "--by", "asn", "--asn-db", "networks.csv")):
        equal(hotaru(*words).errors().count(warning), 1, f"{words[0]} tells it once")
    check(warning not in hotaru("places", "-s", "bad", "--by", "asn").errors(), "told again")


# ---- what hotaru has to find

class Ranges:
    """Places of ranges: made at random, with holes, and written as a table."""

    def __init__(self, seed, kind):
        rng = random.Random(seed)
        self.kind, self.rows, first = kind, [], 0
        while first < 1 << 32:
            last = min(first + rng.choice((1 << 12, 1 << 18, 1 << 20, 1 << 24)) * rng.randrange(1, 9),
                       1 << 32) - 1
            place = rng.choice(COUNTRIES) if kind == "country" else rng.randrange(64500, 64530)
            if rng.randrange(8):
                self.rows.append((first, last, place))
            first = last + 1
        self.firsts = [row[0] for row in self.rows]

    def place(self, source):
        at = bisect.bisect_right(self.firsts, source) - 1
        if at < 0 or source > self.rows[at][1]:
            return "unknown"
        place = self.rows[at][2]
        return place if self.kind == "country" else f"AS{place}"

    def write(self, name):
        lines = [f"{dotted(first)},{dotted(last)},{place}" +
                 ("" if self.kind == "country" else f",network {place}")
                 for first, last, place in self.rows]
        return write(name, "\n".join(lines).encode() + b"\n").name


EARLY, LATE, NETWORKS = (Ranges(1, "country"), Ranges(2, "country"), Ranges(3, "network"))


@functools.cache
def capture():
    """The bytes of a simulated capture, and of UDP and SYNs to several ports beside it."""
    succeed("simulate", "-q", "--scale", "0.004", "--seed", "5", "--days", str(DAYS), "-o", "whole.pcap")
    data = pathlib.Path("whole.pcap").read_bytes()
    link_type, records = read_pcap(data)
    equal(link_type, 1, "link type")
    rng = random.Random(6)
    sources = sorted({model.decode(1, frame).source for _, frame, _ in records
                      if model.decode(1, frame).kind == "syn"})
    begin_ns = records[0][0] // DAY_NS * DAY_NS
    for _ in range(4000):
        source, port = rng.choice(sources), rng.choice(PORTS)
        packet = ipv4(source, address("198.51.100.7"), 17, udp(4000, port))
        if rng.randrange(4):
            packet = syn(source, "198.51.100.7", port=port, seq=None if rng.randrange(3) else 7)
        records.append(record(begin_ns + rng.randrange(DAYS * DAY_NS), ethernet(packet)))
    records.sort(key=lambda r: r[0])
    return pcap(records)


@functools.cache
def sightings():
    """{(protocol, family or "*"): {source: {day: set of ports}}}"""
    found = collections.defaultdict(lambda: collections.defaultdict(dict))
    _, records = read_pcap(capture())
    for time_ns, frame, _ in records:
        packet = model.decode(1, frame)
        if packet.kind not in ("syn", "udp"):
            continue
        day = (datetime.datetime.fromtimestamp(time_ns // 10**9, datetime.timezone.utc).date() -
               FIRST_DAY).days
        protocol = "tcp" if packet.kind == "syn" else "udp"
        for family in {"*"} | model.fingerprints(packet):
            found[protocol, family][packet.source].setdefault(day, set()).add(packet.destination_port)
    return found


def last_days(*, protocol="tcp", family="*", ports=None, days=(0, DAYS - 1)):
    """{source: the last day on which it did that}"""
    out = {}
    for source, by_day in sightings()[protocol, family].items():
        seen = [day for day, used in by_day.items()
                if days[0] <= day <= days[1] and (ports is None or used & set(ports))]
        if seen:
            out[source] = max(seen)
    return out


def ranking(places):
    """[(place, sources)] by sources, then place, of places one a source."""
    return sorted(collections.Counter(places).items(), key=lambda row: (-row[1], row[0]))


def share(part, whole):
    return model.real(part / whole)


def words_of(*, protocol="tcp", family="*", ports=None, days=(0, DAYS - 1)):
    words = ["--protocol", protocol, "--family", family]
    if ports is not None:
        words += ["--port", ",".join(map(str, ports))]
    if days != (0, DAYS - 1):
        words += ["--from", day_text(days[0]), "--to", day_text(days[1])]
    return words


CHOICES = (dict(), dict(family="mirai"), dict(days=(2, 4)), dict(ports=(23,)), dict(ports=(22, 80, 23)),
           dict(family="mirai", ports=(2323,), days=(1, 6)), dict(protocol="udp"),
           dict(protocol="udp", ports=(53,)))


def store():
    write("a.pcap", capture())
    # In pieces, so that days have several segments.
    _, records = read_pcap(capture())
    for i in range(3):
        write(f"{i}.pcap", pcap(records[i::3]))
        succeed("ingest", "-q", "-s", "store", f"{i}.pcap")
    return "store"


def rows(*words):
    return list(csv.reader(csv_of(*words).splitlines()))[1:]


# ---- cases

@case
def places_are_those_of_a_naive_count(_):
    """Countries and networks, for every choice of sources, on one thread and on two."""
    name = store()
    tables = {"country": (EARLY, EARLY.write("c.csv")), "asn": (NETWORKS, NETWORKS.write("n.csv"))}
    for choice in CHOICES:
        last = last_days(**choice)
        check(len(last) > 50, f"{choice}: only {len(last)} sources")
        for by, (table, file) in tables.items():
            want = [[place, str(count), share(count, len(last))]
                    for place, count in ranking(map(table.place, last))]
            for threads in ("1", "2"):
                got = rows("places", "-s", name, "--by", by, f"--{by}-db", file, "--threads", threads,
                           *words_of(**choice))
                equal([[r[0], *r[2:]] for r in got], want, f"{by}, {choice}")
    got = dict(r[:2] for r in rows("places", "-s", name, "--by", "asn", "--asn-db", "n.csv"))
    equal(got["AS64503"], "network 64503", "the name of a network")
    got = dict(r[:2] for r in rows("places", "-s", name, "--country-db", "c.csv"))
    equal((got["JP"], got["unknown"]), ("Japan", ""), "names of countries")
    equal(csv_of("places", "a.pcap", "--country-db", "c.csv"),
          csv_of("places", "-s", name, "--country-db", "c.csv"), "of captures")


@case
def prefixes_are_those_of_a_naive_count(_):
    """Every length, ranks, sums and shares; and places by prefix."""
    name = store()
    for i, choice in enumerate(CHOICES):
        last = last_days(**choice)
        for bits in (8, 9, 15, 16, 17, 23, 24)[i % 2::2]:
            counts = collections.Counter(source >> (32 - bits) for source in last)
            want, total = [], 0
            for prefix, count in sorted(counts.items(), key=lambda row: (-row[1], row[0])):
                total += count
                want.append([str(len(want) + 1), f"{dotted(prefix << (32 - bits))}/{bits}", str(count),
                             str(total), share(total, len(last))])
            got = rows("prefixes", "-s", name, "--bits", bits, *words_of(**choice))
            equal(got, want, f"/{bits}, {choice}")
            equal(rows("prefixes", "-s", name, "--bits", bits, "--top", "3", *words_of(**choice)),
                  want[:3], f"/{bits}, the first three")
            if bits not in (16, 24):
                continue
            got = rows("places", "-s", name, "--by", f"prefix{bits}", *words_of(**choice))
            equal(got, [[r[1], "", r[2], share(int(r[2]), len(last))] for r in want], f"places by /{bits}")
    equal(csv_of("prefixes", "-s", name), csv_of("prefixes", "-s", name, "--bits", "16"), "16 by default")


@case
def how_concentrated_is_said_in_a_line(_):
    """What holds a fifth and half, and the fullest /24s."""
    records = [record(1_472_731_200 * 10**9 + i, ethernet(syn(source, "198.51.100.7")))
               for i, source in enumerate(
                   [0x0a000000 + n for n in range(6)] + [0x0a010000 + n for n in range(3)] + [0x0b000001])]
    write("x.pcap", pcap(records))
    lines = hotaru("prefixes", "x.pcap").errors()
    check("hotaru: 1 /16 holds a fifth, 1 holds half of 10 sources in 3 prefixes" in lines, f"{lines}")
    check(not any("fullest" in line for line in lines), f"{lines}")
    lines = hotaru("prefixes", "x.pcap", "--bits", "24").errors()
    check("hotaru: the fullest: 10.0.0.0/24 with 6, 10.1.0.0/24 with 3, 11.0.0.0/24 with 1" in lines,
          f"{lines}")
    write("x.pcap", pcap(records[4:]))  # 2, 3 and 1 of 6
    lines = hotaru("prefixes", "x.pcap", "--bits", "16").errors()
    check("hotaru: 1 /16 holds a fifth, 1 holds half of 6 sources in 3 prefixes" in lines, f"{lines}")
    lines = hotaru("prefixes", "x.pcap", "--bits", "16", "--port", "9").errors()
    check(not any("holds" in line for line in lines), f"a summary of nothing: {lines}")
    equal(hotaru("prefixes", "-q", "x.pcap").errors(), [], "lines of --quiet")


@case
def top_leaves_nothing_out_of_the_whole(_):
    """The rest is a row, the last one; shares are of all."""
    name = store()
    for words in (("--country-db", EARLY.write("c.csv")), ("--by", "prefix16"), ("--by", "prefix24")):
        whole = rows("places", "-s", name, *words)
        total = sum(int(r[2]) for r in whole)
        for top in (1, 3, len(whole) - 1, len(whole), len(whole) + 1):
            got = rows("places", "-s", name, *words, "--top", top)
            equal(got[:top], whole[:top], f"{words}, the first {top}")
            equal(sum(int(r[2]) for r in got), total, f"{words}, sum of --top {top}")
            if top < len(whole):
                left = sum(int(r[2]) for r in whole[top:])
                what = "prefixes" if "--by" in words else "places"
                equal(got[top:], [["other", f"{len(whole) - top} {what}", str(left), share(left, total)]],
                      f"{words}, the rest of {top}")
            else:
                equal(len(got), len(whole), f"{words}, rows of --top {top}")


@case
def ports_stand_side_by_side(_):
    """Table 1: each port with its own ranking, equal to the places of that port alone."""
    name, file = store(), EARLY.write("c.csv")
    for choice in (dict(), dict(family="mirai", days=(1, 5)), dict(protocol="udp")):
        words = ("places", "-s", name, "--country-db", file, *words_of(**choice))
        for top in (None, 2, 100):
            asked = () if top is None else ("--top", top)
            text = csv_of(*words, "--across", "--port", "23,2323,22,9", *asked)
            got = list(csv.DictReader(io.StringIO(text)))
            equal(text.splitlines()[0], "rank," + ",".join(
                f"{c}_{p}" for p in (23, 2323, 22, 9) for c in ("place", "name", "sources", "share")), "columns")
            for port in (23, 2323, 22, 9):
                want = rows(*words, "--port", port, "--top", top or 5)
                columns = [[r[f"{c}_{port}"] for c in ("place", "name", "sources", "share")] for r in got]
                equal([r for r in columns if r[0]], want, f"port {port} of {choice}, top {top}")
                last = last_days(**{**choice, "ports": (port,)})
                ranks = ranking(map(EARLY.place, last))[:top or 5]
                equal([r[::2] for r in columns if r[0] and r[0] != "other"],
                      [[place, str(count)] for place, count in ranks], f"naive: {port}, {choice}")
            is_cut = got[-1]["rank"] == ""
            equal([r["rank"] for r in got[:len(got) - is_cut]],
                  [str(i + 1) for i in range(len(got) - is_cut)], "ranks")


@case
def networks_stand_within_countries(_):
    """Table 2: countries by sources, and of each its networks."""
    name = store()
    words = ("places", "-s", name, "--by", "asn", "--per-country", "--country-db", EARLY.write("c.csv"),
             "--asn-db", NETWORKS.write("n.csv"))
    for choice in CHOICES:
        last = last_days(**choice)
        want = []
        countries = ranking(map(EARLY.place, last))
        for country, total in countries:
            networks = ranking(NETWORKS.place(s) for s in last if EARLY.place(s) == country)
            want += [[country, str(total), share(total, len(last)), network, str(count), share(count, total)]
                     for network, count in networks]
        got = rows(*words, *words_of(**choice))
        equal([[r[0], *r[2:5], *r[6:]] for r in got], want, f"{choice}")
        short = rows(*words, *words_of(**choice), "--top", "2")
        equal(sum(int(r[6]) for r in short), len(last), f"{choice}: sum with --top")
        equal([r[0] for r in short if r[4] != "other"],
              [c for c, _ in countries[:2] for _ in range(2)], f"{choice}: countries with --top")
        left = sum(count for _, count in countries[2:])
        equal(short[-1], ["other", f"{len(countries) - 2} countries", str(left), share(left, len(last)),
                          "other", "", str(left), "1"], f"{choice}: the rest")


@case
def a_source_is_where_it_was_last(_):
    """Databases of several times: that of the last day within --from and --to on which it was seen."""
    name = store()
    EARLY.write("early.csv")
    LATE.write("late.csv")
    asked = f"early.csv@..{day_text(3)},late.csv@{day_text(4)}.."
    for choice in CHOICES:
        last = last_days(**choice)
        want = ranking((EARLY if day <= 3 else LATE).place(source) for source, day in last.items())
        for threads in ("1", "2"):
            got = rows("places", "-s", name, "--country-db", asked, "--threads", threads, *words_of(**choice))
            equal([(r[0], int(r[2])) for r in got], want, f"{choice}, {threads} threads")
    # And a database of some days knows nothing of the others.
    last = last_days()
    got = rows("places", "-s", name, "--country-db", f"early.csv@{day_text(2)}..{day_text(3)}")
    want = ranking(EARLY.place(source) if 2 <= day <= 3 else "unknown" for source, day in last.items())
    equal([(r[0], int(r[2])) for r in got], want, "two days")


@case
def without_a_database_everything_is_unknown(_):
    """And somebody says how to get one."""
    write("a.pcap", capture())
    total = len(last_days())
    for words in ((), ("--by", "asn")):
        result = hotaru("places", "a.pcap", *words, "--format", "csv")
        equal(result.code, 0, "exit code")
        equal(result.text(), f"place,name,sources,share\nunknown,,{total},1\n", f"{words}")
        check(any("-db" in line for line in result.errors()), f"no hint: {result.errors()}")
    equal(rows("places", "a.pcap", "--by", "asn", "--per-country"),
          [["unknown", "", str(total), "1", "unknown", "", str(total), "1"]], "networks within countries")
    result = hotaru("places", "a.pcap", "--by", "prefix16")
    check(not any("-db" in line for line in result.errors()), f"a prefix needs none: {result.errors()}")
    equal(hotaru("places", "-q", "a.pcap").errors(), [], "lines of --quiet")


@case
def a_maxmind_database_says_the_same(_):
    """As a table of the same ranges, of countries and of networks."""
    write("a.pcap", capture())
    tables = (("country", EARLY, lambda place: mmdb.geolite_country(place, place)),
              ("asn", NETWORKS, lambda place: mmdb.geolite_asn(place, f"network {place}")))
    for by, table, make in tables:
        records = {place: make(place) for _, _, place in table.rows}
        prefixes = {str(prefix): records[place] for first, last, place in table.rows
                    for prefix in ipaddress.summarize_address_range(ipaddress.IPv4Address(first),
                                                                    ipaddress.IPv4Address(last))}
        data = mmdb.write(prefixes)
        write("x.mmdb", data)
        words = ("places", "a.pcap", "--by", by, f"--{by}-db")
        equal(rows(*words, "x.mmdb"), rows(*words, table.write("x.csv")), by)
        write("cut.mmdb", data[:len(data) // 2])
        refused(1, "cut.mmdb", *words, "cut.mmdb", "-q")
    write("six.mmdb", mmdb.write({"2001::/16": mmdb.geolite_country("JP", "Japan")}, ip_version=6))
    refused(1, "six.mmdb", "places", "-q", "a.pcap", "--country-db", "six.mmdb")


@case
def the_database_is_named_under_the_table(_):
    write("a.pcap", capture())
    EARLY.write("some countries.csv")
    lines = hotaru("places", "a.pcap", "--country-db", "some countries.csv").errors()
    check(any("some countries.csv" in line for line in lines), f"{lines}")


@case
def json_has_numbers_and_texts(_):
    write("a.pcap", capture())
    EARLY.write("c.csv")
    for line in succeed("places", "a.pcap", "-q", "--country-db", "c.csv", "--format", "json").splitlines():
        row = json.loads(line)
        equal([type(row[c]) for c in ("place", "name", "sources")], [str, str, int], line)
        check(isinstance(row["share"], (int, float)), line)
    row = json.loads(succeed("prefixes", "a.pcap", "-q", "--format", "json").splitlines()[0])
    equal([type(v) for v in row.values()][:4], [int, str, int, int], "a row of prefixes")
    row = json.loads(succeed("places", "a.pcap", "-q", "--country-db", "c.csv", "--format", "json",
                             "--across", "--port", "9,23").splitlines()[-1])
    equal((row["rank"], row["place_9"]), (None, None), "cells that are empty")


# ---- what is refused

def refused(code, says, *words):
    result = hotaru(*words)
    lines = result.errors()
    check(result.code == code and result.out == b"" and len(lines) == 1 and says in lines[0],
          f"{words}: {result.code}, {result.out[:50]}, {lines}")


@case
def wrong_questions_are_refused_in_one_line(_):
    write("a.pcap", pcap([record(1_472_731_200 * 10**9, ethernet(syn("1.0.0.1", "198.51.100.7")))]))
    for command in ("places", "prefixes"):
        for port in ("70000", "-1", "x", "23,,80", "23,x", "0x17", "23 80", "99999999999999999999"):
            refused(2, "--port", command, "a.pcap", "--port", port)
        refused(2, "--port", command, "a.pcap", "--port", "")
        refused(2, "at most 64", command, "a.pcap", "--port", ",".join(map(str, range(65))))
        refused(2, "--protocol", command, "a.pcap", "--protocol", "icmp")
        refused(2, "nobody", command, "-q", "a.pcap", "--family", "nobody")
        refused(2, "one name", command, "a.pcap", "--family", "mirai,hajime")
        refused(2, "udp", command, "a.pcap", "--family", "mirai", "--protocol", "udp")
        refused(2, "later", command, "a.pcap", "--from", "2016-09-02", "--to", "2016-09-01")
        refused(2, "--top", command, "a.pcap", "--top", "0")
        refused(2, "store or captures", command, "a.pcap", "-s", "x")
    for bits in ("7", "25", "x", "-1", "16.5"):
        refused(2, "--bits", "prefixes", "a.pcap", "--bits", bits)
    refused(2, "--by", "places", "a.pcap", "--by", "prefix8")
    refused(2, "not both", "places", "a.pcap", "--across", "--per-country", "--port", "23", "--by", "asn")
    refused(2, "--by asn", "places", "a.pcap", "--per-country")
    refused(2, "--port", "places", "a.pcap", "--across")
    refused(2, "countries and networks", "places", "a.pcap", "--across", "--port", "23", "--by", "prefix16")
    refused(2, "at most 15", "places", "a.pcap", "--across", "--port", ",".join(map(str, range(16))))
    equal(len(rows("places", "a.pcap", "--across", "--port", ",".join(map(str, range(15))))), 0,
          "ports that nobody used")
    equal(rows("places", "a.pcap", "--port", ",".join(map(str, [*range(64)] * 2))), [["unknown", "", "1", "1"]],
          "a port given twice is one")


@case
def bad_databases_are_refused_in_one_line(_):
    write("a.pcap", pcap([record(1_472_731_200 * 10**9, ethernet(syn("1.0.0.1", "198.51.100.7")))]))
    EARLY.write("c.csv")
    NETWORKS.write("n.csv")
    write("empty", b"")
    write("six.csv", b"2001::,2001::ffff,JP\n")
    write("damaged.csv", b"1.0.0.0,1.0.0.255,JP\n1.0.0.0,0.0.0.1,CN\n")
    write("noise", bytes(random.Random(7).randrange(256) for _ in range(4000)))
    for file in ("missing", "empty", "six.csv", "damaged.csv", "noise", ".", "n.csv"):
        refused(1, file, "places", "-q", "a.pcap", "--country-db", file)
    refused(1, "c.csv", "places", "-q", "a.pcap", "--by", "asn", "--asn-db", "c.csv")
    refused(1, "n.csv", "places", "-q", "a.pcap", "--by", "asn", "--per-country", "--asn-db", "n.csv",
            "--country-db", "n.csv")


@case
def hashes_are_nowhere(_):
    lines = [f"{1483228800 + i},0a0b0c0d,{i:032x},7.7,23" for i in range(20)]
    write("x.csv", ("\n".join(lines) + "\n").encode())
    for command in ("places", "prefixes"):
        refused(1, "hashes, not addresses", command, "-q", "x.csv")
    # What changed can be said without places; the table that is named is looked at all the same.
    write("c.csv", b"1.0.0.0,1.255.255.255,JP\n")
    write("bad.csv", b"1.0.0.0,1.255.255.255,JP\n2.0.0.0,nowhere,KR\n")
    for words in ((), ("--format", "csv")):
        equal(succeed("changes", *words, "x.csv", "--country-db", "c.csv"), succeed("changes", *words, "x.csv"),
              f"changes of hashes, {words}")
        refused(1, "'bad.csv' line 2", "changes", "-q", *words, "x.csv", "--country-db", "bad.csv")
    for named in ((), ("--country-db", "c.csv")):
        check("Not known of JP: sources are hashes here" in succeed("changes", "x.csv", "--home", "JP", *named),
              f"why, {named}")


@case
def families_of_flows_are_unknown_and_never_nobody(_):
    """Sources of flows have places, but no family; where both came, the note says what is missing."""
    write("x.avro", flows.flowtuple_3(
        [{"time": 1483228800 + i * 3600, "src_ip": 0x0a000000 + i, "dst_ip": 0x2c000000, "src_port": 40000,
          "dst_port": 23, "protocol": 6, "ttl": 50, "tcp_flags": 2, "ip_len": 40, "packet_cnt": 1,
          "maxmind_country": "JP"} for i in range(40)]))
    equal(rows("places", "x.avro"), [["unknown", "", "40", "1"]], "all SYNs of flows")
    for command in ("places", "prefixes"):
        refused(1, "nothing is known of 'mirai': on 2 of 2 days", command, "-q", "x.avro", "--family", "mirai")
    day_3 = 1483228800 * 10**9 + 2 * DAY_NS
    write("y.pcap", pcap([record(day_3, ethernet(syn("1.0.0.1", "198.51.100.7", seq=None)))]))
    for command in ("places", "prefixes"):
        result = hotaru(command, "x.avro", "y.pcap", "--family", "mirai", "--format", "csv")
        equal((result.code, len(result.text().splitlines())), (0, 2), f"{command}: code and lines")
        check(any("on 2 of 3 days" in line for line in result.errors()), f"{command}: {result.errors()}")
        result = hotaru(command, "x.avro", "y.pcap", "--family", "mirai", "--from", "2017-01-03")
        check(not any("came as flows" in line for line in result.errors()), f"{command}: {result.errors()}")


@case
def days_without_packets_have_no_sources(_):
    write("a.pcap", capture())
    for command in ("places", "prefixes"):
        result = hotaru(command, "a.pcap", "--from", "2020-01-01", "--format", "csv")
        equal((result.code, len(result.text().splitlines())), (0, 1), f"{command}: code and lines")
        check(any("no packet" in line for line in result.errors()), f"{command}: {result.errors()}")
        check(not any(re.search("holds|by no database", line) for line in result.errors()),
              f"{command}: {result.errors()}")


run_cases()
