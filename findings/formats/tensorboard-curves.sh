#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# A training curve read from TensorBoard's event files.
#
# tensorboard 2.21.0, tensorboardX 2.6.5, tbparse 0.0.9.
# Expected: all 20,000 steps are returned, as float32; a run that resumes from step 50 replaces the old steps from
#   there.
# Observed: EventAccumulator keeps 10,000 scalars per tag, chosen at random (usually not the first steps, always the
#   last one); tbparse returns all 20,000. If steps 50 to 79 are written again after a restart, both return the old
#   and the new values: 130 values for 100 steps. A loss of 1e39 is read as infinity, 1e-46 as 0.
# gatebench: curves are float64 columns that hold each recorded step once. A resumed trial continues from its
#   checkpoint and replaces later steps. Only what a figure draws is thinned out.
set -euo pipefail
# shellcheck source=findings/common.sh
. "$(dirname "$(readlink -f "$0")")/../common.sh"
packages tensorboard==2.21.0 tensorboardX==2.6.5 tbparse==0.0.9 numpy==2.3.5 'pandas<3' 'setuptools<81'
see venv/bin/python - <<'E2'
import time
import warnings

warnings.simplefilter("ignore")
from tbparse import SummaryReader
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboardX import SummaryWriter


def write(folder, values):
    with SummaryWriter(folder) as w:
        for step, value in values:
            w.add_scalar("loss", value, step)


def accumulated(folder):
    events = EventAccumulator(folder)
    events.Reload()
    return events.Scalars("loss")


write("long", ((i, 0.5) for i in range(20000)))
kept = accumulated("long")
print("20,000 steps: EventAccumulator", len(kept), "and the last is", kept[-1].step, "; tbparse", len(SummaryReader("long").scalars))
print("  the first 5 steps are all kept:", [e.step for e in kept[:5]] == [0, 1, 2, 3, 4])
write("resumed", ((i, 1.0) for i in range(100)))
time.sleep(1.1)
write("resumed", ((i, 2.0) for i in range(50, 80)))
print("100 steps, 50 to 79 again: EventAccumulator", len(accumulated("resumed")), "; tbparse", len(SummaryReader("resumed").scalars))
write("wide", [(1, 1e39), (2, 1e-46)])
print("1e39 and 1e-46:", SummaryReader("wide").scalars.value.tolist())
E2
compare <<'E2'
20,000 steps: EventAccumulator 10000 and the last is 19999 ; tbparse 20000
  the first 5 steps are all kept: False
100 steps, 50 to 79 again: EventAccumulator 130 ; tbparse 130
1e39 and 1e-46: [inf, 0.0]
E2
