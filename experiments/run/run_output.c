/* SPDX-License-Identifier: MIT */
/* What a run leaves beside its trial files: plan.yaml, failed.txt and the results file. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "experiments/run/run_internal.h"
#include "experiments/settings/matching.h"
#include "experiments/settings/provenance.h"
#include "support/file.h"

/* A text as a YAML block, indented. */
static void append_block(text *to, const char *lines) {
    while (lines && *lines) {
        size_t length = strcspn(lines, "\n");
        text_append(to, length ? "  %.*s\n" : "%.*s\n", (int)length, lines);
        lines += length + (lines[length] == '\n');
    }
}

static void make_plan(const run *r, text *plan) {
    text_append(
        plan,
        "# The trials of this run, in the order of the results. Made by gatebench; editing it changes nothing.\n");
    text_append(plan, "name: %s\nrecipe: |\n", recipe_run_name(r->recipe));
    append_block(plan, recipe_resolved(r->recipe));
    text_append(plan, "trials:\n");
    stage_write_plan(&r->tune, plan);
    stage_write_plan(&r->final, plan);
}

gb_status run_write_plan(run *r) {
    text plan = {0};
    make_plan(r, &plan);
    gb_status status = plan.failed ? gb_fail(r->context, GB_MEMORY, "out of memory for the plan")
                                   : run_folder_write(r->context, r->folder, "plan.yaml", plan.data, plan.length);
    text_free(&plan);
    return status;
}

static bool has_file(const run *r, const char *id) {
    char path[PATH_MAX + 64];
    snprintf(path, sizeof path, "%s/trials/%s.h5", r->folder, id);
    return file_exists(path);
}

static bool all_have_files(const run *r, const stage *s) {
    for (size_t i = 0; i < s->list.count; i++)
        if (!has_file(r, s->list.trials[i].id))
            return false;
    return true;
}

/* Whether plan.yaml says what this run would write. */
static bool plan_is_equal(run *r, const char *path) {
    text plan = {0};
    char *there = NULL;
    size_t size = 0;
    make_plan(r, &plan);
    bool equal = !plan.failed && file_exists(path) &&
                 file_read(r->context, path, plan.length, &there, &size) == GB_OK && size == plan.length &&
                 memcmp(there, plan.data, size) == 0;
    free(there);
    text_free(&plan);
    return equal;
}

/* The trials in plan order, with what the plan says of them. */
typedef struct run_order {
    const char **ids; /* ends with NULL */
    store_label *labels;
    size_t count;
} run_order;

static void take_trial(run_order *order, const trial_settings *t) {
    order->labels[order->count] = (store_label){t->stage, t->matching, t->matched, matching_ratio(t->matched)};
    order->ids[order->count++] = t->id;
}

/* A tuning trial that is a final one too stands among the final ones. */
static bool list_order(const run *r, run_order *order) {
    size_t room = r->tune.list.count + r->final.list.count + 1;
    *order = (run_order){calloc(room, sizeof *order->ids), calloc(room, sizeof *order->labels), 0};
    if (!order->ids || !order->labels)
        return false;
    for (size_t i = 0; i < r->tune.list.count; i++)
        if (stage_find(&r->final, r->tune.list.trials[i].id) == r->final.list.count)
            take_trial(order, &r->tune.list.trials[i]);
    for (size_t i = 0; i < r->final.list.count; i++)
        take_trial(order, &r->final.list.trials[i]);
    return true;
}

bool run_is_complete(run *r) {
    char plan[PATH_MAX + 64], trials[PATH_MAX + 64];
    run_order order;
    bool listed = list_order(r, &order);
    snprintf(plan, sizeof plan, "%s/plan.yaml", r->folder);
    snprintf(trials, sizeof trials, "%s/trials", r->folder);
    /* putting a trial file in place touches the folder's own time; where the clock was wrong, times prove nothing */
    bool complete = listed && run_folder_is_newer(r->results, trials) && run_folder_is_newer(r->results, plan) &&
                    plan_is_equal(r, plan) && run_has_all(r) && results_hold(r->context, r->results, order.ids);
    free(order.ids);
    free(order.labels);
    return complete;
}

gb_status run_read_failures(run *r) {
    char path[PATH_MAX + 64], *failures = NULL;
    size_t size = 0;
    snprintf(path, sizeof path, "%s/failed.txt", r->folder);
    if (r->options->retry_failed || !file_exists(path))
        return GB_OK;
    gb_status status = file_read(r->context, path, (size_t)1 << 30, &failures, &size);
    if (!status)
        status = stage_read_failures(r->context, &r->tune, failures);
    if (!status)
        status = stage_read_failures(r->context, &r->final, failures);
    free(failures);
    return status;
}

bool run_has_all(const run *r) {
    return all_have_files(r, &r->tune) && all_have_files(r, &r->final);
}

/* The lines of failed.txt about trials of other shards that are still missing. */
static gb_status keep_failures(run *r, const char *path, text *failures) {
    enum { LARGEST = 1 << 30, ID = 32 };
    char *lines = NULL;
    size_t size = 0;
    if (!r->mine.count || !file_exists(path))
        return GB_OK;
    gb_status status = file_read(r->context, path, LARGEST, &lines, &size);
    for (char *rest = lines, *line; !status && (line = strsep(&rest, "\n"));) {
        char id[ID + 1] = "";
        memcpy(id, line, strnlen(line, ID));
        if (strlen(id) == ID && !has_file(r, id) && !stage_answers_for(&r->tune, id) &&
            !stage_answers_for(&r->final, id))
            text_append(failures, "%s\n", line);
    }
    free(lines);
    return status;
}

gb_status run_write_failures(run *r) {
    text failures = {0};
    char path[PATH_MAX + 64];
    snprintf(path, sizeof path, "%s/failed.txt", r->folder);
    gb_status status = keep_failures(r, path, &failures);
    stage_write_failures(&r->tune, r->recipe, &failures);
    stage_write_failures(&r->final, r->recipe, &failures);
    if (status) {
        text_free(&failures);
        return status;
    }
    if (failures.failed)
        status = gb_fail(r->context, GB_MEMORY, "out of memory for the list of failed trials");
    else if (failures.length)
        status = run_folder_write(r->context, r->folder, "failed.txt", failures.data, failures.length);
    else
        unlink(path); /* of an earlier run; that there is none is fine */
    text_free(&failures);
    return status;
}

/* What was finished must still be there, or a results file without it would take the place of a better one. */
static gb_status check_still_there(const run *r) {
    size_t gone = 0;
    const stage *const stages[] = {&r->tune, &r->final};
    for (size_t k = 0; k < 2; k++)
        for (size_t i = 0; i < stages[k]->list.count; i++)
            gone += stages[k]->finished[i] && !has_file(r, stages[k]->list.trials[i].id);
    if (!gone)
        return GB_OK;
    return gb_fail(r->context, GB_IO,
                   "%s/trials: %zu finished trials are no longer there; put the folder back, or run again to make them "
                   "anew",
                   r->folder, gone);
}

gb_status run_write_results(run *r) {
    gb_status status = check_still_there(r);
    if (status)
        return status;
    text environment = {0}, libraries = {0};
    provenance_environment(&environment);
    provenance_libraries(&libraries);
    run_order order;
    table absent = {0};
    bool listed = list_order(r, &order) && provenance_later_settings(&absent);
    store_provenance provenance = {
        .name = recipe_run_name(r->recipe),
        .title = recipe_question(r->recipe),
        .recipe_text = recipe_text(r->recipe),
        .resolved = recipe_resolved(r->recipe),
        .command_line = r->options->command_line ? r->options->command_line : "",
        .environment = environment.data ? environment.data : "",
        .commit = provenance_commit(),
        .libraries = libraries.data ? libraries.data : "",
        .swept = recipe_swept(r->recipe),
        .order = order.ids,
        .labels = order.labels,
        .absent = &absent,
    };
    if (!listed || environment.failed || libraries.failed)
        status = gb_fail(r->context, GB_MEMORY, "out of memory for the results file");
    else
        status = store_write_results(r->context, r->folder, r->results, &provenance);
    free(order.ids);
    free(order.labels);
    table_free(&absent);
    text_free(&environment);
    text_free(&libraries);
    return status;
}
