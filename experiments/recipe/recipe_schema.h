/* SPDX-License-Identifier: MIT */
/* The grammar of recipes as JSON Schema, for editors that complete and check YAML. */
#ifndef GATEBENCH_EXPERIMENTS_RECIPE_RECIPE_SCHEMA_H
#define GATEBENCH_EXPERIMENTS_RECIPE_RECIPE_SCHEMA_H

#include "support/text.h"

/* Appends the schema (draft 2020-12): every key, setting, task option and measure of this build with its help, type,
 * bounds and choices. It accepts every valid recipe. Some errors, such as an empty range, are found only by `gatebench
 * run --dry-run`. */
void recipe_schema(text *json);

#endif
