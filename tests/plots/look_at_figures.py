#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""No two texts in gnuplot's pictures overlap or touch, and none is cut by the edge. look_at_figures.py SVG... The widths of letters
are those of DejaVu Sans, the widest of the usual ones."""
import os
import re
import sys
import xml.etree.ElementTree as tree

SVG = "{http://www.w3.org/2000/svg}"
NARROW, WIDE = "ijlI.,:;'|!()[]/ ", "mwMW%@—…"


def width_of(text, size):
    return size * sum(0.33 if c in NARROW else 0.95 if c in WIDE else 0.61 for c in text)


def words_of(element):
    """The text as it is seen, and the size of its largest letters."""
    return "".join(element.itertext()), [float(e.get("font-size")) for e in element.iter() if e.get("font-size")]


def boxes(root):
    """(left, top, right, bottom, text) of every line of text; of letters without what stands above and below them."""
    for group in root.iter(SVG + "g"):
        place = re.match(r"translate\(([-\d.]+),([-\d.]+)\)(?: rotate\(([-\d.]+)\))?", group.get("transform") or "")
        for element in group.findall(SVG + "text") if place else ():
            text, _ = words_of(element)
            if not text.strip():
                continue
            x, y, angle = float(place[1]), float(place[2]), float(place[3] or 0) % 360
            size = float(group.get("font-size"))
            wide = width_of(text.strip(), size)
            start = {"start": 0, "middle": -wide / 2, "end": -wide}[group.get("text-anchor") or "start"]
            up, down = 0.62 * size, 0.05 * size
            if angle == 0:
                yield x + start, y - up, x + start + wide, y + down, text
            elif angle == 270:  # read from below upwards
                yield x - up, y - start - wide, x + down, y - start, text


def wrong_in(path):
    root = tree.parse(path).getroot()
    _, _, wide, high = (float(number) for number in root.get("viewBox").split())
    found = list(boxes(root))
    for i, (left, top, right, bottom, text) in enumerate(found):
        if left < -2 or top < -2 or right > wide + 2 or bottom > high + 2:
            yield f'"{text}" is cut by the edge'
        for other_left, other_top, other_right, other_bottom, other in found[i + 1:]:
            across = min(right, other_right) - max(left, other_left)
            down = min(bottom, other_bottom) - max(top, other_top)
            if across > -1 and down > 1 and (text, left, top) != (other, other_left, other_top):
                yield f'"{text}" and "{other}" lie over each other'


def main():
    count = 0
    for path in sys.argv[1:]:
        for wrong in wrong_in(path):
            print(f"{os.path.basename(path)}: {wrong}")
            count += 1
    sys.exit(bool(count))


main()
