/* SPDX-License-Identifier: MIT */
#include "results/claims/findings.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void findings_scale(finding_list *list, double zone_low, double zone_high, const char *zone, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(list->scale, sizeof list->scale, format, arguments);
    va_end(arguments);
    snprintf(list->zone, sizeof list->zone, "%s", zone);
    list->zone_low = zone_low;
    list->zone_high = zone_high;
}

finding *findings_add(finding_list *list, const char *what, const char *run, const char *matching) {
    static finding lost; /* a dummy entry after an allocation failure, written but never read */
    finding *grown = realloc(list->items, (list->count + 1) * sizeof *grown);
    if (grown)
        list->items = grown;
    finding *added = grown ? &grown[list->count++] : &lost;
    *added = (finding){.value = {NAN, NAN, NAN, 0}};
    snprintf(added->matching, sizeof added->matching, "%s", matching);
    if (grown) {
        added->what = strdup(what ? what : "");
        added->run = strdup(run);
    }
    list->failed |= !grown || !added->what || !added->run;
    return added;
}

void findings_free(finding_list *list) {
    for (size_t i = 0; i < list->count; i++) {
        free(list->items[i].what);
        free(list->items[i].run);
    }
    free(list->items);
    *list = (finding_list){0};
}
