# SPDX-License-Identifier: MIT
"""check_yaml.py GATEBENCH RECIPE...: readers of YAML 1.1 (PyYAML) and 1.2 (ruamel.yaml if installed, else PyYAML with the rules
of 1.2) read the same values from each recipe as gatebench: for gatebench, the file that PyYAML writes back is the same recipe."""
import pathlib
import re
import subprocess
import sys

import yaml


class Core(yaml.SafeLoader):
    """The core schema of YAML 1.2."""


Core.yaml_implicit_resolvers = {}
for kind, pattern, first in (("bool", r"true|True|TRUE|false|False|FALSE", "tTfF"), ("null", r"~|null|Null|NULL|", ["~", "n", "N", ""]),
                             ("int", r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+", "-+0123456789"),
                             ("float", r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)",
                              "-+.0123456789")):
    Core.add_implicit_resolver(f"tag:yaml.org,2002:{kind}", re.compile(f"^(?:{pattern})$"), list(first))


def readers():
    yield "PyYAML (1.1)", yaml.safe_load
    yield "YAML 1.2", lambda text: yaml.load(text, Core)
    try:
        from ruamel.yaml import YAML
        yield "ruamel.yaml", lambda text: YAML(typ="safe", pure=True).load(text)
    except ImportError:
        pass


def typed(value):
    """Numbers with their types, so that 1 is not True. 1 and 1.0 are one value."""
    if isinstance(value, dict):
        return {k: typed(v) for k, v in value.items()}
    if isinstance(value, list):
        return [typed(v) for v in value]
    return ("number", float(value)) if isinstance(value, (int, float)) and not isinstance(value, bool) else (type(value).__name__, value)


def config(program, path):
    return subprocess.run([program, "config", path], capture_output=True, text=True, check=True).stdout


bad = 0
for path in sys.argv[2:]:
    text = pathlib.Path(path).read_text()
    found = {name: typed(read(text)) for name, read in readers()}
    if any(value != found["PyYAML (1.1)"] for value in found.values()):
        print(f"{path}: not the same to {', '.join(found)}")
        bad += 1
    folder = pathlib.Path("rewritten")
    folder.mkdir(exist_ok=True)
    again = folder / pathlib.Path(path).name
    again.write_text(yaml.safe_dump(yaml.safe_load(text), sort_keys=False))
    if typed(yaml.safe_load(config(sys.argv[1], str(again)))) != typed(yaml.safe_load(config(sys.argv[1], path))):
        print(f"{path}: another recipe after PyYAML wrote it back")
        bad += 1
sys.exit(bad > 0)
