/* SPDX-License-Identifier: MIT */
/* gnuplot as a child process: an argument list instead of a shell, no start-up file, no input, a time limit. */
#include "plots/gnuplot.h"
#include "support/clock.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

enum { TIME_LIMIT_SECONDS = 60, WORDS = 600 };

/* Starts it with its messages going to `messages`; 0 or an errno. */
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

/* Keeps the first words of what comes until the other end closes; false when the time is over. */
static bool listen_to(int messages, char words[WORDS]) {
    double end = clock_now() + TIME_LIMIT_SECONDS;
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

/* Runs the arguments to the end: GB_OK when they end with 0. */
static gb_status run(gb_context *context, const char *folder, const char *stem, char *const *arguments) {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0)
        return gb_fail(context, GB_IO, "gnuplot cannot be started: %s", strerror(errno));
    pid_t child = -1;
    int wrong = start(folder, arguments, ends[1], &child);
    close(ends[1]);
    if (wrong) {
        close(ends[0]);
        if (wrong == ENOENT)
            return gb_fail(context, GB_IO,
                           "figures need the program gnuplot, which is not installed; install the package gnuplot-nox "
                           "(apt-get install gnuplot-nox)");
        return gb_fail(context, GB_IO, "gnuplot cannot be started: %s", strerror(wrong));
    }
    char words[WORDS];
    bool in_time = listen_to(ends[0], words);
    close(ends[0]);
    if (!in_time)
        kill(child, SIGKILL);
    int state = 0;
    while (waitpid(child, &state, 0) < 0 && errno == EINTR)
        continue;
    if (!in_time)
        return gb_fail(context, GB_IO, "gnuplot took longer than %d seconds on %s.gp and was ended", TIME_LIMIT_SECONDS,
                       stem);
    if (!WIFEXITED(state) || WEXITSTATUS(state) != 0)
        return gb_fail(context, GB_IO, "gnuplot failed on %s/%s.gp: %s", folder, stem,
                       *words ? words : "no reason given");
    return GB_OK;
}

/* How a whole picture ends: gnuplot does not notice a disk that fills up. A drawing in text has no such end. What comes
 * before the end of a PDF may be binary, zero bytes included. */
static const struct {
    const char *terminal, *mark;
} pictures[] = {{"svg", "</svg>"}, {"pdf", "%%EOF"}, {"png", "IEND"}, {"tex", "\\endgroup"}, {"txt", ""}};

static bool is_whole(const char *path, const char *terminal) {
    const char *mark = "";
    for (size_t i = 0; i < sizeof pictures / sizeof *pictures; i++)
        mark = strcmp(terminal, pictures[i].terminal) == 0 ? pictures[i].mark : mark;
    char end[64];
    FILE *file = fopen(path, "rb");
    if (!file)
        return false;
    bool read = fseek(file, 0, SEEK_END) == 0 && ftell(file) >= (long)sizeof end &&
                fseek(file, -(long)sizeof end, SEEK_END) == 0 && fread(end, sizeof end, 1, file) == 1;
    fclose(file);
    return read && memmem(end, sizeof end, mark, strlen(mark));
}

gb_status gnuplot_run(gb_context *context, const char *folder, const char *stem, const char *terminal,
                      const char *more) {
    char script[NAME_MAX], choice[2 * NAME_MAX], part[PATH_MAX], whole[PATH_MAX], part_name[NAME_MAX];
    const bool latex = strcmp(terminal, "tex") == 0; /* names its second file after the first: no other name will do */
    int lengths[] = {snprintf(script, sizeof script, "%s.gp", stem),
                     latex ? snprintf(part_name, sizeof part_name, "%s-latex.tex", stem)
                           : snprintf(part_name, sizeof part_name, "%s.%s.%ld.tmp", stem, terminal, (long)getpid()),
                     snprintf(choice, sizeof choice, "term='%s'; output='%s'; %s", terminal, part_name, more),
                     snprintf(part, sizeof part, "%s/%s", folder, part_name),
                     snprintf(whole, sizeof whole, "%s/%s%s.%s", folder, stem, latex ? "-latex" : "", terminal)};
    if ((size_t)lengths[1] >= sizeof part_name || (size_t)lengths[3] >= sizeof part)
        return gb_fail(context, GB_IO, "%s/%s.%s: the path is too long", folder, stem, terminal);
    char program[] = "gnuplot", no_start_up[] = "-d", execute[] = "-e";
    char *const arguments[] = {program, no_start_up, execute, choice, script, NULL};
    gb_status status = run(context, folder, stem, arguments);
    if (status == GB_OK && !is_whole(part, terminal))
        status = gb_fail(context, GB_IO, "%s: gnuplot ended without writing all of it; is the disk full?", whole);
    if (status == GB_OK && rename(part, whole) != 0)
        status = gb_fail(context, GB_IO, "%s: cannot be written: %s", whole, strerror(errno));
    if (status != GB_OK)
        unlink(part);
    return status;
}
