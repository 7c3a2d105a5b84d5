# SPDX-License-Identifier: MIT
"""One peer in a process of its own. Reads a JSON line per command, answers with one.

{"prepare": {"cell", "steps", "batch", "input", "hidden", "work"}} builds, warms up, and answers {"ready": [variants]};
{"train": {"cell", "batches", "steps", "batch", "hidden", "seed"}} does so for training.py: its variants are "step", which takes
the next batch, and "error", which is not a time but a value. {"time": {"variant", "iterations"}} answers {"seconds"},
{"value": variant} answers {"value"}. Work is "train" (forward and backward, every gradient: of the
parameters, of x, of the initial state), "forward" (inference of a batch) or "step" (one sequence, one step, the state
carried). All in f32 on one thread."""
import json
import os
import sys
import time

THREADS = {"OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "TF_NUM_INTRAOP_THREADS": "1",
           "TF_NUM_INTEROP_THREADS": "1", "TF_CPP_MIN_LOG_LEVEL": "3", "JAX_PLATFORMS": "cpu",
           "XLA_FLAGS": "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"}
LIMITS = {"native": {},
          "avx2": {"ONEDNN_MAX_CPU_ISA": "AVX2", "ATEN_CPU_CAPABILITY": "avx2", "MKL_ENABLE_INSTRUCTIONS": "AVX2",
                   "XLA_FLAGS": THREADS["XLA_FLAGS"] + " --xla_cpu_max_isa=AVX2"}}


def timed(call, iterations):
    started = time.perf_counter()
    for _ in range(iterations):
        call()
    return time.perf_counter() - started


def main(peer, isa="native"):
    os.environ.update({**THREADS, **LIMITS[isa]})
    module = __import__("peer_" + peer)
    answer({"version": module.version()})
    calls = {}
    for line in sys.stdin:
        command = json.loads(line)
        if "prepare" in command:
            calls.clear()
            try:
                calls.update(module.prepare(**command["prepare"]))
                for call in calls.values():
                    for _ in range(3):
                        call()
            except Exception as error:
                answer({"error": f"{type(error).__name__}: {error}"[:300]})
                continue
            answer({"ready": list(calls)})
        elif "train" in command:
            calls.clear()
            calls.update(module.train(**command["train"]))
            answer({"ready": list(calls)})
        elif "value" in command:
            answer({"value": calls[command["value"]]()})
        else:
            wanted = command["time"]
            answer({"seconds": timed(calls[wanted["variant"]], wanted["iterations"])})


def answer(what):
    os.write(ANSWERS, (json.dumps(what) + "\n").encode())


if __name__ == "__main__":
    ANSWERS = os.dup(1)  # libraries print; answers stay apart
    os.dup2(2, 1)
    main(*sys.argv[1:])
