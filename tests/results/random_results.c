/* SPDX-License-Identifier: MIT */
/* Writes a results file of a random run: random_results SEED FILE. Two or three cells on `adding` over lengths and
 * learning rates, with trials that are done, tied, constant, unsolved, diverged (some after they had solved their
 * task), over their limit, failed by accident or missing. story.py computes the expected statistics. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "gatebench/random.h"
#include "results/store/store.h"

enum { STEPS = 500, EVERY = 50, BATCH = 20 };

typedef struct made {
    gb_random random;
    const char *folder;
    gb_context *context;
    table planned;
    size_t count;
    double diverging, losing, limit, constant; /* probabilities */
} made;

static void must(bool ok) {
    if (!ok)
        abort();
}

static bool happens(made *m, double probability) {
    return gb_random_uniform(&m->random) < probability;
}

/* The settings of a trial, into its record (as numbers) or the plan (as texts). */
static void set_number(table *t, bool text, const char *name, double value) {
    char words[40];
    snprintf(words, sizeof words, "%.17g", value);
    must(text                    ? table_set_text(t, name, words)
         : value == floor(value) ? table_set_integer(t, name, value)
                                 : table_set_number(t, name, value));
}

static void set_settings(table *t, bool text, const char *cell, double length, double lr, double seed) {
    must(table_set_text(t, "task", "adding") && table_set_text(t, "cell", cell) && table_set_text(t, "select", "best"));
    set_number(t, text, "hidden", 16);
    set_number(t, text, "length", length);
    set_number(t, text, "lr", lr);
    set_number(t, text, "steps", STEPS);
    set_number(t, text, "batch", BATCH);
    set_number(t, text, "seed", seed);
}

/* Validations with falling errors; one that diverges ends early. Returns the last metric. */
static double add_curve(made *m, trial_record *r, double rate, size_t steps) {
    double mse = 0.3;
    for (size_t step = EVERY; step <= steps; step += EVERY) {
        mse *= happens(m, rate) ? 0.6 : 1;
        must(table_add_row(&r->curves) && table_set_integer(&r->curves, "step", (double)step) &&
             table_set_number(&r->curves, "valid_loss", mse) && table_set_number(&r->curves, "valid_metric", mse) &&
             table_set_number(&r->curves, "cpu_seconds", 0.01 * (double)step * (1 + rate)));
    }
    return mse;
}

static void write_trial(made *m, const char *id, const char *cell, double length, double lr, double seed) {
    trial_record r = {.configuration = strdup("made")};
    bool diverged = happens(m, m->diverging), constant = happens(m, m->constant);
    table *f = &r.fields;
    snprintf(r.id, sizeof r.id, "%s", id);
    snprintf(r.status, sizeof r.status, diverged ? "diverged" : "done");
    must(r.configuration && table_add_row(f) && table_set_text(f, "id", id));
    set_settings(f, false, cell, length, lr, seed);
    must(table_set_text(f, "data_sha256", ""));
    size_t steps = diverged ? 50 * gb_random_below(&m->random, 8) : STEPS;
    double valid = add_curve(m, &r, strcmp(cell, "gru") ? 0.3 : 0.4, steps);
    double mse = constant ? 0.25 : valid * (1 + 0.02 * gb_random_normal(&m->random));
    double accuracy = constant ? 1 : fmin(1, floor(20 * fmax(0, 1 - mse / 0.3)) / 20); /* in steps: ties */
    must(table_set_number(f, "mse", diverged ? NAN : mse) && table_set_number(f, "loss", diverged ? NAN : mse) &&
         table_set_number(f, "accuracy", diverged ? NAN : accuracy) &&
         table_set_number(f, "valid_mse", diverged ? NAN : valid) &&
         table_set_number(f, "valid_loss", diverged ? NAN : valid) &&
         table_set_integer(f, "parameters", strcmp(cell, "gru") ? 1200 : 900) &&
         table_set_integer(f, "cell_parameters", strcmp(cell, "gru") ? 1100 : 800) &&
         table_set_integer(f, "steps_run", (double)steps));
    must(store_write_trial(m->context, m->folder, &r) == GB_OK);
    trial_record_free(&r);
}

/* A planned trial, which is then run or not. */
static void add_trial(made *m, const char *cell, double length, double lr, double seed) {
    char id[33];
    table *t = &m->planned;
    snprintf(id, sizeof id, "%032zx", ++m->count);
    must(table_add_row(t) && table_set_text(t, "id", id) && table_set_text(t, "stage", "final") &&
         table_set_text(t, "matching", "width") && table_set_text(t, "matched", "16/16"));
    set_settings(t, true, cell, length, lr, seed);
    if (!happens(m, m->losing))
        write_trial(m, id, cell, length, lr, seed);
    else if (happens(m, m->limit))
        must(table_set_text(t, "reason", STORE_OVER_LIMIT "it took longer than 1 s"));
    else if (happens(m, 0.3))
        must(table_set_text(t, "reason", "killed by signal 9"));
}

static void make(made *m, const char *path) {
    static const char *const cells[] = {"gru", "lstm", "rnn"}, *const swept[] = {"cell", "length", "lr", "seed", NULL};
    static const char *const carried[] = {NULL};
    size_t cell_count = 2 + happens(m, 0.3), lengths = 1 + happens(m, 0.5), rates = 1 + happens(m, 0.4);
    size_t seeds = 1 + gb_random_below(&m->random, 9);
    m->diverging = happens(m, 0.5) ? 0 : 0.3 * gb_random_uniform(&m->random);
    m->losing = happens(m, 0.5) ? 0 : 0.3 * gb_random_uniform(&m->random);
    m->limit = gb_random_uniform(&m->random);
    m->constant = happens(m, 0.6) ? 0 : happens(m, 0.5) ? 1 : 0.5;
    for (size_t c = 0; c < cell_count; c++)
        for (size_t l = 0; l < lengths; l++)
            for (size_t k = 0; k < rates; k++)
                for (size_t s = 1; s <= seeds; s++)
                    add_trial(m, cells[c], l ? 20 : 10, k ? 0.01 : 0.002, (double)s);
    static const char recipe[] =
        "name: adding\ncompare:\n  - {a: gru, b: lstm, metric: mse, margin: 0.05, solved: 0.1}\n";
    const store_provenance p = {.name = "adding",
                                .title = "A made question?",
                                .recipe_text = recipe,
                                .resolved = recipe,
                                .command_line = "random_results",
                                .environment = "",
                                .commit = "",
                                .libraries = "",
                                .swept = swept,
                                .tuned = carried,
                                .carried = carried,
                                .planned = &m->planned};
    must(store_write_results(m->context, m->folder, path, &p) == GB_OK);
}

int main(int argc, char **argv) {
    made m = {0};
    char folder[4096];
    if (argc != 3 || snprintf(folder, sizeof folder, "%s.trials", argv[2]) >= (int)sizeof folder)
        return 2;
    must(gb_context_create(NULL, &m.context) == GB_OK);
    must(mkdir(folder, 0777) == 0);
    m.folder = folder;
    m.random = gb_random_stream(strtoull(argv[1], NULL, 10), GB_RANDOM_STATISTICS, 77);
    make(&m, argv[2]);
    table_free(&m.planned);
    gb_context_destroy(m.context);
    return 0;
}
