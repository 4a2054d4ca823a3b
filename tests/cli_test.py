#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The contract of the command line (cli.md): columns, order of rows, formats, exit codes,
standard input, help, and that nothing depends on the environment.

What bad input does is in bad_input_test.py.
"""
import bz2
import calendar
import csv
import json
import lzma
import os
import pathlib
import pty
import re
import shutil
import sqlite3
import struct
import subprocess

from harness import (DAY_NS, HOTARU, case, check, csv_of, environment, equal, erf, ethernet,
                     gzipped, hotaru, ipv4, ledger_totals, pcap, pcapng, record, run_cases, skip,
                     snoop, succeed, syn, udp, write, zstd, address, to_format_1)

COMMANDS = ("ingest", "info", "verify", "compact", "ledger", "packets", "fingerprints", "survey",
            "lifetimes", "ports", "places", "prefixes", "sources", "shapes", "rules", "notify", "report",
            "settings", "simulate", "probe", "responses", "accessibility", "honeypot", "variants", "sample", "anonymise", "effect",
            "attacks", "events",
            "incidents")
SURVEY = ("day,family,packets,sources,new,returned,recovered,cumulative_new,"
          "cumulative_recovered,active")
# Columns that scripts rely on; more may be appended at the right.
COLUMNS = {
    "survey": SURVEY,
    "lifetimes": "family,sources,spells,open_spells,mean_days,median_days,p90_days,"
                 "kaplan_meier_median_days",
    "sources": "day,source,first,last,packets,destinations,ports,rate,rate_while_seen,shape,"
               "is_flood_suspect,fingerprints",
    "shapes": "day,family,shape,sources,packets,flood_suspects",
    "places": "place,name,sources,share",
    "attacks": "victim,protocol,start,end,seconds,packets,max_per_minute,victim_ports,telescope_addresses,first_port,"
               "country,asn,estimated_pps",
    "prefixes": "rank,prefix,sources,cumulative_sources,cumulative_share",
    "rules": "day,antecedent,consequent,support,antecedent_support,confidence,lift,target_sources,"
             "mirai_sources,mirai_share,leverage,conviction,improvement,p_value,one_packet_sources,"
             "mirai_any_port_sources,mirai_any_port_share",
    "ledger": "capture,counter,frames",
    "ports": "day,protocol,port,family,packets,sources,day_before,week_before,most_before,is_new",
    "packets": "time,source,source_port,destination,destination_port,protocol,flags,window,ttl,"
               "tos,ip_id,seq,length,fingerprints",
    "fingerprints": "name,kind,strength,rule,what,source,chance,evidence",
    "info": "property,value",
    "settings": "setting,value",
}
# A table for people has only so many of them.
FOR_PEOPLE = {"rules": 10}
COUNTERS = ("unknown_link", "not_ip", "ipv6", "malformed", "cut_short", "outside_telescope",
            "later_fragment", "syn", "syn_ack", "rst", "tcp_other", "udp", "icmp",
            "other_protocol", "frames")
BEGIN_NS = calendar.timegm((2016, 9, 1, 0, 0, 0)) * 10**9
A, B, C = "1.0.0.1", "1.0.0.2", "2.0.0.3"
HERE = "198.51.100.7"


def at(day, hour=12):
    return BEGIN_NS + day * DAY_NS + hour * 3600 * 10**9


# Mirai from A on the days 0 and 3, from B on day 0; Hajime's window from C on day 1, late.
RECORDS = [
    record(at(0), ethernet(syn(A, HERE, seq=None))),
    record(at(0) + 1000, ethernet(syn(B, HERE, seq=None, source_port=1024))),
    record(at(1, 20), ethernet(syn(C, HERE, window=14600))),
    record(at(1, 21), ethernet(ipv4(address(C), address(HERE), 17, udp(53, 5353)))),
    record(at(3), ethernet(syn(A, HERE, seq=None))),
]
SURVEY_ROWS = """\
2016-09-01,hajime,0,0,0,0,0,0,0,0
2016-09-01,hajime-raw,0,0,0,0,0,0,0,0
2016-09-01,mirai,2,2,2,0,0,2,0,2
2016-09-01,mirai-2016,1,1,1,0,0,1,0,1
2016-09-02,hajime,1,1,1,0,0,1,0,1
2016-09-02,hajime-raw,1,1,1,0,0,1,0,1
2016-09-02,mirai,0,0,0,0,1,2,1,1
2016-09-02,mirai-2016,0,0,0,0,0,1,0,1
2016-09-03,hajime,0,0,0,0,1,1,1,0
2016-09-03,hajime-raw,0,0,0,0,1,1,1,0
2016-09-03,mirai,0,0,0,0,0,2,1,1
2016-09-03,mirai-2016,0,0,0,0,0,1,0,1
2016-09-04,hajime,0,0,0,0,0,1,1,0
2016-09-04,hajime-raw,0,0,0,0,0,1,1,0
2016-09-04,mirai,1,1,0,0,0,2,1,1
2016-09-04,mirai-2016,1,1,0,0,0,1,0,1
"""


def capture():
    return write("a.pcap", pcap(RECORDS)).name


# ---- results

@case
def survey_prints_every_day_and_family(_):
    """By hand: what the definitions say of five packets."""
    name = capture()
    equal(csv_of("survey", name), SURVEY + "\n" + SURVEY_ROWS, "survey")
    rows = csv_of("survey", name, "--gap", "1", "--family", "mirai").splitlines()[1:]
    equal(rows, ["2016-09-01,mirai,2,2,2,0,0,2,0,2", "2016-09-02,mirai,0,0,0,0,2,2,2,0",
                 "2016-09-03,mirai,0,0,0,0,0,2,2,0", "2016-09-04,mirai,1,1,0,1,0,3,2,1"], "gap 1")
    rows = csv_of("survey", name, "--gap", "2", "--family", "mirai").splitlines()[1:]
    equal([row.split(",")[5] for row in rows], ["0"] * 4, "two silent days, gap 2: nobody returned")
    equal(csv_of("lifetimes", name, "--gap", "1", "--family", "mirai").splitlines()[1:],
          ["mirai,2,3,1,1,1,1,1"], "lifetimes, gap 1")
    equal(csv_of("lifetimes", name, "--family", "mirai").splitlines()[1:],
          ["mirai,2,2,1,2.5,2.5,4,1"], "lifetimes")


@case
def days_and_families_can_be_chosen(_):
    """--from and --to choose rows; the counting is over the whole store."""
    name = capture()
    got = csv_of("survey", name, "--from", "2016-09-02", "--to", "2016-09-03", "--family",
                 "mirai,hajime")
    want = [row for row in SURVEY_ROWS.splitlines()
            if row[8:10] in ("02", "03") and row.split(",")[1] in ("mirai", "hajime")]
    equal(got.splitlines()[1:], want, "rows")
    for words in (("--from", "-2", "--to", "-1"), ("--from=-2", "--to=2016-09-03")):
        got = csv_of("survey", name, *words, "--family", "mirai,hajime")
        equal(got.splitlines()[1:], want, f"rows {words}")
    # The last two days with data are the second and the fourth.
    for words, days in ((("--last", "2"), ["02", "03", "04"]), (("--last", "1", "--to", "2016-09-03"), ["02", "03"])):
        got = csv_of("survey", name, *words, "--family", "mirai").splitlines()[1:]
        equal([row[8:10] for row in got], days, f"days of {words}")
    equal(hotaru("survey", name, "--from", "yesterday", "--to", "today").code, 0, "nothing of these days")
    equal(hotaru("packets", name, "--last", "2").code, 2, "packets know no last day")
    got = csv_of("packets", name, "--from", "2016-09-02", "--to", "2016-09-02")
    equal([row[:10] for row in got.splitlines()[1:]], ["2016-09-02"] * 2, "packets of a day")
    got = csv_of("survey", name, "--family", "*").splitlines()[1:]
    equal([row.split(",")[:4] for row in got][:2],
          [["2016-09-01", "*", "2", "2"], ["2016-09-02", "*", "1", "1"]], "all SYNs")


PORTS_ROWS = """\
2016-09-01,tcp,23,*,2,2,,,,no
2016-09-01,tcp,23,mirai,2,2,,,,no
2016-09-01,tcp,23,mirai-2016,1,1,,,,no
2016-09-02,tcp,23,*,1,1,2,,2,no
2016-09-02,tcp,23,hajime,1,1,0,,0,no
2016-09-02,tcp,23,hajime-raw,1,1,0,,0,no
2016-09-02,udp,5353,*,1,1,0,,0,no
2016-09-04,tcp,23,*,1,1,,,2,no
2016-09-04,tcp,23,mirai,1,1,,,2,no
2016-09-04,tcp,23,mirai-2016,1,1,,,1,no
"""


@case
def ports_prints_days_ports_and_families(_):
    """By hand: of the same five packets. 2016-09-03 has no data, so nobody knows the day before."""
    name = capture()
    equal(csv_of("ports", name), COLUMNS["ports"] + "\n" + PORTS_ROWS, "ports")
    got = csv_of("ports", name, "--protocol", "udp").splitlines()[1:]
    equal(got, ["2016-09-02,udp,5353,*,1,1,0,,0,no"], "of UDP")
    got = csv_of("ports", name, "--family", "mirai", "--port", "23,5353", "--from", "2016-09-02")
    equal(got.splitlines()[1:], ["2016-09-04,tcp,23,mirai,1,1,,,2,no"], "of mirai, later")
    got = csv_of("ports", name, "--top", "1", "--family", "*", "--zone", "+09:00").splitlines()[1:]
    equal([row.split(",")[:3] for row in got],
          [["2016-09-01", "tcp", "23"], ["2016-09-03", "tcp", "23"], ["2016-09-03", "udp", "5353"],
           ["2016-09-04", "tcp", "23"]], "the first of each day and protocol")
    rows = [json.loads(line) for line in succeed("ports", "-q", name, "--format", "json").splitlines()]
    equal(rows[0], {"day": "2016-09-01", "protocol": "tcp", "port": 23, "family": "*", "packets": 2, "sources": 2,
                    "day_before": None, "week_before": None, "most_before": None, "is_new": False}, "JSON")


@case
def a_star_means_all_syns_in_packets_too(_):
    """The help of --family says so for every command."""
    equal(len(csv_of("packets", capture(), "--family", "*").splitlines()), 1 + 4, "lines")


@case
def days_are_those_of_the_zone(_):
    name = capture()
    got = csv_of("survey", name, "--zone", "+09:00", "--family", "hajime").splitlines()[1:]
    equal([row.split(",")[2] for row in got], ["0", "0", "1", "0"], "packets a day in +09:00")
    equal(csv_of("survey", name, "--zone", "Asia/Tokyo"), csv_of("survey", name, "--zone", "+09:00"),
          "Asia/Tokyo")


def words_for(command, name):
    """What to run a command on, which takes a capture, a store or nothing."""
    if command in ("info", "settings"):
        succeed("ingest", "-q", "-s", "a store", name)
        return ("-s", "a store")
    return () if command == "fingerprints" else (name,)


@case
def columns_are_fixed(_):
    """In all three formats, of every command that prints a table."""
    name = capture()
    for command, header in COLUMNS.items():
        words = (command, *words_for(command, name))
        columns = header.split(",")
        rows = list(csv.reader(csv_of(*words).splitlines()))
        equal(rows[0][:len(columns)], columns, f"{command} as csv")
        check(all(len(row) == len(rows[0]) for row in rows), f"{command}: rows of other lengths")
        objects = [json.loads(line) for line in
                   succeed(*words, "--quiet", "--format", "json").splitlines()]
        check(all(list(o) == rows[0] for o in objects), f"{command}: other names in json")
        equal(len(objects), len(rows) - 1, f"{command}: objects in json")
        table = succeed(*words, "--quiet").splitlines()
        equal(table[0].split(), rows[0][:FOR_PEOPLE.get(command)], f"{command} as table")
        equal(succeed(*words, "--format", "table"), succeed(*words), f"{command}: default format")


@case
def columns_of_coverage_and_estimates_stand_at_the_right(_):
    """Only where they are asked for: without them a survey equals the truth of a simulation."""
    name = capture()
    estimates = ("coverage,seen_probability,estimated_sources,estimated_low,estimated_high,chao1,"
                 "chao1_low,chao1_high,gone_after_days,slow_internet_rate")
    equal(csv_of("survey", name).splitlines()[0], SURVEY, "survey")
    equal(csv_of("survey", name, "--coverage").splitlines()[0], SURVEY + ",coverage", "--coverage")
    equal(csv_of("survey", name, "--estimate").splitlines()[0], f"{SURVEY},{estimates}", "--estimate")
    for line in succeed("survey", name, "--estimate", "--format", "json", "-q").splitlines():
        row = json.loads(line)
        equal(list(row), f"{SURVEY},{estimates}".split(","), "names in json")
        equal(row["chao1"], None, "an estimate of less than ten sources")
    succeed("ingest", "-q", "-s", "a store", name)
    equal(csv_of("info", "-s", "a store", "--coverage"), """\
day,captures,covered_seconds,share,status,holes,known_by
2016-09-01,1,43200,0.5,partly,1,frames
2016-09-02,1,86400,1,covered,0,frames
2016-09-03,0,0,0,missing,1,frames
2016-09-04,1,43200,0.5,partly,1,frames
""", "info --coverage")


@case
def a_telescope_can_have_days(_):
    """Both days included, in the store's zone; what contradicts is refused."""
    name = capture()
    dated = ("--telescope", "198.51.100.0/24@2016-09-02..2016-09-02,10.0.0.0/8")
    equal([row.split(",")[2] for row in csv_of("survey", name, *dated, "--family", "*").splitlines()[1:]],
          ["1"], "packets a day")
    equal(ledger_totals(csv_of("ledger", name, *dated))["outside_telescope"], 3, "outside")
    equal(len(csv_of("packets", name, *dated).splitlines()), 3, "lines of packets")
    succeed("ingest", "-q", "-s", "a store", *dated, "--zone", "+05:00", name)
    equal(ledger_totals(csv_of("ledger", "-s", "a store"))["outside_telescope"], 5, "in +05:00")
    check(f"telescope,\"{dated[1]}\"" in csv_of("info", "-s", "a store"), "info")
    result = hotaru("ingest", "-s", "a store", "--telescope", "198.51.100.0/24,10.0.0.0/8", name)
    check(result.code == 1 and "is of telescope" in result.errors()[0], f"{result.errors()}")


@case
def json_has_numbers_and_null(_):
    name = capture()
    rows = [json.loads(line) for line in
            succeed("lifetimes", name, "--format", "json", "--family", "mirai").splitlines()]
    equal(rows, [{"family": "mirai", "sources": 2, "spells": 2, "open_spells": 1, "mean_days": 2.5,
                  "median_days": 2.5, "p90_days": 4, "kaplan_meier_median_days": 1}], "mirai")
    write("none.pcap", pcap(RECORDS[3:4]))
    row = json.loads(succeed("lifetimes", "none.pcap", "--format", "json").splitlines()[0])
    equal((row["spells"], row["mean_days"], row["kaplan_meier_median_days"]), (0, None, None),
          "a family without sources")
    udp_row = json.loads(succeed("packets", "none.pcap", "--format", "json"))
    equal((udp_row["seq"], udp_row["window"], udp_row["source_port"]), (None, None, 53), "of UDP")


@case
def the_ledger_is_in_order(_):
    """Captures by name, counters in their order, the total last."""
    write("b.pcap", pcap(RECORDS))
    write("a.pcap", pcap(RECORDS[:2], snap_length=1500))  # no beginning of the other
    rows = [line.split(",") for line in
            csv_of("ledger", "b.pcap", "a.pcap", "--telescope", "10.0.0.0/8").splitlines()[1:]]
    equal([row[0] for row in rows], [n for n in ("a.pcap", "b.pcap", "*") for _ in COUNTERS], "captures")
    equal([row[1] for row in rows], list(COUNTERS) * 3, "counters")
    equal([row[2] for row in rows if row[1] == "outside_telescope"], ["2", "5", "7"], "outside")
    equal([row[2] for row in rows if row[1] == "frames"], ["2", "5", "7"], "frames")


@case
def the_ledger_says_why(_):
    """--reasons: by kind, the most frames first; with the ledger's counters as its sums."""
    arp, lldp = bytes(12) + b"\x08\x06", bytes(12) + b"\x88\xcc"
    frames = [lldp, arp, arp, bytes(13), bytes(12) + b"\x08\x00\x55" + bytes(19)]
    write("a.pcap", pcap([record(n * 10**9, frame) for n, frame in enumerate(frames)]))
    write("b.pcap", pcap([record(10**9, arp)], link_type=147))
    reasons = csv_of("ledger", "--reasons", "b.pcap", "a.pcap")
    equal(reasons.splitlines()[0], "capture,counter,frames,link_type,reason,number,meaning", "columns")
    rows = list(csv.reader(reasons.splitlines()[1:]))
    first = [["not_ip", "2", "1", "ethertype", "2054", "EtherType 0x0806 (ARP)"],
             ["not_ip", "1", "1", "ethertype", "35020", "EtherType 0x88cc (LLDP)"],
             ["malformed", "1", "1", "ip_version", "5", "IP version 5 where IPv4 was announced"],
             ["cut_short", "1", "1", "cut_link", "0", "captured bytes end in the link header"]]
    second = [["unknown_link", "1", "147", "link_type", "147",
               "link type 147, which hotaru does not read"]]
    equal([row[1:] for row in rows if row[0] == "a.pcap"], first, "a.pcap")
    equal([row[1:] for row in rows if row[0] == "b.pcap"], second, "b.pcap")
    equal([row[1:] for row in rows if row[0] == "*"], second + first, "both")
    succeed("ingest", "-q", "-s", "a store", "b.pcap", "a.pcap")
    equal(csv_of("ledger", "--reasons", "-s", "a store"), reasons, "of a store")
    for lang, words in (("en", "captured bytes end in the link header"),
                        ("ja", "リンクヘッダーの途中までのキャプチャ")):
        succeed("report", "-q", "-s", "a store", "-o", lang, "--lang", lang)
        page = pathlib.Path(lang, "index.html").read_text(encoding="utf-8")
        check(words in page and "EtherType 0x0806 (ARP)" in page and "1 (ETHERNET)" in page,
              f"the report in {lang} does not say why")


@case
def figures_are_rendered_where_there_is_a_renderer(_):
    """By the real rsvg-convert, which reads its fonts from wherever they are."""
    if shutil.which("rsvg-convert") is None:
        skip("there is no rsvg-convert")
    succeed("report", "-q", capture(), "-o", "page", env=environment())
    figures = sorted(p.stem for p in pathlib.Path("page").glob("*.svg"))
    images = {p.stem: p.read_bytes()[:8] for p in pathlib.Path("page").glob("*.png")}
    equal(sorted(images), figures, "a PNG for each SVG")
    check(len(figures) > 3 and set(images.values()) == {b"\x89PNG\r\n\x1a\n"}, "they are PNGs")


@case
def more_reasons_than_there_is_room_for(_):
    """64 in a capture; the frames of the others are one row, and none is lost."""
    frames = [bytes(12) + struct.pack(">H", 0x2000 + n % 70) for n in range(140)]
    write("a.pcap", pcap([record(n * 10**9, frame) for n, frame in enumerate(frames)]))
    rows = list(csv.reader(csv_of("ledger", "--reasons", "a.pcap").splitlines()[1:]))
    own = [row for row in rows if row[0] == "a.pcap"]
    equal(len(own), 65, "reasons")
    equal(own[0][1:], ["not_ip", "12", "", "other", "0", "other reasons"], "what had no room")
    equal(sum(int(row[2]) for row in own), 140, "frames")


@case
def packets_come_as_read_with_their_precision(_):
    """Times are in UTC whatever the zone, fingerprints joined by semicolons."""
    records = [record(at(0) + 123456789, RECORDS[0][1]), record(at(0), RECORDS[1][1])]
    write("nano.pcap", pcap(records, nanoseconds=True))
    got = csv_of("packets", "nano.pcap", "--zone", "+09:00").splitlines()[1:]
    equal([row.split(",")[0] for row in got],
          ["2016-09-01T12:00:00.123456789Z", "2016-09-01T12:00:00.000000000Z"], "times")
    equal([row.split(",")[13] for row in got], ["mirai;mirai-2016", "mirai"], "fingerprints")
    got = csv_of("packets", capture(), "--family", "mirai-2016").splitlines()
    equal(len(got), 3, "lines of mirai-2016")
    equal(got[1].split(",")[:14],
          ["2016-09-01T12:00:00.000000Z", A, "40000", HERE, "23", "tcp", "S", "1024", "50", "0",
           "1", str(address(HERE)), "40", "mirai;mirai-2016"], "a packet")


@case
def users_fingerprints_are_kept_by_the_store(_):
    name = capture()
    write("own.txt", b"# mine\nfrom-c = src host 2.0.0.3 and tcp[14:2] = 14600\n")
    succeed("ingest", "-q", "-s", "a store", "--fingerprints", "own.txt", name)
    got = csv_of("survey", "-s", "a store", "--family", "from-c").splitlines()[1:]
    equal([row.split(",")[2] for row in got], ["0", "1", "0", "0"], "packets of from-c")
    got = csv_of("fingerprints", "-s", "a store")
    check("\nfrom-c,family,user,src host 2.0.0.3 and tcp[14:2] = 14600," in got, f"table: {got}")
    check("from-c" in csv_of("survey", "-s", "a store"), "from-c is no family of the survey")


# ---- where captures come from

@case
def standard_input_and_compression(_):
    """- reads plain and compressed, every format; names do not matter, content does."""
    want = csv_of("survey", capture())
    files = {"pcap": pcap(RECORDS), "pcapng": pcapng(RECORDS), "big-endian": pcap(RECORDS, big_endian=True)}
    files |= {"snoop": snoop(RECORDS), "erf": erf(RECORDS)}
    files["gz"] = gzipped(files["pcap"])
    files["pcapng.gz"] = gzipped(files["pcapng"])
    files["two members.gz"] = gzipped(files["pcap"][:50]) + gzipped(files["pcap"][50:])
    files["xz"] = lzma.compress(files["pcap"])
    files["pcapng.bz2"] = bz2.compress(files["pcapng"])
    if shutil.which("zstd"):
        files["zst"] = zstd(files["pcap"])
    if shutil.which("lz4"):
        files["lz4"] = subprocess.run(["lz4", "-qc"], input=files["pcap"], stdout=subprocess.PIPE,
                                      check=True).stdout
    for kind, data in files.items():
        equal(csv_of("survey", "-", stdin=data), want, f"{kind} on standard input")
        write("no suffix", data)
        equal(csv_of("survey", "no suffix"), want, f"{kind} as a file")
    equal(csv_of("packets", "-", stdin=files["gz"]), csv_of("packets", "a.pcap"), "packets -")


@case
def the_same_capture_counts_once(_):
    """File, copy, gzip, zstd and standard input, in one run and in several."""
    data = pcap(RECORDS)
    names = [capture(), write("copy", data).name, write("a.pcap.gz", gzipped(data)).name]
    if shutil.which("zstd"):
        names.append(write("a.pcap.zst", zstd(data)).name)
    want = csv_of("survey", "a.pcap")
    equal(csv_of("survey", *names, "-", stdin=data), want, "in one run")
    equal(ledger_totals(csv_of("ledger", *names, "-", stdin=data))["frames"], 5, "frames")
    for name in [*names, "-"] * 2:
        succeed("ingest", "-q", "-s", "a store", name, stdin=data)
    equal(csv_of("survey", "-s", "a store"), want, "in several runs")
    equal(csv_of("ledger", "-s", "a store"), csv_of("ledger", "a.pcap"), "ledger")
    result = hotaru("ingest", "-s", "a store", "copy")
    check(result.code == 0 and b"'copy' was taken in already, as 'a.pcap'" in result.err,
          f"a known capture: {result.errors()}")


@case
def a_named_pipe_is_read_once(_):
    """Its head may be known already, but it cannot be opened a second time to compare."""
    data = pcap(RECORDS)
    os.mkfifo("pipe")
    for _ in range(2):
        with subprocess.Popen([HOTARU, "ingest", "-q", "-s", "a store", "pipe"],
                              env=environment()) as process:
            with open("pipe", "wb") as writer:
                writer.write(data)
            equal(process.wait(60), 0, "exit code")
    equal(csv_of("survey", "-s", "a store"), csv_of("survey", capture()), "survey")


@case
def pieces_of_a_day_that_begin_at_other_moments_are_compacted(_):
    """As when the time zone database changes its mind between two ingests."""
    late = record(at(0, 22), ethernet(syn(A, HERE, seq=None)))  # 2016-09-02 in +02:00 only
    first, second = write("a.pcap", pcap(RECORDS[2:3])).name, write("b.pcap", pcap([late])).name
    succeed("ingest", "-q", "-s", "a store", "--zone", "+01:00", first)
    with sqlite3.connect("a store/catalog.sqlite") as catalogue:
        to_format_1(catalogue)
        catalogue.execute("UPDATE setting SET value = '+02:00' WHERE key = 'zone'")
    catalogue.close()
    succeed("ingest", "-q", "-s", "a store", second)
    before = csv_of("survey", "-s", "a store")
    succeed("compact", "-q", "-s", "a store")
    equal(csv_of("survey", "-s", "a store"), before, "survey")
    succeed("verify", "-q", "-s", "a store")


@case
def hotaru_store_is_the_default_store(_):
    env = environment(HOTARU_STORE="from here")
    name = capture()
    succeed("ingest", "-q", name, env=env)
    equal(csv_of("survey", env=env), csv_of("survey", name), "survey")
    equal(csv_of("survey", name, env=environment(HOTARU_STORE="nowhere")), csv_of("survey", name),
          "captures are not contradicted by the variable")
    for command in ("info", "settings", "verify", "compact", "ledger", "lifetimes", "ports"):
        succeed(command, env=env)
    succeed("ingest", "-q", "-s", "other", name, env=env)
    check("store,other" in csv_of("info", "-s", "other", env=env), "-s does not go before it")


# ---- output

@case
def results_go_where_output_says(_):
    name = capture()
    for command in ("survey", "lifetimes", "ports", "sources", "shapes", "ledger", "packets"):
        want = succeed(command, name, "--format", "csv")
        equal(succeed(command, name, "--format", "csv", "-o", "out.csv"), "", f"{command} -o")
        with open("out.csv", encoding="utf-8") as file:
            equal(file.read(), want, f"file of {command}")
        equal(succeed(command, name, "--format", "csv", "-o", "-"), want, f"{command} -o -")


@case
def quiet_says_nothing(_):
    """And without --quiet, only standard error has more than the result."""
    name = capture()
    for words in (("ingest", "-s", "a store"), ("survey",), ("lifetimes",), ("ledger",), ("packets",),
                  ("sources", "--without-floods"), ("shapes", "--without-floods"),
                  ("ports",), ("places",), ("prefixes",), ("rules",), ("report", "-o", "page")):
        quiet = hotaru(*words, "--quiet", name)
        equal((quiet.code, quiet.err), (0, b""), f"quiet {words[0]}")
        equal(hotaru(*words, name).out, quiet.out, f"standard output of {words[0]}")
    for command in ("info", "settings", "verify", "compact"):
        result = hotaru(command, "-s", "a store", "-q")
        equal((result.code, result.err), (0, b""), f"quiet {command}")


def on_terminal(*words, **env):
    """Standard output of hotaru if that is a terminal."""
    try:
        ours, theirs = pty.openpty()
    except OSError as error:
        skip(f"there is no terminal to be had: {error}")
    process = subprocess.Popen([HOTARU, *words], stdin=subprocess.DEVNULL, stdout=theirs,
                               stderr=subprocess.DEVNULL, env=environment(TERM="xterm", **env))
    os.close(theirs)
    parts = []
    try:
        while part := os.read(ours, 65536):
            parts.append(part)
    except OSError:  # what a terminal says at its end
        pass
    os.close(ours)
    equal(process.wait(), 0, "exit code on a terminal")
    return b"".join(parts)


@case
def colour_is_for_terminals_that_want_it(_):
    name = capture()
    check(b"\x1b[" in on_terminal("survey", name), "no colour on a terminal")
    check(b"\x1b" not in on_terminal("survey", name, NO_COLOR="1"), "colour in spite of NO_COLOR")
    check(b"\x1b" not in on_terminal("survey", name, "--format", "csv"), "colour in csv")
    check(b"\x1b" not in hotaru("survey", name).out, "colour in a pipe")


@case
def nothing_depends_on_locale_or_time_zone(_):
    """Nor on the clock: two runs give the same bytes, the report's too."""
    name = capture()
    foreign = environment(TZ="Asia/Tokyo", LC_ALL="ja_JP.UTF-8", LANG="de_DE.UTF-8", HOME="/",
                          LC_NUMERIC="de_DE.UTF-8", PATH="/nonexistent")
    for command in ("survey", "lifetimes", "ports", "sources", "shapes", "rules", "places", "prefixes", "ledger",
                    "packets"):
        for words in (("--format", "table"), ("--format", "json"), ("--zone", "Europe/Berlin")):
            equal(hotaru(command, name, *words, env=foreign).out, hotaru(command, name, *words).out,
                  f"{command} {' '.join(words)}")
    equal(hotaru("survey", "missing", env=foreign).err, hotaru("survey", "missing").err, "an error")
    succeed("report", "-q", "-o", "one", name)
    succeed("report", "-q", "-o", "two", name, env=foreign)
    equal(sorted(os.listdir("one")), sorted(os.listdir("two")), "files of the report")
    for file in os.listdir("one"):
        with open(f"one/{file}", "rb") as a, open(f"two/{file}", "rb") as b:
            check(a.read() == b.read(), f"report: {file} differs")


@case
def the_report_holds_page_figures_and_tables(_):
    name = capture()
    succeed("report", "-q", "-o", "page", name)
    files = os.listdir("page")
    for file in ("index.html", "survey.csv", "lifetimes.csv", "ledger.csv", "mirai.svg"):
        check(file in files, f"{file} is missing, there are {files}")
    for command in ("survey", "lifetimes", "ledger"):
        with open(f"page/{command}.csv", encoding="utf-8") as file:
            equal(file.read(), csv_of(command, name), f"{command}.csv")
    with open("page/index.html", encoding="utf-8") as file:
        page = file.read()
    # It opens from disk without a network, and says nothing of simulation.
    loads = re.findall(r"""(?:src|href|url\()\s*=?\s*["']?\s*(?:https?:)?//[^\s"'>)]+""", page)
    check(not loads, f"the page loads {loads[:3]}")
    check("simulat" not in page.lower(), "a page of real packets speaks of simulation")


# ---- help

@case
def help_is_there(_):
    overview = succeed("--help")
    equal(succeed("help"), overview, "hotaru help")
    for command in COMMANDS:
        check(f"\n  {command} " in overview, f"the overview has no {command}")
        text = succeed(command, "--help")
        check(text.startswith(f"Usage: hotaru {command} "), f"help of {command}: {text[:60]}")
        check(f"\n  {command} " not in text and "--help" in text, f"help of {command}")
        equal(succeed("help", command), text, f"hotaru help {command}")
    check(re.fullmatch(r"hotaru \d+\.\d+\.\d+\n", succeed("--version")), "version")
    result = hotaru()
    equal((result.code, result.out, result.err), (2, b"", overview.encode()), "hotaru alone")


@case
def help_lines_fit_their_options(_):
    """Every option that cli.md names is in the help of the commands that take it."""
    at_ingest = ("--zone", "--telescope", "--fingerprints", "--memory", "--threads")
    common = ("--store", "--from", "--to", "--family", "--format", "--output", "--quiet",
              "--no-progress")
    for command in ("survey", "lifetimes", "ports", "sources", "shapes", "rules", "places", "prefixes", "ledger",
                    "packets", "report"):
        text = succeed(command, "--help")
        for option in common + at_ingest:
            if (command, option) in (("ledger", "--family"), ("rules", "--family"), ("report", "--format")):
                continue  # a frame is of no family, nor is a rule; a report is a page and CSV
            if (command, option) == ("packets", "--store"):
                continue  # a store has no packets
            check(f"{option} " in text, f"help of {command} has no {option}")
    for option in at_ingest + ("--store", "--quiet", "--no-progress"):
        check(f"{option} " in succeed("ingest", "--help"), f"help of ingest has no {option}")


@case
def the_man_page_is_valid(_):
    page = succeed("--man")
    for command in COMMANDS:
        check(command in page, f"the man page has no {command}")
    if shutil.which("mandoc") is None:
        skip("there is no mandoc")
    lint = subprocess.run(["mandoc", "-T", "lint", "-W", "error"], input=page.encode(),
                          stdout=subprocess.PIPE, check=False)
    equal((lint.returncode, lint.stdout), (0, b""), "mandoc -T lint")


@case
def an_output_does_not_write_over_what_is_read(_):
    data = pcap(RECORDS)
    name = write("in.pcap", data).name
    succeed("ingest", "-q", "-s", "a store", name)
    rules = write("rules", b"mine = tcp\n").name
    os.mkdir("page")
    write("page/survey.csv", data)
    os.link(name, "twin.pcap")
    for words in (("survey", name, "-o", name), ("packets", name, "-o", "twin.pcap"),
                  ("ledger", name, "-o", "./in.pcap", "--no-sandbox"),
                  ("survey", "--fingerprints", rules, name, "-o", rules),
                  ("survey", "-s", "a store", "-o", "a store/new.csv"),
                  ("ledger", "-s", "a store", "-o", "a store/catalog.sqlite"),
                  ("report", "-s", "a store", "-o", "a store"),
                  ("report", "page/survey.csv", "-o", "page")):
        result = hotaru(*words)
        check(result.code == 2 and "elsewhere" in result.errors()[-1], f"{words}: {result.errors()}")
    equal(open(name, "rb").read(), data, "the capture")
    equal(open("page/survey.csv", "rb").read(), data, "the capture in the folder of the page")
    equal(open(rules, "rb").read(), b"mine = tcp\n", "the fingerprints")
    succeed("verify", "-q", "-s", "a store")
    equal(sorted(os.listdir("page")), ["survey.csv"], "files in the folder")


run_cases()
