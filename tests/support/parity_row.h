/* SPDX-License-Identifier: Apache-2.0 */
/* What the rows of the bus's table are written with. Helpers say what came back, and wait for what
 * a real broker does a little later. */
#ifndef RLC_TESTS_PARITY_ROW_H
#define RLC_TESTS_PARITY_ROW_H

#include "tests/support/answer.h"
#include "tests/support/parity.h"

#define PARITY_BUSES  6u
#define PARITY_ANYEND INT64_C(-1)

struct parity_row {
    struct parity_world *world;
    struct answer answer;
    struct {
        struct rlc_bus_config config; /* outlives its bus */
        char member[96];
        char writer[96];
        struct rlc_bus *bus;
    } opened[PARITY_BUSES];
    size_t opened_count;
};

/* A row: its name, what it does, the answer; `reason` = why only the broker in memory runs it. */
struct parity_case {
    const char *name;
    void (*run)(struct parity_row *row);
    const char *expected;
    const char *reason;
};

/* The last line of each table has no name. */
extern const struct parity_case parity_log_cases[];
extern const struct parity_case parity_reading_cases[];
extern const struct parity_case parity_group_cases[];

/* ---- handles; the row closes what is still open at its end ---- */

/* Member `who` of the group, writing as writer `who`. */
struct rlc_bus *parity_member(struct parity_row *row, int who);
/* No group; writes as writer `who`. */
struct rlc_bus *parity_writer(struct parity_row *row, int who);
/* Neither group nor transactions. */
struct rlc_bus *parity_tool(struct parity_row *row);
void parity_close(struct parity_row *row, struct rlc_bus *bus, bool clean);
/* The names that `who` goes by. */
const char *parity_member_name(struct parity_row *row, int who, char *buffer, size_t size);
const char *parity_writer_name(struct parity_row *row, int who, char *buffer, size_t size);

/* ---- saying ---- */

const char *parity_status(enum rlc_status status);
/* Says a status that is not the expected one, with the text of the error. */
void parity_expect(struct parity_row *row, enum rlc_status status, enum rlc_status expected,
                   const struct rlc_error *error);
/* Says "call STATUS". */
void parity_say(struct parity_row *row, const char *call, enum rlc_status status);

/* ---- writing ---- */

void parity_begin(struct parity_row *row, struct rlc_bus *bus); /* RLC_OK expected */
/* A record without key: RLC_OK expected. */
void parity_put(struct parity_row *row, struct rlc_bus *bus, int32_t topic, const char *value);
void parity_put_key(struct parity_row *row, struct rlc_bus *bus, int32_t topic, const char *key,
                    const char *value);
void parity_commit(struct parity_row *row, struct rlc_bus *bus);
void parity_abort(struct parity_row *row, struct rlc_bus *bus);
/* A transaction of one record in partition 0. */
void parity_write(struct parity_row *row, struct rlc_bus *bus, int32_t topic, const char *value,
                  bool commit);
/* commit(), whatever it answers; says it. */
void parity_try_commit(struct parity_row *row, struct rlc_bus *bus);

/* ---- reading ---- */

/* Waits until the high watermark of partition 0 is `high`; says it if it never is. */
void parity_await_high(struct parity_row *row, struct rlc_bus *bus, int32_t topic, int64_t high);
/* Says what a reader gets from partition 0 up to the END at `end`: "value@offset ... END n". */
void parity_read(struct parity_row *row, struct rlc_bus *bus, int32_t topic, int64_t from,
                 int64_t end);
/* The same for the subscription's partition 0 (`end` PARITY_ANYEND: any). */
void parity_poll(struct parity_row *row, struct rlc_bus *bus, int64_t end);
/* The next record or END of the subscription, said. */
void parity_poll_one(struct parity_row *row, struct rlc_bus *bus);
/* Polls for a while; says "quiet", or what came. */
void parity_quiet(struct parity_row *row, struct rlc_bus *bus);
/* Says position() of partition 0 of PARITY_IN. */
void parity_position(struct parity_row *row, struct rlc_bus *bus);

/* ---- the group ---- */

/* Polls both (`other` may be NULL) until they own that many partitions. */
void parity_settle(struct parity_row *row, struct rlc_bus *bus, size_t count, struct rlc_bus *other,
                   size_t other_count);
/* Says the partitions owned: "owns 0 1". */
void parity_owned(struct parity_row *row, struct rlc_bus *bus);
/* Seeks and resumes a partition of PARITY_IN. */
void parity_start(struct parity_row *row, struct rlc_bus *bus, int32_t partition, int64_t offset);
enum rlc_status parity_snapshot(struct parity_row *row, struct rlc_bus *bus);
enum rlc_status parity_send(struct rlc_bus *bus, int32_t partition, int64_t offset);
/* Says the committed offset of a partition of PARITY_IN once it is decided. */
void parity_committed(struct parity_row *row, struct rlc_bus *bus, int32_t partition);

#endif
