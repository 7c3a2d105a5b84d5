/* SPDX-License-Identifier: MIT */
/* The messages of a run on stderr. */
#include "cli/run_progress.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "results/store/matching_rows.h"
#include "support/cleanup.h"
#include "support/clock.h"

static void write_bytes(double bytes, char *words, size_t size) {
    static const char *const units[] = {"KiB", "MiB", "GiB", "TiB"};
    size_t unit = 0;
    for (bytes /= 1024; bytes >= 1024 && unit < 3; unit++)
        bytes /= 1024;
    snprintf(words, size, "%.*f %s", bytes < 10 ? 1 : 0, bytes, units[unit]);
}

static size_t total(const run_state *s) {
    return s->tuning + s->final;
}

static size_t finished(const run_state *s) {
    return s->before + s->ended - s->failed;
}

static void clear_line(const run_progress *p) {
    if (p->terminal)
        fputs("\r\033[K", stderr);
}

static bool same_sizes(const trial_settings *a, const trial_settings *b) {
    return !strcmp(a->matching, b->matching) && !strcmp(a->matched, b->matched) &&
           !strcmp(trial_text(a, "cell"), trial_text(b, "cell")) &&
           !strcmp(trial_text(a, "hidden"), trial_text(b, "hidden"));
}

/* The size of each cell under each matching other than width. */
static void say_matching(const trial_list *list) {
    CLEANUP(table_free) table runs = {0};
    CLEANUP(text_free) text lines = {0};
    bool ok = true;
    for (size_t i = 0; ok && i < list->count; i++) {
        const trial_settings *t = &list->trials[i];
        if (i && same_sizes(t, t - 1))
            continue;
        ok = table_add_row(&runs) && table_set_integer(&runs, "run", (double)i) &&
             table_set_text(&runs, "cell", trial_text(t, "cell")) &&
             table_set_integer(&runs, "hidden", trial_number(t, "hidden")) &&
             table_set_text(&runs, "matching", t->matching) && table_set_text(&runs, "matched", t->matched);
    }
    if (ok && matchings_split(NULL, &runs) == GB_OK) {
        matchings_words(&runs, &lines);
        fputs(lines.data ? lines.data : "", stderr);
    }
}

static void say_estimate(const char *name, const run_estimate *ahead, size_t workers) {
    char time[32], cores[32], memory[32];
    clock_words(ahead->seconds, time, sizeof time);
    clock_words(ahead->core_seconds, cores, sizeof cores);
    write_bytes(ahead->bytes, memory, sizeof memory);
    fprintf(stderr, "%s: estimated time: %s %s with %zu worker%s (%s of core time), %s of memory\n", name,
            ahead->most ? "at most" : "about", time, workers, workers == 1 ? "" : "s", cores, memory);
}

static void add_ahead(run_progress *p, const run_state *s, const run_estimate *ahead) {
    p->runs++;
    p->trials += total(s) - s->before;
    p->workers = s->workers > p->workers ? s->workers : p->workers;
    p->ahead.seconds += ahead->seconds;
    p->ahead.core_seconds += ahead->core_seconds;
    p->ahead.bytes = fmax(p->ahead.bytes, ahead->bytes);
    p->ahead.most = p->ahead.most || ahead->most;
}

void run_progress_say_sum(const run_progress *p) {
    fprintf(stderr, "all: %zu runs, %zu trials to run\n", p->runs, p->trials);
    if (p->ahead.seconds > 0)
        say_estimate("all", &p->ahead, p->workers);
}

static void on_planned(void *user, const run_state *s, const trial_list *finals, const run_estimate *ahead) {
    add_ahead(user, s, ahead);
    fprintf(stderr, "%s: %zu trials", s->name, total(s));
    if (s->tuning)
        fprintf(stderr, " (%zu to tune, %zu final)", s->tuning, s->final);
    fprintf(stderr, ", %zu finished before, in %s\n", s->before, s->folder);
    if (*ahead->why)
        fprintf(stderr, "%s: no estimate: %s\n", s->name, ahead->why);
    if (ahead->seconds > 0)
        say_estimate(s->name, ahead, s->workers);
    say_matching(finals);
    if (s->failed_before)
        fprintf(
            stderr,
            "%s: %zu trial%s failed earlier and %s skipped (%s/failed.txt says why); --retry-failed runs %s again\n",
            s->name, s->failed_before, s->failed_before == 1 ? "" : "s", s->failed_before == 1 ? "is" : "are",
            s->folder, s->failed_before == 1 ? "it" : "them");
}

static void on_warned(void *user, const run_state *s, const char *sentence) {
    clear_line(user);
    fprintf(stderr, "%s: warning: %s\n", s->name, sentence);
}

/* The time left, extrapolated from the finished trials; nothing before the first trial has finished. */
static void write_remaining(const run_state *s, char *words, size_t size) {
    char time[32];
    *words = '\0';
    if (s->flops_done <= 0)
        return;
    size_t workers = s->workers < total(s) - s->before ? s->workers : total(s) - s->before;
    double seconds = s->core_seconds / s->flops_done * fmax(s->flops_left, 0) / (double)(workers ? workers : 1);
    clock_words(seconds, time, sizeof time);
    snprintf(words, size, ", about %s left", time);
}

/* Appends the number at the end of "step 100/1500 valid mse 0.12" to the trial's curve, if it is new. */
static void follow(run_progress *p) {
    const char *at = strstr(p->words, " valid "), *number = at ? strrchr(at, ' ') : NULL;
    enum { MOST = sizeof p->course / sizeof *p->course };
    double value = number ? strtod(number, NULL) : NAN;
    if (!number || !isfinite(value) || (p->course_count && p->course[p->course_count - 1] == value))
        return;
    if (p->course_count == MOST)
        memmove(p->course, p->course + 1, --p->course_count * sizeof *p->course);
    p->course[p->course_count++] = value;
}

/* The curve as block characters of eight heights, " ▇▅▃▂▁"; nothing before there are two values. */
static void write_course(const run_progress *p, char *blocks, size_t size) {
    double least = INFINITY, most = -INFINITY;
    size_t length = 0;
    *blocks = '\0';
    for (size_t i = 0; i < p->course_count; i++) {
        least = fmin(least, p->course[i]);
        most = fmax(most, p->course[i]);
    }
    for (size_t i = 0; i < p->course_count && p->utf8 && p->course_count > 1 && length + 4 < size; i++) {
        int height = most > least ? (int)(7.999 * (p->course[i] - least) / (most - least)) : 0;
        length += (size_t)snprintf(blocks + length, size - length, "%s\xe2\x96%c", i ? "" : " ", 0x81 + height);
    }
}

/* Updates the live line, a few times per second. */
static void draw(run_progress *p, const run_state *s) {
    double now = clock_now();
    if (!p->terminal || now - p->last_drawn < 0.2)
        return;
    p->last_drawn = now;
    struct winsize window = {0};
    size_t width = ioctl(STDERR_FILENO, TIOCGWINSZ, &window) == 0 && window.ws_col ? window.ws_col : 80;
    char remaining[64], failed[64] = "", line[2048], blocks[64];
    write_remaining(s, remaining, sizeof remaining);
    if (s->failed)
        snprintf(failed, sizeof failed, ", %zu failed", s->failed);
    snprintf(line, sizeof line, "%s %zu/%zu, %zu running%s%s%s%s%s%s", s->name, finished(s), total(s), s->running,
             failed, remaining, *p->shown ? " | " : "", p->shown, *p->shown ? ": " : "", p->words);
    write_course(p, blocks, sizeof blocks);
    size_t room = *blocks ? p->course_count + 1 : 0; /* columns */
    fprintf(stderr, "\r\033[K%.*s%s", (int)(width - 1 - (room < width ? room : 0)), line, room < width ? blocks : "");
    fflush(stderr);
}

/* The live line shows one trial until it ends, then the trial that has been running longest. */
static void on_progress(void *user, const run_state *s, const char *trial, const char *words) {
    run_progress *p = user;
    if (trial && (!*p->shown || strcmp(p->shown, trial) == 0)) {
        snprintf(p->shown, sizeof p->shown, "%s", trial);
        snprintf(p->words, sizeof p->words, "%s", words);
        follow(p);
    }
    draw(p, s);
}

static void on_ended(void *user, const run_state *s, const char *trial, run_outcome outcome, double seconds,
                     const char *words) {
    run_progress *p = user;
    bool failed = outcome == RUN_FAILED, done = outcome == RUN_DONE;
    if (strcmp(p->shown, trial) == 0) {
        *p->shown = *p->words = '\0';
        p->course_count = 0;
    }
    if ((p->quiet && !failed) || (p->terminal && done && !p->verbose))
        return;
    char took[32];
    clock_words(seconds, took, sizeof took);
    clear_line(p);
    fprintf(stderr, "[%zu/%zu] %s: %s%s%s%s%s%s\n", finished(s), total(s), trial, p->colour && !done ? "\033[31m" : "",
            failed ? "failed: " : "", words, p->colour && !done ? "\033[0m" : "", failed || !*words ? "" : ", ",
            failed ? "" : took);
}

static void on_finished(void *user, const run_state *s, const run_summary *summary) {
    run_progress *p = user;
    clear_line(p);
    if (p->quiet)
        return;
    char took[32], cpu[32];
    clock_words(summary->seconds, took, sizeof took);
    clock_words(summary->cpu_seconds, cpu, sizeof cpu);
    fprintf(stderr, "%s: %zu of %zu trials finished (%zu before), %zu diverged, %zu failed; %s, %s of core time\n",
            s->name, summary->finished_before + summary->done + summary->diverged, summary->planned,
            summary->finished_before, summary->diverged, summary->failed, took, cpu);
    if (summary->interrupted)
        fprintf(stderr, "stopped by signal %d (%s): the same command resumes\n", summary->signal,
                strsignal(summary->signal));
}

void run_progress_start(run_progress *p, bool quiet, bool verbose) {
    const char *term = getenv("TERM"), *no_colour = getenv("NO_COLOR");
    *p = (run_progress){.verbose = verbose, .quiet = quiet};
    p->terminal = isatty(STDERR_FILENO) && term && strcmp(term, "dumb") != 0 && !quiet;
    const char *locale = getenv("LC_ALL");
    locale = locale && *locale ? locale : getenv("LC_CTYPE");
    locale = locale && *locale ? locale : getenv("LANG");
    p->utf8 = locale && (strstr(locale, "UTF-8") || strstr(locale, "utf8"));
    p->colour = p->terminal && !(no_colour && *no_colour);
    p->observer = (run_observer){.user = p,
                                 .planned = quiet ? NULL : on_planned,
                                 .progress = on_progress,
                                 .ended = on_ended,
                                 .warned = on_warned,
                                 .finished = on_finished};
}
