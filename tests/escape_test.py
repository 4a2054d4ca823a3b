#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Whatever comes from outside is text where hotaru shows it, and nothing else.

Names of files, folders, stores and scenarios, values of options, fingerprints, strings in
pcapng files and in a store's catalogue: each hostile in the ways that matter to a terminal,
a spreadsheet, a browser or a program that reads JSON. Looked at is every output: results in
all formats, errors, warnings, progress, the report's page, figures and tables.

The report is also given to a browser, where there is one: what would have run there?
"""
import base64
import codecs
import csv
import hashlib
import html.parser
import io
import json
import os
import pathlib
import pty
import re
import shutil
import sqlite3
import struct
import subprocess
import time
import xml.etree.ElementTree

from harness import (HOTARU, case, check, csv_of, environment, equal, ethernet, fail, gzipped, hotaru,
                     is_short, pcap, pcapng, pcapng_block, record, run_cases, skip, succeed, syn, write, to_format_1)

# What the payloads try to bring about: a title or an element of this name.
MARKER = "pwned"
SCRIPT = b"<script>document.title='pwned';document.body.id='pwned'<!-- .pcap"
NAMES = [
    SCRIPT,
    b"<img src=x onerror=document.title='pwned'>.pcap",
    b"'><svg onload=document.title='pwned'>.pcap",
    b'" autofocus onfocus="document.title=1.pcap',
    b"]]><script xmlns='http:'>pwned<!--.pcap",
    b"&lt;script&gt;pwned&#60;b&#62;.pcap",
    b"javascript:document.title='pwned'",
    b"=cmd|' -C calc'!A0.pcap",
    b"+1+1.pcap", b"-1-1.pcap", b"@SUM(A1).pcap", b"\t=1.pcap", b"\r=1.pcap", b"\n=1.pcap",
    b"a;=cmd|' -C calc'!A0;b", b'a",=1,".pcap', "\uff1d1+1.pcap".encode(),
    b"line\nbreak,not_ip,7\n.pcap", b"return\rover.pcap", b"tab\tin.pcap",
    b"\x1b]0;pwned\x07.pcap", b"\x1b[31mred\x1b[2J.pcap", b"\x9b31m.pcap", b"\xc2\x9b32m.pcap",
    b"\xc2\x9d0;pwned\xc2\x9c.pcap", b"bell\x07\x08\x7f.pcap",
    "\u202efdp.exe.pcap".encode(), "\u2066x\u2069\u200f\u061c.pcap".encode(),
    "\u2028\u2029\ufeff.pcap".encode(), "\ufeff=1.pcap".encode(), "a\u200bb\u2060c\xad.pcap".encode(),
    b" =1.pcap", "\xa0\u3000+1.pcap".encode(), "\ufffe\uffff.pcap".encode(),
    b"\xff\xfe\x80.pcap", b"\xc0\xbcscript\xc0\xbe.pcap", b"surrogate\xed\xa0\x80.pcap", b"cut\xe2\x80",
    b"quote\"'`$(touch pwned)`;&|.pcap", b"back\\slash\\n\\u0022.pcap", b"%s%n%d%08x.pcap",
    b"{1}{2}.pcap", b"*", b"--", b"-o.pcap", b"--output=pwned", b" ", b"..pcap",
    b"l" * 250 + b".pcap", "\u87a2".encode() * 85,
]
# Each third of them in the short form: all are in the cases that run hotaru seldom.
SOME = NAMES[::3] if is_short() else NAMES
RECORDS = [record((1_472_731_200 + i * 40000) * 10**9, ethernet(
    syn(f"1.0.{i % 3}.1", "198.51.100.7", seq=None, ip_id=i))) for i in range(4)]


def path_of(name):
    """As an operand that is no option, and not standard input."""
    return b"./" + name if name.startswith(b"-") else name


def hostile_captures(names=None):
    """One capture a name, each of another content: the same content would count once."""
    names = NAMES if names is None else names
    for i, name in enumerate(names):
        with open(name, "wb") as file:
            file.write(pcap(RECORDS[:1] * (i + 1), snap_length=65535 - i))
    return [path_of(name) for name in names]


# ---- what may stand where

# Characters that steer a terminal, or are not to be seen: C0 and C1 controls, those that turn the
# direction of writing, of no width, and separators of lines.
STEERS = re.compile("[\x00-\x1f\x7f-\x9f\xad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]")


# escape.h: one U+FFFD for each byte, where Python has one for several.
codecs.register_error("each", lambda error: ("\ufffd" * (error.end - error.start), error.end))


def shown(name):
    """As JSON gives it back: each byte that is not UTF-8 is U+FFFD, and only that."""
    return name.decode("utf-8", "each")


def harmless(name):
    """As tables and CSV have it."""
    return STEERS.sub("\ufffd", shown(name))


def check_harmless(output, what):
    """Valid UTF-8 that steers no terminal; lines end in a line feed."""
    try:
        text = output.decode("utf-8") if isinstance(output, bytes) else output
    except UnicodeDecodeError as error:
        fail(f"{what}: {error}")
        return
    bad = STEERS.findall(text.replace("\n", ""))
    check(not bad, f"{what} holds {sorted(set(bad))!r}: {text[:200]!r}")


def check_said(result, codes, what):
    """One harmless line as reason, with `hotaru: ` in front, and one of these exit codes."""
    check(result.code in codes, f"{what}: exit code {result.code}, not {codes}: {result.err[:200]}")
    check_harmless(result.err, f"error of {what}")
    check(result.err.startswith(b"hotaru: ") and result.err.count(b"\n") == 1 and
          result.err.endswith(b"\n"), f"{what}: no line: {result.err[:300]}")


FORMULA = re.compile("(?:^|;)[\\s\ufffd]*[=+@\uff1d\uff0b\uff0d\uff20\t\r\n-]")


def check_csv(text, what):
    """A row is a line, all rows are of one length, and no text begins a formula."""
    check_harmless(text, what)
    rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    equal(len(rows), text.count("\n"), f"{what}: rows are lines")
    check(len({len(row) for row in rows}) == 1, f"{what}: rows of several lengths")
    for cell in {cell for row in rows for cell in row}:
        is_number = re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", cell)
        check(is_number or not FORMULA.search(cell), f"{what}: a formula: {cell!r}")
    return rows


def check_json(text, what):
    check_harmless(text, what)
    lines = text.split("\n")  # splitlines() would also split at U+2028
    equal(lines[-1], "", f"{what}: the last line ends")
    return [json.loads(line) for line in lines[:-1]]


# ---- results

@case
def names_in_every_format_of_the_ledger(_):
    paths = hostile_captures()
    table = succeed("ledger", "-q", "--", *paths)
    check_harmless(table, "table")
    equal(table.count("\n"), 1 + 15 * (len(NAMES) + 1), "lines of the table")
    rows = check_csv(succeed("ledger", "-q", "--format", "csv", "--", *paths), "csv")
    # The last cell of a `a;=b` is disarmed too; here, only beginnings are undone.
    got = {re.sub("(^|;)'", r"\1", row[0]) for row in rows[1:]}
    equal(sorted(got), sorted({re.sub("(^|;)'", r"\1", harmless(path)) for path in paths} | {"*"}),
          "names in csv")
    objects = check_json(succeed("ledger", "-q", "--format", "json", "--", *paths), "json")
    equal(sorted({o["capture"] for o in objects}), sorted({shown(path) for path in paths} | {"*"}),
          "names in json")
    frames = {o["capture"]: o["frames"] for o in objects if o["counter"] == "syn"}
    for i, path in enumerate(paths):
        if path != b"*":  # the total has that name
            equal(frames.get(shown(path)), i + 1, f"syn of {path}")


@case
def names_in_all_other_results(_):
    """They show none; and a name cannot be taken for an option where it stands as a value."""
    paths = hostile_captures()
    calm = [f"{i:03}.pcap" for i in range(len(NAMES))]
    for path, name in zip(paths, calm):
        shutil.copyfile(path, name.encode())
    for command in ("survey", "lifetimes", "packets"):
        for form in ("table", "csv", "json"):
            equal(hotaru(command, "-q", "--format", form, "--", *paths).out,
                  hotaru(command, "-q", "--format", form, *calm).out, f"{command} as {form}")
    check(not os.path.exists("pwned"), "a name was run, or taken for an option")


@case
def options_as_values(_):
    """Every option of every command, with hostile values: a harmless result, or one line."""
    write("a.pcap", pcap(RECORDS))
    commands = re.findall(r"^  ([a-z]+) +[a-z]", succeed("--help"), re.M)
    commands = [command for command in commands if command != "hotaru"]
    check(len(commands) > 10, f"commands: {commands}")
    values = [b"\x1b]0;pwned\x07", b"line\nbreak", "=\u202e".encode(), b"<%n%s\xff\xfe", b"",
              b"z" * 3000]
    turn = 0  # in the short form each option has two of them
    for command in commands:
        text = succeed(command, "--help")
        takes_captures = "CAPTURE" in text.split("\n")[0]
        for option, value_name in re.findall(r"^  (?:-., |    )(--[a-z-]+)(?: ([A-Z][A-Z|a-z]*|[a-z|]+))? ",
                                             text, re.M):
            if not value_name:
                continue
            turn += 1
            for value in (values[turn % 3::3] if is_short() else values):
                words = [command, "-q", option.encode() + b"=" + value]
                if takes_captures and option != "--store":
                    words.append("a.pcap")
                result = hotaru(*words)
                what = f"{command} {option} {value[:30]!r}"
                if result.code == 0:
                    is_capture = command == "simulate" and option != "--output"
                    check_harmless(b"" if is_capture else result.out, f"result of {what}")
                    check(result.err == b"", f"{what} says {result.err[:200]}")
                else:
                    check_said(result, (1, 2), what)


@case
def a_reason_is_said_however_long_the_name(_):
    """The middle of a long text is left out, not its end, where the reason is."""
    long = "d" * 200 + "/" + "e" * 200 + "/" + "f" * 200 + "/" + "g" * 200
    write("a.pcap", pcap(RECORDS))
    for says, words in (("o such file", ("survey", long)), ("makes one", ("survey", "-s", long)),
                        ("o such file", ("survey", "-o", long, "a.pcap")),
                        ("o such file", ("survey", "--fingerprints", long, "a.pcap")),
                        ("o such file", ("simulate", "--scenario", long)),
                        ("Area/City", ("survey", "--zone", long, "a.pcap")),
                        ("prefix", ("survey", "--telescope", long, "a.pcap")),
                        ("--help", ("survey", "--" + long)), ("--help", (long,)),
                        ("YYYY-MM-DD", ("survey", "--from", long)),
                        ("table|csv|json", ("survey", "--format", "x" * 600))):
        result = hotaru(*words)
        check_said(result, (1, 2), f"{words[0]} with a long text")
        check(says in result.err.decode(), f"{words[:2]}: no {says!r}: {result.err[-200:]}")
        check(len(result.err) < 600, f"{words[:2]}: a line of {len(result.err)} bytes")


# ---- what is said

@case
def names_in_errors_and_warnings(_):
    """Missing, damaged, known already; and usage errors with the name in them."""
    for name, path in zip(SOME, hostile_captures(SOME)):
        missing = path + b"?" if len(name) < 255 else path[:-1] + b"?"
        for command in ("survey", "packets", "ledger"):
            check_said(hotaru(command, "-q", "--", missing), (1,), f"{command} of missing {name}")
        check_said(hotaru("survey", "-q", "--", path + b"/below"), (1,), f"below {name}")
        with open(path, "ab") as file:
            file.write(b"\0")
        check_said(hotaru("survey", "-q", "--", path), (3,), f"damaged {name}")
    for name in SOME[:30]:
        for words in (("survey", "--family", name), (b"x" + name,), ("help", b"x" + name),
                      ("info", b"x" + name), ("survey", b"--x" + name)):
            check_said(hotaru(*words), (1, 2), f"wrong usage with {name}")


@case
def names_in_stores_and_what_is_said_of_them(_):
    """A store of a hostile name: summary, second ingest, info, verify, compact, contradictions."""
    write("a.pcap", pcap(RECORDS))
    for name in [name for name in SOME if len(name) < 250][:27:2]:
        store = b"s" + name
        damaged = path_of(b"d" + name)
        write(os.fsdecode(damaged), pcap(RECORDS) + b"\0")
        for words, codes, lines in (
                (("ingest", "-s", store, "a.pcap"), (0,), 1),
                (("ingest", "-s", store, damaged), (3,), 3),
                (("ingest", "-s", store, damaged, "a.pcap"), (0,), 3),
                (("ingest", "-s", store, "--zone", "+09:00", "a.pcap"), (1,), 1),
                (("compact", "-s", store), (0,), 1), (("verify", "-s", store), (0,), 0),
                (("info", "-s", store + b"?"), (1,), 1), (("report", "-o", name + b".out", "-s", store), (0,), 2),
                (("packets", "-s", store), (2,), 1)):
            result = hotaru(*words)
            check(result.code in codes, f"{words}: exit code {result.code}: {result.err[:300]}")
            check_harmless(result.err, f"{words}: error")
            check_harmless(result.out, f"{words}: result")
            equal(result.err.count(b"\n"), lines, f"{words}: lines {result.err[:400]}")
        info = dict(check_csv(csv_of("info", "-s", store), f"info of {name}"))
        equal(info["store"].replace(";'", ";"), harmless(store), "store in info")
        objects = check_json(succeed("info", "--format", "json", env=environment(HOTARU_STORE=os.fsdecode(store))),
                             "info as json")
        equal(objects[0]["value"], shown(store), "store in info as json")


def on_terminal(*words, before=None):
    """What hotaru writes to a terminal, as both outputs; before() runs while it does."""
    try:
        ours, theirs = pty.openpty()
    except OSError as error:
        skip(f"there is no terminal to be had: {error}")
    with subprocess.Popen([HOTARU, *words], stdin=subprocess.DEVNULL, stdout=theirs, stderr=theirs,
                          env=environment(TERM="xterm")) as process:
        os.close(theirs)
        if before is not None:
            before()
        parts = []
        try:
            while part := os.read(ours, 65536):
                parts.append(part)
        except OSError:  # what a terminal says at its end
            pass
        os.close(ours)
        return process.wait(60), b"".join(parts)


@case
def names_on_a_terminal_with_progress(_):
    """hotaru's own sequences are bold, off, and the return to the beginning of the line."""
    name = b"\x1b]0;pwned\x07\n\xc2\x9b31m.pcap"
    os.mkfifo(name)

    def feed():
        with open(name, "wb") as pipe:
            time.sleep(0.3)  # progress is drawn after a tenth of a second
            pipe.write(pcap(RECORDS * 1000) + b"\0")

    code, output = on_terminal("ledger", name, before=feed)
    equal(code, 3, "exit code")
    check(b"packets/s" in output, f"no progress was drawn: {output[:200]}")
    for own in (b"\x1b[1m", b"\x1b[0m", b"\r"):
        output = output.replace(own, b"")
    check_harmless(output, "terminal")


# ---- strings inside captures

def option(code, value):
    return struct.pack("<HH", code, len(value)) + value + bytes(-len(value) % 4)


def pcapng_with_strings(records, text):
    """A pcapng file with `text` wherever the format takes one."""
    end = option(0, b"")
    address = bytes((1, 0, 0, 1))
    names = struct.pack("<HH", 1, 4 + len(text) + 1) + address + text + b"\0"
    names += bytes(-len(names) % 4) + struct.pack("<HH", 0, 0)
    parts = [
        pcapng_block("<", 0x0a0d0d0a, struct.pack("<IHHq", 0x1a2b3c4d, 1, 0, -1) + b"".join(
            option(code, text) for code in (1, 2, 3, 4)) + end),
        pcapng_block("<", 1, struct.pack("<HHI", 1, 0, 0) + b"".join(
            option(code, text) for code in (1, 2, 3, 11, 12, 15)) + end),
        pcapng_block("<", 4, names + option(1, text) + option(2, text) + end),
        pcapng_block("<", 5, struct.pack("<III", 0, 0, 0) + option(1, text) + end),
        pcapng_block("<", 0x0bad, struct.pack("<I", 32473) + text),
    ]
    for time_ns, captured, length in records:
        units = time_ns // 1000
        body = struct.pack("<IIIII", 0, units >> 32, units & 0xffffffff, len(captured), length)
        body += captured + bytes(-len(captured) % 4) + option(1, text) + end
        parts.append(pcapng_block("<", 6, body))
    return b"".join(parts)


@case
def strings_in_pcapng_are_shown_nowhere(_):
    """Hotaru reads interfaces, comments and host names over: no result knows of them."""
    write("calm.pcapng", pcapng(RECORDS))
    want = [hotaru(c, "--format", "json", "calm.pcapng") for c in ("survey", "packets", "lifetimes")]
    for name in SOME:
        write("x.pcapng", pcapng_with_strings(RECORDS, name))
        for command, calm in zip(("survey", "packets", "lifetimes"), want):
            result = hotaru(command, "--format", "json", "x.pcapng")
            equal((result.code, result.err, result.out), (0, calm.err, calm.out),
                  f"{command} with {name} inside")
    succeed("report", "-q", "-o", "page", "x.pcapng")
    # A gzip header has a name and a comment too.
    data = gzipped(pcap(RECORDS))
    write("x.pcap.gz", data[:3] + b"\x18" + data[4:10] + SCRIPT + b"\0" + SCRIPT + b"\0" + data[10:])
    succeed("report", "-q", "-o", "page", "x.pcap.gz", "x.pcapng")
    for path in pathlib.Path("page").iterdir():
        check(MARKER.encode() not in path.read_bytes(), f"{path} shows a string of a capture")


# ---- fingerprints and scenarios

@case
def users_fingerprints(_):
    """Names are narrow, so hostile ones are refused; expressions are shown as they are."""
    write("a.pcap", pcap(RECORDS))
    for name in SOME:
        for text in (name + b" = tcp\n", b"x = " + name + b"\n", name + b"\n"):
            text = text.replace(b"#", b"")
            write("own.txt", b"# first\n" + text)
            result = hotaru("survey", "-q", "--fingerprints", "own.txt", "a.pcap")
            if result.code != 0:
                check_said(result, (2,), f"fingerprint {text}")
        own = path_of(b"own" + name)
        if len(own) < 256:
            write(os.fsdecode(own), b"broken\n")
            check_said(hotaru("survey", "-q", "--fingerprints", own, "a.pcap"), (2,), f"file {own}")
    # The last of these is a formula to a spreadsheet.
    rules = {"less": "ip[8] < 255 && tcp[13] & 2 != 0", "-dash": "ip[8]\t> 0 or (tcp[0] & 1) = 1",
             "minus": "-1 != tcp[0]"}
    write("own.txt", "".join(f"{name} = {rule}\n" for name, rule in rules.items()).encode())
    rows = check_csv(csv_of("fingerprints", "--fingerprints", "own.txt"), "fingerprints")
    equal({row[0].lstrip("'"): row[3].lstrip("'") for row in rows if row[5] == "user"},
          {name: rule.replace("\t", "\ufffd") for name, rule in rules.items()}, "rules in csv")
    objects = check_json(succeed("fingerprints", "--fingerprints", "own.txt", "--format", "json"), "json")
    equal({o["name"]: o["rule"] for o in objects if o["source"] == "user"}, rules, "rules in json")
    check_harmless(succeed("fingerprints", "--fingerprints", "own.txt"), "table")
    for command in ("survey", "packets", "lifetimes"):
        check_csv(csv_of(command, "--fingerprints", "own.txt", "a.pcap"), command)
    succeed("report", "-q", "-o", "page", "--fingerprints", "own.txt", "a.pcap")
    page = check_page("page")
    for name in ("less", "-dash"):
        check(any(rules[name].replace("\t", "\ufffd") in text for text in page.texts),
              f"the page does not show the rule of {name}")


@case
def scenarios(_):
    for name in SOME:
        check_said(hotaru("simulate", "-q", "-o", "x", b"--scenario=" + name + b"?"), (1, 2), f"scenario {name}")
        path = b"s" + name
        for text in (b"[population " + name + b"]\n", name + b" = 1\n", b"start = " + name + b"\n", name):
            if len(name) > 249:
                continue
            with open(path, "wb") as file:
                file.write(text)
            check_said(hotaru("simulate", "-q", "-o", "x", b"--scenario=" + path), (1, 2),
                       f"scenario file with {text[:60]}")


# ---- the report

class Page(html.parser.HTMLParser):
    """What a browser would make of the page: elements with attributes, and texts."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.tags, self.texts = [], []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.texts.append(data)

    def shape(self):
        return [(tag, sorted(attrs)) for tag, attrs in self.tags]


# Elements that a page may have; what runs or loads something is not among them.
ELEMENTS = set("""html head meta link title style body header nav main section article footer div p span small
h1 h2 h3 h4 dl dt dd ul ol li a table caption thead tbody tr th td details summary figure figcaption svg g
path circle rect line polyline polygon text tspan defs clippath lineargradient stop desc strong em b i
code br pattern use input label symbol mask metadata button script""".split())
ADDRESSES = ("href", "src", "action", "formaction", "xlink:href", "data", "poster", "background")


def check_attributes(tag, attrs, files, what):
    for name, value in attrs.items():
        check(not name.startswith("on"), f"{what}: an event handler: <{tag} {name}>")
        check(name not in ("srcdoc", "autofocus", "http-equiv") or tag == "meta", f"{what}: <{tag} {name}>")
        if name in ADDRESSES and value is not None:
            is_icon = tag == "link" and value.startswith("data:image/svg+xml,")
            check(value.startswith("#") or is_icon or value.replace("%2A", "*") in files,
                  f"{what}: <{tag} {name}={value!r}> leads outside")
        if value is not None:
            check("javascript:" not in value.lower() and "url(http" not in value.lower(),
                  f"{what}: <{tag} {name}={value!r}>")


def check_policy(page, text, what):
    tags = page.tags
    head = [tag for tag, _ in tags].index("head")
    policy = tags[head + 1]
    if not check(policy[0] == "meta" and policy[1].get("http-equiv") == "Content-Security-Policy",
                 f"{what}: the head begins with {policy}"):
        return
    rules = dict(rule.split(maxsplit=1) for rule in policy[1]["content"].split("; "))
    equal(rules.get("default-src"), "'none'", f"{what}: default-src")
    check(not [name for name in rules if name.startswith(("script-src-", "object", "frame", "connect"))],
          f"{what}: {rules} lets more in")
    # The one script is the page's own, and may not make markup of a string.
    scripts = re.findall("<script>(.*?)</script>", text, re.DOTALL)
    hashes = [base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() for script in scripts]
    equal(rules.get("script-src"), f"'sha256-{hashes[0] if len(hashes) == 1 else hashes}'", f"{what}: script-src")
    equal((rules.get("require-trusted-types-for"), rules.get("trusted-types")), ("'script'", "'none'"), f"{what}: trusted types")
    check(set(rules.get("img-src", "").split()) <= {"data:"}, f"{what}: images from {rules}")
    equal(rules.get("base-uri"), "'none'", f"{what}: base-uri")


def check_page(folder):
    """Page, figures and tables of a report; returns the page."""
    files = set(os.listdir(folder))
    text = pathlib.Path(folder, "index.html").read_text(encoding="utf-8")
    check_harmless(text, f"{folder}/index.html")
    page = Page(text)
    equal({tag for tag, _ in page.tags} - ELEMENTS, set(), f"{folder}: elements")
    for tag, attrs in page.tags:
        check_attributes(tag, attrs, files, f"{folder}/index.html")
    check_policy(page, text, folder)
    for name in sorted(files):
        path = pathlib.Path(folder, name)
        if name.endswith(".csv"):
            check_csv(path.read_text(encoding="utf-8"), f"{folder}/{name}")
        elif name.endswith(".svg"):
            check_figure(path, files)
    return page


def check_figure(path, files):
    check_harmless(path.read_bytes(), str(path))
    for element in xml.etree.ElementTree.parse(path).iter():
        tag = element.tag.replace("{http://www.w3.org/2000/svg}", "").lower()
        check(tag in ELEMENTS, f"{path}: <{element.tag}>")
        check_attributes(tag, {name.replace("{http://www.w3.org/1999/xlink}", ""): value
                               for name, value in element.attrib.items()}, files, str(path))


@case
def names_in_the_report(_):
    """The page has the same elements as one of calm names, and shows every name as it is."""
    names = NAMES[:-1]
    paths = hostile_captures(names)
    calm = [f"{i:03}.pcap" for i in range(len(names))]
    for path, name in zip(paths, calm):
        shutil.copyfile(path, name.encode())
    for lang in ("en", "ja"):
        succeed("report", "-q", "--lang", lang, "-o", "page", "--", *paths)
        succeed("report", "-q", "--lang", lang, "-o", "calm", *calm)
        page, other = check_page("page"), check_page("calm")
        equal(page.shape(), other.shape(), f"elements of the page ({lang})")
        text = "\n".join(page.texts)
        for path in paths:
            begin = harmless(path).replace("\ufffe", "\ufffd").replace("\uffff", "\ufffd")[:20]
            check(begin in text, f"the page does not show {path} ({lang})")
        equal(sorted(os.listdir("page")), sorted(os.listdir("calm")), "files of the report")


@case
def answers_of_hosts_in_the_report(_):
    """What a host answered is text, in cards, tables and CSV."""
    write("a.pcap", pcap(RECORDS))
    lines = [json.dumps({"address": f"10.0.{i}.1", "port": 80, "time": "2016-09-01T12:00:00Z", "status": "answered",
                         "response": base64.b64encode(b"HTTP/1.0 200 OK\r\nServer: " + name * 3).decode()}) for i, name in enumerate(SOME)]
    write("own.jsonl", "\n".join(lines).encode())
    succeed("ingest", "-q", "-s", "s", "a.pcap")
    succeed("responses", "-q", "-s", "s", "own.jsonl")
    for lang in ("en", "ja"):
        succeed("report", "-q", "-s", "s", "--lang", lang, "-o", "page")
        check('id="cluster-table"' in pathlib.Path("page/index.html").read_text(encoding="utf-8"), "no answers")
        check_page("page")


@case
def what_was_said_at_a_honeypot(_):
    """Names, clients, lines and URLs are of attackers: harmless in tables, CSV and JSON, of logs and of a store."""
    rows = []
    for i, name in enumerate(SOME):
        text = name.decode("utf-8", "surrogateescape").encode("utf-8", "replace").decode("utf-8")
        event = {"timestamp": "2016-09-01T12:00:00Z", "src_ip": f"192.0.2.{i % 250}", "session": text, "sensor": text}
        rows += [{**event, "eventid": "cowrie.client.version", "version": text},
                 {**event, "eventid": "cowrie.command.input", "input": f"/bin/busybox {text}; /bin/busybox MIRAI"},
                 {**event, "eventid": "cowrie.session.file_download", "url": "http://" + text, "shasum": text}]
    write("cowrie.json", "".join(json.dumps(row) + "\n" for row in rows).encode())
    succeed("honeypot", "-q", "-s", "s", "cowrie.json")
    for words in (("honeypot", "-s", "s"), ("honeypot", "cowrie.json"), ("variants", "-s", "s", "--by", "token"), ("variants", "-s", "s", "--table")):
        for more in ((), ("-w",), ("--format", "json")):
            result = hotaru(*words, *more)
            equal(result.code, 0, f"{words} {more}: {result.err}")
            check_harmless(result.out, f"{words} {more}")
            check_harmless(result.err, f"{words} {more}: error")
        check_csv(hotaru(*words, "-q", "--format", "csv").text(), f"{words}")


@case
def what_stands_in_a_catalogue(_):
    """A store comes from somebody too: names and damage in its catalogue are text."""
    write("a.pcap", pcap(RECORDS) + b"\0")
    succeed("ingest", "-q", "-s", "s", "a.pcap", code=3)
    with sqlite3.connect("s/catalog.sqlite") as catalogue:
        to_format_1(catalogue)
    catalogue.close()
    for i, name in enumerate(SOME):
        with sqlite3.connect("s/catalog.sqlite") as catalogue:
            catalogue.execute("UPDATE capture SET name = CAST(? AS TEXT), damage = CAST(? AS TEXT)",
                              (name, name))
        catalogue.close()
        for command in ("ledger", "survey", "info", "verify"):
            result = hotaru(command, "-s", "s")
            check_harmless(result.out, f"{command} with {name}")
            check_harmless(result.err, f"{command} with {name}: error")
        check_csv(hotaru("ledger", "-s", "s", "--format", "csv").text(), f"ledger with {name}")
        if i % 5 == 0:
            result = hotaru("report", "-q", "-s", "s", "-o", "page")
            equal(result.code, 0, f"report with {name}: {result.err}")
            check_page("page")
    # Settings that no ingest writes: they are refused, or text.
    for key in ("zone", "telescope", "fingerprints"):
        for value in (b"\x1b]0;pwned\x07", SCRIPT, b"\xff"):
            shutil.copytree("s", "t")
            with sqlite3.connect("t/catalog.sqlite") as catalogue:
                catalogue.execute("UPDATE setting SET value = CAST(? AS TEXT) WHERE key = ?", (value, key))
            catalogue.close()
            for command in ("survey", "info", "fingerprints"):
                result = hotaru(command, "-s", "t")
                check_harmless(result.err, f"{command} of a store with {key} {value}")
                check_harmless(result.out, f"{command} of a store with {key} {value}")
            shutil.rmtree("t")


# ---- a browser

def browser():
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if shutil.which(name):
            return name
    skip("there is no Chromium")
    return None


def document_of(path):
    """The document after its scripts, if any, ran."""
    command = [browser(), "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
               f"--user-data-dir={os.environ['TMPDIR']}/chromium", "--virtual-time-budget=2000", "--dump-dom",
               path.absolute().as_uri()]
    try:
        result = subprocess.run(command, capture_output=True, timeout=120, check=False,
                                env=environment(HOME=os.environ["TMPDIR"]))
    except subprocess.TimeoutExpired:
        skip("Chromium does not come back")
    finally:
        for entry in os.listdir(os.environ["TMPDIR"]):
            path = pathlib.Path(os.environ["TMPDIR"], entry)
            shutil.rmtree(path, ignore_errors=True) if path.is_dir() else path.unlink()
    return result.stdout.decode("utf-8", "replace")


def was_run(document):
    return re.search(f"<title>{MARKER}|<body[^>]* id=.{MARKER}", document) is not None


@case
def a_browser_runs_nothing(_):
    """Of a page with scripts in names; nor of a page that let one through, by its policy."""
    folder = pathlib.Path("page")
    names = [SCRIPT, *NAMES[1:7]]
    succeed("report", "-q", "-o", folder, "--", *hostile_captures(names))
    script = f"<script>document.title='{MARKER}';document.body.id='{MARKER}'</script>"
    page = (folder / "index.html").read_text(encoding="utf-8")
    opened = page.replace("</main>", script + "</main>") if "</main>" in page else page.replace(
        "</body>", script + "</body>")
    check(opened != page, "the page has no end to put a script at")
    write("opened.html", opened.encode())
    write("control.html", re.sub("<meta http-equiv=[^>]*>", "", opened).encode())
    control = document_of(pathlib.Path("control.html"))
    if "<body" not in control:
        skip("Chromium shows no document")
    check(was_run(control), "the script of the control did not run: this test would find nothing")
    document = document_of(folder / "index.html")
    check("hotaru" in document and not was_run(document), "a script in a name ran")
    check(not was_run(document_of(pathlib.Path("opened.html"))), "the policy lets a script run")


run_cases()
