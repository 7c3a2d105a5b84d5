/* SPDX-License-Identifier: MIT */
/* The MAT reader (uses matio; the only file that includes matio.h). Every size and type is checked before use: the file
 * may be truncated, of another format, or hold something else under these names. matio prints no messages unless
 * Mat_LogInit is called; errors show in its return values. */
#include "datasets/files/mat.h"

#include <matio.h>
#include <stdio.h>

static const char *const part_names[MAT_PARTS] = {"traindata", "validdata", "testdata"};

static uint32_t read_u32(const uint8_t *bytes, bool big_endian) {
    return big_endian ? (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3]
                      : (uint32_t)bytes[3] << 24 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[1] << 8 | bytes[0];
}

/* True if the top-level elements of a MAT 5 file (a tag with type and size, then data) fill it exactly. matio itself
 * reads zeros where a truncated file ends. */
static bool is_whole(FILE *file) {
    enum { HEADER = 128, ENDIAN_MARK = 126, TAG = 8 };
    uint8_t header[HEADER], tag[TAG];
    if (fseek(file, 0, SEEK_END) != 0)
        return false;
    long end = ftell(file), at = HEADER;
    rewind(file);
    if (fread(header, 1, sizeof header, file) != sizeof header || end == HEADER)
        return false;
    bool big_endian = header[ENDIAN_MARK] == 'M' && header[ENDIAN_MARK + 1] == 'I';
    if (!big_endian && !(header[ENDIAN_MARK] == 'I' && header[ENDIAN_MARK + 1] == 'M'))
        return false;
    while (at < end) {
        if (fseek(file, at, SEEK_SET) != 0 || fread(tag, 1, sizeof tag, file) != sizeof tag)
            return false;
        at += TAG + (long)read_u32(tag + 4, big_endian);
    }
    return at == end;
}

static bool is_whole_file(const char *path) {
    FILE *file = fopen(path, "rbe");
    bool whole = file && is_whole(file);
    if (file)
        fclose(file);
    return whole;
}

/* Values in memory: doubles (the published sets: class double, stored as bytes) or bytes (class uint8). */
static bool is_double(const matvar_t *cell) {
    return cell->class_type == MAT_C_DOUBLE && cell->data_type == MAT_T_DOUBLE;
}

static bool is_byte(const matvar_t *cell) {
    return cell->class_type == MAT_C_UINT8 && cell->data_type == MAT_T_UINT8;
}

/* Reads one sequence; false when it is not a frames x 88 matrix. */
static bool is_matrix(const matvar_t *cell) {
    if (!cell || !(is_double(cell) || is_byte(cell)) || cell->rank != 2 || cell->isComplex || !cell->data)
        return false;
    size_t width = is_double(cell) ? sizeof(double) : 1, bytes;
    return cell->dims[0] >= 2 && cell->dims[1] == MAT_KEYS &&
           !__builtin_mul_overflow(cell->dims[0], MAT_KEYS * width, &bytes) && cell->nbytes == bytes;
}

/* Converts column-major (file) to row-major; *good: all values are 0 or 1. */
static gb_status copy_roll(gb_context *context, const matvar_t *cell, mat_roll *roll, bool *good) {
    size_t frames = cell->dims[0];
    GB_TRY(gb_allocate(context, frames, MAT_KEYS, &roll->keys));
    roll->frames = frames;
    *good = true;
    for (size_t k = 0; k < MAT_KEYS; k++) {
        for (size_t f = 0; f < frames; f++) {
            size_t i = k * frames + f;
            double value = is_double(cell) ? ((const double *)cell->data)[i] : ((const uint8_t *)cell->data)[i];
            *good &= value == 0 || value == 1;
            roll->keys[f * MAT_KEYS + k] = value == 1;
        }
    }
    return GB_OK;
}

static gb_status read_part(gb_context *context, mat_t *file, const char *path, const char *remedy, size_t part,
                           mat_rolls *rolls) {
    const char *name = part_names[part];
    matvar_t *variable = Mat_VarRead(file, name);
    if (!variable || variable->class_type != MAT_C_CELL || variable->rank != 2 || !variable->data ||
        variable->dims[0] * variable->dims[1] == 0) {
        const char *wrong = variable ? "is not a list of sequences" : "is missing or truncated";
        Mat_VarFree(variable);
        return gb_fail(context, GB_DATA, "%s: %s %s: truncated or another file; %s", path, name, wrong, remedy);
    }
    size_t count = variable->dims[0] * variable->dims[1];
    matvar_t *const *cells = variable->data;
    gb_status status = gb_allocate(context, count, sizeof *rolls->part[part], &rolls->part[part]);
    for (size_t i = 0; status == GB_OK && i < count; i++) {
        bool good = is_matrix(cells[i]);
        if (good)
            status = copy_roll(context, cells[i], &rolls->part[part][i], &good);
        rolls->count[part] = i + 1;
        if (status == GB_OK && !good)
            status = gb_fail(context, GB_DATA,
                             "%s: sequence %zu of %s is not a matrix of at least 2 frames x %d keys of 0 and 1; %s",
                             path, i + 1, name, MAT_KEYS, remedy);
    }
    Mat_VarFree(variable);
    return status;
}

gb_status mat_read(gb_context *context, const char *path, const char *remedy, mat_rolls *rolls) {
    *rolls = (mat_rolls){0};
    mat_t *file = is_whole_file(path) ? Mat_Open(path, MAT_ACC_RDONLY) : NULL;
    if (!file)
        return gb_fail(context, GB_DATA,
                       "%s: is not a complete MAT 5 file: it is missing, truncated or another file; %s", path, remedy);
    gb_status status = GB_OK;
    for (size_t part = 0; part < MAT_PARTS && status == GB_OK; part++)
        status = read_part(context, file, path, remedy, part, rolls);
    Mat_Close(file);
    return status;
}

void mat_free(gb_context *context, mat_rolls *rolls) {
    for (size_t part = 0; part < MAT_PARTS; part++) {
        for (size_t i = 0; i < rolls->count[part]; i++)
            gb_release(context, rolls->part[part][i].keys);
        gb_release(context, rolls->part[part]);
    }
    *rolls = (mat_rolls){0};
}
