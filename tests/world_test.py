#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The published figures come out of `hotaru variants` on a simulated world, and equal its truth.

Telescope and honeypots see the same hosts. What they do at honeypots, who of them the telescope saw, and how many were
infected, is counted here from the simulator's truth and from `hotaru sources`, in plain loops.
"""
import collections
import csv
import datetime
import io
import ipaddress
import json
import math
import pathlib

from harness import case, check, csv_of, equal, fixture, hotaru, run_cases, succeed

DAYS, SCALE, SEED = "120", "0.004", "11"
SILENT = {"2016-08-10", "2016-08-11"}
SAMPLE_ENOUGH, DAYS_AROUND, SAMPLE_MIN = 100, 15, 20
Z = 1.959963985
ASKED, RULE_DAYS = "2016-09-20", ("2016-09-20", "2016-10-25")


def rows_of(text):
    return list(csv.DictReader(io.StringIO(text)))


def read(path):
    return rows_of(pathlib.Path(path).read_text(encoding="utf-8"))


def make_world(folder):
    """The built-in scenario, with a gap that all honeypots share, and what comes of it."""
    text = succeed("simulate", "--print-scenario")
    gap = "gap = 2016-08-10T00:00 2016-08-12T00:00\n"
    text = text.replace("addresses = 192\n", "addresses = 384\n" + gap)
    text = text.replace("addresses = 96\n", "addresses = 192\n" + gap).replace("addresses = 32\n", "addresses = 64\n" + gap)
    (folder / "world.scenario").write_text(text, encoding="utf-8")
    succeed("simulate", "--quiet", "--scenario", folder / "world.scenario", "--scale", SCALE, "--seed", SEED, "--days", DAYS,
            "-o", folder / "a.pcap", "--honeypot", folder / "logs", "--sessions", folder / "s.csv",
            "--variants", folder / "v.csv", "--infected", folder / "i.csv", "--countries", folder / "c.csv",
            "--responses-day", ASKED, "--responses", folder / "a.jsonl")
    succeed("ingest", "--quiet", "-s", folder / "store", "--telescope", "198.51.0.0/16", "--country-db", folder / "c.csv",
            folder / "a.pcap")
    succeed("honeypot", "--quiet", "-s", folder / "store", *sorted((folder / "logs").glob("*/*")))
    succeed("responses", "--quiet", "-s", folder / "store", folder / "a.jsonl")


def world():
    return fixture("variants-world", make_world)


def country_of(folder):
    """Where an address is: each network of 13 bits is in one country."""
    where = {int(ipaddress.ip_address(row["first"])) >> 19: row["country"] for row in read(folder / "c.csv")}
    return lambda address: where[int(ipaddress.ip_address(address)) >> 19]


def of_families(folder):
    """Sources of sessions in which a token was said, by day and family, and what they were there for."""
    found = collections.defaultdict(set)
    for row in read(folder / "s.csv"):
        if row["tokens"]:
            found[row["time"][:10], row["family"], row["source"]].add(row["role"])
    return found


# ---- cases

@case
def figures_are_the_truth(_):
    """Sources and sessions by day, family and country, to the last byte."""
    folder = world()
    got = csv_of("variants", "-s", folder / "store")
    want = (folder / "v.csv").read_text(encoding="utf-8")
    equal(got, want, "by day, family and country")
    check(want.count("\n") > 500 and not any(day in want for day in SILENT), "days on which nothing was logged")
    sources = collections.defaultdict(set)
    where = country_of(folder)
    for _, family, source in of_families(folder):
        sources[family, where(source)].add(source)
    equal({(row["family"], row["country"]): int(row["sources"])
           for row in rows_of(csv_of("variants", "-s", folder / "store", "--by", "country"))},
          {key: len(found) for key, found in sources.items()}, "over all days")


def gaps_of(minutes):
    """Silences of a sensor between visits, and at both ends of its days, that are too long for it (doc/variants.md)."""
    begin, end = min(minutes) // 1440 * 1440, (max(minutes) // 1440 + 1) * 1440
    minutes = sorted(minutes)
    silences = [(begin, minutes[0])] + [(a + 1, b) for a, b in zip(minutes, minutes[1:]) if b - a > 5] + [(minutes[-1] + 1, end)]
    for i, (a, b) in enumerate(silences):
        around = sorted(y - x for x, y in silences[max(0, i - 20):i] + silences[i + 1:i + 21])
        if b - a > 60 and len(around) >= 10 and b - a > 24 * around[len(around) // 2]:
            yield a, b


@case
def days_that_were_logged_in_part_are_said_to_be(_):
    """Silences too long for a sensor, found once more from its log; the gaps that the simulator made are among them."""
    folder = world()
    minutes = collections.defaultdict(set)
    for path in (folder / "logs").glob("*/*"):
        for line in path.read_text(encoding="utf-8").splitlines():
            when = datetime.datetime.fromisoformat(json.loads(line)["timestamp"].replace("Z", "+00:00"))
            minutes[path.parent.name].add(int(when.timestamp()) // 60)
    want = collections.defaultdict(lambda: [0, 0])
    for found in minutes.values():
        gaps = list(gaps_of(found))
        for day in range(min(found) // 1440, max(found) // 1440 + 1):
            lost = sum(max(0, min(b, day * 1440 + 1440) - max(a, day * 1440)) for a, b in gaps)
            want[datetime.date.fromordinal(719163 + day).isoformat()][0] += 1
            want[datetime.date.fromordinal(719163 + day).isoformat()][1] += 1440 - lost
    seen = {minute // 1440 for found in minutes.values() for minute in found}
    for day in range(min(seen), max(seen) + 1):
        if day not in seen:
            want[datetime.date.fromordinal(719163 + day).isoformat()][1] = 0
    rows = rows_of(csv_of("variants", "-s", folder / "store", "--coverage"))
    equal([(row["day"], row["sensors"], row["logged_seconds"]) for row in rows],
          [(day, str(sensors), str(60 * logged)) for day, (sensors, logged) in sorted(want.items())], "by day")
    missing = {row["day"] for row in rows if row["status"] == "missing"}
    equal(missing, {day for day, (_, logged) in want.items() if logged == 0}, "nobody logged")
    check(missing >= SILENT, f"{missing}")
    partly = {row["day"] for row in rows if row["status"] == "partly"}
    # The last day has what of sessions came after midnight, and nothing else.
    check("2016-10-04" in partly and all("2016-10-01" <= day <= "2016-10-09" or day == rows[-1]["day"] for day in partly), f"{partly}")
    told = hotaru("variants", "-s", folder / "store", "--table").errors()
    check(any(f"{len(partly)} partly logged by honeypots, {len(missing)} not at all" in line for line in told), f"{told}")
    succeed("report", "-q", "-s", folder / "store", "-o", "page")
    page = pathlib.Path("page/index.html").read_text(encoding="utf-8")
    shown = [day for day in partly if day < rows[-1]["day"]]
    check(f"Of {len(shown)} days honeypots logged only a part" in page and "logged partly" in page, "the page")


@case
def older_logs_and_other_zones_give_the_same(_):
    """The form of 2017, and days of Japan."""
    folder = world()
    succeed("simulate", "--quiet", "--scenario", folder / "world.scenario", "--scale", SCALE, "--seed", SEED, "--days", DAYS,
            "-o", "a.pcap", "--honeypot", "logs", "--honeypot-form", "2017", "--variants", "v.csv", "--zone", "+09:00")
    succeed("honeypot", "--quiet", "-s", "store", "--zone", "+09:00", *sorted(pathlib.Path("logs").glob("*/*")))
    equal(csv_of("variants", "-s", "store", "--country-db", folder / "c.csv"),
          pathlib.Path("v.csv").read_text(encoding="utf-8"), "figures")


@case
def each_session_is_what_it_was_meant_to_be(_):
    """Role, stage, family, token and counts of every one of them."""
    folder = world()
    columns = ("time", "sensor", "session", "source", "protocol", "tokens", "role", "family", "stage", "failed", "logins",
               "commands", "downloads")
    truth = read(folder / "s.csv")
    for row in truth:
        row["family"] = row["family"] if row["tokens"] else ""
    listed = rows_of(succeed("honeypot", "--quiet", "--format", "csv", *sorted((folder / "logs").glob("*/*"))))
    for row in listed:
        row["time"] = row["time"].replace("000Z", "Z") if len(row["time"]) > 27 else row["time"]
    equal([[row[c] for c in columns] for row in listed], [[row[c] for c in columns] for row in truth], "sessions")


@case
def table_of_types(_):
    """Those that were there, with their strings, and one program or two."""
    rows = {row["type"]: row for row in rows_of(csv_of("variants", "-s", world() / "store", "--table"))}
    equal(rows["mirai"]["programs"], "2", "mirai")
    check({"MIRAI", "ECCHI"} <= set(rows["mirai"]["tokens"].split(";")) and rows["mirai"]["keys"] == "0x22",
          f"{rows['mirai']}")


@case
def join_is_what_the_telescope_saw_that_day(_):
    """By day and family: who of the honeypots' sources sent a SYN, by fingerprint and port."""
    folder = world()
    seen = {(row["day"], row["source"]): row for row in rows_of(csv_of("sources", "-s", folder / "store"))}
    prints = collections.defaultdict(set)
    for name in ("mirai", "hajime", "hajime-raw", "mirai-2016"):
        for row in rows_of(csv_of("sources", "-s", folder / "store", "--family", name)):
            prints[row["day"], row["source"]].add(name)
    want = collections.defaultdict(lambda: [set(), set(), collections.Counter()])
    for day, family, source in of_families(folder):
        for name in (family, "*"):
            entry = want[day, name]
            entry[0].add(source)
            if (day, source) in seen and source not in entry[1]:
                entry[1].add(source)
                entry[2].update(prints[day, source])
    rows = rows_of(csv_of("variants", "-s", folder / "store", "--join"))
    equal([(row["day"], row["family"]) for row in rows], sorted(want), "rows")
    for row in rows:
        sources, found, names = want[row["day"], row["family"]]
        equal((int(row["sources"]), int(row["seen"])), (len(sources), len(found)), f"{row}")
        got = dict(part.split(":") for part in row["fingerprints"].split(";") if part)
        equal({name: int(got[name]) for name in got if name in ("mirai", "hajime", "hajime-raw", "mirai-2016")},
              dict(names), f"fingerprints {row}")
        check(not found or row["ports"], "ports")
    share = sum(int(row["seen"]) for row in rows if row["family"] == "mirai") / sum(
        int(row["sources"]) for row in rows if row["family"] == "mirai")
    check(0.5 < share < 0.98, f"loaders are never seen, scanners mostly: {share}")


def counts_of(cell):
    return {name: int(count) for name, _, count in (part.rpartition(":") for part in cell.split(";") if part)}


def most(counts, order, top=None):
    return dict(sorted(counts.items(), key=lambda item: (-item[1], order.index(item[0])))[:top])


@case
def join_has_the_rules_that_sources_are_targets_of(_):
    """Rules are those that `hotaru rules` lists of the day; who used every value of one is counted from packets."""
    folder = world()
    families = collections.defaultdict(set)
    for day, family, source in of_families(folder):
        families[day, family].add(source)
        families[day, "*"].add(source)
    hits = 0
    for day in RULE_DAYS:
        days = ("--from", day, "--to", day)
        rules = {" => ".join(row[side].replace(";", "&") for side in ("antecedent", "consequent")):
                 set(f"{row['antecedent']};{row['consequent']}".split(";"))
                 for row in rows_of(csv_of("rules", "-s", folder / "store", *days))}
        used = collections.defaultdict(set)
        for row in rows_of(csv_of("packets", folder / "a.pcap", "--family", "*", "--telescope", "198.51.0.0/16", *days)):
            used[row["source"]] |= {f"{name}={row[column]}" for name, column in
                                    (("window", "window"), ("dport", "destination_port"), ("ttl", "ttl"), ("tos", "tos"))}
        for row in rows_of(csv_of("variants", "-s", folder / "store", "--join", *days)):
            counts = {text: sum(items <= used[source] for source in families[day, row["family"]]) for text, items in rules.items()}
            want = most({text: count for text, count in counts.items() if count}, list(rules), 3)
            equal(list(counts_of(row["rules"]).items()), list(want.items()), f"{row}")
            hits += len(want)
    check(hits > 3, f"{hits} rules with targets")


@case
def join_has_the_devices_that_answered(_):
    """Clusters are those of `hotaru cluster`; who answered on the day, or up to 30 days after, is of one."""
    folder = world()
    clusters = {row["address"]: row["cluster"] for row in rows_of(csv_of("cluster", "-s", folder / "store"))}
    answered = collections.defaultdict(set)
    asked = set()
    for row in rows_of(csv_of("responses", "-s", folder / "store")):
        day = datetime.date.fromisoformat(row["time"][:10])
        asked.add(day)
        if row["status"] == "answered":
            answered[row["address"]].add(day)
    want = collections.defaultdict(collections.Counter)
    for day, family, source in {(day, name, source) for day, family, source in of_families(folder) for name in (family, "*")}:
        first = datetime.date.fromisoformat(day)
        if source in clusters and any(0 <= (other - first).days <= 30 for other in answered[source]):
            want[day, family][clusters[source]] += 1
    rows = rows_of(csv_of("variants", "-s", folder / "store", "--join"))
    numbers = sorted(set(clusters.values()), key=int)
    for row in rows:
        first = datetime.date.fromisoformat(row["day"])
        if not any(0 <= (other - first).days <= 30 for other in asked):
            equal(row["models"], "", f"nobody was asked: {row}")
            continue
        equal(list(counts_of(row["models"]).items()), list(most(want[row["day"], row["family"]], numbers).items()), f"{row}")
    check(sum(count for counts in want.values() for count in counts.values()) > 20, "hosts that answered")
    check(len({name for counts in want.values() for name in counts}) > 3, "models")


def estimate(telescope, sample):
    """The published form of analyse/variants/infected.h, once more."""
    size = sum(sample.values())
    if size < SAMPLE_MIN or size == sample[0]:
        return None
    seen = sum(count / (min(k, 64) + 1) for k, count in sample.items())
    unseen = sample[0] * (sample[0] - 1) / (sample[1] + 1)
    ratio = unseen / seen
    variance = 0
    for k, count in sample.items():
        slope = (2 * sample[0] - 1) / (sample[1] + 1) if k == 0 else -unseen / (sample[1] + 1) if k == 1 else 0
        variance += count * ((slope - ratio / (min(k, 64) + 1)) / seen) ** 2
    missing = telescope * ratio
    if missing > 0:
        factor = math.exp(Z * math.sqrt(math.log(1 + (telescope ** 2 * variance + missing * (1 + ratio)) / missing ** 2)))
        return telescope + missing, telescope + missing / factor, telescope + missing * factor
    share = (size - sample[0]) / size
    low = (share + Z * Z / (2 * size) - Z * math.sqrt(share * (1 - share) / size + Z * Z / (4 * size * size))) / (1 + Z * Z / size)
    return telescope, telescope, telescope / low


def samples(folder, packets):
    """By day: of the scanners that came to honeypots, how many sent the telescope so many packets with Mirai's mark."""
    found = collections.defaultdict(collections.Counter)
    scanners = {(day, source) for (day, family, source), roles in of_families(folder).items()
                if family != "hajime" and roles & {"scanner", "both"}}
    for day, source in scanners:
        found[day][packets.get((day, source), 0)] += 1
    return found


def around(found, day):
    """Of the day, and of days around it until there are enough."""
    middle, sample, days = datetime.date.fromisoformat(day), collections.Counter(), 0
    for by in range(DAYS_AROUND + 1):
        if sum(sample.values()) >= SAMPLE_ENOUGH:
            break
        for one in {middle - datetime.timedelta(by), middle + datetime.timedelta(by)}:
            sample += found.get(one.isoformat(), collections.Counter())
            days += one.isoformat() in found
    return sample, days


@case
def estimates_are_the_formula_and_at_most_the_truth(_):
    """Of all countries and each, on every day; also where no honeypot logged anything."""
    folder = world()
    packets = {(row["day"], row["source"]): int(row["packets"])
               for row in rows_of(csv_of("sources", "-s", folder / "store", "--family", "mirai"))}
    found, where = samples(folder, packets), country_of(folder)
    telescope = collections.Counter()
    for day, source in packets:
        telescope.update([(day, "*"), (day, where(source))])
    truth = collections.Counter()
    for row in read(folder / "i.csv"):
        if row["population"].startswith(("mirai", "prototype", "wave")):
            for country in ("*", row["country"]):
                truth[row["day"], country] += int(row["sources"])
    known, at_least = 0, 0
    for row in rows_of(csv_of("variants", "-s", folder / "store", "--estimate")):
        day, count = row["day"], telescope[row["day"], row["country"]]
        sample, days = around(found, day)
        want = estimate(count, sample)
        equal((int(row["telescope"]), int(row["honeypots"]), int(row["both"]), int(row["sample_days"])),
              (count, sum(sample.values()), sum(sample.values()) - sample[0], days), f"{row}")
        if want is None or row["estimate"] == "":
            equal(row["estimate"] == "", want is None, f"{row}")
            continue
        got = [int(row[name]) for name in ("estimate", "lower_95", "upper_95")]
        check(max(abs(a - b) for a, b in zip(got, (want[0], math.floor(want[1] + 1e-6), math.ceil(want[2] - 1e-6)))) <= 1,
              f"{row}: {want}")
        check(day not in SILENT or days > 0, "a silent day takes the days around it")
        known += 1
        at_least += got[1] <= truth[day, row["country"]]
    check(known > 1000 and at_least > 0.95 * known, f"{at_least} of {known} are not above the truth")


run_cases()
