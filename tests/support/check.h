/* SPDX-License-Identifier: Apache-2.0 */
/* cmocka with its mandatory include order pinned once. Test names are sentences. */
#ifndef RLC_TESTS_CHECK_H
#define RLC_TESTS_CHECK_H

/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#endif
