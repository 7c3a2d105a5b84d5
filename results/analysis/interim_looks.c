/* SPDX-License-Identifier: MIT */
/* The declaration of interim looks: making, writing and reading it, and the significance levels for a number of
 * seeds. */
#include "results/analysis/interim_looks.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "support/cleanup.h"
#include "support/text.h"
#include "support/yaml.h"

#define ALPHA 0.05

/* A difference is tested on both sides with half of alpha each; of the two tests for equivalence only one can err. */
static gb_status fill_levels(gb_context *context, looks *l) {
    double fractions[LOOKS_MOST] = {0}, sides[LOOKS_MOST], tost[LOOKS_MOST];
    for (size_t k = 0; k < l->count; k++)
        fractions[k] = (double)l->seeds[k] / (double)l->seeds[l->count - 1];
    GB_NEED(context,
            statistics_look_levels(fractions, l->count, ALPHA / 2, sides) &&
                statistics_look_levels(fractions, l->count, ALPHA, tost),
            "for the levels of %zu looks", l->count);
    for (size_t k = 0; k < l->count; k++) {
        l->levels[k] = (comparison_levels){2 * sides[k], tost[k]};
        l->spent[k] = 2 * statistics_spent(fractions[k], ALPHA / 2);
    }
    return GB_OK;
}

gb_status looks_declare(gb_context *context, size_t first, size_t most, size_t count, looks *out) {
    *out = (looks){0};
    if (first < 2 || most < first || count < 1 || count > LOOKS_MOST)
        return gb_fail(context, GB_INVALID,
                       "looks from %zu to %zu seeds, %zu in number, are impossible: the first look needs at least 2 "
                       "seeds, the last one no fewer, and there may be at most %d looks",
                       first, most, count, LOOKS_MOST);
    count = most == first ? 1 : count < 2 ? 2 : count;
    for (size_t k = 0; k < count; k++) {
        size_t seeds =
            count == 1 ? most : first + (size_t)lround((double)(most - first) * (double)k / (double)(count - 1));
        if (out->count == 0 || seeds > out->seeds[out->count - 1])
            out->seeds[out->count++] = seeds;
    }
    return fill_levels(context, out);
}

void looks_append(const looks *l, text *to) {
    text_append(to,
                "# Interim looks at this run, declared before the first one. `spent` is the alpha spent of 0.05 as by\n"
                "# O'Brien and Fleming (Lan and DeMets 1983); `difference` and `equivalence` are the levels of each "
                "look's tests.\n");
    text_append(to, "declared:\n");
    for (size_t k = 0; k < l->count; k++)
        text_append(to, "  - {seeds: %zu, spent: %.6g, difference: %.6g, equivalence: %.6g}\n", l->seeds[k],
                    l->spent[k], l->levels[k].difference, l->levels[k].equivalence);
}

gb_status looks_parse(gb_context *context, const char *name, const char *yaml, looks *out) {
    CLEANUP(yaml_free_at) yaml_document *document = NULL;
    CLEANUP(yaml_errors_free) yaml_errors errors = {0};
    *out = (looks){0};
    gb_status status = yaml_read_text(context, name, yaml, &document, &errors);
    const yaml_node *declared = document ? yaml_get(&document->root, "declared") : NULL;
    bool good = declared && declared->kind == YAML_LIST && declared->count > 0 && declared->count <= LOOKS_MOST;
    for (size_t k = 0; good && k < declared->count; k++) {
        double seeds = yaml_number(&declared->children[k], "seeds", NAN);
        good = seeds >= 2 && seeds <= 1e6 && (k == 0 || seeds > (double)out->seeds[k - 1]);
        out->seeds[k] = good ? (size_t)seeds : 0;
    }
    if (good) {
        const yaml_node *taken = yaml_get(&document->root, "taken");
        out->count = declared->count;
        out->taken = taken && taken->count <= out->count ? taken->count : 0;
    }
    if (status == GB_MEMORY)
        return status;
    if (!good)
        return gb_fail(context, GB_DATA, "%s: is not a declaration of looks at increasing numbers of seeds", name);
    return fill_levels(context, out); /* computed from the seeds, so that an edited level has no effect */
}

gb_status looks_of(gb_context *context, const results *r, looks *out) {
    *out = (looks){0};
    for (size_t row = 0; row < r->provenance.rows; row++) {
        const char *yaml = table_text(&r->provenance, row, "value");
        if (strcmp(table_text(&r->provenance, row, "name"), "looks") == 0 && *yaml)
            return looks_parse(context, r->path, yaml, out);
    }
    return GB_OK;
}

static int compare_numbers(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* The distinct seeds in ascending order, malloc'ed; NULL: out of memory. */
static double *list_seeds(const table *runs, size_t *count) {
    double *seeds = calloc(runs->rows + 1, sizeof *seeds);
    *count = 0;
    for (size_t row = 0; seeds && row < runs->rows; row++)
        seeds[row] = table_number(runs, row, "seed");
    if (seeds)
        qsort(seeds, runs->rows, sizeof *seeds, compare_numbers);
    for (size_t i = 0; seeds && i < runs->rows; i++)
        if (i == 0 || seeds[i] != seeds[i - 1])
            seeds[(*count)++] = seeds[i];
    return seeds;
}

gb_status looks_apply(gb_context *context, const looks *l, size_t look, evidence *e, comparison_levels *levels) {
    size_t count, taken = look ? look : l->taken;
    *levels = (comparison_levels){ALPHA, ALPHA};
    if (l->count == 0)
        return GB_OK;
    CLEANUP(free_at) double *seeds = list_seeds(&e->runs, &count);
    CLEANUP(free_at) bool *keep = calloc(e->runs.rows + 1, sizeof *keep);
    if (seeds && keep) {
        while (taken > 1 && l->seeds[taken - 1] > count)
            taken--;
        taken = taken ? taken : 1; /* no look was taken yet: use the first */
        *levels = l->levels[taken - 1];
        size_t most = l->seeds[taken - 1] < count ? l->seeds[taken - 1] : count;
        for (size_t row = 0; row < e->runs.rows; row++)
            keep[row] = most && table_number(&e->runs, row, "seed") <= seeds[most - 1];
        evidence_keep(e, keep);
    }
    bool ok = seeds && keep;
    return ok ? GB_OK : gb_fail(context, GB_MEMORY, "out of memory for the looks at a run");
}
