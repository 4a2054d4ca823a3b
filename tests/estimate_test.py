#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What was not seen: coverage of days, and estimates of sources, against other counts.

The estimates are computed here a second time, from the packets that hotaru prints and from
the formulas of doc/estimates.md; and a simulated telescope, of which is known how many hosts
there are, says how near they come.
"""
import collections
import csv
import datetime
import math
import pathlib

from harness import (DAY_NS, case, check, csv_of, equal, ethernet, hotaru, pcap, read_pcap, record,
                     run_cases, succeed, syn, write)

BASE = ("day,family,packets,sources,new,returned,recovered,cumulative_new,cumulative_recovered,"
        "active")
ESTIMATES = ("seen_probability,estimated_sources,estimated_low,estimated_high,chao1,chao1_low,"
             "chao1_high,gone_after_days,slow_internet_rate")
TELESCOPE = "198.51.100.0/24"
HOSTS = 5000
SCENARIO = f"""
start = 2016-09-01
days = 8
telescope = {TELESCOPE}
[population worm]
active = 2016-09-01 {HOSTS}
packets_per_day = 1.2
spread_percent = 50
lifetime_mean_days = 3650
lifetime_median_days = 3650
seq = destination
"""
Z = 1.959963985


def simulated():
    write("worm.scenario", SCENARIO.encode())
    succeed("simulate", "-q", "--scenario", "worm.scenario", "--scale", "1", "-o", "worm.pcap")
    return read_pcap(pathlib.Path("worm.pcap").read_bytes())


def pieces(link_type, records, *spans):
    """Captures of what lies between two moments, in days from the first midnight on."""
    begin = records[0][0] // DAY_NS * DAY_NS
    names = []
    for first, last in spans:
        kept = [r for r in records if first <= (r[0] - begin) / DAY_NS < last]
        names.append(write(f"piece {first}.pcap", pcap(kept, link_type)).name)
    return names


def rows(*words):
    return list(csv.DictReader(csv_of(*words).splitlines()))


# ---- coverage

@case
def holes_are_found_and_said(_):
    """A half day and a day are missing; the counts stay what they were."""
    names = pieces(*simulated(), (0, 2.25), (2.75, 5), (6, 8))
    succeed("ingest", "-q", "-s", "a store", "--telescope", TELESCOPE, *names)
    got = rows("info", "-s", "a store", "--coverage")
    equal(list(got[0])[:5], ["day", "captures", "covered_seconds", "share", "status"], "columns")
    equal([r["status"] for r in got], ["covered", "covered", "partly", "covered", "covered", "missing",
                                       "covered", "covered"], "status")
    equal([r["captures"] for r in got], ["1", "1", "2", "1", "1", "0", "1", "1"], "captures")
    check(abs(int(got[2]["covered_seconds"]) - 43200) < 120 and got[5]["share"] == "0", f"{got}")
    check(abs(float(got[2]["share"]) - 0.5) < 0.002, f"{got[2]}")
    plain = csv_of("survey", "-s", "a store", "--family", "mirai")
    more = csv_of("survey", "-s", "a store", "--family", "mirai", "--coverage")
    equal(plain.splitlines()[0], BASE, "no column without the option")
    equal([line.rsplit(",", 1)[0] for line in more.splitlines()], plain.splitlines(), "counts")
    equal([line.rsplit(",", 1)[1] for line in more.splitlines()],
          ["coverage"] + [r["share"] for r in got], "coverage")
    result = hotaru("survey", "-s", "a store")
    check(b"of 8 days 1 partly covered by captures, 1 without any" in result.err, f"{result.err}")
    result = hotaru("survey", "-s", "a store", "--from", "2016-09-07")
    check(b"partly" not in result.err, f"days that are not shown: {result.err}")
    equal(hotaru("survey", "-s", "a store", "-q").err, b"", "quiet")
    succeed("report", "-q", "-s", "a store", "-o", "page")
    for file in ("index.html", "mirai.svg"):
        text = pathlib.Path("page", file).read_text(encoding="utf-8")
        check('class="part"' in text and 'class="gap"' in text, f"{file} shades nothing")
    page = pathlib.Path("page/index.html").read_text(encoding="utf-8")
    check("a part was captured (1)" in page and "without captures (1)" in page, "captions")


@case
def whole_days_are_covered_whatever_the_files(_):
    """Hourly files with minutes of silence between them are no holes; a store without any is none."""
    link_type, records = simulated()
    hours = [(n / 24, (n + 1) / 24 - 5 / 1440) for n in range(8 * 24)]
    succeed("ingest", "-q", "-s", "a store", *pieces(link_type, records, *hours))
    got = rows("info", "-s", "a store", "--coverage")
    equal([(r["status"], r["share"]) for r in got], [("covered", "1")] * 8, "hourly files")
    check(all(r["captures"] == "24" for r in got), f"captures: {got}")
    check(b"partly" not in hotaru("survey", "-s", "a store").err, "a note of nothing")
    write("none.pcap", pcap([]))
    succeed("ingest", "-q", "-s", "empty", "none.pcap")
    equal(csv_of("info", "-s", "empty", "--coverage"),
          "day,captures,covered_seconds,share,status,holes,known_by\n", "without a day")


@case
def days_are_those_of_the_zone(_):
    """The day on which clocks go back has 25 hours."""
    begin = int(datetime.datetime(2016, 10, 29, 22, tzinfo=datetime.timezone.utc).timestamp())
    frames = [record((begin + n * 60) * 10**9, ethernet(syn("1.0.0.1", "198.51.100.7")))
              for n in range(25 * 60)]
    write("a.pcap", pcap(frames))
    succeed("ingest", "-q", "-s", "a store", "--zone", "Europe/Berlin", "a.pcap")
    equal(csv_of("info", "-s", "a store", "--coverage").splitlines()[1:],
          ["2016-10-30,1,90000,1,covered,0,frames"], "in Berlin")
    succeed("ingest", "-q", "-s", "utc", "a.pcap")
    equal([r["covered_seconds"] for r in rows("info", "-s", "utc", "--coverage")], ["7200", "82740"],
          "in UTC")


NOON = 1472731200  # 2016-09-01T12:00Z


def seconds(first, last, step=1):
    """Frames of SYNs, one each `step` seconds."""
    return [record(s * 10**9, ethernet(syn("1.0.0.1", "198.51.100.7"))) for s in range(first, last + 1, step)]


@case
def what_was_not_seen_is_not_covered_whatever_a_clock_says(_):
    """Ten minutes of a day stay ten minutes, with a frame of another day behind or before them."""
    arp = ethernet(bytes(28), ethertype=0x0806)
    for name, stray in (("none", []), ("year.pcap", [record((NOON + 364 * 86400) * 10**9, arp)]),
                        ("day.pcap", [record((NOON + 86400) * 10**9, arp)]),
                        ("before.pcap", [record((NOON - 2 * 86400) * 10**9, arp)])):
        write(name, pcap(seconds(NOON, NOON + 600) + stray))
        succeed("ingest", "-q", "-s", f"store {name}", name)
        equal(rows("info", "-s", f"store {name}", "--coverage"),
              [{"day": "2016-09-01", "captures": "1", "covered_seconds": "600", "share": "0.006944",
                "status": "partly", "holes": "2", "known_by": "frames"}], name)
    # Another capture saw some of what is between.
    write("next.pcap", pcap(seconds(NOON + 86400, NOON + 87000)))
    succeed("ingest", "-q", "-s", "store year.pcap", "next.pcap")
    equal([r["covered_seconds"] for r in rows("info", "-s", "store year.pcap", "--coverage")], ["600", "600"],
          "two captures")


@case
def long_silence_within_a_capture_is_a_hole(_):
    """As it would be between two files; where a frame comes each ten minutes, an hour is none."""
    write("dense.pcap", pcap(seconds(NOON - 43200, NOON) + seconds(NOON + 3600, NOON + 43199)))
    write("sparse.pcap", pcap(seconds(NOON - 43200, NOON, 600) + seconds(NOON + 3600, NOON + 43199, 600)))
    for name, covered, holes in (("dense", "82800", "1"), ("sparse", "86400", "0")):
        succeed("ingest", "-q", "-s", name, f"{name}.pcap")
        got = rows("info", "-s", name, "--coverage")
        equal([(r["covered_seconds"], r["holes"]) for r in got], [(covered, holes)], name)


# ---- estimates, a second time

def log_normal(seen, unseen, variance):
    if unseen <= 0:
        return seen, seen
    factor = math.exp(Z * math.sqrt(math.log(1 + variance / unseen**2)))
    return math.floor(seen + unseen / factor), math.ceil(seen + unseen * factor)


def chao1(f, seen, packets):
    once, twice = f[1], f[2]
    unseen = once * (once - 1) / (2 * (twice + 1))
    if unseen == 0:
        missed = math.exp(-packets / seen)
        high = seen / (1 - missed) + Z * math.sqrt(seen * missed) / (1 - missed)
        return seen, seen, math.ceil(high)
    if twice > 0:
        variance = (unseen + once * (2 * once - 1)**2 / (4 * (twice + 1)**2) +
                    once**2 * twice * (once - 1)**2 / (4 * (twice + 1)**4))
    else:
        variance = unseen + once * (2 * once - 1)**2 / 4 - once**4 / (4 * (seen + unseen))
    return seen + unseen, *log_normal(seen, unseen, variance)


def by_rates(f, seen):
    """(estimate, low, high, rate of the slowest)"""
    top = max(f)
    shared = 0
    while shared < 10 and f[shared + 1] >= (1 if shared == 0 else 10):
        shared += 1
    rate = {k: (k + 1) * (f[k + 1] + 1) / f[k] if k <= shared else k for k in range(1, top + 2)}
    weight = {k: 1 / (1 - math.exp(-rate[k])) for k in rate}
    slope = {k: -math.exp(-rate[k]) * weight[k]**2 for k in rate}
    total = sum(f[k] * weight[k] for k in range(1, top + 1))
    variance = 0
    for k in range(1, top + 2):
        d = weight[k] - (slope[k] * rate[k] if k <= shared else 0)
        d += k * slope[k - 1] if 1 <= k - 1 <= shared else 0
        variance += d * d * (f[k] + (1 if 1 <= k - 1 <= shared else 0))
    return total, *log_normal(seen, total - seen, variance - total), rate[min(k for k in f if f[k])]


def counts(name, family, telescope):
    """{day: {k: sources that sent k SYNs of the family}} of what `packets` prints."""
    sent = collections.defaultdict(collections.Counter)
    for p in rows("packets", "--telescope", telescope, name):
        if p["kind"] == "syn" and (family == "*" or family in p["fingerprints"].split(";")):
            sent[p["time"][:10]][p["source"]] += 1
    return {day: collections.Counter(sources.values()) for day, sources in sent.items()}


def expected(f, size, covered_s):
    seen = sum(f.values())
    if seen < 10:
        return [""] * 7 + [""]
    total, low, high, rate = by_rates(f, seen)
    c = chao1(f, seen, sum(k * n for k, n in f.items()))
    decimal = f"{seen / total:.6f}".rstrip("0").rstrip(".")
    return [decimal, *(str(math.floor(x + 0.5)) for x in (total, low, high, *c)),
            rate * 2**32 / size / covered_s]


def check_estimates(name, telescope, sizes):
    covered = {r["day"]: float(r["covered_seconds"]) for r in rows("info", "-s", "a store", "--coverage")}
    for family in ("mirai", "*", "zmap"):
        want = counts(name, family, telescope)
        for row in rows("survey", "-s", "a store", "--family", family, "--estimate"):
            f = want.get(row["day"], collections.Counter())
            got = [row[c] for c in ESTIMATES.split(",") if c not in ("gone_after_days",
                                                                     "slow_internet_rate")]
            what = expected(f, sizes(row["day"]), covered[row["day"]])
            equal(got, what[:-1], f"{family} on {row['day']}")
            rate = row["slow_internet_rate"]
            check(rate == what[-1] or abs(float(rate) / what[-1] - 1) < 1e-4,
                  f"{family} on {row['day']}: {rate}, not {what[-1]} a second")


@case
def estimates_are_what_the_formulas_say(_):
    """Few sources, many, those of a family and all; with a telescope that grows, and a hole."""
    link_type, records = simulated()
    few = [record(records[0][0] + n * 10**9, ethernet(syn(f"2.0.0.{n % 12}", "198.51.100.9", ip_id=54321)))
           for n in range(30)]
    begin = records[0][0] // DAY_NS * DAY_NS
    kept = [r for r in records + few if not 2.25 <= (r[0] - begin) / DAY_NS < 2.75]
    write("all.pcap", pcap(sorted(kept), link_type))
    names = [write("first.pcap", pcap(sorted(r for r in kept if r[0] < begin + 2.5 * DAY_NS))).name,
             write("second.pcap", pcap(sorted(r for r in kept if r[0] >= begin + 2.5 * DAY_NS))).name]
    telescope = "198.51.100.0/26,198.51.100.64/26@2016-09-03..2016-09-07,198.51.100.128/25@2016-09-06.."
    succeed("ingest", "-q", "-s", "a store", "--telescope", telescope, *names)
    header = csv_of("survey", "-s", "a store", "--estimate").splitlines()[0]
    equal(header, f"{BASE},coverage,{ESTIMATES}", "columns")
    whole = csv_of("survey", "-s", "a store", "--estimate").splitlines()
    equal(csv_of("survey", "-s", "a store", "--estimate", "--from", "2016-09-04", "--to",
                 "2016-09-05").splitlines()[1:],
          [line for line in whole if line[:10] in ("2016-09-04", "2016-09-05")], "of two days")
    check_estimates("all.pcap", telescope, lambda day: 64 + 64 * ("2016-09-03" <= day <= "2016-09-07") +
                    128 * (day >= "2016-09-06"))


@case
def estimates_come_near_the_truth(_):
    """5,000 hosts, of which two thirds are seen a day; a half day estimates all of them, too."""
    names = pieces(*simulated(), (0, 2.25), (2.75, 8))
    got = rows("survey", *names, "--telescope", TELESCOPE, "--family", "mirai", "--estimate")
    for row in got:
        seen, chao, rate = (int(row[c]) for c in ("sources", "chao1", "estimated_sources"))
        print(row["day"], row["coverage"], seen, rate, chao)
        least = 0.85 if float(row["coverage"]) < 1 else 0.92
        check(seen < 0.75 * HOSTS and least * HOSTS < rate < 1.02 * HOSTS, f"by rates {row}")
        check(least * HOSTS < chao < 1.04 * HOSTS, f"Chao1 {row}")
        check(int(row["chao1_low"]) <= 1.01 * HOSTS, f"low {row}")


# ---- silence

@case
def silence_is_longer_where_less_is_seen(_):
    """gone_after_days counts what is seen on the days that follow, in their own telescope."""
    records = []
    # Each day 20 sources once and 10 twice: a rate of 2 * 11 / 20 a day; 1 % takes 4.19 of it.
    for day in range(12):
        for n in range(30):
            for again in range(1 + n % 3 // 2):
                moment = day * DAY_NS + (n * 47 + again) * 60 * 10**9 + 10**9
                records.append(record(10**18 // DAY_NS * DAY_NS + moment, ethernet(
                    syn(f"9.0.{day}.{n}", f"198.51.{100 + again}.{n}"))))
    write("a.pcap", pcap(sorted(records)))
    first = datetime.date(1970, 1, 1) + datetime.timedelta(10**18 // DAY_NS)

    def silence(telescope, *words):
        return [r["gone_after_days"] for r in rows("survey", "a.pcap", "--family", "*", "--estimate",
                                                   "--telescope", telescope, *words)]
    equal(silence("198.51.100.0/23"), ["5"] * 12, "one size, 1 %")
    equal(silence("198.51.100.0/23", "--error", "0.1"), ["3"] * 12, "one size, 10 %")
    equal(silence("198.51.100.0/23", "--error", "0.000001"), ["13"] * 12, "one size, 0.0001 %")
    # From the ninth day on the telescope is four times as large: 4.19 of the small one are 1.05 of it.
    grown = first + datetime.timedelta(8)
    telescope = f"198.51.100.0/23,203.0.112.0/22@{grown}..,203.0.120.0/23@{grown}.."
    equal(silence(telescope), ["5", "5", "5", "5", "4", "3", "2", "2", "5", "5", "5", "5"],
          "the telescope grows on the ninth day")
    # Behind a day that nobody watched one day more is needed.
    begin = records[0][0] // DAY_NS * DAY_NS
    write("b.pcap", pcap(sorted(r for r in records if (r[0] - begin) // DAY_NS < 6)))
    write("c.pcap", pcap(sorted(r for r in records if (r[0] - begin) // DAY_NS > 6)))
    got = [r["gone_after_days"] for r in rows("survey", "b.pcap", "c.pcap", "--family", "*", "--estimate")]
    equal(got, ["5", "6", "6", "6", "6", "6", "", "5", "5", "5", "5", "5"], "the seventh day is missing")


@case
def nonsense_is_refused(_):
    write("a.pcap", pcap([record(10**18, ethernet(syn("1.0.0.1", "198.51.100.7")))]))
    for error in ("0", "1", "0.6", "-1", "nan"):
        result = hotaru("survey", "a.pcap", "--estimate", f"--error={error}")
        check(result.code == 2 and len(result.errors()) == 1, f"--error {error}: {result.errors()}")
    row = rows("survey", "a.pcap", "--family", "*", "--estimate")[0]
    equal([row[c] for c in ESTIMATES.split(",")], [""] * 9, "of one source")


run_cases()
