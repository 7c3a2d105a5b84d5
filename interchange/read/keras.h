/* SPDX-License-Identifier: MIT */
/* Shared by the two parts of the Keras reader: files (keras_files.c) and configurations (keras_config.c). Internal. */
#ifndef GATEBENCH_INTERCHANGE_KERAS_H
#define GATEBENCH_INTERCHANGE_KERAS_H

#include "interchange/files/hdf5_weights.h"
#include "interchange/read/readers.h"

/* The name that keras_files.c gives to the tensor `slot` ("kernel") of a layer. */
void keras_tensor_name(const char *layer, const char *slot, char name[TENSOR_NAME]);

/* A layer of a configuration. */
typedef struct keras_entry {
    const char *class_name, *name;
    bool distributed; /* inside a TimeDistributed */
} keras_entry;

/* Calls `each` for every layer of a configuration in order. Errors: GB_DATA (no JSON, no layers), those of `each`. */
typedef gb_status (*keras_visit)(void *user, const keras_entry *entry);
gb_status keras_each_layer(gb_context *context, const char *path, const char *config, keras_visit each, void *user);

/* Builds the network that a configuration describes, from tensors named by keras_tensor_name(). `version` is Keras's,
 * NULL if unknown. */
gb_status keras_build(gb_context *context, const char *path, const char *config, const char *version, tensor_set *set,
                      network *net);
/* The version of Keras in an archive's metadata.json, malloc'ed; NULL: none. */
char *keras_version(const char *metadata);

#endif
