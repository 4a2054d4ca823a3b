#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Files of captures as they are found: several captures in one.

What `hotaru packets` prints of them is what it prints of their parts.
"""
import bz2
import itertools
import lzma
import shutil
import subprocess

from harness import (case, check, csv_of, equal, erf, ethernet, gzipped, hotaru, ledger_totals, pcap, pcapng,
                     record, run_cases, snoop, syn, write, zstd)

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


run_cases()
