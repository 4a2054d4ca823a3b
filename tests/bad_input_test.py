#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Bad input: one line that says what, where and what to do; the exit code of cli.md; nothing
lost, and nothing left behind (the harness looks into TMPDIR after every case).

Also damaged captures, full disks, stores that others write or wrote, and hostile names.
"""
import bz2
import csv
import fcntl
import html.parser
import io
import json
import lzma
import os
import pathlib
import shutil
import signal
import sqlite3
import subprocess
import time

from harness import (HOTARU, case, check, csv_of, environment, equal, ethernet, fail, gzipped,
                     hotaru, ledger_totals, pcap, pcapng, record, run_cases, skip, succeed, syn,
                     write, zstd)

RECORDS = [record((1_472_731_200 + i * 40000) * 10**9, ethernet(
    syn(f"1.0.{i % 3}.1", "198.51.100.7", seq=None, ip_id=i))) for i in range(12)]
GOOD = pcap(RECORDS)


def good():
    return write("good.pcap", GOOD).name


def refused(code, says, *words, result=None, **more):
    """Runs hotaru, which must end with `code`, print nothing, and give one line as reason."""
    result = result or hotaru(*words, **more)
    what = " ".join(str(word) for word in words)
    lines = result.errors()
    equal(result.code, code, f"exit code of `{what}` ({lines})")
    # `packets` prints while it reads, so its header may be out already.
    is_header = code == 1 and words[0] == "packets" and result.out.count(b"\n") == 1
    check(result.out == b"" or is_header, f"`{what}` prints {result.out[:100]}")
    if not check(len(lines) == 1, f"`{what}` says {len(lines)} lines: {lines}"):
        return
    check(lines[0].startswith("hotaru: ") and len(lines[0]) > 15 and lines[0].isprintable() and
          result.err.endswith(b"\n"), f"`{what}` says {lines[0]!r}")
    for part in (says,) if isinstance(says, str) else says:
        check(part in lines[0], f"`{what}` does not say {part!r}: {lines[0]!r}")


def listing(folder="."):
    return sorted(str(path) for path in pathlib.Path(folder).rglob("*"))


# ---- captures that are none

@case
def what_is_no_capture(_):
    """For all commands that read captures; ingest goes on with the others and says so."""
    write("empty", b"")
    write("text", b"Frame 1: 60 bytes on wire\n" * 30)
    write("short", GOOD[:3])
    write("nothing.gz", gzipped(b""))
    write("no gzip.gz", b"\x1f\x8b\x08\0" + b"?" * 100)
    write("twice.bz2.gz", gzipped(bz2.compress(GOOD)))
    write("twice.gz.xz", lzma.compress(gzipped(GOOD)))
    pathlib.Path("folder").mkdir()
    reasons = {"empty": "empty", "text": "not a capture", "short": "not a capture",
               "nothing.gz": "empty", "no gzip.gz": "no gzip.gz",
               "twice.bz2.gz": "compressed twice", "twice.gz.xz": "compressed twice", "folder": "folder",
               "missing": "No such file", "empty/under a file": "Not a directory"}
    before = listing()
    for command in ("survey", "lifetimes", "ledger", "packets"):
        for name, reason in reasons.items():
            refused(1, (f"'{name}'", reason), command, name)
            if command != "packets":
                refused(1, (f"'{name}'", reason), command, good(), name)
    refused(1, ("'missing'", "No such file"), "report", "-o", "page", "missing")
    refused(1, ("no file matches 'captures/*.pcap.gz'", "a folder"), "survey", "captures/*.pcap.gz")
    refused(1, ("standard input", "empty"), "survey", "-")
    refused(1, ("standard input", "not a capture"), "survey", "-", stdin=b"text\n" * 100)
    equal(listing(), sorted(before + ["good.pcap"]), "files")


@case
def a_refused_capture_makes_no_store(_):
    """`ingest` of nothing that can be read leaves no store behind."""
    refused(1, ("'missing'", "No such file"), "ingest", "-q", "-s", "new", "missing")
    refused(2, "zone", "ingest", "-q", "-s", "new", "--zone", "Nowhere", good())
    refused(2, "10.0.0.0/40", "ingest", "-q", "-s", "new", "--telescope", "10.0.0.0/40", good())
    equal(listing(), ["good.pcap"], "files")


@case
def ingest_goes_on_with_the_other_captures(_):
    result = hotaru("ingest", "-q", "-s", "a store", "missing", good(), "/dev/null")
    equal((result.code, len(result.errors())), (1, 2), f"code and lines ({result.errors()})")
    equal(csv_of("survey", "-s", "a store"), csv_of("survey", good()), "survey")


@case
def a_file_that_must_not_be_read(_):
    if os.geteuid() != 0:
        write("secret", GOOD)
        os.chmod("secret", 0)
        refused(1, ("'secret'", "Permission denied"), "survey", "secret")
        return
    # Root reads everything, so another user has to try; he may not reach the program either.
    program = shutil.copy(HOTARU, "hotaru")
    os.chmod(program, 0o755)
    write("secret", GOOD)
    os.chmod("secret", 0o600)
    result = subprocess.run([os.path.abspath(program), "survey", "secret"], user=65534, group=65534,
                            extra_groups=[], stdin=subprocess.DEVNULL, capture_output=True,
                            env=environment(), check=False)
    result.out, result.err, result.code = result.stdout, result.stderr, result.returncode
    result.errors = lambda: result.err.decode().splitlines()
    refused(1, ("'secret'", "Permission denied"), "survey", "secret", result=result)


# ---- wrong usage

@case
def wrong_usage(_):
    name = good()
    succeed("ingest", "-q", "-s", "a store", name)
    for says, words in (
            ("'frobnicate'", ["frobnicate"]),
            ("'frobnicate'", ["help", "frobnicate"]),
            ("'--frobnicate'", ["survey", "--frobnicate", name]),
            ("'-x'", ["survey", "-x", name]),
            ("store", ["survey"]),
            ("store", ["info"]),
            ("store", ["ingest", name]),
            ("captures", ["ingest", "-s", "a store"]),
            ("captures", ["packets"]),
            ("-o", ["report", name]),
            ("not both", ["survey", "-s", "a store", name]),
            ("not both", ["ledger", "-s", "a store", name]),
            ("not both", ["packets", "-s", "a store", name]),
            ("name.pcap", ["info", "-s", "a store", "name.pcap"]),
            ("'nobody'", ["survey", "--family", "nobody", name]),
            ("'nobody'", ["packets", "--family", "mirai,nobody", name]),
            ("'nobody'", ["lifetimes", "-s", "a store", "--family", "nobody"]),
            ("--from", ["survey", "--from", "2016-09-02", "--to", "2016-09-01", name]),
            ("--from", ["packets", "--from", "2016-09-02", "--to", "2016-09-01", name]),
            ("'2016-02-30'", ["survey", "--from", "2016-02-30", name]),
            ("'tomorrow'", ["survey", "--to", "tomorrow", name]),
            ("'-1'", ["survey", "--gap", "-1", name]),
            ("'65536'", ["ports", "--port", "23,65536", name]),
            ("'23-25'", ["ports", "--port", "23-25", name]),
            ("names no port", ["ports", "--port", "", name]),
            ("'0'", ["ports", "--top", "0", name]),
            ("'icmp'", ["ports", "--protocol", "icmp", name]),
            ("'nobody'", ["ports", "--family", "nobody", name]),
            ("'xml'", ["survey", "--format", "xml", name]),
            ("--format", ["survey", name, "--format"]),
            ("--quiet", ["survey", "--quiet=yes", name]),
            ("'0'", ["survey", "--threads", "0", name]),
            ("64M", ["survey", "--memory", "1M", name]),
            ("'much'", ["survey", "--memory", "much", name]),
            ("zone", ["survey", "--zone", "../../etc/passwd", name]),
            ("zone", ["survey", "--zone", "+25:00", name]),
            ("'300.0.0.0/8'", ["survey", "--telescope", "300.0.0.0/8", name]),
            ("'10.0.0.0/8@2016-02-30..'", ["survey", "--telescope", "10.0.0.0/8@2016-02-30..", name]),
            ("before it begins", ["packets", "--telescope", "10.0.0.0/8@2017-01-01..2016-01-01", name]),
            (".. between", ["survey", "--telescope", "10.0.0.0/8@2017-01-01", name]),
            ("--zone", ["survey", "-s", "a store", "--zone", "UTC"])):
        refused(2, says, *words)


@case
def fingerprints_that_are_none(_):
    name = good()
    for says, text in (("own.txt:2", b"# mine\nnonsense\n"), ("own.txt:1", b"mirai = tcp\n"),
                       ("own.txt:1", b"a = tcp[\n"), ("own.txt:1", b"A b = tcp\n"),
                       ("own.txt:33", b"".join(b"f%d = tcp\n" % i for i in range(40)))):
        write("own.txt", text)
        if says == "own.txt:33":  # as many as fit, and one more
            says = "more than"
        refused(2, says, "survey", "--fingerprints", "own.txt", name)
    refused(1, "'missing'", "survey", "--fingerprints", "missing", name)


# ---- damaged captures

@case
def a_damaged_capture_gives_what_was_before(_):
    """A result, one warning that names file, byte and reason, and exit code 3."""
    whole = pcap(RECORDS[:5])
    ng = pcapng(RECORDS[:5])
    damaged = {"cut.pcap": whole[:-1], "tail.pcap": whole + b"\0" * 3,
               "huge.pcap": whole + b"\xff" * 40, "cut.pcapng": ng + ng[-20:-4],
               "cut.pcap.gz": gzipped(GOOD)[:-12], "cut.pcap.xz": lzma.compress(GOOD)[:-12],
               "cut.pcap.bz2": bz2.compress(whole) + bz2.compress(whole[-76:])[:-5]}
    if shutil.which("zstd"):
        damaged["cut.pcap.zst"] = zstd(whole) + zstd(whole[-76:])[:-5]
    for name, data in damaged.items():
        write(name, data)
        for command in ("ledger", "survey", "packets"):
            result = hotaru(command, name, "--format", "csv")
            # How much of the days was captured, and which of them are final, is another matter.
            lines = [line for line in result.errors()
                     if "partly covered" not in line and "are not final" not in line]
            equal(result.code, 3, f"exit code of {command} {name}")
            check(len(lines) == 1 and lines[0].startswith(f"hotaru: warning: '{name}' is damaged at byte "),
                  f"{command} {name} says {lines}")
            check(result.out.count(b"\n") > 1, f"{command} {name}: no result")
    equal(ledger_totals(csv_of("ledger", "cut.pcap", code=3))["frames"], 4, "frames before the cut")
    equal(ledger_totals(csv_of("ledger", "huge.pcap", code=3))["frames"], 5, "frames before the damage")


@case
def a_damaged_capture_is_remembered(_):
    """ingest says 3 once; the store is sound, and knows that the capture was damaged."""
    write("cut.pcap", pcap(RECORDS[1:])[:-1])
    result = hotaru("ingest", "-q", "-s", "a store", "cut.pcap", good())
    equal((result.code, len(result.errors())), (3, 1), f"ingest ({result.errors()})")
    succeed("survey", "-s", "a store")
    check("damaged_captures,1\n" in csv_of("info", "-s", "a store"), "info: no damaged capture")
    succeed("verify", "-q", "-s", "a store")


# ---- stores

def state(store):
    """What a store says of itself: must be the same after whatever was refused."""
    succeed("verify", "-q", "-s", store)
    return [csv_of(command, "-s", store) for command in ("survey", "ledger", "info")]


@case
def what_is_no_store(_):
    name = good()
    pathlib.Path("folder").mkdir()
    write("folder/letter", b"Dear")
    pathlib.Path("other").mkdir()
    database = sqlite3.connect("other/catalog.sqlite")
    database.execute("CREATE TABLE t (a)")
    database.close()
    pathlib.Path("junk").mkdir()
    write("junk/catalog.sqlite", b"no database" * 1000)
    for command in ("survey", "ledger", "info", "verify", "compact"):
        for store in ("missing", "folder", "good.pcap"):
            refused(1, f"'{store}'", command, "-s", store)
        for store in ("other", "junk"):
            refused(1, "", command, "-s", store)
    for store in ("folder", "good.pcap", "other", "junk", "missing/below"):
        refused(1, "", "ingest", "-q", "-s", store, name)
    equal(listing("folder"), ["folder/letter"], "files in a folder that is no store")
    check(not os.path.exists("missing"), "a store was made by asking for it")


@case
def a_store_of_another_version(_):
    succeed("ingest", "-q", "-s", "a store", good())
    catalogue = sqlite3.connect("a store/catalog.sqlite")
    version = catalogue.execute("PRAGMA user_version").fetchone()[0]
    for other in (version + 1, 99, version - 1):
        catalogue.execute(f"PRAGMA user_version = {other}")
        catalogue.commit()
        for words in (("survey",), ("verify",), ("compact",), ("ingest", "-q", good())):
            refused(1, ("'a store'", f"format {other}"), *words, "-s", "a store")
    catalogue.execute(f"PRAGMA user_version = {version}")
    catalogue.commit()
    catalogue.close()
    equal(csv_of("survey", "-s", "a store"), csv_of("survey", good()), "survey afterwards")


@case
def contradictions_are_refused(_):
    name = good()
    succeed("ingest", "-q", "-s", "a store", "--zone", "+09:00", "--telescope",
            "198.51.100.0/25,10.0.0.0/8", name)
    before = state("a store")
    write("own.txt", b"mine = tcp\n")
    write("other.pcap", pcap(RECORDS[:3]))
    for says, words in (("+09:00", ("--zone", "UTC")), ("+09:00", ("--zone", "Europe/Berlin")),
                        ("`hotaru settings`, which", ("--telescope", "198.51.100.0/24")),
                        ("198.51.100.0/25", ("--telescope", "0.0.0.0/0")),
                        ("own.txt", ("--fingerprints", "own.txt"))):
        refused(1, (says, "'a store'", "another store"), "ingest", "-q", "-s", "a store", *words,
                "other.pcap")
    equal(state("a store"), before, "the store")
    # The same prefixes in another order, and split, are no contradiction.
    succeed("ingest", "-q", "-s", "a store", "--zone", "+09:00", "--telescope",
            "10.128.0.0/9,10.0.0.0/9,198.51.100.0/25", "other.pcap")


@case
def a_store_that_another_process_writes(_):
    """Writers are told; readers read."""
    succeed("ingest", "-q", "-s", "a store", good())
    before = state("a store")
    write("other.pcap", pcap(RECORDS[:3]))
    # Held shared, it shows that a writer wants it for itself.
    for hold in (fcntl.LOCK_EX, fcntl.LOCK_SH):
        with open("a store/lock", "r+b") as lock:
            fcntl.flock(lock, hold)
            for words in (("ingest", "-q", "other.pcap"), ("compact",)):
                refused(1, ("'a store'", "another process", "again"), *words, "-s", "a store")
            equal(state("a store"), before, "the store, read meanwhile")
    succeed("ingest", "-q", "-s", "a store", "other.pcap")


# ---- full disks

@case
def results_that_cannot_be_written(_):
    name = good()
    succeed("ingest", "-q", "-s", "a store", name)
    reason = "No space left on device"
    for words in (("survey", name), ("lifetimes", name), ("ledger", name), ("packets", name),
                  ("fingerprints",), ("info", "-s", "a store"), ("survey", "-s", "a store")):
        refused(1, ("/dev/full", reason), *words, "-o", "/dev/full")
        refused(1, "o such file", *words, "-o", "no folder/file")
        with open("/dev/full", "wb") as full:
            result = hotaru(*words, stdout=full)
        result.out = b""
        refused(1, ("standard output", reason), *words, result=result)
    refused(1, "'good.pcap'", "report", name, "-o", "good.pcap")


@case
def words_that_cannot_be_written(_):
    """Help, man page, version and the verdict of verify go to standard output too."""
    succeed("ingest", "-q", "-s", "a store", good())
    for words in (("--help",), ("survey", "--help"), ("help", "survey"), ("--man",), ("--version",),
                  ("verify", "-s", "a store")):
        with open("/dev/full", "wb") as full:
            result = hotaru(*words, stdout=full)
        result.out = b""
        refused(1, "No space left on device", *words, result=result)


def mounted(folder, size):
    """Mounts a tiny file system there, or skips the case."""
    pathlib.Path(folder).mkdir()
    if os.geteuid() != 0 or shutil.which("mount") is None or subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", folder],
            stderr=subprocess.DEVNULL, check=False).returncode != 0:
        skip("a tiny file system cannot be mounted")


@case
def a_full_disk_loses_nothing(folder):
    """Ingest and compact on a file system of 256 KiB, until it is full; then space comes back."""
    small = folder / "small"
    mounted(small, "256k")
    try:
        store = small / "a store"
        taken, is_full = [], False
        for i in range(60):
            records = [record(t, ethernet(syn(f"1.{i}.{n % 256}.1", "198.51.100.7", seq=None,
                                              source_port=1024 + n)), None)
                       for n, (t, _, _) in enumerate(RECORDS * 20)]
            name = write(f"{i}.pcap", pcap(records)).name
            result = hotaru("ingest", "-q", "-s", store, name)
            if result.code != 0:
                is_full = True
                lines = result.errors()
                check(result.code == 1 and len(lines) == 1 and lines[0].startswith("hotaru: ") and
                      any(word in lines[0] for word in ("No space", "full")),
                      f"ingest on a full disk: exit code {result.code}, {lines}")
                break
            taken.append(name)
        check(is_full and taken, f"the disk is full after {len(taken)} captures")
        refused(1, "", "survey", *taken, env=environment(TMPDIR=small))
        succeed("verify", "-q", "-s", store)
        equal(csv_of("survey", "-s", store), csv_of("survey", *taken), "what was taken before")
        subprocess.run(["mount", "-o", "remount,size=8m", small], check=True)
        succeed("ingest", "-q", "-s", store, name)
        equal(csv_of("survey", "-s", store), csv_of("survey", *taken, name), "with space again")
        succeed("compact", "-q", "-s", store)
        succeed("verify", "-q", "-s", store)
        equal([n for n in os.listdir(store) if n.endswith((".new", ".spill"))], [], "left in the store")
        equal(sorted(os.listdir(small)), ["a store"], "left beside the store")
    finally:
        subprocess.run(["umount", small], check=False)


# ---- ends that hotaru does not choose

@case
def a_closed_pipe_leaves_nothing_behind(_):
    """`hotaru survey CAPTURE | head`: the temporary store goes, whoever ends it."""
    ours, theirs = os.pipe()
    os.close(ours)
    for command in ("survey", "ledger", "packets"):
        result = hotaru(command, good(), stdout=theirs)
        check(result.code != 0 and len(result.errors()) <= 1, f"{command}: {result.code}, {result.err}")
    # More rows than any buffer holds: the pipe breaks in their middle.
    with open("long.pcap", "wb") as file:
        file.write(pcap([record(i * 10**9, ethernet(syn("192.0.2.1", "198.51.100.2")))
                         for i in range(5000)]))
    result = hotaru("packets", "long.pcap", stdout=theirs)
    check(result.code in (141, -signal.SIGPIPE) and result.errors() == [],
          f"packets in the middle: {result.code}, {result.err}")
    os.close(theirs)


@case
def an_interrupt_leaves_nothing_behind(_):
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)  # nohup has it ignored, and hotaru keeps that
        process = subprocess.Popen([HOTARU, "survey", "-"], stdin=subprocess.PIPE,
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                   env=environment())
        process.stdin.write(GOOD)
        process.stdin.flush()
        wait_for(lambda: os.listdir(os.environ["TMPDIR"]))
        process.send_signal(number)
        check(process.wait(60) != 0, f"exit code 0 after {number.name}")
        process.stdin.close()


def wait_for(condition):
    for _ in range(500):
        if condition():
            return
        time.sleep(0.01)


# ---- hostile names

NAMES = (b"line\nbreak.pcap", b"\x1b[31mred\x07.pcap", b"<script>alert(1)<!--.pcap",
         b"=cmd|' -C calc'!A0.pcap", b"+1.pcap", b"@a.pcap", b"a\"quote,comma.pcap", b"<img src=x onerror=alert(1)>",
         "bidi\u202etxt.pcap".encode(), b"invalid\xff\xfe.pcap", "\u87a2\u2028.pcap".encode(),
         b"&amp;<!--.pcap", b"back\\slash'.pcap", b"%s%n.pcap", b"\xc2\x9b31m.pcap", b"tab\t.pcap")


def hostile_captures():
    """A capture of another content for every name: the same content, or its beginning, would count once."""
    for i, name in enumerate(NAMES):
        with open(name, "wb") as file:
            file.write(pcap(RECORDS[:1] * (i + 1), snap_length=65535 - i))
    return list(NAMES)


def shown(name):
    """A name as JSON gives it back: what is not UTF-8 is replaced, and only that."""
    return name.decode("utf-8", "replace")


def harmless(name):
    """A name as tables and CSV show it: what steers a terminal is replaced too."""
    return "".join("\ufffd" if is_harmful(c) else c for c in shown(name))


def is_harmful(c):
    return (ord(c) < 32 or 0x7f <= ord(c) < 0xa0 or
            c in "\u2028\u2029\ufeff\u200b\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


@case
def hostile_names_in_csv_and_json(_):
    names = hostile_captures()
    objects = [json.loads(line) for line in
               succeed("ledger", "-q", *names, "--format", "json").splitlines()]
    got = {o["capture"] for o in objects}
    equal(got - {"*"}, {shown(n) for n in NAMES}, "names in json")
    text = succeed("ledger", "-q", *names, "--format", "csv")
    rows = list(csv.reader(io.StringIO(text, newline="")))
    check(all(len(row) == 3 for row in rows), "a name broke a row of the csv")
    # A spreadsheet must not take a name for a formula.
    equal({row[0] for row in rows[1:]} - {"*"},
          {("'" if n[:1] in (b"=", b"+", b"@", b"-", b"\t") else "") + harmless(n) for n in NAMES},
          "names in csv")
    equal(text.count("\n"), 1 + 15 * (len(NAMES) + 1), "lines of the csv: a row is a line")


@case
def hostile_names_on_the_terminal(_):
    """In tables, warnings, errors and summaries: nothing that steers a terminal."""
    names = hostile_captures()
    result = hotaru("ledger", *names)
    equal(result.code, 0, "exit code")
    check_harmless(result.out, "table")
    equal(result.out.count(b"\n"), 1 + 15 * (len(NAMES) + 1), "lines of the table")
    for name in NAMES:
        missing = hotaru("survey", name + b"?")
        equal((missing.code, missing.err.count(b"\n")), (1, 1), f"{name} is missing: {missing.err}")
        check_harmless(missing.err, f"error about {name}")
        with open(name, "ab") as file:
            file.write(b"\0")
        damaged = hotaru("ingest", "-s", b"store " + name, name)
        equal((damaged.code, damaged.err.count(b"\n")), (3, 2), f"{name} is damaged: {damaged.err}")
        check_harmless(damaged.err, f"warning about {name}")
        usage = hotaru("survey", "--family", name)
        check_harmless(usage.err, f"wrong usage with {name}")


def check_harmless(output, what):
    """Valid UTF-8 without control characters or such as turn the direction of writing."""
    try:
        text = output.decode("utf-8")
    except UnicodeDecodeError as error:
        fail(f"{what}: {error}")
        return
    bad = {c for c in text if c != "\n" and is_harmful(c)}
    check(not bad, f"{what} holds {sorted(bad)!r}")


class Page(html.parser.HTMLParser):
    """Gathers what a browser would make of the page: elements, attributes, texts."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.tags, self.texts = [], []

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.texts.append(data)


@case
def hostile_names_in_the_report(_):
    """They are text there, never markup, in both languages."""
    names = hostile_captures()
    for lang in ("en", "ja"):
        succeed("report", "-q", "--lang", lang, "-o", "page", *names)
        succeed("report", "-q", "--lang", lang, "-o", "calm", good())
        pages = []
        for folder in ("page", "calm"):
            page = Page()
            page.feed(pathlib.Path(folder, "index.html").read_text(encoding="utf-8"))
            pages.append(page)
        hostile, calm = pages
        equal({tag for tag, _ in hostile.tags} - {tag for tag, _ in calm.tags}, set(),
              f"elements only there for the names ({lang})")
        equal(sum(tag == "script" for tag, _ in hostile.tags),
              sum(tag == "script" for tag, _ in calm.tags), f"scripts ({lang})")
        check(not any(a.startswith("on") for tag, attrs in hostile.tags for a in attrs
                      if tag == "img"), f"an event handler came in ({lang})")
        text = "\n".join(hostile.texts)
        for name in (b"<script>alert(1)<!--.pcap", b"<img src=x onerror=alert(1)>",
                     b"&amp;<!--.pcap", b"=cmd|' -C calc'!A0.pcap"):
            check(name.decode() in text, f"the page does not show {name} as it is ({lang})")
        check("\x1b" not in text and "\x07" not in text, f"control characters in the page ({lang})")


run_cases()
