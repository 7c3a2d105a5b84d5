# SPDX-License-Identifier: MIT
# Reads TensorBoard event files with code of its own (TFRecord framing, CRC-32C by table, protobuf by hand) and prints
# "file tag step value" lines. Usage: read_events.py FOLDER
import pathlib
import struct
import sys

TABLE = []
for byte in range(256):
    for _ in range(8):
        byte = byte >> 1 ^ (0x82F63B78 if byte & 1 else 0)
    TABLE.append(byte)


def masked_crc(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc = TABLE[(crc ^ byte) & 0xFF] ^ crc >> 8
    crc ^= 0xFFFFFFFF
    return ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF


def records(data):
    while data:
        (length,) = struct.unpack("<Q", data[:8])
        assert struct.unpack("<I", data[8:12]) == (masked_crc(data[:8]),), "checksum of a length"
        payload = data[12:12 + length]
        assert struct.unpack("<I", data[12 + length:16 + length]) == (masked_crc(payload),), "checksum of a payload"
        yield payload
        data = data[16 + length:]


def varint(data, at):
    value = shift = 0
    while True:
        value |= (data[at] & 0x7F) << shift
        shift += 7
        at += 1
        if not data[at - 1] & 0x80:
            return value, at


def fields(data):
    """The fields of a message by number."""
    found, at = {}, 0
    while at < len(data):
        key, at = varint(data, at)
        kind = key & 7
        if kind == 0:
            value, at = varint(data, at)
        elif kind == 2:
            length, at = varint(data, at)
            value, at = data[at:at + length], at + length
        else:
            form, length = {1: ("<d", 8), 5: ("<f", 4)}[kind]
            (value,), at = struct.unpack(form, data[at:at + length]), at + length
        found[key >> 3] = value
    return found


assert masked_crc(b"123456789") == ((0xE3069283 >> 15 | 0xE3069283 << 17) + 0xA282EAD8) & 0xFFFFFFFF  # RFC 3720's value
for path in sorted(pathlib.Path(sys.argv[1]).rglob("*tfevents*")):
    events = [fields(record) for record in records(path.read_bytes())]
    assert events[0][3] == b"brain.Event:2" and all(event[1] > 1.7e9 for event in events)
    for event in events[1:]:
        value = fields(fields(event[5])[1])
        print(path.parent.name, value[1].decode(), event.get(2, 0), value[2])
