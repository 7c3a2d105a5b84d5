/* SPDX-License-Identifier: MIT */
/* Finding, verifying and fetching: a wrong file is refused with a message that names the file and the remedy. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fixture.h"
#include "support/file.h"

#define HASH "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" /* of "abc": FIPS 180-2, B.1 */

static char path[512];

static void assert_message(const char *words) {
    if (!strstr(gb_context_message(context), words))
        fail_msg("\"%s\" does not say \"%s\"", gb_context_message(context), words);
}

static void test_sha256(void **state) {
    (void)state;
    char hex[65];
    data_sha256("abc", 3, hex);
    assert_string_equal(hex, HASH);
}

static void test_catalog(void **state) {
    (void)state;
    data_file *files;
    size_t count;
    assert_int_equal(data_catalog(context, &files, &count), GB_OK);
    assert_int_equal(count, 8);
    assert_string_equal(files[2].name, "letters");
    assert_string_equal(files[2].file, "letters.txt");
    assert_int_equal(files[2].bytes, 8);
    assert_int_equal(data_find(context, "lettres", path, sizeof path), GB_INVALID);
    assert_message("did you mean \"letters\"?");
}

static void test_missing(void **state) {
    (void)state;
    assert_int_equal(data_find(context, "letters", path, sizeof path), GB_DATA);
    assert_message("letters.txt (8 bytes) is not here; get it with: gatebench data fetch letters");
}

static void test_fetch(void **state) {
    (void)state;
    assert_int_equal(data_fetch(context, "letters", path, sizeof path), GB_OK);
    assert_string_equal(path, fixture_path("cache/letters.txt"));
    assert_int_equal(data_find(context, "letters", path, sizeof path), GB_OK);
    assert_string_equal(path, fixture_path("cache/letters.txt"));
    /* What is there and right is not fetched again: the origin may be gone. */
    assert_int_equal(rename(fixture_path("origin/letters.txt"), fixture_path("origin/away")), 0);
    assert_int_equal(data_fetch(context, "letters", path, sizeof path), GB_OK);
    unlink(fixture_path("cache/letters.txt"));
    assert_int_equal(data_fetch(context, "letters", path, sizeof path), GB_IO);
    assert_message("letters.txt: cannot be fetched from file://");
    assert_message("GATEBENCH_DATA_MIRROR");
    assert_int_equal(rename(fixture_path("origin/away"), fixture_path("origin/letters.txt")), 0);
}

/* Contents that a server may give instead of the file. */
static const struct {
    const char *content, *words;
} wrong[] = {{"abc\ndeX\n", "is not the file of the catalog"},
             {"abc", "is not the file of the catalog"},
             {"", "is not the file of the catalog"},
             {"abc\ndef\nand much more", "has more than the expected 8 bytes"}};

static void test_wrong_content_is_refused(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        fixture_write("origin/letters.txt", wrong[i].content, strlen(wrong[i].content));
        assert_int_equal(data_fetch(context, "letters", path, sizeof path), GB_DATA);
        assert_message("letters.txt");
        assert_message(wrong[i].words);
        assert_false(file_exists(fixture_path("cache/letters.txt")));
    }
    fixture_write("origin/letters.txt", "abc\ndef\n", 8);
}

static void test_wrong_files_are_refused(void **state) {
    (void)state;
    fixture_write("cache/letters.txt", "abc\nde", 6);
    assert_int_equal(data_find(context, "letters", path, sizeof path), GB_DATA);
    assert_message("cache/letters.txt: has 6 bytes, but letters.txt has 8");
    assert_message("gatebench data fetch letters");
    fixture_write("cache/letters.txt", "ABC\ndef\n", 8);
    assert_int_equal(data_find(context, "letters", path, sizeof path), GB_DATA);
    assert_message("right size but SHA-256");
    assert_message("gatebench data fetch letters");
    /* Fetching puts the right one over it. */
    assert_int_equal(data_fetch(context, "letters", path, sizeof path), GB_OK);
    assert_int_equal(data_find(context, "letters", path, sizeof path), GB_OK);
    unlink(fixture_path("cache/letters.txt"));
}

static void test_mirror_comes_first(void **state) {
    (void)state;
    fixture_write("mirror/letters.txt", "abc\ndef\n", 8);
    assert_int_equal(data_find(context, "letters", path, sizeof path), GB_OK);
    assert_string_equal(path, fixture_path("mirror/letters.txt"));
    assert_int_equal(data_fetch(context, "letters", path, sizeof path), GB_OK);
    assert_string_equal(path, fixture_path("cache/letters.txt"));
    unlink(fixture_path("cache/letters.txt"));
    fixture_write("mirror/letters.txt", "abc", 3);
    assert_int_equal(data_find(context, "letters", path, sizeof path), GB_DATA);
    assert_message("mirror/letters.txt: has 3 bytes");
    assert_int_equal(data_fetch(context, "letters", path, sizeof path), GB_DATA);
    unlink(fixture_path("mirror/letters.txt"));
}

/* What a package has put in its place is taken from there, and refused like any other when it is wrong. */
static void test_place_of_a_package(void **state) {
    (void)state;
    assert_int_equal(data_find(context, "placed", path, sizeof path), GB_OK);
    assert_string_equal(path, fixture_path("origin/placed.txt"));
    assert_int_equal(data_fetch(context, "placed", path, sizeof path), GB_OK);
    assert_string_equal(path, fixture_path("origin/placed.txt"));
    fixture_write("mirror/placed.txt", "placed\n", 7);
    assert_int_equal(data_find(context, "placed", path, sizeof path), GB_OK);
    assert_string_equal(path, fixture_path("mirror/placed.txt"));
    unlink(fixture_path("mirror/placed.txt"));
    fixture_write("origin/placed.txt", "Placed\n", 7);
    assert_int_equal(data_find(context, "placed", path, sizeof path), GB_DATA);
    assert_message("origin/placed.txt: has the right size but SHA-256");
    assert_message("reinstall it: apt-get install x --reinstall");
    unlink(fixture_path("origin/placed.txt"));
    assert_int_equal(data_find(context, "placed", path, sizeof path), GB_DATA);
    assert_message("placed.txt (7 bytes) is not here; install its package with: apt-get install x");
    assert_int_equal(data_fetch(context, "placed", path, sizeof path), GB_DATA);
    assert_message("apt-get install x");
    fixture_write("origin/placed.txt", "placed\n", 7);
}

/* A cache that cannot be looked into hides no package's file, and one that cannot be written to makes the data missing,
 * which is not an error of the disk: the suite continues. (A link to itself and a file as a folder stop root, too.) */
static void test_cache_out_of_reach(void **state) {
    (void)state;
    char before[4096], cache[4096], both[8192];
    assert_int_equal(symlink("placed.txt", fixture_path("cache/placed.txt")), 0);
    assert_int_equal(data_find(context, "placed", path, sizeof path), GB_OK);
    assert_string_equal(path, fixture_path("origin/placed.txt"));
    unlink(fixture_path("cache/placed.txt"));
    assert_int_equal(symlink("letters.txt", fixture_path("mirror/letters.txt")), 0);
    assert_int_equal(data_find(context, "letters", path, sizeof path), GB_DATA);
    assert_message("mirror/letters.txt: cannot be opened");
    assert_message("readable");
    unlink(fixture_path("mirror/letters.txt"));

    snprintf(before, sizeof before, "%s", getenv("PATH"));
    snprintf(cache, sizeof cache, "%s", getenv("GATEBENCH_DATA_CACHE"));
    static const char bible[] = "#!/bin/sh\nsed 's/^/Ge1:1 /' \"$KJV\"\n";
    fixture_write("mirror/bible", bible, sizeof bible - 1);
    assert_int_equal(chmod(fixture_path("mirror/bible"), 0700), 0);
    assert_int_equal(rename(fixture_path("mirror/small.txt"), fixture_path("mirror/away")), 0);
    snprintf(both, sizeof both, "%s:%s", fixture_path("mirror"), before);
    setenv("PATH", both, 1);
    setenv("KJV", fixture_path("mirror/away"), 1);
    setenv("GATEBENCH_DATA_CACHE", fixture_path("origin/letters.txt/cache"), 1);
    assert_int_equal(data_find(context, "kjv", path, sizeof path), GB_DATA);
    assert_message("set GATEBENCH_DATA_CACHE to a folder that can be written to");
    setenv("GATEBENCH_DATA_CACHE", cache, 1);
    assert_int_equal(data_find(context, "kjv", path, sizeof path), GB_OK);
    unlink(fixture_path("cache/small.txt"));
    unlink(fixture_path("mirror/bible"));
    setenv("PATH", before, 1);
    assert_int_equal(rename(fixture_path("mirror/away"), fixture_path("mirror/small.txt")), 0);
}

static void test_missing_program(void **state) {
    (void)state;
    char before[4096];
    snprintf(before, sizeof before, "%s", getenv("PATH"));
    assert_int_equal(rename(fixture_path("mirror/small.txt"), fixture_path("mirror/away")), 0);
    setenv("PATH", fixture_path("mirror"), 1);
    assert_int_equal(data_find(context, "kjv", path, sizeof path), GB_DATA);
    assert_message("small.txt");
    assert_message("apt-get install x");
    assert_int_equal(data_fetch(context, "kjv", path, sizeof path), GB_DATA);
    assert_message("`bible`");
    assert_message("apt-get install x");
    /* A program of that name that prints something else is not believed. */
    fixture_write("mirror/bible", "#!/bin/sh\necho Ge1:1 not the text\n", 34);
    assert_int_equal(access(fixture_path("mirror/bible"), R_OK), 0);
    char command[512];
    snprintf(command, sizeof command, "/bin/chmod +x %s", fixture_path("mirror/bible"));
    assert_int_equal(system(command), 0);
    assert_int_equal(data_find(context, "kjv", path, sizeof path), GB_DATA);
    assert_message("the content from the program (13 bytes");
    assert_message("set GATEBENCH_DATA_MIRROR to a folder that holds small.txt");
    unlink(fixture_path("mirror/bible"));
    setenv("PATH", before, 1);
    assert_int_equal(rename(fixture_path("mirror/away"), fixture_path("mirror/small.txt")), 0);
}

static void test_broken_catalog(void **state) {
    (void)state;
    static const char *const broken[] = {"a: {file: x, bytes: 3, sha256: abc, url: 'file:///x'}\n",
                                         ("a: {file: ../x, bytes: 3, url: 'file:///x', sha256: " HASH "}\n"),
                                         "a: {file: x, bytes: many, url: 'file:///x'}\n", "a: [\n"};
    char *catalog;
    size_t size, count;
    data_file *files;
    assert_int_equal(file_read(context, fixture_path("share/catalog.yaml"), 1 << 16, &catalog, &size), GB_OK);
    for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
        fixture_write("share/catalog.yaml", broken[i], strlen(broken[i]));
        assert_int_equal(data_catalog(context, &files, &count), GB_DATA);
        assert_message("catalog.yaml:");
    }
    fixture_write("share/catalog.yaml", catalog, size);
    free(catalog);
}

static void test_shipped_catalog(void **state) {
    (void)state;
    data_file *files;
    size_t count;
    unsetenv("GATEBENCH_SHARE");
    assert_int_equal(data_catalog(context, &files, &count), GB_OK);
    static const char *const names[] = {"jsb",
                                        "nottingham",
                                        "muse",
                                        "piano",
                                        "kjv",
                                        "shakespeare",
                                        "fashion-train-images",
                                        "fashion-train-labels",
                                        "fashion-test-images",
                                        "fashion-test-labels"};
    assert_int_equal(count, sizeof names / sizeof *names);
    for (size_t i = 0; i < count; i++) {
        assert_string_equal(files[i].name, names[i]);
        assert_true(files[i].licence[0] && files[i].about[0]);
        assert_true(files[i].command[0] || !strncmp(files[i].url, "https://", 8));
    }
    setenv("GATEBENCH_SHARE", fixture_path("share"), 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sha256),
        cmocka_unit_test(test_catalog),
        cmocka_unit_test(test_missing),
        cmocka_unit_test(test_fetch),
        cmocka_unit_test(test_wrong_content_is_refused),
        cmocka_unit_test(test_wrong_files_are_refused),
        cmocka_unit_test(test_mirror_comes_first),
        cmocka_unit_test(test_place_of_a_package),
        cmocka_unit_test(test_cache_out_of_reach),
        cmocka_unit_test(test_missing_program),
        cmocka_unit_test(test_broken_catalog),
        cmocka_unit_test(test_shipped_catalog),
    };
    return cmocka_run_group_tests(tests, fixture_open, fixture_close);
}
