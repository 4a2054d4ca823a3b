#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Damaged segments: their days are lost, which is unknown and never zero, and all else is answered; and
what else may lie in a store's folder, which nobody waits for and everybody names."""
import csv
import json
import os
import pathlib
import random
import resource
import shutil
import struct

from harness import (case, check, csv_of, equal, fixture, hotaru, is_short, run_cases, succeed,
                     traffic)

DAYS = [f"2016-07-{day:02}" for day in range(1, 15)]
LOST = DAYS[8]
BEHIND = DAYS[9]
TELESCOPE = ("--telescope", "198.51.0.0/16")


def make_captures(folder):
    succeed("simulate", "-q", "--scale", "0.002", "--days", len(DAYS), "--split", "-o", folder / "captures")
    succeed("ingest", "-q", "-s", folder / "store", *TELESCOPE, *sorted((folder / "captures").iterdir()))
    without = [c for c in sorted((folder / "captures").iterdir()) if LOST not in c.name]
    succeed("ingest", "-q", "-s", folder / "without", *TELESCOPE, *without)


def made():
    return fixture("lost", make_captures)


def a_store(work, name="store"):
    return pathlib.Path(shutil.copytree(made() / "store", work / name))


def segment(store, day=LOST):
    return next(store.glob(f"{day}.*.segment"))


# What each command says, and which of its columns span days.
COMMANDS = {
    "survey": ["survey", "--family", "*,mirai,hajime"],
    "estimate": ["survey", "--family", "*", "--estimate"],
    "ports": ["ports", "--top", "3"],
    "port": ["ports", "--port", "23,80", "--protocol", "tcp"],
    "sources": ["sources"],
    "top": ["sources", "--top", "3"],
    "shapes": ["shapes", "--family", "*"],
    "rules": ["rules", "--min-support", "5"],
}
OVER_DAYS = {
    "survey": {"new", "returned", "recovered", "cumulative_new", "cumulative_recovered", "active"},
    "estimate": {"new", "returned", "recovered", "cumulative_new", "cumulative_recovered", "active",
                 "gone_after_days"},
    "ports": {"day_before", "week_before", "most_before", "is_new"},
    "port": {"day_before", "week_before", "most_before", "is_new"},
}
# Of a row of a day that is lost: what it says all the same.
NAMES = {"day", "family", "protocol", "port", "shape", "coverage"}
SPANNING = [["lifetimes"], ["places", "--by", "prefix16"], ["prefixes", "--top", "3"],
            ["rules", "--timeline", "--min-support", "5"], ["rules", "--new", "--min-support", "5"]]


NOTIFY = ["notify", "--family", "hajime", "--format", "csv"]


def rows_of(text):
    return list(csv.DictReader(text.splitlines()))


def ask(store, words):
    result = hotaru(*words, "-s", store, "--format", "csv", "-q")
    return result, rows_of(result.text())


def of_day(row, columns):
    return {k: v for k, v in row.items() if k not in columns}


def check_rows(name, rows, whole, lost=(LOST,)):
    """Other days are as they were; a lost day has rows, and nothing in them."""
    columns = OVER_DAYS.get(name, set())
    equal([of_day(r, columns) for r in rows if r["day"] not in lost],
          [of_day(r, columns) for r in whole if r["day"] not in lost], f"{name}: other days")
    equal([r["day"] for r in rows], sorted(r["day"] for r in rows), f"{name}: days in order")
    for day in lost:
        of_it = [r for r in rows if r["day"] == day]
        check(of_it, f"{name}: {day} has a row")
        for row in of_it:
            equal({k: v for k, v in row.items() if k not in NAMES and v != ""}, {}, f"{name}: {day}")


def check_lost(store, name, day=LOST):
    result, rows = ask(store, COMMANDS[name])
    equal(result.code, 3, f"{name}: exit code")
    check(any(line.startswith(f"hotaru: warning: {day} is lost: ") and "--drop-damaged" in line
              for line in result.errors()), f"{name}: {result.errors()} names the day")
    return rows


# ---- kinds of damage

def missing(path):
    path.unlink()


def empty(path):
    path.write_bytes(b"")


def cut(path):
    path.write_bytes(path.read_bytes()[:-1])


def halved(path):
    path.write_bytes(path.read_bytes()[:path.stat().st_size // 2])


def another_day(path):
    shutil.copyfile(segment(path.parent, DAYS[2]), path)


def a_folder(path):
    path.unlink()
    path.mkdir()


def a_pipe(path):
    path.unlink()
    os.mkfifo(path)


def a_link_to_nothing(path):
    path.unlink()
    path.symlink_to("nowhere")


def zeros(path):
    path.write_bytes(bytes(path.stat().st_size))


def flipped(path, at):
    content = bytearray(path.read_bytes())
    content[at] ^= 0x10
    path.write_bytes(content)


@case
def whatever_is_wrong_with_a_segment_its_day_is_lost(work):
    whole = {name: ask(made() / "store", words)[1] for name, words in COMMANDS.items()}
    damages = [missing, empty, cut, halved, another_day, a_folder, a_pipe, a_link_to_nothing, zeros]
    names = list(COMMANDS)
    for at, damage in enumerate(damages):
        if is_short() and at % 3:
            continue
        store = a_store(work, damage.__name__)
        damage(segment(store))
        for name in names if at == 0 else names[at % 3::3]:
            check_rows(name, check_lost(store, name), whole[name])
        for words in SPANNING if at == 0 else SPANNING[at % 3::3]:
            equal(ask(store, words)[0].code, 3, f"{damage.__name__}: {words}")
        coverage = {r["day"]: r["status"] for r in ask(store, ["info", "--coverage"])[1]}
        equal(coverage[LOST], "lost", "coverage")
        result = hotaru("verify", "-s", store)
        check(result.code == 1 and "restore it, or see `hotaru verify --drop-damaged`" in result.errors()[0],
              f"verify: {result.errors()}")


@case
def every_byte_is_read_or_makes_no_difference(work):
    """Damage is found wherever a command meets it, at the beginning of an answer or in the midst of it."""
    whole = {name: ask(made() / "store", words)[1] for name, words in COMMANDS.items()}
    store = a_store(work)
    path, dice = segment(store), random.Random(7)
    content, found = path.read_bytes(), 0
    for at in sorted(dice.sample(range(len(content)), 6 if is_short() else 10)):
        flipped(path, at)
        for name in ("survey", "ports", "sources", "rules") if at % 2 else ("estimate", "port", "shapes", "top"):
            result, rows = ask(store, COMMANDS[name])
            if result.code == 0:
                equal(rows, whole[name], f"{name}, byte {at}: not met")
            else:
                found += 1
                check_rows(name, check_lost(store, name), whole[name])
        path.write_bytes(content)
    check(found > 3, f"{found} times it was met")


@case
def counts_over_several_days_are_of_the_others(work):
    """As without the captures of that day; who is new behind it is not known."""
    store = a_store(work)
    missing(segment(store))
    lost = check_lost(store, "survey")
    without = ask(made() / "without", COMMANDS["survey"])[1]
    changes = {"new", "returned", "recovered"}
    for got, want in zip(lost, without):
        if got["day"] == LOST:
            continue
        columns = changes if got["day"] == BEHIND else set()
        equal(of_day(got, columns), of_day(want, columns), f"survey, {got['day']}")
        if columns:
            equal({got[c] for c in columns}, {""}, f"changes on {BEHIND}")
    for words in SPANNING:
        if words[0] != "lifetimes":
            equal(ask(store, words)[1], ask(made() / "without", words)[1], f"{words}")
    alone = ["--from", LOST, "--to", LOST]
    for words in (["places", "--by", "prefix16"], ["prefixes"], ["rules"], ["sources"], ["ports"]):
        result, rows = ask(store, words + alone)
        check(result.code == 3 and rows and not any(v for r in rows for k, v in r.items() if k not in NAMES),
              f"{words} of the day alone: {result.code}, {rows}")


@case
def notices_are_of_the_other_days(work):
    """They go out source by source while days are read side by side: what is damaged is found before."""
    want = hotaru(*NOTIFY, "-s", made() / "without", "-q").text()
    check(len(want.splitlines()) > 10, "there are some")
    whole = hotaru(*NOTIFY, "-s", made() / "store", "-q").text()
    store = a_store(work)
    path, dice = segment(store), random.Random(3)
    content, found = path.read_bytes(), 0
    for at in dice.sample(range(len(content)), 4 if is_short() else 8):
        flipped(path, at)
        result = hotaru(*NOTIFY, "-s", store, "-q")
        found += result.code == 3
        equal(result.text(), want if result.code == 3 else whole, f"byte {at}")
        path.write_bytes(content)
    missing(path)
    result = hotaru(*NOTIFY, "-s", store, "-q")
    equal((result.code, result.text()), (3, want), "missing")
    check(found > 0, "it was met")
    # Fingerprints of rules are of the other days, too.
    words = ["rules", "--as-fingerprint", "--min-support", "5"]
    equal([line for line in hotaru(*words, "-s", store, "-q").text().splitlines() if LOST in line], [], "rules")


@case
def of_a_day_of_several_groups_no_row_goes_out_before_the_last_was_looked_at(work):
    """A segment has its host-days in groups of 65,536; what is damaged lies in the last of them."""
    traffic("big.pcap", "sources", 70_000)
    succeed("ingest", "-q", "-s", "big", "big.pcap")
    path = next(pathlib.Path("big").glob("*.segment"))
    content, met = path.read_bytes(), 0
    # The columns of the last group stand in front of the sets: the end of them is where they begin.
    toc, chunks = struct.unpack_from("<QI", content, len(content) - 64)
    entries = [struct.unpack_from("<BBHIQQQQ", content, toc + 40 * i) for i in range(chunks)]
    columns = {e[1]: e[4] + e[5] // 2 for e in entries if e[0] == 1 and e[3] == 1}
    check(len(columns) > 10, "a second group")
    # Destinations are read for the rows alone: not before, to find floods.
    destinations = 14
    tried = (0, 1, destinations) if is_short() else columns
    whole = {words[0]: len(csv_of(*words, "-s", "big").splitlines()) - 1
             for words in (["sources"], ["notify", "--family", "mirai"])}
    equal(whole["sources"], 70_000, "sources")
    for column in tried:
        at = columns[column]
        flipped(path, at)
        for words, empty in ((["sources"], 1), (["notify", "--family", "mirai"], 0)):
            result = hotaru(*words, "--format", "csv", "-s", "big", "-q")
            rows = len(result.text().splitlines()) - 1
            met += result.code == 3
            equal((result.code, rows), (3, empty) if result.code == 3 else (0, whole[words[0]]), f"{words}, byte {at}")
        path.write_bytes(content)
    check(met > 2, f"met {met} times")


@case
def silence_on_a_lost_day_ends_no_spell(work):
    """With --gap 0 a source that is seen before and behind it has one spell."""
    store = a_store(work)
    missing(segment(store))
    seen = {}
    for row in ask(made() / "store", ["sources"])[1]:
        seen.setdefault(row["source"], set()).add(row["day"])
    spells = 0
    for days in seen.values():
        last = None
        for i, day in enumerate(d for d in DAYS if d != LOST):
            if day in days:
                spells += last is None or i - last > 1
                last = i
    rows = ask(store, ["lifetimes", "--gap", "0", "--family", "*"])[1]
    equal(rows[0]["spells"], str(spells), "spells")


@case
def windows_of_several_days_that_touch_it_are_unknown(work):
    store = a_store(work)
    missing(segment(store))
    words = ["rules", "--window-days", "3", "--min-support", "5", "--from", DAYS[6], "--to", DAYS[13]]
    result, rows = ask(store, words)
    whole = ask(made() / "store", words)[1]
    equal(result.code, 3, "exit code")
    check_rows("rules", rows, whole, DAYS[8:11])


@case
def several_lost_days_are_named_and_the_ends_too(work):
    store = a_store(work)
    whole = {name: ask(made() / "store", words)[1] for name, words in COMMANDS.items()}
    lost = [DAYS[0], DAYS[5], DAYS[6], DAYS[13]]
    for day in lost:
        flipped(segment(store, day), segment(store, day).stat().st_size // 3)
    for name in COMMANDS:
        result, rows = ask(store, COMMANDS[name])
        if result.code != 3:
            continue
        check_rows(name, rows, whole[name], [d for d in lost if f"{d} is lost" in " ".join(result.errors())])
    for day in lost:
        missing(segment(store, day))
    for name in ("survey", "ports", "sources"):
        result, rows = ask(store, COMMANDS[name])
        check_rows(name, rows, whole[name], lost)
        equal(sum(" is lost: " in line for line in result.errors()), 4, f"{name}: days that are named")
    for day in DAYS:
        if day not in lost:
            missing(segment(store, day))
    result, rows = ask(store, COMMANDS["survey"])
    check_rows("survey", rows, whole["survey"], DAYS)
    equal(sum(" is lost: " in line for line in result.errors()), 10, "of many some are named")
    equal(hotaru("report", "-q", "-s", store, "-o", work / "page").code, 3, "a report without any day")


@case
def strict_refuses(work):
    store = a_store(work)
    missing(segment(store))
    for words in [*COMMANDS.values(), *SPANNING, ["report", "-o", work / "page"],
                  NOTIFY]:
        form = [] if words[0] in ("report", "notify") else ["--format", "csv"]
        result = hotaru(*words, *form, "-s", store, "-q", "--strict")
        equal(result.code, 1, f"{words}: exit code")
        check(len(result.errors()) == 1 and segment(made() / "store").name in result.errors()[0],
              f"{words}: {result.errors()}")
        equal(hotaru(*words, *form, "-s", made() / "store", "-q", "--strict").code, 0, f"{words}: a sound store")


@case
def unknown_is_null_in_json(work):
    store = a_store(work)
    missing(segment(store))
    for name in ("survey", "ports", "sources", "rules"):
        result = hotaru(*COMMANDS[name], "-s", store, "--format", "json", "-q")
        rows = [json.loads(line) for line in result.text().splitlines()]
        of_it = [r for r in rows if r["day"] == LOST]
        check(of_it and all(v is None for r in of_it for k, v in r.items() if k not in NAMES), f"{name}: {of_it}")
    table = hotaru(*COMMANDS["survey"], "-s", store, "-q").text()
    line = next(line for line in table.splitlines() if line.startswith(LOST))
    check(line.split()[2:] == ["unknown"] * 8, f"table: {line}")


@case
def the_page_shows_it(work):
    store = a_store(work)
    flipped(segment(store), 1500)
    for lang, words in (("en", ["Days that are lost, 1 of 14: " + LOST, "lost (damaged)"]),
                        ("ja", ["14日のうち1日分", "破損により不明"])):
        result = hotaru("report", "-q", "-s", store, "-o", work / lang, "--lang", lang, "--min-support", "5")
        equal(result.code, 3, "exit code")
        check(any(f"{LOST} is lost" in line for line in result.errors()), f"{result.errors()}")
        page = (work / lang / "index.html").read_text(encoding="utf-8")
        for word in words:
            check(word in page, f"{lang}: {word}")
    for table in ("survey", "ports", "rules"):
        rows = rows_of((work / "en" / f"{table}.csv").read_text())
        of_it = [r for r in rows if r["day"] == LOST]
        check(of_it and not any(v for r in of_it for k, v in r.items() if k not in NAMES), f"{table}.csv: {of_it}")
    sound = hotaru("report", "-q", "-s", made() / "store", "-o", work / "sound")
    check(sound.code == 0 and "lost (damaged)" not in (work / "sound" / "index.html").read_text(), "a sound store")


# ---- getting it back

def drop(store):
    result = hotaru("verify", "-s", store, "--drop-damaged", "--yes")
    equal(result.code, 0, f"drop: {result.errors()}")
    return [line.split("'")[1] for line in result.errors() if "take in again: '" in line]


def tables(store):
    return [csv_of(*words, "-s", store) for words in
            (*(COMMANDS[name] for name in ("survey", "ports", "sources", "rules")), ["lifetimes"], ["ledger"])]


@case
def the_captures_of_a_dropped_day_fill_it_and_no_other(work):
    """In a zone in which every capture reaches over midnight, so that all of them hang together."""
    captures = sorted(str(c) for c in (made() / "captures").iterdir())
    store = work / "store"
    succeed("ingest", "-q", "-s", store, "--zone", "+09:00", *TELESCOPE, *captures)
    path = segment(store)
    content, want, before = path.read_bytes(), tables(store), sorted(p.name for p in store.glob("*.segment"))
    for damage in (missing,) if is_short() else (missing, lambda p: flipped(p, 2000)):
        damage(segment(store))
        owing = drop(store)
        equal(owing, captures[7:9], "captures of the day alone")
        equal(sorted(p.name for p in store.glob("*.segment")), [n for n in before if not n.startswith(LOST)],
              "segments that are left")
        result, rows = ask(store, COMMANDS["survey"])
        check(result.code == 3 and any(f"{LOST} is lost: it was dropped" in line for line in result.errors()),
              f"until then it is lost: {result.errors()}")
        equal({v for r in rows if r["day"] == LOST for k, v in r.items() if k not in NAMES}, {""}, "unknown")
        equal(hotaru("survey", "-q", "-s", store, "--strict").code, 1, "strict")
        notes = hotaru("verify", "-s", store)
        check(notes.code == 0 and sum(f"note: {LOST} is lost until" in line for line in notes.errors()) == 2,
              f"verify: {notes.errors()}")
        # Once both are there; one of them is not enough, and others change nothing.
        succeed("ingest", "-q", "-s", store, *captures[:7], *captures[9:])
        equal(ask(store, COMMANDS["survey"])[0].code, 3, "others")
        result = hotaru("ingest", "-s", store, *captures)
        equal([line for line in result.errors() if "fills" in line],
              [f"hotaru: '{name}' fills {LOST} again" for name in owing], "what is said")
        equal(segment(store).read_bytes(), content, "its bytes")
        equal(tables(store), want, "as before")
        succeed("ingest", "-q", "-s", store, *captures)
        equal(tables(store), want, "again")
        equal(hotaru("verify", "-q", "-s", store).errors(), [], "verify")
    # One after the other, with a name that is another, and compressed or not: by content.
    flipped(segment(store), 2000)
    drop(store)
    for i, name in enumerate(captures[7:9]):
        shutil.copyfile(name, work / f"copy{i}")
        equal(ask(store, COMMANDS["survey"])[0].code, 3, "not yet")
        succeed("ingest", "-q", "-s", store, work / f"copy{i}", work / f"copy{i}")
    equal(tables(store)[:-1], want[:-1], "one by one")
    succeed("compact", "-q", "-s", store)
    equal(segment(store).read_bytes(), content, "compacted")


@case
def what_goes_on_from_a_capture_that_owes_a_day_waits_for_it(work):
    """Else the day would be whole without it, or what is new would count twice."""
    store, name = a_store(work), made() / "captures" / f"{LOST}.pcap"
    missing(segment(store))
    equal([pathlib.Path(owing).name for owing in drop(store)], [name.name], "who owes")
    longer = work / "longer.pcap"
    content = name.read_bytes()
    longer.write_bytes(content + content[24:24 + 16 + int.from_bytes(content[32:36], "little")])
    result = hotaru("ingest", "-s", store, longer)
    check(result.code == 1 and "goes on from a capture of which days were dropped" in result.errors()[-1],
          f"{result.errors()}")
    equal(ask(store, COMMANDS["survey"])[0].code, 3, "it is lost still")
    succeed("ingest", "-q", "-s", store, name)
    succeed("ingest", "-q", "-s", store, longer)
    equal(ask(store, COMMANDS["survey"])[0].code, 0, "it is whole")


@case
def several_dropped_days_come_back_too(work):
    captures = sorted(str(c) for c in (made() / "captures").iterdir())
    store = work / "store"
    succeed("ingest", "-q", "-s", store, "--zone", "+09:00", *TELESCOPE, *captures)
    want = tables(store)
    for day in (DAYS[3], DAYS[4], DAYS[11]):
        missing(segment(store, day))
    equal(drop(store), captures[2:5] + captures[10:12], "captures")
    # A day that is dropped again while it is owed, with what came meanwhile.
    succeed("ingest", "-q", "-s", store, captures[2])
    missing(segment(store, DAYS[3]))
    equal(drop(store), captures[2:4], "captures of the day that is dropped again")
    succeed("ingest", "-q", "-s", store, *reversed(captures))
    equal(tables(store), want, "as before")
    equal(hotaru("verify", "-q", "-s", store).errors(), [], "verify")


# ---- what else may lie in the folder

def make_folder(path):
    path.mkdir()


def make_link_to_a_device(path):
    path.symlink_to("/dev/zero")


ODD = {"pipe": os.mkfifo, "folder": make_folder, "device": make_link_to_a_device}


def one_line(result, text, what):
    check(result.code == 1 and len(result.errors()) == 1 and text in result.errors()[0],
          f"{what}: {result.code}, {result.errors()}")


@case
def what_is_no_file_is_named_and_nobody_waits(work):
    capture = sorted((made() / "captures").iterdir())[0]
    for kind, make in ODD.items():
        for name in ("catalog.sqlite", "catalog.sqlite-wal", "lock"):
            store = a_store(work, f"{kind} {name}")
            if (store / name).exists():
                (store / name).unlink()
            make(store / name)
            for words in (["survey", "-s", store], ["verify", "-s", store],
                          ["ingest", "-q", "-s", store, capture]):
                one_line(hotaru(*words), f"{name}' is no file, but a", f"{kind} as {name}, {words[0]}")
                check("move it away" in hotaru(*words).errors()[0], f"{kind} as {name}: what to do")


@case
def folders_that_look_like_leftovers_block_nothing(work):
    captures = sorted((made() / "captures").iterdir())
    succeed("ingest", "-q", "-s", work / "s", *TELESCOPE, *captures[:2])
    os.mkdir("s/x.segment.new")
    os.mkdir(f"s/{DAYS[5]}.000003.segment")
    os.mkfifo("s/y.segment.new")
    notes = hotaru("verify", "-s", "s").errors()
    equal(sorted(notes), sorted([
        "hotaru: note: 'x.segment.new' is a folder, of which hotaru makes none; no harm",
        f"hotaru: note: '{DAYS[5]}.000003.segment' is a folder, of which hotaru makes none; no harm",
        "hotaru: note: 'y.segment.new' was left by a change that did not end (a crash, a full disk), or is "
        "of a writer at work; no "
        "harm, the next ingest removes it"]), "notes")
    succeed("ingest", "-q", "-s", "s", captures[2])
    equal(sorted(p.name for p in pathlib.Path("s").glob("[xy]*")), ["x.segment.new"], "what is left")
    # One that has the name that is needed: a line that says so.
    for number, aside in ((3, ""), (4, ".new")):
        os.mkdir(f"s/{DAYS[3]}.{number:06}.segment{aside}")
        one_line(hotaru("ingest", "-q", "-s", "s", captures[3]), "a folder has that name; move it away", aside)
        os.rmdir(f"s/{DAYS[3]}.{number:06}.segment{aside}")
    succeed("ingest", "-q", "-s", "s", captures[3])


@case
def a_folder_in_place_of_a_segment_can_be_dropped(work):
    store = a_store(work)
    path = segment(store)
    a_folder(path)
    result = hotaru("verify", "-s", store, "--drop-damaged", "--yes")
    check(result.code == 0 and any("take in again" in line for line in result.errors()), f"{result.errors()}")
    succeed("ingest", "-q", "-s", store, *sorted((made() / "captures").iterdir()))
    equal(csv_of("survey", "-s", store), csv_of("survey", "-s", made() / "store"), "as before")


@case
def few_descriptors_are_no_damage(work):
    capture = sorted((made() / "captures").iterdir())[0]
    for count in range(4, 12):
        def limit(count=count):
            resource.setrlimit(resource.RLIMIT_NOFILE, (count, count))
        for words in (["ingest", "-q", "-s", work / f"s{count}", capture],
                      ["survey", "-q", "-s", made() / "store", "--family", "*"]):
            result = hotaru(*words, preexec_fn=limit)
            if result.code in (0, 127):
                continue
            one_line(result, "Too many open files; allow more of them (ulimit -n)", f"{count}, {words[0]}")
            check("damaged" not in result.errors()[0] and "null" not in result.errors()[0], f"{result.errors()}")


run_cases()
