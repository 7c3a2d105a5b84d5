/* SPDX-License-Identifier: MIT */
/* Data files: the catalog (catalog.yaml: URL, bytes, SHA-256, licence), finding, fetching and verifying them. A file is
 * looked for in this order: $GATEBENCH_DATA_MIRROR/<base name>, then the cache ($GATEBENCH_DATA_CACHE, else
 * $XDG_CACHE_HOME/gatebench, else ~/.cache/gatebench), then the path where its package puts it. A mirror without the
 * file is not an error. */
#ifndef GATEBENCH_DATASETS_FILES_CATALOG_H
#define GATEBENCH_DATASETS_FILES_CATALOG_H

#include "gatebench/gatebench.h"

typedef struct data_file {
    char name[64];     /* "jsb" */
    char file[64];     /* base name: "JSB_Chorales.mat" */
    char url[256];     /* https: or file:; "" if a package or command provides the file */
    char command[128]; /* the command that installs it, "" otherwise: "apt-get install bible-kjv" */
    char place[128];   /* the path where that package puts it, "" otherwise */
    size_t bytes;
    char sha256[65];
    char licence[160];
    char about[160];
} data_file;

/* Reads the catalog from share/gatebench or the source tree. *files points to static memory: do not free it; the next
 * call overwrites it. Errors: GB_DATA, GB_IO. */
gb_status data_catalog(gb_context *context, data_file **files, size_t *count);

/* The catalog's entry with this name. Errors: GB_INVALID with a suggestion. */
gb_status data_entry(gb_context *context, const char *name, const data_file **entry);

/* Path of a verified file (size and SHA-256 checked). Errors: GB_DATA (also where the file or the cache is out of this
 * user's reach); the sentence names the file, what is wrong, and the remedy. */
gb_status data_find(gb_context *context, const char *name, char *path, size_t size);

/* Gets a file into the cache from the mirror, from its URL (https and file, redirects only to https, size limit), or
 * from the program that prints it. It is verified in memory, then written atomically. A file installed by its package
 * is verified and stays where it is. Errors: GB_DATA (wrong content), GB_IO (cannot be fetched). */
gb_status data_fetch(gb_context *context, const char *name, char *path, size_t size);

/* Hex SHA-256 of bytes and of a file. */
void data_sha256(const void *bytes, size_t size, char hex[65]);
gb_status data_sha256_file(gb_context *context, const char *path, char hex[65], size_t *bytes);

#endif
