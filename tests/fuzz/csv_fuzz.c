/* SPDX-License-Identifier: MIT */
/* Tables: the reader, then the choice of columns and their values. The first byte selects the options. */
#include "datasets/sequences/table_columns.h"
#include "fuzz.h"

static gb_status read_columns(const csv_table *t, table_columns *c, size_t *order, size_t *starts) {
    size_t sequences;
    gb_status status = table_gather(context, t, c->sequence, order, starts, &sequences);
    double *values = calloc(t->rows * (c->input_count + 1), sizeof *values);
    int32_t *labels = calloc(t->rows, sizeof *labels);
    if (!values || !labels)
        abort();
    if (status == GB_OK && (starts[0] || starts[sequences] != t->rows))
        abort();
    if (status == GB_OK)
        status = table_numbers(context, t, c->inputs, c->input_count, order, values);
    if (status == GB_OK && c->predict == TABLE_CLASS)
        status = table_labels(context, t, c, order, labels);
    free(values);
    free(labels);
    return status;
}

static gb_status read_table(csv_table *t, uint8_t asked) {
    table_columns c;
    GB_TRY(csv_table_parse(context, t));
    gb_status status = table_choose(context, t, asked & 8 ? "a" : "", asked & 16 ? "b" : "", asked & 32 ? "c" : "",
                                    (table_predict)(asked % 4), &c);
    size_t *order = calloc(t->rows, sizeof *order), *starts = calloc(t->rows + 1, sizeof *starts);
    if (!order || !starts)
        abort();
    if (status == GB_OK)
        status = read_columns(t, &c, order, starts);
    free(order);
    free(starts);
    table_columns_free(context, &c);
    return status;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
    csv_table t = {.file = fuzz_file("x.csv", size ? bytes + 1 : bytes, size ? size - 1 : 0)};
    gb_status status = read_table(&t, size ? bytes[0] : 0);
    if (status != GB_OK)
        fuzz_check_refusal(status, "x.csv");
    csv_table_free(context, &t);
    return 0;
}
