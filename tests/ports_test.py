#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""`hotaru ports` against a naive count of the same packets, made here frame by frame.

Simulated captures whole, in pieces, in many segments a day, compacted, and in a store that an older
hotaru wrote; flows; and real captures, whose ports have to add up to what INDEX.tsv says.
"""
import collections
import csv
import datetime
import os
import pathlib
import tarfile

import flows
import model
from harness import (ROOT, case, captures_folder, check, csv_of, equal, ethernet, hotaru, is_sanitized, pcap,
                     read_pcap, record, run_cases, succeed, syn, write)

HEADER = ("day,protocol,port,family,packets,sources,day_before,week_before,most_before,is_new")
FAMILIES = ("*",) + model.FAMILIES
TOOLS = ("masscan", "zmap")
PAST_DAYS, PAST_DAYS_MIN, NEW_SOURCES, NEW_TIMES = 28, 7, 20, 3
TOKYO = datetime.timezone(datetime.timedelta(hours=9))


class Count:
    """Packets and sources of (day, protocol, port, family), from (time in ns, frame) of Ethernet."""

    def __init__(self, zone=datetime.timezone.utc):
        self.zone = zone
        self.packets, self.senders = collections.Counter(), collections.defaultdict(set)
        self.matched = collections.Counter()  # SYNs by (day, source, family)
        self.days = set()  # with any packet

    def take(self, link_type, records):
        for time_ns, frame, _ in records:
            packet = model.decode(link_type, frame)
            if packet.kind not in model.PACKET_KINDS:
                continue
            day = datetime.datetime.fromtimestamp(time_ns // 10**9, self.zone).date().toordinal()
            self.days.add(day)
            if packet.kind not in ("syn", "udp"):
                continue
            protocol = "tcp" if packet.kind == "syn" else "udp"
            for family in {"*"} | model.fingerprints(packet):
                key = day, protocol, packet.destination_port, family
                self.packets[key] += 1
                self.senders[key].add(packet.source)
                self.matched[day, packet.source, family] += packet.kind == "syn"
        return self

    def count(self, day, key):
        """Senders that count for the family by what they sent to all ports."""
        return sum(model.counts_for(key[-1], self.matched[day, source, "*"], self.matched[day, source, key[-1]])
                   for source in self.senders.get((day, *key), ())) if key[-1] != "*" else \
            len(self.senders.get((day, *key), ()))

    def on(self, day, key):
        """Sources on a day; None if it has no data."""
        return self.count(day, key) if day in self.days else None

    def row(self, day, key):
        sources = self.on(day, key)
        past = [n for n in (self.on(day - back, key) for back in range(1, PAST_DAYS + 1))
                if n is not None]
        is_new = "no"
        if sources >= NEW_SOURCES and all(sources > NEW_TIMES * n for n in past):
            is_new = "yes" if len(past) >= PAST_DAYS_MIN else ""
        numbers = (self.packets[day, *key], sources, self.on(day - 1, key), self.on(day - 7, key),
                   max(past, default=None))
        date = datetime.date.fromordinal(day).isoformat()
        return ",".join([date, *map(str, key), *("" if n is None else str(n) for n in numbers), is_new])

    def rows(self, *, families=FAMILIES, protocols=("tcp", "udp"), ports=None, top=None, new=False,
             first="", last="9"):
        found = []
        for day in sorted(self.days):
            if not first <= datetime.date.fromordinal(day).isoformat() <= last:
                continue
            for protocol in protocols:
                rows = {}
                for key in self.senders:
                    if (key[0], key[1]) == (day, protocol) and key[3] in families and (
                            ports is None or key[2] in ports):
                        row = self.row(day, key[1:])
                        if not new or row.endswith(",yes"):
                            rows[key[1:]] = row
                # Of what is left, the ports with the most sources of all.
                ranked = sorted({key[1] for key in rows},
                                key=lambda port: (-self.on(day, (protocol, port, "*")), port))
                kept = set(ranked[:top])
                found += [rows[key] for key in sorted(rows, key=lambda k: (-self.on(day, k), k[1], k[2]))
                          if key[1] in kept]
        return [HEADER] + found


def simulated(*words):
    """Names of the captures, one a day, and their records."""
    succeed("simulate", "-q", *words, "--split", "-o", "captures")
    names = [f"captures/{name}" for name in sorted(os.listdir("captures"))]
    return names, [read_pcap(pathlib.Path(name).read_bytes()) for name in names]


def same(words, want, what):
    got = csv_of("ports", *words).splitlines()
    if got == want:
        return
    extra, missing = sorted(set(got) - set(want)), sorted(set(want) - set(got))
    check(False, f"{what}: {len(got)} rows, not {len(want)}; too many: {extra[:3]}, missing: {missing[:3]}")


def index():
    """Rows of INDEX.tsv that have counts, those that index-differences.tsv says to be wrong mended."""
    with open(captures_folder() / "INDEX.tsv", encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE) if row["ipv4"]]
    with open(ROOT / "tests" / "index-differences.tsv", encoding="utf-8", newline="") as file:
        mended = {row["path"]: row["columns"]
                  for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)}
    for row in rows:
        row.update(column.split("=") for column in mended.get(row["local_path"], "").split(",") if column)
    return rows


# ---- cases

@case
def ports_are_what_a_naive_count_finds(_):
    """However the captures were taken in: the rows are the same."""
    names, records = simulated("--scale", "0.0005", "--seed", "5", "--days", "40")
    for zone, words in ((datetime.timezone.utc, ()), (TOKYO, ("--zone", "+09:00"))):
        count = Count(zone)
        for link_type, packets in records:
            count.take(link_type, packets)
        want = count.rows()
        check(len(want) > 1000, f"{len(want)} rows")
        same((*words, *names), want, f"captures {words}")
        store = "store" + "".join(words)
        # One ingest each: in +09:00 every day has two segments.
        for name in reversed(names):
            succeed("ingest", "-q", "-s", store, *words, name)
        same(("-s", store), want, f"store {words}")
        same(("-s", store, "--threads", "3"), want, f"three threads {words}")
        succeed("compact", "-q", "-s", store)
        same(("-s", store, "--threads", "1"), want, f"compacted {words}")
        succeed("verify", "-q", "-s", store)


@case
def rows_can_be_chosen(_):
    names, records = simulated("--scale", "0.002", "--seed", "6", "--days", "20")
    count = Count()
    for link_type, packets in records:
        count.take(link_type, packets)
    succeed("ingest", "-q", "-s", "store", *names)
    days = sorted(datetime.date.fromordinal(day).isoformat() for day in count.days)
    for words, wish in (
            (("--port", "23"), {"ports": (23,)}),
            (("--port", "23,80,53,1"), {"ports": (1, 23, 53, 80)}),
            (("--protocol", "udp"), {"protocols": ("udp",)}),
            (("--protocol", "tcp", "--top", "1"), {"protocols": ("tcp",), "top": 1}),
            (("--top", "5"), {"top": 5}),
            (("--family", "mirai"), {"families": ("mirai",)}),
            (("--family", "mirai,zmap", "--top", "2"), {"families": ("mirai", "zmap"), "top": 2}),
            (("--family", "*", "--port", "2323"), {"families": ("*",), "ports": (2323,)}),
            (("--from", days[9], "--to", days[12]), {"first": days[9], "last": days[12]}),
            (("--from", days[19], "--port", "22"), {"first": days[19], "ports": (22,)}),
            (("--new",), {"new": True}),
            (("--new", "--top", "1"), {"new": True, "top": 1})):
        same(("-s", "store", *words), count.rows(**wish), " ".join(words))


def knocks(day, port, sources):
    return [record(day * 86400 * 10**9 + i, ethernet(syn(f"1.0.{i}.1", "198.51.100.7", port=port)))
            for i in range(sources)]


@case
def new_ports_are_found_on_their_day(_):
    """By hand: port 5555 wakes up on the ninth day; the day after it is not new any more."""
    packets = [p for day in range(17045, 17055) for p in knocks(day, 22, 5)]
    packets += knocks(17045, 5555, 6) + knocks(17053, 5555, 20) + knocks(17054, 5555, 21)
    name = write("a.pcap", pcap(sorted(packets))).name
    got = csv_of("ports", name, "--new").splitlines()
    equal(got, [HEADER, "2016-09-09,tcp,5555,*,20,20,0,0,6,yes"], "new ports")
    short = csv_of("ports", name, "--port", "5555", "--to", "2016-09-01").splitlines()
    equal(short, [HEADER, "2016-09-01,tcp,5555,*,6,6,,,,no"], "the first day")
    result = hotaru("ports", name, "--new", "--to", "2016-09-08")
    check("no port is new" in " ".join(result.errors()), f"says {result.errors()}")


@case
def an_older_store_has_the_same_ports(_):
    """Its segments have no tables; days with one and with several are among them."""
    with tarfile.open(ROOT / "tests" / "stores" / "format-1.tar.gz") as archive:
        archive.extractall(".")
    names, records = simulated("--scale", "0.0002", "--days", "3", "--seed", "8")
    count = Count(TOKYO)
    for link_type, packets in records:
        count.take(link_type, packets)
    same(("-s", "store"), count.rows(), "as it was")
    # Families that take evidence have host-days read; of these, tables would do.
    same(("-s", "store", "--family", "*"), count.rows(families=("*",)), "all SYNs, as it was")
    succeed("compact", "-q", "-s", "store")
    same(("-s", "store"), count.rows(), "compacted")
    succeed("verify", "-q", "-s", "store")


@case
def families_of_flows_are_unknown(_):
    begin = 1483228800  # 2017-01-01
    rows = [{"time": begin, "src_ip": 0x0a000000 + i, "dst_ip": 0x2c000001, "src_port": 40000,
             "dst_port": 23, "protocol": 6, "ttl": 50, "tcp_flags": 2, "ip_len": 40, "tcp_synwinlen": 14600,
             "packet_cnt": 70000, "maxmind_country": "JP"} for i in range(3)]
    write("flows.avro", flows.flowtuple_3(rows))
    write("next.pcap", pcap([record((begin + 86400) * 10**9, ethernet(syn("1.0.0.1", "44.0.0.1", seq=None)))]))
    got = csv_of("ports", "flows.avro", "next.pcap", "--family", "*,mirai").splitlines()
    equal(got, [HEADER, "2017-01-01,tcp,23,*,210000,3,,,,no", "2017-01-01,tcp,23,mirai,,,,,,",
                "2017-01-02,tcp,23,*,1,1,3,,3,no", "2017-01-02,tcp,23,mirai,1,1,,,,no"], "rows")
    result = hotaru("ports", "flows.avro", "next.pcap")
    check("on 1 of 2 days" in " ".join(result.errors()), f"says {result.errors()}")


@case
def real_captures_add_up_to_the_index(_):
    """All SYNs have a port, and so do those that match: summed up they are the facts of the index."""
    folder = captures_folder()
    rows = [row for row in index() if int(row.get("tcp_syn") or 0) > 0]
    check(len(rows) > 100, f"{len(rows)} captures")
    for row in rows:
        path = row["local_path"]
        facts = {"tcp_syn": "*", "syn_seq_eq_dst": "mirai", "syn_win14600": "hajime",
                 "syn_ipid54321": "zmap", "syn_masscan_ipid": "masscan"}
        result = hotaru("ports", folder / path, "--protocol", "tcp", "--family", ",".join(facts.values()),
                        "--format", "csv", "--quiet")
        check(result.code in (0, 3), f"{path}: exit code {result.code}")
        sums, most = collections.Counter(), collections.Counter()
        for port in csv.DictReader(result.text().splitlines()):
            sums[port["family"]] += int(port["packets"])
            most[port["family"]] = max(most[port["family"]], int(port["sources"]))
        for column, family in facts.items():
            if row[column] != "":
                equal(sums[family], int(row[column]), f"{path}: packets of {family}")
        check(most["*"] <= int(row["syn_sources"]), f"{path}: more sources than there are")


@case
def real_captures_have_the_ports_that_a_naive_count_finds(_):
    folder = captures_folder()
    compared = 0
    for top in ("backscatter", "darknet", "mirai", "scans"):
        for path in sorted((folder / top).rglob("*.pcap")):
            data = path.read_bytes()
            link_type, records = read_pcap(data)
            if link_type != 1 or len(data) > (1 if is_sanitized() else 10) * 10**6:
                continue
            compared += 1
            same((path, "--family", ",".join(FAMILIES + TOOLS)),
                 Count().take(link_type, records).rows(families=FAMILIES + TOOLS), str(path))
    check(compared >= 5, f"only {compared} captures were found")


run_cases()
