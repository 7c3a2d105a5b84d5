/* SPDX-License-Identifier: MIT */
/* Which columns of a table are read, which is asked for, and their values. Internal to the task `table`. */
#ifndef GATEBENCH_DATASETS_SEQUENCES_TABLE_COLUMNS_H
#define GATEBENCH_DATASETS_SEQUENCES_TABLE_COLUMNS_H

#include "datasets/files/csv_table.h"

typedef enum table_predict { TABLE_AUTO, TABLE_CLASS, TABLE_NUMBER, TABLE_NEXT } table_predict;

typedef struct table_columns {
    table_predict predict; /* never TABLE_AUTO once chosen */
    size_t *inputs, input_count;
    size_t *targets, target_count;
    size_t sequence;     /* SIZE_MAX: none */
    size_t left_out;     /* columns that are none of these */
    const char **labels; /* [label_count] the classes in order, views into the table */
    size_t label_count;
} table_columns;

/* Chooses from what a recipe says: names joined by '+', or "" for what the table suggests. Free also after a failure.
 * Errors: GB_INVALID (no such column), GB_DATA, GB_MEMORY. */
gb_status table_choose(gb_context *context, const csv_table *table, const char *inputs, const char *target,
                       const char *sequence, table_predict predict, table_columns *columns);
void table_columns_free(gb_context *context, table_columns *columns);

/* Reads columns as numbers into values[rows][count], row i of them from row order[i] of the table. Errors: GB_DATA (a
 * value that is missing or no number: its line and column). */
gb_status table_numbers(gb_context *context, const csv_table *table, const size_t *columns, size_t count,
                        const size_t *order, double *values);

/* The classes of the target into labels[rows], in that order. Errors: GB_DATA (a missing one). */
gb_status table_labels(gb_context *context, const csv_table *table, table_columns *columns, const size_t *order,
                       int32_t *labels);

/* The rows so that those of a sequence stand together, the sequences in the order of their first rows, into
 * order[rows]; starts[sequences + 1] gets where each begins. Without a sequence column all rows are one. */
gb_status table_gather(gb_context *context, const csv_table *table, size_t sequence, size_t *order, size_t *starts,
                       size_t *sequences);

#endif
