/* SPDX-License-Identifier: MIT */
/* Converts between a framework's tensors and the weights of a layer, in both directions, by the table of conventions.
 */
#ifndef GATEBENCH_INTERCHANGE_LAYERS_H
#define GATEBENCH_INTERCHANGE_LAYERS_H

#include "interchange/network/network.h"
#include "interchange/network/tensor_set.h"

/* A layer's tensors in the order of its convention; NULL where an optional one is missing. */
typedef tensor *layer_tensors[CONVENTION_TENSORS];

/* Adds a layer with these tensors to the network. Errors, which name file, layer and tensor: GB_DATA (shapes that do
 * not fit), GB_UNSUPPORTED, GB_MEMORY. */
gb_status layer_read(gb_context *context, const char *path, network *net, const convention *c, const char *name,
                     const layer_tensors tensors);

/* The functions inside a recurrent layer. */
typedef struct layer_functions {
    const convention_function *gates, *state; /* gates NULL: the cell has no gates */
    double slope, shift;                      /* parameters of a hard gate: clip(slope x + 1/2 + shift, 0, 1) */
} layer_functions;

/* Replaces the functions of the network's last layer. Errors: GB_UNSUPPORTED, which names the functions. */
gb_status layer_set_functions(gb_context *context, const char *path, const network *net, const layer_functions *f);

/* The inverse of layer_read(): writes tensor number k of a convention from a layer's values into `to`
 * (convention_count() numbers of the network's precision), and its shape. Biases that the layer lacks become zeros; two
 * biases are summed if the convention has one. */
void layer_write(const network *net, const network_layer *layer, const convention *c, size_t k, void *to, size_t *rank,
                 size_t shape[3]);

/* Appends how the layer's weights were converted: "gates i f g o -> i f c o, transposed; two biases". */
void layer_describe(const network_layer *layer, text *out);

#endif
