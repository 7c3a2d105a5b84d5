/* SPDX-License-Identifier: MIT */
/* JSON Schema of recipes, made from the same tables that the reader uses for checking. */
#include "experiments/recipe/recipe_schema.h"

#include <string.h>

#include "experiments/settings/settings.h"
#include "experiments/trial/measure.h"

/* Appends the separator between two members of an object or list. */
static void separate(text *json) {
    char last = json->length ? json->data[json->length - 1] : '{';
    if (last != '{' && last != '[' && last != '\n')
        text_append(json, ",\n");
}

static void open_member(text *json, const char *name) {
    separate(json);
    text_append_json_string(json, name);
    text_append(json, ": ");
}

/* A member that is JSON already. */
static void add_member(text *json, const char *name, const char *value) {
    open_member(json, name);
    text_append(json, "%s", value);
}

static void add_string(text *json, const char *name, const char *value) {
    open_member(json, name);
    text_append_json_string(json, value);
}

static void add_choice(void *user, const char *name) {
    text *json = user;
    separate(json);
    text_append_json_string(json, name);
}

static void add_limit(text *json, const char *name, double limit) {
    open_member(json, name);
    text_append_json_number(json, limit);
}

/* The intervals of a number. */
static void add_range(text *json, const setting *s) {
    setting_interval part;
    open_member(json, "anyOf");
    text_append(json, "[");
    for (const char *rest = s->values; setting_next_interval(&rest, &part);) {
        separate(json);
        text_append(json, "{");
        add_limit(json, part.above_least ? "exclusiveMinimum" : "minimum", part.least);
        add_limit(json, part.below_most ? "exclusiveMaximum" : "maximum", part.most);
        text_append(json, "}");
    }
    text_append(json, "]");
}

/* A single value: its type, range or choices. Some YAML readers turn the choices no and yes into booleans. */
static void add_value(text *json, const setting *s) {
    open_member(json, s->name);
    text_append(json, "{");
    add_string(json, "description", s->help);
    if (s->type == SETTING_CHOICE) {
        open_member(json, "enum");
        text_append(json, "[");
        setting_each_choice(s, add_choice, json);
        text_append(json, "%s]", !strcmp(s->values, "no|yes") ? ", false, true" : "");
    } else if (s->type == SETTING_FILE) {
        add_member(json, "type", "\"string\"");
    } else if (s->type == SETTING_TEXT) {
        bool numbers;
        const char *pattern = setting_pattern(s, &numbers);
        add_member(json, "type", numbers ? "[\"string\", \"number\"]" : "\"string\"");
        if (*pattern)
            add_string(json, "pattern", pattern);
    } else {
        add_member(json, "type", s->type == SETTING_INTEGER ? "\"integer\"" : "\"number\"");
        add_range(json, s);
    }
    text_append(json, "}");
}

static void add_section(text *json, const char *section, const char *more) {
    open_member(json, section);
    text_append(json, "{\"type\": \"object\", \"additionalProperties\": false, \"properties\": {%s", more);
    for (size_t i = 0; setting_at(i); i++) {
        const setting *s = setting_at(i);
        if (!strcmp(s->section, section) && !setting_stop_key(s))
            add_value(json, s);
    }
    text_append(json, "}}");
}

static void add_options(text *json, const task_type *type) {
    for (const setting *o = type->options; o && o->name; o++)
        add_value(json, o);
}

/* The sizes of recipes without a task, one alternative for each kind. */
static void add_sizes(text *json) {
    open_member(json, "sizes");
    text_append(json, "{\"type\": \"object\", \"anyOf\": [");
    for (size_t i = 0; task_kind_at(i); i++) {
        separate(json);
        text_append(json, "{\"additionalProperties\": false, \"properties\": {");
        add_options(json, task_kind_at(i));
        text_append(json, "}}");
    }
    text_append(json, "]}");
}

/* One alternative for each task: its name and its options. A profile may leave the name out. */
static void add_tasks(text *json) {
    open_member(json, "task");
    text_append(json, "{\"type\": \"object\", \"anyOf\": [");
    for (size_t i = 0; task_type_at(i); i++) {
        const task_type *type = task_type_at(i);
        separate(json);
        text_append(json, "{\"additionalProperties\": false, \"properties\": {\"name\": {\"const\": ");
        text_append_json_string(json, type->name);
        text_append(json, ", \"description\": ");
        text_append_json_string(json, type->summary);
        text_append(json, "}");
        add_options(json, type);
        text_append(json, "}}");
    }
    text_append(json, "]}");
}

/* Each name once, where several tasks have it. */
static void add_swept_options(text *json, const task_type *type) {
    for (const setting *o = type->options; o && o->name; o++)
        if (task_option_find(o->name) == o)
            add_member(json, o->name, "{\"$ref\": \"#/$defs/many\"}");
}

/* What may be swept: every setting and every option of any task, with one value, a range or a list. */
static void add_sweeps(text *json) {
    add_member(json, "many",
               "{\"description\": \"a value, a range such as 10..50:10 or log2(16..128), or a list of both\", "
               "\"type\": [\"string\", \"number\", \"boolean\", \"array\", \"object\"]}");
    add_member(json, "zips",
               "{\"description\": \"lists of equal length, varied together\", \"type\": [\"object\", \"array\"]}");
    open_member(json, "grid");
    text_append(json, "{\"type\": \"object\", \"additionalProperties\": false, \"properties\": {"
                      "\"zip\": {\"$ref\": \"#/$defs/zips\"}, \"name\": {\"type\": \"string\"}, \"match\": {\"type\": "
                      "[\"string\", \"array\"]}");
    for (size_t i = 0; setting_at(i); i++)
        add_member(json, setting_at(i)->name, "{\"$ref\": \"#/$defs/many\"}");
    const task_type *type;
    for (size_t i = 0; (type = task_type_at(i)); i++)
        add_swept_options(json, type);
    for (size_t i = 0; (type = task_kind_at(i)); i++)
        add_swept_options(json, type);
    text_append(json, "}}");
}

static void add_measures(text *json) {
    open_member(json, "measures");
    text_append(json, "{\"type\": \"array\", \"items\": {\"enum\": [");
    for (size_t i = 0; measure_at(i); i++)
        add_choice(json, measure_at(i)->name);
    text_append(json, "]}}");
}

/* The keys of a recipe. Those that refer to other parts ("$ref") are made above. */
static const struct {
    const char *key, *schema;
} keys[] = {
    {"name", "{\"type\": \"string\", \"pattern\": \"^[A-Za-z0-9][A-Za-z0-9_-]*$\", \"maxLength\": 63}"},
    {"claim", "{\"type\": \"string\", \"pattern\": \"^C[0-9]+$\"}"},
    {"question", "{\"type\": \"string\"}"},
    {"include",
     "{\"type\": \"string\", \"description\": \"path or name of another recipe, whose keys this file overrides\"}"},
    {"task", "{\"$ref\": \"#/$defs/task\"}"},
    {"kind", "{\"enum\": [\"count\", \"time\", \"museum\"], \"description\": \"for a recipe without a task: count "
             "parameters, time layers, or repeat experiments of 1997\"}"},
    {"sizes", "{\"$ref\": \"#/$defs/sizes\"}"},
    {"model", "{\"$ref\": \"#/$defs/model\"}"},
    {"train", "{\"$ref\": \"#/$defs/train\"}"},
    {"measure", "{\"$ref\": \"#/$defs/measures\"}"},
    {"measure_options", "{\"$ref\": \"#/$defs/measure\"}"},
    {"sweep",
     "{\"anyOf\": [{\"$ref\": \"#/$defs/grid\"}, {\"type\": \"array\", \"items\": {\"$ref\": \"#/$defs/grid\"}}]}"},
    {"zip", "{\"$ref\": \"#/$defs/zips\"}"},
    {"exclude", "{\"type\": \"array\", \"items\": {\"type\": \"object\"}}"},
    {"match", "{\"type\": [\"string\", \"array\", \"object\"], \"description\": \"what makes cells comparable: "
              "width, parameters or state, a list of them, or {by, like, count}\"}"},
    {"tune", "{\"type\": \"object\", \"description\": \"settings to choose on validation data, seeds, by\"}"},
    {"compare", "{\"type\": \"array\", \"items\": {\"type\": \"object\", \"required\": [\"a\", \"b\", \"metric\"]}}"},
    {"figures", "{\"type\": \"array\", \"items\": {\"type\": \"string\"}}"},
    {"profiles", "{\"type\": \"object\", \"additionalProperties\": {\"$ref\": \"#\"}}"},
};

void recipe_schema(text *json) {
    text_append(json, "{\"$schema\": \"https://json-schema.org/draft/2020-12/schema\",\n"
                      "\"title\": \"gatebench recipe\", \"type\": \"object\", \"additionalProperties\": false,\n"
                      "\"properties\": {");
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        add_member(json, keys[i].key, keys[i].schema);
    text_append(json, "},\n\"$defs\": {");
    add_section(json, "model", "");
    add_section(json, "train",
                "\"stop\": {\"type\": \"object\", \"description\": \"when to stop before the last step\"}");
    add_section(json, "measure", "");
    add_tasks(json);
    add_sizes(json);
    add_sweeps(json);
    add_measures(json);
    text_append(json, "}}\n");
}
