# SPDX-License-Identifier: MIT
"""What reading logs of honeypots is measured beside: Python's json, with a process for each processor. For tools/bench.

    honeypot_peers.py FILE

Reads Cowrie's JSON, each process its share of whole lines, and counts what sessions are made of: sources by event,
and what was typed.
"""
import collections
import json
import multiprocessing
import os
import sys


def share(path, begin, end):
    """The lines that begin in these bytes."""
    events, inputs = collections.Counter(), 0
    with open(path, "rb") as file:
        if begin > 0:
            file.seek(begin - 1)
            file.readline()
        while file.tell() < end:
            for line in file.readlines(min(1 << 20, end - file.tell())):
                event = json.loads(line)
                events[event["eventid"]] += 1
                inputs += len(event.get("input", "")) + len(event["src_ip"])
    return events, inputs


def main():
    path = sys.argv[1]
    size, count = os.path.getsize(path), len(os.sched_getaffinity(0))
    edges = [size * i // count for i in range(count + 1)]
    with multiprocessing.Pool(count) as pool:
        parts = pool.starmap(share, [(path, edges[i], edges[i + 1]) for i in range(count)])
    print(sum(sum(events.values()) for events, _ in parts), sum(inputs for _, inputs in parts))


if __name__ == "__main__":
    main()
