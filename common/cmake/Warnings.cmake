# SPDX-License-Identifier: Apache-2.0
# One interface target carries warnings, hardening and sanitizers; every target of ours links it.
add_library(rlc_flags INTERFACE)
target_include_directories(rlc_flags INTERFACE ${PROJECT_SOURCE_DIR})
target_compile_options(rlc_flags INTERFACE
  -Wall -Wextra -Wshadow -Wconversion -Wswitch-enum -Wstrict-prototypes -Wmissing-prototypes -Wvla
  -Wcast-qual -Wwrite-strings -Wundef -Wformat=2 -Wimplicit-fallthrough -fno-common
  -fstack-protector-strong -ffunction-sections -fdata-sections)
target_link_options(rlc_flags INTERFACE -Wl,-z,relro,-z,now -Wl,--gc-sections)
# Assertions guard invariants in production too (docs/STYLE: a broken invariant must stop the worker).
string(REPLACE "-DNDEBUG" "" CMAKE_C_FLAGS_RELEASE "${CMAKE_C_FLAGS_RELEASE}")
string(REPLACE "-DNDEBUG" "" CMAKE_C_FLAGS_RELWITHDEBINFO "${CMAKE_C_FLAGS_RELWITHDEBINFO}")
# The rows of common/wire are walked for every record: with -O3 the loop of scenario takes 8 % fewer
# instructions (tests/bench).
string(REPLACE "-O2" "-O3" CMAKE_C_FLAGS_RELWITHDEBINFO "${CMAKE_C_FLAGS_RELWITHDEBINFO}")
if(RLC_WERROR)
  target_compile_options(rlc_flags INTERFACE -Werror)
endif()
if(RLC_SANITIZE)
  target_compile_options(rlc_flags INTERFACE
    -fsanitize=${RLC_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(rlc_flags INTERFACE -fsanitize=${RLC_SANITIZE})
else()
  target_compile_definitions(rlc_flags INTERFACE $<$<NOT:$<CONFIG:Debug>>:_FORTIFY_SOURCE=2>)
endif()
