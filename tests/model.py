# SPDX-License-Identifier: MIT
"""A naive hotaru, straight from the definitions (design.md, cli.md), slow and plain.

It shares nothing with the program but the words: frames are taken apart here once
more, sightings are kept in sets, spells are found by walking over them.
"""
import datetime
import fractions
import math
import struct

KINDS = ("unknown_link", "not_ip", "ipv6", "malformed", "cut_short", "outside_telescope",
         "later_fragment", "syn", "syn_ack", "rst", "tcp_other", "udp", "icmp", "other_protocol")
PACKET_KINDS = KINDS[KINDS.index("later_fragment"):]
FAMILIES = ("hajime", "hajime-raw", "mirai", "mirai-2016")  # by name, as the survey prints them
SURVEY_HEADER = ("day,family,packets,sources,new,returned,recovered,cumulative_new,"
                 "cumulative_recovered,active")
LIFETIMES_HEADER = ("family,sources,spells,open_spells,mean_days,median_days,p90_days,"
                    "kaplan_meier_median_days")
TAGS = (0x8100, 0x88a8, 0x9100, 0x9200)
# TCP options that kernels send and raw sockets do not: window scale, SACK permitted, timestamp.
KERNEL_OPTIONS = {3, 4, 8}


class Packet:
    """A frame taken apart. Fields that were not captured are None."""

    def __init__(self, kind):
        self.kind = kind
        self.source_port = self.destination_port = self.seq = self.window = None
        self.flags = 0
        self.options = None  # kinds of TCP options; None: the list was not captured whole
        self.option_bytes = None


# ---- frame -> packet

def decode(link_type, frame):
    if link_type == 101:
        return decode_ip(frame)
    if link_type == 0:
        family = struct.unpack_from("<I", frame)[0] if len(frame) >= 4 else None
        if family is None:
            return Packet("cut_short")
        return decode_ipv4(frame[4:]) if family == 2 else Packet("ipv6" if family == 24 else "not_ip")
    header, type_at = {1: (14, 12), 113: (16, 14), 276: (20, 0)}.get(link_type, (None, None))
    if header is None:
        return Packet("unknown_link")
    if len(frame) < header:
        return Packet("cut_short")
    ethertype = struct.unpack_from(">H", frame, type_at)[0]
    rest = frame[header:]
    while ethertype in TAGS:
        if len(rest) < 4:
            return Packet("cut_short")
        ethertype, rest = struct.unpack_from(">H", rest, 2)[0], rest[4:]
    if ethertype <= 1500 and link_type == 1:
        return decode_llc(rest)
    return decode_ethertype(ethertype, rest)


def decode_ethertype(ethertype, rest):
    if ethertype == 0x86dd:
        return Packet("ipv6")
    if ethertype == 0x8847:
        return decode_mpls(rest)
    if ethertype == 0x8864:
        return decode_pppoe(rest)
    return decode_ipv4(rest) if ethertype == 0x0800 else Packet("not_ip")


def decode_mpls(rest):
    """Labels up to the one with the bottom bit, then IP by its version."""
    bottom = next((at for at in range(0, len(rest) - 3, 4) if rest[at + 2] & 1), None)
    if bottom is None or len(rest) == bottom + 4:
        return Packet("cut_short")
    rest = rest[bottom + 4:]
    if rest[0] >> 4 == 4:
        return decode_ipv4(rest)
    return Packet("ipv6" if rest[0] >> 4 == 6 else "not_ip")


def decode_pppoe(rest):
    """A session's frame with an uncompressed protocol."""
    if len(rest) < 8:
        return Packet("cut_short")
    protocol = struct.unpack_from(">H", rest, 6)[0]
    return decode_ipv4(rest[8:]) if protocol == 0x0021 else Packet("not_ip")


def decode_llc(rest):
    if len(rest) < 3:
        return Packet("cut_short")
    if rest[:3] != b"\xaa\xaa\x03":
        return Packet("not_ip")
    if len(rest) < 8:
        return Packet("cut_short")
    return decode_ethertype(struct.unpack_from(">H", rest, 6)[0], rest[8:])


def decode_ip(frame):
    if not frame:
        return Packet("cut_short")
    return Packet("ipv6") if frame[0] >> 4 == 6 else decode_ipv4(frame)


def decode_ipv4(ip):
    if ip and ip[0] >> 4 != 4:
        return Packet("malformed")
    if len(ip) < 20:
        return Packet("cut_short")
    header = (ip[0] & 15) * 4
    total = struct.unpack_from(">H", ip, 2)[0]
    if header < 20 or total < header:
        return Packet("malformed")
    is_cut = len(ip) < total
    packet = decode_transport(ip, header, total, is_cut)
    packet.tos, packet.ip_id, packet.ttl, packet.protocol = ip[1], ip[4] << 8 | ip[5], ip[8], ip[9]
    packet.source, packet.destination = struct.unpack_from(">II", ip, 12)
    packet.length = total
    return packet


def decode_transport(ip, header, total, is_cut):
    protocol, payload = ip[9], ip[header:total]
    missing = "cut_short" if is_cut else "malformed"
    if (ip[6] << 8 | ip[7]) & 0x1fff:
        return Packet("later_fragment")
    if protocol == 6 and ip[6] & 0x20 and len(payload) == 8:
        missing = "cut_short"  # a first fragment of which the rest is another packet
    if protocol == 6:
        return decode_tcp(payload) if len(payload) >= 14 else Packet(missing)
    if protocol == 17:
        packet = Packet("udp" if len(payload) >= 4 else missing)
        if len(payload) >= 4:
            packet.source_port, packet.destination_port = struct.unpack_from(">HH", payload)
        return packet
    return Packet("icmp" if protocol == 1 else "other_protocol")


def decode_tcp(segment):
    flags = segment[13]
    if flags & 2:
        packet = Packet("syn_ack" if flags & 16 else "syn")
    else:
        packet = Packet("rst" if flags & 4 else "tcp_other")
    packet.source_port, packet.destination_port, packet.seq = struct.unpack_from(">HHI", segment)
    packet.flags = flags
    if len(segment) >= 16:
        packet.window = struct.unpack_from(">H", segment, 14)[0]
    header = (segment[12] >> 4) * 4
    if 20 <= header <= len(segment):
        packet.option_bytes = segment[20:header]
        packet.options = option_kinds(packet.option_bytes)
    return packet


def option_kinds(options):
    kinds, at = set(), 0
    while at < len(options) and options[at] != 0:
        length = 1 if options[at] == 1 else options[at + 1] if at + 1 < len(options) else 0
        if options[at] != 1 and not 2 <= length <= len(options) - at:
            break
        kinds.add(options[at])
        at += length
    return kinds


# ---- packet -> fingerprints

def fingerprints(p):
    if p.kind != "syn":
        return set()
    found = set()
    if p.seq == p.destination and p.flags != 2:
        found.add("mirai-flags")
    elif p.seq == p.destination:
        found.add("mirai")
        if p.destination_port == 23 and p.source_port > 1024:
            found.add("mirai-2016")
    if p.window == 14600:
        found.add("hajime")
        if p.options is not None and not p.options & KERNEL_OPTIONS:
            found.add("hajime-raw")
    if p.ip_id == 54321:
        found.add("zmap")
    if p.ip_id == (p.destination ^ p.destination_port ^ p.seq) & 0xffff:
        found.add("masscan")
    return found | tools(p, found)


def option_list(options):
    """Kinds in their order, nop and end too; None: lengths that cannot be."""
    kinds, at = [], 0
    while at < len(options):
        kind = options[at]
        kinds.append(kind)
        if kind == 0:
            break
        length = 1 if kind == 1 else options[at + 1] if at + 1 < len(options) else 0
        if kind != 1 and not 2 <= length <= len(options) - at:
            return None
        at += length
    return kinds


# Window and options of what unicornscan takes for itself.
UNICORNSCAN = ((4128, [2]), (16384, [2, 1, 1, 4, 1, 3, 1, 1, 8]), (32767, [2, 1, 1, 4]), (12345, []),
               (65535, [2, 1, 3, 1, 1, 8]), (3072, [3, 1, 2, 8, 0]), (5744, [2, 4, 8, 1, 3]))


def tools(p, found):
    if p.options is None or p.flags != 2:
        return set()
    kinds, more = option_list(p.option_bytes), set()
    if p.window == 1024 and kinds == [] and p.ttl >= 200:
        more.add("large-scale-scan")
    if found & {"zmap", "masscan"}:
        return more
    if p.window in (1024, 2048, 3072, 4096) and kinds == [2] and p.length == 44:
        more.add("nmap")
    is_round = p.window % 1024 == 0 and p.window > 0 or p.window == 65535
    if (p.window, kinds) in UNICORNSCAN or is_round and kinds == [] and p.seq != p.destination:
        more.add("unicornscan")
    if p.window == 65535 and kinds == [2, 1, 3, 1, 1, 4] and p.length == 52 and p.ttl <= 64:
        more.add("zmap-4")
    return more


# ---- what a source and day counts for

# Packets that it takes at least where a random SYN matches once in 65,536.
EVIDENCE_MIN = {"hajime": 1, "hajime-raw": 1, "zmap": 2, "masscan": 2}


def counts_for(name, syns, matched):
    """Whether so many SYNs, of which so many match, are evidence of the fingerprint."""
    if name not in EVIDENCE_MIN:
        return matched > 0
    average = fractions.Fraction(syns, 65536)
    if matched < EVIDENCE_MIN[name] or matched < 3 * average:
        return False
    return matched > 70 or average**matched / math.factorial(matched) <= fractions.Fraction(1, 1000)


# ---- captures -> ledger, packets, survey, lifetimes

class Model:
    """What hotaru has to find in captures: a list of (name, link type, records)."""

    # `telescope`: (first, last) addresses, or (first, last, first day, last day) as ordinals.
    def __init__(self, captures, zone=datetime.timezone.utc, telescope=None):
        self.zone, self.telescope = zone, telescope
        self.ledgers = {}
        self.syns = {}       # (day, family): number of packets
        self.matched = {}    # (day, source): number of SYNs by family, "*": all
        self.days = set()    # with any packet
        for name, link_type, records in captures:
            self.ledgers[name] = dict.fromkeys(KINDS, 0)
            for time_ns, frame, _ in records:
                self.take(name, time_ns, decode(link_type, frame))

    def day_of(self, time_ns):
        return datetime.datetime.fromtimestamp(time_ns // 10**9, self.zone).date().toordinal()

    def is_inside(self, time_ns, packet):
        return self.telescope is None or any(
            first <= packet.destination <= last and
            (not days or days[0] <= self.day_of(time_ns) <= days[1])
            for first, last, *days in self.telescope)

    def take(self, name, time_ns, packet):
        if packet.kind in PACKET_KINDS and not self.is_inside(time_ns, packet):
            packet.kind = "outside_telescope"
        self.ledgers[name][packet.kind] += 1
        if packet.kind not in PACKET_KINDS:
            return
        day = self.day_of(time_ns)
        self.days.add(day)
        matched = self.matched.setdefault((day, packet.source), {})
        for family in fingerprints(packet) | ({"*"} if packet.kind == "syn" else set()):
            self.syns[day, family] = self.syns.get((day, family), 0) + 1
            matched[family] = matched.get(family, 0) + 1

    def sightings(self, family):
        """{source: set of days}"""
        found = {}
        for (day, source), matched in self.matched.items():
            if counts_for(family, matched.get("*", 0), matched.get(family, 0)):
                found.setdefault(source, set()).add(day)
        return found

    def all_days(self):
        return range(min(self.days), max(self.days) + 1) if self.days else range(0)

    def ledger(self):
        rows = ["capture,counter,frames"]
        total = dict.fromkeys(KINDS, 0)
        for name, ledger in sorted(self.ledgers.items()):
            rows += ledger_rows(name, ledger)
            for kind in KINDS:
                total[kind] += ledger[kind]
        return rows + ledger_rows("*", total)

    def spells(self, family, gap):
        """[(first day, last day, is it the source's first spell, is it still open)]"""
        found, last_day = [], max(self.days, default=0)
        for days in self.sightings(family).values():
            runs = []
            for day in sorted(days):
                if runs and (gap is None or day - runs[-1][1] - 1 <= gap):
                    runs[-1][1] = day
                else:
                    runs.append([day, day])
            for i, (first, last) in enumerate(runs):
                silent_until = last if gap is None else last + gap
                found.append((first, last, i == 0, silent_until >= last_day))
        return found

    def survey(self, gap):
        rows = {}
        for family in FAMILIES:
            spells, sightings = self.spells(family, gap), self.sightings(family)
            gained = lost = 0
            for day in self.all_days():
                sources = sum(day in days for days in sightings.values())
                new = sum(first == day and is_first for first, _, is_first, _ in spells)
                returned = sum(first == day and not is_first for first, _, is_first, _ in spells)
                recovered = sum(last + 1 == day and not is_open for _, last, _, is_open in spells)
                gained, lost = gained + new + returned, lost + recovered
                date = datetime.date.fromordinal(day).isoformat()
                rows[day, family] = (f"{date},{family},{self.syns.get((day, family), 0)},{sources},"
                                     f"{new},{returned},{recovered},{gained},{lost},{gained - lost}")
        return [SURVEY_HEADER] + [rows[key] for key in sorted(rows)]

    def lifetimes(self, gap):
        return [LIFETIMES_HEADER] + [self.lifetimes_row(family, gap) for family in FAMILIES]

    def lifetimes_row(self, family, gap):
        spells = self.spells(family, gap)
        sources = len(self.sightings(family))
        if not spells:
            return f"{family},0,0,0,,,,"
        lengths = sorted(last - first + 1 for first, last, _, _ in spells)
        n = len(lengths)
        median = (lengths[(n - 1) // 2] + lengths[n // 2]) / 2
        p90 = lengths[-(-9 * n // 10) - 1]  # nearest rank
        return (f"{family},{sources},{n},{sum(is_open for *_, is_open in spells)},"
                f"{real(sum(lengths) / n)},{real(median)},{p90},{kaplan_meier_median(spells)}")


def kaplan_meier_median(spells):
    survival = fractions.Fraction(1)
    lengths = [(last - first + 1, is_open) for first, last, _, is_open in spells]
    for days in range(1, max(length for length, _ in lengths) + 1):
        at_risk = sum(length >= days for length, _ in lengths)
        ended = sum(length == days and not is_open for length, is_open in lengths)
        survival *= 1 - fractions.Fraction(ended, at_risk)
        if survival <= fractions.Fraction(1, 2):
            return str(days)
    return ""


def real(value):
    """Up to 6 decimals."""
    return f"{value:.6f}".rstrip("0").rstrip(".")


def ledger_rows(name, ledger):
    rows = [f"{name},{kind},{ledger[kind]}" for kind in KINDS]
    return rows + [f"{name},frames,{sum(ledger.values())}"]


PACKET_COLUMNS = ("time", "source", "source_port", "destination", "destination_port", "protocol",
                  "flags", "window", "ttl", "tos", "ip_id", "seq", "length", "fingerprints")


def packet_row(time_ns, digits, p):
    """What `hotaru packets` prints, as a dictionary; fingerprints as a sorted list."""
    seconds, rest_ns = divmod(time_ns, 10**9)
    moment = datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc)
    fraction = f"{rest_ns:09d}"[:digits]

    def known(value):
        return "" if value is None else str(value)

    def dotted(number):
        return ".".join(str(number >> shift & 255) for shift in (24, 16, 8, 0))
    return {
        "time": f"{moment:%Y-%m-%dT%H:%M:%S}.{fraction}Z",
        "source": dotted(p.source), "source_port": known(p.source_port),
        "destination": dotted(p.destination), "destination_port": known(p.destination_port),
        "protocol": {6: "tcp", 17: "udp", 1: "icmp"}.get(p.protocol, str(p.protocol)),
        "flags": "".join(letter for bit, letter in enumerate("FSRPAUEC") if p.flags >> bit & 1),
        "window": known(p.window), "ttl": str(p.ttl), "tos": str(p.tos), "ip_id": str(p.ip_id),
        "seq": known(p.seq), "length": str(p.length), "fingerprints": sorted(fingerprints(p)),
    }
