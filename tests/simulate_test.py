#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""`hotaru survey` finds the truth that `hotaru simulate` meant, in every row.

The truth is counted by the simulator, which shares no code with the analysis, for
each gap and zone; the captures are then taken in whole, in pieces by day in random
order, cut anywhere, twice, and by one thread and two.
"""
import base64
import functools
import json
import os
import pathlib
import random
import re

from harness import (case, check, csv_of, equal, hotaru, ledger_totals, pcap, read_pcap, run_cases,
                     skip, succeed, write)

# Small enough for seconds; each reaches something else: few hosts and many days, many
# hosts and few days, the wave on port 7547 at the end of November.
RUNS = (("--scale", "0.0002", "--days", "184", "--seed", "1"),
        ("--scale", "0.002", "--days", "12", "--seed", "2"),
        ("--scale", "0.0005", "--days", "60", "--seed", "3"))
GAPS = ("none", "0", "2")
ZONES = ("UTC", "+09:00")
SIMULATED = b"\x02SIMUL"  # source address of simulated Ethernet frames


@functools.cache
def is_there():
    return hotaru("simulate", "--help").code == 0


def simulate(*words, **more):
    if not is_there():
        skip("hotaru has no simulate")
    return succeed("simulate", "--quiet", *words, **more)


def truth(run, gap, zone):
    words = () if gap == "none" else ("--gap", gap)
    simulate(*run, "-o", "again.pcap", "--truth", "truth.csv", "--zone", zone, *words)
    return pathlib.Path("truth.csv").read_text(encoding="utf-8")


def numbers(text):
    return [row.split(",") for row in text.splitlines()[1:]]


# ---- cases

def log_lines(folder):
    """Lines of all logs as objects, each with its file's honeypot and day; each file in the order of time."""
    for path in sorted(pathlib.Path(folder).glob("*/cowrie.json.*")):
        lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        times = [line["timestamp"] for line in lines]
        equal(times, sorted(times), f"order of {path}")
        for line in lines:
            equal((line["sensor"], line["timestamp"][:10]), (path.parent.name, path.name[-10:]), "which log")
            yield line


def sessions_counted(folder):
    """What the logs have of each session, as the truth has it."""
    counted = {}
    for line in log_lines(folder):
        row = counted.setdefault(line["session"], {"first": line["timestamp"], "sensor": line["sensor"], "tokens": set(),
                                                   "source": line["src_ip"], "failed": 0, "logins": 0, "commands": 0,
                                                   "downloads": 0, "days": set()})
        row["days"].add(line["timestamp"][:10])
        for event, column in (("login.failed", "failed"), ("login.success", "logins"), ("command.input", "commands"),
                              ("session.file_download", "downloads")):
            row[column] += line["eventid"] == "cowrie." + event
        found = re.search(r"/bin/busybox ([A-Za-z0-9]+)$", line.get("input", ""))
        if found and line["eventid"] == "cowrie.command.input":
            row["tokens"].add(found.group(1))
    return counted


@case
def honeypots_log_what_the_truth_says(_):
    """Session by session, in both forms; and the same capture as without."""
    words = ("--scale", "0.004", "--seed", "7", "--days", "150")
    simulate(*words, "-o", "without.pcap")
    simulate(*words, "-o", "with.pcap", "--honeypot", "logs", "--sessions", "s.csv", "--variants", "v.csv",
             "--infected", "i.csv", "--countries", "c.csv")
    equal(pathlib.Path("with.pcap").read_bytes(), pathlib.Path("without.pcap").read_bytes(), "the capture")
    truth_rows = numbers(pathlib.Path("s.csv").read_text(encoding="utf-8"))
    counted = sessions_counted("logs")
    equal({name: (row["first"], row["sensor"], row["source"], ";".join(row["tokens"]), str(row["failed"]),
                  str(row["logins"]), str(row["commands"]), str(row["downloads"])) for name, row in counted.items()},
          {row[2]: (row[0], row[1], row[3], row[7], *row[10:]) for row in truth_rows}, "sessions")
    check(len(truth_rows) > 2000, f"{len(truth_rows)} sessions")
    check(any(len(row["days"]) > 1 for row in counted.values()), "sessions over midnight")
    check(not any("2016-11-12T03:00" <= row[0] < "2016-11-15T09:30" for row in truth_rows), "the gap of all")
    check({row[9] for row in truth_rows} >= {"connect", "token", "download"}, "stages")
    tally = {}
    for row in truth_rows:
        if row[7]:
            tally.setdefault((row[0][:10], row[6], row[4]), []).append(row[3])
    equal({(row[0], row[1], row[2]): (int(row[3]), int(row[4])) for row in numbers(
        pathlib.Path("v.csv").read_text(encoding="utf-8"))},
        {key: (len(set(sources)), len(sources)) for key, sources in tally.items()}, "by day, variant and country")
    simulate(*words, "-o", "again.pcap", "--honeypot", "old", "--honeypot-form", "2017")
    old = sessions_counted("old")
    equal(sorted(list(row.values())[:9] for row in old.values()),
          sorted(list(row.values())[:9] for row in counted.values()), "the older form")
    for wrong, why in ((("--honeypot-form", "2017"), "says how --honeypot writes"),
                       (("--honeypot", "x", "--honeypot-form", "2018"), "none of: today, 2017"),
                       (("--sessions", "-"), "only one of capture")):
        out = hotaru("simulate", "--scale", "0.0001", "--days", "2", "-o", "-" if "-" in wrong else "x.pcap", *wrong)
        check(out.code == 2 and why in " ".join(out.errors()), f"{wrong}: {out.code} {out.errors()}")


@case
def a_part_of_the_sources_of_honeypots_is_in_the_capture(_):
    """Scanners by their rates; loaders never; who comes to load comes seconds to minutes after a scanner."""
    simulate("--scale", "0.004", "--seed", "6", "--days", "150", "-o", "a.pcap", "--sessions", "s.csv")
    rows = numbers(pathlib.Path("s.csv").read_text(encoding="utf-8"))
    seen = {row[1] for row in numbers(csv_of("sources", "a.pcap"))}
    scanners = {row[3] for row in rows if row[8] == "scanner"}
    loaders = {row[3] for row in rows if row[8] == "loader"}
    share = len(scanners & seen) / len(scanners)
    check(len(scanners) > 300 and 0.9 < share <= 1, f"{share} of {len(scanners)} scanners")
    check(5 < len(loaders) < 20 and not loaders & seen, f"{loaders & seen} of {len(loaders)} loaders")
    tokens = [row[7] for row in rows if row[6] == "hajime" and row[7]]
    check(len(tokens) > 30 and len(set(tokens)) == len(tokens), "random tokens")


@case
def devices_answer_for_the_sources_of_a_day(_):
    """Each source of a population with models, once a port; and the same capture as without."""
    words = ("--scale", "0.0005", "--seed", "5", "--days", "115")
    simulate(*words, "-o", "without.pcap")
    simulate(*words, "-o", "with.pcap", "--responses", "r.jsonl", "--devices", "d.csv",
             "--responses-day", "2016-10-20")
    equal(pathlib.Path("with.pcap").read_bytes(), pathlib.Path("without.pcap").read_bytes(), "the capture")
    models = {address: (model, ports) for address, model, ports in numbers(
        pathlib.Path("d.csv").read_text(encoding="utf-8"))}
    sent = {row[1] for row in numbers(csv_of("sources", "--from", "2016-10-20", "--to", "2016-10-20",
                                             "--family", "mirai", "with.pcap"))}
    check(len(sent) > 100 and sent <= set(models), f"{len(sent)} infected sources, {len(models)} asked")
    answered, texts = {}, []
    for line in pathlib.Path("r.jsonl").read_text(encoding="utf-8").splitlines():
        response = json.loads(line)
        text = base64.b64decode(response["response"])
        if response["status"] == "answered":
            answered.setdefault(response["address"], []).append(str(response["port"]))
            texts.append(text)
        equal(response["status"] == "answered", text != b"", "what is answered")
    equal({address: ";".join(ports) for address, ports in answered.items()},
          {address: ports for address, (_, ports) in models.items() if ports}, "ports")
    check(30 < len(answered) < len(models) / 2, f"{len(answered)} of {len(models)} answer")
    check(len(set(texts)) > len(texts) / 3, "dates and nonces differ")
    for wrong, why in ((("--responses-day", "2016-10-20"), "says whose sources"),
                       (("--responses", "x", "--responses-day", "2017-10-20"), "not a day that is simulated"),
                       (("--responses", "-"), "only one of capture, responses and devices")):
        result = hotaru("simulate", *words, *wrong)
        check(result.code == 2 and why in " ".join(result.errors()), f"{wrong}: {result.errors()}")


@case
def that_it_is_simulated_is_said_where_it_goes_on_to_others(_):
    """By `info`, and with reports and notices; a table at the terminal does not repeat it."""
    simulate("--scale", "0.0002", "--days", "3", "--seed", "4", "-o", "some.pcap")
    succeed("ingest", "-q", "-s", "some", "some.pcap")
    note = "hotaru: note: 1 of 1 captures are simulated"
    for words, is_said in ((("survey",), False), (("ports", "--top", "3"), False),
                           (("report", "-o", "page"), True),
                           (("notify", "--family", "mirai", "-o", "notices"), True)):
        lines = hotaru(*words, "-s", "some").errors()
        equal(lines.count(note), int(is_said), f"{words[0]} says so")
    check("simulated_captures,1" in csv_of("info", "-s", "some").splitlines(), "info says so")


@case
def the_survey_finds_the_truth(_):
    """For every gap and zone, with one thread and with two, from captures and from a store."""
    for run in RUNS:
        simulate(*run, "-o", "whole.pcap")
        for zone in ZONES:
            store = f"store {zone} {run[1]}"
            succeed("ingest", "-q", "-s", store, "--zone", zone, "whole.pcap")
            for gap in GAPS:
                want, what = truth(run, gap, zone), f"{' '.join(run)}, gap {gap}, {zone}"
                check_is_telling(want, gap, what)
                equal(csv_of("survey", "-s", store, "--gap", gap), want, what)
                for threads in (1, 2):
                    equal(csv_of("survey", "--gap", gap, "--zone", zone, "--threads", threads,
                                 "whole.pcap"), want, f"{what}, {threads} threads")
        equal(pathlib.Path("again.pcap").read_bytes() == pathlib.Path("whole.pcap").read_bytes(), True,
              f"the same seed gives the same bytes ({' '.join(run)})")


def check_is_telling(want, gap, what):
    """A truth without sources or recoveries, or for the least gap returns, would prove nothing."""
    rows = numbers(want)
    columns = {"sources": 3, "new": 4, "recovered": 6, **({"returned": 5} if gap == "0" else {})}
    for name, column in columns.items():
        check(sum(int(row[column]) for row in rows) > 0, f"{what}: the truth has no {name}")


@case
def pieces_in_any_order_give_the_truth(_):
    """One capture a day, taken in at random; then all of them once more."""
    rng = random.Random(1)
    for run in RUNS[1:]:
        simulate(*run, "--split", "-o", f"days {run[1]}")
        names = [f"days {run[1]}/{name}" for name in sorted(os.listdir(f"days {run[1]}"))]
        check(len(names) == int(run[3]), f"{len(names)} days of {run[3]}")
        for zone in ZONES:
            store = f"store {zone} {run[1]}"
            rng.shuffle(names)
            at = 0
            while at < len(names):
                count = rng.randint(1, 20)
                succeed("ingest", "-q", "-s", store, "--zone", zone, *names[at:at + count])
                at += count
            rng.shuffle(names)
            succeed("ingest", "-q", "-s", store, *names)
            for gap in GAPS:
                want = truth(run, gap, zone)
                equal(csv_of("survey", "-s", store, "--gap", gap), want,
                      f"{' '.join(run)} by days, gap {gap}, {zone}")
                equal(csv_of("survey", "--zone", zone, "--gap", gap, *names), want,
                      f"{' '.join(run)} by days, no store, gap {gap}, {zone}")
            succeed("compact", "-q", "-s", store)
            equal(csv_of("survey", "-s", store, "--gap", GAPS[-1]), want, "compacted")
            succeed("verify", "-q", "-s", store)


@case
def pieces_cut_anywhere_give_the_truth(_):
    """Cut between any two packets, dealt out over three captures, in reverse order of time."""
    run = RUNS[2]
    simulate(*run, "-o", "whole.pcap")
    _, records = read_pcap(pathlib.Path("whole.pcap").read_bytes())
    rng = random.Random(2)
    hands = [[], [], []]
    for one in records:
        hands[rng.randrange(3)].append(one)
    names = [write(f"hand {i}.pcap", pcap(hand[::-1])).name for i, hand in enumerate(hands)]
    for gap in GAPS:
        equal(csv_of("survey", "--gap", gap, *names), truth(run, gap, "UTC"), f"gap {gap}")
    equal(ledger_totals(csv_of("ledger", *names)), ledger_totals(csv_of("ledger", "whole.pcap")),
          "ledger")


@case
def little_memory_gives_the_truth(_):
    """Two million packets in 64 MiB: what does not fit is spilled, and merged again."""
    run = ("--scale", "0.03", "--days", "90", "--seed", "4")
    simulate(*run, "-o", "large.pcap", "--truth", "truth.csv", "--gap", "1")
    want = pathlib.Path("truth.csv").read_text(encoding="utf-8")
    for words in (("--memory", "64M", "--threads", "2"), ("--memory", "64M", "--threads", "1"), ()):
        equal(csv_of("survey", "--gap", "1", *words, "large.pcap"), want, f"with {words}")


@case
def simulated_packets_say_so(folder):
    """By their source address; the ledger's store and the report pass it on."""
    simulate(*RUNS[1], "-o", "whole.pcap")
    _, records = read_pcap(pathlib.Path("whole.pcap").read_bytes())
    check(records and all(frame[6:12] == SIMULATED for _, frame, _ in records), "source addresses")
    check(all(a[0] <= b[0] for a, b in zip(records, records[1:])), "packets are not in order of time")
    succeed("ingest", "-q", "-s", "a store", "whole.pcap")
    check("simulated_captures,1\n" in csv_of("info", "-s", "a store"), "info: no simulated capture")
    for words in (("-s", "a store"), ("whole.pcap",)):
        succeed("report", "-q", "-o", "page", *words)
        page = (folder / "page" / "index.html").read_text(encoding="utf-8")
        visible = re.sub(r"(?s)<(style|script).*?</\1>|<[^>]*>|<!--.*?-->", " ", page)
        check("simulated" in visible.lower(), f"the report of {words} does not say simulated")


@case
def simulate_writes_to_a_pipe_and_from_a_scenario(_):
    simulate(*RUNS[0], "-o", "whole.pcap")
    result = hotaru("simulate", "-q", *RUNS[0])
    equal((result.code, result.err), (0, b""), "to standard output")
    check(result.out == pathlib.Path("whole.pcap").read_bytes(), "standard output differs from the file")
    write("own.scenario", succeed("simulate", "--print-scenario").encode())
    simulate(*RUNS[0], "--scenario", "own.scenario", "-o", "own.pcap")
    check(pathlib.Path("own.pcap").read_bytes() == pathlib.Path("whole.pcap").read_bytes(),
          "the printed scenario is another than the built-in one")


@case
def simulate_refuses_what_makes_no_sense(_):
    simulate(*RUNS[0], "-o", "whole.pcap")  # or skip
    write("bad.scenario", b"nonsense\n")
    for code, words in ((2, ("--scale", "0")), (2, ("--scale", "1e9")), (2, ("--days", "0")),
                        (2, ("--zone", "Nowhere")), (1, ("--scenario", "missing")), (2, ("--split",)),
                        (2, ("--scenario", "bad.scenario")), (2, ("--truth", "-")), (2, ("capture",)),
                        (1, ("--days", "1", "-o", "/dev/full")), (1, ("--days", "1", "-o", "no/file"))):
        result = hotaru("simulate", "-q", *words)
        lines = result.errors()
        check(result.code == code and len(lines) == 1 and lines[0].startswith("hotaru: "),
              f"simulate {' '.join(words)}: exit code {result.code}, {lines}")


run_cases()
