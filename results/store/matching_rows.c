/* SPDX-License-Identifier: MIT */
/* Matchings in a table of trials: splits lists in cells into rows, and describes matched amounts in words. */
#include "results/store/matching_rows.h"
#include "support/cleanup.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_SIZES = 8 }; /* more sizes under a matching are not listed one by one */

static size_t list_length(const char *list) {
    size_t count = *list != '\0';
    for (; *list; list++)
        count += *list == '+';
    return count;
}

/* The i-th item of a list "a+b"; *length 0 beyond its end. */
static const char *item_of(const char *list, size_t i, size_t *length) {
    for (; i > 0 && *list; i--)
        list += strcspn(list, "+") + (list[strcspn(list, "+")] == '+');
    *length = strcspn(list, "+");
    return list;
}

/* Replaces a list "a+b" by its i-th item; an empty list may be shared and is not changed. */
static void keep_item(char *list, size_t i) {
    size_t length;
    const char *item = item_of(list, i, &length);
    if (*list) {
        memmove(list, item, length);
        list[length] = '\0';
    }
}

/* Reads "4477/4480" as two numbers; false if it has another form. */
static bool read_matched(const char *matched, double *achieved, double *target) {
    char *slash, *end;
    *achieved = strtod(matched, &slash);
    if (slash == matched || *slash != '/')
        return false;
    *target = strtod(slash + 1, &end);
    return end != slash + 1 && *end == '\0';
}

/* Each copy of a row gets its own item. */
static gb_status keep_items(gb_context *context, table *runs) {
    GB_NEED(context,
            table_add_column(runs, "matched_to", COLUMN_NUMBER) && table_add_column(runs, "match_ratio", COLUMN_NUMBER),
            "while splitting trials by matching");
    const table_column *run = table_find(runs, "run"), *matching = table_find(runs, "matching");
    const table_column *matched = table_find(runs, "matched"), *target = table_find(runs, "matched_to");
    const table_column *ratio = table_find(runs, "match_ratio");
    for (size_t row = 0, item = 0; row < runs->rows; row++) {
        double achieved, wanted;
        item = row && run && run->numbers[row] == run->numbers[row - 1] ? item + 1 : 0;
        keep_item(matching->texts[row], item);
        keep_item(matched->texts[row], item);
        if (!read_matched(matched->texts[row], &achieved, &wanted))
            continue;
        ratio->numbers[row] = achieved / wanted;
        if (strcmp(matching->texts[row], "width") != 0)
            target->numbers[row] = wanted;
    }
    return GB_OK;
}

gb_status matchings_split(gb_context *context, table *runs) {
    const table_column *matching = table_find(runs, "matching"), *matched = table_find(runs, "matched");
    if (!matching || !matched || !table_find(runs, "run") || matching->type != COLUMN_TEXT ||
        matched->type != COLUMN_TEXT || table_find(runs, "matched_to"))
        return GB_OK;
    CLEANUP(free_at) size_t *copies = calloc(runs->rows + 1, sizeof *copies);
    GB_NEED(context, copies, "while splitting trials by matching");
    bool other = false;
    for (size_t row = 0; row < runs->rows; row++) {
        copies[row] = list_length(matching->texts[row]);
        copies[row] = copies[row] ? copies[row] : 1;
        other = other || (*matching->texts[row] && strcmp(matching->texts[row], "width") != 0);
    }
    gb_status status = GB_OK;
    if (other && !table_repeat_rows(runs, copies))
        status = gb_fail(context, GB_MEMORY, "out of memory while splitting trials by matching");
    if (other && !status)
        status = keep_items(context, runs);
    return status;
}

/* The target of the i-th matching of a row if that is `name`, else NaN. */
static double target_of(const table *runs, size_t row, size_t i, const char *name) {
    size_t length, pair;
    const char *item = item_of(table_text(runs, row, "matching"), i, &length);
    const char *matched = item_of(table_text(runs, row, "matched"), i, &pair);
    const char *slash = memchr(matched, '/', pair);
    bool same = length == strlen(name) && strncmp(item, name, length) == 0;
    return same && slash ? strtod(slash + 1, NULL) : NAN;
}

bool matchings_share(const table *runs, size_t a, size_t b, const char *name) {
    size_t of_a = list_length(table_text(runs, a, "matching")), of_b = list_length(table_text(runs, b, "matching"));
    for (size_t i = 0; i < of_a; i++)
        for (size_t k = 0; k < of_b; k++)
            if (target_of(runs, a, i, name) == target_of(runs, b, k, name))
                return true;
    return false;
}

bool matchings_is_column(const char *name) {
    return strcmp(name, "matching") == 0 || strcmp(name, "matched_to") == 0;
}

size_t *matchings_order(const table *runs) {
    size_t *order = calloc(runs->rows + 1, sizeof *order), count = 0;
    CLEANUP(free_at) bool *taken = calloc(runs->rows + 1, sizeof *taken);
    for (size_t first = 0; order && taken && first < runs->rows; first++) {
        for (size_t row = first; !taken[first] && row < runs->rows; row++) {
            bool same = strcmp(table_text(runs, row, "matching"), table_text(runs, first, "matching")) == 0;
            if (same)
                order[count++] = row;
            taken[row] = taken[row] || (same && row != first);
        }
    }
    if (!taken) {
        free(order);
        order = NULL;
    }
    return order;
}

double matchings_ratio(const char *matched) {
    double farthest = NAN;
    for (const char *m = matched; *m;) {
        char *slash = NULL, *end = NULL;
        double achieved = strtod(m, &slash), target = *slash == '/' ? strtod(slash + 1, &end) : NAN;
        double ratio = achieved / target;
        if (isnan(farthest) || fabs(ratio - 1) > fabs(farthest - 1))
            farthest = ratio;
        m += strcspn(m, "+");
        m += *m == '+';
    }
    return farthest;
}

/* Words */

/* 4477 as 4,477; a fraction with three digits. */
static void append_amount(text *words, double value) {
    char digits[40];
    int length = snprintf(digits, sizeof digits, value == floor(value) ? "%.0f" : "%.3g", value);
    for (int i = 0; i < length; i++) {
        bool group = value == floor(value) && i && (length - i) % 3 == 0;
        text_append(words, "%s%c", group ? "," : "", digits[i]);
    }
}

void matchings_row_words(const table *runs, size_t row, text *words) {
    const char *matching = table_text(runs, row, "matching");
    const double hidden = table_number(runs, row, "hidden");
    double achieved, target;
    text_append(words, "%s %.0f unit%s", table_text(runs, row, "cell"), hidden, hidden == 1 ? "" : "s");
    if (!strcmp(matching, "width") || !read_matched(table_text(runs, row, "matched"), &achieved, &target))
        return;
    text_append(words, ", ");
    append_amount(words, achieved);
    text_append(words, strcmp(matching, "state") == 0 ? " bytes of state" : " parameters");
    if (achieved != target)
        text_append(words, " (%+.1f %%)", 100 * (achieved / target - 1));
}

/* True if a list "a; b" contains this item. */
static bool holds(const text *list, const char *item) {
    size_t length = strlen(item);
    for (const char *at = list->data; at && *at; at += strspn(at, "; ")) {
        size_t own = strcspn(at, ";");
        if (own == length && strncmp(at, item, length) == 0)
            return true;
        at += own;
    }
    return false;
}

/* The sizes of the cells under one matching. */
typedef struct sizes {
    text list; /* each once: "lstm 32 units, 4,480 parameters; rnn 65 units, 4,420 parameters (-1.3 %)" */
    size_t count;
    double farthest; /* largest deviation from a target, as a share of it */
} sizes;

static void collect_sizes(const table *runs, const char *matching, sizes *s) {
    for (size_t row = 0; row < runs->rows; row++) {
        if (strcmp(table_text(runs, row, "matching"), matching) != 0)
            continue;
        CLEANUP(text_free) text one = {0};
        double achieved, target;
        matchings_row_words(runs, row, &one);
        if (!one.data || holds(&s->list, one.data))
            continue;
        text_append(&s->list, "%s%s", s->count++ ? "; " : "", one.data);
        if (read_matched(table_text(runs, row, "matched"), &achieved, &target))
            s->farthest = fmax(s->farthest, fabs(achieved / target - 1));
    }
}

void matchings_words(const table *runs, text *lines) {
    CLEANUP(text_free) text names = {0};
    for (size_t first = 0; first < runs->rows; first++) {
        const char *name = table_text(runs, first, "matching");
        if (!*name || holds(&names, name))
            continue;
        text_append(&names, "%s%s", names.length ? "; " : "", name);
        const bool width = strcmp(name, "width") == 0;
        sizes s = {0};
        collect_sizes(runs, name, &s);
        if (!width && s.count > MOST_SIZES)
            text_append(lines, "equal %s: %zu sizes, each within %.1f %% of its target\n", name, s.count,
                        100 * s.farthest);
        else if (!width || s.farthest > 0)
            text_append(lines, "%s%s: %s\n", width ? "" : "equal ", name, s.list.data ? s.list.data : "");
        text_free(&s.list);
    }
}
