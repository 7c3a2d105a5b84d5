/* SPDX-License-Identifier: MIT */
/* Imported networks on the command line. */
#include "cli/imported.h"

#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "interchange/network/layers.h"

enum { OPTION_FROM = 300, OPTION_ACTIVATION, OPTION_ACTIVATIONS, OPTION_LAYERS, OPTION_IGNORE };

static const struct argp_option options[] = {
    {"from", OPTION_FROM, "FRAMEWORK", 0, "Whose names a .npz or .safetensors has: pytorch, flax_linen, haiku, ...",
     10},
    {"activation", OPTION_ACTIVATION, "NAME", 0, "Of basic RNNs, where the file does not say: tanh, relu", 10},
    {"activations", OPTION_ACTIVATIONS, "LIST", 0, "Behind each dense layer, where the file does not say: relu,softmax",
     10},
    {"layers", OPTION_LAYERS, "LIST", 0, "The modules in their order, where the file does not say", 10},
    {"ignore", OPTION_IGNORE, "LIST", 0, "Tensors that belong to no layer, by how their names begin", 10},
    {0}};

static error_t parse(int key, char *value, struct argp_state *state) {
    import_options *o = state->input;
    switch (key) {
    case OPTION_FROM:
        o->from = value;
        return 0;
    case OPTION_ACTIVATION:
        o->activation = value;
        return 0;
    case OPTION_ACTIVATIONS:
        o->activations = value;
        return 0;
    case OPTION_LAYERS:
        o->layers = value;
        return 0;
    case OPTION_IGNORE:
        o->ignore = value;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

const struct argp cli_import_argp = {options, parse, NULL, NULL, cli_common, NULL, NULL};

int cli_print_network(const char *path, const network *net) {
    grid g;
    printf("%s: %zu layer%s, %zu parameters, %s\n", path, net->count, net->count == 1 ? "" : "s", network_counted(net),
           net->dtype == GB_F64 ? "f64" : "f32");
    grid_start(&g, (const char *const[]){"layer", "read as", "cell", "inputs", "units", "parameters", "map", NULL});
    for (size_t i = 0; i < net->count; i++) {
        const network_layer *layer = &net->layers[i];
        text map = {0};
        layer_describe(layer, &map);
        if (layer->kind == NETWORK_DENSE && layer->activation != ACTIVATION_LINEAR)
            text_append(&map, ", then %s", activation_name(layer->activation));
        grid_add(&g, STYLE_PLAIN, "%s", layer->name);
        grid_add(&g, STYLE_PLAIN, "%s %s", layer->convention->framework, layer->convention->layer);
        grid_add(&g, STYLE_PLAIN, "%s", layer->cell);
        grid_add(&g, STYLE_PLAIN, "%zu", layer->input);
        grid_add(&g, STYLE_PLAIN, "%zu", layer->output);
        grid_add(&g, STYLE_PLAIN, "%zu", layer->counted);
        grid_add(&g, STYLE_PLAIN, "%s", map.data ? map.data : "");
        text_free(&map);
    }
    int code = grid_print(&g, GRID_WRAP);
    for (const char *at = net->notes.data; at && *at;) {
        const size_t length = strcspn(at, "\n");
        printf("  note: %.*s\n", (int)length, at);
        at += length + (at[length] == '\n');
    }
    return code;
}

void cli_json_layer(json *j, const network_layer *layer) {
    text map = {0};
    layer_describe(layer, &map);
    json_open(j, NULL, '{');
    json_text(j, "name", layer->name);
    json_text(j, "framework", layer->convention->framework);
    json_text(j, "layer", layer->convention->layer);
    json_text(j, "cell", layer->cell);
    json_text(j, "bias", gb_bias_name(layer->bias));
    json_count(j, "inputs", layer->input);
    json_count(j, "units", layer->output);
    json_count(j, "parameters", layer->counted);
    json_text(j, "map", map.data ? map.data : "");
    if (layer->kind == NETWORK_DENSE)
        json_text(j, "activation", activation_name(layer->activation));
    json_close(j);
    text_free(&map);
}
