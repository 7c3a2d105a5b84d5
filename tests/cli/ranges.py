# SPDX-License-Identifier: MIT
"""ranges.py GATEBENCH UNCHECKED [RECIPES [SEED]]: random recipes with settings inside, at and beyond the ends of their ranges, as the
JSON Schema has them. What `config` accepts, `run --dry-run` and the schema accept, and it runs to the end; what `config`
refuses is refused by `run --dry-run` with the same caret, and it is accepted once the values beyond their ranges and the
settings that cannot go together are taken out. UNCHECKED (tests/experiments/unchecked_trial.c) runs what was refused as a
worker would have: it fails, or the setting that the message names has no effect ("in vain"): without it the numbers are the same."""
import json
import math
import pathlib
import random
import subprocess
import sys

import jsonschema

program, unchecked = sys.argv[1:3]
recipes, seed = (int(n) for n in (sys.argv[3:] + ["200", "1"][len(sys.argv) - 3 :]))
draw = random.Random(seed)
# Every task starts small, so that a trial takes a fraction of a second.
small = {
    "adding": {"length": 5, "examples": 5},
    "copy": {"blanks": 3, "examples": 5},
    "counting": {"longest": 4, "examples": 5},
    "order": {"nouns": 4, "verbs": 3, "adverbs": 2},
    "parity": {"length": 4, "examples": 5},
    "recall": {"gap": 2, "fillers": 3, "answers": 3, "examples": 5},
    "temporal_order": {"length": 10, "examples": 5},
}
# The upper ends of these make trials that take hours or gigabytes: they are planned, not run.
heavy = {"hidden", "layers", "embedding", "batch", "steps", "lags", "probes", "repeats", "farthest", "length", "blanks", "longest", "answers",
         "fillers", "gap", "examples", "nouns", "verbs", "adverbs"}
texts = {
    "init": ("keras", "pytorch", "uniform:0.1", "normal:0.05", "orthogonal"),
    "recurrent_init": ("init", "orthogonal", "identity", "scaled:1.2"),
    "forget_bias": ("init", "chrono:20"),
}
# What is refused because its number would mean nothing, though it runs: a mean over steps of a task with one answer.
meaningless = ("padded_nll needs a task",)


def gatebench(*words):
    return subprocess.run([program, *words], capture_output=True, text=True, timeout=300)


schema = json.loads(gatebench("config", "--schema").stdout)
validator = jsonschema.Draft202012Validator(schema)
tasks = {t["properties"]["name"]["const"]: {k: v for k, v in t["properties"].items() if k != "name"}
         for t in schema["$defs"]["task"]["anyOf"]}
sections = {name: {k: v for k, v in schema["$defs"][name]["properties"].items() if k != "stop"} for name in ("model", "train")}
sections["measure_options"] = schema["$defs"]["measure"]["properties"]


def values(name, what):
    """(value, is it in the range, may it run) of a setting, by its schema."""
    if "enum" in what:
        return [(v, True, True) for v in what["enum"]] + [("nothing-such", False, False)]
    if "pattern" in what:  # a new one needs a line in `texts`
        return [(v, True, True) for v in texts[name]] + [("kerass", False, False)]
    whole, found = what["type"] == "integer", []
    for part in what["anyOf"]:
        low, high = part.get("minimum", part.get("exclusiveMinimum")), part.get("maximum", part.get("exclusiveMaximum"))
        step = 1 if whole else max(abs(low), 1e-12) * 1e-3
        found.append((low, "minimum" in part, True))
        found.append((high, "maximum" in part, name not in heavy or high <= 16))
        found.append((math.floor((low + high) / 2) if whole else (low + high) / 2, True, name not in heavy or high <= 16))
        found.append((min(low + 1, high) if whole else low + (high - low) * 1e-3, True, True))
        for beyond in (low - step, high + (1 if whole else max(abs(high), 1) * 1e-3)):
            if not any(validates(beyond, other) for other in what["anyOf"]):
                found.append((int(beyond) if whole else beyond, False, False))
    return found


def validates(number, part):
    return (number >= part["minimum"] if "minimum" in part else number > part["exclusiveMinimum"]) and \
        (number <= part["maximum"] if "maximum" in part else number < part["exclusiveMaximum"])


def written(value):
    return repr(value) if isinstance(value, float) else json.dumps(value) if isinstance(value, bool) else str(value)


def make(settings):
    """The YAML of a recipe with these ((section, name), value) settings, and the same as a tree."""
    tree = {"name": "r"}
    for (section, name), value in settings.items():
        tree.setdefault(section, {})[name] = value
    lines = [f"{section}: {{" + ", ".join(f"{k}: {written(v)}" for k, v in body.items()) + "}" if isinstance(body, dict)
             else f"{section}: {body}" for section, body in tree.items()]
    return "\n".join(lines) + "\n", tree


def draw_sweep():
    """Sections that make many trials: seeds that tuning may or may not leave, cells to match, and whether each can be."""
    seed, cells = draw.choice((1, 1000, 1001, 1002)), draw.choice(("[gru, lstm]", "[lstm, rnn]", "[gru, bag]"))
    parts = {"sweep": f"{{cell: {cells}, seed: [1, {seed}]}}"}
    if draw.random() < 0.5:
        parts["tune"] = "{lr: [0.001, 0.01], seeds: 1}"
    if draw.random() < 0.5:
        parts["match"] = draw.choice(("parameters", "state", "width"))
    return "".join(f"{k}: {v}\n" for k, v in parts.items())


def draw_recipe():
    task = draw.choice(sorted(small))
    base = {("task", "name"): task, **{("task", k): v for k, v in small[task].items()},
            ("model", "hidden"): 3, ("train", "steps"): 3, ("train", "batch"): 2,
            ("measure_options", "lags"): 5, ("measure_options", "probes"): 2}
    everything = [(s, k, w) for s, body in {**sections, "task": tasks[task]}.items() for k, w in body.items()]
    chosen, runs, wrong = {}, True, set()
    all_right = draw.random() < 0.5
    for section, name, what in draw.sample(everything, draw.randint(1, 4)):
        value, right, light = draw.choice([v for v in values(name, what) if v[1] or not all_right])
        chosen[section, name] = value
        runs &= light
        if not right:
            wrong.add((section, name))
    return base, chosen, runs, wrong, draw_sweep() if draw.random() < 0.3 else ""


def run_unchecked(settings):
    """A trial of refused settings, without what refused them."""
    words = [f"{name}={written(value)}" for (_, name), value in settings.items() if name != "name"]
    return subprocess.run([unchecked, settings["task", "name"], *words], capture_output=True, text=True, timeout=300)


def is_in_vain(base, chosen, sentence, ran):
    """True if a setting that the message names, by its name or value, has no effect."""
    named = [key for key, value in chosen.items() if key[1] in sentence or written(value) in sentence]
    return any(run_unchecked({**base, **{k: v for k, v in chosen.items() if k != key}}).stdout == ran.stdout for key in named)


def said(refused):
    """The sentences of all errors, without the lines of the recipe that they quote."""
    return [line.split("error:", 1)[1] for line in refused.stderr.split("\n") if "error:" in line]


def fail(text, sentence, *outputs):
    print(f"FAILED: {sentence}\n{text}", *(o.stdout + o.stderr for o in outputs), sep="\n")
    sys.exit(1)


counts = {"accepted": 0, "run": 0, "refused": 0, "refused together": 0, "failed unchecked": 0, "in vain": 0}
path = pathlib.Path("r.yaml")
for i in range(recipes):
    base, chosen, runs, wrong, sweep = draw_recipe()
    text, tree = make({**base, **chosen})
    text += sweep
    path.write_text(text)
    config, dry = gatebench("config", str(path)), gatebench("run", str(path), "--dry-run", "-q", "-o", "out", "-j1")
    if config.returncode not in (0, 2):
        fail(text, f"config ends with {config.returncode}", config)
    if config.returncode != dry.returncode:
        fail(text, f"config ends with {config.returncode}, --dry-run with {dry.returncode}", config, dry)
    if validator.is_valid(tree) != (not wrong):
        fail(text, f"the schema does not agree; beyond their ranges: {wrong}", config)
    if config.returncode == 0:
        if wrong:
            fail(text, f"accepted with {wrong}", config)
        counts["accepted"] += 1
        if runs:
            ran = gatebench("run", str(path), "-o", f"out{i}", "-j1", "-q")
            if ran.returncode:
                fail(text, f"config accepts it, and it ends with {ran.returncode}", ran)
            counts["run"] += 1
        continue
    if "error:" not in config.stderr or "^" not in config.stderr:
        fail(text, "refused without a caret", config)
    for section, name in wrong:
        if not any(name in sentence for sentence in said(config)):
            fail(text, f"refused without a word on {name}", config)
    counts["refused" if wrong else "refused together"] += 1
    if not sweep and (wrong or runs):
        ran = run_unchecked({**base, **chosen})
        sentence = said(config)[0]
        in_vain = ran.returncode == 0 and not wrong and (
            any(words in sentence for words in meaningless) or is_in_vain(base, chosen, sentence, ran))
        if ran.returncode == 0 and not in_vain:
            fail(text, "refused, and it would have run", config, ran)
        counts["in vain" if in_vain else "failed unchecked"] += 1
    if wrong:  # without what is beyond its range it is accepted, or a rule names it: the rest may not go with its default
        path.write_text(make({**base, **{k: v for k, v in chosen.items() if k not in wrong}})[0] + sweep)
        again = gatebench("config", str(path))
        left = [name for _, name in wrong if f"{name}:" not in sweep]  # what is swept may still not go together
        if any(sentence.startswith((f" {name} is ", f" {name}: ", f" unknown {name} ")) for name in left for sentence in said(again)):
            fail(text, "still refused", config, again)
print(", ".join(f"{v} {k}" for k, v in counts.items()))
