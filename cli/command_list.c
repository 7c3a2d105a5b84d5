/* SPDX-License-Identifier: MIT */
/* gatebench list: recipes, tasks, cells and so on. One function per kind fills a grid; JSON is the same grid keyed by
 * header. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/output.h"
#include "datasets/files/cell_files.h"
#include "experiments/recipe/recipe.h"
#include "experiments/run/run.h"
#include "experiments/trial/measure.h"
#include "plots/plots.h"
#include "results/store/metrics.h"
#include "support/cleanup.h"
#include "support/file.h"

static const char help[] = "List recipes, tasks, cells, figures, settings and more.\n\n"
                           "Examples:\n"
                           "  gatebench list                 the recipes that ship\n"
                           "  gatebench list tasks           or cells, figures, settings, measures, ...\n"
                           "  gatebench list runs            the results in the default folder\n"
                           "  gatebench list settings --json";

const cli_usage command_list_usage = {.words =
                                          "[recipes|tasks|cells|figures|settings|measures|backends|optimizers|runs]",
                                      .most_words = 1,
                                      .help = help,
                                      .options = cli_listing_options};

/* The number of trials of a recipe with a profile (NULL: none), or "-" when it has no such profile. */
static void add_trial_count(gb_context *context, grid *g, const char *name, const char *profile) {
    CLEANUP(yaml_errors_free) yaml_errors errors = {0};
    CLEANUP(recipe_free_at) recipe *r = NULL;
    if (recipe_read(context, name, profile, NULL, 0, &errors, &r) == GB_OK)
        GRID_COUNTS(g, recipe_final_count(r));
    else
        GRID_TEXTS(g, "-");
}

static gb_status list_recipes(gb_context *context, grid *g) {
    CLEANUP(file_free_list_at) char **names = NULL;
    GB_TRY(recipe_list(context, &names));
    grid_start(g, (const char *const[]){"recipe", "claim", "quick", "plain", "full", "question", NULL});
    for (size_t i = 0; names[i]; i++) {
        CLEANUP(yaml_errors_free) yaml_errors errors = {0};
        CLEANUP(recipe_free_at) recipe *r = NULL;
        if (recipe_read(context, names[i], NULL, NULL, 0, &errors, &r) == GB_OK) {
            GRID_TEXTS(g, names[i], *recipe_claim(r) ? recipe_claim(r) : "-");
            add_trial_count(context, g, names[i], "quick");
            GRID_COUNTS(g, recipe_final_count(r));
            add_trial_count(context, g, names[i], "full");
            GRID_TEXTS(g, recipe_question(r));
        } else {
            fprintf(stderr, "%s%s", errors.text ? errors.text : gb_context_message(context), errors.text ? "" : "\n");
        }
    }
    return GB_OK;
}

static gb_status list_tasks(gb_context *context, grid *g) {
    (void)context;
    grid_start(g, (const char *const[]){"task", "summary", "source", NULL});
    for (size_t i = 0; task_type_at(i); i++) {
        const task_type *type = task_type_at(i);
        GRID_TEXTS(g, type->name, type->summary, type->source);
    }
    return GB_OK;
}

static gb_status list_cells(gb_context *context, grid *g) {
    (void)context;
    grid_start(g, (const char *const[]){"cell", "gates", "title", "source", NULL});
    const gb_cell_info *cell;
    for (size_t i = 0; (cell = cells_at(i)); i++) {
        GRID_TEXTS(g, cell->name);
        GRID_COUNTS(g, cell->gates);
        GRID_TEXTS(g, cell->title, cell->source);
    }
    for (size_t i = 0; gb_network_at(i); i++)
        GRID_TEXTS(g, gb_network_at(i)->name, "-", gb_network_at(i)->title, gb_network_at(i)->source);
    return GB_OK;
}

/* The description in a figure's script: its "# caption:" line, or its "# title:" line if there is no caption. */
static void figure_caption(gb_context *context, const char *figure, char *words, size_t size) {
    char name[256], path[CLI_PATH];
    CLEANUP(free_at) char *script = NULL;
    size_t length = 0;
    snprintf(name, sizeof name, "plots/figures/%s.gp", figure);
    *words = '\0';
    if (file_find_shared(context, name, path, sizeof path) != GB_OK ||
        file_read(context, path, 1 << 20, &script, &length) != GB_OK)
        return;
    for (char *rest = script, *line; (line = strsep(&rest, "\n")) && *line == '#';) {
        bool caption = !strncmp(line, "# caption: ", 11);
        if (caption || (!strncmp(line, "# title: ", 9) && !*words))
            snprintf(words, size, "%s", line + (caption ? 11 : 9));
    }
}

static gb_status list_figures(gb_context *context, grid *g) {
    CLEANUP(file_free_list_at) char **names = NULL;
    char words[512];
    GB_TRY(plots_list(context, &names));
    grid_start(g, (const char *const[]){"figure", "draws", NULL});
    for (size_t i = 0; names[i]; i++) {
        figure_caption(context, names[i], words, sizeof words);
        GRID_TEXTS(g, names[i], words);
    }
    return GB_OK;
}

static gb_status list_settings(gb_context *context, grid *g) {
    (void)context;
    grid_start(g, (const char *const[]){"section", "setting", "default", "values", "meaning", NULL});
    for (size_t i = 0; setting_at(i); i++) {
        const setting *s = setting_at(i);
        GRID_TEXTS(g, s->section, s->name, s->value, s->values + (*s->values == '@'), s->help);
    }
    return GB_OK;
}

static gb_status list_measures(gb_context *context, grid *g) {
    (void)context;
    grid_start(g, (const char *const[]){"measure", "meaning", "unit", "better", "always", NULL});
    for (size_t i = 0; measure_at(i); i++) {
        const metric_type *m = metric_find(measure_at(i)->name);
        GRID_TEXTS(g, m->name, m->title, m->unit, m->higher_is_better ? "higher" : "lower",
                   measure_at(i)->type->always ? "yes" : "no");
    }
    return GB_OK;
}

static gb_status list_backends(gb_context *context, grid *g) {
    (void)context;
    grid_start(g, (const char *const[]){"backend", "version", NULL});
    for (size_t i = 0; i < gb_backend_count(); i++)
        GRID_TEXTS(g, gb_backend_name(i), gb_backend_version(i));
    return GB_OK;
}

static gb_status list_optimizers(gb_context *context, grid *g) {
    (void)context;
    grid_start(g, (const char *const[]){"optimizer", NULL});
    for (size_t i = 0; i < gb_optimizer_count(); i++)
        GRID_TEXTS(g, gb_optimizer_name(i));
    return GB_OK;
}

static gb_status list_runs(gb_context *context, grid *g) {
    CLEANUP(file_free_list_at) char **names = NULL;
    GB_TRY(cli_run_names(context, &names));
    grid_start(g, (const char *const[]){"run", "trials", "created", "file", NULL});
    for (size_t i = 0; names[i]; i++) {
        CLEANUP(results_free_at) results *run = NULL;
        gb_status one = cli_open_results(context, names[i], &run);
        if (one == GB_OK) {
            GRID_TEXTS(g, names[i]);
            GRID_COUNTS(g, run->runs.rows);
            GRID_TEXTS(g, run->created, run->path);
        } else {
            cli_failed(context, one); /* the other runs are still listed */
        }
    }
    return GB_OK;
}

static const struct kind {
    const char *name;
    gb_status (*list)(gb_context *context, grid *g);
    const char *next;
} kinds[] = {
    {"recipes", list_recipes, "gatebench run recall quick"},
    {"tasks", list_tasks, "gatebench task recall gap=50 --sample"},
    {"cells", list_cells, "gatebench params --cell rnn,lstm,gru"},
    {"figures", list_figures, "gatebench plot recall"},
    {"settings", list_settings, "gatebench run recall quick lr=1e-3 --dry-run"},
    {"measures", list_measures, "gatebench config --schema"},
    {"backends", list_backends, "gatebench doctor"},
    {"optimizers", list_optimizers, "gatebench run recall quick optimizer=sgd --dry-run"},
    {"runs", list_runs, "gatebench verdict"},
};
enum { KINDS = sizeof kinds / sizeof *kinds };

int command_list(gb_context *context, int argc, char **argv) {
    cli_listing r = {0};
    if (!cli_parse(&command_list_usage, argc, argv, &r))
        return EXIT_USAGE;
    const char *name = r.words.count ? r.words.items[0] : "recipes", *names[KINDS];
    for (size_t i = 0; i < KINDS; i++) {
        names[i] = kinds[i].name;
        if (strcmp(name, kinds[i].name) != 0)
            continue;
        grid g = {0};
        gb_status status = kinds[i].list(context, &g);
        if (status != GB_OK) {
            grid_free(&g);
            return cli_failed(context, status);
        }
        if (r.json) {
            grid_print_json(&g);
        } else if (g.count == g.columns) { /* only the list of runs can be empty */
            grid_free(&g);
            cli_say("there are no %s yet", name);
            cli_next("gatebench run quick");
        } else {
            grid_print(&g, GRID_WRAP);
            cli_next("%s", kinds[i].next);
        }
        return EXIT_OK;
    }
    const char *nearest = text_nearest(name, names, KINDS);
    cli_say("cannot list '%s'; did you mean '%s'?", name, nearest ? nearest : "recipes");
    return EXIT_USAGE;
}
