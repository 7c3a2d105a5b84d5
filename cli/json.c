/* SPDX-License-Identifier: MIT */
/* A JSON writer: keeps commas, indents and brackets, so that no command can print a broken document. */
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/output.h"
#include "support/cleanup.h"

static void new_line(json *j) {
    if (!j->compact)
        text_append(&j->out, "\n%*s", (int)(2 * j->depth), "");
}

/* Writes the comma, line end, indent and key before a value. */
static void member(json *j, const char *key) {
    if (j->depth) {
        text_append(&j->out, "%s", !j->members[j->depth]++ ? "" : j->compact ? ", " : ",");
        new_line(j);
        if (key) {
            text_append_json_string(&j->out, key);
            text_append(&j->out, ": ");
        }
    }
}

void json_open(json *j, const char *key, char bracket) {
    member(j, key);
    text_append(&j->out, "%c", bracket);
    j->depth++;
    j->closers[j->depth] = bracket == '{' ? '}' : ']';
    j->members[j->depth] = 0;
}

void json_close(json *j) {
    size_t members = j->members[j->depth];
    char closer = j->closers[j->depth--];
    if (members)
        new_line(j);
    text_append(&j->out, "%c", closer);
}

void json_text(json *j, const char *key, const char *value) {
    member(j, key);
    text_append_json_string(&j->out, value ? value : "");
}

void json_lines(json *j, const char *lines) {
    int length;
    for (const char *line; (line = text_line(&lines, &length));) {
        CLEANUP(text_free) text item = {0};
        text_append_bytes(&item, line, (size_t)length);
        json_text(j, NULL, item.data ? item.data : "");
        j->out.failed |= item.failed;
    }
}

void json_number(json *j, const char *key, double value) {
    member(j, key);
    text_append_json_number(&j->out, value);
}

void json_count(json *j, const char *key, size_t value) {
    member(j, key);
    text_append(&j->out, "%zu", value);
}

void json_truth(json *j, const char *key, bool value) {
    member(j, key);
    text_append(&j->out, value ? "true" : "false");
}

void json_null(json *j, const char *key) {
    member(j, key);
    text_append(&j->out, "null");
}

void json_free(json *j) {
    text_free(&j->out);
}

void json_print(json *j) {
    puts(cli_need(j->out.failed ? NULL : j->out.data));
    json_free(j);
}

/* True when the cell is an integer in JSON's notation. */
static bool whole(const char *cell) {
    size_t digits = strspn(cell, "0123456789");
    return digits && digits < 16 && !cell[digits] && (cell[0] != '0' || digits == 1);
}

void grid_print_json(grid *g) {
    json j = {0};
    json_open(&j, NULL, '[');
    for (size_t i = g->columns; i < g->count; i++) {
        const char *key = g->cells[i % g->columns], *cell = g->cells[i];
        if (i % g->columns == 0)
            json_open(&j, NULL, '{');
        if (!strcmp(cell, "-"))
            json_null(&j, key);
        else if (whole(cell))
            json_number(&j, key, strtod(cell, NULL));
        else
            json_text(&j, key, cell);
        if ((i + 1) % g->columns == 0)
            json_close(&j);
    }
    json_close(&j);
    grid_free(g);
    json_print(&j);
}
