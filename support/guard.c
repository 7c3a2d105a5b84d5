/* SPDX-License-Identifier: MIT */
/* A child process with limits, and a pipe for its result. */
#include "support/guard.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support/clock.h"

enum { EXIT_HANDED_BACK = 0, EXIT_REASON = 1, EXIT_NO_MEMORY = 2 };

static void limit(int what, rlim_t most) {
    struct rlimit given;
    if (getrlimit(what, &given) == 0 && (given.rlim_max == RLIM_INFINITY || given.rlim_max > most))
        given.rlim_max = most;
    given.rlim_cur = given.rlim_max;
    setrlimit(what, &given);
}

/* Limits the data segment to its present size plus `more` bytes. Not under a sanitizer, whose shadow memory exceeds any
 * limit. */
static void limit_data(size_t more) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    (void)more;
#else
    unsigned long long data = 0;
    char line[256];
    int statm = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
    ssize_t got = statm < 0 ? -1 : read(statm, line, sizeof line - 1);
    if (statm >= 0)
        close(statm);
    line[got > 0 ? got : 0] = '\0';
    /* size resident shared text lib data */
    if (sscanf(line, "%*u %*u %*u %*u %*u %llu", &data) != 1)
        return;
    limit(RLIMIT_DATA, (rlim_t)data * (rlim_t)sysconf(_SC_PAGESIZE) + more);
#endif
}

/* Closes all descriptors but the pipe and forbids new ones, so that the process can reach no file and no network. */
static void confine(int pipe_end, const guard_limits *limits) {
    int nothing = open("/dev/null", O_RDWR);
    for (int standard = 0; standard < 3; standard++)
        dup2(nothing, standard);
    dup2(pipe_end, 3);
    close_range(4, ~0U, 0);
    limit_data(limits->memory);
    limit(RLIMIT_CPU, (rlim_t)limits->seconds + 1);
    limit(RLIMIT_FSIZE, 0);
    limit(RLIMIT_CORE, 0);
    limit(RLIMIT_NOFILE, 0);
    const int fatal[] = {SIGSEGV, SIGBUS, SIGABRT, SIGFPE, SIGILL, SIGTERM, SIGINT, SIGHUP, SIGUSR1, SIGXCPU};
    for (size_t i = 0; i < sizeof fatal / sizeof *fatal; i++)
        signal(fatal[i], SIG_DFL);
}

static void write_all(int to, const char *bytes, size_t size) {
    while (size) {
        ssize_t written = write(to, bytes, size);
        if (written < 0 && errno != EINTR)
            _exit(EXIT_NO_MEMORY);
        if (written > 0) {
            bytes += written;
            size -= (size_t)written;
        }
    }
}

static _Noreturn void be_the_child(int pipe_end, guard_work work, void *user, const guard_limits *limits) {
    confine(pipe_end, limits);
    text out = {0};
    bool handed_back = work(user, &out);
    if (out.failed)
        _exit(EXIT_NO_MEMORY);
    write_all(3, out.data, out.length);
    _exit(handed_back ? EXIT_HANDED_BACK : EXIT_REASON);
}

/* Collects what the child writes until it closes its end. Returns NULL, or the limit that it exceeded. */
static const char *collect(int pipe_end, const guard_limits *limits, text *out) {
    const double end = clock_now() + limits->seconds;
    char block[65536];
    for (;;) {
        const double left = end - clock_now();
        struct pollfd ready = {.fd = pipe_end, .events = POLLIN};
        if (left <= 0)
            return "takes longer than the time limit";
        if (poll(&ready, 1, (int)(left * 1000) + 1) <= 0)
            continue;
        ssize_t got = read(pipe_end, block, sizeof block);
        if (got < 0 && errno != EINTR)
            return "could not be read in a separate process";
        if (got == 0)
            return NULL;
        if (got > 0)
            text_append_bytes(out, block, (size_t)got);
        if (out->length > limits->output)
            return "unpacks to more than a file of its size can hold";
    }
}

static gb_status fail(gb_context *context, const char *path, const char *what) {
    return gb_fail(context, GB_DATA, "%s: %s", path, what);
}

/* How the child ended. */
static gb_status judge_end(gb_context *context, const char *path, int ended, const text *out) {
    if (WIFSIGNALED(ended))
        return gb_fail(context, GB_DATA,
                       "%s: is damaged: the separate process that read it was killed by signal %d (%s)", path,
                       WTERMSIG(ended), strsignal(WTERMSIG(ended)));
    if (out->failed)
        return gb_fail(context, GB_MEMORY, "%s: out of memory", path);
    if (WEXITSTATUS(ended) == EXIT_HANDED_BACK)
        return GB_OK;
    if (WEXITSTATUS(ended) == EXIT_REASON)
        return fail(context, path, out->data ? out->data : "cannot be read");
    return fail(context, path, "needs more memory than a file of its size should");
}

gb_status guard_run(gb_context *context, const char *path, guard_work work, void *user, const guard_limits *limits,
                    text *out) {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0)
        return gb_fail(context, GB_IO, "%s: cannot create a pipe to the process that reads it: %s", path,
                       strerror(errno));
    pid_t child = fork();
    if (child == 0)
        be_the_child(ends[1], work, user, limits);
    const int reason = errno;
    close(ends[1]);
    if (child < 0) {
        close(ends[0]);
        return gb_fail(context, GB_IO, "%s: cannot start the process that reads it: %s", path, strerror(reason));
    }
    const char *met = collect(ends[0], limits, out);
    close(ends[0]);
    if (met)
        kill(child, SIGKILL);
    int ended = 0;
    while (waitpid(child, &ended, 0) < 0 && errno == EINTR)
        continue;
    return met ? fail(context, path, met) : judge_end(context, path, ended, out);
}
