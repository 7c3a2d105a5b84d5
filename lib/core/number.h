/* SPDX-License-Identifier: MIT */
/* Numbers in texts, with a decimal point in every locale. */
#ifndef GATEBENCH_CORE_NUMBER_H
#define GATEBENCH_CORE_NUMBER_H

#include <stdbool.h>

/* True if the whole text is one finite number; *number gets it, or 0. */
bool number_read(const char *text, double *number);

#endif
