#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Readers beside writers: whatever a writer does to a store, each command answers from the store of one
moment, and none fails.

A writer takes captures in, compacts, and gives the store other fingerprints and databases, without a
pause. Each capture has as many SYNs, so whatever a reader counts is a multiple of that. Where the
test runs as root, every second reader is somebody who may not write in the folder of the store.

HOTARU_READERS=1000 runs each command that often.
"""
import os
import random
import threading

from harness import (DAY_NS, RAW, case, check, csv_of, equal, hotaru, ledger_totals, pcap, record, run_cases, succeed,
                     syn, write)

RUNS = int(os.environ.get("HOTARU_READERS", "2"))
SYNS, DAYS, NOBODY = 60, 6, 65534
# Beyond so many captures the writer goes on with the rest.
CAPTURES_MAX = 200
COMMANDS = ("survey", "lifetimes", "ports", "places", "prefixes", "sources", "shapes", "rules", "notify", "report",
            "ledger", "info", "verify")
TABLES = ("1.0.0.0,1.255.255.255,JP\n", "1.0.0.0,1.127.255.255,KR\n1.128.0.0,1.255.255.255,CN\n")
FINGERPRINTS = ("", "often = source dport=23\n")


def capture(number):
    """SYNs spread over all days, half of them Mirai's."""
    rng = random.Random(number)
    records = []
    for i in range(SYNS):
        destination = 0xc6336400 + rng.randrange(256)
        time_ns = 17045 * DAY_NS + i * DAYS * DAY_NS // SYNS + number * 1000
        records.append(record(time_ns, syn(0x01000000 + rng.randrange(1 << 24), destination,
                                           seq=destination if i % 2 else 7, port=rng.choice((23, 2323)))))
    return pcap(records, RAW)


class Writer(threading.Thread):
    """Changes the store until it is told to end, and notes what went wrong."""

    def __init__(self):
        super().__init__()
        self.is_over = threading.Event()
        self.wrong, self.changes, self.captures = [], 0, 1

    def change(self, *words):
        result = hotaru(words[0], "-q", "-s", "store", *words[1:])
        self.changes += 1
        if result.code != 0:
            self.wrong.append(f"{words}: exit code {result.code}, {result.errors()}")

    def run(self):
        while not self.is_over.is_set():
            for _ in range(2 if self.captures < CAPTURES_MAX else 0):
                write("more.pcap", capture(self.captures))
                self.change("ingest", "more.pcap")
                self.captures += 1
            self.change("compact")
            self.change("settings", "--fingerprints", f"own{self.changes % 2}.txt")
            self.change("settings", "--country-db", f"countries{self.changes % 2}.csv")


def words_of(command, reader):
    words = [command, "-s", "store"]
    more = {"report": ("-q", "-o", f"page{reader}"), "notify": ("--family", "mirai"), "verify": ()}
    return [*words, *more.get(command, ("--format", "csv"))]


def look_at(command, result, what):
    """What it said is of one moment."""
    if not check(result.code == 0, f"{what}: exit code {result.code}, {result.errors()}"):
        return
    if command == "ledger":
        totals = ledger_totals(result.text())
        equal(totals["syn"] % SYNS, 0, f"{what}: SYNs")
        equal(totals["syn"], totals["frames"], f"{what}: frames")
    elif command == "survey":
        rows = [line.split(",") for line in result.text().splitlines()[1:]]
        packets = sum(int(row[2]) for row in rows if row[1] == "mirai")
        equal(packets % (SYNS // 2), 0, f"{what}: Mirai's SYNs")
    elif command == "verify":
        check(": 0 problems" in result.text(), f"{what}: {result.text()}")


def read_all(reader):
    is_other = reader % 2 == 1 and os.geteuid() == 0
    more = {"user": NOBODY, "group": NOBODY, "extra_groups": []} if is_other else {}
    for run in range(RUNS):
        for command in COMMANDS[reader::2] + COMMANDS[1 - reader::2] if run % 2 else COMMANDS:
            result = hotaru(*words_of(command, reader), **more)
            look_at(command, result, f"run {run} of {command}{' as somebody else' if is_other else ''}")


@case
def every_command_beside_every_writer(work):
    os.chmod(work, 0o777)  # pages of the other reader
    for i in range(2):
        write(f"countries{i}.csv", TABLES[i].encode())
        write(f"own{i}.txt", FINGERPRINTS[i].encode())
    write("first.pcap", capture(0))
    succeed("ingest", "-q", "-s", "store", "first.pcap", "--country-db", "countries0.csv")
    writer = Writer()
    readers = [threading.Thread(target=read_all, args=(i,)) for i in range(2)]
    for thread in (writer, *readers):
        thread.start()
    for thread in readers:
        thread.join()
    writer.is_over.set()
    writer.join()
    equal(writer.wrong[:3], [], "what writers said")
    equal(ledger_totals(csv_of("ledger", "-s", "store"))["syn"], writer.captures * SYNS, "SYNs in the end")
    equal(hotaru("verify", "-s", "store").code, 0, "verify in the end")
    print(f"{len(COMMANDS)} commands, {2 * RUNS} runs each, beside {writer.changes} changes", flush=True)


run_cases()
