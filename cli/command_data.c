/* SPDX-License-Identifier: MIT */
/* gatebench data: lists, fetches and verifies the files of the catalog. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/output.h"
#include "datasets/files/catalog.h"
#include "support/cleanup.h"

static const char help[] =
    "List, fetch and verify the data files that tasks read. Each file is checked against the size and SHA-256 in the "
    "catalog.\n\n"
    "Examples:\n"
    "  gatebench data                    all files: status, path and licence\n"
    "  gatebench data fetch all          get every file that is missing\n"
    "  gatebench data fetch jsb muse\n"
    "  gatebench data verify             check all; exit code 4 if one is bad"
    "\vFiles are first looked for in the folder that GATEBENCH_DATA_MIRROR names. Fetched files are stored in "
    "$GATEBENCH_DATA_CACHE, else $XDG_CACHE_HOME/gatebench, else ~/.cache/gatebench.";

const cli_usage command_data_usage = {.words = "[list | fetch NAME... | fetch all | verify [NAME...]]",
                                      .most_words = CLI_ANY,
                                      .help = help,
                                      .options = cli_listing_options};

/* The catalog and which of its files were asked for. */
typedef struct choice {
    data_file *files; /* the datasets room's own */
    bool *chosen;
    size_t count;
} choice;

static gb_status no_such_file(gb_context *context, const choice *c, const char *name) {
    CLEANUP(free_at) const char **names = cli_need(calloc(c->count + 1, sizeof *names));
    for (size_t i = 0; i < c->count; i++)
        names[i] = c->files[i].name;
    const char *nearest = text_nearest(name, names, c->count);
    return nearest ? gb_fail(context, GB_INVALID, "there is no data file '%s'; did you mean '%s'?", name, nearest)
                   : gb_fail(context, GB_INVALID, "there is no data file '%s'; 'gatebench data list' shows them", name);
}

/* Marks the named files; "all", or no name when `none_is_all`, marks every one. */
static gb_status choose(gb_context *context, char *const *names, size_t count, bool none_is_all, choice *c) {
    *c = (choice){0};
    GB_TRY(data_catalog(context, &c->files, &c->count));
    c->chosen = cli_need(calloc(c->count + 1, sizeof *c->chosen));
    bool all = count == 0 && none_is_all;
    for (size_t n = 0; n < count; n++) {
        bool known = !strcmp(names[n], "all");
        all = all || known;
        for (size_t i = 0; i < c->count; i++)
            if (!strcmp(c->files[i].name, names[n]))
                known = c->chosen[i] = true;
        if (!known)
            return no_such_file(context, c, names[n]);
    }
    for (size_t i = 0; i < c->count; i++)
        c->chosen[i] = c->chosen[i] || all;
    return GB_OK;
}

static void list_json(gb_context *context, const choice *c) {
    json j = {0};
    char path[CLI_PATH];
    json_open(&j, NULL, '[');
    for (size_t i = 0; i < c->count; i++) {
        const data_file *f = &c->files[i];
        bool there = data_find(context, f->name, path, sizeof path) == GB_OK;
        json_open(&j, NULL, '{');
        json_text(&j, "name", f->name);
        json_text(&j, "file", f->file);
        json_text(&j, "about", f->about);
        json_count(&j, "bytes", f->bytes);
        json_text(&j, "sha256", f->sha256);
        json_text(&j, "url", f->url);
        json_text(&j, "command", f->command);
        json_text(&j, "licence", f->licence);
        json_truth(&j, "present", there);
        json_text(&j, "path", there ? path : "");
        json_text(&j, "problem", there ? "" : gb_context_message(context));
        json_close(&j);
    }
    json_close(&j);
    json_print(&j);
}

static void list(gb_context *context, const choice *c, bool as_json) {
    if (as_json) {
        list_json(context, c);
        return;
    }
    char path[CLI_PATH];
    bool complete = true;
    grid g;
    grid_start(&g, (const char *const[]){"name", "bytes", "state", "what (licence)", NULL});
    for (size_t i = 0; i < c->count; i++) {
        const data_file *f = &c->files[i];
        bool there = data_find(context, f->name, path, sizeof path) == GB_OK;
        complete = complete && there;
        GRID_TEXTS(&g, f->name);
        GRID_COUNTS(&g, f->bytes);
        grid_add(&g, there ? STYLE_GOOD : STYLE_DOUBT, "%s", there ? "verified" : "not ok");
        grid_add(&g, STYLE_PLAIN, "%s (%s)\n%s", f->about, f->licence, there ? path : gb_context_message(context));
    }
    grid_print(&g, GRID_WRAP);
    if (complete)
        cli_next("gatebench run quick");
    else
        cli_next("gatebench data fetch all");
}

/* Fetches or verifies every chosen file, also after a failure. Returns the exit code of the first failure. */
static int work(gb_context *context, const choice *c, gb_status (*action)(gb_context *, const char *, char *, size_t),
                const char *done) {
    int code = EXIT_OK;
    char path[CLI_PATH];
    for (size_t i = 0; i < c->count; i++) {
        if (!c->chosen[i])
            continue;
        gb_status status = action(context, c->files[i].name, path, sizeof path);
        if (status == GB_OK) {
            printf("%s\t%s\t%s\n", c->files[i].name, done, path);
            fflush(stdout);
        } else {
            int failure = cli_failed(context, status);
            code = code ? code : failure;
        }
    }
    return code;
}

int command_data(gb_context *context, int argc, char **argv) {
    cli_listing r = {0};
    if (!cli_parse(&command_data_usage, argc, argv, &r))
        return EXIT_USAGE;
    const char *action = r.words.count ? r.words.items[0] : "list";
    bool fetch = !strcmp(action, "fetch"), verify = !strcmp(action, "verify");
    const bool listing = !fetch && !verify;
    size_t named = r.words.count ? r.words.count - 1 : 0;
    if (listing && strcmp(action, "list") != 0) {
        cli_say("data cannot '%s'; it can list, fetch NAME... and verify", action);
        return EXIT_USAGE;
    }
    if (fetch && named == 0) {
        cli_say("fetch which file? 'gatebench data list' shows the names; 'gatebench data fetch all' gets all of them");
        return EXIT_USAGE;
    }
    if (listing ? named > 0 : r.json) {
        cli_say(listing ? "data list shows all files and takes no name" : "only data list has --json");
        return EXIT_USAGE;
    }
    choice c;
    int code = EXIT_OK;
    gb_status status = choose(context, named ? r.words.items + 1 : NULL, named, !fetch, &c);
    if (status != GB_OK)
        code = cli_failed(context, status);
    else if (fetch)
        code = work(context, &c, data_fetch, "fetched");
    else if (verify)
        code = work(context, &c, data_find, "verified");
    else
        list(context, &c, r.json);
    if (code == EXIT_OK && (fetch || verify))
        cli_next("gatebench run quick");
    else if (code == EXIT_DATA && verify)
        cli_next("gatebench data fetch all");
    free(c.chosen);
    return code;
}
