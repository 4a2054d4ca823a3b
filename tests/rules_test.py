#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""`rules` against a second count of the same packets (rules_naive.py), and what it says to bad input.

The packets are those of a simulated telescope, of real captures ($HOTARU_CAPTURES), random ones of all
that makes decoding hard, and some that were made by hand. RULES_DAYS=184 compares the
whole simulated half-year, HOTARU_ROUNDS sets how many random captures.
"""
import collections
import csv
import datetime
import fractions
import functools
import os
import pathlib
import random
import time

import rules_naive
from darknet_naive import Darknet
from harness import (DAY_NS, RST, SYN, ACK, address, captures_folder, case, check, csv_of, equal, ethernet, fail,
                     fixture_copy, hotaru, ipv4, is_sanitized, is_short, on_link, pcap, read_pcap, record, run_cases, succeed,
                     syn, tcp, udp, write)
from model import Model
from rules_naive import FIELDS, SYN_FIELDS
from traffic import Traffic

PUBLISHED = FIELDS[:4]
DAYS, SCALE = os.environ.get("RULES_DAYS", "40"), os.environ.get("RULES_SCALE", "0.002")
ROUNDS = int(os.environ.get("HOTARU_ROUNDS", "8"))
UTC = datetime.timezone.utc
BEGIN_NS = 1_472_731_200 * 10**9  # 2016-09-01T12:00:00Z
BEGIN = BEGIN_NS // DAY_NS
SECONDS_MAX = 600 if is_sanitized() else 60


# ---- what is compared

def words_of(wish):
    """The options of `rules` that say the same as a wish of rules_naive.rows()."""
    words = ["--fields", ",".join(wish["fields"]), "--min-support", wish["support"],
             "--min-confidence", wish["confidence"]]
    for option, key in (("--max-items", "items_max"), ("--consequents", "consequents"),
                        ("--window-days", "window_days"), ("--alpha", "alpha")):
        if key in wish:
            words += [option, f"{float(wish[key]):f}" if key == "alpha" else wish[key]]
    for option, is_wanted in (("--across", wish.get("is_across")), ("--all", wish.get("is_all")),
                              ("--no-buckets", not wish.get("with_buckets", True))):
        words += [option] if is_wanted else []
    return words


def rows_of(*words):
    return list(csv.reader(csv_of("rules", *words).splitlines()))[1:]


def same_rows(got, want, what):
    """Row for row and in order; returns how many there are."""
    for at, (row, counted) in enumerate(zip(got, want)):
        if not all(map(rules_naive.is_written_as, counted, row)) or len(row) != len(counted):
            fail(f"{what}, row {at}: got {row}, counted {[str(cell) for cell in counted]}")
            return len(want)
    equal(len(got), len(want), f"rows of {what}")
    return len(want)


def compare(source, days, **wish):
    """`source`: the words that name the store, or captures."""
    wish = {"fields": PUBLISHED, "confidence": 0.9, **wish}
    words = words_of(wish)
    return same_rows(rows_of(*source, *words), rules_naive.rows(days, wish), " ".join(map(str, words)))


ALL4 = {"is_all": True, "items_max": 4}


# ---- the naive count itself

def packet(source, seconds=0, day=0, **more):
    """A record of a SYN; `source` is the last number of its address, or an address."""
    source = source if isinstance(source, str) else f"192.0.2.{source}"
    return record(BEGIN_NS + day * DAY_NS + int(seconds * 10**6) * 1000,
                  ethernet(syn(source, more.pop("destination", "198.51.100.7"), **more)))


def counted(records, zone=UTC, **more):
    return rules_naive.source_days([("", 1, records)], zone, **more)


def taken(records, *options):
    """A store of the records; returns the words that name it."""
    write("by-hand.pcap", pcap(sorted(records, key=lambda one: one[0])))
    succeed("ingest", "-q", "-s", "by-hand", *options, "by-hand.pcap")
    return "-s", "by-hand"


def four_windows():
    """Ten sources: 1 to 6 use windows 792 and 1320 to port 23, 7 to 9 1320 only to 80, 10 none of them."""
    for source in range(1, 11):
        if source <= 6:
            yield packet(source, source, window=792, port=23, seq=None, source_port=2000)
        if source <= 9:
            yield packet(source, source, window=1320, port=23 if source <= 6 else 80, seq=None, source_port=2000)
    yield packet(10, 10, window=100, port=80)


@case
def the_count_is_right_where_a_person_can_count(_):
    """Numbers of this case were worked out on paper."""
    days = counted(four_windows())
    rows = rules_naive.rows(days, {"fields": ["window"], "support": 3, "confidence": 0.6, "is_all": True})
    half = fractions.Fraction
    want = [["2016-09-01", "window=1320", "window=792", 6, 9, half(2, 3), half(10, 9), 6, 6, 1, half(6, 100),
             half(12, 10), half(2, 3) - half(6, 10), half(9 * 8 * 7, 10 * 9 * 8) / half(9 * 8 * 7, 9 * 8 * 7) * 0
             + half(84 * 1, 210), "", 6, 1],
            ["2016-09-01", "window=792", "window=1320", 6, 6, 1, half(10, 9), 6, 6, 1, half(6, 100), "",
             half(1, 10), half(84, 210), "", 6, 1]]
    equal(rows, want, "rows on paper")
    equal(rules_naive.rows(days, {"fields": ["window"], "support": 3, "confidence": 0.6}), [], "nothing is productive")
    both = {"fields": ["window", "dport"], "support": 3, "confidence": 1, "is_across": True, "items_max": 2,
            "is_all": True}
    equal([row[1:5] + row[14:15] for row in rules_naive.rows(days, both)],
          [["dport=23", "window=1320", 6, 6, 6], ["dport=23", "window=792", 6, 6, 6],
           ["window=792", "dport=23", 6, 6, 6], ["window=792", "window=1320", 6, 6, ""]], "across on paper")
    same_rows(rows_of(*taken(four_windows()), "--fields", "window", "--min-support", 3, "--min-confidence", 0.6,
                      "--all"), want, "hotaru on paper")


# ---- the simulated half-year

@functools.cache
def half_year():
    """(records, naive count) of the simulation."""
    succeed("simulate", "-q", "--scenario", "mirai-2016", "--scale", SCALE, "--days", DAYS, "--seed", "9",
            "-o", "simulated.pcap")
    _, records = read_pcap(pathlib.Path("simulated.pcap").read_bytes())
    return records, counted(records)


def half_year_store():
    """Taken in as three captures whose packets overlap in time."""
    def make(folder):
        rng, hands = random.Random(5), [[], [], []]
        for one in half_year()[0]:
            hands[rng.randrange(3)].append(one)
        names = [write(f"hand {i}.pcap", pcap(hand)).name for i, hand in enumerate(hands)]
        succeed("ingest", "-q", "-s", folder, *names)
    return "-s", fixture_copy(f"rules, {DAYS} days, {SCALE}", make, "store")


@case
def the_half_year_row_for_row(_):
    """What was published, every rule of up to four items; then what is listed without --all."""
    days, store = half_year()[1], half_year_store()
    wishes = (({"support": 3, **ALL4}, 1000), ({"support": 3}, 100),
              ({"support": 5, "confidence": 0.5}, 300), ({"support": 5, "alpha": fractions.Fraction(1, 10**6)}, 20),
              ({"support": 8, "is_across": True, **ALL4}, 3000), ({"support": 5, "is_across": True, "items_max": 4}, 300),
              ({"support": 3, "fields": FIELDS, "confidence": 0.4, "is_all": True, "items_max": 3}, 1000),
              ({"support": 8, "fields": SYN_FIELDS, "is_across": True, "is_all": True, "items_max": 3}, 3000),
              ({"support": 5, "consequents": 2, **ALL4}, 500), ({"support": 3, "consequents": 3, "confidence": 0.5}, 300),
              ({"support": 9, "window_days": 3, **ALL4}, 3000),
              ({"support": 20, "window_days": 5, "is_across": True, "items_max": 4}, 300))
    # In the short form those of windows of days and of consequents are left to windows_of_days() and
    # random_captures().
    for wish, least in wishes[:7] if is_short() and DAYS == "40" else wishes:
        rows = compare(store, days, **wish)
        check(rows >= least, f"only {rows} rows of {wish}")


@case
def the_prototypes_have_their_rule(_):
    """The windows that all of them share, from their first days on, and none before."""
    rows = rows_of(*half_year_store(), "--fields", "window", "--min-support", 3)
    windows = {"window=792", "window=1320", "window=2376", "window=4488"}
    mine = [row for row in rows if windows & {*row[1].split(";"), row[2]}]
    check(mine and mine[0][0] in ("2016-08-02", "2016-08-03"), f"the first rule of prototypes: {mine[:1]}")


@case
def the_same_bytes_from_any_store(_):
    """Of pieces, compacted, of one capture; with one thread and with two."""
    store = half_year_store()
    wishes = [words_of({"fields": PUBLISHED, "confidence": 0.9, "support": 4, **more})
              for more in ({}, ALL4, {"is_across": True, "items_max": 4}, {"window_days": 4})]
    want = [csv_of("rules", *store, *words, "--threads", 1) for words in wishes]
    for what, where in (("two threads", (*store, "--threads", 2)), ("seven threads", (*store, "--threads", 7)),
                        ("a capture", (write("whole.pcap", pcap(half_year()[0])).name,))):
        equal([csv_of("rules", *where, *words) for words in wishes], want, what)
    succeed("compact", "-q", *store)
    equal([csv_of("rules", *store, *words) for words in wishes], want, "compacted")


# ---- random captures, and real ones

@case
def random_captures(_):
    """Cut and broken headers, all kinds of packets, links, zones; every field, every kind of question."""
    found = collections.Counter()
    for seed in range(ROUNDS):
        traffic = Traffic(7000 + seed)
        zone, minutes = (("UTC", 0), ("+09:00", 540), ("-03:30", -210))[seed % 3]
        text, telescope = traffic.dated_telescope() if seed % 2 else (None, None)
        names = [write(f"{seed} {c.name}", c.make(c.records)).name for c in traffic.captures]
        succeed("ingest", "-q", "-s", f"store {seed}", "--zone", zone, *(("--telescope", text) if text else ()), *names)
        days = rules_naive.source_days([c.model() for c in traffic.captures],
                                       datetime.timezone(datetime.timedelta(minutes=minutes)), telescope)
        for wish in ({"support": 2, "fields": FIELDS, "confidence": 0.5, **ALL4},
                     {"support": 1, "fields": FIELDS, "confidence": 0.3, "items_max": 3, "alpha": fractions.Fraction(1, 2)},
                     {"support": 2, "fields": SYN_FIELDS, "is_across": True, "is_all": True, "items_max": 3},
                     {"support": 3, "fields": PUBLISHED, "is_across": True, "consequents": 2, "items_max": 4,
                      "confidence": 0},
                     {"support": 2, "fields": FIELDS, "window_days": 3, "confidence": 1, "is_all": True,
                      "items_max": 3}):
            if not days:
                refused("no packet", "-s", f"store {seed}", code=1)
                break
            found["rows"] += compare(("-s", f"store {seed}"), days, **wish)
    check(found["rows"] > 300 * ROUNDS, f"only {found['rows']} rows")


def readable(folder):
    """[(name, link type, records)] of the pcap files of which the model counts what hotaru's ledger does."""
    captures = []
    for path in sorted(folder.rglob("*.pcap")):
        data = path.read_bytes()
        if len(data) < 2 * 10**6 and data[:4] in (b"\xd4\xc3\xb2\xa1", b"\xa1\xb2\xc3\xd4"):
            captures.append((str(path), *read_pcap(data)))
    captures = captures[::4] if is_short() else captures
    result = hotaru("ledger", "-q", "--format", "csv", "--", *(name for name, _, _ in captures))
    check(result.code in (0, 3), f"ledger of real captures: exit code {result.code}")
    ledger = collections.defaultdict(dict)
    for name, counter, frames in list(csv.reader(result.text().splitlines()))[1:]:
        ledger[name][counter] = int(frames)
    same = []
    for capture in captures:
        try:
            own = Model([capture]).ledgers[capture[0]]
        except (IndexError, TypeError, ValueError, OverflowError):
            continue  # links and headers that the model does not know
        if own == {counter: frames for counter, frames in ledger[capture[0]].items() if counter != "frames"}:
            same.append(capture)
    return same


@case
def real_captures(_):
    """Those of many kinds in one store, some made to break readers."""
    captures = readable(captures_folder())
    check(len(captures) > 40, f"only {len(captures)} captures")
    code = hotaru("ingest", "-q", "-s", "real", "--", *(name for name, _, _ in captures)).code
    check(code in (0, 3), f"ingest of {len(captures)} real captures: exit code {code}")
    # The same capture may lie there under two names: it counts once.
    once = {tuple(records): (name, link_type, records) for name, link_type, records in captures if records}
    days = rules_naive.source_days(once.values(), UTC)
    for wish in ({"support": 1, "fields": ("dport", "tos", "flags", "options"), "confidence": 1, "is_all": True,
                  "items_max": 2},
                 {"support": 2, "fields": FIELDS, **ALL4}, {"support": 3, "fields": FIELDS, "confidence": 0.6},
                 {"support": 3, "fields": SYN_FIELDS, "is_across": True, "is_all": True, "items_max": 3}):
        compare(("-s", "real"), days, **wish)


# ---- by hand

@case
def sources_of_many_ports_are_in_buckets(_):
    """At every limit; ports of theirs count for targets, and without buckets for supports."""
    records = [packet(f"10.0.{many % 251}.{many // 251}", port % 999, port=1 + port, window=500)
               for many in (11, 12, 32, 33, 64, 65, 128, 129, 256, 300) for port in range(many)]
    records += [packet(f"10.1.0.{i}", port, port=1 + port, window=500 + i) for i in range(3) for port in range(33 + i)]
    # Up to 256 values of a field but ports are kept.
    records += [packet(f"10.2.0.{i}", w, window=w, port=7) for i in range(3) for w in range(40, 40 + 30 * (i + 1))]
    days, store = counted(records), taken(records)
    for wish in ({"support": 2, "items_max": 2, "is_all": True}, {"support": 2, "items_max": 3},
                 {"support": 3, "is_across": True, "items_max": 3, "is_all": True},
                 {"support": 7, "with_buckets": False, "items_max": 2, "is_all": True},
                 {"support": 8, "with_buckets": False, "items_max": 3, "is_across": True},
                 {"support": 4, "window_days": 2, "is_across": True, "items_max": 4, "is_all": True}):
        compare(store, days, **wish)
    result = hotaru("rules", *store, "--min-support", 2, "--max-items", 2)
    check("bucket" in " ".join(result.errors()), f"buckets are not stated: {result.errors()}")
    check("bucket" not in " ".join(hotaru("rules", *store, "--min-support", 4, "--max-items", 2,
                                          "--no-buckets").errors()), "there are none with --no-buckets")


@case
def mirai_hosts_are_those_above_nine_tenths(_):
    """Nine of ten SYNs are not more than 90 %, ten of eleven are; several days count together."""
    records = [packet(source, source * 60 + n, day=day, window=(5, 6)[n % 2], port=23, seq=None,
                      source_port=2000 if n < matching else 1024)
               for source, (syns, matching) in enumerate(((10, 9), (11, 10), (10, 8), (20, 18), (20, 19), (2, 1), (2, 2)), 1)
               for day in range(2) for n in range(syns if day else 2 * syns)]
    days, store = counted(records), taken(records)
    rows = rows_of(*store, "--fields", "window", "--min-support", 2, "--all")
    equal([row[7:9] for row in rows], [["7", "0"]] * 2 + [["7", "3"]] * 2, "targets and Mirai hosts")
    equal([row[15:] for row in rows], [["0", "0"]] * 2 + [["3", "0.428571"]] * 2, "the same on any port")
    for window_days in (1, 2):
        compare(store, days, support=2, is_all=True, window_days=window_days)


@case
def what_was_not_captured_is_no_item(_):
    """A SYN that was cut behind its flags has ports, and a transaction, but no window and no options."""
    records = []
    for source in range(1, 21):
        whole = packet(source, source, window=1000 + source % 3, port=23)
        records.append((whole[0], whole[1][:14 + 20 + (14, 15, 16, 19, 20)[source % 5]], whole[2]))
    days, store = counted(records), taken(records)
    for wish in ({"fields": FIELDS}, {"fields": SYN_FIELDS, "is_across": True, "items_max": 4}):
        for is_all in (True, False):
            rows = compare(store, days, support=2, is_all=is_all, confidence=0.3, **wish)
            check(rows > 0 or not is_all or not wish.get("is_across"), "no row")


@case
def fields_of_other_packets(_):
    """UDP ports, ports that victims answer from, destinations: n is of the sources of such packets."""
    rng, records = random.Random(3), []
    for source in range(60):
        for _ in range(rng.randrange(1, 9)):
            payload, protocol = rng.choice((
                (udp(5000, rng.choice((53, 123, 1900))), 17), (tcp(rng.choice((80, 443)), 5, 9, SYN | ACK), 6),
                (tcp(rng.choice((80, 443, 22)), 5, 9, RST | ACK), 6), (tcp(40000, rng.choice((23, 2323)), 9, SYN), 6)))
            to = address("198.51.100.0") + rng.randrange(8)
            at = BEGIN_NS + rng.randrange(10**12) // 1000 * 1000
            records.append(record(at, ethernet(ipv4(address("10.0.0.0") + source, to, protocol, payload))))
    days, store = counted(records), taken(records)
    for fields in (("udp_port",), ("backscatter_port",), ("destination",), FIELDS):
        rows = compare(store, days, support=2, fields=fields, confidence=0.2, is_all=True, items_max=4)
        check(rows > 0, f"no rules of {fields}")
        compare(store, days, support=2, fields=fields, confidence=0.2)
    compare(store, days, support=3, fields=("dport", "destination", "udp_port", "backscatter_port"), confidence=0.1,
            is_all=True, is_across=True, items_max=3)


@case
def windows_of_days(_):
    """A habit that no single day shows; days without packets between; a zone that moves midnight."""
    records = [packet(source, source * 60, day=day, window=(792, 1320, 2376)[day % 3], port=23, seq=None,
                      source_port=4000 if source % 4 else 800) for source in range(1, 41) for day in (0, 1, 2, 5, 6)
               if (source + day) % 7]
    for zone, offset in (("UTC", 0), ("+13:00", 13)):
        days = counted(records, datetime.timezone(datetime.timedelta(hours=offset)))
        write("days.pcap", pcap(records))
        store = ("days.pcap", "--zone", zone)
        for window_days in (1, 2, 3, 4, 30, 366):
            for more in ({"is_all": True}, {}, {"is_across": True, "items_max": 4, "is_all": True}):
                compare(store, days, support=5, window_days=window_days, confidence=0.6, **more)
    rows = rows_of("days.pcap", "--fields", "window", "--min-support", 5, "--window-days", 3, "--all",
                   "--min-confidence", 0.6, "--from", "2016-09-02", "--to", "2016-09-03")
    check({row[0] for row in rows} == {"2016-09-02", "2016-09-03"}, "--from and --to choose rows")
    wish = {"fields": ["window"], "support": 5, "confidence": 0.6, "window_days": 3, "is_all": True,
            "first": BEGIN + 1, "last": BEGIN + 2}
    same_rows(rows, rules_naive.rows(counted(records), wish), "chosen days look back")


@case
def without_forged_sources(_):
    """A flood of one packet each looks like a habit that thousands share."""
    rng = random.Random(8)
    records = [packet(f"10.{i >> 8}.{i & 255}.9", 3000 + 1.5 * rng.random(), window=512, port=8080)
               for i in range(2500)]
    records += [packet(source, rng.randrange(40000), window=rng.choice((1, 2, 512)), port=rng.choice((8080, 23)))
                for source in range(1, 200) for _ in range(3)]
    store = taken(records)
    telescope = (0, 2**32 - 1)
    suspects = {(BEGIN, source) for source in Darknet(records, telescope).suspects(BEGIN)}
    check(2400 < len(suspects) < 2600, f"{len(suspects)} suspects")
    for more in ({"is_all": True}, {}, {"is_across": True, "is_all": True}):
        wish = {"support": 20, "confidence": 0.5, **more}
        same = compare(store, counted(records), **wish)
        rows = rows_of(*store, "--without-floods", *words_of({"fields": PUBLISHED, **wish}))
        want = rules_naive.rows(counted(records, leave_out=suspects), {"fields": PUBLISHED, **wish})
        check(same_rows(rows, want, f"without floods {more}") != same or not same, "floods make no difference")
    said = " ".join(hotaru("rules", *store, "--without-floods").errors()).replace(",", "")
    check(str(len(suspects)) in said, f"it does not say {len(suspects)}: {said}")


# ---- floors

@case
def below_a_floor_it_refuses(_):
    """And says from where on it can; above it nothing has changed, for dropped values were fewer."""
    store, floor = half_year_store(), 6
    wishes = [words_of({"fields": PUBLISHED, "confidence": 0.7, "support": floor, **more})
              for more in ({"is_all": True}, {}, {"is_across": True, "items_max": 4})]
    ports = words_of({"fields": ("dport", "options", "destination"), "confidence": 0.9, "support": 2, "items_max": 3})
    want = [csv_of("rules", *store, *words) for words in (*wishes, ports)]
    whole = csv_of("info", *store)
    succeed("compact", "-q", *store, "--floor", floor)
    check(csv_of("info", *store) != whole, "the floor dropped nothing")
    equal([csv_of("rules", *store, *words) for words in (*wishes, ports)], want, "at the floor")
    for words, says in ((("--min-support", floor - 1), f"{floor} on"), (("--min-support", 1, "--across"), f"{floor} on"),
                        (("--min-support", 1, "--fields", "ttl"), f"{floor} on"),
                        (("--min-support", 1000, "--window-days", 2), "several days")):
        refused(says, *store, *words)
    refused("2016-08", *store, "--min-support", 5, "--from", "2016-08-01")


def refused(says, *words, code=2):
    """One line that says why, and nothing else."""
    result = hotaru("rules", "-q", *words)
    errors, what = result.errors(), " ".join(map(str, words))
    equal(result.code, code, f"exit code of rules {what}")
    check(len(errors) == 1 and errors[0].startswith("hotaru: ") and says in errors[0] and result.out == b"",
          f"rules {what} says {errors}, and {result.out[:80]!r}")


# ---- bad input

@case
def bad_input_is_one_line(_):
    store = taken(four_windows())
    for says, words in (("'nonesuch'", ("--fields", "nonesuch")), ("''", ("--fields", "window,,ttl")),
                        ("'windo'", ("--fields", "ttl,windo")), ("there is no field", ("--fields", "x" * 5000)),
                        ("--min-confidence", ("--min-confidence", "1.1")),
                        ("--min-confidence", ("--min-confidence", "-1")),
                        ("--min-confidence", ("--min-confidence", "nan")),
                        ("--min-confidence", ("--min-confidence", "")),
                        ("--alpha", ("--alpha", "2")), ("--alpha", ("--alpha", "nan")),
                        ("--min-support", ("--min-support", "0")), ("--min-support", ("--min-support", "-5")),
                        ("--min-support", ("--min-support", "1e3")), ("--max-items", ("--max-items", "1")),
                        ("--consequents", ("--consequents", "0")), ("--consequents", ("--consequents", "9")),
                        ("--window-days", ("--window-days", "0")), ("--window-days", ("--window-days", "100000")),
                        ("--work", ("--work", "0")), ("--from", ("--from", "tomorrow")),
                        ("--from", ("--from", "2016-09-02", "--to", "2016-09-01"))):
        refused(says, *store, *words)
    refused("--fields", *store, "--fields", "")


@case
def nothing_to_answer_from_is_one_line(_):
    store = taken(four_windows())
    refused("no packet on these days", *store, "--from", "2017-01-01", code=1)
    refused("no packet", *store, "--to", "2015-12-31", code=1)
    write("empty.pcap", pcap([]))
    succeed("ingest", "-q", "-s", "empty", "empty.pcap")
    refused("no packet", "-s", "empty", code=1)
    refused("no packet", "empty.pcap", code=1)
    refused("none", "-s", "none", code=1)
    refused("none.pcap", "none.pcap", code=1)
    write("broken.pcap", b"no capture")
    refused("broken.pcap", "broken.pcap", code=1)


@case
def days_without_rules_are_no_error(_):
    """An empty result has its header, and a note unless it is to be quiet."""
    store = taken(four_windows())
    text = csv_of("rules", *store)
    equal(text.splitlines(), [",".join(rules_naive.COLUMNS)], "header")
    result = hotaru("rules", *store)
    check(result.code == 0 and "no rule" in " ".join(result.errors()), f"says {result.errors()}")


# ---- the explosion

def coordinated(hosts, ports):
    """Scanners that share their ports, each but for a few; and others."""
    rng = random.Random(1)
    for host in range(hosts):
        for port in rng.sample(range(2000, 2000 + ports), rng.randint(ports - 4, ports)):
            yield packet(f"10.0.{host >> 8}.{host & 255}", rng.randrange(40000), port=port)
        for port in rng.sample(range(1, 2000), 3):
            yield packet(f"10.1.{host >> 8}.{host & 255}", rng.randrange(40000), port=port)


@case
def coordinated_scanners_are_no_explosion(_):
    """400 that share 40 ports have more than 10^11 itemsets: a result, bounded, and stated if partial."""
    store = taken(coordinated(400, 40))
    for words, least in (((), 0), (("--all",), 0), (("--no-buckets", "--work", 100), 1000),
                         (("--no-buckets", "--all", "--work", 100), 1000),
                         (("--no-buckets", "--all", "--max-items", 3), 1000), (("--across", "--work", 100), 0),
                         (("--no-buckets", "--across", "--consequents", 8, "--work", 50), 10)):
        what, begin = f"rules {words}", time.monotonic()
        words = (*store, "--fields", "dport,window,ttl", "--min-support", 200, *words)
        result = hotaru("rules", "--format", "csv", "--memory", "256M", *words)
        check(time.monotonic() - begin < SECONDS_MAX, f"{what} took {time.monotonic() - begin:.0f} s")
        equal(result.code, 0, f"exit code of {what}: {result.errors()}")
        rows = result.text().splitlines()[1:]
        check(len(rows) >= least, f"{what}: {len(rows)} rows")
        is_partial = any("there are more rules" in line for line in result.errors())
        check(is_partial == ("--work" in words and "--no-buckets" in words), f"{what} says {result.errors()}")
        equal(csv_of("rules", *words, "--threads", 1), csv_of("rules", *words, "--threads", 2), f"threads of {what}")


@case
def what_is_there_of_a_partial_answer_is_right(_):
    """Each row of a part is a row of the whole, so that of more work comes more."""
    records = list(coordinated(100, 20))
    store, days, before = taken(records), counted(records), 0
    wish = {"fields": ("dport",), "support": 60, "confidence": 0.9, "is_all": True, "items_max": 3}
    want = {tuple(row[1:3]): row for row in rules_naive.rows(days, wish)}
    for work in (1, 2, 4, 8):
        rows = rows_of(*store, *words_of({**wish}), "--work", work)
        same_rows(rows, [want.get(tuple(row[1:3]), []) for row in rows], f"work {work}")
        check(len(rows) >= before, f"less with more work: {len(rows)}")
        before = len(rows)
    equal(before, len(want), "rows with enough work")


if __name__ == "__main__":
    run_cases()
