#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""`hotaru incidents`: the list, one's own in it, and on the page; `--around` against a naive count."""
import csv
import io
import os
import pathlib
import re

from harness import case, check, csv_of, equal, ethernet, hotaru, pcap, record, run_cases, succeed, syn, write

DAY_NS = 86400 * 10**9
FIRST = 17045  # 2016-09-01
HEADER = "date,label,size,unit,source,confidence,label_ja"
OWN = ("date,label,size,unit,source,confidence\n"
       "2016-09-03,\"An outage, with <b>markup</b>\",3,hours,us,high\n"
       "2016-09-19,OVH attacked,,,us,low\n"
       "-,KrebsOnSecurity attacked\n")


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
    for words, told in ((("--from", "-3"), "days of the calendar"), ((name,), "takes no 'seen.pcap'")):
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


run_cases()
