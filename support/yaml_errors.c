/* SPDX-License-Identifier: MIT */
/* The messages about a document: gcc's form, the line, a caret below. A file of a megabyte can hold as many errors in
 * one line, so long lines are cut and the first errors are shown. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/text.h"
#include "support/yaml.h"

enum { MOST_SHOWN = 100, WIDEST = 160 };

/* The line with this number (from 1), without its line end; length 0 if there is no such line. */
static const char *find_line(const char *source, size_t number, size_t *length) {
    const char *line = source;
    for (size_t i = 1; line && i < number; i++) {
        line = strchr(line, '\n');
        line = line ? line + 1 : NULL;
    }
    *length = line ? strcspn(line, "\r\n") : 0;
    return line;
}

static bool is_inside_character(char byte) {
    return ((unsigned char)byte & 0xc0) == 0x80;
}

/* The part of a line to show, from *start on: all of it, or what is around the column. */
static size_t choose_part(const char *line, size_t length, size_t column, size_t *start) {
    size_t end = length;
    *start = 0;
    if (length <= WIDEST)
        return length;
    if (column > WIDEST / 2)
        *start = column < length ? column - WIDEST / 2 : length - WIDEST / 2;
    if (length - *start > WIDEST)
        end = *start + WIDEST;
    while (*start < end && is_inside_character(line[*start]))
        ++*start;
    while (end < length && end > *start && is_inside_character(line[end]))
        end--;
    return end - *start;
}

static void show_line(text *out, const char *source, size_t number, size_t column) {
    size_t length, start;
    const char *line = find_line(source, number, &length);
    if (length == 0)
        return;
    const size_t shown = choose_part(line, length, column, &start);
    text_append(out, "%5zu | %.*s\n      | ", number, (int)shown, line + start);
    for (size_t i = start; i + 1 < column && i < start + shown; i++)
        text_append_bytes(out, line[i] == '\t' ? "\t" : " ", 1);
    text_append_bytes(out, "^\n", 2);
}

void yaml_error_at(yaml_errors *errors, const char *path, const char *source, size_t line, size_t column,
                   const char *message) {
    text out = {.data = errors->text};
    out.length = out.data ? strlen(out.data) : 0;
    out.capacity = out.data ? out.length + 1 : 0;
    errors->count++;
    if (errors->count > MOST_SHOWN) {
        if (errors->count == MOST_SHOWN + 1)
            text_append(&out, "%s: error: and more; these are the first %d\n", path, MOST_SHOWN);
    } else if (line == 0) {
        text_append(&out, "%s: error: %s\n", path, message);
    } else {
        text_append(&out, "%s:%zu:%zu: error: %s\n", path, line, column, message);
        show_line(&out, source, line, column);
    }
    errors->text = out.data; /* after an allocation failure the earlier messages remain, and the count shows that some
                                are missing */
}

void yaml_error(yaml_errors *errors, const yaml_document *document, const yaml_node *node, bool at_key,
                const char *format, ...) {
    char message[1024];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    bool key = at_key && node && node->key;
    yaml_error_at(errors, document->path, document->text,
                  !node ? 0
                  : key ? node->key_line
                        : node->line,
                  !node ? 0
                  : key ? node->key_column
                        : node->column,
                  message);
}

void yaml_errors_free(yaml_errors *errors) {
    free(errors->text);
    *errors = (yaml_errors){0};
}
