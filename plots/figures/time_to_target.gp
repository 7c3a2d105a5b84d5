# SPDX-License-Identifier: MIT
# title: Time to target
# caption: Training steps until a trial's first validation that solved the task, one mark per trial. The number of trials that ever solved it is given at the right.
# data: curves x=step y=valid_metric/share_solved group=cell panel=task,matching interval=survival
# xlabel: training steps until solved
# ylabel:

columns = 1
key_with = ''
end_labels = 0
room = x_most * 1.06
x_range = sprintf('set xrange [0:%.10g]', x_most * 1.25)
log_x = 0
x_tics = linear_tics
do for [p = 1:panels] { lines_of_panel[p] = 1.4 * groups + 1 }
SOLVED = 'for [g = 1:groups] data index seed_block[block(p, g)] using ($6 == 1 ? $4 : NaN):(-g + 0.11 * (int(column(-1)) % 5 - 2)) with points lt style[g] ps 0.8 notitle'
do for [pass = 1:2] {
    eval pass_begin
    do for [p = 1:panels] {
        eval place(p)
        set yrange [-groups - 0.6:-0.4]
        set ytics scale 0 noenhanced ()
        do for [g = 1:groups] { set ytics add (tic(fit(group_title[g], 24)) -g) }
        set ytics noenhanced # which adding takes away
        set format x '%g'
        do for [g = 1:groups] {
            b = block(p, g)
            unset label 20 + g
            if (tried[b]) { set label 20 + g sprintf('%d of %d', solved[b], tried[b]) at first room, first -g left offset character 1, 0 font font_small tc rgb ink }
        }
        set arrow 1 from x_most * 1.04, graph 0 to x_most * 1.04, graph 1 nohead lc rgb faint lw 0.9 dt (2,2)
        plot NaN notitle, @SOLVED
        eval placed
    }
    unset arrow 1
    eval pass_end
}
