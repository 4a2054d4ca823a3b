# SPDX-License-Identifier: MIT
"""Counts what is in real logs of Cowrie, as naively as can be: each line by json.loads(), or by what its text begins with.

It shares nothing with hotaru, and knows of no other form. `HOTARU_HONEYPOT=FOLDER tests/honeypot_naive.py` prints a row a log.
"""
import collections
import gzip
import json
import os
import pathlib
import re
import sys

COLUMNS = ("lines", "bad", "sessions", "connects", "closes", "sources", "failed", "succeeded", "commands")
EVENTS = {"cowrie.session.connect": "connects", "cowrie.session.closed": "closes", "cowrie.login.failed": "failed",
          "cowrie.login.success": "succeeded", "cowrie.command.input": "commands"}
TYPED = {"cowrie.command.input", "cowrie.command.success", "cowrie.command.failed", "cowrie.session.input"}
LOGINS = {"cowrie.login.failed", "cowrie.login.success"}
TEXTS = (("New connection: ", "connects"), ("Connection lost after ", "closes"), ("CMD: ", "commands"))
# What is called with busybox in these logs and is an applet.
APPLETS = set("cat cp chmod chown echo ps rm sh wget tftp ftpget nc ls mkdir mv kill killall mount dd hexdump grep "
              "uname id ifconfig free nproc which sleep tar pwd touch uptime w whoami".split())
CALL = re.compile(r"""(?:^|[;&|(`"'{\n])\s*(?:\S*/)?busybox\s+([A-Za-z0-9_]{2,16})\s*(?:$|[;&|)}<>`"'\n])""")


def lines_of(path):
    opened = gzip.open(path) if str(path).endswith(".gz") else open(path, "rb")
    with opened as file:
        return [line for line in file.read().split(b"\n") if line.strip()]


def tokens_of(text):
    """Overlapping calls, too: the end of one is the beginning of the next."""
    found, at = [], 0
    while match := CALL.search(text, at):
        found.append(match.group(1))
        at = match.end(1)
    return [token for token in found if token not in APPLETS]


class Count:
    """What a log has."""

    def __init__(self, path):
        self.numbers = dict.fromkeys(COLUMNS, 0)
        self.sessions, self.sources = set(), set()
        self.typed = set()  # of a log in text: lines that differ, as its times may be whole seconds
        self.tokens = collections.defaultdict(set)  # (day, token): sessions
        lines = lines_of(path)
        self.numbers["lines"] = len(lines)
        is_json = lines[0].startswith(b"{")
        for line in lines:
            (self.json_line if is_json else self.text_line)(line)
        self.numbers["sessions"], self.numbers["sources"] = len(self.sessions), len(self.sources)

    def json_line(self, line):
        try:
            event = json.loads(line)
        except ValueError:
            self.numbers["bad"] += 1
            return
        if event["eventid"] in EVENTS:
            self.numbers[EVENTS[event["eventid"]]] += 1
        self.sessions.add(event["session"])
        self.sources.add(event["src_ip"])
        texts = []
        if event["eventid"] in TYPED:
            texts = [event.get("input", "")]
        elif event["eventid"] in LOGINS:
            texts = [str(event.get("username", "")), str(event.get("password", ""))]
        for text in texts:
            for token in tokens_of(text):
                self.tokens[event["timestamp"][:10], token].add(event["session"])

    def text_line(self, line):
        match = re.match(r"(\d{4}-\d\d-\d\d)T\S+ \[([^\]]*)\] (.*)", line.decode("utf-8", "replace").rstrip("\r"))
        if not match:
            return
        day, system, said = match.groups()
        transport = re.search(r"(SSH|Telnet)Transport,(\d+),([\d.]+)$", system)
        connection = re.match(r"New connection: ([\d.]+):", said)
        if connection:
            self.sources.add(connection.group(1))
        for begin, column in TEXTS:
            self.numbers[column] += said.startswith(begin) and bool(transport or connection)
        login = re.fullmatch(r"login attempt \[(.*?)/(.*)\] (failed|succeeded)", said)
        if not transport:
            return
        session = transport.group(1) + transport.group(2) + " " + transport.group(3)
        if re.match(r"CMD: |Command (not )?found: |login attempt \[|Connection lost after |Remote SSH version: ", said):
            self.sessions.add(session)
            self.sources.add(transport.group(3))
        texts = []
        if said.startswith("CMD: "):
            self.typed.add((line[:32], session, said))
        if login:
            self.numbers[login.group(3)] += 1
            texts = list(login.groups()[:2])
        elif re.match(r"CMD: |Command (not )?found: ", said):
            texts = [said.split(": ", 1)[1]]
        for text in texts:
            for token in tokens_of(text):
                self.tokens[day, token].add(session)


def logs(folder):
    return sorted(path for path in pathlib.Path(folder).iterdir() if path.name.startswith("cowrie"))


def main():
    print("file", *COLUMNS, "tokens", sep="\t")
    for path in logs(os.environ["HOTARU_HONEYPOT"]):
        count = Count(path)
        tokens = ";".join(f"{day} {token} {len(of)}" for (day, token), of in sorted(count.tokens.items()))
        print(path.name, *(count.numbers[column] for column in COLUMNS), tokens, sep="\t")


if __name__ == "__main__":
    sys.exit(main())
