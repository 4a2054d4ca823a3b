#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A capture to give away: everything counts as before, and nobody finds the telescope in it."""
import collections
import os
import random
import struct

from harness import (captures_folder, case, check, csv_of, equal, ethernet, hotaru, ipv4, pcap, read_pcap, record,
                     run_cases, succeed, syn, tcp, udp, write)

BEGIN_NS = 1472688000 * 10**9  # 2016-09-01
TELESCOPE = 0xc6330000         # 198.51.0.0/16
KEY = "5a" * 32


def icmp_error(router, victim, destination, dice):
    """To `destination`, whose address somebody forged, of a packet to `victim`."""
    inner = ipv4(destination, victim, 6, struct.pack(">HHI", dice.randrange(65536), 80, destination))
    return ipv4(router, destination, 1, struct.pack(">BBHI", 3, 1, 0, 0) + inner[:28])


def packet_of(dice, source):
    """One of everything in which the address of a telescope can be hidden."""
    to = TELESCOPE + dice.randrange(65536)
    port = dice.choice((23, 2323, 5555))
    kind = dice.randrange(8)
    if kind < 2:
        return syn(source, to, seq=to, port=port, source_port=dice.randrange(1025, 65536))
    if kind == 2:
        seq = dice.randrange(2**32)
        return syn(source, to, seq=seq, port=port, ip_id=(to ^ port ^ seq) & 0xffff)
    if kind == 3:
        return syn(source, to, seq=to ^ 0x5a5a5a5a, port=port, window=14600, ip_id=54321)
    if kind == 4:
        return ipv4(source, to, 6, tcp(80, dice.randrange(1024, 65536), dice.randrange(2**32), 0x12)[:8] +
                    struct.pack(">I", to + 1) + tcp(80, 1, 0, 0x12)[12:])
    if kind == 5:
        return icmp_error(source ^ 0x01000000, source, to, dice)
    if kind == 6:
        return ipv4(source, to, 17, udp(5060, 5060, b"OPTIONS sip:100@" + struct.pack(">I", to)))
    return ipv4(source, to, 47, struct.pack(">II", 0x20000800, to))


def capture(name, packets=6000):
    dice = random.Random(29)
    sources = [dice.randrange(0x01000000, 0xdf000000) for _ in range(300)]
    frames = [record(BEGIN_NS + n * 40 * 10**9, ethernet(packet_of(dice, dice.choice(sources))))
              for n in range(packets)]
    return write(name, pcap(frames)).name


def packets_of(path):
    """Of a capture of Ethernet, from the header of IPv4 on."""
    with open(path, "rb") as file:
        return [frame[14:] for _, frame, _ in read_pcap(file.read())[1]]


def given(name, *options):
    write("key", (KEY + "\n").encode())
    succeed("anonymise", name, "-o", "given.pcap", "--key", "key", "--quiet", *options)
    return "given.pcap"


@case
def everything_counts_as_before(_):
    names = [capture("made.pcap")]
    names += sorted(str(path) for folder in ("mirai", "scanners", "scans", "backscatter")
                    for path in (captures_folder() / folder).glob("*")) if os.environ.get("HOTARU_CAPTURES") else []
    for name in names:
        given(name)
        for words in (("survey", "--family", "*"), ("survey",), ("ports", "--protocol", "udp"), ("ports",),
                      ("lifetimes",), ("shapes",)):
            before, after = hotaru(*words, "--format", "csv", name), hotaru(*words, "--format", "csv", "given.pcap")
            equal(after.code, before.code if before.code != 3 else 0, f"{name} {words}")
            equal(after.text(), before.text(), f"{name} {words}")


@case
def what_is_no_packet_is_told(_):
    write("arp.pcap", pcap([record(BEGIN_NS, bytes(12) + b"\x08\x06" + bytes(28)),
                            record(BEGIN_NS, ethernet(syn(1 << 24, TELESCOPE)))]))
    result = hotaru("anonymise", "arp.pcap", "-o", "given.pcap")
    equal(result.code, 0, "anonymise")
    said = "\n".join(result.errors())
    for words in ("1 of 2 frames written", "left out: 1 that are no IPv4 packets", "the key is gone"):
        check(words in said, f"{words!r} is not said: {said}")
    result = hotaru("anonymise", "arp.pcap", "-o", "given.pcap", "--telescope", "10.0.0.0/8")
    check("left out: 1 to other addresses than the telescope" in "\n".join(result.errors()), result.errors())


@case
def a_key_gives_the_same_addresses_and_another_does_not(_):
    name = capture("made.pcap", 300)
    one = packets_of(given(name))
    equal(packets_of(given(name)), one, "the same key")
    succeed("anonymise", name, "-o", "other.pcap", "--quiet")
    other = packets_of("other.pcap")
    check(all(a[12:20] != b[12:20] for a, b in zip(one, other)), "another key gives an address of this one")
    common = collections.Counter()
    for before, after in zip(packets_of(name), one):
        common[before[16:18], after[16:18]] += 1
    equal(len(common), 1, "beginnings of a /16")


@case
def times_are_shifted(_):
    name = capture("made.pcap", 50)
    given(name, "--shift-days", "-365")
    days = [line.split(",")[0] for line in csv_of("survey", "given.pcap").splitlines()[1:]]
    check("2015-09-02" in days and "2016-09-01" not in days, days)


# ---- somebody who looks for the telescope

def most_common_difference(fields, halves):
    """How often the most frequent of field ^ half of the address comes."""
    return collections.Counter(field ^ half for field, half in zip(fields, halves)).most_common(1)[0][1]


def turned(half):
    return half >> 8 | (half & 0xff) << 8


def find_by_value(before, after):
    """Packets that still have their own destination somewhere, in either order, or its last three bytes."""
    found = 0
    for old, new in zip(before, after):
        to = old[16:20]
        found += any(needle in new for needle in (to, to[::-1], to[1:]))
    return found


def find_by_statistics(before, after):
    """Fields of 16 bits that go along with the lower half of what they were sent to, more than with anybody
    else's; the upper half is one number here."""
    dice = random.Random(3)
    suspicious = []
    wanted = [(old, new) for old, new in zip(before, after) if len(new) >= 28]
    halves = [struct.unpack(">H", old[18:20])[0] for old, _ in wanted]
    mixed = halves[:]
    dice.shuffle(mixed)
    for at in range(0, 28, 2):
        # A field that is the new destination tells no more than that does.
        fields = [struct.unpack(">H", new[at:at + 2])[0] if old is new or new[at:at + 2] != new[18:20] else -1 - n
                  for n, (old, new) in enumerate(wanted)]
        for turn in (int, turned):
            seen = most_common_difference(fields, map(turn, halves))
            by_chance = most_common_difference(fields, map(turn, mixed))
            if seen > 2 * by_chance + 20:
                suspicious.append((at, seen, by_chance))
    return suspicious


@case
def nobody_finds_the_telescope(_):
    name = capture("made.pcap")
    before = packets_of(name)
    # Whoever looks finds it in what was captured ...
    check(find_by_value(before, before) == len(before), "the packets have no destination")
    shown = [at for at, _, _ in find_by_statistics(before, before)]
    check({18, 26} <= set(shown), f"not even destination and sequence number go along: {shown}")
    # ... and not in what is given away. Four bytes are met by chance once in 2^32, three once in 2^24.
    after = packets_of(given(name))
    equal(len(after), len(before), "packets")
    found = find_by_value(before, after)
    check(found <= 1, f"{found} packets have what they were sent to")
    found = find_by_statistics(before, after)
    equal(found, [], "fields that go along with the destination")


@case
def wrong_use_is_told(_):
    name = capture("made.pcap", 10)
    for words, told in (((name,), "say where to"), (("-o", "x"), "name captures"),
                        ((name, "-o", "x", "--key", "missing"), "cannot open 'missing'"),
                        ((name, "-o", "x", "--shift-days", "soon"), "--shift-days takes a number of days"),
                        ((name, "-o", "x", "--shift-days", "40000"), "--shift-days takes a number of days")):
        result = hotaru("anonymise", *words)
        check(result.code in (1, 2) and told in result.errors()[-1], f"{words}: {result.errors()}")
    for text in ("", "5a" * 31, "5a" * 33, "5a" * 31 + "zz", "5a" * 32 + "\nmore"):
        write("bad", text.encode())
        result = hotaru("anonymise", name, "-o", "x", "--key", "bad")
        check(result.code == 2 and "is no key" in result.errors()[-1], f"{text!r}: {result.errors()}")


run_cases()
