/* SPDX-License-Identifier: MIT */
/* Shared by the two writers. Internal to interchange. */
#ifndef GATEBENCH_INTERCHANGE_EXPORTING_H
#define GATEBENCH_INTERCHANGE_EXPORTING_H

#include "interchange/network/layers.h"
#include "interchange/write/export.h"

/* Finds the convention of a framework for a layer. Errors: GB_UNSUPPORTED, which names the layer. */
gb_status export_convention(gb_context *context, const network_layer *layer, const char *framework,
                            const convention **c);

/* Adds a layer's tensors to a set. Each is named `prefix` followed by the convention's name, with "_l" and `number` in
 * place of ~ ("rnn.weight_ih_l0"). */
gb_status export_tensors(gb_context *context, const network *net, const network_layer *layer, const convention *c,
                         const char *prefix, size_t number, tensor_set *set);

/* Writes a .weights.h5 file of Keras. */
gb_status export_keras(gb_context *context, const network *net, const char *path, text *loader);

#endif
