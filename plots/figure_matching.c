/* SPDX-License-Identifier: MIT */
/* A trial with several matchings is drawn under each of them, since the anchor of the matchings is run only once. Every
 * figure and table states how closely each cell was matched. */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "plots/figure_points.h"
#include "results/analysis/evidence.h"
#include "results/store/matching_rows.h"
#include "results/store/run_provenance.h"
#include "support/cleanup.h"

gb_status data_split(gb_context *context, const results *r, results *split) {
    evidence all;
    *split = *r;
    split->runs = (table){0};
    gb_status status = evidence_read(context, r, "all", true, &all);
    if (status == GB_OK) {
        split->runs = all.runs;
        all.runs = (table){0};
    }
    evidence_free(&all);
    return status;
}

gb_status data_swept(gb_context *context, const results *r, name_list *swept) {
    CLEANUP(names_free) name_list named = {0};
    const bool matched = table_find(&r->runs, "matched_to");
    GB_TRY(provenance_swept(context, r, &named));
    bool enough = !matched || names_index(swept, "matching") != SIZE_MAX;
    for (size_t i = 0; i < named.count && enough; i++)
        enough = !strcmp(named.items[i], "hidden") || names_index(swept, named.items[i]) != SIZE_MAX;
    if (enough && matched)
        enough = names_index(swept, "matched_to") != SIZE_MAX;
    if (enough && names_have(&named, "hidden"))
        enough = names_index(swept, "hidden") != SIZE_MAX;
    return enough ? GB_OK : gb_fail(context, GB_MEMORY, "%s: out of memory", r->name);
}

/* True if the final trials have layers of several widths, as when a recipe gives each cell its own width. */
static bool widths_differ(const results *r) {
    double first = NAN;
    bool differ = false;
    for (size_t row = 0; row < r->runs.rows; row++) {
        double hidden = provenance_is_final(r, row) ? table_number(&r->runs, row, "hidden") : NAN;
        differ = differ || (!isnan(first) && !isnan(hidden) && hidden != first);
        first = isnan(first) ? hidden : first;
    }
    return differ;
}

void data_set_matching(const results *r, figure_data *data) {
    const char *one = NULL, *cell = NULL;
    bool several = false, cells = false;
    for (size_t row = 0; row < r->runs.rows; row++) {
        if (!provenance_is_final(r, row))
            continue;
        several = several || (one && strcmp(one, table_text(&r->runs, row, "matching")) != 0);
        cells = cells || (cell && strcmp(cell, table_text(&r->runs, row, "cell")) != 0);
        one = table_text(&r->runs, row, "matching");
        cell = table_text(&r->runs, row, "cell");
    }
    bool set_by_recipe = one && !strcmp(one, "width") && widths_differ(r);
    snprintf(data->matching, sizeof data->matching, "%s", one && cells && !several && !set_by_recipe ? one : "");
}

void data_matching_words(const results *r, text *t) {
    name_list matchings = {0};
    text lines = {0};
    for (size_t row = 0; row < r->runs.rows; row++) {
        const char *matching = table_text(&r->runs, row, "matching");
        if (provenance_is_final(r, row) && *matching && names_index(&matchings, matching) == SIZE_MAX)
            t->failed = true;
    }
    for (size_t i = 0; i < matchings.count; i++)
        text_append(t, "%s%s", i ? ", " : " Cells are matched by ",
                    !strcmp(matchings.items[i], "width") && matchings.count == 1 && widths_differ(r)
                        ? "the widths given by the recipe"
                        : matchings.items[i]);
    if (table_find(&r->runs, "matched_to"))
        matchings_words(&r->runs, &lines);
    for (char *c = lines.data; c && *c; c++)
        *c = *c == '\n' ? ' ' : *c;
    if (lines.length)
        text_append(t, " (%.*s)", (int)lines.length - 1, lines.data);
    if (matchings.count)
        text_append(t, ".");
    text_free(&lines);
    names_free(&matchings);
}
