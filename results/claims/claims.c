/* SPDX-License-Identifier: MIT */
/* Reads and checks claims.yaml, and passes each claim to its rule with the results files of its recipes. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "results/analysis/declarations.h"
#include "results/claims/anchors.h"
#include "results/claims/rule.h"

static const verdict_rule *const rules[] = {
#define RULE(name) &rule_##name,
#include "results/claims/rules.def"
#include "support/cleanup.h"
#undef RULE
};
enum { RULES = sizeof rules / sizeof *rules };

static const verdict_rule *find_rule(const char *name) {
    for (size_t i = 0; i < RULES; i++)
        if (strcmp(rules[i]->name, name) == 0)
            return rules[i];
    return NULL;
}

static const char *nearest_rule(const char *name) {
    const char *names[RULES];
    for (size_t i = 0; i < RULES; i++)
        names[i] = rules[i]->name;
    return text_nearest(name, names, RULES);
}

static void check_claim(const yaml_document *document, const yaml_node *claim, yaml_errors *errors) {
    static const char *const keys[] = {"id", "title", "statement", "rule", "judge"}, *const cells[] = {"a", "b"};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        const yaml_node *node = yaml_get(claim, keys[i]);
        if (!node || node->kind != YAML_SCALAR)
            yaml_error(errors, document, claim, false, "this claim has no %s", keys[i]);
    }
    if (strlen(yaml_text(claim, "id", "")) >= sizeof((verdict *)0)->id)
        yaml_error(errors, document, yaml_get(claim, "id"), false, "an id has at most 7 letters");
    if (strlen(yaml_text(claim, "title", "")) > 70)
        yaml_error(errors, document, yaml_get(claim, "title"), false, "a title has at most 70 letters");
    const char *name = yaml_text(claim, "judge", NULL);
    const verdict_rule *rule = name ? find_rule(name) : NULL;
    if (name && !rule) {
        const char *near = nearest_rule(name);
        yaml_error(errors, document, yaml_get(claim, "judge"), false, "no rule is called %s%s%s%s", name,
                   near ? "; did you mean " : "", near ? near : "", near ? "?" : "");
    }
    for (size_t i = 0; rule && i < rule->cells; i++)
        if (!yaml_text(claim, cells[i], NULL))
            yaml_error(errors, document, yaml_get(claim, "judge"), false,
                       "the rule %s needs the name of a cell under %s", name, cells[i]);
    if (rule && rule->cells == 2 && strcmp(yaml_text(claim, "a", ""), yaml_text(claim, "b", "b")) == 0)
        yaml_error(errors, document, yaml_get(claim, "b"), false, "a and b are the same cell");
    for (size_t i = 0; rule && rule->thresholds[i]; i++) {
        double value;
        const char *given = yaml_text(yaml_get(claim, "thresholds"), rule->thresholds[i], NULL);
        if (!given || !text_is_number(given, &value))
            yaml_error(errors, document, yaml_get(claim, "judge"), false,
                       "the rule %s needs the number %s under "
                       "thresholds",
                       name, rule->thresholds[i]);
    }
}

static bool has_evidence(const rule_run *run) {
    for (size_t row = 0; row < run->trials.runs.rows; row++)
        if (evidence_fate(&run->trials, row) != TRIAL_MISSING)
            return true;
    return false;
}

/* Lists the quick runs, and the runs with other settings than their recipe's, among the evidence of a verdict. */
static void list_provisional(const rule_input *input, rule_output *output, text *provisional) {
    CLEANUP(text_free) text quick = {0}, changed = {0};
    for (size_t i = 0; i < input->count && output->evidence.length; i++) {
        const char *name = input->runs[i]->file->name;
        if (has_evidence(input->runs[i]) && strchr(name, '+'))
            rule_list(&changed, name);
        else if (has_evidence(input->runs[i]) && input->runs[i]->quick)
            rule_list(&quick, name);
    }
    if (quick.length)
        text_append(provisional, "quick run%s: %s", strchr(quick.data, ',') ? "s" : "", quick.data);
    if (changed.length)
        text_append(provisional, "%snot the recipe's settings: %s", quick.length ? "; " : "", changed.data);
    if (provisional->length)
        text_append(&output->words, "%sprovisional (%s)", output->words.length ? "; " : "", provisional->data);
    provisional->failed |= quick.failed || changed.failed;
}

/* "run adding: thresholds.tasks changed from 8 to 2". */
static gb_status list_changes(gb_context *context, const rule_input *input, text *changes) {
    for (size_t i = 0; i < input->count; i++) {
        char source[512];
        CLEANUP(text_free) text lines = {0};
        const results *file = input->runs[i]->file;
        bool counts = has_evidence(input->runs[i]);
        gb_status status = counts ? declared_claim_changes(context, file, input->claim, &lines) : GB_OK;
        if (!status && counts)
            status = declared_changes(context, file, &lines);
        GB_TRY(status);
        int length;
        for (const char *at = lines.data, *line; (line = text_line(&at, &length));)
            text_append(changes, "%s: %.*s\n", rule_source(file, source, sizeof source), length, line);
        changes->failed |= lines.failed;
    }
    return GB_OK;
}

/* Lists the matchings of the trials, unless the rule has done so. */
static void list_matchings(const rule_input *input, text *matching) {
    for (size_t i = 0; i < input->count; i++)
        for (size_t row = 0; row < input->runs[i]->matched.runs.rows; row++) {
            const char *name = table_text(&input->runs[i]->matched.runs, row, "matching");
            if (*name && evidence_fate(&input->runs[i]->matched, row) != TRIAL_MISSING)
                rule_list(matching, name);
        }
}

static char *take_text(text *t) {
    char *taken = t->failed ? NULL : strdup(t->data ? t->data : "");
    text_free(t);
    return taken;
}

static char *list_recipes(const yaml_node *claim) {
    const yaml_node *recipes = yaml_get(claim, "recipes");
    text list = {0};
    for (size_t i = 0; recipes && i < recipes->count; i++)
        text_append(&list, "%s%s", i ? " " : "", recipes->children[i].text ? recipes->children[i].text : "");
    return take_text(&list);
}

static gb_status judge_claim(gb_context *context, const yaml_node *claim, const rule_run *runs, size_t count,
                             const text *stopped, verdict *v) {
    CLEANUP(free_at) const rule_run **fed = calloc(count + 1, sizeof *fed);
    if (!fed)
        return gb_fail(context, GB_MEMORY, "out of memory while judging claim %s", yaml_text(claim, "id", ""));
    rule_input input = {claim, yaml_text(claim, "a", ""), yaml_text(claim, "b", ""), fed, 0};
    for (size_t i = 0; i < count; i++)
        if (declared_claim_is_fed(claim, runs[i].file))
            fed[input.count++] = &runs[i];
    rule_output output = {0};
    text provisional = {0}, changes = {0};
    find_rule(yaml_text(claim, "judge", ""))->judge(&input, &output);
    if (output.evidence.length && !output.matching.length)
        list_matchings(&input, &output.matching);
    if (stopped->length && input.count)
        text_append(&output.words,
                    "%swithout the trials of %s, of which an exactly known number (anchor) was not reproduced",
                    output.words.length ? "; " : "", stopped->data);
    list_provisional(&input, &output, &provisional);
    gb_status status = list_changes(context, &input, &changes);
    snprintf(v->id, sizeof v->id, "%s", yaml_text(claim, "id", ""));
    memcpy(v->outcome, output.outcome, sizeof v->outcome);
    v->provisional = provisional.length;
    v->title = strdup(yaml_text(claim, "title", ""));
    v->statement = strdup(yaml_text(claim, "statement", ""));
    v->rule = strdup(yaml_text(claim, "rule", ""));
    v->brief = take_text(&output.brief);
    v->words = take_text(&output.words);
    v->evidence = take_text(&output.evidence);
    v->matching = take_text(&output.matching);
    v->basis = take_text(&provisional);
    v->changes = take_text(&changes);
    v->recipes = list_recipes(claim);
    v->findings = output.findings;
    if (!v->title || !v->statement || !v->rule || !v->recipes || !v->brief || !v->words || !v->evidence ||
        !v->matching || !v->basis || !v->changes || v->findings.failed)
        return gb_fail(context, GB_MEMORY, "out of memory while judging claim %s", v->id);
    return status;
}

static gb_status check_claims(const yaml_document *document, yaml_errors *errors, const yaml_node **claims) {
    *claims = yaml_get(&document->root, "claims");
    if (!*claims || (*claims)->kind != YAML_LIST)
        yaml_error(errors, document, &document->root, false, "there is no list `claims:`");
    for (size_t i = 0; *claims && (*claims)->kind == YAML_LIST && i < (*claims)->count; i++)
        check_claim(document, &(*claims)->children[i], errors);
    return errors->count ? GB_INVALID : GB_OK;
}

gb_status verdicts_judge(gb_context *context, const char *claims_path, results *const *all, size_t count,
                         verdict_list *list) {
    *list = (verdict_list){0};
    CLEANUP(yaml_free_at) yaml_document *document = NULL;
    CLEANUP(yaml_errors_free) yaml_errors errors = {0};
    const yaml_node *claims = NULL;
    rule_run *runs = NULL;
    gb_status status = yaml_read(context, claims_path, &document, &errors);
    if (status == GB_OK)
        status = check_claims(document, &errors, &claims);
    if (status == GB_INVALID && errors.text)
        status = gb_fail(context, GB_INVALID, "%s", errors.text);
    if (status == GB_OK && !(list->items = calloc(claims->count ? claims->count : 1, sizeof *list->items)))
        status = gb_fail(context, GB_MEMORY, "%s: out of memory while judging its claims", claims_path);
    CLEANUP(text_free) text stopped = {0};
    if (status == GB_OK)
        status = rule_runs_open(context, all, count, &runs);
    if (status == GB_OK)
        status = anchors_apply(context, all, runs, count, &stopped);
    for (size_t i = 0; status == GB_OK && i < claims->count; i++) {
        list->count++;
        status = judge_claim(context, &claims->children[i], runs, count, &stopped, &list->items[i]);
    }
    rule_runs_close(runs, runs ? count : 0);
    if (status != GB_OK)
        verdicts_free(list);
    return status;
}

void verdicts_free(verdict_list *list) {
    for (size_t i = 0; i < list->count; i++) {
        verdict *v = &list->items[i];
        char *texts[] = {v->title,    v->statement, v->rule,    v->brief, v->words,
                         v->evidence, v->matching,  v->recipes, v->basis, v->changes};
        for (size_t t = 0; t < sizeof texts / sizeof *texts; t++)
            free(texts[t]);
        findings_free(&v->findings);
    }
    free(list->items);
    *list = (verdict_list){0};
}
