/* SPDX-License-Identifier: MIT */
/* Reads a file of unknown origin in a separate process, which sends its parts to this one, where they are rebuilt. A
 * part consists of kind, name, and a text or a table; every length is checked again here. */
#include "results/store/hdf5_parts.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/cleanup.h"
#include "support/guard.h"
#include "support/text.h"

enum { PART_ATTRIBUTE = 'A', PART_TEXT = 'T', PART_GROUP = 'G', PART_TABLE = 'D' };

/* The reading process */

typedef struct source {
    const char *path;
    char *bytes;
    size_t size;
} source;

static void put_number(text *out, uint64_t number) {
    text_append_bytes(out, (const char *)&number, sizeof number);
}

static void put_string(text *out, const char *string) {
    put_number(out, strlen(string));
    text_append_bytes(out, string, strlen(string));
}

static void put_text(text *out, int kind, const char *name, const char *value) {
    put_number(out, (uint64_t)kind);
    put_string(out, name);
    put_string(out, value);
}

static void put_table(text *out, const char *name, const table *t) {
    put_number(out, PART_TABLE);
    put_string(out, name);
    put_number(out, t->rows);
    put_number(out, t->count);
    for (size_t i = 0; i < t->count; i++) {
        const table_column *column = &t->columns[i];
        put_string(out, column->name);
        put_number(out, (uint64_t)column->type);
        if (column->type != COLUMN_TEXT)
            text_append_bytes(out, (const char *)column->numbers, t->rows * sizeof *column->numbers);
        for (size_t row = 0; column->type == COLUMN_TEXT && row < t->rows; row++)
            put_string(out, column->texts[row]);
    }
}

static herr_t put_attribute(hid_t object, const char *name, const H5A_info_t *info, void *out) {
    (void)info;
    CLEANUP(free_at) char *value = store_attribute_read(object, name);
    if (value)
        put_text(out, PART_ATTRIBUTE, name, value);
    return 0;
}

static H5T_class_t class_of(hid_t dataset) {
    CLEANUP(store_close) hid_t type = H5Dget_type(dataset);
    return type >= 0 ? H5Tget_class(type) : H5T_NO_CLASS;
}

static herr_t put_member(hid_t group, const char *name, const H5L_info_t *info, void *out);

/* A dataset as a table or a text, the group of the texts; anything else is not a part. */
static bool put_object(hid_t group, const char *name, text *out) {
    CLEANUP(store_close) hid_t object = H5Oopen(group, name, H5P_DEFAULT);
    if (object < 0)
        return false;
    H5I_type_t kind = H5Iget_type(object);
    H5T_class_t class = kind == H5I_DATASET ? class_of(object) : H5T_NO_CLASS;
    bool read = true;
    if (class == H5T_COMPOUND) {
        CLEANUP(table_free) table t = {0};
        read = store_table_read(group, name, &t);
        if (read)
            put_table(out, name, &t);
    } else if (class == H5T_STRING) {
        CLEANUP(free_at) char *value = store_text_read(group, name);
        read = value != NULL;
        if (read)
            put_text(out, PART_TEXT, name, value);
    } else if (kind == H5I_GROUP && strcmp(name, "provenance") == 0) {
        put_text(out, PART_GROUP, name, "");
        read = H5Literate(object, H5_INDEX_NAME, H5_ITER_NATIVE, NULL, put_member, out) >= 0;
        put_text(out, PART_GROUP, "", "");
    }
    return read;
}

static herr_t put_member(hid_t group, const char *name, const H5L_info_t *info, void *out) {
    (void)info;
    return put_object(group, name, out) ? 0 : -1;
}

static bool read_parts(void *user, text *out) {
    const source *s = user;
    hid_t file = store_image_of_bytes(s->path, s->bytes, s->size);
    bool read = file >= 0 && H5Aiterate2(file, H5_INDEX_NAME, H5_ITER_NATIVE, NULL, put_attribute, out) >= 0 &&
                H5Literate(file, H5_INDEX_NAME, H5_ITER_NATIVE, NULL, put_member, out) >= 0;
    if (!read) {
        const char *reason = store_hdf5_reason();
        text_free(out);
        text_append(out, "%s%s%s", file < 0 ? "does not open as HDF5" : "lacks a part or holds a wrong one",
                    *reason ? ": " : "", reason);
    }
    return read;
}

/* The calling process */

typedef struct parts {
    const char *at, *end;
} parts;

static bool take_number(parts *p, uint64_t *number) {
    if ((size_t)(p->end - p->at) < sizeof *number)
        return false;
    memcpy(number, p->at, sizeof *number);
    p->at += sizeof *number;
    return true;
}

/* malloc'ed; NULL: truncated or out of memory. */
static char *take_string(parts *p) {
    uint64_t length;
    if (!take_number(p, &length) || length > (size_t)(p->end - p->at))
        return NULL;
    char *string = strndup(p->at, length);
    p->at += length;
    return string;
}

static bool take_column(parts *p, table *t) {
    uint64_t type;
    CLEANUP(free_at) char *name = take_string(p);
    bool taken = name && take_number(p, &type) && type <= COLUMN_TEXT && !table_find(t, name);
    table_column *column = taken ? table_add_column(t, name, (column_type)type) : NULL;
    if (!column)
        return false;
    if (column->type != COLUMN_TEXT) {
        if (t->rows > (size_t)(p->end - p->at) / sizeof *column->numbers)
            return false;
        memcpy(column->numbers, p->at, t->rows * sizeof *column->numbers);
        p->at += t->rows * sizeof *column->numbers;
    }
    for (size_t row = 0; column->type == COLUMN_TEXT && row < t->rows; row++) {
        char *value = take_string(p);
        if (!value)
            return false;
        if (*value)
            column->texts[row] = value;
        else
            free(value);
    }
    return true;
}

static bool take_table(parts *p, hid_t group, const char *name) {
    CLEANUP(table_free) table t = {0};
    uint64_t rows, columns;
    /* each row of each column took at least eight bytes */
    bool taken =
        take_number(p, &rows) && take_number(p, &columns) && rows <= (columns ? (size_t)(p->end - p->at) / 8 : 0);
    for (uint64_t row = 0; taken && row < rows; row++)
        taken = table_add_row(&t);
    for (uint64_t i = 0; taken && i < columns; i++)
        taken = take_column(p, &t);
    taken = taken && store_table_write(group, name, NULL, &t);
    return taken;
}

/* Builds the next part in the file, or in the current group. */
static bool take_part(parts *p, hid_t file, hid_t *group) {
    uint64_t kind;
    CLEANUP(free_at) char *name = take_number(p, &kind) ? take_string(p) : NULL, *value = NULL;
    const hid_t parent = *group >= 0 ? *group : file;
    bool taken = name != NULL;
    if (taken && kind == PART_TABLE) {
        taken = take_table(p, parent, name);
    } else {
        value = taken ? take_string(p) : NULL;
        taken = value != NULL;
        if (taken && kind == PART_ATTRIBUTE)
            taken = store_attribute_text(file, name, value);
        else if (taken && kind == PART_TEXT)
            taken = store_text_write(parent, name, value);
        else if (taken && *name)
            taken = *group < 0 && (*group = store_group_create(file, name)) >= 0;
        else if (taken && *group >= 0)
            taken = store_close(group);
    }
    return taken;
}

gb_status store_parts_open(gb_context *context, const char *path, char *bytes, size_t size, const char *advice,
                           hid_t *file) {
    const guard_limits limits = {
        .seconds = 60, .memory = ((size_t)512 << 20) + 32 * size, .output = (64 << 20) + 64 * size};
    CLEANUP(text_free) text handed = {0};
    *file = -1;
    gb_status status = guard_run(context, path, read_parts, &(source){path, bytes, size}, &limits, &handed);
    parts p = {handed.data, handed.data + handed.length};
    CLEANUP(store_close) hid_t group = -1;
    bool built = status == GB_OK && (*file = store_image_create()) >= 0;
    while (built && p.at < p.end)
        built = take_part(&p, *file, &group);
    store_close(&group);
    if (status == GB_OK && !built)
        status = store_hdf5_fail(context, GB_DATA, path, "its parts cannot be reassembled", "");
    if (status == GB_DATA && !built)
        status = gb_fail(context, GB_DATA, "%s; %s", gb_context_message(context), advice);
    if (status != GB_OK)
        store_close(file);
    return status;
}
