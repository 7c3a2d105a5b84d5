/* SPDX-License-Identifier: MIT */
/* Exports a network to a file of another framework. */
#ifndef GATEBENCH_INTERCHANGE_EXPORT_H
#define GATEBENCH_INTERCHANGE_EXPORT_H

#include "interchange/network/network.h"

/* Writes a .safetensors file with the names of a PyTorch state_dict, or a .weights.h5 file of Keras; the ending of the
 * path decides. The precision is that of the network. `loader`, if not NULL, gets Python code that loads the file.
 * Errors: GB_INVALID (another ending), GB_UNSUPPORTED (a cell that the framework lacks), GB_IO, GB_MEMORY. */
gb_status export_network(gb_context *context, const network *net, const char *path, text *loader);

#endif
