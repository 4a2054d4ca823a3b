#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""`ports`, `places`, `prefixes`, `shapes` and `sources` against a second count of the same packets.

The packets are five weeks of a simulated telescope, with what it lacks put in: floods with forged
sources, a crowd that comes in one flash, scans of many ports. darknet_naive.py counts them;
countries and networks come from tables of ranges that are made here. DARKNET_DAYS=184 makes it the
whole half-year, DARKNET_SCALE more hosts: both cost minutes.
"""
import calendar
import collections
import csv
import functools
import math
import os
import pathlib
import re
import random

from darknet_naive import (EXACT_DESTINATIONS, Darknet, Ranges, SourceDay, day_text, share_text,
                           time_text)
from harness import (DAY_NS, address, case, check, csv_of, dotted, equal, ethernet, fixture_copy, hotaru, ipv4, pcap,
                     read_pcap, record, run_cases, succeed, syn, udp, write)

TELESCOPE = (address("198.51.0.0"), address("198.51.255.255"))
BEGIN_NS = calendar.timegm((2016, 7, 1, 0, 0, 0)) * 10**9
BEGIN = BEGIN_NS // DAY_NS
DAYS, SCALE = int(os.environ.get("DARKNET_DAYS", 35)), os.environ.get("DARKNET_SCALE", "0.003")
CHANGE = 20  # the day from which on the second table of countries holds
FLOOD_DAYS = {10: 2500, 12: 1500}  # day: forged sources
FLASH_DAY, SCAN_DAY = 25, 15
COUNTRIES = ("BR", "CN", "GB", "IN", "JP", "KR", "MU", "SG", "TW", "US", "VN")


# ---- the packets

def at(day, seconds):
    return BEGIN_NS + day * DAY_NS + int(seconds * 10**6) * 1000


def one_syn(time_ns, source, destination, **more):
    return record(time_ns, ethernet(syn(source, TELESCOPE[0] + destination, **more)))


def floods(rng):
    """SYNs within two seconds, and UDP within four: each forged source sends one."""
    for source in range(FLOOD_DAYS[10]):
        yield one_syn(at(10, 43199.3 + 1.5 * rng.random()), address("1.0.0.0") + source * 1400003,
                      rng.randrange(65536), port=8080)
    for source in range(FLOOD_DAYS[12]):
        packet = ipv4(address("1.0.0.1") + source * 2300003, TELESCOPE[0] + 5, 17, udp(4444, 1900))
        yield record(at(12, 7001 + 4 * rng.random()), ethernet(packet))


def flash(rng):
    """Scanners that all begin within eight seconds, on a port that was silent until then; most come
    back, and so are no flood."""
    for n in range(1300):
        source, begin = address("12.0.0.0") + n * 997, 60000 + 8 * rng.random()
        for again in range(1 if n < 300 else 3):
            yield one_syn(at(FLASH_DAY, begin + again * 400), source, rng.randrange(65536), port=5555,
                          seq=None if n % 2 else 77)


def scans(rng):
    """Of many ports, of many addresses, of both."""
    for source, destinations, ports in (("13.0.0.1", 3, 300), ("13.0.0.2", 2000, 2), ("13.0.0.3", 40, 40),
                                        ("13.0.0.4", 4, 5), ("13.0.0.5", 5, 4), ("13.0.0.6", 64, 1)):
        for n in range(max(destinations, ports) * 2):
            yield one_syn(at(SCAN_DAY, rng.randrange(86400)), address(source), n % destinations * 7,
                          port=1000 + n % ports)


@functools.cache
def packets():
    """All records, in order of time."""
    succeed("simulate", "-q", "--scenario", "mirai-2016", "--scale", SCALE, "--days", DAYS, "--seed",
            "9", "-o", "simulated.pcap")
    _, records = read_pcap(pathlib.Path("simulated.pcap").read_bytes())
    rng = random.Random(2016)
    records += [*floods(rng), *flash(rng), *scans(rng)]
    return sorted(records, key=lambda one: one[0])


@functools.cache
def naive(minutes_east=0):
    return Darknet(packets(), TELESCOPE, minutes_east)


@functools.cache
def naive_without_floods():
    return naive().without_floods()


def store(zone="UTC"):
    """A store of the packets, taken in as three captures; returns its name."""
    def make(folder):
        rng = random.Random(5)
        hands = [[], [], []]
        for one in packets():
            hands[rng.randrange(3)].append(one)
        names = [write(f"hand {i}.pcap", pcap(hand)).name for i, hand in enumerate(hands)]
        succeed("ingest", "-q", "-s", folder, "--zone", zone, "--telescope", "198.51.0.0/16", *names)
    return fixture_copy(f"darknet, {DAYS} days, {SCALE}, {zone}", make, "store")


# ---- the databases

def ranges(seed, places):
    """All of IPv4 in ranges of many sizes; an eighth of them is nobody's."""
    rng = random.Random(seed)
    rows, first = [], 0
    while first < 1 << 32:
        last = min(first + (1 << rng.randrange(8, 23)) * rng.randrange(1, 8), 1 << 32) - 1
        if rng.randrange(8):
            rows.append((first, last, rng.choice(places)))
        first = last + 1
    return Ranges(rows)


NETWORKS = tuple(f"AS{number}" for number in range(64500, 64560))
EARLY, LATE, NETWORK = ranges(1, COUNTRIES), ranges(2, COUNTRIES[3:]), ranges(3, NETWORKS)


def network_name(network):
    return "" if network == "unknown" else f'"{network}" Networks, Ltd. 株式会社'


def country_of(day, source):
    return (EARLY if day < BEGIN + CHANGE else LATE).place(source)


def network_of(_, source):
    return NETWORK.place(source)


def write_tables():
    """Writes them; returns the options that name them."""
    for name, table in (("early.csv", EARLY), ("late.csv", LATE)):
        lines = [f"{dotted(first)},{dotted(last)},{place}\n" for first, last, place in table.rows]
        write(name, "".join(lines).encode())
    with open("networks.csv", "w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([dotted(first), dotted(last), place[2:], network_name(place)]
                                   for first, last, place in NETWORK.rows)
    change, before = day_text(BEGIN + CHANGE), day_text(BEGIN + CHANGE - 1)
    return ("--country-db", f"early.csv@..{before},late.csv@{change}.."), ("--asn-db", "networks.csv")


# ---- what is compared

def rows_of(*words):
    """Rows of a command's CSV, without its header."""
    return list(csv.reader(csv_of(*words).splitlines()))[1:]


CHOICES = (
    ((), {}),
    (("--family", "mirai"), {"family": "mirai"}),
    (("--port", "23"), {"ports": {23}}),
    (("--port", "2323,5555,7547"), {"ports": {2323, 5555, 7547}}),
    (("--protocol", "udp"), {"protocol": "udp"}),
    (("--family", "mirai", "--port", "5555"), {"family": "mirai", "ports": {5555}}),
    (("--from", day_text(BEGIN + 5), "--to", day_text(BEGIN + 16)), {"days": (BEGIN + 5, BEGIN + 16)}),
)


def ranked(rows):
    """(place, sources) with the share of all, as text."""
    whole = sum(sources for _, sources in rows)
    return [[place, str(sources), share_text(sources, whole)] for place, sources in rows]


def without_names(rows):
    return [[place, sources, share] for place, _, sources, share in rows]


# ---- cases

@case
def the_packets_are_telling(_):
    """Counts of nothing would prove nothing."""
    counts = naive()
    check(len(counts.days) == DAYS, f"{len(counts.days)} days")
    check(len(counts.last_days()) > 5000, "few sources")
    check(len(counts.last_days(family="mirai")) > 500, "few of Mirai")
    check(len(counts.last_days(protocol="udp")) > FLOOD_DAYS[12], "few of UDP")
    check(any(row[-1] == "yes" and row[2] == "5555" for row in counts.port_rows()), "no port is new")
    for day, sources in FLOOD_DAYS.items():
        suspects = len(counts.suspects(BEGIN + day))
        check(sources - 20 <= suspects <= sources + 20, f"{suspects} suspects on day {day}")
    check(not counts.suspects(BEGIN + FLASH_DAY), "the flash is suspected")
    moved = sum(EARLY.place(s) != LATE.place(s) for s in counts.last_days())
    check(moved > 1000, "few sources move between the tables")
    check(dict(counts.places(country_of)).get("unknown", 0) > 100, "few are unknown")


@case
def ports_of_every_day(_):
    """In two zones, from a store of pieces and from a compacted one."""
    for zone, minutes_east in (("UTC", 0), ("+09:00", 540)):
        want = naive(minutes_east).port_rows()
        name = store(zone)
        equal(rows_of("ports", "-s", name, "--family", "*,mirai"), want, f"ports, {zone}")
        succeed("compact", "-q", "-s", name)
        equal(rows_of("ports", "-s", name, "--family", "*,mirai"), want, f"ports, {zone}, compacted")
        new = [row for row in want if row[-1] == "yes"]
        equal(rows_of("ports", "-s", name, "--family", "*,mirai", "--new"), new, f"new ports, {zone}")
        pathlib.Path(name).rename(f"store of {minutes_east}")


@case
def countries_and_networks(_):
    """Each source once, where it was on its last day; whatever is asked for."""
    countries, networks = write_tables()
    name = store()
    for words, choice in CHOICES:
        for by, options, place_of in (("country", countries, country_of), ("asn", networks, network_of)):
            rows = rows_of("places", "-s", name, "--by", by, *options, *words)
            equal(without_names(rows), ranked(naive().places(place_of, **choice)), f"{by} {words}")
            if by == "asn":
                equal([row[1] for row in rows if row[0] != "unknown"],
                      [network_name(row[0]) for row in rows if row[0] != "unknown"], "names")


@case
def without_a_database_all_are_unknown(_):
    name, sources = store(), len(naive().last_days())
    for by in ("country", "asn"):
        equal(without_names(rows_of("places", "-s", name, "--by", by)),
              [["unknown", str(sources), "1"]], by)


@case
def ports_side_by_side(_):
    """Table 1 of the publication: the top countries of each port."""
    countries, _ = write_tables()
    ports = (23, 2323, 5555)
    rows = rows_of("places", "-s", store(), *countries, "--across", "--port", "23,2323,5555", "--top", "5")
    columns = [ranked(naive().places(country_of, ports={port})) for port in ports]
    for rank in range(5):
        want = [cell for column in columns
                for cell in (column[rank] if rank < len(column) else ["", "", ""])]
        row = rows[rank] if rank < len(rows) else [""] * 13
        got = [cell for at in range(1, 13, 4) for cell in (row[at], row[at + 2], row[at + 3])]
        equal((row[0], got), (str(rank + 1), want), f"rank {rank + 1}")
    rest = rows[5] if len(rows) > 5 else [""] * 13
    want = [str(sum(int(row[1]) for row in column[5:])) if len(column) > 5 else "" for column in columns]
    equal([rest[3], rest[7], rest[11]], want, "all others")


@case
def networks_within_countries(_):
    """Table 2: the top networks of each country; all add up."""
    countries, networks = write_tables()
    rows = rows_of("places", "-s", store(), "--by", "asn", "--per-country", *countries, *networks)
    want = naive().networks_by_country(country_of, network_of)
    whole = len(naive().last_days())
    equal([[row[0], row[2], row[3], row[4], row[6], row[7]] for row in rows],
          [[country, str(all_of), share_text(all_of, whole), network, str(n), share_text(n, all_of)]
           for country, all_of, inside in want for network, n in inside], "networks by country")


@case
def prefixes_of_any_length(_):
    name = store()
    for bits in (8, 16, 20, 24):
        for words, choice in CHOICES:
            found, sum_so_far, want = naive().prefixes(bits, **choice), 0, []
            whole = sum(sources for _, sources in found)
            for rank, (first, sources) in enumerate(found, 1):
                sum_so_far += sources
                want.append([str(rank), f"{dotted(first)}/{bits}", str(sources), str(sum_so_far),
                             share_text(sum_so_far, whole)])
            equal(rows_of("prefixes", "-s", name, "--bits", bits, *words), want, f"/{bits} {words}")
    for bits in (16, 24):
        found = [(f"{dotted(first)}/{bits}", sources) for first, sources in naive().prefixes(bits)]
        equal(without_names(rows_of("places", "-s", name, "--by", f"prefix{bits}")), ranked(found),
              f"places by /{bits}")


def source_day_rows(day, family):
    """[(source, SourceDay, is it suspected)] of a day, by source."""
    suspects = naive().suspects(day)
    found = ((source, SourceDay(sent, family), source in suspects)
             for source, sent in sorted(naive().source_days(day).items()))
    return [row for row in found if row[1].packets > 0]


@functools.cache
def all_source_days(family):
    return [(day, *row) for day in naive().days for row in source_day_rows(day, family)]


@case
def source_days(_):
    """Each with its times, destinations, ports, rates, shape and suspicion."""
    name = store()
    for family in ("*", "mirai"):
        rows = rows_of("sources", "-s", name, "--family", family)
        want = all_source_days(family)
        if not equal(len(rows), len(want), f"source-days of {family}"):
            continue
        seconds = {}
        for row, (day, source, s, is_suspect) in zip(rows, want):
            equal([*row[:5], row[6], row[9], row[10]],
                  [day_text(day), dotted(source), time_text(s.first_ns), time_text(s.last_ns),
                   str(s.packets), str(s.ports), s.shape, "yes" if is_suspect else "no"], f"row of {family}")
            check_destinations(row, s)
            check_rates(row, s, seconds.setdefault(day, []))
            equal("mirai" in row[11].split(";"), s.is_mirai, f"{row[:2]} is of Mirai")
        for day, found in seconds.items():
            check(0 < max(found) < 86400.5 and max(found) - min(found) < 1,
                  f"{day_text(day)}: rates of a day of {min(found)} to {max(found)} seconds")


def check_destinations(row, s):
    """Exact, or beyond 64 estimated with a standard error of 13 per cent."""
    got = int(row[5])
    if s.all_destinations <= EXACT_DESTINATIONS:
        equal(got, s.destinations, f"destinations of {row[:2]}")
    else:
        check(abs(got - s.destinations) <= 0.5 * s.destinations, f"destinations of {row[:2]}: {got}")


def check_rates(row, s, seconds):
    """The rate of a day tells how many seconds it is taken to have: the same for all of a day."""
    times = 2**32 / naive().size
    seconds.append(s.packets * times / float(row[7]))
    if s.packets > 1 and s.last_ns > s.first_ns:
        want = (s.packets - 1) * times / ((s.last_ns - s.first_ns) / 10**9)
        check(math.isclose(float(row[8]), want, rel_tol=1e-6, abs_tol=1e-6),
              f"rate while seen of {row[:2]}: {row[8]}, want {want}")
    elif s.packets == 1:
        equal(row[8], "", f"rate while seen of {row[:2]}")


def shape_rows(family, with_floods):
    """Rows of `shapes` of one family."""
    for day in naive().days:
        found = [row[2:] for row in all_source_days(family) if row[0] == day]
        for shape in ("few", "horizontal", "vertical", "mixed"):
            mine = [(s, suspected) for s, suspected in found if s.shape == shape]
            suspects = sum(suspected for _, suspected in mine)
            counted = [s for s, suspected in mine if with_floods or not suspected]
            yield [day_text(day), family, shape, str(len(counted)), str(sum(s.packets for s in counted)),
                   str(suspects)]


@case
def shapes_of_scanning(_):
    name = store()
    for words, with_floods in (((), True), (("--without-floods",), False)):
        want = sorted([*shape_rows("*", with_floods), *shape_rows("mirai", with_floods)],
                      key=lambda row: row[:2])
        equal(rows_of("shapes", "-s", name, "--family", "*,mirai", *words), want, f"shapes {words}")
    check(any(row[5] != "0" for row in want), "nothing is suspected")


@case
def floods_are_left_out_of_every_table(_):
    """If somebody asks for it; and then it is said."""
    countries, _ = write_tables()
    name, rest = store(), naive_without_floods()
    equal(rows_of("ports", "-s", name, "--family", "*,mirai", "--without-floods"), rest.port_rows(), "ports")
    equal(without_names(rows_of("places", "-s", name, *countries, "--without-floods")),
          ranked(rest.places(country_of)), "places")
    equal([row[1:3] for row in rows_of("prefixes", "-s", name, "--bits", "24", "--without-floods")],
          [[f"{dotted(first)}/24", str(sources)] for first, sources in rest.prefixes(24)], "prefixes")
    suspects = {}
    for day in naive().days:
        sources = naive().source_days(day)
        suspects.update({(day, s): sources[s][0].kind for s in naive().suspects(day)})
    syns = sum(kind == "syn" for kind in suspects.values())
    for command, left_out in (("ports", len(suspects)), ("places", syns), ("prefixes", syns),
                              ("shapes", syns), ("sources", syns)):
        result = hotaru(command, "-s", name, "--without-floods", "--format", "csv")
        said = result.err.decode("utf-8", "replace")
        check(str(left_out) in said.replace(",", ""), f"{command} does not say {left_out}: {said[:300]!r}")


@case
def the_report_has_the_same_tables(_):
    """The files beside the page are what the commands print, which are compared above; and the last
    day's numbers on the page are those of the count."""
    countries, networks = write_tables()
    name, last = store(), max(naive().days)
    across = "23,2323,22,2222,5358,7547,80,81,88,8080"
    for more in ((), ("--without-floods",)):
        succeed("report", "-q", "-s", name, "-o", "page", *countries, *networks, *more)
        recent = ("-s", name, "--from", day_text(last - 27), *more)
        where = ("places", *recent, *countries)
        whose = ("places", *recent, "--by", "asn", *networks)
        prefixes = csv_of("prefixes", *recent) + \
            csv_of("prefixes", *recent, "--bits", "24").split("\n", 1)[1]
        for file, want in (
                ("ports.csv", csv_of("ports", "-s", name, "--top", "20", *more)),
                ("countries.csv", csv_of(*where)),
                ("countries-by-port.csv", csv_of(*where, "--across", "--port", across, "--top", "20")),
                ("networks.csv", csv_of(*whose)),
                ("networks-by-country.csv", csv_of(*whose, *countries, "--per-country", "--top", "20")),
                ("prefixes.csv", prefixes)):
            equal(pathlib.Path("page", file).read_text("utf-8"), want, f"{file} {more}")
    page = pathlib.Path("page", "index.html").read_text("utf-8")
    for row in naive_without_floods().port_rows():
        if row[:2] == [day_text(last), "tcp"] and row[2:4] == ["23", "*"]:
            check(f"{int(row[5]):,}" in page, f"port 23 has {row[5]} sources, which the page does not say")


@case
def ports_are_drawn_that_have_most(_):
    """Six of the last day, six of all days; equals by protocol and number."""
    countries, networks = write_tables()
    name, last = store(), max(naive().days)
    day, every = collections.Counter(), collections.Counter()
    for row in rows_of("ports", "-s", name, "--top", "12"):
        if row[3] == "*" and row[5].isdigit():
            every[row[1] == "udp", int(row[2])] += int(row[5])
            day[row[1] == "udp", int(row[2])] += int(row[5]) * (row[0] == day_text(last))
    order = lambda counts: [port for port, count in sorted(counts.items(), key=lambda item: (-item[1], item[0])) if count]
    chosen = order(day)[:6]
    chosen += [port for port in order(every) if port not in chosen][:12 - len(chosen)]
    succeed("report", "-q", "-s", name, "-o", "drawn", *countries, *networks)
    title = re.search('<figure id="ports-days"><h3>[^<0-9]*([^<]*)</h3>', pathlib.Path("drawn/index.html").read_text("utf-8"))
    equal(title[1].split(", "), [f"{number}{'/UDP' * is_udp}" for is_udp, number in chosen], "ports")


@case
def ones_own_come_first(_):
    """The numbers are those of the tables; whoever is named and was not seen has none."""
    countries, networks = write_tables()
    name, last = store(), max(naive().days)
    recent = ("-s", name, "--from", day_text(last - 27))
    of_country = {row[0]: row[2] for row in rows_of("places", *recent, *countries)}
    of_network = {row[0]: row[2] for row in rows_of("places", *recent, "--by", "asn", *networks)}
    prefix, count = [row[1:3] for row in rows_of("prefixes", *recent)][2]
    country, network = list(of_country)[3], list(of_network)[5]
    own = ((country, of_country[country]), (network, of_network[network]), (prefix, count), ("AS4294967295", "0"))
    succeed("report", "-q", "-s", name, "-o", "own", *countries, *networks, "--home", ",".join(one for one, _ in own).lower())
    page = pathlib.Path("own", "index.html").read_text("utf-8")
    home = page[page.index('<section id="home"'):page.index('<section id="ports"')]
    equal(re.findall('</th><td>([^<]*)</td><td class="n">([^<]*)</td>', home), [(one, f"{int(n):,}") for one, n in own], "one's own")
    for kind, one in (("country", country), ("network", network)):
        equal(re.search(f'<tr id="{kind}-([^"]*)"', page)[1], one, f"the first {kind}")


if __name__ == "__main__":
    run_cases()
