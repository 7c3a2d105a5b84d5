/* SPDX-License-Identifier: MIT */
/* Growing text with JSON and HTML escapes, the edit distance behind "did you mean", and recognising numbers. */
#include "support/text.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "support/yaml.h"

/* Room for `count` more bytes and the NUL. */
static bool text_reserve(text *t, size_t count) {
    if (t->failed)
        return false;
    if (count > SIZE_MAX / 2 - t->length - 1) {
        t->failed = true;
        return false;
    }
    size_t needed = t->length + count + 1;
    if (needed <= t->capacity)
        return true;
    size_t capacity = t->capacity < 64 ? 64 : t->capacity;
    while (capacity < needed)
        capacity *= 2;
    char *data = realloc(t->data, capacity);
    if (!data) {
        t->failed = true;
        return false;
    }
    t->data = data;
    t->capacity = capacity;
    return true;
}

void text_append_bytes(text *t, const char *bytes, size_t count) {
    if (!text_reserve(t, count))
        return;
    if (count)
        memcpy(t->data + t->length, bytes, count);
    t->length += count;
    t->data[t->length] = '\0';
}

void text_append(text *t, const char *format, ...) {
    va_list arguments, again;
    va_start(arguments, format);
    va_copy(again, arguments);
    int length = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    if (length < 0) {
        t->failed = true;
    } else if (text_reserve(t, (size_t)length)) {
        vsnprintf(t->data + t->length, (size_t)length + 1, format, again);
        t->length += (size_t)length;
    }
    va_end(again);
}

void text_free(text *t) {
    free(t->data);
    *t = (text){0};
}

void text_append_json_string(text *t, const char *string) {
    text_append_bytes(t, "\"", 1);
    for (const char *c = string; *c; c++) {
        switch (*c) {
        case '"':
            text_append_bytes(t, "\\\"", 2);
            break;
        case '\\':
            text_append_bytes(t, "\\\\", 2);
            break;
        case '\n':
            text_append_bytes(t, "\\n", 2);
            break;
        case '\t':
            text_append_bytes(t, "\\t", 2);
            break;
        default:
            if ((unsigned char)*c < 0x20 || *c == 0x7f)
                text_append(t, "\\u%04x", (unsigned)(unsigned char)*c);
            else
                text_append_bytes(t, c, 1);
        }
    }
    text_append_bytes(t, "\"", 1);
}

void text_append_json_number(text *t, double number) {
    if (isfinite(number))
        text_append(t, "%.17g", number);
    else
        text_append_bytes(t, "null", 4);
}

void text_append_count(text *t, double number) {
    char digits[352];
    int length = snprintf(digits, sizeof digits, "%.0f", number);
    for (int i = 0; i < length; i++) {
        bool comma = i > 0 && digits[i - 1] != '-' && (length - i) % 3 == 0 && digits[i] >= '0' && digits[i] <= '9';
        text_append(t, comma ? ",%c" : "%c", digits[i]);
    }
}

void text_append_html(text *t, const char *string) {
    for (const char *c = string; *c; c++) {
        const char *escape = *c == '&'    ? "&amp;"
                             : *c == '<'  ? "&lt;"
                             : *c == '>'  ? "&gt;"
                             : *c == '"'  ? "&quot;"
                             : *c == '\'' ? "&#39;"
                                          : NULL;
        if (escape)
            text_append_bytes(t, escape, strlen(escape));
        else
            text_append_bytes(t, c, 1);
    }
}

enum { LONGEST_NAME = 63, FARTHEST = 2, SHORTEST_PREFIX = 3 };

static size_t least(size_t a, size_t b) {
    return a < b ? a : b;
}

/* Damerau-Levenshtein distance (optimal string alignment: swapping two neighbouring letters costs 1). */
static size_t distance(const char *a, const char *b) {
    size_t m = strlen(a), n = strlen(b);
    if (m > LONGEST_NAME || n > LONGEST_NAME)
        return SIZE_MAX;
    size_t rows[3][LONGEST_NAME + 1];
    size_t *before = rows[0], *last = rows[1], *row = rows[2];
    for (size_t j = 0; j <= n; j++)
        before[j] = last[j] = j;
    for (size_t i = 1; i <= m; i++) {
        row[0] = i;
        for (size_t j = 1; j <= n; j++) {
            row[j] = least(least(last[j], row[j - 1]) + 1, last[j - 1] + (a[i - 1] != b[j - 1]));
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                row[j] = least(row[j], before[j - 2] + 1);
        }
        size_t *oldest = before;
        before = last;
        last = row;
        row = oldest;
    }
    return last[n];
}

bool text_copy(char *to, size_t size, const char *from) {
    size_t length = strlen(from);
    if (length >= size)
        return false;
    memcpy(to, from, length + 1);
    return true;
}

bool text_ends_in(const char *string, const char *ending) {
    const size_t length = strlen(string), end = strlen(ending);
    return length >= end && strcasecmp(string + length - end, ending) == 0;
}

bool text_lists(const char *list, char separator, const char *word) {
    for (const char *end; *list; list = *end ? end + 1 : end) {
        end = strchrnul(list, separator);
        if (strlen(word) == (size_t)(end - list) && strncmp(list, word, (size_t)(end - list)) == 0)
            return true;
    }
    return false;
}

const char *text_line(const char **at, int *length) {
    const char *line = *at;
    if (!line || !*line)
        return NULL;
    *length = (int)strcspn(line, "\n");
    *at = line + *length + (line[*length] == '\n');
    return line;
}

const char *text_nearest(const char *word, const char *const *names, size_t count) {
    size_t length = strlen(word), best = FARTHEST + 1, nearest = count;
    for (size_t i = 0; i < count; i++) {
        size_t d = distance(word, names[i]);
        if (d < best && d < length) { /* otherwise any two letters would be close to any word of two letters */
            best = d;
            nearest = i;
        }
    }
    for (size_t i = 0; nearest == count && i < count; i++)
        if (length >= SHORTEST_PREFIX && !strncmp(word, names[i], length))
            nearest = i;
    return nearest < count ? names[nearest] : NULL;
}

static const char *skip_digits(const char *c) {
    while (isdigit((unsigned char)*c))
        c++;
    return c;
}

/* "010" is 10, 8 or text, depending on the program that reads it. */
static bool has_leading_zero(const char *digits) {
    return digits[0] == '0' && isdigit((unsigned char)digits[1]);
}

bool text_is_integer(const char *written, long long *value) {
    const char *digits = written + (*written == '+' || *written == '-');
    const char *end = skip_digits(digits);
    if (end == digits || *end || has_leading_zero(digits))
        return false;
    errno = 0;
    *value = strtoll(written, NULL, 10);
    return errno == 0;
}

bool text_is_number(const char *written, double *value) {
    const char *whole = written + (*written == '+' || *written == '-');
    const char *c = skip_digits(whole);
    size_t digits = (size_t)(c - whole);
    if (*c == '.') {
        const char *fraction = c + 1;
        c = skip_digits(fraction);
        digits += (size_t)(c - fraction);
    }
    if (digits == 0)
        return false;
    if (*c == 'e' || *c == 'E') {
        const char *exponent = c + 1 + (c[1] == '+' || c[1] == '-');
        c = skip_digits(exponent);
        if (c == exponent)
            return false;
    }
    if (*c || has_leading_zero(whole))
        return false;
    *value = strtod(written, NULL);
    return isfinite(*value);
}
