/* SPDX-License-Identifier: MIT */
/* gatebench verdict: each claim with what the runs say about it, and the papers' numbers beside ours. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/output.h"
#include "results/claims/claims.h"
#include "support/file.h"

static const char help[] = "Judge the claims by the rules of claims.yaml, from the results that there are.\n\n"
                           "Examples:\n"
                           "  gatebench verdict                 every recipe's best run, full first\n"
                           "  gatebench verdict -v              with rules, and the numbers behind\n"
                           "  gatebench verdict recall music    from these runs only\n"
                           "  gatebench verdict --published     the papers' numbers, beside ours\n"
                           "  gatebench verdict --json";

typedef struct request {
    cli_words words;
    bool json, verbose, published;
} request;

static const struct argp_option options[] = {
    {"json", 'J', NULL, 0, "Print JSON", 0},
    {"verbose", 'v', NULL, 0, "Rules and evidence too", 0},
    {"published", 'P', NULL, 0, "Only the papers' numbers beside ours, all of them", 0},
    {0}};

static error_t parse(int key, char *value, struct argp_state *state) {
    request *r = state->input;
    (void)value;
    switch (key) {
    case 'J':
        r->json = true;
        return 0;
    case 'v':
        r->verbose = true;
        return 0;
    case 'P':
        r->published = true;
        return 0;
    case ARGP_KEY_ARGS:
        cli_take_runs(&r->words, state);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

const struct argp command_verdict_argp = {options, parse, "[RUN|FILE...]", help, cli_common, NULL, NULL};

static style outcome_style(const char *outcome) {
    if (!strcmp(outcome, "supported") || !strcmp(outcome, "reproduced"))
        return STYLE_GOOD;
    if (!strcmp(outcome, "refuted") || !strcmp(outcome, "not reproduced"))
        return STYLE_BAD;
    return STYLE_DOUBT;
}

static const char *shown(const char *words) {
    return words ? words : "";
}

static int print_claims(const verdict_list *list) {
    grid g;
    grid_start(&g, (const char *const[]){"claim", "outcome", "matching", "in words", NULL});
    for (size_t i = 0; i < list->count; i++) {
        const verdict *v = &list->items[i];
        grid_add(&g, STYLE_PLAIN, "%s", v->id);
        grid_add(&g, outcome_style(v->outcome), "%s%s", v->outcome, v->provisional ? " (provisional)" : "");
        grid_add(&g, STYLE_PLAIN, "%s", *shown(v->matching) ? v->matching : "-");
        grid_add(&g, STYLE_PLAIN, "%s", shown(v->words));
    }
    return grid_print(&g, GRID_WRAP);
}

/* The claim's block of `-v`: statement, outcome, rule, evidence. */
static void print_evidence(const verdict *v) {
    printf("%s%s  %s%s%s\n", style_start(outcome_style(v->outcome), stdout), v->id, v->outcome,
           v->provisional ? " (provisional)" : "", style_end(outcome_style(v->outcome), stdout));
    output_wrapped(shown(v->statement), 4);
    printf("  in words\n");
    output_wrapped(shown(v->words), 4);
    printf("  rule\n");
    output_wrapped(shown(v->rule), 4);
    if (v->matching && *v->matching)
        printf("  matching\n    %s\n", v->matching);
    const char *line = shown(v->evidence);
    printf("  evidence\n%s", *line ? "" : "    none\n");
    while (*line) {
        char finding[1024];
        size_t length = strcspn(line, "\n");
        snprintf(finding, sizeof finding, "%.*s", (int)length, line);
        output_item(finding, 4);
        line += length + (line[length] == '\n');
    }
    putchar('\n');
}

/* Counts with commas, other numbers with as many decimals as are asked for. */
static void append_number(text *t, double value, int decimals) {
    if (fabs(value) >= 1000)
        text_append_count(t, value);
    else
        text_append(t, "%.*f", decimals, value);
}

static void add_numbers(grid *g, const published_row *row) {
    text published = {0}, ours = {0};
    text_append(&published, "%s", !strcmp(row->bound, "above") ? "< " : !strcmp(row->bound, "below") ? "> " : "");
    int decimals = published_decimals(row);
    append_number(&published, row->value, decimals == 3 ? 2 : decimals); /* as papers print nats */
    if (row->ours.n == 0 || isnan(row->ours.estimate)) {
        text_append(&ours, "-");
    } else {
        append_number(&ours, row->ours.estimate, decimals);
        if (row->ours.high > row->ours.low)
            text_append(&ours, " ± %.*f", decimals, (row->ours.high - row->ours.low) / 2);
    }
    g->failed = g->failed || published.failed || ours.failed;
    grid_add(g, STYLE_PLAIN, "%s", shown(published.data));
    grid_add(g, STYLE_PLAIN, "%s", shown(ours.data));
    text_free(&published);
    text_free(&ours);
}

static bool not_run(const published_row *row) {
    bool none = row->ours.n == 0 && !strcmp(row->outcome, "not comparable"); /* nothing of ours could be */
    return none || !strcmp(row->outcome, "not run");
}

/* The numbers of one paper that we have runs for, or with -v all. */
static int print_source(const published_list *list, size_t first, bool verbose) {
    const char *source = shown(list->items[first].source);
    grid g;
    grid_start(&g, (const char *const[]){"task", "cell", "metric", "published", "ours", "outcome", "why", NULL});
    for (size_t i = first; i < list->count && !strcmp(shown(list->items[i].source), source); i++) {
        const published_row *row = &list->items[i];
        if (!verbose && not_run(row))
            continue;
        grid_add(&g, STYLE_PLAIN, "%s", shown(row->task));
        grid_add(&g, STYLE_PLAIN, "%s", shown(row->cell));
        grid_add(&g, STYLE_PLAIN, "%s, %s", shown(row->metric), shown(row->unit));
        add_numbers(&g, row);
        grid_add(&g, outcome_style(row->outcome), "%s%s", row->outcome, row->quick ? " (provisional)" : "");
        grid_add(&g, STYLE_PLAIN, "%s", shown(row->reason));
    }
    if (g.count == g.columns)
        return grid_free(&g);
    printf("\n%s beside ours (±: 95 %% interval over seeds)\n", source);
    return grid_print(&g, GRID_WRAP);
}

/* The published numbers beside ours, paper by paper; those that nothing was run for only with -v. */
static int print_published(const published_list *list, bool verbose) {
    size_t left_out = 0;
    int code = EXIT_OK;
    for (size_t i = 0; i < list->count; i++) {
        bool first = i == 0 || strcmp(shown(list->items[i].source), shown(list->items[i - 1].source)) != 0;
        if (first && code == EXIT_OK)
            code = print_source(list, i, verbose);
        left_out += not_run(&list->items[i]);
    }
    fflush(stdout);
    if (left_out && !verbose)
        fprintf(stderr, "%zu published numbers have no run beside them yet: -v lists them\n", left_out);
    return code;
}

static void json_claim(json *j, const verdict *v) {
    json_open(j, NULL, '{');
    json_text(j, "claim", v->id);
    json_text(j, "statement", v->statement);
    json_text(j, "rule", v->rule);
    json_text(j, "outcome", v->outcome);
    json_truth(j, "provisional", v->provisional);
    json_text(j, "words", v->words);
    json_text(j, "matching", v->matching);
    json_open(j, "evidence", '[');
    for (const char *line = shown(v->evidence); *line;) {
        char finding[1024];
        size_t length = strcspn(line, "\n");
        snprintf(finding, sizeof finding, "%.*s", (int)length, line);
        json_text(j, NULL, finding);
        line += length + (line[length] == '\n');
    }
    json_close(j);
    json_close(j);
}

static void json_published(json *j, const published_row *row) {
    json_open(j, NULL, '{');
    json_text(j, "source", row->source);
    json_text(j, "task", row->task);
    json_text(j, "cell", row->cell);
    json_text(j, "metric", row->metric);
    json_text(j, "unit", row->unit);
    json_text(j, "protocol", row->protocol);
    json_number(j, "published", row->value);
    json_text(j, "bound", row->bound);
    json_number(j, "band_low", row->band_low);
    json_number(j, "band_high", row->band_high);
    json_number(j, "ours", row->ours.estimate);
    json_number(j, "ours_low", row->ours.low);
    json_number(j, "ours_high", row->ours.high);
    json_count(j, "n", row->ours.n);
    json_text(j, "outcome", row->outcome);
    json_truth(j, "provisional", row->quick);
    json_text(j, "reason", row->reason);
    json_close(j);
}

static int print_json(const cli_results *all, const verdict_list *claims, const published_list *published) {
    json j = {0};
    json_open(&j, NULL, '{');
    json_open(&j, "results", '[');
    for (size_t i = 0; i < all->count; i++)
        json_text(&j, NULL, all->items[i]->path);
    json_close(&j);
    json_open(&j, "claims", '[');
    for (size_t i = 0; i < claims->count; i++)
        json_claim(&j, &claims->items[i]);
    json_close(&j);
    json_open(&j, "published", '[');
    for (size_t i = 0; i < published->count; i++)
        json_published(&j, &published->items[i]);
    json_close(&j);
    json_close(&j);
    return json_print(&j);
}

static int print_all(const request *r, const cli_results *all, const verdict_list *claims,
                     const published_list *published) {
    if (r->json)
        return print_json(all, claims, published);
    int code = EXIT_OK;
    for (size_t i = 0; r->verbose && !r->published && i < claims->count; i++)
        print_evidence(&claims->items[i]);
    if (!r->verbose && !r->published)
        code = print_claims(claims);
    if (code == EXIT_OK)
        code = print_published(published, r->verbose || r->published);
    fflush(stdout);
    for (size_t i = 0; i < all->count; i++)
        fprintf(stderr, "%s%s", i ? ", " : "from: ", all->items[i]->name);
    if (all->count)
        fputc('\n', stderr);
    if (all->count == 0)
        cli_next("gatebench run quick");
    else if (r->verbose)
        cli_next("gatebench report");
    else
        cli_next("gatebench verdict -v");
    return code;
}

int command_verdict(gb_context *context, int argc, char **argv) {
    request r = {0};
    if (argp_parse(&command_verdict_argp, argc, argv, 0, NULL, &r) != 0)
        return EXIT_USAGE;
    cli_results all;
    char claims_path[CLI_PATH];
    verdict_list claims = {0};
    published_list published = {0};
    int code = EXIT_OK;
    gb_status status = cli_read_results(context, &r.words, &all);
    if (status == GB_OK)
        status = file_find_shared(context, "claims.yaml", claims_path, sizeof claims_path);
    if (status == GB_OK)
        status = verdicts_judge(context, claims_path, all.items, all.count, &claims);
    if (status == GB_OK)
        status = published_judge(context, all.items, all.count, &published);
    if (status == GB_OK)
        code = print_all(&r, &all, &claims, &published);
    else
        code = cli_failed(context, status);
    verdicts_free(&claims);
    published_free(&published);
    cli_free_results(&all);
    return code;
}
