#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Each style check finds what it is there to find: one offender for each, in a copy of the sources."""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from harness import HOTARU, ROOT, case, check, run_cases, skip

VICTIM = "src/decode/tcp.c"
LONG_FUNCTION = "void long_one(void)\n{\n" + "\t;\n" * 70 + "}\n"

OFFENDERS = {  # check: (file, text put at its end, what the check must name)
    "layers": (VICTIM, '#include "store/store.h"\n', "decode/ does not see store/"),
    "layers, private": ("src/store/sql.c", '#include "hostday/hostday_private.h"\n', "is private"),
    "size": (VICTIM, LONG_FUNCTION, "long_one"),
    "size, file": (VICTIM, "// x\n" * 600, "tcp.c"),
    "headers": ("src/base/lock.h", "struct span some(struct nonesuch_t x, size_t);\n", "lock.h"),
    "banned": (VICTIM, "void *f(void) { return malloc(3); }\n", "malloc"),
    "format": (VICTIM, "int   x  ( void );\n", "tcp.c"),
    "man": ("doc/hotaru.1", "x\n", "hotaru.1"),
}
NEEDS = {"size": "ctags", "format": "clang-format"}


def run_check(root, name, file):
    """`file` is for the one check that asks the compiler, which has not seen the offender yet."""
    environment = dict(os.environ, BUILD=os.path.dirname(HOTARU))
    return subprocess.run([root / "tools" / f"check-{name}", *([file] if name == "layers" else [])], cwd=root, env=environment,
                          capture_output=True, text=True)


@case
def each_check_finds_its_offender(_):
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder)
        for part in ("src", "tools", "doc"):
            shutil.copytree(ROOT / part, root / part)
        shutil.copy(ROOT / ".clang-format", root)
        for title, (file, text, named) in OFFENDERS.items():
            name = title.split(",")[0]
            if shutil.which(NEEDS.get(name, "sh")) is None:
                continue  # `make check` installs what it needs, and CI runs it
            before = (root / file).read_text(encoding="utf-8")
            (root / file).write_text(before + text, encoding="utf-8")
            result = run_check(root, name, file)
            said = result.stdout + result.stderr
            check(result.returncode != 0 and named in said, f"check-{title}: {said[:200]!r}")
            (root / file).write_text(before, encoding="utf-8")


if __name__ == "__main__":
    run_cases()
