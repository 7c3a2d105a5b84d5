#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Crosses the features of recipes and runs: random recipes are run singly, in shards that are merged, killed and resumed,
and from their own `config` output; every number of the results file, of `show`, `compare` and of the tuning is computed
again from HDF5 by code that shares nothing with the program.

Usage: crossings.py GATEBENCH [--count N] [--seed S] [--keep FOLDER]
The tests run 20 recipes of seed 1. Exit code 1 and a line for each difference; 77 without h5py."""
import argparse
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time

try:
    from checks import Checks
    from results_file import Results, contents
except ImportError as missing:
    print("skipped:", missing)
    sys.exit(77)

from recipes import Recipe


class Crossing(Checks):
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
        own = {k: v for k, v in os.environ.items() if not k.startswith(("GATEBENCH_", "SLURM_", "OMPI_", "PMI_"))}
        sanitizers = {name: "exitcode=99:halt_on_error=1" for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS")}
        return {**sanitizers, **own}  # their exit code is not one of gatebench's

    def place(self, name):
        return os.path.join(self.folder, name)

    def results(self, name):
        return os.path.join(self.place(name), self.recipe.name + ".h5")

    # What is run

    def run(self, *words, recipe=None, expect=None):
        """Runs the recipe without progress; the exit code shows whether a trial went over its limit."""
        limited = self.recipe.limited
        return self.command(*self.words(*words, recipe=recipe), expect=expect or ((1,) if limited else (0,)))

    def words(self, *words, recipe=None):
        limits = ["--trial-time", "2s"] if self.recipe.limited else []
        return ["run", recipe or self.file, "-q", *words, *limits]

    def run_all(self):
        self.run("-j2", "-o", self.place("single"))
        if self.faults:
            return
        self.check_results(Results(self.results("single")))
        self.check_compare(Results(self.results("single")))
        self.check_words()
        if self.recipe.tuned and len(self.recipe.cells) > 1:
            self.check_exclusion_of_tuned()
        if self.faults:
            return
        expected = contents(self.results("single"))
        self.run_half(self.place("half"))
        if not self.recipe.excluded and self.recipe.limited != "arm":
            self.run_until(self.place("until"))
        for name, way in (("again", self.run_again), ("shards", self.run_shards), ("killed", self.run_killed),
                          ("config", self.run_config)):
            way(self.place(name))
            if self.faults:
                return
            self.check_same(name, expected, contents(self.results(name)), "the single run")

    def check_same(self, name, expected, found, what):
        for key in sorted(expected.keys() | found.keys(), key=str):
            if expected.get(key) != found.get(key):
                self.fault(name, "differs from", what, "in", "/".join(key))

    def run_again(self, folder):
        """A finished run again: nothing is written, unless there are failed trials to tell of."""
        shutil.copytree(self.place("single"), folder)
        before = open(self.results("again"), "rb").read()
        self.run("-o", folder)
        if not self.recipe.limited and open(self.results("again"), "rb").read() != before:
            self.fault("a finished run wrote its results file again")

    def run_shards(self, folder):
        count = self.random.choice([2, 3])
        for i in range(1, count + 1):
            self.run("-j1", "-o", folder, "--shard", f"{i}/{count}", expect=(0, 1, 3))
        self.command("merge", self.place(os.path.join("shards", self.recipe.name)), expect=(0, 3))

    def run_stopped(self, command):
        """Starts it and kills it or asks it to stop, once or twice, at random times."""
        for _ in range(self.random.choice([1, 2])):
            process = subprocess.Popen([self.program, *command], env=self.environment(), start_new_session=True,
                                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            time.sleep(self.random.uniform(0.02, 0.3))
            how = self.random.choice([signal.SIGKILL, signal.SIGKILL, signal.SIGTERM, signal.SIGUSR1])
            try:
                os.killpg(process.pid, how) if how == signal.SIGKILL else process.send_signal(how)
            except ProcessLookupError:
                pass
            code = process.wait(timeout=300)
            if how != signal.SIGKILL and code not in (0, 1, 3, -how):  # -how: before it listened
                self.fault("exit", code, "at signal", how, "of", *command)

    def run_killed(self, folder):
        command = ("-j2", "-o", folder)
        self.run_stopped(self.words(*command))
        self.run(*command, "--retry-failed")

    def run_config(self, folder):
        """The recipe as `config` prints it, on one worker."""
        printed = self.place("printed.yaml")
        with open(printed, "w") as file:
            file.write(self.command("config", self.file).stdout)
        self.run("-j1", "-o", folder, recipe=printed)

    def run_half(self, folder):
        """One shard of two, merged: existing trials are compared within equal settings only, and nothing missing is passed
        over in silence."""
        self.run("-j1", "-o", folder, "--shard", "1/2", expect=(0, 1, 3))
        merged = self.command("merge", self.place(os.path.join("half", self.recipe.name)), expect=(0, 3))
        if merged.returncode == 3 and os.path.exists(self.results("half")):
            results = Results(self.results("half"))
            if results.final:
                self.check_compare(results, "half", whole=False)

    def run_until(self, folder):
        """More seeds until decided give the numbers of a plain run of as many seeds; merged, or killed and resumed, they
        are the same, and so are the looks."""
        most = len(self.recipe.seeds) + 2
        until = ("-j2", "--until", "decided", "--max-seeds", str(most), "--looks", "2")
        self.run(*until, "-o", folder, expect=(0, 1))
        if self.faults:
            return
        found, expected = Results(self.results("until")), contents(self.results("until"))
        count = int(max(row["seed"] for row in found.final))
        self.recipe.write(self.place("longer.yaml"),
                          sweep=dict(self.recipe.document["sweep"], seed=list(range(1, count + 1))))
        self.run("-j2", "-o", self.place("longer"), recipe=self.place("longer.yaml"))
        if self.faults:
            return
        longer = Results(self.results("longer"))
        values = [{row["id"]: repr(row[self.recipe.metric]) for row in r.final} for r in (found, longer)]
        if values[0] != values[1]:
            self.fault("--until with", count, "seeds differs from a plain run with as many")
        self.run_stopped(self.words(*until, "-o", self.place("until-killed")))
        self.run(*until, "--retry-failed", "-o", self.place("until-killed"), expect=(0, 1))
        looks = [os.path.join(self.place(name), self.recipe.name, "looks.yaml") for name in ("until", "until-killed")]
        if open(looks[0]).read() != open(looks[1]).read():
            self.fault("--until, killed and resumed, took other looks")
        self.check_same("--until, killed and resumed,", expected, contents(self.results("until-killed")), "--until")
        self.command("merge", self.place(os.path.join("until", self.recipe.name)), expect=(0, 3))
        self.check_same("--until, merged,", expected, contents(self.results("until")), "--until")

    def check_exclusion_of_tuned(self):
        """A tuned value cannot be excluded for one arm: every arm tries the same."""
        key = self.recipe.tuned_key
        self.recipe.write(self.place("refused.yaml"), exclude=[{"cell": self.recipe.cells[0], key: self.recipe.tune[key][0]}])
        refused = self.command("config", self.place("refused.yaml"), expect=(2,))
        if "is tuned" not in refused.stderr:
            self.fault("an exclusion of a tuned value:", refused.stderr[-200:])

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
