# SPDX-License-Identifier: MIT
# title: Recall across a gap
# caption: Share of test sequences in which the first word was recalled after a gap of that many steps. Where a line falls through the middle between chance and 1 a thin one goes down to the axis.
# data: runs x=gap y=accuracy group=cell panel=train_gap interval=wilson
# xlabel: gap (steps between word and question)
# label: train_gap/fixed = trained at that gap
# label: train_gap/up_to = on gaps drawn up to it
# label: train_gap/curriculum = on growing gaps
# label: forget_bias/init = default start
# like: metric_by_setting
