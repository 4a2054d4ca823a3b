#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Where nothing counts, or nearly nothing, hotaru says why, and what to do; and a store whose telescope was
wrong gets the right one from its captures, as if it had had it from the beginning."""
import filecmp
import gzip
import pathlib
import random
import shutil

from flows import flowtuple_4
from harness import (DAY_NS, RAW, address, case, check, csv_of, equal, ethernet, hotaru, pcap, record, run_cases,
                     succeed, syn, write)

BEGIN_NS = 1472688000 * 10**9  # 2016-09-01
WRONG, RIGHT = "192.0.2.0/24", "198.51.100.0/24"
# Of TCP, with 5 packets of which it does not tell the flags.
FLOW = {"time": 1472688000, "src_ip": 0x01000001, "dst_net": 0xc6336400, "dst_port": 23, "protocol": 6, "packet_cnt": 5}
TABLES = (("survey", "--family", "*,mirai"), ("survey", "--estimate"), ("ports",), ("sources",), ("prefixes",),
          ("shapes",), ("rules", "--min-support", "2"), ("ledger",), ("ledger", "--reasons"), ("info", "--coverage"))


def packets(seed, count, destination=RIGHT.split("/", maxsplit=1)[0], day=0, **more):
    dice = random.Random(seed)
    first = address(destination)
    return sorted(record(BEGIN_NS + day * DAY_NS + dice.randrange(DAY_NS),
                         ethernet(syn(0x01000000 + dice.randrange(50), first + dice.randrange(256), seq=None,
                                      source_port=dice.randrange(1025, 65536), ip_id=dice.randrange(65536), **more)))
                  for _ in range(count))


def others(count, ethertype, payload=bytes(60)):
    return [record(BEGIN_NS + n * 10**9, ethernet(payload, ethertype=ethertype)) for n in range(count)]


def warnings(*words, code=0):
    result = hotaru(*words)
    equal(result.code, code, f"exit code of {words}: {result.errors()}")
    return [line.removeprefix("hotaru: ") for line in result.errors()
            if " counts: " in line or " count: " in line or "elsewhere" in line]


@case
def a_wrong_telescope_is_said(_):
    write("a.pcap", pcap(packets(1, 400)))
    write("b.pcap", pcap(packets(2, 600, day=1)))
    want = ("warning: of 1000 frames none counts: 1000 (100.0 %) are to other destinations than the telescope's",
            f"most of what went elsewhere went to {RIGHT} (100.0 %); if that is the telescope: ")
    for words, advice in ((("ingest", "-s", "store"),
                           f"`hotaru settings -s store --telescope {RIGHT} CAPTURE...` with these captures counts it"),
                          (("survey",), f"--telescope {RIGHT}"), (("sources",), f"--telescope {RIGHT}")):
        equal(warnings(*words, "--telescope", WRONG, "a.pcap", "b.pcap"), [want[0], want[1] + advice], words)
    # Whoever asks the store is told again; who wants to hear of nothing but warnings hears of that one.
    for command in (("survey",), ("lifetimes",), ("report", "-o", "report")):
        said = warnings(*command, "-s", "store")
        check(said[:1] == [want[0]], f"{command}: {said}")
    equal(warnings("ingest", "-q", "-s", "quiet", "--telescope", WRONG, "a.pcap", "b.pcap"), [want[0]], "quiet")
    # What is known already is not read again, and nothing is said of it.
    equal(warnings("ingest", "-s", "store", "a.pcap", "b.pcap"), [], "known captures")
    # The telescope's prefixes, but other days.
    said = warnings("ingest", "-s", "dated", "--telescope", RIGHT + "@2017-01-01..", "a.pcap")
    check(f"{RIGHT} (100.0 %) on other days than the telescope's" in said[1], said)


@case
def from_one_in_a_hundred_on_it_is_no_warning(_):
    for inside, outside, want in ((9, 991, "warning: of 1000 frames only 9 count: 991 (99.1 %) are to other"),
                                  (10, 990, "note: more packets went elsewhere than to the telescope "
                                            f"({WRONG}): 990 of 1000 (99.0 %)"),
                                  (501, 499, None), (500, 500, None)):
        write("c.pcap", pcap(sorted(packets(1, outside) + packets(2, inside, "192.0.2.0"))))
        said = warnings("survey", "--telescope", WRONG, "c.pcap")
        equal(len(said), 2 if want else 0, said)
        check(want is None or said[0].startswith(want), f"{inside}, {outside}: {said}")
    # The prefixes that are to count beside those that do.
    write("d.pcap", pcap(sorted(packets(1, 600) + packets(2, 400, "192.0.2.0") + packets(3, 300, "203.0.113.0"))))
    said = warnings("survey", "--telescope", WRONG, "d.pcap")
    check(said[1].endswith(f": --telescope {WRONG},{RIGHT},203.0.113.0/24"), said)


@case
def what_cannot_count_is_said_why(_):
    mixed = others(3, 0x0806) + others(5, 0x86dd, b"\x60" + bytes(59)) + others(1, 0x88cc)
    for name, capture, want in (
            ("ipv6", pcap(others(7, 0x86dd, b"\x60" + bytes(59))),
             "of 7 frames none counts: 7 (100.0 %) are IPv6, which hotaru does not count"),
            ("arp", pcap(others(1, 0x0806)),
             "of 1 frame none counts: 1 (100.0 %) is not IP (mostly: EtherType 0x0806 (ARP))"),
            ("mixed", pcap(mixed), "of 9 frames none counts: 5 (55.6 %) are IPv6, which hotaru does not count, "
             "4 (44.4 %) are not IP (mostly: EtherType 0x0806 (ARP))"),
            ("link", pcap(others(4, 0x0800), link_type=147),
             "of 4 frames none counts: 4 (100.0 %) are of an unknown link type (mostly: link type 147, "),
            ("cut", pcap([record(BEGIN_NS, syn("192.0.2.1", "192.0.2.2"), 12)], link_type=RAW),
             "of 1 frame none counts: 1 (100.0 %) is cut short, so that nobody knows what they are (mostly: "),
            ("flows", flowtuple_4([FLOW]), "of 5 frames none counts: 5 (100.0 %) are cut short")):
        write(name, capture)
        for words in (("ingest", "-s", f"store-{name}"), ("survey",)):
            said = warnings(*words, name)
            check(len(said) == 1 and said[0].startswith("warning: " + want), f"{name}: {said}")
    # A file without a frame has none that could count.
    write("empty", pcap([]))
    equal(warnings("survey", "empty"), [], "no frame")


def snapshot(store):
    """All files of a store by name, but for what SQLite keeps beside it."""
    return {path.name: path.read_bytes() for path in pathlib.Path(store).iterdir() if path.suffix == ".segment"}


def same_store(one, other):
    """Segments of the same bytes, whatever change they came with, and the same answers."""
    segments = [{name[:10]: data for name, data in snapshot(store).items()} for store in (one, other)]
    equal(segments[0].keys(), segments[1].keys(), f"days of {one}")
    for day, data in segments[0].items():
        check(data == segments[1][day], f"{one}: {day} has other bytes")
    for table in TABLES:
        equal(csv_of(*table, "-s", one), csv_of(*table, "-s", other), f"{one}: {table}")
    succeed("verify", "-q", "-s", one)


def some_captures():
    names = []
    for day in range(4):
        stray = packets(20 + day, 40, "203.0.113.0", day) + packets(30 + day, 30, "192.0.2.0", day)
        names.append(write(f"{day}.pcap", pcap(sorted(packets(day, 300, day=day) + stray))))
    names.append(write("ipv6.pcap", pcap(others(7, 0x86dd, b"\x60" + bytes(59)))))
    return names


@case
def settings_mends_it_from_the_captures(_):
    names = some_captures()
    rules = write("own", "often = source window=1024 dport=23\n".encode())
    several = (RIGHT, f"{RIGHT},203.0.113.0/24", f"{RIGHT}@2016-09-02..2016-09-03", WRONG)
    for options, telescopes in (((), several[1:]), (("--fingerprints", rules, "--zone", "+09:00"), several[:1])):
        for telescope in telescopes:
            shutil.rmtree("store", ignore_errors=True)
            shutil.rmtree("fresh", ignore_errors=True)
            before = WRONG if telescope != WRONG else RIGHT
            for name in names:
                succeed("ingest", "-q", "-s", "store", *options, "--telescope", before, name)
            succeed("settings", "-q", "-s", "store", "--telescope", telescope, *names)
            succeed("ingest", "-q", "-s", "fresh", *options, "--telescope", telescope, *names)
            same_store("store", "fresh")
            # Captures are known as they were, and a later ingest is of the new telescope.
            result = hotaru("ingest", "-s", "store", "--telescope", telescope, *names)
            check(result.code == 0 and "took in 0 captures" in result.errors()[-1], result.errors())
    # Every destination.
    shutil.rmtree("fresh")
    succeed("settings", "-q", "-s", "store", "--telescope", "", *names)
    succeed("ingest", "-q", "-s", "fresh", *options, *names)
    same_store("store", "fresh")


@case
def files_may_have_changed_their_looks(_):
    names = some_captures()
    grown = pcap(sorted(packets(0, 300)) + packets(40, 50, day=5))
    write("0.pcap", pcap(packets(0, 300)))
    succeed("ingest", "-q", "-s", "store", "--telescope", WRONG, *names)
    succeed("compact", "-q", "-s", "store", "--floor", "3")
    write("0.pcap", grown)
    write("one.gz", gzip.compress(pathlib.Path("1.pcap").read_bytes()))
    write("beginning.pcap", pathlib.Path("2.pcap").read_bytes()[:-500])
    write("new.pcap", pcap(packets(50, 100, day=6)))
    result = hotaru("settings", "-s", "store", "--telescope", RIGHT, "0.pcap", "one.gz", "2.pcap", "3.pcap", "2.pcap",
                    "beginning.pcap", "new.pcap")
    equal(result.code, 0, result.errors())
    said = "\n".join(result.errors())
    check("'beginning.pcap' is only the beginning of a capture" in said, said)
    check("'new.pcap' was never taken in" in said and "took in 4 captures again" in said, said)
    succeed("ingest", "-q", "-s", "fresh", "--telescope", RIGHT, "0.pcap", "one.gz", "2.pcap", "3.pcap", "ipv6.pcap")
    same_store("store", "fresh")


@case
def without_all_captures_nothing_changes(_):
    names = some_captures()
    succeed("ingest", "-q", "-s", "store", "--telescope", WRONG, *names)
    shutil.copytree("store", "copy")
    result = hotaru("settings", "-s", "store", "--telescope", RIGHT, *names[:2])
    equal(result.code, 1, "captures are missing")
    equal([line for line in result.errors() if "is missing" in line],
          [f"hotaru: is missing: '{name}'" for name in names[2:4]], "what is missing")
    for words, code, want in (((*names[:3], "no-such-file"), 1, "no-such-file"),
                              ((*names[:3], "-"), 2, "only once"), ((), 1, "4 of 5 are missing")):
        result = hotaru("settings", "-s", "store", "--telescope", RIGHT, *words)
        check(result.code == code and want in result.errors()[-1], f"{words}: {result.errors()}")
    for words, want in ((("--telescope", "192.0.2.0/99"), "192.0.2.0/99"), (names[:1], "--telescope PREFIXES")):
        result = hotaru("settings", "-s", "store", *words)
        check(result.code == 2 and want in result.errors()[-1], f"{words}: {result.errors()}")
    result = hotaru("settings", "-s", "store", "--telescope", WRONG)
    check(result.code == 0 and "has it already" in result.errors()[-1], result.errors())
    equal(snapshot("store"), snapshot("copy"), "segments")
    for table in TABLES:
        equal(csv_of(*table, "-s", "store"), csv_of(*table, "-s", "copy"), table)
    check(filecmp.cmp("store/catalog.sqlite", "copy/catalog.sqlite", shallow=False), "the catalogue")
    succeed("verify", "-q", "-s", "store")


run_cases()
