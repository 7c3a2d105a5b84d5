/* SPDX-License-Identifier: MIT */
/* A table as a one-dimensional dataset of records, with the attributes of HDF5's table specification: as H5TB would
 * write, but without time stamps and with fitting string widths. */
#include "results/store/hdf5_file.h"
#include "support/cleanup.h"

#include <hdf5_hl.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* One column's position in a record. */
typedef struct member {
    char *name; /* of HDF5 when reading, of the table when writing */
    column_type type;
    size_t offset, size;
    H5T_str_t padding; /* of a text */
    H5T_cset_t letters;
} member;

typedef struct layout {
    member *members;
    size_t count, record; /* bytes of a record */
} layout;

/* Integers with missing values are stored as doubles, which have NaN for missing. */
static column_type stored_type(const table *t, const table_column *column) {
    if (column->type != COLUMN_INTEGER)
        return column->type;
    for (size_t row = 0; row < t->rows; row++)
        if (isnan(column->numbers[row]))
            return COLUMN_NUMBER;
    return COLUMN_INTEGER;
}

static bool layout_of(const table *t, layout *made) {
    *made = (layout){.members = calloc(t->count ? t->count : 1, sizeof *made->members), .count = t->count};
    if (!made->members)
        return false;
    for (size_t i = 0; i < t->count; i++) {
        const table_column *column = &t->columns[i];
        member *m = &made->members[i];
        *m = (member){
            .name = column->name, .type = stored_type(t, column), .offset = made->record, .size = sizeof(double)};
        if (m->type == COLUMN_TEXT) {
            size_t longest = 0;
            for (size_t row = 0; row < t->rows; row++) {
                size_t length = strlen(column->texts[row]);
                longest = length > longest ? length : longest;
            }
            m->size = longest + 1;
        }
        made->record += m->size;
    }
    return true;
}

/* The type of one member, on disk (little-endian everywhere) or in memory. */
static hid_t member_type(const member *m, bool on_disk) {
    hid_t type = H5Tcopy(m->type == COLUMN_TEXT      ? H5T_C_S1
                         : m->type == COLUMN_INTEGER ? (on_disk ? H5T_STD_I64LE : H5T_NATIVE_INT64)
                                                     : (on_disk ? H5T_IEEE_F64LE : H5T_NATIVE_DOUBLE));
    if (type >= 0 && m->type == COLUMN_TEXT &&
        (H5Tset_size(type, m->size) < 0 || H5Tset_strpad(type, m->padding) < 0 || H5Tset_cset(type, m->letters) < 0))
        store_close(&type);
    return type;
}

static hid_t record_type(const layout *l, bool on_disk) {
    hid_t record = H5Tcreate(H5T_COMPOUND, l->record);
    for (size_t i = 0; record >= 0 && i < l->count; i++) {
        CLEANUP(store_close) hid_t type = member_type(&l->members[i], on_disk);
        if (type < 0 || H5Tinsert(record, l->members[i].name, l->members[i].offset, type) < 0)
            store_close(&record);
    }
    return record;
}

/* The table row by row, as the layout says. */
static unsigned char *pack(const table *t, const layout *l) {
    if (l->record && t->rows > SIZE_MAX / l->record)
        return NULL;
    unsigned char *bytes = calloc(t->rows ? t->rows : 1, l->record ? l->record : 1);
    if (!bytes)
        return NULL;
    for (size_t i = 0; i < l->count; i++) {
        const table_column *column = &t->columns[i];
        unsigned char *to = bytes + l->members[i].offset;
        for (size_t row = 0; row < t->rows; row++, to += l->record) {
            if (column->type == COLUMN_TEXT) {
                memcpy(to, column->texts[row], strlen(column->texts[row]));
            } else if (l->members[i].type == COLUMN_INTEGER) {
                int64_t integer = (int64_t)column->numbers[row];
                memcpy(to, &integer, sizeof integer);
            } else {
                memcpy(to, &column->numbers[row], sizeof(double));
            }
        }
    }
    return bytes;
}

/* Chunks of about 64 KiB, shuffled and deflated; extendible, as table readers expect. */
static hid_t table_creation(size_t rows, size_t record, bool chunked) {
    hid_t creation = H5Pcreate(H5P_DATASET_CREATE);
    if (creation < 0)
        return -1;
    bool good = H5Pset_obj_track_times(creation, 0) >= 0;
    if (good && chunked) {
        hsize_t chunk = 65536 / record;
        chunk = chunk > rows ? rows : chunk;
        chunk = chunk ? chunk : 1;
        good =
            H5Pset_chunk(creation, 1, &chunk) >= 0 && H5Pset_shuffle(creation) >= 0 && H5Pset_deflate(creation, 4) >= 0;
    }
    if (!good)
        store_close(&creation);
    return creation;
}

static bool table_attributes(hid_t parent, const char *name, const char *title, const table *t) {
    bool good = H5LTset_attribute_string(parent, name, "CLASS", "TABLE") >= 0 &&
                H5LTset_attribute_string(parent, name, "VERSION", "3.0") >= 0 &&
                H5LTset_attribute_string(parent, name, "TITLE", title) >= 0;
    for (size_t i = 0; good && i < t->count; i++) {
        char field[32];
        snprintf(field, sizeof field, "FIELD_%zu_NAME", i);
        good = H5LTset_attribute_string(parent, name, field, t->columns[i].name) >= 0;
    }
    return good;
}

static bool write_records(hid_t parent, const char *name, const table *t, const layout *l, bool chunked) {
    CLEANUP(free_at) unsigned char *bytes = pack(t, l);
    CLEANUP(store_close) hid_t disk = record_type(l, true), memory = record_type(l, false);
    CLEANUP(store_close) hid_t creation = table_creation(t->rows, l->record, chunked), dataset = -1;
    hsize_t rows = t->rows, most = chunked ? H5S_UNLIMITED : t->rows;
    CLEANUP(store_close) hid_t space = H5Screate_simple(1, &rows, &most);
    if (bytes && disk >= 0 && memory >= 0 && creation >= 0 && space >= 0)
        dataset = H5Dcreate2(parent, name, disk, space, H5P_DEFAULT, creation, H5P_DEFAULT);
    return dataset >= 0 && (t->rows == 0 || H5Dwrite(dataset, memory, H5S_ALL, H5S_ALL, H5P_DEFAULT, bytes) >= 0) &&
           store_close(&dataset);
}

/* `name`_row: a netCDF dimension for the rows of a table; without it xarray creates one and warns. It is not attached
 * to the table, since PyTables would warn about that attribute; netCDF readers match it by length. */
static bool rows_write(hid_t parent, const char *name, const table *t) {
    char scale[64], label[64];
    hsize_t rows = t->rows;
    CLEANUP(store_close) hid_t creation = H5Pcreate(H5P_DATASET_CREATE), space = H5Screate_simple(1, &rows, NULL);
    CLEANUP(store_close) hid_t dataset = -1;
    snprintf(scale, sizeof scale, "%.32s_row", name);
    snprintf(label, sizeof label, "This is a netCDF dimension but not a netCDF variable. %9zu", t->rows);
    if (creation >= 0 && space >= 0 && H5Pset_obj_track_times(creation, 0) >= 0)
        dataset = H5Dcreate2(parent, scale, H5T_IEEE_F32BE, space, H5P_DEFAULT, creation, H5P_DEFAULT);
    return dataset >= 0 && H5DSset_scale(dataset, label) >= 0 && store_close(&dataset);
}

bool store_table_write(hid_t parent, const char *name, const char *title, const table *t) {
    if (t->count == 0)
        return true;
    layout l;
    bool good = layout_of(t, &l) && write_records(parent, name, t, &l, title) &&
                (!title || (table_attributes(parent, name, title, t) && rows_write(parent, name, t)));
    free(l.members);
    return good;
}

static void layout_release(layout *l) {
    for (size_t i = 0; i < l->count; i++)
        H5free_memory(l->members[i].name);
    free(l->members);
}

/* The layout of a stored record type; members that are neither number nor string fail. Texts stay as they are stored,
 * so that HDF5 has nothing to convert in a table that we wrote. */
static bool layout_read(hid_t type, layout *made) {
    int count = type >= 0 && H5Tget_class(type) == H5T_COMPOUND ? H5Tget_nmembers(type) : -1;
    *made = (layout){0};
    if (count <= 0 || !(made->members = calloc((size_t)count, sizeof *made->members)))
        return false;
    for (unsigned i = 0; i < (unsigned)count; i++) {
        member *m = &made->members[i];
        CLEANUP(store_close) hid_t stored = H5Tget_member_type(type, i);
        H5T_class_t class = stored >= 0 ? H5Tget_class(stored) : H5T_NO_CLASS;
        m->name = H5Tget_member_name(type, i);
        made->count++;
        m->type = class == H5T_STRING ? COLUMN_TEXT : class == H5T_INTEGER ? COLUMN_INTEGER : COLUMN_NUMBER;
        m->offset = made->record;
        m->size = class == H5T_STRING ? H5Tget_size(stored) : sizeof(double);
        m->padding = class == H5T_STRING ? H5Tget_strpad(stored) : H5T_STR_NULLTERM;
        m->letters = class == H5T_STRING ? H5Tget_cset(stored) : H5T_CSET_ASCII;
        made->record += m->size;
        if (!m->name ||
            !(class == H5T_INTEGER || class == H5T_FLOAT || (class == H5T_STRING && H5Tis_variable_str(stored) == 0)))
            return false;
    }
    return true;
}

static bool unpack(const unsigned char *bytes, const layout *l, size_t rows, table *t) {
    for (size_t i = 0; i < l->count; i++)
        if (!table_add_column(t, l->members[i].name, l->members[i].type))
            return false;
    if (!table_add_rows(t, rows))
        return false;
    for (size_t row = 0; row < rows; row++, bytes += l->record) {
        for (size_t i = 0; i < l->count; i++) {
            const unsigned char *from = bytes + l->members[i].offset;
            double *number = t->columns[i].numbers ? &t->columns[i].numbers[row] : NULL;
            if (l->members[i].type == COLUMN_TEXT) {
                char *copy = *from ? strndup((const char *)from, l->members[i].size) : NULL;
                if (*from && !copy)
                    return false;
                if (copy)
                    t->columns[i].texts[row] = copy;
            } else if (l->members[i].type == COLUMN_INTEGER) {
                int64_t integer;
                memcpy(&integer, from, sizeof integer);
                *number = (double)integer;
            } else {
                memcpy(number, from, sizeof(double));
            }
        }
    }
    return true;
}

/* The buffers for converting records while reading. By default HDF5 clears 1 MiB at every read, although a trial's
 * tables have only a few hundred bytes. */
static hid_t transfer_of(size_t rows, size_t record) {
    const size_t by_default = (size_t)1 << 20;
    hid_t transfer = H5Pcreate(H5P_DATASET_XFER);
    if (transfer >= 0 && record && rows < by_default / record &&
        H5Pset_buffer(transfer, (rows ? rows : 1) * record, NULL, NULL) < 0)
        store_close(&transfer);
    return transfer;
}

static bool read_records(hid_t dataset, const layout *l, size_t stored, table *t) {
    CLEANUP(store_close) hid_t memory = record_type(l, false), space = H5Dget_space(dataset);
    hssize_t extent = space >= 0 && H5Sget_simple_extent_ndims(space) == 1 ? H5Sget_simple_extent_npoints(space) : -1;
    if (memory < 0 || extent < 0 || (size_t)extent > SIZE_MAX / l->record)
        return false;
    const size_t rows = (size_t)extent;
    CLEANUP(free_at) unsigned char *bytes = calloc(rows ? rows : 1, l->record);
    CLEANUP(store_close) hid_t transfer = transfer_of(rows, stored > l->record ? stored : l->record);
    return bytes && transfer >= 0 && (rows == 0 || H5Dread(dataset, memory, H5S_ALL, H5S_ALL, transfer, bytes) >= 0) &&
           unpack(bytes, l, rows, t);
}

bool store_table_read(hid_t parent, const char *name, table *t) {
    *t = (table){0};
    htri_t there = H5Lexists(parent, name, H5P_DEFAULT);
    if (there <= 0)
        return there == 0;
    CLEANUP(store_close) hid_t dataset = H5Dopen2(parent, name, H5P_DEFAULT);
    if (dataset < 0)
        return false;
    CLEANUP(store_close) hid_t type = H5Dget_type(dataset);
    CLEANUP(layout_release) layout l = {0};
    bool good = layout_read(type, &l) && read_records(dataset, &l, H5Tget_size(type), t);
    if (!good)
        table_free(t);
    return good;
}
