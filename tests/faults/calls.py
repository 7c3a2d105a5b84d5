# SPDX-License-Identifier: MIT
# Death, torn writes and I/O errors at every call by which a run, or a merge, of ten trials touches its files.
#   calls.py GATEBENCH SHIM [WORDS]   only faults whose title has these words
#   GATEBENCH_FAULT_STEP: every so many calls (default 41; 1 is the whole battery)
import errno
import os
import shutil
import sys

from battery import RECIPE, Battery, Shim, contents

step = int(os.environ.get("GATEBENCH_FAULT_STEP", "41"))
wanted = sys.argv[3] if len(sys.argv) > 3 else ""

# the fault, which process it ends, whether it lasts, whether reads count as calls, and how the run may end
DEATH, ERROR, NOTHING = "death", "error", "nothing"
FAULTS = [
    ("the whole tree dies", dict(FAULT_DO="die"), DEATH),
    ("a torn write, the whole tree dies", dict(FAULT_DO="torn"), DEATH),
    ("one process dies", dict(FAULT_DO="die", FAULT_WHO="self"), DEATH),
    ("a torn write, one process dies", dict(FAULT_DO="torn", FAULT_WHO="self"), DEATH),
    ("a short write", dict(FAULT_DO="short"), NOTHING),
    ("short writes from there on", dict(FAULT_DO="short", FAULT_LASTING=1), NOTHING),
    ("a call interrupted", dict(FAULT_DO=errno.EINTR, FAULT_READS=1), NOTHING),
]
for name in ("ENOSPC", "EIO", "EROFS", "EDQUOT"):
    number = getattr(errno, name)
    FAULTS.append((name + " once", dict(FAULT_DO=number), ERROR))
    FAULTS.append((name + " from there on", dict(FAULT_DO=number, FAULT_LASTING=1), ERROR))
FAULTS.append(("EIO once, reading too", dict(FAULT_DO=errno.EIO, FAULT_READS=1), ERROR))
FAULTS.append(("EIO from there on, reading too", dict(FAULT_DO=errno.EIO, FAULT_LASTING=1, FAULT_READS=1), ERROR))


class Situation:
    """What is there before, and the command that meets the faults: a run, or a merge of folders below the run's."""

    def __init__(self, words, battery, there=None, merges=None, environment=None):
        self.words, self.battery, self.there, self.environment = words, battery, there, environment or {}
        self.folder = battery.path("run")
        self.shim = Shim(battery, sys.argv[2], self.folder)
        paths = [word if word[0] == "-" else os.path.join(self.folder, word) for word in merges or []]
        self.merge = [battery.program, "merge", *paths] if merges else None

    def prepare(self):
        shutil.rmtree(self.folder, ignore_errors=True)
        if self.there:
            shutil.copytree(self.there, self.folder)
        else:
            os.mkdir(self.folder)

    def run(self, **settings):
        environment = {**self.shim.environment(**settings), **self.environment}
        return self.battery.finish(self.battery.start(self.merge or self.battery.command(self.folder), environment))

    def count_calls(self, settings):
        self.prepare()
        counting = {key: value for key, value in settings.items()
                    if key == "FAULT_READS" or value in ("torn", "short", errno.EINTR)}
        self.battery.must(self.run(**counting), "a counted run" + self.words)
        return len(self.shim.calls())

    def finished(self):
        """Also what a merge takes from."""
        found = {}
        for part in ("", "first", "second"):
            found.update(self.battery.finished(os.path.join(self.folder, part)))
        return found

    def check_resume(self, where):
        if self.merge:
            self.battery.must(self.battery.finish(self.battery.start(self.merge)), where + ", merged again")
        self.battery.check_resume(self.folder, where)


def check(situation, title, settings, ending, at):
    battery, folder = situation.battery, situation.folder
    situation.prepare()
    earlier = situation.finished()
    code, said = situation.run(FAULT_AT=at, **settings)
    calls = situation.shim.calls()
    where = f"{title}, call {at} ({calls[at - 1] if len(calls) >= at else 'none'}){situation.words}"
    all_now, now = situation.finished(), battery.finished(folder)
    if any(all_now.get(path) != earlier[path] for path in earlier):
        battery.fail(where, "earlier trials are not intact")
    if ending == NOTHING and code != 0:
        battery.fail(where, f"exit code {code}: {said.strip()}")
    # an error may also meet a call whose failure harms nothing, or a worker that is replaced; then the run is whole
    if ending == ERROR and code not in (0, 5):
        battery.fail(where, f"exit code {code}, not 5: {said.strip()}")
    if ending == ERROR and code == 5 and (folder not in said or "next: " not in said):
        battery.fail(where, f"no path or no remedy in what it says: {said.strip()}")
    if code == 1 and "--retry-failed" not in said:
        battery.fail(where, f"no remedy in what it says: {said.strip()}")
    if ending == DEATH and code not in (-9, 0, 1):
        battery.fail(where, f"exit code {code}: {said.strip()}")
    if code == 0 and (len(now) != battery.trials or contents(battery.results(folder)) != battery.expected):
        battery.fail(where, f"exit code 0 with {len(now)} of {battery.trials} trials, or with other results")
    situation.check_resume(where)


def make_situations():
    plain = Battery(sys.argv[1])
    half, parts = plain.path("half"), plain.path("parts")
    plain.run_half(half)
    for number, part in enumerate(("first", "second"), 1):
        plain.must(plain.run(os.path.join(parts, part), "--shard", f"{number}/2"), part + " part")
    # 2 * 2 trials to tune, 2 * 3 final ones
    tuned = Battery(sys.argv[1], RECIPE.replace("1..5", "1..3\ntune: {lr: [1e-3, 3e-2], seeds: 1}"))
    return [
        Situation("", plain),
        Situation(", half done before", plain, half),
        Situation(", with a checkpoint after every step", plain, environment={"GATEBENCH_CHECKPOINT_SECONDS": "0"}),
        Situation(", while tuning", tuned),
        Situation(", merging", plain, plain.reference, ["tiny"]),
        Situation(", merging two folders", plain, parts, ["first/tiny", "second/tiny", "-o", "tiny"]),
    ]


cases = calls = 0
situations = make_situations()
for place, situation in enumerate(situations):
    for index, (title, settings, ending) in enumerate(FAULTS):
        if wanted not in title + situation.words:
            continue
        count = situation.count_calls(settings)
        calls = max(calls, count)
        # a run with checkpoints makes many times the calls; each kind of fault starts elsewhere, so that a coarse step
        # still meets every kind of call
        stride = step * max(1, count // 200) if step > 1 else 1
        for at in range(1 + (5 * index + 3 * place) % stride, count + 1, stride):
            check(situation, title, settings, ending, at)
            cases += 1
batteries = {situation.battery for situation in situations}
failures = sum(battery.failures for battery in batteries)
for battery in batteries:
    battery.remove()
print(f"{cases} faults of {len(FAULTS)} kinds at up to {calls} calls a run; {failures or 'none'} failed")
sys.exit(failures > 0)
