/* SPDX-License-Identifier: MIT */
#include "support/clock.h"

#include <stdio.h>
#include <time.h>

static double seconds_of(clockid_t clock) {
    struct timespec now;
    clock_gettime(clock, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

double clock_now(void) {
    return seconds_of(CLOCK_MONOTONIC);
}

double clock_cpu_now(void) {
    return seconds_of(CLOCK_PROCESS_CPUTIME_ID);
}

void clock_words(double seconds, char *words, size_t size) {
    long whole = seconds < 1e9 ? (long)seconds : 1000000000;
    if (seconds < 10)
        snprintf(words, size, "%.1f s", seconds);
    else if (seconds < 120)
        snprintf(words, size, "%.0f s", seconds);
    else if (seconds < 7200)
        snprintf(words, size, "%ld min %ld s", whole / 60, whole % 60);
    else
        snprintf(words, size, "%ld h %ld min", whole / 3600, whole % 3600 / 60);
}
