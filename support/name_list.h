/* SPDX-License-Identifier: MIT */
/* A list of distinct names in order of first occurrence: panels, groups, arms. */
#ifndef GATEBENCH_SUPPORT_NAME_LIST_H
#define GATEBENCH_SUPPORT_NAME_LIST_H

#include <stdbool.h>
#include <stddef.h>

#include "support/text.h"

/* Zero-initialise; names_free at the end. */
typedef struct name_list {
    char **items;
    size_t count;
} name_list;

/* The index of a name; a new name is added. SIZE_MAX: out of memory. */
size_t names_index(name_list *list, const char *name);
bool names_have(const name_list *list, const char *name);
/* Moves the names out of the list into a malloc'ed array that ends with NULL; NULL: out of memory. */
char **names_take(name_list *list);
void names_free(name_list *list);

/* Appends untrusted text, at most `most` bytes: control characters become blanks, bytes that are not UTF-8 become '?'.
 * The result is safe in HTML (after escaping), in CSV and in a gnuplot string. */
void names_append_clean(text *t, const char *string, size_t most);

/* Appends cleaned text with HTML's escapes. */
void names_append_html(text *t, const char *string);

#endif
