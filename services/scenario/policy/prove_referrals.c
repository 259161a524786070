/* SPDX-License-Identifier: Apache-2.0 */
/* That a procedure which a step refers to is in the bundle: a case for another one would come back
 * from legal-escalation as NO_PROCEDURE, on the day on which it matters. */
#include "policy/draft.h"

#define FOLDER "procedures"
#define ENDING ".yaml"

/* Names in a message: more of them are not listed. */
#define LIST_SIZE 160

static bool has_procedure(const struct rlc_bundle *bundle, struct rlc_span wanted)
{
    struct rlc_span name;

    for (size_t i = 0; i < bundle->file_count; i++) {
        if (rlc_policy_path(bundle->files[i].path, FOLDER, ENDING, &name) &&
            rlc_span_equal(name, wanted))
            return true;
    }
    return false;
}

/* "claim, order", as many as there is room for; "none" where the bundle has no procedure. */
static void list_procedures(const struct rlc_bundle *bundle, char ret_text[LIST_SIZE])
{
    struct rlc_span name;
    size_t used = 0;

    (void)snprintf(ret_text, LIST_SIZE, "none");
    for (size_t i = 0; i < bundle->file_count; i++) {
        if (!rlc_policy_path(bundle->files[i].path, FOLDER, ENDING, &name) ||
            used + name.size + 3 > LIST_SIZE)
            continue;
        used += (size_t)snprintf(ret_text + used, LIST_SIZE - used, "%s%.*s", used ? ", " : "",
                                 (int)name.size, (const char *)name.data);
    }
}

void draft_prove_referrals(const struct draft *draft, struct rlc_reading *reading,
                           const struct draft_scenario *scenario)
{
    char names[LIST_SIZE];

    list_procedures(draft->bundle, names);
    for (size_t i = 0; i < scenario->step_count; i++) {
        struct rlc_span name = scenario->step[i].step.refer;

        if (name.size == 0 || has_procedure(draft->bundle, name))
            continue;
        rlc_reading_refuse(reading, draft_at(&scenario->step[i], "refer"),
                           "A procedure is a file procedures/<name>.yaml of the bundle.",
                           "unknown procedure '%.*s': the bundle has %s", (int)name.size,
                           (const char *)name.data, names);
    }
}
