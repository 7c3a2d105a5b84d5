/* SPDX-License-Identifier: MIT */
/* A user's own table: a CSV file whose columns are inputs, a target and, if there are several sequences, the sequence's
 * name. The target is a class, a number, or the next row.
 *
 * With a sequence column the rows with equal names form a sequence, in the order of the file, and whole sequences are
 * assigned to train, valid and test. Without one the file is one long series. Its rows, in order, make the three parts,
 * each cut into windows. A window starts at every row; windows do not overlap if every step has a target or the split
 * is random. If every step has a target, the last window may be shorter. Standardised inputs have mean 0 and deviation
 * 1 over the rows of train, standardised numbers to predict over the targets of train. */
#include <math.h>
#include <string.h>

#include "datasets/sequences/table_columns.h"
#include "datasets/sequences/windows.h"

enum { FILE_PATH, TARGET, INPUTS, SEQUENCE, PREDICT, ASK, WINDOW, FIRST, SPLIT, SPLIT_SEED, TEST, VALID, STANDARDISE };

static const setting options[] = {
    [FILE_PATH] = TASK_OPTION("file", FILE, "", "PATH", "CSV file; its first line names the columns"),
    [TARGET] = TASK_OPTION("target", TEXT, "", "@columns",
                           "target columns, joined by +; \"\": the last column, or all inputs with predict=next"),
    [INPUTS] = TASK_OPTION("inputs", TEXT, "", "@columns",
                           "input columns, joined by +; \"\": all other columns that hold numbers"),
    [SEQUENCE] = TASK_OPTION("sequence", TEXT, "", "@columns",
                             "the column that names the sequence of a row; \"\": all rows are one series"),
    [PREDICT] = TASK_OPTION("predict", CHOICE, "auto", "auto|class|number|next",
                            "auto: a class if the target holds texts or at most 20 different integers, else a number"),
    [ASK] = TASK_OPTION(
        "ask", CHOICE, "auto", "auto|last|every",
        "which steps have a target: the last or every one; auto: every one if the target changes within sequences"),
    [WINDOW] = TASK_OPTION("window", INTEGER, "32", "[1, 100000]", "steps per window, if there is no sequence column"),
    [FIRST] = TASK_OPTION("first", CHOICE, "no", "no|yes",
                          "with predict=next: also predict the first row of a sequence, before any input"),
    [SPLIT] = TASK_OPTION("split", CHOICE, "auto", "auto|time|random",
                          "time: train, valid and test in the order of the file; random: drawn; auto: random if there "
                          "is a sequence column, else time"),
    [SPLIT_SEED] = TASK_OPTION("split_seed", INTEGER, "1", "[0, 1e9]", "seed of the split"),
    [TEST] = TASK_OPTION("test_share", REAL, "0.15", "[0.001, 0.4]", "share of the rows or sequences for testing"),
    [VALID] = TASK_OPTION("valid_share", REAL, "0.15", "[0.001, 0.4]", "share of the rows or sequences for validation"),
    [STANDARDISE] = TASK_OPTION("standardise", CHOICE, "yes", "no|yes",
                                "scale inputs and numeric targets to mean 0 and deviation 1 in train"),
    {0}};

typedef struct table_state {
    windows windows;
    csv_table table;
    table_columns columns;
    size_t *order, *starts, sequences;
} table_state;

static void table_close(void *state) {
    table_state *s = state;
    gb_context *context = s->windows.context;
    table_columns_free(context, &s->columns);
    csv_table_free(context, &s->table);
    gb_release(context, s->order);
    gb_release(context, s->starts);
    windows_free(&s->windows);
    gb_release(context, s);
}

static gb_status read_values(table_state *s) {
    windows *w = &s->windows;
    table_columns *c = &s->columns;
    w->rows = s->table.rows;
    w->width = c->input_count;
    GB_TRY(gb_allocate(w->context, w->rows, sizeof *s->order, &s->order));
    GB_TRY(gb_allocate(w->context, w->rows + 1, sizeof *s->starts, &s->starts));
    GB_TRY(table_gather(w->context, &s->table, c->sequence, s->order, s->starts, &s->sequences));
    GB_TRY(gb_allocate(w->context, w->rows * w->width, sizeof *w->inputs, &w->inputs));
    GB_TRY(table_numbers(w->context, &s->table, c->inputs, w->width, s->order, w->inputs));
    if (c->predict == TABLE_CLASS) {
        GB_TRY(gb_allocate(w->context, w->rows, sizeof *w->labels, &w->labels));
        GB_TRY(table_labels(w->context, &s->table, c, s->order, w->labels));
        w->classes = c->label_count;
        return GB_OK;
    }
    w->targets = c->target_count;
    GB_TRY(gb_allocate(w->context, w->rows * w->targets, sizeof *w->values, &w->values));
    return table_numbers(w->context, &s->table, c->targets, w->targets, s->order, w->values);
}

/* True if the target differs between two rows of one sequence. */
static bool target_changes(const table_state *s) {
    const windows *w = &s->windows;
    for (size_t i = 0; i < s->sequences; i++)
        for (size_t row = s->starts[i] + 1; row < s->starts[i + 1]; row++) {
            if (w->classes && w->labels[row] != w->labels[row - 1])
                return true;
            for (size_t k = 0; k < w->targets; k++)
                if (w->values[row * w->targets + k] != w->values[(row - 1) * w->targets + k])
                    return true;
        }
    return false;
}

/* Makes one sequence per name. Refuses a sequence that is too short to have a target. */
static gb_status add_sequences(table_state *s) {
    windows *w = &s->windows;
    size_t lost = w->before ? 0 : w->ahead;
    for (size_t i = 0; i < s->sequences; i++) {
        size_t rows = s->starts[i + 1] - s->starts[i];
        if (rows <= lost)
            return csv_table_fail(
                w->context, &s->table, s->order[s->starts[i]], s->columns.sequence,
                "the sequence '%.60s' has a single row and no next row to predict; remove it, or set first=yes",
                csv_table_cell(&s->table, s->order[s->starts[i]], s->columns.sequence));
        GB_TRY(windows_add(w, s->starts[i], rows - lost));
    }
    return GB_OK;
}

/* The file as one series: parts in the file's order, or blocks of rows assigned at random. */
static gb_status cut_series(table_state *s, const char *const *values, bool random) {
    windows *w = &s->windows;
    size_t steps = task_integer(values[WINDOW]), stride = w->every || random ? steps : 1;
    if (!random)
        return windows_cut(w, steps, stride, task_real(values[TEST]), task_real(values[VALID]));
    size_t at = 0;
    for (; at + steps + w->ahead <= w->rows; at += stride + w->ahead)
        GB_TRY(windows_add(w, at, steps));
    GB_TRY(windows_add_rest(w, at, w->rows));
    return windows_split(w, 0, task_real(values[TEST]), task_real(values[VALID]), true,
                         task_integer(values[SPLIT_SEED]));
}

static gb_status cut_sequences(table_state *s, const char *const *values) {
    windows *w = &s->windows;
    bool named = s->columns.sequence != SIZE_MAX, next = s->columns.predict == TABLE_NEXT;
    bool random = !strcmp(values[SPLIT], "auto") ? named : !strcmp(values[SPLIT], "random");
    w->ahead = w->forecast = next;
    w->before = !strcmp(values[FIRST], "yes");
    w->every = !strcmp(values[ASK], "every") || (!strcmp(values[ASK], "auto") && named && (next || target_changes(s)));
    if (w->before && !(next && named && w->every))
        return gb_fail(w->context, GB_INVALID,
                       "table: first=yes, which predicts the first row of each sequence, needs predict=next, a "
                       "sequence column, and ask=every or auto");
    if (!named)
        return cut_series(s, values, random);
    GB_TRY(add_sequences(s));
    return windows_split(w, 0, task_real(values[TEST]), task_real(values[VALID]), random,
                         task_integer(values[SPLIT_SEED]));
}

static gb_status open_table(table_state *s, const char *const *values) {
    static const char *const predictions[] = {"auto", "class", "number", "next"};
    gb_context *context = s->windows.context;
    size_t predict = 0;
    while (strcmp(values[PREDICT], predictions[predict]) != 0)
        predict++;
    GB_TRY(csv_table_read(context, "table", values[FILE_PATH], &s->table));
    GB_TRY(table_choose(context, &s->table, values[INPUTS], values[TARGET], values[SEQUENCE], (table_predict)predict,
                        &s->columns));
    GB_TRY(read_values(s));
    GB_TRY(cut_sequences(s, values));
    return !strcmp(values[STANDARDISE], "yes") ? windows_standardise(&s->windows, s->windows.targets > 0) : GB_OK;
}

static gb_status table_open(gb_context *context, const char *const *values, void **state) {
    table_state *s;
    GB_TRY(gb_allocate(context, 1, sizeof *s, &s));
    s->windows = (windows){.context = context, .task = "table"};
    gb_status status = open_table(s, values);
    if (status != GB_OK)
        table_close(s);
    else
        *state = s;
    return status;
}

static void table_shape(const void *state, task_shape *shape) {
    windows_shape(&((const table_state *)state)->windows, shape);
}

static gb_status table_batch(void *state, task_split split, uint64_t seed, size_t index, size_t n, task_batch *batch) {
    return windows_batch(&((table_state *)state)->windows, split, seed, index, n, batch);
}

static size_t table_baselines(void *state, task_baseline *baselines, size_t most) {
    return windows_baselines(&((const table_state *)state)->windows, baselines, most);
}

/* Prints the last rows of a test sequence as in the file, and the target. */
static void table_sample(void *state, uint64_t seed, FILE *out) {
    enum { SHOWN_ROWS = 4, SHOWN_COLUMNS = 8 };
    const table_state *s = state;
    const windows *w = &s->windows;
    const table_columns *c = &s->columns;
    gb_random random = gb_random_stream(seed, GB_RANDOM_TEST, 0);
    const window *item = &w->items[w->first[TASK_TEST] + gb_random_below(&random, (uint32_t)w->size[TASK_TEST])];
    size_t target = windows_target_row(w, item, item->steps - 1), end = target + 1 - w->ahead;
    for (size_t row = end - item->first > SHOWN_ROWS ? end - SHOWN_ROWS : item->first; row < end; row++) {
        for (size_t k = 0; k < c->input_count && k < SHOWN_COLUMNS; k++)
            fprintf(out, "%s%s %s", k ? ", " : "", csv_table_name(&s->table, c->inputs[k]),
                    csv_table_cell(&s->table, s->order[row], c->inputs[k]));
        fputs(c->input_count > SHOWN_COLUMNS ? ", ...\n" : "\n", out);
    }
    for (size_t k = 0; k < c->target_count && k < SHOWN_COLUMNS; k++)
        fprintf(out, "%s%s %s", k ? ", " : "-> ", csv_table_name(&s->table, c->targets[k]),
                csv_table_cell(&s->table, s->order[target], c->targets[k]));
    fprintf(out, " (line %zu)\n", s->table.lines[s->order[target]]);
}

static void print_names(const csv_table *t, const char *title, const size_t *columns, size_t count, FILE *out) {
    enum { SHOWN = 12 };
    fprintf(out, "%s\t", title);
    for (size_t i = 0; i < count && i < SHOWN; i++)
        fprintf(out, "%s%s", i ? ", " : "", csv_table_name(t, columns[i]));
    fprintf(out, count > SHOWN ? ", ... (%zu)\n" : "\n", count);
}

static void table_facts(void *state, FILE *out) {
    static const char *const predicted[] = {"", "a class", "a number", "the next row"};
    const table_state *s = state;
    const table_columns *c = &s->columns;
    fprintf(out, "file\t%s\nsha256\t%s\npredicted\t%s\n", s->table.file.path, s->table.file.sha256,
            predicted[c->predict]);
    print_names(&s->table, "inputs", c->inputs, c->input_count, out);
    print_names(&s->table, "target", c->targets, c->target_count, out);
    if (c->sequence != SIZE_MAX)
        fprintf(out, "sequences\t%zu, named by %s\n", s->sequences, csv_table_name(&s->table, c->sequence));
    if (c->left_out_count)
        print_names(&s->table, "columns left out", c->left_out, c->left_out_count, out);
    for (size_t i = 0; i < c->label_count && i < 20; i++)
        fprintf(out, "class %zu\t%s\n", i, c->labels[i]);
    windows_facts(&s->windows, out);
}

static const char *table_sha256(const void *state) {
    return ((const table_state *)state)->table.file.sha256;
}

const task_type task_own_table_type = {
    .name = "table",
    .summary = "a class, number or next row of your CSV file",
    .source = "your file",
    .options = options,
    .version = 2,
    .open = table_open,
    .close = table_close,
    .shape = table_shape,
    .batch = table_batch,
    .baselines = table_baselines,
    .sample = table_sample,
    .facts = table_facts,
    .sha256 = table_sha256,
};
