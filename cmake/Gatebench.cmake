# SPDX-License-Identifier: MIT
# How every target of the project is compiled, how the .def lists are read, and how a test is added.

set(CMAKE_C_STANDARD 17)
set(CMAKE_C_STANDARD_REQUIRED ON)
set(CMAKE_C_EXTENSIONS OFF)
set(CMAKE_C_VISIBILITY_PRESET hidden)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release)
endif()
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)
set(CMAKE_LIBRARY_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/lib)

option(GATEBENCH_WERROR "Treat warnings as errors" OFF)
option(GATEBENCH_VECTOR_CLONES "Compile hot loops for AVX2 beside plain x86-64 (lib/core/target_clones.h)" ON)
set(GATEBENCH_SANITIZE "" CACHE STRING "Sanitizers for every target, such as address,undefined")

# The one interface that every target of the project links: language, warnings, sanitizers.
# -ffp-contract=off: gcc and clang, and every optimisation level, then round alike.
add_library(gatebench_options INTERFACE)
target_compile_options(gatebench_options INTERFACE
  -ffp-contract=off -Wall -Wextra -Wpedantic -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wvla
  -Wpointer-arith -Wwrite-strings -Wformat=2 -Wno-format-nonliteral)
target_compile_definitions(gatebench_options INTERFACE _GNU_SOURCE)
if(GATEBENCH_WERROR)
  target_compile_options(gatebench_options INTERFACE -Werror)
endif()
if(NOT GATEBENCH_VECTOR_CLONES)
  target_compile_definitions(gatebench_options INTERFACE GATEBENCH_NO_VECTOR_CLONES)
endif()
if(GATEBENCH_SANITIZE)
  target_compile_options(gatebench_options INTERFACE -fsanitize=${GATEBENCH_SANITIZE} -fno-omit-frame-pointer
                         -fno-sanitize-recover=undefined)
  target_link_options(gatebench_options INTERFACE -fsanitize=${GATEBENCH_SANITIZE})
endif()

# gatebench_read_def(<out> <file> <MACRO>): the names listed as MACRO(name) in an X-macro file.
function(gatebench_read_def out file macro)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${file})
  file(STRINGS ${file} lines REGEX "^${macro}\\(")
  set(names "")
  foreach(line IN LISTS lines)
    string(REGEX REPLACE "^${macro}\\(([a-z0-9_]+).*" "\\1" name "${line}")
    list(APPEND names ${name})
  endforeach()
  set(${out} ${names} PARENT_SCOPE)
endfunction()

# gatebench_test(<name> [MATHS] SOURCES ... LIBRARIES ...): a cmocka program under CTest. Exit code 77 counts as skipped.
# MATHS: it tests the library's numbers. The target `maths_tests` builds these alone and the label `maths` runs them, so
# that they can be repeated with other versions of oneDNN and on lesser CPUs without the rest.
function(gatebench_test name)
  cmake_parse_arguments(arg "MATHS" "" "SOURCES;LIBRARIES" ${ARGN})
  add_executable(${name} ${arg_SOURCES})
  target_link_libraries(${name} PRIVATE gatebench_options ${arg_LIBRARIES} cmocka)
  add_test(NAME ${name} COMMAND ${name})
  set_tests_properties(${name} PROPERTIES SKIP_RETURN_CODE 77 TIMEOUT 900)
  if(arg_MATHS)
    set_tests_properties(${name} PROPERTIES LABELS maths)
    if(NOT TARGET maths_tests)
      add_custom_target(maths_tests)
    endif()
    add_dependencies(maths_tests ${name})
  endif()
endfunction()

# gatebench_test_lesser_cpus(<name>): a MATHS test again as CPUs with AVX2 at most and with SSE4.1 at most would run it:
# oneDNN and the C library's vector functions are held back. Our own loops are in the preset `plain`, by the compiler.
function(gatebench_test_lesser_cpus name)
  foreach(cpu avx2 sse41)
    string(TOUPPER ${cpu} isa)
    set(without "-AVX512F,-AVX512VL,-AVX512DQ")
    if(cpu STREQUAL "sse41")
      string(APPEND without ",-AVX2,-AVX,-FMA")
    endif()
    add_test(NAME ${name}_${cpu} COMMAND ${name})
    set_tests_properties(${name}_${cpu} PROPERTIES SKIP_RETURN_CODE 77 TIMEOUT 900 LABELS maths ENVIRONMENT
      "ONEDNN_MAX_CPU_ISA=${isa};GLIBC_TUNABLES=glibc.cpu.hwcaps=${without};OMP_WAIT_POLICY=passive")
  endforeach()
endfunction()
