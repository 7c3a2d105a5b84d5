/* SPDX-License-Identifier: MIT */
/* gatebench compare: two arms of any results file, pairs by seed within equal other settings, and the words. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/compare.h"
#include "cli/summary.h"
#include "cli/where.h"
#include "results/verdicts/matchings.h"
#include "support/yaml.h"

static const char help[] =
    "Compare arms of a run: pairs by seed within equal other settings, the paired difference with its 95 % interval, "
    "and "
    "what it says: better, equivalent within the margin, or undecided and about how many more seeds would tell.\n\n"
    "Examples:\n"
    "  gatebench compare recall                                  every pair of cells, by the task's own metric\n"
    "  gatebench compare music --a gru --b lstm --margin 0.1     one pair\n"
    "  gatebench compare recall --by init --where 'cell=lstm gap>=200'\n"
    "  gatebench compare recall --a gru --b lstm --fail-above 1.1  exit code 1 when lstm is worse by more\n"
    "  gatebench compare recall --json                           every number: TOST, Holm, Fisher, log-rank"
    "\vSettings that come with an arm (a width zipped to the cell, a tuned learning rate) make no groups. Over all "
    "groups "
    "a seed counts once, with its mean. Accuracies also say how many seeds solved the task (0.9 and more, or "
    "--solved), "
    "with Fisher's exact test. Without --margin the recipe's `compare:` decides, else 0.01 accuracy, 0.1 nats, 0.02 "
    "bits. --fail-above r: exit code 1 when b's mean is more than r times worse than a's in any line.";

enum { OPTION_A = 256, OPTION_B, OPTION_MARGIN, OPTION_FAIL, OPTION_SOLVED, OPTION_HIGHER, OPTION_LOWER };

static const struct argp_option options[] = {
    {"by", 'b', "SETTING", 0, "The setting whose values are compared (cell)", 0},
    {"metric", 'm', "COLUMN", 0, "What is compared (the task's own metric)", 0},
    {"a", OPTION_A, "VALUE", 0, "The first arm", 0},
    {"b", OPTION_B, "VALUE", 0, "The second arm", 0},
    {"margin", OPTION_MARGIN, "X", 0, "What counts as equivalent", 0},
    {"solved", OPTION_SOLVED, "X", 0, "What counts as solved", 0},
    {"higher", OPTION_HIGHER, NULL, 0, "More of the metric is better (so it is for accuracies)", 0},
    {"lower", OPTION_LOWER, NULL, 0, "Less of it is better (so it is for everything else)", 0},
    {"fail-above", OPTION_FAIL, "R", 0, "Exit code 1 when b is more than R times worse", 0},
    {"where", 'w', "CONDITIONS", 0, "Only trials like this: 'cell=gru,lstm gap>=200' (= != < <= > >=)", 0},
    {"all-columns", 'v', NULL, 0, "p-values, TOST intervals and steps too", 0},
    {"json", 'J', NULL, 0, "Print JSON", 0},
    {0}};

static double positive(struct argp_state *state, const char *option, const char *given) {
    double value;
    if (!text_is_number(given, &value) || value <= 0)
        argp_error(state, "%s is '%s'; give a number above 0", option, given);
    return value;
}

static error_t parse_question(int key, char *value, struct argp_state *state) {
    arms_question *q = &((compare_request *)state->input)->question;
    switch (key) {
    case 'b':
        q->by = value;
        return 0;
    case 'm':
        q->metric = value;
        return 0;
    case OPTION_A:
        q->a = value;
        return 0;
    case OPTION_B:
        q->b = value;
        return 0;
    case OPTION_MARGIN:
        q->margin = positive(state, "--margin", value);
        return 0;
    case OPTION_SOLVED:
        q->solved = positive(state, "--solved", value);
        return 0;
    case OPTION_HIGHER:
    case OPTION_LOWER:
        q->higher_is_better = key == OPTION_HIGHER;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static error_t parse(int key, char *value, struct argp_state *state) {
    compare_request *r = state->input;
    switch (key) {
    case OPTION_FAIL:
        r->fail_above = positive(state, "--fail-above", value);
        return 0;
    case 'w':
        r->where = value;
        return 0;
    case 'v':
        r->all_columns = true;
        return 0;
    case 'J':
        r->json = true;
        return 0;
    case ARGP_KEY_ARGS:
        cli_take_words(&r->words, state);
        cli_at_most(&r->words, 1, state);
        return 0;
    case ARGP_KEY_NO_ARGS:
        argp_error(state, "which run? 'gatebench list runs' shows them");
        return 0;
    default:
        return parse_question(key, value, state);
    }
}

const struct argp command_compare_argp = {options, parse, "RUN|FILE", help, cli_common, NULL, NULL};

/* The margin that the recipe declared before the run; NaN: none. */
static double recipe_margin(gb_context *context, const results *run, const arms_question *q) {
    yaml_document *recipe = NULL;
    yaml_errors errors = {0};
    double margin = NAN;
    for (size_t row = 0; !recipe && row < run->provenance.rows; row++) {
        if (!strcmp(table_text(&run->provenance, row, "name"), "resolved") &&
            yaml_read_text(context, "recipe", table_text(&run->provenance, row, "value"), &recipe, &errors) != GB_OK)
            recipe = NULL;
    }
    const yaml_node *declared = recipe ? yaml_get(&recipe->root, "compare") : NULL;
    for (size_t i = 0; declared && isnan(margin) && i < declared->count; i++) {
        const yaml_node *each = &declared->children[i];
        if (each->kind == YAML_MAP && !strcmp(yaml_text(each, "metric", ""), q->metric))
            margin = yaml_number(each, "margin", NAN);
    }
    yaml_free(recipe);
    yaml_errors_free(&errors);
    return margin;
}

/* Fills in what the command line left open. */
static gb_status complete(gb_context *context, compare_request *r, const results *run) {
    static const struct {
        const char *metric;
        double margin;
    } usual[] = {{"accuracy", 0.01}, {"nll", 0.1}, {"bits", 0.02}};
    arms_question *q = &r->question;
    columns measured = {0};
    if (!q->metric && summary_measured(&run->runs, "all", &measured) && measured.count)
        q->metric = run->runs.columns[measured.items[0]].name;
    free(measured.items);
    if (!q->metric)
        return gb_fail(context, GB_INVALID, "%s: no metric that is known; name a column with --metric", run->path);
    r->margin_from = "as asked";
    if (isnan(q->margin)) {
        q->margin = recipe_margin(context, run, q);
        r->margin_from = "declared by the recipe";
    }
    for (size_t i = 0; isnan(q->margin) && i < sizeof usual / sizeof *usual; i++) {
        if (strstr(q->metric, usual[i].metric))
            q->margin = usual[i].margin;
        r->margin_from = "the usual one";
    }
    if (q->higher_is_better < 0)
        q->higher_is_better = arms_higher_is_better(q->metric);
    if (isnan(q->solved) && strstr(q->metric, "accuracy"))
        q->solved = 0.9;
    return GB_OK;
}

/* Leaves the final trials only. */
static gb_status keep_final(gb_context *context, table *runs) {
    bool *keep = calloc(runs->rows + 1, sizeof *keep);
    if (!keep)
        return gb_fail(context, GB_MEMORY, "out of memory");
    for (size_t row = 0; row < runs->rows; row++)
        keep[row] = summary_takes(runs, row, "final") && strcmp(table_text(runs, row, "status"), "failed") != 0;
    table_keep_rows(runs, keep);
    free(keep);
    return GB_OK;
}

/* The gate: what cannot be judged does not pass it. */
static int gate(const compare_request *r, const arms_comparison *c) {
    int code = EXIT_OK;
    for (size_t i = 0; !isnan(r->fail_above) && i < c->count; i++) {
        const arms_result *each = &c->items[i];
        if (each->ratio <= r->fail_above)
            continue;
        const char *group = each->group ? each->group : "all groups";
        if (isnan(each->ratio))
            cli_say("%s, %s%s%s: cannot be judged, so --fail-above fails", each->a, each->b, *group ? ", " : "", group);
        else
            cli_say("%s is %.4g times worse than %s%s%s: above %g", each->b, each->ratio, each->a, *group ? ", " : "",
                    group, r->fail_above);
        code = EXIT_TRIAL_FAILED;
    }
    return code;
}

static gb_status compare_run(gb_context *context, compare_request *r, results *run, arms_comparison *c) {
    gb_status status = keep_final(context, &run->runs);
    if (!status)
        status = matchings_split(context, &run->runs);
    if (!status && r->where)
        status = where_keep(context, r->where, &run->runs);
    if (!status)
        status = complete(context, r, run);
    const char **settings = status ? NULL : summary_settings(&run->runs);
    if (!status && !settings)
        status = gb_fail(context, GB_MEMORY, "out of memory");
    r->question.settings = settings;
    if (!status)
        status = arms_compare(context, &run->runs, &run->curves, &r->question, c);
    r->question.settings = NULL;
    free(settings);
    return status;
}

int command_compare(gb_context *context, int argc, char **argv) {
    compare_request r = {.question = {.by = "cell", .margin = NAN, .solved = NAN, .higher_is_better = -1},
                         .fail_above = NAN};
    if (argp_parse(&command_compare_argp, argc, argv, 0, NULL, &r) != 0)
        return EXIT_USAGE;
    char path[CLI_PATH];
    results *run = NULL;
    arms_comparison c = {0};
    gb_status status = cli_find_results(context, r.words.items[0], path, sizeof path);
    if (status == GB_OK)
        status = results_read(context, path, &run);
    if (status == GB_OK)
        status = compare_run(context, &r, run, &c);
    int code = status != GB_OK ? cli_failed(context, status)
               : r.json        ? compare_json(&r, run, &c)
                               : compare_print(&r, run, &c);
    if (status == GB_OK && code == EXIT_OK)
        code = gate(&r, &c);
    arms_free(&c);
    results_free(run);
    return code;
}
