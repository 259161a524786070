/* SPDX-License-Identifier: Apache-2.0 */
#include "contract.h"

#include <jansson.h>

#include "common/pure/text.h"

/* Stands in for a tenant that only the source's configuration names. */
static const char OF_SOURCE[] = "tenant-of-the-source";

/* Whose event it may be: whoever it says, else the source's. */
struct whose {
    json_t *root;
    struct rlc_span tenant;
    struct rlc_span fixed;
    struct tenant_names tenants;
};

static void read_whose(struct rlc_span json, struct whose *ret_whose)
{
    json_t *root = json_loadb(json.size ? (const char *)json.data : "", json.size, 0, NULL);
    const char *said = json_string_value(json_object_get(root, "tenant"));

    *ret_whose = (struct whose){ .root = root, .tenant = rlc_span_of(said ? said : OF_SOURCE) };
    if (!said)
        ret_whose->fixed = ret_whose->tenant;
    ret_whose->tenants = (struct tenant_names){ &ret_whose->tenant, 1 };
}

enum rlc_status ctl_contract_read(struct rlc_span json, struct rlc_arena *arena,
                                  struct intake_event **ret_event, struct rlc_fault *ret_fault)
{
    struct whose whose;
    enum rlc_status status;

    read_whose(json, &whose);
    status = canonical_decode(json, whose.fixed, &whose.tenants, arena, ret_event, ret_fault);
    json_decref(whose.root);
    return status;
}

enum rlc_status ctl_contract_check(struct rlc_span json, struct rlc_arena *arena,
                                   struct rlc_fault *ret_fault)
{
    struct intake_event *event;

    return ctl_contract_read(json, arena, &event, ret_fault);
}

enum rlc_status ctl_contract_faults(struct rlc_span json, struct rlc_arena *arena,
                                    struct canonical_faults *ret_faults)
{
    struct whose whose;
    enum rlc_status status;

    read_whose(json, &whose);
    status = canonical_faults(json, whose.fixed, &whose.tenants, arena, ret_faults);
    json_decref(whose.root);
    return status;
}
