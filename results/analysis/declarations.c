/* SPDX-License-Identifier: MIT */
/* The declarations of a recipe, from the resolved text of it that every results file carries. */
#include "results/analysis/declarations.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "results/store/metrics.h"
#include "support/text.h"
#include "support/yaml.h"

static bool take(const yaml_node *node, declared_comparison *c) {
    *c = (declared_comparison){.margin = yaml_number(node, "margin", NAN), .solved = yaml_number(node, "solved", NAN)};
    return text_copy(c->a, sizeof c->a, yaml_text(node, "a", "")) &&
           text_copy(c->b, sizeof c->b, yaml_text(node, "b", "")) &&
           text_copy(c->metric, sizeof c->metric, yaml_text(node, "metric", ""));
}

gb_status declared_in_recipe(gb_context *context, const char *name, const char *resolved, declared_list *list) {
    yaml_document *document = NULL;
    yaml_errors errors = {0};
    *list = (declared_list){0};
    gb_status status = *resolved ? yaml_read_text(context, name, resolved, &document, &errors) : GB_OK;
    if (status == GB_INVALID)
        status = gb_fail(context, GB_INVALID, "%s: %s", name, errors.text ? errors.text : "its recipe cannot be read");
    const yaml_node *declared = document ? yaml_get(&document->root, "compare") : NULL;
    if (!status && declared && declared->count && !(list->items = calloc(declared->count, sizeof *list->items)))
        status = gb_fail(context, GB_MEMORY, "%s: out of memory for its comparisons", name);
    for (size_t i = 0; !status && declared && i < declared->count; i++)
        list->count +=
            declared->children[i].kind == YAML_MAP && take(&declared->children[i], &list->items[list->count]);
    yaml_free(document);
    yaml_errors_free(&errors);
    return status;
}

gb_status declared_comparisons(gb_context *context, const results *r, declared_list *list) {
    const char *resolved = "";
    for (size_t row = 0; row < r->provenance.rows; row++)
        if (strcmp(table_text(&r->provenance, row, "name"), "resolved") == 0)
            resolved = table_text(&r->provenance, row, "value");
    return declared_in_recipe(context, r->name ? r->name : "results", resolved, list);
}

void declared_free(declared_list *list) {
    free(list->items);
    *list = (declared_list){0};
}

/* The `reach` that all trials which have one agree on; NaN: none. */
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
    declared_list list;
    const metric_type *metric = metric_validated(&r->runs);
    *solving = (declared_solving){.threshold = NAN, .from = "as the recipe declares"};
    if (!metric || !text_copy(solving->metric, sizeof solving->metric, metric->name))
        return gb_fail(context, GB_INVALID,
                       "%s: its trials were not validated by a metric, so nothing says when they solved their task",
                       r->name);
    solving->higher_is_better = metric->higher_is_better;
    gb_status status = declared_comparisons(context, r, &list);
    for (size_t i = 0; !status && i < list.count && isnan(solving->threshold); i++)
        if (strcmp(list.items[i].metric, metric->name) == 0)
            solving->threshold = list.items[i].solved;
    declared_free(&list);
    if (!status && isnan(solving->threshold)) {
        solving->from = "where the recipe's stop rule counts";
        solving->threshold = stop_rule(&r->runs);
    }
    if (!status && isnan(solving->threshold)) {
        solving->from = "as usual for it";
        solving->threshold = metric->solved;
    }
    if (!status && isnan(solving->threshold))
        status = gb_fail(context, GB_INVALID,
                         "%s: nothing says when its task is solved; `compare: [{a: gru, b: lstm, metric: %s, solved: "
                         "X}]` in a recipe does, or a stop rule",
                         r->name, metric->name);
    return status;
}

bool declared_solved(const declared_solving *solving, double metric) {
    return metric_reaches(metric, solving->threshold, solving->higher_is_better);
}
