#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Crosses the features of recipes and runs: random recipes are run singly, in shards that are merged, killed and resumed,
and from their own `config` output; every number of the results file, of `show`, `compare` and of the tuning is computed
again from HDF5 by code that shares nothing with the program.

Usage: crossings.py GATEBENCH [--count N] [--seed S] [--keep FOLDER]
The tests run 20 recipes of seed 1. Exit code 1 and a line for each difference; 77 without h5py."""
import argparse
import json
import math
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time

try:
    import h5py
    import numpy
except ImportError as missing:
    print("skipped:", missing)
    sys.exit(77)

from recipes import Recipe
from statistics_again import paired

TIMINGS = ("seconds", "peak_memory_bytes", "resumed", "host")


def text(value):
    return value.decode() if isinstance(value, bytes) else str(value)


class Results:
    """A results file as lists of dictionaries."""

    def __init__(self, path):
        with h5py.File(path, "r") as file:
            self.runs = self.rows(file["runs"][()])
            self.curves = self.rows(file["curves"][()]) if "curves" in file else []
        self.final = [row for row in self.runs if row["stage"] == "final"]
        self.tuning = [row for row in self.runs if row["stage"] == "tune"]

    @staticmethod
    def rows(table):
        names = table.dtype.names
        return [{n: text(v) if isinstance(v, (bytes, str)) else float(v) for n, v in zip(names, row)} for row in table]

    def curve(self, row):
        return [c for c in self.curves if c["run"] == row["run"]]


def contents(path):
    """Every number and text that is neither a timing nor a word about how the file was made."""
    found = {}
    with h5py.File(path, "r") as file:
        def take(name, node):
            if name.startswith(("hosts", "provenance")) or not isinstance(node, h5py.Dataset):
                return
            values = node[()]
            for column in values.dtype.names or [""]:
                if not any(word in name + "/" + column for word in TIMINGS):
                    part = values[column] if column else values
                    found[name, column] = repr(part.tolist())
        file.visititems(take)
    return found


class Crossing:
    def __init__(self, program, work, seed):
        self.program, self.random = os.path.realpath(program), random.Random(seed)
        self.folder = os.path.join(work, f"r{seed}")
        os.makedirs(self.folder)
        self.recipe = Recipe(self.random, f"r{seed}")
        self.file = os.path.join(self.folder, "recipe.yaml")
        self.recipe.write(self.file)
        self.faults, self.settings_of, self.own_settings = [], {}, []

    def fault(self, *words):
        self.faults.append(f"{self.recipe.name}: " + " ".join(str(w) for w in words))

    def command(self, *words, expect=(0,)):
        done = subprocess.run([self.program, *words], capture_output=True, text=True, timeout=300, env=self.environment())
        if done.returncode not in expect:
            self.fault("exit", done.returncode, "of", *words, ":", done.stderr[-300:])
        return done

    @staticmethod
    def environment():
        return {k: v for k, v in os.environ.items() if not k.startswith(("GATEBENCH_", "SLURM_", "OMPI_", "PMI_"))}

    def place(self, name):
        return os.path.join(self.folder, name)

    def results(self, name):
        return os.path.join(self.place(name), self.recipe.name + ".h5")

    # What is run

    def run_all(self):
        self.command("run", self.file, "-q", "-j2", "-o", self.place("single"))
        if self.faults:
            return
        self.check_results(Results(self.results("single")))
        self.check_compare(Results(self.results("single")))
        self.check_words()
        if self.faults:
            return
        expected = contents(self.results("single"))
        self.run_half(self.place("half"))
        if not self.recipe.excluded:
            self.run_until(self.place("until"))
        for name, way in (("again", self.run_again), ("shards", self.run_shards), ("killed", self.run_killed),
                          ("config", self.run_config)):
            way(self.place(name))
            if self.faults:
                return
            found = contents(self.results(name))
            for key in sorted(expected.keys() | found.keys(), key=str):
                if expected.get(key) != found.get(key):
                    self.fault(name, "differs from the single run in", "/".join(key))

    def run_again(self, folder):
        """A finished run again: nothing is written."""
        shutil.copytree(self.place("single"), folder)
        before = open(self.results("again"), "rb").read()
        self.command("run", self.file, "-q", "-o", folder)
        if open(self.results("again"), "rb").read() != before:
            self.fault("a finished run wrote its results file again")

    def run_shards(self, folder):
        count = self.random.choice([2, 3])
        for i in range(1, count + 1):
            self.command("run", self.file, "-q", "-j1", "-o", folder, "--shard", f"{i}/{count}", expect=(0, 3))
        self.command("merge", self.place(os.path.join("shards", self.recipe.name)))

    def run_killed(self, folder):
        command = [self.program, "run", self.file, "-q", "-j2", "-o", folder]
        for _ in range(self.random.choice([1, 2])):
            process = subprocess.Popen(command, env=self.environment(), start_new_session=True,
                                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            time.sleep(self.random.uniform(0.02, 0.3))
            try:
                os.killpg(process.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
            process.wait()
        self.command("run", self.file, "-q", "-j2", "-o", folder, "--retry-failed")

    def run_config(self, folder):
        """The recipe as `config` prints it, on one worker."""
        printed = self.place("printed.yaml")
        with open(printed, "w") as file:
            file.write(self.command("config", self.file).stdout)
        self.command("run", printed, "-q", "-j1", "-o", folder)

    def run_half(self, folder):
        """One shard of two, merged: what is there is compared within equal settings only, and nothing missing is passed
        over in silence."""
        self.command("run", self.file, "-q", "-j1", "-o", folder, "--shard", "1/2", expect=(0, 3))
        merged = self.command("merge", self.place(os.path.join("half", self.recipe.name)), expect=(0, 3))
        if merged.returncode == 3 and os.path.exists(self.results("half")):
            results = Results(self.results("half"))
            if results.final:
                self.check_compare(results, "half", whole=False)

    def run_until(self, folder):
        """More seeds until decided give the numbers of a plain run of as many seeds."""
        most = len(self.recipe.seeds) + 2
        self.command("run", self.file, "-q", "-j2", "-o", folder, "--until", "decided", "--max-seeds", str(most), "--looks",
                     "2", expect=(0, 1))
        if self.faults:
            return
        found = Results(self.results("until"))
        count = int(max(row["seed"] for row in found.final))
        longer = dict(self.recipe.document, sweep=dict(self.recipe.document["sweep"], seed=list(range(1, count + 1))))
        with open(self.place("longer.yaml"), "w") as file:
            json.dump(longer, file)
        self.command("run", self.place("longer.yaml"), "-q", "-j2", "-o", self.place("longer"))
        if self.faults:
            return
        expected = Results(self.results("longer"))
        values = [{row["id"]: repr(row[self.recipe.metric]) for row in r.final} for r in (found, expected)]
        if values[0] != values[1]:
            self.fault("--until with", count, "seeds differs from a plain run with as many")

    # What must hold

    def check_results(self, results):
        recipe = self.recipe
        matchings = [m or "width" for m in recipe.matchings]
        planned = {(m, *sorted((k, v) for k, v in s.items() if k != "hidden"))
                   for m in matchings for s in recipe.settings()}
        found = []
        for row in results.final:
            for matching in row["matching"].split("+"):
                keys = [k for k in recipe.settings()[0] if k != "hidden"]
                found.append((matching, *sorted((k, row[k] if isinstance(row[k], str) else
                                                 type(recipe.settings()[0][k])(row[k])) for k in keys)))
        if len(found) != len(set(found)) or set(found) != planned:
            self.fault("final trials", len(found), "are not the", len(planned), "of the recipe:",
                       sorted(planned ^ set(found), key=str)[:3])
        for row in results.runs:
            self.check_row(results, row)
        if recipe.tuned:
            self.check_tuning(results)

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
        expected = ended if ended is not None else train["steps"]
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
        recipe = self.recipe
        others = [k for k in recipe.settings()[0] if k not in ("seed", "lr")]
        arms = {}
        for row in results.tuning:
            score = row["valid_loss"] if row["status"] == "done" else math.inf
            for matching in row["matching"].split("+"):
                arm = (matching, *[row[k] for k in others])
                arms.setdefault(arm, {}).setdefault(row["lr"], []).append(score)
        for row in results.final:
            for matching in row["matching"].split("+"):
                candidates = arms.get((matching, *[row[k] for k in others]), {})
                if sorted(candidates) != sorted(recipe.tune["lr"]):
                    self.fault("an arm tried", sorted(candidates), "of", recipe.tune["lr"])
                    return
                means = [numpy.mean(candidates[lr]) for lr in recipe.tune["lr"]]
                if any(len(v) != recipe.tune["seeds"] for v in candidates.values()):
                    self.fault("a candidate was not tried on every seed")
                want = recipe.tune["lr"][int(numpy.argmin(means))]
                if row["lr"] != want:
                    self.fault("lr", row["lr"], "was chosen, but the best is", want, means)

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
        for row in results.final:
            if row["cell"] != cell or (matching and matching not in row["matching"].split("+")):
                continue
            if any((row[k] if isinstance(row[k], str) else format(row[k], "g")) != v for k, v in group):
                continue
            value = row[self.recipe.metric]
            lost = row["status"] != "done" or math.isnan(value)
            found.setdefault(int(row["seed"]), []).append(None if lost else value)
            self.settings_of[cell, int(row["seed"])] = [row[k] for k in self.own_settings]
        return found

    def check_comparison(self, results, question, c, whole):
        self.settings_of = {}
        self.own_settings = [k for k in self.recipe.settings()[0] if k not in ("cell", "seed", "hidden")]
        group = [tuple(part.rsplit(" ", 1)) for part in c["group"].split(", ")
                 if part and not part.startswith("equal ")]
        group = [(k, format(float(v), "g") if v[0].isdigit() else v) for k, v in group]
        a = self.seeds_of(results, c["a"], c["matching"], group)
        b = self.seeds_of(results, c["b"], c["matching"], group)
        if any(len(v) > 1 for v in (*a.values(), *b.values())):
            self.fault("a seed stands twice in the group", c["group"], c["matching"])
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

    def check_words(self):
        """The commands that read a sound file end well, and `show --csv --trials` is the file."""
        path = self.results("single")
        for words in (("validate", path), ("status", self.place(os.path.join("single", self.recipe.name))), ("verdict", path),
                      ("verdict", path, "--json"), ("show", path), ("export", path, "--csv")):
            self.command(*words)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program")
    parser.add_argument("--count", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1, help="of the first recipe; the others follow")
    parser.add_argument("--keep", help="keep what was run in this folder")
    options = parser.parse_args()
    memory = "/dev/shm" if "TMPDIR" not in os.environ and os.access("/dev/shm", os.W_OK) else None
    work = options.keep or tempfile.mkdtemp(prefix="gatebench-crossings-", dir=memory)
    os.makedirs(work, exist_ok=True)
    faults = []
    for seed in range(options.seed, options.seed + options.count):
        crossing = Crossing(options.program, work, seed)
        crossing.run_all()
        faults += crossing.faults
        for fault in crossing.faults:
            print(fault, flush=True)
        if not options.keep:
            shutil.rmtree(crossing.folder)
    if not options.keep:
        shutil.rmtree(work, ignore_errors=True)
    print(f"{options.count} recipes, {len(faults)} faults")
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
