/* SPDX-License-Identifier: MIT */
/* The internals of the report: its content (gathered once, with figures drawn) and the writers of its formats. Every
 * appending function records an allocation failure in `failed` of the text. */
#ifndef GATEBENCH_PLOTS_REPORT_H
#define GATEBENCH_PLOTS_REPORT_H

#include "plots/plots.h"
#include "results/analysis/compare_run.h"
#include "support/text.h"

enum { REPORT_ANCHOR = 96, REPORT_STEM = 200 };

typedef struct report_figure {
    char stem[REPORT_STEM]; /* name of its files in the folder, without ending; "": there is no figure */
    char *caption, *command;
    char *missing; /* why it could not be drawn; NULL: it was drawn */
} report_figure;

/* A cell of a table; the first row of a table are its headings. */
typedef struct report_cell {
    char *words, *interval; /* "0.982", "[0.97, 0.99]" or NULL */
    bool number, best;      /* best: better than every other arm of its group by the paired test (Holm) */
} report_cell;

typedef struct report_table {
    report_cell *cells;
    size_t columns, count; /* count: of cells */
    text note;             /* what the numbers are */
    bool failed;
} report_table;

/* A card on the first screen: a claim, or a comparison that a recipe declares. */
typedef struct report_card {
    char id[REPORT_ANCHOR];
    char outcome[40];
    const char *kind; /* "yes", "no", "partly", "open": colour and sign */
    text title, sentence, rests;
    bool provisional;
    finding_list own;       /* findings of a card about a comparison */
    const verdict *verdict; /* verdict of a card about a claim, else NULL */
    report_figure figure;
} report_card;

/* One experiment. */
typedef struct report_section {
    results *r;
    char anchor[REPORT_ANCHOR];
    report_figure *figures;
    size_t figure_count;
    text finding; /* two sentences */
    text notes;   /* one line per caveat */
    text command; /* command that repeats the experiment */
    report_table table;
} report_section;

/* The provenance common to most runs; a run mentions it only if it differs. */
typedef struct report_fact {
    const char *title, *common;
} report_fact;
enum { REPORT_FACTS = 3 };

typedef struct report {
    gb_context *context;
    const report_request *request;
    const char *terminal; /* format of the figures: "svg" or "pdf" */
    text title, answer;
    report_card *cards;
    size_t card_count;
    report_section *sections;
    size_t section_count;
    report_figure published;
    report_fact facts[REPORT_FACTS];
    bool provisional;
    text missing;                  /* the reason for the first figure on which gnuplot failed */
    size_t failed;                 /* such figures */
    bool hung;                     /* gnuplot hung, so it is not started again */
    size_t longest_data, pictures; /* bytes of figure data in the page; number of figures */
} report;

/* Gathers the content and draws changed figures. Errors: GB_MEMORY, GB_INVALID (a recipe that cannot be read). */
gb_status report_gather(report *p);
void report_free(report *p);

/* The parts of report_gather(): the cards, and of each experiment its finding, its notes and its table. */
gb_status report_cards(report *p);
gb_status report_finding(report *p, report_section *s);
gb_status report_notes(report *p, report_section *s);
void report_table_add(report_table *t, const char *string, bool number); /* a cell */
void report_table_free(report_table *t);
gb_status report_make_table(gb_context *context, const results *r, report_table *t);
/* `command` prints the numbers of the figure. */
gb_status report_draw_forest(report *p, const finding_list *list, const char *command, const char *stem,
                             report_figure *figure);

/* The value of a fact of a run; "": unknown. */
const char *report_fact_of(const results *r, size_t fact);

/* The command without folders of the machine on which it ran. */
const char *report_recorded_command(const results *r);

/* The evidence of the card. */
const finding_list *report_card_findings(const report_card *card);

/* "yes", "no", "partly" or "open" of an outcome or of a published number. */
const char *report_kind(const char *outcome);
const char *report_side_kind(finding_side side);

/* True if we have a number for a published one. */
bool report_is_run(const published_row *row);
/* "8.54", "20,100", "< 0.2", and ours with its interval ("8.610" and "[8.55, 8.67]"; "" none). */
void report_published_numbers(const published_row *row, text *theirs, text *ours, text *limits);

/* The names of findings without their common first or last words. False: out of memory. */
bool report_short_names(const finding_list *list, bool drawn_only, char ***names);

/* A forest plot of findings: <folder>/<stem>.csv, .gp and the picture, redrawn only when the findings change. */
gb_status forest_draw(gb_context *context, const finding_list *list, const char *folder, const char *stem,
                      const char *terminal);

/* The writers. */
void report_html(report *p, text *page);
/* The comparisons that the recipe declared: means, differences, outcomes; nothing without `compare:`. */
gb_status report_html_comparisons(gb_context *context, results *r, text *page);
void report_html_cards(report *p, text *page);
/* Appends each line of a text (NULL: none) as an element with this name. */
void report_html_lines(text *page, const char *lines, const char *element);
void report_html_outcome(text *page, const char *outcome, const char *kind);
void report_html_matrix(const report *p, text *page);
bool report_html_published(report *p, text *page); /* true if there is such a section */
void report_html_table(text *page, const report_table *t);
void report_html_figure(report *p, text *page, const report_figure *figure);
void report_plain(report *p, bool latex, text *page);
gb_status report_typeset(gb_context *context, const char *tex_path, const char *pdf_path);

/* Embeds an SVG file of gnuplot in the page. ids get a prefix, so that they do not clash with those of other figures;
 * black becomes currentColor, so that it follows the page's theme; `label` is for screen readers. */
void report_svg(text *page, const char *svg, const char *prefix, const char *label);

#endif
