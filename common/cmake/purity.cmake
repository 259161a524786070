# SPDX-License-Identifier: Apache-2.0
# cmake -DARCHIVE=<core.a> -DPURE=<librlc_pure.a> -DNM=<nm> -P purity.cmake
#
# Fails when an object of ARCHIVE refers to a symbol that is not on the allow-list, is not defined
# by an object of the same archive and is not defined by PURE. Names the object file and the symbol.
cmake_minimum_required(VERSION 3.25)

foreach(input ARCHIVE PURE NM)
  if(NOT ${input})
    message(FATAL_ERROR "purity.cmake: -D${input}=... is missing")
  endif()
endforeach()

# __*ti3 and __*ti4 are the compiler's own 128-bit divisions, used for money.
# _GLOBAL_OFFSET_TABLE_ is no call: position-independent code of some targets refers to it.
set(allowed
  memcpy memmove memset memcmp memchr
  __memcpy_chk __memmove_chk __memset_chk
  strlen strcmp strncmp
  bsearch
  __assert_fail __stack_chk_fail
  __divti3 __modti3 __divmodti4 __udivti3 __umodti3 __udivmodti4
  _GLOBAL_OFFSET_TABLE_)

# The lines of `nm` for one archive. -A puts "archive:object:" before each symbol, -P prints
# "name type [value size]", which every nm of POSIX can do.
function(read_symbols archive selection ret_lines)
  execute_process(COMMAND ${NM} -A -P ${selection} ${archive}
    OUTPUT_VARIABLE output ERROR_VARIABLE complaint RESULT_VARIABLE result)
  if(NOT result EQUAL 0)
    message(FATAL_ERROR "purity: ${NM} failed on ${archive}: ${complaint}")
  endif()
  string(REGEX MATCHALL "[^\n]+" lines "${output}")
  set(${ret_lines} "${lines}" PARENT_SCOPE)
endfunction()

function(append_defined archive prefix ret_names)
  read_symbols(${archive} --defined-only lines)
  set(names ${${ret_names}})
  foreach(line IN LISTS lines)
    # Lower-case types are local to their object: no other object can mean them.
    if(line MATCHES "\\]: (${prefix}[^ ]*) [A-Z]")
      list(APPEND names ${CMAKE_MATCH_1})
    endif()
  endforeach()
  set(${ret_names} ${names} PARENT_SCOPE)
endfunction()

append_defined(${ARCHIVE} "" allowed)
append_defined(${PURE} "rlc_" allowed)

read_symbols(${ARCHIVE} --undefined-only lines)
set(offences "")
foreach(line IN LISTS lines)
  if(NOT line MATCHES "\\[(.+)\\]: ([^ ]+) ")
    message(FATAL_ERROR "purity: cannot read this line of nm: ${line}")
  endif()
  if(NOT CMAKE_MATCH_2 IN_LIST allowed)
    string(APPEND offences "\n  ${CMAKE_MATCH_1} uses ${CMAKE_MATCH_2}")
  endif()
endforeach()

if(offences)
  message(FATAL_ERROR "${ARCHIVE} is not pure:${offences}\n"
    "A core gets time, randomness and data as arguments, and memory from its arena.")
endif()
