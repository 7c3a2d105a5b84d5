/* SPDX-License-Identifier: MIT */
/* A user's own files: reading them, and reporting errors with their position in the file. */
#include "datasets/files/own.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "datasets/files/catalog.h"
#include "support/file.h"

gb_status own_read(gb_context *context, const char *task, const char *path, own_file *file) {
    *file = (own_file){.path = path};
    if (!*path)
        return gb_fail(context, GB_INVALID, "%s: which file? Give file=PATH", task);
    gb_status status = file_read(context, path, OWN_MOST_BYTES, &file->bytes, &file->size);
    if (status == GB_IO) /* a missing file of the user is a data error */
        return gb_fail(context, GB_DATA, "%s", gb_context_message(context));
    GB_TRY(status);
    if (file->size == 0)
        return gb_fail(context, GB_DATA, "%s: is empty", path);
    data_sha256(file->bytes, file->size, file->sha256);
    return GB_OK;
}

void own_free(own_file *file) {
    free(file->bytes);
    *file = (own_file){0};
}

gb_status own_fail(gb_context *context, const char *path, size_t line, size_t column, const char *format, ...) {
    char sentence[768];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(sentence, sizeof sentence, format, arguments);
    va_end(arguments);
    if (column)
        return gb_fail(context, GB_DATA, "%s:%zu:%zu: %s", path, line, column, sentence);
    return gb_fail(context, GB_DATA, "%s:%zu: %s", path, line, sentence);
}

void own_locate(const own_file *file, size_t offset, size_t *line, size_t *column) {
    *line = *column = 1;
    for (size_t i = 0; i < offset && i < file->size; i++) {
        bool ends = file->bytes[i] == '\n', goes_on = ((unsigned char)file->bytes[i] & 0xC0) == 0x80;
        *line += ends;
        *column = ends ? 1 : *column + !goes_on;
    }
}

bool own_number(const char *cell, double *value) {
    char *end;
    if (!*cell || strspn(cell, "0123456789+-.eE") != strlen(cell))
        return false;
    *value = strtod(cell, &end);
    return !*end && isfinite(*value);
}

size_t own_text_start(const char *bytes, size_t size) {
    static const char mark[] = "\xEF\xBB\xBF";
    return size >= 3 && !memcmp(bytes, mark, 3) ? 3 : 0;
}

size_t own_character(const char *bytes, size_t left) {
    static const struct {
        unsigned char mask, lead;
        uint32_t least; /* a smaller code point must have a shorter encoding */
    } forms[] = {{0x80, 0x00, 0}, {0xE0, 0xC0, 0x80}, {0xF0, 0xE0, 0x800}, {0xF8, 0xF0, 0x10000}};
    const unsigned char *b = (const unsigned char *)bytes;
    for (size_t length = 1; length <= 4 && length <= left; length++) {
        if ((b[0] & forms[length - 1].mask) != forms[length - 1].lead)
            continue;
        uint32_t code = b[0] & (unsigned char)~forms[length - 1].mask;
        for (size_t i = 1; i < length; i++) {
            if ((b[i] & 0xC0) != 0x80)
                return 0;
            code = code << 6 | (b[i] & 0x3F);
        }
        return code < forms[length - 1].least || code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF) ? 0 : length;
    }
    return 0;
}

gb_status own_check_text(gb_context *context, const own_file *file) {
    size_t line, column, length;
    const unsigned char *bytes = (const unsigned char *)file->bytes;
    if (file->size >= 2 && ((bytes[0] == 0xFF && bytes[1] == 0xFE) || (bytes[0] == 0xFE && bytes[1] == 0xFF)))
        return own_fail(context, file->path, 1, 1, "this is UTF-16; convert it: iconv -f utf-16 -t utf-8 IN > OUT");
    for (size_t i = 0; i < file->size; i += length) {
        length = own_character(file->bytes + i, file->size - i);
        if (length && bytes[i])
            continue;
        own_locate(file, i, &line, &column);
        if (length)
            return own_fail(context, file->path, line, column, "a zero byte: this is not text");
        return own_fail(context, file->path, line, column,
                        "the byte 0x%02X is not valid UTF-8; convert the file: iconv -f latin1 -t utf-8 IN > OUT",
                        bytes[i]);
    }
    return GB_OK;
}

int own_compare_labels(const void *a, const void *b) {
    const char *x = *(const char *const *)a, *y = *(const char *const *)b;
    double p, q;
    bool first = own_number(x, &p), second = own_number(y, &q);
    if (first && second && p != q)
        return p < q ? -1 : 1;
    return first != second ? (first ? -1 : 1) : strcmp(x, y);
}
