/* SPDX-License-Identifier: MIT */
/* Whole reads, atomic replacement, folders, and the search for shipped files. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "support/file.h"

static gb_context *context;
static char folder[] = "/tmp/gatebench-file-test-XXXXXX";

static const char *in_folder(const char *name) {
    static char path[256];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

static void test_replace_and_read(void **state) {
    (void)state;
    char *bytes;
    size_t size;
    assert_int_equal(file_replace(context, in_folder("a"), "one\0two", 7), GB_OK);
    assert_int_equal(file_replace(context, in_folder("a"), "three", 5), GB_OK);
    assert_int_equal(file_read(context, in_folder("a"), 5, &bytes, &size), GB_OK);
    assert_int_equal(size, 5);
    assert_string_equal(bytes, "three");
    free(bytes);
    assert_int_equal(file_read(context, in_folder("a"), 4, &bytes, &size), GB_IO);
    assert_null(bytes);
    assert_non_null(strstr(gb_context_message(context), "larger than the limit of 4 bytes"));
    assert_int_equal(file_read(context, in_folder("none"), 4, &bytes, &size), GB_IO);
    assert_non_null(strstr(gb_context_message(context), "none: cannot be opened: No such file"));
}

static void test_replace_large(void **state) {
    (void)state;
    enum { SIZE = 100000 };
    char *block = malloc(SIZE), *bytes;
    size_t size;
    for (size_t i = 0; i < SIZE; i++)
        block[i] = (char)(i * 7);
    assert_int_equal(file_replace(context, in_folder("large"), block, SIZE), GB_OK);
    assert_int_equal(file_read(context, in_folder("large"), SIZE, &bytes, &size), GB_OK);
    assert_int_equal(size, SIZE);
    assert_memory_equal(bytes, block, SIZE);
    free(bytes);
    free(block);
}

static void test_failed_replace_leaves_the_old(void **state) {
    (void)state;
    /* A folder is in the way of the rename: the failure leaves it, and no temporary file beside it. */
    assert_int_equal(file_make_folder(context, in_folder("taken/inside")), GB_OK);
    assert_int_equal(file_replace(context, in_folder("taken"), "x", 1), GB_IO);
    assert_true(file_exists(in_folder("taken/inside")));
    char temporary[64];
    snprintf(temporary, sizeof temporary, "taken.%ld.tmp", (long)getpid());
    assert_false(file_exists(in_folder(temporary)));
    assert_int_equal(file_replace(context, in_folder("no/such/folder"), "x", 1), GB_IO);
}

/* A pipe that someone reads is written to and stays a pipe; a device that is full says so. */
static void test_devices_are_not_replaced(void **state) {
    (void)state;
    struct stat status;
    char got[8] = "";
    assert_int_equal(mkfifo(in_folder("pipe"), 0600), 0);
    int reader = open(in_folder("pipe"), O_RDONLY | O_NONBLOCK);
    assert_true(reader >= 0);
    assert_int_equal(file_replace(context, in_folder("pipe"), "three", 5), GB_OK);
    assert_int_equal(read(reader, got, sizeof got), 5);
    assert_string_equal(got, "three");
    close(reader);
    assert_int_equal(stat(in_folder("pipe"), &status), 0);
    assert_true(S_ISFIFO(status.st_mode));
    assert_int_equal(symlink("/dev/full", in_folder("full")), 0);
    assert_int_equal(file_replace(context, in_folder("full"), "x", 1), GB_IO);
    assert_non_null(strstr(gb_context_message(context), "No space left"));
}

/* What cannot be looked up may be there; what cannot be a name is not. */
static void test_exists_unless_it_is_certain(void **state) {
    (void)state;
    char name[300];
    memset(name, 'n', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    assert_false(file_exists(in_folder("nothing")));
    assert_true(file_exists(in_folder("")));
    assert_false(file_exists(name));
    assert_int_equal(symlink("loop", in_folder("loop")), 0);
    assert_true(file_exists(in_folder("loop")));
}

static void test_holder(void **state) {
    (void)state;
    char holder[FILE_HOLDER], own[32];
    snprintf(own, sizeof own, "process %ld on ", (long)getpid());
    int lock = open(in_folder("lock"), O_RDWR | O_CREAT, 0600);
    assert_true(lock >= 0);
    file_read_holder(lock, holder);
    assert_string_equal(holder, "another run");
    assert_true(pwrite(lock, "much that a holder before it left there", 39, 200) == 39);
    file_write_holder(lock);
    file_read_holder(lock, holder);
    assert_memory_equal(holder, own, strlen(own));
    assert_null(strchr(holder, '\n'));
    close(lock);
}

static void test_make_folder(void **state) {
    (void)state;
    struct stat status;
    assert_int_equal(file_make_folder(context, in_folder("x/y/z")), GB_OK);
    assert_int_equal(file_make_folder(context, in_folder("x/y/z")), GB_OK);
    assert_int_equal(stat(in_folder("x/y/z"), &status), 0);
    assert_true(S_ISDIR(status.st_mode));
    assert_int_equal(file_replace(context, in_folder("plain"), "", 0), GB_OK);
    assert_int_equal(file_make_folder(context, in_folder("plain/under")), GB_IO);
    assert_int_equal(file_make_folder(context, ""), GB_IO);
}

static void test_shared(void **state) {
    (void)state;
    char path[512], **names;
    assert_int_equal(file_make_folder(context, in_folder("share/recipes")), GB_OK);
    assert_int_equal(file_replace(context, in_folder("share/recipes/b.yaml"), "", 0), GB_OK);
    assert_int_equal(file_replace(context, in_folder("share/recipes/a.yaml"), "", 0), GB_OK);
    assert_int_equal(file_replace(context, in_folder("share/recipes/a.md"), "", 0), GB_OK);
    assert_int_equal(file_find_shared(context, "recipes/nowhere.yaml", path, sizeof path), GB_IO);
    assert_non_null(strstr(gb_context_message(context), "recipes/nowhere.yaml: not found"));

    setenv("GATEBENCH_SHARE", in_folder("share"), 1);
    assert_int_equal(file_find_shared(context, "recipes/a.yaml", path, sizeof path), GB_OK);
    assert_string_equal(path, in_folder("share/recipes/a.yaml"));
    assert_int_equal(file_list_shared(context, "recipes", ".yaml", &names), GB_OK);
    assert_string_equal(names[0], "a.yaml");
    assert_string_equal(names[1], "b.yaml");
    assert_null(names[2]);
    file_free_list(names);
    assert_int_equal(file_list_shared(context, "nothing", ".yaml", &names), GB_IO);
    assert_null(names);
    assert_int_equal(file_find_shared(context, "../a", path, sizeof path), GB_IO);
    assert_int_equal(file_find_shared(context, "/etc/passwd", path, sizeof path), GB_IO);
    unsetenv("GATEBENCH_SHARE");
}

static void test_shared_in_the_source_tree(void **state) {
    (void)state;
    char path[512];
    assert_int_equal(file_find_shared(context, "catalog.yaml", path, sizeof path), GB_OK);
    assert_non_null(strstr(path, "/datasets/catalog.yaml"));
}

static int set_up(void **state) {
    (void)state;
    unsetenv("GATEBENCH_SHARE");
    return gb_context_create(NULL, &context) != GB_OK || !mkdtemp(folder);
}

static int tear_down(void **state) {
    (void)state;
    gb_context_destroy(context);
    static const char *const names[] = {"a",
                                        "pipe",
                                        "full",
                                        "loop",
                                        "large",
                                        "plain",
                                        "taken/inside",
                                        "taken",
                                        "x/y/z",
                                        "x/y",
                                        "x",
                                        "share/recipes/a.md",
                                        "share/recipes/a.yaml",
                                        "share/recipes/b.yaml",
                                        "share/recipes",
                                        "share"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        remove(in_folder(names[i]));
    return rmdir(folder);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_replace_and_read),
        cmocka_unit_test(test_replace_large),
        cmocka_unit_test(test_failed_replace_leaves_the_old),
        cmocka_unit_test(test_devices_are_not_replaced),
        cmocka_unit_test(test_exists_unless_it_is_certain),
        cmocka_unit_test(test_holder),
        cmocka_unit_test(test_make_folder),
        cmocka_unit_test(test_shared),
        cmocka_unit_test(test_shared_in_the_source_tree),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
