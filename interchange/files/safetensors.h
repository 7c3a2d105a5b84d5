/* SPDX-License-Identifier: MIT */
/* The safetensors format: a length, a JSON header, and the numbers. */
#ifndef GATEBENCH_INTERCHANGE_SAFETENSORS_H
#define GATEBENCH_INTERCHANGE_SAFETENSORS_H

#include "interchange/network/tensor_set.h"
#include "support/text.h"

/* Adds the tensors of a file's bytes, which must outlive the set. `metadata`, if not NULL, gets the value of
 * __metadata__[key] ("" without one). Refuses violations of the format: holes, overlaps, wrong lengths, duplicate keys.
 * Errors: GB_DATA with `path`, GB_MEMORY. */
gb_status safetensors_read(gb_context *context, const char *path, const char *bytes, size_t size, tensor_set *set,
                           const char *key, text *metadata);

/* Writes tensors of type F32 or F64. `metadata` holds pairs of key and value and ends with NULL; it may be NULL. */
void safetensors_write(text *out, const tensor_set *set, const char *const *metadata);

#endif
