/* SPDX-License-Identifier: MIT */
/* C6: the GRU is faster to train and cheaper to run: time(GRU)/time(LSTM) of the training step, batch inference and one
 * streaming step, each under equal width and under equal parameters, from exclusive timings.
 *
 * A pair is a GRU and an LSTM trial of the same sizes and seed. Times are taken in units of the matrix product that
 * each trial timed beside its own blocks, so that a clock that drifts between the two trials cancels. The unit of
 * replication is the configuration of sizes: repeats within a trial share one memory layout and one minute, and seeds
 * one computation, so they are averaged first; what the interval of the geometric mean then covers is how the ratio
 * varies over the sizes tried. The streaming step has no length and no batch, so only its widths count. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "results/claims/rule.h"
#include "results/claims/time_to_target.h"

enum { MATCH_WIDTH, MATCH_PARAMETERS, MATCHES };
static const char *const match_names[MATCHES] = {"width", "parameters"};

/* What is compared: the first three decide. */
static const struct quantity {
    const char *column, *words;
    bool decides, by_length; /* by_length: depends on length and batch */
} quantities[] = {
    {"train_relative", "training step", true, true},       {"forward_relative", "batch inference", true, true},
    {"step_relative", "streaming step", true, false},      {"train_bytes", "memory of training", false, true},
    {"forward_bytes", "memory of inference", false, true}, {"train_joules", "energy of a training step", false, true}};
enum { QUANTITIES = sizeof quantities / sizeof *quantities };

/* One configuration of sizes: log ratios summed over its pairs. */
typedef struct configuration {
    char sizes[128];
    double sum;
    size_t pairs;
} configuration;

/* One quantity under one matching. */
typedef struct finding {
    configuration *items;
    size_t count, pairs;
    double least, most; /* of the configurations' ratios, and where */
    const char *least_at, *most_at;
    interval ratio;
} finding;

typedef struct speed_findings {
    finding of[QUANTITIES][MATCHES];
    size_t shared; /* pairs left out: something else was running */
    text sources;
} speed_findings;

static bool same_settings(const results *r, size_t a, size_t b) {
    static const char *const equal[] = {"task",  "input", "length", "batch",          "layers", "backend",
                                        "dtype", "bias",  "seed",   "timing_threads", "host"};
    for (size_t i = 0; i < sizeof equal / sizeof *equal; i++) {
        char x[64], y[64];
        const table_column *column = table_find(&r->runs, equal[i]);
        if (column &&
            strcmp(table_cell(&r->runs, a, column, x, sizeof x), table_cell(&r->runs, b, column, y, sizeof y)) != 0)
            return false;
    }
    return true;
}

/* MATCHES when the two are alike in neither way. */
static int match_of(const results *r, size_t gru, size_t lstm, double tolerance) {
    if (table_number(&r->runs, gru, "hidden") == table_number(&r->runs, lstm, "hidden"))
        return MATCH_WIDTH;
    double ratio = table_number(&r->runs, gru, "cell_parameters") / table_number(&r->runs, lstm, "cell_parameters");
    return fabs(ratio - 1) <= tolerance ? MATCH_PARAMETERS : MATCHES;
}

static bool is_exclusive(const results *r, size_t row) {
    return table_number(&r->runs, row, "timing_exclusive") == 1;
}

/* The sizes in words, by the LSTM's: two pairs of the same words are of one configuration. */
static void describe_sizes(const results *r, size_t lstm, bool by_length, char *words, size_t size) {
    static const char *const names[] = {"input", "hidden", "length", "batch"};
    double threads = table_number(&r->runs, lstm, "timing_threads");
    int used = snprintf(words, size, "%s", table_text(&r->runs, lstm, "backend"));
    for (size_t i = 0; i < (by_length ? 4 : 2); i++)
        used +=
            snprintf(words + used, size - (size_t)used, ", %s %.0f", names[i], table_number(&r->runs, lstm, names[i]));
    if (threads > 1)
        snprintf(words + used, size - (size_t)used, ", %.0f threads", threads);
}

static void add_ratio(finding *f, const char *sizes, double log_ratio) {
    size_t i = 0;
    while (i < f->count && strcmp(f->items[i].sizes, sizes) != 0)
        i++;
    if (i == f->count) {
        configuration *grown = realloc(f->items, (f->count + 1) * sizeof *grown);
        if (!grown)
            return;
        f->items = grown;
        grown[f->count] = (configuration){.pairs = 0};
        snprintf(grown[f->count++].sizes, sizeof grown->sizes, "%s", sizes);
    }
    f->items[i].sum += log_ratio;
    f->items[i].pairs++;
    f->pairs++;
}

static void take_pair(const results *r, size_t gru, size_t lstm, double tolerance, speed_findings *found) {
    int match = same_settings(r, gru, lstm) ? match_of(r, gru, lstm, tolerance) : MATCHES;
    if (match == MATCHES)
        return;
    if (!is_exclusive(r, gru) || !is_exclusive(r, lstm)) {
        found->shared++;
        return;
    }
    for (size_t q = 0; q < QUANTITIES; q++) {
        char sizes[128];
        double ratio =
            table_number(&r->runs, gru, quantities[q].column) / table_number(&r->runs, lstm, quantities[q].column);
        describe_sizes(r, lstm, quantities[q].by_length, sizes, sizeof sizes);
        if (ratio > 0 && isfinite(ratio))
            add_ratio(&found->of[q][match], sizes, log(ratio));
    }
}

static void collect(const rule_input *input, speed_findings *found) {
    double tolerance = rule_threshold(input, "parameter_tolerance");
    for (size_t i = 0; i < input->count; i++) {
        const results *r = input->all[i];
        char source[512];
        if (!table_find(&r->runs, "timing_exclusive"))
            continue;
        rule_list(&found->sources, rule_source(r, source, sizeof source));
        for (size_t gru = 0; gru < r->runs.rows; gru++) {
            if (!rule_row_counts(r, gru) || strcmp(table_text(&r->runs, gru, "cell"), "gru") != 0)
                continue;
            for (size_t lstm = 0; lstm < r->runs.rows; lstm++)
                if (rule_row_counts(r, lstm) && strcmp(table_text(&r->runs, lstm, "cell"), "lstm") == 0)
                    take_pair(r, gru, lstm, tolerance, found);
        }
    }
}

static void summarise(finding *f) {
    double *logs = calloc(f->count + 1, sizeof *logs);
    for (size_t i = 0; logs && i < f->count; i++) {
        logs[i] = f->items[i].sum / (double)f->items[i].pairs;
        if (i == 0 || exp(logs[i]) < f->least) {
            f->least = exp(logs[i]);
            f->least_at = f->items[i].sizes;
        }
        if (i == 0 || exp(logs[i]) > f->most) {
            f->most = exp(logs[i]);
            f->most_at = f->items[i].sizes;
        }
    }
    interval mean = statistics_mean_interval(logs, logs ? f->count : 0, 0.95);
    f->ratio = (interval){exp(mean.estimate), exp(mean.low), exp(mean.high), mean.n};
    free(logs);
}

static void write_evidence(const struct quantity *q, const char *match, const finding *f, const text *sources,
                           text *evidence) {
    if (f->count == 0)
        return;
    text_append(evidence,
                "%s, equal %s: gru/lstm %.3f [%.3f, %.3f] over %zu configuration%s (%zu pair%s of trials), "
                "from %.3f (%s)",
                q->words, match, f->ratio.estimate, f->ratio.low, f->ratio.high, f->count, f->count == 1 ? "" : "s",
                f->pairs, f->pairs == 1 ? "" : "s", f->least, f->least_at);
    text_append(evidence, " to %.3f (%s); %s\n", f->most, f->most_at, sources->data);
}

/* The six findings that decide, by what they say, in words. */
typedef struct tally {
    text faster, slower, open, missing;
} tally;

static void count_finding(const struct quantity *q, int match, const finding *f, double limit, tally *t) {
    char words[160];
    text *list = f->count == 0           ? &t->missing
                 : f->ratio.high < limit ? &t->faster
                 : f->ratio.low > limit  ? &t->slower
                                         : &t->open;
    if (f->count)
        snprintf(words, sizeof words, "%s at equal %s (%.2f)", q->words, match_names[match], f->ratio.estimate);
    else
        snprintf(words, sizeof words, "%s at equal %s", q->words, match_names[match]);
    text_append(list, "%s%s", list->length ? ", " : "", words);
}

/* "the GRU is faster in ...; the LSTM in ...; not told apart: ...; not timed: ...". */
static void say_tally(const tally *t, text *words) {
    const struct {
        const char *word;
        const text *list;
    } parts[] = {{"the GRU is faster:", &t->faster},
                 {"the LSTM is faster:", &t->slower},
                 {"not told apart:", &t->open},
                 {"not timed alone:", &t->missing}};
    const char *separator = "";
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (parts[i].list->length) {
            text_append(words, "%s%s %s", separator, parts[i].word, parts[i].list->data);
            separator = "; ";
        }
}

static void decide(const tally *t, rule_output *output) {
    bool faster = t->faster.length, slower = t->slower.length, open = t->open.length, missing = t->missing.length;
    const char *outcome = slower && faster                ? "holds only when"
                          : slower && !missing && !faster ? "refuted"
                          : faster && !open && !missing   ? "supported"
                                                          : "undecided";
    rule_decide(output, outcome, "time of the GRU over that of the LSTM: ");
    say_tally(t, &output->words);
}

static void judge_findings(const rule_input *input, speed_findings *found, rule_output *output) {
    tally t = {0};
    for (size_t q = 0; q < QUANTITIES; q++)
        for (int match = 0; match < MATCHES; match++) {
            finding *f = &found->of[q][match];
            summarise(f);
            write_evidence(&quantities[q], match_names[match], f, &found->sources, &output->evidence);
            if (f->count)
                rule_list(&output->matching, match_names[match]);
            if (quantities[q].decides)
                count_finding(&quantities[q], match, f, rule_threshold(input, "ratio"), &t);
        }
    if (t.faster.length + t.slower.length + t.open.length)
        decide(&t, output);
    else if (found->shared)
        rule_decide(output, "no evidence",
                    "other programs ran beside every pair of timings: run the recipe speed, into a "
                    "new folder, when the machine has nothing else to do");
    else
        rule_no_evidence(input, output);
    text *lists[] = {&t.faster, &t.slower, &t.open, &t.missing};
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
        text_free(lists[i]);
}

static void judge(const rule_input *input, rule_output *output) {
    speed_findings found = {0};
    collect(input, &found);
    judge_findings(input, &found, output);
    if (output->evidence.length)
        speed_target_evidence(input, &output->evidence);
    if (found.shared)
        text_append(&output->evidence, "%zu pair%s left out: other programs ran beside the timing\n", found.shared,
                    found.shared == 1 ? "" : "s");
    for (size_t q = 0; q < QUANTITIES; q++)
        for (int match = 0; match < MATCHES; match++)
            free(found.of[q][match].items);
    text_free(&found.sources);
}

static const char *const thresholds[] = {"ratio", "parameter_tolerance", NULL};
const verdict_rule rule_speed = {"speed", thresholds, judge};
