/* SPDX-License-Identifier: MIT */
/* Finds figures (.gp files) and reads the comment lines at their heads. */
#include "plots/figure.h"

#include <fnmatch.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plots/figure_axes.h"
#include "plots/plots.h"
#include "support/file.h"
#include "support/text.h"

enum { LONGEST_SCRIPT = 1 << 20 };

static const char ending[] = ".gp";
static const char style_file[] = "style.gp";
static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-"; /* of names */

gb_status plots_list(gb_context *context, char ***names) {
    gb_status status = file_list_shared(context, "plots/figures", ending, names);
    size_t kept = 0;
    for (size_t i = 0; status == GB_OK && (*names)[i]; i++) {
        char *name = (*names)[i];
        if (!strcmp(name, style_file) || strspn(name, letters) + strlen(ending) != strlen(name)) {
            free(name);
            continue;
        }
        name[strlen(name) - strlen(ending)] = '\0';
        (*names)[kept++] = name;
    }
    if (status == GB_OK)
        (*names)[kept] = NULL;
    return status;
}

/* Checks that the figure is a shipped one or has the general form; if neither, suggests a name.
 */
static gb_status check_name(gb_context *context, const char *name, bool *general) {
    char **names = NULL;
    gb_status status = plots_list(context, &names);
    if (status != GB_OK)
        return status;
    size_t count = 0;
    bool known = false;
    for (; names[count]; count++)
        known = known || !strcmp(names[count], name);
    const char *near = known ? NULL : text_nearest(name, (const char *const *)names, count);
    *general = !known && !near && figure_axes_in(name) && strlen(name) < FIGURE_NAME;
    if (!known && !*general) {
        status =
            near ? gb_fail(context, GB_INVALID, "there is no figure \"%s\" (did you mean \"%s\"?)", name, near)
                 : gb_fail(context, GB_INVALID, "there is no figure \"%s\"; 'gatebench list figures' shows them", name);
    }
    file_free_list(names);
    return status;
}

void figure_free(figure *f) {
    if (!f)
        return;
    for (size_t i = 0; i < f->label_count; i++) {
        free(f->labels[i].pattern);
        free(f->labels[i].shown);
    }
    free(f->labels);
    free(f->title);
    free(f->caption);
    free(f->xlabel);
    free(f->ylabel);
    free(f->script);
    names_free(&f->panels);
    names_free(&f->metrics);
    names_free(&f->one);
    names_free(&f->pool);
    free(f);
}

const char *figure_label_of(const figure *f, const char *column, const char *value) {
    char whole[2 * FIGURE_WORD + 2];
    snprintf(whole, sizeof whole, "%.63s/%.63s", column, value);
    for (size_t i = 0; i < f->label_count; i++)
        if (!fnmatch(f->labels[i].pattern, whole, 0) || !fnmatch(f->labels[i].pattern, value, 0))
            return f->labels[i].shown;
    return NULL;
}

/* Each reader of a directive returns NULL, or an error message. */
static const char out_of_memory[] = "out of memory";

static const char *set_word(char *word, const char *value) {
    return text_copy(word, FIGURE_WORD, value) ? NULL : "a name of at most 63 letters is needed";
}

static const char *set_column(figure_column *column, char *value) {
    char *heading = strchr(value, '/');
    if (heading)
        *heading++ = '\0';
    const char *wrong = set_word(column->name, value);
    return wrong ? wrong : set_word(column->heading, heading ? heading : value);
}

static const char *set_list(name_list *list, char *value) {
    char *rest = NULL;
    for (char *item = strtok_r(value, ",", &rest); item; item = strtok_r(NULL, ",", &rest))
        if (names_index(list, item) == SIZE_MAX)
            return out_of_memory;
    return NULL;
}

static const char *set_interval(figure *f, const char *value) {
    static const char *const words[] = {"student", "geometric", "wilson", "stack",
                                        "median",  "survival",  "mean",   "dots"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (!strcmp(value, words[i])) {
            f->interval = (figure_interval)i;
            return NULL;
        }
    }
    return "interval= takes student, geometric, wilson, stack, median, survival, mean or dots";
}

/* One key=value of `# data:`. */
static const char *read_pair(figure *f, const char *key, char *value) {
    if (!strcmp(key, "x"))
        return set_column(&f->x, value);
    if (!strcmp(key, "y"))
        return set_column(&f->y, value);
    if (!strcmp(key, "group"))
        return set_word(f->group, value);
    if (!strcmp(key, "panel"))
        return set_list(&f->panels, value);
    if (!strcmp(key, "metric"))
        return set_list(&f->metrics, value);
    if (!strcmp(key, "one"))
        return set_list(&f->one, value);
    if (!strcmp(key, "interval"))
        return set_interval(f, value);
    if (!strcmp(key, "pool"))
        return set_list(&f->pool, value);
    if (!strcmp(key, "along"))
        return set_word(f->along, value);
    if (!strcmp(key, "relative") && !strcmp(value, "first")) {
        f->relative = true;
        return NULL;
    }
    if (!strcmp(key, "stage") && !strcmp(value, "tune")) {
        f->tuning = true;
        return NULL;
    }
    if (!strcmp(key, "means") && !strcmp(value, "complete")) {
        f->complete = true;
        return NULL;
    }
    return "known are x= y= group= panel= metric= one= interval= pool= along= relative=first means=complete stage=tune";
}

static const char *read_data(figure *f, char *rest) {
    static const char *const sources[] = {"runs", "metrics", "curves", "comparisons", "published"};
    enum { SOURCES = sizeof sources / sizeof *sources };
    char *place = NULL;
    char *word = strtok_r(rest, " \t", &place);
    size_t source = 0;
    while (word && source < SOURCES && strcmp(word, sources[source]) != 0)
        source++;
    if (!word || source == SOURCES)
        return "data: must begin with runs, metrics, curves, comparisons or published";
    f->source = (figure_source)source;
    while ((word = strtok_r(NULL, " \t", &place))) {
        char *value = strchr(word, '=');
        if (!value)
            return "data: needs words of the form key=value";
        *value++ = '\0';
        const char *wrong = read_pair(f, word, value);
        if (wrong)
            return wrong;
    }
    return NULL;
}

static const char *read_label(figure *f, char *rest) {
    char *shown = strstr(rest, " = ");
    if (!shown)
        return "label: needs the form `value = text to show`";
    *shown = '\0';
    figure_label *grown = realloc(f->labels, (f->label_count + 1) * sizeof *grown);
    if (!grown)
        return out_of_memory;
    f->labels = grown;
    grown[f->label_count] = (figure_label){strdup(rest), strdup(shown + 3)};
    f->label_count++;
    return grown[f->label_count - 1].pattern && grown[f->label_count - 1].shown ? NULL : out_of_memory;
}

static const char *read_text(char **field, const char *rest) {
    free(*field);
    *field = strdup(rest);
    return *field ? NULL : out_of_memory;
}

/* Reads one line of the head; ignores comments that are not directives. */
static const char *read_line(figure *f, char *line) {
    line += strspn(line, "# \t");
    char *rest = strchr(line, ':');
    if (!rest)
        return NULL;
    *rest++ = '\0';
    rest += strspn(rest, " \t");
    if (!strcmp(line, "title"))
        return read_text(&f->title, rest);
    if (!strcmp(line, "caption"))
        return read_text(&f->caption, rest);
    if (!strcmp(line, "xlabel"))
        return read_text(&f->xlabel, rest);
    if (!strcmp(line, "ylabel"))
        return read_text(&f->ylabel, rest);
    if (!strcmp(line, "data"))
        return read_data(f, rest);
    if (!strcmp(line, "label"))
        return read_label(f, rest);
    if (!strcmp(line, "like"))
        return strchr(rest, '/') ? "like: needs the name of a figure" : set_word(f->like, rest);
    return NULL;
}

/* Reads the lines at a script's head; from style.gp only the labels, which apply to every figure. */
static gb_status read_lines(gb_context *context, figure *f, const char *script, bool labels_only, const char *path) {
    size_t number = 1;
    int length;
    for (const char *found; (found = text_line(&script, &length)) && *found == '#'; number++) {
        char *line = strndup(found, (size_t)length);
        if (!line)
            return gb_fail(context, GB_MEMORY, "%s: %s", path, out_of_memory);
        const char *wrong = !labels_only || strstr(line, "# label:") ? read_line(f, line) : NULL;
        free(line);
        if (wrong)
            return gb_fail(context, wrong == out_of_memory ? GB_MEMORY : GB_INVALID, "%s:%zu: %s", path, number, wrong);
    }
    return GB_OK;
}

/* Reads the text of plots/figures/<name>.gp. */
static gb_status read_script(gb_context *context, const char *name, char path[PATH_MAX], char **script) {
    char shared[FIGURE_NAME + 24];
    size_t size = 0;
    snprintf(shared, sizeof shared, "plots/figures/%s%s", name, ending);
    GB_TRY(file_find_shared(context, shared, path, PATH_MAX));
    return file_read(context, path, LONGEST_SCRIPT, script, &size);
}

/* Reads the figure's head and script, then the script of the figure named by `like:`, and the common labels. */
static gb_status read_head(gb_context *context, figure *f, const char *name) {
    char path[PATH_MAX], other[PATH_MAX], *style = NULL, *drawing = NULL;
    GB_TRY(read_script(context, name, path, &f->script));
    GB_TRY(read_lines(context, f, f->script, false, path));
    if (*f->like) {
        GB_TRY(read_script(context, f->like, other, &drawing));
        text both = {0};
        text_append(&both, "%s\n%s", f->script, drawing);
        free(drawing);
        free(f->script);
        f->script = both.data;
        if (both.failed)
            return gb_fail(context, GB_MEMORY, "%s: %s", path, out_of_memory);
    }
    gb_status status = read_script(context, "style", other, &style);
    if (!status)
        status = read_lines(context, f, style, true, other);
    free(style);
    GB_TRY(status);
    const char *missing = !f->title     ? "# title:"
                          : !f->caption ? "# caption:"
                          : !*f->x.name ? "# data: x="
                          : !*f->y.name ? "# data: y="
                          : !*f->group  ? "# data: group="
                                        : NULL;
    if (missing)
        return gb_fail(context, GB_INVALID, "%s: the head lacks \"%s\" (plots/README.md has the grammar)", path,
                       missing);
    if (f->interval == FIGURE_SURVIVAL &&
        (f->source != FIGURE_CURVES || strcmp(f->x.name, "step") != 0 || strcmp(f->y.name, "valid_metric") != 0))
        return gb_fail(context, GB_INVALID, "%s: interval=survival is of \"# data: curves x=step y=valid_metric\"",
                       path);
    return GB_OK;
}

gb_status figure_read(gb_context *context, const char *name, figure **out) {
    *out = NULL;
    bool general = false;
    GB_TRY(check_name(context, name, &general));
    figure *f = calloc(1, sizeof *f);
    if (!f)
        return gb_fail(context, GB_MEMORY, "figure %s: %s", name, out_of_memory);
    snprintf(f->name, sizeof f->name, "%s", name);
    gb_status status = read_head(context, f, general ? figure_axes_script(name) : name);
    if (status == GB_OK && general)
        status = figure_axes_read(context, name, f);
    if (status != GB_OK) {
        figure_free(f);
        return status;
    }
    *out = f;
    return GB_OK;
}
