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

bool report_is_compared(const published_row *row) {
    return strcmp(row->outcome, "reproduced") == 0 || strcmp(row->outcome, "not reproduced") == 0;
}

/* Counts are written with commas, other numbers with the given number of decimals. */
static void append_number(text *t, double value, int decimals) {
    if (fabs(value) >= 1000)
        text_append_count(t, value);
    else
        text_append(t, "%.*f", decimals, value);
}

void report_published_numbers(const published_row *row, text *theirs, text *ours, text *limits) {
    int decimals = published_decimals(row);
    text_append(theirs, "%s", strcmp(row->bound, "above") == 0 ? "< " : strcmp(row->bound, "below") == 0 ? "> " : "");
    append_number(theirs, row->value, decimals == 3 ? 2 : decimals); /* as papers print nats */
    if (!isfinite(row->ours.estimate) || !row->ours.n) {
        text_append(ours, "–");
        return;
    }
    append_number(ours, row->ours.estimate, decimals);
    if (!isfinite(row->ours.low) || !(row->ours.high > row->ours.low))
        return;
    text_append(limits, "[");
    append_number(limits, row->ours.low, decimals);
    text_append(limits, ", ");
    append_number(limits, row->ours.high, decimals);
    text_append(limits, "]");
}
