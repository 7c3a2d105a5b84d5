/* SPDX-License-Identifier: MIT */
/* gatebench advise: which cell to use for a task like the user's, from the verdicts alone. */
#include <stdio.h>

#include "cli/cli.h"
#include "cli/output.h"
#include "results/claims/advice.h"

static const char help[] =
    "Which cell should I use? An answer from the verdicts on the available runs alone; where they "
    "do not tell, it says so.\n\n"
    "Examples:\n"
    "  gatebench advise                                  over all tasks\n"
    "  gatebench advise --task counting --budget parameters\n"
    "  gatebench advise --task copy --budget time --matters speed\n"
    "  gatebench advise --page >page.md      all of it in Markdown";

typedef struct request {
    cli_words words;
    advice_question question;
    bool page;
} request;

static const struct argp_option options[] = {
    {"task", 't', "KIND", 0,
     "A task like yours: counting, remembering, copying, numbers, text, music, images, or a task's name", 0},
    {"budget", 'b', "WHAT", 0, "What is scarce: time, parameters, state, width", 0},
    {"matters", 'm', "WHAT", 0, "What matters beside: quality, speed, size", 0},
    {"page", 'p', NULL, 0, "The whole page in Markdown", 0},
    {0}};

static error_t parse(int key, char *value, struct argp_state *state) {
    request *r = state->input;
    switch (key) {
    case 't':
        r->question.kind = value;
        return 0;
    case 'b':
        r->question.budget = value;
        return 0;
    case 'm':
        r->question.matters = value;
        return 0;
    case 'p':
        r->page = true;
        return 0;
    case ARGP_KEY_ARGS:
        cli_take_runs(&r->words, state);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

const struct argp command_advise_argp = {options, parse, "[RUN|FILE...]", help, cli_common, NULL, NULL};

int command_advise(gb_context *context, int argc, char **argv) {
    request r = {0};
    cli_results all;
    text out = {0};
    if (argp_parse(&command_advise_argp, argc, argv, 0, NULL, &r) != 0)
        return EXIT_USAGE;
    gb_status status = cli_read_results(context, &r.words, &all);
    if (!status)
        status = r.page ? advice_page(context, all.items, all.count, &out)
                        : advice_answer(context, all.items, all.count, &r.question, &out);
    int code = status ? cli_failed(context, status) : EXIT_OK;
    if (!status && out.data)
        fputs(out.data, stdout);
    text_free(&out);
    cli_free_results(&all);
    return code;
}
