/* SPDX-License-Identifier: MIT */
/* The name of a recipe's run: recipe, profile and every override, so that runs with different settings never share a
 * folder: recall-quick+cell=gru,lstm+gap=20. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "experiments/recipe/recipe_internal.h"
#include "support/cleanup.h"

/* The longest text of the overrides in a name; a longer text is cut and ends in a hash. Together with recipe and
 * profile, names of figures normally still fit into 64 characters. */
enum { MOST = 64, CUT = 48 };

/* The number of values from `first` on that increase by one. */
static size_t count_up(const recipe_values *values, size_t first) {
    size_t count = 1;
    long long start, next;
    if (!text_is_integer(values->items[first].text, &start))
        return 1;
    while (first + count < values->count && text_is_integer(values->items[first + count].text, &next) &&
           next == start + (long long)count)
        count++;
    return count;
}

/* Characters that file systems, Slurm, gnuplot and shells accept without quoting; others become '_'. */
static void append_safe(text *words, const char *value) {
    static const char safe[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";
    for (; *value; value++)
        text_append_bytes(words, strchr(safe, *value) ? value : "_", 1);
}

void recipe_note_override(recipe_reader *reader, const char *name, const recipe_values *values) {
    CLEANUP(text_free) text words = {0};
    text_append(&words, "%s=", name);
    for (size_t i = 0; i < values->count;) {
        size_t count = count_up(values, i);
        text_append(&words, "%s", i ? "," : "");
        append_safe(&words, values->items[i].text);
        if (count >= 3) {
            text_append(&words, "..");
            append_safe(&words, values->items[i + count - 1].text);
        }
        i += count >= 3 ? count : 1;
    }
    reader->out_of_memory |= words.failed || names_index(&reader->r->overrides, words.data) == SIZE_MAX;
}

static int compare_words(const void *a, const void *b) {
    return strcmp(*(char *const *)a, *(char *const *)b);
}

void recipe_make_run_name(recipe_reader *reader, const char *profile) {
    recipe *r = reader->r;
    CLEANUP(text_free) text words = {0};
    snprintf(r->run_name, sizeof r->run_name, "%s%s%.63s", r->name, profile ? "-" : "", profile ? profile : "");
    if (r->overrides.count == 0)
        return;
    qsort(r->overrides.items, r->overrides.count, sizeof *r->overrides.items, compare_words);
    for (size_t i = 0; i < r->overrides.count; i++)
        text_append(&words, "+%s", r->overrides.items[i]);
    size_t length = strlen(r->run_name);
    if (words.failed)
        reader->out_of_memory = true;
    else if (words.length <= MOST)
        snprintf(r->run_name + length, sizeof r->run_name - length, "%s", words.data);
    else
        snprintf(r->run_name + length, sizeof r->run_name - length, "%.*s+%08" PRIx32, CUT, words.data,
                 (uint32_t)XXH3_64bits(words.data, words.length));
}

void recipe_keep_run_name(recipe *r, const recipe *of) {
    memcpy(r->run_name, of->run_name, sizeof r->run_name);
}
