/* SPDX-License-Identifier: MIT */
/* Runs gnuplot on a complete script, without a start-up file. A picture is moved into place only when it is
 * complete. */
#include "plots/gnuplot.h"

#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "plots/program.h"

/* The last bytes of a complete picture, since gnuplot does not notice a full disk. A text drawing has no such mark. The
 * bytes before the end of a PDF may be binary, including zero bytes. */
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
    const bool latex = strcmp(terminal, "tex") ==
                       0; /* derives the name of its second file from the first, so the name must be the final one */
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
    gb_status status = program_run(context, folder, arguments, script, "gnuplot-nox", PROGRAM_SECONDS);
    if (status == GB_OK && !is_whole(part, terminal))
        status =
            gb_fail(context, GB_IO, "%s: gnuplot ended without writing the whole picture; is the disk full?", whole);
    if (status == GB_OK && rename(part, whole) != 0)
        status = gb_fail(context, GB_IO, "%s: cannot be written: %s", whole, strerror(errno));
    if (status != GB_OK)
        unlink(part);
    return status;
}

static bool path_of(const char *folder, const char *stem, const char *ending, char path[PATH_MAX]) {
    return (size_t)snprintf(path, PATH_MAX, "%s/%s.%s", folder, stem, ending) < PATH_MAX;
}

bool gnuplot_is_current(const char *folder, const char *stem, const char *terminal) {
    static const char *const sources[] = {"csv", "gp"};
    char path[PATH_MAX];
    struct stat picture, source;
    if (!path_of(folder, stem, terminal, path) || stat(path, &picture) != 0)
        return false;
    for (size_t i = 0; i < sizeof sources / sizeof *sources; i++) {
        if (!path_of(folder, stem, sources[i], path) || stat(path, &source) != 0)
            return false;
        const struct timespec made = picture.st_mtim, from = source.st_mtim;
        if (made.tv_sec < from.tv_sec || (made.tv_sec == from.tv_sec && made.tv_nsec < from.tv_nsec))
            return false;
    }
    return true;
}
