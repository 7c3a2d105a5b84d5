/* SPDX-License-Identifier: MIT */
/* C4: the GRU's recurrent layers need at most 0.8 of the LSTM's parameters at equal width, whoever counts. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "results/claims/rule.h"

/* The LSTM row of the same convention and sizes; SIZE_MAX without one. */
static size_t partner(const results *r, size_t gru) {
    static const char *const equal[] = {"bias", "input", "hidden", "layers", "output", "kind"};
    for (size_t row = 0; row < r->runs.rows; row++) {
        if (!rule_row_counts(r, row) || strcmp(table_text(&r->runs, row, "cell"), "lstm") != 0)
            continue;
        bool same = true;
        for (size_t i = 0; same && i < sizeof equal / sizeof *equal; i++) {
            char a[64], b[64];
            const table_column *column = table_find(&r->runs, equal[i]);
            same = !column || strcmp(table_cell(&r->runs, row, column, a, sizeof a),
                                     table_cell(&r->runs, gru, column, b, sizeof b)) == 0;
        }
        if (same)
            return row;
    }
    return (size_t)-1;
}

typedef struct ledger_findings {
    size_t within, beyond, matched;
    double least, most;
    text exceptions;
} ledger_findings;

static void take(const results *r, size_t gru, double limit, ledger_findings *f, text *evidence) {
    size_t lstm = partner(r, gru);
    if (lstm == (size_t)-1)
        return;
    double ours = table_number(&r->runs, gru, "cell_parameters"),
           theirs = table_number(&r->runs, lstm, "cell_parameters");
    double ratio = ours / theirs;
    double whole = table_number(&r->runs, gru, "parameters") / table_number(&r->runs, lstm, "parameters");
    char source[512], where[128], input[32], hidden[32];
    if (isnan(ratio))
        return;
    table_cell(&r->runs, gru, table_find(&r->runs, "input"), input, sizeof input);
    table_cell(&r->runs, gru, table_find(&r->runs, "hidden"), hidden, sizeof hidden);
    snprintf(where, sizeof where, "%s count at input %s and hidden %s", table_text(&r->runs, gru, "bias"), input,
             hidden);
    f->least = f->within + f->beyond ? fmin(f->least, ratio) : ratio;
    f->most = f->within + f->beyond ? fmax(f->most, ratio) : ratio;
    if (ratio <= limit)
        f->within++;
    else {
        f->beyond++;
        text_append(&f->exceptions, "%s%s: %.4f", f->exceptions.length ? ", " : "", where, ratio);
    }
    text_append(evidence, "%s: gru %.0f, lstm %.0f recurrent parameters, ratio %.4f (whole model %.4f); %s\n", where,
                ours, theirs, ratio, whole, rule_source(r, source, sizeof source));
}

static void judge(const rule_input *input, rule_output *output) {
    double limit = rule_threshold(input, "ratio");
    ledger_findings f = {0};
    for (size_t i = 0; i < input->count; i++) {
        const results *r = input->all[i];
        for (size_t row = 0; row < r->runs.rows; row++) {
            if (!rule_row_counts(r, row) || strcmp(table_text(&r->runs, row, "cell"), "gru") != 0)
                continue;
            if (strcmp(table_text(&r->runs, row, "matching"), "parameters") == 0)
                f.matched++;
            else
                take(r, row, limit, &f, &output->evidence);
        }
    }
    if (f.within + f.beyond == 0 && f.matched)
        rule_decide(output, "not applicable", "under parameter matching the counts are equal by design");
    else if (f.within + f.beyond == 0)
        rule_no_evidence(input, output);
    else if (f.beyond == 0)
        rule_decide(output, "supported",
                    "at equal width the GRU has %.3f to %.3f of the LSTM's recurrent "
                    "parameters, under every convention",
                    f.least, f.most);
    else if (f.within == 0)
        rule_decide(output, "refuted",
                    "at equal width the GRU has %.3f to %.3f of the LSTM's recurrent "
                    "parameters, never at most %g",
                    f.least, f.most, limit);
    else
        rule_decide(output, "holds only when",
                    "holds in %zu of %zu counts at equal width (ratio %.3f to %.3f), but "
                    "not by the %s",
                    f.within, f.within + f.beyond, f.least, f.most, f.exceptions.data);
    text_free(&f.exceptions);
}

static const char *const thresholds[] = {"ratio", NULL};
const verdict_rule rule_parameters = {"parameters", thresholds, judge};
