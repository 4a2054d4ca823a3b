# SPDX-License-Identifier: MIT
"""Flow files made from their specifications, sharing no code with hotaru.

FlowTuple 3 and 4 are Avro files (Apache Avro 1.11, object container files) with the
schemas that Corsaro 3 writes; the darknet CSV is that of the NICT Darknet Dataset 2022.
"""
import json
import struct
import zlib

SYNC = bytes(range(16))

FLOWTUPLE_3 = [("time", "long"), ("src_ip", "long"), ("dst_ip", "long"), ("src_port", "int"),
               ("dst_port", "int"), ("protocol", "int"), ("ttl", "int"), ("tcp_flags", "int"),
               ("ip_len", "int"), ("tcp_synlen", "int"), ("tcp_synwinlen", "int"),
               ("packet_cnt", "long"), ("is_spoofed", "int"), ("is_masscan", "int"),
               ("maxmind_continent", "string"), ("maxmind_country", "string"),
               ("netacq_continent", "string"), ("netacq_country", "string"),
               ("prefix2asn", "long")]

LONGS = {"type": "array", "items": "long"}
FLOWTUPLE_4 = [("time", "long"), ("src_ip", "long"), ("dst_net", "long"), ("dst_port", "int"),
               ("protocol", "int"), ("packet_cnt", "long"), ("uniq_dst_ips", "int"),
               ("uniq_pkt_sizes", "int"), ("uniq_ttls", "int"), ("uniq_src_ports", "int"),
               ("uniq_tcp_flags", "int"), ("first_syn_length", "int"), ("first_tcp_rwin", "int"),
               ("common_pktsizes", LONGS), ("common_pktsize_freqs", LONGS),
               ("common_ttls", LONGS), ("common_ttl_freqs", LONGS), ("common_srcports", LONGS),
               ("common_srcport_freqs", LONGS), ("common_tcpflags", LONGS),
               ("common_tcpflag_freqs", LONGS), ("maxmind_continent", "string"),
               ("maxmind_country", "string"), ("netacq_continent", "string"),
               ("netacq_country", "string"), ("prefix2asn", "long")]


def number(value):
    """A zigzag varint."""
    value = (value << 1) ^ (value >> 63)
    out = bytearray()
    while value > 0x7f:
        out.append(value & 0x7f | 0x80)
        value >>= 7
    return bytes(out) + bytes([value])


def piece(data):
    data = data.encode() if isinstance(data, str) else data
    return number(len(data)) + data


def encode(kind, value):
    if kind in ("int", "long"):
        return number(value)
    if kind == "string":
        return piece(value)
    if not value:
        return number(0)
    return number(len(value)) + b"".join(number(v) for v in value) + number(0)


def snappy(data):
    """Snappy without compression: literals of up to 60 bytes (google/snappy, format_description)."""
    length, out = len(data), bytearray()
    while length > 0x7f:
        out.append(length & 0x7f | 0x80)
        length >>= 7
    out.append(length)
    for at in range(0, len(data), 60):
        literal = data[at:at + 60]
        out += bytes([len(literal) - 1 << 2]) + literal
    return bytes(out) + struct.pack(">I", zlib.crc32(data))


def deflate(data):
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(data) + packer.flush()


CODECS = {"null": lambda data: data, "deflate": deflate, "snappy": snappy}


def avro(fields, records, codec="null", *, block=100, name="flowtuple", schema=None):
    """The bytes of a file of dictionaries; what a record lacks is 0, "??" or empty."""
    if schema is None:
        schema = {"type": "record", "namespace": "org.caida.corsaro", "name": name,
                  "fields": [{"name": n, "type": t} for n, t in fields]}
    header = {"avro.schema": json.dumps(schema), "avro.codec": codec}
    out = [b"Obj\1", number(len(header))]
    out += [piece(key) + piece(value) for key, value in header.items()]
    out += [number(0), SYNC]
    for at in range(0, len(records), block):
        rows = records[at:at + block]
        packed = CODECS[codec](b"".join(
            encode(kind, row.get(n, "??" if kind == "string" else 0 if isinstance(kind, str) else []))
            for row in rows for n, kind in fields))
        out += [number(len(rows)), number(len(packed)), packed, SYNC]
    return b"".join(out)


def flowtuple_3(records, codec="null", **more):
    return avro(FLOWTUPLE_3, records, codec, **more)


def flowtuple_4(records, codec="null", **more):
    return avro(FLOWTUPLE_4, records, codec, name="flowtuple4", **more)
