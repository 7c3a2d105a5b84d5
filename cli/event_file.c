/* SPDX-License-Identifier: MIT */
/* TensorBoard event files: TFRecord framing (length, masked CRC-32C, payload, masked CRC-32C) around the few protobuf
 * fields of an Event: 1 wall_time (double), 2 step (int64), 3 file_version (string), 5 summary, which holds values
 * (1) with a tag (1, string) and a simple_value (2, float). */
#include "cli/event_file.h"

#include <limits.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "support/cleanup.h"
#include "support/file.h"
#include "support/text.h"

/* CRC-32C (Castagnoli, reflected polynomial 0x82F63B78), bit by bit: event files are small. */
static uint32_t crc32c(const unsigned char *bytes, size_t count) {
    uint32_t crc = 0xFFFFFFFFU;
    for (size_t i = 0; i < count; i++) {
        crc ^= bytes[i];
        for (int bit = 0; bit < 8; bit++)
            crc = (crc >> 1) ^ (0x82F63B78U & (0U - (crc & 1U)));
    }
    return ~crc;
}

/* TFRecord's mask: rotated and moved, so that a checksum of bytes that hold checksums stays a checksum. */
static uint32_t masked(const void *bytes, size_t count) {
    uint32_t crc = crc32c(bytes, count);
    return ((crc >> 15) | (crc << 17)) + 0xA282EAD8U;
}

static void put_little_endian(text *to, uint64_t value, size_t bytes) {
    for (size_t i = 0; i < bytes; i++) {
        char byte = (char)(unsigned char)(value >> (8 * i));
        text_append_bytes(to, &byte, 1);
    }
}

static void put_record(text *file, const text *payload) {
    size_t start = file->length;
    put_little_endian(file, payload->length, 8);
    if (!file->failed)
        put_little_endian(file, masked(file->data + start, 8), 4);
    text_append_bytes(file, payload->data, payload->length);
    put_little_endian(file, masked(payload->data, payload->length), 4);
}

static void put_varint(text *to, uint64_t value) {
    while (value >= 0x80) {
        put_little_endian(to, (value & 0x7F) | 0x80, 1);
        value >>= 7;
    }
    put_little_endian(to, value, 1);
}

/* Wire types of protobuf. */
enum { WIRE_VARINT = 0, WIRE_64 = 1, WIRE_BYTES = 2, WIRE_32 = 5 };

static void put_key(text *to, unsigned field, unsigned wire) {
    put_varint(to, field << 3 | wire);
}

static void put_double(text *to, unsigned field, double value) {
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    put_key(to, field, WIRE_64);
    put_little_endian(to, bits, 8);
}

static void put_float(text *to, unsigned field, float value) {
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    put_key(to, field, WIRE_32);
    put_little_endian(to, bits, 4);
}

static void put_bytes(text *to, unsigned field, const char *bytes, size_t count) {
    put_key(to, field, WIRE_BYTES);
    put_varint(to, count);
    text_append_bytes(to, bytes, count);
}

static void put_version(text *file, double wall_time) {
    static const char version[] = "brain.Event:2";
    CLEANUP(text_free) text event = {0};
    put_double(&event, 1, wall_time);
    put_bytes(&event, 3, version, sizeof version - 1);
    file->failed = file->failed || event.failed;
    if (!file->failed)
        put_record(file, &event);
}

static void put_scalar(text *file, double wall_time, uint64_t step, const char *tag, double value) {
    CLEANUP(text_free) text scalar = {0}, summary = {0}, event = {0};
    put_bytes(&scalar, 1, tag, strlen(tag));
    put_float(&scalar, 2, (float)value);
    if (!scalar.failed)
        put_bytes(&summary, 1, scalar.data, scalar.length);
    put_double(&event, 1, wall_time);
    put_key(&event, 2, WIRE_VARINT);
    put_varint(&event, step);
    if (!summary.failed && !scalar.failed)
        put_bytes(&event, 5, summary.data, summary.length);
    file->failed = file->failed || scalar.failed || summary.failed || event.failed;
    if (!file->failed)
        put_record(file, &event);
}

/* The columns of /curves that are not measurements. */
static bool is_scalar(const table_column *column) {
    static const char *const others[] = {"run", "step", "epoch", "seconds", "cpu_seconds"};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (strcmp(column->name, others[i]) == 0)
            return false;
    return column->type != COLUMN_TEXT;
}

/* The evaluations of a run, starting at row *at of the curves. Curves are in the order of the runs. */
static size_t put_curve(text *file, const table *curves, double run, double created, size_t *at) {
    size_t scalars = 0;
    while (*at < curves->rows && table_number(curves, *at, "run") < run)
        ++*at;
    for (; *at < curves->rows && table_number(curves, *at, "run") == run; ++*at) {
        double step = table_number(curves, *at, "step"), seconds = table_number(curves, *at, "seconds");
        for (size_t c = 0; step >= 0 && c < curves->count; c++) {
            const table_column *column = &curves->columns[c];
            if (!is_scalar(column) || isnan(column->numbers[*at]))
                continue;
            put_scalar(file, created + (isnan(seconds) ? 0 : seconds), (uint64_t)step, column->name,
                       column->numbers[*at]);
            scalars++;
        }
    }
    return scalars;
}

static gb_status write_file(gb_context *context, const text *file, const char *folder, const char *label) {
    char path[PATH_MAX];
    GB_NEED(context, !file->failed, "for the event file of %s", label);
    if (snprintf(path, sizeof path, "%s/%s", folder, label) >= (int)sizeof path - 64)
        return gb_fail(context, GB_IO, "%s: the path of its event files is too long", folder);
    gb_status status = file_make_folder(context, path);
    size_t length = strlen(path);
    snprintf(path + length, sizeof path - length, "/events.out.tfevents.gatebench");
    return status ? status : file_replace(context, path, file->data, file->length);
}

static double seconds_of(const char *iso) {
    struct tm utc = {0};
    return iso && strptime(iso, "%Y-%m-%dT%H:%M:%SZ", &utc) ? (double)timegm(&utc) : 0;
}

gb_status store_write_events(gb_context *context, const results *r, const char *folder, const char *const *labels,
                             size_t *written) {
    double created = seconds_of(r->created);
    gb_status status = file_make_folder(context, folder);
    *written = 0;
    for (size_t row = 0, at = 0, first = 0; status == GB_OK && row < r->runs.rows; row++) {
        CLEANUP(text_free) text file = {0};
        double run = table_number(&r->runs, row, "run");
        bool again = row && run == table_number(&r->runs, row - 1, "run"); /* under its next matching */
        at = first = again ? first : at;
        put_version(&file, created);
        if (put_curve(&file, &r->curves, run, created, &at) || file.failed) {
            status = write_file(context, &file, folder, labels[row]);
            *written += status == GB_OK;
        }
    }
    return status;
}
