/* SPDX-License-Identifier: MIT */
/* The reader of .ts files. */
#define SERIES_FILE "x.ts"
#define SERIES_READ series_read_ts
#include "series_fuzz.h"
