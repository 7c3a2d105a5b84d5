/* SPDX-License-Identifier: MIT */
/* The folder of a run: its default location, and its small text files. */
#include "experiments/folder/run_folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "support/cleanup.h"
#include "support/file.h"

/* Moves up from `path` to the nearest folder that is a source tree of the project; false: none. */
static bool climb_to_tree(char *path) {
    for (;;) {
        char recipes[PATH_MAX + 32], store[PATH_MAX + 32];
        snprintf(recipes, sizeof recipes, "%s/experiments/recipes", path);
        snprintf(store, sizeof store, "%s/results/store", path);
        if (file_exists(recipes) && file_exists(store))
            return true;
        char *slash = strrchr(path, '/');
        if (!slash || slash == path)
            return false;
        *slash = '\0';
    }
}

gb_status run_default_folder(gb_context *context, char *path, size_t size) {
    const char *given = getenv("GATEBENCH_RESULTS");
    char tree[PATH_MAX] = "";
    int length;
    if (given && *given) {
        length = snprintf(path, size, "%s", given);
    } else {
        bool found = getcwd(tree, sizeof tree) && climb_to_tree(tree);
        ssize_t read = found ? 0 : readlink("/proc/self/exe", tree, sizeof tree - 1);
        if (!found && read > 0) {
            tree[read] = '\0';
            found = climb_to_tree(tree);
        }
        length = found ? snprintf(path, size, "%s/results/runs", tree) : snprintf(path, size, "gatebench-results");
    }
    if (length < 0 || (size_t)length >= size)
        return gb_fail(context, GB_IO, "the path of the results folder is longer than %zu bytes", size - 1);
    return GB_OK;
}

/* Removes the files in a folder whose names have this prefix and end with .tmp. */
static void remove_temporaries(const char *folder, const char *start) {
    DIR *entries = opendir(folder);
    if (!entries)
        return;
    for (struct dirent *entry; (entry = readdir(entries));) {
        size_t length = strlen(entry->d_name);
        if (strncmp(entry->d_name, start, strlen(start)) == 0 && length > 4 &&
            strcmp(entry->d_name + length - 4, ".tmp") == 0)
            unlinkat(dirfd(entries), entry->d_name, 0);
    }
    closedir(entries);
}

void run_path(const char *folder, run_file file, char path[RUN_PATH]) {
    static const char *const names[] = {
        [RUN_PLAN] = "/plan.yaml",   [RUN_FAILURES] = "/failed.txt", [RUN_DECLARED] = "/declared.yaml",
        [RUN_LOOKS] = "/looks.yaml", [RUN_TRIALS] = "/trials",       [RUN_RESULTS] = ".h5"};
    snprintf(path, RUN_PATH, "%s%s", folder, names[file]);
}

bool run_has_trial(const char *folder, const char *id) {
    char path[RUN_PATH];
    snprintf(path, sizeof path, "%s/trials/%s.h5", folder, id);
    return file_exists(path);
}

void run_folder_tidy(const char *folder) {
    char path[RUN_PATH], name[RUN_PATH];
    run_path(folder, RUN_TRIALS, path);
    remove_temporaries(path, "");
    remove_temporaries(folder, "");
    run_path(folder, RUN_RESULTS, path);
    snprintf(name, sizeof name, "%s.", basename(path));
    run_path(folder, RUN_RESULTS, path);
    remove_temporaries(dirname(path), name);
}

gb_status run_folder_read(gb_context *context, const char *folder, run_file file, char **text) {
    enum { LARGEST = 1 << 30 };
    char path[RUN_PATH];
    size_t size;
    run_path(folder, file, path);
    *text = NULL;
    if (file_exists(path))
        return file_read(context, path, LARGEST, text, &size);
    *text = strdup("");
    return *text ? GB_OK : gb_fail(context, GB_MEMORY, "%s: out of memory", path);
}

gb_status run_folder_write(gb_context *context, const char *folder, run_file file, const char *text, size_t size) {
    char path[RUN_PATH];
    CLEANUP(free_at) char *there = NULL;
    size_t there_size = 0;
    run_path(folder, file, path);
    if (file_exists(path) && file_read(context, path, size, &there, &there_size) == GB_OK && there_size == size &&
        memcmp(there, text, size) == 0)
        return GB_OK;
    return file_replace(context, path, text, size);
}

bool run_folder_is_newer(const char *path, const char *than) {
    struct stat a, b;
    if (stat(path, &a) < 0 || stat(than, &b) < 0)
        return false;
    if (a.st_mtim.tv_sec != b.st_mtim.tv_sec)
        return a.st_mtim.tv_sec > b.st_mtim.tv_sec;
    return a.st_mtim.tv_nsec >= b.st_mtim.tv_nsec;
}
