/* SPDX-License-Identifier: MIT */
/* The reader of .arff files. */
#define SERIES_FILE "x.arff"
#define SERIES_READ series_read_arff
#include "series_fuzz.h"
