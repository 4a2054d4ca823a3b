#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Days that are forgotten: what is left answers as a store that never had them, and nothing brings them back."""
import pathlib
import shutil
import signal
import subprocess

from harness import HOTARU, case, check, csv_of, environment, equal, fixture, hotaru, pcap, read_pcap, run_cases, succeed

DAYS = [f"2016-07-{day:02}" for day in range(1, 11)]
KEPT = DAYS[4]
TELESCOPE = ("--telescope", "198.51.0.0/16")
TABLES = (("survey", "--family", "*,mirai,hajime"), ("survey", "--estimate"), ("survey", "--gap", "2"), ("lifetimes",),
          ("ports",), ("ports", "--new"), ("sources",), ("shapes",), ("prefixes",), ("rules", "--min-support", "5"),
          ("info", "--coverage"))


def make(folder):
    succeed("simulate", "-q", "--scale", "0.002", "--days", len(DAYS), "--split", "-o", folder / "captures")
    captures = sorted((folder / "captures").iterdir())
    succeed("ingest", "-q", "-s", folder / "store", *TELESCOPE, *captures)
    succeed("ingest", "-q", "-s", folder / "kept", *TELESCOPE, *[c for c in captures if c.stem >= KEPT])


def made():
    return fixture("forget", make)


def captures():
    return sorted((made() / "captures").iterdir())


def a_store(work):
    return pathlib.Path(shutil.copytree(made() / "store", work / "store"))


def days_of(store):
    return sorted({path.name[:10] for path in pathlib.Path(store).glob("*.segment")})


def is_as_if_never_seen(store, what):
    for table in TABLES:
        equal(csv_of(*table, "-s", store), csv_of(*table, "-s", made() / "kept"), f"{what}: {table}")
    succeed("verify", "-q", "-s", store)


@case
def what_is_left_is_as_if_it_had_never_been(work):
    store = a_store(work)
    result = hotaru("forget", "-s", store, "--before", KEPT)
    equal(result.code, 0, result.errors())
    check(f"forgot 4 days, {DAYS[0]} to {DAYS[3]}: 4 segments, " in result.errors()[-1], result.errors())
    equal(days_of(store), DAYS[4:], "segments")
    is_as_if_never_seen(store, "forgotten")
    check(f"kept_from,{KEPT}" in csv_of("info", "-s", store), "info")
    # Ledgers count what captures had.
    equal(csv_of("ledger", "-s", store), csv_of("ledger", "-s", made() / "store"), "ledger")
    # Less is forgotten already; a day later, and by the last one: four days are left.
    check("no day was there" in hotaru("forget", "-s", store, "--before", DAYS[1]).errors()[-1], "once more")
    succeed("forget", "-q", "-s", store, "--before", "-3")
    equal(days_of(store), DAYS[6:], "by the last day")
    succeed("compact", "-q", "-s", store, "--floor", "2")
    succeed("verify", "-q", "-s", store)


@case
def nothing_brings_them_back(work):
    store = a_store(work)
    succeed("forget", "-q", "-s", store, "--before", KEPT)
    # Known captures are known, of forgotten days too.
    result = hotaru("ingest", "-s", store, *captures())
    check(result.code == 0 and "took in 0 captures" in result.errors()[-1], result.errors())
    is_as_if_never_seen(store, "known captures")
    # Unknown ones do not count there: the same packets, in one file with others, and alone.
    records = [read_pcap(captures()[day].read_bytes())[1][1:] for day in (2, 6)]
    (work / "both.pcap").write_bytes(pcap(records[0] + records[1]))
    result = hotaru("ingest", "-s", store, work / "both.pcap")
    said = [line for line in result.errors() if f"before {KEPT}, which the store has forgotten" in line]
    equal(len(said), 1, result.errors())
    equal(days_of(store), DAYS[4:], "days of a new capture")
    result = hotaru("ingest", "-s", store, "-", stdin=pcap(records[0][1:]))
    check(f"'-': {len(records[0]) - 1} frames lie on days before {KEPT}" in "\n".join(result.errors()), result.errors())
    equal(days_of(store), DAYS[4:], "days of another")
    equal(csv_of("survey", "-s", store, "--family", "*")[:200].splitlines()[1][:10], KEPT, "the first day")
    equal(csv_of("info", "--coverage", "-s", store).splitlines()[1][:10], KEPT, "the first day that was seen")
    succeed("verify", "-q", "-s", store)


@case
def other_changes_respect_it(work):
    store = a_store(work)
    # What captures owe of forgotten days is not lost any more.
    segment = next(store.glob(f"{DAYS[1]}.*.segment"))
    segment.write_bytes(segment.read_bytes()[:-1])
    hotaru("verify", "-s", store, "--drop-damaged", "--yes")
    equal(hotaru("survey", "-s", store).code, 3, "a lost day")
    succeed("forget", "-q", "-s", store, "--before", KEPT)
    is_as_if_never_seen(store, "a day was owed")
    # Another telescope needs no capture that has only forgotten days, and brings none back.
    succeed("settings", "-q", "-s", store, "--telescope", "198.51.0.0/17", *captures()[4:])
    succeed("settings", "-q", "-s", store, *TELESCOPE, *captures())
    is_as_if_never_seen(store, "another telescope")
    # Nor do fingerprints of sources, for which days are whole.
    (work / "own").write_text("often = source window=14600 dport=23\n", encoding="utf-8")
    succeed("settings", "-q", "-s", store, "--fingerprints", work / "own")
    equal(days_of(store), DAYS[4:], "days")
    succeed("verify", "-q", "-s", store)


@case
def a_slip_costs_nothing(work):
    store = a_store(work)
    for words, code, want in ((("--before", "2061-01-01"), 2, "of which 2016-07-10 is the last"), ((), 2, "--before"),
                              (("--before", "tomorrow"), 2, "tomorrow"), (("--before", DAYS[0]), 0, "no day was there")):
        result = hotaru("forget", "-s", store, *words)
        check(result.code == code and want in result.errors()[-1], f"{words}: {result.errors()}")
    check(hotaru("forget", "-s", work / "none", "--before", KEPT).code == 1 and not (work / "none").exists(), "no store")
    equal(days_of(store), DAYS, "days")


@case
def killed_at_any_moment_it_is_before_or_after(work):
    """Beside the sweeps over every call (`power`, `fault`): the real disk."""
    whole = csv_of("survey", "-s", made() / "store")
    kept = csv_of("survey", "-s", made() / "kept")
    for wait_s in (0.002, 0.005, 0.01, 0.02):
        shutil.rmtree(work / "store", ignore_errors=True)
        store = a_store(work)
        with subprocess.Popen([HOTARU, "forget", "-q", "-s", store, "--before", KEPT], env=environment()) as process:
            try:
                process.wait(wait_s)
            except subprocess.TimeoutExpired:
                process.send_signal(signal.SIGKILL)
        check(csv_of("survey", "-s", store) in (whole, kept), f"killed after {wait_s}")
        succeed("verify", "-q", "-s", store)
        succeed("forget", "-q", "-s", store, "--before", KEPT)
        equal(csv_of("survey", "-s", store), kept, f"again after {wait_s}")
        equal(days_of(store), DAYS[4:], "files")


run_cases()
