/* SPDX-License-Identifier: MIT */
/* What `import` and `probe` share: the options for what a file does not say, and printing a network. */
#ifndef GATEBENCH_CLI_IMPORTED_H
#define GATEBENCH_CLI_IMPORTED_H

#include "cli/options.h"
#include "cli/output.h"
#include "interchange/read/import.h"

/* Lines of a command's table of options, for a field of type import_options. */
#define CLI_IMPORT(field)                                                                                              \
    CLI_TEXT("from", 0, "FRAMEWORK", field.from,                                                                       \
             "The framework whose names a .npz or .safetensors uses: pytorch, flax_linen, haiku, ..."),                \
        CLI_TEXT("activation", 0, "NAME", field.activation,                                                            \
                 "Activation of basic RNNs if the file does not say: tanh, relu"),                                     \
        CLI_TEXT("activations", 0, "LIST", field.activations,                                                          \
                 "Activation after each dense layer if the file does not say: relu,softmax"),                          \
        CLI_TEXT("layers", 0, "LIST", field.layers, "Order of the modules if the file does not say"),                  \
        CLI_TEXT("ignore", 0, "LIST", field.ignore, "Tensors to ignore, by the prefix of their names")

/* Prints layers and notes. */
void cli_print_network(const char *path, const network *net);
void cli_json_layer(json *j, const network_layer *layer);

#endif
