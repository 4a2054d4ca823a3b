# SPDX-License-Identifier: MIT
"""What the end-to-end tests share.

A test program is a row of functions marked @case, and run_cases() at its end. In
a case, check() and equal() note failures and go on; skip() leaves the case. The
program under test is $HOTARU, or build/hotaru below the source root.

Also here: packets, and captures in the formats that hotaru reads, made from the
specifications and sharing no code with it.
"""
import atexit
import fcntl
import functools
import gzip
import hashlib
import os
import pathlib
import resource
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import traceback

ROOT = pathlib.Path(__file__).resolve().parent.parent
HOTARU = os.path.abspath(os.environ.get("HOTARU") or ROOT / "build" / "hotaru")
BENCH_TRAFFIC = os.path.abspath(os.environ.get("BENCH_TRAFFIC") or
                                ROOT / "build" / "bench" / "bench-traffic")
TIMEOUT_S = 300


# ---- cases

class Skipped(Exception):
    pass


_cases = []
_failures = []  # of the case that runs


def case(function):
    """Registers a test case; its docstring or its name says what it shows."""
    _cases.append(function)
    return function


def skip(reason):
    raise Skipped(reason)


def fail(text):
    _failures.append(text)


def check(condition, text):
    if not condition:
        fail(text)
    return bool(condition)


def equal(got, want, what):
    """Compares two values; of texts of many lines, it shows the first that differs."""
    if got == want:
        return True
    if isinstance(got, bytes) and isinstance(want, bytes):
        got, want = got.decode("utf-8", "replace"), want.decode("utf-8", "replace")
    if isinstance(got, str) and isinstance(want, str):
        got, want = got.split("\n"), want.split("\n")
    if isinstance(got, list) and isinstance(want, list):
        at = next((i for i, (a, b) in enumerate(zip(got, want)) if a != b),
                  min(len(got), len(want)))
        got, want = got[at:at + 1], want[at:at + 1]
        what = f"{what}, row {at}"
    fail(f"{what}: got {got!r:.400}, want {want!r:.400}")
    return False


def case_name(function):
    return function.__name__.replace("_", " ")


def processor_seconds():
    """What this process and those that it started and saw end have taken."""
    return sum(sum(resource.getrusage(who)[:2]) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))


def run_cases():
    """Runs all cases, or those whose names hold one of the words of the command line.

    HOTARU_TIMES=1 says what each took, whatever else the machine has to do."""
    # A shell that starts this beside other things may have SIGINT ignored: hotaru would inherit that.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    if not os.access(HOTARU, os.X_OK):
        print(f"FAIL: there is no program {HOTARU}; build it, or set HOTARU")
        print(f"0 passed, {len(_cases)} failed, 0 skipped")
        sys.exit(1)
    passed = failed = skipped = 0
    words = sys.argv[1:]
    for function in _cases:
        name = case_name(function)
        if words and not any(word in name for word in words):
            continue
        _failures.clear()
        reason = None
        before_s = processor_seconds()
        try:
            _run_case(function)
        except Skipped as skipped_because:
            reason = str(skipped_because)
        except Exception as error:  # a bug of the test is a failure too
            place = traceback.extract_tb(error.__traceback__)[-1]
            fail(f"{type(error).__name__} at {place.name}:{place.lineno}: {error}")
        if "HOTARU_TIMES" in os.environ:
            print(f"{processor_seconds() - before_s:6.1f} s of a processor: {name}", flush=True)
        for text in _failures:
            print(f"FAIL {name}: {printable(text)}", flush=True)
        if _failures:
            failed += 1
        elif reason is not None:
            skipped += 1
            print(f"skip {name}: {reason}", flush=True)
        else:
            passed += 1
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    sys.exit(1 if failed else 0)


def _fast_folder():
    """Memory where there is some: thousands of small stores need no disk to be synced."""
    return "/dev/shm" if os.access("/dev/shm", os.W_OK) else None


def _run_case(function):
    """Each case has a folder to work in, and a TMPDIR that has to be empty again after it."""
    with tempfile.TemporaryDirectory(prefix="hotaru-test-", dir=_fast_folder()) as folder:
        os.chmod(folder, 0o755)  # some cases run hotaru as another user
        work, temporary = pathlib.Path(folder, "work"), pathlib.Path(folder, "tmp")
        work.mkdir()
        temporary.mkdir()
        temporary.chmod(0o1777)
        os.environ["TMPDIR"] = str(temporary)
        os.chdir(work)
        try:
            function(work)
            equal(sorted(os.listdir(temporary)), [], "left behind in TMPDIR")
        finally:
            os.chdir("/")


# ---- what several cases start from

@functools.cache
def _fixtures():
    """The folder of fixtures: that of the run, or one of this process alone."""
    folder = os.environ.get("HOTARU_FIXTURES")
    if folder is None:
        folder = tempfile.mkdtemp(prefix="hotaru-fixtures-", dir=_fast_folder())
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
    os.makedirs(folder, exist_ok=True)
    return pathlib.Path(folder)


@functools.cache
def _made_with():
    """Names the programs and tests that fixtures are made with: those of others are made anew."""
    files = [HOTARU, BENCH_TRAFFIC, *sorted(pathlib.Path(__file__).parent.glob("*.py"))]
    states = [(str(file), os.stat(file).st_size, os.stat(file).st_mtime_ns) for file in files if os.path.exists(file)]
    return hashlib.sha256(repr(states).encode()).hexdigest()[:16]


def fixture(name, make):
    """The folder that make(folder) filled, once a run, for all cases and tests that ask for this name.

    `name` says all that `make` depends on. The folder is shared: who changes what is in it takes a
    copy (fixture_copy)."""
    place = _fixtures() / f"{name} {_made_with()}"
    with open(_fixtures() / f"{name}.lock", "w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not place.exists():
            for old in _fixtures().glob(f"{name} *"):
                shutil.rmtree(old)
            making = _fixtures() / f"{name} unfinished"
            making.mkdir()
            make(making)
            making.rename(place)
    return place


def fixture_copy(name, make, to):
    """The same in a folder of the case's own."""
    shutil.copytree(fixture(name, make), to)
    return to


def printable(text):
    """One line, safe to print, whatever a test found."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


# ---- the program under test

def is_sanitized():
    """Whether it was built with AddressSanitizer, and so is slow and large."""
    with open(HOTARU, "rb") as file:
        return b"__asan_init" in file.read()


def is_short():
    """Whether of many that are alike each third is enough: where CI asks for it, or a run is slow."""
    return int(os.environ.get("HOTARU_COARSE", "1")) > 1 or is_sanitized()


class Result:
    """What a run of hotaru left: exit code, and both outputs as bytes."""

    def __init__(self, process):
        self.code, self.out, self.err = process.returncode, process.stdout, process.stderr

    def text(self):
        return self.out.decode("utf-8")

    def errors(self):
        return self.err.decode("utf-8", "replace").splitlines()


def environment(**changes):
    """The caller's environment without what steers hotaru; None removes a variable."""
    env = {k: v for k, v in os.environ.items()
           if k not in ("HOTARU_STORE", "NO_COLOR", "TZ", "LANG") and not k.startswith("LC_")}
    for key, value in changes.items():
        env.pop(key, None)
        if value is not None:
            env[key] = str(value)
    return env


def hotaru(*words, stdin=b"", env=None, **more):
    """Runs hotaru; `stdin` is what it reads there. `more` goes to subprocess.run().

    Without `env` there is no path, and so no rsvg-convert: figures as PNG are its work, and slow."""
    options = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **more}
    if isinstance(stdin, bytes):
        options["input"] = stdin
    else:
        options["stdin"] = stdin
    command = [HOTARU, *(w if isinstance(w, bytes) else str(w) for w in words)]
    return Result(subprocess.run(command, env=env or environment(PATH="/nonexistent"), timeout=TIMEOUT_S, **options))


def succeed(*words, code=0, **more):
    """Runs hotaru, which must end with `code`; returns its standard output as text."""
    result = hotaru(*words, **more)
    command = " ".join(str(w) for w in words)
    equal(result.code, code, f"exit code of `{command}` ({' / '.join(result.errors())[:200]})")
    return result.text()


def traffic(path, shape, packets, *options):
    """A capture of a shape that bench/traffic.c has, written to `path`; returns its name."""
    subprocess.run([BENCH_TRAFFIC, *map(str, (shape, "--packets", packets, *options, "-o", path))],
                   check=True, timeout=TIMEOUT_S)
    return path


def csv_of(*words, **more):
    return succeed(*words, "--format", "csv", "--quiet", **more)


def ledger_totals(text):
    """{counter: frames} of the total rows of `ledger --format csv`."""
    rows = [line.rsplit(",", 2) for line in text.splitlines()]
    return {counter: int(frames) for capture, counter, frames in rows[1:] if capture == "*"}


def to_format_1(catalogue):
    """Makes a store one of format 1: what SQL changes in it then breaks no seal."""
    catalogue.executescript(
        "DROP TABLE seal; DROP TABLE database; DROP VIEW not_understood; DROP TABLE reason;"
        "CREATE TABLE not_understood (capture_id INTEGER NOT NULL REFERENCES capture,"
        "  counter TEXT NOT NULL, detail INTEGER NOT NULL, frames INTEGER NOT NULL,"
        "  PRIMARY KEY (capture_id, counter, detail)) WITHOUT ROWID; PRAGMA user_version = 1;")


def captures_folder():
    """The folder of real captures; skips the case without it."""
    folder = os.environ.get("HOTARU_CAPTURES")
    if not folder or not os.path.isfile(os.path.join(folder, "INDEX.tsv")):
        skip("HOTARU_CAPTURES names no folder with an INDEX.tsv")
    return pathlib.Path(folder).resolve()


# ---- packets

FIN, SYN, RST, PSH, ACK = 1, 2, 4, 8, 16
ETHERNET, RAW, LINUX_SLL, LINUX_SLL2, NULL = 1, 101, 113, 276, 0


def address(dotted):
    a, b, c, d = map(int, dotted.split("."))
    return a << 24 | b << 16 | c << 8 | d


def dotted(number):
    return ".".join(str(number >> shift & 255) for shift in (24, 16, 8, 0))


def ipv4(source, destination, protocol, payload, *, ip_id=1, ttl=50, tos=0, fragment=0,
         options=b"", total_length=None, first_byte=None):
    """An IPv4 packet (RFC 791). `fragment`: flags and offset as they stand in the header."""
    header_length = 20 + len(options)
    if total_length is None:
        total_length = header_length + len(payload)
    if first_byte is None:
        first_byte = 0x40 | header_length // 4
    return struct.pack(">BBHHHBBHII", first_byte, tos, total_length, ip_id, fragment, ttl,
                       protocol, 0, source, destination) + options + payload


def tcp(source_port, destination_port, seq, flags, window=1024, options=b"", payload=b""):
    """A TCP segment (RFC 9293); `options` has to be a multiple of 4 bytes."""
    offset = (20 + len(options)) // 4 << 4
    return struct.pack(">HHIIBBHHH", source_port, destination_port, seq, 0, offset, flags,
                       window, 0, 0) + options + payload


def udp(source_port, destination_port, payload=b""):
    return struct.pack(">HHHH", source_port, destination_port, 8 + len(payload), 0) + payload


def syn(source, destination, *, source_port=40000, port=23, seq=7, window=1024, options=b"",
        ip_options=b"", **ip):
    """A SYN as IPv4 packet; addresses may be dotted. seq=None: Mirai's, the destination."""
    if isinstance(source, str):
        source = address(source)
    if isinstance(destination, str):
        destination = address(destination)
    segment = tcp(source_port, port, destination if seq is None else seq, SYN, window, options)
    return ipv4(source, destination, 6, segment, options=ip_options, **ip)


def on_link(link_type, packet, ethertype=0x0800, vlans=()):
    """The packet behind a header of that link layer."""
    for tag, tag_type in reversed(vlans):
        packet = struct.pack(">HH", tag, ethertype) + packet
        ethertype = tag_type
    if link_type == ETHERNET:
        return bytes.fromhex("020000000001020000000002") + struct.pack(">H", ethertype) + packet
    if link_type == LINUX_SLL:
        return struct.pack(">HHH8sH", 0, 1, 6, b"\2" * 6, ethertype) + packet
    if link_type == LINUX_SLL2:
        return struct.pack(">HHIHBB8s", ethertype, 0, 1, 1, 0, 6, b"\2" * 6) + packet
    if link_type == NULL:
        return struct.pack("<I", {0x0800: 2, 0x86dd: 24}[ethertype]) + packet
    return packet


def ethernet(packet, **more):
    return on_link(ETHERNET, packet, **more)


# ---- captures: rows of records (time_ns, captured bytes, length on the wire)

DAY_NS = 86400 * 10**9


def record(time_ns, frame, snap_length=None):
    captured = frame if snap_length is None else frame[:snap_length]
    return (time_ns, captured, len(frame))


def pcap(records, link_type=ETHERNET, *, big_endian=False, nanoseconds=False, snap_length=65535):
    """The bytes of a pcap file (draft-ietf-opsawg-pcap)."""
    order = ">" if big_endian else "<"
    magic, unit_ns = (0xa1b23c4d, 1) if nanoseconds else (0xa1b2c3d4, 1000)
    parts = [struct.pack(order + "IHHiIII", magic, 2, 4, 0, 0, snap_length, link_type)]
    for time_ns, captured, length in records:
        seconds, rest_ns = divmod(time_ns, 10**9)
        parts.append(struct.pack(order + "IIII", seconds, rest_ns // unit_ns, len(captured), length))
        parts.append(captured)
    return b"".join(parts)


def pcapng_block(order, block_type, body):
    length = 12 + (len(body) + 3) // 4 * 4
    padding = bytes(-len(body) % 4)
    return (struct.pack(order + "II", block_type, length) + body + padding +
            struct.pack(order + "I", length))


def pcapng(records, link_type=ETHERNET, *, big_endian=False, nanoseconds=False):
    """The bytes of a pcapng file (draft-ietf-opsawg-pcapng): one section, one interface."""
    order = ">" if big_endian else "<"
    options, unit_ns = b"", 1000
    if nanoseconds:
        options, unit_ns = struct.pack(order + "HHB3xHH", 9, 1, 9, 0, 0), 1
    parts = [
        pcapng_block(order, 0x0a0d0d0a, struct.pack(order + "IHHq", 0x1a2b3c4d, 1, 0, -1)),
        pcapng_block(order, 1, struct.pack(order + "HHI", link_type, 0, 0) + options),
        # A block of a type that nobody knows has to be passed over.
        pcapng_block(order, 0x0bad, b"whatever"),
    ]
    for time_ns, captured, length in records:
        units = time_ns // unit_ns
        body = struct.pack(order + "IIIII", 0, units >> 32, units & 0xffffffff, len(captured), length)
        parts.append(pcapng_block(order, 6, body + captured))
    return b"".join(parts)


def snoop(records):
    """The bytes of a snoop file (RFC 1761) of Ethernet."""
    parts = [b"snoop\0\0\0" + struct.pack(">II", 2, 4)]
    for time_ns, captured, length in records:
        seconds, rest_ns = divmod(time_ns, 10**9)
        padding = bytes(-len(captured) % 4)
        parts.append(struct.pack(">IIIIII", length, len(captured), 24 + len(captured) + len(padding),
                                 0, seconds, rest_ns // 1000) + captured + padding)
    return b"".join(parts)


def erf(records):
    """The bytes of an ERF file of Ethernet, records padded to 8 bytes."""
    parts = []
    for time_ns, captured, length in records:
        seconds, rest_ns = divmod(time_ns, 10**9)
        padding = bytes(-(18 + len(captured)) % 8)
        parts.append(struct.pack("<Q", seconds << 32 | (rest_ns << 32) // 10**9) +
                     struct.pack(">BBHHHH", 2, 4, 18 + len(captured) + len(padding), 0, length, 0) +
                     captured + padding)
    return b"".join(parts)


def read_pcap(data):
    """(link type, records) of a pcap file of microseconds or nanoseconds."""
    magic = {0xa1b2c3d4: 1000, 0xa1b23c4d: 1}
    order = "<" if struct.unpack_from("<I", data)[0] in magic else ">"
    unit_ns = magic[struct.unpack_from(order + "I", data)[0]]
    link_type = struct.unpack_from(order + "I", data, 20)[0] & 0xffff
    records, at = [], 24
    while at + 16 <= len(data):
        seconds, fraction, captured, length = struct.unpack_from(order + "IIII", data, at)
        at += 16
        if at + captured > len(data):
            break
        records.append((seconds * 10**9 + fraction * unit_ns, data[at:at + captured], length))
        at += captured
    return link_type, records


def zstd(data):
    """Compressed by the zstd program; skips the case without it."""
    if shutil.which("zstd") is None:
        skip("there is no zstd program")
    return subprocess.run(["zstd", "-qc"], input=data, stdout=subprocess.PIPE, check=True).stdout


def write(path, data):
    path = pathlib.Path(path)
    path.write_bytes(data)
    return path


def gzipped(data):
    return gzip.compress(data, mtime=0)
