/* SPDX-License-Identifier: MIT */
/* gatebench compare: two arms of any results file, paired by seed at equal other settings, with the outcome in
 * words. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/compare.h"
#include "plots/plots.h"
#include "results/store/run_provenance.h"
#include "support/cleanup.h"
#include "support/yaml.h"

static const char help[] =
    "Compare two arms of a run: the trials with two values of one setting, by default two cells. Trials are paired by "
    "seed at equal other settings. Shown are the paired difference with its 95 % interval and its outcome: better, "
    "equivalent within the margin, or undecided, with about how many more seeds would decide it. Cells of equal "
    "width, of equal parameters and of equal state are compared separately.\n\n"
    "Examples:\n"
    "  gatebench compare adding                               as declared\n"
    "  gatebench compare recall --by cell --metric accuracy   every pair of cells\n"
    "  gatebench compare music --a gru --b lstm --margin 0.1  one pair\n"
    "  gatebench compare adding --metric steps_to_solve       which learns sooner\n"
    "  gatebench compare recall --by init --where 'cell=lstm gap>=200'\n"
    "  gatebench compare recall --a gru --b lstm --fail-above 1.1   for CI\n"
    "  gatebench compare adding --all-statistics              medians, power, ...\n"
    "  gatebench compare adding --budget core_seconds         at equal core time\n"
    "  gatebench compare copy adding pixels --metric accuracy   and over all tasks\n"
    "  gatebench compare recall --json                        every number"
    "\vThe pairs of trials are grouped by their other settings, except those that belong to the arm (a width chosen to "
    "match parameters, a tuned learning rate). If there are several groups, a further line is over all of them; in it "
    "each seed counts once, with its mean. For accuracies the numbers of seeds that solved the task (0.9 and more, or "
    "--solved) are compared by Fisher's exact test. If the learning curves record when a seed solved it, the times are "
    "compared by a log-rank test, in which unsolved seeds are censored, not dropped. The margin is --margin, else that "
    "of the recipe's `compare:`, else 0.01 accuracy, 0.1 nats or 0.02 bits. Holm's correction treats all tests of a "
    "run as one family. After `run --until decided` intervals and outcomes are those of the run's latest interim look. "
    "--fail-above R: exit code 1 when b's mean is more than R times worse than a's in any line, or b's trials "
    "diverged, exceeded their limit or are missing.";

typedef compare_options request;

static const cli_option options[] = {
    CLI_TEXT("by", 'b', "SETTING", request.asked.by, "The setting whose values are compared (default: cell)"),
    CLI_TEXT("metric", 'm', "COLUMN", request.asked.metric,
             "The metric to compare (default: the task's own), or steps_to_solve"),
    CLI_TEXT("a", 0, "VALUE", request.asked.a, "The first arm"),
    CLI_TEXT("b", 0, "VALUE", request.asked.b, "The second arm"),
    CLI_NUMBER(CLI_ABOVE_0, "margin", 0, "X", request.asked.margin, "Largest difference that counts as equivalent"),
    CLI_NUMBER(CLI_ABOVE_0, "solved", 0, "X", request.asked.solved, "Metric from which a task counts as solved"),
    CLI_CHOICE("higher", 0, NULL, request.asked.higher_is_better, true,
               "Higher values are better (default for accuracies)"),
    CLI_CHOICE("lower", 0, NULL, request.asked.higher_is_better, false,
               "Lower values are better (default for all else)"),
    CLI_TEXT("budget", 0, "UNIT", request.budget,
             "Compare validation at the largest budget that all arms reached: core_seconds, steps, samples"),
    CLI_NUMBER(CLI_ABOVE_0, "fail-above", 0, "R", fail_above, "Exit code 1 when b is more than R times worse"),
    CLI_TEXT("where", 'w', "CONDITIONS", request.where, CLI_WHERE_HELP),
    CLI_TRUE("all-columns", 'v', all_columns,
             "Also p-values and TOST intervals; all columns even in a narrow terminal"),
    CLI_TRUE("all-statistics", 0, all_statistics, "All statistics of each comparison, one per line"),
    CLI_TRUE("plot", 0, plot,
             "Also draw the differences with their margins, and the outcomes as a table of tasks and matchings"),
    CLI_JSON,
    {0}};

const cli_usage command_compare_usage = {.words = "RUN|FILE...",
                                         .most_words = CLI_ANY,
                                         .runs = true,
                                         .no_word = CLI_WHICH_RUN,
                                         .help = help,
                                         .options = options};

/* The number of pairs that b's trials lost: these may be those in which it is worst. */
static size_t lost_by_b(const compare_result *r) {
    size_t lost = 0;
    for (size_t fate = 0; fate < TRIAL_FATES; fate++)
        lost += r->lost_b[fate];
    return lost;
}

/* The gate of --fail-above: a comparison that cannot be judged does not pass. */
static int gate(const compare_options *r, const compare_findings *c) {
    int code = EXIT_OK;
    for (size_t i = 0; !isnan(r->fail_above) && i < c->count; i++) {
        const compare_result *each = &c->items[i];
        size_t lost = lost_by_b(each);
        if (each->ratio <= r->fail_above && !lost)
            continue;
        const char *group = each->group ? each->group : "all groups";
        if (isnan(each->ratio))
            cli_say("%s, %s%s%s: cannot be judged, so --fail-above fails", each->a, each->b, *group ? ", " : "", group);
        else if (each->ratio <= r->fail_above)
            cli_say("%s, %s%s%s: %s has no value in %zu of %zu pairs, so --fail-above fails", each->a, each->b,
                    *group ? ", " : "", group, each->b, lost, each->planned);
        else
            cli_say("%s is %.4g times worse than %s%s%s: above %g", each->b, each->ratio, each->a, *group ? ", " : "",
                    group, r->fail_above);
        code = EXIT_TRIAL_FAILED;
    }
    return code;
}

static gb_status print_all(gb_context *context, const compare_options *r, const compare_run *runs, size_t count) {
    if (r->json)
        return compare_json(context, runs, count);
    for (size_t i = 0; i < count; i++) {
        compare_print(r, &runs[i]);
        if (r->all_statistics)
            GB_TRY(compare_print_statistics(context, &runs[i]));
    }
    if (count > 1 || r->all_statistics)
        GB_TRY(compare_print_tasks(context, runs, count));
    cli_next("gatebench plot %s; gatebench verdict", cli_name_of(context, runs[0].file->name, runs[0].file->path));
    return GB_OK;
}

/* Draws the forest plot of all differences and the matrix of verdicts, beside the figures of the first file. For
 * several files the name is "compare-differences". */
static gb_status draw(gb_context *context, const compare_run *runs, size_t count) {
    static const char *const figures[] = {"differences", "verdicts"}, *const endings[] = {"svg", "pdf", "png"};
    char folder[CLI_PATH], name[65] = "compare";
    GB_TRY(cli_figure_folder(context, runs[0].file->path, folder, sizeof folder));
    if (count == 1)
        provenance_file_name(runs[0].file, name);
    for (size_t f = 0; f < sizeof figures / sizeof *figures; f++) {
        GB_TRY(plots_draw_comparisons(context, runs, count, figures[f], folder, name, NULL));
        for (size_t e = 0; e < sizeof endings / sizeof *endings; e++)
            cli_say("%s/%s-%s.%s", folder, name, figures[f], endings[e]);
    }
    return GB_OK;
}

int command_compare(gb_context *context, int argc, char **argv) {
    compare_options r = {.request.asked = {.margin = NAN, .solved = NAN, .higher_is_better = -1}, .fail_above = NAN};
    if (!cli_parse(&command_compare_usage, argc, argv, &r))
        return EXIT_USAGE;
    char path[CLI_PATH];
    size_t count = r.words.count, opened = 0;
    CLEANUP(free_at) compare_run *runs = cli_need(calloc(count, sizeof *runs));
    gb_status status = GB_OK;
    for (; !status && opened < count; opened++) {
        status = cli_find_results(context, r.words.items[opened], path, sizeof path);
        if (!status)
            status = compare_open(context, &r.request, path, &runs[opened]);
    }
    if (!status)
        status = print_all(context, &r, runs, count);
    if (!status && r.plot)
        status = draw(context, runs, count);
    int code = status ? cli_failed(context, status) : EXIT_OK;
    for (size_t i = 0; !status && i < count; i++)
        for (size_t j = 0; j < runs[i].count; j++) {
            int passed = gate(&r, &runs[i].answers[j].found);
            code = code == EXIT_OK ? passed : code;
        }
    for (size_t i = 0; i < opened; i++)
        compare_close(&runs[i]);
    return code;
}
