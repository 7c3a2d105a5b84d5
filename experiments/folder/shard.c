/* SPDX-License-Identifier: MIT */
/* Determines the shard of a process from an option, a Slurm array or MPI. */
#include "experiments/folder/shard.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

gb_status shard_parse(gb_context *context, const char *given, shard *out) {
    char *slash = NULL, *end = NULL;
    errno = 0;
    unsigned long long index = strtoull(given, &slash, 10), count = 0;
    if (*slash == '/')
        count = strtoull(slash + 1, &end, 10);
    bool good = *given >= '0' && *given <= '9' && end && slash[1] >= '0' && slash[1] <= '9' && !*end && !errno;
    if (!good || index < 1 || index > count || count > SHARD_MOST)
        return gb_fail(context, GB_INVALID,
                       "the shard is '%s'; give i/n with i from 1 to n and n at most %d, as in 2/4", given, SHARD_MOST);
    *out = (shard){.index = (size_t)index, .count = (size_t)count};
    return GB_OK;
}

/* Reads an integer from the environment; false if the variable is missing or not an integer. */
static bool read_number(const char *name, size_t *number) {
    const char *given = getenv(name);
    char *end = NULL;
    errno = 0;
    unsigned long long value = given && *given >= '0' && *given <= '9' ? strtoull(given, &end, 10) : 0;
    *number = (size_t)value;
    return end && !*end && !errno;
}

/* The task of a Slurm array, from its range of numbers. */
static gb_status read_array(gb_context *context, shard *out) {
    size_t id, count, least, step = 1;
    *out = (shard){0};
    if (!read_number("SLURM_ARRAY_TASK_ID", &id) || !read_number("SLURM_ARRAY_TASK_COUNT", &count) ||
        !read_number("SLURM_ARRAY_TASK_MIN", &least))
        return GB_OK;
    if (!read_number("SLURM_ARRAY_TASK_STEP", &step) || step == 0)
        step = 1;
    if (id < least || (id - least) % step || (id - least) / step >= count || count > SHARD_MOST)
        return gb_fail(
            context, GB_INVALID,
            "task %zu of this Slurm array is not a shard: its %zu tasks from %zu are not a range; give --shard i/n", id,
            count, least);
    *out = (shard){.index = (id - least) / step + 1, .count = count};
    return GB_OK;
}

/* The rank in an MPI job. */
static shard read_rank(void) {
    static const char *const names[][2] = {{"OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE"},
                                           {"PMI_RANK", "PMI_SIZE"},
                                           /* srun without its own MPI; only job steps have both variables */
                                           {"SLURM_PROCID", "SLURM_STEP_NUM_TASKS"}};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        size_t rank, size;
        if (read_number(names[i][0], &rank) && read_number(names[i][1], &size) && rank < size && size <= SHARD_MOST)
            return (shard){.index = rank + 1, .count = size};
    }
    return (shard){0};
}

gb_status shard_from_environment(gb_context *context, shard *out, const char **source) {
    shard array, rank = read_rank();
    GB_TRY(read_array(context, &array));
    *out = array.count ? array : rank;
    *source = array.count && rank.count ? "SLURM_ARRAY_TASK_ID and the MPI rank"
              : array.count             ? "SLURM_ARRAY_TASK_ID"
              : rank.count              ? "the MPI rank"
                                        : "";
    if (array.count && rank.count && array.count * rank.count <= SHARD_MOST)
        *out = (shard){.index = (array.index - 1) * rank.count + rank.index, .count = array.count * rank.count};
    return GB_OK;
}
