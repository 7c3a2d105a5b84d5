# SPDX-License-Identifier: MIT
# Which source a program was built from, for the record of every run. gatebench_commit(<target>): the target's sources may
# include commit.h, which defines GATEBENCH_COMMIT. Every build looks anew; what includes it is compiled again only when the
# commit changed.
#   cmake -DSOURCE=<folder> -DHEADER=<file> -P Commit.cmake     writes the header
if(NOT CMAKE_SCRIPT_MODE_FILE)
  set(GATEBENCH_COMMIT_SCRIPT ${CMAKE_CURRENT_LIST_FILE})
  function(gatebench_commit target)
    set(header ${CMAKE_CURRENT_BINARY_DIR}/commit/commit.h)
    add_custom_target(${target}_commit BYPRODUCTS ${header} VERBATIM
      COMMAND ${CMAKE_COMMAND} -DSOURCE=${PROJECT_SOURCE_DIR} -DHEADER=${header} -P ${GATEBENCH_COMMIT_SCRIPT})
    add_dependencies(${target} ${target}_commit)
    target_include_directories(${target} PRIVATE ${CMAKE_CURRENT_BINARY_DIR}/commit)
  endfunction()
  return()
endif()

cmake_minimum_required(VERSION 3.25)
# A source archive may lie inside another project's clone, and the clone may belong to somebody else (sudo).
set(commit unknown)
find_program(GIT git)
if(GIT)
  set(ENV{GIT_OPTIONAL_LOCKS} 0)
  set(git ${GIT} -c safe.directory=* -C ${SOURCE})
  execute_process(COMMAND ${git} rev-parse --show-prefix OUTPUT_VARIABLE prefix RESULT_VARIABLE failed ERROR_QUIET
                  OUTPUT_STRIP_TRAILING_WHITESPACE)
  if(NOT failed AND prefix STREQUAL "")
    execute_process(COMMAND ${git} describe --always --dirty=+changes OUTPUT_VARIABLE described RESULT_VARIABLE failed
                    ERROR_QUIET OUTPUT_STRIP_TRAILING_WHITESPACE)
    if(NOT failed)
      set(commit ${described})
    endif()
  endif()
endif()
file(CONFIGURE OUTPUT ${HEADER} CONTENT "#define GATEBENCH_COMMIT \"@commit@\"\n" @ONLY)
