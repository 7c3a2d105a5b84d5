/* SPDX-License-Identifier: MIT */
/* Runs a program as a child process: with an argument list instead of a shell, no input, and a time limit. */
#include "plots/program.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "support/clock.h"

extern char **environ;

enum { WORDS = 600 };

/* Starts the program with its messages redirected to `messages`; returns 0 or an errno. */
static int start(const char *folder, char *const *arguments, int messages, pid_t *child) {
    posix_spawn_file_actions_t actions;
    int wrong = posix_spawn_file_actions_init(&actions);
    if (wrong)
        return wrong;
    wrong = posix_spawn_file_actions_addchdir_np(&actions, folder);
    if (!wrong)
        wrong = posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    if (!wrong)
        wrong = posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    if (!wrong)
        wrong = posix_spawn_file_actions_adddup2(&actions, messages, STDERR_FILENO);
    if (!wrong)
        wrong = posix_spawnp(child, arguments[0], &actions, NULL, arguments, environ);
    posix_spawn_file_actions_destroy(&actions);
    return wrong;
}

/* Reads until the other end closes and keeps the first words; false when the time is over. */
static bool listen_to(int messages, double end, char words[WORDS]) {
    size_t kept = 0;
    words[0] = '\0';
    for (;;) {
        char bytes[512];
        struct pollfd waiting = {.fd = messages, .events = POLLIN};
        double left = end - clock_now();
        int ready = left > 0 ? poll(&waiting, 1, (int)(left * 1000) + 1) : 0;
        if (ready < 0 && errno == EINTR)
            continue;
        if (ready <= 0)
            return false;
        ssize_t got = read(messages, bytes, sizeof bytes);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return true;
        for (ssize_t i = 0; i < got && kept + 1 < WORDS; i++)
            words[kept++] = bytes[i] == '\n' || bytes[i] == '\0' ? ' ' : bytes[i];
        words[kept] = '\0';
    }
}

/* Waits for a child that has closed its messages, as it may go on without them; false when the time is over. */
static bool wait_until(pid_t child, double end, int *state) {
    const struct timespec pause = {.tv_nsec = 2000000};
    for (;;) {
        pid_t ended = waitpid(child, state, WNOHANG);
        if (ended == child || (ended < 0 && errno != EINTR))
            return true;
        if (clock_now() >= end)
            return false;
        nanosleep(&pause, NULL);
    }
}

static gb_status cannot_start(gb_context *context, const char *name, const char *package, int wrong) {
    if (wrong == ENOENT)
        return gb_fail(context, GB_IO,
                       "this needs the program %s, which is not installed; install the package %s (apt-get install %s)",
                       name, package, package);
    return gb_fail(context, GB_IO, "%s cannot be started: %s", name, strerror(wrong));
}

gb_status program_run(gb_context *context, const char *folder, char *const *arguments, const char *file,
                      const char *package, int most_seconds) {
    const char *name = arguments[0];
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0)
        return gb_fail(context, GB_IO, "%s cannot be started: %s", name, strerror(errno));
    pid_t child = -1;
    int wrong = start(folder, arguments, ends[1], &child);
    close(ends[1]);
    if (wrong) {
        close(ends[0]);
        return cannot_start(context, name, package, wrong);
    }
    char words[WORDS];
    int state = 0;
    const double end = clock_now() + most_seconds;
    bool in_time = listen_to(ends[0], end, words) && wait_until(child, end, &state);
    close(ends[0]);
    if (!in_time) {
        kill(child, SIGKILL);
        while (waitpid(child, &state, 0) < 0 && errno == EINTR)
            continue;
        return gb_fail(context, GB_IO,
                       "%s took longer than %d second%s on %s/%s and was ended; start it by hand to see "
                       "why",
                       name, most_seconds, most_seconds == 1 ? "" : "s", folder, file);
    }
    if (!WIFEXITED(state) || WEXITSTATUS(state) != 0)
        return gb_fail(context, GB_IO, "%s failed on %s/%s: %s", name, folder, file,
                       *words ? words : "no reason given");
    return GB_OK;
}
