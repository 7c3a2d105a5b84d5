#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# One recipe, read by the YAML readers of five experiment tools.
#
# PyYAML 6.0.4, ruamel.yaml 0.18.17, libfyaml 1.0.0b2, OmegaConf 2.4.0 (Hydra), jsonargparse 4.53.0 (Lightning's CLI).
# Expected: PyYAML reads YAML 1.1 (2e-3 is text); the others read 1.2 or correct 1.1 in the same way.
# Observed: no two readers agree on all of ten scalars. OmegaConf and jsonargparse read 2e-3 as a number, but 010 as
#   8, no as False and 1:30 as 90; 08 is text in OmegaConf and 8 in jsonargparse. ruamel.yaml reads YAML 1.2, but 0b11
#   and 1_000 as numbers, as in 1.1; libfyaml reads both as text. 1e400 is text, infinity or both.
# gatebench: recipes use, and `config` prints, only forms that all readers understand alike: 0.002, "no", 1000; never
#   2e-3, 1_000 or a bare no. 010 and similar forms are refused.
set -euo pipefail
# shellcheck source=findings/common.sh
. "$(dirname "$(readlink -f "$0")")/../common.sh"
packages PyYAML==6.0.4 ruamel.yaml==0.18.17 libfyaml==1.0.0b2 omegaconf==2.4.0 jsonargparse==4.53.0
see venv/bin/python - <<'E2'
from typing import Any

import libfyaml
import yaml
from jsonargparse import ArgumentParser
from omegaconf import OmegaConf
from ruamel.yaml import YAML

parser = ArgumentParser()
parser.add_argument("--lr", type=Any)
READERS = {
    "PyYAML": lambda t: yaml.safe_load(t)["lr"],
    "ruamel": lambda t: YAML(typ="safe").load(t)["lr"],
    "libfyaml": lambda t: libfyaml.loads(t)["lr"].to_python(),
    "OmegaConf": lambda t: OmegaConf.create(t)["lr"],
    "jsonargparse": lambda t: parser.parse_string(t).lr,
}
print("%-8s" % "", *["%-13s" % name for name in READERS])
for text in "2e-3", "1e+3", "010", "08", "0b11", "1_000", "no", "1:30", "1e400", "0.002":
    print("%-8s" % text, *["%-13s" % repr(read("lr: " + text)) for read in READERS.values()])
E2
compare <<'E2'
         PyYAML        ruamel        libfyaml      OmegaConf     jsonargparse 
2e-3     '2e-3'        0.002         0.002         0.002         0.002        
1e+3     '1e+3'        1000.0        1000.0        1000.0        1000.0       
010      8             10            10            8             8            
08       '08'          8             8             '08'          8            
0b11     3             3             '0b11'        3             3            
1_000    1000          1000          '1_000'       1000          1000         
no       False         'no'          'no'          False         False        
1:30     90            '1:30'        '1:30'        90            90           
1e400    '1e400'       inf           '1e400'       inf           inf          
0.002    0.002         0.002         0.002         0.002         0.002        
E2
