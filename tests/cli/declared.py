#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Changes, adds and removes each item that a run declares before its first trial (comparisons, looks, claims, published
numbers); show, compare, verdict and report must each report the change, and report nothing when nothing was changed.

declared.py PROGRAM SOURCE, the source tree, whose shipped files are laid out as an installation does and edited there."""
import copy
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

try:
    import yaml
except ImportError as missing:
    print("skipped:", missing)
    sys.exit(77)

program, source = os.path.realpath(sys.argv[1]), os.path.realpath(sys.argv[2])
work = tempfile.mkdtemp(prefix="gatebench-declared-")
share, runs = os.path.join(work, "share"), os.path.join(work, "runs")
environment = {k: v for k, v in os.environ.items() if not k.startswith("GATEBENCH_")}
environment.update(GATEBENCH_SHARE=share, COLUMNS="400", HOME=work)
failures = tried = 0

RECIPE = {"name": "adding", "task": {"name": "adding", "length": 4, "examples": 20},
          "model": {"hidden": 4, "backend": "reference"}, "train": {"batch": 4, "steps": 4, "evaluate_every": 2},
          "sweep": {"cell": ["rnn", "gru", "lstm"], "seed": [1, 2]},
          "compare": [{"a": "gru", "b": "lstm", "metric": "mse", "margin": 0.02, "solved": 0.01},
                      {"a": "gru", "b": "rnn", "metric": "accuracy", "margin": 0.1}]}


def run(*words, code=(0,)):
    done = subprocess.run([program, *words], capture_output=True, text=True, env=environment, cwd=work)
    assert done.returncode in code, f"{' '.join(words)}: exit {done.returncode}: {done.stderr}"
    return done.stdout + done.stderr


def write(path, document):
    with open(os.path.join(work, path), "w") as file:
        json.dump(document, file)


def told(results):
    """What each command prints, entities and line ends of tables undone."""
    html = ""
    for named in ([results], []):  # a run that is named is reported by its comparisons, all runs by the claims
        page = os.path.join(work, "report.html")
        environment["GATEBENCH_RESULTS"] = os.path.dirname(results)
        run("report", *named, "-o", page, code=(0, 5))
        del environment["GATEBENCH_RESULTS"]
        html += open(page, encoding="utf-8").read()
    texts = {"show": run("show", results), "compare": run("compare", results, code=(0, 2)),
             "verdict": run("verdict", results, "-v") + run("verdict", results, "--published"), "report": html}
    return {name: re.sub(r"\s+", " ", t.replace("&#39;", "'").replace("&quot;", '"')) for name, t in texts.items()}


def check(what, results, *sentences):
    global failures, tried
    tried += 1
    for name, words in told(results).items():
        for sentence in sentences:
            if not any(s in words for s in sentence.split("|")):
                failures += 1
                print(f"{what}: {name} does not say '{sentence}'")


def edit_recipe():
    """Each key of each comparison changed, removed, added; a comparison more and less. A recipe that is changed back says when."""
    other = {"a": "rnn", "b": "rnn", "metric": "accuracy", "margin": 0.5, "solved": 0.5}
    other_second = {"a": "lstm", "b": "lstm", "metric": "mse", "margin": 0.5, "solved": 0.5}
    for i, values in enumerate((other, other_second)):
        for key, value in values.items():
            was = RECIPE["compare"][i].get(key)
            document = copy.deepcopy(RECIPE)
            document["compare"][i][key] = value
            words = f"changed from {was} to {value}" if was is not None else f"added: {value}"
            yield document, f"compare[{i + 1}].{key} {words} after"
        for key in ("margin", "solved"):
            if "margin" in RECIPE["compare"][i] and "solved" in RECIPE["compare"][i]:  # one of them must stay
                document = copy.deepcopy(RECIPE)
                del document["compare"][i][key]
                yield document, f"compare[{i + 1}].{key} removed, was {RECIPE['compare'][i][key]} after"
    yield dict(RECIPE, compare=RECIPE["compare"][:1]), "compare[2] removed, was {"
    yield dict(RECIPE, compare=[*RECIPE["compare"], {"a": "rnn", "b": "lstm", "metric": "mse", "margin": 0.2}]), "compare[3] added: {"
    yield {k: v for k, v in RECIPE.items() if k != "compare"}, "compare removed, was ["


def check_recipes():
    for document, sentence in edit_recipe():
        folder = tempfile.mkdtemp(dir=work)
        shutil.copytree(runs, os.path.join(folder, "runs"))
        write("edited.yaml", document)
        run("run", "edited.yaml", "-q", "-o", os.path.join(folder, "runs"))
        check("the recipe", os.path.join(folder, "runs", "adding.h5"), sentence)


def check_looks():
    """No option can change the looks; an edit of looks.yaml by hand is reported."""
    for old, new, sentence in (("seeds: 4", "seeds: 5", "looks[2].seeds changed from 4 to 5 after the first trial"),
                               ("  - {seeds: 4", "# - {seeds: 4", "looks[2] removed")):
        folder = tempfile.mkdtemp(dir=work)
        run("run", "recipe.yaml", "-q", "-o", folder, "--until", "decided", "--max-seeds", "4", "--looks", "2")
        assert "after the first trial" not in run("show", os.path.join(folder, "adding.h5"))
        path = os.path.join(folder, "adding", "looks.yaml")
        text = open(path).read()
        assert old in text, text
        head, tail = text.split("taken:")
        open(path, "w").write(head.replace(old, new) + "taken:" + tail)
        run("merge", os.path.join(folder, "adding"))
        check("the looks", os.path.join(folder, "adding.h5"), sentence)


def another(value):
    """A value of the same kind."""
    if isinstance(value, list):
        return [another(value[0]), *value[1:]] if value and not isinstance(value[0], str) else ["gru_no_reset"]
    if isinstance(value, bool) or value in ("yes", "no"):
        return "no"
    return value + 1 if isinstance(value, (int, float)) else value + " or not" if " " in value else "rnn"


def dump(path, document):
    with open(os.path.join(share, path), "w") as file:
        yaml.safe_dump(document, file, sort_keys=False, width=1000)


def check_claims(results):
    shipped = yaml.safe_load(open(os.path.join(share, "claims.yaml")))
    fed = [i for i, c in enumerate(shipped["claims"]) if "adding" in c["recipes"]]
    for i in fed:
        claim = shipped["claims"][i]
        for key in ("rule", "a", "b", "recipes"):
            value = ["recall", "adding"] if key == "recipes" else another(claim[key])
            check_claim(results, shipped, i, dict(claim, **{key: value}), f"{key} changed from " if key == "rule" else f"{key}")
        for key, value in claim["thresholds"].items():
            check_claim(results, shipped, i, dict(claim, thresholds=dict(claim["thresholds"], **{key: value + 1})),
                        f"thresholds.{key} changed from ")
        judge = next(c for c in shipped["claims"] if c["judge"] != claim["judge"] and "b" in c)
        check_claim(results, shipped, i, dict(claim, judge=judge["judge"], thresholds=dict(judge["thresholds"], **claim["thresholds"])),
                    f"judge changed from {claim['judge']} to {judge['judge']}")
        check_claim(results, shipped, i, dict(claim, recipes=["recall"]), f"claim {claim['id']}: recipes[1] changed")
        check_claim(results, shipped, i, None, f"claim {claim['id']}: removed after the first trial")
        check_claim(results, shipped, i, dict(claim, id="C9"),
                    "claim C9: added after the first trial|the claim was added after the run started")
        check_claim(results, shipped, i, dict(claim, id="C9"), f"claim {claim['id']}: removed after the first trial")
    dump("claims.yaml", shipped)


def check_claim(results, shipped, i, claim, sentence):
    claims = list(shipped["claims"])
    claims[i:i + 1] = [claim] if claim else []
    dump("claims.yaml", {"claims": claims})
    check("claim " + shipped["claims"][i]["id"], results, sentence)


def check_published(results):
    name = "published/bai2018.yaml"
    shipped = yaml.safe_load(open(os.path.join(share, name)))
    i = next(i for i, n in enumerate(shipped["numbers"]) if n["task"] == "adding" and n["cell"] == "GRU")
    number = shipped["numbers"][i]
    edits = [(dict(number, **{key: another(value)}), f"{key}")
             for key, value in number.items() if key in ("value", "band", "parameters", "measured_by")]
    edits += [(dict(number, parameter_tolerance=0.2), "parameter_tolerance added: 0.2"), (dict(number, bound="above"), "bound added: above"),
              (dict(number, incomparable="other data"), "incomparable added: other data"),
              ({k: v for k, v in number.items() if k != "band"}, "band removed, was [0, 0.01]"),
              (None, "GRU mse: removed after the first trial"),
              (dict(number, paper={"length": 4}), "GRU mse: removed after the first trial")]
    for edited, sentence in edits:
        numbers = list(shipped["numbers"])
        numbers[i:i + 1] = [edited] if edited else []
        dump(name, dict(shipped, numbers=numbers))
        check("published number", results, sentence)
    dump(name, dict(shipped, numbers=[]))
    check("published file", results, "bai2018, adding length=600 positions=anywhere GRU mse: removed after the first trial")
    dump(name, shipped)


def main():
    os.makedirs(share)
    for name, path in (("recipes", "experiments/recipes"), ("published", "results/published"), ("plots/figures", "plots/figures"),
                       ("plots/report", "plots/report")):
        shutil.copytree(os.path.join(source, path), os.path.join(share, name))
    for name, path in (("claims.yaml", "experiments/claims.yaml"), ("advice.yaml", "experiments/advice.yaml"),
                       ("catalog.yaml", "datasets/catalog.yaml")):
        shutil.copy(os.path.join(source, path), os.path.join(share, name))
    write("recipe.yaml", RECIPE)
    run("run", "recipe.yaml", "-q", "-o", runs)
    results = os.path.join(runs, "adding.h5")
    for name, words in told(results).items():
        for word in ("after the first trial", "changed from", "was added after"):
            assert word not in words, f"{name} tells of a change, and there is none: {word}"
    check_recipes()
    check_looks()
    check_claims(results)
    check_published(results)
    shutil.rmtree(work)
    print(f"{tried} edits, {failures} not told")
    sys.exit(1 if failures else 0)


main()
