/* SPDX-License-Identifier: MIT */
/* Scripts for Slurm and GNU parallel. Everything from the command line is quoted, and every path is absolute. */
#include "cli/job_script.h"

#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/cli.h"
#include "experiments/run/run_estimate.h"
#include "support/cleanup.h"
#include "support/text.h"

const char *const emit_engines[] = {"slurm", "parallel", NULL};

/* Estimates are accurate to a factor of 1.5 on this machine; the machines of a cluster may be slower. */
#define SAFETY 3.0
enum { SLURM_ARRAY = 1000 };
#define LEAST_MINUTES 10.0
#define MEMORY_SAFETY 1.5
#define MEBIBYTE (1024.0 * 1024.0)
#define PARENT_MEBIBYTES 64.0

/* The values that the scripts contain. */
typedef struct filling {
    const emit_request *request;
    const char *name;
    char program[PATH_MAX], here[PATH_MAX], folder[PATH_MAX], results[PATH_MAX];
    size_t workers;
    run_size size;
} filling;

static void append_quoted(text *script, const char *word) {
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._/=,:+-@%";
    if (*word && strspn(word, plain) == strlen(word)) {
        text_append(script, "%s", word);
        return;
    }
    text_append(script, "'");
    for (; *word; word++)
        text_append(script, *word == '\'' ? "'\\''" : "%c", *word);
    text_append(script, "'");
}

static void append_setting(text *script, const char *name, const char *value) {
    text_append(script, "%s=", name);
    append_quoted(script, value);
    text_append(script, "\n");
}

/* The command of a shard, without --shard, as a bash array. */
static void append_words(text *script, const filling *f) {
    const emit_request *r = f->request;
    text_append(script, "run=(\"$program\" run ");
    append_quoted(script, r->recipe);
    if (r->profile) {
        text_append(script, " --profile ");
        append_quoted(script, r->profile);
    }
    for (size_t i = 0; i < r->override_count; i++) {
        text_append(script, " ");
        append_quoted(script, r->overrides[i]);
    }
    text_append(script, " -o ");
    append_quoted(script, f->results);
    text_append(script, " -j %zu", f->workers);
    if (r->options->trial_seconds > 0)
        text_append(script, " --trial-time %gs", r->options->trial_seconds);
    if (r->options->trial_memory > 0)
        text_append(script, " --trial-memory %.0f", r->options->trial_memory);
    if (r->options->retry_failed)
        text_append(script, " --retry-failed");
    text_append(script, ")\n");
}

static void append_common(text *script, const filling *f) {
    text_append(script, "set -u\n");
    append_setting(script, "program", f->program);
    append_setting(script, "folder", f->folder);
    append_words(script, f);
    text_append(script, "cd -- ");
    append_quoted(script, f->here);
    text_append(script, " || exit 5\n");
}

/* The merge as a line of sh, which does not understand every form of quoting by bash's printf %q. */
static void append_merge(text *script, const filling *f) {
    CLEANUP(text_free) text line = {0};
    append_quoted(&line, f->program);
    text_append(&line, " merge ");
    append_quoted(&line, f->folder);
    append_setting(script, "merging", line.data ? line.data : "");
    script->failed = script->failed || line.failed;
}

/* An #SBATCH line. In an unquoted value a space or # is its end for sbatch, and ' or " begins a quoted part; a
 * backslash escapes in both. */
static void append_directive(text *script, const char *option, const char *value) {
    text_append(script, "#SBATCH --%s=\"", option);
    for (; *value; value++)
        text_append(script, *value == '"' || *value == '\\' ? "\\%c" : "%c", *value);
    text_append(script, "\"\n");
}

static void append_number(text *script, const char *option, double number, const char *unit) {
    text_append(script, "#SBATCH --%s=%.0f%s\n", option, number, unit);
}

static void write_slurm(text *script, const filling *f) {
    char log[2 * PATH_MAX + 32];
    size_t length = 0;
    for (const char *c = f->folder; *c; c++) { /* Slurm reads % in a file name as a pattern; %% is a literal % */
        log[length++] = *c;
        if (*c == '%')
            log[length++] = '%';
    }
    snprintf(log + length, sizeof log - length, "/slurm-%%A_%%a.log");
    text_append(script,
                "#!/usr/bin/env bash\n"
                "# Made by gatebench run --emit slurm. Run it with bash: it submits itself as an array of jobs,\n"
                "# and the merge that waits for them.\n");
    append_directive(script, "job-name", f->name);
    text_append(script, "#SBATCH --array=1-%zu\n", f->size.shards);
    append_number(script, "cpus-per-task", (double)(f->workers * f->size.threads), "");
    append_number(script, "mem", 64 * ceil((MEMORY_SAFETY * f->size.bytes / MEBIBYTE + PARENT_MEBIBYTES) / 64), "M");
    append_number(script, "time", fmax(LEAST_MINUTES, ceil(SAFETY * f->size.seconds / 60)), "");
    text_append(script, "#SBATCH --requeue\n#SBATCH --open-mode=append\n#SBATCH --signal=B:USR1@60\n");
    append_directive(script, "output", log);
    text_append(script, "script=$(realpath -- \"$0\")\n"); /* before it changes the folder */
    append_common(script, f);
    append_merge(script, f);
    text_append(
        script,
        "if [ -z \"${SLURM_ARRAY_TASK_ID:-}\" ]; then\n"
        "  mkdir -p -- \"$folder\" || exit 5\n"
        "  array=$(sbatch --parsable -- \"$script\") || exit 5\n"
        "  echo \"shards: job ${array%%%%;*}\"\n"
        "  merge=$(sbatch --parsable --dependency=\"afterany:${array%%%%;*}\" --job-name=gatebench-merge \\\n"
        "    --output=\"${folder//%%/%%%%}/slurm-merge.log\" --wrap=\"$merging\") || exit 5\n"
        "  echo \"merge: job ${merge%%%%;*}\"\n"
        "  exit\n"
        "fi\n"
        "# Slurm signals before the time limit (USR1), and if the job is cancelled or preempted (TERM). The run\n"
        "# then writes checkpoints and ends with 3. After USR1 it is queued again; after TERM Slurm decides.\n"
        "child='' warned=''\n"
        "trap 'warned=1; kill -USR1 \"${child:-$!}\" 2>/dev/null' USR1\n"
        "trap 'kill -USR1 \"${child:-$!}\" 2>/dev/null' TERM\n"
        "\"${run[@]}\" --shard \"$SLURM_ARRAY_TASK_ID/%zu\" &\n"
        "child=$!\n"
        "wait \"$child\"\n"
        "code=$?\n"
        "while [ \"$code\" -gt 128 ]; do # a signal ends wait, not the run\n"
        "  wait \"$child\" 2>/dev/null\n"
        "  again=$?\n"
        "  [ \"$again\" -ne 127 ] || break # it had ended by a signal\n"
        "  code=$again\n"
        "done\n"
        "[ \"$code,$warned\" != 3,1 ] || scontrol requeue \"${SLURM_ARRAY_JOB_ID}_$SLURM_ARRAY_TASK_ID\"\n"
        "exit \"$code\"\n",
        f->size.shards);
}

static void write_parallel(text *script, const filling *f) {
    size_t cores = run_usable_cores(), each = f->workers * f->size.threads, at_once = cores / each;
    text_append(script, "#!/usr/bin/env bash\n"
                        "# Made by gatebench run --emit parallel. Its arguments are passed to parallel: --jobs 8, or\n"
                        "# --sshloginfile HOSTS if all hosts share the folders. Run it again to resume.\n");
    append_common(script, f);
    text_append(
        script,
        "mkdir -p -- \"$folder\" || exit 5\n"
        "command=\"cd -- $(printf '%%q' \"$PWD\") && $(printf '%%q ' \"${run[@]}\")\" # ssh begins in another folder\n"
        "seq %zu | parallel --will-cite --jobs %zu --joblog \"$folder/parallel.log\" --line-buffer \"$@\" \\\n"
        "  \"$command --shard {}/%zu\"\n"
        "failed=$?\n"
        "\"$program\" merge \"$folder\" || exit\n"
        "[ \"$failed\" -eq 0 ] || exit 1\n",
        f->size.shards, at_once ? at_once : 1, f->size.shards);
}

static gb_status find_places(gb_context *context, filling *f) {
    ssize_t length = readlink("/proc/self/exe", f->program, sizeof f->program - 1);
    if (length <= 0 || !getcwd(f->here, sizeof f->here))
        return gb_fail(context, GB_IO, "the path of the program or of this folder cannot be determined");
    f->program[length] = '\0';
    const char *given = f->size.folder;
    int size = *given == '/' ? snprintf(f->folder, sizeof f->folder, "%s", given)
                             : snprintf(f->folder, sizeof f->folder, "%s/%s", f->here, given);
    if (size >= (int)sizeof f->folder)
        return gb_fail(context, GB_IO, "%s: the path is too long", given);
    snprintf(f->results, sizeof f->results, "%s", f->folder);
    char *slash = strrchr(f->results, '/');
    if (slash && slash > f->results)
        *slash = '\0';
    return GB_OK;
}

int emit_script(gb_context *context, const emit_request *request, recipe *r) {
    const run_options *options = request->options;
    filling f = {.request = request, .name = recipe_run_name(r), .workers = options->workers ? options->workers : 1};
    gb_status status = run_find_size(context, r, options, request->shards, &f.size);
    if (!status)
        status = find_places(context, &f);
    size_t most = f.size.arms ? f.size.arms : 1;
    if (!status && request->shards > most)
        cli_say("%s has %zu arm%s: %zu shard%s instead of %zu, since an arm is not split", f.name, f.size.arms,
                f.size.arms == 1 ? "" : "s", most, most == 1 ? "" : "s", request->shards);
    f.size.shards = f.size.shards < most ? f.size.shards : most;
    if (!status && f.size.shards > SLURM_ARRAY && strcmp(request->engine, "slurm") == 0)
        cli_say("%zu shards: Slurm takes arrays of %d by default (MaxArraySize in `scontrol show config`)",
                f.size.shards, SLURM_ARRAY);
    if (!status && strcmp(request->engine, "slurm") == 0 && strpbrk(f.folder, "\\\n"))
        status =
            gb_fail(context, GB_INVALID,
                    "%s: Slurm writes no log under a path with a backslash or a line break; give another -o", f.folder);
    if (status)
        return cli_failed(context, status);
    CLEANUP(text_free) text script = {0};
    if (strcmp(request->engine, "slurm") == 0)
        write_slurm(&script, &f);
    else
        write_parallel(&script, &f);
    if (script.failed)
        return cli_failed(context, gb_fail(context, GB_MEMORY, "out of memory for the script"));
    fputs(script.data, stdout);
    cli_say("%zu trials in %zu arms, %zu shards, each at most about %.0f s and %.0f MiB", f.size.trials, f.size.arms,
            f.size.shards, ceil(f.size.seconds), ceil(f.size.bytes / MEBIBYTE));
    cli_next("save the script to a file and run it with bash");
    return EXIT_OK;
}
