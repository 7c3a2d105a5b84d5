/* SPDX-License-Identifier: MIT */
/* Finds results files by run name or path, the best run of each recipe in the default folder, and the folder of their
 * figures. */
#include <dirent.h>
#include <errno.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/cli.h"
#include "experiments/folder/run_folder.h"
#include "experiments/run/run.h"
#include "support/cleanup.h"
#include "support/file.h"
#include "support/text.h"

/* The profiles, in order of preference. */
static const char *const endings[] = {"-full", "", "-quick"};
enum { ENDINGS = sizeof endings / sizeof *endings };

static int compare_names(const void *a, const void *b) {
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Collects "<name>" for every "<name>.h5" of an open folder. */
static bool collect_runs(DIR *folder, char ***names, size_t *count) {
    for (struct dirent *entry; (entry = readdir(folder));) {
        size_t length = strlen(entry->d_name);
        if (entry->d_name[0] == '.' || length < 4 || strcmp(entry->d_name + length - 3, ".h5") != 0)
            continue;
        char **wider = reallocarray(*names, *count + 2, sizeof **names);
        if (!wider)
            return false;
        *names = wider;
        wider[*count] = strndup(entry->d_name, length - 3);
        wider[*count + 1] = NULL;
        if (!wider[(*count)++])
            return false;
    }
    return true;
}

/* The names in a folder, sorted. The folder may be missing. */
static gb_status list_names(gb_context *context, const char *path, char ***names) {
    *names = NULL;
    char **list = calloc(1, sizeof *list);
    size_t count = 0;
    DIR *folder = opendir(path);
    if (!folder && errno != ENOENT) {
        free(list);
        return gb_fail(context, GB_IO, "%s: cannot be listed: %s", path, strerror(errno));
    }
    bool complete = list && (!folder || collect_runs(folder, &list, &count));
    if (folder)
        closedir(folder);
    if (!complete) {
        file_free_list(list);
        return gb_fail(context, GB_MEMORY, "%s: out of memory while listing the runs", path);
    }
    qsort(list, count, sizeof *list, compare_names);
    *names = list;
    return GB_OK;
}

gb_status cli_run_names(gb_context *context, char ***names) {
    char path[CLI_PATH];
    *names = NULL;
    GB_TRY(run_default_folder(context, path, sizeof path));
    return list_names(context, path, names);
}

gb_status cli_newest_run(gb_context *context, char *name, size_t size) {
    CLEANUP(file_free_list_at) char **names = NULL;
    char folder[CLI_PATH], path[CLI_PATH];
    struct timespec newest = {0};
    name[0] = '\0';
    GB_TRY(run_default_folder(context, folder, sizeof folder));
    GB_TRY(list_names(context, folder, &names));
    for (size_t i = 0; names[i]; i++) {
        struct stat file;
        int written = snprintf(path, sizeof path, "%s/%s.h5", folder, names[i]);
        if ((size_t)written >= sizeof path || stat(path, &file) != 0 || file.st_mtim.tv_sec < newest.tv_sec ||
            (file.st_mtim.tv_sec == newest.tv_sec && file.st_mtim.tv_nsec <= newest.tv_nsec))
            continue;
        newest = file.st_mtim;
        snprintf(name, size, "%s", names[i]);
    }
    return name[0] ? GB_OK
                   : gb_fail(context, GB_IO,
                             "there are no results in %s yet; make some with: gatebench run order quick", folder);
}

static const char *nearest_of(const char *given, char **names) {
    size_t count = 0;
    while (names && names[count])
        count++;
    return names ? text_nearest(given, (const char *const *)names, count) : NULL;
}

static gb_status no_such_run(gb_context *context, const char *given, const char *folder) {
    CLEANUP(file_free_list_at) char **runs = NULL, **recipes = NULL;
    char shipped[512], path[CLI_PATH];
    gb_status status = cli_run_names(context, &runs);
    if (status == GB_OK)
        status = recipe_list(context, &recipes);
    const char *run = nearest_of(given, runs), *recipe_near = nearest_of(given, recipes);
    char here[512], of_run[CLI_PATH];
    snprintf(here, sizeof here, "%s.h5", given);
    snprintf(shipped, sizeof shipped, "recipes/%s.yaml", given);
    if (status == GB_OK && cli_find_folder(context, given, of_run, sizeof of_run) == GB_OK)
        status = gb_fail(context, GB_IO,
                         "%s has no results file yet: it is written when the run ends; gatebench status %s shows the "
                         "progress",
                         of_run, given);
    else if (status == GB_OK && file_exists(here))
        status = gb_fail(context, GB_IO, "there is no run '%s' in %s; the file here is called %s", given, folder, here);
    else if (status == GB_OK && file_find_shared(context, shipped, path, sizeof path) == GB_OK)
        status = gb_fail(context, GB_IO, "there are no results of %s in %s yet; make them with: gatebench run %s quick",
                         given, folder, given);
    else if (status == GB_OK && (run || recipe_near))
        status = gb_fail(context, GB_IO, "there is no run '%s' in %s; did you mean '%s'?", given, folder,
                         run ? run : recipe_near);
    else if (status == GB_OK)
        status =
            gb_fail(context, GB_IO, "there is no run '%s' in %s; 'gatebench list runs' shows all runs", given, folder);
    return status;
}

/* An existing path: a results file, or the folder of a run, whose results file is beside it. */
static gb_status take_path(gb_context *context, const char *given, char *path, size_t size) {
    size_t length = strlen(given);
    struct stat there;
    bool is_folder = stat(given, &there) == 0 && S_ISDIR(there.st_mode);
    while (is_folder && length > 1 && given[length - 1] == '/')
        length--;
    if ((size_t)snprintf(path, size, "%.*s%s", (int)length, given, is_folder ? ".h5" : "") >= size)
        return gb_fail(context, GB_IO, "%s: the path is too long", given);
    if (!is_folder || file_exists(path))
        return GB_OK;
    return gb_fail(context, GB_IO,
                   "%s: this folder has no results file %s beside it; gatebench merge makes that of a run", given,
                   path);
}

gb_status cli_open_results(gb_context *context, const char *given, results **out) {
    char path[CLI_PATH];
    GB_TRY(cli_find_results(context, given, path, sizeof path));
    return results_read(context, path, out);
}

gb_status cli_find_results(gb_context *context, const char *given, char *path, size_t size) {
    size_t length = strlen(given);
    bool is_path = strchr(given, '/') || (length > 3 && strcmp(given + length - 3, ".h5") == 0);
    if (is_path && file_exists(given))
        return take_path(context, given, path, size);
    if (strchr(given, '/'))
        return gb_fail(context, GB_IO, "%s: no such results file", given);
    char folder[CLI_PATH];
    GB_TRY(run_default_folder(context, folder, sizeof folder));
    int stem = is_path ? (int)length - 3 : (int)length;
    static const char *const tried[] = {"", "-full", "-quick"};
    for (size_t i = 0; i < sizeof tried / sizeof *tried; i++) {
        int written = snprintf(path, size, "%s/%.*s%s.h5", folder, stem, given, tried[i]);
        if ((size_t)written < size && file_exists(path))
            return GB_OK;
    }
    return no_such_run(context, given, folder);
}

const char *cli_name_of(gb_context *context, const char *name, const char *path) {
    char found[CLI_PATH];
    struct stat one, other;
    bool by_name = cli_find_results(context, name, found, sizeof found) == GB_OK && stat(found, &one) == 0 &&
                   stat(path, &other) == 0 && one.st_dev == other.st_dev && one.st_ino == other.st_ino;
    return by_name ? name : path;
}

/* True when the folder, without a slash at its end, holds a plan. */
static bool has_plan(const char *folder) {
    char path[RUN_PATH];
    run_path(folder, RUN_PLAN, path);
    return file_exists(path);
}

gb_status cli_find_folder(gb_context *context, const char *given, char *folder, size_t size) {
    char runs[CLI_PATH];
    int length = (int)strlen(given);
    if (length > 3 && !strcmp(given + length - 3, ".h5"))
        length -= 3;
    while (length > 1 && given[length - 1] == '/')
        length--;
    snprintf(folder, size, "%.*s", length, given);
    if ((size_t)length < size && has_plan(folder))
        return GB_OK;
    gb_status status = run_default_folder(context, runs, sizeof runs);
    for (size_t i = 0; status == GB_OK && !strchr(given, '/') && i < ENDINGS; i++) {
        static const char *const tried[ENDINGS] = {"", "-full", "-quick"};
        int written = snprintf(folder, size, "%s/%.*s%s", runs, length, given, tried[i]);
        if ((size_t)written < size && has_plan(folder))
            return GB_OK;
    }
    return status
               ? status
               : gb_fail(context, GB_IO, "there is no run '%s' with a plan.yaml%s%s; 'gatebench status' shows the runs",
                         given, strchr(given, '/') ? "" : " in ", strchr(given, '/') ? "" : runs);
}

static bool is_run(char *const *names, const char *name) {
    for (size_t i = 0; names[i]; i++)
        if (!strcmp(names[i], name))
            return true;
    return false;
}

/* The run's name without its profile; returns the rank of the profile (0 is best). */
static size_t profile_of(const char *name, char *stem, size_t size) {
    size_t length = strlen(name);
    for (size_t i = 0; i < ENDINGS; i++) {
        size_t ending = strlen(endings[i]);
        if (ending && length > ending && !strcmp(name + length - ending, endings[i])) {
            snprintf(stem, size, "%.*s", (int)(length - ending), name);
            return i;
        }
    }
    snprintf(stem, size, "%s", name);
    return 1;
}

/* True when no run of the same recipe has a better profile. A run with overrides does not count as a run of the
 * recipe. */
static bool is_best(char *const *names, const char *name) {
    char stem[512], other[768];
    if (strchr(name, '+'))
        return false;
    size_t rank = profile_of(name, stem, sizeof stem);
    for (size_t i = 0; i < rank; i++) {
        snprintf(other, sizeof other, "%s%s", stem, endings[i]);
        if (is_run(names, other))
            return false;
    }
    return true;
}

static gb_status read_into(gb_context *context, const char *given, cli_results *all) {
    all->items = cli_need(reallocarray(all->items, all->count + 1, sizeof *all->items));
    GB_TRY(cli_open_results(context, given, &all->items[all->count]));
    all->count++;
    return GB_OK;
}

/* The best runs of a folder; NULL: the default one. */
static gb_status read_folder(gb_context *context, const char *folder, cli_results *all) {
    CLEANUP(file_free_list_at) char **names = NULL;
    char path[CLI_PATH];
    size_t changed = 0;
    GB_TRY(folder ? list_names(context, folder, &names) : cli_run_names(context, &names));
    for (size_t i = 0; names && names[i]; i++) {
        snprintf(path, sizeof path, "%s/%s.h5", folder ? folder : "", names[i]);
        if (is_best(names, names[i]))
            GB_TRY(read_into(context, folder ? path : names[i], all));
        changed += strchr(names[i], '+') != NULL;
    }
    if (changed)
        cli_say("left out %zu run%s made with overrides; name %s to include %s", changed, changed == 1 ? "" : "s",
                changed == 1 ? "it" : "them", changed == 1 ? "it" : "them");
    return GB_OK;
}

/* A folder that holds results files and is not the folder of one run. */
static bool holds_results(gb_context *context, const char *given) {
    CLEANUP(file_free_list_at) char **names = NULL;
    struct stat there;
    bool holds = strchr(given, '/') && stat(given, &there) == 0 && S_ISDIR(there.st_mode) &&
                 list_names(context, given, &names) == GB_OK && names[0];
    return holds;
}

gb_status cli_read_results(gb_context *context, const cli_words *words, cli_results *all) {
    *all = (cli_results){0};
    gb_status status = words->count ? GB_OK : read_folder(context, NULL, all);
    for (size_t i = 0; status == GB_OK && i < words->count; i++)
        status = holds_results(context, words->items[i]) ? read_folder(context, words->items[i], all)
                                                         : read_into(context, words->items[i], all);
    if (status != GB_OK)
        cli_free_results(all);
    return status;
}

void cli_free_results(cli_results *all) {
    for (size_t i = 0; i < all->count; i++)
        results_free(all->items[i]);
    free(all->items);
    *all = (cli_results){0};
}

gb_status cli_figure_folder(gb_context *context, const char *results_path, char *folder, size_t size) {
    char copy[CLI_PATH], beside[CLI_PATH + 16];
    if ((size_t)snprintf(copy, sizeof copy, "%s", results_path) >= sizeof copy)
        return gb_fail(context, GB_IO, "%s: the path is too long", results_path);
    const char *parent = dirname(copy);
    size_t length = strlen(parent);
    snprintf(beside, sizeof beside, "%s/../../plots", parent);
    bool project = length >= 12 && !strcmp(parent + length - 12, "results/runs") && file_exists(beside);
    int written = project ? snprintf(folder, size, "%.*splots/out", (int)(length - 12), parent)
                          : snprintf(folder, size, "%s/plots", parent);
    return (size_t)written < size ? GB_OK : gb_fail(context, GB_IO, "%s: the path is too long", results_path);
}
