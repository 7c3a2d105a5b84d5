/* SPDX-License-Identifier: MIT */
/* Shared by the two writers. Internal to interchange. */
#ifndef GATEBENCH_INTERCHANGE_EXPORTING_H
#define GATEBENCH_INTERCHANGE_EXPORTING_H

#include "interchange/network/layers.h"
#include "interchange/write/export.h"

/* The convention of a framework for a layer. Errors: GB_UNSUPPORTED, by name. */
gb_status export_convention(gb_context *context, const network_layer *layer, const char *framework,
                            const convention **c);

/* Adds a layer's tensors to a set, called prefix and the convention's name, ~ as "_l" and number. */
gb_status export_tensors(gb_context *context, const network *net, const network_layer *layer, const convention *c,
                         const char *prefix, size_t number, tensor_set *set);

/* Keras's .weights.h5. */
gb_status export_keras(gb_context *context, const network *net, const char *path, text *loader);

#endif
