#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The report in a browser, as a phone, a laptop and a wide screen show it, light and dark: nothing in the console, no
request, no scrolling sideways, text with a contrast of at least 4.5; and printed. look_at_report.py PAGE; exit code 77
without chromium."""
import html
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

PROBE = """
<script>
addEventListener("load", function () {
  document.querySelectorAll("details").forEach(function (part) { part.open = true; });
  function numbers(colour) { return (colour.match(/[\\d.]+/g) || []).map(Number); }
  function background(element) {
    for (var at = element; at; at = at.parentElement) {
      var c = numbers(getComputedStyle(at).backgroundColor);
      if (c.length === 3 || c[3] === 1) { return c; }
    }
    return numbers(getComputedStyle(document.body).backgroundColor);
  }
  function light(c) {
    var l = c.slice(0, 3).map(function (v) {
      v = Math.min(255, v) / 255;
      return v > 0.04045 ? Math.pow((v + 0.055) / 1.055, 2.4) : v / 12.92;
    });
    return 0.2126 * l[0] + 0.7152 * l[1] + 0.0722 * l[2];
  }
  function brightness(element) {
    for (var at = element; at; at = at.parentElement) {
      var filter = getComputedStyle(at).filter.match(/brightness\\(([\\d.]+)\\)/);
      if (filter) { return Number(filter[1]); }
    }
    return 1;
  }
  var faint = [], least = 21, texts = 0, walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    var element = walker.currentNode.parentElement, style = getComputedStyle(element);
    if (!walker.currentNode.data.trim() || /SCRIPT|STYLE/.test(element.tagName) || !element.getClientRects().length) {
      continue;
    }
    var svg = element.closest("svg"), times = brightness(element);
    var ink = numbers(svg ? style.fill : style.color).map(function (v, i) { return i === 3 ? v : v * times; });
    var a = light(ink), b = light(background(svg ? svg.parentElement : element));
    var contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    texts++;
    least = Math.min(least, contrast);
    if (!(contrast >= 4.5)) {
      faint.push(contrast.toFixed(2) + " " + walker.currentNode.data.trim().slice(0, 40));
    }
  }
  var said = { width: innerWidth, wide: document.documentElement.scrollWidth, texts: texts, faint: faint, least: least,
    sorters: document.querySelectorAll("th button").length, dark: matchMedia("(prefers-color-scheme: dark)").matches };
  var head = document.querySelector("table.sortable th button"), table = head ? head.closest("table") : null;
  if (head) {
    head.click();
    said.sorted = Array.from(table.tBodies[0].rows).map(function (row) { return row.cells[0].textContent.trim(); });
  }
  document.getElementById("theme").click();
  said.toggled = document.documentElement.dataset.theme;
  document.body.setAttribute("data-probe", JSON.stringify(said));
});
</script>
"""

# A frame is as narrow as it is asked to be; a browser's window is not.
FRAME = """<!DOCTYPE html><html><head><meta charset="utf-8"><meta name="color-scheme" content="light dark">
<link rel="icon" href="data:,"></head><body>
<iframe style="border: 0; color-scheme: light dark" width="%d" height="%d" srcdoc="%s"></iframe>
<script>
setInterval(function () {
  var probe = frames[0].document.body && frames[0].document.body.dataset.probe;
  if (probe) { document.body.dataset.probe = probe; }
}, 50);
</script></body></html>"""

browser = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
if not browser:
    print("skipped: chromium is not installed")
    sys.exit(77)


def start(page, *words):
    with tempfile.TemporaryDirectory() as profile:
        return subprocess.run(
            [browser, "--headless=new", "--no-sandbox", "--disable-gpu", "--enable-logging=stderr", "--log-level=0",
             "--host-resolver-rules=MAP * ~NOTFOUND", "--user-data-dir=" + profile, *words, "file://" + page],
            capture_output=True, text=True, errors="replace", timeout=300, check=False)


def main():
    page, wrong = os.path.realpath(sys.argv[1]), []
    text = open(page, encoding="utf-8").read()
    with tempfile.TemporaryDirectory() as folder:
        probed = os.path.join(folder, "probed.html")
        for width, height in ((390, 844), (1280, 800), (1920, 1080)):
            with open(probed, "w", encoding="utf-8") as file:
                file.write(FRAME % (width, height, html.escape(text.replace("</body>", PROBE + "</body>"))))
            for dark in (False, True):
                seen = start(probed, "--window-size=2000,1200", "--dump-dom", "--virtual-time-budget=5000",
                             f"--blink-settings=preferredColorScheme={0 if dark else 1}")
                where = f"{width} pixels, {'dark' if dark else 'light'}"
                found = re.search(r'data-probe="([^"]*)"', seen.stdout)
                if not found:
                    wrong.append(f"{where}: the page's scripts did not end: {seen.stderr[-600:]}")
                    continue
                said = json.loads(html.unescape(found.group(1)))
                if said["dark"] != dark or said["width"] != width:
                    wrong.append(f"{where}: the browser did not take the theme and the size")
                if said["wide"] > said["width"]:
                    wrong.append(f"{where}: {said['wide']} pixels wide, so it scrolls sideways")
                if said["faint"]:
                    wrong.append(f"{where}: contrast below 4.5 of {len(said['faint'])} of {said['texts']} texts: "
                                 f"{said['faint'][:5]}")
                if said.get("sorted") != sorted(said.get("sorted") or [], key=str.casefold):
                    wrong.append(f"{where}: a click on a heading did not sort: {said.get('sorted')}")
                if said["toggled"] != ("light" if dark else "dark"):
                    wrong.append(f"{where}: the button did not change the theme")
                wrong += [f"{where}: {line}" for line in seen.stderr.splitlines() if "CONSOLE" in line]
                print(f"{where}: {said['texts']} texts, {said['sorters']} sortable columns, {said['wide']} wide, "
                      f"least contrast {said['least']:.2f}")
        printed = os.path.join(folder, "printed.pdf")
        start(page, "--print-to-pdf=" + printed)
        if not os.path.exists(printed) or open(printed, "rb").read(4) != b"%PDF":
            wrong.append("it cannot be printed")
    for line in wrong:
        print("FAILED:", line)
    sys.exit(bool(wrong))


main()
