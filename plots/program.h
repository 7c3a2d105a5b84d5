/* SPDX-License-Identifier: MIT */
/* Runs another program to its end. */
#ifndef GATEBENCH_PLOTS_PROGRAM_H
#define GATEBENCH_PLOTS_PROGRAM_H

#include "gatebench/context.h"

/* The time limit for drawing a picture or typesetting a document; each takes much less. */
#define PROGRAM_SECONDS 60

/* Runs arguments[0] (searched in PATH) in a folder, without a shell, for at most `most_seconds`. `file` is its input
 * file, for messages; `package` is the package that contains the program. Errors: GB_IO (missing: names the package;
 * failed: its first words on standard error; took too long: it was ended). */
gb_status program_run(gb_context *context, const char *folder, char *const *arguments, const char *file,
                      const char *package, int most_seconds);

#endif
