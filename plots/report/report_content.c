/* SPDX-License-Identifier: MIT */
/* Gathers the content of the report before anything is written: the runs in the order of the claims, their figures,
 * findings, tables and provenance. */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plots/report/report.h"
#include "results/store/run_provenance.h"
#include "support/clock.h"
#include "support/file.h"
#include "support/name_list.h"

enum { HUNG_AFTER_SECONDS = 30 };

/* If a figure cannot be drawn from this file, or gnuplot fails, a note takes its place. */
static gb_status keep_failure(report *p, gb_status status, double seconds, report_figure *figure) {
    if (status != GB_INVALID && status != GB_IO)
        return status;
    if (status == GB_IO) {
        p->hung |= seconds > HUNG_AFTER_SECONDS;
        if (p->failed++ == 0)
            text_append(&p->missing, "%s", gb_context_message(p->context));
    }
    figure->missing = strdup(gb_context_message(p->context));
    return figure->missing ? GB_OK : gb_fail(p->context, GB_MEMORY, "out of memory for the report");
}

static gb_status refuse_hung(report *p) {
    return gb_fail(p->context, GB_IO, "gnuplot hung on an earlier figure");
}

/* Draws a figure into files named after the section, since two files may hold runs of one name. */
static gb_status draw_figure(report *p, const report_section *s, const char *name, report_figure *figure) {
    const results *r = s->r;
    text command = {0};
    snprintf(figure->stem, sizeof figure->stem, "%s-%.100s", s->anchor, name);
    text_append(&command, "gatebench plot %s %s", r->name, name);
    figure->command = command.data;
    double start = clock_now();
    gb_status status = plots_caption(p->context, r, name, &figure->caption);
    if (status == GB_OK)
        status = p->hung ? refuse_hung(p)
                         : plots_draw(p->context, r, name, p->request->folder,
                                      &(plots_look){.formats = p->terminal, .changed_only = true, .run = s->anchor});
    return keep_failure(p, status, clock_now() - start, figure);
}

gb_status report_draw_forest(report *p, const finding_list *list, const char *command, const char *stem,
                             report_figure *figure) {
    text caption = {0};
    bool drawn = false;
    for (size_t i = 0; list && i < list->count; i++)
        drawn |= list->items[i].value.estimate - list->items[i].value.estimate == 0; /* finite */
    if (!drawn)
        return GB_OK;
    snprintf(figure->stem, sizeof figure->stem, "%s", stem);
    text_append(&caption, "Forest plot: %s", list->scale);
    text_append(&caption, *list->zone ? "; shaded where it means %s." : ".", list->zone);
    figure->caption = caption.data;
    figure->command = strdup(command);
    double start = clock_now();
    gb_status status = p->hung ? refuse_hung(p) : forest_draw(p->context, list, p->request->folder, stem, p->terminal);
    return keep_failure(p, status, clock_now() - start, figure);
}

/* The position of a run: that of its recipe in the first claim that lists it; runs without a claim come last. */
static size_t place_of(const results *r, const verdict_list *verdicts) {
    size_t place = 0;
    for (size_t i = 0; verdicts && i < verdicts->count; i++) {
        for (const char *word = verdicts->items[i].recipes; word && *word; word += strspn(word, " "), place++) {
            size_t length = strcspn(word, " ");
            if (!strncmp(r->name, word, length) && strchr("-+", r->name[length]))
                return place;
            word += length;
        }
    }
    return place;
}

/* Two files may contain runs with the same name. */
static void set_anchor(report *p, size_t at) {
    char run[65];
    size_t same = 1;
    provenance_file_name(p->sections[at].r, run);
    for (size_t i = 0; i < at; i++) {
        char other[65];
        provenance_file_name(p->sections[i].r, other);
        same += strcmp(other, run) == 0;
    }
    if (same > 1)
        snprintf(p->sections[at].anchor, REPORT_ANCHOR, "%.64s-file-%u", run, (unsigned)same);
    else
        snprintf(p->sections[at].anchor, REPORT_ANCHOR, "%s", run);
}

static gb_status order_sections(report *p) {
    const report_request *q = p->request;
    p->sections = calloc(q->count + 1, sizeof *p->sections);
    if (!p->sections)
        return gb_fail(p->context, GB_MEMORY, "out of memory for the report");
    for (size_t i = 0; i < q->count; i++) {
        size_t at = i;
        for (; at > 0 && place_of(p->sections[at - 1].r, q->verdicts) > place_of(q->all[i], q->verdicts); at--)
            p->sections[at] = p->sections[at - 1];
        p->sections[at] = (report_section){.r = q->all[i]};
    }
    p->section_count = q->count;
    for (size_t i = 0; i < q->count; i++)
        set_anchor(p, i);
    return GB_OK;
}

static const struct {
    const char *title, *name;
} facts[REPORT_FACTS] = {{"Commit", "commit"}, {"Libraries", "libraries"}, {"CPU", NULL}};

const char *report_fact_of(const results *r, size_t fact) {
    return facts[fact].name ? provenance_text(r, facts[fact].name) : table_text(&r->hosts, 0, "cpu");
}

/* The most frequent value over the runs. */
static void gather_facts(report *p) {
    for (size_t f = 0; f < REPORT_FACTS; f++) {
        size_t most = 0;
        p->facts[f] = (report_fact){facts[f].title, ""};
        for (size_t i = 0; i < p->section_count; i++) {
            const char *value = report_fact_of(p->sections[i].r, f);
            size_t count = 0;
            for (size_t k = 0; k < p->section_count; k++)
                count += strcmp(report_fact_of(p->sections[k].r, f), value) == 0;
            if (*value && count > most) {
                most = count;
                p->facts[f].common = value;
            }
        }
    }
}

const char *report_recorded_command(const results *r) {
    const char *command = provenance_text(r, "command_line");
    for (size_t i = strcspn(command, " "); i > 0; i--)
        if (command[i - 1] == '/')
            return command + i;
    return command;
}

/* The command for this experiment only: its recipe, its profile, and the changed settings. */
static gb_status gather_command(report *p, report_section *s) {
    const results *r = s->r;
    char *recipe = NULL;
    GB_TRY(provenance_recipe(p->context, r, &recipe));
    size_t length = strlen(recipe);
    const char *run = r->name ? r->name : "";
    bool profile = length && !strncmp(run, recipe, length) && run[length] == '-' && run[length + 1];
    text_append(&s->command, "gatebench run %s", length ? recipe : run);
    if (profile)
        text_append(&s->command, " %.*s", (int)strcspn(run + length + 1, "+"), run + length + 1);
    free(recipe);
    for (const char *word = report_recorded_command(r); *word; word += strspn(word, " ")) {
        size_t size = strcspn(word, " ");
        if (*word != '-' && memchr(word, '=', size))
            text_append(&s->command, " %.*s", (int)size, word);
        word += size;
    }
    return GB_OK;
}

static gb_status gather_figures(report *p, report_section *s) {
    char **wanted = NULL;
    size_t count = 0;
    gb_status status = plots_wanted(p->context, s->r, &wanted);
    while (status == GB_OK && wanted[count])
        count++;
    if (status == GB_OK && !(s->figures = calloc(count + 1, sizeof *s->figures)))
        status = gb_fail(p->context, GB_MEMORY, "out of memory for the report");
    for (size_t i = 0; status == GB_OK && i < count; i++)
        status = draw_figure(p, s, wanted[i], &s->figures[s->figure_count++]);
    file_free_list(wanted);
    return status;
}

/* One figure of the papers' numbers compared with ours. */
static gb_status draw_published(report *p) {
    const published_list *list = p->request->published;
    report_figure *figure = &p->published;
    size_t compared = 0;
    for (size_t i = 0; list && i < list->count; i++)
        compared += published_is_compared(&list->items[i]);
    if (!compared)
        return GB_OK;
    snprintf(figure->stem, sizeof figure->stem, "published");
    figure->command = strdup("gatebench verdict --published");
    figure->caption = strdup("Dots are our numbers with their intervals, crosses are published numbers. The shaded "
                             "band, declared before our runs, is where a number counts as reproduced.");
    double start = clock_now();
    gb_status status = p->hung ? refuse_hung(p)
                               : plots_draw_published(p->context, list, p->request->folder,
                                                      &(plots_look){.formats = p->terminal, .changed_only = true});
    return keep_failure(p, status, clock_now() - start, figure);
}

static gb_status gather_section(report *p, report_section *s) {
    GB_TRY(gather_figures(p, s));
    GB_TRY(report_finding(p, s));
    GB_TRY(report_notes(p, s));
    GB_TRY(gather_command(p, s));
    return report_make_table(p->context, s->r, &s->table);
}

/* The other parts of the page. */
static gb_status find_shipped(report *p) {
    static const char *const names[] = {"plots/report/report.css", "plots/report/report.js", "plots/report/forest.gp"};
    char path[PATH_MAX];
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        GB_TRY(file_find_shared(p->context, names[i], path, sizeof path));
    return GB_OK;
}

gb_status report_gather(report *p) {
    GB_TRY(find_shipped(p));
    GB_TRY(file_make_folder(p->context, p->request->folder));
    GB_TRY(order_sections(p));
    gather_facts(p);
    GB_TRY(report_cards(p));
    for (size_t i = 0; i < p->section_count; i++)
        GB_TRY(gather_section(p, &p->sections[i]));
    return draw_published(p);
}

static void free_figure(report_figure *figure) {
    free(figure->caption);
    free(figure->command);
    free(figure->missing);
}

static void free_section(report_section *s) {
    for (size_t i = 0; i < s->figure_count; i++)
        free_figure(&s->figures[i]);
    free(s->figures);
    report_table_free(&s->table);
    text_free(&s->finding);
    text_free(&s->notes);
    text_free(&s->command);
}

void report_free(report *p) {
    for (size_t i = 0; i < p->section_count; i++)
        free_section(&p->sections[i]);
    for (size_t i = 0; i < p->card_count; i++) {
        report_card *c = &p->cards[i];
        text_free(&c->title);
        text_free(&c->sentence);
        text_free(&c->rests);
        findings_free(&c->own);
        free_figure(&c->figure);
    }
    free_figure(&p->published);
    free(p->sections);
    free(p->cards);
    text_free(&p->title);
    text_free(&p->answer);
    text_free(&p->missing);
}
