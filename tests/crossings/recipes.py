# SPDX-License-Identifier: MIT
"""Random recipes that cross the features of the grammar, small enough that a trial takes milliseconds, and what each must
run, expanded here by code of its own."""
import itertools
import json

ENDLESS = 100000000  # steps; a limit of time ends such a trial
CELLS = ["rnn", "gru", "lstm", "mgu"]


class Recipe:
    """A recipe as a dictionary (JSON is YAML), with what the checks need to know of it."""

    def __init__(self, random, name):
        self.random, self.name = random, name
        pick, chance = random.choice, lambda p: random.random() < p
        self.lower_is_better = chance(0.7)
        if self.lower_is_better:
            self.metric, self.length = "mse", "length"
            task = {"name": "adding", "length": pick([4, 6, 9]), "examples": 20}
        else:
            self.metric, self.length = "accuracy", "gap"
            task = {"name": "recall", "answers": 3, "fillers": 4, "gap": pick([1, 2, 4]), "examples": 20}
        train = {"batch": 4, "steps": pick([3, 8, 20]), "evaluate_every": pick([1, 2, 5]), "lr": pick([0.003, 0.02])}
        if chance(0.3):
            train["select"] = "last"
        if chance(0.3):
            train["stop"] = {"reach": pick([0.2, 0.5]) if self.lower_is_better else 0.4, "for": pick([1, 2])}
        if chance(0.2):
            train["patience"] = pick([1, 2])
        # Trials that no limit lets end: one arm of them, or a candidate of every arm.
        self.limited = pick(["arm", "tune"]) if chance(0.1) else None
        if self.limited:
            train.pop("stop", None)
            train.pop("patience", None)
        self.diverges = not self.limited and chance(0.25)
        if self.diverges:
            train.update(optimizer="sgd", clip_norm=0)
        self.cells = random.sample(CELLS, pick([2, 2, 3]))
        self.seeds = list(range(1, 1 + (2 if self.limited else pick([2, 3, 4]))))
        sweep = {"cell": self.cells}
        if chance(0.4) and not self.limited:
            sweep[self.length] = sorted(random.sample([2, 3, 5, 7], 2))
        self.tuned = self.limited == "tune" or (not self.limited and chance(0.35))
        rates = [0.003, 1000 if self.diverges else 0.03]
        self.zipped = {}
        if chance(0.2):
            self.zipped["hidden"] = [3 + i for i in range(len(self.cells))]
        if self.limited == "arm":
            self.zipped["steps"] = [ENDLESS if i == 1 else train["steps"] for i in range(len(self.cells))]
        if self.tuned:
            self.tuned_key, values = ("steps", [train["steps"], ENDLESS]) if self.limited else ("lr", rates)
            self.tune = {self.tuned_key: values, "seeds": 1 if self.limited else pick([1, 2])}
        elif self.limited:
            pass
        elif chance(0.4) or self.diverges:
            sweep["lr"] = rates
        keys = list(sweep)
        random.shuffle(keys)
        sweep = {key: sweep[key] for key in keys}
        sweep["seed"] = self.seeds
        self.document = {"name": name, "task": task, "model": {"hidden": 4, "backend": "reference"}, "train": train,
                         "sweep": sweep}
        if self.zipped:
            self.document["zip"] = {"cell": sweep.pop("cell"), **self.zipped}
        self.matchings = [None]
        if not self.zipped and self.limited != "tune" and chance(0.5):
            self.matchings = pick([["width"], ["parameters"], ["width", "parameters"], ["state"]])
            self.document["match"] = {"by": self.matchings, "like": pick(self.cells)} if chance(0.5) else self.matchings
        self.excluded = None
        if len(self.cells) > 2 and chance(0.4):
            key = self.length if self.length in sweep else "seed"
            value = sweep[key][0] if key != "seed" else self.seeds[0]
            self.excluded = {"cell": self.cells[2], key: value}
            self.document["exclude"] = [self.excluded]
        if self.tuned:
            self.document["tune"] = self.tune
        self.margin = pick([0.05, 0.5])
        self.document["compare"] = [{"a": self.cells[0], "b": self.cells[1], "metric": self.metric,
                                     "margin": self.margin}]

    def write(self, path, **changes):
        with open(path, "w") as file:
            json.dump(dict(self.document, **changes), file, indent=1)

    def settings(self):
        """The combinations of swept values that final trials have, each a dictionary with the seed."""
        axes = {}
        for key, values in self.document["sweep"].items():
            axes[key] = self.seeds if key == "seed" else values
        if self.zipped:
            axes["cell"] = self.cells
        combinations = [dict(zip(axes, values)) for values in itertools.product(*axes.values())]
        if self.zipped:
            for combination in combinations:
                i = self.cells.index(combination["cell"])
                combination.update((key, values[i]) for key, values in self.zipped.items())
        kept = [c for c in combinations
                if not (self.excluded and all(c.get(key) == value for key, value in self.excluded.items()))]
        return kept
