#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""hotaru against a naive model, on seeded random captures.

Each round makes captures from a seed (traffic.py) and asks the model (model.py)
what must be found. Then it takes the same captures in, in every way that must not
matter - order, pieces, twice, threads, memory, compacted, from a store or directly -
and compares bytes. HOTARU_ROUNDS sets the rounds of each case (default 15),
HOTARU_SEED the first seed.
"""
import csv
import datetime
import json
import os
import pathlib
import sqlite3
import zoneinfo

import model
from harness import (case, check, csv_of, equal, ethernet, fail, hotaru, ledger_totals, pcap,
                     read_pcap, captures_folder, record, run_cases, succeed, syn, write, _failures)
from traffic import TELESCOPE, TELESCOPE_RANGES, Traffic

ROUNDS = int(os.environ.get("HOTARU_ROUNDS", "15"))
FIRST_SEED = int(os.environ.get("HOTARU_SEED", "1"))
GAPS = (("none", None), ("0", 0), ("2", 2))
ZONES = {"UTC": datetime.timezone.utc,
         "+09:00": datetime.timezone(datetime.timedelta(hours=9))}
if os.path.exists("/usr/share/zoneinfo/Europe/Berlin"):
    ZONES["Europe/Berlin"] = zoneinfo.ZoneInfo("Europe/Berlin")


def rounds(folder):
    """Yields (seed, traffic, its folder); stops after a round that failed and says its seed."""
    for seed in range(FIRST_SEED, FIRST_SEED + ROUNDS):
        traffic = Traffic(seed)
        place = folder / str(seed)
        place.mkdir()
        os.chdir(place)
        for capture in traffic.captures:
            write(capture.name, capture.make(capture.records))
        yield seed, traffic, place
        if _failures:
            fail(f"the seed was {seed}: HOTARU_SEED={seed} HOTARU_ROUNDS=1 runs this round alone")
            return


def names_of(traffic):
    return [capture.name for capture in traffic.captures]


def settings_of(zone, telescope):
    return ("--zone", zone, *(("--telescope", telescope) if telescope else ()))


def telescopes(traffic):
    """(name, text, ranges): none, one, and one whose prefixes come and go."""
    return (("no", None, None), ("a", TELESCOPE, TELESCOPE_RANGES),
            ("a dated", *traffic.dated_telescope()))


def ingest(store, names, *more):
    succeed("ingest", "-q", "-s", store, *more, *names)


def verify(store, when):
    result = hotaru("verify", "-s", store)
    check(result.code == 0 and result.err == b"" and b": 0 problems" in result.out,
          f"verify {when}: exit code {result.code}, {result.out + result.err}")


def lines(rows):
    return "".join(row + "\n" for row in rows)


# ---- cases

@case
def what_the_model_says_is_found(folder):
    """survey, lifetimes, ledger, info and the catalogue, for gaps, zones and telescopes."""
    print(f"seeds {FIRST_SEED} to {FIRST_SEED + ROUNDS - 1}", flush=True)
    for seed, traffic, _ in rounds(folder):
        for zone, (name, text, ranges) in ((z, t) for z in ZONES for t in telescopes(traffic)):
            want = model.Model([c.model() for c in traffic.captures], ZONES[zone], ranges)
            what = f"seed {seed}, {zone}, {name} telescope"
            store = f"store {zone.replace('/', ' ')} {name}"
            ingest(store, names_of(traffic), *settings_of(zone, text))
            for gap, days in GAPS:
                equal(csv_of("survey", "-s", store, "--gap", gap), lines(want.survey(days)),
                      f"survey, gap {gap}, {what}")
                equal(csv_of("lifetimes", "-s", store, "--gap", gap), lines(want.lifetimes(days)),
                      f"lifetimes, gap {gap}, {what}")
            equal(csv_of("ledger", "-s", store), lines(want.ledger()), f"ledger, {what}")
            check_info(store, want, what)
            check_catalogue(store, want, what)
            verify(store, f"of {what}")


def check_info(store, want, what):
    info = dict(csv.reader(csv_of("info", "-s", store).splitlines()))
    days = [datetime.date.fromordinal(day).isoformat() for day in sorted(want.days)]
    equal((info["first_day"], info["last_day"], info["days"]),
          (days[0], days[-1], str(len(days))) if days else ("", "", "0"), f"days in info, {what}")
    equal(info["frames"], str(sum(sum(ledger.values()) for ledger in want.ledgers.values())),
          f"frames in info, {what}")


def check_catalogue(store, want, what):
    """The daily numbers that anyone may ask of catalog.sqlite."""
    path = pathlib.Path(store, "catalog.sqlite").resolve()
    catalogue = sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)
    got = {(day, name): packets for day, name, packets in catalogue.execute(
        "SELECT day, fingerprint, packets FROM daily_fingerprints WHERE packets > 0")
        if name in model.FAMILIES}
    catalogue.close()
    equal(got, {(datetime.date.fromordinal(day).isoformat(), family): packets
                for (day, family), packets in want.syns.items() if family in model.FAMILIES},
          f"daily_fingerprints, {what}")


@case
def packets_are_decoded_as_the_model_does(folder):
    for seed, traffic, _ in rounds(folder):
        for capture in traffic.captures:
            for name, telescope, ranges in telescopes(traffic):
                words = ("--telescope", telescope) if telescope else ()
                check_packets(capture.records, capture.link_type, capture.digits, ranges,
                              csv_of("packets", capture.name, *words),
                              f"seed {seed}, {capture.name}, {name} telescope")


def check_packets(records, link_type, digits, telescope, text, what):
    want, gate = [], model.Model([], telescope=telescope)
    for time_ns, frame, _ in records:
        p = model.decode(link_type, frame)
        if p.kind in model.PACKET_KINDS and gate.is_inside(time_ns, p):
            want.append({**model.packet_row(time_ns, digits, p), "kind": p.kind})
    got = []
    for row in csv.DictReader(text.splitlines()):
        row["fingerprints"] = sorted(row["fingerprints"].split(";")) if row["fingerprints"] else []
        got.append({name: row[name] for name in (*model.PACKET_COLUMNS, "kind")})
    equal(got, want, f"packets, {what}")


@case
def real_captures_are_decoded_as_the_model_does(_):
    """The same on files of Ethernet that others made: whatever is in them."""
    folder = captures_folder()
    compared = 0
    for top in ("backscatter", "darknet", "mirai", "scans"):
        for path in sorted((folder / top).rglob("*.pcap")):
            data = path.read_bytes()
            link_type, records = read_pcap(data)
            if link_type != 1 or len(data) > 30_000_000:
                continue
            compared += 1
            digits = 9 if data[:4] in (bytes.fromhex("4d3cb2a1"), bytes.fromhex("a1b23c4d")) else 6
            check_packets(records[:20000], link_type, digits, None,
                          "\n".join(csv_of("packets", path).splitlines()[:1 + packets_in(records)]),
                          str(path))
    check(compared >= 5, f"only {compared} captures were found")


def packets_in(records):
    return sum(model.decode(1, frame).kind in model.PACKET_KINDS for _, frame, _ in records[:20000])


@case
def how_captures_are_taken_does_not_matter(folder):
    """Any order, in pieces, twice, any threads and memory, store or not, compacted or not."""
    for seed, traffic, place in rounds(folder):
        rng = traffic.rng
        settings = settings_of(rng.choice(sorted(ZONES)), rng.choice(telescopes(traffic))[1])
        names = names_of(traffic)
        want = results(*settings, *names)
        for number, more in enumerate((("--threads", 1), ("--threads", 2, "--memory", "64M"))):
            rng.shuffle(names)
            equal(results(*settings, *more, *names), want, f"seed {seed}, {names}, {more}")
        store = place / "one by one"
        for name in names + names:  # the second time, each is known
            ingest(store, [name], "--threads", rng.choice((1, 2)), *settings)
        equal(results("-s", store), want, f"seed {seed}, one by one and twice, {names}")
        verify(store, f"after one by one, seed {seed}")
        succeed("compact", "-q", "-s", store)
        equal(results("-s", store), want, f"seed {seed}, compacted")
        verify(store, f"after compacting, seed {seed}")
        check_pieces(traffic, settings, place, want, f"seed {seed}, in pieces")


def check_pieces(traffic, settings, place, want, what):
    rng = traffic.rng
    pieces = [piece for capture in traffic.captures for piece in capture.pieces(rng)]
    names = [write(place / f"piece {i}", piece).name for i, piece in enumerate(pieces)]
    rng.shuffle(names)
    store = place / "pieces"
    while names:
        count = rng.randint(1, len(names))
        ingest(store, names[:count], *settings)
        names = names[count:]
        if rng.random() < 0.3:
            succeed("compact", "-q", "-s", store)
    verify(store, what)
    got = results("-s", store)
    equal(ledger_totals(got.pop("ledger")), ledger_totals(want["ledger"]), f"ledger, {what}")
    equal(got, {name: text for name, text in want.items() if name != "ledger"}, what)


def results(*words):
    """Everything that may be asked, as it is printed."""
    return {"survey": csv_of("survey", *words),
            "survey, gap 2": csv_of("survey", *words, "--gap", "2", "--family",
                                    "mirai,*,zmap,masscan,hajime"),
            "lifetimes": csv_of("lifetimes", *words, "--gap", "0"),
            "ledger": csv_of("ledger", *words)}


def text_of(name, value):
    """What CSV has for a value of JSON: nothing for null, and lists with semicolons; TCP options with commas, as
    expressions of fingerprints have them."""
    if isinstance(value, list):
        return ("," if name == "options" else ";").join(value)
    return "" if value is None else str(value)


@case
def formats_say_the_same(folder):
    """table, csv and json hold the same rows."""
    for seed, traffic, _ in rounds(folder):
        if seed > FIRST_SEED + 2:
            break
        for command in ("survey", "lifetimes", "ledger", "packets"):
            rows = list(csv.DictReader(csv_of(command, *names_of(traffic)).splitlines()))
            objects = [json.loads(line) for line in
                       succeed(command, *names_of(traffic), "--format", "json").splitlines()]
            equal([{k: text_of(k, v) for k, v in o.items()} for o in objects], rows,
                  f"{command} as json, seed {seed}")
            table = succeed(command, *names_of(traffic)).splitlines()
            equal(len(table), len(rows) + 1, f"lines of {command} as table, seed {seed}")
            if command == "survey":
                equal([line.split() for line in table[1:]], [list(r.values()) for r in rows],
                      f"{command} as table, seed {seed}")


@case
def options_beyond_the_tenth_count_for_hajime_raw(folder):
    """Ten NOPs do not hide a kernel's SACK-permitted option."""
    options = b"\1" * 10 + b"\4\2"
    write("nops.pcap", pcap([record(10**18, ethernet(
        syn("1.2.3.4", "198.51.0.1", window=14600, options=options)))]))
    rows = list(csv.DictReader(csv_of("packets", "nops.pcap").splitlines()))
    equal([row["fingerprints"] for row in rows], ["hajime"], "fingerprints")


run_cases()
