/* SPDX-License-Identifier: MIT */
/* Grouping by sorted keys: rows to arms, arms to groups, and seeds to pairs. */
#include "results/analysis/arms.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "results/store/matching_rows.h"
#include "support/cleanup.h"

static gb_status no_memory(gb_context *context) {
    return gb_fail(context, GB_MEMORY, "out of memory while grouping trials");
}

/* A row with its key: some of its cells as one text. */
typedef struct keyed {
    char *key;
    size_t row, place; /* index into the sorted rows or arms */
} keyed;

static int compare_keys(const void *a, const void *b) {
    const keyed *x = a, *y = b;
    int order = strcmp(x->key, y->key);
    return order ? order : (x->place > y->place) - (x->place < y->place);
}

static void free_keys(keyed *keys, size_t count) {
    for (size_t i = 0; keys && i < count; i++)
        free(keys[i].key);
    free(keys);
}

/* True if a setting of this row was chosen to meet `matched_to`. Then `matched_to` determines the group, and the
 * setting is carried.
 */
static bool is_sized(const table *runs, size_t row, const table_column *column) {
    return strcmp(column->name, "hidden") == 0 && !isnan(table_number(runs, row, "matched_to"));
}

/* The key of a row: the cells of all columns but `left_out`. The key of its group omits settings that were sized to
 * match. False: out of memory. */
static bool make_key(const table *runs, size_t row, const table_column *const *columns, size_t count,
                     const table_column *left_out, bool of_group, char **made) {
    text key = {0};
    char cell[512];
    text_append(&key, "%s", "");
    for (size_t i = 0; i < count; i++)
        if (columns[i] != left_out)
            text_append(&key, "%s\x1f",
                        of_group && is_sized(runs, row, columns[i])
                            ? ""
                            : table_cell(runs, row, columns[i], cell, sizeof cell));
    if (key.failed)
        text_free(&key);
    *made = key.data;
    return key.data != NULL;
}

/* From rows to arms */

static int compare_seeds(const void *a, const void *b, void *runs) {
    size_t x = *(const size_t *)a, y = *(const size_t *)b;
    double one = table_number(runs, x, "seed"), other = table_number(runs, y, "seed");
    return one != other ? (one > other) - (one < other) : (x > y) - (x < y);
}

static const table_column **columns_of(const evidence *e) {
    const table_column **columns = calloc(e->settings.count + 1, sizeof(table_column *));
    for (size_t i = 0; columns && i < e->settings.count; i++)
        columns[i] = table_find(&e->runs, e->settings.items[i]);
    return columns;
}

/* Finds by sorting the first row of each row's arm; a row without an earlier equal row begins an arm. */
static bool find_firsts(const evidence *e, const size_t *order, size_t *first) {
    CLEANUP(free_at) const table_column **columns = columns_of(e);
    keyed *keys = calloc(e->runs.rows + 1, sizeof *keys);
    bool ok = columns && keys;
    for (size_t i = 0; ok && i < e->runs.rows; i++) {
        keys[i].row = order[i];
        keys[i].place = i;
        ok = make_key(&e->runs, order[i], columns, e->settings.count, NULL, false, &keys[i].key);
    }
    if (ok)
        qsort(keys, e->runs.rows, sizeof *keys, compare_keys);
    for (size_t i = 0; ok && i < e->runs.rows; i++)
        first[keys[i].place] =
            i && strcmp(keys[i].key, keys[i - 1].key) == 0 ? first[keys[i - 1].place] : keys[i].place;
    free_keys(keys, e->runs.rows);
    return ok;
}

gb_status arms_find(gb_context *context, const evidence *e, arm_list *list) {
    size_t rows = e->runs.rows, at = 0;
    CLEANUP(free_at) size_t *order = matchings_order(&e->runs), *first = calloc(rows + 1, sizeof *first);
    CLEANUP(free_at) size_t *sizes = calloc(rows + 1, sizeof *sizes);
    *list = (arm_list){.items = calloc(rows + 1, sizeof *list->items), .rows = calloc(rows + 1, sizeof *list->rows)};
    bool ok = order && first && sizes && list->items && list->rows && find_firsts(e, order, first);
    for (size_t i = 0; ok && i < rows; i++)
        sizes[first[i]]++;
    for (size_t i = 0; ok && i < rows; i++)
        if (first[i] == i) {
            trial_arm *a = &list->items[list->count];
            a->rows = list->rows + at;
            at += sizes[i];
            sizes[i] = list->count++; /* from here on the number of the arm */
        }
    for (size_t i = 0; ok && i < rows; i++) {
        trial_arm *a = &list->items[sizes[first[i]]];
        a->rows[a->count++] = order[i];
        a->fates[evidence_fate(e, order[i])]++;
    }
    for (size_t i = 0; ok && i < list->count; i++)
        qsort_r(list->items[i].rows, list->items[i].count, sizeof(size_t), compare_seeds, (void *)&e->runs);
    if (!ok)
        arms_free(list);
    return ok ? GB_OK : no_memory(context);
}

void arms_free(arm_list *list) {
    free(list->items);
    free(list->rows);
    *list = (arm_list){0};
}

size_t arm_numbers(const evidence *e, const trial_arm *a, const char *column, double *x) {
    size_t n = 0;
    for (size_t i = 0; i < a->count; i++) {
        double value = table_number(&e->runs, a->rows[i], column);
        if (!isnan(value))
            x[n++] = value;
    }
    return n;
}

size_t arm_ranks(const evidence *e, const trial_arm *a, const char *metric, bool higher_is_better, double *x) {
    size_t n = 0;
    for (size_t i = 0; i < a->count; i++) {
        trial_fate fate = evidence_fate(e, a->rows[i]);
        double value =
            fate == TRIAL_DONE ? table_number(&e->runs, a->rows[i], metric) : (higher_is_better ? -INFINITY : INFINITY);
        if (fate != TRIAL_MISSING && !isnan(value))
            x[n++] = value;
    }
    return n;
}

static bool is_skipped(const char *const *skip, const char *name) {
    while (skip && *skip && strcmp(*skip, name) != 0)
        skip++;
    return skip && *skip;
}

void arm_append_group(const evidence *e, const arm_groups *g, const trial_arm *a, text *words) {
    for (size_t i = 0; i < g->grouping_count; i++)
        if (!is_sized(&e->runs, a->rows[0], g->grouping[i]))
            arm_append_setting(e, a, g->grouping[i], words);
}

void arm_append_setting(const evidence *e, const trial_arm *a, const table_column *column, text *words) {
    char cell[512];
    text_append(words, "%s%s %s", words->length ? ", " : "",
                strcmp(column->name, "matching") == 0 ? "equal" : column->name,
                table_cell(&e->runs, a->rows[0], column, cell, sizeof cell));
}

void arm_words(const evidence *e, const trial_arm *a, const char *const *skip, text *words) {
    for (size_t i = 0; i < e->settings.count; i++) {
        const table_column *column = table_find(&e->runs, e->settings.items[i]);
        if (column && !is_skipped(skip, column->name) && evidence_varies(e, column))
            arm_append_setting(e, a, column, words);
    }
}

/* From arms to groups */

/* The arms sorted by the key of all columns but `left_out`; NULL: out of memory. */
static keyed *sort_arms(const evidence *e, const arm_list *arms, const table_column *const *columns, size_t count,
                        const table_column *left_out) {
    keyed *keys = calloc(arms->count + 1, sizeof *keys);
    bool ok = keys != NULL;
    for (size_t i = 0; ok && i < arms->count; i++) {
        keys[i] = (keyed){NULL, arms->items[i].rows[0], i};
        ok = make_key(&e->runs, keys[i].row, columns, count, left_out, true, &keys[i].key);
    }
    if (ok)
        qsort(keys, arms->count, sizeof *keys, compare_keys);
    else
        free_keys(keys, arms->count);
    return ok ? keys : NULL;
}

/* True if these other columns determine the column's value in all arms of the plan. */
static bool follows(const evidence *e, const arm_list *arms, const table_column *const *columns, size_t count,
                    const table_column *column, bool *result) {
    keyed *keys = sort_arms(e, arms, columns, count, column);
    *result = keys != NULL;
    for (size_t i = 1; *result && i < arms->count; i++)
        *result = strcmp(keys[i].key, keys[i - 1].key) != 0 || table_same_cell(column, keys[i].row, keys[i - 1].row);
    free_keys(keys, arms->count);
    return keys != NULL;
}

/* True if a setting may follow from the values of `by`. For cells the plan says so; without a plan any setting may. */
static bool may_carry(const evidence *e, const table_column *by, const char *name) {
    return !e->planned || strcmp(by->name, "cell") != 0 || names_have(&e->carried, name);
}

/* Removes from the grouping the settings that the other settings (and `by`) determine. Starts at the end, so that of
 * two equivalent settings the earlier one names the group. */
static bool drop_following(const evidence *e, arm_groups *g, bool with_by) {
    bool ok = true;
    for (size_t i = g->grouping_count; ok && i-- > 0;) {
        const table_column *column = g->grouping[i];
        bool dropped = false;
        g->grouping[g->grouping_count] = g->by; /* for the moment */
        if (!with_by || may_carry(e, g->by, column->name))
            ok = follows(e, &g->arms, g->grouping, g->grouping_count + with_by, column, &dropped);
        if (!dropped)
            continue;
        if (with_by)
            g->carried[g->carried_count++] = column;
        memmove(g->grouping + i, g->grouping + i + 1, (--g->grouping_count - i) * sizeof *g->grouping);
    }
    return ok;
}

/* Settings that `by` and the other settings determine are carried. Of the rest, those that the others determine are
 * redundant. */
static bool find_grouping(const evidence *e, arm_groups *g) {
    CLEANUP(free_at) const table_column **columns = columns_of(e);
    g->grouping = calloc(e->settings.count + 2, sizeof *g->grouping);
    g->carried = calloc(e->settings.count + 1, sizeof *g->carried);
    bool ok = columns && g->grouping && g->carried;
    for (size_t i = 0; ok && i < e->settings.count; i++)
        if (columns[i] != g->by && evidence_varies(e, columns[i]))
            g->grouping[g->grouping_count++] = columns[i];
    ok = ok && drop_following(e, g, true) && drop_following(e, g, false);
    for (size_t i = 0; ok && i < g->grouping_count; i++)
        if (strcmp(g->grouping[i]->name, "hidden") == 0 && table_find(&e->runs, "matched_to"))
            g->carried[g->carried_count++] = g->grouping[i];
    return ok;
}

/* The index of a value of `by`; a new value is added. */
static size_t value_number(arm_groups *g, const char *value) {
    size_t i = 0;
    while (i < g->value_count && strncmp(g->values[i], value, sizeof *g->values - 1) != 0)
        i++;
    if (i == g->value_count)
        snprintf(g->values[g->value_count++], sizeof *g->values, "%s", value);
    return i;
}

/* Numbers groups in the order of their first arms, and values in that of the table. */
static bool number_groups(const evidence *e, arm_groups *g) {
    keyed *keys = sort_arms(e, &g->arms, g->grouping, g->grouping_count, NULL);
    char cell[512];
    g->values = calloc(e->runs.rows + 1, sizeof *g->values);
    g->firsts = calloc(g->arms.count + 1, sizeof *g->firsts);
    bool ok = keys && g->values && g->firsts;
    for (size_t row = 0; ok && row < e->runs.rows; row++)
        value_number(g, table_cell(&e->runs, row, g->by, cell, sizeof cell));
    for (size_t i = 0, first = 0; ok && i < g->arms.count; i++) {
        first = i && strcmp(keys[i].key, keys[i - 1].key) == 0 ? first : keys[i].place;
        trial_arm *a = &g->arms.items[keys[i].place];
        a->group = first; /* temporarily the index of the first arm */
        a->value = value_number(g, table_cell(&e->runs, a->rows[0], g->by, cell, sizeof cell));
    }
    for (size_t i = 0; ok && i < g->arms.count; i++) {
        size_t first = g->arms.items[i].group;
        if (first == i)
            g->firsts[g->group_count++] = i;
        g->arms.items[i].group = first == i ? g->group_count - 1 : g->arms.items[first].group;
    }
    free_keys(keys, g->arms.count);
    return ok;
}

gb_status arms_group(gb_context *context, const evidence *e, const table_column *by, arm_groups *groups) {
    *groups = (arm_groups){.by = by};
    GB_TRY(arms_find(context, e, &groups->arms));
    if (find_grouping(e, groups) && number_groups(e, groups))
        return GB_OK;
    arms_free_groups(groups);
    return no_memory(context);
}

void arms_free_groups(arm_groups *groups) {
    arms_free(&groups->arms);
    free(groups->values);
    free(groups->firsts);
    free(groups->grouping);
    free(groups->carried);
    *groups = (arm_groups){0};
}

const trial_arm *arms_of_group(const arm_groups *groups, size_t group, size_t value) {
    for (size_t i = 0; i < groups->arms.count; i++)
        if (groups->arms.items[i].group == group && groups->arms.items[i].value == value)
            return &groups->arms.items[i];
    return NULL;
}

size_t arms_pair(const evidence *e, const trial_arm *a, const trial_arm *b, arm_pair *pairs) {
    size_t count = 0;
    for (size_t i = 0, j = 0; i < a->count && j < b->count;) {
        double one = table_number(&e->runs, a->rows[i], "seed"), other = table_number(&e->runs, b->rows[j], "seed");
        if (one == other)
            pairs[count++] = (arm_pair){a->rows[i++], b->rows[j++], one};
        else
            *(one < other ? &i : &j) += 1;
    }
    return count;
}
