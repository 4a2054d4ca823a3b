#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Flow files as captures: what they tell is counted, and what they do not tell is unknown.

A naive count of made-up flows in Python has to agree with hotaru's, for every codec
and cut; families are empty cells and null where SYNs came as flows, never zero.
"""
import collections
import csv
import json
import random
import sqlite3

import flows
from flows import flowtuple_3, flowtuple_4
from harness import (DAY_NS, address, case, check, csv_of, equal, ethernet, gzipped, hotaru,
                     is_sanitized,
                     ledger_totals, pcap, processor_seconds, record, run_cases, succeed, syn)

DAY = 86400
BEGIN = 1483228800  # 2017-01-01
TCP, UDP, ICMP, GRE = 6, 17, 1, 47
UNKNOWN = ["", "", "", "", "", "", "", ""]


def kind_of(protocol, flags):
    if protocol != TCP:
        return {UDP: "udp", ICMP: "icmp"}.get(protocol, "other_protocol")
    if flags & 2:
        return "syn_ack" if flags & 16 else "syn"
    return "rst" if flags & 4 else "tcp_other"


def random_flows(seed, count=2000, days=5, sources=200):
    rng = random.Random(seed)
    rows = []
    for _ in range(count):
        protocol = rng.choice((TCP, TCP, TCP, UDP, ICMP, GRE))
        rows.append({
            "time": BEGIN + rng.randrange(days * DAY) // 60 * 60,
            "src_ip": 0x0a000000 + rng.randrange(sources) * 65537,
            "dst_ip": 0x2c000000 + rng.randrange(1 << 24),
            "src_port": rng.choice((0, 40000, 65535)), "dst_port": rng.choice((23, 2323, 80, 53)),
            "protocol": protocol, "ttl": rng.randrange(256),
            "tcp_flags": rng.choice((2, 2, 2, 18, 4, 20, 16, 194)) if protocol == TCP else 0,
            "ip_len": rng.choice((40, 60, 44)), "tcp_synwinlen": rng.choice((14600, 65535)),
            "packet_cnt": rng.choice((1, 1, 2, 65535, 65536, 65537, 4294967295)),
            "maxmind_country": "JP"})
    return rows


def day_of(row):
    day = (row["time"] - BEGIN) // DAY
    return f"2017-01-{day + 1:02}"


class Count:
    """The naive count of rows (kind, day, source, packets)."""

    def __init__(self, rows):
        self.frames = collections.Counter()
        self.packets, self.sources = collections.Counter(), collections.defaultdict(set)
        for kind, day, source, packets in rows:
            self.frames[kind] += packets
            if kind == "syn":
                self.packets[day] += packets
                self.sources[day].add(source)

    @classmethod
    def of_3(cls, rows):
        return cls((kind_of(r["protocol"], r["tcp_flags"]), day_of(r), r["src_ip"],
                    r["packet_cnt"]) for r in rows)


def survey_rows(*words):
    return list(csv.DictReader(csv_of("survey", *words).splitlines()))


def check_counts(count, *words):
    totals = ledger_totals(csv_of("ledger", *words))
    equal({k: v for k, v in totals.items() if v > 0},
          {**{k: v for k, v in count.frames.items() if v > 0}, "frames": sum(count.frames.values())},
          f"ledger of {words}")
    rows = survey_rows("--family", "*", *words)
    found = {r["day"]: (int(r["packets"]), int(r["sources"])) for r in rows if r["sources"] != "0"}
    equal(found, {d: (count.packets[d], len(count.sources[d])) for d in count.packets},
          f"all SYNs by day of {words}")


# ---- FlowTuple

@case
def flowtuple_3_is_counted_by_source_and_day(work):
    for seed in range(5):
        rows = random_flows(seed)
        (work / "x.avro").write_bytes(flowtuple_3(rows, block=1 + seed * 70))
        check_counts(Count.of_3(rows), "x.avro")


@case
def every_codec_and_every_piece_gives_the_same_bytes(work):
    rows = random_flows(7)
    surveys = set()
    for codec in flows.CODECS:
        (work / codec).mkdir()
        cut = len(codec) * 100
        (work / codec / "a.avro").write_bytes(flowtuple_3(rows[:cut], codec))
        (work / codec / "b.avro").write_bytes(flowtuple_3(rows[cut:], codec, block=17))
        names = (f"{codec}/a.avro", f"{codec}/b.avro")
        check_counts(Count.of_3(rows), *names)
        surveys.add(csv_of("survey", "--family", "*,mirai", "--threads", "1", *names[::-1]))
        surveys.add(csv_of("survey", "--family", "*,mirai", "--memory", "64M", *names))
    equal(len(surveys), 1, "different surveys of the same flows")


def tuple_4(rng, flags):
    """A record of version 4, and what it counts as: {kind: packets}."""
    common = [(f, rng.randint(1, 70000)) for f in flags]
    rest = rng.choice((0, 0, 5))
    total = sum(n for _, n in common) + rest
    protocol = TCP if flags else rng.choice((UDP, ICMP, GRE))
    if not flags:
        total = rest = rng.randint(1, 9)
    counts = collections.Counter()
    for f, n in common:
        counts[kind_of(TCP, f)] += n
    counts["cut_short" if protocol == TCP else kind_of(protocol, 0)] += rest
    return {"protocol": protocol, "packet_cnt": total, "uniq_tcp_flags": len(flags),
            "common_tcpflags": [f for f, _ in common],
            "common_tcpflag_freqs": [n for _, n in common]}, +counts


@case
def flowtuple_4_comes_apart_by_flags_and_the_rest_is_not_guessed(work):
    rng = random.Random(4)
    records, rows = [], []
    for _ in range(1500):
        part, counts = tuple_4(rng, rng.choice(((2,), (2, 18), (4, 2, 16), ())))
        part.update({"time": BEGIN + rng.randrange(3 * DAY), "src_ip": rng.randrange(1 << 32),
                     "dst_net": 0x2c000000 + (rng.randrange(1 << 16) << 8), "dst_port": 23,
                     "maxmind_country": "BR", "common_ttls": [50], "uniq_ttls": 1})
        records.append(part)
        rows += [(kind, day_of(part), part["src_ip"], n) for kind, n in counts.items()]
    for codec in flows.CODECS:
        (work / "y.avro").write_bytes(flowtuple_4(records, codec))
        check_counts(Count(rows), "y.avro")


@case
def families_are_unknown_and_never_zero(work):
    rows = [r for r in random_flows(1, days=3) if r["protocol"] == TCP and r["tcp_flags"] == 2]
    (work / "x.avro").write_bytes(flowtuple_3(rows))
    (work / "x.pcap").write_bytes(pcap([record((BEGIN + 4 * DAY) * 10**9,
                                               ethernet(syn("192.0.2.1", "198.51.100.2", seq=None)))]))
    for row in survey_rows("x.avro"):
        equal(list(row.values())[2:], UNKNOWN, f"{row['family']} on {row['day']}")
    for row in survey_rows("x.avro", "--estimate"):
        equal((row["coverage"] != "", row["chao1"], row["gone_after_days"]), (True, "", ""),
              f"estimates of {row['family']} on {row['day']}")
    for line in csv_of("lifetimes", "x.avro").splitlines()[1:]:
        equal(line.split(",")[1:], [""] * 7, "lifetimes of unknown families")
    lines = succeed("survey", "--format", "json", "--quiet", "x.avro").splitlines()
    check(lines and all(json.loads(line)["sources"] is None for line in lines), "JSON has no null")
    check(" unknown" in succeed("survey", "--quiet", "x.avro"), "a table does not say unknown")
    notes = hotaru("survey", "x.avro").errors()
    check(any("3 of 3 days" in n and "flows" in n for n in notes), f"no note in {notes}")

    # Days of captures keep their numbers, and days without anything theirs.
    known = {(r["day"], r["family"]): r["sources"] for r in survey_rows("x.avro", "x.pcap")}
    equal([known[f"2017-01-0{d}", "mirai"] for d in range(1, 6)], ["", "", "", "0", "1"],
          "mirai by day")
    lifetimes = {r["family"]: r for r in csv.DictReader(
        csv_of("lifetimes", "x.avro", "x.pcap").splitlines())}
    equal(lifetimes["mirai"]["sources"], "1", "lifetimes where something is known")


@case
def a_day_of_both_is_unknown_too(work):
    rows = [{**random_flows(1)[0], "protocol": TCP, "tcp_flags": 2, "time": BEGIN,
             "packet_cnt": 70000, "src_ip": address("192.0.2.1")}]
    (work / "x.avro").write_bytes(flowtuple_3(rows))
    (work / "x.pcap").write_bytes(pcap([
        record((BEGIN + s) * 10**9, ethernet(syn(source, "198.51.100.2", seq=None)))
        for s, source in ((1, "192.0.2.1"), (2, "192.0.2.9"))]))
    row = {r["family"]: r for r in survey_rows("--family", "mirai,*", "x.avro", "x.pcap")}
    equal(list(row["mirai"].values())[2:], UNKNOWN, "mirai on a day of both")
    equal((row["*"]["packets"], row["*"]["sources"]), ("70002", "2"), "all SYNs of a day of both")


@case
def an_unknown_day_is_no_silence(work):
    """Twenty bots on every day but the third, which came as flows: nobody recovered."""
    bots = [(d, f"192.0.2.{i + 1}") for d in (0, 1, 3, 4) for i in range(20)]
    (work / "x.pcap").write_bytes(pcap([record((BEGIN + d * DAY) * 10**9, ethernet(
        syn(source, "198.51.100.2", seq=None))) for d, source in bots]))
    (work / "x.avro").write_bytes(flowtuple_3([{**random_flows(1)[0], "protocol": TCP, "tcp_flags": 2,
                                               "time": BEGIN + 2 * DAY, "packet_cnt": 1}]))
    for gap in ("0", "1", "none"):
        rows = [r for r in survey_rows("x.pcap", "x.avro", "--family", "mirai", "--gap", gap)
                if r["sources"]]
        equal([(r["new"], r["returned"], r["recovered"], r["active"]) for r in rows],
              [("20", "0", "0", "20")] + [("0", "0", "0", "20")] * 3, f"mirai with --gap {gap}")
        lifetimes = list(csv.DictReader(csv_of("lifetimes", "x.pcap", "x.avro", "--family", "mirai,hajime",
                                               "--gap", gap).splitlines()))
        equal([r["spells"] for r in lifetimes], ["", "20"], f"spells with --gap {gap}")
    last = (work / "y.pcap")
    last.write_bytes(pcap([record(BEGIN * 10**9, ethernet(syn("192.0.2.1", "198.51.100.2", seq=None)))]))
    row = next(csv.DictReader(csv_of("lifetimes", "y.pcap", "x.avro", "--family", "mirai").splitlines()))
    equal((row["spells"], row["open_spells"]), ("1", "0"), "a known silent day, then an unknown one")


@case
def the_catalogue_and_verify_know_unknown_syns(work):
    rows = random_flows(2)
    count = Count.of_3(rows)
    (work / "x.avro").write_bytes(flowtuple_3(rows, "snappy"))
    succeed("ingest", "-s", "s", "--quiet", "x.avro")
    succeed("verify", "-s", "s")
    before = csv_of("survey", "-s", "s", "--family", "*,mirai")
    with sqlite3.connect("s/catalog.sqlite") as catalog:
        found = {day: (packets, sources) for day, packets, sources in catalog.execute(
            "SELECT day, packets, sources_at_least FROM daily_fingerprints"
            " WHERE fingerprint = 'unknown'")}
    equal(found, {d: (count.packets[d], len(count.sources[d])) for d in count.packets}, "unknown SYNs")
    equal(list(sqlite3.connect("s/catalog.sqlite").execute("SELECT format FROM capture")),
          [("flowtuple",)], "format")
    (work / "more.avro").write_bytes(flowtuple_3(random_flows(3)))
    succeed("ingest", "-s", "s", "--quiet", "more.avro")
    both = csv_of("survey", "-s", "s", "--family", "*,mirai")
    check(before != both, "a second file changed nothing")
    succeed("compact", "-s", "s", "--quiet")
    succeed("verify", "-s", "s")
    equal(csv_of("survey", "-s", "s", "--family", "*,mirai"), both, "survey after compact")


@case
def packets_shows_flows_as_far_as_they_go(work):
    (work / "x.avro").write_bytes(flowtuple_3([{
        "time": BEGIN, "src_ip": address("192.0.2.7"), "dst_ip": address("44.1.2.3"), "src_port": 4000,
        "dst_port": 2323, "protocol": TCP, "ttl": 49, "tcp_flags": 2, "ip_len": 60,
        "tcp_synwinlen": 14600, "packet_cnt": 5}]))
    row = next(csv.DictReader(csv_of("packets", "x.avro").splitlines()))
    want = {"time": "2017-01-01T00:00:00Z", "source": "192.0.2.7", "source_port": "4000",
            "destination": "44.1.2.3", "destination_port": "2323", "protocol": "tcp", "flags": "S",
            "window": "14600", "ttl": "49", "tos": "", "ip_id": "", "seq": "", "length": "60",
            "fingerprints": "unknown", "kind": "syn", "options": "", "mss": "", "packets": "5"}
    equal(row, want, "the flow as a row")


@case
def the_telescope_chooses_flows(work):
    rows = random_flows(9)
    (work / "x.avro").write_bytes(flowtuple_3(rows))
    inside = [r for r in rows if r["dst_ip"] >> 23 == 0x2c000000 >> 23]
    totals = ledger_totals(csv_of("ledger", "--telescope", "44.0.0.0/9", "x.avro"))
    equal(totals["outside_telescope"], sum(r["packet_cnt"] for r in rows) -
          sum(r["packet_cnt"] for r in inside), "packets outside the telescope")


# ---- NICT darknet CSV

def darknet_rows(seed, count=3000):
    rng = random.Random(seed)
    hashes = [f"{rng.getrandbits(128):032x}" for _ in range(300)]
    return [(BEGIN + rng.randrange(3 * DAY), rng.choice(hashes), rng.getrandbits(16),
             rng.choice((23, 2323, 80, 65535))) for _ in range(count)]


def darknet_csv(rows, *, columns=5, header=False, end="\n", fraction="", dots=False):
    lines = ["timestamp,hash16,hash32,dst,port"] if header else []
    for time, source, low, port in rows:
        destination = f"{low >> 8}.{low & 255}" if dots else str(low)
        upper = [source[:8]] if columns == 5 else []
        lines.append(",".join([f"{time}{fraction}", *upper, source, destination, str(port)]))
    return (end.join(lines) + end).encode()


@case
def darknet_csv_is_counted_by_hashed_source_and_day(work):
    rows = darknet_rows(1)
    count = Count(("syn", f"2017-01-{(t - BEGIN) // DAY + 1:02}", s, 1) for t, s, _, _ in rows)
    variants = {"a.csv": darknet_csv(rows), "b.csv": darknet_csv(rows, columns=4, header=True),
                "c.csv": darknet_csv(rows, end="\r\n", fraction=".250000", dots=True),
                "d.csv": darknet_csv(rows)[:-1]}
    surveys = set()
    for name, data in variants.items():
        (work / name).write_bytes(data)
        check_counts(count, name)
        surveys.add(csv_of("survey", "--family", "*,mirai", name))
    equal(len(surveys), 1, "different surveys of the same packets")
    for row in survey_rows("a.csv"):
        equal(list(row.values())[2:], UNKNOWN, "a family of a darknet CSV")


@case
def lines_that_are_none_are_malformed(work):
    good = darknet_csv(darknet_rows(2, 50)).decode()
    bad = ["x", "1,2", f"{BEGIN},a,b,70000,23", f"{BEGIN},a,b,7,70000", f"{BEGIN},a,,7,23",
           "4294967296,a,b,7,23", "-1,a,b,7,23", f"{BEGIN},a,b,256.1,23", f"{BEGIN},a,b,7,23,9"]
    (work / "x.csv").write_text(good + "\n".join(bad) + "\n\n\n" + good)
    totals = ledger_totals(csv_of("ledger", "x.csv"))
    equal((totals["syn"], totals["malformed"], totals["frames"]), (100, len(bad), 100 + len(bad)),
          "syn, malformed, frames")
    (work / "long.csv").write_bytes(good.encode() + b"9" * 2000 + b"\n" + good.encode())
    result = hotaru("ledger", "--format", "csv", "--quiet", "long.csv")
    equal(result.code, 3, "exit code with an endless line")
    equal(ledger_totals(result.text())["syn"], 50, "SYNs before an endless line")


@case
def other_csv_is_no_capture(work):
    for text in ("a,b,c,d\n1,2,3,4,5,6\n", "time,src,dst,port\nx,y,z,1\n", "1,2,3\n", "hello\n",
                 f"{BEGIN},a,b,70000,23\n", "", ",,,,\n", "1483228800,b,23\n", "1,2,3,4\n",
                 "id,name,age,score\n1,bob,33,70\n", "2020,Tokyo,13,8\n2021,Osaka,9,7\n",
                 f"{BEGIN},a,b,1,23\nx,y,z\n", "date,open,high,vol\n20200913,10,11,500\n"):
        (work / "x.csv").write_text(text)
        result = hotaru("ledger", "x.csv")
        check(result.code == 1 and len(result.errors()) == 1, f"{text!r}: {result.errors()}")


@case
def hashes_and_addresses_stay_apart(work):
    (work / "x.csv").write_bytes(darknet_csv(darknet_rows(3, 20)))
    (work / "x.avro").write_bytes(flowtuple_3(random_flows(3, 20)))
    for first, second in (("x.csv", "x.avro"), ("x.avro", "x.csv")):
        store = first + ".store"
        succeed("ingest", "-s", store, "--quiet", first)
        result = hotaru("ingest", "-s", store, "--quiet", second)
        check(result.code == 1 and "hashes" in result.errors()[0] and len(result.errors()) == 1,
              f"{second} into the store of {first}: {result.errors()}")
        check(hotaru("survey", first, second).code == 1, f"{first} and {second} in one survey")
        succeed("verify", "-s", store)
    check(any("hashes" in line for line in hotaru("survey", "-s", "x.csv.store").errors()),
          "nothing says that sources are hashes")


# ---- damage

def damaged(name, data, reason, frames, code=3):
    with open(name, "wb") as file:
        file.write(data)
    result = hotaru("ledger", "--format", "csv", "--quiet", name)
    equal(result.code, code, f"exit code of {name}")
    check(len(result.errors()) == 1 and reason in result.errors()[0], f"{name}: {result.errors()}")
    if code == 3:
        equal(ledger_totals(result.text())["frames"], frames, f"frames of {name}")


@case
def damaged_flow_files_give_what_was_before(work):
    rows = [{**r, "packet_cnt": 1} for r in random_flows(5, 300)]
    for codec in flows.CODECS:
        data = flowtuple_3(rows, codec, block=100)
        third = data.rindex(flows.SYNC, 0, -16) + 16
        damaged("cut.avro", data[:-20], "breaks off", 200)
        damaged("sync.avro", data[:-16] + bytes(16), "sync marker", 200)
        damaged("more.avro", data[:third] + flows.number(101) + data[third + 2:],
                "fewer records", 300)
        damaged("less.avro", data[:third] + flows.number(99) + data[third + 2:], "more bytes", 299)
        damaged("none.avro", data + flows.number(-5) + flows.number(3), "claims", 300)
        if codec != "null":
            torn = bytearray(data)
            torn[third + 40] ^= 0xff
            damaged("torn.avro", bytes(torn), "corrupt", 200)
    malformed = [{**rows[0], "src_ip": 1 << 32}, {**rows[0], "packet_cnt": 0},
                 {**rows[0], "packet_cnt": 1 << 40}, {**rows[0], "protocol": 256},
                 {**rows[0], "time": -1}, {**rows[0], "dst_ip": -1}]
    (work / "m.avro").write_bytes(flowtuple_3(malformed))
    equal(ledger_totals(csv_of("ledger", "m.avro"))["malformed"], 6, "malformed records")
    reasons = list(csv.DictReader(csv_of("ledger", "--reasons", "m.avro").splitlines()))
    equal({(r["reason"], r["link_type"]) for r in reasons}, {("flow_numbers", "")}, "their reason")


@case
def schemas_that_are_not_flowtuples_are_refused_in_one_line(work):
    def refused(schema, reason, **more):
        data = flows.avro(flows.FLOWTUPLE_3, [], schema=schema, **more)
        damaged("x.avro", data, reason, 0, code=1)

    record_of = lambda *fields: {"type": "record", "name": "r", "fields": list(fields)}
    refused(record_of({"name": "a", "type": "long"}), "not that of FlowTuple")
    refused(["long"], "not that of a record")
    refused(record_of({"name": "a", "type": "r"}), "type that hotaru does not read")
    refused(record_of({"name": "a", "type": {"type": "array", "items": "null"}}), "array of nothing")
    deep = "long"
    for _ in range(30):
        deep = {"type": "array", "items": deep}
    refused(record_of({"name": "a", "type": deep}), "deep")
    refused(record_of(*({"name": f"f{i}", "type": "int"} for i in range(600))), "512")
    refused(record_of({"name": "time", "type": "string"}), "another type")
    data = flowtuple_3(random_flows(1, 3))
    damaged("codec.avro", data.replace(b"avro.codec\x08null", b"avro.codec\x08zstd"), "codec", 0, code=1)
    damaged("json.avro", data.replace(b'{"type"', b'{"typ\0"', 1), "JSON", 0, code=1)
    damaged("header.avro", data[:40], "header", 0, code=1)


@case
def a_line_that_breaks_off_is_no_line(work):
    data = darknet_csv(darknet_rows(4, 500))
    packed = gzipped(data)
    (work / "x.csv.gz").write_bytes(packed[:len(packed) // 2])
    rows = list(csv.DictReader(succeed("packets", "--format", "csv", "--quiet", "x.csv.gz",
                                       code=3).splitlines()))
    whole = list(csv.DictReader(succeed("packets", "--format", "csv", "-", stdin=data).splitlines()))
    check(10 < len(rows) < 500 and rows == whole[:len(rows)], f"{len(rows)} rows of a cut file")


@case
def tiny_files_take_little_time(work):
    """A record of hundreds of nulls takes no bytes, and has to take no time."""
    nulls = [{"name": f"n{i}", "type": "null"} for i in range(480)]
    item = {"type": "record", "name": "i", "fields": nulls + [{"name": "v", "type": "int"}]}
    fields = [("items", {"type": "array", "items": item})] + flows.FLOWTUPLE_3
    schema = {"type": "record", "name": "f", "fields": [{"name": n, "type": t} for n, t in fields]}
    head = flows.avro(flows.FLOWTUPLE_3, [], "deflate", schema=schema)
    row = random_flows(1, 1)[0]

    def block(count):
        packed = flows.deflate(flows.number(count) + bytes(count) + flows.number(0) + b"".join(
            flows.encode(kind, row.get(n, "??" if kind == "string" else 0)) for n, kind in flows.FLOWTUPLE_3))
        return flows.number(1) + flows.number(len(packed)) + packed + flows.SYNC

    (work / "x.avro").write_bytes(head + block(4_000_000))
    begin_s = processor_seconds()
    equal(ledger_totals(csv_of("ledger", "x.avro"))["frames"], row["packet_cnt"], "packets behind the nulls")
    taken_s = processor_seconds() - begin_s
    check(taken_s < (15 if is_sanitized() else 2), f"4 million empty records take {taken_s:.1f} s")
    (work / "y.avro").write_bytes(head + block(20_000_000) * 40)
    result = hotaru("ledger", "--quiet", "y.avro")
    check(result.code == 3 and "1,000 times" in result.errors()[0], f"a bomb: {result.errors()}")


@case
def a_network_of_flowtuple_4_may_be_larger_than_the_telescope(work):
    (work / "y.avro").write_bytes(flowtuple_4([{
        "time": BEGIN, "src_ip": 5, "dst_net": net, "dst_port": 23, "protocol": TCP, "packet_cnt": 1,
        "common_tcpflags": [2], "common_tcpflag_freqs": [1]} for net in (0x2c050000, 0x2c050700, 0x2c050800)]))
    totals = ledger_totals(csv_of("ledger", "--telescope", "44.5.7.0/24", "y.avro"))
    equal((totals["syn"], totals["outside_telescope"]), (2, 1), "syn, outside_telescope")


@case
def other_fields_of_any_type_are_passed_over(work):
    rows = random_flows(6, 50)
    extra = {"type": "record", "name": "x", "fields": [
        {"name": "m", "type": {"type": "map", "values": "double"}},
        {"name": "f", "type": {"type": "fixed", "name": "f", "size": 3}},
        {"name": "u", "type": ["null", "boolean", "bytes"]}, {"name": "n", "type": "null"},
        {"name": "e", "type": {"type": "enum", "name": "e", "symbols": ["A", "B"]}},
        {"name": "l", "type": "float"}]}
    schema = {"type": "record", "name": "flowtuple", "fields": [{"name": "extra", "type": extra}] + [
        {"name": n, "type": ["null", t] if n == "ttl" else t} for n, t in flows.FLOWTUPLE_3]}
    body = b""
    for row in rows:
        body += flows.number(-1) + flows.number(12) + flows.piece("k") + bytes(8) + flows.number(0)
        body += b"abc" + flows.number(2) + flows.piece("hello") + flows.number(1) + bytes(4)
        for name, kind in flows.FLOWTUPLE_3:
            value = row.get(name, "??" if kind == "string" else 0)
            body += (flows.number(1) if name == "ttl" else b"") + flows.encode(kind, value)
    head = flows.avro(flows.FLOWTUPLE_3, [], schema=schema)
    (work / "x.avro").write_bytes(head + flows.number(50) + flows.number(len(body)) + body + flows.SYNC)
    check_counts(Count.of_3(rows), "x.avro")


@case
def the_report_says_unknown(work):
    rows = random_flows(8)
    (work / "x.avro").write_bytes(flowtuple_3(rows))
    (work / "x.pcap").write_bytes(pcap([
        record((BEGIN + 6 * DAY) * 10**9 + d * DAY_NS,
               ethernet(syn("192.0.2.1", "198.51.100.2", seq=None))) for d in range(3)]))
    for lang, word in (("en", "unknown"), ("ja", "不明")):
        succeed("report", "-o", f"r-{lang}", "--lang", lang, "--quiet", "x.avro", "x.pcap")
        page = (work / f"r-{lang}" / "index.html").read_text(encoding="utf-8")
        check(f">{word}<" in page, f"no '{word}' in the report in {lang}")
        told = page[:page.index("<script>")]  # which is the page's last element, and names NaN
        check("nan" not in told.lower().replace("finance", ""), "a NaN in the report")
    succeed("report", "-o", "r", "--quiet", "x.avro")
    page = (work / "r" / "index.html").read_text(encoding="utf-8")
    check("Unknown: all packets came as flows" in page, "a report of flows alone")


run_cases()
