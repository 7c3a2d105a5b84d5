/* SPDX-License-Identifier: MIT */
/* Protobuf's wire format (https://protobuf.dev/programming-guides/encoding). Internal to interchange. */
#ifndef GATEBENCH_INTERCHANGE_ONNX_WIRE_H
#define GATEBENCH_INTERCHANGE_ONNX_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes of a file, without a NUL. */
typedef struct onnx_text {
    const char *at;
    size_t length;
} onnx_text;

/* A message that is being read. */
typedef struct wire {
    const unsigned char *at, *end;
    bool bad;
} wire;

enum { WIRE_VARINT = 0, WIRE_FIXED64 = 1, WIRE_BYTES = 2, WIRE_FIXED32 = 5 };

/* One field: a number, or bytes. */
typedef struct wire_field {
    unsigned number, type;
    uint64_t value;
    onnx_text bytes;
} wire_field;

wire wire_begin(onnx_text message);
/* The next field; false at the end and where the bytes are none. */
bool wire_next(wire *w, wire_field *f);
/* A number of one to ten bytes, and one of `width` bytes; where there is none, 0 and w->bad. */
uint64_t wire_varint(wire *w);
uint64_t wire_fixed(wire *w, size_t width);

#endif
