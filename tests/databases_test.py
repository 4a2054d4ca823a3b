#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Databases of countries and networks: how they get into a store and out of it, and what a user is
told of those that are no good. What is found in them is src/place/place_test.c."""
import gzip
import os
import pathlib
import shutil
import tarfile

import mmdb
from harness import (ROOT, case, check, csv_of, equal, ethernet, hotaru, pcap, record, run_cases,
                     succeed, syn, write)

BEGIN_NS = 1475280000 * 10**9  # 2016-10-01
COUNTRIES = {"1.0.0.0/8": mmdb.geolite_country("JP", "Japan")}
NETWORKS = b'1.0.0.0,1.0.0.255,13335,"Cloudflare, Inc."\n'


def capture():
    return write("a.pcap", pcap([record(BEGIN_NS, ethernet(syn("1.0.0.1", "198.51.100.7")))])).name


def store():
    succeed("ingest", "-q", "-s", "store", capture())


def country_file(name="GeoLite2-Country.mmdb", **more):
    return write(name, mmdb.write(COUNTRIES, kind="GeoLite2-Country", **more)).name


def settings(*words):
    """{setting: [value, ...]}"""
    rows = {}
    for line in csv_of("settings", "-s", "store", *words).splitlines()[1:]:
        key, value = line.split(",", 1)
        rows.setdefault(key, []).append(value.strip('"'))
    return rows


def kept_files():
    return sorted(name for name in os.listdir("store") if ".database" in name)


@case
def settings_show_what_holds_for_a_store(_):
    write("rules", b"mine = tcp dst port 5555\n")
    succeed("ingest", "-q", "-s", "store", "--zone", "+09:00", "--telescope", "198.51.100.0/24",
            "--fingerprints", "rules", capture())
    want = {"zone": ["'+09:00"],  # with what keeps it from being a formula
            "telescope": ["198.51.100.0/24"], "fingerprint": ["mine = tcp dst port 5555"],
            "country_db": ["none"], "asn_db": ["none"]}
    equal(settings(), want, "settings")
    result = hotaru("settings", "-s", "nowhere", "--country-db", country_file())
    equal((result.code, os.path.exists("nowhere")), (1, False), "no store is made")


@case
def a_store_keeps_copies(_):
    """They outlive the files that they were copied from, and later ones take their place."""
    store()
    first = country_file()
    content = pathlib.Path(first).read_bytes()
    rows = settings("--country-db", first, "--asn-db", write("asn.csv", NETWORKS).name)
    equal(rows["country_db"], ["'GeoLite2-Country.mmdb' (GeoLite2-Country, of 2016-10-01)"],
          "the country database")
    equal(rows["asn_db"], ["'asn.csv' (table, no date)"], "the network database")
    os.remove(first)
    os.remove("asn.csv")
    equal(settings(), rows, "settings without the files")
    info = csv_of("info", "-s", "store")
    check("'asn.csv' (table, no date)" in info and "format,3" in info, f"info: {info}")
    equal([pathlib.Path("store", name).read_bytes() for name in kept_files()], [content, NETWORKS],
          "copies")
    succeed("verify", "-q", "-s", "store")
    before = kept_files()
    country_file()
    equal(settings("--country-db", first), rows, "the same again")
    equal(kept_files(), before, "files after the same again")
    rows = settings("--country-db", country_file("b.mmdb", built_s=1500000000))
    equal((rows["country_db"], rows["asn_db"]),
          (["'b.mmdb' (GeoLite2-Country, of 2017-07-14)"], ["'asn.csv' (table, no date)"]), "another")
    equal(len(kept_files()), 2, "files")
    equal(settings("--country-db", "", "--asn-db", "")["country_db"], ["none"], "none")
    equal(kept_files(), [], "no files")
    succeed("verify", "-q", "-s", "store")


@case
def ingest_keeps_them_too(_):
    words = (f"{country_file('old.mmdb')}@..2016-12-31,"
             f"{country_file('mid@2.mmdb')}@2017-01-01..2017-12-31,{country_file('new.mmdb')}@2018-01-01..")
    succeed("ingest", "-q", "-s", "store", "--country-db", words, capture())
    of = "(GeoLite2-Country, of 2016-10-01, for days"
    equal(settings()["country_db"],
          [f"'old.mmdb' {of} up to 2016-12-31)", f"'mid@2.mmdb' {of} 2017-01-01 to 2017-12-31)",
           f"'new.mmdb' {of} from 2018-01-01)"], "date ranges")
    succeed("ingest", "-q", "-s", "store", capture())
    equal(len(settings()["country_db"]), 3, "an ingest without them leaves them")
    succeed("ingest", "-q", "-s", "store", "--country-db", "new.mmdb", capture())
    equal(settings()["country_db"], ["'new.mmdb' (GeoLite2-Country, of 2016-10-01)"],
          "known captures, another database")


def bad_databases():
    """(option, file, what the line says)"""
    good = mmdb.write(COUNTRIES)
    write("empty", b"")
    write("damaged.mmdb", good[:-20])
    write("none.mmdb", mmdb.write({"1.0.0.0/8": {"city": "Tokyo"}}))
    write("asn.mmdb", mmdb.write({"1.0.0.0/8": mmdb.geolite_asn(4713, "OCN")}, kind="GeoLite2-ASN"))
    write("six.mmdb", mmdb.write({"2001:200::/32": mmdb.ip_location_db_country("JP")}, ip_version=6))
    write("asn.csv", NETWORKS)
    write("six.csv", b"2001::,2002::,13335,Six\n")
    write("twice.csv", NETWORKS + NETWORKS)
    write("packed.tsv.gz", gzip.compress(NETWORKS))
    os.mkdir("folder")
    os.mkfifo("pipe")
    for option, name, line in (
            ("--country-db", "missing", "cannot open 'missing': No such file or directory"),
            ("--country-db", "folder", "'folder' is no file on a disk, but a folder"),
            ("--country-db", "pipe", "'pipe' is no file on a disk, but a pipe or a device"),
            ("--country-db", "empty", "'empty' is empty"),
            ("--country-db", "damaged.mmdb", "'damaged.mmdb' is damaged: "),
            ("--country-db", "none.mmdb", "'none.mmdb' (Test) has records of neither countries nor networks"),
            ("--country-db", "asn.mmdb", "'asn.mmdb' (GeoLite2-ASN) holds networks, not countries: it is for --asn-db"),
            ("--country-db", "asn.csv", "'asn.csv' (table) holds networks, not countries"),
            ("--country-db", "six.mmdb", "'six.mmdb' (Test) knows no IPv4 address"),
            ("--asn-db", "six.csv", "'six.csv' (table) knows no IPv4 address, only IPv6"),
            ("--asn-db", "twice.csv", "'twice.csv' line 2: ranges must ascend"),
            ("--asn-db", "packed.tsv.gz", "'packed.tsv.gz' is packed (gzip): unpack it first"),
            ("--asn-db", "a.pcap", "'a.pcap' is neither a MaxMind database nor a table of ranges"),
            ("--asn-db", "asn.csv,missing", "cannot open 'missing'")):
        yield option, name, line


@case
def bad_databases_give_one_line(_):
    """Exit code 1; nothing is made, and nothing changes."""
    store()
    succeed("settings", "-q", "-s", "store", "--country-db", country_file())
    before, files = settings(), kept_files()
    for option, name, line in bad_databases():
        for words in (("settings", "-s", "store"), ("ingest", "-s", "store", "a.pcap"),
                      ("ingest", "-s", "new", "a.pcap")):
            result = hotaru(*words, option, name)
            lines = result.errors()
            check(result.code == 1 and len(lines) == 1 and lines[0].startswith(f"hotaru: {line}"),
                  f"{words} {option} {name}: {result.code}, {lines}")
        check(not os.path.exists("new"), f"{name}: a store was made")
    equal((settings(), kept_files()), (before, files), "the store")


@case
def wrong_usage_is_told(_):
    store()
    name = country_file()
    for value, line in ((f"{name}@2016-13-01..", "days as YYYY-MM-DD"),
                        (f"{name}@2016-12-01..2016-11-30", "end before they begin"),
                        (f"{name},", ""), (",", "FILE[@FROM..TO][,FILE...]"),
                        (f"{name},,{name}", "FILE[@FROM..TO][,FILE...]")):
        result = hotaru("settings", "-s", "store", "--country-db", value)
        if line == "":
            equal(result.code, 0, f"{value}: a comma at the end")
        else:
            check(result.code == 2 and len(result.errors()) == 1 and line in result.errors()[0],
                  f"{value}: {result.code}, {result.errors()}")
    result = hotaru("settings", "--country-db", name)
    check(result.code == 2 and "name a store" in result.errors()[0], f"no store: {result.errors()}")


@case
def verify_finds_every_changed_byte(_):
    store()
    succeed("settings", "-q", "-s", "store", "--country-db", country_file())
    path = pathlib.Path("store", kept_files()[0])
    data = path.read_bytes()

    def found(what):
        result = hotaru("verify", "-s", "store")
        check(result.code == 1 and any(path.name in line for line in result.errors()),
              f"{what}: {result.code}, {result.errors()}")
    for at in range(0, len(data), 7):
        path.write_bytes(data[:at] + bytes((data[at] ^ 1,)) + data[at + 1:])
        found(f"byte {at}")
    path.write_bytes(data[:-1])
    found("cut")
    path.unlink()
    found("gone")
    result = hotaru("settings", "-s", "store", "--country-db", country_file("again.mmdb"))
    equal(result.code, 0, "given again")
    succeed("verify", "-q", "-s", "store")


@case
def what_a_crash_left_is_removed(_):
    store()
    succeed("settings", "-q", "-s", "store", "--country-db", country_file())
    kept = kept_files()
    for name in ("000900.database", "000901.database.new"):
        pathlib.Path("store", name).write_bytes(b"x")
    result = hotaru("verify", "-s", "store")
    notes = [line for line in result.errors() if "was left by a change" in line]
    equal((result.code, len(notes)), (0, 2), "verify")
    succeed("settings", "-q", "-s", "store", "--asn-db", "")
    equal(kept_files(), kept, "files")


@case
def older_stores_learn_to_keep_them(_):
    for archive in sorted((ROOT / "tests" / "stores").glob("*.tar.gz")):
        shutil.rmtree("store", ignore_errors=True)
        with tarfile.open(archive) as tar:
            tar.extractall(".")
        survey = csv_of("survey", "-s", "store")
        equal(settings()["country_db"], ["none"], f"{archive.name}: as it was")
        rows = settings("--country-db", country_file())
        check("2016-10-01" in rows["country_db"][0], f"{archive.name}: {rows}")
        equal(csv_of("survey", "-s", "store"), survey, f"{archive.name}: survey")
        check("format,3\n" in csv_of("info", "-s", "store"), f"{archive.name}: format")
        succeed("verify", "-q", "-s", "store")


@case
def inputs_are_not_written_over(_):
    store()
    name = country_file()
    data = pathlib.Path(name).read_bytes()
    result = hotaru("settings", "-s", "store", "--country-db", name, "-o", name)
    check(result.code == 2 and "elsewhere" in result.errors()[0], f"{result.errors()}")
    equal(pathlib.Path(name).read_bytes(), data, "the database")


run_cases()
