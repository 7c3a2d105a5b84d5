#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# What config accepts runs; what it refuses, the schema and --dry-run refuse too. A small sample of ranges.py.
# shellcheck source-path=SCRIPTDIR source=common.sh
source "$(dirname "$0")/common.sh"
unchecked=$(dirname "$program")/unchecked_trial
python3 -c 'import jsonschema' 2>/dev/null || exit 77
python3 "$here/ranges.py" "$program" "$unchecked" 12 >out 2>err || fail "ranges.py"
finish
