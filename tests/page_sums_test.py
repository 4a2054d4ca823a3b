#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Each sum on the page sums what stands below it, and says what it is; what has no family is named.

Captures of SYNs alone, of datagrams alone, of both, and of scanning tools.
"""
import pathlib
import re

from harness import (address, case, check, equal, ethernet, hotaru, ipv4, pcap, record, run_cases, succeed,
                     syn, udp, write)

NOON_NS = 1472731200 * 10**9  # 2016-09-01 12:00


def datagram(source, port):
    return ipv4(address(source), address("198.51.100.1"), 17, udp(5000, port))


SYNS = [syn(f"10.0.0.{i}", "198.51.100.1", port=port, seq=None) for i in (1, 2) for port in (23, 80)]
DATAGRAMS = [datagram(f"10.0.1.{i}", port) for i in (1, 2, 3) for port in (53, 123)]
TOOLS = [syn(f"10.0.2.{i}", f"198.51.100.{j}", ip_id=54321) for i in (1, 2, 3) for j in (1, 2, 3)]


def page_of(name, packets, *words):
    write(name, pcap([record(NOON_NS + i * 10**6, ethernet(packet)) for i, packet in enumerate(packets)]))
    succeed("report", "-q", "-o", f"{name} page", *words, name)
    return pathlib.Path(f"{name} page", "index.html").read_text(encoding="utf-8")


def words_of(page, begin, end):
    part = page[page.index(begin):]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", part[:part.index(end)]))


@case
def sums_say_what_they_sum(_):
    page = page_of("both.pcap", SYNS + DATAGRAMS)
    words = words_of(page, 'id="port-table"', "</table>")
    check("SYNs on all TCP ports together: 2; of datagrams on all UDP ports together: 3." in words, words)
    check("The mark of mirai is in the TCP header: to UDP it does not apply." in words, words)
    check("53/UDP DNS 3 unknown unknown 3 n/a" in words and "23 Telnet 2 unknown unknown 2 100.0%" in words, words)
    figure = words_of(page, 'id="port-families"', "</svg>")
    check("53/UDP DNS 3 n/a" in figure and "23 Telnet 2 100.0%" in figure, figure)
    words = words_of(page_of("tcp.pcap", SYNS), 'id="port-table"', "</table>")
    check("SYNs on all TCP ports together: 2. One" in words and "UDP" not in words, words)
    words = words_of(page_of("udp.pcap", DATAGRAMS), 'id="port-table"', "</table>")
    check("TCP ports together: 0; of datagrams on all UDP ports together: 3." in words, words)
    words = words_of(page_of("ja.pcap", SYNS + DATAGRAMS, "--lang", "ja"), 'id="port-table"', "</table>")
    check("全UDPポートでデータグラムを送った送信元数（重複なし）: 3。" in words and "対象外" in words, words)


@case
def tools_that_matched_are_named(_):
    words = words_of(page_of("tools.pcap", TOOLS), 'id="tools"', "</table>")
    check("zmap SYN with IP identification 54321 3" in words, words)
    note = "hotaru: note: no families, but matched: zmap (9 packets); --family has them by day"
    equal([line for line in hotaru("survey", "tools.pcap").errors() if "no families" in line], [note], "survey")
    for words in (("--family", "mirai"), ("-q",)):
        check(note not in hotaru("survey", "tools.pcap", *words).errors(), f"survey {words}")
    check('id="tools"' not in page_of("none.pcap", SYNS), "a page without tools speaks of them")
    page = page_of("asked.pcap", TOOLS, "--family", "zmap")
    check('id="tools"' not in page and 'id="family-zmap"' in page, "a tool that is asked for is a family")


def told(*words):
    return [line for line in hotaru("survey", *words).errors() if "no families" in line]


@case
def what_chance_brings_is_no_tool(_):
    """One packet with the mark says nothing of its source, two on a day do, also from two captures."""
    for n, packet in enumerate((TOOLS[0], TOOLS[1], TOOLS[4])):
        write(f"{n}.pcap", pcap([record(NOON_NS + n, ethernet(packet))]))
    equal(told("0.pcap", "2.pcap"), [], "one packet each of two sources")
    for name, want in (("0.pcap", []), ("2.pcap", []), ("1.pcap", ["zmap (3 packets)"])):
        succeed("ingest", "-q", "-s", "store", name)
        equal([re.search("zmap [^)]*[)]", line).group() for line in told("-s", "store")], want, f"a store with {name}, too")


run_cases()
