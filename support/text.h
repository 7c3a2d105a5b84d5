/* SPDX-License-Identifier: MIT */
/* Growing text, JSON output, fields of fixed size, and the nearest of some names ("did you mean"). */
#ifndef GATEBENCH_SUPPORT_TEXT_H
#define GATEBENCH_SUPPORT_TEXT_H

#include <stdbool.h>
#include <stddef.h>

/* Text that grows; zero-initialise, text_free at the end. After an allocation failure `failed` is set and further
 * appends do nothing, so that one check at the end is enough. */
typedef struct text {
    char *data; /* NUL-terminated, NULL while empty */
    size_t length, capacity;
    bool failed;
} text;

void text_append(text *t, const char *format, ...) __attribute__((format(printf, 2, 3)));
void text_append_bytes(text *t, const char *bytes, size_t count);
void text_free(text *t);

/* Appends a JSON string with quotes and escapes; a JSON number (null when not finite, 17 significant digits). */
void text_append_json_string(text *t, const char *string);
void text_append_json_number(text *t, double number);

/* Appends an integer with commas between thousands, "20,050". */
void text_append_count(text *t, double number);

/* Appends with & < > " ' escaped for HTML. */
void text_append_html(text *t, const char *string);

/* Copies into a field of `size` bytes; false, and nothing is written, when it does not fit. */
bool text_copy(char *to, size_t size, const char *from);

/* True if the text ends in `ending`, whatever the case of letters. */
bool text_ends_in(const char *string, const char *ending);

/* True if `word` is one of the words of a list such as "last|every". */
bool text_lists(const char *list, char separator, const char *word);

/* Iterates over the lines of a text. Returns the line at *at, *length bytes without its line feed, and moves *at past
 * it. Returns NULL at the end. The last line needs no line feed. A NULL text has no lines. */
const char *text_line(const char **at, int *length);

/* The name nearest to `word` (Damerau-Levenshtein distance <= 2, or a prefix of at least 3 letters), or NULL. */
const char *text_nearest(const char *word, const char *const *names, size_t count);

#endif
