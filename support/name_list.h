/* SPDX-License-Identifier: MIT */
/* A list of distinct names in the order in which they first came: panels, groups, arms. */
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

/* The place of a name, which is added when it is new; SIZE_MAX: out of memory. */
size_t names_index(name_list *list, const char *name);
bool names_have(const name_list *list, const char *name);
/* The names as a malloc'ed list that ends with NULL, taken out of the list; NULL: out of memory. */
char **names_take(name_list *list);
void names_free(name_list *list);

/* Appends text that may come from anywhere: control characters become blanks, bytes that are no UTF-8 become '?',
 * at most `most` bytes. What comes out can stand in HTML (after escaping), CSV and a gnuplot string. */
void names_append_clean(text *t, const char *string, size_t most);

/* Appends cleaned text with HTML's escapes. */
void names_append_html(text *t, const char *string);

#endif
