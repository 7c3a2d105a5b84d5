/* SPDX-License-Identifier: MIT */
/* Recognising layers by the names of tensors. */
#include "interchange/read/modules.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* True if the whole name matches a pattern of the table; *number gets the value of # or ~. */
static bool matches(const char *at, const char *pattern, size_t *number) {
    for (; *pattern; pattern++) {
        const bool digits =
            *pattern == '#' || (*pattern == '~' && strncmp(at, "_l", 2) == 0 && isdigit((unsigned char)at[2]));
        if (digits) {
            char *end;
            at += *pattern == '~' ? 2 : 0;
            if (!isdigit((unsigned char)*at))
                return false;
            *number = strtoul(at, &end, 10);
            at = end;
        } else if (*pattern != '~') {
            if (*at != *pattern && !(*pattern == '.' && *at == '/'))
                return false;
            at++;
        }
    }
    return !*at;
}

/* True if a tensor's name is a prefix followed by the pattern; *prefix gets the prefix's length. */
static bool splits(const char *name, const char *pattern, size_t *prefix, size_t *number) {
    const char *at = name;
    while (at) {
        *number = 0;
        if (matches(at, pattern, number)) {
            *prefix = (size_t)(at - name);
            return true;
        }
        at = strpbrk(at, "./"); /* which a name may also begin with */
        if (at)
            at++;
    }
    return false;
}

static tensor *find_sibling(const tensor_set *set, const char *name, size_t prefix, size_t number,
                            const char *pattern) {
    for (size_t i = 0; i < set->count; i++) {
        tensor *t = &set->items[i];
        size_t its_prefix, its_number;
        if (!t->used && t->type != TENSOR_OTHER && splits(t->name, pattern, &its_prefix, &its_number) &&
            its_prefix == prefix && its_number == number && strncmp(t->name, name, prefix) == 0)
            return t;
    }
    return NULL;
}

static bool contains(const char *name, size_t length, const char *word) {
    char copy[TENSOR_NAME];
    snprintf(copy, sizeof copy, "%.*s", (int)length, name);
    return strcasestr(copy, word) != NULL;
}

/* The recurrent kernel determines the number of gates; two biases in one tensor are its two rows. */
static bool has_its_gates(const convention_tensor *t, const tensor *found) {
    if (t->role != 'U')
        return t->role == 'B' ? found->rank == 2 : t->role != 'b' || found->rank == 1;
    const size_t gates = strlen(t->gates);
    return found->rank == 2 && found->shape[!t->transposed] == gates * found->shape[t->transposed];
}

static bool recognise(const tensor_set *set, const convention *c, const tensor *first, module *m) {
    convention_tensor tensors[CONVENTION_TENSORS];
    const size_t count = convention_tensors(c, tensors);
    size_t prefix;
    *m = (module){.convention = c};
    if (!splits(first->name, tensors[0].name, &prefix, &m->number) || !contains(first->name, prefix, c->module))
        return false;
    for (size_t k = 0; k < count; k++) {
        m->tensors[k] = find_sibling(set, first->name, prefix, m->number, tensors[k].name);
        if (!m->tensors[k] ? !tensors[k].optional : !has_its_gates(&tensors[k], m->tensors[k]))
            return false;
    }
    snprintf(m->name, sizeof m->name, "%.*s", prefix ? (int)prefix - 1 : 0, first->name);
    return m->tensors[0] == first && (gb_cell_find(c->cell) || first->rank == 2);
}

/* Whether a name begins with one of the words of a list "a,b". */
static bool is_listed(const char *list, const char *name) {
    for (const char *at = list; at && *at;) {
        const size_t length = strcspn(at, ",");
        if (length && strncmp(at, name, length) == 0)
            return true;
        at += length + (at[length] == ',');
    }
    return false;
}

/* An embedding and a dense layer without a bias look the same where both call their matrix alike. */
static bool is_embedding(const tensor_set *set, const convention *dense, const modules *found, const tensor *t) {
    module as_dense;
    if (dense && (!recognise(set, dense, t, &as_dense) || as_dense.tensors[1]))
        return !recognise(set, dense, t, &as_dense);
    if (!dense || strcasestr(t->name, "emb"))
        return true;
    convention_tensor tensors[CONVENTION_TENSORS];
    for (size_t i = 0; i < found->count; i++) {
        const size_t count = convention_tensors(found->items[i].convention, tensors);
        for (size_t k = 0; k < count; k++)
            if (tensors[k].role == 'W' && found->items[i].tensors[k])
                return found->items[i].tensors[k]->shape[tensors[k].transposed] == t->shape[1] &&
                       t->shape[1] * strlen(tensors[k].gates) !=
                           found->items[i].tensors[k]->shape[!tensors[k].transposed];
    }
    return false;
}

static bool take(modules *found, const module *m, network_kind kind) {
    module *items = realloc(found->items, (found->count + 1) * sizeof *items);
    if (!items)
        return false;
    found->items = items;
    items[found->count] = *m;
    items[found->count++].kind = kind;
    for (size_t k = 0; k < CONVENTION_TENSORS; k++)
        if (m->tensors[k])
            m->tensors[k]->used = true;
    return true;
}

static bool find_kind(tensor_set *set, const char *framework, network_kind kind, modules *found) {
    const convention *dense = convention_find(framework, "dense"), *c;
    for (size_t i = 0; (c = convention_at(i)); i++) {
        const network_kind its = strcmp(c->cell, "dense") == 0       ? NETWORK_DENSE
                                 : strcmp(c->cell, "embedding") == 0 ? NETWORK_EMBEDDING
                                                                     : NETWORK_RECURRENT;
        if (its != kind || strcmp(c->framework, framework) != 0)
            continue;
        for (size_t k = 0; k < set->count && found->count < MOST_MODULES; k++) {
            module m;
            tensor *t = &set->items[k];
            if (t->used || t->type == TENSOR_OTHER || !recognise(set, c, t, &m))
                continue;
            if (kind == NETWORK_EMBEDDING && !is_embedding(set, dense, found, t))
                continue;
            if (!take(found, &m, kind))
                return false;
        }
    }
    return true;
}

bool modules_find(tensor_set *set, const char *framework, const char *ignored, modules *found) {
    *found = (modules){0};
    for (size_t i = 0; i < set->count; i++)
        set->items[i].used = set->items[i].type == TENSOR_OTHER || is_listed(ignored, set->items[i].name);
    const bool enough = find_kind(set, framework, NETWORK_RECURRENT, found) &&
                        find_kind(set, framework, NETWORK_EMBEDDING, found) &&
                        find_kind(set, framework, NETWORK_DENSE, found);
    for (size_t i = 0; i < set->count; i++) {
        if (set->items[i].used)
            continue;
        found->unknown = found->unknown ? found->unknown : &set->items[i];
        found->unknown_count++;
    }
    return enough;
}
