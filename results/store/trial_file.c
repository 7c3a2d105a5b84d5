/* SPDX-License-Identifier: MIT */
/* The primary record: one file per finished trial. If it exists, the trial is finished. */
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "results/store/hdf5_file.h"
#include "results/store/store.h"
#include "results/store/trial_file.h"
#include "support/cleanup.h"
#include "support/file.h"
#include "support/text.h"

void trial_record_free(trial_record *record) {
    table_free(&record->fields);
    table_free(&record->curves);
    table_free(&record->metrics);
    free(record->configuration);
    *record = (trial_record){0};
}

bool store_host_table(table *hosts) {
    store_fact facts[32];
    size_t count = store_host_facts(facts, sizeof facts / sizeof *facts);
    bool good = table_add_row(hosts);
    for (size_t i = 0; good && i < count; i++)
        good = table_set_text(hosts, facts[i].name, facts[i].value);
    return good;
}

static bool write_parts(hid_t file, const trial_record *record) {
    CLEANUP(table_free) table host = {0};
    return store_host_table(&host) && store_attribute_text(file, "schema", STORE_SCHEMA) &&
           store_attribute_text(file, "id", record->id) && store_attribute_text(file, "status", record->status) &&
           store_table_write(file, "fields", NULL, &record->fields) &&
           store_table_write(file, "curves", NULL, &record->curves) &&
           store_table_write(file, "metrics", NULL, &record->metrics) && store_table_write(file, "host", NULL, &host) &&
           store_text_write(file, "configuration", record->configuration ? record->configuration : "");
}

static bool id_is_valid(const char *id) {
    return strlen(id) == 32 && strspn(id, "0123456789abcdef") == 32;
}

gb_status store_trial_path(gb_context *context, const char *run_folder, const char *id, char *path, size_t size) {
    int length = snprintf(path, size, "%s/trials/%s.h5", run_folder, id);
    if (length < 0 || (size_t)length >= size)
        return gb_fail(context, GB_IO, "%s: the path of its trial files is too long; choose a shorter results folder",
                       run_folder);
    return GB_OK;
}

gb_status store_write_trial(gb_context *context, const char *run_folder, const trial_record *record) {
    static const char advice[] = "earlier finished trials are safe; run again to continue";
    if (!id_is_valid(record->id))
        return gb_fail(context, GB_INVALID, "trial id '%s' is not 32 hex digits", record->id);
    char path[PATH_MAX], folder[PATH_MAX];
    GB_TRY(store_trial_path(context, run_folder, record->id, path, sizeof path));
    /* creates only this folder: if the run's folder is gone, finished trials are lost, which must be reported */
    snprintf(folder, sizeof folder, "%s/trials", run_folder);
    if (mkdir(folder, 0777) != 0 && errno != EEXIST)
        return gb_fail(context, GB_IO, "%s: the folder cannot be created: %s; %s", folder, strerror(errno), advice);
    store_hdf5_begin();
    CLEANUP(store_close) hid_t file = store_image_create();
    if (file < 0 || !write_parts(file, record))
        return store_hdf5_fail(context, GB_IO, path, "could not be built in memory", advice);
    return store_image_publish(context, &file, path, advice);
}

static const char damaged[] = "delete it and run again";

/* Copies a root attribute into a fixed buffer. */
static bool read_attribute(hid_t file, const char *name, char *to, size_t size) {
    CLEANUP(free_at) char *value = store_attribute_read(file, name);
    return value && text_copy(to, size, value);
}

gb_status store_read_trial_and_host(gb_context *context, const char *path, trial_record *record, table *host) {
    CLEANUP(store_close) hid_t file = -1;
    *record = (trial_record){0};
    GB_TRY(store_image_open(context, path, "the trial file does not open", damaged, &file));
    bool good =
        read_attribute(file, "id", record->id, sizeof record->id) &&
        read_attribute(file, "status", record->status, sizeof record->status) &&
        store_table_read(file, "fields", &record->fields) && store_table_read(file, "curves", &record->curves) &&
        store_table_read(file, "metrics", &record->metrics) && (!host || store_table_read(file, "host", host)) &&
        (record->configuration = store_text_read(file, "configuration")) != NULL;
    if (good)
        return GB_OK;
    trial_record_free(record);
    return store_hdf5_fail(context, GB_DATA, path, "the trial file lacks a part or holds a wrong one", damaged);
}

gb_status store_read_trial(gb_context *context, const char *path, trial_record *record) {
    return store_read_trial_and_host(context, path, record, NULL);
}

/* The status of a trial file, without reading the rest. */
static gb_status read_status(gb_context *context, const char *path, char *status, size_t size) {
    CLEANUP(store_close) hid_t file = -1;
    GB_TRY(store_image_open(context, path, "the trial file does not open", damaged, &file));
    if (!read_attribute(file, "status", status, size))
        return store_hdf5_fail(context, GB_DATA, path, "the trial file has no status", damaged);
    return GB_OK;
}

static int compare_ids(const void *a, const void *b) {
    return strcmp(a, b);
}

/* Adds one id to the growing list. */
static bool add_id(char (**ids)[33], size_t *count, size_t *capacity, const char *id) {
    if (*count == *capacity) {
        size_t wider = *capacity ? *capacity * 2 : 64;
        char(*grown)[33] = realloc(*ids, wider * sizeof **ids);
        if (!grown)
            return false;
        *ids = grown;
        *capacity = wider;
    }
    memcpy((*ids)[(*count)++], id, 33);
    return true;
}

/* The ids of a folder's trial files, whatever their status. */
static gb_status list_ids(gb_context *context, const char *folder, char (**ids)[33], size_t *count) {
    size_t capacity = 0;
    DIR *directory = opendir(folder);
    if (!directory)
        return errno == ENOENT ? GB_OK : gb_fail(context, GB_IO, "%s: cannot be listed: %s", folder, strerror(errno));
    gb_status status = GB_OK;
    errno = 0; /* only errno distinguishes the end of a folder from a read error */
    for (struct dirent *entry; status == GB_OK && (entry = readdir(directory)); errno = 0) {
        char id[33];
        if (strlen(entry->d_name) != 35 || strcmp(entry->d_name + 32, ".h5") != 0)
            continue;
        snprintf(id, sizeof id, "%.32s", entry->d_name);
        if (id_is_valid(id) && !add_id(ids, count, &capacity, id))
            status = gb_fail(context, GB_MEMORY, "%s: out of memory while listing the trials", folder);
    }
    if (status == GB_OK && errno)
        status = gb_fail(context, GB_IO, "%s: cannot be listed: %s", folder, strerror(errno));
    closedir(directory);
    return status;
}

gb_status store_finished(gb_context *context, const char *run_folder, bool all, char (**ids)[33], size_t *count) {
    char path[PATH_MAX];
    *ids = NULL;
    *count = 0;
    store_hdf5_begin();
    snprintf(path, sizeof path, "%s/trials", run_folder);
    gb_status status = list_ids(context, path, ids, count);
    size_t kept = 0;
    for (size_t i = 0; status == GB_OK && i < *count; i++) {
        char word[16];
        status = store_trial_path(context, run_folder, (*ids)[i], path, sizeof path);
        if (status == GB_OK)
            status = read_status(context, path, word, sizeof word);
        if (status == GB_OK && (all || strcmp(word, "done") == 0 || strcmp(word, "diverged") == 0))
            memmove((*ids)[kept++], (*ids)[i], 33);
    }
    if (status != GB_OK) {
        free(*ids);
        *ids = NULL;
        kept = 0;
    }
    *count = kept;
    if (kept)
        qsort(*ids, kept, sizeof **ids, compare_ids);
    return status;
}
