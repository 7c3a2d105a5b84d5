/* SPDX-License-Identifier: MIT */
/* The table in memory: columns that grow together, row by row or table by table. */
#include "results/store/table.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* All missing texts point here, so that a sparse text column costs one pointer per row; never written or freed. */
static char missing_text[] = "";

static void text_drop(char *text) {
    if (text != missing_text)
        free(text);
}

/* Makes room for `capacity` rows in the column. */
static bool column_grow(table_column *column, size_t capacity) {
    if (capacity > SIZE_MAX / sizeof(double))
        return false;
    if (column->type == COLUMN_TEXT) {
        char **texts = realloc(column->texts, (capacity ? capacity : 1) * sizeof *texts);
        if (!texts)
            return false;
        column->texts = texts;
    } else {
        double *numbers = realloc(column->numbers, (capacity ? capacity : 1) * sizeof *numbers);
        if (!numbers)
            return false;
        column->numbers = numbers;
    }
    return true;
}

static void column_fill_missing(table_column *column, size_t first, size_t end) {
    for (size_t row = first; row < end; row++)
        if (column->type == COLUMN_TEXT)
            column->texts[row] = missing_text;
        else
            column->numbers[row] = NAN;
}

static table_column *find(const table *t, const char *name) {
    for (size_t i = 0; i < t->count; i++)
        if (strcmp(t->columns[i].name, name) == 0)
            return &t->columns[i];
    return NULL;
}

const table_column *table_find(const table *t, const char *name) {
    return find(t, name);
}

table_column *table_add_column(table *t, const char *name, column_type type) {
    table_column *known = find(t, name);
    if (known) {
        if ((known->type == COLUMN_TEXT) != (type == COLUMN_TEXT))
            return NULL;
        if (type == COLUMN_NUMBER)
            known->type = COLUMN_NUMBER; /* one fraction turns a column of integers into numbers */
        return known;
    }
    table_column column = {.name = strdup(name), .type = type};
    table_column *columns = column.name ? realloc(t->columns, (t->count + 1) * sizeof *columns) : NULL;
    if (columns)
        t->columns = columns;
    if (!columns || !column_grow(&column, t->capacity)) {
        free(column.name);
        return NULL;
    }
    column_fill_missing(&column, 0, t->rows);
    t->columns[t->count] = column;
    return &t->columns[t->count++];
}

static bool table_reserve(table *t, size_t rows) {
    if (rows <= t->capacity)
        return true;
    size_t capacity = t->capacity ? t->capacity : 8;
    while (capacity < rows) {
        if (capacity > SIZE_MAX / 2)
            return false;
        capacity *= 2;
    }
    for (size_t i = 0; i < t->count; i++)
        if (!column_grow(&t->columns[i], capacity))
            return false;
    t->capacity = capacity;
    return true;
}

bool table_add_rows(table *t, size_t count) {
    if (count > SIZE_MAX - t->rows || !table_reserve(t, t->rows + count))
        return false;
    for (size_t i = 0; i < t->count; i++)
        column_fill_missing(&t->columns[i], t->rows, t->rows + count);
    t->rows += count;
    return true;
}

bool table_add_row(table *t) {
    return table_add_rows(t, 1);
}

static bool set_number(table *t, const char *name, double value, column_type type) {
    table_column *column = table_add_column(t, name, type);
    if (!column || t->rows == 0)
        return false;
    column->numbers[t->rows - 1] = value;
    return true;
}

bool table_set_number(table *t, const char *name, double value) {
    return set_number(t, name, value, COLUMN_NUMBER);
}

bool table_set_integer(table *t, const char *name, double value) {
    return set_number(t, name, value, COLUMN_INTEGER);
}

bool table_set_text(table *t, const char *name, const char *value) {
    table_column *column = table_add_column(t, name, COLUMN_TEXT);
    if (!column || t->rows == 0)
        return false;
    char *copy = *value ? strdup(value) : missing_text;
    if (!copy)
        return false;
    text_drop(column->texts[t->rows - 1]);
    column->texts[t->rows - 1] = copy;
    return true;
}

double table_number(const table *t, size_t row, const char *name) {
    const table_column *column = table_find(t, name);
    if (!column || row >= t->rows)
        return NAN;
    if (column->type != COLUMN_TEXT)
        return column->numbers[row];
    char *end;
    double value = strtod(column->texts[row], &end);
    return end != column->texts[row] && *end == '\0' ? value : NAN;
}

const char *table_text(const table *t, size_t row, const char *name) {
    const table_column *column = table_find(t, name);
    return column && column->type == COLUMN_TEXT && row < t->rows ? column->texts[row] : "";
}

/* The fewest digits that read back as the same number. */
static void number_words(double value, char *buffer, size_t size) {
    if (isnan(value)) {
        buffer[0] = '\0';
        return;
    }
    if (value == trunc(value) && fabs(value) < 1e15) {
        snprintf(buffer, size, "%.0f", value);
        return;
    }
    for (int digits = 1; digits <= 17; digits++) {
        snprintf(buffer, size, "%.*g", digits, value);
        if (strtod(buffer, NULL) == value)
            return;
    }
}

const char *table_cell(const table *t, size_t row, const table_column *column, char *buffer, size_t size) {
    if (size == 0 || !column || row >= t->rows)
        return "";
    if (column->type == COLUMN_TEXT)
        return column->texts[row];
    number_words(column->numbers[row], buffer, size);
    return buffer;
}

bool table_same_cell(const table_column *column, size_t a, size_t b) {
    if (column->type == COLUMN_TEXT)
        return strcmp(column->texts[a], column->texts[b]) == 0;
    return column->numbers[a] == column->numbers[b] || (isnan(column->numbers[a]) && isnan(column->numbers[b]));
}

/* Converts numbers to texts in place; on false the column is unchanged. */
static bool column_to_text(table *t, table_column *column) {
    char **texts = malloc((t->capacity ? t->capacity : 1) * sizeof *texts);
    if (!texts)
        return false;
    for (size_t row = 0; row < t->rows; row++) {
        char words[32];
        number_words(column->numbers[row], words, sizeof words);
        texts[row] = *words ? strdup(words) : missing_text;
        if (!texts[row]) {
            while (row)
                text_drop(texts[--row]);
            free(texts);
            return false;
        }
    }
    free(column->numbers);
    column->numbers = NULL;
    column->texts = texts;
    column->type = COLUMN_TEXT;
    return true;
}

/* The column of `t` for the values of `source`, converted if the types differ. */
static table_column *column_for(table *t, const table_column *source) {
    table_column *known = find(t, source->name);
    if (!known || (known->type == COLUMN_TEXT) == (source->type == COLUMN_TEXT))
        return table_add_column(t, source->name, source->type);
    if (known->type != COLUMN_TEXT && !column_to_text(t, known))
        return NULL;
    return known;
}

static bool column_copy(table_column *to, const table *from, const table_column *source, size_t first) {
    for (size_t row = 0; row < from->rows; row++) {
        if (to->type != COLUMN_TEXT) {
            to->numbers[first + row] = source->numbers[row];
            continue;
        }
        char words[32];
        const char *text = source->type == COLUMN_TEXT ? source->texts[row] : words;
        if (source->type != COLUMN_TEXT)
            number_words(source->numbers[row], words, sizeof words);
        char *copy = *text ? strdup(text) : missing_text;
        if (!copy)
            return false;
        to->texts[first + row] = copy;
    }
    return true;
}

bool table_append(table *t, const table *more) {
    size_t first = t->rows;
    if (!table_add_rows(t, more->rows))
        return false;
    for (size_t i = 0; i < more->count; i++) {
        table_column *to = column_for(t, &more->columns[i]);
        if (!to || !column_copy(to, more, &more->columns[i], first))
            return false;
    }
    return true;
}

/* Copies one column of `from` into that of `to`, with the requested number of copies of each row. */
static bool column_repeat(table_column *to, const table_column *from, const size_t *copies, size_t rows) {
    size_t at = 0;
    for (size_t row = 0; row < rows; row++) {
        for (size_t i = 0; i < copies[row]; i++, at++) {
            if (from->type != COLUMN_TEXT)
                to->numbers[at] = from->numbers[row];
            else if (*from->texts[row] && !(to->texts[at] = strdup(from->texts[row]))) {
                to->texts[at] = missing_text;
                return false;
            }
        }
    }
    return true;
}

bool table_repeat_rows(table *t, const size_t *copies) {
    table repeated = {0};
    size_t rows = 0;
    for (size_t row = 0; row < t->rows; row++)
        rows += copies[row];
    bool good = table_reserve(&repeated, rows);
    repeated.rows = rows;
    for (size_t i = 0; good && i < t->count; i++) {
        table_column *to = table_add_column(&repeated, t->columns[i].name, t->columns[i].type);
        good = to && column_repeat(to, &t->columns[i], copies, t->rows);
    }
    if (!good) {
        table_free(&repeated);
        return false;
    }
    table_free(t);
    *t = repeated;
    return true;
}

void table_keep_rows(table *t, const bool *keep) {
    size_t kept = 0;
    for (size_t row = 0; row < t->rows; row++) {
        for (size_t i = 0; i < t->count; i++) {
            table_column *column = &t->columns[i];
            if (column->type != COLUMN_TEXT)
                column->numbers[kept] = column->numbers[row];
            else if (!keep[row])
                text_drop(column->texts[row]);
            else
                column->texts[kept] = column->texts[row];
        }
        kept += keep[row];
    }
    t->rows = kept;
}

void table_free(table *t) {
    for (size_t i = 0; i < t->count; i++) {
        table_column *column = &t->columns[i];
        for (size_t row = 0; column->texts && row < t->rows; row++)
            text_drop(column->texts[row]);
        free(column->texts);
        free(column->numbers);
        free(column->name);
    }
    free(t->columns);
    *t = (table){0};
}
