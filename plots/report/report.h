/* SPDX-License-Identifier: MIT */
/* The report inside: what is said (gathered once, figures drawn) and the writers of its formats. Every appending
 * function leaves running out of memory in the `failed` of what it appends to. */
#ifndef GATEBENCH_PLOTS_REPORT_H
#define GATEBENCH_PLOTS_REPORT_H

#include "plots/plots.h"
#include "results/analysis/compare_run.h"
#include "support/text.h"

enum { REPORT_ANCHOR = 96, REPORT_STEM = 200 };

typedef struct report_figure {
    char stem[REPORT_STEM]; /* of its files in the folder; "": there is none */
    char *caption, *command;
    char *missing; /* why it could not be drawn; NULL: it was */
} report_figure;

/* A cell of a table; the first row of a table are its headings. */
typedef struct report_cell {
    char *words, *interval; /* "0.982", "[0.97, 0.99]" or NULL */
    bool number, best;      /* best: better than every other of its group by the paired test (Holm) */
} report_cell;

typedef struct report_table {
    report_cell *cells;
    size_t columns, count; /* count: of cells */
    text note;             /* what the numbers are */
    bool failed;
} report_table;

/* An answer on the first screen: a claim, or a comparison that a recipe declares. */
typedef struct report_card {
    char id[REPORT_ANCHOR];
    char outcome[40];
    const char *kind; /* "yes", "no", "partly", "open": colour and sign */
    text title, sentence, rests;
    bool provisional;
    finding_list own;       /* of a comparison */
    const verdict *verdict; /* of a claim, else NULL */
    report_figure figure;
} report_card;

/* One experiment. */
typedef struct report_section {
    results *r;
    char anchor[REPORT_ANCHOR];
    report_figure *figures;
    size_t figure_count;
    text finding; /* two sentences */
    text notes;   /* a line for everything that a reader must know before trusting it */
    text command; /* that repeats it */
    report_table table;
} report_section;

/* What made the numbers: said once, and again only where a run differs. */
typedef struct report_fact {
    const char *title, *common;
} report_fact;
enum { REPORT_FACTS = 3 };

typedef struct report {
    gb_context *context;
    const report_request *request;
    const char *terminal; /* of its figures: "svg" or "pdf" */
    text title, answer;
    report_card *cards;
    size_t card_count;
    report_section *sections;
    size_t section_count;
    report_figure published;
    report_fact facts[REPORT_FACTS];
    bool provisional;
    text missing;                  /* why the first figure that gnuplot failed on is not there */
    size_t failed;                 /* such figures */
    bool hung;                     /* gnuplot hung: it is not started again */
    size_t longest_data, pictures; /* of the page: bytes of a figure's data that it holds; how many it has */
} report;

/* Gathers everything and draws what changed. Errors: GB_MEMORY, GB_INVALID (a recipe that cannot be read). */
gb_status report_gather(report *p);
void report_free(report *p);

/* Parts of the gathering. report_try turns a figure that failed into a note in its place. */
gb_status report_cards(report *p);
gb_status report_finding(report *p, report_section *s);
gb_status report_notes(report *p, report_section *s);
void report_table_add(report_table *t, const char *string, bool number); /* a cell */
void report_table_free(report_table *t);
gb_status report_make_table(gb_context *context, const results *r, report_table *t);
/* `command` prints the numbers that are drawn. */
gb_status report_draw_forest(report *p, const finding_list *list, const char *command, const char *stem,
                             report_figure *figure);

/* The value of a fact in a run: "" unknown. */
const char *report_fact_of(const results *r, size_t fact);

/* The command without the folders of the machine that it ran on. */
const char *report_recorded_command(const results *r);

/* What the card follows from. */
const finding_list *report_card_findings(const report_card *card);

/* "yes", "no", "partly" or "open" of an outcome or of a published number. */
const char *report_kind(const char *outcome);
const char *report_side_kind(finding_side side);

/* Whether a published number stands beside one of ours; whether the two were compared. */
bool report_is_run(const published_row *row);
bool report_is_compared(const published_row *row);
/* "8.54", "20,100", "< 0.2", and ours with its interval ("8.610" and "[8.55, 8.67]"; "" none). */
void report_published_numbers(const published_row *row, text *theirs, text *ours, text *limits);

/* The names of findings without the words that all of them begin or end with. Errors: false, out of memory. */
bool report_short_names(const finding_list *list, bool drawn_only, char ***names);

/* A forest plot of findings: <folder>/<stem>.csv, .gp and the picture, drawn again only when these change. */
gb_status forest_draw(gb_context *context, const finding_list *list, const char *folder, const char *stem,
                      const char *terminal);

/* The writers. */
void report_html(report *p, text *page);
/* What the recipe declared to be compared: means, differences, outcomes; nothing without `compare:`. */
gb_status report_html_comparisons(gb_context *context, results *r, text *page);
void report_html_cards(report *p, text *page);
/* Each line of a text (NULL: none) in an element of that name. */
void report_html_lines(text *page, const char *lines, const char *element);
void report_html_outcome(text *page, const char *outcome, const char *kind);
void report_html_matrix(const report *p, text *page);
bool report_html_published(report *p, text *page); /* whether there is such a section */
void report_html_table(text *page, const report_table *t);
void report_html_figure(report *p, text *page, const report_figure *figure);
void report_plain(report *p, bool latex, text *page);
gb_status report_typeset(gb_context *context, const char *tex_path, const char *pdf_path);

/* An SVG file of gnuplot as part of the page: ids with a prefix, as they would clash with those of other figures;
 * black as currentColor, so that it follows the page's theme; `label` for those who cannot see it. */
void report_svg(text *page, const char *svg, const char *prefix, const char *label);

#endif
