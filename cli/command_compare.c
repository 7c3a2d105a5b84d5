/* SPDX-License-Identifier: MIT */
/* gatebench compare: two arms of any results file, pairs by seed within equal other settings, and the words. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/compare.h"
#include "support/cleanup.h"
#include "support/yaml.h"

static const char help[] =
    "Compare arms of a run: pairs by seed within equal other settings, the paired difference with its 95 % interval, "
    "and its outcome: better, equivalent within the margin, or undecided and about how many more seeds would decide. "
    "Each matching is compared separately.\n\n"
    "Examples:\n"
    "  gatebench compare adding                               what it declares\n"
    "  gatebench compare recall --by cell --metric accuracy   every pair of cells\n"
    "  gatebench compare music --a gru --b lstm --margin 0.1  one pair\n"
    "  gatebench compare adding --metric steps_to_solve       which is sooner\n"
    "  gatebench compare recall --by init --where 'cell=lstm gap>=200'\n"
    "  gatebench compare recall --a gru --b lstm --fail-above 1.1   for CI\n"
    "  gatebench compare adding --all-statistics              medians, power, ...\n"
    "  gatebench compare adding --budget core_seconds         at equal core time\n"
    "  gatebench compare copy adding pixels --metric accuracy over tasks, too\n"
    "  gatebench compare recall --json                        every number"
    "\vSettings that come with an arm (a width that matching chose, a tuned learning rate) make no groups. Over all "
    "groups a seed counts once, with its mean. Accuracies also say how many seeds solved the task (0.9 and more, or "
    "--solved), with Fisher's exact test; where curves say when, unsolved seeds are censored, not dropped. Without "
    "--margin the recipe's `compare:` decides, else 0.01 accuracy, 0.1 nats, 0.02 bits. Holm's correction takes all "
    "tests of a run as one family. After `run --until decided` intervals and words are those of the look that the run "
    "is at. --fail-above r: exit code 1 when b's mean is more than r times worse than a's in any line.";

enum {
    OPTION_A = 256,
    OPTION_B,
    OPTION_MARGIN,
    OPTION_FAIL,
    OPTION_SOLVED,
    OPTION_HIGHER,
    OPTION_LOWER,
    OPTION_STATISTICS,
    OPTION_BUDGET
};

static const struct argp_option options[] = {
    {"by", 'b', "SETTING", 0, "The setting whose values are compared (cell)", 0},
    {"metric", 'm', "COLUMN", 0, "What is compared (the task's own metric); steps_to_solve", 0},
    {"a", OPTION_A, "VALUE", 0, "The first arm", 0},
    {"b", OPTION_B, "VALUE", 0, "The second arm", 0},
    {"margin", OPTION_MARGIN, "X", 0, "What counts as equivalent", 0},
    {"solved", OPTION_SOLVED, "X", 0, "What counts as solved", 0},
    {"higher", OPTION_HIGHER, NULL, 0, "Higher values are better (default for accuracies)", 0},
    {"lower", OPTION_LOWER, NULL, 0, "Lower values are better (default for all else)", 0},
    {"budget", OPTION_BUDGET, "UNIT", 0,
     "Validation at the largest budget that all reached: core_seconds, steps, samples", 0},
    {"fail-above", OPTION_FAIL, "R", 0, "Exit code 1 when b is more than R times worse", 0},
    {"where", 'w', "CONDITIONS", 0, "Only trials that meet all of these: 'cell=gru,lstm gap>=200' (= != < <= > >=)", 0},
    {"all-columns", 'v', NULL, 0, "p-values and TOST intervals too, and every column in narrow terminals", 0},
    {"all-statistics", OPTION_STATISTICS, NULL, 0, "All statistics of each comparison, one per line", 0},
    {"json", 'J', NULL, 0, "Print JSON", 0},
    {0}};

static double positive(struct argp_state *state, const char *option, const char *given) {
    double value;
    if (!text_is_number(given, &value) || value <= 0)
        argp_error(state, "%s is '%s'; give a number above 0", option, given);
    return value;
}

static error_t parse_question(int key, char *value, struct argp_state *state) {
    compare_question *q = &((compare_options *)state->input)->request.asked;
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
    compare_options *r = state->input;
    switch (key) {
    case OPTION_FAIL:
        r->fail_above = positive(state, "--fail-above", value);
        return 0;
    case 'w':
        r->request.where = value;
        return 0;
    case OPTION_BUDGET:
        r->request.budget = value;
        return 0;
    case 'v':
        r->all_columns = true;
        return 0;
    case OPTION_STATISTICS:
        r->all_statistics = true;
        return 0;
    case 'J':
        r->json = true;
        return 0;
    case ARGP_KEY_ARGS:
        cli_take_runs(&r->words, state);
        return 0;
    case ARGP_KEY_NO_ARGS:
        argp_error(state, "which run? 'gatebench list runs' shows them");
        return 0;
    default:
        return parse_question(key, value, state);
    }
}

const struct argp command_compare_argp = {options, parse, "RUN|FILE...", help, cli_common, NULL, NULL};

/* The gate: what cannot be judged does not pass it. */
static int gate(const compare_options *r, const compare_findings *c) {
    int code = EXIT_OK;
    for (size_t i = 0; !isnan(r->fail_above) && i < c->count; i++) {
        const compare_result *each = &c->items[i];
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

static int print_all(gb_context *context, const compare_options *r, const compare_run *runs, size_t count) {
    if (r->json)
        return compare_json(context, runs, count);
    int code = EXIT_OK;
    for (size_t i = 0; code == EXIT_OK && i < count; i++) {
        code = compare_print(r, &runs[i]);
        if (code == EXIT_OK && r->all_statistics)
            code = compare_print_statistics(context, &runs[i]);
    }
    if (code == EXIT_OK && (count > 1 || r->all_statistics))
        code = compare_print_tasks(context, runs, count);
    if (code == EXIT_OK)
        cli_next("gatebench plot %s; gatebench verdict", cli_name_of(context, runs[0].file->name, runs[0].file->path));
    return code;
}

int command_compare(gb_context *context, int argc, char **argv) {
    compare_options r = {.request.asked = {.margin = NAN, .solved = NAN, .higher_is_better = -1}, .fail_above = NAN};
    if (argp_parse(&command_compare_argp, argc, argv, 0, NULL, &r) != 0)
        return EXIT_USAGE;
    char path[CLI_PATH];
    size_t count = r.words.count, opened = 0;
    CLEANUP(free_at) compare_run *runs = calloc(count, sizeof *runs);
    gb_status status = runs ? GB_OK : gb_fail(context, GB_MEMORY, "out of memory");
    for (; !status && opened < count; opened++) {
        status = cli_find_results(context, r.words.items[opened], path, sizeof path);
        if (!status)
            status = compare_open(context, &r.request, path, &runs[opened]);
    }
    int code = status ? cli_failed(context, status) : print_all(context, &r, runs, count);
    for (size_t i = 0; !status && i < count; i++)
        for (size_t j = 0; j < runs[i].count; j++) {
            int passed = gate(&r, &runs[i].answers[j].found);
            code = code == EXIT_OK ? passed : code;
        }
    for (size_t i = 0; i < opened; i++)
        compare_close(&runs[i]);
    return code;
}
