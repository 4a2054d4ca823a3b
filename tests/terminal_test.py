#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What people see at a terminal: errors that say what was meant, help that fits, tables of its width.
"""
import calendar
import csv
import fcntl
import io
import json
import os
import pathlib
import pty
import re
import struct
import subprocess
import termios
import unicodedata

from harness import (DAY_NS, HOTARU, case, check, csv_of, environment, equal, ethernet, hotaru, pcap, record,
                     run_cases, succeed, syn, write)

BEGIN_NS = calendar.timegm((2016, 9, 1, 0, 0, 0)) * 10**9
HERE = "198.51.100.7"


def capture(name="a.pcap", days=2):
    packets = [record(BEGIN_NS + day * DAY_NS + i * 10**9,
                      ethernet(syn(f"1.0.{i}.1", HERE, seq=None, port=(23, 2323)[i % 2])))
               for day in range(days) for i in range(25)]
    return write(name, pcap(packets)).name


def store():
    succeed("ingest", "-q", "-s", "a store", capture())
    return "a store"


def commands():
    return re.findall(r"^  (?!hotaru)([a-z]+) ", succeed("--help"), re.M)


def refused(*words, code=2):
    result = hotaru(*words)
    check(result.code == code, f"{words}: exit code {result.code}")
    return " ".join(result.errors())


# ---- errors

@case
def what_was_meant_is_suggested(_):
    """Commands, options, choices, fingerprints, fields of rules, whatever the case; never what is far."""
    name = capture()
    for words, meant in (
            (["Survey", name], "survey"), (["srvey", name], "survey"), (["help", "PORTS"], "ports"),
            (["survey", name, "--famly", "mirai"], "--family"), (["survey", name, "--Gap=3"], "--gap"),
            (["survey", name, "-S", "x"], "-s"), (["places", name, "--by", "ASN"], "asn"),
            (["places", name, "--by", "prefix61"], "prefix16"), (["survey", name, "--format", "JSON"], "json"),
            (["survey", name, "--family", "Mirai"], "mirai"), (["ports", name, "--family", "mirai2016"], "mirai-2016"),
            (["packets", name, "--family", "MASSCAN"], "masscan"), (["sources", name, "--family", "zmpa"], "zmap"),
            (["rules", name, "--fields", "windw"], "window"), (["survey", name, "--from", "Today"], "today"),
            (["survey", name, "--fractions", "Nanoseconds"], "nanoseconds"),
            (["simulate", "--scenario", "mirai-2106"], "mirai-2016")):
        said = refused(*words, code=1 if words[0] == "simulate" else 2)
        check(said.endswith(f"; did you mean '{meant}'?"), f"{words}: {said}")
    for words in (["forecast"], ["places", name, "--by", "city"], ["survey", name, "--family", "qbot"],
                  ["survey", name, "--verbose"], ["rules", name, "--fields", "colour"]):
        said = refused(*words)
        check("did you mean" not in said, f"{words}: {said}")


def options_of(command):
    """Names of options, and what their values are called."""
    return re.findall(r"^ +(?:-\w, )?--([a-z-]+)(?: (\S+))?$|^ +(?:-\w, )?--([a-z-]+)(?: (\S+))?  ",
                      succeed(command, "--help"), re.M)


@case
def choices_are_listed(_):
    """Of every option that has some: each that an error lists is taken."""
    name, found = capture(), 0
    for command in commands():
        for option in {a or c for a, _, c, _ in options_of(command)}:
            said = " ".join(hotaru(command, f"--{option}", "nothing of it").errors())
            listed = re.search(rf"--{option} takes (\w+(?:\|\w+)+), not 'nothing of it'", said)
            if listed is None:
                continue
            found += 1
            for word in listed.group(1).split("|"):
                said = " ".join(hotaru(command, f"--{option}", word, "--no-such-option").errors())
                check("unknown option '--no-such-option'" in said, f"{command} --{option} {word}: {said}")
    check(found > 15, f"{found} options with choices")
    equal(refused("places", name, "--by", "city"),
          "hotaru: --by takes country|asn|prefix16|prefix24, not 'city'", "the error")


@case
def a_capture_is_no_store_nor_the_other_way_round(_):
    """Each is told what it is, and what to do."""
    name, folder = capture(), store()
    write("text", b"no capture")
    for words in (["survey"], ["info"], ["verify"], ["compact"], ["settings"], ["fingerprints"], ["ledger"],
                  ["rules"], ["report", "-o", "page"], ["notify", "--family", "mirai"], ["ingest", name]):
        said = refused(*words, "-s", name, code=1)
        check(f"'{name}' is a capture, not a store: `hotaru survey {name}` reads it as it is, "
              f"`hotaru ingest -s STORE {name}` makes a store of it" in said, f"{words}: {said}")
        said = refused(*words, "-s", "text", code=1)
        check("'text' is a file, and a store is a folder" in said, f"{words}: {said}")
        said = refused(*words, "-s", f"{folder}/catalog.sqlite", code=1)
        check(f"name its folder: -s {folder}" in said, f"{words}: {said}")
    for words in (["survey"], ["packets"], ["ledger"], ["report", "-o", "page"], ["ingest", "-s", "b"]):
        said = refused(*words, folder, code=1)
        check(f"'{folder}' is a store, not a capture; name it with -s" in said, f"{words}: {said}")
        segment = next(n for n in os.listdir(folder) if n.endswith(".segment"))
        said = refused(*words, f"{folder}/{segment}", code=1)
        check("is a file of a store, not a capture; name its folder with -s" in said, f"{words}: {said}")
    check(f"`hotaru info -s {folder}`" in refused("info", folder), "info")
    check(f"`hotaru ingest -s STORE {name}`" in refused("info", name), "info of a capture")
    check(f"`hotaru survey {name}`" in refused(name), "no command")
    check(f"`hotaru survey -s {folder}`" in refused(folder), "no command, a store")
    check("options stand behind the command" in refused("-s", folder, "survey"), "options first")
    equal(sorted(os.listdir(".")), ["a store", "a.pcap", "text"], "what is left")


@case
def sizes_of_memory_have_limits(_):
    """Whatever the command works on; the help has them."""
    name, folder = capture(), store()
    for words in (["survey", name], ["survey", "-s", folder], ["ports", "-s", folder],
                  ["ingest", "-s", folder, name], ["report", "-s", folder, "-o", "page"]):
        for size in ("1", "0", "63M", "65535K", "1025G", "999999T"):
            said = refused(*words, "--memory", size)
            check("--memory takes a size from 64M to 1T, not" in said, f"{words} {size}: {said}")
    check("64M to 1T" in succeed("survey", "--help"), "the help")


# What to give an option, and what else it needs to be of sense.
VALUES = {"zone": "+09:00", "telescope": "198.51.100.0/24", "fingerprints": "own.txt", "fractions": "nanoseconds",
          "memory": "64M", "threads": "1", "country-db": "places.csv", "asn-db": "networks.csv", "from": "2016-09-01", "day": "2016-09-01",
          "to": "2016-09-02", "last": "1", "family": "mirai", "format": "csv", "output": "out", "gap": "3",
          "error": "0.02", "port": "23", "protocol": "tcp", "top": "2", "by": "asn", "bits": "20", "shape": "few",
          "fields": "window,dport", "min-support": "5", "min-confidence": "0.5", "max-items": "3", "consequents": "2",
          "window-days": "2", "alpha": "0.1", "work": "5", "past-days": "20", "producer": "us", "lang": "ja", "home": "JP",
          "contact": "soc@example.org", "page": "https://example.org/", "opt-outs": "nobody.txt", "ports": "23,2323",
          "budget": "2", "rate": "50", "rate-asn": "5", "rate-prefix": "0.5", "parallel": "7", "wait": "2", "deadline": "9",
          "before": "2000-01-01", "floor": "2", "scenario": "mirai-2016", "scale": "0.0001", "seed": "3", "days": "1", "truth": "truth",
          "distance": "ngram", "compressor": "gzip", "cut": "0.4", "newick": "tree", "dendrogram": "tree.svg", "recog": "rules", "labels": "labels.csv",
          "assign": "known", "save": "new-models",
          "max-size": "1M", "responses": "answers", "responses-day": "2016-07-01", "devices": "models",
          "honeypot": "logs", "honeypot-form": "2017", "sessions": "truth", "variants": "truth", "infected": "truth", "countries": "truth",
          "families": "families.csv", "key": "key", "fingerprint": "hajime", "treated": "treated.csv", "incidents": "incidents.csv", "around": "2016-09-01", "controls": "treated.csv", "shift-days": "-3",
          "miss": "0.001", "quantile": "0.01", "destinations": "2", "sources": "2", "timeout": "600",
          "packets": "5", "seconds": "5", "per-minute": "5", "silence": "90", "victim": "192.0.2.0/24", "country": "JP",
          "attacks": "truth",
          }
NEEDS = {"scaled": ("--telescope", "198.51.100.0/24"),
         "score": ("--labels", "labels.csv"), "responses-day": ("--responses", "answers"), "honeypot-form": ("--honeypot", "logs"), "across": ("--port", "23,2323"), "per-country": ("--by", "asn"), "past-days": ("--new",), "split": ("-o", "days"),
         "fingerprint": ("--estimate",), "yes": ("--drop-damaged",), "resume": ("-o", "answers"),
         "print-probing-txt": ("--contact", "soc@example.org", "--page", "https://example.org/")}


READING = ("zone", "telescope", "fingerprints", "fractions", "count-copies", "memory", "threads", "quiet",
           "no-progress", "no-sandbox")


def column_of(command, words):
    form = () if command in ("verify", "compact", "simulate", "ingest", "report", "notify") else ("--format", "csv")
    return csv_of(command, *words).splitlines()[0].split(",")[0] if form else None


@case
def no_option_of_the_help_is_refused(_):
    """Each is taken with a value of its kind, and with what else it needs."""
    name, folder = capture(), store()
    write("own.txt", b"quick = tcp[14:2] > 1000\n")
    write("own.jsonl", b'{"address":"192.0.2.1","port":23,"time":"2016-09-02T12:00:00Z","response":"eA=="}\n')
    succeed("responses", "-q", "-s", folder, "own.jsonl")
    write("cowrie.json", b'{"eventid":"cowrie.command.input","timestamp":"2016-09-01T12:00:00Z","src_ip":"192.0.2.1","session":"x",'
                         b'"input":"/bin/busybox MIRAI"}\n')
    write("families.csv", b"mirai,MIRAI,,,,,\n")
    write("nobody.txt", b"# nobody opted out\n")
    write("places.csv", b"1.0.0.0,1.0.255.255,JP\n")
    write("networks.csv", b"1.0.0.0,1.0.255.255,4713,OCN\n")
    write("labels.csv", b"address,label\n")
    succeed("cluster", "own.jsonl", "--save", "known")
    write("key", b"00" * 32 + b"\n")
    write("treated.csv", b"1.0.0.1,2016-09-01\n")
    write("incidents.csv", b"2016-09-01,one\n")
    pathlib.Path("rules").mkdir()
    write("rules/a.xml", b"<fingerprints matches='ssh.banner'><fingerprint pattern='a'/></fingerprints>")
    taken = 0
    for command in commands():
        basis = {"ingest": ("-s", "other", name), "simulate": ("-o", "sim", "--scale", "0.0001", "--days", "1"),
                 "packets": (name,), "anonymise": (name, "-o", "given"), "effect": (name, "--treated", "treated.csv"), "report": (name, "-o", "page"), "fingerprints": (), "incidents": (name, "--around", "2016-09-02"),
                 "notify": (name, "--family", "mirai"), "probe": ("--dry-run", "-s", folder),
                 "cluster": ("own.jsonl",), "forget": ("-s", folder, "--before", "2000-01-01"), "responses": ("own.jsonl",), "sample": (name,),
                 "honeypot": ("cowrie.json",), "variants": ("cowrie.json",)}.get(command)
        if basis is None:
            basis = ("-s", folder) if command in ("info", "verify", "compact", "settings", "accessibility") else (name,)
        options = {a or c: value or other for a, value, c, other in options_of(command)}
        reading = [option for option in READING if option in options and command != "settings"]
        if reading:
            # One run for all of them: who reads captures takes them together.
            options["together"] = ""
        for option, value in options.items():
            words = list(basis)
            if option in reading:
                continue
            if command == "cluster" and option in ("store", "from", "to", "last"):
                words = [] if option == "store" else ["-s", folder]
            if (command, option) == ("cluster", "country-db"):
                words += ["--summary"]
            if command == "report" and option in ("recog", "labels"):
                words = ["-s", folder, "-o", "page"]
            if option == "together":
                for name_of in reading:
                    words += [f"--{name_of}", *([VALUES[name_of]] if options[name_of] else [])]
            elif option == "store":
                words = [w for w in words if w != name or command == "ingest"]
                words += ["-s", folder if command != "ingest" else "other"]
            elif option == "columns":
                words += ["--columns", column_of(command, basis)]
            elif value:
                check(option in VALUES, f"the test has no value for --{option}")
                words += [f"--{option}", {"variants": "token", "attacks": "day"}[command] if option == "by" and command in ("variants", "attacks") else VALUES.get(option, "1")]
            else:
                words += [f"--{option}"]
            if option == "top" and command == "rules":
                words += ["--timeline"]
            if option == "fingerprints" and command == "settings":
                continue  # those of packets cannot be changed any more
            if (command, option) == ("settings", "telescope"):
                words += [name]  # captures are taken in again
            if command == "notify" and option == "by":
                words += ["-o", "notices"]
            if command == "notify" and option == "format":
                words += ["--producer", "us"]
            needs = () if (command, option) == ("rules", "across") else NEEDS.get(option, ())
            result = hotaru(command, *words, *needs)
            taken += check(result.code == 0, f"{command} {words}: {result.code} {result.errors()[-1:]}")
            for made in ("out", "other", "page", "notices", "days"):
                subprocess.run(["rm", "-rf", made], check=True)
    check(taken > 130, f"{taken} options")


@case
def what_has_no_sense_says_so(_):
    """Options that users look for and that cannot be."""
    name = capture()
    for words, why in ((("-s", "x"), "a store has no packets"), (("--store=x",), "a store has no packets"),
                       (("--last", "2"), "which days are the last is not known")):
        check(why in refused("packets", *words, name), f"packets {words}")
    for word in ("--last", "--store"):
        check(word not in succeed("packets", "--help"), f"{word} in the help of packets")


@case
def nothing_new_says_why(_):
    """Nothing is busy enough, or too few days before have data to compare with."""
    def knocks(day, sources):
        return [record(BEGIN_NS + day * DAY_NS + i, ethernet(syn(f"1.0.{i}.1", HERE, port=5555)))
                for i in range(sources)]
    few = write("few.pcap", pcap(knocks(0, 19))).name
    first = write("first.pcap", pcap(knocks(0, 20) + knocks(1, 5))).name
    long = write("long.pcap", pcap([p for day in range(9) for p in knocks(day, 20 if day > 0 else 7)])).name
    for words, why in (
            ((few,), "no port is new on these days: none that was asked for has at least 20 sources and more than 3 "
                     "times as many as on any of the 28 days before"),
            ((first,), "no port is known to be new: on 1 of 2 days some have the 20 sources that it takes, but fewer "
                       "than 7 of the 28 days before have data to compare with"),
            ((first, "--port", "23"), "none that was asked for has"),
            ((long, "--from", "2016-09-09"), "no port is new on these days"),
            ((first, "--from", "2017-01-01"), "no day from --from to --to has a packet")):
        result = hotaru("ports", "--new", *words)
        said = " ".join(result.errors())
        check(result.code == 0 and why in said, f"{words}: {said}")


# ---- what fits

def at_terminal(*words, width=80, env=None):
    """What somebody sees at a terminal of that width: lines, and what is said beside them."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, width, 0, 0))
    process = subprocess.Popen([HOTARU, *words], stdout=theirs, stderr=subprocess.PIPE,
                               env=env or environment(NO_COLOR="1"))
    os.close(theirs)
    seen = b""
    while True:
        try:
            part = os.read(ours, 65536)
        except OSError:
            break
        if not part:
            break
        seen += part
    os.close(ours)
    said = process.stderr.read().decode()
    check(process.wait() in (0, 3), f"{words}: exit code {process.returncode}, {said}")
    return seen.decode().replace("\r\n", "\n").splitlines(), said


def cells(line):
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in line)


def fits(lines, width, what):
    for line in lines:
        check(cells(line) <= width, f"{what} at {width}: {line!r}")


@case
def help_fits_the_terminal(_):
    """80 columns where there is none; with all words of the lines that it has wide."""
    for words in (["--help"], *([command, "--help"] for command in commands())):
        fits(succeed(*words).splitlines(), 80, words)
    for words in (["--help"], ["rules", "--help"], ["ingest", "--help"]):
        wide, _ = at_terminal(*words, width=180)
        check(max(map(cells, wide)) > 100, f"{words}: no longer lines at a wide terminal")
        for width in (60, 80, 120)[words == ["--help"]:]:
            lines, _ = at_terminal(*words, width=width)
            fits(lines, width, words)
            equal(" ".join(lines).split(), " ".join(wide).split(), f"{words} at {width}: words")
    lines = succeed("rules", "--help", env=environment(COLUMNS="70")).splitlines()
    fits(lines, 70, "COLUMNS=70")


def wide_store():
    packets = [record(BEGIN_NS + day * DAY_NS + i * 10**9 + port, ethernet(syn(f"1.0.{i}.1", HERE, seq=None, port=port)))
               for day in range(2) for i in range(25) for port in (23, 2323)[:1 + i % 2]]
    name = write("蛍の光と窓の雪と" * 3 + ".pcap", pcap(packets)).name
    write("places.csv", "1.0.0.0,1.0.12.255,JP\n1.0.13.0,1.0.255.255,BO\n".encode())
    write("networks.csv", ("1.0.0.0,1.0.12.255,4713,日本電信電話株式会社の大規模な実験用ネットワーク\n"
                           "1.0.13.0,1.0.255.255,64500,Some network of a very long name in the mountains "
                           "that nobody can say\n").encode())
    succeed("ingest", "-q", "-s", "wide", "--telescope", "198.51.100.0/24", "--country-db", "places.csv",
            "--asn-db", "networks.csv", name)
    return "wide"


TABLES = (["survey"], ["survey", "--estimate"], ["lifetimes"], ["ports"], ["places"], ["places", "--by", "asn"],
          ["places", "--by", "asn", "--per-country"], ["places", "--across", "--port", "23,2323"],
          ["prefixes"], ["sources"], ["sources", "--top", "3"], ["shapes"], ["rules", "--min-support", "5", "--all"],
          ["rules", "--min-support", "5", "--timeline"], ["rules", "--min-support", "5", "--new"], ["ledger"],
          ["ledger", "--reasons"], ["info"], ["info", "--coverage"], ["settings"], ["fingerprints"])


@case
def tables_fit_the_terminal(_):
    """Columns are left out, which is said, or rows become records; -w has them all."""
    folder = wide_store()
    records = 0
    for words in TABLES:
        words = [*words, "-s", folder]
        names = csv_of(*words).splitlines()[0].split(",")
        everything = succeed(*words, "-q", "-w").splitlines()
        equal(everything[0].split(), names, f"{words}: -w has all columns")
        for width in (80, 120)[:1 + (words[0] in ("sources", "rules"))]:
            lines, said = at_terminal(*words, width=width)
            fits(lines, width, words)
            shown = lines[0].split()
            left = re.search(r"left out: (.*) \(-w", said)
            if shown != [n for n in names if n in shown]:
                records += 1
                fields = [line.split()[0] for line in lines[:lines.index("")]] if "" in lines else []
                check(not fields or set(fields) >= set(names[:2]), f"{words}: a record of {fields}")
                continue
            gone = left.group(1).split(", ") if left else []
            check(not set(gone) & set(shown), f"{words}: {gone} are shown")
        if words[0] not in ("survey", "fingerprints"):
            continue
        lines, said = at_terminal(*words, "-w")
        equal(lines, everything, f"{words}: -w at a terminal")
        check("left out" not in said.replace("left out 0", ""), f"{words} -w: {said}")
    check(records > 0, "no table was a record")
    lines, _ = at_terminal("packets", "蛍の光と窓の雪と" * 3 + ".pcap")
    fits(lines, 80, "packets")


@case
def no_terminal_has_no_width(_):
    """What is piped or written is as wide as it is, and programs get all columns at a terminal, too."""
    folder = store()
    names = csv_of("survey", "-s", folder).splitlines()[0].split(",")
    equal(succeed("survey", "-s", folder, "-q").splitlines()[0].split(), names, "a pipe")
    equal(succeed("survey", "-s", folder, "-q", env=environment(COLUMNS="40")).splitlines()[0].split(), names,
          "a pipe, COLUMNS=40")
    at_terminal("survey", "-s", folder, "-q", "-o", "out", width=40)
    with open("out", encoding="utf-8") as file:
        equal(file.readline().split(), names, "a file")
    lines, _ = at_terminal("survey", "-s", folder, "-q", "--format", "csv", width=40)
    equal(lines[0].split(","), names, "csv")
    lines, _ = at_terminal("survey", "-s", folder, "-q", "--format", "json", width=40)
    equal(list(json.loads(lines[0])), names, "json")


@case
def columns_can_be_chosen(_):
    """Of every table, in every format, in the order given; others are refused before anything is made."""
    folder, name = store(), "a.pcap"
    for words in (*([*words, "-s", folder] for words in TABLES), ["packets", name]):
        rows = list(csv.reader(io.StringIO(csv_of(*words))))
        picked = [rows[0][-1], rows[0][0]]
        want = [[row[-1], row[0]] for row in rows]
        got = list(csv.reader(io.StringIO(csv_of(*words, "--columns", ",".join(picked)))))
        equal(got, want, f"{words}: csv")
        objects = [json.loads(line) for line in
                   succeed(*words, "-q", "--format", "json", "--columns", ",".join(picked)).splitlines()]
        check(all(list(o) == picked for o in objects) and len(objects) == len(want) - 1, f"{words}: json")
        if words[0] != "packets":
            continue
        table = succeed(*words, "-q", "--columns", ",".join(picked)).splitlines()
        equal(table[0].split(), picked, f"{words}: table")
    for words, meant in ((["survey", "--columns", "day,soruces"], "sources"), (["packets", "--columns", "TTL"], "ttl"),
                         (["fingerprints", "--columns", "rules"], "rule")):
        said = refused(*words, *[name] * (words[0] != "fingerprints"), "-o", "out")
        check(said.endswith(f"did you mean '{meant}'?") and "there are " in said, f"{words}: {said}")
        check(not os.path.exists("out"), f"{words}: an output is left")
    refused("survey", name, "--columns", "")


@case
def json_has_what_values_are(_):
    """Booleans are true and false, lists arrays, pairs of a name and a number objects, numbers numbers."""
    folder = wide_store()

    def objects(*words):
        return [json.loads(line) for line in succeed(*words, "-q", "--format", "json").splitlines()]
    for row in objects("ports", "-s", folder):
        check(row["is_new"] in (True, False, None), f"is_new: {row}")
    packets = objects("packets", "蛍の光と窓の雪と" * 3 + ".pcap")
    check(all(row["fingerprints"] == ["mirai", "mirai-2016"] for row in packets if row["destination_port"] == 23),
          f"fingerprints of packets: {packets[0]}")
    for row in objects("sources", "-s", folder):
        check(row["is_flood_suspect"] is False and "mirai" in row["fingerprints"], f"a source: {row}")
        check(isinstance(row["rate"], (int, float)), f"a rate: {row}")
    rules = objects("rules", "-s", folder, "--min-support", "5", "--all")
    check(rules and all(isinstance(row[side], list) and "=" in row[side][0] for row in rules
                        for side in ("antecedent", "consequent")), f"rules: {rules[:1]}")
    info = {row["property"]: row["value"] for row in objects("info", "-s", folder)}
    equal((info["captures"], info["frames"], info["zone"]), (1, 74, "UTC"), "info")
    text = csv_of("sources", "-s", folder) + csv_of("ports", "-s", folder)
    check(not re.search(r",(true|false|0/1)\b", text) and ",no," in text, "booleans of csv")


@case
def the_top_is_sorted_by_what_it_ranks(_):
    """The first row has the most, in every command that has --top."""
    packets = [record(BEGIN_NS + n * 10**9 + i, ethernet(syn(f"1.{s}.0.1", HERE, port=port)))
               for s, (n, port) in enumerate(((3, 22), (9, 80), (5, 23), (7, 80))) for i in range(n)]
    name = write("top.pcap", pcap(sorted(packets))).name
    for words, column in ((["sources"], "packets"), (["ports", "--family", "*"], "sources"),
                          (["places", "--by", "prefix16"], "sources"), (["prefixes"], "sources"),
                          (["rules", "--timeline", "--min-support", "1", "--all", "--min-confidence", "0"],
                           "peak_sources")):
        rows = list(csv.DictReader(io.StringIO(csv_of(*words, "--top", "3", name))))
        numbers = [int(row[column]) for row in rows if row.get("place") != "other"]
        equal(numbers, sorted(numbers, reverse=True), f"{words}: {column}")
        check(len(numbers) > 1 or words[0] == "rules", f"{words}: {rows}")
    rows = list(csv.DictReader(io.StringIO(csv_of("sources", "--top", "3", name))))
    equal([row["source"] for row in rows], ["1.1.0.1", "1.3.0.1", "1.2.0.1"], "sources")


run_cases()
