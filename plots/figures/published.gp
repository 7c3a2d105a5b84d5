# SPDX-License-Identifier: MIT
# title: Published numbers and ours
# caption: Dots are our numbers with their intervals, crosses are published numbers. The shaded band, declared before our runs, is where a number counts as reproduced.
# data: published x=row y=value group=origin
# like: differences
