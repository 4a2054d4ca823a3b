#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Any input ends in a result or a one-line reason, within the memory and time of SECURITY.md.

Captures that were made to break readers ($HOTARU_CAPTURES), and captures made here to
cost as much as possible: bombs, impossible lengths, sections and interfaces without end, random
times, sources and ports. Each goes through the commands with a time limit; memory is the most that
was resident. A sanitizer's report is a failure.
"""
import concurrent.futures
import gzip
import os
import pathlib
import random
import shutil
import struct
import subprocess
import threading
import time

from harness import (HOTARU, case, check, captures_folder, csv_of, environment, equal, fail,
                     is_sanitized, is_short, ledger_totals, pcap, pcapng_block, printable, run_cases)

MIB = 1 << 20
SANITIZED = is_sanitized()
# The limits of SECURITY.md. Under sanitizers freed memory is kept for a while, and all is slower.
MEMORY_MIB = 64
ABOVE_MIB = 900 if SANITIZED else 128  # above --memory
SECONDS_A_MIB = 10 if SANITIZED else 1  # for each started MiB of content
SECONDS_A_DAY = 0.1 if SANITIZED else 0.02  # for each day that packets fall on
SLACK_S = 30 if SANITIZED else 10  # the machine may have other things to do
SCALE = 8 if SANITIZED else 1  # generated captures are as many times smaller
WORKERS = 2
BEGIN_S = 1_472_731_200


# ---- running and measuring

class Run:
    """One run of hotaru: exit code, standard error, MiB it had at most. Ends it at its time limit."""

    def __init__(self, *words, content_bytes=0, days=1):
        self.what = " ".join(printable(os.fsdecode(word)) for word in words)[:300]
        limit_s = SLACK_S + SECONDS_A_MIB * (1 + content_bytes // MIB) + SECONDS_A_DAY * days
        with open(f"err-{threading.get_ident()}", "w+b") as err:
            # No wait() of its own: wait4() also says what it used.
            process = subprocess.Popen([HOTARU, *words], stdin=subprocess.DEVNULL, stderr=err,
                                       stdout=subprocess.DEVNULL, env=environment())
            killer = threading.Timer(limit_s, self.end, (process, limit_s))
            killer.start()
            _, status, used = os.wait4(process.pid, 0)
            killer.cancel()
            process.returncode = self.code = os.waitstatus_to_exitcode(status)
            err.seek(0)
            self.err = err.read()
        self.peak_mib = used.ru_maxrss / 1024

    def end(self, process, limit_s):
        fail(f"`{self.what}` did not end within {limit_s:.0f} s")
        os.kill(process.pid, 9)

    def check(self, codes=(0, 1, 3), above_mib=ABOVE_MIB):
        """A result, or one line as reason; no signal, no sanitizer's report, not too much memory."""
        if b"Sanitizer" in self.err or b"runtime error:" in self.err:
            fail(f"`{self.what}`: {self.err[:1500].decode('utf-8', 'replace')}")
            return
        lines = self.err.split(b"\n")[:-1]
        check(self.code in codes, f"`{self.what}`: exit code {self.code}: {self.err[:300]}")
        check(self.err[-1:] in (b"", b"\n") and all(line.startswith(b"hotaru: ") for line in lines),
              f"`{self.what}` says {self.err[:300]}")
        check(self.code != 1 or len(lines) == 1, f"`{self.what}` gives {len(lines)} reasons")
        check(self.peak_mib <= MEMORY_MIB + above_mib, f"`{self.what}` took {self.peak_mib:.0f} MiB")


LIMITS = ("-q", "--memory", f"{MEMORY_MIB}M", "--threads", "2")


def through_readers(path, codes, limits):
    """`path` through packets and ledger; returns the ledger's totals, none where it cannot be read."""
    Run("packets", "-q", path, **limits).check(codes)
    run = Run("ledger", *LIMITS, "--format", "csv", "-o", "ledger.csv", path, **limits)
    run.check(codes)
    return {} if run.code == 1 else ledger_totals(pathlib.Path("ledger.csv").read_text(encoding="utf-8"))


def through_all(path, codes=(0, 1, 3), content_bytes=None, days=1):
    """`path` through packets and ledger, and alone through a store; returns the ledger's totals."""
    size = os.path.getsize(path) if content_bytes is None else content_bytes
    limits = {"content_bytes": size, "days": days}
    totals = through_readers(path, codes, limits)
    if not totals:
        return {}
    Run("ingest", "-s", "a store", *LIMITS, path, **limits).check((0, 3))
    for words in (("survey",), ("lifetimes",), ("verify",), ("report", "-o", "page")):
        Run(*words, "-q", "-s", "a store", **limits).check((0,))
    equal(csv_of("ledger", "-s", "a store").splitlines()[16:],
          pathlib.Path("ledger.csv").read_text(encoding="utf-8").splitlines()[16:], f"ledgers of {path}")
    shutil.rmtree("a store")
    shutil.rmtree("page")
    return totals


# ---- captures of others

def all_captures():
    return sorted(path for path in captures_folder().rglob("*") if path.is_file())


@case
def every_file_alone(_):
    """Through `packets` and `ledger`: whatever it is, also what is no capture at all."""
    paths = all_captures()
    if is_short():  # index_test runs the others
        paths = [path for i, path in enumerate(paths) if "hostile" in path.parts or i % 5 == 0]

    def look(path):
        # xz and zstd files of other projects' tests hold more than they weigh.
        content = path.stat().st_size * (20 if path.suffix in (".gz", ".xz", ".zst", ".lz4") else 1)
        for command in (("ledger", *LIMITS), ("packets", "-q")):
            Run(*command, path, content_bytes=content).check()

    with concurrent.futures.ThreadPoolExecutor(WORKERS) as pool:
        list(pool.map(look, paths))
    check(len(paths) > 200, f"only {len(paths)} files in {captures_folder()}")


@case
def all_files_in_one_store(_):
    """Those that are captures; then survey, report and verify. Every frame is in the ledger."""
    paths = all_captures()
    size = sum(path.stat().st_size for path in paths) * 10
    run = Run("ingest", "-s", "a store", *LIMITS, *paths, content_bytes=size, days=5000)
    check(run.code in (0, 1, 3) and b"Sanitizer" not in run.err and b"runtime error" not in run.err,
          f"ingest of all: exit code {run.code}: {run.err[-2000:]}")
    check(run.peak_mib < MEMORY_MIB + ABOVE_MIB, f"ingest of all took {run.peak_mib:.0f} MiB")
    for words in (("survey",), ("verify",), ("lifetimes", "--gap", "3"), ("report", "-o", "page"), ("ledger",)):
        Run(*words, "-q", "-s", "a store", content_bytes=size, days=5000).check((0,))
    totals = ledger_totals(csv_of("ledger", "-s", "a store"))
    frames = totals.pop("frames")
    check(frames > 20000, f"only {frames} frames")
    equal(sum(totals.values()), frames, "sum of the ledger")


# ---- bombs

def zeros_behind(head, length, compress):
    """`head` and zeros, compressed, in a file; written piece by piece."""
    name = f"bomb.{compress[0]}"
    with open(name, "wb") as file, subprocess.Popen(compress, stdin=subprocess.PIPE, stdout=file) as process:
        process.stdin.write(head)
        for _ in range(length // MIB):
            process.stdin.write(bytes(MIB))
        process.stdin.close()
    return name


COMPRESSORS = (("gzip", "-9"), ("zstd", "-q", "-19", "-T1"), ("bzip2",), ("xz", "-1"), ("lz4", "-9", "-q"))
BOMB_BYTES = 64 * MIB // SCALE
PCAP_HEAD = pcap([])
PCAPNG_HEAD = pcapng_block("<", 0x0a0d0d0a, struct.pack("<IHHq", 0x1a2b3c4d, 1, 0, -1))


@case
def bombs(_):
    """Small files of much content: nothing, empty records, one block, and a bomb in a bomb."""
    contents = {"nothing": b"", "empty records": PCAP_HEAD,
                "a block": PCAPNG_HEAD + struct.pack("<II", 0xbad, BOMB_BYTES)}
    for compress in COMPRESSORS:
        if shutil.which(compress[0]) is None:
            continue
        for content, head in contents.items():
            path = zeros_behind(head, BOMB_BYTES, compress)
            weight = os.path.getsize(path)
            run = Run("ledger", *LIMITS, "--format", "csv", "-o", "ledger.csv", path, content_bytes=BOMB_BYTES)
            # zstd may ask for a window of 128 MiB.
            run.check((0, 1, 3), ABOVE_MIB + 128)
            Run("packets", *LIMITS[:1], path, content_bytes=5 * BOMB_BYTES).check((0, 1, 3), ABOVE_MIB + 128)
            if content == "empty records" and run.code == 0:
                check(weight < BOMB_BYTES / 50, f"{path} of {weight} bytes is no bomb")
                totals = ledger_totals(pathlib.Path("ledger.csv").read_text(encoding="utf-8"))
                equal(totals["frames"], BOMB_BYTES // 16, f"frames of {path}")
            equal(content == "nothing" and run.code != 1, False, f"{path} of nothing was read")
    data = pcap([])
    for _ in range(20):
        data = gzip.compress(data, mtime=0)
    pathlib.Path("nested").write_bytes(data)
    Run("ledger", *LIMITS, "nested").check((1,))


# ---- pcapng

def interface(options=b"", link_type=101):
    return pcapng_block("<", 1, struct.pack("<HHI", link_type, 0, 0) + options)


def packet(number=0, units=BEGIN_S * 10**6, captured=b"\x45" + bytes(39)):
    return pcapng_block("<", 6, struct.pack("<IIIII", number, units >> 32, units & 0xffffffff, len(captured),
                                            len(captured)) + captured)


@case
def pcapng_that_wears_its_reader_out(_):
    many = 100_000 // SCALE
    no_options = b"".join(struct.pack("<HH", 9999, 0) for _ in range(10000))
    cases = {
        # 65,536 interfaces are read; the file is damaged where the next one stands
        "interfaces": (3 if many > 65536 else 0, PCAPNG_HEAD + interface() * many + packet()),
        "packets of interfaces": (0, PCAPNG_HEAD + interface() * 1000 +
                                  b"".join(packet(i) for i in range(0, 100000, 7))),
        "sections": (0, (PCAPNG_HEAD + interface() + packet()) * many),
        "empty sections": (0, PCAPNG_HEAD * many + interface() + packet()),
        "empty options": (0, PCAPNG_HEAD + (interface(no_options) + packet()) * (200 // SCALE)),
        "long option": (3, PCAPNG_HEAD + interface(struct.pack("<HH", 2, 65535)) + packet()),
        "endless option": (3, PCAPNG_HEAD + interface(struct.pack("<HHI", 9, 4, 0))),
        "huge unknown block": (3, PCAPNG_HEAD + struct.pack("<II", 0xbad, 0xfffffffc) + bytes(1000)),
        "huge packet block": (3, PCAPNG_HEAD + interface() + struct.pack("<II", 6, 0xfffffffc) + bytes(1000)),
        "block of length 0": (3, PCAPNG_HEAD + struct.pack("<II", 0xbad, 0) + bytes(1000)),
        "block of length 8": (3, PCAPNG_HEAD + struct.pack("<II", 0xbad, 8) + bytes(1000)),
        "small unknown blocks": (0, PCAPNG_HEAD + pcapng_block("<", 0xbad, b"") * many + interface() + packet()),
        "packet claims 4 GiB": (3, PCAPNG_HEAD + interface() + pcapng_block(
            "<", 6, struct.pack("<IIIII", 0, 0, 0, 0xffffffff, 0xffffffff) + bytes(40))),
        "clocks": (0, PCAPNG_HEAD + b"".join(
            interface(struct.pack("<HHB3xHHq", 9, 1, i, 14, 8, -2**63 + i)) + packet(i, 2**64 - 1)
            for i in range(256))),
    }
    for what, (code, data) in cases.items():
        name = what.replace(" ", "-") + ".pcapng"
        pathlib.Path(name).write_bytes(data)
        through_all(name, (code, 1) if code == 3 else (code,), days=300 if what == "clocks" else 1)


# ---- pcap

HEAD = pcap([], link_type=101)
RECORD = struct.Struct("<IIII")
SYN = struct.Struct(">BBHHHBBHIIHHIIBBHHH")


def syn_record(time_s, source, *, sport=40000, port=23, seq=7, window=1024, ip_id=1, ttl=50, tos=0, options=b""):
    length = 40 + len(options)
    return RECORD.pack(time_s, 0, length, length) + SYN.pack(
        0x45, tos, length, ip_id, 0, ttl, 6, 0, source, 0xc6336407, sport, port, seq, 0,
        (5 + len(options) // 4) << 4, 2, window, 0, 0) + options


def write_pcap(name, records):
    with open(name, "wb") as file:
        file.write(HEAD)
        file.writelines(records)
    return name


@case
def pcap_records_that_cost_most(_):
    """Empty ones by the million, of sources, ports, layouts and values that are all different."""
    r = random.Random(1)
    many = 100_000 // SCALE
    options = [bytes(r.randrange(256) for _ in range(4 * r.randrange(11))) for _ in range(20000 // SCALE)]
    layouts = [bytes(x for _ in range(20) for x in (r.choice((0, 1, 2, 3, 4, 5, 8, 254)), r.choice((0, 1, 2, 3, 4, 10, 255))))
               for _ in range(20000 // SCALE)]
    cases = {
        "empty records": (2 * MIB // SCALE, [bytes(16 * 1024)] * (2048 // SCALE)),
        "new sources": (many, (syn_record(BEGIN_S, r.getrandbits(32)) for _ in range(many))),
        "one partition": (many, (syn_record(BEGIN_S, 0x01000000 | r.getrandbits(20)) for _ in range(many))),
        "one source, all ports": (65536, (syn_record(BEGIN_S, 1, port=i, sport=i, window=i, ip_id=i, seq=i)
                                          for i in range(65536))),
        "one source, all headers": (65536, (syn_record(BEGIN_S, 1, port=i, ttl=i & 255, tos=i >> 8)
                                            for i in range(65536))),
        "option layouts": (len(options) + len(layouts), (syn_record(BEGIN_S, r.getrandbits(8), options=o)
                                                         for o in options + layouts)),
    }
    for what, (frames, records) in cases.items():
        totals = through_all(write_pcap(what.replace(" ", "-") + ".pcap", records), (0,))
        equal(totals.get("frames"), frames, f"frames of {what}")


@case
def pcap_lengths_and_ends(_):
    """Lengths that lie, and every way to break off in a header: what follows has three frames in all."""
    good = syn_record(BEGIN_S, 1)
    for what, data in {"4 GiB": RECORD.pack(0, 0, 0xffffffff, 0xffffffff),
                       "16 MiB": RECORD.pack(0, 0, 16 * MIB, 16 * MIB),
                       "longer than 16 MiB": RECORD.pack(0, 0, 16 * MIB + 1, 16 * MIB + 1),
                       **{f"cut {n}": good[:n] for n in range(1, len(good), 3)}}.items():
        name = what.replace(" ", "-") + ".pcap"
        write_pcap(name, [good * 3, data])
        totals = through_readers(name, (3,), {})
        equal(totals.get("frames"), 3, f"frames before the damage ({what})")
    through_all(name, (3,))


@case
def times_of_every_kind(_):
    """The first and last second of pcap, and thousands of days in one capture: a file for each day."""
    r = random.Random(2)
    write_pcap("ends.pcap", (syn_record(s, i) for i in range(2000) for s in (0, 2**32 - 1)))
    through_all("ends.pcap", (0,), days=2)
    days = 2000 // SCALE
    write_pcap("days.pcap", (syn_record(86400 * r.randrange(days) + r.randrange(86400), r.getrandbits(32))
                             for _ in range(20 * days)))
    through_all("days.pcap", (0,), days=days)


run_cases()
