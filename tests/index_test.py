#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Eleven hundred real captures against counts that another program made of them.

INDEX.tsv in $HOTARU_CAPTURES has, for each capture, numbers that were counted
independently of hotaru. `hotaru ledger` and `hotaru packets` have to find the same,
but for what index-differences.tsv lists, each with the reason; and what it lists has to
differ just so, or the list is not true any more.
"""
import collections
import concurrent.futures
import csv
import pathlib

from harness import captures_folder, case, check, equal, fail, hotaru, run_cases

WORKERS = 2
DIFFERENCES = pathlib.Path(__file__).resolve().parent / "index-differences.tsv"
NOT_READ_YET = "not read yet: "  # what a reason begins with that is work to do

# What the index calls IPv4 is every counter behind those that say "no IPv4 header".
IPV4_COUNTERS = ("outside_telescope", "later_fragment", "syn", "syn_ack", "rst", "tcp_other",
                 "udp", "icmp", "other_protocol")
LEDGER_COLUMNS = {"packets_capstat": ("frames",), "ipv4": IPV4_COUNTERS, "ipv6": ("ipv6",),
                  "tcp_syn": ("syn",), "synack": ("syn_ack",), "rst": ("rst",)}
FINGERPRINT_COLUMNS = {"syn_seq_eq_dst": "mirai", "syn_win14600": "hajime",
                       "syn_ipid54321": "zmap", "syn_masscan_ipid": "masscan"}


def index(folder):
    with open(folder / "INDEX.tsv", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def is_counted(row):
    return row["ipv4"] != ""


def differences():
    """{path: ("column=hotaru's value,...", reason)} as the list says."""
    with open(DIFFERENCES, encoding="utf-8", newline="") as file:
        return {row["path"]: (row["columns"], row["reason"])
                for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)}


# ---- what hotaru counts

def count_ledger(text):
    totals = collections.Counter()
    for capture, counter, frames in csv.reader(text.splitlines()[1:]):
        if capture == "*":
            totals[counter] += int(frames)
    return {column: sum(totals[c] for c in counters)
            for column, counters in LEDGER_COLUMNS.items()}


def count_packets(text):
    sources, matches = set(), collections.Counter()
    for row in csv.DictReader(text.splitlines()):
        if row["kind"] == "syn":
            sources.add(row["source"])
            matches.update(row["fingerprints"].split(";"))
    counts = {column: matches[name] for column, name in FINGERPRINT_COLUMNS.items()}
    return {"syn_sources": len(sources), **counts}


def difference(folder, row):
    """The columns in which hotaru differs: "name=value,...", "" for none."""
    path = folder / row["local_path"]
    ledger = hotaru("ledger", "--format", "csv", "--quiet", "--threads", "1", path)
    packets = hotaru("packets", "--format", "csv", "--quiet", path)
    for result in (ledger, packets):
        if result.code not in (0, 3):
            return f"unreadable={result.code}"
    counts = {**count_ledger(ledger.text()), **count_packets(packets.text())}
    return ",".join(f"{column}={counts[column]}" for column in (*LEDGER_COLUMNS, "syn_sources",
                                                                *FINGERPRINT_COLUMNS)
                    if row[column] != "" and int(row[column]) != counts[column])


def check_folder(top):
    """Compares the captures below one top folder."""
    folder = captures_folder()
    rows = [row for row in index(folder)
            if is_counted(row) and row["local_path"].startswith(top + "/")]
    listed = differences()
    check(rows, f"the index has no counts below {top}")
    with concurrent.futures.ThreadPoolExecutor(WORKERS) as pool:
        found = list(pool.map(lambda row: difference(folder, row), rows))
    for row, columns in zip(rows, found):
        path = row["local_path"]
        want, reason = listed.get(path, ("", ""))
        if columns != want and want == "":
            counted = {c.split("=")[0]: row.get(c.split("=")[0]) for c in columns.split(",")}
            fail(f"{path}: hotaru counts {columns}, the index {counted}")
        elif columns != want:
            fail(f"{path}: is listed as {want} ({reason}), but hotaru counts "
                 f"{columns or 'as the index does'}")


# ---- cases

@case
def captures_of_backscatter(_):
    check_folder("backscatter")


@case
def captures_of_a_darknet(_):
    check_folder("darknet")


@case
def captures_in_many_formats(_):
    check_folder("formats")


@case
def hostile_captures(_):
    check_folder("hostile")


@case
def captures_of_mirai(_):
    check_folder("mirai")


@case
def captures_of_scanners(_):
    check_folder("scanners")


@case
def captures_of_scans(_):
    check_folder("scans")


@case
def files_without_counts_give_a_result_or_a_reason(_):
    """Flow records, fuzzers' findings and the like: whatever they are, one line says so."""
    folder = captures_folder()
    rows = [row for row in index(folder) if not is_counted(row)]
    with concurrent.futures.ThreadPoolExecutor(WORKERS) as pool:
        results = list(pool.map(
            lambda row: hotaru("ledger", "--quiet", folder / row["local_path"]), rows))
    for row, result in zip(rows, results):
        lines = result.errors()
        if result.code in (1, 3):
            check(len(lines) == 1 and lines[0].startswith("hotaru: "),
                  f"{row['local_path']}: exit code {result.code}, but says {lines}")
        else:
            check(result.code == 0 and lines == [],
                  f"{row['local_path']}: exit code {result.code}, says {lines}")


@case
def every_top_folder_is_looked_at(_):
    tops = {row["local_path"].split("/")[0] for row in index(captures_folder()) if is_counted(row)}
    equal(sorted(tops), ["backscatter", "darknet", "formats", "hostile", "mirai", "scanners", "scans"],
          "top folders with counts")


@case
def the_list_of_differences_is_true(_):
    """Names files of the index, has a reason for each, and says what is still to be read."""
    known = {row["local_path"] for row in index(captures_folder())}
    to_do = collections.defaultdict(list)
    for path, (columns, reason) in differences().items():
        check(path in known, f"{path} is listed, but not in the index")
        check(columns and reason, f"{path} is listed without columns or a reason")
        if reason.startswith(NOT_READ_YET):
            to_do[reason[len(NOT_READ_YET):]].append(path)
    if to_do:
        print(f"not read yet, {sum(map(len, to_do.values()))} captures:")
    for what, paths in sorted(to_do.items()):
        print(f"  {what}: {', '.join(sorted(paths))}")


run_cases()
