#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""`hotaru notify`: what it tells against a naive count of the same packets, and each format against
what its receivers demand: columns, keys, and the rules of STIX 2.1.
"""
import calendar
import collections
import csv
import datetime
import json
import os
import pathlib
import random
import re
import uuid

import flows
import model
from harness import (DAY_NS, address, case, check, csv_of, dotted, equal, ethernet, hotaru, pcap,
                     record, run_cases, succeed, syn, write)
from traffic import Traffic

BEGIN_NS = calendar.timegm((2016, 9, 20, 0, 0, 0)) * 10**9
TELESCOPE, HERE = "198.51.100.0/24", address("198.51.100.7")
COLUMNS = ("source,first_seen,last_seen,days,protocol,ports,ports_seen,packets,fingerprint,strength,"
           "country,asn,as_name")
# The-Shadowserver-Foundation/report_schema, reports.json, event4_honeypot_darknet.
EVENT4 = ("timestamp protocol src_ip src_port src_asn src_geo src_region src_city src_hostname "
          "src_naics src_sector device_vendor device_type device_model severity dst_ip dst_port "
          "dst_asn dst_geo dst_region dst_city dst_hostname dst_naics dst_sector public_source "
          "infection family tag application version event_id count").split()
# Of certtools/intelmq, harmonization.conf; extra.* is free.
INTELMQ = {
    "classification.identifier": str, "classification.taxonomy": str, "classification.type": str,
    "destination.port": int, "feed.accuracy": (int, float), "feed.name": str, "feed.provider": str,
    "malware.name": str, "protocol.transport": str, "source.as_name": str, "source.asn": int,
    "source.geolocation.cc": str, "source.ip": str, "time.source": str,
}
STRENGTHS = {"mirai": "seen", "mirai-2016": "published", "hajime": "weak", "hajime-raw": "published",
             "zmap": "seen", "masscan": "seen"}
TOOLS = {"zmap", "masscan"}
EVIL = '=cmd|"/c calc"!A1 <b>&\\u202e;@x'
# first, last, number, name; and countries beside them.
NETWORKS = [("11.0.0.0", "11.63.255.255", 64500, EVIL), ("11.64.0.0", "11.127.255.255", 4713, "NTT"),
            ("11.128.0.0", "11.191.255.255", 4294967295, "")]
COUNTRIES = [("11.0.0.0", "11.31.255.255", "JP"), ("11.64.0.0", "11.191.255.255", "KR")]


def write_databases():
    write("asn.csv", "".join('%s,%s,%d,"%s"\n' % (a, b, n, name.replace('"', '""'))
                             for a, b, n, name in NETWORKS).encode())
    write("country.csv", "".join("%s,%s,%s\n" % row for row in COUNTRIES).encode())
    return ("--asn-db", "asn.csv", "--country-db", "country.csv")


def place_of(source, table):
    for first, last, *place in table:
        if address(first) <= source <= address(last):
            return place
    return None


# ---- packets, and what has to be told of them

def random_packets(seed, days=3, sources=60):
    """Records of several families, sources in several networks, some in the telescope."""
    rng = random.Random(seed)
    addresses = [address("11.0.0.0") | rng.getrandbits(24) for _ in range(sources)]
    addresses += [address("198.51.100.0") + n for n in range(3)]
    records = []
    for _ in range(600):
        source, port = rng.choice(addresses), rng.choice((23, 23, 23, 2323, rng.randrange(65536)))
        time_ns = BEGIN_NS + rng.randrange(days) * DAY_NS + rng.randrange(86400 * 10**6) * 1000
        destination = HERE + rng.randrange(64)
        records.append(record(time_ns, ethernet(syn(
            source, destination, port=port, seq=rng.choice((None, 7)),
            window=rng.choice((14600, 1024)), ip_id=rng.choice((54321, 1)),
            source_port=rng.choice((1000, 40000))))))
    # One source with more ports than are listed.
    for port in range(1000, 1040):
        records.append(record(BEGIN_NS + port * 10**9, ethernet(
            syn("11.1.2.3", HERE, port=port, seq=None))))
    records.append(record(BEGIN_NS, ethernet(syn("11.1.2.3", HERE, port=1030, seq=None))))
    rng.shuffle(records)
    return records


def naive(records, families, days=None):
    """{(source, family): [first, last, days, {port: packets}]} of what is to be told."""
    by_source = {}
    for time_ns, frame, _ in records:
        packet = model.decode(1, frame)
        if days is None or time_ns // DAY_NS in days:
            by_source.setdefault(packet.source, []).append((time_ns, packet))
    told = {}
    for source, packets in by_source.items():
        if source >> 8 == address("198.51.100.0") >> 8:
            continue
        for family in families:
            matching = [(t, p) for t, p in packets if family in model.fingerprints(p)]
            syns, hits = (collections.Counter(t // DAY_NS for t, _ in some)
                          for some in ([(t, p) for t, p in packets if p.kind == "syn"], matching))
            seen_days = {day for day in hits if model.counts_for(family, syns[day], hits[day])}
            matching = [(t, p) for t, p in matching if t // DAY_NS in seen_days]
            # All packets of the source on days on which it matched.
            times = [t for t, _ in packets if t // DAY_NS in seen_days]
            ports = {}
            for _, packet in matching:
                ports[packet.destination_port] = ports.get(packet.destination_port, 0) + 1
            if matching:
                told[source, family] = [min(times), max(times), len(seen_days), ports]
    return told


def moment(time_ns, digits=6):
    when = datetime.datetime.fromtimestamp(time_ns // 10**9, datetime.timezone.utc)
    fraction = f".{time_ns % 10**9 // 1000:06}" if digits else ""
    return f"{when:%Y-%m-%dT%H:%M:%S}{fraction}Z"


def listed_ports(ports):
    return sorted(ports, key=lambda port: (-ports[port], port))[:16]


def naive_csv(told):
    rows = []
    for (source, family), (first, last, days, ports) in sorted(told.items()):
        network, country = place_of(source, NETWORKS), place_of(source, COUNTRIES)
        rows.append([dotted(source), moment(first), moment(last), str(days), "tcp",
                     ";".join(map(str, listed_ports(ports))), str(len(ports)),
                     str(sum(ports.values())), family, STRENGTHS[family],
                     country[0] if country else "", str(network[0]) if network else "",
                     csv_name(network[1]) if network else ""])
    return rows


def csv_name(name):
    """Disarmed for spreadsheets, as all cells are."""
    return name.replace("=cmd", "'=cmd").replace(";@x", ";'@x")


def stems(told, by):
    out = {}
    for key, value in told.items():
        place = place_of(key[0], NETWORKS if by == "asn" else COUNTRIES)
        stem = "unknown" if place is None else f"AS{place[0]}" if by == "asn" else place[0]
        out.setdefault(stem, {})[key] = value
    return out


def rows_of(text):
    return list(csv.reader(text.splitlines()))[1:]


# ---- CSV

@case
def csv_tells_what_a_naive_count_tells(_):
    databases = write_databases()
    for seed in range(1, 5):
        records = random_packets(seed)
        name = write(f"{seed}.pcap", pcap(records)).name
        succeed("ingest", "-q", "-s", f"store {seed}", "--telescope", TELESCOPE, name)
        for families in (["mirai"], ["hajime", "mirai", "zmap"]):
            told = naive(records, families)
            words = ("notify", "-s", f"store {seed}", "--family", ",".join(families), *databases)
            text = succeed(*words, "-q")
            equal(text.splitlines()[0], COLUMNS, "columns")
            equal(rows_of(text), naive_csv(told), f"seed {seed}: {families}")
            succeed(*words, "-q", "-o", "all.csv")
            equal(pathlib.Path("all.csv").read_text(encoding="utf-8"), text, "-o FILE")
            errors = hotaru(*words).err.decode()
            check("left out 3 sources that are addresses of the telescope" in errors,
                  f"own addresses: {errors}")
            for by in ("asn", "country"):
                folder = pathlib.Path(f"{seed} {families[0]} {by}")
                succeed(*words, "-q", "--by", by, "-o", folder)
                want = stems(told, by)
                equal(sorted(os.listdir(folder)), sorted(f"{s}.csv" for s in want), f"files {by}")
                for stem, some in want.items():
                    equal(rows_of((folder / f"{stem}.csv").read_text(encoding="utf-8")),
                          naive_csv(some), f"seed {seed}: {stem}.csv")
        day = "2016-09-21"
        text = succeed("notify", "-q", "-s", f"store {seed}", "--family", "mirai", *databases,
                       "--from", day, "--to", day)
        equal(rows_of(text), naive_csv(naive(records, ["mirai"], {BEGIN_NS // DAY_NS + 1})), "a day")


# ---- one's own first

def addresses_of(form, text):
    """The sources of a file, in its order."""
    if form == "stix":
        return [o["value"] for o in json.loads(text)["objects"] if o["type"] == "ipv4-addr"]
    if form == "intelmq":
        found = [json.loads(line)["source.ip"] for line in text.splitlines()]
    else:
        found = [row["src_ip" if form == "event4" else "source"] for row in csv.DictReader(text.splitlines())]
    return [one for i, one in enumerate(found) if i == 0 or one != found[i - 1]]


def is_own(source):
    place = place_of(address(source), COUNTRIES)
    return source.startswith("11.130.") or place == ["JP"]


@case
def ones_own_come_first_in_every_format(_):
    databases = write_databases()
    write("a.pcap", pcap(random_packets(31) + [record(BEGIN_NS, ethernet(syn("11.130.2.3", HERE, seq=None)))]))
    succeed("ingest", "-q", "-s", "own", "--telescope", TELESCOPE, "a.pcap")
    for form in ("csv", "event4", "intelmq", "stix"):
        words = ("notify", "-s", "own", "--family", "mirai,zmap", "--format", form, *databases)
        plain, result = addresses_of(form, succeed(*words, "-q")), hotaru(*words, "--home", "jp,11.130.0.0/16")
        got = addresses_of(form, result.text())
        own = [source for source in plain if is_own(source)]
        check(0 < len(own) < len(plain) and own != plain[:len(own)], f"{form}: the test tests nothing")
        equal(got, own + [source for source in plain if source not in own], f"{form}: order")
        check(" sources; your own: " in "".join(result.errors()), result.errors())
        if form == "stix":
            stix_objects(result.text(), "one's own first")
        elif form != "csv":
            equal(sorted(result.text().splitlines()), sorted(succeed(*words, "-q").splitlines()), f"{form}: lines")
    words = ("notify", "-q", "-s", "own", "--family", "mirai,zmap", *databases)
    rows = list(csv.DictReader(succeed(*words, "--home", "JP,11.130.0.0/16").splitlines()))
    equal([row["is_home"] for row in rows], ["yes" if is_own(row["source"]) else "no" for row in rows], "is_home")
    without = [{key: value for key, value in row.items() if key != "is_home"} for row in rows]
    equal(sorted(map(str, without)), sorted(map(str, csv.DictReader(succeed(*words).splitlines()))), "rows")
    # In the file of a network, too; and its files are the same.
    succeed(*words, "--by", "asn", "-o", "plain")
    succeed(*words, "--by", "asn", "-o", "first", "--home", "JP,11.130.0.0/16")
    equal(sorted(os.listdir("first")), sorted(os.listdir("plain")), "files")
    rows = list(csv.DictReader(pathlib.Path("first", "AS4294967295.csv").read_text("utf-8").splitlines()))
    equal([row["is_home"] for row in rows][:2], ["yes", "no"], "of a network")
    equal(rows[0]["source"], "11.130.2.3", "of a network")


@case
def a_source_stays_together_wherever_it_was(_):
    """On the first day it is in Japan and of one family, on the second elsewhere and of another: it is one's own."""
    records = [record(BEGIN_NS + n, ethernet(syn(source, HERE + n, seq=seq, window=window)))
               for source in ("11.0.0.5", "11.0.0.7") for n, (seq, window) in enumerate([(None, 1024)] * 2)]
    records += [record(BEGIN_NS + DAY_NS + n, ethernet(syn("11.0.0.7", HERE + n, seq=7, window=14600)))
                for n in range(3)]
    write("a.pcap", pcap(records))
    write("b.csv", b"11.0.0.7,11.0.0.7,JP\n")
    write("c.csv", b"11.0.0.0,11.0.0.255,KR\n")
    words = ("notify", "-q", "--telescope", TELESCOPE, "--family", "hajime-raw,mirai", "--home", "JP", "--country-db",
             "b.csv@2016-09-20..2016-09-20,c.csv@2016-09-21..2016-09-21", "a.pcap")
    rows = list(csv.DictReader(succeed(*words).splitlines()))
    equal([(r["source"], r["fingerprint"], r["country"], r["is_home"]) for r in rows],
          [("11.0.0.7", "hajime-raw", "KR", "yes"), ("11.0.0.7", "mirai", "JP", "yes"), ("11.0.0.5", "mirai", "", "no")],
          "rows")
    stix_objects(succeed(*words, "--format", "stix"), "a source that moved")


@case
def the_telescope_is_in_no_format(_):
    """No destination, in no way of writing it; nor the sources that lie in it."""
    databases = write_databases()
    write("a.pcap", pcap(random_packets(7)))
    for form in ("csv", "event4", "intelmq", "stix"):
        text = succeed("notify", "--telescope", TELESCOPE, "--family", "mirai,zmap", "--format", form,
                       *databases, "a.pcap")
        text = re.sub("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", "", text)  # are hashes
        for secret in ("198.51", "c633", "C633", str(HERE), str(HERE)[:7]):
            check(secret not in text, f"{form} has {secret}")


# ---- Shadowserver's columns

@case
def event4_has_the_columns_of_the_report(_):
    databases = write_databases()
    records = random_packets(11)
    write("a.pcap", pcap(records))
    text = succeed("notify", "-q", "--telescope", TELESCOPE, "--family", "mirai,hajime,zmap",
                   "--format", "event4", "--producer", "Example CSIRT", *databases, "a.pcap")
    equal(text.splitlines()[0].split(","), EVENT4, "columns")
    told = naive(records, ["mirai", "hajime", "zmap"])
    rows = list(csv.DictReader(text.splitlines()))
    equal(len(rows), len(told), "rows")
    for row, ((source, family), (_, last, _, ports)) in zip(rows, sorted(told.items())):
        network, country = place_of(source, NETWORKS), place_of(source, COUNTRIES)
        is_infection = family == "mirai"
        want = {"timestamp": moment(last, 0).replace("T", " ")[:-1], "protocol": "tcp",
                "src_ip": dotted(source), "src_asn": str(network[0]) if network else "",
                "src_geo": country[0] if country else "", "dst_port": str(listed_ports(ports)[0]),
                "count": str(sum(ports.values())), "tag": family,
                "infection": family if is_infection else "", "public_source": "Example CSIRT",
                "severity": {"mirai": "high", "hajime": "low", "zmap": "info"}[family]}
        if not equal(row, {name: want.get(name, "") for name in EVENT4}, f"{dotted(source)}"):
            return


# ---- IntelMQ

@case
def intelmq_events_have_its_keys(_):
    databases = write_databases()
    records = random_packets(12)
    write("a.pcap", pcap(records))
    families = ["hajime", "mirai", "zmap"]
    text = succeed("notify", "-q", "--telescope", TELESCOPE, "--family", ",".join(families),
                   "--format", "intelmq", *databases, "a.pcap")
    events = [json.loads(line) for line in text.splitlines()]
    told = sorted(naive(records, families).items())
    equal(len(events), len(told), "events")
    for event, ((source, family), (first, last, days, ports)) in zip(events, told):
        for key, value in event.items():
            if key.startswith("extra."):
                check(re.fullmatch(r"extra\.[a-z_]+", key), f"key {key}")
            else:
                check(isinstance(value, INTELMQ.get(key, ())), f"{key}: {value!r}")
        network, country = place_of(source, NETWORKS), place_of(source, COUNTRIES)
        kind = ("malicious-code", "infected-system") if family == "mirai" else \
            ("information-gathering", "scanner")
        want = {
            "source.ip": dotted(source), "time.source": moment(last, 0)[:-1] + "+00:00",
            "source.asn": network[0] if network else None,
            "source.as_name": (network[1] or None) if network else None,
            "source.geolocation.cc": country[0] if country else None,
            "classification.taxonomy": kind[0], "classification.type": kind[1],
            "classification.identifier": family,
            "malware.name": family if family == "mirai" else None, "protocol.transport": "tcp",
            "destination.port": listed_ports(ports)[0], "destination.ip": None,
            "extra.first_seen": moment(first, 0)[:-1] + "+00:00", "extra.days": days,
            "extra.packets": sum(ports.values()), "extra.ports_seen": len(ports),
            "extra.ports": listed_ports(ports), "extra.fingerprint": family,
            "extra.fingerprint_strength": STRENGTHS[family],
        }
        if not equal({key: event.get(key) for key in want}, want, f"{dotted(source)} {family}"):
            return


# ---- STIX 2.1

NAMESPACE = uuid.UUID("00abedb4-aa42-466c-9c01-fed23315a9b7")
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")
# type: (required, also allowed), beside type, spec_version and id.
COMMON = {"created", "modified"}
SDO = {
    "identity": ({"name"} | COMMON, {"identity_class"}),
    "malware": ({"is_family", "created_by_ref"} | COMMON, {"name", "description"}),
    "tool": ({"name", "created_by_ref"} | COMMON, {"description"}),
    "note": ({"content", "object_refs", "created_by_ref"} | COMMON, {"abstract"}),
    "location": ({"country", "created_by_ref"} | COMMON, set()),
    "observed-data": ({"first_observed", "last_observed", "number_observed", "object_refs",
                       "created_by_ref"} | COMMON, set()),
    "relationship": ({"relationship_type", "source_ref", "target_ref", "created_by_ref"} | COMMON, set()),
    "sighting": ({"sighting_of_ref", "created_by_ref"} | COMMON,
                 {"first_seen", "last_seen", "count", "observed_data_refs", "where_sighted_refs",
                  "confidence"}),
}
# type: (required, also allowed, what makes its identifier).
SCO = {
    "ipv4-addr": ({"value"}, {"belongs_to_refs"}, ("value",)),
    "autonomous-system": ({"number"}, {"name"}, ("number",)),
    "network-traffic": ({"protocols", "src_ref"}, {"dst_port"}, ("dst_port", "protocols", "src_ref")),
}
REFERS_TO = {"created_by_ref": {"identity"}, "belongs_to_refs": {"autonomous-system"},
             "src_ref": {"ipv4-addr"}, "sighting_of_ref": {"malware", "tool"},
             "observed_data_refs": {"observed-data"}, "where_sighted_refs": {"identity", "location"},
             "source_ref": {"ipv4-addr"}, "target_ref": {"location"}}


def canonical(thing):
    """RFC 8785, for what has neither fractions nor letters beyond ASCII."""
    return json.dumps(thing, sort_keys=True, separators=(",", ":"))


def check_object(thing, objects, where):
    kind = thing["type"]
    match = re.fullmatch(r"([a-z0-9-]+)--([0-9a-f-]{36})", thing["id"])
    if not check(match and match[1] == kind, f"{where}: id {thing['id']}"):
        return
    check(thing.get("spec_version") == "2.1", f"{where}: spec_version")
    number = uuid.UUID(match[2])
    check(number.version == 5 and number.variant == uuid.RFC_4122, f"{where}: {number} is of no version 5")
    required, allowed = (SCO.get(kind) or SDO[kind])[:2]
    keys = set(thing) - {"type", "spec_version", "id"}
    check(required <= keys <= required | allowed, f"{where}: properties {sorted(keys ^ required)}")
    if kind in SCO:
        name = canonical({key: thing[key] for key in SCO[kind][2] if key in thing})
        equal(match[2], str(uuid.uuid5(NAMESPACE, name)), f"{where}: identifier of {name}")
    for key, value in thing.items():
        if key in ("created", "modified") or key.startswith(("first_", "last_")):
            check(MOMENT.fullmatch(value), f"{where}: {key} {value}")
        if key.endswith(("_ref", "_refs")):
            targets = value if isinstance(value, list) else [value]
            check(len(targets) > 0, f"{where}: {key} is empty")
            for target in targets:
                check(target in objects, f"{where}: {key} leads nowhere")
                check(target.split("--")[0] in REFERS_TO.get(key, {target.split("--")[0]}),
                      f"{where}: {key} is {target}")
        if key in ("number_observed", "count"):
            check(isinstance(value, int) and 1 <= value <= 999999999, f"{where}: {key} {value}")
    if kind == "sighting":
        check(0 <= thing.get("confidence", 0) <= 100, f"{where}: confidence")
        check(thing["last_seen"] >= thing["first_seen"], f"{where}: first_seen")
    if kind == "observed-data":
        check(thing["last_observed"] >= thing["first_observed"], f"{where}: first_observed")


def stix_objects(text, where):
    """The objects of a bundle, by identifier, after everything was checked."""
    bundle = json.loads(text)
    equal(set(bundle), {"type", "id", "objects"}, f"{where}: the bundle's properties")
    check(re.fullmatch(r"bundle--[0-9a-f-]{36}", bundle["id"]), f"{where}: {bundle['id']}")
    objects = {}
    for thing in bundle["objects"]:
        check(thing["id"] not in objects, f"{where}: {thing['id']} twice")
        objects[thing["id"]] = thing
    for thing in objects.values():
        check_object(thing, objects, f"{where}: {thing['type']}")
    return objects


def of_type(objects, kind):
    return [thing for thing in objects.values() if thing["type"] == kind]


def check_told(objects, told, where):
    """Every sighting with what it refers to, against the naive count."""
    found = {}
    for sighting in of_type(objects, "sighting"):
        observed = objects[sighting["observed_data_refs"][0]]
        source = objects[observed["object_refs"][0]]
        ports = [objects[ref]["dst_port"] for ref in observed["object_refs"][1:]]
        networks = [objects[ref] for ref in source.get("belongs_to_refs", [])]
        countries = [objects[r["target_ref"]]["country"] for r in of_type(objects, "relationship")
                     if r["source_ref"] == source["id"]]
        meaning = objects[sighting["sighting_of_ref"]]
        equal(meaning["type"], "tool" if meaning["name"] in TOOLS else "malware", f"{where}: meaning")
        found[address(source["value"]), meaning["name"]] = (
            sighting["first_seen"], observed["last_observed"], observed["number_observed"],
            sighting["count"], ports, [n["number"] for n in networks], countries,
            sighting.get("confidence"))
    want = {}
    for (source, family), (first, last, _, ports) in told.items():
        network, country = place_of(source, NETWORKS), place_of(source, COUNTRIES)
        count = sum(ports.values())
        want[source, family] = (
            moment(first), moment(last), count, count, listed_ports(ports),
            [network[0]] if network else [], country or [],
            {"seen": 85, "published": 50, "weak": 15}[STRENGTHS[family]])
    equal(sorted(found.items()), sorted(want.items()), f"{where}: sightings")


@case
def stix_bundles_keep_the_rules(_):
    databases = write_databases()
    families = ["hajime", "mirai", "mirai-2016", "zmap"]
    by_run = []
    for seed in (21, 22):
        records = random_packets(seed)
        name = write(f"{seed}.pcap", pcap(records)).name
        words = ("notify", "-q", "--telescope", TELESCOPE, "--family", ",".join(families), "--format",
                 "stix", "--producer", 'Example "CSIRT" <b>', *databases, name)
        told = naive(records, families)
        text = succeed(*words)
        objects = stix_objects(text, f"seed {seed}")
        check_told(objects, told, f"seed {seed}")
        equal(succeed(*words), text, "the same again")
        equal([o["name"] for o in of_type(objects, "identity")], ['Example "CSIRT" <b>'], "identity")
        equal({o["created"] for o in of_type(objects, "sighting")}, {"2016-09-23T00:00:00.000Z"},
              "when sightings were made: at the end of the last day")
        notes = {o["object_refs"][0]: o["content"] for o in of_type(objects, "note")}
        for meaning in of_type(objects, "malware") + of_type(objects, "tool"):
            check(STRENGTHS[meaning["name"]] in notes[meaning["id"]], f"note on {meaning['name']}")
        succeed(*words, "--by", "asn", "-o", f"{seed} asn")
        for stem, some in stems(told, "asn").items():
            text = pathlib.Path(f"{seed} asn/{stem}.json").read_text(encoding="utf-8")
            check_told(stix_objects(text, stem), some, f"seed {seed}: {stem}")
        by_run.append(objects)
    # What is said in both bundles is the same, or it would be another thing.
    for name in by_run[0].keys() & by_run[1].keys():
        equal(by_run[0][name], by_run[1][name], f"{name} in two bundles")
    kinds = {by_run[0][name]["type"] for name in by_run[0].keys() & by_run[1].keys()}
    check({"identity", "malware", "tool", "note", "autonomous-system", "location"} <= kinds, f"{kinds}")


@case
def nobody_to_tell_is_a_valid_file_too(_):
    write("a.pcap", pcap([record(BEGIN_NS, ethernet(syn("1.0.0.1", HERE)))]))
    equal(succeed("notify", "-q", "--family", "mirai", "a.pcap"), COLUMNS + "\n", "csv")
    equal(succeed("notify", "-q", "--family", "mirai", "--format", "intelmq", "a.pcap"), "", "intelmq")
    objects = stix_objects(succeed("notify", "-q", "--family", "mirai", "--format", "stix", "a.pcap"),
                           "empty")
    equal(sorted(o["type"] for o in objects.values()), ["identity", "malware", "note"], "stix")
    equal(succeed("notify", "-q", "--family", "mirai", "--by", "asn", "-o", "none", "a.pcap"), "", "none")
    equal(os.listdir("none") if os.path.isdir("none") else [], [], "files")


# ---- who is not told

@case
def what_no_host_can_have_is_not_told(_):
    """Sources of the registry of special-purpose addresses, and codes that are no country's."""
    special = ("0.0.0.0", "10.1.2.3", "100.64.0.1", "127.0.0.1", "169.254.1.1", "172.16.0.1", "192.0.2.1",
               "192.168.1.1", "198.18.0.1", "203.0.113.9", "224.0.0.1", "240.0.0.1", "255.255.255.255")
    hosts = ("11.0.0.1", "12.0.0.1", "13.0.0.1", "14.0.0.1")
    records = [record(BEGIN_NS + i * 60 * 10**9, ethernet(syn(source, HERE, seq=None)))
               for i, source in enumerate((*special, *hosts) * 2)]
    write("a.pcap", pcap(records))
    write("codes.csv", b"11.0.0.0,11.255.255.255,AP\n12.0.0.0,12.255.255.255,EU\n"
                       b"13.0.0.0,13.255.255.255,A1\n14.0.0.0,14.255.255.255,JP\n")
    words = ("notify", "--telescope", TELESCOPE, "--family", "mirai", "--country-db", "codes.csv", "a.pcap")
    result = hotaru(*words)
    equal([row[0] for row in rows_of(result.text())], list(hosts), "told")
    where = COLUMNS.split(",").index("country")
    equal([row[where] for row in rows_of(result.text())], ["", "", "", "JP"], "countries")
    check(f"left out {len(special)} sources that no host of the Internet can have" in result.err.decode(),
          f"{result.errors()}")
    for form in ("event4", "intelmq", "stix"):
        text = succeed(*words, "-q", "--format", form)
        check("JP" in text and not re.search(r'"(AP|EU|A1)"|,(AP|EU|A1),', text), f"codes in {form}")
        check(not any(f'"{source}"' in text for source in special), f"special sources in {form}")
    succeed(*words, "-q", "--by", "country", "-o", "countries")
    equal(sorted(os.listdir("countries")), ["JP.csv", "unknown.csv"], "a file for each country")


@case
def flood_suspects_are_not_told_unless_asked_for(_):
    rng = random.Random(5)
    records = [record(BEGIN_NS + 7 * 10**9 + rng.randrange(4 * 10**6) * 1000,
                      ethernet(syn(address("11.2.0.0") + i, HERE, seq=None))) for i in range(1500)]
    records += [record(BEGIN_NS + i * 60 * 10**9, ethernet(syn("11.3.0.1", HERE, seq=None)))
                for i in range(40)]
    write("a.pcap", pcap(records))
    result = hotaru("notify", "--telescope", TELESCOPE, "--family", "mirai", "a.pcap")
    equal([row[0] for row in rows_of(result.text())], ["11.3.0.1"], "told")
    check("left out 1500 source-days as flood suspects on 1 days" in result.err.decode(),
          f"{result.errors()}")
    result = hotaru("notify", "--telescope", TELESCOPE, "--family", "mirai", "--with-floods", "a.pcap")
    equal(len(rows_of(result.text())), 1501, "told with floods")
    check("left out" not in result.err.decode(), f"{result.errors()}")


@case
def hashed_sources_cannot_be_told(_):
    """The NICT Darknet Dataset has hashes where others have sources."""
    write("nict.csv", "".join(f"{1500000000 + i},{i:08x},{i:032x},{i},23\n"
                              for i in range(50)).encode())
    result = hotaru("notify", "--family", "mirai", "nict.csv")
    check(result.code == 1 and "nobody can be told" in result.errors()[-1], f"{result.errors()}")
    equal(result.out, b"", "output")


@case
def days_of_flows_are_unknown_not_silent(_):
    write("a.avro", flows.flowtuple_3([{
        "time": BEGIN_NS // 10**9, "src_ip": 0x0a000000 + i, "dst_ip": HERE, "src_port": 40000,
        "dst_port": 23, "protocol": 6, "ttl": 50, "tcp_flags": 2, "ip_len": 40,
        "tcp_synwinlen": 14600, "packet_cnt": 1, "maxmind_country": "JP"} for i in range(3)]))
    result = hotaru("notify", "--telescope", TELESCOPE, "--family", "mirai", "a.avro")
    equal(rows_of(result.text()), [], "told")
    check("do not tell families" in result.err.decode(), f"{result.errors()}")


@case
def what_makes_no_sense_is_refused(_):
    write("a.pcap", pcap(random_packets(3)))
    write("asn.csv", b"1.0.0.0,1.0.0.255,4713,NTT\n")
    os.mkdir("full")
    write("full/AS1.csv", b"")
    for words, code, reason in (
            ((), 2, "--family"), (("--family", "*"), 2, "name fingerprints"),
            (("--family", "nonesuch"), 2, "no fingerprint"),
            (("--family", "mirai", "--by", "asn"), 2, "-o DIR"),
            (("--family", "mirai", "--format", "xml"), 2, "--format"),
            (("--family", "mirai", "--by", "asn", "-o", "full"), 1, "not empty"),
            (("--family", "mirai", "--asn-db", "missing.mmdb"), 1, "missing.mmdb")):
        result = hotaru("notify", *words, "a.pcap")
        check(result.code == code and reason in result.errors()[-1], f"{words}: {result.errors()}")
        equal(result.out, b"", f"{words}: output")
    equal(os.listdir("full"), ["AS1.csv"], "files in the full folder")


@case
def many_sources_and_networks_need_no_memory_of_their_own(_):
    """More bytes than wait together: sheets are appended to their files, in pieces."""
    count, networks = 40000, 300
    records = [record(BEGIN_NS + i * 10**6, ethernet(syn(address("11.0.0.0") + i * 97, HERE, seq=None)))
               for i in range(count)]
    write("a.pcap", pcap(records))
    step = 97 * count // networks + 1
    write("asn.csv", "".join(f"{dotted(address('11.0.0.0') + i * step)},"
                             f"{dotted(address('11.0.0.0') + i * step + step - 1)},{i + 1},{'N' * 100}\n"
                             for i in range(networks)).encode())
    succeed("ingest", "-q", "-s", "a store", "--telescope", TELESCOPE, "a.pcap")
    succeed("notify", "-q", "-s", "a store", "--family", "mirai", "--format", "stix", "--by", "asn",
            "--asn-db", "asn.csv", "--with-floods", "-o", "out")
    equal(len(os.listdir("out")), networks, "files")
    equal(sum(p.stat().st_size for p in pathlib.Path("out").iterdir()) > 32 << 20, True, "bytes")
    told = 0
    for i in (1, 150, networks):
        objects = stix_objects(pathlib.Path(f"out/AS{i}.json").read_text(encoding="utf-8"), f"AS{i}")
        for source in of_type(objects, "ipv4-addr"):
            equal((address(source["value"]) - address("11.0.0.0")) // step + 1, i, "network")
            told += 1
    check(told > 3 * count // networks - 10, f"{told} sources in three files")


run_cases()
