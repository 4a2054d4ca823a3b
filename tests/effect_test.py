#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""`hotaru effect` against its definition, written out with the days of each source."""
import collections
import math
import random

from harness import case, check, csv_of, dotted, ethernet, hotaru, pcap, record, run_cases, succeed, syn, write

FIRST = 17045  # 2016-09-01
DAY_NS = 86400 * 10**9
DAYS, HERE = 50, 0xc6336400
FORGED = 0x2d000001


def day_text(day):
    import datetime
    return (datetime.date(1970, 1, 1) + datetime.timedelta(days=day)).isoformat()


def sightings(seed):
    """Days on which each source is seen: spells with silences of all lengths between them."""
    dice = random.Random(seed)
    seen = {}
    for n in range(400):
        source = 0x0a000000 + dice.randrange(4) * 0x10000 + dice.randrange(700) if n % 3 else dice.randrange(1 << 24, 1 << 29)
        if source >> 24 == 10:
            source += 0x28000000
        day, days = dice.randrange(-5, DAYS - 3), set()
        while day < DAYS:
            for _ in range(dice.choice((1, 2, 3, 5, 8, 15, 40))):
                if 0 <= day < DAYS:
                    days.add(day)
                day += dice.choice((1, 1, 1, 2, 3))
            day += dice.choice((3, 4, 5, 6, 9, 30))
        if days:
            seen[source] = sorted(days)
    return seen


def capture(seen):
    frames = [record((FIRST + day) * DAY_NS + 10**9 + source % 80000 * 10**6,
                     ethernet(syn(source, HERE + source % 256, seq=None, port=23)))
              for source, days in seen.items() for day in days]
    # The first day and the last have somebody who is none of the family.
    frames += [record((FIRST + day) * DAY_NS + 1, ethernet(syn(FORGED, HERE, seq=1))) for day in (0, DAYS - 1)]
    return write("seen.pcap", pcap(sorted(frames))).name


def spells_of(days, gap):
    spells = [[days[0], days[0]]]
    for day in days[1:]:
        if gap is not None and day - spells[-1][1] - 1 > gap:
            spells.append([day, day])
        spells[-1][1] = day
    silent = DAYS - 1 - spells[-1][1]
    last_is_open = silent == 0 if gap is None else silent <= gap
    return [(first, last, last_is_open and i == len(spells) - 1) for i, (first, last) in enumerate(spells)]


def model(seen, entries, gap, has_controls=False):
    """entries: (function of an address, day or None for a control)."""
    groups = {"treated": [], "control": []}
    elsewhere = collections.Counter()
    days_of_treatment = sorted({day for _, day in entries if day is not None})
    for source, days in seen.items():
        own = [day for holds, day in entries if holds(source)]
        treated = [day for day in own if day is not None]
        if not own and has_controls:
            continue
        group = "treated" if treated else "control"
        spells, found = spells_of(days, gap), None
        for i, (first, last, is_open) in enumerate(spells):
            begins = [min(treated)] if treated else [d for d in days_of_treatment if d >= first][:1]
            if begins and first <= begins[0] <= last:
                found = (last - begins[0], not is_open, not is_open and i + 1 < len(spells))
                break
        if found:
            groups[group].append(found)
        else:
            elsewhere[group] += 1
    return groups, elsewhere


def curve(times):
    """[(day, at risk, ended, open, S)]"""
    survival, rows, at_risk = 1.0, [], len(times)
    for day in sorted({time for time, _, _ in times}):
        ended = sum(1 for time, has, _ in times if time == day and has)
        left = sum(1 for time, has, _ in times if time == day and not has)
        survival *= 1 - ended / at_risk
        rows.append((day, at_risk, ended, left, survival))
        at_risk -= ended + left
    return rows


def log_rank_p(groups):
    observed = expected = variance = 0.0
    for day in sorted({time for times in groups.values() for time, has, _ in times if has}):
        n = [sum(1 for time, _, _ in groups[g] if time >= day) for g in ("treated", "control")]
        d = [sum(1 for time, has, _ in groups[g] if time == day and has) for g in ("treated", "control")]
        total, ends = sum(n), sum(d)
        observed += d[0]
        expected += ends * n[0] / total
        if total > 1:
            variance += ends * (n[0] / total) * (n[1] / total) * (total - ends) / (total - 1)
    return math.erfc(math.sqrt((observed - expected) ** 2 / variance / 2)) if variance else None


def compare(words, groups, elsewhere, what):
    rows = [line.split(",") for line in csv_of("effect", *words).splitlines()[1:]]
    p = log_rank_p(groups)
    for row, group in zip(rows, ("treated", "control"), strict=True):
        times = groups[group]
        want = [group, str(len(times)), str(sum(1 for _, has, _ in times if has)),
                str(sum(1 for _, _, back in times if back))]
        check(row[:4] == want and row[8] == str(elsewhere[group]), f"{what}: {row} instead of {want}, {elsewhere[group]}")
        check(p is None and row[7] == "" or abs(float(row[7]) - p) < 2e-6, f"{what}: p {row[7]} instead of {p}")
    got = [line.split(",") for line in csv_of("effect", *words, "--curve").splitlines()[1:]]
    want = [(group, *row) for group in ("treated", "control") for row in curve(groups[group])]
    check(len(got) == len(want), f"{what}: {len(got)} rows of curves, not {len(want)}")
    for row, (group, day, at_risk, ended, left, survival) in zip(got, want):
        check(row[:5] == [group, str(day), str(at_risk), str(ended), str(left)] and abs(float(row[5]) - survival) < 2e-6,
              f"{what}: {row} instead of {(group, day, at_risk, ended, left, survival)}")
    check(sum(len(times) for times in groups.values()) > 20, f"{what}: hardly anybody counts")


def within(first, last):
    return lambda source: first <= source <= last


@case
def effect_is_what_it_says(_):
    for seed in range(3):
        dice = random.Random(seed)
        seen = sightings(seed)
        succeed("ingest", "-q", "-s", f"store{seed}", capture(seen))
        some = dice.sample(sorted(seen), 120)
        lines, entries = ["address,day"], []
        for source in some:
            day = dice.choice((10, 10, 20, 33))
            lines.append(f"{dotted(source)}, {day_text(FIRST + day)}  # told")
            entries.append((within(source, source), day))
        for prefix, bits, day in ((0x32000000, 24, 15), (0x10000000, 5, 25), (0x32010000, 16, 12)):
            lines.append(f"{dotted(prefix)}/{bits},{day_text(FIRST + day)}")
            entries.append((within(prefix, prefix + (1 << (32 - bits)) - 1), day))
        write("treated.csv", ("\n".join(lines) + "\n\n").encode())
        for gap in (None, 0, 2, 4):
            words = ("-s", f"store{seed}", "--treated", "treated.csv", "--gap", "none" if gap is None else gap)
            compare(words, *model(seen, entries, gap), f"seed {seed}, gap {gap}")
        others = [source for source in seen if source not in some][::2]
        write("controls", "".join(f"{dotted(source)}\n" for source in others).encode())
        with_controls = entries + [(within(source, source), None) for source in others]
        compare(("-s", f"store{seed}", "--treated", "treated.csv", "--controls", "controls", "--gap", 2),
                *model(seen, with_controls, 2, has_controls=True), f"seed {seed}, own controls")


@case
def networks_are_treated_by_the_database_of_the_day(_):
    seen = sightings(7)
    name = capture(seen)
    write("early.csv", b"50.0.0.0,50.0.255.255,64500,A\n")
    write("late.csv", b"50.1.0.0,50.1.255.255,64500,A\n")
    write("treated.csv", f"AS64500,{day_text(FIRST + 10)}\nas64500,{day_text(FIRST + 30)}\n".encode())
    entries = [(within(0x32000000, 0x3200ffff), 10), (within(0x32010000, 0x3201ffff), 30)]
    database = f"early.csv@..{day_text(FIRST + 19)},late.csv@{day_text(FIRST + 20)}.."
    for threads in (1, 2):
        compare((name, "--treated", "treated.csv", "--gap", 2, "--asn-db", database, "--threads", threads),
                *model(seen, entries, 2), "networks")
    result = hotaru("effect", name, "--treated", "treated.csv", "--gap", 2)
    said = "\n".join(result.errors())
    check("without a database of networks all are unknown" in said and "nobody who was treated" in said, said)


@case
def lines_that_say_nothing_are_told(_):
    name = capture({0x32000001: [1, 2, 3]})
    for text, told in (("", "names nobody"), ("1.2.3.4\n", "line 1 has no day"), ("# a\n1.2.3.4,2016-13-01\n", "line 2 has a day"),
                       ("address,day\n\n1.2.3.400,2016-09-01\n", "line 3 is no address"), ("a,day\nb,day\n", "line 2 is no address"),
                       ("1.2.3.4,2016-09-01,x\n", "more than two words"), ("1.2.3.4/16,2016-09-01\n", "line 1 is no address"),
                       ("1.2.3.4,2016-09-01\n\0\n", "line 2 has more than two words, or bytes"),
                       ("AS99999999999,2016-09-01\n", "line 1 is no address")):
        write("treated.csv", text.encode())
        result = hotaru("effect", name, "--treated", "treated.csv")
        check(result.code == 2 and told in result.errors()[-1], f"{text!r}: {result.code} {result.errors()}")
    write("treated.csv", b"1.2.3.4,2015-01-01\n")
    said = "\n".join(hotaru("effect", name, "--treated", "treated.csv").errors())
    check("nobody who was treated was infected" in said and "of 1 days of treatment 1 are not among the data" in said, said)
    check("say with --treated" in hotaru("effect", name).errors()[-1], "no file")
    check(hotaru("effect", name, "--treated", "missing").code == 1, "a file that is not there")


run_cases()
