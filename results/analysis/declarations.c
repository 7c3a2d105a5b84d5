/* SPDX-License-Identifier: MIT */
/* The declarations of a recipe, from its resolved text in the results file. */
#include "results/analysis/declarations.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "results/store/metrics.h"
#include "results/store/run_provenance.h"
#include "support/cleanup.h"
#include "support/text.h"
#include "support/yaml.h"

/* The declarations before the first trial, from declared.yaml. */
static gb_status read_record(gb_context *context, const results *r, yaml_document **record) {
    return provenance_parse(context, r, "what was declared beforehand", provenance_text(r, "declared"), record);
}

gb_status declared_beforehand(gb_context *context, const results *r, const char *which, yaml_document **document) {
    CLEANUP(yaml_free_at) yaml_document *record = NULL;
    *document = NULL;
    GB_TRY(read_record(context, r, &record));
    gb_status status =
        record ? provenance_parse(context, r, which, yaml_text(&record->root, which, ""), document) : GB_OK;
    return status;
}

/* The differences of one entry in two texts; each line ends with the time of the change. */
static gb_status compare_entry(gb_context *context, const results *r, const char *was, const char *is, const char *key,
                               const char *path, const char *when, text *lines) {
    CLEANUP(yaml_free_at) yaml_document *before = NULL, *now = NULL;
    GB_TRY(provenance_parse(context, r, "what was declared beforehand", was, &before));
    GB_TRY(provenance_parse(context, r, "what is declared now", is, &now));
    CLEANUP(text_free) text changes = {0};
    yaml_differences(before ? yaml_get(&before->root, key) : NULL, now ? yaml_get(&now->root, key) : NULL, path,
                     &changes);
    int length;
    for (const char *at = changes.data, *line; (line = text_line(&at, &length));)
        text_append(lines, "%.*s %s\n", length, line, when);
    lines->failed |= changes.failed;
    return GB_OK;
}

/* The recipe at each recorded change, then the present one. */
static gb_status compare_recipes(gb_context *context, const results *r, const yaml_node *record, text *lines) {
    const char *was = yaml_text(record, "recipe", "");
    const yaml_node *changes = yaml_get(record, "changes");
    for (size_t i = 0; changes && i < changes->count; i++) {
        char when[64];
        const char *is = yaml_text(&changes->children[i], "recipe", was);
        snprintf(when, sizeof when, "after %.0f trials", yaml_number(&changes->children[i], "finished_before", NAN));
        GB_TRY(compare_entry(context, r, was, is, "compare", "compare", when, lines));
        was = is;
    }
    return compare_entry(context, r, was, provenance_text(r, "resolved"), "compare", "compare", "after the first trial",
                         lines);
}

gb_status declared_changes(gb_context *context, const results *r, text *lines) {
    CLEANUP(yaml_free_at) yaml_document *record = NULL;
    GB_TRY(read_record(context, r, &record));
    if (!record)
        return GB_OK;
    double late = yaml_number(&record->root, "finished_before", 0);
    if (late > 0)
        text_append(lines, "nothing was recorded before the first trial, but after %.0f trials\n", late);
    gb_status status = compare_recipes(context, r, &record->root, lines);
    if (!status)
        status = compare_entry(context, r, yaml_text(&record->root, "looks", ""), provenance_text(r, "looks"),
                               "declared", "looks", "after the first trial", lines);
    return !status && lines->failed ? gb_fail(context, GB_MEMORY, "out of memory for what was declared") : status;
}

static bool take(const yaml_node *node, declared_comparison *c) {
    *c = (declared_comparison){.margin = yaml_number(node, "margin", NAN), .solved = yaml_number(node, "solved", NAN)};
    return text_copy(c->a, sizeof c->a, yaml_text(node, "a", "")) &&
           text_copy(c->b, sizeof c->b, yaml_text(node, "b", "")) &&
           text_copy(c->metric, sizeof c->metric, yaml_text(node, "metric", ""));
}

/* The comparisons of a recipe; none if it is NULL. */
static gb_status take_all(gb_context *context, const yaml_document *recipe, declared_list *list) {
    const yaml_node *declared = recipe ? yaml_get(&recipe->root, "compare") : NULL;
    *list = (declared_list){0};
    if (declared && declared->count && !(list->items = calloc(declared->count, sizeof *list->items)))
        return gb_fail(context, GB_MEMORY, "out of memory for the comparisons of a recipe");
    for (size_t i = 0; declared && i < declared->count; i++)
        list->count +=
            declared->children[i].kind == YAML_MAP && take(&declared->children[i], &list->items[list->count]);
    return GB_OK;
}

gb_status declared_in_recipe(gb_context *context, const char *name, const char *resolved, declared_list *list) {
    CLEANUP(yaml_free_at) yaml_document *document = NULL;
    CLEANUP(yaml_errors_free) yaml_errors errors = {0};
    *list = (declared_list){0};
    gb_status status = *resolved ? yaml_read_text(context, name, resolved, &document, &errors) : GB_OK;
    if (status == GB_INVALID)
        status = gb_fail(context, GB_INVALID, "%s: %s", name, errors.text ? errors.text : "its recipe cannot be read");
    if (!status)
        status = take_all(context, document, list);
    return status;
}

/* Adds comparisons that were not declared beforehand. */
static gb_status add_later(gb_context *context, const declared_list *now, declared_list *list) {
    declared_comparison *grown = realloc(list->items, (list->count + now->count + 1) * sizeof *grown);
    GB_NEED(context, grown, "for the comparisons of a recipe");
    list->items = grown;
    size_t before = list->count;
    for (size_t i = 0; i < now->count; i++) {
        const declared_comparison *c = &now->items[i];
        bool known = false;
        for (size_t k = 0; k < before; k++)
            known |= !strcmp(grown[k].a, c->a) && !strcmp(grown[k].b, c->b) && !strcmp(grown[k].metric, c->metric);
        if (known)
            continue;
        grown[list->count] = *c;
        grown[list->count++].later = true;
    }
    return GB_OK;
}

gb_status declared_comparisons(gb_context *context, const results *r, declared_list *list) {
    CLEANUP(yaml_free_at) yaml_document *before = NULL, *now = NULL;
    CLEANUP(declared_free) declared_list later = {0};
    *list = (declared_list){0};
    GB_TRY(declared_beforehand(context, r, "recipe", &before));
    GB_TRY(provenance_parse(context, r, "its recipe", provenance_text(r, "resolved"), &now));
    GB_TRY(take_all(context, before ? before : now, list));
    if (before)
        GB_TRY(take_all(context, now, &later));
    if (before)
        GB_TRY(add_later(context, &later, list));
    return GB_OK;
}

void declared_free(declared_list *list) {
    free(list->items);
    *list = (declared_list){0};
}

/* The `reach` on which all trials that have one agree; NaN: none. */
static double stop_rule(const table *runs) {
    double reach = NAN;
    for (size_t row = 0; row < runs->rows; row++) {
        double each = table_number(runs, row, "reach");
        if (!(each > 0))
            continue;
        if (!isnan(reach) && each != reach)
            return NAN;
        reach = each;
    }
    return reach;
}

gb_status declared_solving_of(gb_context *context, const results *r, declared_solving *solving) {
    CLEANUP(declared_free) declared_list list = {0};
    const metric_type *metric = metric_validated(&r->runs);
    *solving = (declared_solving){.threshold = NAN, .from = "as the recipe declares"};
    if (!metric || !text_copy(solving->metric, sizeof solving->metric, metric->name))
        return gb_fail(context, GB_INVALID,
                       "%s: its trials were not validated by a metric, so the time of solving is unknown", r->name);
    solving->higher_is_better = metric->higher_is_better;
    GB_TRY(declared_comparisons(context, r, &list));
    for (size_t i = 0; i < list.count && isnan(solving->threshold); i++)
        if (strcmp(list.items[i].metric, metric->name) == 0)
            solving->threshold = list.items[i].solved;
    if (isnan(solving->threshold)) {
        solving->from = "the threshold of the recipe's stop rule";
        solving->threshold = stop_rule(&r->runs);
    }
    if (isnan(solving->threshold)) {
        solving->from = "the metric's default";
        solving->threshold = metric->solved;
    }
    if (isnan(solving->threshold))
        return gb_fail(context, GB_INVALID,
                       "%s: it has no threshold for a solved task; declare one in its recipe, by `compare: [{a: gru, "
                       "b: lstm, metric: %s, solved: X}]` or a stop rule",
                       r->name, metric->name);
    return GB_OK;
}
