/* SPDX-License-Identifier: MIT */
/* Converts the merged tree into the parts of a recipe, key by key in the order of the file; reports every error. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "experiments/recipe/recipe_internal.h"

/* Small helpers */

static bool need_map(recipe_reader *reader, const recipe_node *node, const char *example) {
    if (node->kind != YAML_MAP)
        recipe_error(reader, node, false, "%s: expected a map such as {%s}", node->key, example);
    return node->kind == YAML_MAP;
}

static void set(recipe_reader *reader, const char *name, const char *value) {
    reader->out_of_memory |= !trial_set(&reader->r->base, name, value);
}

/* Name, claim, question */

static void read_name(recipe_reader *reader, const recipe_node *node) {
    const char *name = recipe_need_text(reader, node);
    if (!name)
        return;
    bool ok = strlen(name) < RECIPE_NAME && isalnum((unsigned char)*name);
    for (const char *c = name; *c; c++)
        ok &= isalnum((unsigned char)*c) || *c == '_' || *c == '-';
    if (ok)
        snprintf(reader->r->name, RECIPE_NAME, "%s", name);
    else
        recipe_error(reader, node, false,
                     "name is '%s', but it becomes the name of a folder; give letters, digits, - and _, at most %d",
                     name, RECIPE_NAME - 1);
}

static void read_claim(recipe_reader *reader, const recipe_node *node) {
    const char *claim = recipe_need_text(reader, node);
    char *end = NULL;
    if (!claim)
        return;
    bool ok = claim[0] == 'C' && isdigit((unsigned char)claim[1]);
    if (ok)
        strtoul(claim + 1, &end, 10);
    if (!ok || *end || !text_copy(reader->r->claim, sizeof reader->r->claim, claim))
        recipe_error(reader, node, false, "claim is '%s'; give one of claims.yaml such as C2", claim);
}

static void read_question(recipe_reader *reader, const recipe_node *node) {
    const char *question = recipe_need_text(reader, node);
    if (!question)
        return;
    free(reader->r->question);
    reader->r->question = strdup(question);
    reader->out_of_memory |= !reader->r->question;
}

/* Sections of settings */

/* One setting of a section: a single value, since only sweeps have several. */
static void read_setting(recipe_reader *reader, const setting *s, const recipe_node *node) {
    const char *name = s->name;
    char value[TRIAL_VALUE], why[512];
    if (node->kind == YAML_LIST || recipe_is_range(s, node))
        recipe_error(reader, node, false, "%s: several values form a sweep; write them under sweep:", name);
    else if (node->kind == YAML_MAP)
        recipe_error(reader, node, false, "%s: expected a single value", name);
    else if (!recipe_check_scalar(s, node, value, why, sizeof why))
        recipe_error(reader, node, false, "%s", why);
    else
        set(reader, name, value);
}

/* Reports a name that is not a setting of this section: it belongs to another section, or is unknown. */
static void unknown_setting(recipe_reader *reader, const char *section, const recipe_node *node) {
    const char *names[128];
    size_t count = 0;
    for (const setting *s; count < 128 && (s = setting_at(count)); count++)
        names[count] = s->name;
    size_t own = 0;
    for (size_t i = 0; i < count; i++)
        if (!strcmp(setting_at(i)->section, section) && !setting_stop_key(setting_at(i)))
            names[own++] = setting_at(i)->name;
    const setting *elsewhere = setting_find(node->key);
    if (elsewhere && setting_stop_key(elsewhere))
        recipe_error(
            reader, node, true,
            "write it as stop: {reach: ..., for: ...} or stop: {sequences_in_a_row: ..., error: ...} under train");
    else if (elsewhere && !strcmp(elsewhere->section, "run"))
        recipe_error(reader, node, true, "'%s' belongs under sweep:", node->key);
    else if (elsewhere)
        recipe_error(reader, node, true, "'%s' belongs under %s:", node->key,
                     !strcmp(elsewhere->section, "measure") ? "measure_options" : elsewhere->section);
    else
        recipe_unknown(reader, node, true, node->key, names, own, "unknown key '%s' in %s", node->key, section);
}

static void read_section(recipe_reader *reader, const recipe_node *map, const char *section) {
    for (size_t i = 0; i < map->count; i++) {
        const recipe_node *node = &map->children[i];
        const setting *s = setting_find(node->key);
        if (!strcmp(section, "train") && !strcmp(node->key, "stop"))
            continue;
        if (!s || strcmp(s->section, section) != 0 || setting_stop_key(s))
            unknown_setting(reader, section, node);
        else
            read_setting(reader, s, node);
    }
}

static void read_model(recipe_reader *reader, const recipe_node *node) {
    if (need_map(reader, node, "cell: lstm, hidden: 64"))
        read_section(reader, node, "model");
}

static void read_measure_options(recipe_reader *reader, const recipe_node *node) {
    if (need_map(reader, node, "lags: 200, probes: 32"))
        read_section(reader, node, "measure");
}

/* stop: {metric: accuracy, reach: 0.99, for: 3}; recipe_consistency.c checks that the metric is the task's. */
static void read_stop(recipe_reader *reader, const recipe_node *stop) {
    const char *keys[16] = {"metric"};
    const setting *settings[16] = {NULL};
    size_t count = 1;
    if (!need_map(reader, stop, "reach: 0.99, for: 3"))
        return;
    for (size_t i = 0; setting_at(i); i++) {
        if (setting_stop_key(setting_at(i))) {
            settings[count] = setting_at(i);
            keys[count++] = setting_stop_key(setting_at(i));
        }
    }
    for (size_t i = 0; i < stop->count; i++) {
        const recipe_node *node = &stop->children[i];
        size_t at = 0;
        while (at < count && strcmp(node->key, keys[at]) != 0)
            at++;
        if (at == count)
            recipe_unknown(reader, node, true, node->key, keys, count, "unknown key '%s' in stop", node->key);
        else if (settings[at])
            read_setting(reader, settings[at], node);
        else
            recipe_need_text(reader, node);
    }
}

static void read_train(recipe_reader *reader, const recipe_node *node) {
    if (!need_map(reader, node, "optimizer: adam, lr: 2e-3, steps: 1000"))
        return;
    const recipe_node *stop = tree_get(node, "stop");
    if (stop)
        read_stop(reader, stop);
    read_section(reader, node, "train");
}

/* Task */

static void unknown_task(recipe_reader *reader, const recipe_node *node) {
    const char *names[64];
    size_t count = 0;
    for (; count < 64 && task_type_at(count); count++)
        names[count] = task_type_at(count)->name;
    recipe_unknown(reader, node, false, node->source->text, names, count, "unknown task '%s'", node->source->text);
}

static void unknown_option(recipe_reader *reader, const recipe_node *node) {
    const task_type *type = reader->r->task;
    const char *names[64];
    size_t count = 0;
    for (const setting *o = type->options; o->name && count < 64; o++)
        names[count++] = o->name;
    recipe_unknown(reader, node, true, node->key, names, count, "%s %s has no option '%s'",
                   reader->r->kind ? "kind" : "task", type->name, node->key);
}

/* The options of the task or kind: all entries of a map except its name. */
static void read_options(recipe_reader *reader, const recipe_node *node, const recipe_node *name) {
    for (size_t i = 0; reader->r->task && i < node->count; i++) {
        const recipe_node *option = &node->children[i];
        const setting *s = task_type_option(reader->r->task, option->key);
        if (option == name)
            continue;
        if (s)
            read_setting(reader, s, option);
        else
            unknown_option(reader, option);
    }
}

static void read_task(recipe_reader *reader, const recipe_node *node) {
    if (!need_map(reader, node, "name: recall, gap: 50"))
        return;
    const recipe_node *name = tree_get(node, "name");
    if (reader->r->kind)
        recipe_error(reader, node, true, "a recipe of kind %s has no task; write sizes: {...} instead",
                     reader->r->kind->name);
    else if (!name)
        recipe_error(reader, node, true, "task: expected a name, such as {name: recall}");
    else if (recipe_need_text(reader, name) && !reader->r->task)
        unknown_task(reader, name);
    else
        read_options(reader, node, name);
}

static void read_kind(recipe_reader *reader, const recipe_node *node) {
    const char *kind = recipe_need_text(reader, node);
    if (kind && !reader->r->kind)
        recipe_error(
            reader, node, false,
            "kind is '%s'; give count (parameters), time (of a layer) or museum (1997), or omit it and give a task",
            kind);
}

static void read_sizes(recipe_reader *reader, const recipe_node *node) {
    if (!reader->r->kind)
        recipe_error(reader, node, true, "sizes need kind count, time or museum; a task has options instead");
    else if (need_map(reader, node, "input: 64"))
        read_options(reader, node, NULL);
}

static void read_elsewhere(recipe_reader *reader, const recipe_node *node) {
    (void)reader;
    (void)node; /* include and profiles are already merged; sweep and zip are read together */
}

/* The keys */

static const struct {
    const char *name;
    void (*read)(recipe_reader *reader, const recipe_node *node);
} keys[] = {{"name", read_name},
            {"claim", read_claim},
            {"question", read_question},
            {"include", read_elsewhere},
            {"kind", read_kind},
            {"sizes", read_sizes},
            {"task", read_task},
            {"model", read_model},
            {"train", read_train},
            {"measure", recipe_read_measure},
            {"sweep", read_elsewhere},
            {"zip", read_elsewhere},
            {"exclude", recipe_read_exclude},
            {"match", recipe_read_match},
            {"tune", recipe_read_tune},
            {"figures", recipe_check_figures},
            {"compare", recipe_read_compare},
            {"measure_options", read_measure_options},
            {"profiles", read_elsewhere}};
enum { KEYS = sizeof keys / sizeof *keys };

bool recipe_is_key(const char *key) {
    for (size_t k = 0; k < KEYS; k++)
        if (!strcmp(keys[k].name, key))
            return true;
    return false;
}

void recipe_unknown_key(recipe_reader *reader, const recipe_node *node) {
    const char *names[KEYS];
    for (size_t k = 0; k < KEYS; k++)
        names[k] = keys[k].name;
    recipe_unknown(reader, node, true, node->key, names, KEYS, "unknown key '%s'", node->key);
}

/* Every setting at its default, in the order of a trial. */
static void set_defaults(recipe_reader *reader) {
    const recipe *r = reader->r;
    set(reader, "task", r->task ? r->task->name : "");
    char value[TRIAL_VALUE], why[512];
    for (const setting *o = r->task ? r->task->options : NULL; o && o->name; o++) {
        bool ok = setting_check(o, o->value, value, sizeof value, why, sizeof why);
        set(reader, o->name, ok ? value : o->value);
    }
    for (size_t i = 0; setting_at(i); i++) {
        bool ok = setting_check(setting_at(i), setting_at(i)->value, value, sizeof value, why, sizeof why);
        set(reader, setting_at(i)->name, ok ? value : setting_at(i)->value);
    }
    set(reader, "measure", "");
}

void recipe_interpret(recipe_reader *reader) {
    const recipe *r = reader->r;
    const recipe_node *root = &r->root;
    set_defaults(reader);
    if (r->kind)
        set(reader, "steps", "0"); /* there is no training data */
    for (size_t i = 0; i < root->count; i++) {
        const recipe_node *node = &root->children[i];
        size_t k = 0;
        while (k < KEYS && strcmp(keys[k].name, node->key) != 0)
            k++;
        if (k < KEYS)
            keys[k].read(reader, node);
        else
            recipe_unknown_key(reader, node);
    }
    recipe_read_sweeps(reader);
    if (reader->errors->count == 0)
        recipe_list_roles(reader);
    if (reader->errors->count == 0 && !r->task)
        recipe_error(reader, root, false,
                     "a recipe needs a task, such as task: {name: recall}, or kind: count, time or museum");
}
