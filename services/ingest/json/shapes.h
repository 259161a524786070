/* SPDX-License-Identifier: Apache-2.0 */
/* The tables of the contract: what each event type carries in `data`. */
#ifndef INGEST_JSON_SHAPES_H
#define INGEST_JSON_SHAPES_H

#include "common/wire/debtor_event.h"
#include "json/shape.h"

struct event_type {
    const char *name; /* between "io.relance." and ".v1" */
    enum rlc_event_kind kind;
    const struct shape *shape; /* of the payload */
    bool of_account;           /* `creditor` is required */
};

/* All of them; `ret_count` of them. */
const struct event_type *event_types(size_t *ret_count);

/* What a command must and must not name besides its tenant. */
enum command_target { ABOUT_DEBTOR, ABOUT_ACCOUNT, ABOUT_TENANT };

struct command_type {
    enum rlc_command_kind kind;
    enum command_target target;
    const struct shape *shape; /* of the command's payload */
};

/* The row of a command kind; every kind has one. */
const struct command_type *command_type_of(enum rlc_command_kind kind);

/* Payloads that events and commands share. */
extern const struct shape SHAPE_HOLD;
extern const struct shape SHAPE_HOLD_LIFTED;
extern const struct shape SHAPE_DISPUTE;
extern const struct shape SHAPE_DISPUTE_RESOLVED;
extern const struct shape SHAPE_PROMISE;
/* `data` of a command: everything but its payload. */
extern const struct shape SHAPE_COMMAND;

#endif
