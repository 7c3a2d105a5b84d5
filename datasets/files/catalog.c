/* SPDX-License-Identifier: MIT */
/* The catalog; finding and verifying data files, and fetching them. */
#include "datasets/files/catalog.h"

#include <errno.h>
#include <limits.h>
#include <sha2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "datasets/files/fetch.h"
#include "support/file.h"
#include "support/text.h"
#include "support/yaml.h"

enum { MOST_FILES = 64, BLOCK = 65536 };

static data_file catalog[MOST_FILES];

void data_sha256(const void *bytes, size_t size, char hex[65]) {
    SHA2_CTX hash;
    SHA256Init(&hash);
    SHA256Update(&hash, bytes, size);
    SHA256End(&hash, hex);
}

gb_status data_sha256_file(gb_context *context, const char *path, char hex[65], size_t *bytes) {
    FILE *file = fopen(path, "rbe");
    if (!file)
        return gb_fail(context, GB_IO, "%s: cannot be opened: %s", path, strerror(errno));
    SHA2_CTX hash;
    uint8_t block[BLOCK];
    size_t got;
    SHA256Init(&hash);
    *bytes = 0;
    while ((got = fread(block, 1, sizeof block, file)) > 0) {
        SHA256Update(&hash, block, got);
        *bytes += got;
    }
    bool failed = ferror(file) != 0;
    fclose(file);
    SHA256End(&hash, hex);
    return failed ? gb_fail(context, GB_IO, "%s: cannot be read completely", path) : GB_OK;
}

/* Copies an entry's value into a fixed field; false when it does not fit. */
static bool copy_field(const yaml_node *entry, const char *key, char *field, size_t size) {
    return text_copy(field, size, yaml_text(entry, key, ""));
}

/* Reads one entry of the catalog; false when it is incomplete. */
static bool read_entry(const yaml_node *entry, data_file *file) {
    *file = (data_file){0};
    long long bytes;
    if (!text_is_integer(yaml_text(entry, "bytes", ""), &bytes) || bytes <= 0)
        return false;
    file->bytes = (size_t)bytes;
    return text_copy(file->name, sizeof file->name, entry->key) &&
           copy_field(entry, "file", file->file, sizeof file->file) &&
           copy_field(entry, "url", file->url, sizeof file->url) &&
           copy_field(entry, "command", file->command, sizeof file->command) &&
           copy_field(entry, "place", file->place, sizeof file->place) &&
           copy_field(entry, "sha256", file->sha256, sizeof file->sha256) &&
           copy_field(entry, "licence", file->licence, sizeof file->licence) &&
           copy_field(entry, "about", file->about, sizeof file->about) && file->file[0] && !strchr(file->file, '/') &&
           strlen(file->sha256) == 64 && (file->url[0] || file->command[0]);
}

gb_status data_catalog(gb_context *context, data_file **files, size_t *count) {
    char path[PATH_MAX];
    yaml_document *document;
    yaml_errors errors = {0};
    *count = 0;
    *files = catalog;
    gb_status status = file_find_shared(context, "catalog.yaml", path, sizeof path);
    if (status == GB_OK)
        status = yaml_read(context, path, &document, &errors);
    if (status == GB_INVALID)
        status = gb_fail(context, GB_DATA, "%s", errors.text);
    yaml_errors_free(&errors);
    if (status != GB_OK)
        return status;
    const yaml_node *root = &document->root;
    if (root->kind == YAML_MAP && root->count > MOST_FILES)
        status = gb_fail(context, GB_DATA, "%s: more than %d files", path, MOST_FILES);
    for (size_t i = 0; status == GB_OK && root->kind == YAML_MAP && i < root->count; i++)
        if (!read_entry(&root->children[i], &catalog[i]))
            status = gb_fail(context, GB_DATA,
                             "%s:%zu: the entry \"%s\" needs file, bytes, sha256 and url or command, none too long",
                             path, root->children[i].key_line, root->children[i].key);
        else
            *count = i + 1;
    yaml_free(document);
    return status;
}

gb_status data_entry(gb_context *context, const char *name, const data_file **found) {
    data_file *files;
    size_t count;
    GB_TRY(data_catalog(context, &files, &count));
    const char *names[MOST_FILES];
    for (size_t i = 0; i < count; i++) {
        names[i] = files[i].name;
        if (!strcmp(files[i].name, name)) {
            *found = &files[i];
            return GB_OK;
        }
    }
    const char *near = text_nearest(name, names, count);
    return gb_fail(context, GB_INVALID, "\"%s\": no such data file in the catalog%s%s%s", name,
                   near ? "; did you mean \"" : "", near ? near : "", near ? "\"?" : "");
}

/* The paths of a file: in the mirror (NULL without one), and in the cache. */
static bool mirror_path(const data_file *file, char *path, size_t size) {
    const char *mirror = getenv("GATEBENCH_DATA_MIRROR");
    int length = mirror && *mirror ? snprintf(path, size, "%s/%s", mirror, file->file) : -1;
    return length >= 0 && (size_t)length < size && file_exists(path);
}

static gb_status cache_folder(gb_context *context, char *path, size_t size) {
    static const struct {
        const char *variable, *under;
    } places[] = {{"GATEBENCH_DATA_CACHE", ""}, {"XDG_CACHE_HOME", "/gatebench"}, {"HOME", "/.cache/gatebench"}};
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        const char *value = getenv(places[i].variable);
        int length = value && *value ? snprintf(path, size, "%s%s", value, places[i].under) : -1;
        if (length >= 0 && (size_t)length < size)
            return GB_OK;
    }
    return gb_fail(context, GB_IO, "there is no folder for data files; set GATEBENCH_DATA_CACHE to one");
}

static gb_status cache_path(gb_context *context, const data_file *file, char *path, size_t size) {
    char folder[PATH_MAX];
    GB_TRY(cache_folder(context, folder, sizeof folder));
    int length = snprintf(path, size, "%s/%s", folder, file->file);
    return length >= 0 && (size_t)length < size ? GB_OK
                                                : gb_fail(context, GB_IO, "%s: the path is too long", file->file);
}

/* Says what is wrong with the file at this path, and the remedy: fetch it, or reinstall its package. */
static gb_status refuse(gb_context *context, const data_file *file, const char *path, size_t bytes, const char *hex) {
    char remedy[256];
    if (strcmp(path, file->place) == 0)
        snprintf(remedy, sizeof remedy, "reinstall it: %s --reinstall", file->command);
    else
        snprintf(remedy, sizeof remedy, "remove it and run: gatebench data fetch %s", file->name);
    if (bytes != file->bytes)
        return gb_fail(context, GB_DATA, "%s: has %zu bytes, but %s has %zu: it is truncated or another file; %s", path,
                       bytes, file->file, file->bytes, remedy);
    return gb_fail(context, GB_DATA, "%s: has the right size but SHA-256 %.16s..., and %s has %.16s...; %s", path, hex,
                   file->file, file->sha256, remedy);
}

static gb_status verify_file(gb_context *context, const data_file *file, const char *path) {
    char hex[65];
    size_t bytes;
    gb_status status = data_sha256_file(context, path, hex, &bytes);
    if (status != GB_OK)
        return gb_fail(context, status, "%s; make this file readable for the user", gb_context_message(context));
    return bytes == file->bytes && !strcmp(hex, file->sha256) ? GB_OK : refuse(context, file, path, bytes, hex);
}

/* Whether the file's package is installed, and the path where it puts the file. */
static bool package_place(const data_file *file, char *path, size_t size) {
    return file->place[0] && file_exists(file->place) && text_copy(path, size, file->place);
}

/* Verifies bytes that came from `origin` and stores them in the cache. */
static gb_status keep(gb_context *context, const data_file *file, const char *origin, const char *bytes, size_t size,
                      const char *path) {
    char hex[65], folder[PATH_MAX];
    data_sha256(bytes ? bytes : "", size, hex);
    if (size != file->bytes || strcmp(hex, file->sha256) != 0)
        return gb_fail(context, GB_DATA,
                       "%s: refused, since the content from %s (%zu bytes, SHA-256 %.16s...) is not the file of the "
                       "catalog (%zu bytes, %.16s...); set GATEBENCH_DATA_MIRROR to a folder that holds %s",
                       file->file, origin, size, hex, file->bytes, file->sha256, file->file);
    gb_status status = cache_folder(context, folder, sizeof folder);
    if (status == GB_OK)
        status = file_make_folder(context, folder);
    if (status == GB_OK)
        status = file_replace(context, path, bytes, size);
    return status == GB_OK ? GB_OK
                           : gb_fail(context, status, "%s; set GATEBENCH_DATA_CACHE to a folder that can be written to",
                                     gb_context_message(context));
}

static gb_status fetch_entry(gb_context *context, const data_file *file, char *path, size_t size) {
    char mirrored[PATH_MAX], *bytes = NULL;
    const char *origin = file->url;
    size_t count = 0;
    gb_status status = cache_path(context, file, path, size);
    if (status != GB_OK || (file_exists(path) && verify_file(context, file, path) == GB_OK))
        return status;
    if (mirror_path(file, mirrored, sizeof mirrored)) {
        origin = mirrored;
        status = verify_file(context, file, mirrored);
        if (status == GB_OK)
            status = file_read(context, mirrored, file->bytes, &bytes, &count);
    } else if (package_place(file, path, size)) {
        return verify_file(context, file, path);
    } else if (file->url[0]) {
        status = fetch_url(context, file, &bytes, &count);
    } else {
        origin = "the program";
        status = fetch_program(context, file, &bytes, &count);
    }
    if (status == GB_OK)
        status = keep(context, file, origin, bytes, count, path);
    free(bytes);
    return status;
}

gb_status data_fetch(gb_context *context, const char *name, char *path, size_t size) {
    const data_file *file = NULL;
    GB_TRY(data_entry(context, name, &file));
    return fetch_entry(context, file, path, size);
}

static gb_status find_entry(gb_context *context, const data_file *file, char *path, size_t size) {
    if (mirror_path(file, path, size))
        return verify_file(context, file, path);
    /* A cache that this user cannot read, such as another user's, must not hide the file of a package. */
    if (cache_path(context, file, path, size) == GB_OK && access(path, R_OK) == 0)
        return verify_file(context, file, path);
    if (package_place(file, path, size))
        return verify_file(context, file, path);
    if (fetch_has_program(file))
        return fetch_entry(context, file, path, size);
    if (!file->url[0])
        return gb_fail(context, GB_DATA, "%s: %s (%zu bytes) is not here; install its package with: %s", file->name,
                       file->file, file->bytes, file->command);
    return gb_fail(context, GB_DATA, "%s: %s (%zu bytes) is not here; get it with: gatebench data fetch %s", file->name,
                   file->file, file->bytes, file->name);
}

gb_status data_find(gb_context *context, const char *name, char *path, size_t size) {
    const data_file *file = NULL;
    GB_TRY(data_entry(context, name, &file));
    gb_status status = find_entry(context, file, path, size);
    /* A file that cannot be read or created is reported as missing, so that the suite skips the recipes that need it.
     */
    return status == GB_IO ? GB_DATA : status;
}
