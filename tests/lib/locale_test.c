/* SPDX-License-Identifier: MIT */
/* The library reads and prints numbers with a point, also inside a program whose locale has a decimal comma. */
#include <locale.h>
#include <stdio.h>
#include <string.h>

#include "toy.h"

/* One that this test had made (CMakeLists.txt), or one that the machine has. */
static bool use_decimal_comma(void) {
    static const char *const names[] = {"comma", "de_DE.UTF-8", "fr_FR.UTF-8", "es_ES.UTF-8", "nl_NL.UTF-8"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (setlocale(LC_ALL, names[i]) && strcmp(localeconv()->decimal_point, ",") == 0)
            return true;
    return false;
}

static void numbers_have_a_point(void **state) {
    (void)state;
    char printed[16];
    if (!use_decimal_comma())
        skip();
    snprintf(printed, sizeof printed, "%g", 0.5);
    assert_string_equal(printed, "0,5");

    assert_null(gb_initialiser_error("uniform:0.1"));
    assert_null(gb_initialiser_error("normal:1e-1"));
    assert_non_null(gb_initialiser_error("uniform:0,1"));

    gb_context *context = check_context();
    const gb_model_spec spec = toy_spec("rnn", GB_INPUT_TOKENS, 0, 1, GB_HEAD_LAST, GB_LOSS_SOFTMAX);
    gb_model *model = toy_model(context, &spec);
    gb_trainer *trainer;
    gb_optimizer_spec optimizer = gb_optimizer_defaults();
    assert_ok(context, gb_model_initialise(model, "normal:0.08", 1));
    optimizer.beta1 = 1.5;
    assert_int_equal(gb_trainer_create(model, &optimizer, &trainer), GB_INVALID);
    assert_non_null(strstr(gb_context_message(context), "beta1 is 1.5;"));
    snprintf(printed, sizeof printed, "%g", 0.5); /* the program's own locale is as it was */
    assert_string_equal(printed, "0,5");
    gb_model_destroy(model);
    gb_context_destroy(context);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(numbers_have_a_point)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
