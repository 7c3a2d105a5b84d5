/* SPDX-License-Identifier: MIT */
/* The readers behind import_network(), and what they share. Internal to interchange. */
#ifndef GATEBENCH_INTERCHANGE_READERS_H
#define GATEBENCH_INTERCHANGE_READERS_H

#include "interchange/network/layers.h"
#include "interchange/read/import.h"

/* Tensors with the names that modules gave them (state_dict and its like) as a network. */
gb_status named_network(gb_context *context, const char *path, const import_options *options, tensor_set *set,
                        network *net);

/* .onnx, by its bytes. */
gb_status onnx_network(gb_context *context, const char *path, const char *bytes, size_t size, network *net);

/* Keras: an archive, and an HDF5 file. */
gb_status keras_archive(gb_context *context, const char *path, const import_options *options, network *net);
gb_status keras_hdf5(gb_context *context, const char *path, const import_options *options, network *net);

/* Reads a file into memory that the set frees at its end. Errors: GB_IO, GB_DATA (empty), GB_MEMORY. */
gb_status load_file(gb_context *context, const char *path, tensor_set *set, const char **bytes, size_t *size);

/* Chooses f64 when a tensor holds doubles. */
void choose_dtype(const tensor_set *set, network *net);

/* The basic RNN's cell by the option, else rnn with a note. Errors: GB_UNSUPPORTED. */
gb_status choose_rnn(gb_context *context, const char *path, const import_options *options, network *net,
                     network_layer *layer);
/* Activations of the dense layers that no file records: the option's, else linear for the only one, with a note. */
gb_status choose_activations(gb_context *context, const char *path, const import_options *options, network *net);

/* Checks that each layer fits the outputs of the previous one. */
gb_status check_chain(gb_context *context, const char *path, const network *net);

#endif
