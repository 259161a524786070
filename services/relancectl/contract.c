/* SPDX-License-Identifier: Apache-2.0 */
#include "contract.h"

#include <jansson.h>

#include "common/pure/text.h"
#include "json/canonical.h"

/* Stands in for a tenant that only the source's configuration names. */
static const char OF_SOURCE[] = "tenant-of-the-source";

enum rlc_status ctl_contract_check(struct rlc_span json, struct rlc_arena *arena,
                                   struct rlc_fault *ret_fault)
{
    json_t *root = json_loadb(json.size ? (const char *)json.data : "", json.size, 0, NULL);
    const char *said = json_string_value(json_object_get(root, "tenant"));
    struct rlc_span tenant = rlc_span_of(said ? said : OF_SOURCE);
    struct tenant_names tenants = { &tenant, 1 };
    struct intake_event *event;
    enum rlc_status status = canonical_decode(json, said ? (struct rlc_span){ NULL, 0 } : tenant,
                                              &tenants, arena, &event, ret_fault);

    json_decref(root);
    return status;
}
