/* SPDX-License-Identifier: MIT */
/* What a guarded child process may do, and what is reported if it dies, hangs, or needs too much memory. */
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "support/guard.h"

static const guard_limits limits = {.seconds = 30, .memory = (size_t)64 << 20, .output = (size_t)1 << 20};

static bool hand_back(void *user, text *out) {
    text_append(out, "%s, twice %s", (const char *)user, (const char *)user);
    printf("what it prints is lost\n");
    return true;
}

static bool give_reason(void *user, text *out) {
    (void)user;
    text_append(out, "is not what it should be");
    return false;
}

static bool die(void *user, text *out) {
    (void)user;
    (void)out;
    raise(SIGSEGV);
    return true;
}

static bool hang(void *user, text *out) {
    (void)user;
    (void)out;
    while (pause())
        continue;
    return true;
}

static bool ask_for_all(void *user, text *out) {
    (void)user;
    for (size_t i = 0; i < 64; i++) {
        char *block = malloc((size_t)16 << 20);
        if (!block)
            _exit(2);
        memset(block, 1, (size_t)16 << 20);
    }
    text_append(out, "got it");
    return true;
}

static bool say_too_much(void *user, text *out) {
    (void)user;
    for (size_t i = 0; i < (size_t)3 << 20; i++)
        text_append_bytes(out, "x", 1);
    return true;
}

/* What can be reached: a file for reading, one for writing, a socket, what was open. */
static bool reach_out(void *user, text *out) {
    int read = open("/proc/self/status", O_RDONLY), made = open((const char *)user, O_CREAT | O_WRONLY, 0600);
    int connected = socket(AF_UNIX, SOCK_STREAM, 0), kept = fcntl(9, F_GETFD);
    text_append(out, "%d %d %d %d", read >= 0, made >= 0, connected >= 0, kept >= 0);
    return true;
}

static gb_context *new_context(void) {
    gb_context *context = NULL;
    assert_int_equal(gb_context_create(NULL, &context), GB_OK);
    return context;
}

static void test_hands_back(void **state) {
    (void)state;
    gb_context *context = new_context();
    text out = {0};
    char word[] = "word";
    assert_int_equal(guard_run(context, "f", hand_back, word, &limits, &out), GB_OK);
    assert_string_equal(out.data, "word, twice word");
    text_free(&out);
    gb_context_destroy(context);
}

static void expect_refused(guard_work work, const guard_limits *with, const char *words) {
    gb_context *context = new_context();
    text out = {0};
    assert_int_equal(guard_run(context, "some.h5", work, NULL, with, &out), GB_DATA);
    const char *message = gb_context_message(context);
    if (strncmp(message, "some.h5: ", 9) != 0 || !strstr(message, words))
        fail_msg("\"%s\" lacks \"%s\"", message, words);
    text_free(&out);
    gb_context_destroy(context);
}

static void test_refusals(void **state) {
    (void)state;
    expect_refused(give_reason, &limits, "is not what it should be");
    expect_refused(say_too_much, &limits, "unpacks to more than");
    expect_refused(hang, &(guard_limits){.seconds = 0.2, .memory = limits.memory, .output = 1},
                   "longer than the time limit");
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
    expect_refused(die, &limits, "killed by signal 11");
    expect_refused(ask_for_all, &limits, "more memory than");
#else
    (void)die;
    (void)ask_for_all;
#endif
}

static void test_reaches_nothing(void **state) {
    (void)state;
    gb_context *context = new_context();
    text out = {0};
    char path[] = "/tmp/gatebench-guard-canary";
    unlink(path);
    assert_int_equal(dup2(1, 9), 9);
    assert_int_equal(guard_run(context, "f", reach_out, path, &limits, &out), GB_OK);
    close(9);
    assert_string_equal(out.data, "0 0 0 0");
    assert_int_equal(access(path, F_OK), -1);
    text_free(&out);
    gb_context_destroy(context);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_hands_back),
        cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_reaches_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
