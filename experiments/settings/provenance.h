/* SPDX-License-Identifier: MIT */
/* The provenance in a results file: how it was made. Internal to experiments. */
#ifndef GATEBENCH_EXPERIMENTS_SETTINGS_PROVENANCE_H
#define GATEBENCH_EXPERIMENTS_SETTINGS_PROVENANCE_H

#include "support/text.h"

/* The environment variables that affect the libraries (OMP_*, ONEDNN_*, DNNL_*, GATEBENCH_*), as sorted lines
 * NAME=value. */
void provenance_environment(text *lines);
/* "gatebench 0.1.0; onednn 2.6.3 AVX512; ...". */
void provenance_libraries(text *line);
/* The commit of the source that this program was built from, with "+changes" when dirty; "unknown" outside of a
 * git clone. */
const char *provenance_commit(void);

#endif
