/* SPDX-License-Identifier: MIT */
/* Tables that fit the terminal, CSV, and numbers formatted for people. */
#include "cli/output.h"

#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "cli/cli.h"
#include "support/cleanup.h"

static bool colourful(FILE *stream) {
    const char *terminal = getenv("TERM"), *refused = getenv("NO_COLOR");
    return isatty(fileno(stream)) && !(refused && *refused) && terminal && strcmp(terminal, "dumb") != 0;
}

const char *style_start(style s, FILE *stream) {
    static const char *const escapes[] = {"", "\033[1m", "\033[32m", "\033[31m", "\033[33m"};
    return colourful(stream) ? escapes[s] : "";
}

const char *style_end(style s, FILE *stream) {
    return s != STYLE_PLAIN && colourful(stream) ? "\033[0m" : "";
}

size_t output_width(void) {
    const char *told = getenv("COLUMNS");
    long columns = told ? strtol(told, NULL, 10) : 0;
    if (columns >= 30 && columns <= 10000)
        return (size_t)columns;
    struct winsize size;
    if (isatty(STDOUT_FILENO) && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col >= 30)
        return size.ws_col;
    return 0;
}

size_t output_height(void) {
    const char *told = getenv("LINES");
    long lines = told ? strtol(told, NULL, 10) : 0;
    struct winsize size;
    if (lines >= 10 && lines <= 1000)
        return (size_t)lines;
    return isatty(STDOUT_FILENO) && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_row >= 10 ? size.ws_row
                                                                                                      : 24;
}

/* Columns that a UTF-8 text takes: the number of its bytes that are not continuation bytes. */
static size_t text_width(const char *words) {
    size_t width = 0;
    for (; *words; words++)
        width += ((unsigned char)*words & 0xC0) != 0x80;
    return width;
}

static void grid_make_room(grid *g) {
    if (g->count < g->capacity)
        return;
    g->capacity = g->capacity ? g->capacity * 2 : 64;
    g->cells = cli_need(reallocarray(g->cells, g->capacity, sizeof *g->cells));
    g->styles = cli_need(reallocarray(g->styles, g->capacity, sizeof *g->styles));
}

void grid_add(grid *g, style s, const char *format, ...) {
    grid_make_room(g);
    va_list arguments;
    va_start(arguments, format);
    char *cell = NULL;
    if (vasprintf(&cell, format, arguments) < 0)
        cell = NULL;
    va_end(arguments);
    g->styles[g->count] = (unsigned char)s;
    g->cells[g->count++] = cli_need(cell);
}

void grid_texts(grid *g, const char *const *cells) {
    for (; *cells; cells++)
        grid_add(g, STYLE_PLAIN, "%s", *cells);
}

void grid_counts(grid *g, const size_t *cells, size_t count) {
    for (size_t i = 0; i < count; i++)
        grid_add(g, STYLE_PLAIN, "%zu", cells[i]);
}

void grid_number(grid *g, double value, int digits) {
    char shown[64];
    grid_add(g, STYLE_PLAIN, "%s", output_number(value, digits, shown, sizeof shown));
}

void grid_head(grid *g, const char *header) {
    grid_add(g, STYLE_HEAD, "%s", header);
    g->columns++;
}

void grid_start(grid *g, const char *const *headers) {
    *g = (grid){0};
    for (size_t i = 0; headers[i]; i++)
        grid_head(g, headers[i]);
}

void grid_free(grid *g) {
    for (size_t i = 0; i < g->count; i++)
        free(g->cells[i]);
    free(g->cells);
    free(g->styles);
    *g = (grid){0};
}

static bool numeric(const char *cell) {
    return *cell == '\0' || strcmp(cell, "-") == 0 || strspn(cell, "+-.0123456789") > 0;
}

/* Width and alignment of every column. */
static void grid_measure(const grid *g, size_t *widths, bool *right) {
    for (size_t c = 0; c < g->columns; c++) {
        widths[c] = 0;
        right[c] = g->count > g->columns;
        for (size_t i = c; i < g->count; i += g->columns) {
            size_t width = text_width(g->cells[i]);
            widths[c] = width > widths[c] ? width : widths[c];
            right[c] = right[c] && (i < g->columns || numeric(g->cells[i]));
        }
    }
}

/* Length of the longest prefix that fits into `width` columns (0: no limit) and ends at a space or a line's end. A
 * single longer word is taken whole. */
static size_t line_length(const char *words, size_t width) {
    size_t fits = 0, columns = 0, i = 0;
    for (; words[i] && words[i] != '\n'; i++) {
        if (words[i] == ' ')
            fits = i;
        columns += ((unsigned char)words[i] & 0xC0) != 0x80;
        if (width && columns > width && fits)
            return fits;
    }
    return i;
}

/* Prints words wrapped to lines of `width` (0: no limit). Every line after the first is indented. */
static void print_wrapped(const char *words, size_t width, size_t indent) {
    for (;;) {
        size_t length = line_length(words, width);
        printf("%.*s", (int)length, words);
        words += length;
        words += strspn(words, " \n");
        if (!*words)
            return;
        printf("\n%*s", (int)indent, "");
    }
}

static void print_block(const char *mark, const char *words, size_t indent) {
    size_t width = output_width();
    printf("%*s", (int)indent, mark);
    print_wrapped(words, width > indent + 20 ? width - indent : 0, indent);
    putchar('\n');
}

void output_wrapped(const char *words, size_t indent) {
    print_block("", words, indent);
}

void output_item(const char *words, size_t indent) {
    print_block("- ", words, indent);
}

/* Below this width the last column is hard to read. */
enum { LEAST_WRAPPED = 24 };

/* Where the last column begins when every column before it is shown. */
static size_t before_last(const grid *g, const size_t *widths) {
    size_t at = 0;
    for (size_t c = 0; c + 1 < g->columns; c++)
        at += widths[c] + 2;
    return at;
}

/* Prints a row. Lines of the last column end at `limit` (0: no limit). If that column has no room beside the others,
 * its text is printed below them, without a header. */
static void print_row(const grid *g, size_t row, const size_t *widths, const bool *right, size_t limit) {
    char *const *cells = g->cells + row * g->columns;
    size_t last = g->columns - 1, at = 0;
    bool below = limit && last && before_last(g, widths) + LEAST_WRAPPED > limit;
    size_t beside = below ? last : g->columns;
    while (beside > 1 && !*cells[beside - 1]) /* no trailing blanks */
        beside--;
    for (size_t c = 0; c < beside; c++) {
        style s = (style)g->styles[row * g->columns + c];
        size_t gap = widths[c] - text_width(cells[c]);
        printf("%*s%s", right[c] ? (int)gap : 0, "", style_start(s, stdout));
        print_wrapped(cells[c], limit > at && c == last ? limit - at : 0, at);
        printf("%s%*s", style_end(s, stdout), right[c] || c + 1 == beside ? 0 : (int)gap, "");
        fputs(c + 1 == beside ? "\n" : "  ", stdout);
        at += widths[c] + 2;
    }
    if (below && row && *cells[last])
        output_wrapped(cells[last], 4);
}

/* Prints each row as its first cell, and below it the others after their headers. */
static void print_records(const grid *g) {
    for (size_t row = g->columns; row < g->count; row += g->columns) {
        CLEANUP(text_free) text words = {0};
        for (size_t c = 1; c < g->columns; c++)
            if (*g->cells[row + c] && strcmp(g->cells[row + c], "-") != 0)
                text_append(&words, "%s%s: %s", words.length ? "; " : "", g->cells[c], g->cells[row + c]);
        puts(g->cells[row]);
        output_wrapped(words.data ? words.data : "", 4);
    }
}

static void omit_column(grid *g, size_t column) {
    size_t kept = 0;
    for (size_t i = 0; i < g->count; i++)
        if (i % g->columns == column) {
            free(g->cells[i]);
        } else {
            g->cells[kept] = g->cells[i];
            g->styles[kept++] = g->styles[i];
        }
    g->count = kept;
    g->columns--;
}

/* Omits columns from the right until the others fit into `limit` characters; returns how many it omitted. A last column
 * that is wrapped is kept: it can be printed below the others. */
static size_t omit_columns(grid *g, bool keeps_last, size_t limit, size_t *widths, bool *right) {
    size_t omitted = 0;
    grid_measure(g, widths, right);
    while (limit && g->columns > 2 &&
           before_last(g, widths) + (keeps_last ? 0 : widths[g->columns - 1] + 2) > limit + 2) {
        omit_column(g, g->columns - (keeps_last ? 2 : 1));
        grid_measure(g, widths, right);
        omitted++;
    }
    return omitted;
}

void grid_print(grid *g, grid_fit fit) {
    CLEANUP(free_at) size_t *widths = cli_need(calloc(g->columns + 1, sizeof *widths));
    CLEANUP(free_at) bool *right = cli_need(calloc(g->columns + 1, sizeof *right));
    bool wraps = fit == GRID_WRAP || fit == GRID_DROP_WRAP;
    size_t limit = fit == GRID_FULL ? 0 : output_width();
    size_t omitted = omit_columns(g, wraps, fit == GRID_WRAP ? 0 : limit, widths, right);
    if (fit == GRID_WRAP && limit && before_last(g, widths) > limit + 2)
        print_records(g);
    else
        for (size_t row = 0; row < g->count / g->columns; row++)
            print_row(g, row, widths, right, wraps ? limit : 0);
    if (omitted) {
        fflush(stdout);
        cli_say("the terminal is too narrow for %zu more column%s; a wider one, or `| less -S`, shows %s", omitted,
                omitted == 1 ? "" : "s", omitted == 1 ? "it" : "them");
    }
    grid_free(g);
}

static void print_csv_cell(const char *cell) {
    if (!strcmp(cell, "-"))
        return;
    if (!strpbrk(cell, ",\"\n\r")) {
        fputs(cell, stdout);
        return;
    }
    putchar('"');
    for (; *cell; cell++) {
        if (*cell == '"')
            putchar('"');
        putchar(*cell);
    }
    putchar('"');
}

void grid_print_csv(grid *g) {
    for (size_t i = 0; i < g->count; i++) {
        print_csv_cell(g->cells[i]);
        putchar((i + 1) % g->columns ? ',' : '\n');
    }
    grid_free(g);
}

const char *output_number(double value, int digits, char *buffer, size_t size) {
    if (!isfinite(value))
        snprintf(buffer, size, isnan(value) ? "-" : value > 0 ? "inf" : "-inf");
    else if (fabs(value) < 1e15 && (value == floor(value) || fabs(value) >= pow(10, digits)))
        snprintf(buffer, size, "%.0f", value);
    else
        snprintf(buffer, size, "%.*g", digits, value);
    return buffer;
}
