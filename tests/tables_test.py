#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Every table of the report's page is the CSV that its link names: each row and number of it, in both languages, and
what the table leaves out is said and in the CSV."""
import calendar
import csv
import functools
import html.parser
import json
import pathlib
import re

from harness import (DAY_NS, address, case, check, equal, ethernet, fixture, ipv4, pcap, record, run_cases, succeed, syn,
                     udp, write)

BEGIN = calendar.timegm((2016, 9, 1, 0, 0, 0)) * 10**9
DAYS, MISSING, FAR = 34, 32, "203.0.113.0/26"
DARK = address("198.51.100.0")
LANGUAGES = {"en": {"unknown": "unknown", "n/a": "n/a", "none": "none"},
             "ja": {"unknown": "不明", "n/a": "対象外", "none": "なし"}}


# ---- a small telescope with something for every table

def packets(day):
    """(source, packet)"""
    last = day == DAYS - 1
    for i in range(60):
        yield syn(address("16.0.0.0") + 65536 * i + day % 3, DARK + i, port=23, window=8192)
    for port in range(1, 19):  # more TCP ports than the table has rows
        for i in range(22 + port):
            yield syn(address("32.0.0.0") + 256 * i, DARK + i, port=8000 + port, window=2048)
    for port in range(1, 8):  # and UDP
        for i in range(port):
            yield ipv4(address("33.0.0.0") + 256 * i, DARK + i, 17, udp(40000, 100 + port))
    for i in range(2 + day % 5):
        yield syn(address("48.0.0.0") + 256 * i, DARK + 7, seq=None, window=4096)
        yield syn(address("49.0.0.0") + 256 * i, DARK + 7, seq=None, port=7547, window=4096)
    for i in range(3):
        yield syn(address("50.0.0.0") + i, DARK + 9, port=5358, window=14600)
        for n in range(3):
            yield syn(address("51.0.0.0") + i, DARK + 9 + n, port=80, ip_id=54321, window=65535)
    for group in range(15 if last else 0):  # more new rules than there are cards
        for i in range(25):
            for window in (20000 + group, 30000 + group):
                yield syn(address("64.0.0.0") + 65536 * group + 256 * i, DARK + i, port=445, window=window)


def make(folder):
    records = []
    for day in range(DAYS):
        if day != MISSING:
            for i, packet in enumerate(packets(day)):
                records.append(record(BEGIN + day * DAY_NS + i * 10**9, ethernet(packet)))
    for ethertype in (0x0806, 0x88cc, 0x86dd):
        records.append(record(BEGIN + 7 * 10**9, ethernet(b"\x60" + bytes(60), ethertype=ethertype)))
    late = bytearray(pcap(records[:2]))
    late[28:32] = (1500000).to_bytes(4, "little")  # a second and a half: a remark
    write(folder / "late.pcap", bytes(late))
    write(folder / "days.pcap", pcap(sorted(records, key=lambda r: r[0])) + b"cut")
    countries = [f"{n}.0.0.0,{n}.255.255.255,{place}\n" for n, place in
                 ((16, "JP"), (32, "DE"), (33, "FR"), (48, "BR"), (49, "BR"), (50, "US"))]
    write(folder / "countries.csv", "".join(countries).encode())
    networks = [f"{16 + n // 200}.{n % 200}.0.0,{16 + n // 200}.{n % 200}.255.255,{64500 + n},Network {n} & <b>\n"
                for n in range(60)] + ["48.0.0.0,48.255.255.255,65001,Other\n"]
    write(folder / "networks.csv", "".join(networks).encode())
    succeed("ingest", "-q", "-s", folder / "store", "--telescope", "198.51.100.0/24", folder / "days.pcap",
            folder / "late.pcap", code=3)
    answers = [json.dumps({"address": f"16.{i}.0.0", "port": port, "time": (BEGIN // 10**9) + 86400 * DAYS, "probe": "test",
                           "status": "answered" if (i + port) % 3 else "refused", "response": "eA==" if (i + port) % 3 else ""})
               for i in range(0, 60, 2) for port in (22, 23, 80, 2323)]
    write(folder / "answers.jsonl", "\n".join(answers).encode())
    succeed("responses", "-q", "-s", folder / "store", folder / "answers.jsonl")


# ---- reading the page

class Cell:
    def __init__(self):
        self.text, self.small, self.marks = "", "", ""

    def clean(self):
        self.text, self.small, self.marks = (" ".join(t.split()) for t in (self.text, self.small, self.marks))


class Table:
    def __init__(self, names):
        self.names, self.rows, self.links = names, [], []


class Page(html.parser.HTMLParser):
    """Tables in their order, each with the ids around it, the nearest first, and the files that the links below name.

    A list of links is for the tables between it and the last heading with an id, or panel, that begins."""

    def __init__(self, text):
        super().__init__()
        self.tables, self.pending, self.open, self.cell, self.ids = [], [], [], None, []
        self.is_links, self.notes = False, []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        classes = (attributes.get("class") or "").split()
        if tag in ("br", "meta", "link", "hr", "path", "rect", "circle", "line", "use"):
            return
        self.open.append((tag, classes))
        if tag == "section":
            self.ids = []
        if attributes.get("id") and tag in ("section", "div", "h3"):
            self.ids, self.pending = [attributes["id"], *self.ids], []
        if tag == "table":
            self.tables.append(Table(list(self.ids)))
            self.pending.append(self.tables[-1])
        elif tag == "tr":
            self.tables[-1].rows.append([])
        elif tag in ("th", "td"):
            self.cell = Cell()
            self.tables[-1].rows[-1].append(self.cell)
        elif tag == "ul" and "links" in classes:
            self.is_links = True
        elif tag == "a" and self.is_links:
            for table in self.pending:
                table.links.append(attributes["href"])

    def handle_startendtag(self, tag, attributes):
        pass

    def handle_endtag(self, tag):
        while self.open and self.open.pop()[0] != tag:
            pass
        if tag in ("th", "td"):
            self.cell.clean()
            self.cell = None
        elif tag == "ul" and self.is_links:
            self.is_links, self.pending = False, []
        elif tag == "section":
            self.ids, self.pending = [], []

    def handle_data(self, data):
        if self.cell is None:
            return
        within = next((tag if tag == "small" else "mark" for tag, classes in reversed(self.open)
                       if tag == "small" or "new" in classes), None)
        if within == "small":
            self.cell.small += data
        elif within == "mark":
            self.cell.marks += data
        else:
            self.cell.text += data


def grouped(number):
    return f"{int(number):,}"


def share(value):
    value = float(value)
    if 0 < value < 0.0005:
        return "<0.1%"
    if 0.9995 <= value < 1:
        return ">99.9%"
    return f"{value * 100:.1f}%"


def signed(now, before):
    difference = int(now) - int(before)
    return "±0" if difference == 0 else f"{'+' if difference > 0 else '−'}{abs(difference):,}"


# ---- what each table has to say; `t` are its texts, without the head

class Report:
    def __init__(self, lang):
        self.words, self.lang, self.folder = LANGUAGES[lang], lang, pathlib.Path(f"page {lang}")
        files = fixture("tables", make)
        succeed("report", "-q", "-s", files / "store", "-o", self.folder, "--lang", lang, "--min-support", "20",
                "--country-db", files / "countries.csv", "--asn-db", files / "networks.csv", "--home",
                f"JP,AS64503,FR,{FAR},48.0.0.0/8")
        self.text = (self.folder / "index.html").read_text(encoding="utf-8")
        self.tables = Page(self.text).tables
        self.by_name = {}
        for table in self.tables:
            self.by_name.setdefault(table.names[0], []).append(table)

    @functools.cache
    def rows(self, file):
        with open(self.folder / file, encoding="utf-8", newline="") as lines:
            return list(csv.DictReader(lines))

    def number(self, text):
        return grouped(text) if text != "" else self.words["unknown"]

    def share(self, text):
        return share(text) if text != "" else self.words["unknown"]


def texts(table):
    return [[cell.text for cell in row] for row in table.rows[1:]]


def rows_of(tables):
    """Of a table and its folded rows."""
    return [row for table in tables for row in texts(table)]


def port_text(row):
    return row["port"] if row["protocol"] == "tcp" else f"{row['port']}/UDP"


def changes(page, tables):
    got, rows = rows_of(tables), page.rows("changes.csv")
    unknown = {"new": "–"}
    equal([[r[0], *r[3:]] for r in got],
          [[r["day"], grouped(r["sources"]), grouped(r["usual"]) if r["usual"] else unknown[r["change"]],
            grouped(r["most_before"])] for r in rows], "changes")
    equal(len({(a[1], b["change"]) for a, b in zip(got, rows)}), len({r["change"] for r in rows}), "words for changes")
    for text, row in zip(got, rows):
        words = row["name"] or row["id"]
        if row["subject"] == "port":
            words = re.sub("tcp/(.*)", r"\1", re.sub("udp/(.*)", r"\1/UDP", words))
        elif row["subject"] == "rule":
            words = " ⇒ ".join(", ".join(i.split("=")[1] for i in side.split(";")) for side in words.split(" => "))
        check(words in text[2] or page.lang == "ja" and row["subject"] == "country" and text[2], f"{text} is not {row}")


def tools(page, tables):
    rows = [r for r in page.rows("tools.csv") if int(r["sources"]) > 0]
    equal([[r[0], r[2]] for r in rows_of(tables)], [[r["family"], grouped(r["sources"])] for r in rows], "tools")


def home(page, tables):
    rows = page.rows("home.csv")
    equal([r[1:] for r in rows_of(tables)],
          [[r["place"], page.number(r["sources"]), page.share(r["share"])] for r in rows], "one's own")
    equal([r["place"] for r in rows if r["sources"] == ""], [FAR], "what is not known")
    if page.lang == "en":
        equal([r[0] for r in rows_of(tables)], [r["name"] or r["place"] for r in rows], "names of one's own")


def ports(page, tables):
    all_rows = page.rows("ports-last-day.csv")
    mirai = {(r["protocol"], r["port"]): int(r["sources"]) for r in all_rows if r["family"] == "mirai"}
    rows = [r for r in all_rows if r["family"] == "*"]
    listed = [r for protocol, most in (("tcp", 15), ("udp", 5))
              for r in [r for r in rows if r["protocol"] == protocol][:most]]
    check(len(rows) > len(listed), "nothing is left out")
    listed.sort(key=lambda r: (-int(r["sources"]), r["protocol"], int(r["port"])))

    def against(row, column):
        return signed(row["sources"], row[column]) if row[column] != "" else page.words["unknown"]

    def mirai_share(row):
        key = row["protocol"], row["port"]
        return page.words["n/a"] if key[0] == "udp" else share(mirai.get(key, 0) / int(row["sources"]))

    got = rows_of(tables)
    equal([[r[0].split()[0], *r[2:]] for r in got],
          [[port_text(r), grouped(r["sources"]), against(r, "day_before"), against(r, "week_before"),
            grouped(r["packets"]), mirai_share(r)] for r in listed], "ports")
    cells = [row[0] for table in tables for row in table.rows[1:]]
    equal([bool(c.marks) for c in cells], [r["is_new"] == "yes" for r in listed], "new ports")
    check(page.words["unknown"] in {r[3] for r in got}, "the day before has no captures")


def places(page, tables, file, homes):
    rows = page.rows(file)
    rows = [r for r in rows if r["place"] in homes] + [r for r in rows if r["place"] not in homes]
    got = rows_of(tables)
    equal([r[1:4] for r in got], [["" if r["place"] == "unknown" else r["place"], grouped(r["sources"]),
                                   share(r["share"])] for r in rows], file)
    equal([r[0] == page.words["unknown"] for r in got], [r["place"] == "unknown" for r in rows], f"{file}: unknown")
    if page.lang == "en" or file == "networks.csv":
        equal([r[0] for r in got if r[1]], [r["name"] or r["place"] for r in rows if r["place"] != "unknown"], file)
    return rows, got


def countries(page, tables):
    places(page, tables, "countries.csv", ("JP", "FR"))


def networks(page, tables):
    rows, got = places(page, tables, "networks.csv", ("AS64503",))
    asked = {}
    for row in page.rows("networks-by-port.csv"):
        for column, value in row.items():
            if column.startswith("sources_") and value and row["rank"]:
                port = int(column[8:])
                asked.setdefault(row[f"place_{port}"], []).append((-int(value), port))
    columns = [int(c[8:]) for c in page.rows("networks-by-port.csv")[0] if c.startswith("sources_")]
    want = []
    for row in rows:
        most = sorted(asked.get(row["place"], []), key=lambda one: (one[0], columns.index(one[1])))[:3]
        want.append(" ".join(str(port) for _, port in most) or page.words["none"])
    equal([r[4] for r in got], want, "ports of networks")


def top_cells(table_row, cells, rows, whole, name):
    """Cells of places, each with its sources and share."""
    for cell, row in zip(cells, rows):
        equal(cell.small, f"{grouped(row['sources'])} · {share(int(row['sources']) / whole)}", f"{name}: {table_row}")


def countries_by_port(page, tables):
    rows = page.rows("countries-by-port.csv")
    sums = {c[8:]: sum(int(r[c] or 0) for r in rows) for c in rows[0] if c.startswith("sources_")}
    want = [[port, grouped(n)] for port, n in sums.items() if n > 0]
    equal([r[:2] for r in rows_of(tables)], want, "countries by port")
    for row in (row for table in tables for row in table.rows[1:]):
        port = row[0].text
        of = [{"sources": r[f"sources_{port}"]} for r in rows if r["rank"] and r[f"sources_{port}"]][:5]
        equal(len([c for c in row[2:] if c.small]), len(of), f"countries of port {port}")
        top_cells(port, row[2:], of, sums[port], "countries by port")


def networks_by_country(page, tables):
    by_country = {}
    for row in page.rows("networks-by-country.csv"):
        if row["country"] != "other":
            by_country.setdefault(row["country"], []).append(row)
    cells = [row for table in tables for row in table.rows[1:]]
    equal([row[1].text for row in cells], [grouped(r[0]["country_sources"]) for r in by_country.values()],
          "networks by country")
    for row, of in zip(cells, by_country.values()):
        equal(len([c for c in row[2:] if c.small]), min(len(of), 3), "networks of a country")
        top_cells(row[0].text, row[2:], of, int(of[0]["country_sources"]), "networks by country")
        equal([c.text for c in row[2:] if c.small],
              [page.words["unknown"] if r["place"] == "unknown" else r["name"] or r["place"] for r in of[:3]],
              "their names")


def concentration(page, tables):
    of_length = {bits: [r for r in page.rows("prefixes.csv") if r["prefix"].endswith(bits)] for bits in ("/16", "/24")}

    def that_hold(rows, part):
        return next(r["rank"] for r in rows if int(r["cumulative_sources"]) >= part * int(rows[-1]["cumulative_sources"]))

    equal(texts(tables[0]), [[bits, grouped(len(rows)), grouped(that_hold(rows, 1 / 5)), grouped(that_hold(rows, 1 / 2)),
                              grouped(rows[0]["sources"])] for bits, rows in of_length.items()], "concentration")
    for table, rows in zip(tables[1:], of_length.values()):
        whole = int(rows[-1]["cumulative_sources"])
        check(len(rows) > 20, "nothing is left out")
        equal(texts(table), [[r["prefix"], grouped(r["sources"]), share(int(r["sources"]) / whole)] for r in rows[:20]],
              "the fullest prefixes")
        check(grouped(len(rows) - 20) in page.text, "how many are left out is not said")


def accessibility(page, tables):
    rows = page.rows("accessibility.csv")
    check(any(int(r["accessible"]) > 0 for r in rows), "nobody answered")
    equal(rows_of(tables), [[r["attacked_port"], r["probed_port"], grouped(r["hosts"]), grouped(r["accessible"]),
                             share(r["share"])] for r in rows], "ports that answer")


def clusters(page, tables):
    rows = page.rows("devices.csv")
    check(any(r["banner"] for r in rows), "no answers")
    equal([r[:5] for r in rows_of(tables)],
          [[r["cluster"], grouped(r["hosts"]), grouped(r["infected"]), share(int(r["infected"]) / int(r["hosts"])),
            r["ports"].replace(";", ", ")] for r in rows], "clusters")


def items_of(row):
    return frozenset(row["antecedent"].split(";") + row["consequent"].split(";"))


def rules(page, tables):
    rows = page.rows("rules-timeline.csv")
    got = rows_of(tables)
    equal(len(got), len({items_of(r) for r in rows}), "one row for all rules over the same values")
    left = list(rows)
    for text in got:
        found = [r for r in left if text[2:] == [r["first_day"], r["last_day"], grouped(r["days"]), r["peak_day"],
                                                 grouped(r["peak_sources"]),
                                                 share(int(r["peak_mirai_any_port_sources"]) / int(r["peak_sources"])),
                                                 share(r["peak_confidence"])]]
        if check(found, f"no row of rules-timeline.csv is {text}"):
            left.remove(found[0])


def emergences(page, tables):
    """Those without a card: they are the earliest, and of one day in the order of the CSV."""
    rows = page.rows("rules-new.csv")
    got = rows_of(tables)
    check(got, "all new rules have a card")
    keys = [[r["day"], grouped(r["target_sources"]), share(int(r["mirai_any_port_sources"]) / int(r["target_sources"])),
             share(r["confidence"])] for r in rows]
    for text in got:
        if check([text[0], *text[3:]] in keys, f"no row of rules-new.csv is {text}"):
            keys.remove([text[0], *text[3:]])
    cards = page.text.count('<article class="card emergence">')
    equal(len(got) + cards, len(rows), "new rules of the page")


def lifetimes(page, tables):
    def real(text):
        return f"{float(text):.1f}" if text else "–"

    def whole(text):
        return grouped(text) if text else "–"

    equal(rows_of(tables), [[r["family"], grouped(r["sources"]), grouped(r["spells"]), grouped(r["open_spells"]),
                             real(r["mean_days"]), real(r["median_days"]), whole(r["p90_days"]),
                             whole(r["kaplan_meier_median_days"])] for r in page.rows("lifetimes.csv")], "lifetimes")


def days(page, tables):
    family = tables[0].names[0][len("days-"):]
    want = []
    missing = [f"2016-10-{MISSING - 29:02}"]
    for r in page.rows("survey.csv")[::-1]:
        if r["family"] == family:
            numbers = [page.words["unknown"] if c != "recovered" and r["day"] in missing else grouped(r[c])
                       for c in ("packets", "sources", "new", "returned", "recovered")]
            want.append([r["day"], *numbers, grouped(r["active"])])
    equal(rows_of(tables), want, f"days of {family}")
    check(len(want) == DAYS, f"{len(want)} days")


def ledger(page, tables):
    totals, flaws, remarks, captures = tables
    rows = page.rows("ledger.csv")
    sums = [(r["counter"], int(r["frames"])) for r in rows if r["capture"] == "*"]
    equal([[r[0], *r[2:]] for r in texts(totals)], [[c, grouped(n), share(n / sums[-1][1])] for c, n in sums], "ledger")
    reasons = [r for r in page.rows("reasons.csv") if r["capture"] == "*"]
    want = sorted([r["counter"], grouped(r["frames"])] for r in reasons)
    got = [[r[0], r[3]] for r in texts(flaws) + texts(remarks)]
    want += [["ipv6", grouped(n)] for c, n in sums if c == "ipv6"]
    equal(sorted(got), sorted(want), "what was not understood, and remarks")
    equal([r["reason"] for r in reasons if [r["counter"], grouped(r["frames"])] in [[t[0], t[3]] for t in texts(remarks)]
           and r["reason"] == "fraction"], ["fraction"], "remarks")
    names = [c.text for c in captures.rows[0]][2:-1]
    damage = {r["capture"]: r["damage"] for r in page.rows("captures.csv")}
    want = []
    for name in dict.fromkeys(r["capture"] for r in rows if r["capture"] != "*"):
        frames = {r["counter"]: r["frames"] for r in rows if r["capture"] == name}
        want.append([name, grouped(frames["frames"]), *(grouped(frames.get(c, 0)) for c in names), damage[name]])
    equal(texts(captures), want, "captures")
    check(any(row[-1] for row in want), "none is damaged")


# Each table by the nearest id above it: what compares it, and the files that its link names. There is none that is
# not compared; one that comes is not known here, and fails.
TABLES = {"all-changes": (changes, ["changes.csv"]),
          "tools": (tools, ["tools.csv"]),
          "home-table": (home, ["home.csv"]),
          "port-table": (ports, ["ports-last-day.csv", "ports.csv"]),
          "countries": (countries, ["countries.csv"]),
          "countries-by-port": (countries_by_port, ["countries-by-port.csv"]),
          "networks-of-days": (networks, ["networks.csv", "networks-by-port.csv"]),
          "networks-by-country": (networks_by_country, ["networks-by-country.csv"]),
          "concentration": (concentration, ["prefixes.csv"]),
          "accessibility-table": (accessibility, ["accessibility.csv"]),
          "cluster-table": (clusters, ["devices.csv"]),
          "emergences": (emergences, ["rules-new.csv"]),
          "rule-table": (rules, ["rules-timeline.csv"]),
          "lifetimes": (lifetimes, ["lifetimes.csv"]),
          "days-*": (days, ["survey.csv"]),
          "ledger": (ledger, None)}
LEDGER = [["ledger.csv"], ["reasons.csv", "ledger.csv"], ["reasons.csv", "ledger.csv"], ["ledger.csv", "captures.csv"]]


def kind_of(name):
    return re.sub("^days-.*", "days-*", name)


def every_table_is_its_csv(lang):
    page = Report(lang)
    equal({kind_of(name) for name in page.by_name}, set(TABLES), "tables of the page")
    for name, tables in page.by_name.items():
        compare, files = TABLES.get(kind_of(name), (None, None))
        if compare is None:
            continue
        equal([t.links for t in tables], LEDGER if files is None else [files] * len(tables), f"links of {name}")
        for table in tables:
            equal({len(row) for row in table.rows}, {len(table.rows[0])}, f"cells of {name}")
        compare(page, tables)
    files = set(re.findall(r'href="([^"#/:]*\.csv)"', page.text))
    equal(files, {p.name for p in page.folder.glob("*.csv")}, "CSV files that the page names, and those beside it")
    check("99.9%" not in re.sub("[><]99.9%", "", re.sub("&gt;", ">", page.text)) and "+>" not in page.text, "+>99.9%")


@case
def every_table_is_its_csv_in_english(_):
    every_table_is_its_csv("en")


@case
def every_table_is_its_csv_in_japanese(_):
    every_table_is_its_csv("ja")


if __name__ == "__main__":
    run_cases()
