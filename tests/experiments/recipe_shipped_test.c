/* SPDX-License-Identifier: MIT */
/* The shipped recipes: each can be read with each profile, has a question and a page, and plans its trials. */
#include <limits.h>
#include <math.h>

#include "datasets/task.h"
#include "recipe_file.h"
#include "support/file.h"
#include "support/yaml.h"

static recipe *read_shipped(const char *name, const char *profile) {
    yaml_errors errors = {0};
    recipe *r;
    if (recipe_read(context, name, profile, NULL, 0, &errors, &r) != GB_OK)
        fail_msg("%s: %s\n%s", name, gb_context_message(context), errors.text ? errors.text : "");
    return r;
}

/* What a shipped recipe needs beyond its grammar; a claim it need not have. Line numbers are those of the file. */
static void check_form(const char *path, const recipe *r, const char *name) {
    static const char first_line[] = "#!/usr/bin/env -S gatebench run";
    if (access(path, X_OK) != 0)
        fail_msg("%s: cannot be run by its name: chmod +x %s, and git add --chmod=+x", path, path);
    if (strncmp(recipe_text(r), first_line, strlen(first_line)) != 0)
        fail_msg("%s:1: a shipped recipe can be run by its name: its first line has to be %s", path, first_line);
    if (strcmp(recipe_name(r), name) != 0)
        fail_msg("%s: `name: %s` has to be the file's name without .yaml: %s", path, recipe_name(r), name);
    if (!recipe_question(r)[0])
        fail_msg("%s: add a line `question:`, which heads it in `gatebench list` and in the report", path);
    if (!strstr(recipe_resolved(r), "\nfigures: ["))
        fail_msg("%s: name at least one figure under `figures:`; `gatebench list figures` shows them", path);
}

/* The form of a page: the name and what is asked, what is scaled down, the figures, and a command. */
static void check_page(const char *path, const char *name) {
    const char *const parts[] = {"caled down", "**Figures.**", "\n    gatebench "};
    char head[128], *page;
    size_t size;
    assert_int_equal(file_read(context, path, 1 << 20, &page, &size), GB_OK);
    snprintf(head, sizeof head, "# %s: ", name);
    if (strncmp(page, head, strlen(head)) != 0)
        fail_msg("%s:1: the page of a recipe begins with \"%s\" and what is asked", path, head);
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (!strstr(page, parts[i]))
            fail_msg("%s: lacks \"%s\"; CONTRIBUTING.md, Adding an experiment, has the form", path, parts[i]);
    free(page);
}

static void test_all(void **state) {
    (void)state;
    static const char *const profiles[] = {NULL, "quick", "full"};
    char **names;
    assert_int_equal(recipe_list(context, &names), GB_OK);
    size_t count = 0;
    for (; names[count]; count++) {
        char page[128], path[4096];
        snprintf(page, sizeof page, "recipes/%s.md", names[count]);
        if (file_find_shared(context, page, path, sizeof path) != GB_OK)
            fail_msg("experiments/recipes/%s.md is missing: write what is asked, the protocol and its source, and what "
                     "would refute it (CONTRIBUTING.md, Adding an experiment)",
                     names[count]);
        check_page(path, names[count]);
        snprintf(page, sizeof page, "recipes/%s.yaml", names[count]);
        assert_int_equal(file_find_shared(context, page, path, sizeof path), GB_OK);
        for (size_t p = 0; p < sizeof profiles / sizeof *profiles; p++) {
            recipe *r = read_shipped(names[count], profiles[p]);
            check_form(path, r, names[count]);
            recipe_free(r);
        }
    }
    assert_true(count >= 16);
    file_free_list(names);
}

/* The trials of a recipe whose data are always there. */
static trial_list plan(const char *name, const char *profile) {
    recipe *r = read_shipped(name, profile);
    trial_list list;
    if (recipe_final_trials(context, r, NULL, NULL, &list) != GB_OK)
        fail_msg("%s: %s", name, gb_context_message(context));
    assert_int_equal(list.count, recipe_final_count(r));
    recipe_free(r);
    return list;
}

static void test_plans(void **state) {
    (void)state;
    static const struct {
        const char *name, *profile;
        size_t count;
    } plans[] = {{"order", "quick", 15},
                 {"recall", "full", 3 * 3 * 5 * 5},
                 {"recall_starts", "full", (3 * 2 + 2 * 2 + 2 * 2) * 5},
                 {"vanishing", "quick", 18},
                 {"copy", "full", (3 + 2) * 5},
                 {"adding", "full", (3 + 2) * 5 + 2 * 5},
                 {"counting", "full", 3 * (4 + 3) * 10},
                 {"parity", "full", (3 + 2) * 10 + 10},
                 {"temporal_order", "full", (3 + 2) * 10},
                 {"counting_state", "full", 3 * 4 * 10},
                 {"adding_state", "full", 3 * 5},
                 {"ledger", NULL, 5 * 4 * 4 + 12 + 3}};
    for (size_t i = 0; i < sizeof plans / sizeof *plans; i++) {
        trial_list list = plan(plans[i].name, plans[i].profile);
        assert_int_equal(list.count, plans[i].count);
        trial_list_free(&list);
    }
}

/* Chung et al. 2014 print 19.8e3, 20.2e3 and 20.1e3 for the mean over their four music sets. */
static void test_ledger_holds_the_paper(void **state) {
    (void)state;
    trial_list list = plan("ledger", NULL);
    static const char *const cells[] = {"lstm_peephole", "gru_reset_before", "rnn"};
    static const double printed[] = {19764, 20217, 20050};
    for (size_t c = 0; c < 3; c++) {
        double sum = 0;
        size_t found = 0;
        for (size_t i = 0; i < list.count; i++) {
            const trial_settings *t = &list.trials[i];
            double input = trial_number(t, "input");
            if (strcmp(trial_text(t, "cell"), cells[c]) != 0 || input < 93)
                continue;
            const gb_cell_info *info = gb_cell_find(cells[c]);
            sum += (double)gb_cell_parameters(info, (size_t)input, (size_t)trial_number(t, "hidden"),
                                              info->bias[GB_CONVENTION_PAPER], NULL);
            found++;
        }
        assert_int_equal(found, 4);
        assert_true(sum / 4 == printed[c]);
    }
    trial_list_free(&list);
}

/* Music cells have about 20,000 parameters each. */
static void test_music_is_matched(void **state) {
    (void)state;
    static const struct {
        const char *cell;
        size_t hidden;
    } cells[] = {{"rnn", 104}, {"gru", 49}, {"gru_reset_before", 49}, {"lstm", 39}, {"lstm_peephole", 39}};
    recipe *r = read_shipped("music", "full");
    for (size_t i = 0; i < 5; i++) {
        size_t count = gb_cell_parameters(gb_cell_find(cells[i].cell), 88, cells[i].hidden, GB_BIAS_NONE, NULL);
        assert_in_range(count, 19800, 20200);
    }
    assert_non_null(strstr(recipe_resolved(r), "hidden: [104, 49, 49, 39, 39]"));
    assert_int_equal(recipe_final_count(r), 25);
    recipe_free(r);
}

/* copy, adding and pixels compare GRU and LSTM at equal width and, within 2 %, at equal parameters. */
static void test_both_matchings(void **state) {
    (void)state;
    static const struct {
        const char *name;
        size_t inputs, gru, rnn, lstm, trials;
    } recipes[] = {{"copy", 10, 51, 93, 44, 25}, {"adding", 2, 37, 65, 32, 35}, {"pixels", 28, 76, 140, 64, 25}};
    for (size_t i = 0; i < 3; i++) {
        recipe *r = read_shipped(recipes[i].name, "full");
        const struct {
            const char *cell;
            size_t hidden;
        } cells[] = {{"gru", recipes[i].gru}, {"rnn", recipes[i].rnn}, {"lstm", recipes[i].lstm}};
        double count[3];
        for (size_t c = 0; c < 3; c++)
            count[c] = (double)gb_cell_parameters(gb_cell_find(cells[c].cell), recipes[i].inputs, cells[c].hidden,
                                                  GB_BIAS_SINGLE, NULL);
        assert_true(fabs(count[0] / count[2] - 1) < 0.02 && fabs(count[1] / count[2] - 1) < 0.02);
        assert_int_equal(recipe_final_count(r), recipes[i].trials);
        trial_list list;
        if (recipe_final_trials(context, r, NULL, NULL, &list) != GB_OK) { /* the images may be missing here */
            assert_string_equal(recipes[i].name, "pixels");
            recipe_free(r);
            continue;
        }
        assert_int_equal(list.count, recipes[i].trials);
        size_t by_parameters = 0;
        for (size_t t = 0; t < list.count; t++) {
            const char *cell = trial_text(&list.trials[t], "cell");
            bool anchor = !strcmp(cell, "lstm"), sized = !strcmp(list.trials[t].matching, "parameters");
            by_parameters += anchor || sized;
            size_t width = !sized ? recipes[i].lstm : !strcmp(cell, "gru") ? recipes[i].gru : recipes[i].rnn;
            assert_true(trial_number(&list.trials[t], "hidden") == (double)width);
            assert_string_equal(list.trials[t].matching, anchor ? "width+parameters" : sized ? "parameters" : "width");
        }
        assert_int_equal(by_parameters, (recipes[i].trials + 5) / 2);
        trial_list_free(&list);
        recipe_free(r);
    }
}

/* A recipe reads without its data; planning says which file is missing. */
static void test_missing_data(void **state) {
    (void)state;
    setenv("GATEBENCH_DATA_MIRROR", folder, 1);
    setenv("GATEBENCH_DATA_CACHE", folder, 1);
    recipe *r = read_shipped("music", "quick");
    trial_list list;
    assert_int_equal(recipe_tuning_trials(context, r, &list), GB_DATA);
    assert_int_equal(list.count, 0);
    assert_non_null(strstr(gb_context_message(context), "JSB_Chorales.mat"));
    recipe_free(r);
}

/* A published number is compared with the trials of its task or kind; under a name that is gone it would be passed over
 * as not run, without a word. */
static void test_published_numbers_name_a_task(void **state) {
    (void)state;
    char **files = NULL;
    assert_int_equal(file_list_shared(context, "published", ".yaml", &files), GB_OK);
    assert_non_null(files[0]);
    for (size_t i = 0; files[i]; i++) {
        char shared[256], path[PATH_MAX];
        yaml_document *document = NULL;
        yaml_errors errors = {0};
        snprintf(shared, sizeof shared, "published/%.200s", files[i]);
        assert_int_equal(file_find_shared(context, shared, path, sizeof path), GB_OK);
        assert_int_equal(yaml_read(context, path, &document, &errors), GB_OK);
        const yaml_node *numbers = yaml_get(&document->root, "numbers");
        assert_non_null(numbers);
        for (const yaml_node *row = numbers->children; row < numbers->children + numbers->count; row++)
            if (!task_type_find(yaml_text(row, "task", "")))
                fail_msg("%s:%zu: there is no task or kind '%s'", path, row->line, yaml_text(row, "task", ""));
        yaml_free(document);
    }
    file_free_list(files);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_missing_data), /* before any data have been read: a process reads them once */
        cmocka_unit_test(test_all),
        cmocka_unit_test(test_plans),
        cmocka_unit_test(test_ledger_holds_the_paper),
        cmocka_unit_test(test_music_is_matched),
        cmocka_unit_test(test_both_matchings),
        cmocka_unit_test(test_published_numbers_name_a_task),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
