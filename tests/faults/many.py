# SPDX-License-Identifier: MIT
# Very many trials of almost no work: the memory and the descriptors of the parent and its workers do not grow, no trial is
# lost, and resuming, merging, showing and comparing still work. Times are printed, not tested.
#   many.py GATEBENCH [SHIM]   GATEBENCH_MANY: trials (default 300); FAULT_NO_SYNC with SHIM: without fsync
import os
import resource
import sys
import time

from battery import RECIPE, Battery

trials = int(os.environ.get("GATEBENCH_MANY", "300"))
sanitized = len(sys.argv) < 3  # its runtime keeps freed memory, and cannot have a library preloaded before it
battery = Battery(sys.argv[1], RECIPE.replace("steps: 3", "steps: 0").replace("1..5", f"1..{trials // 2}"), trials)
folder = battery.path("run")


def sample(pid):
    """(bytes resident, descriptors) of a process that may just have ended, then None"""
    try:
        with open(f"/proc/{pid}/statm") as file:
            resident = int(file.read().split()[1]) * resource.getpagesize()
        return resident, len(os.listdir(f"/proc/{pid}/fd"))
    except (OSError, IndexError):
        return None


def children(pid):
    try:
        with open(f"/proc/{pid}/task/{pid}/children") as file:
            return [int(word) for word in file.read().split()]
    except OSError:
        return []


def count_done():
    try:
        return sum(name.endswith(".h5") for name in os.listdir(os.path.join(folder, "tiny", "trials")))
    except OSError:
        return 0


def watch(process):
    """{who: [(share of trials done, resident, descriptors)]} while it runs"""
    seen = {}
    while process.poll() is None:
        done = count_done() / trials
        for who in [process.pid, *children(process.pid)]:
            found = sample(who)
            if found and 0 < done < 1:
                seen.setdefault(who, []).append((done, *found))
        time.sleep(0.02 if trials <= 1000 else 0.2)
    return seen


def check_flat(who, samples):
    early = [s for s in samples if 0.1 <= s[0] < 0.3] or samples[:1]
    late = [s for s in samples if s[0] >= 0.8]
    if not late:
        return
    most_early, most_late = max(s[2] for s in early), max(s[2] for s in late)
    if most_late > most_early + 1:
        battery.fail(who, f"descriptors grow from {most_early} to {most_late}")
    resident_early, resident_late = max(s[1] for s in early), max(s[1] for s in late)
    if not sanitized and resident_late > 1.05 * resident_early + (2 << 20):
        battery.fail(who, f"memory grows from {resident_early} to {resident_late} bytes")
    at = {share: max((s[1] for s in samples if s[0] <= share), default=0) >> 10 for share in (0.1, 0.5, 1)}
    print(f"{who}: KiB at a tenth, half and all: {list(at.values())}; descriptors {most_early} then {most_late}")


def core_seconds(before):
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def timed(what, command, environment=None):
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    battery.must(battery.finish(battery.start(command, environment), 3600), what)
    print(f"{what}: {time.monotonic() - started:.2f} s, {core_seconds(before):.2f} s of core time")


environment = {"LD_PRELOAD": os.path.realpath(sys.argv[2])} if os.environ.get("FAULT_NO_SYNC") else {}
before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
process = battery.start(battery.command(folder), environment)
seen = watch(process)
battery.must(battery.finish(process, 3600), "the run")
wall, used = time.monotonic() - started, core_seconds(before)
print(f"{trials} trials: {1000 * wall / trials:.2f} ms a trial, {1000 * used / trials:.2f} ms of core time")
for index, (pid, samples) in enumerate(sorted(seen.items())):
    check_flat("the parent" if pid == process.pid else f"worker {index}", samples)

results = battery.results(folder)
timed("resuming when all is finished", battery.command(folder))
timed("show", [battery.program, "show", results])
timed("compare", [battery.program, "compare", results, "--by", "cell", "--metric", "accuracy"])
timed("merge", [battery.program, "merge", os.path.join(folder, "tiny")])
battery.check_resume(folder, "all finished")
battery.end(f"{trials} trials")
