/* SPDX-License-Identifier: MIT */
/* The verdict matrix on the terminal and as JSON. */
#ifndef GATEBENCH_CLI_VERDICT_MATRIX_H
#define GATEBENCH_CLI_VERDICT_MATRIX_H

#include "cli/output.h"
#include "results/claims/matrix.h"

/* One line per task. */
void verdict_matrix_print(const verdict_matrix *m);

/* An object "matrix" with a, b and a list of tasks. */
void verdict_matrix_json(json *j, const verdict_matrix *m);

#endif
