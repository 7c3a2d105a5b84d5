/* SPDX-License-Identifier: MIT */
/* What `gatebench compare` was asked, and how its answer is printed. */
#ifndef GATEBENCH_CLI_COMPARE_H
#define GATEBENCH_CLI_COMPARE_H

#include "cli/cli.h"
#include "cli/output.h"
#include "results/store/store.h"
#include "results/verdicts/arms.h"

typedef struct compare_request {
    cli_words words;
    arms_question question;
    const char *where;       /* NULL: all final trials */
    const char *margin_from; /* in words */
    double fail_above;       /* NaN: no gate */
    bool json, all_columns;
} compare_request;

/* Both return an exit code. */
int compare_print(const compare_request *r, const results *run, const arms_comparison *c);
int compare_json(const compare_request *r, const results *run, const arms_comparison *c);

#endif
