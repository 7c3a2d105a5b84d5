/* SPDX-License-Identifier: MIT */
/* Configurations of Keras models: the layers, and which of their options are supported. */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "interchange/read/keras.h"

typedef struct building {
    gb_context *context;
    const char *path, *version; /* of Keras; "": not known */
    tensor_set *set;
    network *net;
} building;

void keras_tensor_name(const char *layer, const char *slot, char name[TENSOR_NAME]) {
    snprintf(name, TENSOR_NAME, "%s.%s", layer, slot);
}

static const char *word(const json_t *config, const char *key) {
    const json_t *value = json_object_get(config, key);
    if (json_is_object(value)) { /* a function that was serialised separately */
        const json_t *inner = json_object_get(value, "config");
        value = json_is_string(inner) ? inner : json_object_get(value, "class_name");
    }
    const char *text_value = json_string_value(value);
    return text_value ? text_value : "";
}

static bool flag(const json_t *config, const char *key) {
    return json_is_true(json_object_get(config, key));
}

static gb_status refuse(const building *b, const char *layer, const char *what, const char *value) {
    return gb_fail(b->context, GB_UNSUPPORTED, "%s: layer %s: %s %s is not supported", b->path, layer, what, value);
}

/* What changes the numbers of a recurrent layer beyond its weights. */
static gb_status check_recurrent(const building *b, const char *name, const json_t *config) {
    static const char *const flags[] = {"go_backwards", "time_major", "zero_output_for_mask"};
    for (size_t i = 0; i < sizeof flags / sizeof *flags; i++)
        if (flag(config, flags[i]))
            return refuse(b, name, flags[i], "= true");
    return GB_OK;
}

/* The function that a configuration names, as this version of Keras has it. */
static gb_status find_function(const building *b, const char *layer, const json_t *config, const char *key,
                               const convention_function **found) {
    const char *name = word(config, key), *version = !*b->version ? "3" : *b->version == '1' ? "2" : b->version;
    *found = convention_function_find("keras", version, name);
    if (*found && (*found)->kind == FUNCTION_HARD && !*b->version)
        return refuse(b, layer, key, "hard_sigmoid of a Keras whose version the file does not say");
    return *found ? GB_OK : refuse(b, layer, key, *name ? name : "(none)");
}

static gb_status set_functions(const building *b, const char *name, bool has_gates, const json_t *config) {
    layer_functions f = {0};
    GB_TRY(find_function(b, name, config, "activation", &f.state));
    if (has_gates)
        GB_TRY(find_function(b, name, config, "recurrent_activation", &f.gates));
    f.slope = f.gates ? f.gates->slope : 0;
    return layer_set_functions(b->context, b->path, b->net, &f);
}

static gb_status gather(const building *b, const char *name, const convention *c, layer_tensors tensors) {
    convention_tensor wanted[CONVENTION_TENSORS];
    const size_t count = convention_tensors(c, wanted);
    for (size_t k = 0; k < count; k++) {
        char full[TENSOR_NAME];
        keras_tensor_name(name, wanted[k].name, full);
        tensors[k] = tensor_find(b->set, full);
        if (!tensors[k] && !wanted[k].optional)
            return gb_fail(b->context, GB_DATA, "%s: layer %s: its %s is missing among the weights", b->path, name,
                           wanted[k].name);
    }
    return GB_OK;
}

static gb_status add_layer(const building *b, const char *name, const char *cell, bool has_bias) {
    layer_tensors tensors = {0};
    const convention *c = convention_find("keras", cell);
    GB_TRY(gather(b, name, c, tensors));
    if (has_bias && gb_cell_find(cell) && !tensors[2])
        return gb_fail(b->context, GB_DATA, "%s: layer %s: its bias is missing among the weights", b->path, name);
    return layer_read(b->context, b->path, b->net, c, name, tensors);
}

static gb_status add_recurrent(const building *b, const char *class_name, const char *name, const json_t *config) {
    const bool simple = strcmp(class_name, "SimpleRNN") == 0, gru = strcmp(class_name, "GRU") == 0;
    GB_TRY(check_recurrent(b, name, config));
    const char *cell = simple ? "rnn" : !gru ? "lstm" : flag(config, "reset_after") ? "gru" : "gru_reset_before";
    GB_TRY(add_layer(b, name, cell, flag(config, "use_bias")));
    b->net->layers[b->net->count - 1].last = !flag(config, "return_sequences");
    return set_functions(b, name, !simple, config);
}

static gb_status set_activation(const building *b, const char *name, const char *activation_word) {
    network_layer *layer = b->net->count ? &b->net->layers[b->net->count - 1] : NULL;
    const activation a = activation_find(activation_word);
    if (!layer || layer->kind != NETWORK_DENSE || layer->activation != ACTIVATION_LINEAR || a == ACTIVATIONS)
        return refuse(b, name, "activation", activation_word);
    layer->activation = a;
    return GB_OK;
}

/* Nothing at inference. */
static bool is_nothing(const char *class_name) {
    static const char *const names[] = {"InputLayer",    "Dropout",         "SpatialDropout1D",
                                        "GaussianNoise", "GaussianDropout", "ActivityRegularization",
                                        "AlphaDropout"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(class_name, names[i]) == 0)
            return true;
    return false;
}

static gb_status build_layer(const building *b, const char *class_name, const json_t *config) {
    const char *name = word(config, "name");
    if (is_nothing(class_name))
        return GB_OK;
    if (strcmp(class_name, "TimeDistributed") == 0) {
        const json_t *inner = json_object_get(config, "layer");
        return strcmp(word(inner, "class_name"), "Dense") == 0
                   ? build_layer(b, "Dense", json_object_get(inner, "config"))
                   : refuse(b, name, "TimeDistributed of", word(inner, "class_name"));
    }
    if (strcmp(class_name, "LSTM") == 0 || strcmp(class_name, "GRU") == 0 || strcmp(class_name, "SimpleRNN") == 0)
        return add_recurrent(b, class_name, name, config);
    if (strcmp(class_name, "Activation") == 0)
        return set_activation(b, name, word(config, "activation"));
    if (strcmp(class_name, "Embedding") == 0) {
        GB_TRY(add_layer(b, name, "embedding", false));
        b->net->layers[b->net->count - 1].masks = flag(config, "mask_zero");
        return GB_OK;
    }
    if (strcmp(class_name, "Dense") != 0)
        return refuse(b, name, "the class", class_name);
    GB_TRY(add_layer(b, name, "dense", flag(config, "use_bias")));
    return set_activation(b, name, word(config, "activation"));
}

/* The layer from which a layer takes its input, by the [name, node, tensor] that its inbound_nodes hold; *count gets
 * how many there are. */
static const char *find_source(const json_t *nodes, size_t *count) {
    const char *found = NULL, *inner, *key;
    json_t *value;
    size_t i;
    if (json_is_array(nodes) && json_is_string(json_array_get(nodes, 0)) && json_is_integer(json_array_get(nodes, 1)) &&
        json_is_integer(json_array_get(nodes, 2))) {
        (*count)++;
        return json_string_value(json_array_get(nodes, 0));
    }
    if (json_is_array(nodes)) {
        json_array_foreach(nodes, i, value) {
            inner = find_source(value, count);
            found = inner ? inner : found;
        }
    } else if (json_is_object(nodes)) {
        json_object_foreach((json_t *)nodes, key, value) {
            inner = find_source(value, count);
            found = inner ? inner : found;
        }
    }
    return found;
}

/* The layers form a chain: always in a Sequential model, otherwise by their inbound nodes. */
static gb_status check_chain_of(gb_context *context, const char *path, const json_t *layers) {
    const char *before = NULL;
    const json_t *layer;
    size_t i;
    json_array_foreach(layers, i, layer) {
        size_t count = 0;
        const json_t *nodes = json_object_get(layer, "inbound_nodes");
        const char *source = find_source(nodes, &count), *name = word(json_object_get(layer, "config"), "name");
        if (nodes && (count > 1 || (before && (!source || strcmp(source, before) != 0))))
            return gb_fail(context, GB_UNSUPPORTED,
                           "%s: layer %s has inputs other than the output of the previous layer; only chains of layers "
                           "are supported",
                           path, name);
        before = name;
    }
    return GB_OK;
}

/* The layers of a configuration's root; NULL after a message. */
static json_t *load(gb_context *context, const char *path, const char *config, json_t **root) {
    json_error_t error;
    *root = json_loads(config, 0, &error);
    json_t *inner = json_object_get(*root, "config");
    json_t *layers = json_is_array(inner) ? inner : json_object_get(inner, "layers");
    if (*root && json_is_array(layers))
        return layers;
    gb_fail(context, GB_DATA, "%s: its configuration %s%s", path,
            *root ? "lists no layers" : "is not JSON: ", *root ? "" : error.text);
    json_decref(*root);
    return NULL;
}

gb_status keras_each_layer(gb_context *context, const char *path, const char *config, keras_visit each, void *user) {
    json_t *root, *layers = load(context, path, config, &root), *layer;
    gb_status status = layers ? GB_OK : GB_DATA;
    size_t i;
    json_array_foreach(layers, i, layer) {
        keras_entry entry = {.class_name = word(layer, "class_name")};
        const json_t *inside = json_object_get(layer, "config");
        entry.distributed = strcmp(entry.class_name, "TimeDistributed") == 0;
        if (entry.distributed) {
            const json_t *inner = json_object_get(inside, "layer");
            entry.class_name = word(inner, "class_name");
            inside = json_object_get(inner, "config");
        }
        entry.name = word(inside, "name");
        if (!status)
            status = each(user, &entry);
    }
    if (layers)
        json_decref(root);
    return status;
}

char *keras_version(const char *metadata) {
    json_t *root = json_loads(metadata, 0, NULL);
    const char *version = word(root, "keras_version");
    char *copy = *version ? strdup(version) : NULL;
    json_decref(root);
    return copy;
}

gb_status keras_build(gb_context *context, const char *path, const char *config, const char *version, tensor_set *set,
                      network *net) {
    const building b = {context, path, version ? version : "", set, net};
    json_t *root, *layers = load(context, path, config, &root), *layer;
    if (!layers)
        return GB_DATA;
    size_t i;
    gb_status status = check_chain_of(context, path, layers);
    json_array_foreach(layers, i, layer) {
        if (!status)
            status = build_layer(&b, word(layer, "class_name"), json_object_get(layer, "config"));
    }
    json_decref(root);
    return status ? status : check_chain(context, path, net);
}
