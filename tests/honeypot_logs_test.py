#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Logs of honeypots: real ones against a naive count of them, and in pieces, any order, compressed and twice.

HOTARU_HONEYPOT: a folder of real logs of Cowrie (honeypot_naive.py).
"""
import collections
import csv
import io
import json
import os
import pathlib
import random

from harness import case, check, csv_of, equal, hotaru, run_cases, skip, write, zstd
import honeypot_naive


def sessions_of(*words):
    return list(csv.DictReader(io.StringIO(csv_of("honeypot", *words))))


def tokens_of(sessions):
    """{(day, token): sessions}"""
    found = collections.Counter()
    for session in sessions:
        for token in filter(None, session["tokens"].split(";")):
            found[session["time"][:10], token] += 1
    return found


def compare(path):
    """Each number that both have. A token is of the day of its session there, and of its line here."""
    count, name = honeypot_naive.Count(path), path.name
    exit_code = 3 if count.numbers["bad"] else 0
    result = hotaru("honeypot", "--format", "csv", path)
    equal(result.code, exit_code, f"{name}: exit code")
    sessions = list(csv.DictReader(io.StringIO(result.out.decode())))
    # Times of whole seconds: what was typed twice in one is one event.
    commands = len(count.typed) if count.typed else count.numbers["commands"]
    got = {"sessions": len({(s["sensor"], s["session"], s["source"]) for s in sessions}), "sources": len({s["source"] for s in sessions}),
           "failed": sum(int(s["failed"]) for s in sessions), "succeeded": sum(int(s["logins"]) for s in sessions),
           "commands": sum(int(s["commands"]) for s in sessions)}
    equal(got, {**{column: count.numbers[column] for column in got}, "commands": commands}, name)
    equal(tokens_of(sessions), {key: len(of) for key, of in count.tokens.items()}, f"{name}: tokens by day")


@case
def real_logs_have_what_a_naive_count_finds(_):
    """Sessions, sources, log-ins, commands, and sessions by token and day."""
    folder = os.environ.get("HOTARU_HONEYPOT")
    if not folder:
        skip("HOTARU_HONEYPOT names no folder")
    logs = honeypot_naive.logs(folder)
    check(len(logs) > 0, "no logs")
    for path in logs:
        compare(path)


@case
def a_log_in_text_and_its_json_agree(_):
    """Of one day both were kept: the same sessions, by time, source, log-ins and commands."""
    if not os.environ.get("HOTARU_HONEYPOT"):
        skip("HOTARU_HONEYPOT names no folder")
    folder = pathlib.Path(os.environ["HOTARU_HONEYPOT"])
    columns = ("time", "session", "source", "protocol", "tokens", "stage", "logins", "failed", "commands", "client", "seconds")
    text, lines = ([[s[column] for column in columns] for s in sessions_of(folder / name)]
                   for name in ("cowrie.log.2018-06-15.gz", "cowrie.json.2018-06-15.gz"))
    equal(text, lines, "sessions")


def made(rng):
    """Lines of some sessions, of three versions of Cowrie."""
    lines = []
    for i in range(60):
        source, session = f"192.0.2.{rng.randrange(1, 255)}", f"{rng.getrandbits(48):012x}"
        second, old = rng.randrange(3 * 86400), i % 3

        def tell(event, **more):
            nonlocal second
            second += 1
            day, clock = divmod(second, 86400)
            stamp = f"2018-06-{15 + day}T{clock // 3600:02}:{clock // 60 % 60:02}:{clock % 60:02}.{rng.randrange(10**6):06}"
            record = {"eventid": "cowrie." + event, "timestamp": stamp + ("Z", "+0000", "")[old], "src_ip": source, "session": session,
                      "sensor": "s", **more}
            lines.append(json.dumps(record, separators=((",", ":"), (", ", ": "), (",", ":"))[old]))

        tell("session.connect", src_port=rng.randrange(1, 65536), dst_ip="198.51.100.1", dst_port=2223, protocol="telnet")
        tell("login.success", username="root", password="b'\\xff'" if old else "x")
        for _ in range(rng.randrange(5)):
            tell("command.input", input=rng.choice(("sh", "/bin/busybox ECCHI", "cat /proc/mounts; /bin/busybox SATORI", "\x00\x1b[2J")))
        tell("session.closed", **({"duration": "1.5"}, {"duration": 1.5}, {"duration_ms": 1500})[old])
    return lines


@case
def pieces_in_any_order_and_twice_give_the_same(_):
    """A log whole; rotated in the middle of sessions, compressed, in any order, some twice; its lines in any order; a list."""
    rng = random.Random(3)
    lines = made(rng)
    write("whole.json", "\n".join(lines).encode() + b"\n")
    want = csv_of("honeypot", "whole.json")
    check(want.count("\n") == 61, "sessions of the log")
    edges = sorted(rng.sample(range(1, len(lines)), 4)) + [len(lines)]
    pieces = []
    for i, (begin, end) in enumerate(zip([0] + edges, edges)):
        text = ("\n".join(lines[begin:end]) + "\n").encode()
        pieces.append(f"piece{i}" + (".zst" if i % 2 else ""))
        write(pieces[-1], zstd(text) if i % 2 else text)
    rng.shuffle(pieces)
    for piece in pieces + pieces[:2]:
        check(hotaru("honeypot", "-q", "-s", "store", piece).code == 0, f"{piece} is taken in")
    equal(csv_of("honeypot", "-s", "store"), want, "of a store")
    equal(csv_of("honeypot", *pieces), want, "of pieces")
    shuffled = rng.sample(lines, len(lines))
    write("shuffled.json", "\r\n\n".join(shuffled).encode())
    equal(csv_of("honeypot", "shuffled.json", "whole.json"), want, "of lines in any order, and twice")
    write("list.json", ("[" + ",\n".join(json.dumps({"_source": json.loads(line)}) for line in shuffled) + "]").encode())
    equal(csv_of("honeypot", "--threads", "3", "list.json"), want, "of a list")


run_cases()
