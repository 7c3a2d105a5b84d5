# SPDX-License-Identifier: MIT
# The sources of libgatebench. PLAIN_SOURCES are compiled once, REAL_SOURCES once a precision (core/real.h).
# Cells and optimizers come from their .def lists; a backend's own CMakeLists.txt adds its sources.
set(PLAIN_SOURCES
  backends/layer.c
  core/context.c core/edit_distance.c core/number.c core/random.c core/status.c
  cells/cells.c cells/registered.c cells/shared_object.c
  model/batch.c model/carry.c model/forget_bias.c model/initialise.c model/model.c model/plans.c model/state.c model/tensors.c
  probe/gradient_by_lag.c probe/gradient_profile.c probe/memory_capacity.c probe/spectrum.c probe/stepper.c
  probe/time_constants.c
  train/schedule.c train/stop.c train/trainer.c train/truncated.c)
set(REAL_SOURCES
  backends/pass/pass_plan.c backends/pass/pass_forward.c backends/pass/pass_backward.c
  core/matmul.c core/row_maths.c
  cells/validate.c cells/builtin.c
  model/input.c model/loss.c model/pass.c model/stack.c model/standard.c
  train/update.c)
list(TRANSFORM cells PREPEND cells/ OUTPUT_VARIABLE cell_sources)
list(TRANSFORM cell_sources APPEND .c)
list(TRANSFORM optimizers PREPEND optim/ OUTPUT_VARIABLE optimizer_sources)
list(TRANSFORM optimizer_sources APPEND .c)
list(APPEND REAL_SOURCES ${cell_sources} ${optimizer_sources})
