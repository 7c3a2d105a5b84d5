/* SPDX-License-Identifier: MIT */
/* Values as recipes write them: scalars, ranges (a..b, a..b:step, log2(a..b)) and lists of both. */
#include <limits.h>
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "experiments/recipe/recipe_internal.h"
#include "support/cleanup.h"

void recipe_error(recipe_reader *reader, const recipe_node *node, bool at_key, const char *format, ...) {
    char message[1024];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    yaml_error(reader->errors, node->document, node->source, at_key, "%s", message);
}

void recipe_unknown(recipe_reader *reader, const recipe_node *node, bool at_key, const char *word,
                    const char *const *names, size_t count, const char *format, ...) {
    char sentence[512];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(sentence, sizeof sentence, format, arguments);
    va_end(arguments);
    const char *nearest = text_nearest(word, names, count);
    CLEANUP(text_free) text list = {0};
    for (size_t i = 0; i < count; i++)
        text_append(&list, "%s%s", i ? ", " : "", names[i]);
    if (nearest)
        recipe_error(reader, node, at_key, "%s; did you mean '%s'?", sentence, nearest);
    else
        recipe_error(reader, node, at_key, "%s; there are: %s", sentence, list.data ? list.data : "none");
}

/* Settings */

const setting *recipe_find_setting(const recipe *r, const char *name) {
    const setting *s = setting_find(name);
    return s ? s : task_type_option(r->task, name);
}

void recipe_unknown_setting(recipe_reader *reader, const recipe_node *node) {
    const task_type *type = reader->r->task;
    if (!type)
        return; /* its options are unknown; the error about the task says so */
    const char *names[256];
    size_t count = 0, most = sizeof names / sizeof *names;
    for (const setting *o = type->options; o->name && count < most; o++)
        names[count++] = o->name;
    for (size_t i = 0; setting_at(i) && count < most; i++)
        names[count++] = setting_at(i)->name;
    const char *nearest = text_nearest(node->key, names, count);
    if (nearest)
        recipe_error(reader, node, true, "unknown setting '%s'; did you mean '%s'?", node->key, nearest);
    else
        recipe_error(reader, node, true,
                     "'%s' is not a setting or an option of task %s; `gatebench list settings` and `gatebench task %s` "
                     "list them",
                     node->key, type->name, type->name);
}

/* Ranges */

bool recipe_is_range(const setting *s, const recipe_node *node) {
    return node->kind == YAML_SCALAR && !node->source->quoted &&
           (s->type == SETTING_INTEGER || s->type == SETTING_REAL) && strstr(node->source->text, "..");
}

typedef struct range {
    double first, last, step;
    bool doubling;
} range;

/* An integer beyond 2^53 is rounded when it becomes a double. */
static bool is_exact(const char *end) {
    long long number;
    return !text_is_integer(end, &number) || (number <= 1LL << 53 && number >= -(1LL << 53));
}

/* Cuts "a..b", "a..b:step" or "log2(a..b)"; NULL, or what is wrong with it. */
static const char *cut_range(const char *written, range *out) {
    char copy[TRIAL_VALUE];
    size_t length = strlen(written);
    if (length >= sizeof copy)
        return "is too long for a range";
    memcpy(copy, written, length + 1);
    char *start = copy;
    *out = (range){.step = 1};
    if (!strncmp(copy, "log2(", 5) && copy[length - 1] == ')') {
        out->doubling = true;
        copy[length - 1] = '\0';
        start += 5;
    }
    char *dots = strstr(start, "..");
    if (!dots)
        return "is not a range; write a..b, a..b:step or log2(a..b)";
    *dots = '\0';
    char *colon = strchr(dots + 2, ':');
    if (colon)
        *colon = '\0';
    if (!text_is_number(start, &out->first) || !text_is_number(dots + 2, &out->last) ||
        (colon && (out->doubling || !text_is_number(colon + 1, &out->step))))
        return "is not a range; write a..b, a..b:step or log2(a..b)";
    if (!is_exact(start) || !is_exact(dots + 2))
        return "has an end beyond 9007199254740992";
    if (out->last < out->first)
        return "is empty, since it ends before it starts";
    if (out->step <= 0)
        return "never ends, since its step is not above 0";
    if (out->doubling && (out->first <= 0 || exp2(round(log2(out->last / out->first))) * out->first != out->last))
        return "does not double from its start to its end; write it as in log2(16..256)";
    return NULL;
}

static size_t range_length(const range *r) {
    double steps = r->doubling ? log2(r->last / r->first) : (r->last - r->first) / r->step + 1e-9;
    return steps >= RECIPE_MOST_TRIALS ? (size_t)RECIPE_MOST_TRIALS + 1 : (size_t)steps + 1;
}

/* The i-th value as text: 12 digits hide rounding errors as in 0.1 + 0.2. */
static void range_value(const range *r, size_t i, bool integer, char *value, size_t size) {
    double number = r->doubling ? r->first * exp2((double)i) : r->first + (double)i * r->step;
    snprintf(value, size, integer && number == floor(number) ? "%.0f" : "%.12g", number);
}

/* Reading */

bool recipe_check_scalar(const setting *s, const recipe_node *node, char value[TRIAL_VALUE], char *why,
                         size_t why_size) {
    const char *given = node->source->text, *recipe_path = node->document->path, *slash = strrchr(recipe_path, '/');
    char path[PATH_MAX];
    if (s->type == SETTING_FILE && *given && *given != '/' && slash) {
        snprintf(path, sizeof path, "%.*s%s", (int)(slash + 1 - recipe_path), recipe_path, given);
        given = path;
    }
    return setting_check(s, given, value, TRIAL_VALUE, why, why_size);
}

bool recipe_values_add(recipe_reader *reader, recipe_values *values, const char *value, const recipe_node *at) {
    if (++reader->value_count > RECIPE_MOST_VALUES) {
        if (reader->value_count == RECIPE_MOST_VALUES + 1)
            recipe_error(reader, at, false, "the lists and ranges of this recipe have more than %d values; narrow them",
                         RECIPE_MOST_VALUES);
        return false;
    }
    if ((values->count & (values->count - 1)) == 0) { /* full at each power of two */
        struct recipe_value *grown = realloc(values->items, (values->count ? values->count * 2 : 1) * sizeof *grown);
        if (!grown) {
            reader->out_of_memory = true;
            return false;
        }
        values->items = grown;
    }
    struct recipe_value *item = &values->items[values->count++];
    snprintf(item->text, sizeof item->text, "%s", value);
    item->at = at;
    return true;
}

static bool read_range(recipe_reader *reader, const setting *s, const recipe_node *node, recipe_values *values) {
    range r;
    const char *wrong = cut_range(node->source->text, &r);
    const char *name = s->name;
    if (wrong) {
        recipe_error(reader, node, false, "%s: '%s' %s", name, node->source->text, wrong);
        return false;
    }
    size_t length = range_length(&r);
    if (length > RECIPE_MOST_TRIALS) {
        recipe_error(reader, node, false, "%s: the range '%s' has more than %d values", name, node->source->text,
                     RECIPE_MOST_TRIALS);
        return false;
    }
    for (size_t i = 0; i < length; i++) {
        char given[TRIAL_VALUE], value[TRIAL_VALUE], why[512];
        range_value(&r, i, s->type == SETTING_INTEGER, given, sizeof given);
        if (!setting_check(s, given, value, sizeof value, why, sizeof why)) {
            recipe_error(reader, node, false, "%s", why);
            return false;
        }
        if (!recipe_values_add(reader, values, value, node))
            return false;
    }
    return true;
}

static bool read_scalar(recipe_reader *reader, const setting *s, const recipe_node *node, recipe_values *values) {
    if (recipe_is_range(s, node))
        return read_range(reader, s, node, values);
    char value[TRIAL_VALUE], why[512];
    if (!recipe_check_scalar(s, node, value, why, sizeof why)) {
        recipe_error(reader, node, false, "%s", why);
        return false;
    }
    return recipe_values_add(reader, values, value, node);
}

bool recipe_values_read(recipe_reader *reader, const setting *s, const recipe_node *node, recipe_values *values) {
    *values = (recipe_values){0};
    const char *name = s->name;
    bool ok = node->kind != YAML_MAP && (node->kind == YAML_SCALAR || node->count > 0);
    if (!ok)
        recipe_error(reader, node, false, "%s: expected a value, a range or a list of them%s", name,
                     node->kind == YAML_LIST ? "; this list is empty" : "");
    if (node->kind == YAML_SCALAR)
        ok = read_scalar(reader, s, node, values);
    for (size_t i = 0; node->kind == YAML_LIST && i < node->count; i++) {
        const recipe_node *item = &node->children[i];
        if (item->kind != YAML_SCALAR) {
            recipe_error(reader, item, false, "%s: expected a single value in this list", name);
            ok = false;
        } else {
            ok &= read_scalar(reader, s, item, values);
        }
    }
    if (!ok)
        recipe_values_free(values);
    return ok;
}

void recipe_values_free(recipe_values *values) {
    free(values->items);
    *values = (recipe_values){0};
}
