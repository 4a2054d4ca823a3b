# SPDX-License-Identifier: MIT
"""Who and where, counted a second time: plain Python over the frames of captures.

Every question is answered by a loop over all packets, straight from the words of the manual, as a reader
of the published tables would count. Nothing is shared with the program, nor with the other models
of these tests: frames of Ethernet are taken apart here once more.
"""
import bisect
import collections
import datetime
import struct

SECOND_NS = 10**9
DAY_NS = 86400 * SECOND_NS
SHAPE_LEAST = 5  # destinations, or ports, of a scan
EXACT_DESTINATIONS = 64  # more are estimated

Packet = collections.namedtuple("Packet", "time_ns day kind source destination port seq")


def take_apart(time_ns, day, frame):
    """A packet of IPv4 in Ethernet; kind is "syn", "udp" or "other". None: it is none."""
    if len(frame) < 34 or frame[12:14] != b"\x08\x00" or frame[14] >> 4 != 4:
        return None
    header = 14 + (frame[14] & 15) * 4
    fragment, = struct.unpack_from(">H", frame, 20)
    protocol = frame[23]
    source, destination = struct.unpack_from(">II", frame, 26)
    kind, port, seq = "other", None, None
    if not fragment & 0x1fff and protocol == 6:
        port, seq = struct.unpack_from(">HI", frame, header + 2)
        syn_and_ack = frame[header + 13] & 0x12
        kind = "syn" if syn_and_ack == 2 else "other"
    elif not fragment & 0x1fff and protocol == 17:
        port, = struct.unpack_from(">H", frame, header + 2)
        kind = "udp"
    return Packet(time_ns, day, kind, source, destination, port, seq)


def is_mirai(packet):
    return packet.kind == "syn" and packet.seq == packet.destination


def day_text(day):
    return (datetime.date(1970, 1, 1) + datetime.timedelta(day)).isoformat()


def time_text(time_ns):
    moment = datetime.datetime(1970, 1, 1) + datetime.timedelta(microseconds=time_ns // 1000)
    return f"{moment:%Y-%m-%dT%H:%M:%S.%f}Z"


def share_text(part, whole):
    """Up to 6 decimals."""
    return f"{part / whole:.6f}".rstrip("0").rstrip(".")


def ranking(counts):
    """[(place, sources)]: the most sources first, then by name."""
    return sorted(counts.items(), key=lambda row: (-row[1], row[0]))


class Ranges:
    """Places of addresses: ascending ranges [(first, last, place)], with holes."""

    def __init__(self, rows):
        self.rows = rows
        self.firsts = [first for first, _, _ in rows]

    def place(self, address):
        at = bisect.bisect_right(self.firsts, address) - 1
        return self.rows[at][2] if at >= 0 and address <= self.rows[at][1] else "unknown"


class Darknet:
    """All packets of records (time_ns, frame, length) that went to a telescope: (first, last) address.
    Days begin at midnight of a zone so many minutes east of Greenwich."""

    def __init__(self, records, telescope, minutes_east=0):
        first, last = telescope
        self.size = last - first + 1
        self.packets = []
        for time_ns, frame, _ in records:
            day = (time_ns + minutes_east * 60 * SECOND_NS) // DAY_NS
            packet = take_apart(time_ns, day, frame)
            if packet is not None and first <= packet.destination <= last:
                self.packets.append(packet)
        self.days = sorted({packet.day for packet in self.packets})

    def without_floods(self):
        """The same without all packets of source-days that are flood suspects."""
        rest = object.__new__(Darknet)
        left_out = {(day, source) for day in self.days for source in self.suspects(day)}
        rest.size, rest.days = self.size, self.days
        rest.packets = [p for p in self.packets if (p.day, p.source) not in left_out]
        return rest

    def chosen(self, protocol="tcp", family="*", ports=None, days=None):
        """The packets that a command is asked about."""
        kind = {"tcp": "syn", "udp": "udp"}[protocol]
        for packet in self.packets:
            if (packet.kind == kind and (family == "*" or is_mirai(packet)) and
                    (ports is None or packet.port in ports) and
                    (days is None or days[0] <= packet.day <= days[1])):
                yield packet

    # ---- ports

    def ports(self):
        """{(day, protocol, port, family): (packets, sources)}"""
        packets, sources = collections.Counter(), collections.defaultdict(set)
        for protocol, families in (("tcp", ("*", "mirai")), ("udp", ("*",))):
            for family in families:
                for packet in self.chosen(protocol, family):
                    key = packet.day, protocol, packet.port, family
                    packets[key] += 1
                    sources[key].add(packet.source)
        return {key: (packets[key], len(sources[key])) for key in packets}

    def port_rows(self):
        """The rows of `ports --family '*,mirai'` as lists of text."""
        counts, days = self.ports(), set(self.days)

        def sources_on(day, what):
            return counts.get((day, *what), (0, 0))[1] if day in days else None
        rows = []
        for (day, *what), (packets, sources) in counts.items():
            past = [n for n in (sources_on(day - back, what) for back in range(1, 29)) if n is not None]
            is_new = "no"
            if sources >= 20 and all(sources > 3 * n for n in past):
                is_new = "yes" if len(past) >= 7 else ""
            numbers = (packets, sources, sources_on(day - 1, what), sources_on(day - 7, what),
                       max(past, default=None))
            protocol, port, family = what
            rows.append(((day, protocol, -sources, port, family),
                         [day_text(day), protocol, str(port), family,
                          *("" if n is None else str(n) for n in numbers), is_new]))
        return [row for _, row in sorted(rows)]

    # ---- places and prefixes

    def last_days(self, **choice):
        """{source: the last day on which it sent such a packet}"""
        last = {}
        for packet in self.chosen(**choice):
            last[packet.source] = max(packet.day, last.get(packet.source, packet.day))
        return last

    def places(self, place_of, **choice):
        """[(place, sources)], each source once; place_of(day, address) is asked with its last day."""
        return ranking(collections.Counter(place_of(day, source)
                                           for source, day in self.last_days(**choice).items()))

    def networks_by_country(self, country_of, network_of, **choice):
        """[(country, sources, [(network, sources)])]"""
        last = self.last_days(**choice)
        countries = ranking(collections.Counter(country_of(day, s) for s, day in last.items()))
        return [(country, sources,
                 ranking(collections.Counter(network_of(day, s) for s, day in last.items()
                                             if country_of(day, s) == country)))
                for country, sources in countries]

    def prefixes(self, bits, **choice):
        """[(first address, sources)] of prefixes: the fullest first, then by address."""
        mask = (1 << 32) - (1 << 32 - bits)
        return ranking(collections.Counter(source & mask for source in self.last_days(**choice)))

    # ---- source-days

    def source_days(self, day):
        """{source: all its packets of that day}"""
        found = collections.defaultdict(list)
        for packet in self.packets:
            if packet.day == day:
                found[packet.source].append(packet)
        return found

    def suspects(self, day):
        """The sources of a day that look like those of a flood: with one packet on the whole day, a SYN
        or UDP, within ten seconds (they begin every five) in which at least 1,000 such sources sent one to
        that port, and 20 times as many as in the port's median ten seconds. These are the ten seconds
        that begin where anything was seen to begin or end, and at least twelve of them."""
        seen, singles = set(), collections.defaultdict(list)
        for source, packets in self.source_days(day).items():
            times = [p.time_ns // (5 * SECOND_NS) for p in packets]
            seen.update((min(times), max(times)))
            if len(packets) == 1 and packets[0].kind != "other":
                singles[packets[0].kind, packets[0].port].append((times[0], source))
        found = set()
        for port in singles.values():
            fives = collections.Counter(five for five, _ in port)
            levels = sorted(fives[five] + fives[five + 1] for five in seen)
            levels = [0] * (12 - len(levels)) + levels
            limit = max(1000, 20 * levels[(len(levels) - 1) // 2])
            found |= {source for five, source in port
                      if fives[five - 1] + fives[five] >= limit or fives[five] + fives[five + 1] >= limit}
        return found


class SourceDay:
    """What `sources` says of a source on a day; `packets` are all that it sent, in any order."""

    def __init__(self, packets, family="*"):
        times = [p.time_ns for p in packets]
        mine = [p for p in packets if p.kind == "syn" and (family == "*" or is_mirai(p))]
        self.first_ns, self.last_ns = min(times), max(times)
        self.packets = len(mine)
        self.all_destinations = len({p.destination for p in packets})
        self.destinations = min(self.all_destinations, len(mine))
        self.ports = len({p.port for p in mine})
        self.is_mirai = any(is_mirai(p) for p in packets)
        names = {(False, False): "few", (True, False): "horizontal", (False, True): "vertical",
                 (True, True): "mixed"}
        self.shape = names[self.destinations >= SHAPE_LEAST, self.ports >= SHAPE_LEAST]
