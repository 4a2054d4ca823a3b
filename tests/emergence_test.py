#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""`hotaru rules --new` and `--timeline`: the prototypes of Mirai are told of within a day of their
first packet, and nothing is where nothing was; what stands in the rows, on crafted days.

HOTARU_EMERGENCE="SCALE:SUPPORT:SEED ..." tries others than the one scale and few seeds of every run.
"""
import calendar
import collections
import csv
import datetime
import io
import os
import random
import re

from harness import (DAY_NS, case, check, csv_of, dotted, equal, ethernet, hotaru, pcap, record,
                     run_cases, succeed, syn, write)

TRIALS = [tuple(trial.split(":")) for trial in
          os.environ.get("HOTARU_EMERGENCE", "0.01:auto:1 0.01:10:2").split()]
PROTOTYPE_WINDOWS = {"window=792", "window=1320", "window=2376", "window=4488"}
# What is new in the scenario from September on: Mirai and its variants, and Hajime.
NEW_ITEMS = ({f"dport={port}" for port in (23, 2323, 22, 2222, 5555, 8080, 7547, 5358)} |
             {f"tos={tos}" for tos in (0, 24, 184)})


def rows(*words, **more):
    """Rows as dictionaries."""
    return list(csv.DictReader(io.StringIO(csv_of("rules", *words, **more))))


def items(row):
    return set(row["antecedent"].split(";")) | set(row["consequent"].split(";"))


def simulate(store, scale, seed, *words):
    succeed("simulate", "-q", "--scale", scale, "--seed", seed, "-o", "simulated.pcap", *words)
    succeed("ingest", "-q", "--store", store, "simulated.pcap")
    os.remove("simulated.pcap")


# ---- the promise

@case
def the_prototypes_are_new_on_their_first_day_or_the_day_after(_):
    for scale, support, seed in TRIALS:
        what = f"scale {scale}, seed {seed}"
        simulate(f"s{seed}", scale, seed, "--days", 70)
        found = rows("-s", f"s{seed}", "--new", "--min-support", support, "--fields", "window")
        if not check(found, f"{what}: nothing is new"):
            continue
        check(found[0]["day"] in ("2016-08-02", "2016-08-03"), f"{what}: {found[0]['day']}")
        for row in found:
            check(items(row) <= PROTOTYPE_WINDOWS and row["mirai_share"] == "1" and
                  row["fingerprints"].startswith("mirai:1;mirai-2016:"), f"{what}: {row}")
            equal(row["ports"], f"23:{row['target_sources']}", f"{what}: ports")
        sets = [frozenset(items(row)) for row in found]
        equal(len(set(sets)), len(sets), f"{what}: each is told once")


@case
def without_the_prototypes_nothing_is_new_before_mirai(_):
    text = succeed("simulate", "--print-scenario")
    parts = re.split(r"(?m)^(?=\[population )", text)
    write("without.scenario", "".join(p for p in parts if "[population prototype]" not in p).encode())
    check("prototype" not in "".join(p for p in parts[1:] if "[population prototype]" not in p),
          "the population is out")
    for scale, support, seed in TRIALS:
        what = f"scale {scale}, seed {seed}"
        simulate(f"s{seed}", scale, seed, "--scenario", "without.scenario")
        found = rows("-s", f"s{seed}", "--new", "--min-support", support)
        equal([r for r in found if r["day"] < "2016-09-01"], [], f"{what}: false")
        equal([r for r in found if not items(r) <= NEW_ITEMS], [], f"{what}: false later")
        check(any(items(r) == {"dport=23", "dport=2323"} and "2016-09-01" <= r["day"] <= "2016-09-07"
                  for r in found), f"{what}: Mirai itself")
        check(any("dport=5358" in items(r) and "2016-10-03" <= r["day"] <= "2016-10-10" for r in found),
              f"{what}: Hajime")
        # A day by itself, as it is asked for each morning, has what it has among all.
        for day in sorted({r["day"] for r in found})[:4] + ["2016-07-20", "2016-12-24"]:
            equal(rows("-s", f"s{seed}", "--new", "--min-support", support, "--from", day, "--to", day),
                  [r for r in found if r["day"] == day], f"{what}: {day}")


# ---- crafted days

FIRST = datetime.date(2016, 7, 1)
DAYS, BORN = 30, 20  # a bot begins on day 20, the first of which is day 0
WINDOWS = (792, 1320, 2376)


def day_text(day):
    return str(FIRST + datetime.timedelta(days=day))


def source_of(day, i):
    # Countries by the first byte. The same sources come back on other days.
    return (10 + i % 3) << 24 | i << 8 | 5


def make_world(seed):
    """{day: {source: [(window, port, mirai)]}}: one SYN each."""
    rng = random.Random(seed)
    world = {}
    for day in range(DAYS):
        sources = world[day] = {}
        for i in range(40):
            for _ in range(rng.randrange(1, 4)):
                sources.setdefault(source_of(day, 1000 + rng.randrange(60)), []).append(
                    (rng.randrange(2000, 60000), rng.choice((22, 80, 443)), False))
        for i in range(min(2 + 6 * (day - BORN), 40) if day >= BORN else 0):
            used = [w for w in WINDOWS if rng.randrange(20) > 0] or [792]
            port = 23 if i % 4 else 2323
            sources[source_of(day, i)] = [(w, port, i % 5 > 0) for w in used]
    return world


def capture_of(world):
    records = []
    for day, sources in world.items():
        begin = calendar.timegm((FIRST + datetime.timedelta(days=day)).timetuple()) * 10**9
        for source, syns in sources.items():
            for i, (window, port, mirai) in enumerate(syns):
                packet = syn(source, "198.51.100.9", port=port, window=window, seq=None if mirai else 7)
                records.append((begin + source % 80000 * 10**9 + i * 10**6, ethernet(packet)))
    return pcap([record(time_ns, frame) for time_ns, frame in sorted(records)])


def targets(sources, values):
    return {s for s, syns in sources.items() if values <= {w for w, _, _ in syns}}


def is_mirai_host(syns):
    return sum(m and port == 23 for _, port, m in syns) * 10 > len(syns) * 9


def is_mirai_host_on_any_port(syns):
    return sum(m for _, _, m in syns) * 10 > len(syns) * 9


def ranked(counter):
    return ";".join(f"{key}:{count}" for key, count in
                    sorted(counter.items(), key=lambda pair: (-pair[1], pair[0])))


def real(x):
    return f"{x:.6f}".rstrip("0").rstrip(".")


def countries_table():
    return write("c.csv", b"10.0.0.0,10.255.255.255,JP\n11.0.0.0,11.255.255.255,BR\n")


def place_of(source):
    return {10: "JP", 11: "BR"}.get(source >> 24, "unknown")


@case
def a_row_tells_what_the_targets_did(_):
    world = make_world(1)
    write("a.pcap", capture_of(world))
    found = rows("a.pcap", "--new", "--fields", "window", "--min-support", 6, "--min-confidence", 0.8,
                 "--country-db", countries_table())
    check(len(found) >= 2, f"{len(found)} rows")
    for row in found:
        day = next(d for d in world if day_text(d) == row["day"])
        values = {int(item.split("=")[1]) for item in items(row)}
        left = {int(item.split("=")[1]) for item in row["antecedent"].split(";")}
        right = values - left
        sources = world[day]
        both, antecedent = targets(sources, values), targets(sources, left)
        check(day in (BORN, BORN + 1, BORN + 2) and values <= set(WINDOWS), f"{row}")
        equal(row["support"], str(len(both)), "support")
        equal(row["target_sources"], str(len(both)), "targets")
        equal(row["confidence"], real(len(both) / len(antecedent)), "confidence")
        equal(row["lift"], real(len(both) / len(antecedent) /
                                (len(targets(sources, right)) / len(sources))), "lift")
        mirai = sum(is_mirai_host(sources[s]) for s in both)
        equal((row["mirai_sources"], row["mirai_share"]), (str(mirai), real(mirai / len(both))), "Mirai")
        mirai = sum(is_mirai_host_on_any_port(sources[s]) for s in both)
        equal((row["mirai_any_port_sources"], row["mirai_any_port_share"]), (str(mirai), real(mirai / len(both))),
              "Mirai on any port")
        equal(row["ports"], ranked(collections.Counter(p for s in both for p in
                                                       {port for _, port, _ in sources[s]})), "ports")
        places = collections.Counter(place_of(s) for s in both)
        equal(sorted(row["places"].split(";")), sorted(f"{k}:{n}" for k, n in places.items()), "places")
        shares = {name: sum(any(m and (name == "mirai" or port == 23) for _, port, m in sources[s])
                            for s in both) for name in ("mirai", "mirai-2016")}
        equal(row["fingerprints"], ";".join(f"{name}:{f'{n / len(both):.3f}'.rstrip('0').rstrip('.')}"
                                            for name, n in sorted(shares.items(), key=lambda p: -p[1])),
              "fingerprints")
        least = min(both, key=lambda s: (len(sources[s]), s))
        windows = collections.Counter(w for w, _, _ in sources[least])
        window = min(windows, key=lambda w: (-windows[w], w))
        check(row["example"].startswith(f"source={dotted(least)} syns={len(sources[least])} window={window} "
                                        f"dport={sources[least][0][1]} ttl="), row["example"])
        check("198.51.100" not in row["example"], "no destination")
        before = max(len(targets(world[d], values)) for d in range(max(0, day - 28), day))
        equal(row["most_before"], str(before), "most before")


@case
def a_table_for_people_and_quiet_days(_):
    write("a.pcap", capture_of(make_world(2)))
    succeed("ingest", "-q", "--store", "s", "a.pcap")
    words = ("rules", "-s", "s", "--new", "--fields", "window", "--min-support", 6)
    lines = succeed(*words).splitlines()
    equal(lines[0].split(), ["day", "antecedent", "consequent", "support", "confidence", "mirai_share",
                             "ports", "places", "fingerprints", "example"], "columns for people")
    check(len(lines) > 1 and "source=10." in lines[1], lines[1:2])
    result = hotaru(*words, "--from", day_text(17), "--to", day_text(17))
    equal((result.code, len(result.text().splitlines())), (0, 1), "nothing new")
    check(result.errors()[-1] == "hotaru: note: no rule is new on these days", result.errors())
    equal(hotaru(*words, "--quiet", "--from", day_text(17), "--to", day_text(17)).err, b"", "quiet")
    result = hotaru(*words, "--to", day_text(5))
    check("on 6 of 6 days it is not known what is new" in result.errors()[-1], result.errors())
    # With as short a past as there may be the same rules are new.
    equal(csv_of(*words, "--past-days", 14), csv_of(*words), "a shorter past")
    # A floor of any day that is looked back to has to be below the support.
    succeed("compact", "-q", "-s", "s", "--floor", 7)
    result = hotaru(*words, "--from", day_text(25))
    check(result.code == 2 and "too low" in result.errors()[-1] and "from 7 on" in result.errors()[-1],
          result.errors())
    succeed(*words[:-1], 7, "--from", day_text(25))


@case
def a_wave_where_scanners_were_all_along_is_a_surge(_):
    """Seven sources have used two windows every day; ten times as many are no news, one more is, on that day."""
    surge, day = {"window=7547", "window=5555"}, 28
    for count, days in ((70, []), (71, [day_text(day)])):
        world = {d: {**{source_of(0, i): [(7547, 80, False), (5555, 80, False)] for i in range(count if d == day else 7)},
                     **{source_of(0, 3000 + i): [(40000 + i, 80, False)] for i in range(20)}} for d in range(day + 2)}
        write("a.pcap", capture_of(world))
        words = ("a.pcap", "--new", "--fields", "window", "--min-support", 6)
        found = [row for row in rows(*words) if items(row) == surge]
        equal([row["day"] for row in found], days, f"{count} sources")
        equal([(row["support"], row["most_before"]) for row in found], [("71", "7")] * len(days), f"{count} sources")
        equal([row for row in rows(*words, "--from", day_text(day), "--to", day_text(day)) if items(row) == surge], found,
              "a day alone")


@case
def a_timeline_has_a_row_a_rule(_):
    world = make_world(3)
    write("a.pcap", capture_of(world))
    words = ("--fields", "window", "--min-support", 6, "--min-confidence", 0.8, "--all")
    listed = rows("a.pcap", *words)
    found = rows("a.pcap", "--timeline", *words)
    lives = collections.defaultdict(list)
    for row in listed:
        lives[row["antecedent"], row["consequent"]].append((row["day"], int(row["target_sources"])))
    equal({(r["antecedent"], r["consequent"]) for r in found}, set(lives), "rules")
    equal([int(r["peak_sources"]) for r in found], sorted((int(r["peak_sources"]) for r in found), reverse=True),
          "the largest first")
    for row in found:
        life = lives[row["antecedent"], row["consequent"]]
        peak = max(n for _, n in life)
        values = {int(item.split("=")[1]) for item in items(row)}
        ever = collections.defaultdict(list)
        for sources in world.values():
            for source in targets(sources, values):
                ever[source] += sources[source]
        mirai, any_port = (sum(map(is_one, ever.values())) for is_one in (is_mirai_host, is_mirai_host_on_any_port))
        equal([row[c] for c in ("first_day", "last_day", "days", "peak_day", "peak_sources", "sources",
                                "mirai_sources", "mirai_share", "mirai_any_port_sources", "mirai_any_port_share")],
              [life[0][0], life[-1][0], str(len(life)), next(d for d, n in life if n == peak), str(peak),
               str(len(ever)), str(mirai), real(mirai / len(ever)), str(any_port), real(any_port / len(ever))], f"{row['antecedent']}")
    equal(rows("a.pcap", "--timeline", *words, "--top", 3), found[:3], "--top")


@case
def a_timeline_of_several_days_counts_what_was_used_on_any_of_them(_):
    """Each source uses one window a day, and all of them within three."""
    world = {day: {source_of(day, i): [(WINDOWS[(i + day) % 3], 23, True)] for i in range(20)}
             for day in range(5)}
    write("a.pcap", capture_of(world))
    words = ("a.pcap", "--timeline", "--fields", "window", "--min-support", 6, "--all")
    equal(rows(*words), [], "on single days there is no rule")
    found = rows(*words, "--window-days", 3)
    check(len(found) == 9, f"{len(found)} rules")
    for row in found:
        equal([row[c] for c in ("first_day", "last_day", "peak_sources", "sources", "mirai_share")],
              [day_text(2), day_text(4), "20", "20", "1"], f"{row}")


@case
def what_makes_no_sense_is_refused(_):
    write("a.pcap", capture_of({0: {source_of(0, 1): [(792, 23, True)]}}))
    for words, reason in ((("--new", "--timeline"), "--timeline or --new"),
                          (("--top", 5), "--top is for --timeline"),
                          (("--new", "--top", 5), "--top is for --timeline"),
                          (("--past-days", 28), "--past-days is for --new"),
                          (("--new", "--past-days", 13), "from 14 to 366"),
                          (("--new", "--window-days", 2), "--window-days"),
                          (("--new", "--consequents", 2), "--consequents")):
        result = hotaru("rules", *words, "a.pcap")
        check(result.code == 2 and reason in result.errors()[-1], f"{words}: {result.errors()}")
    result = hotaru("rules", "--new", "-q", "--country-db", "nonesuch.mmdb", "a.pcap")
    check(result.code == 1 and "nonesuch.mmdb" in result.errors()[-1], f"no database: {result.errors()}")


run_cases()
