/* SPDX-License-Identifier: MIT */
/* Parameter counts against published and library numbers, the tensors that make them up, and names. */
#include <string.h>

#include "check.h"

static size_t count(const char *cell, size_t input, size_t hidden, gb_bias bias) {
    return gb_cell_parameters(gb_cell_find(cell), input, hidden, bias, NULL);
}

static size_t count_by(const char *cell, size_t input, size_t hidden, gb_convention convention) {
    return count(cell, input, hidden, gb_cell_find(cell)->bias[convention]);
}

static void counts_of_keras_pytorch_and_onednn(void **state) {
    (void)state;
    assert_int_equal(count_by("gru", 4, 5, GB_CONVENTION_KERAS), 165);
    assert_int_equal(count_by("gru_reset_before", 4, 5, GB_CONVENTION_KERAS), 150);
    assert_int_equal(count_by("lstm", 8, 64, GB_CONVENTION_KERAS), 18688);
    assert_int_equal(count_by("lstm", 8, 64, GB_CONVENTION_PYTORCH), 18944);
    assert_int_equal(count_by("gru", 8, 64, GB_CONVENTION_KERAS), 14208);
    assert_int_equal(count_by("gru", 8, 64, GB_CONVENTION_PYTORCH), 14208);
    assert_int_equal(count_by("gru", 8, 64, GB_CONVENTION_ONEDNN), 14080);
    assert_int_equal(count_by("rnn", 8, 64, GB_CONVENTION_KERAS), 4672);
    assert_int_equal(count_by("rnn", 8, 64, GB_CONVENTION_PYTORCH), 4736);
}

/* Chung et al. 2014, table 1: the mean over the four music sets' inputs */
static void counts_of_chung_2014(void **state) {
    (void)state;
    static const size_t inputs[4] = {93, 96, 105, 108};
    static const struct {
        const char *cell;
        size_t hidden, mean;
    } rows[] = {{"lstm_peephole", 36, 19764}, {"gru_reset_before", 46, 20217}, {"rnn", 100, 20050}};
    for (size_t r = 0; r < 3; r++) {
        size_t sum = 0;
        for (size_t i = 0; i < 4; i++)
            sum += count_by(rows[r].cell, inputs[i], rows[r].hidden, GB_CONVENTION_PAPER);
        assert_int_equal(sum / 4, rows[r].mean);
    }
}

/* What the papers say of their own cells: an MGU is two thirds of a GRU (Zhou et al. 2016); a minGRU has 2 d_h d_x
 * weights beside a GRU's 3 d_h (d_x + d_h), so 33, 22, 17 and 13 % for a ratio d_h / d_x of 1 to 4 (Feng et al. 2024).
 */
static void counts_of_the_smaller_cells(void **state) {
    (void)state;
    static const size_t percent[] = {33, 22, 17, 13};
    for (size_t ratio = 1; ratio <= 4; ratio++) {
        const size_t mingru = count("mingru", 100, 100 * ratio, GB_BIAS_NONE);
        const size_t gru = count("gru", 100, 100 * ratio, GB_BIAS_NONE);
        assert_int_equal(mingru, 2 * 100 * 100 * ratio);
        assert_int_equal((100 * mingru + gru / 2) / gru, percent[ratio - 1]);
    }
    assert_int_equal(3 * count_by("mgu", 28, 100, GB_CONVENTION_KERAS),
                     2 * count_by("gru_reset_before", 28, 100, GB_CONVENTION_KERAS));
    assert_int_equal(count_by("mgu", 4, 5, GB_CONVENTION_PAPER), 100);
    assert_int_equal(count_by("janet", 4, 5, GB_CONVENTION_PYTORCH), 110);
    assert_int_equal(count_by("gru_no_reset", 4, 5, GB_CONVENTION_KERAS), 100);
    assert_int_equal(count_by("cifg", 4, 5, GB_CONVENTION_KERAS), 150);
    assert_int_equal(count_by("cifg", 4, 5, GB_CONVENTION_PYTORCH), 165);
    assert_int_equal(count("mingru", 4, 5, GB_BIAS_SINGLE), 50);
    assert_int_equal(count("mingru", 4, 5, GB_BIAS_DOUBLE), 50); /* there is no second product to stand beside */
}

static void tensors_add_up_to_the_formula(void **state) {
    (void)state;
    for (size_t i = 0; i < gb_cell_count(); i++) {
        const gb_cell_info *cell = gb_cell_at(i);
        for (gb_bias bias = GB_BIAS_NONE; bias <= GB_BIAS_DOUBLE; bias++) {
            gb_tensor tensors[GB_CELL_TENSORS];
            size_t total, sum = 0, by_gate = 0, split[8][3];
            const size_t n = gb_cell_tensors(cell, 5, 7, bias, tensors, &total);
            for (size_t t = 0; t < n; t++) {
                assert_int_equal(tensors[t].offset, sum);
                assert_int_equal(tensors[t].count, tensors[t].shape[0] * tensors[t].shape[1] * tensors[t].shape[2]);
                sum += tensors[t].count;
            }
            assert_int_equal(total, sum);
            assert_int_equal(gb_cell_parameters(cell, 5, 7, bias, split), sum);
            for (size_t gate = 0; gate < cell->gates; gate++)
                by_gate += split[gate][0] + split[gate][1] + split[gate][2];
            assert_int_equal(by_gate, sum);
        }
    }
}

static void sizes_beyond_size_t_are_refused(void **state) {
    (void)state;
    gb_tensor tensors[GB_CELL_TENSORS];
    size_t total = 1;
    assert_int_equal(gb_cell_tensors(gb_cell_find("lstm"), SIZE_MAX / 2, 9, GB_BIAS_NONE, tensors, &total), 0);
    assert_int_equal(total, 0);
    assert_int_equal(count("lstm", SIZE_MAX / 2, 9, GB_BIAS_NONE), 0);
}

static void lookups(void **state) {
    (void)state;
    assert_ptr_equal(gb_cell_find("lstm"), gb_cell_find("lstm"));
    assert_null(gb_cell_find("lstn"));
    assert_null(gb_cell_find(NULL));
    assert_null(gb_cell_at(gb_cell_count()));
    assert_string_equal(gb_convention_name(GB_CONVENTION_ONEDNN), "onednn");
    assert_string_equal(gb_bias_name(GB_BIAS_DOUBLE), "double");
    assert_string_equal(gb_status_name(GB_DATA), "data");
    assert_string_equal(gb_status_name((gb_status)99), "unknown");
    assert_true(strlen(gb_version()) >= 5);
}

static void the_forget_gate_is_marked(void **state) {
    (void)state;
    gb_tensor tensors[GB_CELL_TENSORS];
    size_t total;
    gb_cell_tensors(gb_cell_find("lstm"), 2, 3, GB_BIAS_SINGLE, tensors, &total);
    assert_string_equal(tensors[2].name, "bias");
    assert_int_equal(tensors[2].forget_gate, 1);
    gb_cell_tensors(gb_cell_find("gru"), 2, 3, GB_BIAS_SINGLE, tensors, &total);
    assert_int_equal(tensors[2].forget_gate, -1);
    assert_string_equal(tensors[3].gates[0], "o");
    gb_cell_tensors(gb_cell_find("mgu"), 2, 3, GB_BIAS_SINGLE, tensors, &total);
    assert_string_equal(tensors[2].gates[0], "f");
    assert_int_equal(tensors[2].forget_gate, -1); /* its f replaces the state */
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts_of_keras_pytorch_and_onednn), cmocka_unit_test(counts_of_chung_2014),
        cmocka_unit_test(counts_of_the_smaller_cells),        cmocka_unit_test(tensors_add_up_to_the_formula),
        cmocka_unit_test(sizes_beyond_size_t_are_refused),    cmocka_unit_test(lookups),
        cmocka_unit_test(the_forget_gate_is_marked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
