# SPDX-License-Identifier: MIT
# title: Steps until solved
# caption: Share of trials that had solved their task, by training step (Kaplan-Meier).
# data: curves x=step y=valid_metric/share_solved group=cell panel=task,matching interval=survival
# xlabel: training step
# ylabel: share that solved it

# Lines that would coincide are drawn slightly beside each other. Thin bars are the intervals, drawn where the curve
# rises; ticks are trials that ended unsolved. An arm without a solved trial has no line: the panel names it instead.
key_with = 'lines'
log_x = 0
x_tics = linear_tics
x_range = sprintf('set xrange [0:%.10g]', 1.02 * x_most)
lift(g) = 0.008 * (g - (groups + 1) / 2.0)
shown(g) = solved[block(p, g)] > 0
RISES = 'for [g = 1:groups] data index mean_block[block(p, g)] using ($4 + x_most * lift(g)):(shown(g) ? $6 : NaN):(0):($7 - $6) with vectors nohead lt style[g] dt 1 lw 0.5 notitle'
STEPS = 'for [g = 1:groups] data index mean_block[block(p, g)] using 4:(shown(g) ? $5 + lift(g) : NaN) with steps lt style[g] notitle'
ENDS = 'for [g = 1:groups] data index seed_block[block(p, g)] using ($6 == 0 ? $4 : NaN):(shown(g) ? $5 + lift(g) - 0.02 : NaN):(0):(0.04) with vectors nohead lt style[g] dt 1 lw 1.2 notitle'
end_labels = 0
none = (sum [i = 1:panels * groups] solved[i]) == 0
if (none) { panel_lines = groups + 1; x_title = ''; y_title = ''; key_with = '' }
do for [pass = 1:2] {
    eval pass_begin
    if (none) { unset border }
    do for [p = 1:panels] {
        eval place(p)
        set format y '%.2f'
        never = ''
        names = ''
        lines = 0
        any = 0
        do for [g = 1:groups] {
            if (tried[block(p, g)] && !shown(g)) { never = never.sprintf('%s: none of %d solved it', group_title[g], tried[block(p, g)])."\n"; names = names.(lines ? ', ' : '').group_title[g]; lines = lines + 1 }
            any = any || shown(g)
        }
        wide = 0
        do for [g = 1:groups] { if (tried[block(p, g)] && !shown(g)) { wide = larger(wide, strlen(group_title[g]) + 21) } }
        if (!none && (lines > 3 || wide * 0.87 * letter > column_width)) { never = wrap('none solved it: '.names, column_width / letter); lines = text_lines_of(never) }
        part = smaller(0.6, lines * 1.2 * line / row_inner[row_of(p)]) # of the panel: room for the words
        set yrange [-0.03:1.05 + 1.08 * part / (1 - part)]
        set ytics 0, 0.25, 1
        set label 5 never noenhanced at graph 0.03, graph 1 - 0.7 * line / row_inner[row_of(p)] left font font_small tc rgb ink
        if (none) { unset xtics; unset ytics; unset grid }
        if (any) { plot @RISES, @STEPS, @ENDS } else { plot [0:1] NaN notitle }
        eval placed
    }
    eval pass_end
}
