#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A first ingest that comes to nothing leaves nothing; and folders of captures."""
import os
import pathlib
import shutil
import signal
import subprocess

from harness import (DAY_NS, HOTARU, address, case, check, csv_of, environment, equal, ethernet, gzipped, hotaru, pcap,
                     record, run_cases, succeed, syn, write)

BEGIN_NS = 1472688000 * 10**9  # 2016-09-01


def capture(day, count=50):
    """A capture of a day, with other sources than on other days."""
    return pcap([record(BEGIN_NS + day * DAY_NS + n * 10**9,
                        ethernet(syn(0x01000000 + day * 1000 + n % 20, address("198.51.100.0") + n, seq=None)))
                 for n in range(count)])


def files_below(folder):
    return sorted(str(path.relative_to(folder)) for path in pathlib.Path(folder).rglob("*"))


def interrupted(*words):
    """Runs hotaru with a standard input that says something and then nothing, until it is interrupted."""
    with subprocess.Popen([HOTARU, *words], stdin=subprocess.PIPE, stderr=subprocess.PIPE, env=environment()) as process:
        process.stdin.write(capture(0, 2000))
        process.stdin.flush()
        # The store is there by then: the capture is read before it is asked what comes next.
        while not os.path.exists("store/catalog.sqlite"):
            pass
        process.send_signal(signal.SIGINT)
        said = process.stderr.read().decode()
        process.wait()
    equal(process.returncode, -signal.SIGINT, f"ends by the signal: {said}")
    check("interrupted" in said, said)


@case
def a_first_ingest_for_nothing_leaves_nothing(_):
    write("a.pcap", capture(0))
    write("hashes.csv", b"timestamp,src,dst\n")
    write("table.csv", b"1.0.0.0\t1.0.0.255\t4713\tJP\tOCN\n")
    before = sorted(os.listdir("."))
    interrupted("ingest", "-s", "store", "--asn-db", "table.csv", "-")
    equal(sorted(os.listdir(".")), before, "interrupted")
    for words, stdin in ((("no-such-file",), b""), (("-",), b"no capture"), (("-",), b""), (("table.csv",), b""),
                         (("--zone", "Nowhere/At_all", "a.pcap"), b""), (("--asn-db", "nothing", "a.pcap"), b""),
                         (("--fingerprints", "table.csv", "a.pcap"), b"")):
        check(hotaru("ingest", "-s", "store", *words, stdin=stdin).code in (1, 2), words)
        equal(sorted(os.listdir(".")), before, words)
    # A folder of the user's stays, empty as it was.
    os.mkdir("store")
    interrupted("ingest", "-s", "store", "-")
    equal(files_below("store"), [], "an empty folder")
    # What was committed stays, also that of the same command.
    succeed("ingest", "-q", "-s", "store", "a.pcap")
    rows = csv_of("survey", "-s", "store", "--family", "*")
    interrupted("ingest", "-s", "store", "-")
    hotaru("ingest", "-s", "store", "no-such-file", "-", stdin=b"no capture")
    equal(csv_of("survey", "-s", "store", "--family", "*"), rows, "a store with a capture")
    succeed("verify", "-q", "-s", "store")


def make_folder():
    """A folder with three captures in the order of their names, and others that are none."""
    for folder in ("in/b", "in/.hidden", "in/c/d", "in/store", "elsewhere", "in/empty"):
        os.makedirs(folder)
    for name, data in (("in/b/1.pcap", capture(1)), ("in/a.pcap.gz", gzipped(capture(0))), ("in/c/d/2.pcap", capture(2)),
                       ("in/.hidden/9.pcap", capture(9)), ("in/.8.pcap", capture(8)), ("in/notes.txt", b"words\n"),
                       ("in/b/index.html", b"<html>"), ("in/empty.pcap", b""), ("elsewhere/7.pcap", capture(7)),
                       ("in/store/6.pcap", capture(6)), ("in/store/catalog.sqlite", b"")):
        write(name, data)
    os.symlink("../../elsewhere", "in/b/link")  # a folder: nobody goes there
    os.symlink("..", "in/c/d/loop")
    os.symlink("nowhere", "in/broken")
    os.mkfifo("in/pipe")
    return ["in/a.pcap.gz", "in/b/1.pcap", "in/c/d/2.pcap"]


@case
def a_folder_is_the_captures_in_it(_):
    names = make_folder()
    result = hotaru("ingest", "-s", "store", "in")
    equal(result.code, 0, result.errors())
    # Two texts, an empty file, a pipe, a link to nothing and two to folders.
    equal([line for line in result.errors() if "folder" in line],
          ["hotaru: 7 files of folders are no captures and are left out (name one to hear why)"], result.errors())
    succeed("ingest", "-q", "-s", "named", *names)
    for table in (("survey", "--family", "*"), ("ledger",), ("sources",)):
        equal(csv_of(*table, "-s", "store"), csv_of(*table, "-s", "named"), table)
        equal(csv_of(*table, "in"), csv_of(*table, *names), f"{table} without a store")
    # Again: all are known. With a slash, and a new one beside it.
    os.symlink("../elsewhere/7.pcap", "in/link.pcap")
    result = hotaru("ingest", "-s", "store", "in/")
    equal(sum("was taken in already" in line for line in result.errors()), 3, result.errors())
    check("took in 1 capture," in result.errors()[-1], result.errors())
    succeed("settings", "-q", "-s", "store", "--telescope", "198.51.100.0/25", "in")
    equal(hotaru("ingest", "-s", "store", "in").code, 0, "with another telescope")


@case
def what_is_wrong_with_a_folder_is_said(_):
    make_folder()
    os.mkdir("none")
    for words, code, want in ((("none",), 1, "there is no capture in folder 'none'"), (("in", "in/empty"), 1, "'in/empty'"),
                              (("in/store",), 1, "'in/store' is a store")):
        result = hotaru("ingest", "-s", "store", *words)
        check(result.code == code and want in result.errors()[-1], f"{words}: {result.errors()}")
        check(not os.path.exists("store"), f"{words}: a store was made")
    # What was meant to be a capture is named, as without a folder.
    damaged = gzipped(capture(4))[:40]
    write("in/damaged.gz", damaged)
    result = hotaru("ingest", "-s", "store", "in")
    check(result.code in (1, 3) and any("damaged.gz" in line for line in result.errors()), result.errors())
    # Of many in deep folders.
    deep = pathlib.Path("deep", *["d"] * 200)
    deep.mkdir(parents=True)
    for n in range(20):
        write(deep / f"{n}.pcap", capture(n, 3))
    result = hotaru("ingest", "-s", "deep-store", "deep")
    check("took in 20 captures" in result.errors()[-1], result.errors())
    shutil.rmtree("deep")


run_cases()
