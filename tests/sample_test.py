#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""`hotaru sample` over files that are made here (tests/sample_files.py): what was put in comes out, and nothing of what has no table.

A naive model beside it decodes each file under all 256 keys, one after the other, and looks for whole texts.
HOTARU_ROUNDS: so many hundreds of random samples; HOTARU_PROGRAMS: so many programs of this machine.
"""
import csv
import gzip
import io
import json
import os
import pathlib
import random
import time

import sample_files as made
from harness import HOTARU, case, check, equal, hotaru, is_short, run_cases, succeed, write

ROUNDS = int(os.environ.get("HOTARU_ROUNDS", "4")) * 100 // 8
PROGRAMS = int(os.environ.get("HOTARU_PROGRAMS", "120"))
COLUMNS = ["file", "format", "packed", "keys", "entries", "tokens", "programs", "c2"]


def objects(*names, code=0):
    return {row["file"]: row for row in map(json.loads, succeed("sample", "--format", "json", *names, code=code).splitlines())}


def rows(*names, code=0):
    return {row["file"]: row for row in csv.DictReader(io.StringIO(succeed("sample", "--format", "csv", *names, code=code)))}


def values_of(row):
    return [entry.get("str_data", entry.get("int_data")) for entry in row.get("tables", ())]


def plain(hosts):
    return [host.replace("[.]", ".") for host in hosts]


def check_sample(sample, row):
    what = sample.name
    equal(sorted(row["keys"]), sorted(f"0x{key:02x}" for key in sample.keys), f"{what}: keys")
    equal(values_of(row), sample.values, f"{what}: entries")
    equal(row["tokens"], sample.tokens, f"{what}: tokens")
    equal(row["programs"], int(sample.programs) if sample.programs else None, f"{what}: programs")
    equal(plain(row["c2"]), sample.c2, f"{what}: C2")
    equal(row["packed"], sample.packed, f"{what}: packed")
    if sample.form:
        equal(row["format"], sample.form, f"{what}: format")


@case
def what_was_put_in_comes_out(_):
    """T1 to T11, in all classes and byte orders; CSV says what JSON says."""
    samples = list(made.samples())
    for sample in samples:
        write(sample.name, sample.data)
    found, table = objects(*(s.name for s in samples)), rows(*(s.name for s in samples))
    equal(list(found), [s.name for s in samples], "the order is as given")
    for sample in samples:
        row = found[sample.name]
        check_sample(sample, row)
        cells = table[sample.name]
        equal(list(cells)[:8], COLUMNS, "columns")
        want = [sample.name, row["format"], row["packed"] or "", ";".join(row["keys"]), str(row["entries"]), ";".join(row["tokens"]),
                "" if row["programs"] is None else str(row["programs"]), ";".join(row["c2"])]
        equal([cells[column] for column in COLUMNS], want, f"{sample.name}: CSV")
        check(set(cells) <= set(row), f"{sample.name}: JSON has no {set(cells) - set(row)}")


# ---- a model

MARKERS = ("/bin/busybox ", ": applet not found", "/proc/", "enable", "system", "shell", "ncorrect", "assword", "ogin", "/dev/watchdog",
           "TSource Engine Query")
EXTRA = ["/dev/misc/watchdog", "assword", "ogin", "/bin/busybox ps", "/bin/busybox kill -9 ", "/etc/resolv.conf", "nameserver ",
         "Connection: keep-alive", "setCookie('", "refresh:", "https://example.com/", "/maps", "/tmp/", "REPORT %s:%s", "zollard",
         "dosnt matter", "root", "get /", "abc", "x y z", " lead", "E=7"]
HOSTS = [("cnc.example.com", 23), ("198.51.100.7", 666), ("report.example.net", 48101), ("a.b.example.org", 1791)]


def naive_keys(data):
    """Keys under which three markers are in texts that print and end with a zero byte."""
    found = []
    for key in range(256):
        texts = made.xor(data, key).split(b"\0")[:-1]
        tails = [text[max((i + 1 for i, c in enumerate(text) if not 32 <= c < 127), default=0):].decode("latin-1") for text in texts]
        if len({marker for marker in MARKERS for tail in tails if marker in tail}) >= 3:
            found.append(f"0x{key:02x}")
    return found


def random_sample(rng):
    key = rng.choice([0x22, 0x07, 0x45, 0x62, 0x54, 0x3d, 0xe0, 0xea, 0x04, 0x66, 0xb4, 0x37, rng.randrange(1, 32), rng.randrange(33, 256)])
    token = rng.choice(["MIRAI", "SATORI", "daddyl33t", "Akiru", "LZRD", "XWIFZ"])
    values = made.texts(token)
    rng.shuffle(values)
    for text in rng.sample(EXTRA, rng.randrange(12)):
        values.insert(rng.randrange(len(values) + 1), text)
    hosts = rng.sample(HOSTS, rng.randrange(4))
    for host, port in hosts:
        at = rng.randrange(len(values) + 1)
        while at < len(values) and isinstance(values[at], int):
            at += 1
        values[at:at] = [host, port]
    tight, align = rng.random() < 0.3, rng.choice([1, 1, 2, 4, 8])
    zero, align = (b"", 1) if tight else (b"\0", align)
    if rng.random() < 0.4 and not tight:
        data = made.flat(values, key, rng.random(), zero, align)
    else:
        data = made.elf_of(values, key, rng.random() < 0.5, rng.random() < 0.5, rng.choice(list(made.MACHINES)), align, zero)
    return key, token, values, hosts, data


@case
def random_samples_are_as_a_naive_model_says(_):
    """The key by trying all of them; all texts, and hosts where the bot has some."""
    rng = random.Random(20261130)
    samples = {str(i): random_sample(rng) for i in range(ROUNDS)}
    for name, sample in samples.items():
        write(name, sample[-1])
    whole = 0
    for name, row in objects(*samples).items():
        key, token, values, hosts, data = samples[name]
        equal(row["keys"], naive_keys(data), f"sample {name} with key {key:#x}")
        equal(row["tokens"], [token], f"sample {name} with key {key:#x}: tokens")
        equal(sorted(plain(row["c2"])), sorted(host for host, _ in hosts), f"sample {name} with key {key:#x}: C2")
        whole += values_of(row) == values
    # A port behind the last of texts that nothing stands between may be anything.
    check(whole >= 0.97 * ROUNDS, f"{whole} of {ROUNDS} tables are whole")


# ---- credentials, JSON

@case
def credentials_with_weights(_):
    """Where they lie together; else words. Entries of the table are no words, and the other way round."""
    values = [made.C2, 23, made.REPORT, 48101, *made.texts()]
    for key in (0x22, 0x54, 0xea):
        for size, big, ended in ((1, False, False), (1, False, True), (2, True, False), (4, False, True)):
            name = f"{key:02x}-{size}-{big}-{ended}"
            records = made.login_records(key, size, big, ended)
            write(name, made.elf(b"clear\0" + made.table(values, 0x22) + bytes(4), bytes(16) + records + bytes(8)))
            row = objects(name)[name]
            equal([(one["user"], one["pass"], one["weight"]) for one in row["auth_tables"]], made.LOGINS, f"{name}: records")
            equal((row["scanner_key"], values_of(row)), (f"0x{key:02x}", values), f"{name}: key, entries")
            equal(row["scanner_init_func"]["auth_tables_count"], len(made.LOGINS), f"{name}: count")
    words = [word for word in dict.fromkeys(word for user, password, _ in made.LOGINS for word in (user, password)) if word]
    write("words", made.elf(b"clear\0" + b"".join(made.xor(word.encode(), 0xea) + b"\0" for word in words) + made.table(values, 0x22)))
    row = objects("words")["words"]
    equal((row["auth_words"], row["auth_tables"], row["keys"]), (words, [], ["0x22", "0xea"]), "words alone")


@case
def json_has_the_fields_of_mirai_toushi(_):
    """In its groups; tables_sha256 is the same for every processor."""
    values = [made.C2, 23, *made.texts()]
    sums = set()
    for wide in (False, True):
        for big in (False, True):
            write("s", made.elf_of(values, 0x22, wide, big))
            row = objects("s")["s"]
            sums.add(row["table_init_func"]["tables_sha256"])
            equal(row["table_lock_val_func"], {"table_key": "0x22", "table_original_key": "0xdeadbeef"}, "key")
            group = row["table_init_func"]
            equal((group["tables_count"], group["tables_int_count"], group["tables_str_count"]), (14, 1, 13), "counts")
            equal(group["tables"][0], {"id": 0, "type": "str", "str_data": made.C2, "refs": [],
                                       "table_addr": f"{0x8000 + row['tables'][0]['offset']:08x}"}, "an entry")
            equal(group["tables"][1]["int_data"], 23, "a port")
            data = pathlib.Path("s").read_bytes()
            for entry in row["tables"]:
                part = made.xor(data[entry["offset"]:entry["offset"] + entry["length"]], int(entry["key"], 16))
                check(part in (str(entry.get("str_data")).encode() + b"\0", entry.get("int_data", 0).to_bytes(2, "big")), f"{entry}")
            for one in row["key_evidence"][0]["markers"]:
                stands = made.xor(data[one["offset"]:one["offset"] + len(one["text"])], 0x22).decode()
                equal(stands, one["text"], "where a marker is")
    equal(len(sums), 1, "sums")


# ---- what has no table, and what cannot be read

@case
def programs_of_this_machine_have_no_table(_):
    """Nor has hotaru, which has all markers in clear."""
    names = sorted(str(path) for folder in ("/usr/bin", "/usr/sbin") for path in pathlib.Path(folder).iterdir() if path.is_file())
    names = random.Random(7).sample(names, min(PROGRAMS, len(names))) + [HOTARU]
    found = {row["file"]: row for row in csv.DictReader(io.StringIO(
        hotaru("sample", "--format", "csv", "--max-size", "1G", *names).text()))}
    equal(len(found), len(names), "rows")
    for name, row in found.items():
        equal((row["keys"], row["entries"], row["tokens"]), ("", "0", ""), name)


@case
def what_cannot_be_read_is_one_line(_):
    """And the others are looked at."""
    good = next(made.samples())
    write("good", good.data)
    write("empty", b"")
    write("large", bytes(5000))
    os.mkfifo("pipe")
    os.mkdir("folder")
    for name in ("pipe", "empty", "missing", "/dev/null"):
        result = hotaru("sample", "--format", "csv", name, "good")
        check(result.code == 1 and len(result.errors()) == 1, f"{name}: {result.code} {result.errors()}")
        equal(len(result.text().splitlines()), 2, f"{name}: the other")
    result = hotaru("sample", "--max-size", "4K", "large")
    check(result.code == 1 and "larger than 4096 bytes" in result.errors()[0], f"{result.errors()}")
    equal((hotaru("sample", "folder").code, hotaru("sample").code, hotaru("sample", "--max-size", "1K", "good").code), (1, 2, 2), "codes")
    write("folder/a", good.data)
    write("folder/b.gz", gzip.compress(good.data))
    found = objects("folder")
    equal([row["keys"] for row in found.values()], [["0x22"]] * 2, "a folder")
    write("cut.gz", gzip.compress(good.data)[:-12])
    equal(objects("cut.gz", code=3)["cut.gz"]["keys"], ["0x22"], "cut")
    equal(json.loads(succeed("sample", "-", "--format", "json", stdin=good.data))["keys"], ["0x22"], "standard input")
    equal(pathlib.Path("good").read_bytes(), good.data, "it stays as it is")


@case
def texts_from_a_sample_control_no_terminal(_):
    """Entries print, and nothing else is taken for one; names of files are escaped."""
    name = "a\x1b[31m;=1+1"
    write(name, made.elf_of(["\t=cmd|x", *made.texts(), "<script>x</script>"], 0x22))
    for form in ("table", "csv", "json"):
        out = succeed("sample", "--format", form, name)
        check("\x1b" not in out and "<script" not in out, form)
    equal(hotaru("sample", name, "--columns", "keys,evidence", "--format", "csv").text().splitlines()[0], "keys,evidence", "columns")


@case
def many_are_read_in_a_moment(_):
    """1,000 of 100 KB take less than ten seconds: here a tenth of them, in a tenth of the time, and with room for a slow machine."""
    count = 60 if is_short() else 100
    for i in range(count):
        data = made.elf_of([made.C2, 23, *made.texts()], 1 + i)
        write(f"{i}", data + made.filler(100_000 - len(data), i))
    began = time.monotonic()
    equal(len(objects(*map(str, range(count)))), count, "rows")
    check(time.monotonic() - began < 10, f"{time.monotonic() - began:.1f} seconds")


if __name__ == "__main__":
    run_cases()
