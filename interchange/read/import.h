/* SPDX-License-Identifier: MIT */
/* Importing a network from a file of another framework. */
#ifndef GATEBENCH_INTERCHANGE_IMPORT_H
#define GATEBENCH_INTERCHANGE_IMPORT_H

#include "interchange/network/network.h"

/* What a file may leave open. Members that are NULL are not given. */
typedef struct import_options {
    const char *from;        /* framework; needed for .npz, and for safetensors where names tell too little */
    const char *activation;  /* of the basic RNN: "tanh", "relu" */
    const char *activations; /* of the dense layers behind it, "relu,softmax" */
    const char *layers;      /* names of modules in their order, "rnn1,rnn2,head" */
    const char *ignore;      /* names of tensors that belong to nothing, by their beginnings: "optimizer,step" */
} import_options;

/* Reads .safetensors, .npz, .keras, .weights.h5, .h5 and .onnx files. What would give other numbers than the framework
 * is refused by name; what the file does not record and has a usual value stands in net->notes. A file of HDF5 is read
 * in a process of its own. Errors: GB_IO, GB_DATA (damaged, or not understood), GB_UNSUPPORTED (understood and not
 * computed), GB_INVALID (options), GB_MEMORY. */
gb_status import_network(gb_context *context, const char *path, const import_options *options, network *net);

#endif
