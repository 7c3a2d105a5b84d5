/* SPDX-License-Identifier: MIT */
/* Writes and reads plan.yaml. A plan of many trials exceeds the size limit of a YAML file, so its list is read in
 * slices of whole lines. */
#include "experiments/folder/plan_file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "experiments/folder/run_folder.h"
#include "support/cleanup.h"
#include "support/file.h"
#include "support/text.h"
#include "support/yaml.h"

enum { SLICE = 1 << 19 };

static const char list_start[] = "\ntrials:\n";

void plan_free(plan *p) {
    free(p->name);
    free(p->question);
    free(p->recipe);
    names_free(&p->swept);
    names_free(&p->tuned);
    names_free(&p->carried);
    table_free(&p->trials);
    free(p->finished);
    free(p->repeated);
    *p = (plan){0};
}

/* Building one */

bool plan_start(plan *p, const char *name, const char *question, const char *recipe) {
    *p = (plan){.name = strdup(name), .question = strdup(question), .recipe = strdup(recipe)};
    return p->name && p->question && p->recipe;
}

bool plan_add_names(name_list *to, const char *const *names) {
    for (; *names; names++)
        if (names_index(to, *names) == SIZE_MAX)
            return false;
    return true;
}

bool plan_add_trial(plan *p, const trial_settings *trial) {
    table *t = &p->trials;
    bool ok = table_add_row(t) && table_set_text(t, "id", trial->id) && table_set_text(t, "stage", trial->stage) &&
              table_set_text(t, "matching", trial->matching) && table_set_text(t, "matched", trial->matched);
    for (size_t i = 0; ok && i < trial->count; i++)
        ok = table_set_text(t, trial->pairs[i].name, trial->pairs[i].value);
    return ok;
}

bool plan_take_trial(plan *p, const plan *from, size_t row) {
    bool ok = table_add_row(&p->trials);
    for (size_t i = 0; ok && i < from->trials.count; i++)
        ok = table_set_text(&p->trials, from->trials.columns[i].name, from->trials.columns[i].texts[row]);
    return ok;
}

/* Writing */

static void append_names(text *lines, const char *key, const name_list *names) {
    text_append(lines, "%s: [", key);
    for (size_t i = 0; i < names->count; i++)
        text_append(lines, "%s%s", i ? ", " : "", names->items[i]);
    text_append(lines, "]\n");
}

/* A text as a YAML block, indented. */
static void append_block(text *lines, const char *block) {
    int length;
    for (const char *line; (line = text_line(&block, &length));)
        text_append(lines, length ? "  %.*s\n" : "%.*s\n", length, line);
}

static void append_trial(text *lines, const table *trials, size_t row) {
    for (size_t i = 0; i < trials->count; i++) {
        const char *name = trials->columns[i].name, *value = trials->columns[i].texts[row];
        double number;
        text_append(lines, "%s%s: ", i ? ", " : "  - {", name);
        if (strcmp(name, "id") != 0 && text_is_number(value, &number))
            text_append(lines, "%s", value);
        else
            text_append_json_string(lines, value);
    }
    text_append(lines, "}\n");
}

static void append_plan(text *lines, const plan *p) {
    text_append(lines,
                "# The trials of this run, in the order of the results. Written by gatebench; edits have no effect.\n");
    text_append(lines, "name: %s\nquestion: ", p->name);
    text_append_json_string(lines, p->question);
    text_append(lines, "\n");
    append_names(lines, "swept", &p->swept);
    append_names(lines, "tuned", &p->tuned);
    append_names(lines, "carried", &p->carried);
    text_append(lines, "recipe: |\n");
    append_block(lines, p->recipe);
    text_append(lines, "trials:\n");
    for (size_t row = 0; row < p->trials.rows; row++)
        append_trial(lines, &p->trials, row);
}

gb_status plan_write(gb_context *context, const char *folder, const plan *p) {
    CLEANUP(text_free) text lines = {0};
    append_plan(&lines, p);
    return lines.failed ? gb_fail(context, GB_MEMORY, "out of memory for the plan of %s", folder)
                        : run_folder_write(context, folder, RUN_PLAN, lines.data, lines.length);
}

bool plan_is_written(gb_context *context, const char *folder, const plan *p) {
    CLEANUP(text_free) text lines = {0};
    CLEANUP(free_at) char *there = NULL;
    append_plan(&lines, p);
    bool same =
        !lines.failed && run_folder_read(context, folder, RUN_PLAN, &there) == GB_OK && strcmp(there, lines.data) == 0;
    return same;
}

/* Reading */

static gb_status no_plan(gb_context *context, const char *path, const char *why) {
    return gb_fail(context, GB_DATA, "%s: is not a gatebench plan: %s; run its recipe again to rewrite it", path, why);
}

static gb_status add_trial(gb_context *context, const char *path, plan *p, const yaml_node *node) {
    const char *id = yaml_text(node, "id", "");
    if (strlen(id) != 32 || strspn(id, "0123456789abcdef") != 32)
        return no_plan(context, path, "a trial lacks an id of 32 hex digits");
    bool ok = table_add_row(&p->trials);
    for (size_t i = 0; ok && i < node->count; i++)
        ok = table_set_text(&p->trials, node->children[i].key, yaml_text(node, node->children[i].key, ""));
    return ok ? GB_OK : gb_fail(context, GB_MEMORY, "%s: out of memory for its trials", path);
}

/* A text of the plan as YAML; *document is NULL on failure. */
static gb_status parse(gb_context *context, const char *path, const char *lines, yaml_document **document) {
    CLEANUP(yaml_errors_free) yaml_errors errors = {0};
    gb_status status = yaml_read_text(context, path, lines, document, &errors);
    if (status == GB_INVALID) {
        char first[256];
        snprintf(first, sizeof first, "%.*s", errors.text ? (int)strcspn(errors.text, "\n") : 0,
                 errors.text ? errors.text : "");
        status = no_plan(context, path, first);
    }
    return status;
}

/* The lines from `at` on that fit into a slice, terminated in place; *next is the start of the rest. */
static char *cut_slice(char *at, char **next, char *saved) {
    size_t length = strlen(at);
    char *end = at + length;
    if (length > SLICE) {
        for (end = at + SLICE; end > at && end[-1] != '\n'; end--)
            ;
        if (end == at)
            end = at + length;
    }
    *saved = *end;
    *end = '\0';
    *next = end;
    return at;
}

static gb_status read_trials(gb_context *context, const char *path, char *lines, plan *p) {
    gb_status status = GB_OK;
    while (status == GB_OK && lines[strspn(lines, " \n")]) {
        char *next, saved;
        CLEANUP(yaml_free_at) yaml_document *document = NULL;
        status = parse(context, path, cut_slice(lines, &next, &saved), &document);
        for (size_t i = 0; document && status == GB_OK && i < document->root.count; i++)
            status = add_trial(context, path, p, &document->root.children[i]);
        *next = saved;
        lines = next;
    }
    return status;
}

static bool read_names(const yaml_node *root, const char *key, name_list *names) {
    const yaml_node *list = yaml_get(root, key);
    for (size_t i = 0; list && i < list->count; i++)
        if (list->children[i].text && names_index(names, list->children[i].text) == SIZE_MAX)
            return false;
    return true;
}

static gb_status read_head(gb_context *context, const char *path, const char *lines, plan *p) {
    CLEANUP(yaml_free_at) yaml_document *document = NULL;
    gb_status status = parse(context, path, lines, &document);
    if (status)
        return status;
    const yaml_node *root = &document->root;
    const char *name = yaml_text(root, "name", NULL);
    if (!name)
        status = no_plan(context, path, "it has no name");
    else if (!yaml_get(root, "swept")) /* without it all trials would be one arm */
        status = no_plan(context, path, "an older gatebench wrote it, which did not record what was swept");
    else if (!plan_start(p, name, yaml_text(root, "question", ""), yaml_text(root, "recipe", "")) ||
             !read_names(root, "swept", &p->swept) || !read_names(root, "tuned", &p->tuned) ||
             !read_names(root, "carried", &p->carried))
        status = gb_fail(context, GB_MEMORY, "%s: out of memory", path);
    return status;
}

gb_status plan_read(gb_context *context, const char *folder, plan *out) {
    char path[RUN_PATH];
    CLEANUP(free_at) char *lines = NULL;
    *out = (plan){0};
    run_path(folder, RUN_PLAN, path);
    gb_status status = run_folder_read(context, folder, RUN_PLAN, &lines);
    if (status)
        return status;
    char *list = strstr(lines, list_start);
    if (!list) {
        status = no_plan(context, path, "it has no trials");
    } else {
        *list = '\0';
        status = read_head(context, path, lines, out);
    }
    if (!status)
        status = read_trials(context, path, list + strlen(list_start), out);
    if (!status)
        status = plan_look(context, folder, out);
    if (status)
        plan_free(out);
    return status;
}

/* Progress */

const char *plan_id(const plan *p, size_t row) {
    return table_text(&p->trials, row, "id");
}

bool plan_is_final(const plan *p, size_t row) {
    return strcmp(table_text(&p->trials, row, "stage"), "final") == 0;
}

static int compare_trials(const void *a, const void *b, void *p) {
    size_t x = *(const size_t *)a, y = *(const size_t *)b;
    int order = strcmp(plan_id(p, x), plan_id(p, y));
    return order ? order : (x > y) - (x < y);
}

gb_status plan_look(gb_context *context, const char *folder, plan *p) {
    size_t count = p->trials.rows;
    CLEANUP(free_at) size_t *sorted = calloc(count + 1, sizeof *sorted);
    free(p->finished);
    free(p->repeated);
    p->finished = calloc(count + 1, sizeof *p->finished);
    p->repeated = calloc(count + 1, sizeof *p->repeated);
    GB_NEED(context, sorted && p->finished && p->repeated, "for a plan of %zu trials", count);
    for (size_t i = 0; i < count; i++) {
        sorted[i] = i;
        p->finished[i] = run_has_trial(folder, plan_id(p, i));
    }
    qsort_r(sorted, count, sizeof *sorted, compare_trials, p);
    for (size_t i = 1; i < count; i++)
        p->repeated[sorted[i - 1]] = strcmp(plan_id(p, sorted[i - 1]), plan_id(p, sorted[i])) == 0;
    return GB_OK;
}

size_t plan_count(const plan *p) {
    size_t count = 0;
    for (size_t i = 0; i < p->trials.rows; i++)
        count += !p->repeated[i];
    return count;
}

size_t plan_count_finished(const plan *p) {
    size_t count = 0;
    for (size_t i = 0; i < p->trials.rows; i++)
        count += !p->repeated[i] && p->finished[i];
    return count;
}
