# SPDX-License-Identifier: MIT
# Death, torn writes and I/O errors at every call by which a run of ten trials touches its files.
#   calls.py GATEBENCH SHIM [WORDS]   only faults whose title has these words
#   GATEBENCH_FAULT_STEP: every so many calls (default 41; 1 is the whole battery)
import errno
import os
import shutil
import sys

from battery import Battery, Shim, contents

step = int(os.environ.get("GATEBENCH_FAULT_STEP", "41"))
battery = Battery(sys.argv[1])
folder, half_done = battery.path("run"), battery.path("half")
battery.must(battery.run(half_done, "cell=rnn"), "half of the trials")
wanted = sys.argv[3] if len(sys.argv) > 3 else ""
shim = Shim(battery, sys.argv[2], folder)

# what happens, who dies of it, whether it lasts, whether reading counts, and how the run may end
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


PLAIN, HALF, CHECKPOINTS = "", ", half done before", ", with a checkpoint after every step"


def prepare(situation):
    """An empty place, or one where half of the trials and their results file are there."""
    shutil.rmtree(folder, ignore_errors=True)
    if situation == HALF:
        shutil.copytree(half_done, folder)
    else:
        os.mkdir(folder)


def run(situation, **settings):
    seconds = {"GATEBENCH_CHECKPOINT_SECONDS": "0"} if situation == CHECKPOINTS else {}
    return battery.run(folder, environment={**shim.environment(**settings), **seconds})


def count_calls(settings, situation):
    prepare(situation)
    counting = {key: value for key, value in settings.items() if key == "FAULT_READS" or value in ("torn", "short", errno.EINTR)}
    battery.must(run(situation, **counting), "a counted run")
    return shim.calls()


def check(title, settings, ending, at, situation):
    prepare(situation)
    earlier = battery.finished(folder)
    code, said = run(situation, FAULT_AT=at, **settings)
    calls = shim.calls()
    where = f"{title}, call {at} ({calls[at - 1] if len(calls) >= at else 'none'}){situation}"
    now = battery.finished(folder)
    if any(now.get(path) != earlier[path] for path in earlier):
        battery.fail(where, "earlier trials are not intact")
    if ending == NOTHING and code != 0:
        battery.fail(where, f"exit code {code}: {said.strip()}")
    # an error may also meet a call whose failure harms nothing, or a worker that is replaced; then the run is whole
    if ending == ERROR and code not in (0, 5):
        battery.fail(where, f"exit code {code}, not 5: {said.strip()}")
    if ending == ERROR and code == 5 and folder not in said:
        battery.fail(where, f"no path in what it says: {said.strip()}")
    if ending == DEATH and code not in (-9, 0, 1):
        battery.fail(where, f"exit code {code}: {said.strip()}")
    if code == 0 and (len(now) != battery.trials or contents(battery.results(folder)) != battery.expected):
        battery.fail(where, f"exit code 0 with {len(now)} of {battery.trials} trials, or with other results")
    battery.check_resume(folder, where)


cases = calls = 0
for place, situation in enumerate((PLAIN, HALF, CHECKPOINTS)):
    for index, (title, settings, ending) in enumerate(FAULTS):
        if wanted not in title + situation:
            continue
        count = len(count_calls(settings, situation))
        calls = max(calls, count)
        # a run with checkpoints makes many times the calls; each kind of fault starts elsewhere, so that a coarse step
        # still meets every kind of call
        stride = step * max(1, count // 200) if step > 1 else 1
        for at in range(1 + (5 * index + 3 * place) % stride, count + 1, stride):
            check(title, settings, ending, at, situation)
            cases += 1
battery.end(f"{cases} faults of {len(FAULTS)} kinds at up to {calls} calls a run")
