/* SPDX-License-Identifier: Apache-2.0 */
/* Bad input made from good: every class of mistake that proto/README.md section 2 names, applied to
 * a worked example. What each must be answered with is written here by hand. */
#ifndef RLC_TESTS_BAD_INPUT_H
#define RLC_TESTS_BAD_INPUT_H

#include <stdbool.h>
#include <stddef.h>

struct bad_input {
    const char *class_name; /* for people */
    char *text;
    size_t size;
    const char *code;
    char path[96];
    bool readable; /* its debtor can be read all the same */
};

#define BAD_INPUTS_MAX 64

/* All mistakes that the example has room for, each in `ret_bad`, at most BAD_INPUTS_MAX; how many.
 */
size_t bad_inputs_of(const char *example, struct bad_input *ret_bad);
void bad_inputs_free(struct bad_input *bad, size_t count);

#endif
