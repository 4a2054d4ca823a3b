#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""`hotaru incidents`: the list, one's own in it, and on the page; `--around` against a naive count."""
import collections
import csv
import datetime
import io
import math
import os
import pathlib
import random
import re

from harness import case, check, csv_of, equal, ethernet, hotaru, pcap, record, run_cases, succeed, syn, write

DAY_NS = 86400 * 10**9
FIRST = 17045  # 2016-09-01
HEADER = "date,label,size,unit,source,confidence,label_ja"
OWN = ("date,label,size,unit,source,confidence\n"
       "2016-09-03,\"An outage, with <b>markup</b>\",3,hours,us,high\n"
       "2016-09-19,OVH attacked,,,us,low\n"
       "-,KrebsOnSecurity attacked\n")


def day_text(day):
    return (datetime.date(1970, 1, 1) + datetime.timedelta(days=FIRST + day)).isoformat()


def capture():
    frames = [record((FIRST + day) * DAY_NS + 10**9, ethernet(syn(0x0a000001 + day, 0xc6336401))) for day in range(40)]
    return write("seen.pcap", pcap(frames)).name


@case
def the_list_is_the_file_of_the_project(_):
    built_in = pathlib.Path(os.environ["HOTARU_SOURCE_ROOT"], "src/incident/incidents.csv").read_text()
    equal(csv_of("incidents"), built_in, "the list")
    equal(built_in.splitlines()[0], HEADER, "its columns")
    rows = list(csv.DictReader(io.StringIO(csv_of("incidents", "--from", "2016-09-20", "--to", "2016-10-21"))))
    equal([row["date"] for row in rows], ["2016-09-20", "2016-09-30", "2016-10-05", "2016-10-21"], "days")
    write("copy.csv", built_in.encode())
    equal(csv_of("incidents", "--incidents", "copy.csv"), built_in, "the list merged with itself")


@case
def own_ones_are_merged(_):
    write("own.csv", OWN.encode())
    rows = list(csv.DictReader(io.StringIO(csv_of("incidents", "--incidents", "own.csv", "--to", "2016-09-30"))))
    equal([(row["date"], row["label"]) for row in rows],
          [("2016-08-02", "Mirai-like SYNs begin"), ("2016-09-03", "An outage, with <b>markup</b>"),
           ("2016-09-17", "23/TCP surges in Japan"), ("2016-09-19", "OVH attacked"),
           ("2016-09-30", "Mirai source code released")], "merged")


@case
def what_is_wrong_is_told(_):
    name = capture()
    write("wrong.csv", b"date,label\n2016-09-03,fine\n2016-09-31,no such day\n")
    for words in (("incidents",), ("report", name, "-o", "page")):
        result = hotaru(*words, "--incidents", "wrong.csv")
        equal(result.code, 2, f"{words[0]}: a bad date")
        check("'wrong.csv' line 3 has a date that is no YYYY-MM-DD" in result.errors()[-1], result.errors())
    check(hotaru("incidents", "--incidents", "missing").code == 1, "a file that is not there")
    for words, told in ((("--from", "-3"), "days of the calendar"), ((name,), "without --around")):
        result = hotaru("incidents", *words)
        check(result.code == 2 and told in result.errors()[-1], f"{words}: {result.errors()}")


@case
def figures_mark_them(_):
    name = capture()
    write("own.csv", OWN.encode())
    succeed("report", name, "-o", "page", "--family", "*", "--port", "23", "--incidents", "own.csv")
    page = pathlib.Path("page/index.html").read_text()
    for figure in (page, pathlib.Path("page/all.svg").read_text(), pathlib.Path("page/ports-chosen.svg").read_text()):
        keys = re.findall(r'class="mute">(20\d\d-\d\d-\d\d [^<]+)<', figure)
        check("2016-09-03 An outage, with &lt;b&gt;markup&lt;/b&gt;" in keys, f"ours: {keys}")
        check(not any("Krebs" in key for key in keys) and any("OVH" in key for key in keys), f"the others: {keys}")
    equal(pathlib.Path("page/incidents.csv").read_text(),
          csv_of("incidents", "--incidents", "own.csv", "--from", "2016-09-01", "--to", "2016-10-10"), "beside the page")



# ---- around a day

DAYS, MISSING, PARTLY = 60, (9, 33), (20,)


def half_hours(day):
    return range(48) if day not in PARTLY else range(30)


def weeks(seed):
    """Sources by (day, port), and a capture of them: somebody is seen every half hour, but where the telescope was off."""
    dice = random.Random(seed)
    sources, frames = collections.defaultdict(set), []
    for day in range(DAYS):
        if day in MISSING:
            continue
        sent = [(half * 1800, 0x0a000001, 9) for half in half_hours(day)] + [(86399 if day not in PARTLY else 60000, 0x0a000001, 9)]
        for port, usual in ((23, 40), (80, 3), (443, 1), (7547, 60 if day >= 40 else 0)):
            for _ in range(dice.randrange(usual + 1)):
                sent.append((dice.randrange(54000), 0x0b000000 + dice.randrange(1 << 16), port))
        for second, source, port in sent:
            sources[day, port].add(source)
            frames.append(((FIRST + day) * 86400 + second, source, port))
    return sources, write("weeks.pcap", pcap([record(second * 10**9, ethernet(syn(source, 0xc6336401, port=port, seq=1)))
                                              for second, source, port in sorted(frames)])).name


def naive_around(sources, port, event, length):
    known = [day for day in range(DAYS) if day not in MISSING + PARTLY]

    def window(start):
        days = [len(sources[day, port]) for day in range(start, start + length) if day in known]
        return len(days), sum(days) / len(days) if days else 0

    def change(before, after):
        return math.log((after + 0.5) / (before + 0.5))

    (days_before, before), (days_after, after) = window(event - length), window(event)
    others = []
    for t in range(length, DAYS - length + 1):
        (known_before, b), (known_after, a) = window(t - length), window(t)
        if abs(t - event) >= 2 * length and 2 * known_before >= length and 2 * known_after >= length:
            others.append(change(b, a))
    others.sort()
    rank = [math.exp(others[-(-share * len(others) // 100) - 1]) if others else None for share in (5, 95)]
    return {"before": before, "after": after, "ratio": after / before if before else None,
            "usual_low": rank[0], "usual_high": rank[1],
            "as_large": sum(abs(other) >= abs(change(before, after)) - 1e-9 for other in others), "pairs": len(others),
            "days_before": days_before, "days_after": days_after}


@case
def around_is_what_it_says(_):
    sources, name = weeks(3)
    for event, length in ((40, 7), (40, 1), (35, 14), (3, 7), (58, 5), (62, 7)):
        rows = list(csv.DictReader(io.StringIO(csv_of("incidents", name, "--around", day_text(event), "--days", length))))
        ports = {row["key"]: row for row in rows if row["measure"] == "port"}
        for port in (9, 23, 80, 443, 7547):
            wanted = naive_around(sources, port, event, length)
            row = ports.get(f"tcp/{port}")
            if not wanted["before"] + wanted["after"] or not wanted["days_before"] or not wanted["days_after"]:
                check(row is None, f"{event} {length} {port}: nobody came, and still {row}")
                continue
            for column, value in wanted.items():
                check(row and (row[column] == "" if value is None else abs(float(row[column]) - value) < 1e-6),
                      f"{event} {length} {port} {column}: {row}, not {value}")
        shares = [int(row["as_large"]) / max(1, int(row["pairs"])) for row in ports.values()]
        equal(shares, sorted(shares), f"{event} {length}: the order")
    rows = list(csv.DictReader(io.StringIO(csv_of("incidents", name, "--around", day_text(40)))))
    equal(next(row["key"] for row in rows if row["measure"] == "port"), "tcp/7547", "what is new comes first")


@case
def around_tells_what_is_not_known(_):
    _, name = weeks(3)
    for day, told in (("2016-08-20", "no day of the 7 before it"), ("2016-09-01", "no day of the 7 before it"),
                      ("2017-01-20", "no day of the 7 before it"), ("2016-10-11", "over 6 of 7 days before 2016-10-11")):
        result = hotaru("incidents", name, "--around", day)
        check(result.code == 0 and any(told in line for line in result.errors()), f"{day}: {result.errors()}")
    for label, told in (("surge in Japan", "2017-11-02 Mirai variants surge in Japan; 2017-11-16"), ("no such", "no incident is called 'no such'")):
        result = hotaru("incidents", name, "--around", label)
        check(result.code == 2 and told in result.errors()[-1], f"{label}: {result.errors()}")
    equal(csv_of("incidents", name, "--around", "dyn"), csv_of("incidents", name, "--around", "2016-10-21"), "by label, by day")


@case
def around_finds_the_wave(_):
    succeed("simulate", "-q", "--scale", "0.0005", "-o", "half-year.pcap")
    rows = list(csv.DictReader(io.StringIO(csv_of("incidents", "half-year.pcap", "--around", "Deutsche Telekom"))))
    first = next(row for row in rows if row["measure"] == "port")
    check(first["key"] == "tcp/7547" and first["as_large"] == "0" and float(first["after"]) > 10 * float(first["before"]), first)


run_cases()
