/* SPDX-License-Identifier: MIT */
/* The results file from a run's folder. */
#include "experiments/folder/merge_results.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "experiments/folder/failures_file.h"
#include "experiments/folder/run_folder.h"
#include "experiments/folder/run_lock.h"
#include "experiments/settings/provenance.h"
#include "results/store/run_provenance.h"
#include "support/cleanup.h"
#include "support/file.h"

/* The texts of the folder and of this process that a results file contains. */
typedef struct sources {
    table planned; /* the planned trials, with the reasons of failed ones */
    char *looks, *declared;
    const char **names[3]; /* swept, tuned, carried; end with NULL */
    text environment, libraries;
} sources;

static void free_sources(sources *s) {
    table_free(&s->planned);
    free(s->looks);
    free(s->declared);
    for (size_t i = 0; i < 3; i++)
        free(s->names[i]);
    text_free(&s->environment);
    text_free(&s->libraries);
}

static bool add_reasons(table *planned, const failures *f) {
    const table_column *reason = table_add_column(planned, "reason", COLUMN_TEXT);
    bool ok = reason != NULL;
    for (size_t row = 0; ok && row < planned->rows; row++) {
        const failure *why = failures_find(f, table_text(planned, row, "id"));
        if (why && *why->reason)
            ok = (reason->texts[row] = strdup(why->reason)) != NULL;
    }
    return ok;
}

/* A list that ends with NULL, of names that stay the plan's. */
static const char **list_names(const name_list *names) {
    const char **list = calloc(names->count + 1, sizeof *list);
    for (size_t i = 0; list && i < names->count; i++)
        list[i] = names->items[i];
    return list;
}

static gb_status read_sources(gb_context *context, const char *folder, const plan *p, sources *s) {
    CLEANUP(failures_free) failures failed = {0};
    gb_status status = failures_read(context, folder, &failed);
    if (!status)
        status = run_folder_read(context, folder, RUN_LOOKS, &s->looks);
    if (!status)
        status = run_folder_read(context, folder, RUN_DECLARED, &s->declared);
    provenance_environment(&s->environment);
    provenance_libraries(&s->libraries);
    const name_list *const lists[] = {&p->swept, &p->tuned, &p->carried};
    bool ok = !s->environment.failed && !s->libraries.failed && table_append(&s->planned, &p->trials) &&
              add_reasons(&s->planned, &failed);
    for (size_t i = 0; ok && i < 3; i++)
        ok = (s->names[i] = list_names(lists[i])) != NULL;
    return status || ok ? status : gb_fail(context, GB_MEMORY, "out of memory for the results file of %s", folder);
}

/* Takes provenance from the old results file, if there is one. */
static const char *old_text(const results *old, const char *name, const char *otherwise) {
    const char *said = old ? provenance_text(old, name) : "";
    return *said ? said : otherwise ? otherwise : "";
}

static gb_status write_results(gb_context *context, const char *folder, const plan *p, const char *recipe_text,
                               const char *command_line, const results *old, const char *path) {
    sources s = {0};
    gb_status status = read_sources(context, folder, p, &s);
    if (!status) {
        const store_provenance provenance = {
            .name = p->name,
            .title = p->question,
            .recipe_text = old_text(old, "recipe", recipe_text),
            .resolved = p->recipe,
            .command_line = old_text(old, "command_line", command_line),
            .environment = old_text(old, "environment", s.environment.data),
            .commit = old_text(old, "commit", provenance_commit()),
            .libraries = old_text(old, "libraries", s.libraries.data),
            .declared = *s.declared ? s.declared : NULL,
            .looks = *s.looks ? s.looks : NULL,
            .swept = s.names[0],
            .tuned = s.names[1],
            .carried = s.names[2],
            .planned = &s.planned,
        };
        status = store_write_results(context, folder, path, &provenance);
    }
    free_sources(&s);
    return status;
}

gb_status run_write_results_file(gb_context *context, const char *folder, const plan *p, const char *recipe_text,
                                 const char *command_line, const results *old) {
    char path[RUN_PATH];
    run_path(folder, RUN_RESULTS, path);
    return write_results(context, folder, p, recipe_text, command_line, old, path);
}

gb_status plan_write_so_far(gb_context *context, const char *folder, const char *path, plan *out) {
    GB_TRY(plan_read(context, folder, out));
    gb_status status = write_results(context, folder, out, out->recipe, NULL, NULL, path);
    if (status)
        plan_free(out);
    return status;
}

static gb_status merge_locked(gb_context *context, const char *folder, const plan *p, const char *command_line) {
    char path[RUN_PATH];
    CLEANUP(results_free_at) results *old = NULL;
    run_path(folder, RUN_RESULTS, path);
    gb_status status = file_exists(path) ? results_read(context, path, &old) : GB_OK;
    if (status && status != GB_DATA) /* an unreadable old file is not an error, since merging replaces it */
        return status;
    return run_write_results_file(context, folder, p, p->recipe, command_line, old);
}

gb_status plan_merge(gb_context *context, const char *folder, const char *command_line, plan *out) {
    int lock = -1;
    bool alone = false;
    GB_TRY(plan_read(context, folder, out));
    gb_status status = run_lock_take(context, folder, (shard){0}, &lock, &alone);
    if (!status && alone)
        run_folder_tidy(folder);
    if (!status)
        status = merge_locked(context, folder, out, command_line);
    if (lock >= 0)
        close(lock);
    if (status)
        plan_free(out);
    return status;
}
