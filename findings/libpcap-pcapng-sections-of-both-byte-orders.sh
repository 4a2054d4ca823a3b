#!/bin/sh
# libpcap 1.10.3 (as in Debian 12, by tcpdump 4.99.3) ends a valid pcapng file where a section of the other
# byte order begins, and says that the block is too large.
#
# A pcapng file is a sequence of sections, and each says its own byte order: draft-ietf-opsawg-pcapng,
# section 4.1, has a reader look at the magic of each section header, whose block length it may not
# believe before. So files of machines of both orders can be written one behind the other. Expected: six packets.
# Seen: the three of the first section, then
#   tcpdump: pcap_loop: pcapng block size 469762048 > maximum 16777216
# (0x1c000000: 28, the length of the section header, in the wrong order) and exit code 1. Two sections of one
# order are read to the end. What counts packets through libpcap loses all that stands behind.
#
# Needs Debian 12 on amd64 (apt-get, dpkg-deb) and python3. Exit code 0: as described; 1: that has changed.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
apt-get download -q tcpdump=4.99.3-1 libpcap0.8=1.10.3-1 >/dev/null
for package in *.deb; do
	dpkg-deb -x "$package" root
done
python3 - <<'PYTHON'
import struct

def block(order, kind, body):
    length = 12 + len(body)
    return struct.pack(order + "II", kind, length) + body + struct.pack(order + "I", length)

def section(order):
    """A section header, one Ethernet interface, three packets: SYNs to port 23."""
    ip = bytes.fromhex("4500002800010000400600000102030405060708")
    packet = bytes(12) + b"\x08\x00" + ip + bytes.fromhex("0400001700000001000000005002000000000000")
    body = packet + bytes(-len(packet) % 4)
    return (block(order, 0x0a0d0d0a, struct.pack(order + "IHHq", 0x1a2b3c4d, 1, 0, -1)) +
            block(order, 1, struct.pack(order + "HHI", 1, 0, 65535)) +
            b"".join(block(order, 6, struct.pack(order + "IIIII", 0, 0x57000, i, len(packet), len(packet)) + body)
                     for i in range(3)))

open("one.pcapng", "wb").write(section("<") + section("<"))
open("both.pcapng", "wb").write(section("<") + section(">"))
PYTHON
library=$(dirname "$(find root -name libpcap.so.0.8)")
read_packets() {
	LD_LIBRARY_PATH=$library root/usr/bin/tcpdump -Z "$(id -un)" -nr "$1" 2>errors || true
}
one=$(read_packets one.pcapng | wc -l)
both=$(read_packets both.pcapng | wc -l)
said=$(grep -c 'pcapng block size 469762048 > maximum' errors || true)
echo "two sections of one byte order: $one packets; of both: $both packets, then: $(tail -n 1 errors)"
[ "$one" -eq 6 ] && [ "$both" -eq 3 ] && [ "$said" -eq 1 ]
