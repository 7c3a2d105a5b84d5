/* SPDX-License-Identifier: MIT */
/* Hot loops are compiled for plain x86-64, for AVX2 and for AVX-512, and the loader chooses one. Nothing is contracted
 * into FMA, so all versions give the same bits. CMake's GATEBENCH_VECTOR_CLONES=OFF builds only the plain version, to
 * test on any CPU what a CPU without AVX2 would run. */
#ifndef GATEBENCH_CORE_TARGET_CLONES_H
#define GATEBENCH_CORE_TARGET_CLONES_H

/* The loader chooses before a sanitizer's runtime has started, so sanitizer builds have only the plain version. */
#if defined(__x86_64__) && defined(__gnu_linux__) && defined(__GNUC__) && !defined(__clang__) &&                       \
    !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__) && !defined(GATEBENCH_NO_VECTOR_CLONES)
#define VECTOR_CLONES __attribute__((target_clones("arch=x86-64-v4", "avx2", "default")))
#else
#define VECTOR_CLONES
#endif

#endif
