/* SPDX-License-Identifier: MIT */
/* What the products of recurrent passes share. */
#ifndef GATEBENCH_ONEDNN_PRODUCTS_H
#define GATEBENCH_ONEDNN_PRODUCTS_H

#include "backends/onednn/implementation.h"
#include "backends/pass/pass.h"

#define ONEDNN_CHUNK_ROWS 512 /* per chunk, so that their gate gradients fit into the second-level cache */

/* The gradient of weights by dnnl_sgemm, as pass_products' collect(). */
gb_status onednn_collect(gb_context *context, size_t m, size_t n, size_t k, matrix a, matrix b, float *c,
                         size_t c_stride);

#endif
