/* SPDX-License-Identifier: MIT */
/* Choosing a finished trial of a run, training it again, and comparing its scores with those that the run recorded. */
#include "cli/retrain.h"

#include <math.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/cli.h"
#include "experiments/folder/run_folder.h"
#include "experiments/trial/trial.h"
#include "results/analysis/evidence.h"
#include "results/analysis/row_filter.h"
#include "results/store/matching_rows.h"
#include "results/store/metrics.h"
#include "support/clock.h"
#include "support/signals.h"

void retrained_free(retrained *r) {
    free(r->run);
    network_free(&r->net);
    *r = (retrained){0};
}

/* The finished trial with the best value in a column of validation data; SIZE_MAX: all diverged. `finished` counts. */
static size_t find_best(const evidence *e, const char *column, bool higher, size_t *finished) {
    size_t best = SIZE_MAX;
    double most = NAN;
    *finished = 0;
    for (size_t row = 0; row < e->runs.rows; row++) {
        const double value = evidence_value(e, row, column);
        if (evidence_fate(e, row) != TRIAL_DONE)
            continue;
        ++*finished;
        if (best == SIZE_MAX || (isnan(most) && !isnan(value)) || (higher ? value > most : value < most)) {
            best = row;
            most = value;
        }
    }
    return best;
}

/* "cell lstm, gap 20, seed 3" */
static void append_settings(const evidence *e, size_t row, text *words) {
    char cell[256];
    for (size_t i = 0; i <= e->settings.count; i++) {
        const char *name = i < e->settings.count ? e->settings.items[i] : "seed";
        const table_column *column = matchings_is_column(name) ? NULL : table_find(&e->runs, name);
        if (column)
            text_append(words, "%s%s %s", words->length ? ", " : "", column->name,
                        table_cell(&e->runs, row, column, cell, sizeof cell));
    }
}

/* The id of the trial, and what it is in words. */
static gb_status choose(gb_context *context, const results *run, const char *where, char id[33], text *chosen) {
    CLEANUP(evidence_free) evidence e = {0};
    char column[64];
    size_t finished;
    GB_TRY(evidence_read(context, run, "final", false, &e));
    GB_TRY(evidence_drop_unfinished(context, &e));
    if (!e.runs.rows)
        return gb_fail(context, GB_INVALID, "%s: no trial has finished yet", run->name);
    const char *trained = table_text(&e.runs, 0, "task");
    if (task_kind_find(trained) || !task_type_find(trained))
        return gb_fail(context, GB_INVALID, "%s: its trials (%s) train no network, so there is no memory to measure",
                       run->name, trained);
    if (where)
        GB_TRY(where_keep(context, where, &e.runs));
    const metric_type *metric = metric_validated(&e.runs);
    snprintf(column, sizeof column, "valid_%s", metric ? metric->name : "loss");
    const size_t best = find_best(&e, column, metric && metric->higher_is_better, &finished);
    if (best == SIZE_MAX)
        return gb_fail(context, GB_INVALID,
                       "%s: the %zu trials to choose from all diverged, so there is no trained network; choose others "
                       "with --where",
                       run->name, e.runs.rows);
    if (finished > 1 && isnan(evidence_value(&e, best, column)))
        return gb_fail(
            context, GB_INVALID,
            "%s: none of the %zu trials has a score on validation data, so the best one is not known; choose one "
            "with --where, such as --where 'seed=1'",
            run->name, finished);
    snprintf(id, 33, "%s", table_text(&e.runs, best, "id"));
    append_settings(&e, best, chosen);
    if (finished > 1)
        text_append(chosen, ": the best of %zu trials by %s, %.4g", finished, column, evidence_value(&e, best, column));
    return GB_OK;
}

/* Its own file has all settings of a trial, and its results in full. */
static gb_status read_trial(gb_context *context, const results *run, const char *id, trial_record *record) {
    char folder[CLI_PATH], path[RUN_PATH + 64];
    const size_t length = strlen(run->path);
    snprintf(folder, sizeof folder, "%.*s", (int)(text_ends_in(run->path, ".h5") ? length - 3 : length), run->path);
    if (!run_has_trial(folder, id))
        return gb_fail(context, GB_DATA,
                       "%s: training a trial again needs the run's folder with the file of trial %s, which is not "
                       "beside the results file; put the folder there, or make the run again",
                       run->path, id);
    run_path(folder, RUN_TRIALS, path);
    snprintf(path + strlen(path), 64, "/%s.h5", id);
    return store_read_trial(context, path, record);
}

/* The settings of a trial. Paths of files are not in its canonical text, but in its columns. */
static gb_status read_settings(gb_context *context, const trial_record *record, trial_settings *settings) {
    GB_TRY(trial_parse(context, record->configuration, settings));
    for (size_t i = 0; i < settings->count; i++)
        if (!*settings->pairs[i].value)
            GB_NEED(
                context,
                trial_set(settings, settings->pairs[i].name, table_text(&record->fields, 0, settings->pairs[i].name)),
                "for a trial's settings");
    const char *cell = trial_text(settings, "cell");
    if (gb_network_find(cell))
        return gb_fail(context, GB_INVALID,
                       "a trial of the network %s has no state, so no memory to measure; choose another with --where",
                       cell);
    if (strcmp(trial_text(settings, "initial_state"), "zero") != 0)
        return gb_fail(context, GB_UNSUPPORTED,
                       "a trial with initial_state %s has learned initial states, which the probes do not measure",
                       trial_text(settings, "initial_state"));
    return GB_OK;
}

/* A live line on a terminal. */
static bool tell(void *user, double done, const char *words) {
    (void)user;
    if (isatty(STDERR_FILENO))
        fprintf(stderr, "\r\033[K%3.0f %% %.70s", 100 * done, words);
    return signals_caught() != 0;
}

/* Returns an exit code. */
static int train(gb_context *context, const trial_settings *settings, trial_record *again, gb_model **model) {
    const gb_status status = trial_run_keeping(context, settings, tell, NULL, again, model);
    const int caught = signals_caught();
    signals_restore();
    if (isatty(STDERR_FILENO))
        fputs("\r\033[K", stderr);
    if (caught) {
        cli_say("stopped by signal %d (%s); nothing was written", caught, strsignal(caught));
        return caught == SIGINT ? EXIT_INTERRUPTED : EXIT_RESUMABLE;
    }
    if (status)
        return cli_failed(context, status);
    if (*model)
        return EXIT_OK;
    cli_say("the trial diverged, which it did not in the run: another build or processor computes different numbers");
    return EXIT_TRIAL_FAILED;
}

/* Compares the scores on validation and test data. */
static void compare(const trial_record *before, const trial_record *again, retrained *out) {
    const metric_type *metric = metric_validated(&before->fields);
    const char *name = metric ? metric->name : "loss";
    char validated[64], took[32];
    snprintf(validated, sizeof validated, "valid_%s", name);
    const char *const scores[] = {validated, name, "valid_loss", "loss"};
    text *notes = &out->net.notes;
    clock_words(table_number(&again->fields, 0, "seconds"), took, sizeof took);
    text_append(notes, "trained again in %s: ", took);
    out->equal = true;
    for (size_t i = 0; i < sizeof scores / sizeof *scores; i++) {
        const double one = table_number(&before->fields, 0, scores[i]),
                     two = table_number(&again->fields, 0, scores[i]);
        if ((isnan(one) && isnan(two)) || (i > 1 && !metric))
            continue;
        text_append(notes, "%s %.6g, ", scores[i], two);
        if (one == two)
            continue;
        out->equal = false;
        cli_say("warning: %s is now %.17g, but was %.17g in the run: %s", scores[i], two, one,
                strcmp(before->id, again->id) != 0
                    ? "the data, the task's version or the backend's version have changed"
                    : "the run was made by another build or processor");
    }
    text_append(notes, out->equal ? "all identical to the run's, to the last digit\n"
                                  : "different from the run's; the report is about the network trained now\n");
}

int retrain_trial(gb_context *context, const char *given, const char *where, retrained *out) {
    CLEANUP(results_free_at) results *run = NULL;
    CLEANUP(trial_record_free) trial_record before = {0}, again = {0};
    CLEANUP(trial_settings_free) trial_settings settings = {0};
    CLEANUP(text_free) text chosen = {0};
    gb_model *model = NULL;
    char took[32];
    CLI_TRY(context, cli_open_results(context, given, &run));
    CLI_TRY(context, choose(context, run, where, out->id, &chosen));
    CLI_TRY(context, read_trial(context, run, out->id, &before));
    CLI_TRY(context, read_settings(context, &before, &settings));
    if (trial_number(&settings, "threads") > 1)
        cli_share_cores();
    clock_words(table_number(&before.fields, 0, "seconds"), took, sizeof took);
    signals_catch(); /* before the sentence, which tells a script that it may send one */
    cli_say("training trial %.8s of %s again (%s); it took %s in the run", out->id, run->name,
            chosen.data ? chosen.data : "", took);
    const int code = train(context, &settings, &again, &model);
    if (code != EXIT_OK)
        return code;
    const gb_status status = network_of_model(context, model, &out->net);
    gb_model_destroy(model);
    CLI_TRY(context, status);
    out->run = cli_need(strdup(run->name));
    text_append(&out->net.notes, "%s\n", chosen.data ? chosen.data : "");
    compare(&before, &again, out);
    return EXIT_OK;
}
