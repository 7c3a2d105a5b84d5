/* SPDX-License-Identifier: MIT */
/* Arrays of NumPy: files that NumPy wrote, every type of number, every kind of damage; members of zip archives. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "support/arrays/archive.h"
#include "support/arrays/half.h"
#include "support/arrays/npy.h"
#include "support/file.h"
#include "tests/context.h"

/* A .npy of this header (padded as NumPy does) and data. */
static text make(const char *header, const void *data, size_t size) {
    text t = {0};
    const char length[2] = {118, 0};
    text_append_bytes(&t, "\x93NUMPY\x01\x00", 8);
    text_append_bytes(&t, length, 2);
    text_append(&t, "%-117s\n", header);
    text_append_bytes(&t, data, size);
    return t;
}

/* As NumPy writes an array of doubles. */
static void write_array(text *out, size_t rank, const size_t *shape, const void *data) {
    text header = {0};
    size_t count = 1;
    text_append(&header, "{'descr': '<f8', 'fortran_order': False, 'shape': (");
    for (size_t i = 0; i < rank; i++) {
        text_append(&header, "%zu%s", shape[i], rank == 1 ? "," : i + 1 < rank ? ", " : "");
        count *= shape[i];
    }
    text_append(&header, "), }");
    while ((10 + header.length + 1) % 64 && !header.failed)
        text_append(&header, " ");
    text_append(&header, "\n");
    const char length[2] = {(char)(header.length & 255), (char)(header.length >> 8)};
    text_append_bytes(out, "\x93NUMPY", 6);
    text_append_bytes(out, "\x01\x00", 2);
    text_append_bytes(out, length, sizeof length);
    text_append_bytes(out, header.data ? header.data : "", header.length);
    text_append_bytes(out, data, count * sizeof(double));
    assert_false(out->failed || header.failed);
    text_free(&header);
}

static void test_round_trip(void **state) {
    (void)state;
    const double values[6] = {0, -1.5, INFINITY, 1e-310, 3, 1.0 / 3};
    for (size_t rank = 0; rank <= 3; rank++) {
        const size_t shapes[4][3] = {{0}, {6}, {2, 3}, {1, 3, 2}};
        text t = {0};
        npy array;
        write_array(&t, rank, shapes[rank], values);
        assert_int_equal(npy_read(context, "a.npy", t.data, t.length, &array), GB_OK);
        assert_int_equal(array.rank, rank);
        assert_int_equal(array.count, rank ? 6 : 1);
        assert_int_equal(((const char *)array.data - t.data) % 64, 0);
        for (size_t i = 0; i < array.count; i++)
            assert_true(npy_number(&array, i) == values[i]);
        text_free(&t);
    }
}

static void test_types(void **state) {
    (void)state;
    const struct {
        const char *type;
        size_t width;
        unsigned char bytes[8];
        double value;
    } cases[] = {
        {"<f2", 2, {0x00, 0xc1}, -2.5},
        {"<f4", 4, {0, 0, 0x20, 0xc0}, -2.5},
        {"<f8", 8, {0, 0, 0, 0, 0, 0, 4, 0xc0}, -2.5},
        {"|i1", 1, {0xfe}, -2},
        {"<i2", 2, {0xfe, 0xff}, -2},
        {"<i4", 4, {0xfe, 0xff, 0xff, 0xff}, -2},
        {"<i8", 8, {0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}, -2},
        {"|u1", 1, {0xfe}, 254},
        {"<u2", 2, {0xfe, 0xff}, 65534},
        {"<u4", 4, {0xfe, 0xff, 0xff, 0xff}, 4294967294.0},
        {"<u8", 8, {2}, 2},
        {"|b1", 1, {1}, 1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char header[128];
        npy array;
        snprintf(header, sizeof header, "{'descr': '%s', 'fortran_order': False, 'shape': (1,), }", cases[i].type);
        text t = make(header, cases[i].bytes, cases[i].width);
        assert_int_equal(npy_read(context, "a.npy", t.data, t.length, &array), GB_OK);
        assert_true(npy_number(&array, 0) == cases[i].value);
        text_free(&t);
    }
}

/* numpy.arange(24).reshape(2, 3, 4) in Fortran order. */
static void test_fortran(void **state) {
    (void)state;
    unsigned char stored[24];
    void *memory;
    npy array;
    for (size_t a = 0; a < 2; a++)
        for (size_t b = 0; b < 3; b++)
            for (size_t c = 0; c < 4; c++)
                stored[a + 2 * (b + 3 * c)] = (unsigned char)(12 * a + 4 * b + c);
    text t = make("{'descr': '|u1', 'fortran_order': True, 'shape': (2, 3, 4), }", stored, sizeof stored);
    assert_int_equal(npy_read(context, "a.npy", t.data, t.length, &array), GB_OK);
    for (size_t i = 0; i < 24; i++)
        assert_true(npy_number(&array, i) == (double)i);
    assert_int_equal(npy_row_major(context, &array, &memory), GB_OK);
    for (size_t i = 0; i < 24; i++)
        assert_int_equal(((unsigned char *)memory)[i], i);
    free(memory);
    text_free(&t);
}

static void test_halves(void **state) {
    (void)state;
    assert_true(half_to_float(0x3c00) == 1 && half_to_float(0x0001) == 0x1p-24f && half_to_float(0x7bff) == 65504);
    assert_true(half_to_float(0xfc00) == -INFINITY && isnan(half_to_float(0x7e00)) &&
                half_to_float(0x03ff) == 1023 * 0x1p-24f);
    assert_true(bfloat16_to_float(0xc020) == -2.5f);
}

static void test_refused(void **state) {
    (void)state;
    static const char *const cases[][2] = {
        {"{'descr': '>f4', 'fortran_order': False, 'shape': (1,), }", "little-endian"},
        {"{'descr': '|V2', 'fortran_order': False, 'shape': (1,), }", "little-endian"},
        {"{'descr': '|O', 'fortran_order': False, 'shape': (1,), }", "little-endian"},
        {"{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,), }", "little-endian"},
        {"{'fortran_order': False, 'shape': (1,), }", "little-endian"},
        {"{'descr': '<f4', 'shape': (1, 1), }", "order"},
        {"{'descr': '<f4', 'fortran_order': False, 'shape': (-1,), }", "shape"},
        {"{'descr': '<f4', 'fortran_order': False, 'shape': (1", "shape"},
        {"{'descr': '<f4', 'fortran_order': False, 'shape': (4294967296, 4294967296), }", "shape"},
        {"{'descr': '<f4', 'fortran_order': False, 'shape': (1, 1, 1, 1, 1, 1, 1, 1, 1), }", "shape"},
        {"{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }", "declares 2 numbers"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        npy array;
        text t = make(cases[i][0], "\0\0\0\0", 4);
        assert_int_equal(npy_read(context, "a.npy", t.data, t.length, &array), GB_DATA);
        assert_non_null(strstr(gb_context_message(context), cases[i][1]));
        for (size_t cut = 0; cut < t.length; cut++)
            assert_int_equal(npy_read(context, "a.npy", t.data, cut, &array), GB_DATA);
        text_free(&t);
    }
}

/* Two stored members as any zip program writes them, "a" with "hello" and "b" with nothing. */
static const unsigned char zipped[] =
    "PK\x03\x04\x14\0\0\0\0\0\0\0\x21\0\x86\xa6\x10\x36\x05\0\0\0\x05\0\0\0\x01\0\0\0ahello"
    "PK\x03\x04\x14\0\0\0\0\0\0\0\x21\0\0\0\0\0\0\0\0\0\0\0\0\0\x01\0\0\0b"
    "PK\x01\x02\x14\0\x14\0\0\0\0\0\0\0\x21\0\x86\xa6\x10\x36\x05\0\0\0\x05\0\0\0\x01\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
    "a"
    "PK\x01\x02\x14\0\x14\0\0\0\0\0\0\0\x21\0\0\0\0\0\0\0\0\0\0\0\0\0\x01\0\0\0\0\0\0\0\0\0\0\0\0\0\x24\0\0\0b"
    "PK\x05\x06\0\0\0\0\x02\0\x02\0\x5e\0\0\0\x43\0\0\0\0";

static void test_archive(void **state) {
    (void)state;
    char path[] = "/tmp/gatebench-npy-test-XXXXXX", *bytes;
    unsigned char copy[sizeof zipped];
    size_t size;
    archive *a;
    close(mkstemp(path));
    memcpy(copy, zipped, sizeof zipped);
    assert_int_equal(file_replace(context, path, copy, sizeof zipped), GB_OK);
    assert_int_equal(archive_open(context, path, &a), GB_OK);
    assert_int_equal(archive_count(a), 2);
    assert_string_equal(archive_name(a, 1), "b");
    assert_int_equal(archive_find(a, "c"), 2);
    assert_int_equal(archive_read(context, a, archive_find(a, "a"), 100, &bytes, &size), GB_OK);
    assert_string_equal(bytes, "hello");
    free(bytes);
    assert_int_equal(archive_read(context, a, 0, 4, &bytes, &size), GB_DATA);
    assert_non_null(strstr(gb_context_message(context), "exceed the limit of 4"));
    archive_close(a);
    copy[31] = 'j'; /* the checksum is another */
    assert_int_equal(file_replace(context, path, copy, sizeof zipped), GB_OK);
    assert_int_equal(archive_open(context, path, &a), GB_OK);
    assert_int_equal(archive_read(context, a, 0, 100, &bytes, &size), GB_DATA);
    assert_non_null(strstr(gb_context_message(context), "damaged"));
    archive_close(a);
    assert_int_equal(file_replace(context, path, "no archive", 10), GB_OK);
    assert_int_equal(archive_open(context, path, &a), GB_DATA);
    unlink(path);
    assert_int_equal(archive_open(context, path, &a), GB_IO);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_round_trip), cmocka_unit_test(test_types),
                                       cmocka_unit_test(test_fortran),    cmocka_unit_test(test_halves),
                                       cmocka_unit_test(test_refused),    cmocka_unit_test(test_archive)};
    return cmocka_run_group_tests(tests, open_context, close_context);
}
