/* SPDX-License-Identifier: Apache-2.0 */
#include "dossier/open.h"

#include "common/runtime/memory.h"
#include "policy/legal_policy.h"
#include "text.h"

#define CASES_SIZE 600 /* of the cases that are named where there are several */
#define NAME_SIZE  (RLC_TENANT_MAX + RLC_ID_MAX + 2)

/* "TENANT/DEBTOR", as people write it. */
static const char *name_of(const struct dossier_open *open, char name[NAME_SIZE])
{
    (void)snprintf(name, NAME_SIZE, "%.*s/%.*s", (int)open->trail.tenant.size,
                   (const char *)open->trail.tenant.data, (int)open->trail.debtor.size,
                   (const char *)open->trail.debtor.data);
    return name;
}

/* ---- which case ---- */

static int fail_several(const struct dossier_open *open, const json_t *cases)
{
    char text[CASES_SIZE] = "";
    char name[NAME_SIZE];
    size_t used = 0;
    size_t index;
    const json_t *entry;
    char number[32];

    json_array_foreach(cases, index, entry)
    {
        int size = snprintf(text + used, sizeof(text) - used, "%s%s (%s)", index ? ", " : "",
                            ctl_text(entry, "case", number), ctl_text(entry, "state", number));

        if (size < 0 || (size_t)size >= sizeof(text) - used)
            break;
        used += (size_t)size;
    }
    return ctl_fail(open->ctl, CTL_USAGE, "'%s' has %zu cases: %s; name one with --case",
                    name_of(open, name), json_array_size(cases), text);
}

static int fail_none(const struct dossier_open *open)
{
    char name[NAME_SIZE];

    (void)name_of(open, name);
    return ctl_fail(open->ctl, CTL_NOT_THERE,
                    "no case of '%s' was referred to law; 'relancectl explain %s' says why", name,
                    name);
}

static struct rlc_span only_case(struct dossier_open *open, const json_t *cases)
{
    char number[32];
    const char *name = ctl_text(json_array_get(cases, 0), "case", number);

    return rlc_arena_copy(&open->trail.arena, rlc_span_of(name));
}

static int choose_case(struct dossier_open *open, const char *wanted, struct rlc_span *ret_case)
{
    json_t *cases = dossier_cases(&open->trail);
    int code = CTL_OK;

    if (wanted)
        *ret_case = rlc_span_of(wanted);
    else if (json_array_size(cases) == 0)
        code = fail_none(open);
    else if (json_array_size(cases) > 1)
        code = fail_several(open, cases);
    else
        *ret_case = only_case(open, cases);
    json_decref(cases);
    return code;
}

static int find_case(struct dossier_open *open, const char *wanted)
{
    struct rlc_span case_id = { NULL, 0 };
    char name[NAME_SIZE];
    int code = choose_case(open, wanted, &case_id);

    if (code != CTL_OK || dossier_case_init(&open->found, &open->trail, case_id))
        return code;
    if (open->found.referred)
        return ctl_fail(open->ctl, CTL_INTERNAL, "out of memory");
    return ctl_fail(open->ctl, CTL_NOT_THERE,
                    "'%s' has no case '%s'; 'relancectl case list' shows which there are",
                    name_of(open, name), wanted);
}

/* ---- its rules ---- */

const struct rlc_bundle *dossier_bundle(const struct dossier_open *open)
{
    const struct rlc_hash *hash = open->found.claimed
                                      ? &open->found.claimed->envelope.rules.bundle_hash
                                      : &open->found.bundle_hash;

    return rlc_bundles_find(open->bundles, hash);
}

static int load_rules(struct dossier_open *open)
{
    const struct rlc_bundle *bundle;
    struct rlc_error error = { .text = "" };
    int code = ctl_bundles(open->ctl, &open->bundles);

    if (code != CTL_OK)
        return code;
    bundle = dossier_bundle(open);
    if (!bundle)
        return ctl_fail(open->ctl, CTL_NOT_THERE,
                        "the bundle that the case went by is not in the log");
    if (rlc_arena_map(&open->rules, LEGAL_POLICY_BYTES) != RLC_OK)
        return ctl_fail(open->ctl, CTL_INTERNAL, "out of memory");
    if (legal_policy_load(bundle, &open->rules, &open->policy, &error) != RLC_OK)
        return ctl_fail(open->ctl, CTL_DATA, "%s", error.text);
    return CTL_OK;
}

/* ---- opening ---- */

int dossier_open(struct ctl *ctl, struct rlc_span tenant, struct rlc_span debtor,
                 const char *case_id, struct dossier_open *ret_open)
{
    int code;

    *ret_open = (struct dossier_open){ .ctl = ctl };
    if (!dossier_trail_init(&ret_open->trail, tenant, debtor))
        return ctl_fail(ctl, CTL_INTERNAL, "out of memory");
    code = dossier_trail_read(ctl, &ret_open->trail);
    if (code == CTL_OK)
        code = find_case(ret_open, case_id);
    return code == CTL_OK ? load_rules(ret_open) : code;
}

void dossier_close(struct dossier_open *open)
{
    dossier_case_clear(&open->found);
    rlc_bundles_free(open->bundles);
    rlc_arena_unmap(&open->rules);
    dossier_trail_clear(&open->trail);
}
