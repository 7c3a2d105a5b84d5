/* SPDX-License-Identifier: MIT */
/* Imports a network from a file of another framework. */
#ifndef GATEBENCH_INTERCHANGE_IMPORT_H
#define GATEBENCH_INTERCHANGE_IMPORT_H

#include "interchange/network/network.h"

/* Options for what a file may not say. NULL: not given. */
typedef struct import_options {
    const char *from;        /* framework; required for .npz, and for safetensors whose names are ambiguous */
    const char *activation;  /* activation of the basic RNN: "tanh", "relu" */
    const char *activations; /* activations of the dense layers after it: "relu,softmax" */
    const char *layers;      /* names of modules in their order, "rnn1,rnn2,head" */
    const char *ignore;      /* prefixes of the names of tensors to ignore: "optimizer,step" */
} import_options;

/* Reads .safetensors, .npz, .keras, .weights.h5, .h5 and .onnx files. Features that would give other numbers than the
 * framework are refused by name. net->notes lists the defaults assumed for what the file does not record. HDF5 files
 * are read in a separate process. Errors: GB_IO, GB_DATA (damaged, or not understood), GB_UNSUPPORTED (understood but
 * not supported), GB_INVALID (options), GB_MEMORY. */
gb_status import_network(gb_context *context, const char *path, const import_options *options, network *net);

/* True if the path ends as such a file does. */
bool import_reads(const char *path);

#endif
