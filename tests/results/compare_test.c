/* SPDX-License-Identifier: MIT */
/* Arms compared on constructed tables: which settings make groups, which come with an arm, what is paired and lost. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "constructed.h"
#include "results/analysis/compare_budget.h"
#include "results/analysis/compare_extras.h"
#include "results/analysis/interim_looks.h"
#include "results/store/metrics.h"

typedef struct fixture {
    gb_context *context;
    results *r;
    evidence e;
    compare_findings made;
} fixture;

/* Accuracy of a trial: gru a little better than lstm, both worse at gap 50. */
static double accuracy_of(const char *cell, double gap, int seed) {
    return 0.95 - 0.004 * gap + 0.001 * seed + (strcmp(cell, "gru") == 0 ? 0.05 + 0.002 * (seed % 3) : 0);
}

/* A trial; its widths are zipped to the cell, its learning rate was tuned by cell and gap, fillers go with the gap. */
static void add_trial(fixture *f, const char *cell, double gap, int seed) {
    bool gru = strcmp(cell, "gru") == 0;
    double run = (double)f->r->runs.rows, accuracy = accuracy_of(cell, gap, seed);
    table *t = constructed_trial(f->r, "recall", cell, seed), *curves = &f->r->curves;
    assert_true(table_set_integer(t, "hidden", gru ? 49 : 39) && table_set_integer(t, "gap", gap) &&
                table_set_integer(t, "fillers", 2 * gap) && table_set_integer(t, "steps", 1000) &&
                table_set_number(t, "lr", gru && gap > 10 ? 0.001 : 0.002) &&
                table_set_number(t, "accuracy", accuracy) && table_set_number(t, "valid_accuracy", accuracy));
    for (int step = 100; step <= 300; step += 100) /* solved at step 200, or never */
        assert_true(table_add_row(curves) && table_set_integer(curves, "run", run) &&
                    table_set_integer(curves, "step", step) &&
                    table_set_number(curves, "valid_metric", step < 200 ? 0.5 : accuracy));
}

static int setup(void **state) {
    fixture *f = calloc(1, sizeof *f);
    assert_non_null(f);
    assert_int_equal(gb_context_create(NULL, &f->context), GB_OK);
    f->r = constructed_results("recall");
    constructed_provenance(f->r, "swept", "cell\nhidden\ngap\nfillers\nlr\nseed\n");
    for (int gap = 10; gap <= 50; gap += 40)
        for (int seed = 1; seed <= 5; seed++) {
            add_trial(f, "lstm", gap, seed); /* lstm first, so that arms are in the table's order */
            add_trial(f, "gru", gap, seed);
        }
    *state = f;
    return 0;
}

static int teardown(void **state) {
    fixture *f = *state;
    compare_free(&f->made);
    evidence_free(&f->e);
    results_free(f->r);
    gb_context_destroy(f->context);
    free(f);
    return 0;
}

static gb_status ask(fixture *f, compare_question question) {
    compare_free(&f->made);
    evidence_free(&f->e);
    assert_int_equal(evidence_read(f->context, f->r, "final", true, &f->e), GB_OK);
    return compare_arms(f->context, &f->e, &question, &f->made);
}

static gb_status compare(fixture *f, const char *a, const char *b) {
    return ask(f, (compare_question){"cell", "accuracy", a, b, 0.01, 0.9, metric_higher_is_better("accuracy"), {0, 0}});
}

/* The trial of a cell with this gap and seed ends otherwise. */
static void set_status(fixture *f, const char *cell, double gap, double seed, const char *status) {
    table *t = &f->r->runs;
    for (size_t row = 0; row < t->rows; row++)
        if (!strcmp(table_text(t, row, "cell"), cell) && table_number(t, row, "gap") == gap &&
            table_number(t, row, "seed") == seed) {
            table_column *column = table_add_column(t, "status", COLUMN_TEXT);
            free(column->texts[row]);
            column->texts[row] = strdup(status);
        }
}

static void groups_are_found_in_the_table(void **state) {
    fixture *f = *state;
    assert_int_equal(compare(f, "gru", "lstm"), GB_OK);
    assert_string_equal(f->made.grouped, "gap"); /* fillers follow from it */
    assert_non_null(strstr(f->made.carried, "hidden"));
    assert_non_null(strstr(f->made.carried, "lr"));
    assert_null(strstr(f->made.carried, "fillers"));
    assert_int_equal(f->made.count, 3);
    assert_string_equal(f->made.items[0].group, "gap 10");
    assert_string_equal(f->made.items[1].group, "gap 50");
    assert_null(f->made.items[2].group);
}

static void pairs_are_compared(void **state) {
    fixture *f = *state;
    assert_int_equal(compare(f, "gru", "lstm"), GB_OK);
    const compare_result *ten = &f->made.items[0], *all = &f->made.items[2];
    double gru[5], lstm[5];
    for (int seed = 1; seed <= 5; seed++) {
        gru[seed - 1] = accuracy_of("gru", 10, seed);
        lstm[seed - 1] = accuracy_of("lstm", 10, seed);
    }
    comparison wanted = statistics_compare_paired(gru, lstm, 5, 0.01, 1, (comparison_levels){0});
    assert_int_equal(ten->pairs, 5);
    assert_true(ten->difference.difference.low == wanted.difference.low);
    assert_int_equal(ten->difference.word, VERDICT_A_BETTER);
    assert_true(fabs(ten->mean_a / ten->mean_b - ten->ratio) < 1e-12);
    assert_true(ten->improvement.estimate == 1 && ten->improvement.low < 1);
    assert_true(ten->p_holm >= ten->difference.p_difference && ten->p_holm < 0.05 && isnan(all->p_holm));
    assert_int_equal(all->pairs, 5); /* a seed counts once */
    assert_true(fabs(all->difference.difference.estimate - ten->difference.difference.estimate) < 1e-12);
    assert_int_equal(compare(f, "lstm", "gru"), GB_OK); /* the other way round */
    assert_int_equal(f->made.items[0].difference.word, VERDICT_B_BETTER);
    assert_true(f->made.items[0].improvement.estimate == 0);
    assert_int_equal(compare(f, NULL, NULL), GB_OK); /* each pair once, in the table's order */
    assert_int_equal(f->made.count, 3);
    assert_string_equal(f->made.items[0].a, "lstm");
}

static void solving_is_counted_and_censored(void **state) {
    fixture *f = *state;
    assert_int_equal(compare(f, "gru", "lstm"), GB_OK);
    const compare_result *ten = &f->made.items[0], *fifty = &f->made.items[1], *all = &f->made.items[2];
    assert_int_equal(ten->solved_a, 5);
    assert_int_equal(ten->solved_b, 5); /* 0.911 and more */
    assert_int_equal(fifty->solved_a, 0);
    assert_int_equal(fifty->solved_b, 0);
    assert_true(ten->steps_a == 200 && ten->steps_b == 200 && ten->solving.p == 1);
    assert_true(isnan(fifty->steps_a) && fifty->solving.p == 1);
    assert_int_equal(all->solved_a, 5);
    assert_int_equal(all->tried_a, 10);
    assert_true(all->p_fisher == 1);
}

static void diverged_trials_are_lost_and_unsolved(void **state) {
    fixture *f = *state;
    char words[200];
    compare_extras more;
    const compare_question question = {.margin = 0.01, .solved = 0.9, .higher_is_better = 1};
    set_status(f, "gru", 10, 1, "diverged");
    assert_int_equal(compare(f, "gru", "lstm"), GB_OK);
    const compare_result *ten = &f->made.items[0], *all = &f->made.items[2];
    assert_int_equal(ten->pairs, 4);
    assert_int_equal(ten->lost, 1);
    assert_int_equal(ten->solved_a, 4);
    assert_int_equal(ten->tried_a, 5);
    assert_int_equal(all->pairs, 4); /* seed 1 has no pair at gap 10 */
    assert_int_equal(all->lost, 1);
    assert_int_equal(ten->difference.word, VERDICT_UNDECIDED); /* the GRU was ahead, but for the lost one */
    compare_words(&f->made, ten, words, sizeof words);
    assert_string_equal(words, "undecided: gru diverged in 1 of 5 pairs");
    assert_true(fabs(ten->improvement.estimate - 20. / 25) < 1e-12); /* it is the worst of its arm */
    assert_int_equal(compare_extras_of(f->context, &question, ten, 1, &more), GB_OK);
    assert_true(more.order_a == 1 && fabs(more.median_a - accuracy_of("gru", 10, 2)) < 1e-12);
    assert_int_equal(compare(f, "lstm", "gru"), GB_OK);
    assert_int_equal(f->made.items[0].difference.word, VERDICT_UNDECIDED);
}

/* The arm that is ahead stays so if the other one loses pairs: the lost ones could only widen it. */
static void losses_of_the_worse_arm_decide_nothing(void **state) {
    fixture *f = *state;
    char words[200];
    set_status(f, "lstm", 10, 2, "diverged");
    assert_int_equal(compare(f, "gru", "lstm"), GB_OK);
    assert_int_equal(f->made.items[0].difference.word, VERDICT_A_BETTER);
    compare_words(&f->made, &f->made.items[0], words, sizeof words);
    assert_non_null(strstr(words, "; lstm diverged in 1 of 5 pairs"));
}

/* Solved, then diverged: it solved its task when it did, in the table as in the figure. */
static void what_diverges_later_has_solved(void **state) {
    fixture *f = *state;
    set_status(f, "gru", 10, 1, "diverged");
    assert_int_equal(compare(f, "gru", "lstm"), GB_OK);
    assert_true(f->made.items[0].steps_a == 200 && f->made.items[0].solving.p == 1);
    set_status(f, "lstm", 50, 1, "diverged"); /* unsolved when it diverged: censored at the step limit */
    solve_time times[5];
    arm_groups groups;
    const compare_question question = {.metric = "accuracy", .solved = 0.9, .higher_is_better = 1};
    evidence_free(&f->e);
    assert_int_equal(evidence_read(f->context, f->r, "final", true, &f->e), GB_OK);
    assert_int_equal(arms_group(f->context, &f->e, table_find(&f->e.runs, "cell"), &groups), GB_OK);
    assert_int_equal(compare_solve_times(&f->e, arms_of_group(&groups, 1, 0), &question, times), 5);
    assert_true(!times[0].solved && times[0].time == 1000 && !times[1].solved && times[1].time == 300);
    arms_free_groups(&groups);
}

/* A planned trial, which left no result. */
static void plan(fixture *f, const char *cell, double gap, double seed, const char *status, const char *reason) {
    table *t = &f->r->planned;
    assert_true(table_add_row(t) && table_set_text(t, "id", "0") && table_set_text(t, "stage", "final") &&
                table_set_text(t, "status", status) && table_set_text(t, "reason", reason) &&
                table_set_text(t, "matching", "width") && table_set_integer(t, "seed", seed) &&
                table_set_text(t, "cell", cell) && table_set_integer(t, "gap", gap) &&
                table_set_integer(t, "fillers", 2 * gap) &&
                table_set_integer(t, "hidden", strcmp(cell, "gru") == 0 ? 49 : 39) &&
                table_set_integer(t, "steps", 1000) && table_set_number(t, "lr", 0.002));
}

/* Planned trials over their limit are results, and the worst; missing ones are not; both lose pairs. */
static void planned_trials_count(void **state) {
    fixture *f = *state;
    char words[200];
    constructed_provenance(f->r, "carried", "hidden\nlr\n");
    plan(f, "gru", 10, 6, "failed", STORE_OVER_LIMIT "it took longer than 1 s");
    plan(f, "lstm", 10, 6, "missing", "");
    plan(f, "gru", 10, 7, "missing", "");
    plan(f, "lstm", 10, 7, "failed", "killed by signal 9");
    assert_int_equal(compare(f, "gru", "lstm"), GB_OK);
    const compare_result *ten = &f->made.items[0];
    assert_true(ten->pairs == 5 && ten->lost == 2 && ten->tried_a == 6 && ten->solved_a == 5 && ten->tried_b == 5);
    compare_words(&f->made, ten, words, sizeof words);
    assert_string_equal(words,
                        "undecided: gru exceeded its limit in 1 of 7 pairs, gru is missing in 1, lstm is missing in 2");
    assert_string_equal(f->made.grouped, "gap");
}

/* Half of a run: the GRU at one gap, the LSTM at the other. The gap is an option of the task and comes with no cell. */
static void options_of_the_task_are_never_carried(void **state) {
    fixture *f = *state;
    bool keep[20];
    constructed_provenance(f->r, "carried", "hidden\nlr\n");
    for (size_t row = 0; row < 20; row++)
        keep[row] = (strcmp(table_text(&f->r->runs, row, "cell"), "gru") == 0) == (row < 10);
    table_keep_rows(&f->r->runs, keep);
    plan(f, "gru", 50, 1, "missing", "");
    assert_int_equal(compare(f, "gru", "lstm"), GB_OK);
    for (size_t i = 0; i < f->made.count; i++)
        assert_int_equal(f->made.items[i].pairs, 0);
}

static void what_cannot_be_compared_is_said(void **state) {
    fixture *f = *state;
    assert_int_equal(compare(f, "rnn", NULL), GB_INVALID);
    assert_non_null(strstr(gb_context_message(f->context), "lstm, gru"));
    assert_int_equal(ask(f, (compare_question){"cell", "accurracy", NULL, NULL, 0.01, NAN, 1, {0, 0}}), GB_INVALID);
    assert_non_null(strstr(gb_context_message(f->context), "did you mean 'accuracy'"));
    assert_int_equal(ask(f, (compare_question){"cell", "perplexity", NULL, NULL, 0.01, NAN, 1, {0, 0}}), GB_INVALID);
    assert_int_equal(compare(f, "gru", "gru"), GB_INVALID);
    assert_non_null(strstr(gb_context_message(f->context), "both arms are gru"));
    assert_int_equal(ask(f, (compare_question){"seed", "accuracy", NULL, NULL, 0.01, NAN, 1, {0, 0}}), GB_INVALID);
    bool keep[20];
    for (size_t row = 0; row < 20; row++)
        keep[row] = row % 2; /* gru only */
    table_keep_rows(&f->r->runs, keep);
    assert_int_equal(f->r->runs.rows, 10);
    assert_string_equal(table_text(&f->r->runs, 9, "cell"), "gru");
    assert_true(table_number(&f->r->runs, 9, "seed") == 5);
    assert_int_equal(compare(f, NULL, NULL), GB_INVALID);
    assert_non_null(strstr(gb_context_message(f->context), "all trials have the same cell"));
}

/* At an equal budget each trial has what it had then: here the LSTM validates at 100, 200, 300, the GRU only up to 250.
 */
static void budgets_cut_the_curves(void **state) {
    fixture *f = *state;
    double reached;
    const char *column;
    table *t = &f->r->runs, *curves = &f->r->curves;
    for (size_t row = 0; row < t->rows; row++) /* the batch differs by cell: samples are not steps */
        table_add_column(t, "batch", COLUMN_INTEGER)->numbers[row] =
            strcmp(table_text(t, row, "cell"), "gru") ? 10 : 20;
    for (size_t at = 0; at < curves->rows; at++) {
        bool gru = strcmp(table_text(t, at / 3, "cell"), "gru") == 0;
        double step = table_number(curves, at, "step");
        table_add_column(curves, "valid_loss", COLUMN_NUMBER)->numbers[at] = step == 200 ? 1 : 2; /* 200 is selected */
        table_add_column(curves, "valid_metric", COLUMN_NUMBER)->numbers[at] = step;
        if (gru && step == 300)
            table_add_column(curves, "step", COLUMN_INTEGER)->numbers[at] = 250;
    }
    static const struct {
        const char *unit;
        double reached, gru, lstm;
    } wanted[] = {{"steps", 250, 200, 200}, {"samples", 3000, 100, 200}};
    for (size_t i = 0; i < 2; i++) {
        evidence_free(&f->e);
        assert_int_equal(evidence_read(f->context, f->r, "final", true, &f->e), GB_OK);
        assert_int_equal(budget_apply(f->context, &f->e, wanted[i].unit, &reached, &column), GB_OK);
        assert_true(reached == wanted[i].reached);
        assert_string_equal(column, "valid_accuracy");
        for (size_t row = 0; row < f->e.runs.rows; row++)
            assert_true(table_number(&f->e.runs, row, column) ==
                        (strcmp(table_text(&f->e.runs, row, "cell"), "gru") ? wanted[i].lstm : wanted[i].gru));
    }
    assert_int_equal(budget_apply(f->context, &f->e, "core_seconds", &reached, &column),
                     GB_INVALID); /* not in curves */
    assert_int_equal(budget_apply(f->context, &f->e, "euros", &reached, &column), GB_INVALID);
    assert_non_null(strstr(gb_context_message(f->context), "give core_seconds, steps or samples"));
}

/* What the other tests leave out: the rest of the statistics, of a group and over the groups as tasks. */
static void more_is_known_of_a_comparison(void **state) {
    fixture *f = *state;
    compare_extras more;
    compare_tasks *tasks;
    size_t count;
    assert_int_equal(compare(f, "gru", "lstm"), GB_OK);
    const compare_question question = {.margin = 0.01, .solved = 0.9, .higher_is_better = 1};
    assert_int_equal(compare_extras_of(f->context, &question, &f->made.items[0], 2, &more), GB_OK);
    assert_true(more.violation == 0 && more.order_a < 0.2 && more.order_b > 0.8);    /* every gru beats every lstm */
    assert_true(isnan(more.iqm_a.low) && more.iqm_a.estimate > more.iqm_b.estimate); /* 5 seeds: no bootstrap */
    assert_true(more.seeds_difference > 1 && more.rate_a.low < 1 && more.rate_a.estimate == 1);
    const compare_findings *list = &f->made;
    assert_int_equal(compare_over_tasks(f->context, &list, 1, &tasks, &count), GB_OK);
    assert_int_equal(count, 1);
    assert_true(tasks->tasks == 2 && tasks->runs_a == 10 && tasks->improvement == 1);
    assert_true(isnan(tasks->iqm_a.low) && tasks->iqm_a.estimate > tasks->iqm_b.estimate); /* 10 runs: none either */
    free(tasks);
    assert_int_equal(compare_over_tasks(f->context, (const compare_findings *[]){list, list, list}, 3, &tasks, &count),
                     GB_OK);
    assert_true(tasks->tasks == 6 && tasks->runs_a == 30);
    assert_true(tasks->iqm_a.low < tasks->iqm_a.estimate && tasks->iqm_a.estimate < tasks->iqm_a.high);
    free(tasks);
}

/* Without a margin but with what counts as solved, the words and the family are about solving. */
static void solving_alone_is_a_question(void **state) {
    fixture *f = *state;
    char words[200];
    assert_int_equal(ask(f, (compare_question){"cell", "accuracy", "gru", "lstm", NAN, 0.93, 1, {0, 0}}), GB_OK);
    const compare_result *ten = &f->made.items[0]; /* gru solves at step 200, lstm never */
    assert_true(f->made.of_solving && ten->solving.z > 0 && ten->solving.p < 0.05);
    assert_true(ten->p_test == ten->solving.p && ten->p_holm >= ten->p_test);
    compare_words(&f->made, ten, words, sizeof words);
    assert_string_equal(words, "gru solves it sooner (median 200 steps; lstm: more than half never)");
    compare_words(&f->made, &f->made.items[1], words, sizeof words);
    assert_string_equal(words, "neither solves it");
}

/* A look's levels decide: what is different at 0.05 may be undecided at an early look, and Holm's p says so too. */
static void looks_are_stricter(void **state) {
    fixture *f = *state;
    looks l;
    text yaml = {0};
    assert_int_equal(looks_declare(f->context, 5, 20, 4, &l), GB_OK);
    assert_true(l.count == 4 && l.seeds[0] == 5 && l.seeds[1] == 10 && l.seeds[3] == 20);
    assert_true(l.levels[0].difference < 1e-4 && l.levels[3].difference > 0.04 && l.levels[3].difference < 0.05);
    assert_true(l.spent[3] > 0.0499 && l.spent[3] < 0.0501);
    looks_append(&l, &yaml);
    looks back;
    assert_int_equal(looks_parse(f->context, "looks", yaml.data, &back), GB_OK);
    assert_memory_equal(&back, &l, sizeof l);
    assert_int_equal(looks_parse(f->context, "looks", "declared: [{seeds: 5}, {seeds: 5}]", &back), GB_DATA);
    assert_int_equal(looks_declare(f->context, 1, 20, 4, &back), GB_INVALID);
    text_free(&yaml);
    assert_int_equal(ask(f, (compare_question){"cell", "accuracy", "gru", "lstm", 0.01, 0.9, 1, {1e-12, 1e-12}}),
                     GB_OK);
    assert_int_equal(f->made.items[0].difference.word, VERDICT_UNDECIDED);
    assert_true(f->made.items[0].p_holm == 1 && f->made.items[0].p_test < 0.05);
}

/* A file is at the last look that was taken, and on its seeds only. */
static void a_look_is_of_its_own_seeds(void **state) {
    fixture *f = *state;
    looks l;
    comparison_levels levels;
    assert_int_equal(looks_declare(f->context, 2, 5, 4, &l), GB_OK); /* at 2, 3, 4 and 5 seeds */
    const size_t taken[] = {0, 1, 3, 4}, seeds[] = {2, 2, 4, 5}, levels_of[] = {0, 0, 2, 3};
    for (size_t i = 0; i < 4; i++) {
        evidence_free(&f->e);
        assert_int_equal(evidence_read(f->context, f->r, "final", true, &f->e), GB_OK);
        l.taken = taken[i];
        assert_int_equal(looks_apply(f->context, &l, 0, &f->e, &levels), GB_OK);
        assert_int_equal(f->e.runs.rows, 4 * seeds[i]);
        assert_true(levels.difference == l.levels[levels_of[i]].difference);
    }
    assert_int_equal(looks_apply(f->context, &l, 3, &f->e, &levels), GB_OK); /* one that is just being taken */
    assert_int_equal(f->e.runs.rows, 16);
    assert_int_equal(looks_apply(f->context, &(looks){0}, 0, &f->e, &levels), GB_OK);
    assert_true(levels.difference == 0.05);
    looks back;
    assert_int_equal(looks_parse(f->context, "looks", "declared: [{seeds: 5}, {seeds: 8}]\ntaken: [{seeds: 5}]", &back),
                     GB_OK);
    assert_int_equal(back.taken, 1);
}

/* A trial under two matchings is compared under either. */
static void each_matching_is_compared_separately(void **state) {
    fixture *f = *state;
    static const struct {
        const char *cell, *matching, *matched;
        double hidden;
    } rows[] = {{"lstm", "width+parameters", "32/32+4480/4480", 32},
                {"gru", "width", "32/32", 32},
                {"gru", "parameters", "4477/4480", 37}};
    results_free(f->r);
    f->r = constructed_results("music");
    constructed_provenance(f->r, "swept", "cell\nseed\nhidden\n");
    for (size_t i = 0; i < 9; i++) {
        table *t = constructed_trial(f->r, "music", rows[i / 3].cell, (double)(i % 3));
        assert_true(table_set_text(t, "matching", rows[i / 3].matching) &&
                    table_set_text(t, "matched", rows[i / 3].matched) &&
                    table_set_integer(t, "hidden", rows[i / 3].hidden) &&
                    table_set_number(t, "accuracy", 0.5 + 0.01 * (double)(i * i % 7)));
    }
    assert_int_equal(compare(f, "gru", "lstm"), GB_OK);
    assert_int_equal(f->e.runs.rows, 9 + 3);
    assert_int_equal(f->made.count, 2); /* each matching on its own, nothing over both */
    assert_string_equal(f->made.items[0].group, "equal width");
    assert_string_equal(f->made.items[1].group, "equal parameters");
    assert_non_null(strstr(f->made.carried, "hidden"));
    assert_int_equal(f->made.items[1].pairs, 3);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(groups_are_found_in_the_table, setup, teardown),
        cmocka_unit_test_setup_teardown(pairs_are_compared, setup, teardown),
        cmocka_unit_test_setup_teardown(solving_is_counted_and_censored, setup, teardown),
        cmocka_unit_test_setup_teardown(diverged_trials_are_lost_and_unsolved, setup, teardown),
        cmocka_unit_test_setup_teardown(losses_of_the_worse_arm_decide_nothing, setup, teardown),
        cmocka_unit_test_setup_teardown(what_diverges_later_has_solved, setup, teardown),
        cmocka_unit_test_setup_teardown(planned_trials_count, setup, teardown),
        cmocka_unit_test_setup_teardown(options_of_the_task_are_never_carried, setup, teardown),
        cmocka_unit_test_setup_teardown(budgets_cut_the_curves, setup, teardown),
        cmocka_unit_test_setup_teardown(more_is_known_of_a_comparison, setup, teardown),
        cmocka_unit_test_setup_teardown(solving_alone_is_a_question, setup, teardown),
        cmocka_unit_test_setup_teardown(looks_are_stricter, setup, teardown),
        cmocka_unit_test_setup_teardown(a_look_is_of_its_own_seeds, setup, teardown),
        cmocka_unit_test_setup_teardown(each_matching_is_compared_separately, setup, teardown),
        cmocka_unit_test_setup_teardown(what_cannot_be_compared_is_said, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
