#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Captures that grow, break off, and come in pieces of themselves, in any order.

Of captures of which one is the beginning of the other the longest counts, once: whatever was taken in on
the way, the store is in the end, once compacted, byte for byte that of one ingest of the whole.

HOTARU_CUTS=1 cuts at every byte also where commands follow each other; HOTARU_HALF_YEAR=FOLDER takes the
captures of the demo (a file a day) instead of a few days, HOTARU_KILLS=N kills so often.
"""
import bz2
import hashlib
import lzma
import os
import pathlib
import random
import resource
import shutil
import signal
import sqlite3
import struct
import subprocess
import threading
import time

import flows
import samples
from harness import (DAY_NS, HOTARU, case, check, csv_of, environment, equal, erf, ethernet, gzipped, hotaru,
                     is_short, pcap, pcapng, pcapng_block, record, run_cases, skip, snoop, succeed, syn, to_format_1,
                     write, zstd)

EVERY_CUT = "HOTARU_CUTS" in os.environ
HALF_YEAR = os.environ.get("HOTARU_HALF_YEAR")
KILLS = int(os.environ.get("HOTARU_KILLS", "6"))
BEGIN_NS = 17045 * DAY_NS

# Rows of captures by what they hold, so that the order in which they came makes no difference.
ROWS = (
    "SELECT name, format, length_bytes, hex(digest), head, first_ns, last_ns, is_simulated, damage FROM capture",
    "SELECT hex(digest), counter, frames FROM ledger JOIN capture ON id = capture_id",
    "SELECT hex(digest), counter, link_type, reason, number, frames FROM reason JOIN capture ON id = capture_id",
    "SELECT hex(digest), counter, packets FROM drops JOIN capture ON id = capture_id",
    "SELECT hex(digest), hex(digests) FROM beginning JOIN capture ON id = capture_id",
    "SELECT day, bytes, hosts, floor, toc_digest FROM segment",
    "SELECT day, kind, packets FROM segment_kind JOIN segment ON id = segment_id",
    "SELECT day, fingerprint, packets, sources FROM segment_fingerprint JOIN segment ON id = segment_id",
)


def holds(store):
    """All that a store holds, once its days are compacted."""
    succeed("compact", "-q", "-s", store)
    database = sqlite3.connect(f"file:{store}/catalog.sqlite?mode=ro", uri=True)
    rows = [sorted(map(repr, database.execute(sql))) for sql in ROWS]
    database.close()
    files = sorted((path.name.split(".")[0], hashlib.sha256(path.read_bytes()).hexdigest())
                   for path in pathlib.Path(store).glob("*.segment"))
    return rows, files


def same(store, want, what):
    """Says of what does not agree which table it is in."""
    got, files = holds(store)
    return all([equal(rows, should, f"{what}: {sql.split(' FROM ')[1].split()[0]}")
                for sql, rows, should in zip(ROWS, got, want[0])]) and equal(files, want[1], f"{what}: segments")


def ingest(store, *names, stdin=b"", more=()):
    """Takes captures in; what broke off is no failure here. Returns what was said."""
    result = hotaru("ingest", *more, "-s", store, *names, stdin=stdin)
    check(result.code in (0, 3), f"ingest of {names[:3]}: {result.code}, {result.errors()[:2]}")
    return "\n".join(result.errors())


def at_once(name, data):
    """What a store holds that the capture was taken in to at once."""
    shutil.rmtree("once", ignore_errors=True)
    write(name, data)
    ingest("once", name)
    return holds("once")


def frames(rng, count, gap_ns=DAY_NS // 3):
    """SYNs of few sources over several days, and here and there a frame that is none."""
    for i in range(count):
        packet = syn(f"10.0.0.{rng.randrange(5)}", "198.51.100.7", port=rng.choice((23, 2323, 80)), seq=rng.randrange(2**32))
        frame = ethernet(packet)[:rng.choice((1500, 1500, 30))] if rng.randrange(5) else b"\0" * 12 + b"\x88\xcc" + b"x" * 20
        yield record(BEGIN_NS + i * gap_ns, frame)


def statistics(received):
    """An interface statistics block: the counter that stands last in the file is that of the capture."""
    return pcapng_block("<", 5, struct.pack("<III", 0, 0, 0) + struct.pack("<HHQHHQHH", 4, 8, received, 5, 8, received // 2, 0, 0))


def small():
    """A small capture of each format, by name."""
    rng = random.Random(7)
    records = list(frames(rng, 8))
    tuples = list(samples.flow_records(rng, 12))
    rows = "".join(samples.hashed_rows(rng, 8)).encode()
    halves = pcapng(records[:4]) + statistics(40)
    return {
        "pcap": pcap(records),
        "pcap of nanoseconds": pcap(records, nanoseconds=True, big_endian=True),
        "pcapng": halves + pcapng(records[4:], big_endian=True) + statistics(70),
        "snoop": snoop(records),
        "erf": erf(records),
        "flowtuple 3": flows.flowtuple_3(tuples, block=3),
        "flowtuple 4": flows.flowtuple_4(tuples, "deflate", block=3),
        "csv": rows,
    }


def is_capture(data):
    """Whether hotaru takes the bytes for a capture; that of a few may be none."""
    return hotaru("ledger", "-q", "-", stdin=data).code in (0, 3)


def first_cut(data):
    """The least number of bytes from which on all beginnings are captures."""
    low, high = 1, len(data)
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if is_capture(data[:middle]) else (middle + 1, high)
    return low


def compressions():
    rng = random.Random(9)
    data = pcap(list(frames(rng, 900, DAY_NS // 400)))
    made = {"gz": gzipped(data), "bz2": bz2.compress(data), "xz": lzma.compress(data), "zst": None, "lz4": None}
    for name, program in (("zst", "zstd"), ("lz4", "lz4")):
        if shutil.which(program):
            made[name] = subprocess.run([program, "-qc"], input=data, stdout=subprocess.PIPE, check=True).stdout
    return data, {name: packed for name, packed in made.items() if packed is not None}


# ---- cases

@case
def every_cut_of_a_capture_in_one_command(_):
    """In any order, with the whole and before it."""
    rng = random.Random(1)
    for kind, data in small().items():
        want = at_once("x", data)
        cuts = list(range(first_cut(data), len(data)))
        for cut in cuts:
            write(f"{cut}", data[:cut])
        names = [str(cut) for cut in cuts] + ["x"]
        for order, words in (("longest last", names), ("longest first", names[::-1]),
                             ("mixed", rng.sample(names, len(names)))):
            said = ingest("store", *words)
            same("store", want, f"{kind}, {order}")
            known = said.count("was taken in already, as the beginning of")
            grown = said.count("goes on from")
            equal(known + grown, len(cuts), f"{kind}, {order}: known and grown ones")
            shutil.rmtree("store")


@case
def a_capture_grows_from_command_to_command(_):
    """As files, as streams, and as beginnings of what is there."""
    rng = random.Random(2)
    for kind, data in small().items():
        want = at_once("x", data)
        first = first_cut(data)
        some = range(first, len(data)) if EVERY_CUT else sorted(rng.sample(range(first, len(data)), 6))
        for cut in some:
            write("x", data[:cut])
            if cut % 3 == 0:
                with open("x", "rb") as file:
                    ingest("store", "/dev/stdin", stdin=file)
            else:
                ingest("store", "x")
        write("x", data)
        said = ingest("store", "x")
        check("goes on from" in said, f"{kind}: {said}")
        for cut in rng.sample(some, 3):
            said = ingest("store", "-", stdin=data[:cut])
            check("'-' was taken in already, as the beginning of 'x'" in said, f"{kind}, cut at {cut}: {said}")
        same("store", want, kind)
        shutil.rmtree("store")
        write("x", data[:some[len(some) // 2]])
        ingest("store", "x")
        ingest("store", "-", stdin=data)
        want[0][0][0] = want[0][0][0].replace("('x'", "('-'")
        same("store", want, f"{kind}, the rest from standard input")
        shutil.rmtree("store")


@case
def compressed_files_grow_by_what_is_in_them(_):
    """Cut anywhere, packed otherwise, and unpacked at last."""
    data, packed = compressions()
    rng = random.Random(3)
    for name, whole in packed.items():
        want = at_once(f"x.{name}", whole)
        for more in ((), ("--threads", "1")):
            for cut in sorted(rng.sample(range(len(whole) // 20, len(whole)), 3)):
                if is_capture(whole[:cut]):
                    write(f"x.{name}", whole[:cut])
                    ingest("store", f"x.{name}", more=more)
            write(f"x.{name}", whole)
            ingest("store", f"x.{name}", more=more)
            same("store", want, name)
            shutil.rmtree("store")
    want = at_once("x", data)
    for i, whole in enumerate(packed.values()):
        if is_capture(whole[:len(whole) * (i + 3) // 9]):
            write(f"packed {i}", whole[:len(whole) * (i + 3) // 9])
            ingest("store", f"packed {i}")
    write("y", data[:len(data) - 1])
    ingest("store", "y", "x")
    same("store", want, "all of them")


@case
def long_captures_grow_too(_):
    """Beyond what is at hand of a file that was just opened, and what was hashed when it was."""
    rng = random.Random(4)
    data = pcap(list(frames(rng, 12000, DAY_NS // 5000)))
    want = at_once("x", data)
    edges = [65535, 65536, 65537, 262143, 262144, 262145, 524288]
    cuts = sorted(edges + rng.sample(range(100, len(data)), 5))
    for cut in cuts:
        write("x", data[:cut])
        if cut % 2:
            ingest("store", "x")
        else:
            ingest("store", "-", stdin=data[:cut])
    write("x", data)
    ingest("store", "x")
    same("store", want, "a long one")
    shutil.rmtree("store")
    for cut in cuts:
        write(f"{cut}", data[:cut])
    ingest("store", *map(str, cuts[::2]))
    packed = gzipped(data)
    ingest("store", "-", stdin=packed[:len(packed) * 2 // 3])
    ingest("store", *map(str, cuts), "x")
    same("store", want, "long ones together")
    said = ingest("store", *map(str, cuts))
    equal(said.count("as the beginning of 'x'"), len(cuts), "known ones")


@case
def what_only_begins_alike_is_another_capture(_):
    """Also where a file header is long, and all frames but the last three are the same."""
    rng = random.Random(5)
    records = list(frames(rng, 40))
    comment = pcapng_block("<", 0x0a0d0d0a, struct.pack("<IHHq", 0x1a2b3c4d, 1, 0, -1) + struct.pack("<HH", 1, 900) + b"c" * 900 + b"\0" * 4)
    interface = pcapng_block("<", 1, struct.pack("<HHI", 1, 0, 0))
    for kind, head, tail in (("pcap", pcap(records[:1])[:24], lambda r: pcap([r])[24:]),
                             ("pcapng", comment + interface, lambda r: pcapng([r])[68:])):
        bodies = [head + b"".join(map(tail, records[:n] + records[n + 10:n + 13])) for n in (0, 1, 2, 9, 20)]
        for i, body in enumerate(bodies):
            write(f"{i}", body)
        for order in (range(5), reversed(range(5)), (2, 0, 4, 1, 3)):
            said = ingest("store", *map(str, order))
            check("already" not in said and "goes on" not in said, f"{kind}: {said}")
            shutil.rmtree("store")
    # Of two that go on from the same one, each counts as a whole.
    base = pcap(records[:5])
    for i, more in enumerate((records[10:12], records[20:23])):
        write(f"{i}", base + pcap(more)[24:])
    write("base", base)
    write("other", pcap(records[30:33]))
    ingest("once", "other", "1", "0")
    want = holds("once")
    for order in (("base", "0", "1", "other"), ("0", "base", "other", "1"), ("1", "other", "0", "base")):
        for name in order:
            ingest("store", name)
        same("store", want, f"two go on from one, {order}")
        shutil.rmtree("store")


@case
def a_header_alone_is_the_beginning_of_any(_):
    """A writer that has just begun has written no frame yet."""
    records = list(frames(random.Random(6), 6))
    write("empty", pcap([]))
    write("a", pcap(records[:3]))
    write("b", pcap(records[3:]))
    ingest("once", "a", "b")
    want = holds("once")
    for order in (("empty", "a", "b"), ("a", "empty", "b"), ("b", "a", "empty")):
        for name in order:
            ingest("store", name)
        same("store", want, order)
        shutil.rmtree("store")


@case
def what_an_older_store_has_grows(_):
    """It kept no digests of beginnings: longer ones are known, shorter ones count once more."""
    data = pcap(list(frames(random.Random(8), 3000, DAY_NS // 900)))
    want = at_once("x", data)
    for cut in (300, 100000):
        write("x", data[:cut])
        ingest("store", "x")
        database = sqlite3.connect("store/catalog.sqlite")
        to_format_1(database)
        database.executescript("DROP TRIGGER beginnings_are_forgotten; DROP TABLE beginning")
        database.close()
        write("x", data)
        ingest("store", "x")
        same("store", want, f"cut at {cut}")
        shutil.rmtree("store")


def half_year():
    """Captures, a day each."""
    if HALF_YEAR:
        return sorted(map(str, pathlib.Path(HALF_YEAR).glob("*.pcap")))
    succeed("simulate", "-q", "--split", "--days", "4", "--scale", "0.01", "-o", "days")
    return sorted(map(str, pathlib.Path("days").glob("*.pcap")))


def write_part(name, part):
    """A day's capture so far: a fifth of it more each time, cut anywhere."""
    data = pathlib.Path(name).read_bytes()
    length = len(data) * part // 5 + (part * 37 % 50 if part < 5 else 0)
    write(pathlib.Path("growing", os.path.basename(name)), data[:min(length, len(data))])


def run(store, names, kill_after_s=None):
    """An ingest that may be killed. Whether it came to its end."""
    process = subprocess.Popen([HOTARU, "ingest", "-q", "--no-progress", "-s", store, *names],
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment())
    try:
        process.wait(kill_after_s)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGKILL)
        process.wait()
    return process.returncode in (0, 3)


@case
def days_in_five_steps_by_two_processes_with_kills(_):
    """A file a day, each a fifth longer every time. Two processes want the store: one at a time gets it."""
    days = half_year()
    want = None
    os.mkdir("growing")
    for name in days:
        write_part(name, 5)
    names = [f"growing/{os.path.basename(name)}" for name in days]
    ingest("once", *names)
    want = holds("once")
    rng = random.Random(11)
    killed = 0
    for part in (1, 2, 3, 4, 5):
        for name in days:
            write_part(name, part)
        # On a copy first: how long it takes.
        if part > 1:
            shutil.copytree("store", "copy")
        before = time.monotonic()
        run("copy", names)
        takes_s = time.monotonic() - before
        shutil.rmtree("copy")
        for i in range((KILLS + 4) // 5):
            killed += not run("store", names, takes_s * (i + rng.random()) * 5 / (KILLS + 4) * 0.9)
            result = hotaru("verify", "-q", "-s", "store")
            check(result.code == 0 or "no store" in result.errors()[0], f"after a kill: {result.errors()}")
        done = [[], []]

        def take(own, mine, done=done):
            for at in range(0, len(mine), 40):
                while not run("store", mine[at:at + 40]):
                    pass
                own.append(at)

        threads = [threading.Thread(target=take, args=(done[i], names[i::2])) for i in (0, 1)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        equal(hotaru("verify", "-q", "-s", "store").code, 0, f"sound after step {part}")
    print(f"{len(days)} days in five steps, {killed} of {(KILLS + 4) // 5 * 5} killed before they ended", flush=True)
    same("store", want, "days in five steps")
    shutil.rmtree("store")
    for part in (2, 5):
        for name in days:
            write_part(name, part)
        ingest("store", *names)
    for table in (("survey",), ("survey", "--family", "*"), ("ledger",), ("ports",), ("info", "--coverage")):
        equal(csv_of(*table, "-s", "store"), csv_of(*table, "-s", "once"), f"in two steps, not compacted: {table}")


def known_seconds(store, names):
    """Processor seconds to find that all captures of a store are known."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    said = ingest(store, *names, more=("--threads", "1"))
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    equal(said.count("was taken in already"), len(names), "known ones")
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


@case
def known_captures_take_time_in_proportion(_):
    if is_short():
        skip("it takes a while")
    os.mkdir("many")
    names = [f"many/{i}" for i in range(8000)]
    for i, name in enumerate(names):
        write(name, pcap([record(BEGIN_NS + i * 10**9, ethernet(syn("10.0.0.1", "198.51.100.7", seq=i)))]))
    for store, count in (("few", 1000), ("many of them", 8000)):
        ingest(store, *names[:count], more=("-q",))
    few = min(known_seconds("few", names[:1000]) for _ in range(3))
    many = known_seconds("many of them", names)
    check(many < 14 * few, f"1,000 known captures take {few:.2f} s, 8,000 {many:.2f} s")


if __name__ == "__main__":
    run_cases()
