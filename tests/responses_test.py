#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""`hotaru responses` and `accessibility`: files of what hosts answered, converted and in a store, against what they say.

HOTARU_NMAP, HOTARU_ZGRAB2: folders of real output with expected.json, the bytes that it stands for.
"""
import base64
import csv
import gzip
import json
import os
import pathlib
import random
import re

from harness import (DAY_NS, address, case, check, csv_of, dotted, equal, ethernet, hotaru, pcap, record, run_cases, skip,
                     succeed, syn, write, zstd)

COLUMNS = "address,port,time,status,bytes,digest,banner"
DAY = 17299  # 2017-05-13


def line(host="192.0.2.1", port=23, time="2017-05-13T04:05:06Z", status="answered", response=b"login: ", **more):
    return json.dumps({"address": host, "port": port, "time": time, "probe": "test", "status": status,
                       "response": base64.b64encode(response).decode(), **more}) + "\n"


def own(text):
    return [json.loads(row) for row in text.splitlines()]


def rows(*words):
    got = csv_of("responses", *words).splitlines()
    equal(got[0], COLUMNS, "columns")
    return got[1:]


@case
def rows_are_in_order_and_escaped(_):
    """By address, port and time, whatever the order of the file; each once; the banner is ASCII, cut to 120."""
    hostile = b"\x1b[31m=1+1\r\n\t\\x41\xff" + b"z" * 200
    write("own.jsonl", "".join((line("192.0.2.9"), line("10.0.0.1", 80, response=hostile), line("10.0.0.1", 23, time=1494648306.5),
                                line("10.0.0.1", 23), line("192.0.2.9"), line("10.0.0.2", status="timeout", response=b"")))
          .encode())
    got = rows("own.jsonl")
    equal([row.split(",")[:5] for row in got],
          [["10.0.0.1", "23", "2017-05-13T04:05:06.000000Z", "answered", "7"],
           ["10.0.0.1", "23", "2017-05-13T04:05:06.500000Z", "answered", "7"],
           ["10.0.0.1", "80", "2017-05-13T04:05:06.000000Z", "answered", str(len(hostile))],
           ["10.0.0.2", "23", "2017-05-13T04:05:06.000000Z", "timeout", "0"],
           ["192.0.2.9", "23", "2017-05-13T04:05:06.000000Z", "answered", "7"]], "rows")
    banner = got[2].split(",")[6]
    check(banner.startswith("\\x1B[31m=1+1\\r\\n\\t\\\\x41\\xFFzzz") and len(banner) == 120, banner)
    equal(len(got[0].split(",")[5]), 32, "digits of the digest")
    equal(got[0].split(",")[5], got[4].split(",")[5], "digest of the same answer")


@case
def own_lines_come_back(_):
    """What is printed as JSON is read as the same, also compressed, and through standard input."""
    rng = random.Random(7)
    lines = [line(dotted(rng.randrange(2**32)), rng.randrange(1, 65536), response=rng.randbytes(rng.randrange(1, 300)),
                  **rng.choice(({}, {"cut": True}, {"lossy": True}))) for _ in range(200)]
    write("own.jsonl", "".join(lines).encode())
    first = succeed("responses", "-q", "own.jsonl", "--format", "json")
    key = lambda row: (address(row["address"]), row["port"])  # noqa: E731
    equal(own(first), sorted(own("".join(lines)), key=key), "lines")
    write("again.gz", gzip.compress(first.encode()))
    write("again.zst", zstd(first.encode()))
    for name in ("again.gz", "again.zst"):
        equal(succeed("responses", "-q", name, "--format", "json"), first, name)
    equal(succeed("responses", "-q", "-", "--format", "json", stdin=first.encode()), first, "standard input")
    succeed("responses", "-q", "own.jsonl", "--format", "json", "-o", "out.jsonl", "--memory", "64M")
    equal(pathlib.Path("out.jsonl").read_text(), first, "a file")


@case
def what_is_wrong_is_said(_):
    """A damaged line is 3, and the others are used; what is no file of answers is 1."""
    write("bad.jsonl", (line() + "{nonsense}\n" + line("2001:db8::1") + line("10.0.0.1", response=b"x")[:-20]).encode())
    result = hotaru("responses", "bad.jsonl", "--format", "csv")
    equal(result.code, 3, "exit code")
    said = " ".join(result.errors())
    check("line 2 is no JSON" in said and "1 without an IPv4 address" in said and "2 that are none of their form" in said, said)
    equal(len(result.text().splitlines()), 2, "rows")
    write("text", b"hello\n")
    for words in (("text",), ("none.jsonl",), (".",)):
        result = hotaru("responses", *words)
        check(result.code == 1 and len(result.errors()) == 1, f"{words}: {result.code} {result.errors()}")
    equal(hotaru("responses").code, 2, "nothing named")
    equal(hotaru("responses", "-p", "0x", "bad.jsonl").code, 2, "a port")


@case
def a_store_keeps_each_once(_):
    """By day; however often it comes; also beside captures, and until it is forgotten."""
    write("a.jsonl", (line() + line("192.0.2.2", time="2017-05-14T00:00:00Z")).encode())
    write("b.jsonl", (line() + line("192.0.2.3", time="2017-05-14T00:00:00Z") + line("192.0.2.4", time=None)).encode())
    succeed("responses", "-q", "-s", "store", "a.jsonl")
    succeed("responses", "-q", "-s", "store", "b.jsonl", "a.jsonl")
    result = hotaru("responses", "-s", "store", "a.jsonl", "b.jsonl")
    check("0 responses that are new, of 5" in result.errors()[-1], f"{result.errors()}")
    equal([row.split(",")[0] for row in rows("-s", "store")], [f"192.0.2.{n}" for n in range(1, 5)], "all")
    equal([row.split(",")[0] for row in rows("-s", "store", "--from", "2017-05-14")], ["192.0.2.2", "192.0.2.3"], "a day")
    equal(len(rows("-s", "store", "--port", "80,81")), 0, "of other ports")
    write("a.pcap", pcap([record(DAY * DAY_NS, ethernet(syn(address("192.0.2.1"), address("198.51.100.1"))))]))
    succeed("ingest", "-q", "-s", "store", "a.pcap")
    succeed("verify", "-q", "-s", "store")
    result = hotaru("responses", "-s", "store", "text", "a.jsonl")
    equal(result.code, 1, "one that cannot be read")
    succeed("forget", "-q", "-s", "store", "--before", "2017-05-13")
    equal([row.split(",")[0] for row in rows("-s", "store")], ["192.0.2.1", "192.0.2.2", "192.0.2.3"], "of days that are kept")
    file = next(pathlib.Path("store").glob("2017-05-14*.responses"))
    damaged = bytearray(file.read_bytes())
    damaged[-1] ^= 1
    file.write_bytes(damaged)
    result = hotaru("responses", "-s", "store", "--format", "csv")
    equal((result.code, [row.split(",")[0] for row in result.text().splitlines()[1:]]), (3, ["192.0.2.1"]), "a lost day")
    check(hotaru("verify", "-q", "-s", "store").code == 1, "verify")
    hotaru("verify", "-q", "-s", "store", "--drop-damaged", "--yes")
    succeed("responses", "-q", "-s", "store", "a.jsonl", "b.jsonl")
    equal([row.split(",")[0] for row in rows("-s", "store")], ["192.0.2.1", "192.0.2.2", "192.0.2.3"], "filled again")


def naive(attacks, answers, asked):
    for attacked in sorted({port for _, port in asked} & {port for _, port in attacks}):
        hosts = {host for host, port in attacks if port == attacked}
        for probed in sorted({port for _, port in asked}):
            count = len(hosts & {host for host, port in answers if port == probed})
            yield f"{attacked},{probed},{len(hosts)},{count},{count / len(hosts):.6g}"


@case
def accessibility_is_a_naive_count(_):
    """Of made attackers and answers: sources by attacked port, of which so many answered on another."""
    rng, ports = random.Random(11), (22, 23, 80, 2323)
    attacks = sorted({(rng.randrange(60), rng.choice(ports + (5555,))) for _ in range(150)})
    write("a.pcap", pcap(sorted((record((DAY + n % 2) * DAY_NS + n * 10**9, ethernet(syn(address("10.0.0.0") + host, address("198.51.100.1"),
                                                                                      port=port)))
                                 for n, (host, port) in enumerate(attacks)), key=lambda row: row[:8])))
    asked = sorted({(rng.randrange(80), rng.choice(ports)) for _ in range(200)})
    kinds = {pair: rng.choice(("answered", "answered", "tls", "empty", "refused", "timeout")) for pair in asked}
    write("own.jsonl", "".join(line(dotted(address("10.0.0.0") + host), port, status=kind, time="2017-05-16T00:00:00Z",
                                    response=b"x" if kind == "answered" else b"")
                               for (host, port), kind in kinds.items()).encode())
    succeed("ingest", "-q", "-s", "store", "a.pcap")
    succeed("responses", "-q", "-s", "store", "own.jsonl")
    answers = {pair for pair, kind in kinds.items() if kind in ("answered", "tls")}
    got = csv_of("accessibility", "-s", "store").splitlines()
    equal(got[0], "attacked_port,probed_port,hosts,accessible,share", "columns")
    equal(got[1:], list(naive(attacks, answers, asked)), "rows")
    got = csv_of("accessibility", "-s", "store", "--port", "5555", "--from", "2017-05-14").splitlines()[1:]
    later = {(host, port) for n, (host, port) in enumerate(attacks) if n % 2 and port == 5555}
    equal({row.split(",")[2] for row in got}, {str(len(later))}, "hosts of one port and day")
    said = " ".join(hotaru("accessibility", "-s", "store").errors())
    never = len({host for host, port in attacks if port in ports} - {host for host, _ in asked})
    check(f"{never} of the " in said, said)
    check("nobody was asked" in " ".join(hotaru("accessibility", "-s", "store", "--to", "2017-04-01").errors()), "long before")


@case
def devices_of_the_report_are_clusters(_):
    """devices.csv has the clusters of `hotaru cluster --summary` of the same answers, and how many hosts the telescope saw."""
    models = (b"HTTP/1.0 401 Unauthorized\r\nServer: one/1\r\nWWW-Authenticate: Basic realm=\"Alpha <b>\xe2\x80\xae\x1b[2J\"\r\n\r\n",
              b"\xff\xfb\x01\r\nGamma-Recorder </script><img src=x>\r\nlogin: ")
    hosts = {address("10.0.0.0") + 3 * n: n % 2 for n in range(41)}
    seen = [host for host in hosts if host % 5 != 0]
    write("a.pcap", pcap([record(DAY * DAY_NS + n * 10**9, ethernet(syn(host, address("198.51.100.1"), seq=address("198.51.100.1"), port=23)))
                          for n, host in enumerate(seen)]))
    write("own.jsonl", "".join(line(dotted(host), 80 if model else 23, response=models[model]) for host, model in hosts.items()).encode())
    succeed("ingest", "-q", "-s", "store", "a.pcap")
    succeed("responses", "-q", "-s", "store", "own.jsonl")
    succeed("report", "-q", "-s", "store", "-o", "page")
    got = list(csv.DictReader(pathlib.Path("page/devices.csv").open(encoding="utf-8", newline="")))
    want = list(csv.DictReader(csv_of("cluster", "--summary", "own.jsonl").splitlines()))
    names = [key for key in want[0] if not key.startswith("label")]
    equal([{key: row[key] for key in names} for row in got], [{key: row[key] for key in names} for row in want], "clusters")
    for words in ((), ("--summary",), ("--linkage",), ("--paper",)):
        equal(csv_of("cluster", "-s", "store", *words), csv_of("cluster", "own.jsonl", *words), f"clusters of a store {words}")
    check("no host has answered" in " ".join(hotaru("cluster", "-s", "store", "--to", "2017-05-12").errors()), "days before")
    equal(csv_of("cluster", "-s", "store", "--from", "2017-05-13"), csv_of("cluster", "own.jsonl"), "the day they were asked")
    equal(hotaru("cluster", "-s", "store", "own.jsonl").code, 2, "a store and a file")
    equal(hotaru("cluster", "own.jsonl", "--from", "2017-05-13").code, 2, "days of a file")
    equal([int(row["infected"]) for row in got], [len([h for h in seen if hosts[h] == model]) for model in (0, 1)], "infected")
    text = pathlib.Path("page/index.html").read_text(encoding="utf-8")
    check("<img" not in text and "\u202e" not in text and "\x1b" not in text, "an answer is markup")
    check("Alpha &lt;b&gt;\\xE2\\x80\\xAE\\x1B[2J" in text and "&lt;/script&gt;&lt;img src=x&gt;" in text, "no answer is shown")


@case
def the_figure_of_devices_counts_hosts_by_day_and_country(_):
    """Those of each day, and each once in its country, by cluster: against a naive count."""
    texts = (b"220 Alpha disk station ready to serve", b"\r\nGamma-Recorder (none)\r\nlogin: ", b"SSH-2.0-something_else_entirely\r\n")
    models = {address("10.0.0.0") + n: 0 if n % 9 < 5 else 1 if n % 9 < 8 else 2 for n in range(60)}
    seen = {(day, host) for host in models for day in range(2) if (host * 7 + day * 3) % 5}
    write("a.pcap", pcap([record((DAY + day) * DAY_NS + n * 10**9,
                                 ethernet(syn(host, address("198.51.100.1"), seq=address("198.51.100.1"), port=23)))
                          for n, (day, host) in enumerate(sorted(seen))]))
    write("own.jsonl", "".join(line(dotted(host), 80, response=texts[model], time=f"2017-05-1{3 + host % 2}T12:00:00Z")
                               for host, model in models.items()).encode())
    write("places.csv", b"10.0.0.0,10.0.0.19,JP\n10.0.0.20,10.0.0.255,VN\n")
    succeed("ingest", "-q", "-s", "store", "a.pcap")
    succeed("responses", "-q", "-s", "store", "own.jsonl")
    succeed("report", "-q", "-s", "store", "-o", "page", "--country-db", "places.csv")
    sizes = [sum(m == model for m in models.values()) for model in range(3)]
    numbers = {model: sorted(range(3), key=lambda m: -sizes[m]).index(model) + 1 for model in range(3)}
    check(len(set(sizes)) == 3, f"{sizes}")
    want = set()
    for label, hosts in (("2017-05-13", [h for d, h in seen if d == 0]), ("2017-05-14", [h for d, h in seen if d == 1]),
                         *((name, {h for _, h in seen if (h % 256 < 20) == is_first}) for name, is_first in (("Japan", True), ("Vietnam", False)))):
        want |= {(label, str(sum(models[h] == m for h in hosts)), str(len(hosts)), f"cluster {numbers[m]}") for m in range(3)}
    got = set(re.findall(r"<title>([^<]*): (\d+) of (\d+) hosts are of ([^<]*)</title>", pathlib.Path("page/devices.svg").read_text()))
    equal(sorted(got), sorted(want), "parts")


@case
def devices_of_the_report_are_those_of_the_newest_days_on_which_hosts_were_asked(_):
    """Also long ago; of the last days, where they were asked after those; of no others than those of the page."""
    def packet(day, host):
        return record(day * DAY_NS, ethernet(syn(address("10.0.0.0") + host, address("198.51.100.1"), seq=address("198.51.100.1"), port=23)))

    def days(words):
        succeed("report", "-q", "-s", "store", "-o", "page", *words)
        text = pathlib.Path("page/index.html").read_text(encoding="utf-8")
        heading = re.search(r'id="clusters">[^<]*, ([-0-9]*)(?: to ([-0-9]*))?<', text)
        return heading and (*heading.groups(), "No host was asked later." in text)

    write("a.pcap", pcap([packet(day, day) for day in range(DAY, DAY + 70)]))
    succeed("ingest", "-q", "-s", "store", "a.pcap")
    for asked, words, want in (
            ("1970-01-01", (), None),
            ("2017-05-20", ("--to", "2017-07-20"), ("2017-05-20", None, True)),
            ("2017-06-16", ("--to", "2017-07-20"), ("2017-05-20", "2017-06-16", True)),
            ("2017-06-17", ("--to", "2017-07-20"), ("2017-06-16", "2017-06-17", True)),
            (None, ("--to", "2017-06-17"), ("2017-06-16", "2017-06-17", False)),
            (None, ("--to", "2017-06-10"), ("2017-05-20", None, True)),
            (None, ("--to", "2017-05-19"), None),
            (None, ("--from", "2017-06-17", "--to", "2017-07-01"), ("2017-06-17", None, True)),
            (None, ("--from", "2017-06-18", "--to", "2017-07-01"), None),
            ("2017-07-25", (), ("2017-06-24", "2017-07-21", False)),
            ("2017-07-21", (), ("2017-07-21", None, False))):
        if asked:
            write("own.jsonl", line("10.0.0.1", 80, response=b"x", time=f"{asked}T12:00:00Z").encode())
            succeed("responses", "-q", "-s", "store", "own.jsonl")
        equal(days(words), want, f"{words}, asked on {asked}")


def expected(variable):
    if variable not in os.environ:
        skip(f"{variable} is not set")
    folder = pathlib.Path(os.environ[variable])
    return folder, json.loads((folder / "expected.json").read_text())


@case
def real_output_of_nmap(_):
    """All bytes that can be had back from it; nmap's own messages are none."""
    folder, truth = expected("HOTARU_NMAP")
    for name, ports in truth["files"].items():
        got = {}
        for row in own(succeed("responses", "-q", folder / name, "--format", "json")):
            got.setdefault((row["address"], row["port"], row["probe"]), row)
        for port in ports:
            where = (port["host"], port["port"])
            if port["state"] == "closed":
                equal(got[(*where, "nmap")]["status"], "refused", f"{name}: {where}")
            for script, says in port.get("scripts", {}).items():
                row = got.get((*where, f"nmap-{script}"))
                wanted = None if says["status"] in ("ignored", "script-error") else says["bytes_b64"]
                equal(row and row["response"], wanted, f"{name}: {where} {script}")
            for answer in port.get("servicefp") or ():
                row = got[(*where, f"nmap-{answer['probe']}")]
                equal((row["response"], "cut" in row), (answer["bytes_b64"], not answer["complete"]), f"{name}: {where}")


@case
def lines_of_zgrab2(_):
    folder, truth = expected("HOTARU_ZGRAB2")
    lines = (folder / "samples.jsonl").read_text().split("\n")
    for says in truth["lines"]:
        write("one.jsonl", ('{"ip":"192.0.2.1","data":{"banner":{"status":"x","port":1}}}\n' + lines[says["line"] - 1]).encode())
        result = hotaru("responses", "-q", "one.jsonl", "--format", "json")
        got = own(result.text())
        equal(result.code, 3 if says["status"] == "bad-line" else 0, f"line {says['line']}")
        if says["raw_b64"] is not None:
            equal([(row["response"], "lossy" in row) for row in got], [(says["raw_b64"], False)], f"line {says['line']}")
        check(all(row.get("lossy") or row["response"] == (says["raw_b64"] or "") for row in got), f"line {says['line']}")


if __name__ == "__main__":
    run_cases()
