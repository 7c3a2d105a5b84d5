# SPDX-License-Identifier: MIT
# title: Training speed by size and batch
# caption: Operations per second of one layer's training pass by its hidden units and its batch, counting only matrix products; every repeat is a dot. The line is the best large matrix product measured at the same time; no layer can be faster.
# data: metrics metric=train_gflops x=hidden y=value/gflops group=batch panel=cell pool=input,length interval=median
# xlabel: hidden units
# ylabel: billions of operations a second
# label: batch/1 = batch 1
# label: batch/2 = batch 2
# label: batch/4 = batch 4
# label: batch/8 = batch 8
# label: batch/16 = batch 16
# label: batch/32 = batch 32
# label: batch/64 = batch 64
# label: batch/128 = batch 128
# like: metric_by_setting

dots = 1
