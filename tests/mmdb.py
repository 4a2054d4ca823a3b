# SPDX-License-Identifier: MIT
"""Writes MaxMind DB files, from the specification (https://maxmind.github.io/MaxMind-DB/), and the records
that makers of such files write. For tests: every record is written once, prefixes may lie inside
each other if the longer one comes later.

    write({"1.0.0.0/8": country("JP", "Japan")}, record_size=24)
"""
import ipaddress
import struct

BEGIN_S = 1475280000  # 2016-10-01


class U16(int):
    pass


class U32(int):
    pass


class U64(int):
    pass


# ---- records, by maker

def geolite_country(code, name, registered=None):
    record = {"continent": {"code": "AS"}}
    if code is not None:
        record["country"] = {"geoname_id": U32(1), "iso_code": code, "names": {"de": "?", "en": name}}
    if registered is not None:
        record["registered_country"] = {"iso_code": registered, "names": {"en": name}}
    return record


def ip_location_db_country(code):
    return {"country_code": code}


def geolite_asn(number, name):
    return {"autonomous_system_number": U32(number), "autonomous_system_organization": name}


def ipinfo_lite(code, country, number, name):
    return {"country": country, "country_code": code, "continent": "Asia", "asn": f"AS{number}",
            "as_name": name, "as_domain": "example.com"}


# ---- encoding

def _head(kind, size):
    extended = kind > 7
    first = 0 if extended else kind << 5
    if size < 29:
        tail, first = b"", first | size
    elif size < 285:
        tail, first = bytes((size - 29,)), first | 29
    elif size < 65821:
        tail, first = struct.pack(">H", size - 285), first | 30
    else:
        tail, first = struct.pack(">I", size - 65821)[1:], first | 31
    return bytes((first,)) + (bytes((kind - 7,)) if extended else b"") + tail


def _number(kind, value):
    data = value.to_bytes(8, "big").lstrip(b"\0")
    return _head(kind, len(data)) + data


def encode(value):
    if isinstance(value, U16):
        return _number(5, value)
    if isinstance(value, U32):
        return _number(6, value)
    if isinstance(value, U64):
        return _number(9, value)
    if isinstance(value, str):
        value = value.encode("utf-8", "surrogateescape")
        return _head(2, len(value)) + value
    if isinstance(value, bytes):
        return _head(4, len(value)) + value
    if isinstance(value, dict):
        return _head(7, len(value)) + b"".join(encode(k) + encode(v) for k, v in value.items())
    if isinstance(value, list):
        return _head(11, len(value)) + b"".join(map(encode, value))
    raise TypeError(type(value))


# ---- trees

def _insert(nodes, bits, leaf):
    """A child is None, a number of a node, or ("leaf", offset)."""
    node = 0
    for i, bit in enumerate(bits):
        child = nodes[node][bit]
        if i + 1 == len(bits):
            nodes[node][bit] = leaf
        elif isinstance(child, int):
            node = child
        else:
            nodes.append([child, child])
            nodes[node][bit] = node = len(nodes) - 1


def _bits(prefix, ip_version):
    network = ipaddress.ip_network(prefix)
    width, length = network.max_prefixlen, network.prefixlen
    if network.version == 4 and ip_version == 6:
        width, length = 128, length + 96
    number = int(network.network_address)
    return [number >> (width - 1 - i) & 1 for i in range(length)]


def _node(children, record_size):
    left, right = children
    if record_size == 28:
        return (left & 0xffffff).to_bytes(3, "big") + \
            bytes(((left >> 24) << 4 | right >> 24,)) + (right & 0xffffff).to_bytes(3, "big")
    return b"".join(child.to_bytes(record_size // 8, "big") for child in children)


def write(records, record_size=24, ip_version=4, kind="Test", built_s=BEGIN_S):
    """The bytes of a database: records by prefix."""
    nodes, offsets, data = [[None, None]], {}, b""
    for prefix, record in records.items():
        encoded = encode(record)
        if encoded not in offsets:
            offsets[encoded] = len(data)
            data += encoded
        _insert(nodes, _bits(prefix, ip_version), ("leaf", offsets[encoded]))

    def number(child):
        if child is None:
            return len(nodes)
        return child if isinstance(child, int) else len(nodes) + 16 + child[1]
    tree = b"".join(_node([number(c) for c in node], record_size) for node in nodes)
    metadata = {
        "node_count": U32(len(nodes)), "record_size": U16(record_size),
        "ip_version": U16(ip_version), "database_type": kind, "languages": ["en"],
        "binary_format_major_version": U16(2), "binary_format_minor_version": U16(0),
        "build_epoch": U64(built_s), "description": {"en": "for tests"},
    }
    return tree + bytes(16) + data + b"\xab\xcd\xefMaxMind.com" + encode(metadata)
