/* SPDX-License-Identifier: MIT */
/* The comparison of arms: paired differences, words, solve rates and times to solve, a group at a time and overall. */
#include "results/analysis/compare.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "results/analysis/arms.h"
#include "support/text.h"

/* What is computed for one pair of arms, with room for all rows. */
typedef struct pairing {
    const arms_rows *rows;
    const compare_question *q;
    compare_findings *out;
    size_t a, b;
    double *x, *y;                 /* the pairs of a group */
    double *seeds, *sum_x, *sum_y; /* over groups, by seed */
    size_t *groups_of;             /* in how many groups a seed has a pair */
    size_t seed_count;
    survival_step *curve;
} pairing;

static compare_result *new_result(pairing *p) {
    compare_findings *c = p->out;
    compare_result *grown = realloc(c->items, (c->count + 1) * sizeof *grown);
    if (!grown)
        return NULL;
    c->items = grown;
    compare_result *r = &grown[c->count++];
    *r = (compare_result){.ratio = NAN,
                          .p_test = NAN,
                          .p_holm = NAN,
                          .p_fisher = NAN,
                          .steps_a = NAN,
                          .steps_b = NAN,
                          .solving = {NAN, NAN}};
    memcpy(r->a, p->rows->arms[p->a], sizeof r->a);
    memcpy(r->b, p->rows->arms[p->b], sizeof r->b);
    return r;
}

static void summarise_pairs(const pairing *p, size_t pairs, compare_result *r) {
    int higher = p->q->higher_is_better;
    r->pairs = pairs;
    r->mean_a = statistics_mean(p->x, pairs);
    r->mean_b = statistics_mean(p->y, pairs);
    r->difference = statistics_compare_paired_at(p->x, p->y, pairs, p->q->margin, higher, p->q->levels);
    r->p_test = r->difference.p_difference;
    double above = higher ? r->mean_a : r->mean_b, below = higher ? r->mean_b : r->mean_a;
    if (above >= 0 && below >= 0)
        r->ratio = above == below ? 1 : above / below;
}

/* Adds a pair to its seed's means over the groups. */
static void add_to_seed(pairing *p, double seed, double x, double y) {
    size_t i = 0;
    while (i < p->seed_count && p->seeds[i] != seed)
        i++;
    if (i == p->seed_count) {
        p->seeds[p->seed_count++] = seed;
        p->sum_x[i] = p->sum_y[i] = 0;
        p->groups_of[i] = 0;
    }
    p->sum_x[i] += x;
    p->sum_y[i] += y;
    p->groups_of[i]++;
}

/* The settings that differ between the two rows of a pair although they make no groups. */
static void note_carried(const pairing *p, size_t row_a, size_t row_b, text *carried) {
    for (size_t i = 0; i < p->rows->carried_count; i++) {
        const table_column *column = p->rows->carried[i];
        char one[256], other[256];
        if (strcmp(table_cell(p->rows->runs, row_a, column, one, sizeof one),
                   table_cell(p->rows->runs, row_b, column, other, sizeof other)) == 0)
            continue;
        char *known = carried->data ? strstr(carried->data, column->name) : NULL;
        size_t length = strlen(column->name);
        while (known && !((known == carried->data || known[-1] == ' ') && (!known[length] || known[length] == ',')))
            known = strstr(known + 1, column->name);
        if (!known)
            text_append(carried, "%s%s", carried->length ? ", " : "", column->name);
    }
}

/* Pairs by seed: both lists are sorted by it. */
static size_t pair_seeds(pairing *p, const arms_row *a, size_t na, const arms_row *b, size_t nb, compare_result *r,
                         text *carried) {
    size_t pairs = 0;
    for (size_t i = 0, j = 0; i < na && j < nb;) {
        if (a[i].seed != b[j].seed) {
            *(a[i].seed < b[j].seed ? &i : &j) += 1;
            continue;
        }
        note_carried(p, a[i].row, b[j].row, carried);
        if (isnan(a[i].value) || isnan(b[j].value)) {
            r->lost++;
        } else {
            p->x[pairs] = a[i].value;
            p->y[pairs++] = b[j].value;
            add_to_seed(p, a[i].seed, a[i].value, b[j].value);
        }
        i++, j++;
    }
    return pairs;
}

static size_t count_solved(const compare_question *q, const arms_row *rows, size_t n) {
    size_t solved = 0;
    for (size_t i = 0; i < n; i++)
        solved += q->higher_is_better ? rows[i].value >= q->solved : rows[i].value <= q->solved;
    return solved;
}

/* Copies the times of an arm; how many, 0 when one is not known. */
static size_t take_times(const arms_row *rows, size_t n, solve_time *times) {
    for (size_t i = 0; i < n; i++) {
        times[i] = rows[i].steps;
        if (isnan(times[i].time))
            return 0;
    }
    return n;
}

static void compare_solving(const pairing *p, const arms_row *a, size_t na, const arms_row *b, size_t nb,
                            compare_result *r) {
    if (isnan(p->q->solved))
        return;
    r->tried_a = na;
    r->tried_b = nb;
    r->solved_a = count_solved(p->q, a, na);
    r->solved_b = count_solved(p->q, b, nb);
    r->p_fisher = statistics_fisher(r->solved_a, na, r->solved_b, nb);
    solve_time *times = malloc((na + nb) * sizeof *times);
    if (times && take_times(a, na, times) == na && take_times(b, nb, times + na) == nb) {
        r->steps_a = statistics_median_time(p->curve, statistics_kaplan_meier(times, na, 0.95, p->curve));
        r->steps_b = statistics_median_time(p->curve, statistics_kaplan_meier(times + na, nb, 0.95, p->curve));
        r->solving = statistics_log_rank(times, na, times + na, nb);
    }
    free(times);
    if (p->out->of_solving)
        r->p_test = r->solving.p;
}

static size_t take_values(const arms_row *rows, size_t n, double *values) {
    size_t count = 0;
    for (size_t i = 0; i < n; i++)
        if (!isnan(rows[i].value))
            values[count++] = rows[i].value;
    return count;
}

/* The numbers of all seeds, paired or not, and P(a better than b) over them; false: out of memory. */
static bool compare_values(const pairing *p, const arms_row *a, size_t na, const arms_row *b, size_t nb,
                           compare_result *r) {
    r->values = calloc(na + nb, sizeof *r->values);
    if (!r->values)
        return false;
    r->count_a = take_values(a, na, r->values);
    r->count_b = take_values(b, nb, r->values + r->count_a);
    const double *x = r->values, *y = r->values + r->count_a;
    r->improvement = p->q->higher_is_better ? statistics_improvement(x, r->count_a, y, r->count_b, 0.95)
                                            : statistics_improvement(y, r->count_b, x, r->count_a, 0.95);
    return true;
}

static char *group_words(const arms_rows *rows, size_t row) {
    text words = {0};
    text_append(&words, "%s", "");
    for (size_t i = 0; i < rows->grouping_count; i++) {
        char cell[512];
        const char *name = rows->grouping[i]->name;
        text_append(&words, "%s%s %s", i ? ", " : "", strcmp(name, "matching") == 0 ? "equal" : name,
                    table_cell(rows->runs, row, rows->grouping[i], cell, sizeof cell));
    }
    if (words.failed)
        text_free(&words);
    return words.data;
}

/* One group; false: out of memory. */
static bool compare_group(pairing *p, size_t group, text *carried) {
    size_t first_a, first_b;
    size_t na = arms_of_group(p->rows, group, p->a, &first_a), nb = arms_of_group(p->rows, group, p->b, &first_b);
    if (na == 0 || nb == 0)
        return true;
    const arms_row *a = p->rows->items + first_a, *b = p->rows->items + first_b;
    compare_result *r = new_result(p);
    if (!r)
        return false;
    r->group = group_words(p->rows, a->row);
    summarise_pairs(p, pair_seeds(p, a, na, b, nb, r, carried), r);
    compare_solving(p, a, na, b, nb, r);
    return compare_values(p, a, na, b, nb, r) && r->group != NULL;
}

/* All groups of a pair of arms: a seed counts once, with its means over them, when it has a pair in each of them; the
 * probability of improvement is the mean over the groups (rliable). */
static bool compare_overall(pairing *p, size_t first, size_t groups) {
    compare_result *r = new_result(p);
    if (!r)
        return false;
    size_t pairs = 0;
    for (size_t i = 0; i < p->seed_count; i++) {
        if (p->groups_of[i] != groups)
            continue;
        p->x[pairs] = p->sum_x[i] / (double)groups;
        p->y[pairs++] = p->sum_y[i] / (double)groups;
    }
    summarise_pairs(p, pairs, r);
    r->improvement = (interval){0, NAN, NAN, pairs};
    for (size_t i = first; i < first + groups; i++) {
        const compare_result *each = &p->out->items[i];
        r->lost += each->lost;
        r->tried_a += each->tried_a;
        r->tried_b += each->tried_b;
        r->solved_a += each->solved_a;
        r->solved_b += each->solved_b;
        r->improvement.estimate += each->improvement.estimate / (double)groups;
    }
    if (!isnan(p->q->solved))
        r->p_fisher = statistics_fisher(r->solved_a, r->tried_a, r->solved_b, r->tried_b);
    return true;
}

/* The matching that a group is of; "" when that makes no groups. */
static const char *matching_of(const arms_rows *rows, size_t group) {
    for (size_t i = 0; i < rows->grouping_count; i++)
        if (strcmp(rows->grouping[i]->name, "matching") == 0)
            return rows->grouping[i]->texts[rows->items[group].row];
    return "";
}

/* The groups of one matching, and when there are several, all of them. */
static bool compare_matching(pairing *p, const char *matching, text *carried) {
    size_t first = p->out->count;
    p->seed_count = 0;
    for (size_t group = 0; group < p->rows->count; group = arms_group_end(p->rows, group))
        if (strcmp(matching_of(p->rows, group), matching) == 0 && !compare_group(p, group, carried))
            return false;
    size_t groups = p->out->count - first;
    if (groups > 1 && !compare_overall(p, first, groups))
        return false;
    for (size_t i = first; i < p->out->count; i++)
        snprintf(p->out->items[i].matching, sizeof p->out->items[i].matching, "%s", matching);
    return true;
}

static bool compare_pair(pairing *p, size_t a, size_t b, text *carried) {
    p->a = a;
    p->b = b;
    for (size_t group = 0; group < p->rows->count; group = arms_group_end(p->rows, group)) {
        const char *matching = matching_of(p->rows, group);
        bool known = false;
        for (size_t before = 0; before < group && !known; before = arms_group_end(p->rows, before))
            known = strcmp(matching_of(p->rows, before), matching) == 0;
        if (!known && !compare_matching(p, matching, carried))
            return false;
    }
    return true;
}

/* Whether the question asks for this pair of arms, in this order. */
static bool asked(const compare_question *q, const arms_rows *rows, size_t a, size_t b) {
    bool named_a = q->a && strcmp(rows->arms[a], q->a) == 0, named_b = q->b && strcmp(rows->arms[b], q->b) == 0;
    if (a == b || (q->a && !named_a) || (q->b && !named_b))
        return false;
    return q->a || q->b || a < b;
}

/* What is left of a p-value when its look may only reject at `level`: it is compared with 0.05 all the same. */
static double for_looks(double p, double level) {
    return level > 0 ? fmin(1, p * 0.05 / level) : p;
}

gb_status compare_correct(gb_context *context, compare_findings *const *lists, size_t count) {
    size_t all = 0, at = 0;
    for (size_t l = 0; l < count; l++)
        all += lists[l]->count;
    double *p = calloc(2 * all + 1, sizeof *p);
    for (size_t l = 0; p && l < count; l++)
        for (size_t i = 0; i < lists[l]->count; i++) {
            const compare_result *r = &lists[l]->items[i];
            p[at++] =
                !r->group ? NAN : for_looks(r->p_test, lists[l]->of_solving ? 0 : r->difference.levels.difference);
        }
    bool good = p && statistics_holm(p, all, p + all);
    at = all;
    for (size_t l = 0; good && l < count; l++)
        for (size_t i = 0; i < lists[l]->count; i++)
            lists[l]->items[i].p_holm = p[at++];
    free(p);
    return good ? GB_OK : gb_fail(context, GB_MEMORY, "out of memory while comparing");
}

static gb_status compare_all(gb_context *context, pairing *p, text *carried) {
    size_t room = p->rows->count + 1;
    p->x = calloc(5 * room, sizeof *p->x);
    p->groups_of = calloc(room, sizeof *p->groups_of);
    p->curve = calloc(room, sizeof *p->curve);
    bool good = p->x && p->groups_of && p->curve;
    if (good) {
        p->y = p->x + room;
        p->seeds = p->y + room;
        p->sum_x = p->seeds + room;
        p->sum_y = p->sum_x + room;
    }
    for (size_t a = 0; good && a < p->rows->arm_count; a++)
        for (size_t b = 0; good && b < p->rows->arm_count; b++)
            if (asked(p->q, p->rows, a, b))
                good = compare_pair(p, a, b, carried);
    free(p->x);
    free(p->groups_of);
    free(p->curve);
    return good && !carried->failed ? GB_OK : gb_fail(context, GB_MEMORY, "out of memory while comparing");
}

/* An arm that was named must be there. */
static gb_status check_arm(gb_context *context, const arms_rows *rows, const char *by, const char *name) {
    text known = {0};
    for (size_t i = 0; i < rows->arm_count; i++) {
        if (!name || strcmp(rows->arms[i], name) == 0) {
            text_free(&known);
            return GB_OK;
        }
        text_append(&known, "%s%s", i ? ", " : "", rows->arms[i]);
    }
    gb_status status = gb_fail(context, GB_INVALID, "no trial has %s %s; there are: %s", by, name ? name : "",
                               known.data ? known.data : "none");
    text_free(&known);
    return status;
}

static gb_status check_columns(gb_context *context, const table *runs, const compare_question *q) {
    const table_column *metric = table_find(runs, q->metric);
    if (runs->rows == 0)
        return gb_fail(context, GB_INVALID, "there is no trial to compare");
    if (q->a && q->b && strcmp(q->a, q->b) == 0)
        return gb_fail(context, GB_INVALID, "both arms are %s: give two different values of %s", q->a, q->by);
    if (strcmp(q->by, "seed") == 0)
        return gb_fail(context, GB_INVALID, "seeds make the pairs, so that they cannot be compared");
    if (!table_find(runs, q->by))
        return gb_fail(context, GB_INVALID, "no column '%s' to compare by", q->by);
    if (!metric || metric->type == COLUMN_TEXT)
        return gb_fail(context, GB_INVALID, "no column '%s' of numbers to compare", q->metric);
    return GB_OK;
}

/* The arms' settings in words, and the family's correction. */
static gb_status finish(gb_context *context, const arms_rows *rows, const compare_question *q, text *carried,
                        compare_findings *out) {
    text grouped = {0};
    text_append(&grouped, "%s", "");
    text_append(carried, "%s", "");
    for (size_t i = 0; i < rows->grouping_count; i++)
        text_append(&grouped, "%s%s", i ? ", " : "", rows->grouping[i]->name);
    out->grouped = grouped.data;
    out->carried = carried->data;
    *carried = (text){0};
    if (!out->grouped || !out->carried)
        return gb_fail(context, GB_MEMORY, "out of memory while comparing");
    if (out->count == 0)
        return gb_fail(context, GB_INVALID,
                       rows->arm_count < 2 ? "all trials have the same %s: there is nothing to compare%s%s"
                                           : "no two trials differ in %s and agree in all other settings%s%s",
                       q->by, *out->grouped ? "; they differ in " : "", out->grouped);
    return compare_correct(context, &(compare_findings *){out}, 1);
}

gb_status compare_arms(gb_context *context, const table *runs, const table *curves, const compare_question *question,
                       compare_findings *out) {
    arms_rows rows = {0};
    text carried = {0};
    *out = (compare_findings){.of_solving = isnan(question->margin) && !isnan(question->solved)};
    gb_status status = check_columns(context, runs, question);
    if (!status)
        status = arms_rows_make(context, runs, curves, question, &rows);
    if (!status)
        status = check_arm(context, &rows, question->by, question->a);
    if (!status)
        status = check_arm(context, &rows, question->by, question->b);
    pairing p = {.rows = &rows, .q = question, .out = out};
    if (!status)
        status = compare_all(context, &p, &carried);
    if (!status)
        status = finish(context, &rows, question, &carried, out);
    text_free(&carried);
    arms_rows_free(&rows);
    if (status)
        compare_free(out);
    return status;
}

void compare_free(compare_findings *c) {
    for (size_t i = 0; i < c->count; i++) {
        free(c->items[i].group);
        free(c->items[i].values);
    }
    free(c->items);
    free(c->grouped);
    free(c->carried);
    *c = (compare_findings){0};
}
