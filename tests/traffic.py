# SPDX-License-Identifier: MIT
"""Seeded random captures: a few days of a small telescope, with all that makes counting hard.

Sources come back after gaps; their SYNs are of several families; between them is
everything else that reaches a telescope, and frames that are cut, broken, tagged
or not IPv4 at all. The order of time is kept by most captures and broken by some.
"""
import calendar
import datetime
import random
import struct

import harness
from harness import (DAY_NS, ETHERNET, FIN, LINUX_SLL, LINUX_SLL2, NULL, PSH, RAW, RST, SYN, ACK,
                     address, ipv4, on_link, record, syn, tcp, udp)

TELESCOPE = "198.51.0.0/18,203.0.113.0/24"
TELESCOPE_RANGES = [(address("198.51.0.0"), address("198.51.63.255")),
                    (address("203.0.113.0"), address("203.0.113.255"))]
# Days on which clocks change in Europe, a leap day, the turn of a year, and one long ago.
FIRST_DAYS = ((2016, 10, 27), (2017, 3, 24), (2020, 2, 27), (2016, 12, 29), (1999, 12, 30),
              (2016, 8, 1))
LINK_TYPES = (ETHERNET, ETHERNET, ETHERNET, RAW, LINUX_SLL, LINUX_SLL2, NULL)
NOP, END, MSS, WINDOW_SCALE = b"\1", b"\0", b"\2\4\5\xb4", b"\3\3\7"
SACK_PERMITTED, TIMESTAMP = b"\4\2", b"\x08\x0a" + bytes(8)
OPTION_LISTS = (b"", MSS, MSS + SACK_PERMITTED + TIMESTAMP + NOP + WINDOW_SCALE,
                MSS + NOP + WINDOW_SCALE, NOP + NOP + SACK_PERMITTED, MSS + END + bytes(3),
                MSS + NOP + NOP + TIMESTAMP)


class Capture:
    def __init__(self, name, link_type, records, digits, make):
        self.name, self.link_type, self.records, self.digits = name, link_type, records, digits
        self.make = make  # records -> the bytes of a file

    def model(self):
        return (self.name, self.link_type, self.records)

    def pieces(self, rng):
        """The bytes of one to four captures that hold the records between them."""
        cuts = sorted(rng.randint(0, len(self.records)) for _ in range(rng.randint(0, 3)))
        ends = zip([0] + cuts, cuts + [len(self.records)])
        return [self.make(self.records[begin:end]) for begin, end in ends]


class Traffic:
    """What `seed` makes; the same seed makes the same captures."""

    def __init__(self, seed):
        self.rng = rng = random.Random(seed)
        year, month, day = rng.choice(FIRST_DAYS)
        self.begin_ns = calendar.timegm((year, month, day, 0, 0, 0)) * 10**9
        self.day_count = rng.randint(1, 9)
        networks = [rng.getrandbits(16) << 16 for _ in range(3)]
        self.sources = [rng.choice(networks) | rng.getrandbits(16)
                        for _ in range(rng.randint(3, 30))] + [1, 0xfffffffe, 0x0000ffff, 0x00010000]
        self.captures = [self.capture(i) for i in range(rng.randint(1, 4))]

    def dated_telescope(self):
        """(text, ranges) of TELESCOPE whose prefixes come and go on days of the captures."""
        first = datetime.date(1970, 1, 1) + datetime.timedelta(self.begin_ns // DAY_NS)
        days = [first + datetime.timedelta(n) for n in range(3)]
        (a, b), half = TELESCOPE_RANGES, address("198.51.32.0")
        always = (datetime.date.min, datetime.date.max)
        entries = [("198.51.0.0/19", (a[0], half - 1), (always[0], days[1])),
                   ("198.51.32.0/19", (half, a[1]), (days[1], always[1])),
                   ("198.51.32.0/20", (half, half + 0xfff), (days[0], days[1])),
                   ("203.0.113.0/24", b, (days[2], days[2]))]
        text = ",".join(f"{prefix}@{'' if begin == always[0] else begin}.."
                        f"{'' if end == always[1] else end}" for prefix, _, (begin, end) in entries)
        return text, [(*r, begin.toordinal(), end.toordinal()) for _, r, (begin, end) in entries]

    def destination(self):
        if self.rng.random() < 0.2:
            return self.rng.choice((self.rng.getrandbits(32), address("198.50.255.255"),
                                    address("198.51.64.0"), address("203.0.114.0")))
        first, last = self.rng.choice(TELESCOPE_RANGES)
        return self.rng.choice((first, last, self.rng.randint(first, last)))

    def time_ns(self, unit_ns):
        """Anywhere in the days, but often close to a midnight of one of the zones."""
        day = self.rng.randrange(self.day_count) * DAY_NS
        if self.rng.random() < 0.3:
            hour = self.rng.choice((0, 15, 22, 23, 24))
            at = hour * 3600 * 10**9 + self.rng.choice((-1000, 0, 1000, 3 * 10**9, -1))
        else:
            at = self.rng.randrange(DAY_NS)
        return (self.begin_ns + day + at) // unit_ns * unit_ns

    def syn(self, source):
        """A SYN of some family, or of none, or of two at once."""
        rng = self.rng
        destination, port = self.destination(), rng.choice((23, 23, 2323, 80, 7547))
        seq = rng.choice((None, None, rng.getrandbits(32), destination ^ 1))
        number = destination if seq is None else seq
        ip_id = rng.choice((54321, (destination ^ port ^ number) & 0xffff, rng.getrandbits(16)))
        options = rng.choice(OPTION_LISTS)
        return syn(source, destination, source_port=rng.choice((1024, 1025, 40000)), port=port,
                   seq=seq, window=rng.choice((14600, 14600, 1024, 14601)),
                   options=options + NOP * (-len(options) % 4), ip_id=ip_id,
                   ttl=rng.randint(1, 255), tos=rng.choice((0, 0x28)),
                   ip_options=rng.choice((b"",) * 9 + (b"\1" * 8,)))

    def other_tcp(self, source):
        flags = self.rng.choice((SYN | ACK, RST, RST | ACK, ACK, FIN | PSH, 0, SYN | ACK | RST,
                                 SYN | RST | 0xc0, SYN | FIN))
        segment = tcp(80, 1025, self.rng.getrandbits(32), flags, 14600)
        return ipv4(source, self.destination(), 6, segment)

    def other(self, source):
        """UDP, ICMP, other protocols, fragments, and headers that contradict themselves."""
        rng, to = self.rng, self.destination()
        a_syn = tcp(4000, 23, to, SYN, 14600)
        padding = rng.choice((b"", b"\2" * 6))  # bytes behind the packet are not the packet's
        return rng.choice((
            lambda: ipv4(source, to, 17, udp(53, 5353, b"?" * rng.randint(0, 9))),
            lambda: ipv4(source, to, 17, b"\0\1\0") + padding,  # no room for ports: malformed
            lambda: ipv4(source, to, 1, b"\x08\0\0\0" * rng.randint(0, 3)),
            lambda: ipv4(source, to, rng.choice((47, 2, 255)), b"whatever"),
            lambda: ipv4(source, to, 6, a_syn, fragment=0x2000),  # first fragment: a SYN
            lambda: ipv4(source, to, 6, a_syn, fragment=rng.choice((1, 0x2001, 0x1000, 0x1fff))),
            lambda: ipv4(source, to, 6, a_syn, fragment=0x4000),  # don't fragment: a SYN
            lambda: ipv4(source, to, 6, a_syn[:13]) + padding,  # malformed
            lambda: ipv4(source, to, 6, a_syn, first_byte=0x44),
            lambda: ipv4(source, to, 6, a_syn, first_byte=0x55),
            lambda: ipv4(source, to, 6, a_syn, total_length=19),
            lambda: ipv4(source, to, 6, a_syn, total_length=200),  # longer than what is there
            lambda: ipv4(source, to, 6, a_syn) + padding,
        ))()

    def frame(self, link_type, source):
        rng, kind = self.rng, self.rng.random()
        if kind < 0.06 and link_type in (ETHERNET, LINUX_SLL, LINUX_SLL2):
            return on_link(link_type, bytes(28), ethertype=rng.choice((0x0806, 0x8847, 0x0026)))
        if kind < 0.1:
            return on_link(link_type, b"\x60" + bytes(39), ethertype=0x86dd)
        packet = (self.syn if kind < 0.6 else self.other_tcp if kind < 0.75 else self.other)(source)
        if link_type == RAW and packet[0] >> 4 == 6:
            return packet
        vlans = ()
        if link_type == ETHERNET and rng.random() < 0.3:
            vlans = ((7, 0x88a8), (8, 0x8100), (9, 0x9100))[rng.randrange(3):]
        if link_type in (ETHERNET, LINUX_SLL, LINUX_SLL2) and rng.random() < 0.1:
            ethertype, packet = rng.choice((self.mpls, self.pppoe))(packet)
            return on_link(link_type, packet, ethertype=ethertype, vlans=vlans)
        if link_type == ETHERNET and rng.random() < 0.05:
            packet = b"\xaa\xaa\x03\0\0\0\x08\0" + packet
            return on_link(link_type, packet, ethertype=len(packet), vlans=vlans)
        return on_link(link_type, packet, vlans=vlans)

    def mpls(self, packet):
        """One to three labels, the last with the bottom bit."""
        labels = self.rng.randrange(3) * struct.pack(">I", 0x12345000 | 64)
        return 0x8847, labels + struct.pack(">I", 0x00064100 | 64) + packet

    def pppoe(self, packet):
        return 0x8864, struct.pack(">BBHHH", 0x11, 0, 7, len(packet) + 2, 0x0021) + packet

    def capture(self, number):
        rng = self.rng
        link_type, nanoseconds = rng.choice(LINK_TYPES), rng.random() < 0.3
        form = rng.choice((harness.pcap, harness.pcapng))
        big_endian = rng.random() < 0.5
        # A snap length that cuts at or beside what matters of an IPv4 or TCP header.
        ip_bytes = rng.choice((None, None, None, 0, 19, 20, 33, 34, 35, 36, 39, 40, 44))
        snap = None if ip_bytes is None else len(on_link(link_type, b"")) + ip_bytes
        sources = [s for s in self.sources if rng.random() < 0.8] or self.sources
        records = []
        # Only one capture may be empty: two would be the same, and count as one.
        for _ in range(rng.choice((5, 60, 200) if number else (0, 5, 60, 200))):
            cut = rng.randint(1, 70) if rng.random() < 0.1 else snap
            records.append(record(self.time_ns(1 if nanoseconds else 1000),
                                  self.frame(link_type, rng.choice(sources)), cut))
        if rng.random() < 0.6:
            records.sort(key=lambda r: r[0])
        compress = rng.choice((bytes, bytes, harness.gzipped, harness.zstd))
        return Capture(f"{number}.capture", link_type, records, 9 if nanoseconds else 6,
                       lambda some: compress(form(some, link_type, big_endian=big_endian,
                                                  nanoseconds=nanoseconds)))
