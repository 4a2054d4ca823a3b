#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Same input, same bytes out: whatever the machine, the user and the day are like.

model_test.py varies what belongs to the input: order, pieces, threads, memory. Here the same
captures are taken in and reported in other surroundings: locale, zone, umask, folder, links,
variables, compressed or not, and what came out - results in every format, the
report with its figures, the truth of a simulation - is compared byte by byte.
"""
import gzip
import hashlib
import os
import pathlib
import shutil
import subprocess

from harness import (case, check, environment, equal, hotaru, is_sanitized, is_short, run_cases, succeed,
                     traffic, write)

SCENARIO = ("--scale", "0.0005", "--days", "9", "--seed", "5")
RESULTS = [(command, "--format", form) for command in ("survey", "lifetimes", "ledger", "info", "fingerprints")
           for form in ("table", "csv", "json")]
RESULTS += [(*words, "--format", "csv") for words in (
    ("ports",), ("ports", "--without-floods"), ("places", "--by", "prefix24"), ("prefixes", "--port", "23"),
    ("sources",), ("shapes",), ("survey", "--estimate"), ("info", "--coverage"),
    ("notify", "--family", "mirai"))]
RESULTS.append(("notify", "--family", "mirai,hajime", "--format", "stix"))
# Locales with a dotless i, a decimal comma and other collation, each with a zone.
SURROUNDINGS = (("C.UTF-8", "Asia/Tokyo"), ("tr_TR.UTF-8", "America/St_Johns"), ("de_DE.UTF-8", "Pacific/Apia"),
                ("ja_JP.UTF-8", ":nonsense"), ("nonsense", "<X>-14"))


def digest(data):
    return hashlib.sha256(data).hexdigest()


def folder_digests(folder):
    return {str(path.relative_to(folder)): digest(path.read_bytes())
            for path in sorted(pathlib.Path(folder).rglob("*")) if path.is_file() }


def everything(names, env=None, settings=(), store="s", **more):
    """{what: digest} of all that hotaru makes of these captures; the store is gone afterwards."""
    run = {"env": {**(env or environment()), "PATH": "/nonexistent"}, **more}
    succeed("ingest", "-q", "-s", store, "--zone", "Europe/Berlin", *settings, *names, **run)
    got = {}
    for words in RESULTS:
        got[" ".join(words)] = succeed(*words, "-q", "-s", store, **run)
    for lang in ("en", "ja"):
        succeed("report", "-q", "-s", store, "--lang", lang, "-o", f"page-{lang}", **run)
        for name, value in folder_digests(pathlib.Path(more.get("cwd", "."), f"page-{lang}")).items():
            got[f"page-{lang}/{name}"] = value
    got["packets"] = digest(succeed("packets", "-q", *names, **run).encode())
    got["survey of captures"] = succeed("survey", "-q", "--format", "csv", *names, **run)
    got["segments"] = segments(pathlib.Path(more.get("cwd", "."), store))
    for path in (store, "page-en", "page-ja"):
        shutil.rmtree(pathlib.Path(more.get("cwd", "."), path))
    return got


def segments(store):
    """Digests of the segments, in no order: they are named by ingest and day."""
    return sorted(digest(path.read_bytes()) for path in store.rglob("*.segment"))


def same(got, want, what):
    equal(sorted(got), sorted(want), f"{what}: outputs")
    for name in want:
        equal(got.get(name), want[name], f"{what}: {name}")


def simulated():
    """Three captures of three days each, plain."""
    succeed("simulate", "-q", *SCENARIO, "--split", "-o", "sim")
    names = sorted(os.listdir("sim"))
    for name in names:
        shutil.move(f"sim/{name}", name)
    return names


def made_locale(name):
    """The folder of a locale made for this test, where the system has what it is made of; or None."""
    folder = pathlib.Path("locales", name)
    folder.parent.mkdir(exist_ok=True)
    if shutil.which("localedef") is None or not os.path.exists(f"/usr/share/i18n/locales/{name[:5]}"):
        return None
    subprocess.run(["localedef", "-i", name[:5], "-f", "UTF-8", folder], capture_output=True, check=False)
    return folder.parent.absolute()


@case
def locale_and_zone_of_the_machine(_):
    names = simulated()
    want = everything(names)
    for locale, zone in SURROUNDINGS[1::2] if is_short() else SURROUNDINGS:
        same(everything(names, environment(LC_ALL=locale, LANG=locale, LANGUAGE=locale, TZ=zone,
                                           LOCPATH=made_locale(locale))), want, f"LC_ALL={locale} TZ={zone}")


@case
def home_terminal_and_other_variables(_):
    names = simulated()
    want = everything(names)
    same(everything(names, environment(HOME="/nonexistent", USER="x", COLUMNS="20", TERM="xterm", NO_COLOR="1",
                                       POSIXLY_CORRECT="1", SOURCE_DATE_EPOCH="1", MALLOC_ARENA_MAX="1",
                                       XDG_DATA_HOME="/nonexistent")), want, "variables")
    same(everything(names, {"PATH": os.environ["PATH"], "TMPDIR": os.environ["TMPDIR"]}), want, "no variables")


@case
def umask_and_folder(_):
    """Links, relative and absolute paths, another working folder; names in results stay as given."""
    names = simulated()
    want = everything(names)
    for mask in (0o077,) if is_short() else (0o077, 0o000, 0o027):
        same(everything(names, umask=mask), want, f"umask {mask:o}")
    pathlib.Path("deep/er").mkdir(parents=True)
    for name in names:
        os.symlink(os.path.abspath(name), f"deep/er/{name}")
    same(everything(names, cwd="deep/er"), want, "links in another folder")


@case
def threads_memory_and_order(_):
    names = simulated()
    want = everything(names)
    for settings in (("--threads", "1"), ("--threads", "7", "--memory", "64M"), ("--memory", "4G", "--threads", "3")):
        same(everything(names, settings=settings), want, " ".join(settings))
    del want["packets"]  # come as read
    for what, other in (("in reverse", names[::-1]), ("in another order, some twice", names[4:] + names[:4] + names[:2])):
        got = everything(other)
        del got["packets"]
        same(got, want, f"captures {what}")


def is_read(suffix, data):
    """Whether hotaru reads this compression (not all builds do)."""
    write("probe" + suffix, data)
    return hotaru("ledger", "-q", "probe" + suffix).code == 0


@case
def compressed_or_plain(_):
    """The names stay, so nothing else may differ: identity is by content."""
    names = simulated()
    want = everything(names)
    plain = {name: pathlib.Path(name).read_bytes() for name in names}
    tried = 0
    programs = (("gzip", "-1"), ("gzip", "-9n"), ("zstd", "-q"), ("bzip2",), ("xz", "-0"), ("lz4", "-q"))
    for program in programs[::2] if is_short() else programs:
        if shutil.which(program[0]) is None:
            continue
        packed = {name: subprocess.run(program, input=data, stdout=subprocess.PIPE, check=True).stdout
                  for name, data in plain.items()}
        if not is_read(".x", packed[names[0]]):
            continue
        tried += 1
        for name, data in packed.items():
            write(name, data)
        got = everything(names)
        same(got, want, " ".join(program))
    check(tried >= 2, f"only {tried} ways to compress were tried")
    half = {name: gzip.compress(data[:5000], mtime=1) + gzip.compress(data[5000:], mtime=2)
            for name, data in plain.items()}
    for name, data in half.items():
        write(name, data)
    same(everything(names), want, "gzip in two members")


# Shapes of bench/traffic.c, in three captures that share their days and some sources: enough
# packets that with --memory 64M pools fill many times, and blocks go to the spill file.
SHAPES = {"telescope": ("telescope", 400_000, "--sources", 40_000), "sources": ("sources", 400_000),
          "random fields": ("windows", 300_000, "--sources", 3000),
          "days, shuffled": ("days", 150_000, "--days", 40, "--sources", 30_000, "--shuffle")}


def stored(names, *settings):
    """{what: digest} of what ingest makes of these captures: the part of everything() that it decides. What
    is printed of single host-days (`sources`) is in the bytes of the segments."""
    succeed("ingest", "-q", "-s", "s", *settings, *names)
    got = {command: digest(succeed(command, "-q", "-s", "s", "--format", "csv").encode())
           for command in ("survey", "lifetimes", "ledger", "info", "ports")}
    got["segments"] = segments(pathlib.Path("s"))
    shutil.rmtree("s")
    return got


@case
def shapes_that_fill_the_memory(_):
    for what, (shape, packets, *options) in list(SHAPES.items())[::3 if is_short() else 1]:
        names = [f"{seed}.pcap" for seed in (1, 2, 3)]
        for seed, name in enumerate(names):
            traffic(name, shape, packets // (10 if is_sanitized() else 1), *options, "--seed", seed)
        want = stored(names, "--threads", "2", "--memory", "1G")
        same(stored(names, "--threads", "1", "--memory", "64M"), want, f"{what}, 1 thread, 64M")
        same(stored(names[::-1], "--threads", "2", "--memory", "64M"), want, f"{what}, 64M, in reverse")
        # Each of another compression, and the names stay.
        for name, program in zip(names, (("gzip", "-1"), ("zstd", "-q", "-1"), ("lz4", "-q"))):
            if shutil.which(program[0]) is not None:
                with open("packed", "wb") as out:
                    subprocess.run([*program, "-c", name], stdout=out, check=True)
                os.rename("packed", name)
        same(stored(names, "--threads", "2", "--memory", "64M"), want, f"{what}, 64M, compressed")


@case
def simulation_and_its_truth(_):
    """The same seed gives the same bytes, to a file or a pipe, wherever it runs."""
    words = ("simulate", "-q", *SCENARIO, "--zone", "+09:00", "--gap", "2", "--truth", "truth")
    want = hotaru(*words).out
    truth = pathlib.Path("truth").read_bytes()
    check(len(want) > 10000 and len(truth) > 100, "nothing was simulated")
    for locale, zone in (("tr_TR.UTF-8", "Asia/Tokyo"), ("de_DE.UTF-8", "America/St_Johns")):
        got = hotaru(*words, "-o", "file", env=environment(LC_ALL=locale, TZ=zone))
        equal((got.code, digest(pathlib.Path("file").read_bytes())), (0, digest(want)), f"capture with {locale}")
        equal(pathlib.Path("truth").read_bytes(), truth, f"truth with {locale}")
    got = hotaru("simulate", "-q", *SCENARIO[:-1], "6").out
    check(got != want, "another seed gives the same capture")


run_cases()
