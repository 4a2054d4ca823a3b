#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""`hotaru attacks` against the truth of simulated floods, and against a count of its own: all packets are taken apart
once more, sorted, and cut where a victim is silent."""
import bisect
import collections
import csv
import datetime
import ipaddress
import random
import struct

from harness import (captures_folder, case, check, csv_of, dotted, equal, ethernet, hotaru, ipv4, pcap, read_pcap, record,
                     run_cases, succeed, tcp, udp, write)

SCENARIO = """start = 2020-03-01
days = 3
telescope = 44.0.0.0/9
countries = JP, US

[population floods]
active = 2020-03-01 1
packets_per_day = 80000
lifetime_mean_days = 0.02
lifetime_median_days = 0.008
send = syn_ack:6, rst:3, icmp_unreachable:1
source_ports = 80:6, 443:2, 53
source_port_per = packet
ports = random

[population midnight]
active = 2020-03-01T23:50 2, 2020-03-02T00:20 2, 2020-03-02T00:20 0
packets_per_day = 70000
networks = 1
send = syn_ack
source_ports = 443
ports = random

[population udp]
active = 2020-03-01T12:00 3, 2020-03-01T16:00 3, 2020-03-01T16:00 0
active = 2020-03-02T12:00 0, 2020-03-02T12:00 2, 2020-03-02T12:05 2, 2020-03-02T12:05 0
packets_per_day = 60000
lifetime_mean_days = 0.1
lifetime_median_days = 0.05
send = icmp_unreachable_udp
source_ports = 53:3, 123
ports = random

[population slow]
active = 2020-03-01 300
packets_per_day = 40
send = syn_ack, icmp_unreachable_udp
source_ports = 80

[population scanners]
active = 2020-03-01 500
packets_per_day = 20
ports = 23
"""
FIELDS = ("victim", "protocol", "start", "end", "seconds", "packets", "max_per_minute", "victim_ports",
          "telescope_addresses", "first_port")
SPECIAL = [ipaddress.ip_network(n) for n in
           ("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
            "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24",
            "224.0.0.0/4", "240.0.0.0/4")]
SECOND = 10**9


def rows_of(text):
    return list(csv.DictReader(text.splitlines()))


def beginning(rows):
    return [tuple(row[name] for name in FIELDS) for row in rows]


def attacks(*words):
    return rows_of(csv_of("attacks", *words))


# ---- the other count

Answer = collections.namedtuple("Answer", "time victim protocol port other is_mismatch")


def answer_of(time_ns, ip):
    """What an IPv4 packet tells of a victim; None: nothing."""
    if len(ip) < 20 or ip[0] >> 4 != 4 or struct.unpack_from(">H", ip, 6)[0] & 0x1fff:
        return None
    head, protocol = (ip[0] & 15) * 4, ip[9]
    source, destination = struct.unpack_from(">II", ip, 12)
    body = ip[head:struct.unpack_from(">H", ip, 2)[0]]
    if protocol == 6 and len(body) >= 14:
        flags = body[13]
        if flags & 0x12 == 0x12 or (flags & 4 and not flags & 2):
            return Answer(time_ns, source, 6, struct.unpack_from(">H", body)[0], destination, False)
    if protocol == 1 and body and body[0] in (0, 3, 4, 5, 11, 12, 14, 16, 18):
        inner = body[8:]
        if body[0] not in (3, 4, 5, 11, 12) or len(inner) < 20 or inner[0] >> 4 != 4 or inner[0] & 15 < 5:
            return Answer(time_ns, source, 1, body[0], destination, False)
        ports = inner[(inner[0] & 15) * 4:]
        is_first = not struct.unpack_from(">H", inner, 6)[0] & 0x1fff
        inner_source, victim = struct.unpack_from(">II", inner, 12)
        port = struct.unpack_from(">H", ports, 2)[0] if len(ports) >= 4 and is_first and inner[9] in (6, 17) else None
        return Answer(time_ns, victim, inner[9], port, destination, inner_source != destination)
    return None


def time_text(time_ns):
    at = datetime.datetime(1970, 1, 1) + datetime.timedelta(seconds=time_ns // SECOND)
    return f"{at.isoformat()}.{time_ns % SECOND // 1000:06}Z"


def seconds_text(ns):
    text = f"{ns // SECOND}.{ns % SECOND // 1000:06}"
    return text.rstrip("0").rstrip(".")


def fullest(times):
    """Every minute that begins at a multiple of ten seconds."""
    most = 0
    for begin in range(times[0] // (10 * SECOND) - 5, times[-1] // (10 * SECOND) + 1):
        most = max(most, bisect.bisect_left(times, (begin + 6) * 10 * SECOND) - bisect.bisect_left(times, begin * 10 * SECOND))
    return most


def count(answers, packets=25, seconds=60, per_minute=30, silence=300, telescope=()):
    floods = collections.defaultdict(list)
    for a in answers:
        victim = ipaddress.ip_address(a.victim)
        if not any(victim in network for network in list(SPECIAL) + list(telescope)):
            floods[a.victim, a.protocol].append(a)
    rows = []
    for (victim, protocol), list_ in floods.items():
        list_.sort(key=lambda a: (a.time, a.port if a.port is not None else 1 << 16))
        begin = 0
        for end in range(1, len(list_) + 1):
            if end < len(list_) and list_[end].time - list_[end - 1].time <= silence * SECOND:
                continue
            part, begin = list_[begin:end], end
            first, last = part[0].time, part[-1].time
            if len(part) < packets or last - first < seconds * SECOND:
                continue
            most = fullest([a.time for a in part])
            if most < per_minute:
                continue
            ports = [a.port for a in part if a.port is not None]
            rows.append((first, victim, protocol, (
                dotted(victim), {1: "icmp", 6: "tcp", 17: "udp"}.get(protocol, str(protocol)), time_text(first),
                time_text(last), seconds_text(last - first), str(len(part)), str(most),
                str(len(set(ports))), str(len({a.other for a in part})), str(ports[0]) if ports else "",
                str(sum(a.is_mismatch for a in part)))))
    return [row for _, _, _, row in sorted(rows)]


# ---- simulated

def simulated():
    write("floods.scenario", SCENARIO.encode())
    succeed("simulate", "--scenario", "floods.scenario", "--scale", 1, "--seed", 3, "-o", "all.pcap", "--attacks", "truth.csv")
    succeed("simulate", "--scenario", "floods.scenario", "--scale", 1, "--seed", 3, "--split", "-o", "days")
    with open("truth.csv") as file:
        return beginning(csv.DictReader(file))


@case
def simulated_floods_are_found_row_for_row(_):
    truth = simulated()
    check(len(truth) > 60, f"{len(truth)} attacks")
    check(any(t[2][:10] != t[3][:10] for t in truth), "none is over midnight")
    check({t[1] for t in truth} == {"tcp", "udp"}, "both protocols")
    equal(beginning(attacks("--telescope", "44.0.0.0/9", "all.pcap")), truth, "one capture")
    days = sorted(["days/2020-03-01.pcap", "days/2020-03-02.pcap", "days/2020-03-03.pcap"])
    for threads in (1, 4):
        for order in (days, days[::-1]):
            equal(beginning(attacks("--threads", threads, "--memory", "64M", *order)), truth, f"{threads}, {order}")


@case
def pieces_of_captures_make_no_difference(_):
    truth = simulated()
    with open("all.pcap", "rb") as file:
        data = file.read()
    at, records = 24, []
    while at < len(data):
        length = 16 + struct.unpack_from("<I", data, at + 8)[0]
        records.append(data[at:at + length])
        at += length
    dice = random.Random(1)
    parts = [[], [], [], []]
    for piece in range(0, len(records), 5000):
        parts[dice.randrange(4)].extend(records[piece:piece + 5000])
    for number, part in enumerate(parts):
        write(f"part{number}.pcap", data[:24] + b"".join(part))
    for number in (2, 0, 3, 1):
        succeed("ingest", "-s", "store", "--telescope", "44.0.0.0/9", f"part{number}.pcap")
    equal(beginning(attacks("-s", "store")), truth, "four ingests")
    succeed("compact", "-s", "store")
    equal(beginning(attacks("-s", "store")), truth, "compacted")
    # By the day of the start, and found as a whole.
    for day in ("2020-03-01", "2020-03-02", "2020-03-03"):
        equal(beginning(attacks("-s", "store", "--from", day, "--to", day)), [t for t in truth if t[2][:10] == day], day)
    by_day = attacks("-s", "store", "--by", "day")
    equal([(r["day"], int(r["attacks"])) for r in by_day],
          sorted(collections.Counter(t[2][:10] for t in truth).items()), "by day")


# ---- made by hand

def icmp(kind, rest, code=0):
    return struct.pack(">BBHI", kind, code, 0, 0) + rest


def at_second(seconds):
    return 18322 * 86400 * SECOND + int(seconds * SECOND)  # 2020-03-01


HERE, VICTIM, ROUTER = 0x2c000000, 0xcd000100, 0xce000001


def hostile_packets():
    """(time, IPv4 packet): every way in which a victim shows, one each second for two minutes."""
    dice = random.Random(5)
    for n in range(130):
        here = HERE + n * 7 % 4000
        when = at_second(86400 - 60 + n)
        yield when, ipv4(VICTIM + 1, here, 6, tcp(443, 5000, 1, 0x12))
        yield when + 1, ipv4(VICTIM + 2, here, 6, tcp(22, 5000, 1, 0x04))
        yield when + 2, ipv4(VICTIM + 3, here, 6, tcp(22, 5000, 1, 0x10))  # an ACK tells nothing
        inner = ipv4(here, VICTIM + 4, 17, udp(999, 53 + n % 2), **{})
        yield when + 3, ipv4(ROUTER, here, 1, icmp(3, inner[:28], 3))
        forged = ipv4(here + 1, VICTIM + 5, 6, tcp(999, 25, 1, 2))
        yield when + 4, ipv4(ROUTER, here, 1, icmp(11, forged[:28]))
        yield when + 5, ipv4(ROUTER + n % 2, here, 1, icmp(3, ipv4(here, VICTIM + 6, 47, b"12345678")[:28], 2))
        yield when + 6, ipv4(VICTIM + 7, here, 1, icmp(dice.choice((0, 14, 18)), b"payload"))
        yield when + 7, ipv4(ROUTER, here, 1, icmp(3, ipv4(here, HERE + 9, 17, udp(9, 9))[:28], 3))  # the telescope itself
        yield when + 8, ipv4(0x0a000001, here, 6, tcp(80, 5000, 1, 0x12))  # nobody's address
        yield when + 9, ipv4(VICTIM + 8, here, 1, icmp(8, b"a ping"))
        if n % 20 == 0:  # too few
            yield when + 10, ipv4(VICTIM + 9, here, 6, tcp(80, 5000, 1, 0x12))
        options = bytearray(ipv4(here, VICTIM + 10, 17, b"\x01\x01\x01\x00" + udp(7, 161)))
        options[0] = 0x46
        yield when + 11, ipv4(ROUTER, here, 1, icmp(3, bytes(options[:32]), 3))
        yield when + 12, ipv4(ROUTER, here, 1, icmp(3, ipv4(here, VICTIM + 11, 17, udp(7, 161))[:20], 3))  # without ports


@case
def each_way_in_which_victims_show_is_counted(_):
    packets = sorted(hostile_packets())
    telescope = [ipaddress.ip_network("44.0.0.0/9")]
    write("hand.pcap", pcap([record(when, ethernet(packet)) for when, packet in packets], nanoseconds=True))
    answers = [a for a in (answer_of(when, packet) for when, packet in packets) if a is not None]
    lower = {"packets": 5, "per_minute": 2, "silence": 60}
    for words, more in (((), {}), (("--packets", 5, "--per-minute", 2, "--silence", 60), lower)):
        rows = attacks("--telescope", "44.0.0.0/9", "hand.pcap", *words)
        got = [b + (row["mismatches"],) for b, row in zip(beginning(rows), rows)]
        want = count(answers, telescope=telescope, **more)
        equal(got, want, words)
        check(len(rows) == (9 if words else 8), f"{len(rows)} victims")
    check({row[1] for row in count(answers, telescope=telescope)} == {"icmp", "tcp", "udp", "47"}, "all protocols")
    row = rows[0]
    check(float(row["estimated_pps"]) == 60 / 60 * 2**32 / 2**23, row["estimated_pps"])
    check(float(row["lower_pps"]) < float(row["estimated_pps"]) < float(row["upper_pps"]), "the interval")


@case
def thresholds_choices_and_what_is_said(_):
    packets = sorted(hostile_packets())
    write("hand.pcap", pcap([record(when, ethernet(packet)) for when, packet in packets], nanoseconds=True))
    words = ("--telescope", "44.0.0.0/9", "hand.pcap")
    all_of_them = attacks(*words)
    equal(attacks(*words, "--victim", dotted(VICTIM + 4)), [r for r in all_of_them if r["victim"] == dotted(VICTIM + 4)], "one")
    equal(attacks(*words, "--victim", "10.0.0.0/8"), [], "none")
    check(len(attacks(*words, "--top", 2)) == 2, "two")
    equal(attacks(*words, "--packets", 131), [], "more packets")
    equal(attacks(*words, "--seconds", 130), [], "longer")
    equal(attacks(*words, "--per-minute", 61), [], "more a minute")
    by_country = attacks(*words, "--by", "country")
    equal([(r["country"], r["attacks"], r["share"]) for r in by_country], [("unknown", "8", "1")], "by country")
    said = " ".join(hotaru("attacks", *words).errors())
    check("8388608 addresses 30 packets a minute are 256 a second" in said, said)
    said = " ".join(hotaru("attacks", "hand.pcap").errors())
    check("the telescope's size is not known" in said, said)
    scaled = " ".join(hotaru("attacks", *words, "--scaled").errors())
    check("15 packets a minute are 128 a second" in scaled, scaled)
    for bad in (("--silence", 59), ("--scaled", ), ("--top", 1, "--by", "day"), ("--victim", "x")):
        check(hotaru("attacks", "hand.pcap", *bad).code == 2, str(bad))


# ---- real

@case
def a_count_of_its_own_agrees_on_real_captures(_):
    names = sorted((captures_folder() / "backscatter").iterdir())
    for name in names:
        _, frames = read_pcap(name.read_bytes())
        answers = [a for a in (answer_of(when, frame[14:]) for when, frame, _ in frames) if a is not None]
        for numbers in ((25, 60, 30), (5, 1, 3), (1, 0, 1)):
            more = dict(zip(("packets", "seconds", "per_minute"), numbers))
            words = ("--packets", numbers[0], "--seconds", numbers[1], "--per-minute", numbers[2])
            rows = attacks(name, *words)
            equal([b + (row["mismatches"],) for b, row in zip(beginning(rows), rows)], count(answers, **more), (name, words))


run_cases()
