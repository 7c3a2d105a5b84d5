/* SPDX-License-Identifier: MIT */
/* Exporting a network for another framework. */
#ifndef GATEBENCH_INTERCHANGE_EXPORT_H
#define GATEBENCH_INTERCHANGE_EXPORT_H

#include "interchange/network/network.h"

/* Writes a .safetensors file with the names of a PyTorch state_dict, or a .weights.h5 file of Keras, by the ending of
 * the path, in the precision of the network. `loader`, if not NULL, gets the lines of Python that load it. Errors:
 * GB_INVALID (another ending), GB_UNSUPPORTED (a cell that the framework lacks), GB_IO, GB_MEMORY. */
gb_status export_network(gb_context *context, const network *net, const char *path, text *loader);

#endif
