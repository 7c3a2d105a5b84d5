/* SPDX-License-Identifier: MIT */
/* One trial's settings as a list of pairs, their canonical text, and the id made of it. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "datasets/files/cell_files.h"
#include "experiments/settings/settings.h"
#include "experiments/settings/task_facts.h"
#include "results/store/store.h"
#include "support/cleanup.h"
#include "support/text.h"
#include "support/yaml.h"

/* Raised when a cell's equations give different numbers for the same settings. */
#define CELL_VERSION "1"

static struct trial_pair *find_pair(const trial_settings *t, const char *name) {
    for (size_t i = 0; i < t->count; i++)
        if (!strcmp(t->pairs[i].name, name))
            return &t->pairs[i];
    return NULL;
}

const char *trial_text(const trial_settings *t, const char *name) {
    const struct trial_pair *pair = find_pair(t, name);
    return pair ? pair->value : "";
}

double trial_number(const trial_settings *t, const char *name) {
    double number;
    return text_is_number(trial_text(t, name), &number) ? number : NAN;
}

bool trial_set(trial_settings *t, const char *name, const char *value) {
    struct trial_pair *pair = find_pair(t, name);
    if (!pair) {
        struct trial_pair *grown = realloc(t->pairs, (t->count + 1) * sizeof *grown);
        if (!grown)
            return false;
        t->pairs = grown;
        pair = &grown[t->count++];
        snprintf(pair->name, sizeof pair->name, "%s", name);
    }
    snprintf(pair->value, sizeof pair->value, "%s", value);
    return true;
}

bool trial_copy(trial_settings *to, const trial_settings *from) {
    struct trial_pair *pairs = malloc((from->count ? from->count : 1) * sizeof *pairs);
    if (!pairs)
        return false;
    if (from->count)
        memcpy(pairs, from->pairs, from->count * sizeof *pairs);
    *to = *from;
    to->pairs = pairs;
    return true;
}

void trial_settings_free(trial_settings *t) {
    free(t->pairs);
    *t = (trial_settings){0};
}

static void write_id(const char *bytes, size_t length, char id[33]) {
    XXH128_hash_t hash = XXH3_128bits(bytes, length);
    snprintf(id, 33, "%016llx%016llx", (unsigned long long)hash.high64, (unsigned long long)hash.low64);
}

/* Canonical text */

static const char *backend_version(const char *name) {
    for (size_t i = 0; i < gb_backend_count(); i++)
        if (!strcmp(gb_backend_name(i), name))
            return gb_backend_version(i);
    return "";
}

static int compare_lines(const void *a, const void *b) {
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Sorts and joins the lines. */
static char *join_sorted(char **lines, size_t count) {
    qsort(lines, count, sizeof *lines, compare_lines);
    text joined = {0};
    for (size_t i = 0; i < count; i++)
        text_append(&joined, "%s\n", lines[i]);
    if (joined.failed)
        text_free(&joined);
    return joined.data;
}

enum { DERIVED = 5, LONGEST_LINE = 32 + TRIAL_VALUE };

/* Lines for everything else that the numbers depend on. */
static const char *const derived_names[DERIVED] = {"task_version", "data_sha256", "cell_version", "schema",
                                                   "backend_version"};

static const setting *find_option(const trial_settings *t, const char *name) {
    return task_type_option(task_type_find(trial_text(t, "task")), name);
}

static bool is_file(const trial_settings *t, const char *name) {
    const setting *option = find_option(t, name);
    return option && option->type == SETTING_FILE;
}

/* True for the path of a file, and for a SETTING_LATER setting at its default, which older trials did not have. */
static bool is_left_out(const trial_settings *t, const struct trial_pair *pair) {
    const setting *s = setting_find(pair->name);
    return (s && s->later && !strcmp(pair->value, s->value)) || is_file(t, pair->name);
}

static char *canonical_text(const trial_settings *t, const char *const derived[DERIVED]) {
    size_t most = t->count + DERIVED, count = 0;
    CLEANUP(free_at) char **lines = calloc(most, sizeof *lines);
    CLEANUP(free_at) char *block = malloc(most * LONGEST_LINE);
    char *joined = NULL;
    if (lines && block) {
        for (size_t i = 0; i < most; i++) {
            bool own = i < t->count;
            if (own && is_left_out(t, &t->pairs[i]))
                continue;
            lines[count] = block + count * LONGEST_LINE;
            snprintf(lines[count++], LONGEST_LINE, "%s=%s", own ? t->pairs[i].name : derived_names[i - t->count],
                     own ? t->pairs[i].value : derived[i - t->count]);
        }
        joined = join_sorted(lines, count);
    }
    return joined;
}

gb_status trial_canonical(gb_context *context, trial_settings *t, char **canonical) {
    *canonical = NULL;
    const char *name = trial_text(t, "task");
    const task_type *type = task_type_find(name);
    if (!type)
        return gb_fail(context, GB_INVALID, "there is no task '%s'; `gatebench list tasks` shows them", name);
    char version[24];
    snprintf(version, sizeof version, "%zu", type->version);
    task_facts facts;
    GB_TRY(task_facts_find(context, t, 0, &facts));
    const char *loaded = cells_sha256(trial_text(t, "cell"));
    const char *const derived[DERIVED] = {version, facts.sha256, loaded ? loaded : CELL_VERSION, STORE_SCHEMA,
                                          backend_version(trial_text(t, "backend"))};
    *canonical = canonical_text(t, derived);
    GB_NEED(context, *canonical, "while naming a trial");
    write_id(*canonical, strlen(*canonical), t->id);
    return GB_OK;
}

static bool is_derived(const char *name) {
    for (size_t i = 0; i < DERIVED; i++)
        if (!strcmp(derived_names[i], name))
            return true;
    return false;
}

/* Splits the text into pairs, in their order. */
static gb_status read_pairs(gb_context *context, char *lines, trial_settings *t) {
    char *rest = NULL;
    for (char *line = strtok_r(lines, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
        char *equals = strchr(line, '=');
        if (!equals || equals - line >= (ptrdiff_t)sizeof t->pairs->name || strlen(equals + 1) >= LONGEST_LINE)
            return gb_fail(context, GB_INVALID, "a trial's settings hold the line '%.80s', which is not name=value",
                           line);
        *equals = '\0';
        if (is_derived(line))
            continue;
        if (strlen(equals + 1) >= TRIAL_VALUE)
            return gb_fail(context, GB_INVALID, "a trial's %s is longer than %d characters", line, TRIAL_VALUE - 1);
        GB_NEED(context, trial_set(t, line, equals + 1), "while reading a trial's settings");
    }
    return GB_OK;
}

/* Moves one pair from the unordered settings to the ordered ones. */
static gb_status move_pair(gb_context *context, const trial_settings *from, const char *name, trial_settings *to) {
    const struct trial_pair *pair = find_pair(from, name);
    if (!pair)
        return gb_fail(context, GB_INVALID, "a trial's settings lack '%s'", name);
    char value[TRIAL_VALUE], why[512];
    const setting *s = setting_find(name);
    if (!s)
        s = find_option(from, name);
    if (s && !setting_check(s, pair->value, value, sizeof value, why, sizeof why))
        return gb_fail(context, GB_INVALID, "a trial cannot run with %s", why);
    GB_NEED(context, trial_set(to, name, pair->value), "while reading a trial's settings");
    return GB_OK;
}

/* Adds what the canonical text omits: SETTING_LATER settings at their default, and empty paths of files. */
static gb_status add_left_out(gb_context *context, trial_settings *t) {
    const setting *s;
    for (size_t i = 0; (s = setting_at(i)); i++)
        if (s->later && !find_pair(t, s->name) && !trial_set(t, s->name, s->value))
            return gb_fail(context, GB_MEMORY, "out of memory while reading a trial's settings");
    const task_type *type = task_type_find(trial_text(t, "task"));
    for (s = type ? type->options : NULL; s && s->name; s++)
        if (s->type == SETTING_FILE && !trial_set(t, s->name, s->value))
            return gb_fail(context, GB_MEMORY, "out of memory while reading a trial's settings");
    return GB_OK;
}

/* The order of a trial: the task, its options, every setting, what is measured. */
static gb_status order_pairs(gb_context *context, const trial_settings *from, trial_settings *to) {
    GB_TRY(move_pair(context, from, "task", to));
    const task_type *type = task_type_find(trial_text(to, "task"));
    if (!type)
        return gb_fail(context, GB_INVALID, "there is no task '%s'", trial_text(to, "task"));
    for (const setting *o = type->options; o->name; o++)
        GB_TRY(move_pair(context, from, o->name, to));
    for (size_t i = 0; setting_at(i); i++)
        GB_TRY(move_pair(context, from, setting_at(i)->name, to));
    GB_TRY(move_pair(context, from, "measure", to));
    if (to->count != from->count)
        return gb_fail(context, GB_INVALID, "a trial's settings have %zu unknown names", from->count - to->count);
    return GB_OK;
}

gb_status trial_parse(gb_context *context, const char *canonical, trial_settings *t) {
    *t = (trial_settings){0};
    CLEANUP(trial_settings_free) trial_settings unordered = {0};
    CLEANUP(free_at) char *lines = strdup(canonical);
    GB_NEED(context, lines, "while reading a trial's settings");
    gb_status status = read_pairs(context, lines, &unordered);
    if (status == GB_OK)
        status = add_left_out(context, &unordered);
    if (status == GB_OK)
        status = order_pairs(context, &unordered, t);
    if (status != GB_OK)
        trial_settings_free(t);
    else
        write_id(canonical, strlen(canonical), t->id);
    return status;
}

bool trial_append_files(const trial_settings *t, text *lines) {
    for (size_t i = 0; i < t->count; i++)
        if (is_file(t, t->pairs[i].name))
            text_append(lines, "%s=%s\n", t->pairs[i].name, t->pairs[i].value);
    return !lines->failed;
}

gb_status trial_parse_files(gb_context *context, char *lines, trial_settings *t) {
    char *rest = NULL;
    for (char *line = strtok_r(lines, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
        char *equals = strchr(line, '=');
        if (!equals || !(*equals = '\0', is_file(t, line)) || strlen(equals + 1) >= TRIAL_VALUE)
            return gb_fail(context, GB_INVALID,
                           "a trial's files contain '%.80s', which is not a file option of its task", line);
        GB_NEED(context, trial_set(t, line, equals + 1), "while reading a trial's settings");
    }
    return GB_OK;
}
