# SPDX-License-Identifier: MIT
"""check_schema.py SCHEMA RECIPE...: each recipe is valid, and stops being so when it is broken in typical ways."""
import copy
import json
import re
import sys

import jsonschema
import yaml


class Loader(yaml.SafeLoader):
    """YAML 1.2 as libfyaml and editors read it: no, yes, on and off are words, 1e-3 is a number."""


Loader.yaml_implicit_resolvers = {
    first: [(tag, regexp) for tag, regexp in rules if not tag.endswith((":bool", ":float"))]
    for first, rules in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("^(true|false)$"), list("tf"))
Loader.add_implicit_resolver(
    "tag:yaml.org,2002:float", re.compile(r"^[-+]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][-+]?[0-9]+)$|^[-+]?[0-9]+\.[0-9]*$"), list("-+.0123456789"))


def broken(recipe):
    """Recipes with one mistake each."""
    mistakes = [("modle", {}), ("model", {"hiden": 3}), ("model", {"hidden": 0}), ("model", {"cell": "lstn"}),
                ("train", {"optimizer": "adma"}), ("train", {"steps": "many"}), ("sweep", {"sed": [1, 2]}),
                ("task", {"name": "recal"}), ("measure", ["acuracy"]), ("claim", "2"), ("name", "a b")]
    for key, value in mistakes:
        wrong = copy.deepcopy(recipe)
        wrong[key] = value
        yield f"{key}: {value}", wrong


schema = json.load(open(sys.argv[1]))
jsonschema.Draft202012Validator.check_schema(schema)
validator = jsonschema.Draft202012Validator(schema)
bad = 0
for path in sys.argv[2:]:
    recipe = yaml.load(open(path), Loader)
    for error in validator.iter_errors(recipe):
        print(f"{path}: {error.json_path}: {error.message[:200]}")
        bad += 1
    for mistake, wrong in broken(recipe):
        if validator.is_valid(wrong):
            print(f"{path}: the schema accepts it with {mistake}")
            bad += 1
sys.exit(bad > 0)
