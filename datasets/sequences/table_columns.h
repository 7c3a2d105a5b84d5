/* SPDX-License-Identifier: MIT */
/* Chooses the input and target columns of a table and reads their values. Internal to the task `table`. */
#ifndef GATEBENCH_DATASETS_SEQUENCES_TABLE_COLUMNS_H
#define GATEBENCH_DATASETS_SEQUENCES_TABLE_COLUMNS_H

#include "datasets/files/csv_table.h"

typedef enum table_predict { TABLE_AUTO, TABLE_CLASS, TABLE_NUMBER, TABLE_NEXT } table_predict;

typedef struct table_columns {
    table_predict predict; /* never TABLE_AUTO once chosen */
    size_t *inputs, input_count;
    size_t *targets, target_count;
    size_t *left_out, left_out_count; /* the unused columns */
    size_t sequence;                  /* SIZE_MAX: none */
    const char **labels;              /* [label_count] the classes in order; points into the table */
    size_t label_count;
} table_columns;

/* Chooses columns from the recipe's settings: names joined by '+', or "" for the default. Free also after a failure.
 * Errors: GB_INVALID (no such column), GB_DATA, GB_MEMORY. */
gb_status table_choose(gb_context *context, const csv_table *table, const char *inputs, const char *target,
                       const char *sequence, table_predict predict, table_columns *columns);
void table_columns_free(gb_context *context, table_columns *columns);

/* Reads columns as numbers into values[rows][count], row i of them from row order[i] of the table. Errors: GB_DATA (a
 * value is missing or not a number; gives line and column). */
gb_status table_numbers(gb_context *context, const csv_table *table, const size_t *columns, size_t count,
                        const size_t *order, double *values);

/* Reads the classes of the target into labels[rows], in that order. Errors: GB_DATA (a class is missing). */
gb_status table_labels(gb_context *context, const csv_table *table, table_columns *columns, const size_t *order,
                       int32_t *labels);

/* Writes into order[rows] the rows grouped by sequence, with the sequences in the order of their first rows.
 * starts[sequences + 1] gets the start of each group. Without a sequence column all rows are one sequence. */
gb_status table_gather(gb_context *context, const csv_table *table, size_t sequence, size_t *order, size_t *starts,
                       size_t *sequences);

#endif
