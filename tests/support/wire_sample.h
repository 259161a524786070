/* SPDX-License-Identifier: Apache-2.0 */
/* Every topic's type, and one full sample of every kind: all fields set, two items per list. */
#ifndef RLC_TESTS_WIRE_SAMPLE_H
#define RLC_TESTS_WIRE_SAMPLE_H

#include "common/wire/rows.h"

struct wire_topic {
    const char *name;    /* folder of its golden files */
    const char *message; /* name in the schema */
    const struct rlc_wire_type *type;
    const ProtobufCEnumDescriptor *kinds; /* NULL: one kind only */
};

extern const struct wire_topic WIRE_TOPICS[];
extern const size_t WIRE_TOPIC_COUNT;

/* Fills `ret_value` (of the topic's struct, zeroed by the caller) with a valid record of `kind`
 * (ignored where there is one kind). Lists and texts live in the arena. */
void wire_sample(const struct wire_topic *topic, int32_t kind, struct rlc_arena *arena,
                 void *ret_value);

#endif
