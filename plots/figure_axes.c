/* SPDX-License-Identifier: MIT */
/* The data of a general figure, from its name; and the default figures of a run's sweeps. */
#include "plots/figure_axes.h"

#include <ctype.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "results/store/metrics.h"
#include "results/store/run_provenance.h"
#include "support/text.h"

static const char by[] = "_by_", and[] = "_and_", per[] = "_per_", in[] = "_in_";

const char *figure_axes_script(const char *name) {
    return strstr(name, and) ? "metric_by_two_settings" : "metric_by_setting";
}

bool figure_axes_in(const char *name) {
    static const char letters[] =
        "abcdefghijklmnopqrstuvwxyz0123456789_"; /* names of columns, so they cannot form a path */
    const char *found = strstr(name, by);
    return found && found > name && found[sizeof by - 1] && !name[strspn(name, letters)];
}

/* The part of the name from *rest to the next separator, or to `end`; moves *rest past the separator. */
static bool next_part(const char **rest, const char *separator, char part[FIGURE_WORD]) {
    const char *end = separator ? strstr(*rest, separator) : NULL;
    size_t length = end ? (size_t)(end - *rest) : strlen(*rest);
    if (length == 0 || length >= FIGURE_WORD)
        return false;
    memcpy(part, *rest, length);
    part[length] = '\0';
    *rest = end ? end + strlen(separator) : *rest + length;
    return true;
}

gb_status figure_axes_read(gb_context *context, const char *name, figure *f) {
    const char *rest = name;
    char x[FIGURE_WORD], y[FIGURE_WORD], panel[FIGURE_WORD];
    const char *second = strstr(name, and)   ? and
                         : strstr(name, per) ? per
                                             : NULL; /* it makes the groups in either case */
    const char *after_x = second ? second : strstr(name, in) ? in : NULL;
    bool read = next_part(&rest, by, y) && next_part(&rest, after_x, x);
    if (read && second)
        read = next_part(&rest, strstr(rest, in) ? in : NULL, f->group);
    if (read && *rest)
        read = next_part(&rest, NULL, panel) && names_index(&f->panels, panel) != SIZE_MAX;
    if (!read)
        return gb_fail(
            context, GB_INVALID,
            "there is no figure \"%.80s\"; a figure with axes of your choice is named <metric>_by_<setting>, "
            "optionally followed by _and_<setting> or _per_<lines>, and _in_<panels>, such as "
            "accuracy_by_length",
            name);
    memcpy(f->x.name, x, sizeof x);
    memcpy(f->x.heading, x, sizeof x);
    memcpy(f->y.name, y, sizeof y);
    memcpy(f->y.heading, y, sizeof y);
    const metric_type *metric = metric_find(y);
    text title = {0};
    text_append(&title, "%s by %s%s%s", metric && !strcmp(metric->name, y) ? metric->title : y, x,
                second == and? " and " : "", second == and? f->group : "");
    for (char *c = title.data; c && *c; c++)
        *c = *c == '_' ? ' ' : *c;
    if (title.data && islower((unsigned char)*title.data))
        *title.data = (char)toupper((unsigned char)*title.data);
    free(f->title);
    f->title = title.data;
    return title.failed ? gb_fail(context, GB_MEMORY, "figure %s: out of memory", name) : GB_OK;
}

/* Whether some cell has final trials at two values of a numeric column, other than those that matching gave it. */
static gb_status is_swept_number(gb_context *context, const results *r, const table_column *column, bool *swept) {
    name_list cells = {0};
    double *firsts = calloc(r->runs.rows + 1, sizeof *firsts);
    size_t cell = firsts ? 0 : SIZE_MAX;
    *swept = false;
    for (size_t row = 0; cell != SIZE_MAX && row < r->runs.rows && !*swept; row++) {
        if (!provenance_is_final(r, row))
            continue;
        const size_t known = cells.count;
        text sized = {0};
        text_append(&sized, "%s %s", table_text(&r->runs, row, "cell"), table_text(&r->runs, row, "matching"));
        cell = sized.failed ? SIZE_MAX : names_index(&cells, sized.data);
        text_free(&sized);
        if (cell == known)
            firsts[cell] = column->numbers[row];
        else if (cell != SIZE_MAX)
            *swept = firsts[cell] != column->numbers[row];
    }
    names_free(&cells);
    free(firsts);
    return cell == SIZE_MAX ? gb_fail(context, GB_MEMORY, "%s: out of memory", r->name) : GB_OK;
}

/* The metric of validation: "accuracy" for the column "valid_accuracy". */
static const char *task_metric(const table *runs) {
    static const char prefix[] = "valid_";
    for (size_t i = 0; i < runs->count; i++) {
        const char *name = runs->columns[i].name;
        if (!strncmp(name, prefix, sizeof prefix - 1) && strcmp(name, "valid_loss") != 0 &&
            table_find(runs, name + sizeof prefix - 1))
            return name + sizeof prefix - 1;
    }
    return NULL;
}

/* True if one of the figures has the setting on its x axis. */
static gb_status is_drawn(gb_context *context, const name_list *names, const char *setting, bool *drawn) {
    gb_status status = GB_OK;
    *drawn = false;
    for (size_t i = 0; i < names->count && !status && !*drawn; i++) {
        figure *f = NULL;
        status = figure_read(context, names->items[i], &f);
        *drawn = !status && !f->tuning && !strcmp(f->x.name, setting);
        figure_free(f);
    }
    return status;
}

static bool append_figure(name_list *names, const char *y, const char *x) {
    text name = {0};
    text_append(&name, "%s%s%s", y, by, x);
    bool added = !name.failed && names_index(names, name.data) != SIZE_MAX;
    text_free(&name);
    return added;
}

/* True if two swept numbers were combined: a cell has more pairs of their values than two crossing lines would have.
 */
static gb_status are_combined(gb_context *context, const results *r, const char *const settings[2], bool *combined) {
    name_list seen[4] = {0}; /* cells, values of the one, of the other, of both */
    bool enough = true;
    for (size_t row = 0; row < r->runs.rows && enough; row++) {
        const char *cell = table_text(&r->runs, row, "cell");
        double a = table_number(&r->runs, row, settings[0]), b = table_number(&r->runs, row, settings[1]);
        for (int i = 0; i < 4 && enough && provenance_is_final(r, row); i++) {
            text key = {0};
            text_append(&key, "%s", cell);
            if (i & 1)
                text_append(&key, " %.17g", a);
            if (i & 2)
                text_append(&key, " %.17g", b);
            enough = !key.failed && names_index(&seen[i], key.data) != SIZE_MAX;
            text_free(&key);
        }
    }
    *combined = seen[3].count + seen[0].count > seen[1].count + seen[2].count;
    for (int i = 0; i < 4; i++)
        names_free(&seen[i]);
    return enough ? GB_OK : gb_fail(context, GB_MEMORY, "%s: out of memory", r->name);
}

/* The metric by the first two settings that were combined. */
static gb_status append_map(gb_context *context, const results *r, const char *metric, const name_list *numbers,
                            name_list *names) {
    for (size_t i = 0; metric && i < numbers->count; i++)
        for (size_t j = i + 1; j < numbers->count; j++) {
            bool combined = false;
            GB_TRY(are_combined(context, r, (const char *const[]){numbers->items[i], numbers->items[j]}, &combined));
            text both = {0};
            text_append(&both, "%s%s%s", numbers->items[i], and, numbers->items[j]);
            bool added = !both.failed && (!combined || append_figure(names, metric, both.data));
            text_free(&both);
            if (!added)
                return gb_fail(context, GB_MEMORY, "%s: out of memory", r->name);
            if (combined)
                return GB_OK;
        }
    return GB_OK;
}

gb_status figure_axes_append_swept(gb_context *context, const results *r, name_list *names) {
    name_list swept = {0}, tuned = {0}, numbers = {0};
    gb_status status = provenance_swept(context, r, &swept);
    if (!status)
        status = provenance_tuned(context, r, &tuned);
    const char *metric = task_metric(&r->runs);
    for (size_t i = 0; i < swept.count && !status; i++) {
        const char *x = swept.items[i];
        const table_column *column = table_find(&r->runs, x);
        bool number = column && column->type != COLUMN_TEXT && !names_have(&tuned, x), wanted = false, drawn = false;
        number = number && metric; /* what is counted or timed has figures of its own */
        if (number)
            status = is_swept_number(context, r, column, &wanted);
        if (!status && wanted)
            status = is_drawn(context, names, x, &drawn);
        if (!status && wanted && names_index(&numbers, x) == SIZE_MAX)
            status = gb_fail(context, GB_MEMORY, "%s: out of memory", r->name);
        if (status || !wanted || drawn)
            continue;
        if (!append_figure(names, metric, x) || !append_figure(names, "cpu_seconds", x))
            status = gb_fail(context, GB_MEMORY, "%s: out of memory", r->name);
    }
    if (!status)
        status = append_map(context, r, metric, &numbers, names);
    names_free(&swept);
    names_free(&tuned);
    names_free(&numbers);
    return status;
}
