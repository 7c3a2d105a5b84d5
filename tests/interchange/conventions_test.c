/* SPDX-License-Identifier: MIT */
/* The table of conventions against itself, against the cells, and against counts that the packages themselves gave. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "interchange/network/conventions.h"

/* I = 4, H = 5. */
static void test_counts(void **state) {
    (void)state;
    static const struct {
        const char *framework, *cell;
        size_t count;
    } known[] = {
        {"keras", "lstm", 200},
        {"keras", "gru", 165},
        {"keras", "gru_reset_before", 150},
        {"keras", "rnn", 50},
        {"pytorch", "lstm", 220},
        {"pytorch", "gru", 165},
        {"pytorch", "rnn", 55},
        {"flax_linen", "lstm", 200},
        {"flax_linen", "gru", 155},
        {"flax_linen", "rnn", 50},
        {"flax_nnx", "lstm", 200},
        {"flax_nnx", "gru", 150},
        {"haiku", "lstm", 200},
        {"haiku", "gru_reset_before", 150},
        {"haiku", "rnn_relu", 55},
        {"equinox", "lstm", 200},
        {"equinox", "gru", 155},
        {"mlx", "lstm", 200},
        {"mlx", "gru", 155},
        {"mlx", "rnn", 50},
        {"onnx", "lstm", 220},
        {"onnx", "lstm_peephole", 235},
        {"onnx", "gru", 165},
        {"onnx", "gru_reset_before", 165},
        {"paddle", "lstm", 220},
        {"paddle", "gru", 165},
        {"chainer", "lstm", 200},
        {"chainer", "gru", 165},
        {"dynet", "lstm", 200},
        {"dynet", "gru_reset_before", 150},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        const convention *c = convention_find(known[i].framework, known[i].cell);
        assert_non_null(c);
        size_t split[8][3], sum = 0;
        assert_int_equal(convention_parameters(c, 4, 5, split), known[i].count);
        for (size_t g = 0; g < gb_cell_find(known[i].cell)->gates; g++)
            sum += split[g][0] + split[g][1] + split[g][2];
        assert_int_equal(sum, known[i].count);
    }
}

/* The cells' own counts under Keras's and PyTorch's convention are those of the table. */
static void test_agrees_with_cells(void **state) {
    (void)state;
    const char *const names[] = {"keras", "pytorch", "onednn"};
    const gb_convention conventions[] = {GB_CONVENTION_KERAS, GB_CONVENTION_PYTORCH, GB_CONVENTION_ONEDNN};
    for (size_t k = 0; k < 3; k++)
        for (size_t i = 0; i < gb_cell_count(); i++) {
            const gb_cell_info *cell = gb_cell_at(i);
            const convention *c = convention_find(names[k], cell->name);
            if (c)
                assert_int_equal(convention_parameters(c, 7, 3, NULL),
                                 gb_cell_parameters(cell, 7, 3, cell->bias[conventions[k]], NULL));
        }
}

/* Every line parses whole, and names each gate of its cell once in each of its kernels. */
static void test_lines(void **state) {
    (void)state;
    const convention *c;
    for (size_t i = 0; (c = convention_at(i)); i++) {
        convention_tensor tensors[CONVENTION_TENSORS];
        const size_t count = convention_tensors(c, tensors);
        const gb_cell_info *cell = gb_cell_find(c->cell);
        size_t entries = 1, gates = 0, in_kernel = 0, in_recurrent = 0;
        for (const char *at = c->tensors; *at; at++)
            entries += *at == ';';
        assert_int_equal(count, entries);
        assert_true(convention_framework(c->framework) && (c->keep == 1 || c->keep == -1));
        assert_true(cell || strcmp(c->cell, "dense") == 0 || strcmp(c->cell, "embedding") == 0);
        for (size_t k = 0; k < count; k++) {
            assert_non_null(strchr("WUXbdBpE", tensors[k].role));
            size_t gates_here = 0;
            for (const char *letter = tensors[k].gates; *letter; letter++) {
                bool known = !cell || tensors[k].role == 'p' || *letter == 'x';
                gates_here += *letter != 'x';
                for (size_t g = 0; cell && g < cell->gates; g++)
                    known = known || cell->gate_names[g][0] == *letter;
                assert_true(known);
            }
            in_kernel += strchr("WXE", tensors[k].role) ? gates_here : 0;
            in_recurrent += strchr("UX", tensors[k].role) ? gates_here : 0;
        }
        gates = cell ? cell->gates : 1;
        assert_int_equal(in_kernel, gates);
        assert_int_equal(in_recurrent, cell ? gates : 0);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_counts), cmocka_unit_test(test_agrees_with_cells),
                                       cmocka_unit_test(test_lines)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
