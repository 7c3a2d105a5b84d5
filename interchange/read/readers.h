/* SPDX-License-Identifier: MIT */
/* The readers of import_network() and their shared functions. Internal to interchange. */
#ifndef GATEBENCH_INTERCHANGE_READERS_H
#define GATEBENCH_INTERCHANGE_READERS_H

#include "interchange/network/layers.h"
#include "interchange/read/import.h"

/* Makes a network from tensors with module names, such as a state_dict. */
gb_status named_network(gb_context *context, const char *path, const import_options *options, tensor_set *set,
                        network *net);

/* Reads the bytes of an .onnx file. */
gb_status onnx_network(gb_context *context, const char *path, const char *bytes, size_t size, network *net);

/* Read files of Keras: an archive (.keras), and an HDF5 file. */
gb_status keras_archive(gb_context *context, const char *path, const import_options *options, network *net);
gb_status keras_hdf5(gb_context *context, const char *path, const import_options *options, network *net);

/* Reads a file into memory that the set frees at its end. Errors: GB_IO, GB_DATA (empty), GB_MEMORY. */
gb_status load_file(gb_context *context, const char *path, tensor_set *set, const char **bytes, size_t *size);

/* Sets the network's precision: f64 if a tensor holds doubles. */
void choose_dtype(const tensor_set *set, network *net);

/* Sets the basic RNN's cell by the option --activation; without it to `rnn`, with a note. Errors: GB_UNSUPPORTED. */
gb_status choose_rnn(gb_context *context, const char *path, const import_options *options, network *net,
                     network_layer *layer);
/* Sets the activations of dense layers, which such files do not record, by the option --activations; without it to
 * linear if there is one dense layer, with a note. */
gb_status choose_activations(gb_context *context, const char *path, const import_options *options, network *net);

/* Checks that each layer fits the outputs of the previous one. */
gb_status check_chain(gb_context *context, const char *path, const network *net);

#endif
