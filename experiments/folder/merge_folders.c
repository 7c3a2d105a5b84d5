/* SPDX-License-Identifier: MIT */
/* Uniting folders of one run: plans side by side, trial files copied whole, what is there twice compared. */
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
#include "support/file.h"

enum { LARGEST = 1 << 30 };

/* A folder to unite. */
typedef struct source {
    const char *folder;
    plan p;
    char *lines; /* plan.yaml */
} source;

static void free_sources(source *sources, size_t count) {
    for (size_t i = 0; sources && i < count; i++) {
        plan_free(&sources[i].p);
        free(sources[i].lines);
    }
    free(sources);
}

static gb_status read_source(gb_context *context, const char *folder, source *s) {
    char path[PATH_MAX];
    size_t size;
    s->folder = folder;
    snprintf(path, sizeof path, "%s/plan.yaml", folder);
    gb_status status = plan_read(context, folder, &s->p);
    return status ? status : file_read(context, path, LARGEST, &s->lines, &size);
}

static gb_status check_same_run(gb_context *context, const source *sources, size_t count) {
    for (size_t i = 1; i < count; i++) {
        if (strcmp(sources[i].p.recipe, sources[0].p.recipe) != 0 || sources[i].p.count != sources[0].p.count)
            return gb_fail(
                context, GB_INVALID,
                "%s and %s are not of one run: their plans differ; merge what the same words of gatebench run "
                "made",
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

/* Names the columns of two records of a trial that hold other numbers. */
static void compare_records(const trial_record *a, const char *in_a, const trial_record *b, const char *in_b,
                            plan_differences *differences) {
    size_t before = differences->lines.length;
    if (measure_alone(table_text(&a->fields, 0, "measure"))) /* timings are what it measures */
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
    char *bytes = NULL;
    size_t size = 0;
    gb_status status = file_read(context, from, LARGEST, &bytes, &size);
    if (!status)
        status = file_replace(context, to, bytes, size);
    free(bytes);
    return status;
}

/* One trial file of a source into the common folder. */
static gb_status take_trial(gb_context *context, const source *from, const char *into, const char *id,
                            plan_differences *differences) {
    char path[PATH_MAX], there[PATH_MAX];
    trial_record mine = {0}, other = {0};
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
    trial_record_free(&mine);
    trial_record_free(&other);
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

/* Cuts a plan's list into its lines, trials[count]; returns how many there were. */
static size_t cut_trials(char *lines, size_t most, const char **trials) {
    char *rest = strstr(lines, "\ntrials:\n");
    size_t count = 0;
    if (!rest)
        return 0;
    rest[1] = '\0'; /* what stands before is the head */
    rest += strlen("\ntrials:\n");
    for (char *line; (line = strsep(&rest, "\n"));)
        if (*line && count < most)
            trials[count++] = line;
    return count;
}

/* Tuning in one folder chose the trials of its own arms only: of each line that whose trial was finished where it is
 * planned, else the first. */
static gb_status write_plan(gb_context *context, source *sources, size_t count, const char *into) {
    size_t trials = sources[0].p.count;
    const char **lines = calloc(count * trials + 1, sizeof *lines);
    text plan_text = {0};
    gb_status status = GB_OK;
    if (!lines)
        return gb_fail(context, GB_MEMORY, "out of memory for the plan of %zu trials", trials);
    for (size_t i = 0; i < count && !status; i++) {
        if (cut_trials(sources[i].lines, trials, lines + i * trials) != trials)
            status = gb_fail(context, GB_DATA, "%s/plan.yaml: it has not a line a trial; run its recipe again",
                             sources[i].folder);
    }
    text_append(&plan_text, "%strials:\n", sources[0].lines);
    for (size_t k = 0; k < trials && !status; k++) {
        size_t from = 0;
        while (from < count && !sources[from].p.trials[k].finished)
            from++;
        text_append(&plan_text, "%s\n", lines[(from < count ? from : 0) * trials + k]);
    }
    if (!status && plan_text.failed)
        status = gb_fail(context, GB_MEMORY, "out of memory for the plan of %zu trials", trials);
    if (!status)
        status = run_folder_write(context, into, "plan.yaml", plan_text.data, plan_text.length);
    text_free(&plan_text);
    free(lines);
    return status;
}

/* A folder that is there already must be of the same run. */
static gb_status check_target(gb_context *context, const char *into, const source *first) {
    char path[PATH_MAX];
    plan there = {0};
    snprintf(path, sizeof path, "%s/plan.yaml", into);
    if (!file_exists(path))
        return GB_OK;
    gb_status status = plan_read(context, into, &there);
    if (!status && strcmp(there.recipe, first->p.recipe) != 0)
        status = gb_fail(context, GB_INVALID, "%s holds another run; give another folder with -o", into);
    plan_free(&there);
    return status;
}

gb_status plan_unite(gb_context *context, const char *const *folders, size_t count, const char *into,
                     plan_differences *differences) {
    int lock = -1;
    bool held = false;
    *differences = (plan_differences){0};
    source *sources = calloc(count + 1, sizeof *sources);
    gb_status status =
        sources ? GB_OK : gb_fail(context, GB_MEMORY, "out of memory for the plans of %zu folders", count);
    for (size_t i = 0; i < count && !status; i++)
        status = read_source(context, folders[i], &sources[i]);
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
    if (!status && differences->lines.failed)
        status = gb_fail(context, GB_MEMORY, "out of memory for what differs");
    if (lock >= 0)
        close(lock);
    free_sources(sources, count);
    return status;
}
