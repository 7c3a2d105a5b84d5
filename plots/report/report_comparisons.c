/* SPDX-License-Identifier: MIT */
/* The comparisons that a recipe declared, and their outcomes. */
#include <math.h>

#include "plots/report/report.h"
#include "results/analysis/compare_run.h"
#include "support/name_list.h"

static void append_row(text *page, const compare_answer *answer, const compare_result *r) {
    char words[320];
    const interval *d = &r->difference.difference;
    compare_words(&answer->found, r, words, sizeof words);
    text_append(page, "<tr><th scope=\"row\">");
    names_append_html(page, r->a);
    text_append(page, " and ");
    names_append_html(page, r->b);
    text_append(page, "%s", *r->group ? "<br/><small>" : "");
    names_append_html(page, r->group);
    text_append(page, "%s</th><td class=\"number\">%.4g and %.4g</td>", *r->group ? "</small>" : "", r->mean_a,
                r->mean_b);
    if (isfinite(d->low) && isfinite(d->high))
        text_append(page, "<td class=\"number\">%.3g [%.3g, %.3g]</td><td>", d->estimate, d->low, d->high);
    else
        text_append(page, "<td class=\"number\">-</td><td>");
    names_append_html(page, words);
    text_append(page, "</td></tr>\n");
}

static void append_answer(text *page, const compare_answer *answer) {
    text_append(page, "<h3>Compared by ");
    names_append_html(page, answer->question.metric);
    if (!isnan(answer->question.margin))
        text_append(page, ", equivalent within %g", answer->question.margin);
    text_append(page, " (");
    names_append_html(page, answer->margin_from);
    text_append(page, ")</h3>\n<div class=\"wide\"><table><thead><tr><th scope=\"col\">Cells</th>"
                      "<th scope=\"col\" class=\"number\">Means</th><th scope=\"col\" class=\"number\">Difference</th>"
                      "<th scope=\"col\">Outcome</th></tr></thead><tbody>\n");
    for (size_t i = 0; i < answer->found.count; i++)
        if (answer->found.items[i].group)
            append_row(page, answer, &answer->found.items[i]);
    text_append(page, "</tbody></table></div>\n");
}

gb_status report_html_comparisons(gb_context *context, results *r, text *page) {
    const compare_request declared = {.asked = {.margin = NAN, .solved = NAN, .higher_is_better = -1}};
    compare_run run;

    gb_status status = compare_results(context, &declared, r, &run);
    bool any = !status && run.declared.count && run.count;
    text_append(page, any ? "<details><summary>Declared comparisons</summary>\n" : "");
    for (size_t i = 0; any && i < run.count; i++)
        append_answer(page, &run.answers[i]);
    text_append(page, any ? "</details>\n" : "");
    compare_close(&run);
    return status == GB_INVALID ? GB_OK : status; /* nothing has finished yet, or there are no pairs */
}
