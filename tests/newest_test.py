#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What is said of the newest days holds: a store that grows day by day is surveyed each time.

What a survey calls final no later one changes; by how much the rest moved is counted here from
what was printed, and has to be what `survey --revisions` says afterwards, and the page.
"""
import csv
import io
import math
import pathlib
import re
import statistics

from harness import case, check, csv_of, equal, hotaru, run_cases, skip, succeed

DAYS, FIRST_VIEW = 44, 9  # views are the last 34 to 7 days before the end: days 9 to 36, from 0
AGES = (0, 1, 2, 3, 5, 7, 14, 28)
GAP = 2
LATE = ("recovered", "cumulative_recovered", "active")


def rows_of(text):
    return list(csv.DictReader(io.StringIO(text)))


def captures():
    if hotaru("simulate", "--help").code != 0:
        skip("hotaru has no simulate")
    succeed("simulate", "-q", "--scale", "0.001", "--days", "130", "--seed", "7", "--split", "-o", "days")
    return sorted(str(path) for path in pathlib.Path("days").iterdir())[-DAYS:]


def surveys_as_days_come(names):
    """{gap: [rows of the survey, for each day that the store ended on]}; days without one have none."""
    out = {"none": [], str(GAP): []}
    succeed("ingest", "-q", "-s", "store", "--telescope", "198.51.0.0/16", *names[:FIRST_VIEW])
    for name in names[FIRST_VIEW:]:
        succeed("ingest", "-q", "-s", "store", name)
        for gap, surveys in out.items():
            surveys.append(rows_of(csv_of("survey", "-s", "store", "--gap", gap, "--final")))
    return out


def by_key(rows):
    return {(row["day"], row["family"]): row for row in rows}


def check_final(surveys, gap):
    """Final is final; all else can change, and does."""
    last = by_key(surveys[-1])
    changed = 0
    for rows in surveys:
        days = sorted({row["day"] for row in rows})
        for row in rows:
            now = last[row["day"], row["family"]]
            wanted = days.index(row["day"]) < (1 if gap == "none" else len(days) - GAP)
            seen = any(int(r["sources"]) for r in rows if r["family"] == row["family"])
            equal(row["is_final"], "yes" if wanted or not seen else "no", f"{row['day']} of {days[-1]}")
            moved = [name for name in row if name != "is_final" and row[name] != now[name]]
            check(set(moved) <= set(LATE), f"{row['day']} of {days[-1]}: {moved} changed")
            check(row["is_final"] == "no" or not moved, f"{row['day']} of {days[-1]}: {moved} of a final row")
            changed += len(moved)
    check(changed > 100, f"gap {gap}: nothing changed")


def change_of(values):
    if len(values) < 7:
        return "", ""
    most = max(values, key=abs)
    return statistics.median(values), most


def revisions(surveys):
    """As doc/newest.md says, from what was printed: {(family, age): (views, medians and most)}."""
    last, found = by_key(surveys[-1]), {}
    ends = [sorted({row["day"] for row in rows}) for rows in surveys]
    families = sorted({row["family"] for row in surveys[-1]})
    for family in families:
        for age in AGES:
            views, changes = 0, {"active": [], "recovered": []}
            for rows, days in zip(surveys[:-7], ends[:-7]):
                if len(days) - 1 - age < 1:
                    continue
                views += 1
                day = days[-1 - age]
                for name, list_of in changes.items():
                    then = int(by_key(rows)[day, family][name])
                    if then > 0:
                        list_of.append((int(last[day, family][name]) - then) / then)
            found[family, age] = (views, *change_of(changes["active"]), *change_of(changes["recovered"]))
    return found


def check_revisions(surveys, gap):
    want = revisions(surveys)
    rows = rows_of(csv_of("survey", "-s", "store", "--gap", gap, "--revisions"))
    equal([(row["family"], int(row["days_after"])) for row in rows], list(want), "families and ages")
    for row in rows:
        views, *numbers = want[row["family"], int(row["days_after"])]
        what = f"gap {gap}: {row}"
        equal(int(row["views"]), views, what)
        for name, number in zip(("active_median", "active_most", "recovered_median", "recovered_most"), numbers):
            if number == "" or row[name] == "":
                equal(row[name], number, what)
            else:
                check(math.isclose(abs(float(row[name])), abs(number), abs_tol=1e-6), f"{what}: {number}")
    check(any(row["active_median"] not in ("", "0") for row in rows), f"gap {gap}: nothing moved")
    return rows


# ---- cases

@case
def what_was_final_stays_and_what_moved_is_said(_):
    names = captures()
    equal(len(names), DAYS, "captures")
    surveys = surveys_as_days_come(names)
    for gap, list_of in surveys.items():
        check_final(list_of, gap)
        rows = check_revisions(list_of, gap)
    equal({row["active_most"] for row in rows if int(row["days_after"]) >= 3 and row["active_most"]}, {"0"},
          "what is final does not move")
    the_notes_say_it()
    the_page_marks_it()


def the_notes_say_it():
    last = max(row["day"] for row in rows_of(csv_of("survey", "-s", "store")))
    notes = hotaru("survey", "-s", "store", "--gap", GAP).errors()
    check(any("are not final: nobody recovers in the first 2 days" in line for line in notes), f"{notes}")
    equal([line for line in hotaru("survey", "-s", "store", "--gap", GAP, "--to", "-5").errors()
           if "final" in line], [], "of days that are final nothing is to be said")
    notes = hotaru("survey", "-s", "store").errors()
    first = min(row["day"] for row in rows_of(csv_of("survey", "-s", "store", "--final"))
                if row["is_final"] == "no")
    check(any(f"active of {first} and later are not final" in line for line in notes), f"{notes}")
    check(any(re.search(r"active of a last day rose by \d+\.\d % \(at most", line) for line in notes), f"{notes}")
    equal(hotaru("survey", "-s", "store", "-q").errors(), [], "quiet")
    notes = hotaru("lifetimes", "-s", "store").errors()
    check(any("spells not seen on the last day count as ended" in line for line in notes), f"{notes}")
    notes = hotaru("survey", "-s", "store", "--from", last, "--to", last).errors()
    equal(sum("not final" in line or "as later days came" in line for line in notes), 2, f"of the last day: {notes}")


def the_page_marks_it():
    for gap, marked in (("none", "Marked as “not final yet”: the last"), (GAP, "the last 2 days. Nobody counts")):
        succeed("report", "-q", "-s", "store", "-o", f"page {gap}", "--gap", gap, "--family", "hajime")
        page = pathlib.Path(f"page {gap}", "index.html").read_text(encoding="utf-8")
        table = pathlib.Path(f"page {gap}", "survey.csv").read_text(encoding="utf-8")
        final = () if gap == "none" else ("--final",)
        equal(table, csv_of("survey", "-s", "store", "--gap", gap, "--family", "hajime", *final), "survey.csv")
        check(marked in page, f"gap {gap}: the caption does not say it")
        check("of a last day by" in page, f"gap {gap}: nor by how much it moved")
        days = re.findall(r'<th scope="row">(\d{4}-\d\d-\d\d)<small class="beside">not final yet', page)
        check(days and days == sorted(days, reverse=True), f"gap {gap}: {days}")
        if gap == GAP:
            equal(days, sorted((row["day"] for row in rows_of(table) if row["is_final"] == "no"), reverse=True),
                  "days that are marked")
        check('class="open"' in pathlib.Path(f"page {gap}", "hajime.svg").read_text(encoding="utf-8"),
              f"gap {gap}: no band in the figure")


@case
def the_gap_follows_the_telescope(_):
    """ln(100) 2^32 / (86,400 n) days, rounded up, of the smallest telescope that a day with data had. Where that is
    more than 14, data so young does not know better than four weeks."""
    name = captures()[0]
    for telescope, gap in (("198.51.0.0/16", 4), ("198.51.0.0/16,198.52.0.0/16", 2), ("198.0.0.0/8", 1),
                           ("198.51.0.0/18", 14), ("198.51.0.0/24", 28), ("198.51.0.0/20", 28),
                           ("198.51.0.0/18@..2016-08-31,198.51.0.0/16", 4),
                           ("198.51.0.0/18@2016-08-31..2016-10-01,198.51.0.0/16@2016-10-02..", 14)):
        for command in ("survey", "lifetimes"):
            words = (command, "--telescope", telescope, name)
            equal(csv_of(*words, "--gap", "auto"), csv_of(*words, "--gap", gap), f"{command} of {telescope}")
    notes = [line for line in hotaru("survey", "--gap", "auto", "--telescope", "198.51.0.0/24", name).errors() if "auto is" in line]
    equal(notes, ["hotaru: note: --gap auto is 28 days, the most that it waits: 0 silences that ended are too few to go by. 256 "
                  "addresses see a device of one packet a second within 895 days with 99 %: who is silent for longer than the "
                  "gap counts as recovered, and as returned when seen again"], "note")
    result = hotaru("survey", "--gap", "auto", name)
    check(result.code == 2 and "nobody said what it is" in result.errors()[-1], f"{result.errors()}")
    result = hotaru("report", "--gap", "car", "-o", "page", name)
    check(result.code == 2 and "auto or none, not 'car'" in result.errors()[-1], f"{result.errors()}")
    result = hotaru("survey", "--revisions", "--final", name)
    check(result.code == 2 and "--revisions prints another table" in result.errors()[-1], f"{result.errors()}")


run_cases()
