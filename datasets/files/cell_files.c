/* SPDX-License-Identifier: MIT */
/* Built-in cells, and cells of shared objects. The list of the latter is filled while the program starts and is only
 * read afterwards. */
#include "datasets/files/cell_files.h"

#include <stdlib.h>
#include <string.h>

#include "datasets/files/catalog.h"
#include "support/cleanup.h"

enum { MOST_LOADED = 32 };

static struct {
    const gb_cell_info *info;
    char sha256[65];
} loaded[MOST_LOADED];
static size_t loaded_count;

static gb_status load(gb_context *context, const char *path) {
    char sha256[65];
    size_t bytes;
    GB_TRY(gb_context_load_cells(context, path));
    const gb_cell_info *info = gb_context_cell_at(context, loaded_count);
    if (!info) /* known from an earlier context */
        return GB_OK;
    GB_TRY(data_sha256_file(context, path, sha256, &bytes));
    for (; info; info = gb_context_cell_at(context, loaded_count)) {
        if (loaded_count == MOST_LOADED)
            return gb_fail(context, GB_INVALID, "GATEBENCH_CELLS names more than %d cells", MOST_LOADED);
        loaded[loaded_count].info = info;
        memcpy(loaded[loaded_count++].sha256, sha256, sizeof sha256);
    }
    return GB_OK;
}

gb_status cells_load(gb_context *context) {
    const char *paths = getenv("GATEBENCH_CELLS");
    CLEANUP(free_at) char *copy = strdup(paths ? paths : "");
    GB_NEED(context, copy, "while reading GATEBENCH_CELLS");
    char *rest = NULL;
    for (char *path = strtok_r(copy, ":", &rest); path; path = strtok_r(NULL, ":", &rest))
        GB_TRY(load(context, path));
    return GB_OK;
}

const gb_cell_info *cells_at(size_t i) {
    const size_t built_in = gb_cell_count();
    if (i < built_in)
        return gb_cell_at(i);
    return i - built_in < loaded_count ? loaded[i - built_in].info : NULL;
}

const gb_cell_info *cells_find(const char *name) {
    const gb_cell_info *cell;
    for (size_t i = 0; (cell = cells_at(i)); i++)
        if (!strcmp(cell->name, name))
            return cell;
    return NULL;
}

const char *cells_sha256(const char *name) {
    for (size_t i = 0; i < loaded_count; i++)
        if (!strcmp(loaded[i].info->name, name))
            return loaded[i].sha256;
    return NULL;
}
