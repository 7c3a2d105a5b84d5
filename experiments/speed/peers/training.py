# SPDX-License-Identifier: MIT
"""A whole training of the adding problem in gatebench and in PyTorch, step by step beside each other.

    ./run training                        T 100, N 32, H 128, 2,000 updates by Adam, lstm and gru, 3 seeds: minutes
    ./run training --cell lstm --seeds 1

Both train the same network (a layer, a linear output at the last step) on the same batches with the same optimizer
(Adam, learning rate 0.001, gradient clipped to norm 1), each from its own random start (PyTorch's default). They take
turns of --block updates on the same core, so that a drifting clock rate affects both equally. An update is what a
training loop does: loss, gradient, clipping, step. The batches are made before the clock starts. The table has the seconds
of all updates, PyTorch's over gatebench's, and each one's mean squared error over the last 200 batches, none of which
was seen before (a constant answer has 0.1667)."""
import argparse
import statistics

from compare import KEEP_TO, Peer, cpu_name


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cell", type=lambda words: words.split(","), default=["lstm", "gru"])
    for name, value in (("seeds", 3), ("updates", 2000), ("steps", 100), ("batch", 32), ("hidden", 128), ("block", 50),
                        ("core", 0)):
        parser.add_argument("--" + name, type=int, default=value)
    parser.add_argument("--isa", choices=list(KEEP_TO), default="native", help="the instruction set to keep to")
    asked = parser.parse_args()
    peers = [Peer(name, asked.core, asked.isa) for name in ("gatebench", "torch")]
    print(", ".join(peer.version for peer in peers), "on", cpu_name())
    print(f"{'cell':5}{'seed':>5}{'gatebench':>12}{'PyTorch':>10}{'ratio':>7}{'gatebench error':>18}{'PyTorch error':>16}")
    for cell in asked.cell:
        ratios = []
        for seed in range(1, asked.seeds + 1):
            training = {"cell": cell, "seed": seed, "hidden": asked.hidden, "batches": asked.updates, "steps": asked.steps,
                        "batch": asked.batch}
            seconds = [0, 0]
            for peer in peers:
                peer.ask({"train": training})
            for first in range(0, asked.updates, asked.block):
                for i, peer in enumerate(peers):
                    work = {"variant": "step", "iterations": min(asked.block, asked.updates - first)}
                    seconds[i] += peer.ask({"time": work})["seconds"]
            errors = [peer.ask({"value": "error"})["value"] for peer in peers]
            ratios.append(seconds[1] / seconds[0])
            print(f"{cell:5}{seed:>5}{seconds[0]:>10.2f} s{seconds[1]:>8.2f} s{ratios[-1]:>7.2f}"
                  f"{errors[0]:>18.4f}{errors[1]:>16.4f}", flush=True)
        print(f"{cell}: median ratio {statistics.median(ratios):.2f}")


if __name__ == "__main__":
    main()
