#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Fingerprints of sources: what a source used on a whole day, however its packets came.

Against a naive count of the same packets; from rules to a file, to a store that is there, to its
survey; a store that got them later against one that always had them; pieces in any order; floors,
flows, and what is refused.
"""
import collections
import csv
import datetime
import os
import shutil
import struct
import tarfile

import flows
import model
from harness import (DAY_NS, RAW, ROOT, case, check, csv_of, equal, hotaru, pcap, read_pcap, record, run_cases,
                     succeed, syn, write)

STORES = ROOT / "tests" / "stores"
SETS = {
    "prototype": {("window", 792), ("window", 1320), ("window", 2376)},
    "ports": {("dport", 22), ("dport", 443)},
    "odd": {("ttl", 47), ("dport", 23), ("tos", 0)},
}
FILE = "".join(f"{name} = source {' '.join(f'{f}={v}' for f, v in sorted(items))}\n"
               for name, items in SETS.items())
TABLES = (("survey",), ("survey", "--gap", "2"), ("lifetimes",), ("ports", "--family", "prototype,ports,odd,mirai"),
          ("places", "--family", "ports"), ("places", "--family", "prototype", "--port", "23"),
          ("prefixes", "--family", "prototype"), ("sources", "--family", "prototype"),
          ("shapes", "--family", "prototype"), ("notify", "--family", "prototype"))


def simulated(days=50, scale="0.004"):
    """Captures of one day each, and their packets."""
    succeed("simulate", "--scale", scale, "--days", days, "--split", "-o", "captures", "-q")
    return sorted(os.path.join("captures", name) for name in os.listdir("captures"))


def pieces_of(names, count):
    """The same packets in `count` times as many files: lists of files."""
    os.makedirs("pieces", exist_ok=True)
    lists = [[] for _ in range(count)]
    for name in names:
        data = open(name, "rb").read()
        parts, at, number = [bytearray(data[:24]) for _ in range(count)], 24, 0
        while at < len(data):
            end = at + 16 + struct.unpack_from("<I", data, at + 8)[0]
            parts[number * 7 % count] += data[at:end]
            at, number = end, number + 1
        for i, part in enumerate(parts):
            path = os.path.join("pieces", f"{i}-{os.path.basename(name)}")
            lists[i].append(str(write(path, bytes(part))))
    return lists


def naive(names):
    """{(day, name): [packets, sources]} of SETS, and of ports {(day, port, name): sources}."""
    used = collections.defaultdict(lambda: collections.defaultdict(set))
    syns, ports = collections.Counter(), collections.defaultdict(collections.Counter)
    for name in names:
        link_type, records = read_pcap(open(name, "rb").read())
        for time_ns, frame, _ in records:
            packet = model.decode(link_type, frame)
            if packet.kind != "syn":
                continue
            key = time_ns // DAY_NS, packet.source
            syns[key] += 1
            ports[key][packet.destination_port] += 1
            for field, value in (("window", packet.window), ("dport", packet.destination_port),
                                 ("ttl", packet.ttl), ("tos", packet.tos)):
                used[key][field].add((field, value))
    found, by_port = collections.defaultdict(lambda: [0, 0]), collections.Counter()
    for (day, source), fields in used.items():
        everything = set().union(*fields.values())
        for name, items in SETS.items():
            if items <= everything:
                found[day, name][0] += syns[day, source]
                found[day, name][1] += 1
                for port in ports[day, source]:
                    by_port[day, port, name] += 1
    return found, by_port


def date_of(day):
    return (datetime.date(1970, 1, 1) + datetime.timedelta(day)).isoformat()


def rows_of(text):
    return list(csv.DictReader(text.splitlines()))


def results(store):
    return {" ".join(words): csv_of(*words, "-s", store) for words in TABLES}


def same_results(store, want, what):
    for table, text in results(store).items():
        equal(text, want[table], f"{what}: {table}")
    equal(hotaru("verify", "-q", "-s", store).errors(), [], f"{what}: verify")


def info(store):
    return dict(line.split(",", 1) for line in csv_of("info", "-s", store).splitlines())


# ---- what they match

@case
def a_naive_count_finds_the_same(_):
    names = simulated()
    write("own.txt", FILE.encode())
    succeed("ingest", "-q", "-s", "store", "--fingerprints", "own.txt", *names)
    found, by_port = naive(names)
    survey = {(row["day"], row["family"]): row for row in rows_of(csv_of("survey", "-s", "store"))}
    total = collections.Counter()
    for (date, family), row in survey.items():
        if family in SETS:
            day = (datetime.date.fromisoformat(date) - datetime.date(1970, 1, 1)).days
            equal([int(row["packets"]), int(row["sources"])], found.get((day, family), [0, 0]),
                  f"{family} on {date}")
            total[family] += int(row["sources"])
    for name in SETS:
        check(total[name] > 20, f"{name} matches {total[name]} source-days")
    ports = {(row["day"], int(row["port"]), row["family"]): int(row["sources"])
             for row in rows_of(csv_of("ports", "-s", "store", "--family", ",".join(SETS)))}
    equal(ports, {(date_of(day), port, name): n for (day, port, name), n in by_port.items()}, "ports")
    equal(csv_of("survey", *names, "--fingerprints", "own.txt"), csv_of("survey", "-s", "store"),
          "a temporary store")


@case
def days_in_pieces_match_as_a_whole(_):
    """Any order, any threads, before or after: the bytes are those of one ingest."""
    names = simulated(48)
    write("own.txt", FILE.encode())
    own = ("--fingerprints", "own.txt")
    succeed("ingest", "-q", "-s", "whole", *own, *names)
    want = results("whole")
    lists = pieces_of(names, 3)
    for store, order, threads in (("one", (0, 1, 2), 1), ("two", (2, 0, 1), 2)):
        for i in order:
            succeed("ingest", "-q", "-s", store, *own, "--threads", threads, *lists[i])
        same_results(store, want, f"pieces in the order {order}")
        equal(info(store)["segments"], info(store)["days"], "segments")
    for i in (1, 2, 0):
        succeed("ingest", "-q", "-s", "later", *lists[i])
    shutil.copytree("later", "compacted")
    succeed("compact", "-q", "-s", "compacted")
    shutil.copytree("later", "between")
    for store, threads in (("later", 1), ("compacted", 3)):
        succeed("settings", "-q", "-s", store, *own, "--threads", threads)
        same_results(store, want, f"set later, {store}")
    # Taken in as pieces of the days that the store has: one part before, the others after.
    succeed("ingest", "-q", "-s", "mixed", *lists[1])
    succeed("settings", "-q", "-s", "mixed", *own)
    succeed("ingest", "-q", "-s", "mixed", *own, *lists[2], *lists[0])
    same_results("mixed", want, "set between pieces")
    # A capture that is there, again.
    succeed("ingest", "-q", "-s", "mixed", *lists[0])
    same_results("mixed", want, "taken in twice")


@case
def a_rule_becomes_a_fingerprint(_):
    """Its sources are the rule's targets, on the days of the rule, and on all others."""
    names = simulated()
    lists = pieces_of(names, 2)
    succeed("ingest", "-q", "-s", "whole", *names)
    for part in lists:
        succeed("ingest", "-q", "-s", "parts", *part)
    days = ("--from", "2016-08-05", "--to", "2016-08-19")
    for words in (("--fields", "window", "--min-support", "15"),
                  ("--fields", "window,dport", "--min-support", "20", "--max-items", "3", "--all"),
                  ("--across", "--fields", "dport,window,tos,ttl", "--min-support", "25", "--all", "--max-items", "3")):
        rules = rows_of(csv_of("rules", "-s", "whole", *days, *words))
        targets = {}
        for rule in rules:
            items = frozenset((rule["antecedent"] + ";" + rule["consequent"]).split(";"))
            targets[rule["day"], items] = int(rule["target_sources"])
        check(len(targets) > 3, f"{words}: rules of {len(targets)} sets of values")
        text = succeed("rules", "-q", "-s", "whole", *days, *words, "--as-fingerprint")
        equal(succeed("rules", "-q", "-s", "parts", *days, *words, "--as-fingerprint"), text, f"{words}, pieces")
        write("rules.txt", text.encode())
        fresh = "fresh-" + str(len(targets))
        succeed("ingest", "-q", "-s", fresh, "--fingerprints", "rules.txt", *names)
        want = csv_of("survey", "-s", fresh)
        entries = dict(line.split(" = source ") for line in text.splitlines()
                       if " = source " in line and line[0] != "#")
        check(0 < len(entries) <= 25, f"{words}: {len(entries)} entries")
        for store in ("whole", "parts"):
            shutil.copytree(store, "changed")
            succeed("settings", "-q", "-s", "changed", "--fingerprints", "rules.txt")
            equal(csv_of("survey", "-s", "changed"), want, f"{words}, {store}: survey")
            equal(csv_of("ports", "-s", "changed"), csv_of("ports", "-s", fresh), f"{words}: ports")
            # It is the rules' file still, and nothing in it is new.
            again = succeed("rules", "-q", "-s", "changed", *days, *words, "--as-fingerprint")
            write("again.txt", again.encode())
            equal({line for line in again.splitlines() if line in text.splitlines() and line[:1] not in "#"},
                  {line for line in text.splitlines() if line[:1] not in "#"}, "the entries, again")
            survey = {(row["day"], row["family"]): int(row["sources"]) for row in rows_of(csv_of("survey", "-s", "changed"))}
            compared = 0
            for name, values in entries.items():
                items = frozenset(values.split())
                for (day, of), number in targets.items():
                    if of == items:
                        equal(survey[day, name], number, f"{words}, {store}: {name} on {day}")
                        compared += 1
            check(compared >= len(entries), f"{words}: {compared} numbers were compared")
            shutil.rmtree("changed")


@case
def values_of_one_packet_have_a_filter_too(_):
    """It stands as a comment, and is one that hotaru takes; names are never taken twice."""
    packets = [record(17045 * DAY_NS + i * 10**9, syn(0xc0000200 + i, 0xc6336401, port=port, window=1024, ttl=77))
               for port in (23, 2323) for i in range(40)]
    capture = write("one.pcap", pcap(packets, RAW)).name
    words = ("rules", "-q", capture, "--across", "--min-support", "5", "--all", "--as-fingerprint")
    text = succeed(*words)
    commented = [line[2:] for line in text.splitlines() if line.startswith("# rule-")]
    check("rule-window-1024-ttl-77 = tcp[14:2] = 1024 and ip[8] = 77" in commented, f"comments {commented}")
    write("filters.txt", "\n".join(commented[:19]).encode())
    succeed("survey", "-q", capture, "--fingerprints", "filters.txt")
    write("rules.txt", text.encode())
    found = rows_of(csv_of("survey", capture, "--fingerprints", "rules.txt"))
    equal({row["sources"] for row in found if row["family"].startswith("rule-")}, {"40"}, "sources")
    names = [line.split(" = ")[0] for line in text.splitlines() if line.startswith("rule-")]
    equal(len(set(names)), len(names), "names")
    result = hotaru(*words, "--format", "csv")
    equal((result.code, len(result.errors())), (2, 1), "as CSV")


@case
def more_rules_than_there_is_room_for_are_comments(_):
    packets = [record(17045 * DAY_NS + i * 10**9, syn(0xc0000200 + i % 30, 0xc6336401, port=100 + i // 30))
               for i in range(30 * 8)]
    capture = write("many.pcap", pcap(packets, RAW)).name
    words = ("rules", capture, "--fields", "dport", "--min-support", "5", "--all", "--as-fingerprint", "-o", "rules.txt")
    result = hotaru(*words)
    check(any("commented out" in line for line in result.errors()), f"said {result.errors()}")
    lines = open("rules.txt", encoding="ascii").read().splitlines()
    equal(sum(line.startswith("rule-") for line in lines), 19, "entries")
    equal(sum(line.startswith("# no room: rule-") for line in lines), 2**8 - 8 - 1 - 19, "entries without room")
    succeed("ingest", "-q", "-s", "store", "--fingerprints", "rules.txt", capture)


@case
def many_values_are_said_by_their_number(_):
    """A bucket asks how many they were; a single value is asked of those, too."""
    packets, want = [], collections.Counter()
    for source in range(60):
        for i in range(source * 3):
            packets.append(record(17045 * DAY_NS + len(packets) * 10**6,
                                  syn(0xc0000200 + source, 0xc6336401, port=1000 + i)))
        want["some"] += 33 <= source * 3 <= 64
        want["more"] += 65 <= source * 3 <= 128
        want["value"] += source * 3 > 50
    write("own.txt", b"some = source dport=33-64_values\nmore=source destination_port=65-128_values\n"
                     b"value = source dport=1050\n")
    names = [write(f"{i}.pcap", pcap(packets[i::2], RAW)).name for i in range(2)]
    for store, parts in (("whole", [names]), ("pieces", [[names[1]], [names[0]]])):
        for part in parts:
            succeed("ingest", "-q", "-s", store, "--fingerprints", "own.txt", *part)
        found = {row["family"]: int(row["sources"]) for row in rows_of(csv_of("survey", "-s", store))}
        equal({name: found[name] for name in want}, dict(want), store)
    # 21 sources are in the bucket.
    text = succeed("rules", "-q", "-s", "whole", "--across", "--fields", "dport,window", "--min-support", "20", "--all",
                   "--as-fingerprint")
    check("= source window=1024 dport=65-128_values" in text, text)
    check("# it is there already" not in text, text)


# ---- changes

@case
def they_are_added_changed_and_taken_out(_):
    names = simulated(10, "0.002")
    write("none.txt", b"mine = tcp dst port 2323\n")
    succeed("ingest", "-q", "-s", "store", "--fingerprints", "none.txt", *names)
    before = csv_of("survey", "-s", "store")
    equal(info("store")["format"], "3", "format")
    steps = (b"mine = tcp dst port 2323\na = source dport=23\n",
             b"# other words\nb = source dport=23 dport=2323\nmine = tcp dst port 2323\na = source  destination_port=23\n",
             b"a = source dport=2323\nmine = tcp dst port 2323\n",
             b"other-name = source dport=2323\nmine = tcp dst port 2323\n")
    for number, text in enumerate(steps):
        write("own.txt", text)
        shown = succeed("settings", "-q", "-s", "store", "--fingerprints", "own.txt")
        check("source" in shown, shown)
        equal(info("store")["format"], "4", "format")
        succeed("ingest", "-q", "-s", f"fresh-{number}", "--fingerprints", "own.txt", *names)
        equal(csv_of("survey", "-s", "store"), csv_of("survey", "-s", f"fresh-{number}"), f"step {number}")
        equal(csv_of("fingerprints", "-s", "store"), csv_of("fingerprints", "-s", f"fresh-{number}"), f"step {number}")
        equal(hotaru("verify", "-q", "-s", "store").errors(), [], f"step {number}")
        # The same file is no contradiction, another one is.
        succeed("ingest", "-q", "-s", "store", "--fingerprints", "own.txt", names[0])
        succeed("ingest", "-q", "-s", "store", "--fingerprints", "none.txt", names[0], code=1)
    result = hotaru("settings", "-s", "store", "--fingerprints", "own.txt")
    check("0 added, 0 taken out; 0 days rewritten" in result.err.decode(), f"{result.errors()}")
    succeed("settings", "-q", "-s", "store", "--fingerprints", "none.txt")
    equal(csv_of("survey", "-s", "store"), before, "without any")
    equal(info("store")["format"], "3", "format without any")


@case
def what_cannot_be_is_refused_in_one_line(_):
    names = simulated(2, "0.002")
    write("own.txt", b"mine = tcp dst port 2323\n")
    succeed("ingest", "-q", "-s", "store", "--fingerprints", "own.txt", *names)
    want = csv_of("survey", "-s", "store"), sorted(os.listdir("store"))
    refused = (
        (b"", "'mine' of the store is of packets, and could not be brought back"),
        (b"a = source dport=23\n", "'mine' of the store is of packets"),
        (b"mine = tcp dst port 2323\nnew = tcp\n", "'new' is of packets, which are gone"),
        (b"mine = tcp dst port 23\n", "'mine' asks packets for something else"),
        (b"mine = source dport=2323\n", "'mine' of the store is of packets"),
        (b"\nmine = source\n", "own.txt:2: fingerprint 'mine' needs values"),
        (b"mine = tcp dst port 2323\nx = source windows=1\n", "own.txt:2: 'windows=1' is no header value"),
        (b"x = source window=65536\n", "own.txt:1: window has no value '65536'"),
        (b"x = source udp_port=53\n", "own.txt:1: 'udp_port=53' is not of SYNs"),
        (b"x = source dport=33-64_values dport=65-128_values\n", "own.txt:1: 'dport=65-128_values' is the second"),
        (b"x = source " + b" ".join(b"dport=%d" % i for i in range(65)), "own.txt:1: fingerprint 'x' has more than 64"),
    )
    for text, reason in refused:
        write("own.txt", text)
        result = hotaru("settings", "-s", "store", "--fingerprints", "own.txt")
        equal((result.code, len(result.errors())), (2, 1), f"{text[:40]}: {result.errors()}")
        check(reason in result.errors()[0], f"{text[:40]}: {result.errors()}")
    equal((csv_of("survey", "-s", "store"), sorted(os.listdir("store"))), want, "the store")
    succeed("settings", "-s", "nowhere", "--fingerprints", "own.txt", code=1)
    check(not os.path.exists("nowhere"), "a store was made")
    write("own.txt", b"x = source dport=23\n")
    result = hotaru("packets", names[0], "--fingerprints", "own.txt", "--family", "x")
    equal(result.code, 2, "packets of sources")
    check("'x' is of sources: no packet matches it alone" in result.errors()[-1], f"{result.errors()}")
    rows = rows_of(csv_of("packets", names[0], "--fingerprints", "own.txt"))
    check(all("x" not in row["fingerprints"].split(";") for row in rows), "packets match a source's")


@case
def a_floor_hides_values_from_what_comes_later(_):
    """What was there before stays as it was, also where the values are gone now."""
    packets = []
    for source in range(50):
        for port in (23, 2323):
            packets.append(record(17045 * DAY_NS + len(packets) * 10**6,
                                  syn(0xc0000200 + source, 0xc6336401, port=port, window=1024 + (source < 5))))
    capture = write("one.pcap", pcap(packets, RAW)).name
    write("first.txt", b"few = source window=1025 dport=2323\n")
    write("second.txt", b"same = source dport=2323 window=1025\nlate = source window=1025\nmany = source window=1024\n")
    succeed("ingest", "-q", "-s", "store", "--fingerprints", "first.txt", capture)
    succeed("compact", "-q", "-s", "store", "--floor", "10")
    result = hotaru("settings", "-s", "store", "--fingerprints", "second.txt")
    equal(result.code, 0, "settings")
    check("1 days from 2016-09-01 to 2016-09-01 were compacted with a floor of up to 10" in result.err.decode(),
          f"said {result.errors()}")
    check("2 added, 0 taken out; 1 day rewritten" in result.err.decode(), f"said {result.errors()}")
    found = {row["family"]: int(row["sources"]) for row in rows_of(csv_of("survey", "-s", "store"))}
    equal([found[name] for name in ("same", "late", "many")], [5, 0, 45], "sources")
    equal(info("store")["highest_floor"], "10", "floor")
    equal(hotaru("verify", "-q", "-s", "store").errors(), [], "verify")


@case
def days_of_flows_are_unknown(_):
    day = 17045 * 86400
    flow = dict(src_ip=0x0c000201, dst_ip=0xc6336401, src_port=1, dst_port=23, protocol=6, ttl=50, tcp_flags=2,
                ip_len=40, tcp_synlen=0, tcp_synwinlen=1024, packet_cnt=3)
    flow.update({name: "" if kind == "string" else 0 for name, kind in flows.FLOWTUPLE_3 if name not in flow})
    flow["time"] = day
    write("flows.avro", flows.flowtuple_3([flow]))
    write("own.txt", b"windows = source window=1024\n")
    succeed("ingest", "-q", "-s", "store", "flows.avro")
    succeed("settings", "-q", "-s", "store", "--fingerprints", "own.txt")
    row, = [row for row in rows_of(csv_of("survey", "-s", "store")) if row["family"] == "windows"]
    mirai, = [row for row in rows_of(csv_of("survey", "-s", "store")) if row["family"] == "mirai"]
    equal((row["packets"], row["sources"]), (mirai["packets"], mirai["sources"]), "a family of a day of flows")
    equal(hotaru("verify", "-q", "-s", "store").errors(), [], "verify")


# ---- evidence

def scan(source, count, hits, first=0, tool="zmap"):
    """SYNs of a scan, some of which have the IP identification of a tool by chance."""
    for i in range(first, first + count):
        seq, destination = 7 * i + 1, 0xc6336400 + i % 256
        ip_id = {"zmap": 54321, "masscan": (destination ^ 443 ^ seq) & 0xffff}[tool] if i < first + hits else i % 50000
        frame = bytearray(syn(source, destination, port=443, window=1024, seq=seq))
        frame[4:6] = struct.pack(">H", ip_id)
        yield record(17045 * DAY_NS + i * 10**6, bytes(frame))


def counted(*words, family="zmap"):
    row, = rows_of(csv_of("survey", *words, "--family", family))
    return int(row["packets"]), int(row["sources"])


@case
def one_hit_of_a_scan_names_nobody(_):
    for tool, count, hits, sources in (("zmap", 1994, 1, 0), ("masscan", 5147, 1, 0), ("zmap", 9639, 2, 0),
                                       ("zmap", 1, 1, 0), ("masscan", 2, 2, 1), ("zmap", 2930, 2, 1),
                                       ("zmap", 2931, 2, 0), ("masscan", 256, 256, 1)):
        name = write("scan.pcap", pcap(list(scan(0x0c000201, count, hits, tool=tool)), RAW)).name
        what = f"{tool}: {hits} of {count}"
        equal(counted(name, family=tool), (hits, sources), what)
        equal(sum(tool in row["fingerprints"].split(";") for row in rows_of(csv_of("packets", name))), hits, f"packets of {what}")
        equal(len(csv_of("sources", name, "--family", tool).splitlines()), 1 + sources, f"sources of {what}")
        equal(len(csv_of("places", name, "--by", "prefix24", "--family", tool).splitlines()), 1 + sources, what)
        equal(len(csv_of("places", name, "--by", "prefix24", "--family", tool, "--port", 443).splitlines()),
              1 + sources, f"by port, {what}")
        row, = [row for row in rows_of(csv_of("ports", name, "--family", tool)) if row["port"] == "443"]
        equal((row["packets"], row["sources"]), (str(hits), str(sources)), f"ports of {what}")
        words = ("notify", name, "--family", tool)
        equal(len(csv_of(*words).splitlines()), 1 + sources, f"notices of {what}")
        row, = rows_of(csv_of("sources", name))
        equal(tool in row["fingerprints"].split(";"), sources > 0, f"fingerprints of {what}")


@case
def evidence_is_that_of_the_whole_day(_):
    """Pieces in any order, in one store or compacted; what they say alone is no evidence of the day."""
    two = [list(scan(0x0c000201, 40, 1, first=100 * i)) for i in range(2)]     # one hit each: two
    drowned = [list(scan(0x0c000302, 2, 2)), list(scan(0x0c000302, 5000, 0, first=9000))]  # 2 of 2, and of 5002
    pieces = [write(f"{i}.pcap", pcap(records, RAW)).name for i, records in enumerate(two + drowned)]
    tables = (("survey",), ("lifetimes",), ("survey", "--estimate"), ("ports", "--family", "zmap"),
              ("sources", "--family", "zmap"), ("places", "--by", "prefix24", "--family", "zmap"),
              ("notify", "--family", "zmap"))
    words = [(*table, "--family", "zmap") if "--family" not in table else table for table in tables]
    want = [csv_of(*table, *pieces) for table in words]
    equal(counted(*pieces), (4, 1), "the day")
    for name, order in (("up", pieces), ("down", pieces[::-1])):
        for piece in order:
            succeed("ingest", "-q", "-s", name, piece)
        equal([csv_of(*table, "-s", name) for table in words], want, f"pieces {name}")
        equal(hotaru("verify", "-q", "-s", name).errors(), [], "verify")
    succeed("compact", "-q", "-s", "down")
    equal([csv_of(*table, "-s", "down") for table in words], want, "compacted")
    equal(hotaru("verify", "-q", "-s", "down").errors(), [], "verify, compacted")


@case
def the_table_says_the_chance_of_each(_):
    rows = {row["name"]: row for row in rows_of(csv_of("fingerprints"))}
    equal({name: row["chance"] for name, row in rows.items()},
          {**{name: "0.00000000023283064365386962890625" for name in ("mirai", "mirai-2016", "mirai-flags", "zmap-4")},
           **{name: "0.0000152587890625" for name in ("hajime", "hajime-raw", "zmap", "masscan")},
           "nmap": "0.000000059604644775390625", "unicornscan": "0.0000000004656612873077392578125",
           **{name: "0.00000095367431640625" for name in ("hping3", "large-scale-scan")}}, "chance")
    equal({name: row["evidence"] for name, row in rows.items() if name in ("mirai", "hajime", "zmap")},
          {"mirai": "one packet", "hajime": "more packets than chance", "zmap": "two packets, and more than chance"},
          "evidence")


@case
def a_store_from_before_keeps_its_fingerprints(_):
    """It has no mirai-flags: SYNs that would be count as mirai, as they always did; new stores tell them apart."""
    with tarfile.open(STORES / "format-3.tar.gz") as archive:
        archive.extractall(".")
    frame = bytearray(syn(0x0c000201, 0xc6336401, seq=None))
    frame[33] |= 0x80  # CWR
    name = write("cwr.pcap", pcap([record(17045 * DAY_NS, bytes(frame))], RAW)).name
    equal([counted(name, family=family) for family in ("mirai", "mirai-flags")], [(0, 0), (1, 1)], "a new store")
    succeed("ingest", "-q", "-s", "store", name)
    row = [row for row in rows_of(csv_of("survey", "-s", "store", "--family", "mirai")) if row["day"] == "2016-09-01"]
    equal([(r["packets"], r["sources"]) for r in row], [("1", "1")], "an older one")
    check("mirai-flags" not in csv_of("fingerprints", "-s", "store"), "it has no mirai-flags")
    equal(hotaru("verify", "-q", "-s", "store").errors(), [], "verify")


if __name__ == "__main__":
    run_cases()
