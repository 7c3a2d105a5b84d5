# SPDX-License-Identifier: MIT
"""The same layers in gatebench and in PyTorch, JAX, TensorFlow and ONNX Runtime, in one interleaved run.

    ./run                                  all shapes, cells and kinds of work: half an hour
    ./run --shape 100x32x64x64 --cell gru --work train --rounds 11
    ./run --peer torch,onnxruntime -o ratios.h5
    ./run --isa avx2         without AVX-512, beside the peer that can be told not to use it (PyTorch)

A shape is TxNxIxH: steps, sequences, inputs, hidden units. Every peer is a process of its own, pinned to one core, that
sleeps while another is timed. In every round each variant of each peer runs for about --block milliseconds, one after the
other, so that a drifting clock rate affects all equally. A ratio is the time of a peer's variant over gatebench's in the
same round, and the table has its median; "fastest" is the variant with the smallest. All are f32 on one thread. What a
library offers for a kind of work is listed in its peer_*.py; first calls, which compile, are not timed."""
import argparse
import json
import math
import os
import statistics
import subprocess
import sys

import h5py
import numpy

HERE = os.path.dirname(os.path.abspath(__file__))
PEERS = ["torch", "jax", "tensorflow", "onnxruntime"]
# Whose matrix products keep to an instruction set. ONNX Runtime has no limit; XLA's holds only for the code that it generates.
KEEP_TO = {"native": PEERS, "avx2": ["torch"]}
SHAPES = ["100x32x64x64", "100x64x256x256", "50x64x512x512", "1000x16x2x128", "784x32x1x100", "160x16x88x46"]
STEP_SHAPES = ["1x1x64x64", "1x1x256x256"]
WORKS = ["train", "forward", "step"]


class Peer:
    def __init__(self, name, core, isa="native"):
        pin = (lambda: os.sched_setaffinity(0, {core})) if core is not None else None
        self.name = name
        self.process = subprocess.Popen([sys.executable, os.path.join(HERE, "worker.py"), name, isa],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, preexec_fn=pin)
        self.version = self.read().get("version")

    def read(self):
        line = self.process.stdout.readline()
        if not line:
            sys.exit(f"compare.py: the process of {self.name} ended; run `python3 worker.py {self.name}` to see why")
        return json.loads(line)

    def ask(self, command):
        self.process.stdin.write(json.dumps(command) + "\n")
        self.process.stdin.flush()
        return self.read()


def measure(peers, layer, block, rounds):
    """Milliseconds of an iteration by (peer, variant), a list of one per round."""
    timed = []
    for peer in peers:
        found = peer.ask({"prepare": layer})
        if "error" in found:
            print(f"  {peer.name}: {found['error']}", file=sys.stderr)
        for variant in found.get("ready", []):
            one = peer.ask({"time": {"variant": variant, "iterations": 1}})["seconds"]
            timed.append((peer, variant, max(1, math.ceil(block / 1000 / one))))
    ms = {(peer.name, variant): [] for peer, variant, _ in timed}
    for _ in range(rounds):
        for peer, variant, iterations in timed:
            seconds = peer.ask({"time": {"variant": variant, "iterations": iterations}})["seconds"]
            ms[peer.name, variant].append(1000 * seconds / iterations)
    return ms


def own_times(ms):
    """Those of gatebench's fastest variant."""
    return min((times for (peer, _), times in ms.items() if peer == "gatebench"), key=statistics.median)


def fastest_peer(ms):
    """The smallest median over the rounds of a variant's time over gatebench's, with its peer and variant."""
    own = own_times(ms)
    return min((statistics.median(t / o for t, o in zip(times, own)), key)
               for key, times in ms.items() if key[0] != "gatebench")


def write(path, rows, versions, cpu):
    text = h5py.string_dtype()
    columns = {name: [row[i] for row in rows] for i, name in
               enumerate(["work", "cell", "steps", "batch", "input", "hidden", "peer", "variant", "round", "ms"])}
    with h5py.File(path, "w") as file:
        table = file.create_group("peers")
        for name, values in columns.items():
            table.create_dataset(name, data=values, dtype=text if isinstance(values[0], str) else None)
        file.attrs.update({"versions": json.dumps(versions), "cpu": cpu})


def cpu_name():
    with open("/proc/cpuinfo") as info:
        return next((line.split(":")[1].strip() for line in info if line.startswith("model name")), "unknown")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, values in (("shape", None), ("cell", ["rnn", "lstm", "gru"]), ("work", WORKS), ("peer", None)):
        parser.add_argument("--" + name, type=lambda words: words.split(","), default=values)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--block", type=float, default=30, help="milliseconds of a variant in a round")
    parser.add_argument("--core", type=int, default=0, help="the core that all are pinned to")
    parser.add_argument("--isa", choices=list(KEEP_TO), default="native", help="the instruction set to keep to")
    parser.add_argument("-o", "--output", default="peers.h5")
    asked = parser.parse_args()
    peers = [Peer(name, asked.core, asked.isa) for name in ["gatebench", *(asked.peer or KEEP_TO[asked.isa])]]
    versions = {peer.name: peer.version for peer in peers}
    rows, smallest = [], {work: [] for work in asked.work}
    print(", ".join(versions.values()), "on", cpu_name())
    print(f"{'work':8}{'shape':>16} {'cell':5}{'gatebench':>11}  {'fastest peer':32}ratio")
    for work in asked.work:
        for shape in asked.shape or (STEP_SHAPES if work == "step" else SHAPES):
            for cell in asked.cell:
                steps, batch, input, hidden = map(int, shape.split("x"))
                layer = {"cell": cell, "steps": steps, "batch": batch, "input": input, "hidden": hidden, "work": work}
                ms = measure(peers, layer, asked.block, asked.rounds)
                ratio, (peer, variant) = fastest_peer(ms)
                smallest[work].append(ratio)
                own = statistics.median(own_times(ms))
                print(f"{work:8}{shape:>16} {cell:5}{own:>8.4f} ms  {peer + ', ' + variant:32}{ratio:.2f}", flush=True)
                rows += [(work, cell, steps, batch, input, hidden, *key, i, t) for key, times in ms.items()
                         for i, t in enumerate(times)]
                write(asked.output, rows, versions, cpu_name())
    for work, found in smallest.items():
        below = sum(ratio < 1 for ratio in found)
        print(f"{work}: geometric mean {numpy.exp(numpy.mean(numpy.log(found))):.2f}, least {min(found):.2f}, "
              f"{below} of {len(found)} below 1")
    print(asked.output)


if __name__ == "__main__":
    main()
