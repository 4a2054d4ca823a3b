# SPDX-License-Identifier: MIT
"""An emulator of devices, for the tests of `hotaru probe`: what infected hosts, and hosts that mean harm,
say on a connection. Loopback only.

A behaviour is a coroutine of a connection. `sends` is what it sends in all, as far as that is fixed. The emulator is
a process of its own; for each connection that ended it appends a line of JSON to its log: when it was accepted and
ended, address, port, and what the asker sent.
"""
import asyncio
import base64
import contextlib
import ctypes
import fcntl
import json
import multiprocessing
import os
import signal
import socket
import struct
import time

CLONE_NEWNET = 0x40000000


def isolate():
    """Gives this process a network of its own, in which nothing but loopback is; False where that is not allowed."""
    if ctypes.CDLL(None, use_errno=True).unshare(CLONE_NEWNET) != 0:
        return False
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as some:
        request = struct.pack("16sh14x", b"lo", 1)  # IFF_UP
        fcntl.ioctl(some, 0x8914, request)  # SIOCSIFFLAGS
    return True


# ---- behaviours

class Connection:
    def __init__(self, reader, writer):
        self.reader, self.writer, self.received = reader, writer, b""
        writer.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    async def send(self, data, by_byte=False):
        for piece in ([data[i:i + 1] for i in range(len(data))] if by_byte else [data]):
            self.writer.write(piece)
            await self.writer.drain()
            if by_byte:
                await asyncio.sleep(0.003)

    async def hear(self, until=None, seconds=30.0):
        """Reads up to `until`, to the end, or for so long."""
        with contextlib.suppress(asyncio.TimeoutError):
            async with asyncio.timeout(seconds):
                while until is None or until not in self.received:
                    data = await self.reader.read(65536)
                    if not data:
                        self.writer.close()  # whoever asked has gone
                        break
                    self.received += data

    def reset(self):
        self.writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.writer.transport.abort()


OPTIONS = b"\xff\xfb\x01\xff\xfb\x03\xff\xfd\x18\xff\xfd\x1f\xff\xfa\x18\x01\xff\xf0\xff\xf9"
REFUSALS = b"\xff\xfe\x01\xff\xfe\x03\xff\xfc\x18\xff\xfc\x1f"
KEXINIT = b"\0\0\1\x2c\x0a\x14\xff\xfb\x01\xff\xfd\x03" + bytes(range(200))
BINARY = bytes(range(255)) * 3 + b"\n220 \nSSH\n" + b"\xff\xff\0\xff\xff"
PAGE = b"HTTP/1.1 200 OK\r\nServer: GoAhead-Webs\r\nContent-Type: text/html\r\n\r\n<title>cam\xff\xfb\x01\0</title>"
BANNER = b"220-Welcome\r\n 220 not yet\r\n220-\r\n220 DVR ready\r\n"
TR069 = (b"HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Digest realm=\"HuaweiHomeGateway\",nonce=\"88645cefb1f9ede0e336e35"
         b"69d75ee30\", qop=\"auth\", algorithm=\"MD5\"\r\nContent-Length: 0\r\n\r\n")


async def telnet(c):
    await c.send(OPTIONS)
    await c.hear(until=REFUSALS[-3:], seconds=2)
    await c.send(b"\r\nBusyBox v1.19.4\r\nlogin: ")
    await c.hear()


async def telnet_by_byte(c):
    await c.send(OPTIONS + b"(none) login: ", by_byte=True)
    await c.hear()


async def telnet_options_only(c):
    await c.send(OPTIONS)
    await c.hear()


async def telnet_that_insists(c):
    """Answers each refusal with what was refused."""
    for _ in range(400):
        await c.send(b"\xff\xfb\x01\xff\xfd\x01")
    await c.send(b"login: ")
    await c.hear()


async def ssh(c):
    await c.send(b"SSH-2.0-dropbear_2012.55\r\n")
    await c.hear(until=b"\n", seconds=2)
    await c.send(KEXINIT)
    await c.hear()


async def ssh_behind_lines(c):
    await c.send(b"Warning: private\nand more\nSSH-1.99-OpenSSH_3.9\n" + KEXINIT)
    await c.hear()


async def ftp(c):
    await c.send(BANNER[:20])
    await asyncio.sleep(0.05)
    await c.send(BANNER[20:])
    await c.hear(until=b"QUIT\r\n", seconds=2)
    await c.send(b"221 Bye\r\n")


async def http(c):
    await c.hear(until=b"\r\n\r\n", seconds=5)
    await c.send(PAGE)


async def slow_http(c):
    await c.hear(until=b"\r\n\r\n", seconds=5)
    await asyncio.sleep(0.7)
    await c.send(PAGE[:30])
    await asyncio.sleep(0.3)
    await c.send(PAGE[30:])


async def tr069(c):
    await c.hear(until=b"\r\n\r\n", seconds=5)
    await c.send(TR069)


async def tls_only(c):
    await c.hear(until=b"\r\n\r\n", seconds=5)
    await c.send(b"\x15\x03\x01\x00\x02\x02\x16")


async def binary(c):
    await c.send(BINARY)
    await c.hear()


async def dripping(c):
    while True:
        await c.send(b".")
        await c.hear(seconds=0.2)


async def endless(c):
    while True:
        await c.send(bytes(65536))


async def endless_options(c):
    while True:
        await c.send(b"\xff\xfb\x01" * 1000)
        await c.hear(seconds=0.2)


async def silent(c):
    await c.hear()


async def closing(_):
    pass


async def resetting(c):
    c.reset()


async def resetting_later(c):
    await c.send(b"bye")
    await asyncio.sleep(0.1)
    c.reset()


telnet.sends = OPTIONS + b"\r\nBusyBox v1.19.4\r\nlogin: "
telnet_by_byte.sends = OPTIONS + b"(none) login: "
telnet_options_only.sends = OPTIONS
telnet_that_insists.sends = b"\xff\xfb\x01\xff\xfd\x01" * 400 + b"login: "
ssh.sends = b"SSH-2.0-dropbear_2012.55\r\n" + KEXINIT
ssh_behind_lines.sends = b"Warning: private\nand more\nSSH-1.99-OpenSSH_3.9\n" + KEXINIT
ftp.sends = BANNER + b"221 Bye\r\n"
http.sends = slow_http.sends = PAGE
tr069.sends = TR069
tls_only.sends = b"\x15\x03\x01\x00\x02\x02\x16"
binary.sends = BINARY
silent.sends = closing.sends = resetting.sends = b""
resetting_later.sends = b"bye"


# ---- the process

async def _serve(hosts, log, ready):
    async def take(behaviour, reader, writer):
        accepted, c = time.monotonic(), Connection(reader, writer)
        address, port = writer.get_extra_info("sockname")
        with contextlib.suppress(OSError):
            await behaviour(c)
        with contextlib.suppress(OSError):
            writer.close()
        line = {"accepted": accepted, "ended": time.monotonic(), "address": address, "port": port,
                "received": base64.b64encode(c.received).decode()}
        os.write(log, json.dumps(line).encode() + b"\n")

    servers = [await asyncio.start_server(lambda r, w, b=behaviour: take(b, r, w), address, port, backlog=512)
               for (address, port), behaviour in hosts.items()]
    ready.set()
    await asyncio.gather(*(server.serve_forever() for server in servers))


def _run(hosts, log, ready):
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    asyncio.run(_serve(hosts, log, ready))


class Devices:
    """with Devices({(address, port): behaviour}) as devices: ...; devices.log() are the connections that ended."""

    def __init__(self, hosts):
        self.hosts = hosts
        self.path = os.path.abspath("devices.log")

    def __enter__(self):
        context = multiprocessing.get_context("fork")
        ready = context.Event()
        log = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND, 0o644)
        self.process = context.Process(target=_run, args=(self.hosts, log, ready), daemon=True)
        self.process.start()
        os.close(log)
        if not ready.wait(30):
            raise OSError("the emulator does not begin")
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.join()

    def log(self):
        with open(self.path, encoding="utf-8") as file:
            lines = [json.loads(line) for line in file]
        for line in lines:
            line["received"] = base64.b64decode(line["received"])
        return sorted(lines, key=lambda line: line["accepted"])
