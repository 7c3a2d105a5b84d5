/* SPDX-License-Identifier: MIT */
/* Lists of names, and the one place where text from recipes and results is sanitised. */
#include "support/name_list.h"
#include "support/cleanup.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

size_t names_index(name_list *list, const char *name) {
    for (size_t i = 0; i < list->count; i++)
        if (!strcmp(list->items[i], name))
            return i;
    char **grown = realloc(list->items, (list->count + 1) * sizeof *grown);
    if (!grown)
        return SIZE_MAX;
    list->items = grown;
    grown[list->count] = strdup(name);
    return grown[list->count] ? list->count++ : SIZE_MAX;
}

bool names_have(const name_list *list, const char *name) {
    for (size_t i = 0; i < list->count; i++)
        if (!strcmp(list->items[i], name))
            return true;
    return false;
}

char **names_take(name_list *list) {
    char **names = realloc(list->items, (list->count + 1) * sizeof *names);
    if (!names)
        return NULL;
    names[list->count] = NULL;
    *list = (name_list){0};
    return names;
}

void names_free(name_list *list) {
    for (size_t i = 0; i < list->count; i++)
        free(list->items[i]);
    free(list->items);
    *list = (name_list){0};
}

/* Bytes of the UTF-8 character at `c` (RFC 3629: no overlong forms, no surrogates), 0 when there is none. */
static size_t character_size(const unsigned char *c) {
    if (c[0] < 0x80)
        return 1;
    size_t size = c[0] >= 0xf0 ? 4 : c[0] >= 0xe0 ? 3 : 2;
    if (c[0] < 0xc2 || c[0] > 0xf4)
        return 0;
    for (size_t i = 1; i < size; i++)
        if ((c[i] & 0xc0) != 0x80)
            return 0;
    bool overlong = (c[0] == 0xe0 && c[1] < 0xa0) || (c[0] == 0xf0 && c[1] < 0x90);
    bool outside = (c[0] == 0xed && c[1] >= 0xa0) || (c[0] == 0xf4 && c[1] >= 0x90);
    bool control = c[0] == 0xc2 && c[1] < 0xa0;
    /* Noncharacters, which neither XML nor HTML allows: U+FFFE, U+FFFF, their counterparts in every plane, U+FDD0 to
     * U+FDEF. */
    bool last_of_plane = size == 4 ? (c[1] & 0x0f) == 0x0f && c[2] == 0xbf && c[3] >= 0xbe
                                   : c[0] == 0xef && c[1] == 0xbf && c[2] >= 0xbe;
    bool not_a_character = last_of_plane || (c[0] == 0xef && c[1] == 0xb7 && c[2] >= 0x90 && c[2] <= 0xaf);
    return overlong || outside || control || not_a_character ? 0 : size;
}

void names_append_clean(text *t, const char *string, size_t most) {
    size_t written = 0;
    for (const unsigned char *c = (const unsigned char *)string; *c;) {
        size_t size = character_size(c);
        if (written + (size ? size : 1) > most)
            return;
        if (size == 0)
            text_append_bytes(t, "?", 1);
        else if (*c < 0x20 || *c == 0x7f)
            text_append_bytes(t, " ", 1);
        else
            text_append_bytes(t, (const char *)c, size);
        written += size ? size : 1;
        c += size ? size : 1;
    }
}

void names_append_html(text *t, const char *string) {
    CLEANUP(text_free) text clean = {0};
    names_append_clean(&clean, string, SIZE_MAX);
    if (clean.failed)
        t->failed = true;
    else if (clean.data)
        text_append_html(t, clean.data);
}
