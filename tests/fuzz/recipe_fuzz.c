/* SPDX-License-Identifier: MIT */
/* Recipes: the grammar, profiles and overrides, up to the list of trials. The first byte selects the options. */
#include "experiments/recipe/recipe.h"

#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
    static const char *const overrides[] = {"cell=gru,lstm", "seed=1..3"};
    char *path = fuzz_place("recipe");
    const uint8_t asked = size ? bytes[0] : 0;
    yaml_errors errors = {0};
    recipe *r = NULL;
    fuzz_put(size ? bytes + 1 : bytes, size ? size - 1 : 0);
    gb_status status = recipe_read(context, path, asked & 1 ? "quick" : NULL, overrides, asked / 2 % 3, &errors, &r);
    if (status && status != GB_INVALID && status != GB_DATA && status != GB_IO && status != GB_UNSUPPORTED)
        abort();
    if (status == GB_OK && (errors.count || !recipe_name(r) || !recipe_resolved(r)))
        abort();
    free(errors.text);
    recipe_free(r);
    return 0;
}
