/* SPDX-License-Identifier: MIT */
/* Networks as a state_dict of PyTorch. */
#include "interchange/write/export.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "interchange/files/safetensors.h"
#include "interchange/write/exporting.h"
#include "support/file.h"
#include "support/text.h"

gb_status export_convention(gb_context *context, const network_layer *layer, const char *framework,
                            const convention **c) {
    const char *cell = strcmp(layer->cell, "rnn_relu") == 0 ? "rnn" : layer->cell;
    *c = convention_find(framework, cell);
    return *c ? GB_OK : gb_fail(context, GB_UNSUPPORTED, "layer %s: %s has no %s", layer->name, framework, layer->cell);
}

/* Whether a tensor is written: biases that a layer lacks are not. */
static bool is_there(const network_layer *layer, const convention_tensor *t) {
    return layer->bias || !strchr("bdB", t->role);
}

gb_status export_tensors(gb_context *context, const network *net, const network_layer *layer, const convention *c,
                         const char *prefix, size_t number, tensor_set *set) {
    convention_tensor tensors[CONVENTION_TENSORS];
    const size_t count = convention_tensors(c, tensors);
    for (size_t k = 0; k < count; k++) {
        if (!is_there(layer, &tensors[k]))
            continue;
        const size_t numbers = convention_count(&tensors[k], layer->input, layer->output);
        tensor *t = tensor_add(set);
        void *values = t ? malloc(numbers * network_width(net)) : NULL;
        if (!values || !tensor_keep(set, values, 0))
            return gb_fail(context, GB_MEMORY, "out of memory for the tensors of layer %s", layer->name);
        const size_t bare = strcspn(tensors[k].name, "~");
        snprintf(t->name, sizeof t->name, tensors[k].name[bare] ? "%s%.*s_l%zu" : "%s%.*s", prefix, (int)bare,
                 tensors[k].name, number);
        t->type = net->dtype == GB_F64 ? TENSOR_F64 : TENSOR_F32;
        t->count = numbers;
        t->data = values;
        layer_write(net, layer, c, k, values, &t->rank, t->shape);
    }
    return GB_OK;
}

/* One nn.LSTM for neighbours of the same cell, width and bias; its name in the class that loads it. */
typedef struct group {
    const network_layer *first;
    size_t layers;
} group;

static bool continues(const group *g, const network_layer *layer) {
    return g->first && g->first->kind == NETWORK_RECURRENT && layer->kind == NETWORK_RECURRENT &&
           strcmp(g->first->cell, layer->cell) == 0 && g->first->output == layer->output &&
           (g->first->bias != GB_BIAS_NONE) == (layer->bias != GB_BIAS_NONE);
}

static const char *module_class(const network_layer *layer) {
    return strcmp(layer->cell, "lstm") == 0 ? "LSTM" : strcmp(layer->cell, "gru") == 0 ? "GRU" : "RNN";
}

static void describe(const network_layer *layer, size_t layers, const char *name, text *loader) {
    static const char *const behind[ACTIVATIONS] = {"", ".relu()", ".tanh()", ".sigmoid()", ".softmax(-1)"};
    if (!loader)
        return;
    if (layer->kind == NETWORK_EMBEDDING)
        text_append(loader, "%s = torch.nn.Embedding(%zu, %zu)\n", name, layer->input, layer->output);
    else if (layer->kind == NETWORK_DENSE)
        text_append(loader, "%s = torch.nn.Linear(%zu, %zu%s)%s%s\n", name, layer->input, layer->output,
                    layer->bias ? "" : ", bias=False", *behind[layer->activation] ? "  # then " : "",
                    behind[layer->activation]);
    else
        text_append(loader, "%s = torch.nn.%s(%zu, %zu, num_layers=%zu%s%s, batch_first=True)\n", name,
                    module_class(layer), layer->input, layer->output, layers, layer->bias ? "" : ", bias=False",
                    strcmp(layer->cell, "rnn_relu") == 0 ? ", nonlinearity=\"relu\"" : "");
}

static gb_status gather(gb_context *context, const network *net, tensor_set *set, text *loader) {
    static const char *const stems[] = {
        [NETWORK_EMBEDDING] = "embedding", [NETWORK_RECURRENT] = "rnn", [NETWORK_DENSE] = "fc"};
    size_t numbers[3] = {0};
    group g = {0};
    char name[64] = "", prefix[80];
    for (size_t i = 0; i < net->count; i++) {
        const network_layer *layer = &net->layers[i];
        const convention *c;
        GB_TRY(export_convention(context, layer, "pytorch", &c));
        if (!continues(&g, layer)) {
            if (g.first)
                describe(g.first, g.layers, name, loader);
            g = (group){layer, 0};
            snprintf(name, sizeof name, "%s%zu", stems[layer->kind], ++numbers[layer->kind]);
        }
        snprintf(prefix, sizeof prefix, "%s.", name);
        GB_TRY(export_tensors(context, net, layer, c, prefix, g.layers++, set));
    }
    if (g.first)
        describe(g.first, g.layers, name, loader);
    return GB_OK;
}

static gb_status export_pytorch(gb_context *context, const network *net, const char *path, text *loader) {
    static const char *const metadata[] = {"format", "pt", NULL};
    tensor_set set = {0};
    text out = {0};
    if (loader)
        text_append(loader, "import safetensors.torch, torch\n");
    gb_status status = gather(context, net, &set, loader);
    if (!status)
        safetensors_write(&out, &set, metadata);
    if (!status && out.failed)
        status = gb_fail(context, GB_MEMORY, "out of memory for %s", path);
    if (!status)
        status = file_replace(context, path, out.data, out.length);
    if (loader) {
        text_append(loader, "weights = safetensors.torch.load_file(");
        text_append_json_string(loader, path);
        text_append(loader,
                    ")\nfor name, module in list(globals().items()):\n"
                    "    if isinstance(module, torch.nn.Module):\n"
                    "        module.%sload_state_dict({key[len(name) + 1:]: value for key, value in weights.items()\n"
                    "                                if key.startswith(name + \".\")})\n",
                    net->dtype == GB_F64 ? "double()." : "");
    }
    text_free(&out);
    tensor_set_free(&set);
    return status;
}

gb_status export_network(gb_context *context, const network *net, const char *path, text *loader) {
    if (text_ends_in(path, ".safetensors"))
        return export_pytorch(context, net, path, loader);
    if (text_ends_in(path, ".weights.h5"))
        return export_keras(context, net, path, loader);
    return gb_fail(context, GB_INVALID, "%s: networks are saved as .safetensors (PyTorch) or .weights.h5 (Keras)",
                   path);
}
