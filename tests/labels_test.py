#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""`hotaru cluster` with labels: by rules in recog's form, and from a table; and scores.

The answers are simulated, so that the model of each host is known; the rules are ours, about makers that
do not exist.
"""
import collections
import csv
import datetime
import functools
import json
import base64
import pathlib
import random

from harness import address, case, check, csv_of, equal, ethernet, hotaru, pcap, record, run_cases, succeed, syn, write

RULES = {
    "http_wwwauth.xml": ("http_header.wwwauth", (
        ("realm=.Hoshikam ([^\"]+)", "", {"hw.vendor": "HOSHIKAM Co., Ltd."}, {"hw.product": 1}),
        ("realm=.NAGIWA (\\S+) \\(", "", {"hw.vendor": "Nagiwa", "hw.device": "Router"}, {"hw.product": 1}))),
    "html_title.xml": ("html_title", (
        ("^nagiwa (\\S+) setup$", "REG_ICASE", {"hw.vendor": "Nagiwa"}, {"hw.product": 1}),
        ("^Sorawave", "", {"hw.vendor": "Hoshikam"}, {}))),
    "ssh_banners.xml": ("", (
        ("^OpenSSH_([\\d.p]+) Debian", "", {"service.vendor": "OpenBSD", "service.product": "OpenSSH"},
         {"service.version": 1}),)),
    "telnet_banners.xml": ("telnet.banner", (
        ("\\Alogin:\\z", "", {"hw.certainty": "0.0", "hw.product": "nothing"}, {}),
        ("TSUKIREC", "", {"hw.vendor": "Tsukirec", "hw.product": "{_tmp.x}CH"}, {"_tmp.x": 0}))),
    "snmp_sysdescr.xml": ("snmp.sys_description", (("((", "", {}, {}),)),
}


def quoted(text):
    return text.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")


def rules(folder, files):
    for name, (matches, fingerprints) in files.items():
        rows = ["<?xml version='1.0' encoding='UTF-8'?>", f'<fingerprints matches="{matches}">']
        for pattern, flags, values, groups in fingerprints:
            rows += [f'<fingerprint pattern="{quoted(pattern)}" flags="{flags}"><description>d</description>']
            rows += [f'<param pos="0" name="{key}" value="{quoted(value)}"/>' for key, value in values.items()]
            rows += [f'<param pos="{group}" name="{key}"/>' for key, group in groups.items()]
            rows += ["</fingerprint>"]
        pathlib.Path(folder, "xml").mkdir(parents=True, exist_ok=True)
        write(f"{folder}/xml/{name}", "\n".join(rows + ["</fingerprints>"]).encode())
    pathlib.Path(folder, "identifiers").mkdir(exist_ok=True)
    write(f"{folder}/identifiers/vendor.txt", b"Hoshikam\n")
    return folder


@functools.cache
def simulated():
    succeed("simulate", "-q", "--scale", "0.004", "--seed", "8", "--days", "113", "-o", "/dev/null",
            "--responses", "answers.jsonl", "--devices", "models.csv")
    return pathlib.Path("answers.jsonl").read_bytes(), pathlib.Path("models.csv").read_bytes()


def made():
    """Answers of hosts, and their models by address."""
    answers, models = simulated()
    write("answers.jsonl", answers)
    write("models.csv", models)
    rows = models.decode().splitlines()[1:]
    return "answers.jsonl", {row.split(",")[0]: row.split(",")[1] for row in rows}


def table(text):
    rows = [line.split(",") for line in text.splitlines()]
    return [dict(zip(rows[0], row)) for row in rows[1:]]


@case
def clusters_have_the_labels_of_their_hosts(_):
    answers, models = made()
    rows = table(csv_of("cluster", "--recog", rules("recog", RULES), answers))
    labels = collections.defaultdict(set)
    for row in rows:
        labels[models[row["address"]]].add(row["label"])
    # A host that answers only where no rule knows it may be in a cluster without a label.
    named = {model: found - {""} for model, found in labels.items()}
    equal(named["nagiwa-nr40"], {"Nagiwa NR-40"}, "by a realm")
    equal(named["nagiwa-nr60ac"], {"Nagiwa NR-60AC"}, "by a title")
    equal(named["hoshikam-h40"], {"Hoshikam H40"}, "in the spelling of the list")
    equal(named["ssh-box"], {"OpenBSD OpenSSH"}, "without the version")
    equal(named["tsukirec-dvr8"], {"Tsukirec CH"}, "group 0 is no text of the answer")
    equal(labels["login-only"], {""}, "what has certainty 0.0 says nothing")
    unlabelled = table(csv_of("cluster", answers))
    equal([dict(row, label="") for row in rows], unlabelled, "clusters without labels")


@case
def the_order_of_answers_makes_no_difference(_):
    answers, _ = made()
    lines = pathlib.Path(answers).read_bytes().splitlines(keepends=True)
    random.Random(3).shuffle(lines)
    write("shuffled.jsonl", b"".join(lines))
    rules("recog", RULES)
    for more in ((), ("--score",)):
        words = ("cluster", "--recog", "recog", *more)
        equal(csv_of(*words, "shuffled.jsonl"), csv_of(*words, answers), f"{more}")


@case
def the_report_names_its_clusters(_):
    """As `cluster` does, by rules or a table; without either there is no column."""
    answers, _ = made()
    first = json.loads(pathlib.Path(answers).read_bytes().splitlines()[0])
    day = int(datetime.datetime.fromisoformat(first["time"][:10] + "+00:00").timestamp())
    write("a.pcap", pcap([record(day * 10**9, ethernet(syn(address(first["address"]), address("198.51.100.1"), port=23)))]))
    rules("recog", RULES)
    succeed("ingest", "-q", "-s", "store", "a.pcap")
    succeed("responses", "-q", "-s", "store", answers)
    mixed = "".join(f"{row['address']},{'a' if n % 3 else 'b'}\n" for n, row in enumerate(table(csv_of("cluster", answers))) if n % 5)
    write("mixed.csv", mixed.encode())
    for words in (("--recog", "recog"), ("--labels", "models.csv"), ("--labels", "mixed.csv"), ()):
        succeed("report", "-q", "-s", "store", "-o", "page", *words)
        got = list(csv.DictReader(pathlib.Path("page/devices.csv").open(encoding="utf-8", newline="")))
        want = list(csv.DictReader(csv_of("cluster", *words, "--summary", answers).splitlines()))
        if not words:
            check("label" not in got[0], "an empty column")
            want = [{key: value for key, value in row.items() if not key.startswith("label")} for row in want]
        equal([{key: row[key] for key in row if key != "infected"} for row in got], want, f"{words}")
        page = pathlib.Path("page/index.html").read_text(encoding="utf-8")
        equal(["<td>Hoshikam H40</td>" in page, "<td>hoshikam-h40</td>" in page, "no rules or table for these" in page],
              [words[:1] == ("--recog",), words[1:] == ("models.csv",), not words], f"names by {words}")
    for words, code, why in ((("--recog", "recog", "--labels", "models.csv", "-s", "store"), 2, "labels are of one kind"),
                             (("--recog", "recog", "a.pcap"), 2, "name one by -s"), (("--recog", "missing", "-s", "store"), 1, "missing"),
                             (("--labels", "a.pcap", "-s", "store"), 1, "a.pcap:1: ")):
        result = hotaru("report", "-o", "page", *words)
        check(result.code == code and why in " ".join(result.errors()), f"{words}: {result.errors()}")


@case
def scores_are_against_labels(_):
    answers, models = made()
    rows = table(csv_of("cluster", "--labels", "models.csv", "--score", answers))
    equal(rows[0]["left_out"], "none", "first row")
    check(float(rows[0]["ari"]) > 0.75 and float(rows[0]["ami"]) > 0.9, f"{rows[0]}")
    ports = [int(row["left_out"]) for row in rows[1:]]
    check(len(ports) > 3 and ports == sorted(ports), f"{ports}")
    # A label for each cluster is perfect agreement; one that is the same for all is none.
    found = table(csv_of("cluster", answers))
    write("own.csv", "".join(f"{r['address']},c{r['cluster']}\n" for r in found).encode())
    row = table(csv_of("cluster", "--labels", "own.csv", "--score", answers))[0]
    equal([row[key] for key in ("ari", "ami", "homogeneity", "completeness", "v")], ["1"] * 5, "itself")
    equal({r["label"] for r in table(csv_of("cluster", "--labels", "own.csv", answers)) if r["cluster"] == "1"},
          {"c1"}, "label")
    check(len(set(models.values())) > 8, "models")


@case
def bombs_end_and_are_told(_):
    """A rule that backtracks without end, and a host that has what it needs for that."""
    made()
    line = {"address": "192.0.2.9", "port": 22, "status": "answered",
            "response": base64.b64encode(b"SSH-2.0-" + b"a" * 3000 + b"!\r\n").decode()}
    write("bomb.jsonl", (json.dumps(line) + "\n").encode() * 50)
    folder = rules("bombs", {"ssh_banners.xml": ("ssh.banner", (("^(a+)+$", "", {"hw.product": "A"}, {}),
                                                               ("((", "", {}, {}),
                                                               ("^(a|aa)+$", "", {"hw.product": "B"}, {})))})
    result = hotaru("cluster", "--recog", folder, "--format", "csv", "bomb.jsonl")
    said = " ".join(result.errors())
    equal(result.code, 0, "exit code")
    check("rules for labels took too long on an answer, and were ended, 100 times" in said, said)
    check("1 of 3 rules for labels are left out; the first: ssh_banners.xml:" in said, said)
    equal(result.text().splitlines()[1:], ["192.0.2.9,1,22,"], "rows")


@case
def what_is_wrong_is_told(_):
    answers, _ = made()
    pathlib.Path("broken").mkdir()
    pathlib.Path("none").mkdir()
    write("broken/a.xml", b"<fingerprints><")
    write("none/readme", b"x")
    rules("recog", RULES)
    for words, code, why in (
            (("--recog", "missing"), 1, "missing"), (("--recog", "none"), 1, "there are no rules for labels in it"),
            (("--recog", "broken"), 1, "broken: a.xml:1: "), (("--labels", answers), 1, "this is not ADDRESS,LABEL"),
            (("--labels", "missing"), 1, "cannot read 'missing'"), (("--score",), 2, "--score needs labels"),
            (("--recog", "recog", "--labels", "models.csv"), 2, "labels are of one kind"),
            (("--recog", "recog", "--score", "--linkage"), 2, "--score is a table of its own")):
        result = hotaru("cluster", *words, answers)
        check(result.code == code and why in " ".join(result.errors()), f"{words}: {result.errors()}")


run_cases()
