/* SPDX-License-Identifier: Apache-2.0 */
#include "outbox.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/runtime/error.h"

/* Mails between submit() and collect(): as many as the notifier may have under way. A few, so that
 * contacts wait for each other as they do for a relay. */
#define CONNECTIONS 8
#define PATH_SIZE   4096

enum slot_state { SLOT_FREE, SLOT_CLAIMED, SLOT_DONE };

struct slot {
    enum slot_state state;
    struct rlc_smtp_result result;
};

struct outbox {
    struct carrier carrier; /* first: it is what the notifier gets */
    const char *folder;
    int64_t accepted;
    struct slot slots[CONNECTIONS];
};

static struct outbox *outbox_of(struct carrier *carrier)
{
    return (struct outbox *)carrier;
}

int64_t outbox_count(const struct carrier *carrier)
{
    return ((const struct outbox *)carrier)->accepted;
}

static struct slot *slot_in(struct outbox *outbox, enum slot_state state)
{
    for (size_t i = 0; i < CONNECTIONS; i++) {
        if (outbox->slots[i].state == state)
            return &outbox->slots[i];
    }
    return NULL;
}

static struct slot *claimed(struct outbox *outbox, struct rlc_smtp_claim claim)
{
    assert(claim.slot >= 0 && claim.slot < CONNECTIONS);
    assert(outbox->slots[claim.slot].state == SLOT_CLAIMED);
    return &outbox->slots[claim.slot];
}

static enum rlc_status claim(struct carrier *carrier, struct rlc_span to,
                             struct rlc_smtp_claim *ret_claim, int64_t *ret_wait_ms,
                             struct rlc_error *reterr)
{
    struct outbox *outbox = outbox_of(carrier);
    struct slot *slot = slot_in(outbox, SLOT_FREE);

    (void)to;
    if (!slot) {
        *ret_wait_ms = RLC_SMTP_WAIT_FOR_RESULT;
        return rlc_error_set(reterr, RLC_RETRY, "outbox", 0, "all connections are taken");
    }
    slot->state = SLOT_CLAIMED;
    ret_claim->slot = (int32_t)(slot - outbox->slots);
    return RLC_OK;
}

static void release(struct carrier *carrier, struct rlc_smtp_claim unused)
{
    claimed(outbox_of(carrier), unused)->state = SLOT_FREE;
}

static bool write_mail(const struct outbox *outbox, struct rlc_span message)
{
    char path[PATH_SIZE];
    FILE *file;
    bool written;

    if (!outbox->folder)
        return true;
    if (snprintf(path, sizeof(path), "%s/%06" PRId64 ".eml", outbox->folder,
                 outbox->accepted + 1) >= (int)sizeof(path))
        return false;
    file = fopen(path, "wb");
    if (!file)
        return false;
    written = fwrite(message.data, 1, message.size, file) == message.size;
    return fclose(file) == 0 && written;
}

static enum rlc_status submit(struct carrier *carrier, struct rlc_smtp_claim claim,
                              const struct rlc_smtp_mail *mail, struct rlc_error *reterr)
{
    struct outbox *outbox = outbox_of(carrier);
    struct slot *slot = claimed(outbox, claim);
    enum rlc_status status = rlc_smtp_mail_check(mail, reterr);

    slot->state = SLOT_FREE;
    if (status != RLC_OK)
        return status;
    slot->state = SLOT_DONE;
    if (write_mail(outbox, mail->message)) {
        outbox->accepted++;
        slot->result = (struct rlc_smtp_result){
            .id = mail->id, .outcome = RLC_SMTP_ACCEPTED, .stage = RLC_SMTP_AT_END, .code = 250
        };
    } else {
        slot->result = (struct rlc_smtp_result){ .id = mail->id,
                                                 .outcome = RLC_SMTP_DEFERRED,
                                                 .stage = RLC_SMTP_AT_DATA,
                                                 .code = 452,
                                                 .enhanced = "4.3.1" };
    }
    return RLC_OK;
}

static bool collect(struct carrier *carrier, struct rlc_smtp_result *ret_result)
{
    struct slot *slot = slot_in(outbox_of(carrier), SLOT_DONE);

    if (!slot)
        return false;
    *ret_result = slot->result;
    slot->state = SLOT_FREE;
    return true;
}

static void close_outbox(struct carrier *carrier)
{
    free(outbox_of(carrier));
}

enum rlc_status outbox_open(const char *folder, struct carrier **ret_carrier,
                            struct rlc_error *reterr)
{
    static const struct carrier_ops OPS = { claim, release, submit, collect, close_outbox };
    struct outbox *outbox = calloc(1, sizeof(*outbox));

    if (!outbox)
        return rlc_error_set(reterr, RLC_FATAL, "outbox", 0, "out of memory");
    outbox->carrier = (struct carrier){ &OPS, CONNECTIONS };
    outbox->folder = folder;
    *ret_carrier = &outbox->carrier;
    return RLC_OK;
}
