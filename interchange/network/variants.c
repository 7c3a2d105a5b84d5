/* SPDX-License-Identifier: MIT */
/* The variants of cells by name. */
#include "interchange/network/variants.h"

#include <string.h>
#include <tgmath.h>

#include "gatebench/cell_maths.h"

static const char *const lstm_gates[] = {"i", "f", "c", "o"}, *const gru_gates[] = {"u", "r", "o"};

#define NUMBER float
#define FORM(name) name##_f32
#include "interchange/network/variant_cells.h"
#undef NUMBER
#undef FORM
#define NUMBER double
#define FORM(name) name##_f64
#include "interchange/network/variant_cells.h"
#undef NUMBER
#undef FORM

typedef struct variant {
    const char *cell;
    bool hard, relu;
    const gb_cell_f32 *f32;
    const gb_cell_f64 *f64;
} variant;

#define OF_CELL(cell)                                                                                                  \
    {#cell, true, false, &cell##_hard_f32, &cell##_hard_f64},                                                          \
        {#cell, false, true, &cell##_relu_f32, &cell##_relu_f64}, {                                                    \
#cell, true, true, &cell##_hard_relu_f32, &cell##_hard_relu_f64                                                \
    }
static const variant variants[] = {OF_CELL(lstm), OF_CELL(gru), OF_CELL(gru_reset_before)};
enum { VARIANTS = sizeof variants / sizeof *variants };

const char *variant_name(const char *cell, bool hard, bool relu) {
    for (size_t i = 0; i < VARIANTS; i++)
        if (strcmp(variants[i].cell, cell) == 0 && variants[i].hard == hard && variants[i].relu == relu)
            return variants[i].f64->info.name;
    return NULL;
}

const char *variant_gates(const char *cell) {
    return strcmp(cell, "lstm") == 0 ? "ifo" : "ur";
}

gb_status variant_register(gb_context *context, const char *cell) {
    for (size_t i = 0; i < VARIANTS; i++)
        if (strcmp(variants[i].f64->info.name, cell) == 0 && !gb_context_find_cell(context, cell))
            return gb_context_register_cell(context, variants[i].f32, variants[i].f64);
    return GB_OK;
}
