/* SPDX-License-Identifier: MIT */
/* C6: cell `a` is faster to train and cheaper to run than `b`: the ratio of their times for the training step, batch
 * inference and one streaming step, each under equal width and under equal parameters, from exclusive timings.
 *
 * A pair is one trial of each cell with equal settings and the same seed. Times are in units of the matrix product that
 * each trial timed between its own blocks, so that a change of clock frequency between the two trials cancels. The unit
 * of replication is the configuration of sizes. Repeats within a trial share one memory layout and one minute, and
 * seeds repeat the same computation, so they are averaged first. The interval of the geometric mean then covers the
 * variation of the ratio over the sizes tried. The streaming step has no length and no batch, so only its widths
 * count. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "results/claims/rule.h"
#include "results/claims/time_to_target.h"
#include "support/cleanup.h"

enum { MATCH_WIDTH, MATCH_PARAMETERS, MATCHES };
static const char *const match_names[MATCHES] = {"width", "parameters"};

/* The quantities compared; the first three decide. */
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
typedef struct timing {
    configuration *items;
    size_t count, pairs;
    double least, most; /* smallest and largest ratio, and their configurations */
    const char *least_at, *most_at;
    interval ratio;
} timing;

typedef struct speed_findings {
    timing of[QUANTITIES][MATCHES];
    const char *run; /* the implementation of the first timing */
    size_t shared;   /* pairs omitted because other programs ran */
    text sources;
} speed_findings;

/* MATCHES if the two are matched in neither way. */
static int match_of(const table *runs, size_t a, size_t b, double tolerance) {
    if (table_number(runs, a, "hidden") == table_number(runs, b, "hidden"))
        return MATCH_WIDTH;
    return rule_about_equal(table_number(runs, a, "cell_parameters"), table_number(runs, b, "cell_parameters"),
                            tolerance)
               ? MATCH_PARAMETERS
               : MATCHES;
}

/* True if both were timed exclusively and on the same machine. */
static bool is_exclusive(const table *runs, size_t a, size_t b) {
    const table_column *host = table_find(runs, "host");
    return table_number(runs, a, "timing_exclusive") == 1 && table_number(runs, b, "timing_exclusive") == 1 &&
           (!host || table_same_cell(host, a, b));
}

/* The sizes in words, using those of b. Pairs with the same words belong to one configuration. */
static void describe_sizes(const table *runs, size_t b, bool by_length, char *words, size_t size) {
    static const char *const names[] = {"input", "hidden", "length", "batch"};
    double threads = table_number(runs, b, "timing_threads"), layers = table_number(runs, b, "layers");
    int used = snprintf(words, size, "%s", table_text(runs, b, "backend"));
    for (size_t i = 0; i < (by_length ? 4 : 2); i++)
        used += snprintf(words + used, size - (size_t)used, ", %s %.0f", names[i], table_number(runs, b, names[i]));
    if (layers > 1)
        used += snprintf(words + used, size - (size_t)used, ", %.0f layers", layers);
    if (threads > 1)
        snprintf(words + used, size - (size_t)used, ", %.0f threads", threads);
}

static void add_ratio(timing *f, const char *sizes, double log_ratio) {
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

static void take_pair(const rule_input *input, const table *runs, size_t a, size_t b, speed_findings *found) {
    int match = match_of(runs, a, b, rule_threshold(input, "parameter_tolerance"));
    if (match == MATCHES)
        return;
    if (!is_exclusive(runs, a, b)) {
        found->shared++;
        return;
    }
    for (size_t q = 0; q < QUANTITIES; q++) {
        char sizes[128];
        double ratio = table_number(runs, a, quantities[q].column) / table_number(runs, b, quantities[q].column);
        describe_sizes(runs, b, quantities[q].by_length, sizes, sizeof sizes);
        if (ratio > 0 && isfinite(ratio))
            add_ratio(&found->of[q][match], sizes, log(ratio));
    }
}

static void take(const rule_input *input, const rule_run *run, const trial_arm *a, const trial_arm *b,
                 rule_output *output, void *findings) {
    speed_findings *found = findings;
    char source[512];
    if (!table_find(&run->matched.runs, "timing_exclusive"))
        return;
    rule_list(&found->sources, rule_source(run->file, source, sizeof source));
    found->run = found->run ? found->run : run->file->name;
    CLEANUP(free_at) arm_pair *pairs = calloc(a->count + 1, sizeof *pairs);
    output->words.failed |= !pairs;
    for (size_t i = 0, count = pairs ? arms_pair(&run->matched, a, b, pairs) : 0; i < count; i++)
        take_pair(input, &run->matched.runs, pairs[i].a, pairs[i].b, found);
}

static void summarise(timing *f) {
    CLEANUP(free_at) double *logs = calloc(f->count + 1, sizeof *logs);
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
}

static void write_evidence(const rule_input *input, const struct quantity *q, const char *match, const timing *f,
                           const text *sources, text *lines) {
    if (f->count == 0)
        return;
    text_append(lines, "%s, equal %s: %s/%s %.3f", q->words, match, input->a, input->b, f->ratio.estimate);
    rule_append_limits(lines, &f->ratio, "", 3);
    text_append(lines, " over %zu configuration%s (%zu pair%s of trials), ", f->count, f->count == 1 ? "" : "s",
                f->pairs, f->pairs == 1 ? "" : "s");
    text_append(lines, "from %.3f (%s) to %.3f (%s); %s\n", f->least, f->least_at, f->most, f->most_at, sources->data);
}

/* The six findings that decide. */
enum { FASTER, SLOWER, OPEN, MISSING, TALLY };

/* A row of the figure. */
static void show(const rule_input *input, const struct quantity *q, int match, const timing *t, const char *run,
                 rule_output *output) {
    double limit = rule_threshold(input, "ratio");
    finding *f = findings_add(&output->findings, q->words, run, match_names[match]);
    f->value = t->ratio;
    f->side = t->ratio.high < limit ? FINDING_FOR : t->ratio.low > limit ? FINDING_AGAINST : FINDING_OPEN;
    if (f->side == FINDING_OPEN)
        snprintf(f->word, sizeof f->word, "no difference");
    else
        snprintf(f->word, sizeof f->word, "%.32s faster", f->side == FINDING_FOR ? input->a : input->b);
}

static void count_finding(const struct quantity *q, int match, const timing *f, double limit, rule_output *output,
                          rule_part *tally) {
    char words[160];
    int part = f->count == 0 ? MISSING : f->ratio.high < limit ? FASTER : f->ratio.low > limit ? SLOWER : OPEN;
    if (f->count)
        snprintf(words, sizeof words, "%s at equal %s (%.2f)", q->words, match_names[match], f->ratio.estimate);
    else
        snprintf(words, sizeof words, "%s at equal %s", q->words, match_names[match]);
    rule_note(output, &tally[part], words);
}

static void decide(const rule_input *input, rule_part *tally, rule_output *output) {
    size_t faster = tally[FASTER].names.count, slower = tally[SLOWER].names.count;
    size_t open = tally[OPEN].names.count, missing = tally[MISSING].names.count;
    const char *outcome = slower && faster              ? "conditional"
                          : slower && !missing          ? "refuted"
                          : faster && !open && !missing ? "supported"
                                                        : "undecided";
    rule_brief(output, "of %zu timings %s is faster in %zu, %s in %zu, no difference in %zu", faster + slower + open,
               input->a, faster, input->b, slower, open);
    rule_decide(output, outcome, "time of %s over that of %s: ", input->a, input->b);
    rule_say_parts(&output->words, tally, TALLY);
}

static void judge_findings(const rule_input *input, speed_findings *found, rule_output *output) {
    char faster[64], slower[64];
    snprintf(faster, sizeof faster, "%s is faster:", input->a);
    snprintf(slower, sizeof slower, "%s is faster:", input->b);
    rule_part tally[TALLY] = {
        {.words = faster}, {.words = slower}, {.words = "no significant difference:"}, {.words = "not timed alone:"}};
    for (size_t q = 0; q < QUANTITIES; q++)
        for (int match = 0; match < MATCHES; match++) {
            timing *f = &found->of[q][match];
            summarise(f);
            write_evidence(input, &quantities[q], match_names[match], f, &found->sources, &output->evidence);
            if (f->count)
                rule_list(&output->matching, match_names[match]);
            if (quantities[q].decides && f->count)
                show(input, &quantities[q], match, f, found->run, output);
            if (quantities[q].decides)
                count_finding(&quantities[q], match, f, rule_threshold(input, "ratio"), output, tally);
        }
    if (tally[FASTER].names.count + tally[SLOWER].names.count + tally[OPEN].names.count)
        decide(input, tally, output);
    else if (found->shared) {
        rule_brief(output, "other programs ran during every timing; run `speed` again");
        rule_decide(output, "no evidence",
                    "other programs ran during every pair of timings; run the recipe speed into a new folder while the "
                    "machine is otherwise idle");
    } else
        rule_no_evidence(input, output);
    for (size_t i = 0; i < TALLY; i++)
        names_free(&tally[i].names);
}

static void judge(const rule_input *input, rule_output *output) {
    speed_findings found = {0};
    findings_scale(&output->findings, -INFINITY, rule_threshold(input, "ratio"), "as claimed",
                   "time of %s over that of %s", input->a, input->b);
    rule_each_pair(input, output, take, &found);
    judge_findings(input, &found, output);
    if (output->evidence.length)
        speed_target_evidence(input, output);
    if (found.shared)
        text_append(&output->evidence, "%zu pair%s omitted, since other programs ran during the timing\n", found.shared,
                    found.shared == 1 ? "" : "s");
    for (size_t q = 0; q < QUANTITIES; q++)
        for (int match = 0; match < MATCHES; match++)
            free(found.of[q][match].items);
    text_free(&found.sources);
}

static const char *const thresholds[] = {"ratio", "parameter_tolerance", NULL};
const verdict_rule rule_speed = {"speed", 2, thresholds, judge};
