/* SPDX-License-Identifier: MIT */
/* What `import` and `probe` share: the options that say what a file leaves open, and a network in words. */
#ifndef GATEBENCH_CLI_IMPORTED_H
#define GATEBENCH_CLI_IMPORTED_H

#include <argp.h>

#include "cli/output.h"
#include "interchange/read/import.h"

/* Fills an import_options; to be a child of the command's parser. */
extern const struct argp cli_import_argp;

/* Prints layers and notes; returns the exit code. */
int cli_print_network(const char *path, const network *net);
void cli_json_layer(json *j, const network_layer *layer);

#endif
