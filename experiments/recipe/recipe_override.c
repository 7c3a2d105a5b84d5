/* SPDX-License-Identifier: MIT */
/* Overrides of the command line (gap=10..50:10, cell=gru,lstm): each replaces its setting wherever the recipe has it,
 * in a section, a sweep or a tuning grid, and selects rows of a zip. */
#include <stdlib.h>
#include <string.h>

#include "experiments/recipe/recipe_internal.h"

/* The overrides as a YAML document with one line per override, so that errors can show them with a caret */

static void *copy_bytes(const char *bytes, size_t count) {
    char *copy = malloc(count + 1);
    if (copy) {
        memcpy(copy, bytes, count);
        copy[count] = '\0';
    }
    return copy;
}

/* The values after the equals sign, cut at commas. */
static bool read_values(yaml_node *node, const char *value) {
    size_t parts = 1;
    for (const char *c = value; *c; c++)
        parts += *c == ',';
    if (parts == 1) {
        node->text = copy_bytes(value, strlen(value));
        return node->text != NULL;
    }
    node->kind = YAML_LIST;
    node->children = calloc(parts, sizeof *node->children);
    for (const char *c = value; node->children && node->count < parts; c += strcspn(c, ",") + 1) {
        yaml_node *item = &node->children[node->count++];
        *item = (yaml_node){.line = node->line, .column = node->column + (size_t)(c - value)};
        item->text = copy_bytes(c, strcspn(c, ","));
        if (!item->text)
            return false;
    }
    return node->children != NULL;
}

/* Converts one override into an entry of a map. Without an equals sign the whole text is the key and the value is an
 * empty map. */
static bool read_override(yaml_node *node, const char *override, size_t line) {
    size_t length = strcspn(override, "=");
    *node = (yaml_node){.line = line, .column = length + 2, .key_line = line, .key_column = 1};
    node->key = copy_bytes(override, length);
    if (!override[length]) {
        node->kind = YAML_MAP;
        node->column = 1;
        return node->key != NULL;
    }
    return read_values(node, override + length + 1) && node->key;
}

static yaml_document *make_document(const char *const *overrides, size_t count) {
    yaml_document *document = calloc(1, sizeof *document);
    if (!document)
        return NULL;
    text lines = {0};
    text_append(&lines, "%s", "");
    for (size_t i = 0; i < count; i++)
        text_append(&lines, "%s\n", overrides[i]);
    document->path = copy_bytes("override", strlen("override"));
    document->text = lines.data;
    document->root = (yaml_node){.kind = YAML_MAP, .line = 1, .column = 1};
    document->root.children = calloc(count, sizeof *document->root.children);
    bool ok = document->path && !lines.failed && document->root.children;
    for (size_t i = 0; ok && i < count; i++) {
        ok = read_override(&document->root.children[i], overrides[i], i + 1);
        document->root.count++;
    }
    if (!ok) {
        yaml_free(document);
        return NULL;
    }
    return document;
}

/* Placing one override in the tree */

typedef struct override {
    recipe_reader *reader;
    recipe_node *node;
    const setting *setting;
    recipe_values values;
    bool matched[RECIPE_MOST_ZIPPED * 4]; /* the values of a zip */
    bool many;
} override;

/* True if the override names this value of a zipped column. */
static bool has_value(override *o, const recipe_node *cell) {
    char value[TRIAL_VALUE], why[512];
    bool chosen = false;
    if (cell->kind != YAML_SCALAR ||
        !setting_check(o->setting, cell->source->text, value, sizeof value, why, sizeof why))
        return false;
    for (size_t i = 0; i < o->values.count; i++) {
        if (strcmp(o->values.items[i].text, value) != 0)
            continue;
        chosen = true;
        if (i < sizeof o->matched / sizeof *o->matched)
            o->matched[i] = true;
    }
    return chosen;
}

/* Keeps the rows of a zip that the override selects. If it selects none, the zip is unchanged and the caller reports
 * it. Returns false when the zip does not contain the setting; *rows gets the number of selected rows. */
static bool choose_rows(override *o, recipe_node *zip, size_t *rows) {
    const recipe_node *column = tree_get(zip, o->node->key);
    if (!column)
        return false;
    size_t count = column->kind == YAML_LIST ? column->count : 0;
    *rows = 0;
    for (size_t row = 0; row < count; row++)
        *rows += has_value(o, &column->children[row]);
    for (size_t row = count; *rows && row-- > 0;) {
        if (has_value(o, &column->children[row]))
            continue;
        for (size_t k = 0; k < zip->count; k++)
            if (row < zip->children[k].count)
                tree_remove_at(&zip->children[k], row);
    }
    return true;
}

/* A zip may be one map or a list of maps. */
static bool choose_rows_of(override *o, recipe_node *zip, size_t *rows) {
    for (size_t i = 0; zip && zip->kind == YAML_LIST && i < zip->count; i++)
        if (choose_rows(o, &zip->children[i], rows))
            return true;
    return zip && choose_rows(o, zip, rows);
}

/* The error for a zip that lacks a value. */
static void report_unmatched(override *o) {
    for (size_t i = 0; i < o->values.count && i < sizeof o->matched / sizeof *o->matched; i++) {
        if (!o->matched[i])
            recipe_error(o->reader, o->values.items[i].at, false,
                         "%s is zipped with other settings in this recipe, and no row of the zip has '%s'",
                         o->node->key, o->values.items[i].text);
    }
}

/* The map under a key of `parent`, created if missing; NULL when the value is not a map. */
static recipe_node *need_map(override *o, recipe_node *parent, const char *key) {
    if (!tree_get(parent, key) && !tree_put(parent, key, tree_empty_map(o->node))) {
        o->reader->out_of_memory = true;
        return NULL;
    }
    recipe_node *map = tree_get(parent, key);
    return map->kind == YAML_MAP ? map : NULL;
}

static void put(override *o, recipe_node *map, const char *key) {
    recipe_node copy;
    if (map && (!tree_from_yaml(&copy, o->node->document, o->node->source) || !tree_put(map, key, copy)))
        o->reader->out_of_memory = true;
}

/* Puts a single value where its setting is written. */
static void put_in_section(override *o) {
    recipe_node *root = &o->reader->r->root;
    const setting *s = o->setting;
    const char *section = !strcmp(s->section, "task") && o->reader->r->kind ? "sizes" : s->section;
    if (setting_stop_key(s)) {
        recipe_node *train = need_map(o, root, "train");
        put(o, train ? need_map(o, train, "stop") : NULL, setting_stop_key(s));
        return;
    }
    put(o, need_map(o, root, !strcmp(section, "measure") ? "measure_options" : section), o->node->key);
}

typedef enum placement {
    PLACE_REPLACE, /* the block varies the setting, or does not name it */
    PLACE_KEEP,    /* it fixes the setting at one of the override's values, or zips some of them */
    PLACE_DROP     /* it fixes the setting at another value, so the block does not apply */
} placement;

/* Seeds are replaced everywhere. */
static placement place_in_block(override *o, recipe_node *block) {
    size_t rows = 0;
    if (choose_rows_of(o, tree_get(block, "zip"), &rows))
        return rows ? PLACE_KEEP : PLACE_DROP;
    const recipe_node *fixed = tree_get(block, o->node->key);
    if (fixed && fixed->kind == YAML_LIST && fixed->count == 1)
        fixed = &fixed->children[0];
    if (!fixed || fixed->kind != YAML_SCALAR || recipe_is_range(o->setting, fixed) ||
        !strcmp(o->setting->section, "run"))
        return PLACE_REPLACE;
    return has_value(o, fixed) ? PLACE_KEEP : PLACE_DROP;
}

static void leave_out(override *o, recipe_node *sweep, size_t i) {
    recipe *r = o->reader->r;
    char name[RECIPE_NAME];
    recipe_name_block(&sweep->children[i], name, sizeof name);
    text_append(&r->left_out, "%s%s (its %s has a different value)", r->left_out.length ? ", " : "", name,
                o->node->key);
    o->reader->out_of_memory |= r->left_out.failed;
    tree_remove_at(sweep, i);
}

static void replace_in_block(override *o, recipe_node *block) {
    tree_remove(block, o->node->key);
    if (o->many)
        put(o, block, o->node->key);
}

static bool is_zipped(const recipe_node *block, const char *key) {
    const recipe_node *zip = tree_get(block, "zip");
    bool zipped = tree_get(zip, key) != NULL;
    for (size_t i = 0; zip && zip->kind == YAML_LIST && i < zip->count; i++)
        zipped |= tree_get(&zip->children[i], key) != NULL;
    return zipped;
}

/* Replaces the setting's values in the blocks of the sweep that vary it. Leaves out blocks that fix it at another value
 * and zips without a matching row. If only zips would remain, replaces fixed values, too. If no block varies the
 * setting, several values become a sweep in the blocks that fix it at one of them. Returns whether the override may
 * have values that no block has. */
static bool place_in_blocks(override *o, recipe_node *sweep) {
    bool list = sweep->kind == YAML_LIST, remain = false, varied = false, open = false;
    size_t count = list ? sweep->count : 1;
    for (size_t i = 0; i < count; i++) {
        recipe_node *block = list ? &sweep->children[i] : sweep;
        if (block->kind != YAML_MAP || is_zipped(block, o->node->key))
            continue;
        remain |= place_in_block(o, block) != PLACE_DROP;
        varied |= place_in_block(o, block) == PLACE_REPLACE;
    }
    for (size_t i = count; i-- > 0;) {
        recipe_node *block = list ? &sweep->children[i] : sweep;
        if (block->kind != YAML_MAP)
            continue;
        bool zipped = is_zipped(block, o->node->key);
        placement p = place_in_block(o, block);
        if (!zipped && ((p == PLACE_DROP && !remain) || (p == PLACE_KEEP && o->many && !varied)))
            p = PLACE_REPLACE;
        if (p == PLACE_REPLACE)
            replace_in_block(o, block);
        else if (p == PLACE_DROP && list)
            leave_out(o, sweep, i);
        open |= !zipped && p != PLACE_DROP;
    }
    return open;
}

static void leave_tuning(override *o) {
    recipe_node *root = &o->reader->r->root, *tune = tree_get(root, "tune");
    if (!tree_get(tune, o->node->key))
        return;
    tree_remove(tune, o->node->key);
    size_t grid = 0;
    for (size_t i = 0; i < tune->count; i++)
        grid += strcmp(tune->children[i].key, "seeds") != 0 && strcmp(tune->children[i].key, "by") != 0 &&
                strcmp(tune->children[i].key, "draw_seed") != 0;
    if (grid == 0)
        tree_remove(root, "tune");
}

static void place(override *o) {
    recipe_node *root = &o->reader->r->root;
    size_t rows = 0;
    leave_tuning(o);
    if (choose_rows_of(o, tree_get(root, "zip"), &rows)) {
        report_unmatched(o);
        return;
    }
    recipe_node *sweep = o->many ? (tree_get(root, "sweep") ? tree_get(root, "sweep") : need_map(o, root, "sweep"))
                                 : tree_get(root, "sweep");
    if (sweep && !place_in_blocks(o, sweep))
        report_unmatched(o);
    else if (!o->many)
        put_in_section(o);
}

static void apply(recipe_reader *reader, recipe_node *node) {
    override o = {.reader = reader, .node = node};
    if (node->kind == YAML_MAP) {
        recipe_error(reader, node, false, "an override is setting=value, such as gap=10..50:10 or cell=gru,lstm");
        return;
    }
    o.setting = recipe_find_setting(reader->r, node->key);
    if (!o.setting) {
        recipe_unknown_setting(reader, node);
        return;
    }
    if (!recipe_values_read(reader, o.setting, node, &o.values))
        return;
    recipe_note_override(reader, node->key, &o.values);
    o.many = node->kind == YAML_LIST || recipe_is_range(o.setting, node) || !strcmp(o.setting->section, "run");
    place(&o);
    recipe_values_free(&o.values);
}

bool recipe_apply_overrides(recipe_reader *reader, const char *const *overrides, size_t count) {
    recipe *r = reader->r;
    if (count == 0)
        return true;
    yaml_document *document = make_document(overrides, count);
    yaml_document **grown = document ? realloc(r->documents, (r->document_count + 1) * sizeof *grown) : NULL;
    if (!grown) {
        yaml_free(document);
        return false;
    }
    r->documents = grown;
    grown[r->document_count++] = document;
    recipe_node lines;
    if (!tree_from_yaml(&lines, document, &document->root))
        return false;
    for (size_t i = 0; i < lines.count; i++)
        apply(reader, &lines.children[i]);
    tree_free(&lines);
    return !reader->out_of_memory;
}
