/* SPDX-License-Identifier: MIT */
/* Handling several shards in one folder: they plan and merge one at a time, and the shard that finds all trials
 * finished writes the results file. The choices of tuning are read again each time, so a shard that waited knows
 * everything that earlier shards knew. */
#include <string.h>
#include <unistd.h>

#include "experiments/folder/plan_file.h"
#include "experiments/folder/run_lock.h"
#include "experiments/run/run_internal.h"
#include "experiments/trial/checkpoint.h"
#include "support/cleanup.h"
#include "support/file.h"

/* Other shards in this folder must have the same plan. */
static gb_status check_plan(run *r, const char *others, bool *planned) {
    static const char some_task[] = "another task of this array";
    char path[RUN_PATH];
    CLEANUP(plan_free) plan there = {0};
    run_path(r->folder, RUN_PLAN, path);
    if (!file_exists(path))
        return GB_OK;
    gb_status status = plan_read(r->context, r->folder, &there);
    if (status == GB_DATA) /* damaged or of another recipe: rewrite it */
        return GB_OK;
    if (!status && strcmp(there.recipe, recipe_resolved(r->recipe)) != 0)
        status = gb_fail(r->context, GB_INVALID,
                         "%s: its plan belongs to another recipe or other overrides, and %.*s works on it; give every "
                         "shard the same arguments, or another folder with -o",
                         r->folder, (int)(*others ? strcspn(others, "\n") : strlen(some_task)),
                         *others ? others : some_task);
    *planned = status == GB_OK;
    return status;
}

/* Only if no other process works here: it could be writing such a file. */
static void tidy(const char *folder) {
    run_folder_tidy(folder);
    checkpoint_tidy(folder);
}

gb_status run_shard_start(run *r) {
    int turn = -1;
    CLEANUP(text_free) text others = {0};
    gb_status status = run_lock_take_turn(r->context, r->folder, &turn);
    if (status)
        return status;
    bool planned = false, own;
    if (run_lock_holders(r->folder, &r->mine, &others) > 0 ||
        (r->options->shard_of_job && run_lock_job_shards(r->folder, r->mine, &own) > 0))
        status = check_plan(r, others.data ? others.data : "", &planned);
    else if (r->alone)
        tidy(r->folder);
    if (!status && !planned) {
        run_say_replaced(r);
        status = run_write_plan(r);
    }
    close(turn);
    return status;
}

gb_status run_shard_finish(run *r, bool *merged) {
    int turn = -1;
    *merged = false;
    GB_TRY(run_lock_take_turn(r->context, r->folder, &turn));
    gb_status status = run_write_failures(r);
    if (!status)
        status = run_plan_final(r);
    if (!status)
        status = run_look_at_folder(r);
    if (!status)
        status = run_write_plan(r);
    if (!status && run_has_all(r)) {
        status = run_write_results(r);
        *merged = status == GB_OK;
        checkpoint_tidy(r->folder);
    }
    close(turn);
    return status;
}
