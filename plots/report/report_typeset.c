/* SPDX-License-Identifier: MIT */
/* LaTeX to PDF. */
#include <errno.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plots/program.h"
#include "plots/report/report.h"
#include "support/file.h"

enum { LONGEST_PDF = 256 << 20 };

gb_status report_typeset(gb_context *context, const char *tex_path, const char *pdf_path) {
    char copy[PATH_MAX], made[PATH_MAX], *bytes = NULL;
    size_t size = 0;
    if ((size_t)snprintf(copy, sizeof copy, "%s", tex_path) >= sizeof copy)
        return gb_fail(context, GB_IO, "%s: the path is too long", tex_path);
    const char *folder = dirname(copy);
    char program[] = "pdflatex", safe[] = "-no-shell-escape", quiet[] = "-interaction=batchmode",
         stop[] = "-halt-on-error", file[] = "report.tex";
    char *const arguments[] = {program, safe, quiet, stop, file, NULL};
    if ((size_t)snprintf(made, sizeof made, "%s/report.pdf", folder) >= sizeof made)
        return gb_fail(context, GB_IO, "%s: the path is too long", tex_path);
    gb_status status = program_run(context, folder, arguments, file, "texlive-latex-recommended", PROGRAM_SECONDS);
    if (status != GB_OK) {
        char reason[300];
        snprintf(reason, sizeof reason, "%.299s", gb_context_message(context));
        snprintf(made, sizeof made, "%s/report.log", folder);
        return gb_fail(context, GB_IO, "%s; its source is %s%s", reason, tex_path,
                       file_exists(made) ? ", and report.log beside it says more" : "");
    }
    if (strcmp(made, pdf_path) == 0)
        return GB_OK;
    status = file_read(context, made, LONGEST_PDF, &bytes, &size);
    if (status == GB_OK)
        status = file_replace(context, pdf_path, bytes, size);
    free(bytes);
    return status;
}
