/* SPDX-License-Identifier: MIT */
/* Writes the sample run into a new folder and runs the given command with the results file's path as its last argument,
 * to test the Python readers. Returns the command's exit code. */
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sample.h"

int main(int argc, char **argv) {
    char folder[256], path[300];
    gb_context *context;
    if (argc != 3 || gb_context_create(NULL, &context) != GB_OK)
        return 2;
    sample_folder(folder, sizeof folder);
    snprintf(path, sizeof path, "%s/sample.h5", folder);
    gb_status status = sample_run(context, folder, path, 18, 3);
    if (status != GB_OK)
        fprintf(stderr, "%s\n", gb_context_message(context));
    gb_context_destroy(context);
    int code = 1;
    pid_t child = status == GB_OK ? fork() : -1;
    if (child == 0) {
        execl(argv[1], argv[1], argv[2], path, (char *)NULL);
        _exit(77);
    }
    if (child > 0 && waitpid(child, &code, 0) == child)
        code = WIFEXITED(code) ? WEXITSTATUS(code) : 1;
    sample_remove(folder);
    return code;
}
