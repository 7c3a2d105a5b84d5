# SPDX-License-Identifier: MIT
# Real faults of disks, folders, locks and clocks: a full tmpfs, folders without write permission, limits, vanished
# folders, wrong clocks, no locks, and output that cannot be written. Each must give a clear message and exit code 5, must
# not damage existing files, and once the cause is removed the same command must continue.
#   causes.py GATEBENCH SHIM
import errno
import os
import random
import resource
import shutil
import signal
import stat
import subprocess
import sys
import time

from battery import RECIPE, Battery, Shim, contents

TRIALS = 40
NOBODY = 65534
battery = Battery(sys.argv[1], RECIPE.replace("1..5", f"1..{TRIALS // 2}") + "figures: [learning_curves]\n", TRIALS)
folder = battery.path("run")
longer = battery.variant("steps: 3", "steps: 40")
shim = Shim(battery, sys.argv[2], folder)
done = []


def empty_folder():
    shutil.rmtree(folder, ignore_errors=True)
    os.mkdir(folder)


def check_error(result, where, words=folder):
    """Exit code 5, and a sentence that says where and has no HDF5 or C in it."""
    code, said = result
    sentences = [line for line in said.splitlines() if not line.startswith("next: ")]
    last = sentences[-1] if sentences else ""
    if code != 5:
        battery.fail(where, f"exit code {code}, not 5: {said.strip()}")
    elif words not in last or not last.startswith("gatebench"):
        battery.fail(where, f"no clear sentence: {said.strip()}")


def half():
    """A folder in which half of the trials are finished; what it holds."""
    empty_folder()
    battery.run_half(folder)
    return battery.finished(folder)


def check_intact(before, where):
    now = battery.finished(folder)
    if any(now.get(path) != before[path] for path in before):
        battery.fail(where, "earlier trials are not intact")


def full_disk():
    """A file system of a few hundred KiB that fills up."""
    for kilobytes in (16, 64, 180, 320):
        empty_folder()
        mount = ["mount", "-t", "tmpfs", "-o", f"size={kilobytes}k,mode=755", "tmpfs", folder]
        if subprocess.run(mount, stderr=subprocess.DEVNULL).returncode:
            return "no right to mount"
        try:
            where = f"a disk of {kilobytes} KiB"
            check_error(battery.run(folder), where)
            battery.check_intact(folder, where)
            subprocess.run(["mount", "-o", "remount,size=64m", folder], check=True)
            battery.check_resume(folder, where)
        finally:
            subprocess.run(["umount", folder], check=True)


def read_only_disk():
    empty_folder()
    if subprocess.run(["mount", "-t", "tmpfs", "tmpfs", folder], stderr=subprocess.DEVNULL).returncode:
        return "no right to mount"
    try:
        battery.run_half(folder)
        before = battery.finished(folder)
        subprocess.run(["mount", "-o", "remount,ro", folder], check=True)
        check_error(battery.run(folder), "a read-only disk")
        check_error(battery.finish(battery.start([battery.program, "merge", os.path.join(folder, "tiny")])),
                    "a merge on a read-only disk")
        check_intact(before, "a read-only disk")
        subprocess.run(["mount", "-o", "remount,rw", folder], check=True)
        battery.check_resume(folder, "a read-only disk")
    finally:
        subprocess.run(["umount", folder], check=True)


def forbidden_folder():
    """Folders without the right to write, for a user whom such rights bind."""
    os.chmod(battery.work, 0o755)
    user = {"user": NOBODY, "group": NOBODY, "extra_groups": []} if os.geteuid() == 0 else {}
    if subprocess.run([battery.program, "--version"], stdout=subprocess.DEVNULL, **user).returncode:
        return "nobody may not run the program"
    trials = os.path.join(folder, "tiny", "trials")
    for place in (folder, os.path.join(folder, "tiny"), trials):
        before = half()
        if user:
            subprocess.run(["chown", "-R", str(NOBODY), folder], check=True)
            os.chown(place, 0, 0)
        os.chmod(place, 0o555)
        check_error(battery.run(folder, **user), f"{place} may not be written")
        check_intact(before, f"{place} may not be written")
        os.chmod(place, 0o755)
        battery.check_resume(folder, f"{place} may be written again")


def size_limit():
    for limit in (100, 3000, 6000, 9000, 12000, 20000, 30000):
        empty_folder()

        def set_limit():
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

        result = battery.run(folder, preexec_fn=set_limit)
        where = f"files of at most {limit} bytes"
        if result[0] != 0 or limit < 20000:
            check_error(result, where)
        battery.check_resume(folder, where)


def wait_for_trials(process, count):
    while process.poll() is None and len(battery.finished(folder)) < count:
        time.sleep(0.001)


def start_and_stop(count):
    """A run that is stopped after this many trials, before it writes its results; on a busy machine this may need a few attempts."""
    for _ in range(20):
        empty_folder()
        process = battery.start(battery.command(folder, recipe=longer))
        wait_for_trials(process, count)
        try:
            os.killpg(process.pid, signal.SIGSTOP)
            if not os.path.exists(battery.results(folder)):
                return process
            os.killpg(process.pid, signal.SIGCONT)
        except ProcessLookupError:
            pass
        battery.finish(process)
    sys.exit("no run could be stopped half-way")


def vanished_folder():
    chance = random.Random(1)
    away = battery.path("away")
    for attempt in range(4):
        process = start_and_stop(chance.randrange(1, TRIALS // 2))
        gone = (folder, os.path.join(folder, "tiny"))[attempt % 2]
        os.rename(gone, away)
        os.killpg(process.pid, signal.SIGCONT)
        result = battery.finish(process)
        where = f"{gone} vanished"
        check_error(result, where)
        if os.path.isdir(gone):
            shutil.rmtree(gone)
        os.rename(away, gone)
        battery.check_intact(folder, where)
        before = battery.finished(folder)
        battery.must(battery.run(folder, recipe=longer), where + ", put back")
        check_intact(before, where + ", put back")


def set_times(path, when):
    for root, folders, files in os.walk(path):
        for name in folders + files:
            os.utime(os.path.join(root, name), (when, when))
    os.utime(path, (when, when))


def wrong_clock():
    """Times of files that are years ahead or behind must not hide what is missing."""
    for when in (0, time.time() + 1e8):
        half()
        set_times(folder, when)
        battery.check_resume(folder, f"files from {time.ctime(when)}")
        set_times(folder, when)
        battery.check_resume(folder, f"a whole run from {time.ctime(when)}")
        half()
        kept = battery.path("kept.h5")
        shutil.copy(battery.results(folder), kept)
        battery.must(battery.run(folder), "the other half")
        shutil.copy(kept, battery.results(folder))
        set_times(folder, time.time() - 1000)
        os.utime(battery.results(folder), (when, when))
        battery.check_resume(folder, f"a results file of half the trials from {time.ctime(when)}")
    empty_folder()
    battery.must(battery.run(folder, environment=shim.environment(FAULT_CLOCK=1)), "clocks that run backwards")
    battery.check_resume(folder, "clocks that run backwards")


def no_locks():
    for name in ("ENOLCK", "EOPNOTSUPP", "ENOSYS"):
        empty_folder()
        environment = shim.environment(FAULT_FLOCK=getattr(errno, name))
        code, said = battery.must(battery.run(folder, environment=environment), f"flock gives {name}")
        if "cannot lock" not in said:
            battery.fail(f"flock gives {name}", f"no warning: {said.strip()}")
        for words in (["show", battery.results(folder)], ["merge", os.path.join(folder, "tiny")]):
            battery.must(battery.finish(battery.start([battery.program, *words], environment)), f"{name}: {words[0]}")
        battery.check_resume(folder, f"flock gave {name}")
    empty_folder()
    check_error(battery.run(folder, environment=shim.environment(FAULT_FLOCK=errno.EIO)), "flock gives EIO")
    battery.check_resume(folder, "flock gave EIO")


def writing_commands():
    """Every call by which merge, export, plot and report write, failing in turn; step 3."""
    results = battery.results(battery.reference)
    shutil.copytree(os.path.join(battery.reference, "tiny"), battery.path("copy", "tiny"))
    shutil.copy(results, battery.path("copy", "tiny.h5"))
    commands = {
        "merge": (battery.path("copy"), [battery.path("copy", "tiny")]),
        "export": (battery.path("events"), [results, "--where", "seed=1", "--tensorboard", battery.path("events")]),
        "report": (battery.path("page"), ["-o", battery.path("page", "report.html"), results]),
    }
    if shutil.which("gnuplot"):
        commands["plot"] = (battery.path("plots"), [results, "-o", battery.path("plots"), "--format", "svg"])
    for name, (place, words) in commands.items():
        here = Shim(battery, sys.argv[2], place)
        command = [battery.program, name, *words]
        battery.must(battery.finish(battery.start(command, here.environment())), name)
        for at in range(1, len(here.calls()) + 1, 3):
            for number in (errno.ENOSPC, errno.EIO):
                if name != "merge":
                    shutil.rmtree(place)
                setting = here.environment(FAULT_AT=at, FAULT_DO=number)
                code, said = battery.finish(battery.start(command, setting))
                where = f"{name}, {errno.errorcode[number]} at call {at} ({here.calls()[at - 1]})"
                if code not in (0, 5) or (code == 5 and place not in said):
                    battery.fail(where, f"exit code {code}: {said.strip()}")
                if name == "merge" and contents(battery.path("copy", "tiny.h5")) != battery.expected:
                    battery.fail(where, "the results file is not intact")
                battery.must(battery.finish(battery.start(command)), where + ", again")


def output_that_fails():
    results = battery.results(battery.reference)
    for words in (["show", results], ["show", results, "--json"], ["compare", results, "--by", "cell"],
                  ["export", results, "--csv", "--trials"], ["list", "tasks"], ["doctor"], ["run", "--help"],
                  ["run", battery.recipe, "-q", "-o", battery.reference], ["status", "--help"]):
        for target in (">/dev/full", ">&-"):
            shell = ["bash", "-c", '"$0" "$@" ' + target, battery.program, *words]
            check_error(battery.finish(battery.start(shell)), " ".join(words) + " " + target, "standard output")
        shell = ["bash", "-c", 'set -o pipefail; "$0" "$@" | head -1', battery.program, *words]
        code, said = battery.finish(battery.start(shell))
        if code != 0 or "output" in said:
            battery.fail(" ".join(words) + " | head -1", f"exit code {code}: {said.strip()}")
    if contents(results) != battery.expected:
        battery.fail("closed output", "the results file was written into")
    device = battery.path("full")
    if os.geteuid() == 0:  # who may replace the real one
        os.mknod(device, stat.S_IFCHR | 0o666, os.makedev(1, 7))
    else:
        os.symlink("/dev/full", device)
    check_error(battery.finish(battery.start([battery.program, "report", results, "-o", device])), "a full device", device)
    if not stat.S_ISCHR(os.stat(device).st_mode):
        battery.fail("report -o a device", "the device was replaced")


for cause in (full_disk, read_only_disk, forbidden_folder, size_limit, vanished_folder, wrong_clock, no_locks,
              writing_commands, output_that_fails):
    started = time.monotonic()
    skipped = cause()
    print(f"{cause.__name__}: {'left out: ' + skipped if skipped else f'{time.monotonic() - started:.1f} s'}", flush=True)
    done.append(cause)
battery.end(f"{len(done)} causes")
