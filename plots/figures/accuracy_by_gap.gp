# SPDX-License-Identifier: MIT
# title: Recall across a gap
# caption: Share of test sequences whose first word was recalled, by the number of steps in between. A thin vertical line marks where a curve falls below the middle between chance and 1.
# data: runs x=gap y=accuracy group=cell panel=train_gap interval=wilson
# xlabel: gap (steps between word and question)
# label: train_gap/fixed = trained at that gap
# label: train_gap/up_to = on gaps drawn up to it
# label: train_gap/curriculum = on growing gaps
# label: forget_bias/init = default start
# like: metric_by_setting
