/* SPDX-License-Identifier: MIT */
/* Lines, words and values of .ts and .arff files. */
#include "datasets/files/series_lines.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

piece piece_trim(piece p) {
    while (p.length && isspace((unsigned char)*p.bytes))
        p = (piece){p.bytes + 1, p.length - 1};
    while (p.length && isspace((unsigned char)p.bytes[p.length - 1]))
        p.length--;
    return p;
}

bool piece_is(piece p, const char *word) {
    return strlen(word) == p.length && !strncasecmp(p.bytes, word, p.length);
}

piece piece_cut(piece *rest, char separator) {
    const char *found = rest->length ? memchr(rest->bytes, separator, rest->length) : NULL;
    piece before = *rest;
    before.length = found ? (size_t)(found - rest->bytes) : rest->length;
    size_t taken = before.length + (found != NULL);
    *rest = (piece){rest->bytes + taken, rest->length - taken};
    return before;
}

piece piece_word(piece *rest) {
    *rest = piece_trim(*rest);
    piece word = *rest;
    word.length = 0;
    while (word.length < rest->length && !isspace((unsigned char)word.bytes[word.length]))
        word.length++;
    *rest = piece_trim((piece){rest->bytes + word.length, rest->length - word.length});
    return word;
}

bool series_next_line(series_lines *l, const char *comments) {
    if (l->at == 0)
        l->at = own_text_start(l->file->bytes, l->file->size);
    while (l->at < l->file->size) {
        piece rest = {l->file->bytes + l->at, l->file->size - l->at};
        l->line = piece_trim(piece_cut(&rest, '\n'));
        l->at = (size_t)(rest.bytes - l->file->bytes);
        l->number++;
        if (l->line.length && !strchr(comments, *l->line.bytes))
            return true;
    }
    return false;
}

gb_status series_fail(const series_lines *l, const char *at, const char *format, ...) {
    char sentence[512];
    size_t line, column;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(sentence, sizeof sentence, format, arguments);
    va_end(arguments);
    own_locate(l->file, (size_t)(at - l->file->bytes), &line, &column);
    return own_fail(l->context, l->file->path, line, column, "%s", sentence);
}

gb_status series_number(const series_lines *l, piece p, double *value) {
    char cell[64];
    p = piece_trim(p);
    if (p.length == 0 || piece_is(p, "?") || piece_is(p, "nan"))
        return series_fail(l, p.bytes, "a value is missing; fill it in or remove the series");
    if (*p.bytes == '(')
        return series_fail(l, p.bytes, "values with timestamps are not supported; write only the values, one per step");
    if (p.length < sizeof cell) {
        memcpy(cell, p.bytes, p.length);
        cell[p.length] = '\0';
        if (own_number(cell, value))
            return GB_OK;
    }
    return series_fail(l, p.bytes, "expected a number, found '%.*s'", (int)(p.length < 40 ? p.length : 40), p.bytes);
}

gb_status numbers_add(gb_context *context, numbers *n, double value) {
    if (n->count == n->room) {
        size_t room = n->room ? 2 * n->room : 256;
        double *grown = reallocarray(n->items, room, sizeof *grown);
        if (!grown)
            return gb_fail(context, GB_MEMORY, "out of memory for a series of %zu numbers", room);
        n->items = grown;
        n->room = room;
    }
    n->items[n->count++] = value;
    return GB_OK;
}

static bool is_listed(piece label, const text *listed) {
    for (size_t at = 0; at < listed->length; at += strlen(listed->data + at) + 1)
        if (strlen(listed->data + at) == label.length && !memcmp(listed->data + at, label.bytes, label.length))
            return true;
    return false;
}

gb_status series_check_label(const series_lines *l, piece label, const text *listed) {
    if (!label.length || piece_is(label, "?"))
        return series_fail(l, label.bytes, "the class is missing; fill it in or remove the series");
    if (!listed->length || is_listed(label, listed))
        return GB_OK;
    text names = {0};
    for (size_t at = 0; at < listed->length; at += strlen(listed->data + at) + 1)
        text_append(&names, "%s%s", at ? ", " : "", listed->data + at);
    gb_status status =
        series_fail(l, label.bytes, "'%.*s' is not among the classes that the header lists: %.200s",
                    (int)(label.length < 40 ? label.length : 40), label.bytes, names.data ? names.data : "");
    text_free(&names);
    return status;
}

gb_status series_add(const series_lines *l, series_set *set, const numbers *values, size_t channels, size_t steps,
                     piece label, bool number) {
    double target = 0, *step = NULL;
    if (set->count && set->channels != channels)
        return series_fail(l, l->line.bytes, "%zu channel%s, but earlier series have %zu", channels,
                           channels == 1 ? "" : "s", set->channels);
    if (set->count && set->numbers != number)
        return series_fail(l, l->line.bytes, "the target of earlier series is a %s, that of this file a %s",
                           set->numbers ? "number" : "class", number ? "number" : "class");
    if (number)
        GB_TRY(series_number(l, label, &target));
    set->channels = channels;
    set->numbers = number;
    step = calloc(channels, sizeof *step);
    gb_status status = step ? GB_OK : gb_fail(l->context, GB_MEMORY, "out of memory for a step");
    for (size_t t = 0; t < steps && status == GB_OK; t++) {
        for (size_t c = 0; c < channels; c++)
            step[c] = values->items[c * steps + t];
        status = series_add_step(l->context, set, step);
    }
    free(step);
    return status == GB_OK ? series_end(l->context, set, number ? NULL : label.bytes, label.length, target) : status;
}
