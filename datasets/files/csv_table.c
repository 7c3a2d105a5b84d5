/* SPDX-License-Identifier: MIT */
/* CSV by libcsv, read line by line, so that the line in which each row starts is known. */
#include "datasets/files/csv_table.h"

#include <csv.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

typedef struct reading {
    gb_context *context;
    csv_table *table;
    size_t line, first_line; /* the line being read; the one in which its row started */
    size_t fields;           /* of that row so far */
    size_t cells;
    gb_status status;
} reading;

/* Makes room for `count` items in an array that grows by doubling. */
static gb_status make_room(gb_context *context, void *array, size_t *room, size_t count, size_t size) {
    void **block = array;
    if (count <= *room)
        return GB_OK;
    size_t larger = *room ? *room : 256;
    while (larger < count)
        larger *= 2;
    void *grown = reallocarray(*block, larger, size);
    if (!grown)
        return gb_fail(context, GB_MEMORY, "out of memory for a table of %zu cells", count);
    *block = grown;
    *room = larger;
    return GB_OK;
}

static gb_status add_cell(reading *r, const char *bytes, size_t size) {
    csv_table *t = r->table;
    if (t->rows == 0 && r->fields == CSV_MOST_COLUMNS)
        return own_fail(r->context, t->file.path, r->line, 0, "more than %d columns", CSV_MOST_COLUMNS);
    GB_TRY(make_room(r->context, &t->cells, &t->cell_room, r->cells + 1, sizeof *t->cells));
    GB_TRY(make_room(r->context, &t->text, &t->text_room, t->text_size + size + 1, 1));
    t->cells[r->cells++] = t->text_size;
    memcpy(t->text + t->text_size, bytes, size);
    t->text[t->text_size + size] = '\0';
    t->text_size += size + 1;
    return GB_OK;
}

static void take_field(void *bytes, size_t size, void *user) {
    reading *r = user;
    if (r->status == GB_OK)
        r->status = add_cell(r, bytes ? bytes : "", size);
    r->fields++;
}

/* The header is kept as the first row. */
static gb_status end_row(reading *r) {
    csv_table *t = r->table;
    if (!t->columns) {
        t->columns = r->fields;
        t->names_line = r->first_line;
        return GB_OK;
    }
    if (r->fields != t->columns)
        return own_fail(r->context, t->file.path, r->first_line, 0, "%zu fields, but the first line names %zu columns",
                        r->fields, t->columns);
    GB_TRY(make_room(r->context, &t->lines, &t->row_room, t->rows + 1, sizeof *t->lines));
    t->lines[t->rows++] = r->first_line;
    return GB_OK;
}

static void take_row(int end, void *user) {
    (void)end;
    reading *r = user;
    if (r->status == GB_OK)
        r->status = end_row(r);
    r->fields = 0;
}

static bool ends_line(char c) {
    return c == '\n' || c == '\r';
}

/* The size of the line at the start of these bytes, with its end: LF, CR LF or CR. */
static size_t line_size(const char *bytes, size_t left) {
    size_t size = 0;
    while (size < left && !ends_line(bytes[size]))
        size++;
    size += size + 1 < left && bytes[size] == '\r' && bytes[size + 1] == '\n';
    return size < left ? size + 1 : left;
}

/* The separator that is most frequent in the first line that is not blank, outside of quotes. */
static unsigned char find_delimiter(const char *line, size_t size) {
    static const unsigned char delimiters[] = {',', ';', '\t'};
    size_t counts[3] = {0}, best = 0;
    bool quoted = false;
    for (; size && ends_line(*line); size--)
        line++;
    for (size_t i = 0; i < size && (quoted || !ends_line(line[i])); i++) {
        quoted ^= line[i] == '"';
        for (size_t d = 0; d < 3; d++)
            counts[d] += !quoted && (unsigned char)line[i] == delimiters[d];
    }
    for (size_t d = 1; d < 3; d++)
        best = counts[d] > counts[best] ? d : best;
    return delimiters[best];
}

static gb_status refuse_quote(const reading *r, size_t column) {
    return own_fail(r->context, r->table->file.path, r->line, column,
                    "a quotation mark within a field; write the field as \"...\" with each \" in it doubled");
}

static gb_status parse_lines(reading *r, struct csv_parser *parser) {
    const own_file *file = &r->table->file;
    size_t at = own_text_start(file->bytes, file->size);
    csv_set_delim(parser, find_delimiter(file->bytes + at, file->size - at));
    while (at < file->size && r->status == GB_OK) {
        size_t size = line_size(file->bytes + at, file->size - at);
        r->line++;
        if (parser->pstate == 0) /* no row has begun */
            r->first_line = r->line;
        size_t read = csv_parse(parser, file->bytes + at, size, take_field, take_row, r);
        if (read != size && r->status == GB_OK)
            r->status = csv_error(parser) == CSV_EPARSE ? refuse_quote(r, read + 1)
                                                        : gb_fail(r->context, GB_MEMORY, "out of memory for a table");
        at += size;
    }
    if (r->status == GB_OK && csv_fini(parser, take_field, take_row, r) && r->status == GB_OK)
        return own_fail(r->context, file->path, r->first_line, 0,
                        "a quoted field that begins in this row is not closed");
    return r->status;
}

static bool is_number_cell(const char *cell) {
    double number;
    return own_number(cell, &number);
}

/* The first line must hold distinct names. A column without a name (as pandas writes its index) keeps "". */
static gb_status check_names(gb_context *context, const csv_table *t) {
    size_t numbers = 0, repeated = SIZE_MAX;
    for (size_t c = 0; c < t->columns; c++) {
        const char *name = csv_table_name(t, c);
        numbers += is_number_cell(name);
        size_t same = csv_table_find(t, name);
        repeated = *name && same < c && repeated == SIZE_MAX ? c : repeated;
    }
    if (t->columns && numbers == t->columns)
        return own_fail(
            context, t->file.path, t->names_line, 0,
            "the first line must name the columns, but it holds only numbers; insert a line such as a,b,c before it");
    if (repeated != SIZE_MAX)
        return own_fail(context, t->file.path, t->names_line, 0, "columns %zu and %zu are both called '%s'",
                        csv_table_find(t, csv_table_name(t, repeated)) + 1, repeated + 1, csv_table_name(t, repeated));
    if (t->rows == 0)
        return gb_fail(context, GB_DATA, "%s: has no row after the first line, which names the columns", t->file.path);
    return GB_OK;
}

gb_status csv_table_parse(gb_context *context, csv_table *t) {
    reading r = {.context = context, .table = t};
    struct csv_parser parser;
    GB_TRY(own_check_text(context, &t->file));
    if (csv_init(&parser, CSV_STRICT | CSV_STRICT_FINI | CSV_APPEND_NULL) != 0)
        return gb_fail(context, GB_MEMORY, "out of memory for a table");
    gb_status status = parse_lines(&r, &parser);
    csv_free(&parser);
    return status == GB_OK ? check_names(context, t) : status;
}

gb_status csv_table_read(gb_context *context, const char *task, const char *path, csv_table *t) {
    *t = (csv_table){0};
    GB_TRY(own_read(context, task, path, &t->file));
    return csv_table_parse(context, t);
}

void csv_table_free(gb_context *context, csv_table *t) {
    (void)context;
    own_free(&t->file);
    free(t->lines);
    free(t->cells);
    free(t->text);
    *t = (csv_table){0};
}

const char *csv_table_name(const csv_table *t, size_t column) {
    return t->text + t->cells[column];
}

const char *csv_table_cell(const csv_table *t, size_t row, size_t column) {
    return t->text + t->cells[(row + 1) * t->columns + column];
}

size_t csv_table_find(const csv_table *t, const char *name) {
    for (size_t c = 0; c < t->columns; c++)
        if (!strcmp(csv_table_name(t, c), name))
            return c;
    return SIZE_MAX;
}

static const char *const missing[] = {"", "?", "NA", "N/A", "NaN", "-", "null", "None"};
enum { MISSING = sizeof missing / sizeof *missing, MISSING_NAMES = 5 };

static bool is_one_of(const char *cell, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (!strcasecmp(cell, missing[i]))
            return true;
    return false;
}

bool csv_is_missing(const char *cell) {
    return is_one_of(cell, MISSING);
}

bool csv_is_missing_name(const char *cell) {
    return is_one_of(cell, MISSING_NAMES);
}

gb_status csv_table_fail(gb_context *context, const csv_table *t, size_t row, size_t column, const char *format, ...) {
    char sentence[512];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(sentence, sizeof sentence, format, arguments);
    va_end(arguments);
    return own_fail(context, t->file.path, t->lines[row], 0, "column %zu (%.80s): %s", column + 1,
                    csv_table_name(t, column), sentence);
}
