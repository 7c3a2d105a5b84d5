/* SPDX-License-Identifier: MIT */
/* Recognises files by a magic number, a first directive, or an equal number of fields per line; anything else is
 * text. */
#include "datasets/files/recognise.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "datasets/files/own.h"
#include "support/text.h"

enum { HEAD = 65536, LEAST_LINES = 3, MOST_LINES = 200 };

static bool starts_with(const char *bytes, size_t size, const char *start, size_t length) {
    return size >= length && !memcmp(bytes, start, length);
}

/* The number of fields of a line for one delimiter, outside of quotes. */
static size_t count_fields(const char *line, size_t length, char delimiter) {
    size_t fields = 1;
    bool quoted = false;
    for (size_t i = 0; i < length; i++) {
        quoted ^= line[i] == '"';
        fields += !quoted && line[i] == delimiter;
    }
    return fields;
}

/* True if nine of ten lines have as many fields as the first, and at least two. */
static bool is_table(const char *bytes, size_t size, char delimiter) {
    size_t lines = 0, equal = 0, fields = 0;
    for (size_t at = 0; at < size && lines < MOST_LINES;) {
        const char *end = memchr(bytes + at, '\n', size - at);
        size_t length = end ? (size_t)(end - bytes) - at : size - at;
        if (!end && size == HEAD) /* cut off by the limit of bytes read, not by the end of the file */
            break;
        if (length) {
            size_t found = count_fields(bytes + at, length, delimiter);
            fields = lines ? fields : found;
            equal += found == fields;
            lines++;
        }
        at += length + 1;
    }
    return fields >= 2 && lines >= LEAST_LINES && 10 * equal >= 9 * lines;
}

/* True if the first line that is neither empty nor a comment begins with this word; ignores case and a byte order
 * mark. */
static bool first_word_is(const char *bytes, size_t size, const char *word) {
    size_t at = own_text_start(bytes, size), length = strlen(word);
    while (at < size && (strchr("#%\n\r", bytes[at]))) {
        const char *end = memchr(bytes + at, '\n', size - at);
        at = end ? (size_t)(end + 1 - bytes) : size;
    }
    return size - at > length && !strncasecmp(bytes + at, word, length);
}

static bool is_text(const char *bytes, size_t size) {
    for (size_t i = 0, length; i < size; i += length) {
        length = own_character(bytes + i, size - i);
        if ((!length && !(size == HEAD && size - i < 4)) || !bytes[i])
            return false;
        length = length ? length : size;
    }
    return true;
}

/* NULL if the kind is unknown. A NUL must follow the bytes. */
static const recognised *find_kind(const char *path, const char *bytes, size_t size) {
    static const recognised ts = {"series", "time series (.ts)"}, arff = {"series", "time series (.arff)"},
                            npz = {"series", "time series (.npz)"}, idx = {"series", "images, one step per row (IDX)"},
                            table = {"table", "a table (CSV)"}, prose = {"text", "a text"};
    static const char delimiters[] = ",;\t";
    if (starts_with(bytes, size, "PK\003\004", 4) && text_ends_in(path, ".npz"))
        return &npz;
    if (starts_with(bytes, size, "\x1f\x8b", 2) && strstr(path, "idx"))
        return &idx;
    if (!is_text(bytes, size))
        return NULL;
    if (first_word_is(bytes, size, "@relation"))
        return &arff;
    /* BibTeX and other texts begin with @, too. */
    if (first_word_is(bytes, size, "@") && (text_ends_in(path, ".ts") || strcasestr(bytes, "\n@data")))
        return &ts;
    if (text_ends_in(path, ".csv") || text_ends_in(path, ".tsv"))
        return &table;
    for (const char *d = delimiters; *d && !text_ends_in(path, ".md"); d++)
        if (is_table(bytes, size, *d))
            return &table;
    return &prose;
}

gb_status recognise_file(gb_context *context, const char *path, recognised *out) {
    static char head[HEAD + 1];
    FILE *file = fopen(path, "rbe");
    if (!file)
        return gb_fail(context, GB_DATA, "%s: cannot be opened: %s", path, strerror(errno));
    size_t size = fread(head, 1, HEAD, file);
    head[size] = '\0';
    bool failed = ferror(file) != 0;
    fclose(file);
    if (failed)
        return gb_fail(context, GB_DATA, "%s: cannot be read: %s", path, strerror(errno));
    if (size == 0)
        return gb_fail(context, GB_DATA, "%s: is empty", path);
    const recognised *found = find_kind(path, head, size);
    if (!found)
        return gb_fail(context, GB_DATA,
                       "%s: is not recognised as UTF-8 text, a CSV table or series (.ts, .arff, .npz, gzip'ed IDX); "
                       "give its kind with --as text|table|series",
                       path);
    *out = *found;
    return GB_OK;
}
