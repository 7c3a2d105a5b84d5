# SPDX-License-Identifier: MIT
# Shared by the fault tests: a tiny undisturbed run of the real program, disturbed runs of it, and the comparison of the
# files of both. Needs h5py; without it a test is skipped.
import glob
import os
import shutil
import signal
import subprocess
import sys
import tempfile

try:
    import h5py
except ImportError as missing:
    print("skipped:", missing)
    sys.exit(77)

RECIPE = """name: tiny
question: Is anything lost?
task: {name: recall, answers: 3, fillers: 4, gap: 2, examples: 20}
model: {cell: rnn, hidden: 4, embedding: 2, backend: reference}
train: {lr: 1e-2, batch: 4, steps: 3}
sweep:
  cell: [rnn, gru]
  seed: 1..5
measure: [accuracy]
"""


def is_timing(name):
    return "seconds" in name or name in ("peak_memory_bytes", "resumed")


def exact(values):
    return values.tolist().__repr__() if values.dtype.hasobject else values.tobytes()


def contents(path):
    """Every number and text of a results file that is not a timing, as bytes. Fails when the file does not open."""
    found = {}
    with h5py.File(path, "r") as file:

        def take(name, node):
            if name.startswith(("hosts", "provenance")) or not isinstance(node, h5py.Dataset):
                return
            values = node[()]
            if values.dtype.names:
                for column in values.dtype.names:
                    if not is_timing(column):
                        found[name + "/" + column] = exact(values[column])
            elif not is_timing(name):
                found[name] = exact(values)

        file.visititems(take)
    return found


class Battery:
    def __init__(self, program, recipe=RECIPE, trials=10, words=()):
        self.program, self.trials, self.words = os.path.realpath(program), trials, list(words)
        # in memory unless told otherwise: the faults are in the calls, and a disk's syncs would take minutes
        memory = "/dev/shm" if "TMPDIR" not in os.environ and os.access("/dev/shm", os.W_OK) else None
        self.work = tempfile.mkdtemp(prefix="gatebench-faults-", dir=memory)
        self.recipe = os.path.join(self.work, "tiny.yaml")
        with open(self.recipe, "w") as file:
            file.write(recipe)
        self.failures = 0
        self.reference = self.path("undisturbed")
        self.must(self.run(self.reference), "an undisturbed run")
        self.expected = contents(self.results(self.reference))

    def path(self, *parts):
        return os.path.join(self.work, *parts)

    def results(self, folder):
        return os.path.join(folder, "tiny.h5")

    def variant(self, old, new):
        """The recipe with a part of its text replaced: unlike a setting on the command line it keeps the run's name."""
        path = self.path(f"with {new}", "tiny.yaml")
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(self.recipe) as whole, open(path, "w") as file:
            file.write(whole.read().replace(old, new))
        return path

    def run_half(self, folder, **more):
        """Half of the trials, in the same folder as the whole run."""
        recipe = self.variant("cell: [rnn, gru]", "cell: [rnn]")
        result = self.must(self.run(folder, recipe=recipe, **more), "half of the trials")
        if not 2 * len(self.finished(folder)) == self.trials:
            self.fail("half of the trials", f"{len(self.finished(folder))} of {self.trials} are there")
        return result

    def command(self, folder, *words, workers=2, recipe=None):
        """A trial whose worker a fault killed counts as failed and is run again when that is asked for."""
        options = ["-q", "-j", str(workers), "-o", folder, "--retry-failed"]
        return [self.program, "run", recipe or self.recipe, *options, *self.words, *words]

    def start(self, command, environment=None, **more):
        """In a process group of its own, so that a fault may kill all of it and nothing else."""
        clean = {k: v for k, v in os.environ.items() if not k.startswith("GATEBENCH_")}
        return subprocess.Popen(command, env={**clean, **(environment or {})}, start_new_session=True, text=True,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, **more)

    def finish(self, process, seconds=600):
        """(exit code or minus signal, what it said)"""
        try:
            out, err = process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            self.kill(process)
            out, err = process.communicate()
            return "hangs", out + err
        self.kill(process)  # a worker may still be on its way out
        return process.returncode, err

    @staticmethod
    def kill(process):
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass

    def run(self, folder, *words, environment=None, recipe=None, **more):
        return self.finish(self.start(self.command(folder, *words, recipe=recipe), environment, **more))

    def fail(self, where, what):
        self.failures += 1
        print(f"FAILED: {where}: {what}", flush=True)

    def must(self, result, where, code=0):
        if result[0] != code:
            self.fail(where, f"exit code {result[0]}, not {code}: {result[1].strip()}")
        return result

    def finished(self, folder):
        """What is finished: the trial files in place, with their bytes."""
        found = {}
        for path in glob.glob(os.path.join(folder, "tiny", "trials", "*.h5")):
            with open(path, "rb") as file:
                found[path] = file.read()
        return found

    def check_intact(self, folder, where):
        """Every file opens and holds a whole trial; an earlier results file opens too."""
        for path in self.finished(folder):
            try:
                with h5py.File(path, "r") as file:
                    if file.attrs["status"] not in ("done", "diverged") or len(file["fields"]) != 1:
                        self.fail(where, f"{path} is not a finished trial")
            except (OSError, KeyError) as error:
                self.fail(where, f"{path} does not open: {error}")
        try:
            if os.path.exists(self.results(folder)):
                contents(self.results(folder))
        except OSError as error:
            self.fail(where, f"the results file does not open: {error}")

    def check_resume(self, folder, where):
        """The same command again: keeps what was finished to the byte, and ends as if nothing had happened."""
        before = self.finished(folder)
        self.check_intact(folder, where)
        self.must(self.run(folder), where + ", resumed")
        after = self.finished(folder)
        lost = [path for path in before if after.get(path) != before[path]]
        if lost:
            self.fail(where, f"finished trials were lost or made again: {lost}")
        if len(after) != self.trials:
            self.fail(where, f"{len(after)} of {self.trials} trials after resuming")
        if not os.path.exists(self.results(folder)):
            self.fail(where, "no results file after resuming")
        elif contents(self.results(folder)) != self.expected:
            self.fail(where, "the resumed results differ from the undisturbed ones")
        left = glob.glob(os.path.join(folder, "**", "*.tmp"), recursive=True)
        left += glob.glob(os.path.join(folder, "tiny", "checkpoints", "*"))
        if left:
            self.fail(where, f"temporary files or checkpoints are left: {left}")
        return len(before)

    def remove(self):
        shutil.rmtree(self.work, ignore_errors=True)

    def end(self, words):
        self.remove()
        print(f"{words}; {self.failures} failed" if self.failures else f"{words}; all well")
        sys.exit(1 if self.failures else 0)


class Shim:
    """The preloaded library, set to one fault."""

    def __init__(self, battery, library, folder):
        self.log = battery.path("calls.log")
        self.base = {"LD_PRELOAD": os.path.realpath(library), "FAULT_FOLDER": folder, "FAULT_LOG": self.log}

    def environment(self, **settings):
        with open(self.log, "wb") as log:
            log.write(bytes(8))
        return {**self.base, **{key: str(value) for key, value in settings.items() if value is not None}}

    def calls(self):
        """The calls that the last run made, as 'name path'."""
        with open(self.log, "rb") as log:
            log.seek(8)
            return [line.decode().split(" ", 2)[2].strip() for line in log]
