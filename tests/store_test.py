#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Stores that were written by earlier versions, and by later ones; and damaged ones."""
import os
import pathlib
import shutil
import sqlite3
import struct
import tarfile

from harness import (ROOT, case, check, csv_of, equal, ethernet, hotaru, pcap, pcapng, pcapng_block,
                     record, run_cases, succeed, syn, write)

STORES = ROOT / "tests" / "stores"
NOON = 1475323200 * 10**9
SYN = ethernet(syn("1.2.3.4", "192.0.2.1"))


def pcapng_with_drops(dropped):
    """A packet, and an interface that says how many it dropped."""
    return (pcapng([record(NOON, SYN)]) +
            pcapng_block("<", 5, struct.pack("<IQHHQ", 0, 0, 5, 8, dropped)))


def drops_of(store):
    with sqlite3.connect(f"{store}/catalog.sqlite") as db:
        rows = db.execute("SELECT name, counter, packets FROM drops JOIN capture ON capture_id = id"
                          " ORDER BY name").fetchall()
    db.close()
    return rows


def known_by(store):
    """How the coverage of its days is known."""
    return {line.rsplit(",", 1)[1] for line in csv_of("info", "-s", store, "--coverage").splitlines()[1:]
            if ",missing," not in line}


def formats():
    return sorted(path.name.split(".")[0] for path in STORES.glob("*.tar.gz"))


def unpack(name):
    shutil.rmtree("store", ignore_errors=True)
    with tarfile.open(STORES / f"{name}.tar.gz") as archive:
        archive.extractall(".")


def check_answers(name, what):
    for table in ("survey", "ledger", "lifetimes"):
        want = pathlib.Path(STORES, f"{name}.{table}.csv").read_text(encoding="utf-8")
        equal(csv_of(table, "-s", "store"), want, f"{name}, {what}: {table}")
    succeed("verify", "-q", "-s", "store")


@case
def older_stores_answer_as_they_did(_):
    """As they are; after a writer brought them up to date; and compacted."""
    check("format-1" in formats(), f"stores: {formats()}")
    for name in formats():
        unpack(name)
        check_answers(name, "as it was")
        equal(known_by("store"), {"spans"}, f"{name}: how coverage is known")
        equal(succeed("info", "-s", "store", "--format", "csv").split("format,")[1].split()[0],
              name.split("-")[1], f"{name}: its format")
        succeed("simulate", "-q", "--scale", "0.0002", "--days", "3", "--seed", "8", "--split",
                "-o", "captures")
        captures = [f"captures/{n}" for n in sorted(os.listdir("captures"))]
        succeed("ingest", "-q", "-s", "store", *captures)  # known, all of them
        check_answers(name, "taken in again")
        succeed("compact", "-q", "-s", "store")
        check_answers(name, "compacted")
        versions = {path.read_bytes()[8] for path in pathlib.Path("store").glob("*.segment")}
        equal(versions, {4}, f"{name}, compacted: formats of its segments")
        write("later.pcapng", pcapng_with_drops(5))
        succeed("ingest", "-q", "-s", "store", "later.pcapng")
        equal(drops_of("store"), [("later.pcapng", "dropped_by_interface", 5)], f"{name}: drops")
        equal(known_by("store"), {"spans", "frames"}, f"{name}: how coverage is known later")
        succeed("verify", "-q", "-s", "store")


@case
def a_newer_store_says_what_it_needs(_):
    unpack(formats()[-1])
    with sqlite3.connect("store/catalog.sqlite") as db:
        db.execute("PRAGMA user_version = 99")
    db.close()
    for words in (("survey",), ("verify",), ("info",), ("compact",)):
        result = hotaru(*words, "-s", "store")
        lines = result.errors()
        check(result.code == 1 and len(lines) == 1 and "has format 99" in lines[0] and
              "use the hotaru that wrote it" in lines[0], f"{words}: {result.code}, {lines}")


@case
def a_changed_ledger_does_not_go_unnoticed(_):
    """One number in the catalogue: every command refuses, and says which file it is."""
    succeed("simulate", "-q", "--scale", "0.0002", "--days", "2", "-o", "a.pcap")
    succeed("ingest", "-q", "-s", "store", "a.pcap")
    with sqlite3.connect("store/catalog.sqlite") as db:
        db.execute("UPDATE ledger SET frames = frames + 1 WHERE counter = 'rst'")
    db.close()
    for words in (("survey",), ("lifetimes",), ("ledger",), ("info",), ("report", "-o", "report"),
                  ("compact",), ("ingest", "a.pcap")):
        result = hotaru(*words, "-s", "store")
        lines = result.errors()
        check(result.code == 1 and result.out == b"" and len(lines) == 1 and
              "catalog.sqlite' is damaged" in lines[0], f"{words}: {result.code}, {lines}")
    result = hotaru("verify", "-s", "store")
    check(result.code == 1 and any("catalog.sqlite" in line for line in result.errors()),
          f"verify: {result.errors()}")


@case
def what_captures_say_of_drops_comes_with_them(_):
    """Of files and of standard input; a zero too, and nothing of one that does not say."""
    write("a.pcapng", pcapng_with_drops(1234))
    write("b.pcapng", pcapng_with_drops(0))
    write("c.pcap", pcap([record(NOON, SYN)]))
    succeed("ingest", "-q", "-s", "store", "a.pcapng", "b.pcapng", "c.pcap")
    succeed("ingest", "-q", "-s", "other", "-", stdin=pcapng_with_drops(1234))
    equal(drops_of("store"), [("a.pcapng", "dropped_by_interface", 1234),
                              ("b.pcapng", "dropped_by_interface", 0)], "drops of files")
    equal(drops_of("other"), [("-", "dropped_by_interface", 1234)], "drops of standard input")
    for store in ("store", "other"):
        succeed("verify", "-q", "-s", store)


@case
def what_captures_lost_is_told(_):
    """--drops has the counters; ledger and info say by a note how much it is, and nothing where it is none."""
    note = ("hotaru: note: 1234 packets did not get into 1 of 3 captures, as these say; 1 of them does not say "
            "(`hotaru ledger --drops`)")
    write("a.pcapng", pcapng_with_drops(1234))
    write("b.pcapng", pcapng_with_drops(0))
    write("c.pcap", pcap([record(NOON, SYN)]))
    succeed("ingest", "-q", "-s", "store", "a.pcapng", "b.pcapng", "c.pcap")
    rows = csv_of("ledger", "--drops", "-s", "store").splitlines()
    equal(rows, ["capture,counter,packets", "a.pcapng,dropped_by_interface,1234",
                 "b.pcapng,dropped_by_interface,0", "*,dropped_by_interface,1234"], "of the store")
    for words in (("ledger",), ("ledger", "--drops"), ("info", "--coverage")):
        equal(hotaru(*words, "-s", "store").errors(), [note], f"{words}")
        equal(hotaru(*words, "-q", "-s", "store").errors(), [], f"{words}, quiet")
    for lang, words in (("en", "as 1 of 3 captures say: 1,234."), ("ja", "取りこぼされたパケットは1,234個です。")):
        succeed("report", "-q", "-s", "store", "-o", lang, "--lang", lang)
        check(words in pathlib.Path(lang, "index.html").read_text(encoding="utf-8"), f"the report in {lang}")
    equal(hotaru("ledger", "--reasons", "-s", "store").errors(), [], "reasons")
    equal(hotaru("ledger", "--no-progress", "b.pcapng", "c.pcap").errors(), [], "nothing was lost")
    nothing = hotaru("ledger", "-q", "--drops", "c.pcap", "--format", "csv")
    equal(nothing.text(), "capture,counter,packets\n", "of a capture that says nothing")
    equal(nothing.errors(), ["hotaru: note: no capture says how many packets did not get into it"], "why")
    equal(hotaru("ledger", "--drops", "--reasons", "c.pcap").code, 2, "both")


def flip(path):
    data = bytearray(path.read_bytes())
    data[-30] ^= 4  # in the footer, which every reader checks
    path.write_bytes(data)


@case
def a_damaged_day_is_dropped_and_taken_in_again(_):
    """Only that day goes, also in a zone in which captures reach over midnight."""
    succeed("simulate", "-q", "--scale", "0.0005", "--days", "4", "--split", "-o", "captures")
    captures = [f"captures/{n}" for n in sorted(os.listdir("captures"))]
    for zone, lost in (("UTC", captures[2:3]), ("+09:00", captures[1:3])):
        shutil.rmtree("store", ignore_errors=True)
        succeed("ingest", "-q", "-s", "store", "--zone", zone, *captures)
        want = [csv_of(table, "-s", "store") for table in ("survey", "ledger", "lifetimes")]
        flip(sorted(pathlib.Path("store").glob("*.segment"))[2])
        for command in (("survey", "-q"), ("lifetimes", "-q")):
            result = hotaru(*command, "-s", "store")
            check(result.code == 3 and "2016-07-03 is lost" in result.errors()[-1], f"{command}: {result.errors()}")
            result = hotaru(*command, "-s", "store", "--strict")
            check(result.code == 1 and result.out == b"" and len(result.errors()) == 1 and
                  "2016-07-03" in result.errors()[0], f"{command}, strict: {result.errors()}")
        equal(hotaru("verify", "-s", "store").code, 1, "verify")
        before = sorted(n for n in os.listdir("store") if n.endswith(".segment"))
        result = hotaru("verify", "-s", "store", "--drop-damaged")
        check(result.code == 1 and "--yes" in result.errors()[-1], f"the plan: {result.errors()}")
        equal(sorted(n for n in os.listdir("store") if n.endswith(".segment")), before, "segments after the plan")
        result = hotaru("verify", "-s", "store", "--drop-damaged", "--yes")
        equal(result.code, 0, "verify --drop-damaged")
        named = [line.split("'")[1] for line in result.errors() if "take in again" in line]
        equal(named, lost, f"{zone}: captures to take in again")
        succeed("verify", "-q", "-s", "store")
        equal(hotaru("survey", "-q", "-s", "store").code, 3, "it is lost until then")
        succeed("ingest", "-q", "-s", "store", *captures)
        equal([csv_of(table, "-s", "store") for table in ("survey", "ledger", "lifetimes")], want,
              f"{zone}: taken in again")
        succeed("verify", "-q", "-s", "store", "--drop-damaged", "--yes")


@case
def an_emptied_catalogue_is_damage(work):
    """Not a store that is being made: the next ingest must not clear its segments away."""
    succeed("ingest", "-q", "-s", "store", write("a.pcap", pcap([record(10**18, ethernet(
        syn("192.0.2.1", "198.51.100.2")))])).name)
    before = {name for name in os.listdir("store") if name.endswith(".segment")}
    write("store/catalog.sqlite", b"")
    for words in (("survey",), ("verify",), ("ingest", "-q", "a.pcap")):
        result = hotaru(*words, "-s", "store")
        check(result.code == 1 and "restore it" in result.errors()[-1], f"{words}: {result.errors()}")
    equal({name for name in os.listdir("store") if name.endswith(".segment")}, before, "segments")


if __name__ == "__main__":
    run_cases()
