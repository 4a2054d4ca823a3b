#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""`hotaru honeypot` and `variants`: sessions, tokens, roles and families against a naive model of them, and real logs
against independent counts.

HOTARU_HONEYPOT: a folder of real logs with COUNTS.tsv. HOTARU_ROUNDS: random worlds.
"""
import collections
import csv
import datetime
import gzip
import io
import json
import os
import pathlib
import random
import re

from harness import case, check, csv_of, equal, hotaru, run_cases, skip, succeed, write

ROUNDS = int(os.environ.get("HOTARU_ROUNDS", "4"))
SEED = int(os.environ.get("HOTARU_SEED", "1"))
BEGIN = datetime.datetime(2018, 6, 14, 12, tzinfo=datetime.timezone.utc)
DAY = datetime.timedelta(days=1)
TABLE = {"MIRAI": ("mirai", 2, False), "ECCHI": ("mirai", 2, True), "SATORI": ("satori", 1, False),
         "OKIRU": ("okiru", 1, False), "MASUTA": ("masuta", 0, False), "daddyl33t": ("daddyl33t", 0, False)}
APPLETS = ("cat", "wget", "tftp", "ps", "cp", "echo", "chmod", "dd", "rm")
LINES = ("enable", "system", "shell", "sh", "/bin/busybox MIRAI", "/bin/busybox ECCHI", "cat /proc/mounts; /bin/busybox PEGOK",
         "/bin/busybox SATORI", "/bin/busybox cat /bin/busybox || while read i; do echo $i; done < /bin/busybox",
         "/bin/busybox ps; /bin/busybox ECCHI", "cd tmp; (cat .s || cp /bin/echo .s); /bin/busybox XUSRH", "busybox wget",
         "/bin/busybox daddyl33t", "uname -a", "w", "ls -la", "wget http://192.0.2.9/x", "echo /bin/busybox NOTME",
         "/bin/busybox NEWONE", "/bin/busybox LONELY", "(dd bs=52 count=1 if=.s || cat .s); /bin/busybox XUSRH", "exit",
         "/bin/busybox MASUTA", "cd /; /bin/busybox MASUTA", "/bin/busybox OKIRU;wget", "x&&/bin/busybox OKIRU")
COLUMNS = "time,sensor,session,source,protocol,tokens,role,family,stage,logins,commands,downloads,failed,seconds,flag,client,fetched"


def stamp(when):
    return when.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


# ---- a world, as lines of a log

def line(event, when, sensor, session, source, **more):
    return json.dumps({"eventid": f"cowrie.{event}", "src_ip": source, "timestamp": stamp(when), "sensor": sensor, "session": session,
                       "message": "", **more}, separators=(",", ":"))


def play(rng, sensor, session, source, when):
    """One session: some of its lines may be lost, as if a piece of the log were."""
    rows = []

    def tell(event, **more):
        rows.append(line(event, when, sensor, session, source, **more))

    tell("session.connect", src_port=rng.randrange(1024, 65536), dst_ip="203.0.113.7", dst_port=2223, protocol="telnet")
    for _ in range(rng.randrange(3)):
        when += datetime.timedelta(microseconds=rng.randrange(10**6))
        tell("login.failed", username="root", password=rng.choice(("x", "/bin/busybox MIRAI", "sh", "enable")))
    if rng.random() < 0.7:
        when += datetime.timedelta(microseconds=rng.randrange(10**6))
        tell("login.success", username="root", password="1234")
        slow = rng.random() < 0.3
        for _ in range(rng.randrange(9)):
            when += datetime.timedelta(microseconds=rng.randrange(5 * 10**6 if slow else 9 * 10**5))
            text = rng.choice(LINES)
            tell("command.input", input=text)
            if rng.random() < 0.2:
                tell("command.failed", input=text)
        if rng.random() < 0.2:
            tell("session.file_download", url="http://192.0.2.9/x", shasum="0" * 64, outfile="y")
    if rng.random() < 0.1:
        when += datetime.timedelta(seconds=rng.choice((3599, 3601, 80000)))
        tell("command.input", input="w")
    if rng.random() < 0.8:
        when += datetime.timedelta(microseconds=rng.randrange(10**8))
        tell("session.closed", duration="3.5")
    return [row for row in rows if rng.random() < 0.97]


def world(rng):
    rows = []
    for _ in range(rng.randrange(40, 160)):
        # Numbers are few, so that they come again: after a restart, and of several sources.
        session = rng.choice(("TX", "e51a1e21cf", "")) + str(rng.randrange(30))
        source = rng.choice(("198.51.100.", "10.0.0.", "192.0.2.")) + str(rng.randrange(1, 8))
        if rng.random() < 0.05:
            source = "203.0.113.7"
        when = BEGIN + rng.random() * 3 * DAY
        if rng.random() < 0.3:
            when = (BEGIN + DAY).replace(hour=23, minute=59, second=rng.randrange(60))
        rows += play(rng, rng.choice(("mori", "hana", "")), session, source, when)
    return rows


# ---- the model

def tokens_of(text):
    found = re.findall(r"(?:^|[;&|(`\"'{\r\n\0])[ \t]*(?:[^\s;&|(`\"'{<>\0]*/)?busybox[ \t]+([A-Za-z0-9_]{2,16})[ \t]*(?=$|[\r\n;&|()`\"'{}<>\0])",
                       text)
    return [token for token in found if token not in APPLETS]


def events_of(rows):
    for row in sorted(set(rows)):
        event = json.loads(row)
        event["when"] = datetime.datetime.strptime(event["timestamp"], "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=datetime.timezone.utc)
        event["id"] = event["eventid"].partition(".")[2]
        yield event


ORDER = ("session.connect", "session.closed", "login.failed", "login.success", "command.input", "command.failed",
         "session.file_download")


def sessions_of(rows):
    groups = collections.defaultdict(list)
    for event in events_of(rows):
        groups[event["sensor"], event["session"], event["src_ip"]].append(event)
    for key, events in groups.items():
        events.sort(key=lambda e: (e["when"], ORDER.index(e["id"]), e.get("input", "")))
        pieces = []
        for event in events:
            connects = event["id"] == "session.connect"
            if not pieces or connects or event["when"] - pieces[-1][-1]["when"] > datetime.timedelta(hours=1):
                pieces.append([])
            pieces[-1].append(event)
        for piece in pieces:
            first = piece[0]["when"].date()
            yield key, [event for event in piece if (event["when"].date() - first).days <= 1]


def role_of(tokens, typed, texts, downloads, programs, loaders):
    lines = [event["input"].strip(" \t\r\n") for event in typed]
    prepares = len({text for text in texts if text in ("enable", "system", "shell", "sh")}) >= 3
    calls = sum(len(tokens_of(event["input"])) for event in typed)
    marks = calls >= 3 or any(not text.startswith("/bin/busybox " + token) for text in lines for token in tokens_of(text))
    loads = downloads > 0 or any(re.search(r"/proc/mounts|cat /bin/|dd if=|dd bs=|while read|cat \.s|if=\.s|cp /bin/echo \.s", text) or
                                 re.search(r"(?<![\w.-])(wget|tftp|curl|ftpget|chmod)(?![\w.-])", text) for text in lines)
    filled = [event["when"] for event in typed if event["input"].strip()]
    slow = sum(b - a >= datetime.timedelta(seconds=1) for a, b in zip(filled, filled[1:]))
    if not tokens and not prepares and len(filled) >= 3 and 2 * slow >= len(filled) - 1:
        return "human"
    if loaders:
        return "loader"
    if loads or marks:
        return "both" if programs == 1 or (programs == 0 and tokens and not marks) else "loader"
    return "scanner" if tokens or prepares else "unknown"


def model(rows):
    """The listing, as rows of CSV, and sources and sessions by day and family."""
    found, said = [], collections.defaultdict(set)
    for (sensor, name, source), events in sessions_of(rows):
        tokens = []
        for event in events:
            for text in (event.get("input"), event.get("username"), event.get("password")):
                tokens += [token for token in tokens_of(text or "") if token not in tokens]
        found.append((sensor, name, source, events, tokens))
    for event in events_of(rows):
        for text in (event.get("input"), event.get("username"), event.get("password")):
            for token in tokens_of(text or ""):
                if not event["src_ip"].startswith("10.") and event["src_ip"] != "203.0.113.7":
                    said[token].add(event["src_ip"])
    listing, counts = [], collections.defaultdict(list)
    for sensor, name, source, events, tokens in found:
        typed = [event for event in events if event["id"] == "command.input"]
        texts = [event["input"] for event in events if "input" in event] + \
            [event[field] for event in events for field in ("username", "password") if field in event]
        listed = next((TABLE[token] for token in tokens if token in TABLE), None)
        hajime = not listed and any(re.search(r"cat \.s|if=\.s|cp /bin/echo \.s", event["input"]) or
                                    event["input"].startswith("cat /proc/mounts; /bin/busybox PEGOK") for event in typed)
        named = next((token for token in tokens if len(said[token]) >= 3), None)
        family = "" if not tokens else listed[0] if listed else "hajime" if hajime else named or "other"
        downloads = sum(event["id"] == "session.file_download" for event in events)
        logins = sum(event["id"] == "login.success" for event in events)
        role = role_of(tokens, typed, texts, downloads, listed[1] if listed else 1 if hajime and tokens else 0,
                       any(token in TABLE and TABLE[token][2] for token in tokens))
        runs = any(event["id"].startswith("command.") for event in events)
        stage = "download" if downloads else "token" if tokens else "shell" if runs else "login" if logins else "connect"
        flag = "private" if source.startswith("10.") else "own" if source == "203.0.113.7" else ""
        first = events[0]["when"]
        seconds = (events[-1]["when"] - first).total_seconds()
        protocol = next((event["protocol"] for event in events if "protocol" in event), "unknown")
        listing.append((stamp(first), name, sensor, source, protocol, ";".join(tokens), role, family, stage, logins, len(typed),
                        downloads, sum(event["id"] == "login.failed" for event in events), f"{seconds:.6f}".rstrip("0").rstrip("."), flag, "",
                        " ".join(["hxxp://192[.]0[.]2[.]9/x"] * downloads)))
        if family and not flag:
            counts[first.date().isoformat(), family].append(source)
    listing.sort(key=lambda r: (r[0], r[1], r[2], tuple(map(int, r[3].split(".")))))
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS.split(","))
    for row in listing:
        writer.writerow((row[0], row[2], row[1], *row[3:]))
    days = [f"{day},{family},unknown,{len(set(sources))},{len(sources)}" for (day, family), sources in sorted(counts.items())]
    return out.getvalue(), "\n".join(["day,family,country,sources,sessions", *days]) + "\n"


def own_needs_a_connection(rows):
    """The model takes 203.0.113.7 as the own address of each sensor: so each has a connection there."""
    when = BEGIN - DAY
    return rows + [line("session.connect", when, sensor, f"first{sensor}", "198.51.100.99", src_port=1, dst_ip="203.0.113.7",
                        dst_port=2223, protocol="telnet") for sensor in ("mori", "hana", "")]


def write_pieces(rng, rows, name):
    """In pieces that overlap, of any order, one of them compressed."""
    files, at = [], 0
    while at < len(rows):
        count = rng.randrange(1, len(rows) // 2 + 2)
        data = "".join(row + "\n" for row in rows[max(0, at - rng.randrange(5)):at + count]).encode()
        files.append(f"{name}.{len(files)}")
        write(files[-1], gzip.compress(data) if len(files) == 2 else data)
        at += count
    return files


@case
def as_a_naive_model_finds_it(_):
    """Byte for byte: of logs as they are, and of stores that took them in pieces, twice, in any order."""
    for number in range(ROUNDS):
        rng = random.Random(SEED + number)
        rows = own_needs_a_connection(world(rng))
        rng.shuffle(rows)
        write("all.json", "".join(row + "\n" for row in rows).encode())
        listing, counts = model(rows)
        equal(csv_of("honeypot", "-q", "all.json"), listing, f"listing, world {number}")
        equal(csv_of("variants", "-q", "all.json"), counts, f"variants, world {number}")
        files = write_pieces(rng, rows, f"piece{number}")
        store = f"store{number}"
        for _ in range(2):
            rng.shuffle(files)
            for name in files if rng.random() < 0.5 else [files]:
                succeed("honeypot", "-q", "-s", store, *([name] if isinstance(name, str) else name))
            equal(csv_of("honeypot", "-q", "-s", store), listing, f"listing of the store, world {number}")
            equal(csv_of("variants", "-q", "-s", store), counts, f"variants of the store, world {number}")
        check("0 events that are new" in hotaru("honeypot", "-s", store, "all.json").errors()[-1], "nothing is new")
        # A day by itself has the rows that it has among others.
        for day in ("2018-06-14", "2018-06-15", "2018-06-16"):
            want = [row for row in listing.splitlines()[1:] if row.startswith(day)]
            equal(csv_of("honeypot", "-q", "-s", store, "--from", day, "--to", day).splitlines()[1:], want, f"{day}, world {number}")
        succeed("verify", "-q", "-s", store)


def both_forms(rng):
    """The same sessions as JSON and as text, where only the line of a connection has the session's name."""
    when, rows, text = BEGIN, [], []
    for number in range(rng.randrange(20, 80)):
        when += datetime.timedelta(microseconds=rng.randrange(1, 9 * 10**7))
        source, session, at = f"198.51.100.{rng.randrange(1, 5)}", f"{rng.randrange(16**12):012x}", when
        rows.append(line("session.connect", at, "", session, source, src_port=5, dst_ip="203.0.113.7", dst_port=2223, protocol="telnet"))
        text.append((at, "cowrie.telnet.transport.HoneyPotTelnetFactory",
                     f"New connection: {source}:5 (203.0.113.7:2223) [session: {session}]"))
        system = f"CowrieTelnetTransport,{number + 7},{source}"
        for event, word, more in [("login.failed", "login attempt [root/x] failed", {"username": "root", "password": "x"})] * rng.randrange(3) + \
                [("login.success", "login attempt [root/y] succeeded", {"username": "root", "password": "y"})] * rng.randrange(2) + \
                [("command.input", f"CMD: {typed}", {"input": typed}) for typed in rng.sample(LINES, rng.randrange(5))] + \
                [("session.closed", "Connection lost after 1 seconds", {})]:
            at += datetime.timedelta(microseconds=rng.randrange(1, 5 * 10**7))
            rows.append(line(event, at, "", session, source, protocol="telnet", **more))
            text.append((at, system, word))
    log = "".join(f"{at:%Y-%m-%dT%H:%M:%S.%f}+0000 [{system}] {word}\n" for at, system, word in sorted(text, key=lambda row: row[0]))
    return "".join(row + "\n" for row in rows), log


@case
def halves_of_logs_in_text_are_joined(_):
    """A log in text says the same as one in JSON, also over midnight and of many connections of a source at once."""
    for number in range(ROUNDS):
        rng = random.Random(SEED + number)
        rows, log = both_forms(rng)
        write("a.json", rows.encode())
        cut = log.find("\n", rng.randrange(len(log) // 2)) + 1
        write("b.log", log[cut:].encode())
        write("a.log", log[:cut + log[cut:].find("\n") + 1].encode())
        want = csv_of("honeypot", "-q", "a.json")
        equal(csv_of("honeypot", "-q", "b.log", "a.log"), want, f"world {number}")


@case
def tables_of_families(_):
    """One of one's own takes the place of the built-in one; what is wrong in it is said with its line."""
    write("a.json", "".join(line("command.input", BEGIN, "s", f"x{n}", f"192.0.2.{n}", input=f"/bin/busybox {token}") + "\n"
                            for n, token in enumerate(("MIRAI", "Mirai", "ours"), 1)).encode())
    equal(csv_of("variants", "-q", "a.json").splitlines()[1:],
          ["2018-06-14,mirai,unknown,1,1", "2018-06-14,other,unknown,2,2"], "built in")
    write("own.csv", b"# mine\nold,MIRAI;Mirai,,,0x22;0x54,2016-08,me\nnew,,ours,1,,,\n")
    equal(csv_of("variants", "-q", "--families", "own.csv", "a.json").splitlines()[1:],
          ["2018-06-14,new,unknown,1,1", "2018-06-14,old,unknown,2,2"], "own")
    rows = csv_of("variants", "-q", "--table", "--families", "own.csv", "a.json").splitlines()
    equal([row.split(",")[:7] for row in rows], [["type", "programs", "tokens", "countries", "keys", "sources", "sessions"],
                                               ["old", "", "MIRAI;Mirai", "unknown:2", "0x22;0x54", "2", "2"],
                                               ["new", "1", "ours", "unknown:1", "", "1", "1"]], "table")
    equal(csv_of("variants", "-q", "--by", "token", "a.json").splitlines()[1:],
          ["2018-06-14,MIRAI,unknown,1,1", "2018-06-14,Mirai,unknown,1,1", "2018-06-14,ours,unknown,1,1"], "tokens")
    equal(csv_of("variants", "-q", "--family", "other", "a.json").splitlines()[1:], ["2018-06-14,other,unknown,2,2"], "--family")
    for number, (text, said) in enumerate((
            ("a,MIRAI,,,,,\nb,MIRAI,,,,,\n", "line 2: there is such a token already: MIRAI"),
            ("a,,,,,,\na,,,,,,\n", "line 2: there is such a family already: a"),
            ("\n#\na,wget,,,,,\n", "line 3: this is an applet of busybox, and so no token: wget"),
            ("a,M I,,,,,\n", "line 1: a token has 2 to 16 letters"), ("a,b\n", "line 1: there are seven fields"),
            ("a,,,3,,,\n", "line 1: programs are 1 or 2"), ("a,,,,0x1,,\n", "line 1: a key is 0x00 to 0xff, not 0x1"),
            ("a,,,,,Mon,\n", "line 1: a date is YYYY"), ("a b,,,,,,\n", "line 1: a family is called"), ("# no\n", "no family in it"),
            ("", "no family in it"))):
        write(f"{number}.csv", text.encode())
        result = hotaru("variants", "--families", f"{number}.csv", "a.json")
        equal(result.code, 2, text)
        check(said in result.errors()[-1], f"{text}: {result.errors()}")


@case
def names_come_from_three_sources(_):
    """Two are none; addresses that are no source of the Internet, or the sensor's own, do not make one."""
    def log(sources, token="ZOLLARD"):
        return [line("command.input", BEGIN, "s", f"x{n}", source, input=f"/bin/busybox {token}") for n, source in enumerate(sources)]
    connect = line("session.connect", BEGIN, "s", "c", "192.0.2.77", src_port=1, dst_ip="198.51.100.1", dst_port=23, protocol="telnet")
    for sources, family in ((("192.0.2.1", "192.0.2.2"), "other"), (("192.0.2.1", "192.0.2.2", "192.0.2.3"), "ZOLLARD"),
                            (("192.0.2.1", "192.0.2.2", "172.17.0.1"), "other"), (("192.0.2.1", "192.0.2.2", "198.51.100.1"), "other"),
                            (("192.0.2.1",) * 5, "other")):
        write("a.json", "".join(row + "\n" for row in [connect, *log(sources)]).encode())
        equal({row.split(",")[1] for row in csv_of("variants", "-q", "a.json").splitlines()[1:]}, {family}, f"{sources}")


@case
def what_came_from_outside_is_escaped(_):
    """Names of sessions, tokens, clients, URLs: nothing of them controls a terminal, and no URL can be followed."""
    hostile = "http://user@evil.example.com:8080/a b\x1b[31m\u202e\\x?q=1.2"
    write("a.json", (line("session.file_download", BEGIN, "s\x1b]0;x\x07", "\x1b[2J=1+1", "192.0.2.1", url=hostile, shasum="") + "\n" +
                     line("client.version", BEGIN, "s\x1b]0;x\x07", "\x1b[2J=1+1", "192.0.2.1", version="\x1b[31mSSH\n") + "\n").encode())
    for words in (("--format", "csv"), ("--format", "json"), ("-w",)):
        text = succeed("honeypot", "-q", "a.json", *words)
        check(not set(text) & {"\x1b", "\x07", "\u202e"}, f"{words}: {text!r}")
        check("hxxp://user@evil[.]example[.]com:8080/a\\x20b" in text.replace("\\\\", "\\") and "http:" not in text, f"{words}: {text!r}")
        check("evil.example" not in text, f"{words}: {text!r}")


@case
def real_logs_are_counted_as_others_count_them(_):
    """COUNTS.tsv was counted by another program; the log in text and the one in JSON are of the same events."""
    folder = os.environ.get("HOTARU_HONEYPOT")
    if not folder or not pathlib.Path(folder).is_dir():
        skip("HOTARU_HONEYPOT names no folder of logs")
    counts = list(csv.DictReader((pathlib.Path(folder) / "COUNTS.tsv").open(encoding="utf-8"), delimiter="\t"))
    check(len(counts) >= 10, "counts")
    for want in counts:
        result = hotaru("honeypot", "-q", "--format", "csv", str(pathlib.Path(folder) / want["file"]))
        equal(result.code, 3 if int(want["bad"]) else 0, want["file"])
        rows = list(csv.DictReader(io.StringIO(result.text())))
        got = [len(rows), len({row["source"] for row in rows}), *(sum(int(row[key]) for row in rows) for key in ("failed", "logins", "commands"))]
        equal(got, [int(want[key]) for key in ("sessions", "sources", "failed", "succeeded", "commands")], want["file"])
    both = [list(csv.DictReader(io.StringIO(csv_of("honeypot", "-q", str(pathlib.Path(folder) / f"cowrie.{form}.2018-06-15.gz")))))
            for form in ("json", "log")]
    equal(*({(row["time"], row["session"], row["source"], row["failed"], row["logins"], row["commands"]) for row in rows} for rows in both),
          "text and JSON")


if __name__ == "__main__":
    run_cases()
