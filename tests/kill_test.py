#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Nothing is lost when hotaru ends at any moment, by SIGKILL, SIGINT or SIGTERM.

An ingest that spills, of several captures into a store that has one already, and a
compaction, are stopped at random moments spread over their run time. After each
the store has to open and be sound, hold the captures of the ingest all or not at
all, and after the same command once more give what an undisturbed run gives, byte for byte.

HOTARU_KILLS=200 stops each command that often; HOTARU_SEED=N chooses other moments.
"""
import os
import random
import shutil
import signal
import struct
import subprocess
import time

from harness import (DAY_NS, HOTARU, RAW, SYN, case, check, csv_of, environment, equal, fixture, hotaru,
                     run_cases, succeed, write)

KILLS = int(os.environ.get("HOTARU_KILLS", "15"))
SEED = int(os.environ.get("HOTARU_SEED", "1"))
CAPTURES, DAYS = 5, 4
# Few packets of many sources: with the least memory an ingest of four captures of MANY spills. All else
# has as many moments to be killed at with FEW.
MANY, FEW = 130000, 40000
SMALL = ("--memory", "64M", "--threads", "2")
TABLES = (("survey",), ("survey", "--gap", "2"), ("ledger",), ("lifetimes",), ("info",))


def packets(rng, count, first_ns, last_ns):
    """A pcap file of SYNs, half of them Mirai's, in the order of time."""
    head = struct.pack("<IHHiIII", 0xa1b2c3d4, 2, 4, 0, 0, 65535, RAW)
    parts = [head]
    for i in range(count):
        seconds, rest_ns = divmod(first_ns + (last_ns - first_ns) * i // count, 10**9)
        dice = rng.getrandbits(64)
        source, destination = 0x01000000 + (dice & 0x3fffff) * 331, 0xc6336400 + (dice >> 22 & 255)
        seq = destination if dice >> 30 & 1 else 7
        parts.append(struct.pack("<IIII", seconds, rest_ns // 1000, 40, 40) + struct.pack(
            ">BBHHHBBHIIHHIIBBHHH", 0x45, 0, 40, dice >> 32 & 0xffff, 0, 50 + (dice >> 48 & 7), 6, 0,
            source, destination, 1024 + (dice >> 50 & 0xfff), 23, seq, 0, 0x50, SYN, 14600, 0, 0))
    return b"".join(parts)


def captures(count=FEW):
    """Names of captures of so many packets that overlap, the first and the others: each day is in several."""
    def make(folder):
        rng = random.Random(5)
        for i in range(CAPTURES):
            begin = 17045 * DAY_NS + i * DAYS * DAY_NS // (CAPTURES + 1)
            write(folder / f"{i}.pcap", packets(rng, count, begin, begin + DAYS * DAY_NS * 2 // (CAPTURES + 1)))

    folder = fixture(f"captures of kill, {count} packets", make)
    names = [str(folder / f"{i}.pcap") for i in range(CAPTURES)]
    return names[0], names[1:]


def results(store):
    """What a store answers, but for its name, and how its days are cut."""
    texts = {}
    for words in TABLES:
        text = csv_of(*words, "-s", store)
        if words == ("info",):
            text = "".join(line for line in text.splitlines(keepends=True)
                           if line.split(",")[0] not in ("store", "segments", "segment_bytes",
                                                          "host_days"))
        texts[" ".join(words)] = text
    return texts


def start(command):
    return subprocess.Popen([HOTARU, *command], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                            env=environment())


def phase(store, taken_before):
    """Where the command was when it ended, told by what it left behind."""
    names = os.listdir(store) if os.path.isdir(store) else []
    taken = int(dict(line.split(",", 1) for line in csv_of("info", "-s", store).splitlines())
                ["captures"])
    if taken != taken_before:
        return "after the commit"
    if any(name.endswith(".new") for name in names):
        return "while segments were written"
    listed = int(dict(line.split(",", 1) for line in csv_of("info", "-s", store).splitlines())
                 ["segments"])
    if sum(name.endswith(".segment") for name in names) > listed:
        return "between names and commit, or before old files went"
    if any(name.endswith(".spill") for name in names):
        return "after a spill"
    return "while captures were read"


def copy(store, to):
    shutil.rmtree(to, ignore_errors=True)
    shutil.copytree(store, to)


def is_sound(store, what):
    result = hotaru("verify", "-q", "-s", store)
    return equal(result.code, 0, f"{what}: verify says {result.errors()}")


def run_time(command, store):
    """The time of an undisturbed run, and the result in `store`."""
    copy("start", store)
    before = time.monotonic()
    succeed(*command, store)
    return time.monotonic() - before


class Stopper:
    """Stops a command at moments spread evenly over its run, the last tenth twice as densely."""

    def __init__(self, command, number):
        self.command, self.number = command, number
        self.rng = random.Random(SEED)
        self.run_s = min(run_time(command, "whole") for _ in range(2))
        self.want = results("whole")
        self.phases = {}
        self.ended_before = 0

    def moment(self, i):
        share = (i + self.rng.random()) / KILLS
        return self.run_s * (share * 1.25 if share < 0.72 else 0.9 + (share - 0.72) * 0.6)

    def stop_once(self, i, check_stopped):
        copy("start", "store")
        moment = self.moment(i)
        process = start([*self.command, "store"])
        try:
            _, error = process.communicate(timeout=moment)
        except subprocess.TimeoutExpired:
            process.send_signal(self.number)
            _, error = process.communicate(timeout=60)
        what = f"{self.command[0]}, {self.number.name} after {moment:.3f} s"
        if process.returncode == 0:
            self.ended_before += 1
            self.run_s = min(self.run_s, moment)
        else:
            check_stopped(what, process.returncode, error)
        name = phase("store", self.taken_before()) if process.returncode != 0 else "it had ended"
        self.phases[name] = self.phases.get(name, 0) + 1
        sound = is_sound("store", what)
        got = results("store")
        check(got in (self.want, self.start_results()) or self.command[0] == "compact",
              f"{what}: the store is neither as before nor as after")
        succeed(*self.command, "store")
        for table, text in results("store").items():
            equal(text, self.want[table], f"{what}, done again: {table}")
        sound = is_sound("store", f"{what}, done again") and sound
        left = [n for n in os.listdir("store") if n.endswith((".new", ".spill"))]
        equal(left, [], f"{what}: left in the store")
        return sound

    def taken_before(self):
        info = csv_of("info", "-s", "start")
        return int(dict(line.split(",", 1) for line in info.splitlines())["captures"])

    def start_results(self):
        if not hasattr(self, "_start"):
            self._start = results("start")
        return self._start

    def say(self):
        phases = ", ".join(f"{count} {name}" for name, count in sorted(self.phases.items()))
        print(f"{self.command[0]}, {self.number.name}: {phases}; a run takes {self.run_s:.2f} s",
              flush=True)


def was_killed(what, code, _):
    equal(code, -signal.SIGKILL, f"{what}: how it ended")


def was_asked(what, code, error):
    """One line that says what became of the work, and the end that the signal means."""
    lines = error.decode().splitlines()
    check(code in (-signal.SIGINT, -signal.SIGTERM), f"{what}: ended with {code}, {lines}")
    # A signal before hotaru catches it ends the process without a word.
    check(len(lines) <= 1 and all("interrupted" in line for line in lines), f"{what}: said {lines}")


def nothing_is_left(what, code, error):
    was_asked(what, code, error)
    left = [n for n in os.listdir("store") if n.endswith((".new", ".spill"))]
    equal(left, [], f"{what}: left in the store")


def stop_many(command, number, check_stopped, count):
    stopper = Stopper(command, number)
    for i in range(count):
        stopper.stop_once(i * KILLS // count, check_stopped)
    stopper.say()
    return stopper


def ingest_command(count=FEW):
    first, others = captures(count)
    succeed("ingest", "-q", "-s", "start", first)
    return ["ingest", "-q", "--no-progress", *SMALL, *others, "-s"]


# ---- cases

@case
def an_ingest_is_killed(_):
    command = ingest_command(MANY)
    stopper = stop_many(command, signal.SIGKILL, was_killed, KILLS)
    check(len(stopper.phases) >= 2, f"every kill came {list(stopper.phases)}")


@case
def the_first_ingest_of_a_store_is_killed(_):
    """There is no store before: what a kill leaves may be none yet, and is made by the next."""
    _, others = captures()
    command = ["ingest", "-q", *SMALL, *others[:2], "-s"]
    succeed(*command, "whole")
    want = results("whole")
    rng = random.Random(SEED)
    for _ in range(max(KILLS // 4, 4)):
        process = start([*command, "store"])
        moment = rng.random() ** 2 * 0.3
        try:
            process.wait(moment)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
        process.stderr.close()
        result = hotaru("verify", "-q", "-s", "store")
        check(result.code == 0 or "no store" in result.errors()[0],
              f"killed after {moment:.3f} s: {result.errors()}")
        succeed(*command, "store")
        for table, text in results("store").items():
            equal(text, want[table], f"killed after {moment:.3f} s, done again: {table}")
        shutil.rmtree("store")


@case
def a_compaction_is_killed(_):
    """Every day is in several pieces."""
    first, others = captures()
    succeed("ingest", "-q", "-s", "start", first, *others[::2])
    succeed("ingest", "-q", "-s", "start", *others[1::2])
    stop_many(["compact", "-q", "-s"], signal.SIGKILL, was_killed, KILLS)


@case
def fingerprints_of_sources_are_killed(_):
    """While a store is given some, and in an ingest that merges the days that it has."""
    first, others = captures()
    write("own.txt", b"wide = source ttl=50 ttl=51\nmany = source sport=33-64_values dport=23\n")
    own = os.path.abspath("own.txt")
    succeed("ingest", "-q", "-s", "start", first, *others[::2])
    succeed("ingest", "-q", "-s", "start", *others[1::2])
    stop_many(["settings", "-q", "--no-progress", "--fingerprints", own, "-s"], signal.SIGKILL, was_killed, KILLS)
    shutil.rmtree("start")
    succeed("ingest", "-q", "-s", "start", "--fingerprints", own, first, *others[::2])
    stop_many(["ingest", "-q", "--no-progress", *SMALL, "--fingerprints", own, *others[1::2], "-s"], signal.SIGKILL,
              was_killed, KILLS)


@case
def an_ingest_is_asked_to_stop(_):
    """It keeps what was committed, drops the rest, says so in a line, and leaves no files."""
    command = ingest_command()
    for number in (signal.SIGINT, signal.SIGTERM):
        stop_many(command, number, nothing_is_left, max(KILLS // 3, 4))


if __name__ == "__main__":
    run_cases()
