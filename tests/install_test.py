#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What is installed beside the program: completion, as a shell uses it, and the examples of the man page."""
import os
import re
import shlex
import shutil
import subprocess

from harness import ROOT, case, check, equal, hotaru, run_cases, skip, succeed, write

# Prints what bash would offer for the last of the words.
DRIVER = """
source ./completion
compopt() { :; }
COMP_WORDS=("$@")
COMP_CWORD=$(($# - 1))
COMPREPLY=()
_hotaru
printf '%s\\n' "${COMPREPLY[@]}"
"""


def offered(*words):
    out = subprocess.run(["bash", "-c", DRIVER, "bash", "hotaru", *words], check=True, capture_output=True, text=True)
    equal(out.stderr, "", f"{words}: what bash says")
    return sorted(out.stdout.split("\n")[:-1]) if out.stdout != "\n" else []


def commands():
    return [name for name in re.findall(r"^  ([a-z]+) ", succeed("--help"), re.M) if name != "hotaru"]


def options_of(command):
    """{option: what it takes} as --help has them."""
    return dict(re.findall(r"^ .{5}(--[a-z-]+)(?: (\S+))?", succeed(command, "--help"), re.M))


@case
def bash_offers_what_there_is(_):
    write("completion", succeed("--completion", "bash").encode())
    for name in ("a.pcap", "b c.pcap", "x/y.pcap"):
        os.makedirs(os.path.dirname(name) or ".", exist_ok=True)
        write(name, b"")
    names = commands()
    check(len(names) > 15, names)
    equal(offered(""), sorted(names + ["help"]), "commands")
    equal(offered("help", "sur"), ["survey"], "help")
    for name in names:
        options = options_of(name)
        check("--help" in options, f"{name}: {options}")
        equal(offered(name, "--"), sorted(options), name)
        for option, value in options.items():
            if value == "DIR":
                equal(offered(name, option, ""), ["x"], f"{name} {option}")
            if value == "DAY":
                equal(offered(name, option, "t"), ["today"], f"{name} {option}")
            if value and re.fullmatch("[a-z|-]+", value) and "|" in value:
                words = offered(name, option, "")
                check(set(value.split("|")) <= set(words), f"{name} {option}: {words}")
                equal(offered(name, option, "=", value[:2]), [word for word in words if word.startswith(value[:2])],
                      f"{name} {option}=")
    equal(offered("survey", ""), ["a.pcap", "b c.pcap", "completion", "x"], "captures")
    equal(offered("verify", ""), [], "a command without captures")
    equal(offered("survey", "--zone", ""), [], "what nobody knows")
    equal(offered("survey", "-s", ""), ["x"], "a letter")


@case
def zsh_reads_its_own(_):
    if shutil.which("zsh") is None:
        skip("there is no zsh")
    # The functions of zsh's that it calls say what they were told.
    script = succeed("--completion", "zsh")
    for name in commands():
        driver = ("_describe() { print -r -- describe \"$@\" }; _arguments() { print -rl -- \"$@\" }\n"
                  f"words=(hotaru {name} ''); CURRENT=3\n")
        out = subprocess.run(["zsh", "-fc", driver + script], check=True, capture_output=True, text=True)
        equal(out.stderr, "", f"{name}: what zsh says")
        told = {re.match(r"(?:\(.*?\))?(-[-a-z]+)", line).group(1) for line in out.stdout.splitlines()
                if line.startswith(("(", "-"))}
        missing = [option for option in options_of(name) if option not in told]
        equal(missing, [], f"{name}: {out.stdout[:300]}")


@case
def other_shells_are_told_so(_):
    for words in (("fish",), ()):
        result = hotaru("--completion", *words)
        check(result.code == 2 and "bash|zsh" in result.errors()[0], result.errors())


@case
def examples_are_command_lines(_):
    man = succeed("--man")
    section = man[man.index(".SH EXAMPLES"):man.index(".SH ENVIRONMENT")]
    lines = [line.replace("\\-", "-") for line in re.findall(r"^\.nf\n(.*)\n\.fi$", section, re.M)]
    check(len(lines) >= 8, lines)
    for line in (part for whole in lines for part in whole.split("; ")):
        words = shlex.split(line)
        equal(words[0], "hotaru", line)
        check(words[1] in commands(), line)
        # --help comes after all options were read.
        equal(hotaru(*words[1:], "--help").code, 0, line)


@case
def the_makefile_installs_it(folder):
    build = os.environ.get("HOTARU_BUILD_ROOT")
    if build is None or not os.path.exists(os.path.join(build, "completion", "hotaru")) or shutil.which("meson") is None:
        skip("not run by meson, or `installed` was not built")
    subprocess.run(["meson", "install", "-C", build, "--no-rebuild", "--destdir", folder / "to", "--quiet"], check=True,
                   capture_output=True)
    found = {str(path.relative_to(folder / "to")) for path in (folder / "to").rglob("*") if path.is_file()}
    for name in ("bin/hotaru", "share/man/man1/hotaru.1", "share/doc/hotaru/README.md", "share/doc/hotaru/doc/store.md",
                 "share/bash-completion/completions/hotaru", "share/zsh/site-functions/_hotaru"):
        check(any(path.endswith(name) for path in found), f"{name} is missing among {sorted(found)}")
    # Every document of the sources but the pictures, and what concerns who changes them.
    documents = {path.name for path in (ROOT / "doc").glob("*.md")}
    equal({os.path.basename(path) for path in found if "/doc/hotaru/doc/" in path}, documents, "documents")


run_cases()
