#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Tools are recognised: nmap, unicornscan, ZMap before and since 4.1, masscan before and since November 2023, hping3 and the
old rule for large scans, on made packets in any pieces and on real ones ($HOTARU_CAPTURES); and nobody else is.
"""
import csv
import os
import pathlib
import random
import struct

from harness import (DAY_NS, RAW, address, captures_folder, case, check, csv_of, equal, hotaru, ipv4, pcap, record, run_cases,
                     succeed, tcp, write)

TOOLS = {"nmap", "unicornscan", "zmap", "zmap-4", "masscan", "hping3", "large-scale-scan"}
MSS = struct.pack(">BBH", 2, 4, 1460)
WINDOWS = MSS + bytes((1, 3, 3, 8, 1, 1, 4, 2))
NIGHT = 20000 * DAY_NS
SOURCES = 40


def send(source, destination, sport, dport, seq, *, window, options=b"", ack=0, **ip):
    segment = bytearray(tcp(sport, dport, seq & 0xffffffff, 2, window, options))
    struct.pack_into(">I", segment, 8, ack)
    return ipv4(source, destination, 6, bytes(segment), **ip)


def swapped(number):
    return struct.unpack("<I", struct.pack(">I", number))[0]


def scan(tool, source, dice):
    """The SYNs of one process, two at least."""
    mask, found = dice.getrandbits(32), []
    for number in range(dice.randrange(2, 90)):
        to, sport, dport = 0xc6336400 + dice.randrange(256), dice.randrange(1025, 65536), dice.choice((22, 23, 80, 443))
        seq, ip_id, tried = dice.getrandbits(32), dice.getrandbits(16), number % 3
        formula = mask ^ (sport | dport << 16)
        found.append({
            "nmap": lambda: send(source, to, sport, dport, (tried << 16 | tried) ^ mask, window=1024, options=MSS,
                                 ttl=dice.randrange(25, 60), ip_id=ip_id),
            "unicornscan": lambda: send(source, to, sport, dport, formula ^ (swapped(to) if source % 2 else to),
                                        window=4128, options=MSS, ttl=240, ip_id=ip_id),
            "zmap": lambda: send(source, to, sport, dport, seq, window=65535, ttl=240, ip_id=54321),
            "zmap-4": lambda: send(source, to, sport, dport, seq, window=65535, options=WINDOWS, ttl=50, ip_id=ip_id or 1),
            "masscan": lambda: send(source, to, sport, dport, seq, window=1024 + source % 2, options=MSS if source % 2 else b"",
                                    ttl=240, ip_id=(to ^ dport ^ seq) & 0xffff),
            "hping3": lambda: send(source, to, 2000 + number, dport, seq, window=512, ack=seq | 1, ttl=50, ip_id=ip_id),
            "large-scale-scan": lambda: send(source, to, sport, dport, seq, window=1024, ttl=240, ip_id=ip_id),
            # What is none of them.
            "repeats": lambda: send(source, to, sport, dport, mask, window=1024, options=MSS, ttl=50, ip_id=ip_id),
            "random": lambda: send(source, to, sport, dport, seq, window=1024, options=MSS, ttl=50, ip_id=ip_id),
            "kernel": lambda: send(source, to, sport, dport, seq, window=65535, options=WINDOWS, ttl=118, ip_id=number),
        }[tool]())
    return found


def made():
    """Packets, and what the source of each has to count for."""
    dice, packets, truth = random.Random(17), [], {}
    for i, tool in enumerate(sorted(TOOLS) + ["repeats", "random", "kernel"]):
        for j in range(SOURCES):
            source = 0x01000000 + i * 65536 + j
            packets += scan(tool, source, dice)
            truth[source] = {tool} & TOOLS
            if tool == "masscan" and j % 2 == 0:
                truth[source] = {"masscan", "large-scale-scan"}
    dice.shuffle(packets)
    return [record(NIGHT + i * 10**6, packet) for i, packet in enumerate(packets)], truth


def found(*words):
    rows = csv.DictReader(csv_of("sources", *words).splitlines())
    return {address(row["source"]): set(row["fingerprints"].split(";")) & TOOLS for row in rows}


@case
def made_packets_in_any_pieces(_):
    records, truth = made()
    write("all.pcap", pcap(records, RAW))
    equal(found("all.pcap"), truth, "as one capture")
    names = [str(write(f"{i}.pcap", pcap(records[i::5], RAW))) for i in range(5)]
    equal(found(*names), truth, "as five")
    for name in reversed(names):
        succeed("ingest", "-q", "-s", "store", name)
    equal(found("-s", "store"), truth, "from a store of five segments")
    for tool in sorted(TOOLS):
        row = csv_of("survey", "--family", tool, "-s", "store").splitlines()[1].split(",")
        number = str(sum(tool in names for names in truth.values()))
        check(number in row, f"{tool}: {row} has not {number}")
    equal(hotaru("verify", "-q", "-s", "store").errors(), [], "verify")
    before = csv_of("ports", "--family", ",".join(sorted(TOOLS)), "-s", "store")
    succeed("compact", "-q", "-s", "store")
    equal(found("-s", "store"), truth, "compacted")
    equal(csv_of("ports", "--family", ",".join(sorted(TOOLS)), "-s", "store"), before, "ports, compacted")
    equal(hotaru("verify", "-q", "-s", "store").errors(), [], "verify, compacted")


@case
def real_packets(_):
    folder = captures_folder() / "scanners"
    for name, tools in (("nmap-a", {"nmap"}), ("nmap-sS", set()), ("nmap-sT", set()), ("masscan", {"masscan", "large-scale-scan"}),
                        ("masscan-default", {"masscan", "large-scale-scan"}), ("zmap", {"zmap"}),
                        ("zmap-default", {"zmap"}), ("hping", {"hping3"}), ("hping3-S", {"hping3"})):
        counted = found(folder / f"{name}.pcap")
        equal(list(counted.values()), [tools], name)


run_cases()
