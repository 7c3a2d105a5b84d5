/* SPDX-License-Identifier: MIT */
/* What a run says on stderr. */
#include "experiments/run/progress.h"

#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "experiments/trial/trial_state.h"

void progress_duration(double seconds, char *text, size_t size) {
    if (seconds < 10)
        snprintf(text, size, "%.1f s", seconds);
    else if (seconds < 120)
        snprintf(text, size, "%.0f s", seconds);
    else if (seconds < 7200)
        snprintf(text, size, "%.0f min %.0f s", floor(seconds / 60), fmod(seconds, 60));
    else
        snprintf(text, size, "%.0f h %.0f min", floor(seconds / 3600), fmod(seconds, 3600) / 60);
}

static void write_bytes(double bytes, char *text, size_t size) {
    static const char *const units[] = {"KiB", "MiB", "GiB", "TiB"};
    size_t unit = 0;
    for (bytes /= 1024; bytes >= 1024 && unit < 3; unit++)
        bytes /= 1024;
    snprintf(text, size, "%.*f %s", bytes < 10 ? 1 : 0, bytes, units[unit]);
}

void progress_start(progress *p, const char *run_name, const run_options *options, size_t workers) {
    const char *term = getenv("TERM"), *no_colour = getenv("NO_COLOR");
    *p = (progress){.run_name = run_name, .verbose = options->verbose, .quiet = options->quiet, .workers = workers};
    p->terminal = isatty(STDERR_FILENO) && term && strcmp(term, "dumb") != 0 && !p->quiet;
    p->colour = p->terminal && !(no_colour && *no_colour);
}

void progress_plan(progress *p, size_t tune, size_t final, const run_estimate *estimate, const char *folder) {
    char time[32], cores[32], memory[32];
    p->folder = folder;
    p->total = tune + final;
    if (p->quiet)
        return;
    progress_duration(estimate->seconds, time, sizeof time);
    progress_duration(estimate->core_seconds, cores, sizeof cores);
    write_bytes(estimate->bytes, memory, sizeof memory);
    fprintf(stderr, "%s: %zu trials", p->run_name, p->total);
    if (tune)
        fprintf(stderr, " (%zu to tune, %zu final)", tune, final);
    fprintf(stderr, ", %zu finished before, in %s\n", p->before, folder);
    if (*estimate->why)
        fprintf(stderr, "%s: no estimate: %s\n", p->run_name, estimate->why);
    if (estimate->seconds > 0)
        fprintf(stderr, "%s: ahead %s %s with %zu worker%s (%s of core time), %s of memory\n", p->run_name,
                estimate->most ? "at most" : "about", time, p->workers, p->workers == 1 ? "" : "s", cores, memory);
}

void progress_left_alone(const progress *p, size_t trials) {
    if (trials && !p->quiet)
        fprintf(stderr,
                "%s: %zu failed before and %s left alone (%s/failed.txt says why); --retry-failed runs %s again\n",
                p->run_name, trials, trials == 1 ? "is" : "are", p->folder, trials == 1 ? "it" : "them");
}

static void clear_line(const progress *p) {
    if (p->terminal)
        fputs("\r\033[K", stderr);
}

void progress_warn(const progress *p, const char *words) {
    clear_line(p);
    fprintf(stderr, "%s: warning: %s\n", p->run_name, words);
}

void progress_wait(progress *p, size_t trials) {
    clear_line(p);
    fprintf(stderr,
            "%s: %zu final trial%s until the tuning of %s is complete, since values chosen from a part of it could be "
            "others: see %s/failed.txt, then run again with --retry-failed\n",
            p->run_name, trials, trials == 1 ? " waits" : "s wait", trials == 1 ? "its arm" : "their arms", p->folder);
}

/* Shows one trial until it ends: the one that has run longest since the last one shown did. A warning is a line. */
void progress_hear(progress *p, const char *label, const worker_message *message) {
    if (message->news == WORKER_NOTE) {
        char words[sizeof message->words + 512];
        snprintf(words, sizeof words, "%s: %s", label, message->words);
        progress_warn(p, words);
        return;
    }
    if (*p->shown && strcmp(p->shown, label) != 0)
        return;
    snprintf(p->shown, sizeof p->shown, "%s", label);
    snprintf(p->words, sizeof p->words, "%s", message->words);
}

void progress_end_trial(progress *p, const char *label, const worker_message *message, double flops) {
    bool failed = message->news == WORKER_FAILED || message->news == WORKER_UNWRITTEN;
    if (strcmp(p->shown, label) == 0)
        *p->shown = *p->words = '\0';
    p->finished++;
    p->failed += failed;
    p->flops_left -= flops;
    if (!failed) {
        p->flops_done += flops;
        p->core_seconds += message->seconds;
    }
    bool plain = message->news == WORKER_DONE;
    if (message->news == WORKER_UNWRITTEN) /* no failure of the trial's: the run ends with this sentence */
        return;
    if ((p->quiet && !failed) || (p->terminal && plain && !p->verbose))
        return;
    char took[32];
    progress_duration(message->seconds, took, sizeof took);
    clear_line(p);
    fprintf(stderr, "[%zu/%zu] %s: %s%s%s%s%s%s\n", p->before + p->finished - p->failed, p->total, label,
            p->colour && !plain ? "\033[31m" : "", failed ? "failed: " : "", message->words,
            p->colour && !plain ? "\033[0m" : "", failed || !*message->words ? "" : ", ", failed ? "" : took);
}

/* What is left at the speed of what is done; nothing before the first trial is done. */
static void write_remaining(const progress *p, char *text, size_t size) {
    char time[32];
    *text = '\0';
    if (p->flops_done <= 0)
        return;
    size_t workers = p->workers < p->total - p->before ? p->workers : p->total - p->before;
    double seconds = p->core_seconds / p->flops_done * fmax(p->flops_left, 0) / (double)(workers ? workers : 1);
    progress_duration(seconds, time, sizeof time);
    snprintf(text, size, ", about %s left", time);
}

void progress_draw(progress *p) {
    double now = trial_now();
    if (!p->terminal || now - p->last_drawn < 0.2)
        return;
    p->last_drawn = now;
    struct winsize window = {0};
    size_t width = ioctl(STDERR_FILENO, TIOCGWINSZ, &window) == 0 && window.ws_col ? window.ws_col : 80;
    char remaining[64], line[2048];
    write_remaining(p, remaining, sizeof remaining);
    int length = snprintf(line, sizeof line, "%s %zu/%zu, %zu running", p->run_name,
                          p->before + p->finished - p->failed, p->total, p->running);
    if (p->failed)
        length += snprintf(line + length, sizeof line - (size_t)length, ", %zu failed", p->failed);
    snprintf(line + length, sizeof line - (size_t)length, "%s%s%s%s%s", remaining, *p->shown ? " | " : "", p->shown,
             *p->shown ? ": " : "", p->words);
    fprintf(stderr, "\r\033[K%.*s", (int)width - 1, line);
    fflush(stderr);
}

void progress_summary(progress *p, const run_summary *summary) {
    clear_line(p);
    if (p->quiet)
        return;
    char took[32], cpu[32];
    progress_duration(summary->seconds, took, sizeof took);
    progress_duration(summary->cpu_seconds, cpu, sizeof cpu);
    fprintf(stderr, "%s: %zu of %zu trials finished (%zu before), %zu diverged, %zu failed; %s, %s of core time\n",
            p->run_name, summary->finished_before + summary->done + summary->diverged, summary->planned,
            summary->finished_before, summary->diverged, summary->failed, took, cpu);
    if (summary->interrupted)
        fprintf(stderr, "stopped by signal %d (%s): the same command resumes\n", summary->signal,
                strsignal(summary->signal));
}
