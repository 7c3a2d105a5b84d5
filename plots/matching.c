/* SPDX-License-Identifier: MIT */
/* A trial under several matchings is drawn under each of them: the cell that others are matched to is run once. */
#include "plots/data.h"
#include "results/store/matchings.h"

gb_status data_split(gb_context *context, const results *r, results *split) {
    *split = *r;
    split->runs = (table){0};
    gb_status status = table_append(&split->runs, &r->runs) ? matchings_split(context, &split->runs)
                                                            : gb_fail(context, GB_MEMORY, "%s: out of memory", r->name);
    if (status != GB_OK)
        table_free(&split->runs);
    return status;
}
