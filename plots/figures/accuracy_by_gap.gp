# SPDX-License-Identifier: MIT
# title: Recall across a gap
# caption: Share of test sequences in which the first word was recalled after a gap of that many steps.
# data: runs x=gap y=accuracy group=cell panel=train_gap interval=wilson
# xlabel: gap (steps between word and question)
# like: metric_by_setting
