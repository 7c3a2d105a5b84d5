/* SPDX-License-Identifier: MIT */
/* Computes Kaplan-Meier curves of the time to solve from the learning curves of single trials. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "plots/figure_points.h"
#include "results/analysis/compare.h"
#include "results/analysis/declarations.h"

/* One panel's group while its curve is computed; room for all trials. */
typedef struct solving_group {
    solve_time *times;
    size_t *firsts; /* the first value of each trial */
    survival_step *steps;
    size_t count;
} solving_group;

static double share_solved(const survival_step *steps, size_t count, double time) {
    double share = 0;
    for (size_t i = 0; i < count && steps[i].time <= time; i++)
        share = 1 - steps[i].unsolved;
    return share;
}

static void add_point(figure_data *data, const seed_value *of, double x, interval share) {
    data->points[data->point_count++] = (figure_point){of->panel, of->group, x, share};
}

/* The curve from (0, 0) over each solved trial to the last validation, or if no trial is left to the step limit; and a
 * mark for each trial where it solved its task or ended unsolved (`correct` 1 or 0). */
static void add_curve(const results *r, figure_data *data, solving_group *g, const seed_value *of, size_t *kept) {
    size_t steps = statistics_kaplan_meier(g->times, g->count, 0.95, g->steps);
    double last = 0, limit = table_number(&r->runs, of->run, "steps");
    size_t place = of->panel * data->groups.count + of->group;
    data->tried[place] = g->count;
    for (size_t i = 0; i < g->count; i++)
        data->solved[place] += g->times[i].solved;
    add_point(data, of, 0, (interval){0, NAN, NAN, g->count});
    for (size_t i = 0; i < steps; i++) {
        const survival_step *s = &g->steps[i];
        add_point(data, of, s->time, (interval){1 - s->unsolved, 1 - s->high, 1 - s->low, s->at_risk});
    }
    seed_value mark = *of;
    for (size_t i = 0; i < g->count; i++) {
        last = fmax(last, g->times[i].time);
        mark.correct = g->times[i].solved;
        mark.run = data->values[g->firsts[i]].run;
        mark.seed = data->values[g->firsts[i]].seed;
        mark.x = g->times[i].time;
        mark.y = share_solved(g->steps, steps, mark.x);
        data->values[(*kept)++] = mark; /* never beyond the values read so far */
    }
    if (steps && g->steps[steps - 1].unsolved == 0)
        last = fmax(last, limit);
    add_point(data, of, last, (interval){share_solved(g->steps, steps, last), NAN, NAN, g->count});
    data->seeds_least = data->seeds_most == 0 || g->count < data->seeds_least ? g->count : data->seeds_least;
    data->seeds_most = g->count > data->seeds_most ? g->count : data->seeds_most;
}

static void add_curves(const results *r, const declared_solving *solving, figure_data *data, solving_group *g) {
    const evidence e = {.source = r, .runs = r->runs};
    size_t kept = 0, count = data->value_count;
    const seed_value *values = data->values;
    for (size_t i = 0, end; i < count; i = end) {
        seed_value of = values[i];
        g->count = 0;
        for (end = i; end < count && values[end].panel == of.panel && values[end].group == of.group;) {
            size_t first = end, run = values[end].run;
            while (end < count && values[end].panel == of.panel && values[end].group == of.group &&
                   values[end].run == run)
                end++;
            g->firsts[g->count] = first;
            g->times[g->count++] = compare_solve_time(&e, run, solving->threshold, solving->higher_is_better);
        }
        add_curve(r, data, g, &of, &kept);
    }
    data->value_count = kept;
}

/* Omits the panels in which no trial solved its task, and names them. If no panel has such a trial, keeps all. */
static void drop_unsolved(figure_data *data, text *words) {
    size_t groups = data->groups.count, kept = 0, left_out = 0;
    bool any = false;
    for (size_t i = 0; i < data->panels.count * groups; i++)
        any = any || data->solved[i];
    for (size_t p = 0; p < data->panels.count; p++) {
        size_t solved = 0, points = 0, values = 0;
        for (size_t g = 0; g < groups; g++)
            solved += data->solved[p * groups + g];
        bool stays = solved || !any;
        for (size_t i = 0; i < data->point_count; i++)
            if (data->points[i].panel != kept || stays) {
                data->points[points] = data->points[i];
                data->points[points++].panel -= !stays && data->points[i].panel > kept;
            }
        for (size_t i = 0; i < data->value_count; i++)
            if (data->values[i].panel != kept || stays) {
                data->values[values] = data->values[i];
                data->values[values++].panel -= !stays && data->values[i].panel > kept;
            }
        data->point_count = points;
        data->value_count = values;
        if (stays) {
            memmove(&data->solved[kept * groups], &data->solved[p * groups], groups * sizeof *data->solved);
            memmove(&data->tried[kept * groups], &data->tried[p * groups], groups * sizeof *data->tried);
            char *name = data->panels.items[p];
            data->panels.items[p] = data->panels.items[kept];
            data->panels.items[kept++] = name;
        } else {
            text_append(words, "%s%s", left_out++ ? "; " : ". Panels in which no trial solved it are omitted: ",
                        data->panels.items[p]);
        }
    }
    while (data->panels.count > kept)
        free(data->panels.items[--data->panels.count]);
}

gb_status data_solving(gb_context *context, const results *r, figure_data *data) {
    declared_solving solving;
    gb_status status = declared_solving_of(context, r, &solving);
    if (status)
        return status;
    size_t room = data->value_count + 1;
    solving_group g = {calloc(room, sizeof *g.times), calloc(room, sizeof *g.firsts), calloc(room, sizeof *g.steps), 0};
    text words = {0};
    data->points = calloc(3 * room, sizeof *data->points);
    data->solved = calloc(data->panels.count * data->groups.count, sizeof *data->solved);
    data->tried = calloc(data->panels.count * data->groups.count, sizeof *data->tried);
    text_append(&words, "Solved: %s of %g or %s at a validation, %s", solving.metric, solving.threshold,
                solving.higher_is_better ? "more" : "less", solving.from);
    if (!g.times || !g.firsts || !g.steps || !data->points || !data->solved || !data->tried || words.failed)
        status = gb_fail(context, GB_MEMORY, "%s: out of memory", r->name);
    else {
        add_curves(r, &solving, data, &g);
        drop_unsolved(data, &words);
    }
    free(g.times);
    free(g.firsts);
    free(g.steps);
    data->remark = words.data;
    return status;
}
