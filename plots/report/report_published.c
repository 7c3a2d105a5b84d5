/* SPDX-License-Identifier: MIT */
/* The papers' numbers compared with ours; shared by the report's writers. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plots/report/report.h"

bool report_is_run(const published_row *row) {
    bool none = row->ours.n == 0 && strcmp(row->outcome, "not comparable") == 0; /* we have no comparable number */
    return !none && strcmp(row->outcome, "not run") != 0;
}

void report_published_numbers(const published_row *row, text *theirs, text *ours, text *limits) {
    published_append_theirs(row, theirs);
    if (!isfinite(row->ours.estimate) || !row->ours.n) {
        text_append(ours, "–");
        return;
    }
    published_append_ours(row, row->ours.estimate, ours);
    if (!isfinite(row->ours.low) || !(row->ours.high > row->ours.low))
        return;
    text_append(limits, "[");
    published_append_ours(row, row->ours.low, limits);
    text_append(limits, ", ");
    published_append_ours(row, row->ours.high, limits);
    text_append(limits, "]");
}
