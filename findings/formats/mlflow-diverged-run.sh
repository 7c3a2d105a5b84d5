#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Runs whose loss became NaN or infinite, in a tracker with a database.
#
# mlflow-skinny 3.14.0 and 3.17.2, with their SQLite stores.
# Expected: NaN is neither below nor above a number, as in Python and SQL, so that no search for losses finds it; infinity stays infinity.
# Observed: version 3.14.0 finds a run whose last loss is NaN by `metrics.loss < 0.5`, `= 0` and `> -1`: its database holds a 0 with a flag, at which
#   only sorting looks. 3.17.2 does not find it, so an update changes which runs a search returns. In both, infinity comes
#   back as 1.7976931348623157e+308.
# gatebench: a diverged trial has a status of its own and no number, so that no `--where 'mse<1'` finds it (tests/cli/arms.sh); averages count it
#   in a column of its own.
set -euo pipefail
# shellcheck source=findings/common.sh
. "$(dirname "$(readlink -f "$0")")/../common.sh"
packages mlflow-skinny==3.14.0 sqlalchemy==2.1.9 alembic==1.20.1
mv venv older
packages mlflow-skinny==3.17.2 sqlalchemy==2.1.9 alembic==1.20.1
cat >runs.py <<'E2'
import logging
import math
import warnings

warnings.simplefilter("ignore")
logging.disable(logging.CRITICAL)
from mlflow.tracking import MlflowClient

client = MlflowClient("sqlite:///runs.db")
experiment = client.create_experiment("cells")
names = {}
for name, losses in {"good": [1, 0.3], "poor": [1, 2], "diverged": [1, math.nan], "overflown": [1, math.inf]}.items():
    run = client.create_run(experiment).info.run_id
    names[run] = name
    for step, loss in enumerate(losses):
        client.log_metric(run, "loss", loss, step=step)
for search in ["metrics.loss < 0.5", "metrics.loss = 0", "metrics.loss > -1", "metrics.loss > 1e300"]:
    found = sorted(names[run.info.run_id] for run in client.search_runs([experiment], search))
    print(f"{search:21}", *(found or ["nothing"]))
print("sorted by loss       ", *(names[run.info.run_id] for run in client.search_runs([experiment], order_by=["metrics.loss"])))
for run, name in names.items():
    print(f"{name:9} last loss", client.get_run(run).data.metrics["loss"])
E2
both() {
  echo "3.14.0"
  older/bin/python runs.py
  rm runs.db
  echo "3.17.2"
  venv/bin/python runs.py
}
see both
compare <<'E2'
3.14.0
metrics.loss < 0.5    diverged good
metrics.loss = 0      diverged
metrics.loss > -1     diverged good overflown poor
metrics.loss > 1e300  overflown
sorted by loss        good poor overflown diverged
good      last loss 0.3
poor      last loss 2.0
diverged  last loss nan
overflown last loss 1.7976931348623157e+308
3.17.2
metrics.loss < 0.5    good
metrics.loss = 0      nothing
metrics.loss > -1     good overflown poor
metrics.loss > 1e300  overflown
sorted by loss        good poor overflown diverged
good      last loss 0.3
poor      last loss 2.0
diverged  last loss nan
overflown last loss 1.7976931348623157e+308
E2
