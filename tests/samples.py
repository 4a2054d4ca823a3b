# SPDX-License-Identifier: MIT
"""Captures, databases and stores of every kind, small: what tools/same-outputs asks two programs about.

    make(folder, hotaru)    fills the folder, and returns the names of the stores

`simulated` are seven weeks around the first of Mirai, `floods` what the simulation lacks, `odd` is
traffic that makes counting hard. Stores lie beside them: the same program makes the same bytes.
"""
import calendar
import lzma
import os
import pathlib
import random
import re
import shutil
import subprocess
import sys
import tarfile

import flows
import harness
import mmdb
import sample_files
import traffic
from harness import address, ethernet, ipv4, pcap, record, syn, udp

sys.path.append(str(harness.ROOT / "fuzz"))
import make_seeds  # noqa: E402

FIRST_DAY, DAYS, CHANGE = "2016-08-16", 45, ("2016-09-10", "2016-09-11")
BEGIN_NS = calendar.timegm((2016, 8, 16, 0, 0, 0)) * 10**9
FLOWS_BEGIN = calendar.timegm((2016, 9, 1, 0, 0, 0))
TELESCOPE = address("198.51.0.0")
COUNTRIES = ("BR", "CN", "GB", "IN", "JP", "KR", "MU", "SG", "TW", "US", "VN")
NO_COUNTRIES = ("AP", "EU", "QQ", "QR", "QS")  # codes that no map has
# As much as has to be put aside with --memory 64M.
CROWD = b"""start = 2016-09-01
days = 3
telescope = 198.51.0.0/16
[population crowd]
active = 2016-09-01 4000
packets_per_day = 25
networks = 400
ports = random
source_ports = random
source_port_per = packet
windows = random
window_per = packet
"""
NAMED_PORTS = (21, 22, 23, 25, 53, 80, 81, 88, 123, 139, 161, 443, 445, 1433, 1900, 2222, 2323, 3306, 3389,
               5060, 5358, 5555, 5900, 6379, 6789, 7547, 8080, 8443, 11211, 23231, 37215, 37777, 52869)
FOREIGN = (b"GMBU", b"ObserverPktBuffe", b"TRSNIFF data    \x1a", b"XCP\0", b"iptrace ",
           b"\x01\x10\x4c\x00\x01\x05", b"\x7fver", b"\x05VNF", b"btsnoop\0", b"\x0c\xa5\x01\x00",
           b"\xde\xad\xbe\xef", bytes(257) + b"ustar", b"PK\x03\x04", b"7z\xbc\xaf\x27\x1c",
           b"SQLite format 3\0", b"<!DOCTYPE html", b"<html")
BAD_FINGERPRINTS = (b"mirai = tcp", b"a = tcp[", b"A b = tcp", b"x = tcp\nx = udp", b"x =", b"x = source",
                    b"x = source window=70000", b"x = source window", b"x = source nonsense=3",
                    b"x = source dport=33-64_values dport=65-128_values", b"x = source udp_port=53",
                    b"x = source dport=1-2_values", b"x" * 100 + b" = tcp",
                    b"".join(b"f%d = tcp\n" % i for i in range(40)), b"x = tcp and " * 500,
                    b"x = source " + b" ".join(b"dport=%d" % i for i in range(100)))
BAD_DATABASES = (b"", b"1.0.0.0\n", b"1.0.0.0,0.255.255.255,JP\n", b"2.0.0.0,2.0.0.255,JP\n1.0.0.0,1.0.0.255,JP\n",
                 b"2000::,2001::,JP\n", b"1.0.0.0,1.0.0.255,\"JP\n", b"1.0.0.0,1.0.0.255,Japan\n",
                 b"first,last,country\n", b"1.0.0.0,1.0.0.300,JP\n", b"\x1f\x8b\x08\0" + bytes(30),
                 b"1.0.0.0,1.0.0.255," + b"x" * 9000 + b"\n", bytes(300) + b"\xab\xcd\xefMaxMind.com" + b"\xe0",
                 mmdb.write({"1.0.0.0/8": {"city": "Tokyo"}}), mmdb.write({"2001:db8::/32": {"country": "JP"}},
                                                                          ip_version=6))
OWN = b"""# of packets, and of sources
telnet-low = tcp dst port 23 and tcp[14:2] < 2000
web = tcp dst port 80 or tcp dst port 443
four-windows = source window=792 window=1320 window=2376 window=4488
many-ports = source dport=33-64_values
"""


# ---- captures

def at(day, seconds):
    return BEGIN_NS + day * harness.DAY_NS + int(seconds * 10**6) * 1000


def wave(rng, day, windows, ports):
    """A crowd that comes at once, with values that belong together; two thirds stay for three days."""
    for n in range(450):
        for again in range(1 if n < 150 else 9):
            packet = syn(address("12.0.0.0") + n * 997 * day, TELESCOPE + rng.randrange(65536),
                         port=ports[again % len(ports)], seq=None if n % 2 else 77,
                         window=windows[again % len(windows)], tos=4 * (again % 3), ttl=90 + again % 2)
            yield record(at(min(day + again // 3, DAYS - 1), 60000 + again * 400 + 8 * rng.random()),
                         ethernet(packet))


def floods():
    """Forged sources, crowds, scans of all shapes, and what is infected in the telescope itself."""
    rng = random.Random(2016)
    for n in range(1500):
        packet = syn(address("1.0.0.0") + n * 1400003, TELESCOPE + rng.randrange(65536), port=8080)
        yield record(at(20, 43199.3 + 1.5 * rng.random()), ethernet(packet))
        packet = ipv4(address("1.0.0.1") + n * 2300003, TELESCOPE + 5, 17, udp(4444, 1900))
        yield record(at(22, 7001 + 4 * rng.random()), ethernet(packet))
    yield from wave(rng, 30, (4321, 4322, 4323), (5555, 5556))
    yield from wave(rng, 34, (4321, 4322, 4400), (5555, 5600))
    yield from wave(rng, DAYS - 1, (5100, 5200), (6001, 6002))
    for n in range(90):  # each to more ports than are told apart
        for port in range(36 + n % 20):
            yield record(at(40, rng.randrange(86400)), ethernet(syn(
                address("14.0.0.0") + n * 65537, TELESCOPE + rng.randrange(65536), port=100 + port)))
    for source, destinations, ports in (("13.0.0.1", 3, 300), ("13.0.0.2", 2000, 2), ("13.0.0.3", 40, 40),
                                        ("13.0.0.4", 4, 5), ("13.0.0.5", 5, 4), ("13.0.0.6", 64, 1)):
        for n in range(max(destinations, ports) * 2):
            packet = syn(source, TELESCOPE + n % destinations * 7, port=1000 + n % ports)
            yield record(at(25, rng.randrange(86400)), ethernet(packet))
    for n in range(40):
        packet = syn(TELESCOPE + n, TELESCOPE + 700 + n, seq=None)
        yield record(at(26, n * 60), ethernet(packet))


def years():
    """A few infected on each tenth day until the end of 2018, and sources of every port that has a name."""
    rng = random.Random(11)
    for day in range(0, 870, 10):
        for n in range(12):
            packet = syn(address("20.0.0.0") + n * 77777 + day // 30, TELESCOPE + rng.randrange(65536), seq=None)
            yield record(at(day, rng.randrange(86400)), ethernet(packet))
    for port in NAMED_PORTS:
        for n in range(3 + port % 7):
            source, to = address("21.0.0.0") + n * 65537, TELESCOPE + n
            for packet in (syn(source, to, port=port), ipv4(source, to, 17, udp(4000, port))):
                yield record(at(870, rng.randrange(86400)), ethernet(packet))


def broken(data):
    """The file cut, with a byte turned, with bytes too many."""
    turned = bytearray(data)
    turned[len(data) * 3 // 5] ^= 0xff
    return {"cut": data[:len(data) * 2 // 3 + 1], "head": data[:31], "turned": bytes(turned),
            "long": data + b"\xff" * 40}


def flow_records(rng, count):
    """Flows of three days; what version 3 does not know stays out of version 4, and the reverse."""
    for _ in range(count):
        flags = rng.choice((2, 2, 2, 18, 4, 16))
        protocol = rng.choice((6, 6, 6, 17, 1, 47))
        yield {"time": FLOWS_BEGIN + rng.randrange(3 * 1440) * 60,
               "src_ip": address("10.0.0.0") + rng.randrange(150) * 65537,
               "dst_ip": TELESCOPE + rng.randrange(65536), "dst_net": TELESCOPE + (rng.randrange(256) << 8),
               "src_port": 40000, "dst_port": rng.choice((23, 2323, 80, 53)), "protocol": protocol,
               "ttl": rng.randrange(256), "tcp_flags": flags if protocol == 6 else 0, "ip_len": 40,
               "tcp_synwinlen": rng.choice((14600, 65535)), "packet_cnt": rng.choice((1, 2, 70000)),
               "uniq_dst_ips": 1, "common_tcpflags": [flags] if protocol == 6 else [], "uniq_tcp_flags": 1,
               "common_tcpflag_freqs": [1] if protocol == 6 else [], "common_ttls": [50], "uniq_ttls": 1}


def hashed_rows(rng, count):
    """The darknet CSV: sources are hashes."""
    hashes = [f"{rng.getrandbits(128):032x}" for _ in range(200)]
    for _ in range(count):
        source = rng.choice(hashes)
        yield f"{FLOWS_BEGIN + rng.randrange(3 * 86400)},{source[:8]},{source}," \
              f"{rng.randrange(65536)},{rng.choice((23, 2323, 80))}\n"


def simulate(hotaru):
    """A capture a day of the built-in scenario, beginning before Mirai does."""
    text = subprocess.run([hotaru, "simulate", "--print-scenario"], capture_output=True, check=True).stdout
    text = re.sub(rb"(?m)^start = .*", b"start = " + FIRST_DAY.encode(), text)
    harness.write("crowd.scenario", CROWD)
    harness.write("scenario", re.sub(rb"(?m)^days = .*", b"days = %d" % DAYS, text))
    subprocess.run([hotaru, "simulate", "-q", "--scenario", "scenario", "--scale", "0.001", "--seed", "9",
                    "--split", "-o", "simulated"], check=True)


def make_captures(hotaru):
    simulate(hotaru)
    rows = sorted(floods(), key=lambda row: row[0])
    harness.write("floods.pcap", pcap(rows))
    for form in ("pcapng", "snoop", "erf"):
        harness.write(f"scans.{form}", getattr(harness, form)(rows[-900:]))
    harness.write("twice.gz.xz", lzma.compress(harness.gzipped(pcap(rows[:9]))))
    harness.write("nothing.gz", harness.gzipped(b""))
    harness.write("scans.pcap.gz", harness.gzipped(pcap(rows[-900:])))
    harness.write("cut.pcap", pcap(rows[:200])[:-7])
    harness.write("cut.pcap.gz", harness.gzipped(pcap(rows[:900]))[:-2000])
    harness.write("tail.pcap", pcap(rows[:5]) + b"\xff" * 40)
    for n in range(14):
        harness.write(f"cut-{n}.pcap", pcap(rows[n * 90:n * 90 + 80])[:-1 - n])
    harness.write("nothing.pcap", pcap([]))
    harness.write("empty", b"")
    harness.write("text", b"Frame 1: 60 bytes on wire\n" * 30)
    rng = random.Random(3)
    records = list(flow_records(rng, 1500))
    harness.write("three.avro", flows.flowtuple_3(records, "snappy"))
    harness.write("four.avro", flows.flowtuple_4(records[:300], "deflate"))
    harness.write("hashes.csv", "".join(hashed_rows(rng, 1500)).encode())
    os.mkdir("odd")
    if shutil.which("zstd") is None:
        harness.zstd = bytes
    for seed in (3, 4, 8):
        made = traffic.Traffic(seed)
        for capture in made.captures:
            for number, piece in enumerate(capture.pieces(made.rng)):
                harness.write(f"odd/{seed}.{number}.{capture.name}", piece)
    for folder in ("formats", "damaged", "foreign"):
        os.mkdir(folder)
    for name, data in make_seeds.captures():
        mixed = not name.endswith(".lzma") and name != "darknet-csv"  # all of it can be read at once
        harness.write(f"{'formats' if mixed else 'foreign'}/{name}", data)
        if not re.search("-[1-9][0-9]*-[1-3]$|traffic", name):  # of those that are alike, one
            for how, some in broken(data).items():
                harness.write(f"damaged/{name}.{how}", some)
    for number, data in enumerate(FOREIGN):
        harness.write(f"foreign/{number}", data + bytes(range(1, 200)))
    harness.write("years.pcap", pcap(sorted(years(), key=lambda row: row[0])))


# ---- databases

def ranges(seed, place_of):
    """Lines of all of IPv4 in ranges of many sizes; an eighth of them is nobody's."""
    rng, first = random.Random(seed), 0
    while first < 1 << 32:
        last = min(first + rng.choice((1 << 12, 1 << 18, 1 << 20, 1 << 24)) * rng.randrange(1, 9), 1 << 32) - 1
        if rng.randrange(8):
            yield f"{harness.dotted(first)},{harness.dotted(last)},{place_of(rng)}\n"
        first = last + 1


def network(rng):
    number = rng.randrange(64500, 64530)
    return f'{number},"Network {number}, <b>Inc.</b>"'


def make_databases():
    harness.write("early.csv", "".join(ranges(1, lambda rng: rng.choice(COUNTRIES))).encode())
    harness.write("old.csv", b"# built: 2012-03-04\n# type: my own table\n" + "".join(ranges(
        4, lambda rng: rng.choice(COUNTRIES + NO_COUNTRIES))).encode())
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    harness.write("all.csv", "".join(ranges(5, lambda rng: rng.choice(letters) + rng.choice(letters))).encode())
    harness.write("overlap.csv", b"1.0.0.0,1.255.255.255,JP\n1.128.0.0,12.255.255.255,US\n")
    records = {f"{n}.0.0.0/8": mmdb.geolite_country(COUNTRIES[n % len(COUNTRIES)], "Some country")
               for n in range(1, 224) if n % 9}
    harness.write("late.mmdb", mmdb.write(records, kind="GeoLite2-Country"))
    harness.write("networks.csv", "".join(ranges(3, network)).encode())
    harness.write("networks.mmdb", mmdb.write({f"{n}.0.0.0/8": mmdb.geolite_asn(64000 + n, f"AS of {n}")
                                               for n in range(1, 200)}, kind="GeoLite2-ASN"))
    harness.write("own.txt", OWN)
    harness.write("treated.csv", b"what,day\n1.0.0.0/9,2016-09-12\nAS4713,2016-09-10\n")
    harness.write("key.txt", b"0123456789abcdef" * 4 + b"\n")
    harness.write("sources.txt", b"".join(OWN.splitlines(keepends=True)[:4]) + b"tos = source tos=24 tos=184\n")
    harness.write("only-sources.txt", b"tos = source tos=24 tos=184\nlow = source window=792\n")
    for name, data in make_seeds.responses():
        if name in ("own.jsonl", "nmap.xml"):
            harness.write(name, data)
    for name, data in make_seeds.honeypots():
        if name in ("cowrie.json", "heralding.csv"):
            harness.write(name, data)
    harness.write("families.csv", b"mirai,MIRAI,ECCHI,2,0x22,2016-08,us\nours,OURS,,1,,,\n")
    os.mkdir("malware")
    for sample in sample_files.samples():
        if sample.name in ("t1-flat", "t3-54-1", "t4-flat", "t5-flat", "t6-03", "one-program", "upx-32-le-magic", "t9-busybox"):
            harness.write(f"malware/{sample.name}", sample.data)
    os.mkdir("bad")
    for number, data in enumerate(BAD_FINGERPRINTS):
        harness.write(f"bad/{number}.txt", data)
    for number, data in enumerate(BAD_DATABASES):
        harness.write(f"bad/{number}.csv", data)
    harness.write("wrong.txt", b"# mine\nnonsense\n")
    harness.write("long.txt", b"# too long\n" * 100_000)
    harness.write("not-a-name.txt", b"a = source nonsense=3\n")


# ---- stores

def make_stores(hotaru):
    def run(*words, code=0):
        result = subprocess.run([hotaru, *words], capture_output=True, check=False)
        if result.returncode not in (0, code):
            raise RuntimeError(f"hotaru {' '.join(words)}: {result.stderr.decode()}")

    simulated = sorted(str(path) for path in pathlib.Path("simulated").iterdir())
    countries = f"early.csv@..{CHANGE[0]},late.mmdb@{CHANGE[1]}.."
    run("ingest", "-s", "wide", "-t", "198.51.0.0/16", "--fingerprints", "own.txt", "--country-db", countries,
        "--asn-db", "networks.csv", *simulated, "floods.pcap", "cut.pcap", code=3)
    for begin in range(3):
        run("ingest", "-s", "pieces", "-z", "Asia/Tokyo", "-t", "198.51.0.0/17,198.51.128.0/17@2016-08-20..",
            *simulated[begin:20:3], *(("floods.pcap",) if begin == 1 else ()))
    run("ingest", "-s", "pieces", "scans.erf", "cut.pcap.gz", code=3)
    shutil.copytree("pieces", "floor")
    run("compact", "-s", "floor", "--floor", "3")
    run("ingest", "-s", "odd-one", "-z", "Europe/Berlin", "-t", traffic.TELESCOPE,
        *sorted(str(path) for path in pathlib.Path("odd").glob("4.*")), code=3)
    run("ingest", "-s", "flowed", "three.avro", "four.avro", simulated[16], simulated[18])
    run("ingest", "-s", "hashed", "hashes.csv")
    run("ingest", "-s", "bare", "nothing.pcap")
    for number in (1, 2):
        with tarfile.open(harness.ROOT / "tests" / "stores" / f"format-{number}.tar.gz") as tar:
            tar.extractall(f"format-{number}")
    return ("wide", "pieces", "floor", "odd-one", "flowed", "hashed", "bare")


def make(folder, hotaru):
    """The names of the stores; broken-segment and broken-catalogue are none."""
    os.chdir(folder)
    make_captures(hotaru)
    make_databases()
    stores = make_stores(hotaru)
    for broken, damaged in (("broken-segment", "2016-08-18.*.segment"), ("broken-catalogue", "catalog.sqlite")):
        shutil.copytree("pieces", broken)
        path = sorted(pathlib.Path(broken).glob(damaged))[0]
        data = bytearray(path.read_bytes())
        data[len(data) // 2] ^= 0xff
        path.write_bytes(data)
    os.chdir("/")
    return stores
