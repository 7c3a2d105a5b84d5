/* SPDX-License-Identifier: MIT */
/* How catalog.c gets a file that is not in a folder yet; internal to this room. */
#ifndef GATEBENCH_DATASETS_FILES_FETCH_H
#define GATEBENCH_DATASETS_FILES_FETCH_H

#include <stdbool.h>

#include "datasets/files/catalog.h"

/* The bytes of a URL (https: or file:), malloc'ed. Errors: GB_IO (cannot be fetched), GB_DATA (more than file->bytes).
 */
gb_status fetch_url(gb_context *context, const data_file *file, char **bytes, size_t *size);

/* The first is true if the file is the output of a program on this machine. The second runs it and returns its output,
 * normalised to the file's form, malloc'ed. Errors: GB_DATA (the program is not installed: the sentence names the
 * command that installs it), GB_IO. */
bool fetch_has_program(const data_file *file);
gb_status fetch_program(gb_context *context, const data_file *file, char **bytes, size_t *size);

#endif
