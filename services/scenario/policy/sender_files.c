/* SPDX-License-Identifier: Apache-2.0 */
/* `senders/<name>.yaml`. Scenario only says who speaks; that the files are sound is checked here,
 * so that a request never names a sender that nobody can be. */
#include "policy/draft.h"

#include "common/policy/sender.h"

#define FOLDER "senders"
#define ENDING ".yaml"

void draft_read_senders(struct draft *draft)
{
    size_t count = draft_count_files(draft, FOLDER, ENDING, DRAFT_CREDITORS_MAX);
    const struct rlc_bundle *bundle = draft->bundle;
    struct rlc_span name;

    draft->sender = draft_array(draft, count, sizeof(*draft->sender));
    if (!draft->sender)
        return;
    for (size_t i = 0; i < bundle->file_count && draft->sender_count < count; i++) {
        struct rlc_reading reading;
        struct rlc_sender sender = { .name = { NULL, 0 } };
        const struct rlc_yaml *root;

        if (!rlc_policy_path(bundle->files[i].path, FOLDER, ENDING, &name))
            continue;
        draft->sender[draft->sender_count++] = name;
        root = draft_open(draft, bundle->files[i].path, &reading);
        if (root)
            rlc_policy_bind(&reading, root, &RLC_SENDER_TABLE, &sender, true);
        draft_close(draft, &reading);
    }
}
