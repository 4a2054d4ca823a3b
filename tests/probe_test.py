#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""`hotaru probe` against an emulator of devices (devices.py). Nothing is asked but loopback: by the option, which
forbids all else, and where that is allowed in a network of its own, in which there is nothing else.

HOTARU_PROBE_LONG=1: 20,000 connections open at once, 5,000 a second, a list of ten million lines.
"""
import base64
import calendar
import collections
import json
import os
import pathlib
import random
import resource
import shutil
import signal
import subprocess
import time

import devices
from devices import Devices
from harness import (HOTARU, ROOT, case, check, csv_of, environment, equal, ethernet, hotaru, is_sanitized, pcap,
                     record, run_cases, skip, succeed, syn, write)

BEGIN_NS = 1472688000 * 10**9  # 2016-09-01
IS_LONG = "HOTARU_PROBE_LONG" in os.environ
IS_ALONE = devices.isolate()
# Where others may listen, too, each test has a /24 of its own.
PREFIX = f"127.{os.getpid() // 250 % 250 + 1}.{os.getpid() % 250 + 1}"
BENCH_DEVICES = os.environ.get("BENCH_DEVICES") or ROOT / "build" / "bench" / "bench-devices"
PERMITTED = ("--contact", "soc@example.org", "--page", "https://probe.example.org/about", "--authorised")
GET = ("GET / HTTP/1.1\r\nHost: {}:{}\r\nUser-Agent: hotaru/{} (+https://probe.example.org/about; "
       "mailto:soc@example.org)\r\nConnection: close\r\n\r\n")
ALL_PORTS = (2222, 2323, 5358, 7547, 8080)
REFUSALS, IDENTIFICATION = devices.REFUSALS, "SSH-2.0-hotaru_{} https://probe.example.org/about\r\n"


def version():
    return succeed("--version").split()[1]


def get(address, port):
    return GET.format(address, port, version()).encode()


def address(number):
    return f"{PREFIX}.{number}"


def words(*more, output="answers", ports=ALL_PORTS):
    if not os.path.exists("opt-outs"):
        write("opt-outs", b"")
    return ("probe", *PERMITTED, "--opt-outs", "opt-outs", "--allow-loopback", "-o", output,
            "--ports", ",".join(map(str, ports)), "--gap", "0", "--rate", "5000", "--rate-prefix", "5000",
            "--wait", "0.8", "--deadline", "3", *more)


def answers(path="answers"):
    lines = [json.loads(line) for line in pathlib.Path(path).read_text().splitlines()]
    for line in lines:
        line["response"] = base64.b64decode(line["response"])
    return lines


def write_list(addresses, name="list"):
    return write(name, "".join(f"{a}\n" for a in addresses).encode()).name


# ---- what is said and kept

SAYS = {  # behaviour: port, status, how it was asked, what the device has to have heard (a GET: None)
    devices.telnet: (2323, "answered", "telnet", REFUSALS),
    devices.telnet_by_byte: (2323, "answered", "telnet", REFUSALS),
    devices.telnet_options_only: (2323, "empty", "telnet", REFUSALS),
    devices.telnet_that_insists: (2323, "answered", "telnet", b"\xff\xfe\x01\xff\xfc\x01"),
    devices.ssh: (2222, "answered", "ssh", IDENTIFICATION),
    devices.ssh_behind_lines: (2222, "answered", "ssh", IDENTIFICATION),
    devices.ftp: (5358, "answered", "ftp", b"QUIT\r\n"),
    devices.http: (8080, "answered", "get", None),
    devices.slow_http: (5358, "answered", "get", None),
    devices.tr069: (7547, "answered", "get", None),
    devices.tls_only: (8080, "tls", "get", None),
    devices.binary: (5358, "answered", "listen", b""),
    devices.dripping: (2323, "answered", "listen", b""),
    devices.endless: (5358, "answered", "listen", b""),
    devices.endless_options: (2323, "empty", "telnet", b"\xff\xfe\x01"),
    devices.silent: (2222, "empty", "get", None),
    devices.closing: (2222, "empty", "listen", b""),
    devices.resetting: (2222, "reset", "listen", b""),
    devices.resetting_later: (2323, "answered", "listen", b""),
}


def check_answer(behaviour, at, answer, heard):
    name = behaviour.__name__
    port, status, probe, want = SAYS[behaviour]
    equal((answer["status"], answer["probe"]), (status, probe), name)
    if behaviour is devices.endless:
        equal((answer["response"], answer.get("cut")), (bytes(65536), True), name)
    elif behaviour is devices.dripping:
        check(3 <= len(answer["response"]) <= 16 and set(answer["response"]) == {ord(".")}, f"{name}: {answer}")
    elif behaviour is devices.endless_options:
        check(answer["response"][:3] == b"\xff\xfb\x01", name)
    else:
        equal((answer["response"], answer.get("cut")), (behaviour.sends, None), name)
    if want is None:
        want = get(at, port)
    elif isinstance(want, str):
        want = want.format(version()).encode()
    check(all(sorted_refusals(line["received"]) == sorted_refusals(want) for line in heard), f"{name} heard {heard}")


def sorted_refusals(data):
    """Options are refused in the order in which they come; which of two segments is read first is nobody's promise."""
    return sorted(data[i:i + 3] for i in range(0, len(data), 3)) if data[:1] == b"\xff" else data


@case
def each_ending_has_its_status_and_bytes_are_as_they_were_sent(_):
    hosts = {(address(i + 1), SAYS[b][0]): b for i, b in enumerate(SAYS)}
    with Devices(hosts) as emulated:
        write_list([a for a, _ in hosts])
        succeed(*words("list"))
        log = emulated.log()
    everything = {(a["address"], a["port"]): a for a in answers()}
    equal(len(everything), len(hosts) * len(ALL_PORTS), "answers")
    got = {key: answer for key, answer in everything.items() if key in hosts}
    equal({a["status"] for key, a in everything.items() if key not in hosts}, {"refused"}, "ports without a device")
    # And `responses` takes all of it in, the bytes that a host sent with it.
    rows = [line.split(",") for line in csv_of("responses", "answers").splitlines()[1:]]
    equal(sorted((at, int(port), status, int(length)) for at, port, _, status, length, *_ in rows),
          sorted((at, port, a["status"], len(a["response"])) for (at, port), a in everything.items()), "responses")
    for (at, port), behaviour in hosts.items():
        heard = [line for line in log if line["address"] == at]
        equal(len(heard), 1, f"connections to {behaviour.__name__}")
        check_answer(behaviour, at, got[at, port], heard)
        check(all(line["ended"] - line["accepted"] < 6 for line in heard), f"{behaviour.__name__}: {heard}")


@case
def nobody_listens_and_nothing_leads_there(work):
    """Refused; and in a network of one's own, where a route can say so, unreachable."""
    hosts = [address(1)]
    if IS_ALONE and shutil.which("ip"):
        subprocess.run(["ip", "route", "add", "unreachable", address(250), "table", "local"], check=True)
        hosts.append(address(250))
    write_list(hosts)
    succeed(*words("list"))
    got = collections.Counter((a["address"], a["status"]) for a in answers())
    equal(got, {(h, "unreachable" if i else "refused"): len(ALL_PORTS) for i, h in enumerate(hosts)}, "statuses")
    summary = hotaru(*words("list", output="again")).errors()
    check(f"{len(ALL_PORTS) * len(hosts)} connections to {len(hosts)} hosts" in summary[0], summary)


# ---- whom nobody asks

@case
def who_is_blocked_or_opted_out_is_never_connected_to(_):
    with Devices({(address(i), 8080): devices.http for i in range(1, 9)}) as emulated:
        everybody = write_list([address(i) for i in range(1, 9)])
        # Without the option loopback is as special as any other.
        result = hotaru(*[w for w in words(everybody, ports=[8080]) if w != "--allow-loopback"])
        equal((result.code, answers()), (0, []), "special-purpose addresses")
        check("left out: 8 special-purpose" in result.errors()[-1], result.errors())
        equal(emulated.log(), [], "connections")
        write("opt-outs", f"# hospital\n{address(2)} 2026-11-30 by mail\n{address(4)}/30 2026-12-01\n".encode())
        succeed(*words(everybody, ports=[8080]))
        asked = {line["address"] for line in emulated.log()}
    equal(asked, {address(i) for i in (1, 3, 8)}, "asked")
    equal({a["address"] for a in answers()}, asked, "answers")


@case
def with_the_option_nobody_but_loopback_is_asked(_):
    """Traced, in a network in which there is nobody else, so that a failure reaches nobody."""
    if not IS_ALONE or not shutil.which("strace"):
        skip("there is no network of its own, or no strace")
    write_list(["8.8.8.8", "1.1.1.1", "10.0.0.1", address(1)])
    trace = subprocess.run(["strace", "-f", "-e", "trace=connect,sendto", "-o", "trace", HOTARU, *words("list")],
                           env=environment(), capture_output=True)
    equal(trace.returncode, 0, trace.stderr)
    calls = [line for line in pathlib.Path("trace").read_text().splitlines() if "connect(" in line]
    equal(len(calls), len(ALL_PORTS), "connections")
    check(all(f'"{address(1)}"' in line for line in calls), calls)


@case
def nothing_begins_without_what_a_careful_run_needs(_):
    full = words("list")
    write_list([address(1)])
    for name in ("--contact", "--page", "--opt-outs", "-o", "--authorised"):
        at = full.index(name)
        result = hotaru(*full[:at], *full[at + (1 if name == "--authorised" else 2):])
        equal(result.code, 2, f"without {name}")
        check("nobody is asked without --" in result.errors()[0], result.errors())
    for name, value in (("--contact", "nobody"), ("--page", "example.org"), ("--ports", "22,22"), ("--ports", "0"),
                        ("--rate", "0"), ("--gap", "-1"), ("--deadline", "1e9"), ("--opt-outs", "missing")):
        check(hotaru(*full, name, value).code in (1, 2), f"{name} {value}")
    check(not os.path.exists("answers"), "there are no answers")


@case
def lists_and_opt_outs_that_are_wrong_are_refused_whole(_):
    for content, line in ((b"127.0.0.1\n127.0.0.0/8\n", 2), (b"example.org\n", 1), (b"127.0.0.1\n\n\0\n", 3),
                          (b"1" * 100000, 1), (b"\xff\xfe\n", 1)):
        write("list", content)
        result = hotaru(*words("list"))
        equal(result.code, 1, content[:20])
        check(f"'list' line {line} is no IPv4 address" in result.errors()[-1], result.errors())
    check(not os.path.exists("answers"), "no answers are left behind")
    write_list([address(1)])
    write("opt-outs", b"127.0.0.1\n")
    check("line 1 is no opt-out" in hotaru(*words("list")).errors()[-1], "an opt-out without a day")
    equal(hotaru("probe", "--dry-run", "no-such-list").code, 1, "a list that is not there")


# ---- how fast

def memory_of(pid):
    """KiB of a process and of those that it began."""
    total = 0
    for task in [pid, *children_of(pid)]:
        try:
            lines = pathlib.Path(f"/proc/{task}/status").read_text().splitlines()
        except OSError:
            continue
        total += sum(int(line.split()[1]) for line in lines if line.startswith("VmRSS:"))
    return total


def children_of(pid):
    try:
        return [int(word) for word in pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def least_gap(times):
    times = sorted(times)
    return min((b - a for a, b in zip(times, times[1:])), default=99)


@case
def rates_hold_and_a_host_has_one_connection_at_a_time(_):
    """By the emulator's log, which notes a connection when it comes to it, and so may be late; and by the answers."""
    numbers, late = (1, 2, 3, 130, 131, 132), 0.05
    other = PREFIX.rsplit(".", 1)[0] + f".{(os.getpid() + 1) % 250 + 1}"
    hosts = {(f"{prefix}.{i}", port): devices.http
             for prefix in (PREFIX, other) for i in numbers for port in (7547, 8080)}
    write("networks.csv", f"{address(0)},{address(127)},64500,One\n{other}.0,{other}.127,64500,One\n".encode())
    write_list({a for a, _ in hosts})
    with Devices(hosts) as emulated:
        begun = time.monotonic()
        succeed(*words("list", "--asn-db", "networks.csv", "--rate", "40", "--rate-asn", "10", "--rate-prefix", "8",
                       "--gap", "0.5", ports=(7547, 8080)))
        took = time.monotonic() - begun
        log = emulated.log()
    equal(len(log), len(hosts), "connections")
    check(took < 20, f"took {took}")
    asked = [(a["address"], seconds_of(a["time"])) for a in answers()]
    for what, rows in (("accepted", [(line["address"], line["accepted"]) for line in log]), ("asked", asked)):
        by_prefix, network = collections.defaultdict(list), []
        for at, when in rows:
            prefix, number = at.rsplit(".", 1)
            by_prefix[prefix].append(when)
            if int(number) < 128:
                network.append(when)
        # Eleven times the gap; one that is noted late makes it shorter.
        check(all(max(times) - min(times) > 11 / 8 - 4 * late for times in by_prefix.values()),
              f"{what}, /24: {by_prefix}")
        check(max(network) - min(network) > 11 / 10 - 4 * late, f"{what}, network: {network}")
        if what == "asked":
            check(all(least_gap(times) > 1 / 8 - late for times in by_prefix.values()), f"/24: {by_prefix}")
            check(least_gap(network) > 1 / 10 - late, f"network: {network}")
        for host in {at for at, _ in rows}:
            check(least_gap([when for at, when in rows if at == host]) > 0.5 - 3 * late, f"{what}: {host}")
    order = [at for at, _ in asked]
    check(order != sorted(order), "the order is random")


def seconds_of(text):
    """Of "2026-11-30T18:24:30.564085571Z"."""
    whole, _, fraction = text.rstrip("Z").partition(".")
    return calendar.timegm(time.strptime(whole, "%Y-%m-%dT%H:%M:%S")) + float(f"0.{fraction or 0}")


# ---- stopped, killed, gone on with

def each_once(hosts, ports, path="answers"):
    got = collections.Counter((a["address"], a["port"]) for a in answers(path))
    equal(sorted(got), sorted((h, p) for h in hosts for p in ports), "answers")
    check(set(got.values()) == {1}, [k for k, n in got.items() if n > 1])


def run_until(lines, number, *command):
    process = subprocess.Popen([HOTARU, *command], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=environment())
    for _ in range(2000):
        if os.path.exists("answers") and pathlib.Path("answers").read_bytes().count(b"\n") >= lines:
            break
        time.sleep(0.005)
    process.send_signal(number)
    _, errors = process.communicate(timeout=20)
    return process.returncode, errors.decode()


@case
def killed_and_gone_on_with_each_target_comes_once(_):
    hosts = [address(i) for i in range(1, 41)]
    write_list(hosts)
    with Devices({(h, 8080): devices.http for h in hosts[::4]}):
        slow = ("--rate", "80")
        for lines in (20, 60, 110):
            code, _ = run_until(lines, signal.SIGKILL, *words("list", "--resume", *slow))
            equal(code, -signal.SIGKILL, "killed")
            with open("answers", "ab") as file:  # as a machine that lost power may leave it
                file.write(b'{"address":"127.')
        result = hotaru(*words("list"))
        equal(result.code, 2, "without --resume")
        check("--resume goes on" in result.errors()[0], result.errors())
        code, errors = run_until(150, signal.SIGTERM, *words("list", "--resume", *slow))
        equal(code, -signal.SIGTERM, "stopped")
        check("--resume goes on from 'answers'" in errors, errors)
        equal(len(pathlib.Path("answers").read_bytes().splitlines()), len(answers()), "whole lines")
        succeed(*words("list", "--resume"))
        each_once(hosts, ALL_PORTS)
        before = pathlib.Path("answers").read_bytes()
        succeed(*words("list", "--resume"))
        equal(pathlib.Path("answers").read_bytes(), before, "nothing is left to ask")


@case
def a_budget_is_of_the_whole_run(_):
    hosts = [address(i) for i in range(1, 51)]
    write_list(hosts)
    run_until(12, signal.SIGKILL, *words("list", "--budget", "7", "--rate", "60"))
    succeed(*words("list", "--resume", "--budget", "7"))
    asked = {a["address"] for a in answers()}
    equal(len(asked), 7, "hosts")
    each_once(asked, ALL_PORTS)


@case
def two_runs_do_not_share_answers(_):
    write_list([address(i) for i in range(1, 30)])
    process = subprocess.Popen([HOTARU, *words("list", "--rate", "20")], stderr=subprocess.PIPE, env=environment())
    while not os.path.exists("answers") or not os.path.getsize("answers"):
        time.sleep(0.01)
    result = hotaru(*words("list", "--resume"))
    equal(result.code, 1, "the second run")
    check("another run writes" in result.errors()[0], result.errors())
    status = pathlib.Path(f"/proc/{process.pid}/status").read_text()
    check("NoNewPrivs:\t1" in status and "CapEff:\t0000000000000000" in status, "privileges of who asks")
    check(is_sanitized() or "Seccomp:\t2" in status, "the filter of who asks")
    process.terminate()
    process.communicate()
    # Who plans, too, while it waits for more of the list.
    process = subprocess.Popen([HOTARU, *words("-", output="more")], stdin=subprocess.PIPE, stderr=subprocess.PIPE,
                               env=environment())
    process.stdin.write(b"127.0.0.1\n")
    process.stdin.flush()
    for _ in range(1000):
        planner = "".join(pathlib.Path(f"/proc/{child}/status").read_text() for child in children_of(process.pid))
        if "NoNewPrivs:\t1" in planner and (is_sanitized() or "Seccomp:\t2" in planner):
            break
        time.sleep(0.01)
    check("NoNewPrivs:\t1" in planner and "CapEff:\t0000000000000000" in planner, "privileges of who plans")
    check(is_sanitized() or "Seccomp:\t2" in planner, "the filter of who plans")
    process.kill()
    process.communicate()
    first = pathlib.Path("answers").read_bytes().splitlines(True)[0]
    for number, other in ((1, b"not an answer\n{"), (2, first + b"x\0y\nz"), (1, b"x" * 300000)):
        write("other", other)
        check(f"line {number} " in hotaru(*words("list", "--resume", output="other")).errors()[-1], f"{other[:20]}")
        equal(pathlib.Path("other").read_bytes(), other, "a file that is none of answers is left as it was")
    write("other", b"not an answer\n")
    check("line 1 " in hotaru(*words("list", "--resume", output="other")).errors()[-1], "what is no file of answers")


# ---- whom a store names

@case
def of_a_store_those_are_asked_that_cannot_be_forged_lightly(_):
    """Two packets at least, of the family, on the days, and not in the telescope; hosts of loopback stand for others."""
    def packets(source, day, count, seq=None):
        return [record(BEGIN_NS + day * 86400 * 10**9 + i * 10**9, ethernet(syn(source, "198.51.100.7", seq=seq)))
                for i in range(count)]
    records = sorted(packets(address(1), 0, 2) + packets(address(2), 0, 1) + packets(address(3), 0, 3, seq=5) +
                     packets(address(4), 1, 2) + packets(address(200), 1, 2) + packets("1.2.3.4", 0, 2) +
                     packets(address(5), 0, 1) + packets(address(5), 1, 1))
    write("a.pcap", pcap(records))
    succeed("ingest", "-q", "-s", "store", "--telescope", f"198.51.100.0/24,{address(192)}/26", "a.pcap")

    def asked(*more):
        if os.path.exists("answers"):
            os.remove("answers")
        succeed(*words("-q", "-s", "store", *more, ports=[8080]))
        return {a["address"] for a in answers()}
    equal(asked("--family", "mirai"), {address(1), address(4)}, "mirai")
    equal(asked("--family", "mirai", "--to", "2016-09-01"), {address(1)}, "mirai on the first day")
    equal(asked("--family", "*"), {address(1), address(3), address(4)}, "all")
    equal(asked("--family", "mirai,*", "--budget", "2") <= {address(1), address(3), address(4)}, True, "a budget")
    plan = succeed("probe", "--dry-run", "-s", "store", "--family", "mirai")
    check("targets:      1 of 3 (special-purpose: 2, opted out: 0)" in plan, plan)
    equal(hotaru("probe", "--dry-run", "-s", "store", "--family", "miria").code, 2, "a family that there is not")
    equal(hotaru(*words("-s", "store", "list")).code, 2, "a store and a list")


# ---- what it says it would do

@case
def a_dry_run_counts_and_asks_nobody(_):
    with Devices({(address(1), 8080): devices.http}) as emulated:
        write_list([address(i) for i in range(1, 31)] + ["192.0.2.1"])
        plan = succeed("probe", "--dry-run", "--allow-loopback", "--rate-prefix", "0.5", "list")
        equal(emulated.log(), [], "connections")
    check("targets:      30 of 31 (special-purpose: 1, opted out: 0)\n" in plan and "connections:  330\n" in plan, plan)
    check(f"at least:     0:11:00, by the rate of a /24: {address(0)}/24 has 30 targets\n" in plan, plan)
    text = succeed("probe", "--print-probing-txt", *PERMITTED)
    equal(text.splitlines()[:3], ["Canonical: https://probe.example.org/.well-known/probing.txt",
                                  "Contact: mailto:soc@example.org", "Contact: https://probe.example.org/about"], text)


@case
def twenty_thousand_are_open_at_once_and_five_thousand_begin_in_a_second(_):
    """The long form; every day a twentieth of it."""
    open_at_once, rate = (20000, 5000) if IS_LONG else (1000, 2000)
    limit = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    open_at_once = min(open_at_once, limit - 64)
    if not IS_ALONE:
        skip("every address of loopback is a device: only in a network of its own")
    hosts = [f"127.{i >> 16}.{i >> 8 & 255}.{i & 255}" for i in range(257, 257 + (3 if IS_LONG else 2) * open_at_once)]
    random.Random(3).shuffle(hosts)
    write_list(hosts)
    # Of a rate of so many a second, each open for so long, as many are open as are wanted.
    wait_ms = 1000 * open_at_once // rate
    delay_ms = max(wait_ms - 1000, 50) + (500 if IS_LONG else 0)
    emulated = subprocess.Popen([BENCH_DEVICES, "2323", str(delay_ms), "300"], stdout=subprocess.PIPE)
    emulated.stdout.readline()
    try:
        process = subprocess.Popen(
            [HOTARU, *words("list", "--rate", str(rate), "--parallel", str(open_at_once), "--wait", "20",
                            "--deadline", "30", ports=[2323])], stderr=subprocess.PIPE, env=environment())
        most = 0
        while process.poll() is None:
            most = max(most, memory_of(process.pid))
            time.sleep(0.05)
        errors = process.stderr.read().decode().splitlines()
    finally:
        emulated.terminate()
        emulated.wait()
        emulated.stdout.close()
    equal(process.returncode, 0, errors)
    equal(collections.Counter(a["status"] for a in answers()), {"answered": len(hosts)}, "statuses")
    open_most = int(errors[0].split("at most ")[1].split()[0])
    times = sorted(a["time"] for a in answers())
    seconds = collections.Counter(t[:19] for t in times)
    check(max(seconds.values()) <= rate * (1.05 if IS_LONG else 1.3), f"the rate is held: {max(seconds.values())}")
    check(open_most <= open_at_once, f"{open_most} open")
    if IS_LONG:
        check(open_most > 0.95 * open_at_once, f"{open_most} open")
        check(max(seconds.values()) > 0.95 * rate, f"{max(seconds.values())} in a second")
        print(f"{open_most} open, {max(seconds.values())} begun in the busiest second, {most} KiB", flush=True)
    check(is_sanitized() or most < 200 << 10, f"{most} KiB")


@case
def a_list_of_any_length_streams(_):
    count = 10_000_000 if IS_LONG else 300_000
    some = random.Random(5)
    block = b"".join(b"%d.%d.%%d.%%d\n" % (some.randrange(1, 224), some.randrange(256)) for _ in range(1000))
    process = subprocess.Popen([HOTARU, "probe", "--dry-run", "-"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE, env=environment())
    for i in range(count // 1000):
        process.stdin.write(block % tuple(x for _ in range(1000) for x in (i >> 8 & 255, i & 255)))
    out, _ = process.communicate()
    memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    equal(process.returncode, 0, "exit code")
    check(out.startswith(b"targets:"), out)
    check(is_sanitized() or memory < (200 << 10), f"{memory} KiB")
    print(f"{count} lines: {memory} KiB at most", flush=True) if IS_LONG else None


run_cases()
