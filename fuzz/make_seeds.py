#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes what the fuzz targets begin with: small valid inputs, a folder a target.

Nothing of it is kept in the repository: it is made anew from the specifications
(tests/harness.py, tests/traffic.py), and by the program where a target reads files
of hotaru's own. The same program makes the same seeds.
Usage: fuzz/make_seeds.py FOLDER HOTARU
"""
import bz2
import json
import lzma
import os
import pathlib
import random
import shutil
import struct
import subprocess
import sys
import tempfile

SOURCE = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(SOURCE / "tests"))
sys.dont_write_bytecode = True
import flows  # noqa: E402
import harness  # noqa: E402
import mmdb  # noqa: E402
import sample_files  # noqa: E402
import traffic  # noqa: E402
from harness import ETHERNET, LINUX_SLL, LINUX_SLL2, NULL, RAW  # noqa: E402

DAY_S = 86400
BEGIN_NS = 1472688000 * 10**9  # 2016-09-01
OPTIONS = (b"", b"\2\4\5\xb4", b"\2\4\5\xb4\4\2\x08\x0a" + bytes(8) + b"\1\3\3\7",
           b"\1\1\1\1\1\1\1\1\1\1\1\0", b"\x1e\4\0\0", b"\2\1\0\0", b"\xfe\x28" + bytes(38),
           b"\1\1\x08\3")  # one byte longer than the header


# What hosts say to who asks: the index of a port, and pieces, each after so many quarters of a second.
CONVERSATIONS = [
    (2, [(0, b"\xff\xfd\x18\xff\xfb\x01\xff"), (1, b"\xfa\x18\x01\xff\xf0"), (2, b"login: ")]),
    (1, [(0, b"SSH-2.0-drop"), (0, b"bear\r\n\0\0\x01\xff\xfb\x01")]),
    (0, [(1, b"220-a\r\n 220 b\r"), (0, b"\n220 c\r\n"), (0, b"221 d\r\n")]),
    (3, [(0, b"HTTP/1.1 200 "), (1, b"OK\r\n\r\n\xff\xfb\x01")]),
    (5, [(15, b""), (15, b""), (1, b"HTTP/1.0 404")]),
    (7, [(0, b"\x15\x03\x01\0\x02\x02\x28")]),
]


def icmp_errors(a_syn):
    """About a SYN, one with options in its IPv4 header, a datagram in fragments; one with extensions (RFC 4884)."""
    about = (0xc6336401, 0xc0000203)
    inner = (harness.ipv4(*about, 6, a_syn)[:28], harness.ipv4(*about, 6, a_syn, options=b"\1" * 8),
             harness.ipv4(*about, 17, harness.udp(53, 5353, b"??"), fragment=0x2001))
    for i, packet in enumerate(inner):
        yield harness.ipv4(0xc0000204, about[0], 1, bytes((3 + i, 1)) + bytes(6) + packet)
    padded = inner[0] + bytes(128 - len(inner[0]))
    yield harness.ipv4(0xc0000204, about[0], 1, b"\x0b\0\0\0\0\x20\0\0" + padded + b"\x20\0\0\0\0\4\1\1")


def packets():
    """One IPv4 packet of each kind that counts, and some that break."""
    a_syn = harness.tcp(4000, 23, 0xc6336401, harness.SYN, 14600)
    yield from (harness.syn("192.0.2.1", "198.51.100.1", seq=None, options=o + b"\1" * (-len(o) % 4))
                for o in OPTIONS)
    for flags in (0x12, 4, 16, 0):
        yield harness.ipv4(0xc0000201, 0xc6336401, 6, harness.tcp(80, 1025, 7, flags))
    yield harness.ipv4(0xc0000202, 0xc6336402, 17, harness.udp(53, 5353, b"??"))
    yield harness.ipv4(0xc0000203, 0xc6336402, 1, b"\x08\0\0\0")
    yield from icmp_errors(a_syn)
    yield harness.ipv4(0xc0000203, 0xc6336402, 47, b"whatever")
    yield harness.ipv4(0xc0000203, 0xc6336402, 6, a_syn, fragment=0x2001)
    yield harness.ipv4(0xc0000203, 0xc6336402, 6, a_syn[:13])
    yield harness.ipv4(0xc0000203, 0xc6336402, 6, a_syn, total_length=0)
    yield harness.ipv4(0xc0000203, 0xc6336402, 6, a_syn, options=b"\1" * 8)
    yield b"\x60" + bytes(39)


def frames(link_type):
    for packet in packets():
        version6 = packet[0] >> 4 == 6
        yield harness.on_link(link_type, packet, ethertype=0x86dd if version6 else 0x0800)
    if link_type == ETHERNET:
        yield harness.ethernet(next(packets()), vlans=((7, 0x88a8), (8, 0x8100)))
        yield harness.ethernet(bytes(28), ethertype=0x0806)


def records(link_type):
    return [harness.record(BEGIN_NS + i * 20000 * 10**9, frame, 60 if i % 5 == 4 else None)
            for i, frame in enumerate(frames(link_type))]


def program(name, *words):
    """A compressor that is a program; None where it is not installed."""
    def compress(data):
        if shutil.which(name) is None:
            return None
        return subprocess.run([name, *words], input=data, stdout=subprocess.PIPE, check=True).stdout
    return compress


CODECS = {"gz": harness.gzipped, "bz2": bz2.compress, "xz": lzma.compress,
          "lzma": lambda data: lzma.compress(data, lzma.FORMAT_ALONE),
          "zst": program("zstd", "-qc"), "zst-checked": program("zstd", "-qc", "--check"),
          "lz4": program("lz4", "-qc"), "lz4-linked": program("lz4", "-qcBD", "--content-size"),
          "gz-twice": lambda data: harness.gzipped(data[:100]) + harness.gzipped(data[100:])}


def snoop(rows):
    """RFC 1761, Ethernet."""
    parts = [b"snoop\0\0\0" + struct.pack(">II", 2, 4)]
    for time_ns, captured, length in rows:
        padding = -len(captured) % 4
        parts.append(struct.pack(">IIIIII", length, len(captured), 24 + len(captured) + padding, 0,
                                 time_ns // 10**9, time_ns % 10**9 // 1000) + captured + bytes(padding))
    return b"".join(parts)


def erf(rows, two_bytes=0):
    """Extensible record format of DAG cards: Ethernet records (type 2)."""
    parts = []
    for time_ns, captured, length in rows:
        seconds, rest = divmod(time_ns, 10**9)
        parts.append(struct.pack("<II", (rest << 32) // 10**9, seconds) +
                     struct.pack(">BBHHHH", 2, 4, 18 + len(captured), 0, length, two_bytes) + captured)
    return b"".join(parts)


def captures():
    """(name, bytes): every format, byte order, link type and compression."""
    for link_type in (ETHERNET, RAW, LINUX_SLL, LINUX_SLL2, NULL):
        rows = records(link_type)
        for form in (harness.pcap, harness.pcapng):
            for i in range(4):
                yield (f"{form.__name__}-{link_type}-{i}",
                       form(rows, link_type, big_endian=i & 1 > 0, nanoseconds=i & 2 > 0))
    rows = records(ETHERNET)[:12]
    yield from rare_blocks()
    yield "snoop", snoop(rows)
    yield "erf", erf(rows)
    yield "erf-of-a-card", erf(rows, 0x1751)
    yield "joined", (harness.pcap(rows) + snoop(rows) + harness.pcapng(rows, big_endian=True) +
                     harness.pcap(rows, big_endian=True, nanoseconds=True))
    yield "wide-fractions", b"\xd4\xc3\xb2\xa1" + harness.pcap(rows, nanoseconds=True)[4:]
    yield from flow_files()
    for name, codec in CODECS.items():
        for form in (harness.pcap, harness.pcapng):
            compressed = codec(form(rows))
            if compressed is not None:
                yield f"{form.__name__}.{name}", compressed
    for seed in range(3):
        try:
            for i, capture in enumerate(traffic.Traffic(seed).captures):
                yield f"traffic-{seed}-{i}", capture.make(capture.records[:40])
        except harness.Skipped:
            pass


def flow_files():
    """FlowTuple 3 and 4 in every codec, and the darknet CSV."""
    row = {"time": 1483228800, "src_ip": 0xc0000201, "dst_ip": 0x2c000001, "dst_net": 0x2c000000,
           "dst_port": 23, "protocol": 6, "tcp_flags": 2, "packet_cnt": 70000,
           "tcp_synwinlen": 14600, "common_tcpflags": [2, 18], "common_tcpflag_freqs": [9, 70],
           "uniq_ttls": 1, "common_ttls": [50]}
    rows = [{**row, "src_ip": row["src_ip"] + i, "protocol": (6, 6, 17, 1)[i % 4]} for i in range(9)]
    for codec in flows.CODECS:
        yield f"flowtuple-3-{codec}", flows.flowtuple_3(rows, codec, block=4)
        yield f"flowtuple-4-{codec}", flows.flowtuple_4(rows, codec, block=4)
    yield "darknet-csv", b"time,h16,h32,low,port\n" + b"1483228800.5,ab,cd%d,1.2,23\r\n" % 7 * 5


def flow_inputs():
    """Inputs of the target `flow`: records, blocks, schemas and lines."""
    version_3 = [("time", "long"), ("src_ip", "long"), ("dst_ip", "long"), ("dst_port", "int"),
                 ("protocol", "int"), ("tcp_flags", "int"), ("country", "string"), ("packet_cnt", "long")]
    rows = [(1483228800, 0xc0000201 + i, 0x2c000001, 23, (6, 17, 1)[i % 3], 2, "JP", 70000) for i in range(4)]
    data = b"".join(flows.encode(kind, value) for row in rows
                    for (_, kind), value in zip(version_3, row))
    yield "records-3", b"\0\4" + data
    array = lambda *values: flows.encode("array", values)
    row = (flows.number(1) + flows.number(1483228800) + flows.number(5) + flows.number(1) +
           flows.piece("k") + flows.number(1) + b"abc" + flows.number(0) + flows.number(0) +
           b"".join(map(flows.number, (0x2c000000, 23, 6, 80))) + array(2, 18) + array(9, 70))
    yield "records-4", b"\4\2" + row * 2
    for i, codec in enumerate(flows.CODECS.values()):
        block = codec(data)
        yield f"blocks-{i}", (bytes((1 + 8 * i,)) + flows.number(4) + flows.number(len(block)) + block +
                              b"0123456789abcdef")
    for i, schema in enumerate((flows.FLOWTUPLE_3, flows.FLOWTUPLE_4)):
        text = json.dumps({"type": "record", "name": "f", "fields": [
            {"name": name, "type": kind} for name, kind in schema]})
        yield f"schema-{i}", b"\2" + text.encode()
    yield "lines", b"\3" + b"1483228801,ab,3,23\n1483228802.123456789,a,b,65535,0\r\n"


def rare_blocks():
    """pcapng with what others write: clocks, names, old and simple packets, drops, a second section."""
    for order, magic in (("<", "little"), (">", "big")):
        def option(code, value, order=order):
            return struct.pack(order + "HH", code, len(value)) + value + bytes(-len(value) % 4)
        block = lambda kind, body, order=order: harness.pcapng_block(order, kind, body)
        frame = next(frames(ETHERNET))
        section = block(0x0a0d0d0a, struct.pack(order + "IHHq", 0x1a2b3c4d, 1, 0, -1))
        later = block(0x0a0d0d0a, struct.pack(order + "IHHq", 0x1a2b3c4d, 2, 0, -1))
        blocks = []
        for resolution in (0, 3, 9, 12, 19, 0x80, 0x8a, 0xa0, 0xbf):
            blocks.append(block(1, struct.pack(order + "HHI", 1, 0, 64) + option(2, b"eth0") +
                                option(9, bytes((resolution,))) +
                                option(14, struct.pack(order + "q", 3600)) + option(0, b"")))
        for index in range(10):
            blocks.append(block(6, struct.pack(order + "IIIII", index, 5, 6, len(frame), 99) + frame))
        blocks.append(block(2, struct.pack(order + "HHIIII", 0, 1, 5, 6, len(frame), 99) + frame))
        blocks.append(block(3, struct.pack(order + "I", 99) + frame))
        blocks.append(block(6, struct.pack(order + "IIIII", 0, 5, 6, len(frame), 99) + frame +
                            bytes(-len(frame) % 4) + option(4, struct.pack(order + "Q", 7))))
        blocks.append(block(5, struct.pack(order + "IQ", 9, 5) + b"".join(
            option(code, struct.pack(order + "Q", code)) for code in range(2, 9))))
        yield f"pcapng-rare-{magic}", section + b"".join(blocks) + section + later + blocks[-1]


def leb128(number):
    out = b""
    while number >= 0x80:
        out += bytes((number & 0x7f | 0x80,))
        number >>= 7
    return out + bytes((number,))


def columns():
    """Input of the target `columns`: two sources, each with a SYN and two ports."""
    column = {0: leb128(9) + leb128(4), 1: leb128(5) + leb128(7) * 2 + leb128(0),
              2: (b"\2\1") * 2, 3: b"\1\1" * 2}
    for field in range(11):
        column[4 + field] = (b"\4" + leb128(6) + leb128(7) + b"\1") * 2
    column[4 + 13] = b"\2\x2e" * 2
    yield "two", bytes((2, 0)) + b"".join(bytes((number, len(content))) + content
                                          for number, content in column.items())
    yield "none", b"\0\0"
    # Numbers that do not fit: times that pass 64 bits, 2^64 packets.
    most = leb128(2**64 - 1)
    for name, column in (("late", (1, most + b"\0")), ("long", (1, b"\1" + most)),
                         ("packets", (2, b"\2" + most)), ("matched", (3, b"\1" + most))):
        plain = {0: leb128(9), 1: b"\0\0", 2: b"\x80\1\0", 3: b"\0", 14: b"\2\x0e",
                 column[0]: column[1]}
        yield name, b"\1\0" + b"".join(bytes((number, len(content))) + content
                                       for number, content in plain.items())


def bursts():
    """Input of the target `bursts`: the form, and a block (doc/bursts.md)."""
    time = (1472688000 * 10**9).to_bytes(8, "little")
    later = (1472688600 * 10**9).to_bytes(8, "little")
    kind, other = b"\x06" + (0).to_bytes(2, "little"), bytes((7, 2, 0, 198))
    one = bytes((0x66,)) + leb128(0x08080808) + kind + time + other + (80).to_bytes(2, "little")
    slots = leb128(0) + leb128(2) + leb128(3) + leb128(1)
    few, port = b"\0" + leb128(5) + leb128(9), b"\1" + (80).to_bytes(4, "little")
    many = (bytes((0x6d,)) + leb128(0) + later + leb128(35 * 10**9) + leb128(3) + leb128(1) + leb128(80) +
            leb128(0) + leb128(len(port)) + port + leb128(len(slots)) + slots + leb128(len(few)) + few)
    yield "backscatter", b"\0" + one + many
    scan = bytes((0x52,)) + leb128(9) + b"\x06" + (23).to_bytes(2, "little") + time + other + b"\x05\0\0\0"
    wide = struct.pack("<IBHH", 12347, 1, 7, 299) + struct.pack("<HHH", 1, 0, 299)
    scans = (bytes((0x51,)) + leb128(1) + time + leb128(9 * 10**9) + leb128(600) + leb128(len(wide)) + wide +
             leb128(5) + leb128(300) + leb128(1))
    yield "scans", b"\1" + scan + scans
    # What is near is one burst, not two.
    yield "near", b"\0" + one + bytes((0x67,)) + leb128(0) + time + other + (80).to_bytes(2, "little")


def sets():
    """Portable Roaring bitmaps (github.com/RoaringBitmap/RoaringFormatSpec)."""
    array = struct.pack("<3H", 1, 5, 65535)
    yield "array", struct.pack("<IIHHI", 12346, 1, 0xc000, 2, 16) + array
    yield "descending", struct.pack("<IIHHIHH", 12346, 1, 7, 1, 16, 9, 8)
    runs = struct.pack("<HHHHH", 2, 0, 9, 100, 5)
    yield "runs", struct.pack("<IBHH", 12347, 1, 7, 15) + runs
    bitmap = bytes((0xff,)) * 1024 + bytes(7168)
    yield "bitmap", struct.pack("<IIHHI", 12346, 1, 1, 8191, 16) + bitmap
    keys = b"".join(struct.pack("<HH", key, 0) for key in range(5))
    yield "five", struct.pack("<II", 12346, 5) + keys + bytes(20) + struct.pack("<5H", *range(5))


def own_files(hotaru):
    """(target, name, bytes) of the segments and the catalogue of small stores."""
    for number, link_type in enumerate((ETHERNET, RAW)):
        with tempfile.TemporaryDirectory() as folder:
            store, capture = pathlib.Path(folder, "store"), pathlib.Path(folder, "a.pcap")
            capture.write_bytes(harness.pcap(records(link_type), link_type))
            words = ["--telescope", "198.51.100.0/24"] if number else []
            subprocess.run([hotaru, "ingest", "-s", store, "--quiet", "--memory", "64M", "--threads",
                            "1", *words, capture], check=True)
            for file in sorted(store.iterdir()):
                if file.suffix == ".segment":
                    yield "segment", f"{number}-{file.name}", file.read_bytes()
            yield "catalog", f"{number}", (store / "catalog.sqlite").read_bytes()


LINES = {
    "calendar": ["UTC", "Z", "+09:00", "-11:30", "Asia/Tokyo", "America/St_Johns", "Europe/Berlin",
                 "2016-09-01", "2000-02-29", "1900-02-29", "../../etc/passwd", "posixrules"],
    "fingerprint": ["a = tcp dst port 23\0", "p = source window=792 window=1320 dport=23\0",
                    "b=source dport=33-64_values options=mss,sack_permitted flags=2 tos=0 destination_port=1\0", "adb-worm = tcp dst port 5555 and tcp[14:2] = 65535\0",
                    "# comment\nb = tcp[13] & 2 != 0 and src net 192.0.2.0/24\r\nc=icmp\0",
                    "d = (tcp[2:2] = 23 or tcp[2:2] = 2323) and not (ip[8] > 64)\0",
                    "e = ip[((ip[0]&15)*4)+4:4] = ip[16:4]\0", "f = len > 100 and ip proto 6\0"],
    "settings": ["UTC\n198.51.100.0/24\n", "Asia/Tokyo\n10.0.0.0/8, 192.0.2.1,192.0.2.0/24\n",
                 "+09:00\n\na = tcp dst port 23\n", "\n\np = source window=792 window=1320\nq=source dport=33-64_values\n", "\n0.0.0.0/0\n# none\n",
                 "\n10.0.0.0/8@2016-01-01..2016-12-31,10.0.0.0/9@..2016-06-30,1.0.0.0/8@2016-07-01..\n"],
    "escape": ["<a href=\"x\">&amp;'", "=cmd|' /C calc'!A0", "a,b\"c\r\nd", "\x1b]0;title\x07\x9b31m",
               "\u202etxt.exe\u2066", "\ud7ff\ufffe\U0010ffff", "-1+1", "\tx", "\r@", "@SUM(1)", "+1,2", "=\"1\""],
    "host_labels": ["address,model,ports\r\n192.0.2.1,nagi,80;23\n\n# none\n192.0.2.3,\"a \"\"b\"\", c\"\n192.0.2.2,,\n"
                    "192.0.2.1,nagi", "192.0.2.1,a\n192.0.2.1,b\n", "x,y\nz,1\n", "192.0.2.1,\"a\n"],
    "options": ["\3-s\0store\0--threads=2\0--zone\0UTC\0a.pcap\0-\0", "\5--gap\0007\0--format=csv\0",
                "\x08--from\0002016-09-01\0--to=2016-09-02\0--family\0mirai,*\0",
                "\7--lang\0ja\0-o\0out\0--\0-x\0", "\6--memory\00064M\0x\0", "\x0a--scale\0000.5\0"],
    "scenario": ["start = 2016-09-01\ndays = 2\ntelescope = 198.51.100.0/24\n[population a]\n"
                 "active = 2016-09-01 5, 2016-09-02T10:00 9\npackets_per_day = 20.5\nports = 23 9, 2323 1\n"
                 "seq = destination\nwindows = random\n",
                 "[population b]\nactive = 2016-07-01 3\nsend = udp 1, icmp_echo 2, arp 1, fragment 1,"
                 " rst 1, syn_ack 1, icmp_unreachable 1\npayload_bytes = 12\nttl = 128\npath = 6-24\n"
                 "ip_id = zmap\noptions = linux\nmss_percent = 50\nreturn_percent = 50\n"
                 "lifetime_mean_days = 1\nlifetime_median_days = 0.5\naddress_days = 0.25\n",
                 "start = 2016-07-01\n[model a]\nanswering_percent = 100\nport_percent = 50\nanswer = 80 {date}\\r\\n"
                 "{mac} {hex:8} {digits:3} {a|b}\\x00\nanswer = 23\nanswer = 80 {address}\n[model b]\n"
                 "[population c]\nactive = 2016-07-01 9\nmodels = a:5, b, none:2\n"],
}


# Answers of each form, and the turns of each.
ANSWERS = [
    b"HTTP/1.1 401 Unauthorized\r\nServer: Nagi/2.1\r\nWWW-Authenticate: Digest realm=\"Nagi \\\"NR\\\" 40\","
    b" nonce=\"0a1b2c3d4e5f\"\r\nSet-Cookie: sid=1; path=/\r\nX-Powered-By: Kaze\r\n\r\n<TITLE>Log in</title>",
    b"HTTP/1.0 302 Found\nLocation: /web/\n index\nWWW-Authenticate: Basic realm=x, y\n\n<title>no end",
    b"RTSP/1.0 200 OK\r\nServer: Umi\r\n\r\n", b"<html><title>Umi</title>",
    b"Keep out\r\nSSH-2.0-nagi_1.4 rev 3\r\n\0\0\1\x5c", b"SSH-1.99-Umi\n",
    b"220-Umi\r\n two\r\n220-three\r\n220 ready\r\n530 Log in\r\n", b"220 nagi.example ESMTP\r\n",
    b"421\x20", b"+OK Umi\r\n", b"* OK Umi\r\n",
    b"\xff\xfd\x01\xff\xfa\x18\x01\xff\xff\xff\xf0\r\nNagi\xff\xff\r\0login: \xff\xfa\x18\xff\xf9\xff",
    b"\x1b[2Jlogin: ", b"\x15\3\1\0\2\1\0",
]

# What varies from host to host, in each form that is masked, and what stops just before its end.
VARYING = [
    b"Tue, 29 Jul 2014 16:26:06 GMT;Jul 29 2014;29/Jul/2014:16:26:06 +0900;2014-07-29T16:26:06Z;29.07.2014;16:26:06.5",
    b"192.0.2.7 (192.0.2.8) v1.2.3.4 00:16:3e:01:02:03 00-16-3E-01-02-03", b"0x0badc0de 0123456789abcdef deadbeef 0xdeadbee",
    b"01234567-89ab-cdef-0123-456789abcdef", b"Set-Cookie: a=bcde; path=/\r\nset-cookie:    b", b"nonce=\"0a b;c\",opaque=1234&sid=12345",
    b"Jul 29 16:26:", b"1.1.1.", b"00:16:3e:01:02:", b"0x", b"Mon, 1 Jan ",
]

# Rules for the identification of SSH, or with `matches` for another field, and what they are asked about.
RULES = [
    (b"<?xml version='1.0'?><fingerprints matches='ssh.banner'><!-- c --><fingerprint pattern='^nagi_([\\d.]+)"
     b"(?: rev (\\S+))?$' flags='REG_ICASE'><description>d &amp; e</description>"
     b"<param pos='0' name='hw.vendor' value='Nagi, Inc.'/><param pos='1' name='hw.version'/>"
     b"<param pos='2' name='_tmp.r'/><param pos='0' name='hw.product' value='NR {_tmp.r}{no}'/></fingerprint>"
     b"<fingerprint pattern='.'><param pos='0' name='os.certainty' value='0.0'/></fingerprint></fingerprints>",
     ANSWERS[4]),
    (b"<fingerprints><fingerprint pattern='^(a+)+$'/><fingerprint pattern='(?&lt;x&gt;b)\\1\\K' flags='REG_DOT_NEWLINE'>"
     b"<param pos='1' name='service.product'/></fingerprint></fingerprints>", b"SSH-2.0-" + b"a" * 40 + b"bb\n"),
    (b"<fingerprints matches='http_header.wwwauth'><fingerprint pattern='realm=.([^&quot;]*)'>"
     b"<param pos='1' name='hw.product'/></fingerprint></fingerprints>", ANSWERS[0]),
    (b"<!DOCTYPE f [<!ENTITY a 'b'>]><fingerprints>&a;</fingerprints>", b""),
    (b"<fingerprints><fingerprint pattern='(('/>", b"SSH-2.0-a\n"),
]


def spells():
    """A source that is silent for 0, 1, 2, ... days; and for each day one that is seen only then."""
    seen = [(1, step * (step + 1) // 2) for step in range(1, 7)]
    seen += [(10 + day, day) for day in range(22)]
    return harness.pcap([
        harness.record(BEGIN_NS + day * harness.DAY_NS,
                       harness.ethernet(harness.syn(f"192.0.2.{host}", "198.51.100.1", seq=None)))
        for host, day in seen])


def seeds(hotaru):
    """(target, name, bytes)."""
    for gap in range(6):
        yield "survey", f"gap-{gap}", bytes((0x11, gap)) + spells()
    for name, data in captures():
        yield "capture", name, data
        if "." in name or name.startswith("traffic"):
            yield "codec", name, data
        if len(data) < 8192 and (name[-1] in "03" or "." in name):
            yield "ingest", name, b"\x21\1" + data
            yield "survey", name, b"\x95\2" + data  # no gap
            yield "packets", name, data
        if name.startswith("pcap-"):
            big = data[:1] == b"\xa1"
            nanoseconds = b"\x3c" in data[:4] or b"\x4d" in data[:4]
            yield "pcap", name, bytes((0x80 * big + 0x40 + nanoseconds,)) + data[4:]
        if name.startswith("pcapng-"):
            yield "pcapng", name, bytes((0x80 * (data[8:9] == b"\x1a") + 0x60,)) + data[28:]
    for choice in range(24):
        for number, link_type in enumerate((ETHERNET, RAW, LINUX_SLL, LINUX_SLL2, NULL)):
            for i, frame in list(enumerate(frames(link_type)))[(choice + number) % 8::8]:
                yield "decode", f"{choice}-{link_type}-{i}", struct.pack("<H", choice) + frame
    yield "decode", "unknown", b"\xff\xff" + bytes(40)
    for i, packet in enumerate(frames(RAW)):
        yield "anonymise", str(i), packet
    for i, options in enumerate(OPTIONS):
        yield "tcp", str(i), options
    for target, lines in LINES.items():
        for i, line in enumerate(lines):
            data = line.encode("utf-8", "surrogatepass")
            if target == "calendar":
                data = struct.pack(">Q", 5 if "-" in line[:1] else BEGIN_NS + i * 10**15) + data
            if target == "fingerprint":
                data += next(packets())
            yield target, str(i), data
    rng = random.Random(1)
    yield "escape", "bytes", bytes(rng.getrandbits(8) for _ in range(200))
    for name, data in columns():
        yield "columns", name, data
    for name, data in bursts():
        yield "bursts", name, data
    for name, data in sets():
        yield "ipset", name, data
    for name, data in flow_inputs():
        yield "flow", name, data
    for i, data in enumerate(ANSWERS):
        yield "fields", str(i), data
    for i, data in enumerate(ANSWERS + VARYING):
        yield "mask", str(i), bytes([-sum(data) % 61]) + data
    for i, (port, pieces) in enumerate(CONVERSATIONS):
        yield "probe", str(i), bytes([port]) + b"".join(bytes([16 * quarters + len(text)]) + text for quarters, text in pieces)
    for i, (rules, answer) in enumerate(RULES):
        yield "label", str(i), rules + b"\0" + answer
    for name, data in responses():
        yield "responses", name, data
    for name, data in honeypots():
        yield "honeypot", name, data
    for name, data in blocks_of_records():
        yield "records", name, data
    for name, data in malware():
        yield "sample", name, data
    for name, data in databases():
        yield "place", name, b"\2" + data
    yield from own_files(hotaru)


def malware():
    """Tables of each kind, with little around them."""
    values = [sample_files.C2, 23, *sample_files.texts()[4:], *sample_files.LOADING[:2]]
    for key in (0x22, 0x54, 0xb4):
        for zero in (b"\0", b""):
            yield f"flat-{key:02x}-{len(zero)}", sample_files.flat(values, key, zero=zero, size=64)
    for wide in (False, True):
        for big in (False, True):
            yield f"elf-{wide}-{big}", sample_files.elf_of(values, 0x45, wide, big)
    yield "clear", sample_files.elf(b"\0" + sample_files.table(sample_files.texts(), 0))
    yield "image", sample_files.xor(sample_files.elf_of(values, 0x22), 0x03)
    yield "logins", sample_files.flat(values, 0x22, size=16) + bytes(8) + sample_files.login_records(0x07, 2)
    yield "upx", sample_files.upx()[:600]


def responses():
    """A file of each form of what hosts answered, by its layout; small, so that it is changed everywhere."""
    yield "own.jsonl", (b'{"address":"192.0.2.1","port":23,"time":"2017-05-13T04:05:06.5Z","probe":"telnet","status":"answered",'
                        b'"response":"bG9naW46IA=="}\n{"address":"192.0.2.1","port":80,"time":1494648306,"status":"timeout",'
                        b'"cut":false,"lossy":true}\n')
    nmap = ('<?xml version="1.0"?>\n<!DOCTYPE nmaprun>\n<nmaprun args="nmap -sV --script banner" start="1">'
            '<host starttime="1494648306"><address addr="192.0.2.1" addrtype="ipv4"/><ports>'
            '<port protocol="tcp" portid="21"><state state="open" reason="syn-ack"/>'
            '<service name="ftp" method="probed" servicefp="SF:%r(NULL,4,&quot;\\x20\\0\\*a&quot;);"/>'
            '<script id="banner" output="a\\x0&#xa;A\\xFF"/><script id="banner-plus" output="\\r\\n\\x00"/></port>'
            '<port protocol="tcp" portid="22"><state state="filtered" reason="host-unreach"/></port>'
            '</ports></host></nmaprun>\n').encode()
    yield "nmap.xml", nmap
    yield "nmap-twice.xml", nmap + nmap
    yield "zgrab2.jsonl", (
        b'{"ip":"192.0.2.1","data":{"telnet":{"status":"success","protocol":"telnet","port":23,"result":{"banner":"a\\u0000\\ufffd"},'
        b'"timestamp":"2026-11-21T03:04:05Z"}}}\n'
        b'{"ip":"192.0.2.1","data":{"b":{"status":"success","protocol":"banner","port":88,"result":{"banner":"3q2+7w==","length":4}}}}\n'
        b'{"ip":"192.0.2.2","data":{"http":{"status":"success","port":80,"result":{"response":{"status_line":"200 OK","headers":'
        b'{"www_authenticate":["Basic"],"unknown":[{"key":"x","value":["1"]}]},"body":"aGk=","headers_raw":"SA==",'
        b'"body_sha256":"8f434346648f6b96df89dda901c5176b10a6d83961dd3c1ac88b59b2dc327aa4"}}}}}\n')
    yield "censys.json", (b'{"result": {\n "hits": [{"ip": "192.0.2.1", "services": [{"port": 80, "transport_protocol": "TCP",'
                          b'"observed_at": "2021-12-07T06:23:41.5Z", "banner_hex": "78ff", "http": {"response": {"body": "x"}}}]}]}}\n')
    yield "shodan.json", (b'[\n{"ip_str":"192.0.2.1","port":81,"transport":"tcp","timestamp":"2017-05-13T04:05:06.25","data":"a\\r\\n",'
                          b'"opts":{"raw":"00ff"},"http":{"html":"b"},"_shodan":{"module":"auto"}}\n]\n')


def blocks_of_records():
    """A block of each form: how many records, less one; of the rest, in 256ths, how much columns are; these, and texts."""
    def block(form, count, columns, texts):
        part = next(part for part in range(256) if (len(columns) + len(texts)) * (part + 1) // 256 == len(columns))
        return bytes((form,)) + struct.pack("<H", count - 1) + bytes((part,)) + columns + texts
    yield "responses", block(0, 3, b"\1\27\x80\1\0\0\1t\0\4" + b"\0\30\2\x09\1\1" + b"\x80\2\27\0\3\0\0\0\0", b"abcd")
    yield "events", block(1, 4, b"\0\x80\1\0\1s\3abc\1\2\0\xc0\7\x64\x33\xc6\5\0\xaf\x08\2\0\0" +
                          b"\x34\2\0\4" + b"\x75\1\2" + b"\x22\6\1\4abcd\1\2\0\xc0\0\3", b"shsha\0b")


def honeypots():
    """A log of each form, by its layout; small, so that it is changed everywhere."""
    at, source = '"timestamp":"2018-06-15T00:04:39.596202Z"', '"src_ip":"192.0.2.7","session":"c0ffee"'
    cowrie = (f'{{"eventid":"cowrie.session.connect",{at},{source},"src_port":5,"dst_ip":"198.51.100.1","dst_port":2223,'
              '"protocol":"telnet","sensor":"s","message":[]}\n'
              f'{{"eventid": "cowrie.login.failed", {at}, {source}, "username": "b\'\\\\xff\'", "password": "\\u0000", '
              '"system": "CowrieTelnetTransport,1,192.0.2.7", "isError": 0}\n'
              f'{{"eventid":"cowrie.session.file_download",{at},{source},"url":"http://example.com/a","shasum":"26e8"}}\n'
              f'{{"eventid":"cowrie.session.closed","time":1529021079.5,{source},"duration":1.5,"x":{{}}}}\n')
    yield "cowrie.json", cowrie.encode()
    at = "2018-06-15T09:04:39.596202+0900 [CowrieTelnetTransport,1583,192.0.2.7] "
    yield "cowrie.log", (f"{at[:32]}[cowrie.telnet.transport.HoneyPotTelnetFactory] New connection: 192.0.2.7:5 (198.51.100.1:2223) "
                         f"[session: TT1583]\n{at}login attempt [b'a\\xff'/b'b'] failed\n{at}CMD: sh\n\tx\n{at}INPUT (cat): a\n"
                         f"{at}Downloaded URL (http://example.com/a) with SHA-256 {'0f' * 32} to dl/x\n"
                         f"{at}SFTP Uploaded file \"k\" to dl/{'0f' * 32}\n{at}Connection lost after 1 seconds\n").encode()
    yield "heralding.csv", (b"timestamp,auth_id,session_id,source_ip,source_port,destination_ip,destination_port,protocol,username,"
                            b'password,password_hash\r\n2019-04-13 08:29:12.5,x,s,192.0.2.7,5,198.51.100.1,23,telnet,u,"a,""b\nc",\r\n')
    yield "heralding-sessions.csv", (b"timestamp,duration,session_id,source_ip,source_port,protocol\n"
                                     b"2019-04-13 08:29:09,9,s,192.0.2.7,5,ssh\n")
    yield "many.json", (
        b'{"timestamp":"2019-04-13 08:29:09","duration":9,"session_id":"s","source_ip":"192.0.2.7","num_auth_attempts":1,'
        b'"auth_attempts":[{"timestamp":"2019-04-13 08:29:12","username":"u","password":"p"}],"auxiliary_data":{"client_version":"x"}}\n'
        b'{"timestamp":"2026-05-28T01:02:03Z","srcHost":"192.0.2.7","srcPort":"5","handler":"telnet","payload":"c2gNCnM=","decoded":['
        b'{"direction":"write","message":"Username: "},{"direction":"read","message":"u\\r\\n"},{"direction":"write","message":'
        b'"Password: "},{"direction":"read","message":"p\\r\\n"},{"direction":"read","message":"sh\\r\\n"}]}\n'
        b'{"timestamp":"2026-05-28T01:02:03Z","srcHost":"192.0.2.7","srcPort":"5","handler":"telnet","payload":"c2gNCnM="}\n'
        b'{"connection":{"protocol":"ftpd","transport":"tcp","type":"accept"},"src_ip":"192.0.2.7","timestamp":"2020-01-02T03:04:05",'
        b'"credentials":{"username":["x","y"],"password":["1"]}}\n'
        b'{"connection":{"protocol":"ftpd","remote":{"address":"192.0.2.7","port":7}},"timestamp":"2020-01-02T03:04:05",'
        b'"credentials":[{"username":"a","password":"b"}]}\n'
        b'{"type":"connection","ip":"192.0.2.7","user":"u","pass":"p","date":1497684357,"stream":[{"in":true,"ts":0.5,"data":"a"},'
        b'{"in":true,"ts":1,"data":"b\\r\\u0000c\\n"}],"samples":[{"url":"http://example.com/a","sha256":"26e8"},{"url":"telnet://x","name":"n"}]}\n')
    yield "mtpot.log", (b"2016-11-01 12:34:56,789 [HoneyTelnet] INFO MTPot.py:93 [192.0.2.7:5] logon credentials used: user:u pass:p\n"
                        b"2016-11-01 12:34:57,002 [HoneyTelnet] DEBUG MTPot.py:71 192.0.2.7 executed: ECCHI\n")
    yield "dshield.log", (b"1702359975 sensor kernel:[5.5]  DSHIELDINPUT IN=eth0 SRC=192.0.2.7 DST=198.51.100.1 LEN=40 TTL=42 PROTO=TCP "
                          b"SPT=6246 DPT=23 WINDOW=54935 RES=0x00 ECE SYN URGP=0\n")
    yield "tpot.json", ('{"took":5,"hits":{"total":{"value":1},"hits":[\n{"_source":{"eventid":"cowrie.command.input",'
                        f'"@timestamp":"2024-01-26T21:59:42.976Z",{source},"dest_ip":"198.51.100.1","input":"sh"}}}}]}}}}\n').encode()


def databases():
    """Of each maker, each size of record, each version; and tables."""
    records = {"1.0.0.0/8": mmdb.geolite_country("JP", "Japan"),
               "2.0.0.0/15": mmdb.geolite_country(None, "?", "US"),
               "2.1.0.0/24": mmdb.ip_location_db_country("de"),
               "9.0.0.0/8": mmdb.geolite_asn(4713, "NTT \x1b[1m"),
               "200.0.0.0/7": mmdb.ipinfo_lite("JP", "Japan", 2497, "Internet Initiative"),
               "255.255.255.255/32": {"country_code": "EU", "asn": mmdb.U32(7)}}
    for size in (24, 28, 32):
        for version in (4, 6):
            yield f"mmdb-{size}-{version}", mmdb.write(records, size, version, "GeoLite2-Country")
    yield "asn.csv", b'1.0.0.0,1.0.0.255,13335,"Cloudflare, ""Inc."""\n16778240,16779263,AS7,\n'
    yield "ip2asn.tsv", (b"# built: 2016-10-01\nfirst\tlast\tasn\tcountry\tname\n1.0.0.0\t1.0.0.9\t13\tUS\tX\n"
                         b"1.0.0.5\t255.255.255.255\t0\tNone\tNot routed\n2001::\t2002::\t9\tJP\tSix\n")
    yield "country.csv", b"\xef\xbb\xbf0,5,JP,Tokyo\r\n6,6,ZZ\n"


def main():
    folder, hotaru = pathlib.Path(sys.argv[1]), os.path.abspath(sys.argv[2])
    shutil.rmtree(folder, ignore_errors=True)
    for target, name, data in seeds(hotaru):
        (folder / target).mkdir(parents=True, exist_ok=True)
        (folder / target / name).write_bytes(data)
    os.utime(folder)


if __name__ == "__main__":
    main()
