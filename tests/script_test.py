#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The page as somebody uses it: by pointer and keys, in Chromium; and without its script.

All of it in one browser and on the page of the sample (page_sample), which takes two seconds; where there is no
Chromium the cases are skipped."""
import os
import pathlib
import re
import shutil
import subprocess
import tempfile

import browser
from harness import ROOT, case, check, equal, ethernet, pcap, run_cases, skip, succeed, syn, write

PAGE_SAMPLE = os.environ.get("PAGE_SAMPLE") or ROOT / "build" / "src" / "present" / "page_sample"
FOLDER = tempfile.mkdtemp(prefix="chromium-")
_one = []


def chromium():
    if not _one:
        path = browser.find()
        if path is None:
            skip("there is no Chromium")
        try:
            _one.append(browser.Browser(path, FOLDER))
        except (TimeoutError, OSError) as error:
            skip(f"Chromium does not start: {error}")
    return _one[0]


def page(lang="en", script=True, width=1280):
    name = pathlib.Path(f"{lang}.html")
    if not name.exists():
        subprocess.run([PAGE_SAMPLE, "."], check=True)
    b = chromium()
    b.size(width, 800)
    b.open(name, script)
    return b


def middle(b, selector):
    """Where to point at an element; it is brought into view."""
    return b.run(f"""(() => {{ const e = document.querySelector({selector!r}); e.scrollIntoView({{ block: "center" }});
        const r = e.getBoundingClientRect(); return [r.x + r.width / 2, r.y + r.height / 2]; }})()""")


def click(b, selector):
    b.click(*middle(b, selector))


def column(b, table, number):
    return b.run(f"""[...document.querySelectorAll({table + ' tbody tr'!r})].filter(row => !row.hidden)
        .map(row => row.cells[{number}].textContent)""")


def value(text):
    return int(re.match(r"[\d,]+", text)[0].replace(",", ""))


@case
def nothing_fails_in_either_language(_):
    for lang in ("en", "ja"):
        b = page(lang)
        equal(b.complaints(), [], f"what Chromium complains of ({lang})")
        check(b.run("document.documentElement.classList.contains('script')"), f"the script did not run ({lang})")


@case
def the_policy_forbids_markup_of_texts(_):
    """What the script does not do, nothing else in the page can."""
    b = page()
    equal(b.run("""(() => { try { document.body.innerHTML = "<b>x</b>"; return "made"; }
        catch (error) { return error.name; } })()"""), "TypeError", "markup of a string")


@case
def a_day_under_the_pointer(_):
    b = page()
    # A quarter from the right: the values in the legend are those that the file of numbers has for the day.
    x, y, width = b.run("""(() => { const e = document.querySelector("#family-mirai .wide svg");
        for (let f = e.closest("details"); f; f = f.parentElement.closest("details")) f.open = true;
        e.scrollIntoView({ block: "center" }); const r = e.getBoundingClientRect();
        return [r.x + r.width / 2, r.y + r.height / 2, r.width]; })()""")
    b.point(x + width / 4, y)
    said = b.run("document.querySelector('#family-mirai .when text').textContent")
    check(re.fullmatch(r"\d{4}-\d\d-\d\d", said), f"the day says {said!r}")
    values = b.run("[...document.querySelectorAll('#family-mirai .values text')].map(text => text.textContent)")
    row = b.run(f"""[...[...document.querySelectorAll("#days-mirai tbody tr")]
        .find(row => row.cells[0].firstChild.data === {said!r}).cells].map(cell => cell.textContent)""")
    # Active, daily; new, returned, recovered. The table: day, packets, daily, new, returned, recovered, active.
    equal(values, [row[6], row[2], row[3], row[4], row[5]], f"values of {said}")
    equal(b.run("document.querySelector('#family-mirai .pointer').getAttribute('visibility')"), "visible", "the line")
    b.point(5, 5)
    equal(b.run("document.querySelector('#family-mirai .pointer').getAttribute('visibility')"), "hidden", "the line after")


@case
def days_by_keys(_):
    b = page()
    box = "#families > details > figure .wide"
    b.run(f"document.querySelector({box!r}).focus()")
    told = lambda: b.run(f"document.querySelector({box!r}).getAttribute('aria-valuetext')")[:10]
    last = told()
    b.press("ArrowLeft")
    before = told()
    b.press("PageDown")
    week = told()
    b.press("Home")
    first = told()
    b.press("End")
    equal(told(), last, "End")
    check(first < week < before < last, f"days by keys: {first}, {week}, {before}, {last}")
    role, label, text = b.run(f"""(() => {{ const e = document.querySelector({box!r}); return [e.getAttribute("role"),
        e.getAttribute("aria-label"), document.getElementById(e.getAttribute("aria-describedby")).textContent]; }})()""")
    check(role == "slider" and label, f"a figure is a {role} called {label!r}")
    check("highest" in text, f"the figure in words: {text!r}")


@case
def a_range_of_days(_):
    b = page()
    figure = "#families > details > figure"
    ticks = lambda: b.run(f"[...document.querySelectorAll('{figure} .wide .dates text')].map(text => text.textContent)")
    path = lambda: b.run(f"document.querySelector('{figure} .wide .plot path').getAttribute('d')")
    whole = ticks(), path()
    click(b, ".ranges button[value='30']")
    equal(b.run("document.querySelector('.ranges [aria-pressed=true]').value"), "30", "the button that is pressed")
    check(len(re.findall("[ML]", path())) == 30, f"a curve of 30 days: {path()}")
    check(any(re.fullmatch(r"[A-Z][a-z][a-z] \d+", tick) for tick in ticks()), f"ticks {ticks()}")
    b.run(f"document.querySelector('{figure} .wide').focus()")
    b.press("Home")
    first = b.run(f"document.querySelector('{figure} .wide').getAttribute('aria-valuetext')")[:10]
    b.press("End")
    last = b.run(f"document.querySelector('{figure} .wide').getAttribute('aria-valuetext')")[:10]
    equal(b.run(f"(Date.parse({last!r}) - Date.parse({first!r})) / 864e5"), 29, "days from the first to the last")
    click(b, ".ranges button[value='0']")
    equal((ticks(), path()), whole, "all days again")
    equal(b.complaints(), [], "complaints")


@case
def rows_are_sorted_and_filtered(_):
    b = page()
    table = "#countries ~ .rows table"
    folded = column(b, table, 2)
    equal(len(folded), 10, "rows that are open")
    head = f"{table} th:nth-child(3)"
    click(b, f"{head} button")
    equal(b.run(f"document.querySelector({head!r}).getAttribute('aria-sort')"), "descending", "aria-sort")
    click(b, f"{head} button")
    equal(b.run(f"document.querySelector({head!r}).getAttribute('aria-sort')"), "ascending", "aria-sort")
    values = [value(text) for text in column(b, table, 2)]
    equal(values, sorted(values), "sources, ascending")
    # By keys, too: the head of the names has the focus.
    b.run(f"document.querySelector({table + ' th button'!r}).focus()")
    b.press("Enter")
    b.ask("Input.dispatchKeyEvent", type="char", text="\r")
    if b.run(f"document.querySelector({table + ' th'!r}).getAttribute('aria-sort')") is None:
        fail_of_keys = b.run("document.activeElement.outerHTML")
        check(False, f"Enter does not sort: {fail_of_keys}")
    names = column(b, table, 0)
    equal(names, b.run(f"{names!r}.sort((a, b) => a.localeCompare(b, 'en', {{ numeric: true }}))"), "names, ascending")
    click(b, "#countries ~ .rows .filter input")
    b.type("ＢＲ")      # full-width: it is found all the same
    equal(column(b, table, 1), ["BR"], "rows with BR")
    check(b.run("document.querySelector('#countries ~ .rows .filter span').textContent").startswith("1 of "), "how many rows")
    # A link to a row that is not among these shows it.
    last = b.run("[...document.querySelectorAll('#countries ~ .rows tbody tr')].filter(row => row.hidden).pop().id")
    b.run(f"location.hash = '#{last}'")
    b.run("new Promise(done => setTimeout(done, 50))")
    check(b.run("(r => !r.hidden && r.getBoundingClientRect().top >= document.querySelector('nav').offsetHeight)"
                f"(document.getElementById('{last}'))"), "a link leads to a row that is hidden, or under the bar")


@case
def links_open_folds(_):
    b = page()
    for name in ("ledger", "rule-table", "family-mirai", "days-mirai", "concentration"):
        b.run(f"location.hash = '#{name}'")
        b.run("new Promise(done => setTimeout(done, 50))")
        top, bar, shown = b.run(f"""(e => [e.getBoundingClientRect().top, document.querySelector("nav").offsetHeight,
            e.checkVisibility()])(document.getElementById("{name}"))""")
        check(shown, f"#{name} is folded")
        check(bar <= top < 800, f"#{name} stands at {top}, the bar ends at {bar}")


@case
def on_paper(_):
    """All sections are open, with the script and without, and pages are full: the sample is some thirty."""
    for script in (True, False):
        b = page(script=script)
        b.paper("page.pdf")
        pages = len(re.findall(rb"/Type\s*/Page\b", pathlib.Path("page.pdf").read_bytes()))
        check(20 <= pages <= 35, f"{pages} pages")
    b = page()
    b.size(1280, 800, media="print")
    b.run("dispatchEvent(new Event('beforeprint'))")
    equal(b.run("[...document.querySelectorAll('main > section > details')].filter(fold => !fold.open).length"), 0, "folded")
    top = b.run("""(() => { const e = document.querySelector('main h2'); return e.getBoundingClientRect().top -
        document.querySelector('.banner').getBoundingClientRect().bottom; })()""")
    check(top >= 12, f"the first heading is {top} px below the banner")
    display = b.run("""(() => { const place = document.createElement('span');
        document.querySelector('#ports > details > summary').after(place); return getComputedStyle(place).display; })()""")
    equal(display, "none", "an empty place that a link leads to, which parts a heading from its figure, even out of the flow")
    b.run("document.body.classList.add('brief')")
    beside = b.run("""[...document.querySelectorAll('figure[id^=family-]:has(.wide)')].map(figure => {
        const shown = [...figure.children].filter(e => e.matches('.wide,.narrow') && e.getClientRects().length);
        return shown.length === 1 && shown[0].matches('.narrow') && shown[0].getBoundingClientRect().right <
            figure.querySelector('figcaption').getBoundingClientRect().left; })""")
    equal(beside, [True] * len(beside) or None, "figures beside their captions on a brief page")
    b.run("dispatchEvent(new Event('afterprint'))")
    check(b.run("!document.querySelector('#ledger > details').open"), "a fold stays open after it was printed")


@case
def without_its_script(_):
    """Everything is there: tables, folds that open, figures, and no control that does nothing."""
    b = page(script=False)
    text = b.ask("DOM.getDocument", depth=-1)
    check("root" in text, "no document")
    html = b.ask("DOM.getOuterHTML", nodeId=text["root"]["nodeId"])["outerHTML"]
    check('class="script"' not in html, "the script ran")
    node = lambda selector: b.ask("DOM.querySelector", nodeId=text["root"]["nodeId"], selector=selector)["nodeId"]
    for hidden in (".ranges", "p.only-script"):
        try:
            b.ask("DOM.getBoxModel", nodeId=node(hidden))
            check(False, f"{hidden} is shown without a script")
        except RuntimeError:
            pass
    for shown in ("#changes", "#countries", ".without-script", "#rules > details > summary"):
        b.ask("DOM.getBoxModel", nodeId=node(shown))


@case
def a_page_of_one_capture_is_one_screen(_):
    """And the folds have the rest: of scanning hosts on one day and on four, of IPv6, and of real captures."""
    frames = [ethernet(syn(0x0a000000 + i, 0xc6336401 + i % 9, seq=None)) for i in range(50)]
    for name, seconds in (("one", 1), ("four", 6912)):
        write(f"{name}.pcap", pcap([((1480000000 + seconds * i) * 10**9, frame, len(frame))
                                    for i, frame in enumerate(frames)]))
    write("six.pcap", pcap([(1480000000 * 10**9, ethernet(b"\x60" + bytes(39), ethertype=0x86dd), 54)]))
    captures = ["one.pcap", "four.pcap", "six.pcap"]
    if os.environ.get("HOTARU_CAPTURES"):
        real = pathlib.Path(os.environ["HOTARU_CAPTURES"])
        captures += [real / "darknet/crafter__hbot.pcap", real / "scanners/masscan-default.pcap",
                     real / "backscatter/simple-scan__backscatter.trace"]
    b = chromium()
    b.size(1280, 800)
    for capture in captures:
        for lang in ("en", "ja"):
            succeed("report", "-q", "--lang", lang, "-o", "one", capture)
            b.open(pathlib.Path("one/index.html"))
            equal(b.complaints(), [], "complaints")
            for name in ("scrollHeight", "scrollWidth"):
                size = b.run(f"document.documentElement.{name}")
                check(size <= (800 if name == "scrollHeight" else 1280), f"{capture}: {name} is {size} pixels")
            missing = b.run("""[...document.querySelectorAll('nav a')].map(a => a.getAttribute('href').slice(1))
                .filter(id => !document.querySelector('#' + id + '>details>summary,section#summary')).join()""")
            equal(missing, "", f"{capture}: sections that nothing leads to")


try:
    run_cases()
finally:
    for one in _one:
        one.close()
    shutil.rmtree(FOLDER, ignore_errors=True)
