/* SPDX-License-Identifier: MIT */
/* Imported networks on the command line. */
#include "cli/imported.h"

#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "interchange/network/layers.h"
#include "support/cleanup.h"

void cli_print_network(const char *path, const network *net) {
    grid g;
    printf("%s: %zu layer%s, %zu parameters, %s\n", path, net->count, net->count == 1 ? "" : "s", network_counted(net),
           net->dtype == GB_F64 ? "f64" : "f32");
    grid_start(&g, (const char *const[]){"layer", "read as", "cell", "inputs", "units", "parameters", "map", NULL});
    for (size_t i = 0; i < net->count; i++) {
        const network_layer *layer = &net->layers[i];
        CLEANUP(text_free) text map = {0};
        layer_describe(layer, &map);
        if (layer->kind == NETWORK_DENSE && layer->activation != ACTIVATION_LINEAR)
            text_append(&map, ", then %s", activation_name(layer->activation));
        GRID_TEXTS(&g, layer->name);
        if (layer->convention)
            grid_add(&g, STYLE_PLAIN, "%s %s", layer->convention->framework, layer->convention->layer);
        else
            GRID_TEXTS(&g, "trained here");
        GRID_TEXTS(&g, layer->cell);
        GRID_COUNTS(&g, layer->input, layer->output, layer->counted);
        GRID_TEXTS(&g, map.data ? map.data : "");
    }
    grid_print(&g, GRID_WRAP);
    int length;
    for (const char *at = net->notes.data, *line; (line = text_line(&at, &length));)
        printf("  note: %.*s\n", length, line);
}

void cli_json_layer(json *j, const network_layer *layer) {
    CLEANUP(text_free) text map = {0};
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
}
