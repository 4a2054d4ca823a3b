#!/bin/sh
# nmap 7.93's script `banner` (as in Debian 12) writes two answers that differ in the same way: what it prints
# of a host cannot be turned back into what the host sent.
#
# Bytes that are not printable are written as \xHH; the backslash itself is not escaped. So the one byte 0x01 and
# the four characters \x01 give the same text. And long text is folded by a newline after so many characters,
# of which some stand inside an escape: who decodes \xHH before taking newlines out reads another byte, or none.
# Expected: different answers give different output, and an escape is whole. Devices are told apart by such bytes
# (Telnet negotiation is \xFF\xFD\x01 here), and the studies that cluster banners start from this output.
# Seen, three ports of one host on loopback:
#   port 2301, sends 01 6c 6f 67 69 6e:             output="\x01login"
#   port 2302, sends \x01login as ten characters:   output="\x01login"
#   port 2303, sends 40 times ff:                   output="\xFF\xFF...\xF&#xa;F\xFF..."
#
# Needs Debian 12 on amd64 (apt-get, dpkg-deb) and python3. Exit code 0: as described; 1: that has changed.
set -eu
folder=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server"; rm -rf "$folder"' EXIT
cd "$folder"
apt-get download -q nmap=7.93+dfsg1-1 nmap-common=7.93+dfsg1-1 liblinear4=2.3.0+dfsg-5 liblua5.3-0=5.3.6-2 \
	lua-lpeg=1.0.2-2 libpcap0.8=1.10.3-1 libssh2-1=1.10.0-3+b1 libblas3=3.11.0-2 >/dev/null 2>&1
for package in *.deb; do
	dpkg-deb -x "$package" root
done
libraries=$folder/root/usr/lib/x86_64-linux-gnu
export LD_LIBRARY_PATH="$libraries:$libraries/blas"

python3 - >ready <<'PYTHON' &
import socket, threading, time

ANSWERS = {2301: b"\x01login", 2302: b"\\x01login", 2303: b"\xff" * 40}

def serve(port, answer):
    listener = socket.create_server(("127.0.0.1", port))
    while True:
        connection, _ = listener.accept()
        try:
            connection.sendall(answer)
        except OSError:
            pass
        connection.close()

for port, answer in ANSWERS.items():
    threading.Thread(target=serve, args=(port, answer), daemon=True).start()
time.sleep(0.5)
print("ready", flush=True)
time.sleep(60)
PYTHON
server=$!
while [ ! -s ready ]; do sleep 0.1; done
root/usr/bin/nmap --datadir root/usr/share/nmap -n -Pn -sT -p 2301-2303 --script banner -oX out.xml \
	127.0.0.1 >/dev/null
python3 - <<'PYTHON'
import re, sys

text = open("out.xml").read()
ports = re.findall(r'portid="(\d+)".*?id="banner" output="([^"]*)"', text)
for port, output in ports:
    print(f"{port}: {output}")
of = dict(ports)
alike = of.get("2301") == of.get("2302") == "\\x01login"
folded = re.search(r"\\(x[0-9A-F]?)?&#xa;(x?[0-9A-F]{1,2})", of.get("2303", "")) is not None
sys.exit(0 if alike and folded else 1)
PYTHON
