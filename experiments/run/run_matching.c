/* SPDX-License-Identifier: MIT */
/* What the plan's cells were sized to, before anything runs. */
#include <stdio.h>
#include <string.h>

#include "experiments/run/run_internal.h"
#include "results/store/matching_rows.h"

static bool same_sizes(const trial_settings *a, const trial_settings *b) {
    return !strcmp(a->matching, b->matching) && !strcmp(a->matched, b->matched) &&
           !strcmp(trial_text(a, "cell"), trial_text(b, "cell")) &&
           !strcmp(trial_text(a, "hidden"), trial_text(b, "hidden")) &&
           !strcmp(trial_text(a, "steps"), trial_text(b, "steps"));
}

void run_say_matching(gb_context *context, const trial_list *list) {
    table runs = {0};
    text lines = {0};
    bool good = true;
    for (size_t i = 0; good && i < list->count; i++) {
        const trial_settings *t = &list->trials[i];
        if (i && same_sizes(t, t - 1))
            continue;
        good = table_add_row(&runs) && table_set_integer(&runs, "run", (double)i) &&
               table_set_text(&runs, "cell", trial_text(t, "cell")) &&
               table_set_integer(&runs, "hidden", trial_number(t, "hidden")) &&
               table_set_integer(&runs, "steps", trial_number(t, "steps")) &&
               table_set_text(&runs, "matching", t->matching) && table_set_text(&runs, "matched", t->matched);
    }
    if (good && matchings_split(context, &runs) == GB_OK) {
        matchings_words(&runs, &lines);
        fputs(lines.data ? lines.data : "", stderr);
    }
    text_free(&lines);
    table_free(&runs);
}
