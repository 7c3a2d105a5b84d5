/* SPDX-License-Identifier: MIT */
/* Numbers in texts, written with a point whatever the program's locale. */
#ifndef GATEBENCH_CORE_NUMBER_H
#define GATEBENCH_CORE_NUMBER_H

#include <stdbool.h>

/* Whether the whole text is one finite number; *number gets it, or 0. */
bool number_read(const char *text, double *number);

#endif
