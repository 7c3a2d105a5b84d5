/* SPDX-License-Identifier: MIT */
/* claims.yaml read and checked, each claim handed to its rule with the results files that feed it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "results/claims/rule.h"

static const verdict_rule *const rules[] = {
#define RULE(name) &rule_##name,
#include "results/claims/rules.def"
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
    static const char *const keys[] = {"id", "statement", "rule", "judge"};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        const yaml_node *node = yaml_get(claim, keys[i]);
        if (!node || node->kind != YAML_SCALAR)
            yaml_error(errors, document, claim, false, "this claim has no %s", keys[i]);
    }
    if (strlen(yaml_text(claim, "id", "")) >= sizeof((verdict *)0)->id)
        yaml_error(errors, document, yaml_get(claim, "id"), false, "an id has at most 7 letters");
    const char *name = yaml_text(claim, "judge", NULL);
    const verdict_rule *rule = name ? find_rule(name) : NULL;
    if (name && !rule) {
        const char *near = nearest_rule(name);
        yaml_error(errors, document, yaml_get(claim, "judge"), false, "no rule is called %s%s%s%s", name,
                   near ? "; did you mean " : "", near ? near : "", near ? "?" : "");
    }
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

/* A results file feeds a claim when its recipe is listed: "music" is fed by the runs music, music-quick and, when they
 * are given, runs with overrides such as music+hidden=20. */
static bool feeds(const yaml_node *claim, const results *r) {
    const yaml_node *recipes = yaml_get(claim, "recipes");
    for (size_t i = 0; recipes && i < recipes->count; i++) {
        const char *name = recipes->children[i].text;
        size_t length = name ? strlen(name) : 0;
        if (length && strncmp(r->name, name, length) == 0 && strchr("-+", r->name[length])) /* or the end */
            return true;
    }
    return false;
}

static bool has_evidence(const results *r) {
    for (size_t row = 0; row < r->runs.rows; row++)
        if (rule_row_counts(r, row))
            return true;
    return false;
}

/* Says which of the evidence is of quick runs or of runs with other settings than their recipe's, if a verdict follows
 * from any. */
static bool mark_provisional(const rule_input *input, rule_output *output) {
    text quick = {0}, changed = {0};
    for (size_t i = 0; i < input->count; i++) {
        const results *r = input->all[i];
        if (has_evidence(r) && strchr(r->name, '+'))
            rule_list(&changed, r->name);
        else if (has_evidence(r) && rule_is_quick(r))
            rule_list(&quick, r->name);
    }
    bool marked = (quick.length || changed.length) && output->evidence.length;
    if (marked)
        text_append(&output->words, "%sprovisional: ", output->words.length ? "; " : "");
    if (marked && quick.length)
        text_append(&output->words, "%s %s quick", quick.data, strchr(quick.data, ',') ? "are" : "is");
    if (marked && changed.length)
        text_append(&output->words, "%s%s: not the recipe's settings", quick.length ? "; " : "", changed.data);
    output->words.failed |= quick.failed || changed.failed;
    text_free(&quick);
    text_free(&changed);
    return marked;
}

/* The matchings that the rows say they were made under, where the rule itself did not tell. */
static void list_matchings(const rule_input *input, text *matching) {
    for (size_t i = 0; i < input->count; i++)
        for (size_t row = 0; row < input->all[i]->runs.rows; row++) {
            if (!rule_row_counts(input->all[i], row))
                continue;
            /* "width+parameters": a trial may stand under several */
            const char *name = table_text(&input->all[i]->runs, row, "matching");
            for (size_t length; *name; name += length, name += *name == '+') {
                char one[32];
                length = strcspn(name, "+");
                snprintf(one, sizeof one, "%.*s", (int)length, name);
                rule_list(matching, one);
            }
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

static gb_status judge_claim(gb_context *context, const yaml_node *claim, results *const *all, size_t count,
                             verdict *v) {
    results **fed = calloc(count ? count : 1, sizeof *fed);
    if (!fed)
        return gb_fail(context, GB_MEMORY, "no memory to judge claim %s", yaml_text(claim, "id", ""));
    rule_input input = {claim, fed, 0};
    for (size_t i = 0; i < count; i++)
        if (feeds(claim, all[i]))
            fed[input.count++] = all[i];
    rule_output output = {0};
    find_rule(yaml_text(claim, "judge", ""))->judge(&input, &output);
    if (output.evidence.length && !output.matching.length)
        list_matchings(&input, &output.matching);
    v->provisional = mark_provisional(&input, &output);
    snprintf(v->id, sizeof v->id, "%s", yaml_text(claim, "id", ""));
    memcpy(v->outcome, output.outcome, sizeof v->outcome);
    v->statement = strdup(yaml_text(claim, "statement", ""));
    v->rule = strdup(yaml_text(claim, "rule", ""));
    v->words = take_text(&output.words);
    v->evidence = take_text(&output.evidence);
    v->matching = take_text(&output.matching);
    v->recipes = list_recipes(claim);
    free(fed);
    if (!v->statement || !v->rule || !v->recipes || !v->words || !v->evidence || !v->matching)
        return gb_fail(context, GB_MEMORY, "no memory to judge claim %s", v->id);
    return GB_OK;
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
    yaml_document *document = NULL;
    yaml_errors errors = {0};
    const yaml_node *claims = NULL;
    gb_status status = yaml_read(context, claims_path, &document, &errors);
    if (status == GB_OK)
        status = check_claims(document, &errors, &claims);
    if (status == GB_INVALID && errors.text)
        status = gb_fail(context, GB_INVALID, "%s", errors.text);
    if (status == GB_OK && !(list->items = calloc(claims->count ? claims->count : 1, sizeof *list->items)))
        status = gb_fail(context, GB_MEMORY, "%s: no memory to judge its claims", claims_path);
    for (size_t i = 0; status == GB_OK && i < claims->count; i++) {
        list->count++;
        status = judge_claim(context, &claims->children[i], all, count, &list->items[i]);
    }
    if (status != GB_OK)
        verdicts_free(list);
    yaml_errors_free(&errors);
    yaml_free(document);
    return status;
}

void verdicts_free(verdict_list *list) {
    for (size_t i = 0; i < list->count; i++) {
        verdict *v = &list->items[i];
        free(v->statement);
        free(v->rule);
        free(v->words);
        free(v->evidence);
        free(v->matching);
        free(v->recipes);
    }
    free(list->items);
    *list = (verdict_list){0};
}
