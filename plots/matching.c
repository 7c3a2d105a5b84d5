/* SPDX-License-Identifier: MIT */
/* A cell that the others were matched to by parameters was run once, at equal width: it belongs into both panels. */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "plots/data.h"

static const double tolerance = 0.05; /* of recurrent parameters: what C5 calls matched */

static bool has_group(const figure_data *data, size_t panel, size_t group) {
    for (size_t i = 0; i < data->value_count; i++)
        if (data->values[i].panel == panel && data->values[i].group == group)
            return true;
    return false;
}

/* Whether some trial of a panel has so many parameters. */
static bool has_parameters(const results *r, const figure_data *data, size_t panel, double parameters) {
    size_t last = SIZE_MAX;
    for (size_t i = 0; i < data->value_count; i++) {
        const seed_value *v = &data->values[i];
        if (v->panel != panel || v->run == last)
            continue;
        last = v->run;
        if (fabs(parameters / table_number(&r->runs, v->run, "cell_parameters") - 1) <= tolerance)
            return true;
    }
    return false;
}

/* Copies the values of the groups that `to` lacks, of trials with as many parameters as one there. false: out of
 * memory. */
static bool copy_groups(const results *r, figure_data *data, size_t from, size_t to) {
    size_t count = data->value_count;
    bool *wanted = calloc(data->groups.count + 1, sizeof *wanted);
    seed_value *grown = realloc(data->values, 2 * count * sizeof *grown);
    if (grown)
        data->values = grown;
    if (!wanted || !grown) {
        free(wanted);
        return false;
    }
    for (size_t g = 0; g < data->groups.count; g++)
        wanted[g] = !has_group(data, to, g);
    for (size_t i = 0; i < count; i++) {
        seed_value v = grown[i];
        double own = table_number(&r->runs, v.run, "cell_parameters");
        if (v.panel != from || !wanted[v.group] || !has_parameters(r, data, to, own))
            continue;
        v.panel = to;
        grown[data->value_count++] = v;
    }
    free(wanted);
    return true;
}

/* The key of a panel with its part at `place` replaced; malloc'ed. */
static char *replace_part(const char *key, size_t place, const char *part) {
    text t = {0};
    const char *start = key;
    for (; place > 0; place--)
        start = strchr(start, DATA_KEY_END) + 1;
    text_append(&t, "%.*s%s%s", (int)(start - key), key, part, strchr(start, DATA_KEY_END));
    if (t.failed)
        text_free(&t);
    return t.data;
}

bool data_share_reference(const results *r, figure_data *data, name_list *keys, size_t place) {
    size_t count = keys->count;
    for (size_t from = 0; from < count; from++) {
        char *key = replace_part(keys->items[from], place, "parameters");
        char *width = replace_part(keys->items[from], place, "width");
        bool good = key && width;
        for (size_t to = 0; good && to < count && strcmp(keys->items[from], width) == 0; to++)
            if (to != from && strcmp(keys->items[to], key) == 0)
                good = copy_groups(r, data, from, to);
        free(key);
        free(width);
        if (!good)
            return false;
    }
    return true;
}
