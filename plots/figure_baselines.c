/* SPDX-License-Identifier: MIT */
/* The baselines of the task (chance and trivial answers), which every trial records in /metrics as
 * "baseline_<metric>/<name>". They are drawn as lines like those of the cells. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plots/figure_points.h"

static int by_panel_group_x(const void *left, const void *right) {
    const figure_point *a = left, *b = right;
    if (a->panel != b->panel)
        return a->panel < b->panel ? -1 : 1;
    if (a->group != b->group)
        return a->group < b->group ? -1 : 1;
    return (a->x > b->x) - (a->x < b->x);
}

/* Adds a baseline's value at the trial's panel and x, once per panel and x; false: out of memory. */
static bool add_points(const results *r, figure_data *data, size_t group, double run, double value) {
    for (size_t i = 0; i < data->value_count; i++) {
        const seed_value *v = &data->values[i];
        bool there = table_number(&r->runs, v->run, "run") != run;
        for (size_t j = data->point_count; j > 0 && !there && data->points[j - 1].group >= group; j--)
            there = data->points[j - 1].group == group && data->points[j - 1].panel == v->panel &&
                    data->points[j - 1].x == v->x;
        if (there)
            continue;
        figure_point *grown = realloc(data->points, (data->point_count + 1) * sizeof *grown);
        if (!grown)
            return false;
        data->points = grown;
        grown[data->point_count++] = (figure_point){v->panel, group, v->x, {value, value, value, 0}};
    }
    return true;
}

gb_status data_add_baselines(gb_context *context, const figure *f, const results *r, figure_data *data) {
    const size_t cells = data->groups.count;
    char prefix[FIGURE_WORD + 16];
    size_t length = (size_t)snprintf(prefix, sizeof prefix, "baseline_%s/",
                                     f->metrics.count == 1 ? f->metrics.items[0] : f->y.name);
    name_list names = {0};
    bool enough = true;
    for (size_t row = 0; row < r->metrics.rows && table_find(&r->metrics, "metric"); row++) {
        const char *metric = table_text(&r->metrics, row, "metric");
        if (!strncmp(metric, prefix, length) && names_index(&names, metric + length) == SIZE_MAX)
            enough = false;
    }
    for (size_t i = 0; i < names.count && enough; i++) {
        for (size_t row = 0; row < r->metrics.rows && enough; row++) {
            const char *metric = table_text(&r->metrics, row, "metric");
            if (!strncmp(metric, prefix, length) && !strcmp(metric + length, names.items[i]))
                enough = add_points(r, data, cells + i, table_number(&r->metrics, row, "run"),
                                    table_number(&r->metrics, row, "value"));
        }
        enough = enough && names_index(&data->groups, names.items[i]) != SIZE_MAX &&
                 names_index(&data->shown, names.items[i]) != SIZE_MAX;
    }
    names_free(&names);
    data->baselines = data->groups.count - cells;
    qsort(data->points, data->point_count, sizeof *data->points, by_panel_group_x);
    return enough ? GB_OK : gb_fail(context, GB_MEMORY, "%s: out of memory", r->name);
}
