/* SPDX-License-Identifier: MIT */
/* gatebench verdict: judges each claim by the runs, and compares published numbers with ours. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/output.h"
#include "cli/verdict_matrix.h"
#include "results/analysis/declarations.h"
#include "results/claims/claims.h"
#include "support/cleanup.h"
#include "support/file.h"

static const char help[] = "Judge the claims of claims.yaml by their rules, from the available results.\n\n"
                           "Examples:\n"
                           "  gatebench verdict                    from the best run of each recipe\n"
                           "  gatebench verdict -v                 with rules and evidence\n"
                           "  gatebench verdict recall music       from these runs only\n"
                           "  gatebench verdict results/reference  from the results files of a folder\n"
                           "  gatebench verdict --published        the papers' numbers and ours\n"
                           "  gatebench verdict --matrix           gru or lstm, task by task\n"
                           "  gatebench verdict --matrix=rnn,gru   two other cells\n"
                           "  gatebench verdict --claims my.yaml   claims of your own\n"
                           "  gatebench verdict --json";

typedef struct request {
    cli_words words;
    const char *claims; /* NULL: the shipped claims */
    const char *matrix; /* "gru,lstm"; NULL: not asked for */
    char a[64], b[64];  /* its cells */
    bool json, verbose, published;
} request;

static const cli_option options[] = {
    CLI_TEXT("claims", 'c', "FILE", claims, "Judge the claims of this file, written like the shipped claims.yaml"),
    CLI_JSON,
    CLI_TRUE("verbose", 'v', verbose, "Also print rules and evidence"),
    CLI_OPTIONAL("matrix", 'M', "A,B", matrix, "gru,lstm",
                 "Compare two cells (default gru,lstm) task by task, under each matching"),
    CLI_TRUE("published", 'P', published, "Print only the papers' numbers and ours, with reasons"),
    {0}};

static void check(void *given, struct argp_state *state) {
    request *r = given;
    char more;
    if (r->matrix && (sscanf(r->matrix, "%63[^,],%63[^,]%c", r->a, r->b, &more) != 2 || strcmp(r->a, r->b) == 0))
        argp_error(state, "--matrix takes two different cells: --matrix=rnn,gru");
}

const cli_usage command_verdict_usage = {
    .words = "[RUN|FILE...]", .most_words = CLI_ANY, .runs = true, .help = help, .options = options, .check = check};

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

enum { SCREEN = 100, INDENT = 19 }; /* columns of the summary, and of the part before its sentences */

/* The reason, and whether the verdict is provisional: "...; provisional (quick run: order-quick)", with the names of
 * the runs if they fit. */
static void print_basis(const verdict *v) {
    const char *brief = shown(v->brief), *basis = shown(v->basis);
    printf("%*s%s", INDENT, "", brief);
    if (v->provisional && INDENT + strlen(brief) + strlen(basis) + strlen("; provisional ()") <= SCREEN)
        printf("; provisional (%s)", basis);
    else if (v->provisional)
        printf("; provisional (%.*s)", (int)strcspn(basis, ":"), basis);
    putchar('\n');
}

/* Two lines per claim. */
static void print_claims(const verdict_list *list) {
    for (size_t i = 0; i < list->count; i++) {
        const verdict *v = &list->items[i];
        style s = outcome_style(v->outcome);
        printf("%-4s%s%-*s%s%s\n", v->id, style_start(s, stdout), INDENT - 4, v->outcome, style_end(s, stdout),
               shown(v->title));
        print_basis(v);
    }
    for (size_t i = 0; i < list->count; i++)
        if (*shown(list->items[i].changes))
            cli_say("%s: its declaration was changed after the first trial; -v shows the changes", list->items[i].id);
}

/* Prints each line after a dash. */
static void print_items(const char *lines) {
    int length;
    for (const char *line; (line = text_line(&lines, &length));) {
        char item[2048];
        snprintf(item, sizeof item, "%.*s", length, line);
        output_item(item, 4);
    }
}

/* The block of a claim under `-v`: statement, outcome, rule, evidence. */
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
    if (*shown(v->changes))
        printf("  changed after the first trial, so not declared beforehand\n");
    print_items(v->changes);
    printf("  evidence\n%s", *shown(v->evidence) ? "" : "    none\n");
    print_items(v->evidence);
    putchar('\n');
}

static void add_numbers(grid *g, const published_row *row) {
    CLEANUP(text_free) text published = {0}, ours = {0};
    published_append_theirs(row, &published);
    if (row->ours.n == 0 || isnan(row->ours.estimate)) {
        text_append(&ours, "-");
    } else {
        published_append_ours(row, row->ours.estimate, &ours);
        if (row->ours.high > row->ours.low) {
            text_append(&ours, " ± ");
            published_append_ours(row, (row->ours.high - row->ours.low) / 2, &ours);
        }
    }
    GRID_TEXTS(g, shown(published.data), shown(ours.data));
}

static void add_published(grid *g, const published_row *row, bool verbose) {
    if (!verbose)
        GRID_TEXTS(g, shown(row->source));
    GRID_TEXTS(g, shown(row->task), shown(row->cell));
    if (verbose)
        grid_add(g, STYLE_PLAIN, "%s, %s", shown(row->metric), shown(row->unit));
    else
        GRID_TEXTS(g, shown(row->metric));
    add_numbers(g, row);
    grid_add(g, outcome_style(row->outcome), "%s%s", row->outcome, row->quick ? " (provisional)" : "");
    if (verbose)
        GRID_TEXTS(g, shown(row->reason));
}

/* All numbers of one paper, with reasons. */
static void print_source(const published_list *list, size_t first) {
    const char *source = shown(list->items[first].source);
    grid g;
    grid_start(&g, (const char *const[]){"task", "cell", "metric", "published", "ours", "outcome", "why", NULL});
    for (size_t i = first; i < list->count && !strcmp(shown(list->items[i].source), source); i++)
        add_published(&g, &list->items[i], true);
    printf("\n%s and ours (±: 95 %% interval over seeds)\n", source);
    grid_print(&g, GRID_WRAP);
}

static void print_sources(const published_list *list) {
    for (size_t i = 0; i < list->count; i++)
        if (i == 0 || strcmp(shown(list->items[i].source), shown(list->items[i - 1].source)) != 0)
            print_source(list, i);
}

/* Lists the published numbers that ours can be compared with, and counts the others. */
static void print_compared(const published_list *list) {
    size_t compared = 0, not_run = 0;
    grid g;
    grid_start(&g, (const char *const[]){"published by", "task", "cell", "metric", "published", "ours ± 95 %",
                                         "outcome", NULL});
    for (size_t i = 0; i < list->count; i++) {
        const published_row *row = &list->items[i];
        if (published_is_compared(row))
            add_published(&g, row, false);
        compared += published_is_compared(row);
        not_run += !strcmp(row->outcome, "not run");
    }
    if (compared) {
        putchar('\n');
        grid_print(&g, GRID_WRAP);
    } else
        grid_free(&g);
    fflush(stdout);
    fprintf(stderr,
            "%zu more published numbers: %zu with settings other than ours, %zu not run (--published lists them)\n",
            list->count - compared, list->count - compared - not_run, not_run);
}

static void json_claim(json *j, const verdict *v) {
    json_open(j, NULL, '{');
    json_text(j, "claim", v->id);
    json_text(j, "title", v->title);
    json_text(j, "statement", v->statement);
    json_text(j, "rule", v->rule);
    json_text(j, "outcome", v->outcome);
    json_truth(j, "provisional", v->provisional);
    json_text(j, "basis", v->basis);
    json_text(j, "brief", v->brief);
    json_text(j, "words", v->words);
    json_text(j, "matching", v->matching);
    json_open(j, "changes", '[');
    json_lines(j, v->changes);
    json_close(j);
    json_open(j, "evidence", '[');
    json_lines(j, v->evidence);
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

static void print_json(const cli_results *all, const verdict_list *claims, const published_list *published) {
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
    json_print(&j);
}

/* Changes that belong to no single claim. */
static void say_changes(const cli_results *all) {
    for (size_t i = 0; i < all->count; i++) {
        CLEANUP(text_free) text lines = {0};
        int length;
        if (declared_changes_beside_claims(NULL, all->items[i], &lines) == GB_OK)
            for (const char *at = lines.data, *line; (line = text_line(&at, &length));)
                cli_say("%s: %.*s", all->items[i]->name, length, line);
    }
}

/* Prints the path of the report of these results, if there is one, and one next command. */
static void print_next(gb_context *context, const request *r, const cli_results *all) {
    char folder[CLI_PATH], report[CLI_PATH + 16] = "";
    if (all->count && cli_figure_folder(context, all->items[0]->path, folder, sizeof folder) == GB_OK)
        snprintf(report, sizeof report, "%s/report.html", folder);
    bool written = *report && file_exists(report);
    if (written)
        fprintf(stderr, "report: %s\n", report);
    if (all->count == 0)
        cli_next("gatebench run quick");
    else if (!written)
        cli_next("gatebench report");
    else if (r->verbose)
        cli_next("xdg-open %s", report);
    else
        cli_next("gatebench verdict -v");
}

static void print_all(gb_context *context, const request *r, const cli_results *all, const verdict_list *claims,
                      const published_list *published) {
    if (r->json) {
        print_json(all, claims, published);
        return;
    }
    for (size_t i = 0; r->verbose && !r->published && i < claims->count; i++)
        print_evidence(&claims->items[i]);
    if (!r->verbose && !r->published)
        print_claims(claims);
    if (r->verbose || r->published)
        print_sources(published);
    else if (all->count)
        print_compared(published);
    fflush(stdout);
    say_changes(all);
    for (size_t i = 0; r->verbose && i < all->count; i++)
        fprintf(stderr, "%s%s%s", i ? ", " : "from: ", all->items[i]->name, i + 1 < all->count ? "" : "\n");
    print_next(context, r, all);
}

static gb_status print_matrix(gb_context *context, const request *r, const cli_results *all) {
    CLEANUP(matrix_free) verdict_matrix m = {0};
    GB_TRY(matrix_judge(context, all->items, all->count, r->a, r->b, &m));
    if (r->json) {
        json j = {0};
        json_open(&j, NULL, '{');
        verdict_matrix_json(&j, &m);
        json_close(&j);
        json_print(&j);
    } else {
        verdict_matrix_print(&m);
    }
    return GB_OK;
}

int command_verdict(gb_context *context, int argc, char **argv) {
    request r = {0};
    if (!cli_parse(&command_verdict_usage, argc, argv, &r))
        return EXIT_USAGE;
    CLEANUP(cli_free_results) cli_results all = {0};
    CLEANUP(verdicts_free) verdict_list claims = {0};
    CLEANUP(published_free) published_list published = {0};
    char shipped[CLI_PATH];
    CLI_TRY(context, cli_read_results(context, &r.words, &all));
    if (r.matrix) {
        CLI_TRY(context, print_matrix(context, &r, &all));
        return EXIT_OK;
    }
    if (!r.claims)
        CLI_TRY(context, file_find_shared(context, "claims.yaml", shipped, sizeof shipped));
    CLI_TRY(context, verdicts_judge(context, r.claims ? r.claims : shipped, all.items, all.count, &claims));
    CLI_TRY(context, published_judge(context, all.items, all.count, &published));
    print_all(context, &r, &all, &claims, &published);
    return EXIT_OK;
}
