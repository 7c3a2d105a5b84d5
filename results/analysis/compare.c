/* SPDX-License-Identifier: MIT */
/* The comparison of arms: paired differences, solve rates and times to solve, group by group and overall. */
#include "results/analysis/compare.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "results/store/metrics.h"
#include "support/cleanup.h"

/* Working data for one pair of arms, with room for all rows. */
typedef struct pairing {
    const evidence *e;
    const arm_groups *groups;
    const compare_question *q;
    compare_findings *out;
    size_t a, b; /* values of `by` */
    arm_pair *pairs;
    double *x, *y;                 /* the values of a group's pairs */
    double *seeds, *sum_x, *sum_y; /* over groups, by seed */
    size_t *groups_of;             /* the number of groups in which a seed has a pair */
    size_t seed_count;
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
    memcpy(r->a, p->groups->values[p->a], sizeof r->a);
    memcpy(r->b, p->groups->values[p->b], sizeof r->b);
    return r;
}

static bool lost_any(const size_t *by_fate) {
    for (size_t fate = 0; fate < TRIAL_FATES; fate++)
        if (by_fate[fate])
            return true;
    return false;
}

/* The outcome of the pairs with numbers holds only if the lost pairs could not reverse it. With lost pairs nothing is
 * equivalent, and an arm is better only if none of its own trials was lost. */
static void heed_lost(compare_result *r) {
    verdict_word *word = &r->difference.word;
    if (r->lost && (*word == VERDICT_EQUIVALENT || (*word == VERDICT_A_BETTER && lost_any(r->lost_a)) ||
                    (*word == VERDICT_B_BETTER && lost_any(r->lost_b))))
        *word = VERDICT_UNDECIDED;
}

static void summarise_pairs(const pairing *p, size_t pairs, compare_result *r) {
    int higher = p->q->higher_is_better;
    r->pairs = pairs;
    r->mean_a = statistics_mean(p->x, pairs);
    r->mean_b = statistics_mean(p->y, pairs);
    r->difference = statistics_compare_paired(p->x, p->y, pairs, p->q->margin, higher, p->q->levels);
    r->p_test = r->difference.p_difference;
    heed_lost(r);
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

/* The settings that differ between the two arms although they do not form groups. */
static bool note_carried(const pairing *p, const trial_arm *a, const trial_arm *b, name_list *carried) {
    bool ok = true;
    for (size_t i = 0; ok && i < p->groups->carried_count; i++)
        if (!table_same_cell(p->groups->carried[i], a->rows[0], b->rows[0]))
            ok = names_index(carried, p->groups->carried[i]->name) != SIZE_MAX;
    return ok;
}

/* Collects the values of the pairs; counts pairs without values by the fate of each side. */
static size_t take_pairs(pairing *p, const trial_arm *a, const trial_arm *b, compare_result *r) {
    size_t count = arms_pair(p->e, a, b, p->pairs), pairs = 0;
    for (size_t i = 0; i < count; i++) {
        double x = evidence_value(p->e, p->pairs[i].a, p->q->metric);
        double y = evidence_value(p->e, p->pairs[i].b, p->q->metric);
        if (isnan(x) || isnan(y)) {
            r->lost++;
            r->lost_a[evidence_fate(p->e, p->pairs[i].a)] += isnan(x);
            r->lost_b[evidence_fate(p->e, p->pairs[i].b)] += isnan(y);
            continue;
        }
        p->x[pairs] = x;
        p->y[pairs++] = y;
        add_to_seed(p, p->pairs[i].seed, x, y);
    }
    return pairs;
}

/* Collects the results of all seeds for ranking, paired or not, and P(a better than b) over them; false: out of
 * memory. */
static bool compare_values(const pairing *p, const trial_arm *a, const trial_arm *b, compare_result *r) {
    bool higher = p->q->higher_is_better;
    r->values = calloc(a->count + b->count + 1, sizeof *r->values);
    if (!r->values)
        return false;
    r->count_a = arm_ranks(p->e, a, p->q->metric, higher, r->values);
    r->count_b = arm_ranks(p->e, b, p->q->metric, higher, r->values + r->count_a);
    const double *x = r->values, *y = r->values + r->count_a;
    r->improvement = higher ? statistics_improvement(x, r->count_a, y, r->count_b, 0.95)
                            : statistics_improvement(y, r->count_b, x, r->count_a, 0.95);
    return true;
}

static char *group_words(const pairing *p, const trial_arm *a) {
    text words = {0};
    text_append(&words, "%s", "");
    arm_append_group(p->e, p->groups, a, &words);
    if (words.failed)
        text_free(&words);
    return words.data;
}

/* Compares one group; false: out of memory. */
static bool compare_group(pairing *p, size_t group, name_list *carried) {
    const trial_arm *a = arms_of_group(p->groups, group, p->a), *b = arms_of_group(p->groups, group, p->b);
    if (!a || !b)
        return true;
    compare_result *r = new_result(p);
    if (!r || !(r->group = group_words(p, a)) || !note_carried(p, a, b, carried))
        return false;
    summarise_pairs(p, take_pairs(p, a, b, r), r);
    r->planned = r->pairs + r->lost;
    if (!compare_values(p, a, b, r))
        return false;
    if (!compare_solving(p->e, a, b, p->q, r))
        return false;
    if (p->out->of_solving)
        r->p_test = r->solving.p;
    return true;
}

static void add_lost(compare_result *all, const compare_result *each) {
    all->lost += each->lost;
    all->planned += each->planned;
    for (size_t i = 0; i < TRIAL_FATES; i++) {
        all->lost_a[i] += each->lost_a[i];
        all->lost_b[i] += each->lost_b[i];
    }
}

/* Compares over all groups of a pair of arms. A seed counts once, with its means over the groups, if it has a pair in
 * each of them. The probability of improvement is the mean over the groups (as in rliable). */
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
    double better = 0;
    for (size_t i = first; i < first + groups; i++) {
        const compare_result *each = &p->out->items[i];
        add_lost(r, each);
        r->tried_a += each->tried_a;
        r->tried_b += each->tried_b;
        r->solved_a += each->solved_a;
        r->solved_b += each->solved_b;
        better += each->improvement.estimate / (double)groups;
    }
    summarise_pairs(p, pairs, r);
    r->improvement = (interval){better, NAN, NAN, pairs};
    if (!isnan(p->q->solved))
        r->p_fisher = statistics_fisher(r->solved_a, r->tried_a, r->solved_b, r->tried_b);
    return true;
}

/* The matching of a group; "" if groups do not differ in the matching. */
static const char *matching_of(const arm_groups *groups, size_t group) {
    for (size_t i = 0; i < groups->grouping_count; i++)
        if (strcmp(groups->grouping[i]->name, "matching") == 0)
            return groups->grouping[i]->texts[groups->arms.items[groups->firsts[group]].rows[0]];
    return "";
}

/* Compares the groups of one matching; if there are several, also over all of them. */
static bool compare_matching(pairing *p, const char *matching, name_list *carried) {
    size_t first = p->out->count;
    p->seed_count = 0;
    for (size_t group = 0; group < p->groups->group_count; group++)
        if (strcmp(matching_of(p->groups, group), matching) == 0 && !compare_group(p, group, carried))
            return false;
    size_t groups = p->out->count - first;
    if (groups > 1 && !compare_overall(p, first, groups))
        return false;
    for (size_t i = first; i < p->out->count; i++)
        snprintf(p->out->items[i].matching, sizeof p->out->items[i].matching, "%s", matching);
    return true;
}

static bool compare_pair(pairing *p, size_t a, size_t b, name_list *carried) {
    p->a = a;
    p->b = b;
    for (size_t group = 0; group < p->groups->group_count; group++) {
        const char *matching = matching_of(p->groups, group);
        bool known = false;
        for (size_t before = 0; before < group && !known; before++)
            known = strcmp(matching_of(p->groups, before), matching) == 0;
        if (!known && !compare_matching(p, matching, carried))
            return false;
    }
    return true;
}

/* True if the question asks for this pair of arms, in this order. */
static bool is_asked(const compare_question *q, const arm_groups *groups, size_t a, size_t b) {
    bool named_a = q->a && strcmp(groups->values[a], q->a) == 0, named_b = q->b && strcmp(groups->values[b], q->b) == 0;
    if (a == b || (q->a && !named_a) || (q->b && !named_b))
        return false;
    return q->a || q->b || a < b;
}

/* Scales a p-value whose look may only reject at `level`, so that it can be compared with 0.05. */
static double for_looks(double p, double level) {
    return level > 0 && !isnan(p) ? fmin(1, p * 0.05 / level) : p; /* a missing test does not belong to the family */
}

gb_status compare_correct(gb_context *context, compare_findings *const *lists, size_t count) {
    size_t all = 0, at = 0;
    for (size_t l = 0; l < count; l++)
        all += lists[l]->count;
    CLEANUP(free_at) double *p = calloc(2 * all + 1, sizeof *p);
    for (size_t l = 0; p && l < count; l++)
        for (size_t i = 0; i < lists[l]->count; i++) {
            const compare_result *r = &lists[l]->items[i];
            p[at++] =
                !r->group ? NAN : for_looks(r->p_test, lists[l]->of_solving ? 0 : r->difference.levels.difference);
        }
    bool ok = p && statistics_holm(p, all, p + all);
    at = all;
    for (size_t l = 0; ok && l < count; l++)
        for (size_t i = 0; i < lists[l]->count; i++)
            lists[l]->items[i].p_holm = p[at++];
    return ok ? GB_OK : gb_fail(context, GB_MEMORY, "out of memory while comparing");
}

static gb_status compare_all(gb_context *context, pairing *p, name_list *carried) {
    size_t room = p->e->runs.rows + 1;
    p->x = calloc(5 * room, sizeof *p->x);
    p->groups_of = calloc(room, sizeof *p->groups_of);
    p->pairs = calloc(room, sizeof *p->pairs);
    bool ok = p->x && p->groups_of && p->pairs;
    if (ok) {
        p->y = p->x + room;
        p->seeds = p->y + room;
        p->sum_x = p->seeds + room;
        p->sum_y = p->sum_x + room;
    }
    for (size_t a = 0; ok && a < p->groups->value_count; a++)
        for (size_t b = 0; ok && b < p->groups->value_count; b++)
            if (is_asked(p->q, p->groups, a, b))
                ok = compare_pair(p, a, b, carried);
    free(p->x);
    free(p->groups_of);
    free(p->pairs);
    return ok ? GB_OK : gb_fail(context, GB_MEMORY, "out of memory while comparing");
}

/* Checks that a named arm exists. */
static gb_status check_arm(gb_context *context, const arm_groups *groups, const char *name) {
    CLEANUP(text_free) text known = {0};
    bool found = !name;
    for (size_t i = 0; i < groups->value_count; i++) {
        found = found || strcmp(groups->values[i], name) == 0;
        text_append(&known, "%s%s", i ? ", " : "", groups->values[i]);
    }
    if (!found)
        return gb_fail(context, GB_INVALID, "no trial has %s %s; available: %s", groups->by->name, name,
                       known.data ? known.data : "none");
    return GB_OK;
}

static gb_status check_columns(gb_context *context, const evidence *e, const compare_question *q) {
    const table_column *metric = table_find(&e->runs, q->metric), *by = table_find(&e->runs, q->by);
    if (e->runs.rows == 0)
        return gb_fail(context, GB_INVALID, "there is no trial to compare");
    if (q->a && q->b && strcmp(q->a, q->b) == 0)
        return gb_fail(context, GB_INVALID, "both arms are %s: give two different values of %s", q->a, q->by);
    if (strcmp(q->by, "seed") == 0)
        return gb_fail(context, GB_INVALID, "trials are paired by seed, so seeds cannot be compared");
    if (!by)
        return metric_no_column(context, &e->runs, q->by);
    if (!names_have(&e->settings, q->by) && evidence_varies(e, by))
        return gb_fail(context, GB_INVALID, "%s is not a setting that this run varies, so it has no arms", q->by);
    if (!metric)
        return metric_no_column(context, &e->runs, q->metric);
    return metric->type != COLUMN_TEXT ? GB_OK : gb_fail(context, GB_INVALID, "%s is a text, not a metric", q->metric);
}

static char *join_names(const char *const *names, size_t count) {
    text joined = {0};
    text_append(&joined, "%s", "");
    for (size_t i = 0; i < count; i++)
        text_append(&joined, "%s%s", i ? ", " : "", names[i]);
    if (joined.failed)
        text_free(&joined);
    return joined.data;
}

/* Writes the arms' settings in words, and corrects the family of tests. */
static gb_status finish(gb_context *context, const arm_groups *groups, const name_list *carried,
                        compare_findings *out) {
    CLEANUP(names_free) name_list grouped = {0};
    bool ok = true;
    for (size_t i = 0; ok && i < groups->grouping_count; i++)
        ok = names_index(&grouped, groups->grouping[i]->name) != SIZE_MAX;
    out->grouped = ok ? join_names((const char *const *)grouped.items, grouped.count) : NULL;
    out->carried = join_names((const char *const *)carried->items, carried->count);
    GB_NEED(context, out->grouped && out->carried, "while comparing");
    if (out->count == 0)
        return gb_fail(context, GB_INVALID,
                       groups->value_count < 2 ? "all trials have the same %s, so there is nothing to compare%s%s"
                                               : "no two trials differ in %s and have the same other settings%s%s",
                       groups->by->name, *out->grouped ? "; they differ in " : "", out->grouped);
    return compare_correct(context, &(compare_findings *){out}, 1);
}

gb_status compare_arms(gb_context *context, const evidence *e, const compare_question *question,
                       compare_findings *out) {
    arm_groups groups = {0};
    CLEANUP(names_free) name_list carried = {0};
    *out = (compare_findings){.of_solving = isnan(question->margin) && !isnan(question->solved) &&
                                            !metric_is_validation(question->metric)};
    GB_TRY(check_columns(context, e, question));
    gb_status status = arms_group(context, e, table_find(&e->runs, question->by), &groups);
    if (!status)
        status = check_arm(context, &groups, question->a);
    if (!status)
        status = check_arm(context, &groups, question->b);
    pairing p = {.e = e, .groups = &groups, .q = question, .out = out};
    if (!status)
        status = compare_all(context, &p, &carried);
    if (!status)
        status = finish(context, &groups, &carried, out);
    arms_free_groups(&groups);
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
