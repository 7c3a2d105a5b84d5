# SPDX-License-Identifier: MIT
# kill -9 at random moments of a run (it tunes first) or a merge: the whole tree, the parent alone, or one worker.
#   kills.py GATEBENCH   GATEBENCH_KILLS: how many (default 12)
import os
import random
import re
import shutil
import signal
import sys
import time

from battery import RECIPE, Battery

TUNED = "1..20\ntune: {lr: [1e-3, 3e-2], seeds: 5}"
TRIALS = 60  # 2 * 2 * 5 to tune, 2 * 20 final ones
kills = int(os.environ.get("GATEBENCH_KILLS", "12"))
battery = Battery(sys.argv[1], RECIPE.replace("1..5", TUNED), TRIALS)
folder = battery.path("run")
seed = int(os.environ.get("GATEBENCH_KILL_SEED", time.time_ns()))
chance = random.Random(seed)


def children(process):
    try:
        with open(f"/proc/{process.pid}/task/{process.pid}/children") as file:
            return [int(word) for word in file.read().split()]
    except OSError:
        return []


def wait_for_worker(process):
    while process.poll() is None and not children(process):
        time.sleep(1e-3)


def kill_one(process, whom):
    """Kills the one that is meant, the tree where there is no worker; returns whom."""
    workers = children(process)
    if whom == "worker" and workers:
        try:
            os.kill(chance.choice(workers), signal.SIGKILL)
        except ProcessLookupError:
            pass
    elif whom == "parent":
        process.kill()
    else:
        whom = "tree"
        battery.kill(process)
    return whom


def undisturbed_seconds(command):
    started = time.monotonic()
    battery.must(battery.finish(battery.start(command)), "an undisturbed run")
    return time.monotonic() - started


run = [word for word in battery.command(folder) if word != "-q"]
merge = [battery.program, "merge", os.path.join(folder, "tiny")]
run_seconds = undisturbed_seconds(run)
merge_seconds = undisturbed_seconds(merge)
shutil.rmtree(folder)

met = {"tree": 0, "parent": 0, "worker": 0}
kept, merges, finished = 0, 0, {}
for kill in range(kills):
    merging = bool(finished) and chance.random() < 0.25
    # every other round leaves a checkpoint after each step, so that kills meet those too
    seconds = {} if merging or kill % 2 else {"GATEBENCH_CHECKPOINT_SECONDS": "0"}
    process = battery.start(merge if merging else run, seconds)
    whom = chance.choice(["tree", "parent"] if merging else ["tree", "parent", "worker"])
    if whom == "worker":
        wait_for_worker(process)
    # up to a third of a run, so that kills meet its start, its middle and its end in turn
    time.sleep(chance.uniform(0, merge_seconds if merging else run_seconds / 3))
    alive = process.poll() is None
    whom = kill_one(process, whom)
    code, said = battery.finish(process)
    where = f"kill {kill} (seed {seed}) of a {'merge' if merging else 'run'}, {whom}"
    if code not in (-9, 0, 1, 3):
        battery.fail(where, f"exit code {code}: {said.strip()}")
    met[whom] += alive
    merges += merging
    now = battery.finished(folder)
    lost = [path for path in finished if now.get(path) != finished[path]]
    if lost:
        battery.fail(where, f"finished trials were lost or made again: {lost}")
    told = [int(number) for number in re.findall(r"^\[(\d+)/", said, re.MULTILINE)]
    if told and max(told) > len(now):
        battery.fail(where, f"{max(told)} trials were told, {len(now)} are there")
    battery.check_intact(folder, where)
    finished = now
    kept += len(now)
    if len(now) == TRIALS:
        battery.check_resume(folder, where)
        shutil.rmtree(folder)
        finished = {}
battery.check_resume(folder, "the last kill")
words = ", ".join(f"{count} met the {whom}" for whom, count in met.items())
battery.end(f"{kills} kills ({words}; {merges} of merges), {kept} finished trials looked for")
