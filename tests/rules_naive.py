# SPDX-License-Identifier: MIT
"""Association rules, counted a second time: plain Python over the packets of captures.

Straight from the words of doc/rules.md: the sources of a day are numbered, what has a property is a set
of them (an integer, a bit a source), and every itemset is looked at by intersecting such sets, item after
item (Apriori: what is not frequent has no frequent superset). Nothing is shared with the program, and
numbers are integers or fractions until they are compared.
"""
import collections
import datetime
import fractions
import functools
import itertools
import math

import model
from darknet_naive import day_text

# Of SYNs, but for the last three; in this order they stand in a rule.
FIELDS = ("window", "dport", "ttl", "tos", "sport", "ip_id", "length", "flags", "options", "mss", "destination",
          "udp_port", "backscatter_port")
SYN_FIELDS = FIELDS[:10]
# The kinds of packets that have a field: their sources have transactions of it, though they may be empty.
KINDS_OF = {**dict.fromkeys(SYN_FIELDS, {"syn"}), "destination": set(model.PACKET_KINDS), "udp_port": {"udp"},
            "backscatter_port": {"syn_ack", "rst"}}
FIELDS_OF = {kind: [field for field in FIELDS if kind in KINDS_OF[field]] for kind in model.PACKET_KINDS}
BUCKET_ABOVE = 32
ALPHA = fractions.Fraction(1, 20)
OPTION_NAMES = {0: (1, "end"), 1: (2, "nop"), 2: (3, "mss"), 3: (4, "window_scale"), 4: (5, "sack_permitted"),
                8: (6, "timestamp")}
COLUMNS = ("day", "antecedent", "consequent", "support", "antecedent_support", "confidence", "lift",
           "target_sources", "mirai_sources", "mirai_share", "leverage", "conviction", "improvement", "p_value",
           "one_packet_sources", "mirai_any_port_sources", "mirai_any_port_share")


# ---- packets -> values

def option_layout(options):
    """(number, text) of the order of TCP options: three bits an option, up to ten."""
    number, names, at = 0, [], 0
    while at < len(options):
        kind = options[at]
        length = 1 if kind < 2 else options[at + 1] if at + 1 < len(options) else 0
        if kind > 1 and not 2 <= length <= len(options) - at:
            return number | 1 << 31, ",".join([*names[:10], *(["more"] if len(names) > 10 else []), "malformed"])
        code, name = OPTION_NAMES.get(kind, (7, "other"))
        number |= code << 3 * len(names) if len(names) < 10 else 1 << 30
        names.append(name)
        at += length
        if kind == 0:
            break
    return number, ",".join([*names[:10], *(["more"] if len(names) > 10 else [])]) or "none"


def maximum_segment_size(options):
    """Of the last such option that has the right length."""
    found, at = None, 0
    while at < len(options) and options[at] != 0:
        length = 1 if options[at] == 1 else options[at + 1] if at + 1 < len(options) else 0
        if options[at] != 1 and not 2 <= length <= len(options) - at:
            break
        if options[at] == 2 and length == 4:
            found = options[at + 2] << 8 | options[at + 3]
        at += length
    return found


def values_of(packet):
    """{field: value} of what is known of it; of an option list the value is (number, text)."""
    values = {"destination": packet.destination}
    if packet.kind == "syn":
        values |= {"window": packet.window, "dport": packet.destination_port, "ttl": packet.ttl,
                   "tos": packet.tos, "sport": packet.source_port, "ip_id": packet.ip_id,
                   "length": packet.length, "flags": packet.flags}
        if packet.option_bytes is not None:
            values |= {"options": option_layout(packet.option_bytes),
                       "mss": maximum_segment_size(packet.option_bytes)}
    elif packet.kind == "udp":
        values["udp_port"] = packet.destination_port
    elif packet.kind in ("syn_ack", "rst"):
        values["backscatter_port"] = packet.source_port
    return {field: value for field, value in values.items() if value is not None}


class SourceDay:
    """What a source sent on a day, or on several."""

    def __init__(self):
        self.fields = set()  # of which it has a transaction
        self.counts = collections.defaultdict(collections.Counter)  # field: {value: packets}
        self.packets = collections.Counter()  # by kind
        self.mirai = self.mirai_any_port = 0

    def take(self, packet):
        self.packets[packet.kind] += 1
        found = model.fingerprints(packet)
        self.mirai += "mirai-2016" in found
        self.mirai_any_port += "mirai" in found and packet.source_port > 1024
        self.fields.update(FIELDS_OF[packet.kind])
        for field, value in values_of(packet).items():
            self.counts[field][value] += 1

    def add(self, other):
        self.packets.update(other.packets)
        self.mirai += other.mirai
        self.mirai_any_port += other.mirai_any_port
        self.fields |= other.fields
        for field, counts in other.counts.items():
            self.counts[field].update(counts)

    def is_mirai_host(self):
        return self.mirai * 100 > self.packets["syn"] * 90

    def is_mirai_host_on_any_port(self):
        return self.mirai_any_port * 100 > self.packets["syn"] * 90

    def items(self, field, with_buckets):
        values = self.counts[field]
        if not with_buckets or len(values) <= BUCKET_ABOVE:
            return [(FIELDS.index(field), 0, value) for value in values]
        above = BUCKET_ABOVE
        while 2 * above < len(values):
            above *= 2
        return [(FIELDS.index(field), 1, above)]

    def surely_in_one_packet(self, items):
        """Whether the values came in so many packets that one had them all (Frechet's bound)."""
        packets = sum(self.counts[FIELDS[field]][value] for field, _, value in items)
        kinds = set().union(*(KINDS_OF[FIELDS[field]] for field, _, _ in items))
        return packets - (len(items) - 1) * sum(self.packets[kind] for kind in kinds) > 0


def source_days(captures, zone, telescope=None, leave_out=()):
    """{day: {source: SourceDay}} of captures (name, link type, records), days since 1970."""
    frames = model.Model([], zone, telescope)
    epoch = datetime.date(1970, 1, 1).toordinal()
    days = collections.defaultdict(functools.partial(collections.defaultdict, SourceDay))
    for _, link_type, records in captures:
        for time_ns, frame, _ in records:
            packet = model.decode(link_type, frame)
            if packet.kind not in model.PACKET_KINDS or not frames.is_inside(time_ns, packet):
                continue
            day = frames.day_of(time_ns) - epoch
            if (day, packet.source) not in leave_out:
                days[day][packet.source].take(packet)
    return days


def item_text(item):
    field, is_bucket, value = item
    name = FIELDS[field]
    if is_bucket:
        return f"{name}={value + 1}-{2 * value}_values"
    if name == "destination":
        return f"{name}={'.'.join(str(value >> shift & 255) for shift in (24, 16, 8, 0))}"
    return f"{name}={value[1] if name == 'options' else value}"


# ---- sets of sources

Rule = collections.namedtuple("Rule", "antecedent consequent support antecedent_support")


def exact_tail(k, n, marked, drawn):
    """P(at least k of `drawn` are marked), where `marked` of n are: Fisher's exact test, as fraction."""
    ways = these = math.comb(marked, k) * math.comb(n - marked, drawn - k)
    for i in range(k, min(marked, drawn)):
        these = these * (marked - i) * (drawn - i) // ((i + 1) * (n - marked - drawn + i + 1))
        ways += these
    return fractions.Fraction(ways, math.comb(n, drawn))


class Transactions:
    """Those of one day (or several), of one field or across several."""

    def __init__(self, sources, fields, with_buckets=True):
        self.sources = [s for s in sources if any(field in s.fields for field in fields)]
        self.n = len(self.sources)
        self.everybody = (1 << self.n) - 1
        self.with_item, self.using = collections.Counter(), collections.Counter()  # item: set of sources
        self.mirai = self.mirai_any_port = 0
        for i, source in enumerate(self.sources):
            self.mirai |= source.is_mirai_host() << i
            self.mirai_any_port |= source.is_mirai_host_on_any_port() << i
            for field in fields:
                items = source.items(field, with_buckets)
                for item in items:
                    self.with_item[item] |= 1 << i
                for item in {*items, *source.items(field, False)}:
                    self.using[item] |= 1 << i

    def support(self, items):
        return self.all_with(items).bit_count()

    def all_with(self, items, of=None):
        of = self.with_item if of is None else of
        return functools.reduce(int.__and__, (of[item] for item in items), self.everybody)

    def frequent(self, support_min, items_max=None):
        """{itemset: support}, itemsets as ascending tuples; those of one item, then of two, ..."""
        found = {}
        row = [((item,), having) for item, having in sorted(self.with_item.items())
               if having.bit_count() >= support_min]
        while row and (items_max is None or len(row[0][0]) <= items_max):
            found |= {items: having.bit_count() for items, having in row}
            following = []
            for at, (items, having) in enumerate(row):
                # Behind it stand the sets that differ in the last item only.
                for other, other_having in itertools.takewhile(lambda r, i=items: r[0][:-1] == i[:-1],
                                                               row[at + 1:]):
                    both = having & other_having
                    if both.bit_count() >= support_min:
                        following.append((items + other[-1:], both))
            row = following
        return found


class Rules:
    """Rules X => Y of transactions, and what is said of them."""

    def __init__(self, transactions, support_min, confidence_min, items_max=None, consequents=1):
        self.of = transactions
        self.supports = {(): transactions.n, **transactions.frequent(support_min, items_max)}
        self.all, self.p_values = [], {}
        for items, support in self.supports.items():
            for size in range(1, min(consequents, len(items) - 1) + 1):
                for consequent in itertools.combinations(items, size):
                    antecedent = tuple(item for item in items if item not in consequent)
                    if support / self.supports[antecedent] >= confidence_min:
                        self.all.append(Rule(antecedent, consequent, support, self.supports[antecedent]))

    def joint(self, antecedent, consequent):
        return self.supports[tuple(sorted(antecedent + consequent))]

    def shorter(self, rule):
        """X without one of its items, each."""
        return [rule.antecedent[:i] + rule.antecedent[i + 1:] for i in range(len(rule.antecedent))]

    def is_minimal(self, rule):
        return all(self.supports[part] > rule.antecedent_support for part in self.shorter(rule))

    def improvement(self, rule):
        parts = (part for size in range(len(rule.antecedent))
                 for part in itertools.combinations(rule.antecedent, size))
        best = max(fractions.Fraction(self.joint(part, rule.consequent), self.supports[part]) for part in parts)
        return fractions.Fraction(rule.support, rule.antecedent_support) - best

    def p_value(self, rule):
        if rule not in self.p_values:
            self.p_values[rule] = max(
                exact_tail(rule.support, self.supports[part], self.joint(part, rule.consequent),
                           rule.antecedent_support) for part in self.shorter(rule))
        return self.p_values[rule]

    def is_better(self, rule):
        """Whether every shorter rule has a lower confidence."""
        return all(rule.support * self.supports[part] > self.joint(part, rule.consequent) * rule.antecedent_support
                   for part in self.shorter(rule))

    def productive(self, alpha):
        """Of minimal antecedent, better than each shorter rule, and no accident by Holm's method."""
        tests = sorted((rule for rule in self.all if self.is_minimal(rule)), key=self.p_value)
        found = []
        for i, rule in enumerate(tests):
            if self.p_value(rule) * (len(tests) - i) > alpha:
                break
            if self.is_better(rule):
                found.append(rule)
        return found

    # ---- rows

    def row(self, day, rule, is_across=False):
        n = self.of.n
        items = sorted(rule.antecedent + rule.consequent)
        support, body, head = rule.support, rule.antecedent_support, self.supports[rule.consequent]
        targets = self.of.all_with(items, self.of.using)
        mirai, any_port = ((targets & hosts).bit_count() for hosts in (self.of.mirai, self.of.mirai_any_port))
        confidence = fractions.Fraction(support, body)
        return [day_text(day), *(";".join(map(item_text, side)) for side in (rule.antecedent, rule.consequent)),
                support, body, confidence, confidence / fractions.Fraction(head, n), targets.bit_count(), mirai,
                fractions.Fraction(mirai, targets.bit_count()),
                fractions.Fraction(support, n) - fractions.Fraction(body * head, n * n),
                "" if confidence == 1 else (1 - fractions.Fraction(head, n)) / (1 - confidence),
                self.improvement(rule), Small(self.p_value(rule)), self.one_packet(items, targets) if is_across else "",
                any_port, fractions.Fraction(any_port, targets.bit_count())]

    def one_packet(self, items, targets):
        fields = [FIELDS[field] for field, _, _ in items]
        if len(set(fields)) < len(fields) or any(is_bucket for _, is_bucket, _ in items) or \
                not set.intersection(*(KINDS_OF[field] for field in fields)):
            return ""
        return sum(source.surely_in_one_packet(items) for i, source in enumerate(self.of.sources)
                   if targets >> i & 1)


class Small(fractions.Fraction):
    """A number that is written with three significant digits, or as 0 below 1e-300."""

    def is_written_as(self, text):
        if self < fractions.Fraction(1, 10**300):
            return text == "0"
        unit = fractions.Fraction(10) ** (math.floor(math.log10(self)) - 2)
        return f"{float(text):.3g}" == text and abs(fractions.Fraction(text) - self) <= unit * 500001 / 10**6


def is_written_as(value, text):
    """Whether a cell says it: texts and integers as they are, fractions with up to 6 decimals."""
    if isinstance(value, Small):
        return value.is_written_as(text)
    if not isinstance(value, fractions.Fraction):
        return str(value) == text
    _, point, decimals = text.partition(".")
    is_short = len(decimals) <= 6 and (not point or decimals[-1:] not in ("", "0"))
    # What lies halfway between two numbers may be either of them: the program computes in binary.
    return is_short and abs(fractions.Fraction(text) - value) <= fractions.Fraction(500001, 10**12)


def rows(days, wish):
    """Rows of `hotaru rules`, measures as fractions. `wish`: fields, support, confidence, and what may be left
    out: is_across, items_max, consequents, window_days, with_buckets, is_all, alpha, first and last day."""
    found = []
    for day in sorted(days):
        if not wish.get("first", day) <= day <= wish.get("last", day):
            continue
        sources = merged(days, day, wish.get("window_days", 1))
        groups = [wish["fields"]] if wish.get("is_across") else [[field] for field in wish["fields"]]
        of_day = []
        for group in groups:
            rules = Rules(Transactions(sources, group, wish.get("with_buckets", True)), wish["support"],
                          wish["confidence"], wish.get("items_max"), wish.get("consequents", 1))
            listed = rules.all if wish.get("is_all") else rules.productive(wish.get("alpha", ALPHA))
            of_day += [rules.row(day, rule, wish.get("is_across", False)) for rule in listed]
        found += sorted(of_day, key=lambda row: (-row[3], row[1].encode(), row[2].encode()))
    return found


def merged(days, last, count):
    """The sources of several days, each with all that it used."""
    if count == 1:
        return list(days[last].values())
    sources = collections.defaultdict(SourceDay)
    for day in range(last - count + 1, last + 1):
        for source, sent in days.get(day, {}).items():
            sources[source].add(sent)
    return list(sources.values())
