# SPDX-License-Identifier: MIT
# title: Published numbers and ours
# caption: Our number with its interval, the published number as a cross, the declared band shaded.
# data: published x=row y=value group=origin
# like: differences
