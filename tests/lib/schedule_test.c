/* SPDX-License-Identifier: MIT */
/* Learning-rate schedules: each against factors computed by hand; all that a schedule remembers is in its state. */
#include <math.h>
#include <string.h>

#include "check.h"

static gb_context *context;

static int set_up(void **state) {
    (void)state;
    context = check_context();
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    gb_context_destroy(context);
    return 0;
}

static gb_schedule start(gb_schedule_spec spec) {
    gb_schedule schedule;
    assert_ok(context, gb_schedule_start(context, &spec, &schedule));
    return schedule;
}

/* The shares of steps 1, 2, ... */
static void assert_shares(const gb_schedule *schedule, size_t count, const double *expected) {
    for (size_t i = 0; i < count; i++)
        check_near(gb_schedule_fraction(schedule, i + 1), expected[i], 1e-15);
}

static void schedules_by_step(void **state) {
    (void)state;
    const gb_schedule constant = start((gb_schedule_spec){.name = "constant"});
    assert_shares(&constant, 3, (double[]){1, 1, 1});
    const gb_schedule linear = start((gb_schedule_spec){.name = "linear", .steps = 5, .least = 0.2});
    assert_shares(&linear, 6, (double[]){1, 0.8, 0.6, 0.4, 0.2, 0.2});
    const gb_schedule to_nothing = start((gb_schedule_spec){.name = "linear", .steps = 3});
    assert_shares(&to_nothing, 3, (double[]){1, 0.5, 0});
    const gb_schedule alone = start((gb_schedule_spec){.name = "linear", .steps = 1});
    assert_shares(&alone, 1, (double[]){1});
    const gb_schedule cosine = start((gb_schedule_spec){.name = "cosine", .steps = 5, .least = 0.2});
    assert_shares(&cosine, 5, (double[]){1, 0.6 + 0.4 * sqrt(0.5), 0.6, 0.6 - 0.4 * sqrt(0.5), 0.2});
    const gb_schedule step = start((gb_schedule_spec){.name = "step", .factor = 0.5, .every = 2, .least = 0.2});
    assert_shares(&step, 8, (double[]){1, 1, 0.5, 0.5, 0.25, 0.25, 0.2, 0.2});
    const gb_schedule exponential = start((gb_schedule_spec){.name = "step", .factor = 0.9, .every = 1});
    assert_shares(&exponential, 4, (double[]){1, 0.9, 0.81, 0.729});
    const gb_schedule warm = start((gb_schedule_spec){.name = "step", .factor = 0.5, .every = 3, .warmup = 4});
    assert_shares(&warm, 6, (double[]){0.25, 0.5, 0.75, 0.5, 0.5, 0.5});
}

/* Tells the losses one after the other and looks at the share after each. */
static void assert_told(gb_schedule *schedule, size_t count, const double (*told)[2]) {
    for (size_t i = 0; i < count; i++) {
        gb_schedule_tell(schedule, told[i][0]);
        check_near(gb_schedule_fraction(schedule, 1 + i), told[i][1], 1e-15);
    }
}

static void schedules_by_validation(void **state) {
    (void)state;
    gb_schedule plateau = start((gb_schedule_spec){.name = "plateau", .factor = 0.1, .patience = 2, .least = 0.005});
    assert_told(&plateau, 10,
                (const double[][2]){{3, 1},
                                    {3, 1},
                                    {NAN, 0.1}, /* neither improved on 3 */
                                    {2, 0.1},
                                    {2.5, 0.1},
                                    {1, 0.1},
                                    {1, 0.1},
                                    {1, 0.01},
                                    {1, 0.01},
                                    {1, 0.005}});
    gb_schedule rising = start((gb_schedule_spec){.name = "rising", .factor = 0.1, .patience = 3});
    assert_told(&rising, 8,
                (const double[][2]){{1, 1},
                                    {2, 1},
                                    {3, 1}, /* too few yet */
                                    {3, 1}, /* not above 3 */
                                    {4, 0.1},
                                    {3.5, 0.1},
                                    {4, 0.1},
                                    {4.5, 0.01}});
}

/* What stood in `state` in the middle of training is enough to go on. */
static void state_is_all(void **state) {
    (void)state;
    static const double losses[] = {5, 4, 4.5, 4.6, 4.7, 3, 3.1, 3.2, 3.3, 2};
    for (size_t kind = 0; kind < gb_schedule_count(); kind++) {
        const gb_schedule_spec spec = {
            .name = gb_schedule_name(kind), .steps = 10, .factor = 0.5, .every = 3, .patience = 3, .warmup = 2};
        gb_schedule whole = start(spec), first = start(spec), second = start(spec);
        for (size_t i = 0; i < 10; i++) {
            gb_schedule *part = i < 5 ? &first : &second;
            if (i == 5)
                memcpy(&second.state, &first.state, sizeof first.state);
            assert_true(gb_schedule_fraction(part, i + 1) == gb_schedule_fraction(&whole, i + 1));
            gb_schedule_tell(&whole, losses[i]);
            gb_schedule_tell(part, losses[i]);
        }
    }
}

static void wrong_schedules_are_refused(void **state) {
    (void)state;
    static const struct {
        gb_schedule_spec spec;
        const char *why;
    } wrong[] = {
        {{.name = "platau", .patience = 1}, "did you mean 'plateau'"},
        {{.name = NULL}, "unknown schedule"},
        {{.name = "step", .factor = 0.5}, "every is 0"},
        {{.name = "step", .factor = 1.5, .every = 1}, "factor is 1.5"},
        {{.name = "linear", .least = -1}, "least is -1"},
        {{.name = "plateau", .factor = 0.5}, "patience is 0"},
        {{.name = "rising", .factor = 0.5, .patience = 65}, "patience is 65"},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        gb_schedule schedule;
        assert_int_equal(gb_schedule_start(context, &wrong[i].spec, &schedule), GB_INVALID);
        assert_non_null(strstr(gb_context_message(context), wrong[i].why));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(schedules_by_step),
        cmocka_unit_test(schedules_by_validation),
        cmocka_unit_test(state_is_all),
        cmocka_unit_test(wrong_schedules_are_refused),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
