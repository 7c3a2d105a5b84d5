#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Whole numbers from 1 to 8 (layers, units) drawn by random search, uniform and on a logarithmic scale.
#
# optuna 5.0.0, hyperopt 0.3.0, ray 2.60.0, ConfigSpace 1.2.2, nevergrad 1.0.12.
# Expected: uniform gives each of the numbers that can come the same share; on a logarithmic scale the five agree.
# Observed: hyperopt's `uniformint` and `quniform`, ray's `quniform` and nevergrad's integer scalar round a real number from 1 to 8, so that
#   both ends come half as often as the others. On a logarithmic scale a 1 has a share of 0.19 (hyperopt, nevergrad), 0.31 (ConfigSpace),
#   0.33 (ray) or 0.39 (optuna), and in two of them 2 comes more often than 1. ray's `lograndint` never gives 8, nor does its
#   `qlograndint` with a step of 1; with other steps it includes the upper bound (as documented).
# gatebench: it rounded, too. Whole numbers have equal shares now, and on a logarithmic scale k has the share of log((k + 1) / k): 0.32
#   for 1 (experiments/README.md, tests/experiments/recipe_draws_test.c).
set -euo pipefail
# shellcheck source=findings/common.sh
. "$(dirname "$(readlink -f "$0")")/../common.sh"
packages optuna==5.0.0 hyperopt==0.3.0 'ray[tune]==2.60.0' ConfigSpace==1.2.2 nevergrad==1.0.12 numpy==2.4.6 'setuptools<81'
see venv/bin/python - <<'E2'
import warnings

warnings.simplefilter("ignore")
import nevergrad
import numpy as np
import optuna
from ConfigSpace import ConfigurationSpace, Integer
from hyperopt import hp
from hyperopt.pyll.stochastic import sample
from optuna.distributions import IntDistribution
from ray import tune

optuna.logging.set_verbosity(optuna.logging.ERROR)
DRAWS = 10000


def from_optuna(logarithmic):
    sampler = optuna.samplers.RandomSampler(seed=1)
    study, asked = optuna.create_study(sampler=sampler), IntDistribution(1, 8, log=logarithmic)
    return [sampler.sample_independent(study, None, "layers", asked) for _ in range(DRAWS)]


def from_hyperopt(space):
    random = np.random.default_rng(1)
    return [int(sample(space, random)) for _ in range(DRAWS)]


def from_config_space(logarithmic):
    space = ConfigurationSpace(seed=1)
    space.add(Integer("layers", (1, 8), log=logarithmic))
    return [drawn["layers"] for drawn in space.sample_configuration(DRAWS)]


def from_nevergrad(parameter):
    parameter.set_integer_casting().random_state.seed(1)
    return [parameter.sample().value for _ in range(DRAWS)]


def from_ray(domain):
    return domain.sample(size=DRAWS, random_state=1)


def show(name, drawn):
    share = np.bincount(np.asarray(drawn, int), minlength=9)[1:] / DRAWS
    print(f"{name:26}", *(f"{s:.2f}" if s else "none" for s in share))


print("uniform")
show("optuna IntDistribution", from_optuna(False))
show("hyperopt uniformint", from_hyperopt(hp.uniformint("a", 1, 8)))
show("hyperopt quniform(1, 8, 1)", from_hyperopt(hp.quniform("b", 1, 8, 1)))
show("ray randint", from_ray(tune.randint(1, 8)))
show("ray quniform(1, 8, 1)", from_ray(tune.quniform(1, 8, 1)))
show("ConfigSpace Integer", from_config_space(False))
show("nevergrad Scalar", from_nevergrad(nevergrad.p.Scalar(lower=1, upper=8)))
print("on a logarithmic scale")
show("optuna log=True", from_optuna(True))
show("hyperopt qloguniform", from_hyperopt(hp.qloguniform("c", 0, np.log(8), 1)))
show("ray lograndint", from_ray(tune.lograndint(1, 8)))
show("ray qlograndint(1, 8, 1)", from_ray(tune.qlograndint(1, 8, 1)))
show("ConfigSpace log=True", from_config_space(True))
show("nevergrad Log", from_nevergrad(nevergrad.p.Log(lower=1, upper=8)))
E2
compare <<'E2'
uniform
optuna IntDistribution     0.12 0.13 0.12 0.12 0.13 0.12 0.12 0.12
hyperopt uniformint        0.07 0.14 0.14 0.14 0.15 0.14 0.14 0.08
hyperopt quniform(1, 8, 1) 0.07 0.14 0.14 0.14 0.15 0.14 0.14 0.08
ray randint                0.14 0.14 0.14 0.14 0.14 0.15 0.14 none
ray quniform(1, 8, 1)      0.07 0.14 0.14 0.14 0.15 0.14 0.14 0.08
ConfigSpace Integer        0.12 0.12 0.13 0.13 0.12 0.13 0.13 0.13
nevergrad Scalar           0.07 0.14 0.15 0.14 0.15 0.14 0.14 0.07
on a logarithmic scale
optuna log=True            0.39 0.18 0.12 0.09 0.07 0.06 0.05 0.04
hyperopt qloguniform       0.19 0.24 0.16 0.12 0.10 0.08 0.07 0.03
ray lograndint             0.33 0.19 0.14 0.11 0.09 0.07 0.07 none
ray qlograndint(1, 8, 1)   0.33 0.19 0.14 0.11 0.09 0.07 0.07 none
ConfigSpace log=True       0.31 0.18 0.14 0.10 0.09 0.07 0.06 0.05
nevergrad Log              0.20 0.24 0.17 0.12 0.10 0.08 0.06 0.03
E2
