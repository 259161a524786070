/* SPDX-License-Identifier: Apache-2.0 */
/* A process of the notifier on the line: everything it borrows, made with it and lost with it, but
 * for the post, the keys and the servers. */
#ifndef RLC_TESTS_LINE_NOTIFIER_H
#define RLC_TESTS_LINE_NOTIFIER_H

#include "common/runtime/bundles.h"
#include "common/runtime/keyring.h"
#include "tests/support/post.h"
#include "tests/support/world.h"

/* Everything is borrowed. */
struct line_notifier_setup {
    struct world *world;
    struct post *post;
    struct rlc_keyring *keyring;
    const struct rlc_bundles *catalog;
    uint64_t process; /* no other has this number, nor another life of this one */
};

/* The service; its self is what line_notifier_new() makes. */
struct rlc_service line_notifier_service(void);

/* Fails the test when memory is short. */
void *line_notifier_new(const struct line_notifier_setup *setup);
void line_notifier_free(void *self);

/* Attempts in the log that this process has under way: if it dies now, nobody knows of them. */
size_t line_notifier_open(void *self);

#endif
