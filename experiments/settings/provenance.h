/* SPDX-License-Identifier: MIT */
/* What a results file says of how it was made. Internal to experiments. */
#ifndef GATEBENCH_EXPERIMENTS_SETTINGS_PROVENANCE_H
#define GATEBENCH_EXPERIMENTS_SETTINGS_PROVENANCE_H

#include "support/text.h"

/* The variables that change what the libraries do (OMP_*, ONEDNN_*, DNNL_*, GATEBENCH_*), NAME=value lines, sorted. */
void provenance_environment(text *lines);
/* "gatebench 0.1.0; onednn 2.6.3 AVX512; ...". */
void provenance_libraries(text *line);
/* The commit of the source that this program was built from, with "+changes" when dirty; "unknown" outside of a
 * git clone. */
const char *provenance_commit(void);

#endif
