/* SPDX-License-Identifier: MIT */
/* The files that a run writes besides its trial files: plan.yaml, failed.txt and the results file. */
#include <string.h>

#include "experiments/folder/failures_file.h"
#include "experiments/folder/merge_results.h"
#include "experiments/run/run_internal.h"
#include "support/cleanup.h"

static gb_status make_plan(const run *r, plan *p) {
    const recipe *made = r->recipe;
    bool ok = plan_start(p, recipe_run_name(made), recipe_question(made), recipe_resolved(made)) &&
              plan_add_names(&p->swept, recipe_swept(made)) && plan_add_names(&p->tuned, recipe_tuned(made)) &&
              plan_add_names(&p->carried, recipe_carried(made)) && stage_add_to_plan(&r->tune, p) &&
              stage_add_to_plan(&r->final, p);
    if (!ok)
        plan_free(p);
    return ok ? GB_OK : gb_fail(r->context, GB_MEMORY, "out of memory for the plan of %s", recipe_run_name(made));
}

/* Warns of finished trials of an earlier version of the recipe that the results file will no longer contain. */
void run_say_replaced(run *r) {
    CLEANUP(plan_free) plan there = {0};
    size_t left = 0;
    if (plan_read(r->context, r->folder, &there)) /* there is none yet, or it will be rewritten */
        return;
    for (size_t row = 0; strcmp(there.recipe, recipe_resolved(r->recipe)) != 0 && row < there.trials.rows; row++) {
        const char *id = plan_id(&there, row);
        left += there.finished[row] && !there.repeated[row] && stage_find(&r->tune, id) == r->tune.list.count &&
                stage_find(&r->final, id) == r->final.list.count;
    }
    if (left)
        run_warn(r,
                 "%zu finished trial%s of an earlier version of the recipe %s no longer in the results file; the "
                 "trial files are kept, and a run with the earlier settings uses them again",
                 left, left == 1 ? "" : "s", left == 1 ? "is" : "are");
}

gb_status run_write_plan(run *r) {
    CLEANUP(plan_free) plan p = {0};
    GB_TRY(make_plan(r, &p));
    return plan_write(r->context, r->folder, &p);
}

static bool all_have_files(const run *r, const stage *s) {
    for (size_t i = 0; i < s->list.count; i++)
        if (!run_has_trial(r->folder, s->list.trials[i].id))
            return false;
    return true;
}

bool run_is_complete(run *r) {
    char written[RUN_PATH], trials[RUN_PATH];
    CLEANUP(plan_free) plan p = {0};
    run_path(r->folder, RUN_PLAN, written);
    run_path(r->folder, RUN_TRIALS, trials);
    if (make_plan(r, &p))
        return false;
    /* writing a trial file changes the folder's time; if the clock was wrong, times are not reliable */
    return run_folder_is_newer(r->results, trials) && run_folder_is_newer(r->results, written) &&
           plan_is_written(r->context, r->folder, &p) && run_has_all(r) &&
           results_hold(r->context, r->results, &p.trials);
}

gb_status run_read_failures(run *r) {
    CLEANUP(failures_free) failures before = {0};
    if (r->options->retry_failed)
        return GB_OK;
    GB_TRY(failures_read(r->context, r->folder, &before));
    GB_NEED(r->context, stage_take_failures(&r->tune, &before) && stage_take_failures(&r->final, &before),
            "for the reasons why trials failed");
    return GB_OK;
}

bool run_has_all(const run *r) {
    return all_have_files(r, &r->tune) && all_have_files(r, &r->final);
}

/* Keeps the lines about missing trials of other shards. */
static gb_status keep_failures(run *r, text *lines) {
    CLEANUP(failures_free) failures before = {0};
    GB_TRY(failures_read(r->context, r->folder, &before));
    for (size_t i = 0; i < before.count; i++) {
        const char *id = before.items[i].id;
        if (!run_has_trial(r->folder, id) && !stage_owns_trial(&r->tune, id) && !stage_owns_trial(&r->final, id))
            text_append(lines, "%s\n", before.items[i].line);
    }
    return GB_OK;
}

gb_status run_write_failures(run *r) {
    CLEANUP(text_free) text lines = {0};
    gb_status status = r->mine.count ? keep_failures(r, &lines) : GB_OK;
    stage_write_failures(&r->tune, r->recipe, &lines);
    stage_write_failures(&r->final, r->recipe, &lines);
    if (!status)
        status = failures_write(r->context, r->folder, &lines);
    return status;
}

/* All finished trials must still exist; otherwise a results file without them would replace a better one. */
static gb_status check_still_there(const run *r) {
    size_t gone = 0;
    const stage *const stages[] = {&r->tune, &r->final};
    for (size_t k = 0; k < 2; k++)
        for (size_t i = 0; i < stages[k]->list.count; i++)
            gone += stages[k]->finished[i] && !run_has_trial(r->folder, stages[k]->list.trials[i].id);
    if (!gone)
        return GB_OK;
    return gb_fail(r->context, GB_IO,
                   "%s/trials: %zu finished trials are missing; restore the folder, or run again to repeat them",
                   r->folder, gone);
}

gb_status run_write_results(run *r) {
    CLEANUP(plan_free) plan p = {0};
    GB_TRY(check_still_there(r));
    GB_TRY(make_plan(r, &p));
    return run_write_results_file(r->context, r->folder, &p, recipe_text(r->recipe), r->options->command_line, NULL);
}
