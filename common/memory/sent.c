/* SPDX-License-Identifier: Apache-2.0 */
#include "common/memory/sent.h"

#include <stdlib.h>
#include <string.h>

/* A part and the seen that it points to. */
struct kept {
    struct rlc_view_put *puts;
    struct rlc_seen *seen;
};

static struct rlc_span copy(uint8_t **at, struct rlc_span bytes)
{
    struct rlc_span copied = { bytes.data ? *at : NULL, bytes.size };

    if (bytes.data && bytes.size)
        memcpy(*at, bytes.data, bytes.size);
    *at += bytes.size;
    return copied;
}

static void measure(const struct rlc_view_apply *parts, size_t count, size_t *ret_puts,
                    size_t *ret_bytes)
{
    *ret_puts = 0;
    *ret_bytes = count * sizeof(struct rlc_seen) + 1;
    for (size_t i = 0; i < count; i++) {
        *ret_puts += parts[i].count;
        for (size_t k = 0; k < parts[i].count; k++)
            *ret_bytes += parts[i].puts[k].key.size + parts[i].puts[k].value.size;
    }
}

static void keep_part(struct rlc_view_apply *part, struct kept *next, uint8_t **at)
{
    for (size_t k = 0; k < part->count; k++) {
        next->puts[k] = part->puts[k];
        next->puts[k].key = copy(at, part->puts[k].key);
        next->puts[k].value = copy(at, part->puts[k].value);
    }
    part->puts = next->puts;
    next->puts += part->count;
    if (!part->seen)
        return;
    *next->seen = *part->seen;
    part->seen = next->seen++;
}

bool rlc_memory_sent_keep(struct rlc_memory_sent *sent, const struct rlc_view_apply *parts,
                          size_t count)
{
    size_t puts, bytes;
    struct kept next;
    uint8_t *at;

    measure(parts, count, &puts, &bytes);
    sent->parts = calloc(count + 1, sizeof(*sent->parts));
    sent->puts = calloc(puts + 1, sizeof(struct rlc_view_put));
    sent->bytes = malloc(bytes);
    if (!sent->parts || !sent->puts || !sent->bytes) {
        rlc_memory_sent_drop(sent);
        return false;
    }
    sent->count = count;
    if (count)
        memcpy(sent->parts, parts, count * sizeof(*parts));
    next = (struct kept){ sent->puts, (struct rlc_seen *)(void *)sent->bytes };
    at = sent->bytes + count * sizeof(struct rlc_seen);
    for (size_t i = 0; i < count; i++)
        keep_part(&sent->parts[i], &next, &at);
    return true;
}

void rlc_memory_sent_drop(struct rlc_memory_sent *sent)
{
    free(sent->parts);
    free(sent->puts);
    free(sent->bytes);
    *sent = (struct rlc_memory_sent){ .parts = NULL };
}
