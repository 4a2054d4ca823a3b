#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Files of captures as they are found: several captures in one, fractions in another unit,
compressed so that it takes much memory.

What `hotaru packets` prints of them is what it prints of their parts.
"""
import bz2
import csv
import itertools
import lzma
import pathlib
import shutil
import sqlite3
import struct
import subprocess

from harness import (case, check, csv_of, equal, erf, ethernet, gzipped, hotaru, ledger_totals, pcap, pcapng,
                     record, run_cases, skip, snoop, succeed, syn, write, zstd)

DAY_NS = 86400 * 10**9
BEGIN_NS = 1_472_731_200 * 10**9


def records(day, count=4):
    """SYNs of one day, a second and some apart."""
    return [record(BEGIN_NS + day * DAY_NS + i * 1_000_001_000, ethernet(
        syn(f"1.{day}.0.{i}", "198.51.100.7", seq=None, ip_id=i))) for i in range(count)]


# The formats of which two may stand in one file, each with a magic number but ERF.
FORMS = {
    "pcap": pcap,
    "pcap, big-endian": lambda r: pcap(r, big_endian=True),
    "pcap, nanoseconds": lambda r: pcap(r, nanoseconds=True),
    "pcap, big-endian, nanoseconds": lambda r: pcap(r, big_endian=True, nanoseconds=True),
    "pcapng": pcapng,
    "pcapng, big-endian": lambda r: pcapng(r, big_endian=True),
    "snoop": snoop,
    "ERF": erf,
}


def codecs():
    found = {"plain": bytes, "gz": gzipped, "xz": lzma.compress, "bz2": bz2.compress}
    if shutil.which("zstd"):
        found["zst"] = zstd
    if shutil.which("lz4"):
        found["lz4"] = lambda data: subprocess.run(["lz4", "-qc"], input=data, stdout=subprocess.PIPE,
                                                   check=True).stdout
    return found


def rows_of(data):
    return csv_of("packets", "-", stdin=data).splitlines()


def says_joined(result, captures, at, what):
    lines = result.errors()
    want = f"holds {captures} captures, one behind the other; all are read, the second from byte {at} on"
    check(sum(want in line for line in lines) == 1, f"{what}: says {lines}")


@case
def every_two_captures_in_one_file(_):
    """Whatever the two are, packets and times of both are there, and one line says so."""
    alone = {name: (make(records(0)), make(records(1))) for name, make in FORMS.items()}
    rows = {name: (rows_of(first), rows_of(second)[1:]) for name, (first, second) in alone.items()}
    for a, b in itertools.product(FORMS, FORMS):
        if b == "ERF" != a:
            continue  # nothing says that it begins
        what = f"{a} + {b}"
        first, second = alone[a][0], alone[b][1]
        result = hotaru("packets", "--format", "csv", "-", stdin=first + second)
        equal(result.code, 0, f"{what}: exit code")
        equal(result.text().splitlines(), rows[a][0] + rows[b][1], what)
        if (a, b) == ("ERF", "ERF") or a[:6] == b[:6] == "pcapng":
            equal(result.errors(), [], f"{what} is one capture like others")
        else:
            says_joined(result, 2, len(first), what)


@case
def compressed_one_by_one(_):
    """What `cat` makes of compressed files, as a file and as a stream."""
    want = rows_of(pcap(records(0))) + rows_of(pcapng(records(1)))[1:]
    for name, pack in codecs().items():
        data = write(f"two.{name}", pack(pcap(records(0))) + pack(pcapng(records(1))))
        result = hotaru("packets", "--format", "csv", data.name)
        equal((result.code, result.text().splitlines()), (0, want), name)
        says_joined(result, 2, len(pcap(records(0))), name)


@case
def a_logger_that_is_started_anew(_):
    """Many headers in one file, some with nothing behind them: each frame counts once, on its day."""
    parts = [pcap(records(day, count=day % 3), big_endian=day % 2 == 1) for day in range(200)]
    write("log.pcap", b"".join(parts))
    result = hotaru("survey", "--format", "csv", "--family", "*", "log.pcap")
    says_joined(result, 200, len(parts[0]), "200 captures")
    equal([row.split(",")[2] for row in result.text().splitlines()[1:]],
          [str(day % 3) for day in range(1, 200)], "packets a day")
    result = hotaru("ingest", "-q", "-s", "store", "log.pcap")
    equal((result.code, result.errors()), (0, []), "--quiet")
    totals = ledger_totals(csv_of("ledger", "-s", "store"))
    equal((totals["syn"], totals["frames"]), (199, 199), "SYNs and frames")


@case
def a_header_that_breaks_off(_):
    """Behind a whole capture, and behind nothing but a header."""
    first, second = pcap(records(0)), pcap(records(1))
    want = rows_of(first)
    for cut in (16, 20, 23):
        result = hotaru("packets", "--format", "csv", "-", stdin=first + second[:cut])
        equal((result.code, result.text().splitlines()), (3, want), f"{cut} bytes of a header")
        check(any(f"at byte {len(first)}: it breaks off in the middle of the file header" in line
                  for line in result.errors()), f"{cut}: says {result.errors()}")
    result = hotaru("packets", "--format", "csv", "-", stdin=first[:24] + second)
    equal((result.code, result.text().splitlines()), (0, [want[0], *rows_of(second)[1:]]), "an empty one first")


# ---- fractions of more than a second

def mistaken(captured, order="<"):
    """A pcap of microseconds that holds nanoseconds: its header is a mistake of the writer."""
    data = bytearray(pcap(captured, big_endian=order == ">", nanoseconds=True))
    data[:4] = struct.pack(order + "I", 0xa1b2c3d4)
    return bytes(data)


def fractions_of(nanoseconds):
    """SYNs of one second with these fractions, one from outside the telescope."""
    return [record(BEGIN_NS + ns, ethernet(syn(f"1.0.0.{i}", "203.0.113.7" if i == 3 else "198.51.100.7")))
            for i, ns in enumerate(nanoseconds)]


FRACTIONS = [0, 999_999, 1_000_000, 1_048_575, 250_000_000, 999_999_999, 999, 500_000_000]
WARNING = ("of 8 frames 5 have fractions of a second of 1000000 microseconds and more, and count as later than "
           "they came; if they are nanoseconds, --fractions nanoseconds reads them right")


@case
def nanoseconds_under_a_header_of_microseconds(_):
    """They are told once with their numbers, counted as a remark, and read right if somebody says so."""
    captured = fractions_of(FRACTIONS)
    want = rows_of(pcap(captured, nanoseconds=True))
    for order in "<>":
        name = write("wrong.pcap", mistaken(captured, order)).name
        for words in (("survey",), ("packets",), ("ingest", "-s", f"store {order}")):
            lines = hotaru(*words, name).errors()
            equal(sum(f"warning: '{name}': {WARNING}" in line for line in lines), 1, f"{words}: {lines}")
        result = hotaru("packets", name, "--fractions", "nanoseconds", "--format", "csv")
        equal((result.code, result.errors(), result.text().splitlines()), (0, [], want), "as nanoseconds")
    equal(csv_of("packets", "-", "--fractions", "microseconds", stdin=pcap(captured, nanoseconds=True)),
          csv_of("packets", "wrong.pcap"), "the other way round")
    equal(hotaru("survey", "wrong.pcap", "--fractions", "seconds").code, 2, "another word")
    equal(hotaru("survey", "-s", "store <", "--fractions", "nanoseconds").code, 2, "of a store")


@case
def frames_with_such_fractions_have_a_reason(_):
    """Beside those that say why a frame was not understood, and whatever the frame counts as."""
    captured = fractions_of(FRACTIONS)
    captured[5] = record(BEGIN_NS + FRACTIONS[5], b"\x01" * 12 + b"\x88\xcc" + bytes(46))
    write("wrong.pcap", mistaken(captured))
    for words in (("wrong.pcap", "--telescope", "198.51.100.0/24"), ("-s", "store")):
        if words[0] == "-s":
            succeed("ingest", "-s", "store", "wrong.pcap", "--telescope", "198.51.100.0/24", "-q")
        rows = [row for row in csv.reader(csv_of("ledger", "--reasons", *words).splitlines())
                if row[0] == "wrong.pcap"]
        equal([row[1:3] + row[4:5] for row in rows],
              [["not_ip", "1", "ethertype"], ["not_ip", "1", "fraction"], ["outside_telescope", "1", "fraction"],
               ["syn", "3", "fraction"]], f"reasons of {words[0]}")
    totals = ledger_totals(csv_of("ledger", "-s", "store"))
    equal((totals["syn"], totals["outside_telescope"], totals["not_ip"], totals["frames"]), (6, 1, 1, 8), "ledger")
    succeed("report", "-s", "store", "-o", "page", "-q")
    page = pathlib.Path("page/index.html").read_text(encoding="utf-8")
    equal(page.count("What else is to be known of frames"), 1, "remarks of the page")
    equal(page.count("time whose fraction is more than a second"), 3, "rows of the page")
    with sqlite3.connect("store/catalog.sqlite") as catalog:
        equal(catalog.execute("SELECT sum(frames) FROM not_understood").fetchone(), (1,), "the old view")
    catalog.close()


@case
def other_fractions(_):
    """snoop, nanoseconds of more than a second, and captures in which all is right."""
    whole = record(BEGIN_NS + 7000, ethernet(syn("1.0.0.1", "198.51.100.7")))
    for kind, data, at, order in (("snoop", snoop([whole]), 16 + 20, ">"),
                                  ("nanoseconds", pcap([whole], nanoseconds=True), 24 + 4, "<")):
        equal(hotaru("packets", "-", stdin=data).errors(), [], f"{kind}: sound")
        data = data[:at] + struct.pack(order + "I", 2 * 10**9) + data[at + 4:]
        lines = hotaru("packets", "-", stdin=data).errors()
        check(len(lines) == 1 and "of 1 frames 1 have fractions of a second" in lines[0], f"{kind}: {lines}")
        equal("--fractions" in lines[0], kind == "snoop", f"{kind}: {lines}")
    rows = csv_of("packets", "-", "--fractions", "nanoseconds", stdin=snoop([whole])).splitlines()
    check(rows[1].startswith("2016-09-01T12:00:00.000000007Z,"), f"snoop as nanoseconds: {rows[1]}")
    joined = mistaken(fractions_of(FRACTIONS)) + mistaken(fractions_of(FRACTIONS), ">")
    rows = csv_of("packets", "-", "--fractions", "nanoseconds", stdin=joined).splitlines()
    want = rows_of(pcap(fractions_of(FRACTIONS), nanoseconds=True))
    equal(rows, want + want[1:], "in both of two captures in one file")


# ---- interfaces

@case
def frames_of_an_interface_that_is_not_described(_):
    """They have no link type, and none is made up: neither in the ledger nor on the page."""
    data = bytearray(pcapng(records(0, count=1)))
    at = data.index(struct.pack("<I", 6), 40)
    data[at + 8:at + 12] = struct.pack("<I", 7)
    write("seven.pcapng", bytes(data) + pcap(records(0, count=2), link_type=1234))
    rows = [row[1:] for row in csv.reader(csv_of("ledger", "--reasons", "seven.pcapng").splitlines())
            if row[0] == "*"]
    equal(rows, [["unknown_link", "2", "1234", "link_type", "1234", "link type 1234, which hotaru does not read"],
                 ["unknown_link", "1", "", "no_link_type", "0", "link type that the capture does not say"]],
          "reasons")
    succeed("report", "seven.pcapng", "-o", "page", "-q")
    page = pathlib.Path("page/index.html").read_text(encoding="utf-8")
    check("link type that the capture does not say" in page and "65535" not in page.split("What was not understood")[1],
          "the page names a link type")


# ---- memory to decompress

def long_zstd(data, log):
    return subprocess.run(["zstd", "-q", "-1", "--ultra", f"--long={log}", "-c"], input=data, stdout=subprocess.PIPE,
                          check=True).stdout


@case
def windows_of_zstd_beyond_the_memory(_):
    """Sound files: they are read where there is memory, and else it is said how much that is."""
    if not shutil.which("zstd"):
        skip("there is no zstd")
    data = pcap(records(0))
    want = rows_of(data)
    for log, memory, enough in ((27, "64M", "64M"), (28, "64M", "1G"), (28, "1023M", "1G"), (29, "1G", "2G"),
                                (31, "64M", "8G")):
        name = write(f"{log}.zst", long_zstd(data, log)).name
        result = hotaru("packets", "--format", "csv", name, "--memory", enough)
        equal((result.code, result.errors(), result.text().splitlines()), (0, [], want), f"2^{log} and {enough}")
        if memory == enough:
            continue
        for words in (("packets",), ("survey",), ("ingest", "-s", "store")):
            result = hotaru(*words, name, "--memory", memory)
            lines = result.errors()
            what = f"{words}, 2^{log} and {memory}: exit code {result.code}, {lines}"
            check(result.code == 1 and len(lines) == 1 and "damaged" not in lines[0], what)
            check(f"takes {2**log >> 20} MiB of memory to decompress" in lines[0], what)
            check(f"--memory {enough} allows it" in lines[0] and "in a pipe: `zstd -dc" in lines[0], what)
    piped = subprocess.run(["zstd", "-dc", "--long=31", "31.zst"], stdout=subprocess.PIPE, check=True).stdout
    equal(rows_of(piped), want, "what the pipe gives")


@case
def a_later_frame_of_zstd_needs_more_memory(_):
    """What is in front of it counts, and the rest is told, not called damage."""
    if not shutil.which("zstd"):
        skip("there is no zstd")
    first, second = pcap(records(0)), pcap(records(1))
    write("two.zst", zstd(first) + long_zstd(second, 28))
    for threads in ("1", "4"):
        result = hotaru("ingest", "-s", f"store {threads}", "--threads", threads, "--memory", "64M", "two.zst", "-q")
        want = (f"'two.zst' is left at byte {len(first)} of its decompressed content: the rest takes 256 MiB of memory "
                "to decompress, more than the 128 MiB that are allowed; --memory 1G allows it")
        check(result.code == 3 and any(want in line for line in result.errors()),
              f"exit code {result.code}, {result.errors()}")
        equal(ledger_totals(csv_of("ledger", "-s", f"store {threads}", code=0))["frames"], 4, "frames")
    check(any("'two.zst' is left at byte" in line for line in hotaru("ledger", "-s", "store 1").errors()),
          "the store does not know")
    equal(ledger_totals(csv_of("ledger", "--memory", "1G", "two.zst"))["frames"], 8, "frames with memory")


run_cases()
