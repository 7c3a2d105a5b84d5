/* SPDX-License-Identifier: MIT */
/* Weights named after modules: determines the framework and the order of the modules. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "interchange/read/modules.h"

/* Frameworks that are recognised by their names; others need --from. */
static const char *const recognised[] = {"pytorch", "mlx", "equinox"};

static gb_status refuse_known(gb_context *context, const char *path, const tensor_set *set) {
    for (size_t i = 0; i < set->count; i++) {
        const char *name = set->items[i].name;
        if (strstr(name, "_reverse"))
            return gb_fail(context, GB_UNSUPPORTED, "%s: %s belongs to a bidirectional layer, which is not supported",
                           path, name);
        if (strstr(name, "weight_hr_l") || strstr(name, "weight_ho"))
            return gb_fail(context, GB_UNSUPPORTED,
                           "%s: %s is the projection of an LSTM (proj_size), which is not supported", path, name);
    }
    return GB_OK;
}

/* Paddle saves every tensor of a layer twice, as weight_ih_l0 and as 0.cell.weight_ih. */
static void drop_twins(tensor_set *set) {
    for (size_t i = 0; i < set->count; i++)
        if (strstr(set->items[i].name, ".cell."))
            set->items[i].type = TENSOR_OTHER;
}

static gb_status find_modules(gb_context *context, const char *path, const import_options *options, tensor_set *set,
                              modules *found) {
    const size_t choices = options->from ? 1 : sizeof recognised / sizeof *recognised;
    const char *best = NULL;
    size_t least = 0;
    bool enough = true;
    for (size_t i = 0; i < choices && enough; i++) {
        const char *framework = options->from ? options->from : recognised[i];
        enough = modules_find(set, framework, options->ignore, found);
        if (enough && (!best || found->unknown_count < least)) {
            best = framework;
            least = found->unknown_count;
        }
        free(found->items);
    }
    if (!enough || !modules_find(set, best, options->ignore, found))
        return gb_fail(context, GB_MEMORY, "%s: out of memory for its layers", path);
    char shape[128];
    if (found->unknown)
        return gb_fail(context, GB_UNSUPPORTED,
                       "%s: tensor %s %s belongs to no layer that gatebench knows of %s%s; if the network computes the "
                       "same without it: --ignore %s",
                       path, found->unknown->name, tensor_shape_text(found->unknown, shape, sizeof shape), best,
                       options->from ? "" : " (--from names another framework)", found->unknown->name);
    return GB_OK;
}

static int by_name(const void *a, const void *b) {
    const module *x = a, *y = b;
    const int names = strverscmp(x->name, y->name);
    static const int rank[] = {[NETWORK_EMBEDDING] = 0, [NETWORK_RECURRENT] = 1, [NETWORK_DENSE] = 2};
    return x->kind != y->kind ? rank[x->kind] - rank[y->kind]
           : names            ? names
                              : (x->number > y->number) - (x->number < y->number);
}

/* The position of a module in the list of --layers, or SIZE_MAX. */
static size_t place_in(const char *list, const char *name) {
    size_t place = 0;
    for (const char *at = list; *at; place++) {
        const size_t length = strcspn(at, ",");
        if (strlen(name) == length && strncmp(at, name, length) == 0)
            return place;
        at += length + (at[length] == ',');
    }
    return SIZE_MAX;
}

static gb_status order_as_told(gb_context *context, const char *path, const char *list, modules *found) {
    for (size_t i = 0; i < found->count; i++)
        if (place_in(list, found->items[i].name) == SIZE_MAX)
            return gb_fail(context, GB_INVALID, "--layers does not name '%s', which %s contains", found->items[i].name,
                           path);
    for (size_t i = 1; i < found->count; i++) {
        for (size_t k = i; k > 0; k--) {
            module *a = &found->items[k - 1], *b = &found->items[k], kept = *a;
            if (place_in(list, a->name) <= place_in(list, b->name))
                break;
            *a = *b;
            *b = kept;
        }
    }
    return GB_OK;
}

/* True if two names differ only in their numbers. */
static bool same_but_numbers(const char *a, const char *b) {
    while (*a && *b) {
        a += strspn(a, "_0123456789");
        b += strspn(b, "_0123456789");
        if (*a != *b)
            return false;
        a += *a != '\0';
        b += *b != '\0';
    }
    return !a[strspn(a, "_0123456789")] && !b[strspn(b, "_0123456789")];
}

/* A file does not record the order of its modules, but numbers in their names may. */
static gb_status check_order(gb_context *context, const char *path, const modules *found) {
    for (size_t i = 1; i < found->count; i++) {
        const module *a = &found->items[i - 1], *b = &found->items[i];
        if (a->kind == b->kind && strcmp(a->name, b->name) != 0 && !same_but_numbers(a->name, b->name))
            return gb_fail(context, GB_INVALID,
                           "%s does not record whether %s or %s comes first; name all layers in their order: --layers "
                           "%s,%s,...",
                           path, a->name, b->name, a->name, b->name);
    }
    return GB_OK;
}

static gb_status read_modules(gb_context *context, const char *path, const import_options *options,
                              const modules *found, network *net) {
    for (size_t i = 0; i < found->count; i++) {
        const module *m = &found->items[i];
        char name[TENSOR_NAME + 32];
        snprintf(name, sizeof name, m->number ? "%s (layer %zu)" : "%s", *m->name ? m->name : m->convention->layer,
                 m->number);
        GB_TRY(layer_read(context, path, net, m->convention, name, m->tensors));
        GB_TRY(choose_rnn(context, path, options, net, &net->layers[net->count - 1]));
    }
    return check_chain(context, path, net);
}

gb_status named_network(gb_context *context, const char *path, const import_options *options, tensor_set *set,
                        network *net) {
    modules found = {0};
    GB_TRY(refuse_known(context, path, set));
    if (options->from && strcmp(options->from, "paddle") == 0)
        drop_twins(set);
    choose_dtype(set, net);
    gb_status status = find_modules(context, path, options, set, &found);
    if (!status && !found.count)
        status = gb_fail(context, GB_DATA, "%s: contains no layer that gatebench recognises", path);
    if (!status)
        qsort(found.items, found.count, sizeof *found.items, by_name);
    if (!status)
        status = options->layers ? order_as_told(context, path, options->layers, &found)
                                 : check_order(context, path, &found);
    if (!status)
        status = read_modules(context, path, options, &found, net);
    free(found.items);
    return status ? status : choose_activations(context, path, options, net);
}
