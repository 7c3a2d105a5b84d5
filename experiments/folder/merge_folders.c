/* SPDX-License-Identifier: MIT */
/* Merging folders of one run: combines the plans, copies trial files, and compares trials that occur twice. */
#include "experiments/folder/merge_folders.h"

#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "experiments/folder/plan_file.h"
#include "experiments/folder/run_folder.h"
#include "experiments/folder/run_lock.h"
#include "experiments/trial/measure.h"
#include "results/store/store.h"
#include "support/cleanup.h"
#include "support/file.h"

enum { LARGEST = 1 << 30 };

/* A folder to merge. */
typedef struct source {
    const char *folder;
    plan p;
} source;

static void free_sources(source *sources, size_t count) {
    for (size_t i = 0; sources && i < count; i++)
        plan_free(&sources[i].p);
    free(sources);
}

static gb_status check_same_run(gb_context *context, const source *sources, size_t count) {
    for (size_t i = 1; i < count; i++) {
        if (strcmp(sources[i].p.recipe, sources[0].p.recipe) != 0 ||
            sources[i].p.trials.rows != sources[0].p.trials.rows)
            return gb_fail(context, GB_INVALID,
                           "%s and %s are not of one run, since their plans differ; merge folders made by the same "
                           "gatebench run command",
                           sources[0].folder, sources[i].folder);
    }
    return GB_OK;
}

/* Trials there twice */

static bool is_timing(const char *name) {
    static const char *const names[] = {"seconds", "cpu_seconds", "peak_memory_bytes", "match_ratio", "resumed"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(names[i], name) == 0)
            return true;
    return false;
}

/* Names the columns in which two records of a trial differ. */
static void compare_records(const trial_record *a, const char *in_a, const trial_record *b, const char *in_b,
                            plan_differences *differences) {
    size_t before = differences->lines.length;
    if (measure_alone(table_text(&a->fields, 0, "measure"))) /* skips timings */
        return;
    if (strcmp(a->status, b->status) != 0)
        text_append(&differences->lines, "%s status: %s in %s, %s in %s\n", a->id, a->status, in_a, b->status, in_b);
    for (size_t i = 0; i < a->fields.count; i++) {
        const table_column *column = &a->fields.columns[i];
        if (column->type == COLUMN_TEXT || is_timing(column->name))
            continue;
        double x = column->numbers[0], y = table_number(&b->fields, 0, column->name);
        if (x != y && !(isnan(x) && isnan(y)))
            text_append(&differences->lines, "%s %s: %.17g in %s, %.17g in %s\n", a->id, column->name, x, in_a, y,
                        in_b);
    }
    differences->count += differences->lines.length > before;
}

static bool is_finished(const trial_record *record) {
    return strcmp(record->status, "done") == 0 || strcmp(record->status, "diverged") == 0;
}

static gb_status copy_file(gb_context *context, const char *from, const char *to) {
    CLEANUP(free_at) char *bytes = NULL;
    size_t size = 0;
    GB_TRY(file_read(context, from, LARGEST, &bytes, &size));
    return file_replace(context, to, bytes, size);
}

/* Merges one trial file of a source into the common folder. */
static gb_status take_trial(gb_context *context, const source *from, const char *into, const char *id,
                            plan_differences *differences) {
    char path[PATH_MAX], there[PATH_MAX];
    CLEANUP(trial_record_free) trial_record mine = {0}, other = {0};
    if (snprintf(path, sizeof path, "%s/trials/%s.h5", from->folder, id) >= (int)sizeof path ||
        snprintf(there, sizeof there, "%s/trials/%s.h5", into, id) >= (int)sizeof there)
        return gb_fail(context, GB_IO, "%s: the path is too long", into);
    if (!file_exists(there))
        return copy_file(context, path, there);
    gb_status status = store_read_trial(context, path, &mine);
    if (!status)
        status = store_read_trial(context, there, &other);
    if (!status && is_finished(&mine) && is_finished(&other))
        compare_records(&other, into, &mine, from->folder, differences);
    else if (!status && is_finished(&mine))
        status = copy_file(context, path, there);
    return status;
}

static gb_status take_trials(gb_context *context, const source *from, const char *into, plan_differences *differences) {
    char(*ids)[33] = NULL, own[PATH_MAX], common[PATH_MAX];
    size_t count = 0;
    if (realpath(from->folder, own) && realpath(into, common) && strcmp(own, common) == 0)
        return GB_OK; /* it is the common folder */
    gb_status status = store_finished(context, from->folder, true, &ids, &count);
    for (size_t i = 0; i < count && !status; i++)
        status = take_trial(context, from, into, ids[i], differences);
    free(ids);
    return status;
}

/* The plan */

/* Tuning in one folder chose only the trials of its own arms. So for each row takes the plan in which its trial has
 * finished, else the first plan. */
static gb_status write_plan(gb_context *context, const source *sources, size_t count, const char *into) {
    const plan *first = &sources[0].p;
    plan united = {.name = first->name,
                   .question = first->question,
                   .recipe = first->recipe,
                   .swept = first->swept,
                   .tuned = first->tuned,
                   .carried = first->carried};
    bool ok = true;
    for (size_t row = 0; ok && row < first->trials.rows; row++) {
        size_t from = 0;
        while (from < count && !sources[from].p.finished[row])
            from++;
        ok = plan_take_trial(&united, &sources[from < count ? from : 0].p, row);
    }
    gb_status status = ok ? plan_write(context, into, &united)
                          : gb_fail(context, GB_MEMORY, "out of memory for the plan of %zu trials", first->trials.rows);
    table_free(&united.trials); /* the rest comes from the first source */
    return status;
}

/* Copies declared.yaml from the first folder that has one; never overwrites it. */
static gb_status take_declared(gb_context *context, const source *sources, size_t count, const char *into) {
    char there[RUN_PATH], path[RUN_PATH];
    run_path(into, RUN_DECLARED, there);
    for (size_t i = 0; i < count && !file_exists(there); i++) {
        run_path(sources[i].folder, RUN_DECLARED, path);
        gb_status status = file_exists(path) ? copy_file(context, path, there) : GB_OK;
        if (status)
            return status;
    }
    return GB_OK;
}

/* An existing folder must belong to the same run. */
static gb_status check_target(gb_context *context, const char *into, const source *first) {
    char path[RUN_PATH];
    CLEANUP(plan_free) plan there = {0};
    run_path(into, RUN_PLAN, path);
    if (!file_exists(path))
        return GB_OK;
    GB_TRY(plan_read(context, into, &there));
    /* NOLINTNEXTLINE(clang-analyzer-core.NonNullParamChecker): `first` was read, since there is at least one folder */
    if (strcmp(there.recipe, first->p.recipe) != 0)
        return gb_fail(context, GB_INVALID, "%s contains another run; give another folder with -o", into);
    return GB_OK;
}

gb_status plan_unite(gb_context *context, const char *const *folders, size_t count, const char *into,
                     plan_differences *differences) {
    int lock = -1;
    bool held = false;
    *differences = (plan_differences){0};
    source *sources = calloc(count + 1, sizeof *sources);
    gb_status status =
        sources ? GB_OK : gb_fail(context, GB_MEMORY, "out of memory for the plans of %zu folders", count);
    for (size_t i = 0; i < count && !status; i++) {
        sources[i].folder = folders[i];
        status = plan_read(context, folders[i], &sources[i].p);
    }
    if (!status)
        status = check_same_run(context, sources, count);
    if (!status)
        status = check_target(context, into, &sources[0]);
    if (!status)
        status = run_lock_take(context, into, (shard){0}, &lock, &held);
    for (size_t i = 0; i < count && !status; i++)
        status = take_trials(context, &sources[i], into, differences);
    if (!status)
        status = write_plan(context, sources, count, into);
    if (!status)
        status = take_declared(context, sources, count, into);
    if (!status && differences->lines.failed)
        status = gb_fail(context, GB_MEMORY, "out of memory for what differs");
    if (lock >= 0)
        close(lock);
    free_sources(sources, count);
    return status;
}
