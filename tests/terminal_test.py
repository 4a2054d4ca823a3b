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
import pty
import re
import struct
import subprocess
import termios

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
          "memory": "64M", "threads": "1", "country-db": "places.csv", "asn-db": "networks.csv", "from": "2016-09-01",
          "to": "2016-09-02", "last": "1", "family": "mirai", "format": "csv", "output": "out", "gap": "3",
          "error": "0.02", "port": "23", "protocol": "tcp", "top": "2", "by": "asn", "bits": "20", "shape": "few",
          "fields": "window,dport", "min-support": "5", "min-confidence": "0.5", "max-items": "3", "consequents": "2",
          "window-days": "2", "alpha": "0.1", "work": "5", "past-days": "20", "producer": "us", "lang": "ja",
          "floor": "2", "scenario": "mirai-2016", "scale": "0.0001", "seed": "3", "days": "1", "truth": "truth",
          "columns": None}
NEEDS = {"across": ("--port", "23,2323"), "per-country": ("--by", "asn"), "past-days": ("--new",), "split": ("-o", "days"),
         "yes": ("--drop-damaged",)}


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
    write("places.csv", b"1.0.0.0,1.0.255.255,JP\n")
    write("networks.csv", b"1.0.0.0,1.0.255.255,4713,OCN\n")
    taken = 0
    for command in commands():
        basis = {"ingest": ("-s", "other", name), "simulate": ("-o", "sim", "--scale", "0.0001", "--days", "1"),
                 "packets": (name,), "report": (name, "-o", "page"), "fingerprints": (),
                 "notify": (name, "--family", "mirai")}.get(command)
        if basis is None:
            basis = ("-s", folder) if command in ("info", "verify", "compact", "settings") else (name,)
        options = {a or c: value or other for a, value, c, other in options_of(command)}
        reading = [option for option in READING if option in options and command != "settings"]
        if reading:
            # One run for all of them: who reads captures takes them together.
            options["together"] = ""
        for option, value in options.items():
            words = list(basis)
            if option in reading:
                continue
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
                words += [f"--{option}", VALUES.get(option, "1")]
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


run_cases()
