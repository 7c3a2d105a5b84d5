#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The README's table of verdicts says what `gatebench verdict results/reference` says.
# front_page.sh <gatebench> <source folder>
# shellcheck source-path=SCRIPTDIR source=common.sh
source "$(dirname "$0")/common.sh"
expect 0 verdict "$2/results/reference" --json
json "len(j['claims']) == 6"
mv out verdicts
python3 - "$2/README.md" <<'END' || fail "README.md: its table of verdicts is not what the results files say"
import json, re, sys
rows = dict(re.findall(r"^\| (C\d) \| ([a-z ]+)", open(sys.argv[1]).read(), re.M))
for claim in json.load(open("verdicts"))["claims"]:
    said = rows.get(claim["claim"], "nothing")
    if not said.startswith(claim["outcome"]):
        sys.exit(f"{claim['claim']}: README.md says '{said.strip()}', the results files '{claim['outcome']}'")
END
finish
