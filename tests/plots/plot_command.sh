#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# plot: --list, the user's own figures, --watch, a gnuplot that hangs; and the curve of the metric in the progress of a
# run.
# shellcheck source-path=SCRIPTDIR source=../cli/common.sh
source "$(dirname "$0")/../cli/common.sh"
expect 5 plot
says err "no results in"
expect 0 run "$here/tiny.yaml" -q

# No ticks as a series from, step, to: on a log axis gnuplot 5.4 multiplies by the step, and gnuplot 6.0 adds it, for ever from 1e-15.
! grep -nE 'tics [-+0-9.e]*[1-9][-+0-9.e]* *,' "$here"/../../plots/figures/*.gp || fail "a figure has ticks as a series; write a list"

# Without a run: the one whose results were written last.
expect 0 plot -o newest
says err "tiny, the newest run"
[ -s newest/tiny-learning_curves.svg ] || fail "plot: no figure of the newest run: $(ls newest)"
rm -rf newest

# The live line on a terminal, drawn five times per second of a trial of some seconds, has the course of the metric as blocks, and never more columns than the terminal.
cat >terminal.py <<'END'
import fcntl, os, pty, struct, sys, termios
columns, words = int(sys.argv[1]), sys.argv[2:]
child, terminal = pty.fork()
if child == 0:
    os.environ["TERM"] = "xterm"
    fcntl.ioctl(2, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    os.execv(words[0], words)
said = b""
while True:
    try:
        part = os.read(terminal, 65536)
    except OSError:
        break
    if not part:
        break
    said += part
os.waitpid(child, 0)
lines = [line for line in said.decode("utf-8", "replace").split("\r\x1b[K")[1:] if "\n" not in line]
print(max((sum(c in "▁▂▃▄▅▆▇█" for c in line) for line in lines), default=0), max(map(len, lines), default=0))
END
cat >course.yaml <<'END'
name: course
question: Does it fall?
task: {name: adding, length: 20, examples: 50}
model: {hidden: 16, cell: gru}
train: {lr: 0.002, batch: 8, steps: 30000, evaluate_every: 500}
sweep: {seed: [1]}
END
live() {
  python3 terminal.py "$1" "$program" run course.yaml seed="$2" -j1
}
read -r blocks longest < <(live 120 7)
[ "$blocks" -ge 3 ] || fail "the progress draws $blocks blocks"
[ "$longest" -le 119 ] || fail "the progress is $longest columns wide on a terminal of 120"
read -r blocks longest < <(live 30 8)
{ [ "$longest" -gt 0 ] && [ "$longest" -le 29 ]; } || fail "the progress is $longest columns wide on a terminal of 30"
read -r blocks longest < <(LC_ALL=C live 120 9)
[ "$blocks" -eq 0 ] || fail "the progress draws blocks on a terminal that shows none"

if ! command -v gnuplot >/dev/null; then
  finish
fi

# A gnuplot that hangs is ended after a minute; the tests below run meanwhile.
mkdir hanging
printf '#!/bin/sh\nexec sleep 1000\n' >hanging/gnuplot
chmod +x hanging/gnuplot
sha256sum runs/tiny.h5 runs/tiny/trials/* >before
(PATH=$work/hanging:$PATH "$program" plot tiny -o hung --format svg >hung.out 2>hung.err </dev/null
echo $? >hung.code) &

# The list names what these results can be drawn as, and draws none.
expect 0 plot tiny --list
says out "learning_curves"
grep -q '^learning_curves *yes ' out || fail "$last: the recipe's figure is not marked"
grep -q '^accuracy_by_gap ' out && grep -q '^accuracy_by_gap *yes ' out && fail "$last: a figure that nobody asked for is marked"
grep -q '^gradient_by_lag' out && fail "$last: a figure that these results cannot be drawn as"
[ -z "$(find . -name '*.gp' -not -path './hung/*')" ] || fail "$last: something was drawn"

# The user's own figure: found by name, in the lists, in a recipe; messages about errors in it name file and line.
mkdir figures
{
  printf '# title: Mine alone\n# caption: Each seed.\n# data: runs x=seed y=accuracy group=cell interval=dots\n'
  printf '# like: metric_by_setting\n'
} >figures/mine.gp
expect 0 plot tiny mine --format svg
says out "runs/plots/tiny-mine.svg"
says runs/plots/tiny-mine.svg "Mine alone"
expect 0 plot tiny --list
says out "mine"
expect 0 list figures
says out "mine"
sed -e 's/^name: tiny/name: own/' -e 's/^figures: .*/figures: [mine]/' "$here/tiny.yaml" >own.yaml
expect 0 run own.yaml -q
expect 0 plot own --format svg
says out "runs/plots/own-mine.svg"
expect 2 plot tiny min --format svg
says err 'did you mean "mine"'
sed 's/interval=dots/interval=dot/' figures/mine.gp >figures/wrong.gp
expect 2 plot tiny wrong --format svg
says err "figures/wrong.gp:3: interval= takes"

# A running run is drawn whenever a trial has ended, and once more at the end; its results are not changed.
sed 's/^name: tiny/name: long/' "$here/tiny.yaml" >long.yaml
"$program" run long.yaml steps=40000 seed=1..4 -q -j1 >/dev/null 2>&1 &
running=$!
made='runs/long+seed=1..4+steps=40000'
until [ -e "$made/plan.yaml" ] || ! kill -0 "$running"; do
  sleep 0.1
done
expect 0 plot long.yaml steps=40000 seed=1..4 --watch --format svg -o watched
says err "8 of 8 trials"
[ "$(grep -c ' of 8 trials$' err)" -ge 2 ] || fail "$last: it was drawn once only"
[ "$(find watched -name "*-learning_curves.svg" | wc -l)" -eq 1 ] || fail "$last: no picture, or several"
wait "$running" || fail "the run that was watched"
expect 0 plot long.yaml steps=40000 seed=1..4 --watch --term
says out "Learning curves"
expect 0 plot "long+seed=1..4+steps=40000" differences verdicts --watch --format svg -o watched
[ -s "$(find watched -name "*-differences.svg")" ] || fail "$last: no differences of a run that is watched"
# A run that ended with a trial over its limit is drawn, too, and not waited for.
sed -e 's/^name: tiny/name: ended/' -e 's/, steps: 6//' -e 's/  cell: .*/  steps: [6, 90000000]/' -e 's/hidden: 4,/hidden: 4, cell: gru,/' \
  -e '/quick:/d' -e '/profiles:/d' "$here/tiny.yaml" >ended.yaml
expect 1 run ended.yaml seed=1 -q --trial-time 1s
timeout 60 "$program" plot ended.yaml seed=1 --watch --format svg -o watched >out 2>err </dev/null || fail "plot --watch of a run that ended: $(cat err)"
says err "no process works on the run; 1 of 2 trials have finished"
[ -z "$(find "${TMPDIR:-/tmp}" -maxdepth 1 -name "gatebench-so-far-*" -newer own.yaml 2>/dev/null)" ] || fail "$last: its file is left"

wait
[ "$(cat hung.code)" = 5 ] || fail "gnuplot that hangs: exit code $(cat hung.code), not 5"
grep -q 'gnuplot took longer than 60 seconds on hung/.* and was ended' hung.err || fail "gnuplot that hangs: $(cat hung.err)"
sha256sum --quiet -c before || fail "gnuplot that hangs: results were touched"
finish
