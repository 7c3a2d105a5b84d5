/* SPDX-License-Identifier: MIT */
/* gatebench advise: which cell to use for a task like the user's, from the verdicts alone. */
#include <stdio.h>

#include "cli/cli.h"
#include "cli/output.h"
#include "results/claims/advice.h"
#include "support/cleanup.h"

static const char help[] = "Which cell should I use? The answer uses only the verdicts on the available runs. If they "
                           "do not decide a question, it says so.\n\n"
                           "Examples:\n"
                           "  gatebench advise                                  for all tasks\n"
                           "  gatebench advise --task counting --budget parameters\n"
                           "  gatebench advise --task copy --budget time --matters speed\n"
                           "  gatebench advise --page >page.md      the whole page in Markdown";

typedef struct request {
    cli_words words;
    advice_question question;
    bool page;
} request;

static const cli_option options[] = {
    CLI_TEXT("task", 't', "KIND", question.kind,
             "A task like yours: counting, remembering, copying, numbers, text, music, images, or a task's name"),
    CLI_TEXT("budget", 'b', "WHAT", question.budget, "What is limited: time, parameters, state, width"),
    CLI_TEXT("matters", 'm', "WHAT", question.matters, "What else matters: quality, speed, size"),
    CLI_TRUE("page", 'p', page, "Print the whole page in Markdown"),
    {0}};

const cli_usage command_advise_usage = {
    .words = "[RUN|FILE...]", .most_words = CLI_ANY, .runs = true, .help = help, .options = options};

int command_advise(gb_context *context, int argc, char **argv) {
    request r = {0};
    CLEANUP(cli_free_results) cli_results all = {0};
    CLEANUP(text_free) text out = {0};
    if (!cli_parse(&command_advise_usage, argc, argv, &r))
        return EXIT_USAGE;
    CLI_TRY(context, cli_read_results(context, &r.words, &all));
    CLI_TRY(context, r.page ? advice_page(context, all.items, all.count, &out)
                            : advice_answer(context, all.items, all.count, &r.question, &out));
    if (out.data)
        fputs(out.data, stdout);
    return EXIT_OK;
}
