/* SPDX-License-Identifier: MIT */
/* What the two halves of the Keras reader share: files (keras_files.c) and configurations (keras_config.c). Internal.
 */
#ifndef GATEBENCH_INTERCHANGE_KERAS_H
#define GATEBENCH_INTERCHANGE_KERAS_H

#include "interchange/files/hdf5_weights.h"
#include "interchange/read/readers.h"

/* The name of tensor `slot` ("kernel") of a layer under which keras_files.c files it. */
void keras_tensor_name(const char *layer, const char *slot, char name[TENSOR_NAME]);

/* A layer of a configuration. */
typedef struct keras_entry {
    const char *class_name, *name;
    bool distributed; /* inside a TimeDistributed */
} keras_entry;

/* Calls `each` for every layer of a configuration in order. Errors: GB_DATA (no JSON, no layers), those of `each`. */
typedef gb_status (*keras_visit)(void *user, const keras_entry *entry);
gb_status keras_each_layer(gb_context *context, const char *path, const char *config, keras_visit each, void *user);

/* Builds the network that a configuration of this version of Keras (NULL: not known) describes, of tensors named as
 * above. */
gb_status keras_build(gb_context *context, const char *path, const char *config, const char *version, tensor_set *set,
                      network *net);
/* The version of Keras that metadata.json of an archive names, malloc'ed; NULL: none. */
char *keras_version(const char *metadata);

#endif
