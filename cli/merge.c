/* SPDX-License-Identifier: MIT */
/* gatebench merge: the results file rebuilt from a run's trial files. */
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "experiments/engine/plan.h"
#include "support/file.h"
#include "support/text.h"

static const char help[] = "Rebuild the results file of a run from its trial files, in the order of its plan. The same "
                           "trials give the same file, however often.\n\n"
                           "Examples:\n"
                           "  gatebench merge recall-full                 a run of the default folder\n"
                           "  gatebench merge results/runs/recall-full    a run's folder"
                           "\vPrints the file's path. Exit code 3 when planned trials are missing: they are named on "
                           "standard error (all with -v), the others are in the file, and running the recipe again "
                           "makes them.";

typedef struct request {
    cli_words words;
    bool verbose;
} request;

static const struct argp_option options[] = {{"verbose", 'v', NULL, 0, "Name every missing trial", 0}, {0}};

static error_t parse(int key, char *value, struct argp_state *state) {
    request *r = state->input;
    (void)value;
    switch (key) {
    case 'v':
        r->verbose = true;
        return 0;
    case ARGP_KEY_ARGS:
        cli_take_words(&r->words, state);
        cli_at_most(&r->words, 1, state);
        return 0;
    case ARGP_KEY_NO_ARGS:
        argp_error(state, "which run? 'gatebench status' shows them");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

const struct argp command_merge_argp = {options, parse, "RUN|FOLDER", help, cli_common, NULL, NULL};

/* Names the missing trials, a few unless all are asked for. */
static size_t report_missing(const plan *p, bool all) {
    enum { FEW = 5 };
    size_t missing = 0;
    for (size_t i = 0; i < p->count; i++) {
        const plan_trial *trial = &p->trials[i];
        if (trial->finished || trial->repeated)
            continue;
        if (missing++ < FEW || all)
            cli_say("missing: %s (%s)", trial->id, trial->final ? "final" : "tune");
    }
    if (missing > FEW && !all)
        cli_say("... and %zu more (-v names them)", missing - FEW);
    return missing;
}

int command_merge(gb_context *context, int argc, char **argv) {
    request r = {0};
    if (argp_parse(&command_merge_argp, argc, argv, 0, NULL, &r) != 0)
        return EXIT_USAGE;
    char folder[CLI_PATH], path[CLI_PATH], command[CLI_PATH + 32];
    plan p = {0};
    gb_status status = cli_find_folder(context, r.words.items[0], folder, sizeof folder);
    snprintf(command, sizeof command, "gatebench merge %s", r.words.items[0]);
    if (status == GB_OK)
        status = plan_merge(context, folder, command, &p, path, sizeof path);
    if (status != GB_OK)
        return cli_failed(context, status);
    puts(path);
    size_t missing = report_missing(&p, r.verbose), planned = plan_count(&p);
    cli_say("%zu of %zu trials merged", planned - missing, planned);
    cli_next(missing ? "run the recipe of %s again to make what is missing" : "gatebench show %s", p.name);
    plan_free(&p);
    return missing ? EXIT_RESUMABLE : EXIT_OK;
}
