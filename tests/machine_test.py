#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What programs read: CSV and JSON of every command say the same, in the same notation.

The command lines are those of tests/command-lines.txt that ask a store, and some that take captures. In JSON
numbers are numbers, booleans are true and false, and lists are arrays; each value is that of the CSV's cell. Nothing is
cut off: there is no `...`, and what is a header value or a rule can be read back.
"""
import csv
import io
import json
import os
import pathlib
import random
import re
import shlex

import samples
import traffic
from harness import (DAY_NS, address, case, check, equal, ethernet, fixture, hotaru, is_short, pcap, printable, record,
                     csv_of, run_cases, succeed, syn, write, ROOT)

NOPS = b"\1" * 12
TEN_AND_MORE = "options=" + ",".join(["nop"] * 10) + ",more"
OWN = f"twelve = source {TEN_AND_MORE}\nold = source {TEN_AND_MORE.replace('more', '...')} ttl=50\n" \
      "web = tcp dst port 80 or tcp dst port 443\n".encode()
BEGIN_NS, DAYS = 17239 * DAY_NS, 16  # ten days before the odd traffic, and as long as it
VALUES = {"first": "2017-03-24", "second": "2017-03-25", "middle": "2017-03-26", "last": "2017-03-29",
          "before": "1990-01-01", "after": "2090-01-01", "low": "3", "high": "9"}
# In command-lines.txt, what is no table; and files of the samples that are not made here.
NO_TABLE = ("report", "notify", "ingest", "verify", "compact", "forget", "probe", "responses", "simulate", "--as-fingerprint")
# Texts for people: what they say is in no notation.
PROSE = {"fingerprints": ("rule", "what", "source", "evidence"), "info": ("value",), "settings": ("value",),
         "honeypot": ("client", "fetched"), "variants": ("published",), "incidents": ("label", "source", "confidence"),
         "ledger": ("reason", "meaning", "capture"), "sample": ("file", "evidence"), "places": ("name", "country_name"), "changes": ("name", "id")}
MIXED = {("info", "value"), ("settings", "value"), ("packets", "protocol")}  # texts, and numbers without a name
# All of them: without, JSON has more than CSV.
SAMPLE_COLUMNS = "file,format,packed,keys,entries,tokens,programs,c2,ports,logins,sha256,evidence"
NUMBER = re.compile(r"[-+]?[0-9]+(\.[0-9]+)?(e[-+]?[0-9]+)?%?|1/[0-9]+")
LIST = re.compile(r"\S[;,]\S")
BOOLEANS = ("yes", "no", "true", "false", "0/1", "Y", "N")


def many_options(rng):
    """90 hosts a day whose SYNs have twelve options; on the last day to a port that was not there before."""
    telescope = address(traffic.TELESCOPE.split("/", maxsplit=1)[0])
    for n in range(90 * DAYS):
        port = 7000 if n >= 90 * (DAYS - 1) else 23
        packet = syn(address("12.0.0.0") + n % 90 * 65537, telescope + n, port=port, seq=None, window=4321 + n % 3, ttl=50,
                     options=NOPS)
        yield record(BEGIN_NS + n // 90 * DAY_NS + rng.randrange(DAY_NS), ethernet(packet))


def make(folder):
    """A store of odd traffic, and of some hosts whose SYNs have twelve options."""
    os.chdir(folder)
    samples.make_databases()
    made = traffic.Traffic(4)
    for capture in made.captures:
        for number, piece in enumerate(capture.pieces(made.rng)):
            write(f"{number}.{capture.name}", piece)
    rng = random.Random(5)
    write("options.capture", pcap(sorted(many_options(rng), key=lambda row: row[0])))
    write("own.txt", OWN)
    succeed("ingest", "-q", "-s", "store", "-t", traffic.TELESCOPE, "--fingerprints", "own.txt", "--country-db", "early.csv",
            "--asn-db", "networks.csv", *sorted(str(path) for path in pathlib.Path(".").glob("*.capture")))
    write("own.jsonl", b"".join(b'{"address":"12.0.0.0","port":%d,"time":"2017-03-24T00:00:00Z","response":"eA=="}\n' % port
                                for port in (23, 7000)))
    succeed("responses", "-q", "-s", "store", "own.jsonl")
    write("cowrie.json", b"".join(b'{"eventid":"cowrie.%s","timestamp":"2017-03-24T00:00:0%dZ","src_ip":"192.0.2.%d","session":"x%d",%s}\n'
                                  % (event, second, number, number, more)
                                  for number in (1, 2) for second, (event, more) in enumerate((
                                      (b"session.connect", b'"src_port":5,"dst_ip":"198.51.100.1","dst_port":23,"protocol":"telnet"'),
                                      (b"command.input", b'"input":"/bin/busybox MIRAI"'),
                                      (b"command.input", b'"input":"/bin/busybox wget; /bin/busybox ECCHI"'),
                                      (b"session.file_download", b'"url":"http://192.0.2.9/x","shasum":""')))))
    succeed("honeypot", "-q", "-s", "store", "cowrie.json")
    os.chdir("/")


def rows_of(text):
    return list(csv.DictReader(io.StringIO(text)))


def lines():
    """The command lines that print a table of a store, as words without store and format."""
    section = None
    for text in (ROOT / "tests" / "command-lines.txt").read_text(encoding="utf-8").splitlines():
        if text.startswith("["):
            section = text.strip("[]")
        elif section in ("stores", "wide") and text.strip() and not text.startswith("#"):
            for key, value in VALUES.items():
                text = text.replace("{" + key + "}", value)
            words = shlex.split(text)
            if "=" not in words[0] and "-o" not in words and "--format" not in words and not {*words} & {*NO_TABLE}:
                yield words


def as_csv(value, cell):
    """The text of a JSON value in CSV, as far as `cell` has a choice: between what a list is joined by."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return next((joined for joined in (by.join(map(str, value)) for by in ";, ") if joined == cell), ";".join(map(str, value)))
    if isinstance(value, dict):
        return ";".join(f"{key}:{number:g}" for key, number in value.items()) or ("none" if cell == "none" else "")
    return value if isinstance(value, str) else cell if float(cell or "nan") == value else repr(value)


def wrong_text(command, column, text):
    """What is wrong with a text in JSON; None: nothing."""
    if (command, column) in MIXED or column in PROSE.get(command, ()) or column.startswith("name"):
        return None
    return "a number as text" if NUMBER.fullmatch(text) else "a truth as text" if text in BOOLEANS else \
        "a list as text" if LIST.search(text) else None


def check_row(what, command, objects, cells):
    """False: something was wrong, and said."""
    good = equal(list(objects), list(cells), f"{what}: columns")
    for (column, value), cell in zip(objects.items(), cells.values()):
        where = f"{what}: {column}"
        if isinstance(value, str):
            wrong = wrong_text(command, column, value)
            good = check(wrong is None, f"{where} is {wrong}: {value!r}") and good
            value = cell if cell == "'" + value else value  # what a spreadsheet would take for a formula
        for part in value if isinstance(value, list) else ():
            is_good = type(part) is int or isinstance(part, str) and not NUMBER.fullmatch(part)
            good = check(is_good, f"{where} has {part!r}") and good
        good = check(cell.lower() not in ("true", "false", "null", "nan", "inf", "-"), f"{where} is {cell!r} in CSV") and good
        is_plain = column == "p_value" or not re.fullmatch(r"[0-9.]+e-?[0-9]+", cell)
        good = check(is_plain, f"{where} is {cell} in CSV") and equal(as_csv(value, cell), cell, where) and good
    return good


def check_types(what, command, objects):
    """A column has values of one type, or none."""
    for column in objects[0] if objects else ():
        types = {"number" if type(row[column]) in (int, float) else type(row[column]).__name__ for row in objects}
        check(len(types - {"NoneType"}) < 2 or (command, column) in MIXED, f"{what}: {column} has {sorted(types)}")


def outputs(*words):
    """(CSV, JSON), or None: there is no such table of this store (places of flows, rules that need days)."""
    results = [hotaru(*words, "-q", "--format", form) for form in ("csv", "json")]
    codes = {result.code for result in results}
    check(len(codes) == 1, f"{' '.join(words)}: codes {codes}")
    return None if codes & {1, 2} else [result.out.decode() for result in results]


def check_line(words):
    what = " ".join(words)
    found = outputs(*words)
    if found is None:
        return 0
    for text in found:
        cut = re.search(r".{0,60}(\.\.\.|…)", text)
        check(cut is None, f"{what}: {cut and printable(cut.group())}")
    cells = rows_of(found[0])
    objects = [json.loads(line) for line in found[1].splitlines()]
    equal(len(objects), len(cells), f"{what}: rows")
    for row, of_csv in zip(objects, cells):
        if not check_row(what, words[0], row, of_csv):
            break
    check_types(what, words[0], objects)
    return len(objects)


@case
def every_command(_):
    folder = fixture("machine", make)
    os.chdir(folder)
    asked = {}
    for number, words in enumerate(lines()):
        if number % 4 == 0 or not is_short() or words[0] not in asked:
            rows = check_line([*words, "-s", "store"])
            asked[words[0]] = asked.get(words[0], 0) + rows
    captures = sorted(str(path) for path in pathlib.Path(".").glob("*.capture"))
    for words in (("fingerprints", "--fingerprints", "own.txt"), ("rules", "--fields", "options", "--min-support", "9", "-s", "store"),
                  ("rules", "--new", "--across", "--min-support", "9", "-s", "store"), ("packets", *captures),
                  ("survey", *captures), ("sample", "--columns", SAMPLE_COLUMNS, "malware"), ("incidents",),
                  ("events", *captures), ("attacks", "--packets", "1", "--seconds", "0", "--per-minute", "1", *captures)):
        asked[words[0]] = asked.get(words[0], 0) + check_line(words)
    help_text = succeed("--help")
    for command in re.findall(r"(?m)^  ([a-z]+)  ", help_text):
        if "--format" in succeed(command, "--help") and command not in NO_TABLE:
            check(asked.get(command, 0) > 0, f"no row of {command} was looked at")


@case
def what_is_a_fingerprint_can_be_read_back(folder):
    """Of SYNs with more than ten options, too, and as older files have them."""
    made = fixture("machine", make)
    store = str(made / "store")
    rules = {row["name"]: row["rule"] for row in rows_of(csv_of("fingerprints", "-s", store))}
    equal((rules["twelve"], rules["old"]), (f"source {TEN_AND_MORE}", f"source {TEN_AND_MORE} ttl=50"), "rules")
    asked = ("rules", "-s", store, "--across", "--fields", "options,window", "--min-support", "20", "--from", "2017-03-14")
    found = {item for row in rows_of(csv_of(*asked)) for item in row["antecedent"].split(";") + row["consequent"].split(";")}
    check(TEN_AND_MORE in found, f"rules of {found}")
    settings = [row["value"] for row in rows_of(csv_of("settings", "-s", store)) if row["setting"] == "fingerprint"]
    write("again.txt", "\n".join(settings).encode())
    for own in ("again.txt", str(made / "own.txt")):
        survey = csv_of("survey", "--family", "twelve,old", "--fingerprints", own, str(made / "options.capture"))
        equal({row["family"]: row["sources"] for row in rows_of(survey) if row["sources"] != "0"},
              {"twelve": "90", "old": "90"}, own)
    succeed(*asked, "-q", "--as-fingerprint", "-o", "made.txt")
    check(TEN_AND_MORE in pathlib.Path("made.txt").read_text(encoding="utf-8"), "no rule became a fingerprint")
    succeed("fingerprints", "--fingerprints", "made.txt")


if __name__ == "__main__":
    run_cases()
