# SPDX-License-Identifier: MIT
"""Running commands in turns, and tables of what they took.

Machines are shared and noisy. What counts are ratios of runs side by side, so the commands of
a table take turns, and the median of each is given with least and greatest.
"""
import datetime
import json
import os
import platform
import resource
import statistics
import subprocess
import sys


class Used:
    """What one run took."""

    def __init__(self, wall_s, usage):
        self.wall_s = wall_s
        self.cpu_s = usage.ru_utime + usage.ru_stime
        self.mib = usage.ru_maxrss / 1024


def timed(command, cwd=None):
    """Runs it to its end, with its output thrown away."""
    begin = datetime.datetime.now()
    process = subprocess.Popen([str(word) for word in command], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                               stderr=subprocess.PIPE, cwd=cwd)
    said = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise SystemExit(f"failed: {' '.join(map(str, command))}: {said.decode('utf-8', 'replace')[:500]}")
    return Used((datetime.datetime.now() - begin).total_seconds(), usage)


class Turns:
    """Commands that take turns. A command is a list of words, or a function that returns Used."""

    def __init__(self, commands, runs, warm_up=True):
        self.runs = {name: [] for name in commands}
        for turn in range(runs + warm_up):
            for name, command in commands.items():
                say(f"{name}, run {turn}")
                used = command() if callable(command) else timed(command)
                if turn >= warm_up:
                    self.runs[name].append(used)

    def wall_s(self, name):
        return statistics.median(used.wall_s for used in self.runs[name])

    def cpu_s(self, name):
        return statistics.median(used.cpu_s for used in self.runs[name])

    def mib(self, name):
        """The most that was resident, where it is more than this program, which it inherits for a moment."""
        mib = max(used.mib for used in self.runs[name])
        own_mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        return f"{mib:.0f}" if mib > own_mib * 1.05 else f"< {mib:.0f}"

    def spread(self, name):
        """Median, and least and greatest."""
        walls = [used.wall_s for used in self.runs[name]]
        if len(walls) == 1:
            return number(walls[0])
        return f"{number(self.wall_s(name))} ({number(min(walls))}-{number(max(walls))})"

    def times(self, name, other):
        """How many times as long as the other; empty without the other."""
        return number(self.wall_s(name) / self.wall_s(other)) if other in self.runs else ""


def number(x):
    """Three digits that count."""
    return f"{x:.0f}" if x >= 100 else f"{x:.1f}" if x >= 10 else f"{x:.2f}" if x >= 0.1 else f"{x:.2g}"


def table(head, rows):
    print("| " + " | ".join(head) + " |")
    print("|" + "---|" * len(head))
    for row in rows:
        print("| " + " | ".join(str(cell) for cell in row) + " |")
    print(flush=True)


def say(text):
    """What goes on now, for whoever waits; not part of the result."""
    if sys.stderr.isatty():
        print(f"\r\033[K{text}", end="", file=sys.stderr, flush=True)


def first_line(*command):
    process = subprocess.run(command, capture_output=True, text=True, check=False)
    return process.stdout.splitlines()[0] if process.returncode == 0 and process.stdout else "unknown"


def machine():
    """One paragraph that says what the figures were measured on."""
    caches = {}
    process = subprocess.run(["lscpu", "-J", "-C"], capture_output=True, text=True, check=False)
    if process.returncode == 0:
        caches = {cache["name"]: cache["one-size"] for cache in json.loads(process.stdout)["caches"]}
    model = "unknown processor"
    with open("/proc/cpuinfo", encoding="utf-8") as lines:
        for line in lines:
            if line.startswith("model name"):
                model = line.split(":", 1)[1].strip()
    memory_gib = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / (1 << 30)
    return (f"Measured on {datetime.date.today()}, {len(os.sched_getaffinity(0))} processors ({model}; "
            f"L2 {caches.get('L2', '?')} each, L3 {caches.get('L3', '?')}), {memory_gib:.0f} GiB of memory, "
            f"Linux {platform.release()}, {platform.freedesktop_os_release().get('PRETTY_NAME', 'Linux')}, "
            f"{first_line('cc', '--version')}; load {os.getloadavg()[1]:.1f} when it began. "
            "Files in the page cache. Wall seconds are the median (least-greatest) of runs in turns.")
