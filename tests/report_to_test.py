#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""`report --to DAY` is the page that the store would have given had nothing been captured after that day."""
import datetime
import html
import pathlib
import re

from harness import case, check, csv_of, equal, ethernet, hotaru, pcap, record, run_cases, skip, succeed, syn, write

DAY = 86400
BEGIN = 17045 * DAY  # 2016-09-01
YEAR_2096 = 3976214400
TELESCOPE = ("--telescope", "198.51.0.0/16")


def files_of(folder):
    return {path.name: path.read_bytes() for path in pathlib.Path(folder).iterdir() if path.suffix != ".png"}


def page_of(store, folder, *words):
    succeed("report", "-q", "-s", store, "-o", folder, *words)
    return files_of(folder)


def words_of(page):
    text = re.sub(r"<(style|script|svg)\b.*?</\1>", " ", page["index.html"].decode(), flags=re.DOTALL)
    text = " ".join(html.unescape(re.sub(r"<[^>]*>", " ", text)).split())
    return re.sub(r" (?=[,、])|(?<=、) ", "", text)


def check_says(text, words):
    check(words in text, f"the page does not say '{words}' but: {text[:700]} ... {text[text.find('Where every frame went', 2000):][:400]}")


def check_same(got, want, what):
    equal(sorted(got), sorted(want), f"{what}: files")
    for name, text in want.items():
        check(got[name] == text, f"{what}: {name} is another")


def frame(second, source, window=1024, port=23):
    packet = syn(0x0A000000 + source, "198.51.100.7", port=port, seq=None if source % 2 else 7, window=window)
    return record(second * 10**9, ethernet(packet))


def day_frames(day, each=40):
    """Sources come and go: some stay for days, some come every other day."""
    def source(n):
        return 7000 + day % 2 * 10 + n % 5 if n % 4 == 0 else (day // (1 + n % 5)) * 100 + n % 30
    return [frame(BEGIN + day * DAY + 600 + n * (DAY // (each + 1)), source(n), window=1000 + n % 7)
            for n in range(each)]


def day_name(day):
    return (datetime.date(2016, 9, 1) + datetime.timedelta(days=day)).isoformat()


@case
def the_page_is_that_of_the_day(_):
    """A capture a day: of the whole store up to a day, and of a store that ends there, the same bytes."""
    if hotaru("simulate", "--help").code != 0:
        skip("hotaru has no simulate")
    succeed("simulate", "-q", "--scale", "0.0007", "--days", "100", "--seed", "7", "--split", "-o", "days")
    names = sorted(pathlib.Path("days").iterdir())[50:]
    succeed("ingest", "-q", "-s", "all", *TELESCOPE, *names)
    for end, words in ((33, ()), (41, ("--gap", "3", "--lang", "ja", "--without-floods"))):
        day = names[end - 1].stem
        store = f"to {end}"
        succeed("ingest", "-q", "-s", store, *TELESCOPE, *names[:end])
        want = page_of(store, f"want {end}", "--min-support", "10", *words)
        check_same(page_of("all", f"got {end}", "--min-support", "10", *words, "--to", day), want, day)
        check(want["survey.csv"].decode().splitlines()[-1].startswith(day), f"the last day is not {day}")


def one_a_day(days, store="daily"):
    for day in range(days):
        write(f"day {day}.pcap", pcap(day_frames(day)))
    succeed("ingest", "-q", "-s", store, *(f"day {day}.pcap" for day in range(days)))


@case
def days_count_from_the_last_and_need_no_data(_):
    """-3 is three days before the last of the whole store; a day without captures ends the store, too."""
    one_a_day(5)
    write("later.pcap", pcap(day_frames(9)))
    succeed("ingest", "-q", "-s", "more", *(f"day {day}.pcap" for day in range(5)), "later.pcap")
    want = page_of("daily", "want")
    for words in (("--to", "-5"), ("--to", day_name(4)), ("--to", day_name(7)), ("--to", "-1")):
        check_same(page_of("more", "got", *words), want, f"{words}")
    check_same(page_of("more", "got", "--last", "2", "--to", "-5"), page_of("daily", "last", "--last", "2"), "--last")
    text = words_of(page_of("more", "nothing", "--to", "2015-01-01"))
    check_says(text, "Frames read 0 from 0 captures")
    check_says(text, "The store holds no packets")


@case
def a_capture_that_goes_on_is_told(_):
    """Its packets count up to the day; its ledger cannot be divided, and says so."""
    one_a_day(2)
    write("three.pcap", pcap(day_frames(0) + day_frames(1) + day_frames(2)))
    write("next.pcap", pcap(day_frames(1)[-1:] + day_frames(2)))
    day = day_name(1)
    want = page_of("daily", "want")
    succeed("ingest", "-q", "-s", "one", "three.pcap")
    got = page_of("one", "got", "--to", day)
    equal(sorted(got), sorted(want), "files")
    for name, text in want.items():
        if name not in ("index.html", "ledger.csv", "captures.csv", "reasons.csv"):
            check(got[name] == text, f"{name} is another")
    text = words_of(got)
    check_says(text, f"Frames read 80 from 1 capture, which goes on after {day}")
    check_says(text, f"Captures that go on after {day}: 1. Here each is counted as a whole. 40 of the frames are later "
                     "than that day.")
    equal(got["ledger.csv"].decode().splitlines()[-1], "*,frames,120", "ledger.csv")
    check_says(text, "frames all frames 120 100.0%")
    result = hotaru("report", "-s", "one", "-o", "got", "--to", day)
    check("hotaru: note: 1 capture goes on after --to, 40 frames of it: the ledger is of whole captures"
          in result.errors(), result.errors())
    text = words_of(page_of("one", "japanese", "--to", day, "--lang", "ja"))
    check_says(text, f"キャプチャ1件、{day}より後に続く")
    check_says(text, f"{day}より後に続くキャプチャ: 1件。ここではキャプチャ全体を数えています。そのうち40フレームは")
    succeed("ingest", "-q", "-s", "two", "day 0.pcap", "next.pcap")
    text = words_of(page_of("two", "of two", "--to", day))
    check_says(text, f"Frames read 41 from 2 captures, 1 of them going on after {day}")
    for words in ((), ("--to", day_name(2)), ("--to", "2030-01-01")):
        check("go on" not in words_of(page_of("one", "whole", *words)), f"{words}: nothing goes on")


@case
def bogus_times_do_not_count(_):
    """Neither does a frame of 2096 make a capture go on, nor one of 1970 make a later one begin."""
    write("a.pcap", pcap(day_frames(0) + [frame(YEAR_2096, 3)]))
    write("b.pcap", pcap(day_frames(1)))
    write("c.pcap", pcap([frame(100, 4)] + day_frames(2)))
    succeed("ingest", "-q", "-s", "few", "a.pcap", "b.pcap")
    succeed("ingest", "-q", "-s", "all", "a.pcap", "b.pcap", "c.pcap")
    check_same(page_of("all", "got", "--to", day_name(1)), page_of("few", "want"), "with bogus times")


@case
def what_is_damaged_later_is_not_looked_at(_):
    one_a_day(3)
    succeed("ingest", "-q", "-s", "few", "day 0.pcap", "day 1.pcap")
    segment, = pathlib.Path("daily").glob(f"{day_name(2)}*.segment")
    segment.write_bytes(b"x" * segment.stat().st_size)
    check_same(page_of("daily", "got", "--to", day_name(1)), page_of("few", "want"), "a later day is damaged")
    equal(hotaru("report", "-q", "-s", "daily", "-o", "got").code, 3, "all days")


@case
def from_shows_fewer_days_and_changes_no_number(_):
    one_a_day(6)
    whole, part = page_of("daily", "whole"), page_of("daily", "part", "--from", day_name(3))
    head, *rows = whole["survey.csv"].decode().splitlines()
    equal(part["survey.csv"].decode().splitlines(), [head] + [row for row in rows if row >= day_name(3)], "survey.csv")
    for name in ("lifetimes.csv", "ledger.csv"):
        check(part[name] == whole[name], f"{name} is another")
    text = words_of(part)
    check_says(text, f"3 days, sums begin on {day_name(0)}")
    check("sums begin" not in words_of(whole), "sums of the whole store begin with it")


@case
def what_the_other_commands_mean_by_it(_):
    """Rows of the survey know what came later; lifetimes do not."""
    one_a_day(4)
    succeed("ingest", "-q", "-s", "two", "day 0.pcap", "day 1.pcap")
    to = ("--to", day_name(1), "--family", "*")
    rows = csv_of("survey", "-s", "daily", "--family", "*").splitlines()
    equal(csv_of("survey", "-s", "daily", *to).splitlines(), rows[:3], "survey")
    check(csv_of("survey", "-s", "two", "--family", "*").splitlines() != rows[:3], "no later day changes a number")
    for command in ("lifetimes", "ports", "prefixes", "sources", "shapes"):
        equal(csv_of(command, "-s", "daily", *to), csv_of(command, "-s", "two", "--family", "*"), command)
    equal(csv_of("ledger", "-s", "daily", *to[:2]), csv_of("ledger", "-s", "two"), "ledger")


run_cases()
