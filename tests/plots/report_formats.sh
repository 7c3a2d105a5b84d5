#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The report of a recipe whose question contains markup: every format, only changed figures are drawn again, gnuplot is
# missing or fails, and the page in a browser if there is one.
# shellcheck source-path=SCRIPTDIR source=../cli/common.sh
source "$(dirname "$0")/../cli/common.sh"
long=$(printf 'long %.0s' $(seq 60))
question="Is <b>\"gru\"</b> & 'rnn' \`touch canary\` \$(touch canary) \\\\input{/etc/passwd} 字 Д ½ $long?"
cat >yaml.py <<'E2'
import json, sys
lines = open(sys.argv[1], encoding="utf-8").read().split("\n")
lines = ["question: " + json.dumps(sys.argv[2], ensure_ascii=False) if l.startswith("question:") else l for l in lines]
lines.append("compare: [{a: gru, b: rnn, metric: accuracy, margin: 0.02}]")
open("mine.yaml", "w", encoding="utf-8").write("\n".join(lines).replace("name: tiny", "name: mine").replace("claim: C2\n", ""))
E2
python3 yaml.py "$here/tiny.yaml" "$question"
expect 0 run mine.yaml -q

# Tables with chosen columns.
expect 0 export mine --latex --cols cell,accuracy
[ "$(grep -c ' & .*\\\\$' out)" -eq 3 ] || fail "$last: not a header and two arms"
says out '\begin{tabular}{lr}'
expect 0 export mine --csv --cols n,cell
[ "$(head -1 out)" = n,cell ] || fail "$last: not the order that was asked for"
expect 2 export mine --latex --cols cell,acuracy
says err "there is no column acuracy; there are: "
expect 2 export mine --tensorboard logs --cols cell
expect 2 report mine --format docx
says err "html, md, latex or pdf"

if ! command -v gnuplot >/dev/null; then
  finish
fi

# A report of one run opens with its question and what it compares, without claims that it says nothing about.
expect 0 report mine -o page.html
says page.html "<h1>Is &lt;b&gt;&quot;gru&quot;&lt;/b&gt; &amp; &#39;rnn&#39;"
says page.html "gru or rnn by accuracy"
says page.html "margin 0.02, declared by the recipe"
grep -q 'id="C1"' page.html && fail "$last: a claim without evidence"
[ ! -e canary ] || fail "$last: the question was run"
if command -v xmllint >/dev/null; then
  xmllint --noout page.html || fail "$last: not well-formed"
fi
if command -v tidy >/dev/null; then
  tidy -q -e page.html >err 2>&1 || fail "$last: tidy has remarks"
fi

# Changed figures are drawn again; the files' times do not matter.
figure=runs/plots/mine-learning_curves
touch -d '2 hours ago' $figure.csv $figure.gp
touch -d '1 hour ago' $figure.svg
stat -c %Y $figure.svg >before
touch runs/mine.h5
expect 0 report mine -o page.html
stat -c %Y $figure.svg | cmp -s - before || fail "$last: a figure was drawn again although nothing changed"
echo '# changed' >>$figure.gp
expect 0 report mine -o page.html
stat -c %Y $figure.svg | cmp -s - before && fail "$last: a figure whose script was changed was not drawn again"

# The other formats; their figures are files beside the report.
expect 0 report mine --format md -o md/page.md
grep -q '^| cell |' md/page.md || fail "$last: no table"
[ -s md/mine-learning_curves.svg ] || fail "$last: no figure beside it"
expect 0 report mine --format latex -o tex/page.tex
says tex/page.tex '\textbackslash{}input\{/\allowbreak{}etc/\allowbreak{}passwd\}'
if command -v pdftotext >/dev/null; then # pdftotext omits words that the edge cuts
  pdftotext tex/mine-comparison-1.pdf out
  says out 'shaded: equivalent'
fi
if command -v pdflatex >/dev/null && kpsewhich booktabs.sty >/dev/null; then
  (cd tex && pdflatex -interaction=batchmode -halt-on-error page.tex) >out 2>err || fail "$last: pdflatex stops at it"
  expect 0 report mine --format pdf -o page.pdf
  [ "$(head -c 4 page.pdf)" = %PDF ] || fail "$last: no PDF"
fi
mkdir -p only
for word in gnuplot sh; do
  ln -sf "$(command -v $word)" only/$word
done
PATH=$work/only expect 5 report mine --format pdf -o page.pdf
says err "install the package texlive-latex-recommended"

# gnuplot missing or failing: a sentence, exit code 5, the page without the figure, and the results as they were.
sha256sum runs/mine.h5 runs/mine/trials/* >before
rm -r runs/plots only/gnuplot
PATH=$work/only expect 5 report mine -o page.html
says err "install the package gnuplot-nox"
says page.html "Not drawn: "
printf '#!/bin/sh\necho no such terminal >&2\nexit 1\n' >only/gnuplot
chmod +x only/gnuplot
PATH=$work/only expect 5 report mine -o page.html
says err "no such terminal"
says page.html "</html>"
sha256sum --quiet -c before || fail "$last: results were touched"

# Every figure of the full runs can be drawn, and the page is small enough to be sent.
cp -r "$here/../../results/reference" reference
expect 0 report ./reference -o reference.html
python3 "$here/../plots/look_at_figures.py" reference/plots/*.svg >out 2>err || fail "texts of a figure meet"
[ "$(stat -c %s reference.html)" -le 3000000 ] || fail "$last: $(stat -c %s reference.html) bytes"
expect 0 report mine -o page.html
python3 "$here/../plots/look_at_report.py" page.html >out 2>err
code=$?
[ $code -eq 0 ] || [ $code -eq 77 ] || fail "the report in a browser"
finish
