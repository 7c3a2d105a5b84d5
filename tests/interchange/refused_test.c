/* SPDX-License-Identifier: MIT */
/* Files that would give wrong numbers, or none, are refused: the message names the feature, and the status is as
 * documented. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "interchange/files/safetensors.h"
#include "interchange/read/import.h"
#include "support/file.h"
#include "tests/context.h"

static const char *place(const char *ending) {
    static char path[128];
    snprintf(path, sizeof path, "/tmp/gatebench-refused-%d%s", (int)getpid(), ending);
    return path;
}

static void expect(const char *ending, const void *bytes, size_t size, const import_options *options, gb_status status,
                   const char *words) {
    network net;
    const char *path = place(ending);
    assert_int_equal(file_replace(context, path, bytes, size), GB_OK);
    const gb_status got = import_network(context, path, options, &net);
    unlink(path);
    if (got == GB_OK)
        network_free(&net);
    if (got != status || (got && !strstr(gb_context_message(context), words)))
        fail_msg("status %s, not %s with '%s': %s", gb_status_name(got), gb_status_name(status), words,
                 gb_context_message(context));
}

/* A safetensors file of this header and as many zeros. */
static void expect_header(const char *header, size_t zeros, gb_status status, const char *words) {
    const uint64_t length = strlen(header);
    char *bytes = calloc(8 + length + zeros + 1, 1);
    memcpy(bytes, &length, 8);
    memcpy(bytes + 8, header, length);
    expect(".safetensors", bytes, 8 + length + zeros, NULL, status, words);
    free(bytes);
}

#define LSTM                                                                                                           \
    "{\"r.weight_ih_l0\":{\"dtype\":\"F32\",\"shape\":[4,1],\"data_offsets\":[0,16]},"                                 \
    "\"r.weight_hh_l0\":{\"dtype\":\"F32\",\"shape\":[4,1],\"data_offsets\":[16,32]}"

static void test_headers(void **state) {
    (void)state;
    expect_header(LSTM "}", 32, GB_OK, "");
    expect_header(LSTM "}", 31, GB_DATA, "do not fit");
    expect_header(LSTM "}", 33, GB_DATA, "follow the last");
    expect_header(LSTM ",\"r.weight_hh_l0\":{\"dtype\":\"F32\",\"shape\":[4,1],\"data_offsets\":[16,32]}}", 32, GB_DATA,
                  "not JSON");
    expect_header("{\"a\":{\"dtype\":\"F32\",\"shape\":[4,1],\"data_offsets\":[0,16]},"
                  "\"b\":{\"dtype\":\"F32\",\"shape\":[4,1],\"data_offsets\":[8,24]}}",
                  24, GB_DATA, "overlap");
    expect_header("{\"a\":{\"dtype\":\"F32\",\"shape\":[4294967296,4294967296],\"data_offsets\":[0,0]}}", 0, GB_DATA,
                  "do not fit");
    expect_header("{\"a\":{\"dtype\":\"F32\",\"shape\":[-1],\"data_offsets\":[0,4]}}", 4, GB_DATA, "do not fit");
    expect_header("{\"a\":{\"dtype\":\"F8_E4M3\",\"shape\":[4],\"data_offsets\":[0,4]}}", 4, GB_DATA, "dtype");
    expect_header("{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4],\"x\":[[[[[1]]]]]}}", 4, GB_DATA,
                  "nested too deep");
    expect_header("{\"\\u0001\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}", 4, GB_DATA, "control");
    expect_header("{ }", 0, GB_DATA, "contains no layer");
    expect(".safetensors", "\xff\xff\xff\xff\xff\xff\xff\x7f{}", 10, NULL, GB_DATA, "not a safetensors");
    expect(".safetensors", "", 0, NULL, GB_DATA, "is empty");
}

static void test_names(void **state) {
    (void)state;
    expect_header(LSTM ",\"r.weight_ih_l0_reverse\":{\"dtype\":\"F32\",\"shape\":[4,1],\"data_offsets\":[32,48]}}", 48,
                  GB_UNSUPPORTED, "bidirectional");
    expect_header(LSTM ",\"r.weight_hr_l0\":{\"dtype\":\"F32\",\"shape\":[4,1],\"data_offsets\":[32,48]}}", 48,
                  GB_UNSUPPORTED, "projection");
    expect_header(LSTM ",\"norm.gain\":{\"dtype\":\"F32\",\"shape\":[4],\"data_offsets\":[32,48]}}", 48, GB_UNSUPPORTED,
                  "norm.gain [4] belongs to no layer");
    expect_header(LSTM ",\"steps\":{\"dtype\":\"I64\",\"shape\":[],\"data_offsets\":[32,40]}}", 40, GB_OK, "");
    /* two stacks whose order nobody knows */
    expect_header(LSTM ",\"a.weight_ih_l0\":{\"dtype\":\"F32\",\"shape\":[4,1],\"data_offsets\":[32,48]},"
                       "\"a.weight_hh_l0\":{\"dtype\":\"F32\",\"shape\":[4,1],\"data_offsets\":[48,64]}}",
                  64, GB_INVALID, "--layers");
    /* a gru where the sizes say lstm */
    expect_header("{\"weight_ih_l0\":{\"dtype\":\"F32\",\"shape\":[6,1],\"data_offsets\":[0,24]},"
                  "\"weight_hh_l0\":{\"dtype\":\"F32\",\"shape\":[5,2],\"data_offsets\":[24,64]}}",
                  64, GB_UNSUPPORTED, "belongs to no layer");
    expect_header("{\"weight_ih_l0\":{\"dtype\":\"F32\",\"shape\":[8,1],\"data_offsets\":[0,32]},"
                  "\"weight_hh_l0\":{\"dtype\":\"F32\",\"shape\":[4,1],\"data_offsets\":[32,48]}}",
                  48, GB_DATA, "need");
}

static void test_not_finite(void **state) {
    (void)state;
    const char header[] = LSTM "}";
    const uint64_t length = strlen(header);
    char bytes[8 + sizeof header + 32] = {0};
    memcpy(bytes, &length, 8);
    memcpy(bytes + 8, header, length);
    memcpy(bytes + 8 + length + 4, "\0\0\xc0\x7f", 4);
    expect(".safetensors", bytes, 8 + length + 32, NULL, GB_DATA, "not finite");
}

static void test_other_files(void **state) {
    (void)state;
    const import_options haiku = {.from = "haiku"}, unknown = {.from = "caffe"};
    expect(".npz", "PK", 2, NULL, GB_INVALID, "--from");
    expect(".npz", "PK", 2, &haiku, GB_DATA, "zip archive");
    expect(".keras", "PK", 2, NULL, GB_DATA, "zip archive");
    expect(".weights.h5", "no HDF5", 7, NULL, GB_DATA, "does not open as HDF5");
    expect(".onnx", "\xff\xff", 2, NULL, GB_DATA, "not an ONNX file");
    expect(".onnx", "\x3a\x00", 2, NULL, GB_UNSUPPORTED, "no LSTM, GRU or RNN");
    expect(".pt", "PK", 2, NULL, GB_INVALID, ".safetensors");
    expect(".safetensors", "PK", 2, &unknown, GB_INVALID, "not a known framework");
}

/* A file of the packages in which words are replaced by others of the same length. */
static void expect_changed(const char *name, const char *ending, const char *was, const char *is, const char *words) {
    char path[1024], *bytes;
    size_t size, changes = 0;
    snprintf(path, sizeof path, "%s/%s", GOLDEN, name);
    assert_int_equal(file_read(context, path, 1 << 20, &bytes, &size), GB_OK);
    assert_int_equal(strlen(was), strlen(is));
    for (char *at; (at = memmem(bytes, size, was, strlen(was))); changes++)
        memcpy(at, is, strlen(is));
    assert_true(changes > 0);
    expect(ending, bytes, size, NULL, GB_UNSUPPORTED, words);
    free(bytes);
}

static void test_functions(void **state) {
    (void)state;
    expect_changed("onnx_rare/1.onnx", ".onnx", "HardSigmoid", "ScaledTanhX",
                   "activation ScaledTanhX is not supported");
    expect_changed("keras_rare/1.h5", ".h5", "hard_sigmoid", "soft_sigmoid",
                   "recurrent_activation soft_sigmoid is not supported");
    expect_changed("keras_rare/1.h5", ".h5", "keras_version", "keras_virsion", "whose version the file does not say");
}

/* A graph of one node without a name, from X to Y: ModelProto.graph is field 7, of it node 1 and input 11, of a node
 * input 1, output 2, op_type 4 and domain 7. */
static void expect_operator(const char *type, const char *domain, const char *words) {
    char node[128], graph[160], model[192];
    const int inner = snprintf(node, sizeof node, "\x0a\x01X\x12\x01Y\x22%c%s\x3a%c%s", (char)strlen(type), type,
                               (char)strlen(domain), domain);
    const int outer = snprintf(graph, sizeof graph, "\x0a%c%s\x5a\x03\x0a\x01X", (char)inner, node);
    const int whole = snprintf(model, sizeof model, "\x3a%c%s", (char)outer, graph);
    expect(".onnx", model, (size_t)whole, NULL, GB_UNSUPPORTED, words);
}

static void test_operators(void **state) {
    (void)state;
    expect_operator("DynamicQuantizeLSTM", "com.microsoft", "node Y (DynamicQuantizeLSTM): the model is quantized");
    expect_operator("DynamicQuantizeLinear", "ai.onnx", "the model is quantized");
    expect_operator("SkipLayerNormalization", "com.microsoft", "before it was optimized");
    expect_operator("LSTM", "my.own", "node Y (LSTM): an operator that is not ONNX's own");
    expect_operator("SplitToSequence", "ai.onnx", "takes single steps, as PyTorch's exporter writes a basic RNN");
    expect_operator("Loop", "ai.onnx", "this operator is not supported");
}

/* A graph of one tensor whose number lies in another file: TensorProto.dims is field 1, data_type 2, name 8,
 * external_data 13 and data_location 14. */
static void expect_beside(const char *location, const char *offset, gb_status status, const char *words) {
    char where[96], at[32], inner[160], graph[176], model[192];
    const int first = snprintf(where, sizeof where, "\x0a\x08location\x12%c%s", (char)strlen(location), location);
    const int second = snprintf(at, sizeof at, "\x0a\x06offset\x12%c%s", (char)strlen(offset), offset);
    const int third = snprintf(inner, sizeof inner, "\x08\x01\x10\x01\x42\x01w\x6a%c%s\x6a%c%s\x70\x01", (char)first,
                               where, (char)second, at);
    const int outer = snprintf(graph, sizeof graph, "\x2a%c%s", (char)third, inner);
    const int whole = snprintf(model, sizeof model, "\x3a%c%s", (char)outer, graph);
    expect(".onnx", model, (size_t)whole, NULL, status, words);
}

static void test_files_beside(void **state) {
    (void)state;
    const char *own = strrchr(place(".onnx"), '/') + 1;
    expect_beside("nowhere.data", "0", GB_IO, "nowhere.data, which cannot be read; keep both files in one folder");
    expect_beside("..", "0", GB_UNSUPPORTED, "which is not below the model's folder");
    expect_beside(own, "4096", GB_DATA, "tensor w lies beyond the end of its file of weights");
    expect_beside(own, "-1", GB_DATA, "its place in the file of weights is damaged");
    expect_beside(own, "0", GB_DATA, "does not have as many numbers as its shape requires");
}

/* Every file of the packages cut anywhere, and with any byte of its first 4 kB changed, is refused or read: nothing
 * else. */
static void cut_and_change(const char *name, const char *ending, const import_options *options) {
    char path[1024], *bytes;
    size_t size;
    network net;
    snprintf(path, sizeof path, "%s/%s", GOLDEN, name);
    assert_int_equal(file_read(context, path, 1 << 20, &bytes, &size), GB_OK);
    for (size_t i = 0; i < size; i += 1 + size / 400) {
        char *copy = malloc(size);
        memcpy(copy, bytes, size);
        copy[i] = (char)(copy[i] ^ (1 << i % 8));
        for (size_t cut = 0; cut < 2; cut++) {
            assert_int_equal(file_replace(context, place(ending), cut ? bytes : copy, cut ? i : size), GB_OK);
            if (import_network(context, place(ending), options, &net) == GB_OK)
                network_free(&net);
            else
                assert_non_null(strstr(gb_context_message(context), place(ending)));
        }
        free(copy);
    }
    unlink(place(ending));
    free(bytes);
}

/* Shortens and lengthens a file until it is killed. Its beginning, which says what is where, stays. */
static pid_t keep_changing(const char *path, size_t size) {
    const pid_t child = fork();
    while (child == 0) {
        usleep(1000);
        if (truncate(path, (off_t)size / 2) != 0)
            _exit(1);
        usleep(100);
        if (truncate(path, (off_t)size) != 0)
            _exit(1);
    }
    return child;
}

/* A file that another process changes meanwhile is read or refused: nothing else. */
static void test_changing(void **state) {
    (void)state;
    enum { BYTES = 4 * 1024 * 1024, TIMES = 100 };
    char header[512];
    network net;
    snprintf(header, sizeof header,
             "{\"r.weight_ih_l0\":{\"dtype\":\"F32\",\"shape\":[%d,1],\"data_offsets\":[0,%d]},"
             "\"r.weight_hh_l0\":{\"dtype\":\"F32\",\"shape\":[%d,%d],\"data_offsets\":[%d,%d]}}",
             4 * 512, 4 * 4 * 512, 4 * 512, 512, 4 * 4 * 512, 4 * 4 * 512 + BYTES);
    const uint64_t length = strlen(header);
    const size_t size = 8 + length + 4 * 4 * 512 + BYTES;
    char *bytes = calloc(size, 1);
    memcpy(bytes, &length, 8);
    memcpy(bytes + 8, header, length);
    const char *path = place(".safetensors");
    assert_int_equal(file_replace(context, path, bytes, size), GB_OK);
    assert_int_equal(import_network(context, path, NULL, &net), GB_OK);
    network_free(&net);
    const pid_t child = keep_changing(path, size);
    size_t refused = 0;
    for (size_t i = 0; i < TIMES; i++) {
        const gb_status status = import_network(context, path, NULL, &net);
        assert_true(status == GB_OK || status == GB_DATA);
        refused += status != GB_OK;
        if (!status)
            network_free(&net);
    }
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    unlink(path);
    free(bytes);
    print_message("%zu of %d times refused\n", refused, TIMES);
}

static void test_damaged(void **state) {
    (void)state;
    const import_options haiku = {.from = "haiku"};
    cut_and_change("pytorch/4.safetensors", ".safetensors", NULL);
    cut_and_change("onnx/0.onnx", ".onnx", NULL);
    cut_and_change("onnx_pytorch/4.onnx", ".onnx", NULL);
    cut_and_change("haiku/0.npz", ".npz", &haiku);
}

/* Files of HDF5 are only cut here: what changed bytes do to the library is its own affair, and the guard is tested with
 * harmless readers. */
static void test_cut_hdf5(void **state) {
    (void)state;
    char path[1024], *bytes;
    size_t size;
    network net;
    snprintf(path, sizeof path, "%s/keras/3.weights.h5", GOLDEN);
    assert_int_equal(file_read(context, path, 1 << 20, &bytes, &size), GB_OK);
    for (size_t cut = 0; cut < size; cut += 1 + size / 20) {
        assert_int_equal(file_replace(context, place(".weights.h5"), bytes, cut), GB_OK);
        assert_int_equal(import_network(context, place(".weights.h5"), NULL, &net), GB_DATA);
    }
    unlink(place(".weights.h5"));
    free(bytes);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_headers),      cmocka_unit_test(test_names),
                                       cmocka_unit_test(test_not_finite),   cmocka_unit_test(test_other_files),
                                       cmocka_unit_test(test_functions),    cmocka_unit_test(test_operators),
                                       cmocka_unit_test(test_files_beside), cmocka_unit_test(test_changing),
                                       cmocka_unit_test(test_damaged),      cmocka_unit_test(test_cut_hdf5)};
    return cmocka_run_group_tests(tests, open_context, close_context);
}
