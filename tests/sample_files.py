# SPDX-License-Identifier: MIT
"""Synthetic samples: data in the shape of an encoded table. No code, no program header that a kernel would load, no real host.

`SAMPLES` makes each kind with what has to be found in it: T1 flat, T2 in ELF of every class and byte order, T3 under keys that
print, T4 with several keys, T5 under key 0, T6 encoded as a whole, T7 without true zero bytes, T8 without C2, T9 none at all,
T10 with damaged headers, T11 under keys with the high bit. Used by tests/sample_test.py and fuzz/make_seeds.py.
"""
import random
import struct

CONSTANTS = {0x22: 0xdeadbeef, 0x45: 0xdedeffba, 0x54: 0xdedefbaf, 0xea: 0xbaadf00d, 0xb4: 0xdf7ecadf, 0x66: 0xdeacfbef,
             0x37: 0x1337c0d3, 0x04: 0xdeaddaad}
C2 = "cnc.example.com"
REPORT = "report.example.net"


def texts(token="MIRAI"):
    """Twelve entries of a bot that reports to another program."""
    return ["listening tun0", "/proc/", "/exe", "shell", "enable", "system", "sh", f"/bin/busybox {token}",
            f"{token}: applet not found", "ncorrect", "/dev/watchdog", "TSource Engine Query"]


LOADING = ["wget: applet not found", "tftp: applet not found", "ftpget: applet not found", "echo: applet not found",
           "ECHODONE", "bot.arm7", "bot.mips", "bot.x86"]


def constant_of(key):
    """A published one, or any that folds to the key."""
    return CONSTANTS.get(key, 0x01020300 | key)


def xor(data, key):
    return data.translate(bytes(byte ^ key for byte in range(256)))


def literal(value, key, zero=b"\0"):
    """A text with its encoded end, or a port, and what the compiler puts behind."""
    data = struct.pack(">H", value) if isinstance(value, int) else value.encode("latin-1") + b"\0"
    return xor(data, key) + zero


def table(values, key, zero=b"\0", align=1):
    data = b""
    for value in values:
        data += literal(value, key, zero)
        data += bytes(-len(data) % align)
    return data


def filler(size, seed):
    return random.Random(seed).randbytes(size)


def flat(values, key, seed=1, zero=b"\0", align=1, size=4096):
    return filler(size, seed) + struct.pack("<I", constant_of(key)) + table(values, key, zero, align)


def elf(rodata, data=b"", wide=False, big=False, machine=40):
    """Headers of a file that no kernel runs: ET_NONE, no entry, no program headers; .rodata, .data and the names."""
    names = b"\0.rodata\0.data\0.shstrtab\0"
    order = ">" if big else "<"
    head = 64 if wide else 52
    parts = [rodata, data, names]
    offsets, at = [], head
    for part in parts:
        at += -at % 16
        offsets.append(at)
        at += len(part)
    table_at = at + -at % 8
    ident = b"\x7fELF" + bytes((2 if wide else 1, 2 if big else 1, 1)) + bytes(9)
    if wide:
        header = ident + struct.pack(order + "HHIQQQIHHHHHH", 0, machine, 1, 0, 0, table_at, 0, 64, 0, 0, 64, 4, 3)
    else:
        header = ident + struct.pack(order + "HHIIIIIHHHHHH", 0, machine, 1, 0, 0, table_at, 0, 52, 0, 0, 40, 4, 3)
    out = bytearray(header)
    for offset, part in zip(offsets, parts):
        out += bytes(offset - len(out)) + part
    out += bytes(table_at - len(out))
    form = order + ("IIQQQQIIQQ" if wide else "IIIIIIIIII")
    out += struct.pack(form, *[0] * 10)
    for name, kind, flags, offset, part in ((1, 1, 2, offsets[0], rodata), (9, 1, 3, offsets[1], data),
                                            (15, 3, 0, offsets[2], names)):
        out += struct.pack(form, name, kind, flags, 0x8000 + offset if flags else 0, offset, len(part), 0, 0, 4, 0)
    return bytes(out)


MACHINES = {"arm": 40, "mips": 8, "x86": 3, "m68k": 4, "powerpc": 20, "sparc": 2, "superh": 42, "x86-64": 62, "arm64": 183}


def elf_of(values, key, wide=False, big=False, machine="arm", align=1, zero=b"\0"):
    """The table lies between clear texts, as in a program."""
    clear = b"".join(text + b"\0" for text in (b"No such file", b"r", b"/usr/lib/locale", b"out of memory", b"%s\n"))
    clear += bytes(-len(clear) % 16)
    constant = struct.pack((">" if big else "<") + "I", constant_of(key))
    rodata = clear + table(values, key, zero, align) + clear
    return elf(rodata, constant + filler(64, key), wide, big, MACHINES[machine])


class Sample:
    """What is made, and what has to be found."""

    def __init__(self, name, data, keys=(), values=(), tokens=(), programs="", c2=(), form=None, packed=None):
        self.name, self.data, self.form, self.packed = name, data, form, packed
        self.keys, self.values, self.tokens, self.programs, self.c2 = tuple(keys), list(values), list(tokens), programs, list(c2)


def upx(wide=False, big=False, damage=None):
    """Headers as UPX leaves them, with random bytes in the place of what it packed."""
    order = ">" if big else "<"
    head, entry = (64, 56) if wide else (52, 32)
    size = 6000
    ident = b"\x7fELF" + bytes((2 if wide else 1, 2 if big else 1, 1)) + bytes(9)
    fields = (0, 40, 1, 0, head, 0, 0, head, entry, 2, 0, 0, 0)
    header = ident + struct.pack(order + ("HHIQQQIHHHHHH" if wide else "HHIIIIIHHHHHH"), *fields)
    magic = {"magic": b"YTS\x99", "both": b"\0\0\0\0"}.get(damage, b"UPX!")
    sizes = (0, 0, 0) if damage in ("sizes", "both") else (0, 20000, 20000)
    loader = struct.pack(order + "I", 7) + magic + struct.pack(order + "HBB", 100, 13, 12)
    packed = struct.pack(order + "III", *sizes) + struct.pack(order + "II", 20000, size) + b"\x0e\0\0\0"
    data = header + bytes(2 * entry) + loader + packed + filler(size, 9)
    if damage == "both":
        return data + b"$Info: This file is packed with the UPX executable packer http://upx.sf.net $\n\0" + filler(64, 3)
    return data + (b"UPX!" if damage is None else b"nope") + filler(28, 4)


def two(values, key, token="MIRAI", **more):
    return dict(keys=[key], values=values, tokens=[token], programs="2", c2=[C2, REPORT], **more)


def samples():
    values = [C2, 23, REPORT, 48101, *texts()]
    bare = [*texts(), 23, 48101]  # ports last, no host
    yield Sample("t1-flat", flat(bare, 0x22), [0x22], bare, ["MIRAI"], form="data")
    yield Sample("t1-hosts", flat(values, 0x22), **two(values, 0x22))
    for wide in (False, True):
        for big in (False, True):
            for machine in MACHINES:
                form = f"elf{64 if wide else 32}-{'be' if big else 'le'}-{machine}"
                yield Sample(f"t2-{form}", elf_of(values, 0x22, wide, big, machine, 4 if machine in ("arm", "mips") else 1),
                             **two(values, 0x22, form=form))
    for key in (0x45, 0x54, 0x62, 0x66, 0x3d, 0x37):
        for align in (1, 4):
            more = [C2, 23, REPORT, 48101, *texts(), "ECHO=DONE", "bEfT=b", "7E", "/bin/fb", "Tbbff7==", "EE T"]
            yield Sample(f"t3-{key:02x}-{align}", elf_of(more, key, align=align), **two(more, key))
            yield Sample(f"t3-{key:02x}-{align}-flat", flat(more, key, align=align), **two(more, key))
    agents = ["Mozilla/5.0 (Windows NT 10.0)", "/dev/misc/watchdog", "keep-alive"]
    yield Sample("t4-akiru", elf_of(values, 0xb4)[:-8] + bytes(8) + table(agents, 0x54), [0xb4, 0x54], values + agents, ["MIRAI"],
                 "2", [C2, REPORT])
    yield Sample("t4-flat", flat(values, 0x22) + filler(300, 5) + b"\0" + table(agents, 0x04) + filler(200, 6), [0x22, 0x04],
                 values + agents, ["MIRAI"], "2", [C2, REPORT])
    clear = texts("ASUNA")
    yield Sample("t5-flat", flat(clear, 0), [0], clear, ["ASUNA"])
    yield Sample("t5-elf", elf(b"\0" + table(clear, 0, zero=b"")), [0], clear, ["ASUNA"])
    image = texts("MIORI")
    yield Sample("t6-03", xor(elf(b"\0" + table(image, 0, zero=b"") + filler(100, 2)), 0x03), [0x03], image, ["MIORI"])
    yield Sample("t6-69", xor(elf(b"\0" + table(image, 0) + filler(100, 2), wide=True), 0x69), [0x69], image, ["MIORI"])
    yield Sample("t6-flat", xor(filler(64, 7) + bytes(8) + table(image, 0) + bytes(9) + filler(64, 7), 0x03), [0x03], image, ["MIORI"])
    yield Sample("t6-inner", xor(elf_of(values, 0x22), 0x03), [0x03, 0x22], values, ["MIRAI"], "2", [C2, REPORT])
    yield Sample("t6-flat-inner", xor(flat(values, 0x22), 0x69), [0x69, 0x22], values, ["MIRAI"], "2", [C2, REPORT])
    for key in (0x22, 0x07, 0xe0, 0x62, 0x54, 0x45):
        yield Sample(f"t7-{key:02x}", elf(bytes(16) + table(values, key, zero=b"") + bytes(16)), **two(values, key))
        yield Sample(f"t7-{key:02x}-flat", flat(values[4:], key, zero=b""), [key], values[4:], ["MIRAI"])
    hosts = ["198.51.100.9:1791", *texts(), "198.51.100.9:1791", "bins.sh", "192.0.2.300", "bot.arm7", "https://example.com/x"]
    yield Sample("t8-hosts", elf_of(hosts, 0x22), [0x22], hosts, ["MIRAI"], "", ["198.51.100.9:1791"])
    yield Sample("t8-no-c2", elf_of(texts("IZ1H9"), 0xea), [0xea], texts("IZ1H9"), ["IZ1H9"])
    yield from nothing()
    for key in (0xb4, 0xe0, 0xea, 0x80, 0xff):
        yield Sample(f"t11-{key:02x}", elf_of(values, key, True), **two(values, key))
        yield Sample(f"t11-{key:02x}-flat", flat(values, key), **two(values, key))
    one = [C2, 23, *texts("SATORI"), *LOADING]
    yield Sample("one-program", elf_of(one, 0x07), [0x07], one, ["SATORI"], "1", [C2])
    for wide in (False, True):
        for big in (False, True):
            where = f"{64 if wide else 32}-{'be' if big else 'le'}"
            yield Sample(f"upx-{where}", upx(wide, big), packed="upx")
            for damage in ("magic", "sizes", "both"):
                yield Sample(f"upx-{where}-{damage}", upx(wide, big, damage), packed="upx-damaged")
    yield Sample("dense", elf(filler(9000, 8)), packed="dense")


def nothing():
    """T9."""
    rules = "".join(f'    $s{n} = "{text}" ascii\n' for n, text in enumerate(texts()))
    yield Sample("t9-random", filler(65536, 11), form="data")
    yield Sample("t9-mention", b"# Mirai sends\n/bin/busybox MIRAI\nand waits.\n", form="text")
    yield Sample("t9-rules", f"rule mirai {{\n  strings:\n{rules}  condition: any of them\n}}\n".encode(), form="text")
    yield Sample("t9-list", "\n".join(texts()).encode() + b"\n", form="text")
    yield Sample("t9-capitals", elf("\0".join(["", *(text.upper() for text in ("enable", "system", "shell", "incorrect",
                 "password", "login", "chunked")), ""]).replace("\0", " \0").encode()))
    busybox = elf(b"\0%s: applet not found\0/proc/\0/dev/watchdog\0Login incorrect\0Password: \0system\0shell\0"
                  b"enable\0/bin/busybox \0/bin/busybox kill\0/etc/resolv.conf\0nameserver\0See busybox for more\0")
    yield Sample("t9-busybox", busybox)
    yield Sample("t9-busybox-encoded", xor(busybox, 0x03))


# Records of credentials: user, password, weight.
LOGINS = [("root", "xc3511", 10), ("root", "vizxv", 9), ("admin", "admin", 7), ("root", "", 4), ("support", "support", 5),
          ("root", "888888", 3), ("guest", "12345", 1)]


def login_records(key, size=1, big=False, ended=False, align=False):
    data = b""
    for user, password, weight in LOGINS:
        for word in (user, password):
            data += xor(word.encode(), key) + (bytes((key,)) if ended else b"") + b"\0"
        data += bytes(-len(data) % size) if align else b""
        data += weight.to_bytes(size, "big" if big else "little")
    return data
