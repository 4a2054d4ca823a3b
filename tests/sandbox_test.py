#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Least privilege, seen from outside: what the kernel says of hotaru while it reads, what it can
reach, and what happens where there is no sandbox to be had.

What goes on inside is in src/base/sandbox_test.c and src/cmd/confine_test.c.
"""
import array
import contextlib
import ctypes
import fcntl
import os
import pathlib
import shutil
import signal
import sqlite3
import subprocess
import termios
import time

from harness import (DAY_NS, HOTARU, case, check, csv_of, environment, equal, ethernet, hotaru,
                     pcap, record, run_cases, skip, succeed, syn, write, to_format_1)

BEGIN_NS = 1472688000 * 10**9  # 2016-09-01
RECORDS = [record(BEGIN_NS + i * DAY_NS // 100, ethernet(syn(f"1.0.{i >> 8}.{i & 255}",
                                                            "198.51.100.7", seq=None)))
           for i in range(200)]
GOOD = pcap(RECORDS)
# The sanitizers cannot live with the filter of system calls, so programs that have them go without.
IS_SANITIZED = b"__asan_init" in pathlib.Path(HOTARU).read_bytes()
CREATE_RULESET, SECCOMP_ALLOW, SECCOMP_ENOSYS = 444, 0x7fff0000, 0x00050026


def has_landlock():
    libc = ctypes.CDLL(None, use_errno=True)
    return libc.syscall(CREATE_RULESET, None, 0, 1) > 0


def good(name="a.pcap"):
    return write(name, GOOD).name


def wait_for(condition):
    for _ in range(1000):
        if condition():
            return True
        time.sleep(0.01)
    return False


def unread(pipe):
    """How many bytes nobody has taken out of the pipe yet."""
    count = array.array("i", [0])
    fcntl.ioctl(pipe, termios.FIONREAD, count)
    return count[0]


def status_of_threads(process):
    folder = pathlib.Path(f"/proc/{process.pid}/task")
    return [dict(line.split(":\t", 1) for line in (task / "status").read_text().splitlines()
                 if ":\t" in line) for task in folder.iterdir()]


def halfway(*words):
    """Runs hotaru on standard input, gives it the first half, and asks the kernel about it."""
    process = subprocess.Popen([HOTARU, *words], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL,
                               stderr=subprocess.PIPE, env=environment())
    process.stdin.write(GOOD[:len(GOOD) // 2])
    process.stdin.flush()
    check(wait_for(lambda: unread(process.stdin) == 0), f"{words[0]}: does not read")
    threads = status_of_threads(process)
    _, errors = process.communicate(GOOD[len(GOOD) // 2:])
    equal(process.returncode, 0, f"{words[0]} ({errors})")
    return threads


# ---- what the kernel says

@case
def captures_are_read_inside(work):
    for words in (("ingest", "-s", "store", "-"), ("survey", "-"), ("lifetimes", "-"),
                  ("ledger", "-"), ("packets", "-"), ("report", "-o", "report", "-")):
        for thread in halfway(*words):
            equal(thread["NoNewPrivs"], "1", f"{words[0]}: NoNewPrivs")
            equal(int(thread["CapPrm"], 16) | int(thread["CapEff"], 16), 0, f"{words[0]}: capabilities")
            if not IS_SANITIZED:
                equal(thread["Seccomp"], "2", f"{words[0]}: Seccomp")
    check((work / "store").is_dir() and (work / "report").is_dir(), "store and report are there")


@case
def no_sandbox_is_for_debuggers(_):
    for thread in halfway("survey", "--no-sandbox", "-"):
        equal((thread["NoNewPrivs"], thread["Seccomp"]), ("0", "0"), "with --no-sandbox")


# ---- what it can reach

@case
def a_store_cannot_send_its_reader_elsewhere(work):
    if not has_landlock():
        skip("this kernel has no Landlock")
    succeed("ingest", "-q", "-s", "store", good())
    segment = next((work / "store").glob("*.segment"))
    shutil.move(segment, work / "elsewhere")
    segment.symlink_to(work / "elsewhere")
    for command in (["survey"], ["lifetimes"], ["report", "-o", "report"], ["verify"]):
        result = hotaru(*command, "-s", "store")
        check(result.code == 1 and b"Permission denied" in result.err + result.out,
              f"{command[0]}: {result.code}, {result.err}")
    succeed("survey", "-s", "store", "--no-sandbox")


@case
def a_capture_that_was_exchanged_is_not_read(work):
    """What counts is what lay there when the command began, and a link that is followed once."""
    if not has_landlock():
        skip("this kernel has no Landlock")
    (work / "link").symlink_to(good())
    write("other.pcap", pcap(RECORDS[:7]))
    for options, code in (([], 1), (["--no-sandbox"], 0)):
        write("late.pcap", pcap(RECORDS[:5]))
        process = subprocess.Popen([HOTARU, "ledger", *options, "link", "-", "late.pcap"],
                                   stdin=subprocess.PIPE, stdout=subprocess.DEVNULL,
                                   stderr=subprocess.PIPE, env=environment())
        process.stdin.write(pcap(RECORDS[:3]))
        process.stdin.flush()
        check(wait_for(lambda p=process: unread(p.stdin) == 0), "does not read")
        shutil.copy("other.pcap", "new")
        os.rename("new", "late.pcap")
        _, errors = process.communicate()
        equal(process.returncode, code, f"with {options} ({errors})")
        check((b"'late.pcap': Permission denied" in errors) == (code == 1), f"says {errors}")


@case
def root_reads_and_writes_what_belongs_to_others(work):
    """It keeps the power to do that, when it is told to, and then only for the paths that it is told."""
    if os.geteuid() != 0:
        skip("only root can")
    (work / "folder").mkdir()
    write("folder/a.pcap", GOOD)
    for path in ("folder/a.pcap", "folder"):
        os.chown(path, 65534, 65534)
        os.chmod(path, 0o700)
    succeed("ingest", "-q", "-s", "folder/store", "folder/a.pcap")
    equal(len(csv_of("survey", "-s", "folder/store").splitlines()), 9, "rows")


@case
def a_large_catalogue_needs_no_other_folder(_):
    """SQLite sorts this many captures in pieces, which it would like to put into /var/tmp."""
    succeed("ingest", "-q", "-s", "store", good())
    with contextlib.closing(sqlite3.connect("store/catalog.sqlite")) as catalog, catalog:
        to_format_1(catalog)
        row = list(catalog.execute("SELECT * FROM capture").fetchone())
        marks = ",".join("?" * len(row))
        for i in range(2, 40000):
            row[0], row[1], row[4] = i, "x" * 300 + str(i * 7919 % 40000), i.to_bytes(16, "big")
            catalog.execute(f"INSERT INTO capture VALUES ({marks})", row)
    rows = csv_of("info", "-s", "store").splitlines()
    check("captures,39999" in rows, f"info: {rows}")


# ---- what had to be made before

@case
def outputs_are_there_when_the_command_is_done_and_only_then(work):
    succeed("ingest", "-q", "-s", "store", good())
    refused = ["survey", "-q", "-s", "store", "--gap", "nonsense", "-o", "new"]
    equal(hotaru(*refused).code, 2, "wrong usage")
    check(not os.path.exists("new"), "an output that was not there is left behind")
    write("new", b"old")
    equal(hotaru(*refused).code, 2, "wrong usage")
    equal(pathlib.Path("new").read_bytes(), b"old", "an output that was there")
    succeed("survey", "-q", "-s", "store", "-o", "new", "--format", "csv")
    succeed("survey", "-q", "-s", "store", "-o", "newer", "--format", "csv")
    equal(pathlib.Path("newer").read_bytes(), pathlib.Path("new").read_bytes(), "both outputs")
    check(len(pathlib.Path("new").read_bytes()) > 100, "is written")
    # A result without rows is a result.
    succeed("survey", "-q", "-s", "store", "-o", "empty", "--format", "json", "--from", "2020-01-01")
    equal(pathlib.Path("empty").read_bytes(), b"", "a result without rows")
    equal(hotaru("survey", "-s", "none", "-o", "absent").code, 1, "no store")
    equal(hotaru("survey", "none.pcap", "-o", "absent").code, 1, "no capture")
    check(not os.path.exists("absent"), "an output without a result")
    succeed("packets", "a.pcap", "-o", "/dev/null")
    equal(hotaru("packets", "a.pcap", "-o", "/dev/full").code, 1, "a full disk")
    equal(hotaru("packets", "a.pcap", "-o", "no/such/folder").code, 1, "no folder")


@case
def an_output_goes_when_the_command_is_killed(_):
    process = subprocess.Popen([HOTARU, "packets", "-", "-o", "out"], stdin=subprocess.PIPE,
                               stderr=subprocess.DEVNULL, env=environment())
    process.stdin.write(GOOD[:1000])
    process.stdin.flush()
    check(wait_for(lambda: unread(process.stdin) == 0), "does not read")
    check(os.path.exists("out"), "the output is made at the start")
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdin.close()
    check(wait_for(lambda: not os.path.exists("out")), "an empty output is left behind")


@case
def folders_that_were_made_for_nothing_go(_):
    write("broken", b"no capture at all")
    for words in (("ingest", "-s", "store", "none.pcap"), ("ingest", "-s", "store/", "broken"),
                  ("ingest", "-s", "store", "--zone", "Nowhere/Land", good()),
                  ("report", "-o", "report", "none.pcap"), ("report", "-o", "report", "-s", "none")):
        check(hotaru(*words).code in (1, 2), f"{words} succeeds")
        check(not os.path.exists("store") and not os.path.exists("report"),
              f"{words} leaves a folder behind")


@case
def names_in_filter_expressions_are_looked_up_in_files(_):
    write("names", b"telnet = tcp dst port telnet\n")
    rows = csv_of("survey", "--fingerprints", "names", "--family", "telnet", good())
    equal(rows.splitlines()[1].split(",")[:3], ["2016-09-01", "telnet", "100"], "port telnet")
    write("hosts", b"far = tcp and dst host scanner.example\n")
    result = hotaru("fingerprints", "--fingerprints", "hosts")
    equal((result.code, b"unknown host" in result.err), (2, True), f"a host's name ({result.err})")


# ---- figures

RENDERER = """#!/bin/sh
echo "$@" >"$4"
grep -E 'NoNewPrivs|CapEff' /proc/self/status >>"$4"
echo out >"$HOTARU_OUTSIDE"
"""


@case
def figures_are_rendered_by_a_program_that_writes_only_there(work):
    program = work / "bin" / "rsvg-convert"
    program.parent.mkdir()
    program.write_text(RENDERER)
    program.chmod(0o755)
    outside = work / "outside"
    env = environment(PATH=f"{program.parent}:{os.environ['PATH']}", HOTARU_OUTSIDE=outside)
    succeed("report", "-q", "-o", "report", good(), env=env)
    figures = sorted(p.stem for p in (work / "report").glob("*.svg"))
    equal(sorted(p.stem for p in (work / "report").glob("*.png")), figures, "a PNG for each SVG")
    text = (work / "report" / "mirai.png").read_text()
    check(text.startswith("--width=1600") and "NoNewPrivs:\t1" in text and
          "CapEff:\t0000000000000000" in text, f"how it was started: {text}")
    equal(outside.exists(), not has_landlock(), "it wrote beside the report")


# ---- kernels that cannot

class Comparison(ctypes.Structure):
    """struct scmp_arg_cmp"""
    _fields_ = [("argument", ctypes.c_uint), ("operator", ctypes.c_int),
                ("value", ctypes.c_uint64), ("other", ctypes.c_uint64)]


EQUAL, PR_SET_SECCOMP = 4, 22
POOR = {"Landlock": ((b"landlock_create_ruleset", None),),
        "seccomp": ((b"seccomp", None), (b"prctl", Comparison(0, EQUAL, PR_SET_SECCOMP, 0)))}


def poor_kernel(*missing):
    """As on a kernel without them: for subprocess, before the program starts."""
    try:
        library = ctypes.CDLL("libseccomp.so.2")
    except OSError:
        skip("there is no libseccomp.so.2")
    library.seccomp_init.restype = ctypes.c_void_p
    library.seccomp_load.argtypes = library.seccomp_release.argtypes = [ctypes.c_void_p]
    library.seccomp_rule_add_array.argtypes = [ctypes.c_void_p, ctypes.c_uint32, ctypes.c_int,
                                               ctypes.c_uint, ctypes.c_void_p]

    def enter():
        rules = library.seccomp_init(SECCOMP_ALLOW)
        for call, only in (rule for name in missing for rule in POOR[name]):
            number = library.seccomp_syscall_resolve_name(call)
            if library.seccomp_rule_add_array(rules, SECCOMP_ENOSYS, number, 0 if only is None else 1,
                                              None if only is None else ctypes.byref(only)) != 0:
                os._exit(99)
        if library.seccomp_load(rules) != 0:
            os._exit(99)
    return enter


@case
def what_the_kernel_lacks_is_said_once(_):
    if not has_landlock() or IS_SANITIZED:
        skip("this kernel has no Landlock, or a sanitizer runs")
    name = good()
    want = csv_of("survey", name)
    for missing in (("Landlock",), ("seccomp",), ("Landlock", "seccomp")):
        enter = poor_kernel(*missing)
        result = hotaru("survey", "--format", "csv", name, preexec_fn=enter)
        lines = result.errors()
        equal((result.code, result.text()), (0, want), f"without {missing}")
        check(len(lines) == 1 and lines[0].startswith("hotaru: warning: ") and
              all((word in lines[0]) == (word in missing) for word in POOR),
              f"without {missing}: {lines}")
        for option in ("--quiet", "--no-sandbox"):
            result = hotaru("survey", "--format", "csv", option, name, preexec_fn=enter)
            equal((result.code, result.err, result.text()), (0, b"", want), f"with {option}")


if __name__ == "__main__":
    run_cases()
