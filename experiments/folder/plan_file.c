/* SPDX-License-Identifier: MIT */
/* plan.yaml back into memory. A plan of many trials is larger than a recipe may be, so that its list is read in slices
 * of whole lines. */
#include "experiments/folder/plan_file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/file.h"
#include "support/text.h"
#include "support/yaml.h"

enum { LARGEST_PLAN = 1 << 30, SLICE = 1 << 19 };

void plan_free(plan *p) {
    free(p->name);
    free(p->recipe);
    free(p->trials);
    *p = (plan){0};
}

static gb_status no_plan(gb_context *context, const char *path, const char *why) {
    return gb_fail(context, GB_DATA, "%s: is no plan of gatebench: %s; run its recipe again to write it anew", path,
                   why);
}

static gb_status add_trial(gb_context *context, const char *path, plan *p, const yaml_node *node) {
    const char *id = yaml_text(node, "id", ""), *stage = yaml_text(node, "stage", "");
    if (strlen(id) != 32 || strspn(id, "0123456789abcdef") != 32)
        return no_plan(context, path, "a trial has no id of 32 hex digits");
    if ((p->count & (p->count - 1)) == 0) { /* room doubles at powers of two */
        plan_trial *grown = reallocarray(p->trials, p->count ? 2 * p->count : 1, sizeof *grown);
        if (!grown)
            return gb_fail(context, GB_MEMORY, "%s: out of memory for its trials", path);
        p->trials = grown;
    }
    plan_trial *trial = &p->trials[p->count++];
    *trial = (plan_trial){.final = strcmp(stage, "final") == 0};
    memcpy(trial->id, id, sizeof trial->id);
    snprintf(trial->matching, sizeof trial->matching, "%s", yaml_text(node, "matching", ""));
    snprintf(trial->matched, sizeof trial->matched, "%s", yaml_text(node, "matched", ""));
    return GB_OK;
}

/* A text of the plan as YAML; *document is NULL on failure. */
static gb_status parse(gb_context *context, const char *path, const char *lines, yaml_document **document) {
    yaml_errors errors = {0};
    gb_status status = yaml_read_text(context, path, lines, document, &errors);
    if (status == GB_INVALID) {
        char first[256];
        snprintf(first, sizeof first, "%.*s", errors.text ? (int)strcspn(errors.text, "\n") : 0,
                 errors.text ? errors.text : "");
        status = no_plan(context, path, first);
    }
    yaml_errors_free(&errors);
    return status;
}

/* The lines from `at` on that a slice holds, cut off in place; *next is where the following ones start. */
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
        yaml_document *document = NULL;
        status = parse(context, path, cut_slice(lines, &next, &saved), &document);
        for (size_t i = 0; document && status == GB_OK && i < document->root.count; i++)
            status = add_trial(context, path, p, &document->root.children[i]);
        yaml_free(document);
        *next = saved;
        lines = next;
    }
    return status;
}

static gb_status read_head(gb_context *context, const char *path, const char *lines, plan *p) {
    yaml_document *document;
    gb_status status = parse(context, path, lines, &document);
    if (status)
        return status;
    const char *name = yaml_text(&document->root, "name", NULL), *recipe = yaml_text(&document->root, "recipe", "");
    if (!name)
        status = no_plan(context, path, "it has no name");
    else if (!(p->name = strdup(name)) || !(p->recipe = strdup(recipe)))
        status = gb_fail(context, GB_MEMORY, "%s: out of memory", path);
    yaml_free(document);
    return status;
}

static int compare_trials(const void *a, const void *b) {
    const plan_trial *x = *(plan_trial *const *)a, *y = *(plan_trial *const *)b;
    int order = strcmp(x->id, y->id);
    return order ? order : (x > y) - (x < y);
}

/* A tuning trial that is a final one too counts where it is final, as in the results. */
static gb_status mark_repeated(gb_context *context, plan *p) {
    plan_trial **sorted = calloc(p->count + 1, sizeof *sorted);
    if (!sorted)
        return gb_fail(context, GB_MEMORY, "out of memory for a plan of %zu trials", p->count);
    for (size_t i = 0; i < p->count; i++)
        sorted[i] = &p->trials[i];
    qsort(sorted, p->count, sizeof(plan_trial *), compare_trials);
    for (size_t i = 1; i < p->count; i++)
        sorted[i - 1]->repeated = strcmp(sorted[i - 1]->id, sorted[i]->id) == 0;
    free(sorted);
    return GB_OK;
}

gb_status plan_read(gb_context *context, const char *folder, plan *out) {
    char path[4096 + 64], *lines;
    size_t size;
    *out = (plan){0};
    snprintf(path, sizeof path, "%s/plan.yaml", folder);
    gb_status status = file_read(context, path, LARGEST_PLAN, &lines, &size);
    if (status)
        return status;
    char *list = strstr(lines, "\ntrials:\n");
    if (!list) {
        status = no_plan(context, path, "it has no trials");
    } else {
        *list = '\0';
        status = read_head(context, path, lines, out);
    }
    if (!status)
        status = read_trials(context, path, list + strlen("\ntrials:\n"), out);
    if (!status)
        status = mark_repeated(context, out);
    free(lines);
    for (size_t i = 0; !status && i < out->count; i++) {
        snprintf(path, sizeof path, "%s/trials/%s.h5", folder, out->trials[i].id);
        out->trials[i].finished = file_exists(path);
    }
    if (status)
        plan_free(out);
    return status;
}

size_t plan_count(const plan *p) {
    size_t count = 0;
    for (size_t i = 0; i < p->count; i++)
        count += !p->trials[i].repeated;
    return count;
}

size_t plan_count_finished(const plan *p) {
    size_t count = 0;
    for (size_t i = 0; i < p->count; i++)
        count += !p->trials[i].repeated && p->trials[i].finished;
    return count;
}

bool plan_failed(const plan_trial *trial, const char *failures) {
    return !trial->finished && !trial->repeated && strstr(failures, trial->id);
}

gb_status plan_failures(gb_context *context, const char *folder, char **failures) {
    char path[4096 + 64];
    size_t size;
    snprintf(path, sizeof path, "%s/failed.txt", folder);
    *failures = NULL;
    if (file_exists(path))
        return file_read(context, path, LARGEST_PLAN, failures, &size);
    *failures = strdup("");
    return *failures ? GB_OK : gb_fail(context, GB_MEMORY, "%s: out of memory", path);
}
