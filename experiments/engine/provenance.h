/* SPDX-License-Identifier: MIT */
/* What a results file says of how it was made. Internal to the engine. */
#ifndef GATEBENCH_ENGINE_PROVENANCE_H
#define GATEBENCH_ENGINE_PROVENANCE_H

#include "results/store/store.h"
#include "support/text.h"

/* The variables that change what the libraries do (OMP_*, ONEDNN_*, DNNL_*, GATEBENCH_*), NAME=value lines, sorted. */
void provenance_environment(text *lines);
/* "gatebench 0.1.0; onednn 2.6.3 AVX512; ...". */
void provenance_libraries(text *line);
/* The commit of the source that this program was built from, with "+changes" when dirty; "" unknown. */
const char *provenance_commit(void);

/* The settings that came later with their defaults, which trials from before them were run with; ends with a NULL name.
 * Returns `list`. */
enum { PROVENANCE_DEFAULTS = 128 };
const store_default *provenance_defaults(store_default list[PROVENANCE_DEFAULTS]);

#endif
