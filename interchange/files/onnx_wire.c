/* SPDX-License-Identifier: MIT */
#include "interchange/files/onnx_wire.h"

wire wire_begin(onnx_text message) {
    const unsigned char *at = (const unsigned char *)(message.at ? message.at : "");
    return (wire){at, at + message.length, false};
}

uint64_t wire_varint(wire *w) {
    uint64_t value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
        if (w->at == w->end)
            break;
        const unsigned char byte = *w->at++;
        value |= (uint64_t)(byte & 127) << shift;
        if (byte < 128)
            return value;
    }
    w->bad = true;
    return 0;
}

uint64_t wire_fixed(wire *w, size_t width) {
    uint64_t value = 0;
    if ((size_t)(w->end - w->at) < width) {
        w->bad = true;
        return 0;
    }
    for (size_t i = 0; i < width; i++)
        value |= (uint64_t)w->at[i] << 8 * i;
    w->at += width;
    return value;
}

bool wire_next(wire *w, wire_field *f) {
    if (w->bad || w->at == w->end)
        return false;
    const uint64_t key = wire_varint(w);
    *f = (wire_field){.number = (unsigned)(key >> 3), .type = key & 7};
    if (f->type == WIRE_VARINT) {
        f->value = wire_varint(w);
    } else if (f->type == WIRE_FIXED64 || f->type == WIRE_FIXED32) {
        f->value = wire_fixed(w, f->type == WIRE_FIXED64 ? 8 : 4);
    } else if (f->type == WIRE_BYTES) {
        const uint64_t length = wire_varint(w);
        w->bad = w->bad || length > (uint64_t)(w->end - w->at);
        if (!w->bad) {
            f->bytes = (onnx_text){(const char *)w->at, length};
            w->at += length;
        }
    } else {
        w->bad = true;
    }
    return !w->bad;
}
