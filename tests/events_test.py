#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""`hotaru events` against a naive count of the packets of captures: each key's packets by time, cut where silence is long."""
import csv
import datetime
import io
import math
import random

from harness import (case, check, csv_of, dotted, equal, ethernet, hotaru, ipv4, pcap, record, run_cases, succeed, syn,
                     udp, write)

FIRST = 17045  # 2016-09-01
DAY, SECOND = 86400, 10**9
DAYS, HERE, SIZE = 3, 0xc6336400, 256
NAMES = {1: "icmp", 6: "tcp", 17: "udp"}
CONTRACT = ("source,protocol,port,first,last,packets,destinations,coverage,estimated_pps,fingerprints,"
            "probes_per_address,seconds,telescope")


def traffic(seed):
    """(time in seconds, source, protocol, port, destination, is of Mirai), clumps about midnight among them."""
    dice, packets = random.Random(seed), []
    for _ in range(160):
        source, protocol = 0x2d000001 + dice.randrange(25), dice.choice((1, 6, 6, 6, 17))
        port = 0 if protocol == 1 else dice.choice((22, 23, 2323))
        is_mirai = protocol == 6 and source % 2 == 0
        time = (dice.randrange(1, DAYS) * DAY - dice.randrange(1500) if dice.random() < .5
                else dice.randrange(DAYS * DAY - 20000))
        for _ in range(dice.choice((1, 2, 5, 30))):
            packets.append((time, source, protocol, port, HERE + dice.randrange(SIZE), is_mirai))
            time = min(time + dice.choice((0, 1, 30, 59, 60, 61, 300, 700)), DAYS * DAY - 1)
    return packets


def frame(packet):
    _, source, protocol, port, destination, is_mirai = packet
    if protocol == 6:
        return syn(source, destination, port=port, seq=None if is_mirai else 7, window=4242)
    body = udp(999, port, b"x") if protocol == 17 else bytes((8, 0, 0, 0, 0, 1, 0, 1))
    return ipv4(source, destination, protocol, body)


def capture(name, packets):
    return write(name, pcap([record((FIRST * DAY + p[0]) * SECOND, ethernet(frame(p))) for p in packets])).name


def moment(seconds):
    return datetime.datetime.fromtimestamp(FIRST * DAY + seconds, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%S")


def naive(packets, timeout, days=range(DAYS)):
    """Rows as texts, but for estimates."""
    keys, rows = {}, []
    for time, source, protocol, port, destination, is_mirai in packets:
        keys.setdefault((source, protocol, port), []).append((time, destination, is_mirai))
    for (source, protocol, port), seen in sorted(keys.items()):
        seen.sort()
        events = [[seen[0]]]
        for packet in seen[1:]:
            if packet[0] - events[-1][-1][0] > timeout:
                events.append([])
            events[-1].append(packet)
        for event in events:
            first, last = event[0][0], event[-1][0]
            if first // DAY not in days:
                continue
            k, seconds = len({packet[1] for packet in event}), last - first
            rows.append((dotted(source), NAMES[protocol], port, moment(first), moment(last), len(event), k, k / SIZE,
                         (len(event) - 1) / seconds * 2**32 / SIZE if seconds else None,
                         "mirai" if any(packet[2] for packet in event) else "", -math.log(1 - k / SIZE), seconds, SIZE))
    return rows


def compare(text, wanted, what):
    rows = list(csv.reader(io.StringIO(text)))
    equal(",".join(rows[0]), CONTRACT, f"columns: {what}")
    if not equal(len(rows) - 1, len(wanted), f"events: {what}"):
        return
    for got, want in zip(rows[1:], wanted):
        fingerprints = [name for name in got[9].split(";") if name == "mirai"]
        equal((*got[:3], got[3][:19], got[4][:19], *got[5:7], ";".join(fingerprints), got[12]),
              (*map(str, want[:3]), *want[3:5], *map(str, want[5:7]), want[9], str(want[12])), what)
        for i in (7, 8, 10, 11):
            near = got[i] == "" if want[i] is None else abs(float(got[i]) - want[i]) <= 1e-5 * max(1, abs(want[i]))
            check(near, f"{what}: {got} has not {want[i]}")


@case
def events_are_those_of_a_naive_count(_):
    packets = traffic(1)
    name = capture("all.pcap", sorted(packets))
    here = ("--telescope", "198.51.100.0/24")
    for timeout in (60, 61, 624, 40000):
        compare(csv_of("events", name, *here, "--timeout", timeout), naive(packets, timeout), f"time-out {timeout}")
    compare(csv_of("events", name, *here, "--timeout", 700, "--from", "2016-09-02", "--to", "2016-09-02"),
            naive(packets, 700, (1,)), "one day")
    compare(csv_of("events", name, *here, "--timeout", 700, "--packets", 5, "--destinations", 3, "--protocol", "tcp",
                   "--port", "22,23"),
            [row for row in naive(packets, 700) if row[5] >= 5 and row[6] >= 3 and row[1] == "tcp" and row[2] < 2323],
            "chosen ones")
    check(any(row[3][:10] != row[4][:10] for row in naive(packets, 60)), "no event is over midnight")


@case
def order_pieces_and_threads_make_no_difference(_):
    packets = sorted(traffic(2))
    whole = capture("whole.pcap", packets)
    here = ("--telescope", "198.51.100.0/24")
    for name, *files in (("once", whole), ("pieces", *(capture(f"{i}.pcap", packets[i::5]) for i in (3, 0, 4, 1, 2)))):
        for file in files:
            succeed("ingest", "-q", "-s", name, "--events", "--threads", len(files), *here, file)
    want = csv_of("events", "-s", "once", "--timeout", 300)
    compare(want, naive(packets, 300), "a store")
    equal(csv_of("events", "-s", "pieces", "--timeout", 300), want, "pieces")
    succeed("compact", "-q", "-s", "pieces")
    equal(csv_of("events", "-s", "pieces", "--timeout", 300), want, "compacted")
    for more in (("--big", "--quantile", 0.01), ("--groups", "--packets", 1)):
        equal(csv_of("events", "-s", "pieces", *more), csv_of("events", "-s", "once", *more), str(more))


@case
def the_time_out_follows_from_the_telescope(_):
    """475,136 addresses make 624 s: 7 and a quarter /16s."""
    name = capture("one.pcap", [(0, 0x2d000001, 6, 23, 0x0b000001, False), (624, 0x2d000001, 6, 23, 0x0b000002, False),
                                (1249, 0x2d000001, 6, 23, 0x0b000003, False)])
    orion = "11.0.0.0/14,11.4.0.0/15,11.6.0.0/16,11.7.0.0/18"
    result = hotaru("events", name, "--telescope", orion, "--format", "csv")
    equal([line.split(",")[5] for line in result.text().splitlines()[1:]], ["2", "1"], "packets of events")
    check(b"624 s" in result.err and b"475136 addresses" in result.err and b"0.1" in result.err and
          b"50.1" in result.err, f"the time-out is not explained: {result.err}")
    result = hotaru("events", name, "--telescope", "11.0.0.0/8", "--format", "csv")
    equal(len(result.out.splitlines()), 4, "events of a /8")
    check(b"60 s" in result.err, f"no least time-out: {result.err}")
    result = hotaru("events", name, "--format", "csv")
    check(b"624 s" in result.err and b"--telescope" in result.err, f"no word of the telescope: {result.err}")
    equal(result.text().splitlines()[1].split(",")[7:9], ["", ""], "estimates without a telescope")


@case
def a_store_without_events_says_how_to_have_them(_):
    name = capture("some.pcap", sorted(traffic(3))[:50])
    succeed("ingest", "-q", "-s", "without", name)
    result = hotaru("events", "-s", "without", "--format", "csv")
    equal(result.text(), CONTRACT + "\n", "events of such a store")
    check(b"ingest --events" in result.err, f"not said: {result.err}")
    check(b"keeps no scan events" in hotaru("ingest", "-s", "without", "--events", name).err, "it is refused")


@case
def planted_groups_and_big_scanners_are_found(_):
    packets = [(s * 30 + i, 0x2d000100 + 9 * s, 6, port, HERE + i, True)
               for s in range(6) for i in range(20) for port in (23, 2323)]
    packets += [(50 + i, 0x2d000050 + s, 17, 53, HERE + i, False) for s in range(3) for i in range(20)]
    packets += [(i, 0x2d000001, 6, 80, HERE + i % 200, False) for i in range(400)]
    packets += [(i * 9, 0x2d000002, 6, i + 1, HERE, False) for i in range(99)]
    name = capture("planted.pcap", sorted(packets))
    here = ("--telescope", "198.51.100.0/24", "--timeout", "60")
    groups = [line.split(",") for line in csv_of("events", name, *here, "--groups").splitlines()[1:]]
    equal([row[:5] for row in groups], [["1", "6", "45.0.1.0", "2", "tcp/23;tcp/2323"], ["2", "3", "45.0.0.80", "1", "udp/53"]],
          "groups")
    check("mirai" in groups[0][5] and groups[1][5] == "", f"fingerprints: {groups}")
    big = [line.split(",") for line in csv_of("events", name, *here, "--big").splitlines()[1:]]
    equal([row[:2] for row in big], [["45.0.0.1", "dispersion;volume"], ["45.0.0.2", "ports"]], "big scanners")


run_cases()
