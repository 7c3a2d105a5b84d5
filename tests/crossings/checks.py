# SPDX-License-Identifier: MIT
"""The rules that a recipe's results must satisfy, checked on the HDF5 file by code that shares nothing with the program."""
import json
import math

import numpy

from recipes import ENDLESS
from statistics_again import paired


class Checks:
    """For Crossing, which has the recipe, the program and the list of faults."""

    def check_results(self, results):
        recipe = self.recipe
        matchings = [m or "width" for m in recipe.matchings]
        planned = {(m, *sorted((k, v) for k, v in s.items() if k != "hidden"))
                   for m in matchings for s in recipe.settings()}
        keys = [k for k in recipe.settings()[0] if k != "hidden"]
        found, over = ([(matching, *sorted((k, row[k] if isinstance(row[k], str) else
                                            type(recipe.settings()[0][k])(row[k])) for k in keys))
                        for row in rows if row["stage"] == "final" for matching in row["matching"].split("+")]
                       for rows in (results.final, results.failed))
        found += over
        if len(found) != len(set(found)) or set(found) != planned:
            self.fault("final trials", len(found), "are not the", len(planned), "of the recipe:",
                       sorted(planned ^ set(found), key=str)[:3])
        self.check_limits(results)
        for row in results.runs:
            self.check_row(results, row)
        if recipe.tuned:
            self.check_tuning(results)

    def check_limits(self, results):
        """What no limit lets end failed by its limit, and nothing else failed."""
        endless = {row["id"] for row in results.planned if row.get("steps") == ENDLESS}
        failed = {row["id"] for row in results.failed if row["reason"].startswith("over its limit: ")}
        if endless != failed or len(failed) != len({row["id"] for row in results.failed}):
            self.fault("over their limit", sorted(failed), "failed", [r["reason"] for r in results.failed], "endless",
                       sorted(endless))

    def check_row(self, results, row):
        train, curve = self.recipe.document["train"], results.curve(row)
        steps = [c["step"] for c in curve]
        if steps != sorted(steps):
            self.fault("the curve of", row["id"], "does not rise in step")
        if row["status"] == "diverged":
            if not math.isnan(row[self.recipe.metric]) and "diverged_step" not in row:
                self.fault("a diverged trial", row["id"], "has a metric")
            return
        if row["predictions"] > 0 and abs(row["accuracy"] - row["correct"] / row["predictions"]) > 1e-12:
            self.fault("accuracy of", row["id"], "is not correct / predictions")
        if steps and row["steps_run"] != steps[-1]:
            self.fault("steps_run", row["steps_run"], "but the curve ends at", steps[-1])
        losses = [c["valid_loss"] for c in curve]
        best = steps[losses.index(min(losses))]
        want = steps[-1] if train.get("select") == "last" else best
        if row["best_step"] != want:
            self.fault("best_step", row["best_step"], "but it is", want)
        stop, patience = train.get("stop"), train.get("patience", 0)
        ended = self.stop_step(curve, stop, patience)
        expected = ended if ended is not None else row["steps"]
        if row["steps_run"] != expected:
            self.fault("steps_run", row["steps_run"], "but by its rules", expected, "curve", steps)

    def stop_step(self, curve, stop, patience):
        """The step at which the stop rules end training; None: they do not."""
        row, since, best = 0, 0, math.inf
        for c in curve:
            reached = stop and (c["valid_metric"] <= stop["reach"] if self.recipe.lower_is_better
                                else c["valid_metric"] >= stop["reach"])
            row = row + 1 if reached else 0
            since = 0 if c["valid_loss"] < best else since + 1
            best = min(best, c["valid_loss"])
            if (stop and row >= stop["for"]) or (patience and since >= patience):
                return c["step"]
        return None

    def check_tuning(self, results):
        recipe, key = self.recipe, self.recipe.tuned_key
        others = [k for k in recipe.settings()[0] if k not in ("seed", "hidden", key)]
        arms = {}
        lost = [row for row in results.failed if row["stage"] == "tune"]
        for row in results.tuning + lost:
            score = row["valid_loss"] if row["status"] == "done" else math.inf
            for matching in row["matching"].split("+"):
                arm = (matching, *[row[k] for k in others])
                arms.setdefault(arm, {}).setdefault(row[key], []).append(score)
        for row in results.final:
            for matching in row["matching"].split("+"):
                candidates = arms.get((matching, *[row[k] for k in others]), {})
                if sorted(candidates) != sorted(recipe.tune[key]):
                    self.fault("an arm tried", sorted(candidates), "of", recipe.tune[key])
                    return
                means = [numpy.mean(candidates[value]) for value in recipe.tune[key]]
                if any(len(v) != recipe.tune["seeds"] for v in candidates.values()):
                    self.fault("a candidate was not tried on every seed")
                want = recipe.tune[key][int(numpy.argmin(means))]
                if row[key] != want:
                    self.fault(key, row[key], "was chosen, but the best is", want, means)
        self.check_tuning_shown(arms)

    def check_tuning_shown(self, arms):
        """show --tuning has every candidate of every arm, those without a score among them."""
        key = self.recipe.tuned_key
        shown = json.loads(self.command("show", self.results("single"), "--tuning", "--json").stdout)["arms"]
        found = [[numpy.mean(arm[v]) for v in self.recipe.tune[key]] for arm in arms.values()]
        said = [[c["valid_loss"] for c in arm["candidates"]] for arm in shown]
        if any([c["settings"][key] for c in arm["candidates"]] != self.recipe.tune[key] for arm in shown):
            self.fault("show --tuning has not every candidate:", shown)

        def same(scores, means):
            return all(s is None if math.isinf(f) else s is not None and abs(s - f) < 1e-12 for s, f in zip(scores, means))

        # matchings that give a cell the same size share its trials, and are shown once
        if not all(any(same(s, f) for s in said) for f in found) or not all(any(same(s, f) for f in found) for s in said):
            self.fault("show --tuning says", said, "of", found)
        for arm, scores in zip(shown, said):
            if [c["chosen"] for c in arm["candidates"]].index(True) != scores.index(min(s for s in scores if s is not None)):
                self.fault("show --tuning marks another than the lowest of", scores)

    def check_compare(self, results, name="single", whole=True):
        recipe = self.recipe
        done = self.command("compare", self.results(name), "--json", expect=(0, 2))
        pairs_exist = any(self.seeds_of(results, c) for c in recipe.cells[:2])
        if done.returncode == 2:
            if whole and pairs_exist and all(self.seeds_of(results, c) for c in recipe.cells[:2]) and not recipe.diverges:
                self.fault("compare refuses:", done.stderr[-200:])
            return
        for question in json.loads(done.stdout)["runs"][0]["questions"]:
            for c in question["comparisons"]:
                if c["group"] is not None and question["metric"] == recipe.metric:
                    self.check_comparison(results, question, c, whole)

    def seeds_of(self, results, cell, matching="", group=()):
        """seed -> metric of the cell's final trials in one group, None where it diverged."""
        found = {}
        failed = [row for row in results.failed if row["stage"] == "final"]
        for row in results.final + failed:
            if row["cell"] != cell or (matching and matching not in row["matching"].split("+")):
                continue
            if any((row[k] if isinstance(row[k], str) else format(row[k], "g")) != v for k, v in group):
                continue
            value = row.get(self.recipe.metric, math.nan)
            lost = row["status"] != "done" or math.isnan(value)
            found.setdefault(int(row["seed"]), []).append(None if lost else value)
            self.settings_of[cell, int(row["seed"])] = [row[k] for k in self.own_settings]
        return found

    def check_comparison(self, results, question, c, whole):
        self.settings_of = {}
        self.own_settings = [k for k in self.recipe.settings()[0] if k not in ("cell", "seed", "hidden", *self.recipe.zipped)]
        group = [tuple(part.rsplit(" ", 1)) for part in c["group"].split(", ")
                 if part and not part.startswith("equal ")]
        group = [(k, format(float(v), "g") if v[0].isdigit() else v) for k, v in group]
        a = self.seeds_of(results, c["a"], c["matching"], group)
        b = self.seeds_of(results, c["b"], c["matching"], group)
        if any(len(v) > 1 for v in (*a.values(), *b.values())):
            self.fault("a seed occurs twice in the group", c["group"], c["matching"])
            return
        common = [s for s in sorted(a.keys() & b.keys()) if a[s][0] is not None and b[s][0] is not None]
        lost = len(a.keys() | b.keys()) - len(common) if whole and self.recipe.excluded is None else None
        if c["pairs"] != len(common) or (lost is not None and c["lost"] != lost):
            self.fault("compare has", c["pairs"], "pairs and", c["lost"], "lost; there are", len(common), lost, c["group"])
            return
        for seed in common:
            if self.settings_of[c["a"], seed] != self.settings_of[c["b"], seed]:
                self.fault("seed", seed, "is paired across", self.own_settings, self.settings_of[c["a"], seed],
                           self.settings_of[c["b"], seed])
        outcome = c["outcome"]
        if c["lost"] and "equivalent" == outcome:
            self.fault("equivalent, though", c["lost"], "pairs are lost")
        if not common:
            return
        mean, half95, half90 = paired([a[s][0] for s in common], [b[s][0] for s in common])
        self.near("difference", c["difference"]["estimate"], mean)
        self.near("mean_a", c["mean_a"], numpy.mean([a[s][0] for s in common]))
        self.near("mean_b", c["mean_b"], numpy.mean([b[s][0] for s in common]))
        if half95 is not None:
            self.near("low", c["difference"]["low"], mean - half95)
            self.near("high", c["difference"]["high"], mean + half95)
            self.near("tost low", c["tost"]["low"], mean - half90)
            self.near("tost high", c["tost"]["high"], mean + half90)
            if outcome == "equivalent" and not (-question["margin"] < mean - half90 and mean + half90 < question["margin"]):
                self.fault("equivalent, though the 90 % interval leaves the margin", mean, half90)
            if outcome in ("a better", "b better") and abs(mean) < half95 and len(common) > 1:
                self.fault(outcome, "though the interval holds 0:", mean, half95)
        elif outcome != "undecided":
            self.fault(outcome, "from one pair")

    def near(self, what, found, expected):
        if found is None or abs(found - expected) > 1e-8 * max(1, abs(expected)):
            self.fault(what, "is", found, "and should be", expected)
