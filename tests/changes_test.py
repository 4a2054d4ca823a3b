#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""`hotaru changes`: its rule once more and naively, over the counts that other commands print; that the report
says the same, in the same words; and its exit codes.
"""
import calendar
import csv
import html
import io
import math
import pathlib
import random
import re
import time

from harness import (DAY_NS, address, case, check, csv_of, equal, ethernet, fixture, hotaru, pcap, record, run_cases,
                     succeed, syn, udp, ipv4, write)

BEGIN = calendar.timegm((2016, 9, 1, 0, 0, 0)) // 86400
DAYS = 46
DARK = address("198.51.100.0")
COUNTRIES, NETWORKS = "countries.csv", "networks.csv"
RULES = ["--min-support", "20"]


def day_text(day):
    year, month, of_month = time.gmtime(86400 * (BEGIN + day))[:3]
    return f"{year}-{month:02}-{of_month:02}"


def numbers_of(day, dice):
    """(first source, sources, port, windows, is_mirai, is_udp) of a day."""
    yield 0x10000000, 60 + dice.randrange(-6, 7), 23, (8192,), False, False
    yield 0x20000000, 9 + dice.randrange(-3, 4), 7547, (1024,), False, False
    yield 0x21000000, 40 if day < 42 else 2, 81, (1024,), False, False
    yield 0x22000000, 30 + dice.randrange(-4, 5), 1900, (1024,), False, True
    yield 0x23000000, 45, 22, (501, 502) if day < 41 else (501,), False, False
    if day == 36:
        yield 0x31000000, 130, 7547, (4096,), True, False
    if day >= 30:
        yield 0x32000000, min(4 * (day - 29), 40), 5555, (4096,), True, False
    if day == 38:
        yield 0x10800000, 65, 23, (8192,), False, False
    if day >= 44:
        yield 0x40000000, 25, 445, (8192, 64240), False, False


def packets_of(day, dice):
    for first, sources, port, windows, is_mirai, is_udp in numbers_of(day, dice):
        for i in range(sources):
            time_ns = (BEGIN + day) * DAY_NS + dice.randrange(DAY_NS - 10**9)
            source, destination = first + 256 * i + day % 5, DARK + dice.randrange(256)
            if is_udp:
                yield record(time_ns, ethernet(ipv4(source, destination, 17, udp(40000, port))))
                continue
            for window in windows:
                seq = destination if is_mirai else 7
                yield record(time_ns, ethernet(syn(source, destination, port=port, seq=seq, window=window)))


def make(folder):
    dice = random.Random(6)
    records = [r for day in range(DAYS) for r in packets_of(day, dice)]
    # A frame every quarter of an hour, so that each day is covered as a whole.
    for quarter in range(96 * DAYS):
        records.append(record(BEGIN * DAY_NS + quarter * DAY_NS // 96, ethernet(b"", ethertype=0x0806)))
    write(folder / "days.pcap", pcap(sorted(records, key=lambda r: r[0])))
    write(folder / COUNTRIES, b"16.0.0.0,16.127.255.255,JP\n16.128.0.0,16.255.255.255,FR\n32.0.0.0,63.255.255.255,DE\n")
    write(folder / NETWORKS, b"16.0.0.0,16.127.255.255,64500,JP,First\n49.0.0.0,49.255.255.255,64501,DE,Second & <b>\n"
                    b"50.0.0.0,64.255.255.255,64502,DE,Third\n")
    succeed("ingest", "-q", "-s", folder / "store", "--telescope", "198.51.100.0/24", folder / "days.pcap")


def files():
    """The folder with the store and the databases."""
    return fixture("changes", make)


def databases():
    return ["--country-db", files() / COUNTRIES, "--asn-db", files() / NETWORKS]


# ---- the rule, naively

def more(n, m):
    return 2 * (math.sqrt(n + 3 / 8) - math.sqrt(m + 3 / 8)) > 5


def step(n, m, is_place):
    """How far it came of 1.25, 2 and 3 times as many."""
    return sum(n > times * m for times in (1.25, 2, 3)) if more(n, m) and (n >= 20 or not is_place) else 0


def raw(counts, day, totals):
    """What the day is at once, and slowly, and whether it is gone; None: nobody knows."""
    past = range(max(0, day - 28), day)
    if len(past) < 7:
        return None
    share = [totals[day] / totals[i] if totals else 1 for i in past]
    high = [counts[i] * max(1, s) for i, s in zip(past, share)]
    low = [counts[i] * min(1, s) for i, s in zip(past, share)]
    n = counts[day]
    at_once = 3 if n >= 20 and n > 3 * max(high) else step(n, max(high), totals)
    if len(past) - 7 < 7:
        return at_once, 0, False
    least = min(low[:-7])
    return at_once, step(n, max(high[:-7]), totals), least >= 20 and 10 * n < least and more(least, n)


def change(counts, day, totals):
    found = raw(counts, day, totals)
    if found is None:
        return None
    at_once, slowly, is_gone = found
    told = [r for r in (raw(counts, i, totals) for i in range(max(0, day - 14), day)) if r]
    if at_once == 3 or slowly == 3 and all(max(r[:2]) < 3 for r in told):
        return "new"
    if at_once or slowly and all(max(r[:2]) < slowly for r in told):
        return "grown"
    return "gone" if is_gone and not any(r[2] for r in told) else None


def naive(courses):
    """Rows of courses {(subject, id): counts}, of places by their share."""
    rows = set()
    for (subject, name), counts in courses.items():
        totals = None
        if subject in ("country", "network"):
            totals = [sum(c[day] for key, c in courses.items() if key[0] == subject) for day in range(DAYS)]
        for day in range(DAYS):
            what = change(counts, day, totals)
            if what and name != "unknown":
                past = sorted(counts[max(0, day - 28):day])
                rows.add((day_text(day), what, subject, name, str(counts[day]), str(past[len(past) // 2]),
                          str(past[-1])))
    return rows


def rows_of(text):
    return list(csv.DictReader(io.StringIO(text)))


def courses():
    """What other commands count by day."""
    found, numbers = {}, {day_text(day): day for day in range(DAYS)}

    def note(key, day, sources):
        found.setdefault(key, [0] * DAYS)[numbers[day]] = int(sources)

    for row in rows_of(csv_of("survey", "-s", files() / "store")):
        note(("family", row["family"]), row["day"], row["sources"])
    for row in rows_of(csv_of("ports", "-s", files() / "store")):
        if row["family"] == "*":
            note(("port", f"{row['protocol']}/{row['port']}"), row["day"], row["sources"])
    for by, subject in (("country", "country"), ("asn", "network")):
        for day in numbers:
            words = ["places", "-q", "-s", files() / "store", "--by", by, *databases()[2 * (by == "asn"):][:2]]
            for row in rows_of(csv_of(*words, "--from", day, "--to", day)):
                note((subject, row["place"]), day, row["sources"])
    return found


def run(*words, form="csv"):
    return hotaru("changes", "-q", "-s", files() / "store", *databases(), *RULES, "--format", form, *words)


def changes(*words, code=None, form="csv"):
    """The text; without a code any that `changes` has."""
    result = run(*words, form=form)
    check(result.code in ((0, 4) if code is None else (code,)), f"{words}: exit code {result.code} {result.errors()}")
    return result.text()


# ---- cases

@case
def the_rule_is_the_one_that_is_told(_):
    rows = rows_of(changes("--days", str(DAYS)))
    got = [(r["day"], r["change"], r["subject"], r["id"], r["sources"], r["usual"], r["most_before"])
           for r in rows if r["subject"] != "rule"]
    want = naive(courses())
    equal(set(got), want, "changes")
    equal(len(got), len(set(got)), "each once")
    for what in (("new", "port", "tcp/7547"), ("grown", "port", "tcp/23"), ("gone", "port", "tcp/81"),
                 ("new", "port", "tcp/5555"), ("new", "family", "mirai"), ("new", "country", "FR"),
                 ("new", "network", "AS64501")):
        check(any(row[1:4] == what for row in got), f"{what} is not told: {got}")
    equal([r["day"] for r in rows], sorted((r["day"] for r in rows), reverse=True), "the newest day first")
    rules = {(r["day"], r["change"], r["id"]) for r in rows if r["subject"] == "rule"}
    new = {(r["day"], "new", f"{r['antecedent']} => {r['consequent']}")
           for r in rows_of(csv_of("rules", "-q", "-s", files() / "store", "--new", *RULES))}
    equal({r for r in rules if r[1] == "new"}, new, "new rules")
    equal({r for r in rules if r[1] == "gone"}, {(day_text(41), "gone", "window=501 => window=502")}, "rules that are gone")


@case
def the_exit_code_says_whether_something_changed(_):
    for day in (3, 29, 36, 40, 41, 42):
        rows = rows_of(changes("--day", day_text(day)))
        equal(run("--day", day_text(day)).code, 4 if rows else 0, f"{day_text(day)} with {len(rows)} rows")
        equal({r["day"] for r in rows} - {day_text(day)}, set(), "rows of other days")
        equal(run("--day", day_text(day), form="table").code, 4 if rows else 0, day_text(day))
    line = [line for line in changes("--day", day_text(36), form="json", code=4).splitlines() if "tcp/7547" in line][0]
    check(line.startswith(f'{{"day":"{day_text(36)}","change":"new","subject":"port","id":"tcp/7547","name":""'), line)


@case
def a_quiet_day_says_so(_):
    text = changes("--day", day_text(29), form="table")
    check(f"Nothing changed on {day_text(29)}: of " in " ".join(text.split()), text)
    check("Nothing changed in the 6 days before." in text, text)
    equal(changes("--day", day_text(29)).count("\n"), 1, "only the head of the table")


@case
def what_is_not_known_is_not_quiet(_):
    text = changes("--day", day_text(6), form="table")
    check("is not known yet: 6 of the 28 days before it are known, and it takes 7" in " ".join(text.split()), text)
    result = hotaru("changes", "-s", files() / "store", "--day", day_text(6), "--format", "csv")
    check("note: what changed on " in " ".join(result.errors()) and result.code == 0, result.errors())
    text = changes("--day", day_text(DAYS + 3), form="table")
    check("there are no captures of that day" in " ".join(text.split()), text)
    result = hotaru("changes", "-q", files() / "days.pcap")
    check(result.code == 0 and "families, ports and rules none" in result.text(), result.text())


@case
def the_text_fits_a_terminal(_):
    for day in (36, 42, 45):
        text = changes("--day", day_text(day), form="table", code=None)
        lines = text.splitlines()
        check(len(lines) <= 24 and all(len(line) < 80 for line in lines), text)
        check("\x1b" not in text and not any(line.endswith(" ") for line in lines), repr(text))


@case
def ones_own_come_first(_):
    """Day 36 has new networks and countries; nothing is left out, said twice, or put elsewhere."""
    def paragraphs(text):
        return [" ".join(part.split()) for part in re.split(r"\n(?=\S)", text) if part.strip()]

    day = ["--day", day_text(36)]
    plain = paragraphs(changes(*day, form="table", code=4))
    text = changes(*day, "--home", "as64501,JP,192.0.2.0/24", form="table", code=4)
    got = paragraphs(text)
    equal(got[1], "Your own (AS64501, JP): New: network AS64501 Second & <b>", "one's own")
    equal("".join(got).count("AS64501"), 2, "said once, and its name in the heading")
    equal(got[-1], "Not known of 192.0.2.0/24: countries and networks are compared, no prefixes.", "a prefix")
    check(any("network AS64501" in line for line in plain[1:]), plain)
    check(all(len(line) < 80 and line.rstrip() == line for line in text.splitlines()), text)
    quiet = paragraphs(changes(*day, "--home", "JP", form="table", code=4))
    equal([quiet[0], quiet[1], *quiet[2:]], [plain[0], "Your own (JP): nothing changed.", *plain[1:]], "others as before")
    # On the days before, on a line of their own.
    week = changes("--day", day_text(39), "--home", "FR", form="table", code=None)
    check(re.search(rf"^{day_text(38)}  Your own: New: country France\n {{12}}Grown: port", week, re.M), week)


@case
def a_column_says_what_is_ones_own(_):
    words = ["--days", str(DAYS)]
    plain, own = changes(*words).splitlines(), changes(*words, "--home", "FR,AS64501").splitlines()
    equal([line.rsplit(",", 1)[0] for line in own], plain, "the same rows in the same order")
    equal({(r["id"], r["is_home"]) for r in rows_of("\n".join(own)) if r["is_home"] != "no"},
          {("FR", "yes"), ("AS64501", "yes")}, "rows that are marked")
    lines = changes(*words, "--home", "FR", form="json").splitlines()
    check(all(line.endswith((',"is_home":true}', ',"is_home":false}')) for line in lines), lines[0])
    equal(sum(line.endswith("true}") for line in lines), sum('"id":"FR"' in line for line in lines), "of France")
    check("is_home" not in changes(*words, form="json"), "without --home")
    equal(run("--columns", "is_home,id", "--home", "FR").text().splitlines()[0], "is_home,id", "--columns")


@case
def what_is_not_known_of_ones_own_is_said(_):
    words = ["-s", files() / "store", "--day", day_text(36), "--home", "JP,AS64501"]
    text = hotaru("changes", "-q", *words).text()
    check("Your own" not in text, text)
    for line in ("Not known of JP: countries of sources are not known here (--country-db).",
                 "Not known of AS64501: networks of sources are not known here (--asn-db)."):
        check(f"\n{line}\n" in text, text)
    errors = hotaru("changes", *words, "--asn-db", files() / NETWORKS, "--format", "csv").errors()
    check(any("note: not known of JP: " in line for line in errors) and "AS64501:" not in "".join(errors), errors)
    result = hotaru("changes", *words[:-1], "JP,nowhere")
    check(result.code == 2 and "'NOWHERE' is no country" in "".join(result.errors()), result.errors())


@case
def the_report_says_the_same(_):
    for day in (36, 42, 29, 45):
        succeed("report", "-q", "-s", files() / "store", "-o", "page", *databases(), *RULES, "--to", day_text(day))
        equal(pathlib.Path("page", "changes.csv").read_text("utf-8"),
              changes("--day", day_text(day), "--days", "7", code=None), f"{day_text(day)} as CSV")
        page = pathlib.Path("page", "index.html").read_text("utf-8")
        words = " ".join(html.unescape(re.sub(r"<[^>]*>", " ", page)).split())
        words = re.sub(r" (?=[,;)])", "", words)
        text = changes("--day", day_text(day), form="table", code=None)
        for paragraph in re.split(r"\n(?=\S)", text):
            sentence = re.sub(r"^\d\S+ ", "", " ".join(paragraph.split()))
            if re.match("New:|Grown:|Gone:|Nothing changed on|What changed", sentence):
                for part in re.split(" (?=New:|Grown:|Gone:)", sentence):
                    check(part in words, f"the page does not say: {part}")


@case
def the_report_says_first_what_is_ones_own(_):
    """In the words of the command, with all others behind it; and what is not known of."""
    def words_of(*home):
        succeed("report", "-q", "-s", files() / "store", "-o", "page", *databases(), *RULES, "--to", day_text(36), *home)
        page = pathlib.Path("page", "index.html").read_text("utf-8")
        words = html.unescape(re.sub(r"<[^>]*>", " ", page.split('id="changes"')[1].split("</div>")[0]))
        return " ".join(words.split())

    own = words_of("--home", "AS64501,JP,192.0.2.0/24")
    text = changes("--day", day_text(36), "--home", "AS64501,JP", form="table", code=4)
    check(" ".join(text.split("\n\n")[1].split()) in own, own)
    check("Not known of 192.0.2.0/24: " in own, own)
    equal(own.count("AS64501"), 2, "said once, and its name in front")
    check(own.index("Your own") < own.index("New: family"), own)
    check("Your own (JP): nothing changed." in words_of("--home", "JP"), "of Japan")
    check("Your own" not in words_of(), "without --home")


if __name__ == "__main__":
    run_cases()
