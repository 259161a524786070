/* SPDX-License-Identifier: Apache-2.0 */
/* relancectl dossier: all that the trail holds of a case, as one folder. */
#include <stdlib.h>
#include <string.h>

#include "commands.h"
#include "common/policy/creditor.h"
#include "dossier/acts.h"
#include "dossier/approval.h"
#include "dossier/chain.h"
#include "dossier/claim.h"
#include "dossier/documents.h"
#include "dossier/open.h"
#include "dossier/pages.h"
#include "text.h"

#define FORMAT      "relance-dossier-1"
#define TARGET_SIZE 1024

const struct ctl_option CTL_DOSSIER_OPTIONS[] = {
    { "tenant-keys", "FOLDER", "the tenants' keys: the dossier holds personal data (required)" },
    { "case", "CASE", "this case (default: the only one there is)" },
    { "out", "FOLDER", "where it goes; must not exist (default: dossier-CASE)" },
    { NULL, NULL, NULL },
};

/* A dossier in the making. */
struct making {
    struct ctl *ctl;
    struct dossier_open open;
    json_t *sheet;
    struct dossier_folder folder;
    bool whole; /* all that was sent is in it, and what was filed is proved */
};

/* ---- the parties ---- */

/* What cannot be opened because it was erased says so; what should open and does not is an error.
 */
static int open_name(struct making *making, const struct rlc_sealed *sealed,
                     struct rlc_span *ret_text)
{
    struct ctl *ctl = making->ctl;
    char why[CTL_WHY_SIZE];

    *ret_text = (struct rlc_span){ NULL, 0 };
    if (sealed->key_id.size == 0)
        return CTL_OK;
    *ret_text = ctl_unseal(ctl, ctl_option(ctl, "tenant-keys"), making->open.trail.tenant, sealed,
                           &making->open.trail.arena, why);
    if (ret_text->data)
        return CTL_OK;
    if (!ctl_why_erased(why))
        return ctl_fail(ctl, CTL_NOT_THERE, "the debtor's name cannot be read: %s", why);
    *ret_text = rlc_span_of("(erased)");
    return CTL_OK;
}

static json_t *lines_of(struct rlc_span text)
{
    json_t *lines = json_array();
    size_t start = 0;

    for (size_t i = 0; i <= text.size; i++) {
        if (i < text.size && text.data[i] != '\n')
            continue;
        if (i > start)
            (void)json_array_append_new(lines,
                                        json_stringn((const char *)text.data + start, i - start));
        start = i + 1;
    }
    return lines;
}

static void tell_debtor(const struct rlc_debtor *debtor, json_t *parties)
{
    if (!debtor)
        return;
    ctl_put_span(parties, "registry_id", debtor->registry_id);
    ctl_put_span(parties, "country", debtor->country);
    ctl_put_word(parties, "kind", RLC_VOCABULARY_PARTY_KIND, (int32_t)debtor->kind);
    ctl_put_word(parties, "status", RLC_VOCABULARY_PARTY_STATUS, (int32_t)debtor->status);
}

static int tell_parties(struct making *making)
{
    static const struct rlc_sealed NONE;
    const struct dossier_case *found = &making->open.found;
    const struct rlc_debtor *debtor = found->debtor;
    json_t *parties = json_object();
    struct rlc_span text;
    int code;

    ctl_put(making->sheet, "parties", parties);
    ctl_put_span(parties, "creditor", found->creditor);
    ctl_put_span(parties, "creditor_title",
                 rlc_creditor_title(dossier_bundle(&making->open), found->creditor,
                                    &making->open.trail.arena));
    ctl_put_span(parties, "debtor", making->open.trail.debtor);
    tell_debtor(debtor, parties);
    code = open_name(making, debtor ? &debtor->name : &NONE, &text);
    if (code == CTL_OK) {
        ctl_put_span(parties, "debtor_name", text);
        code = open_name(making, debtor ? &debtor->address : &NONE, &text);
    }
    if (code == CTL_OK)
        ctl_put(parties, "debtor_address", lines_of(text));
    return code;
}

/* ---- making ---- */

/* Where it goes: --out, without a '/' at its end, or a folder named after the case. */
static bool name_target(const struct making *making, char target[TARGET_SIZE])
{
    const char *out = ctl_option(making->ctl, "out");
    size_t size = out ? strlen(out) : 0;

    (void)snprintf(target, TARGET_SIZE, "dossier-");
    if (!out) {
        dossier_path_put(target, TARGET_SIZE, making->open.found.case_id);
        return true;
    }
    while (size > 1 && out[size - 1] == '/')
        size--;
    if (size == 0 || size >= TARGET_SIZE)
        return false;
    memcpy(target, out, size);
    target[size] = '\0';
    return true;
}

static void begin_sheet(struct making *making)
{
    making->sheet = json_object();
    ctl_put_text(making->sheet, "format", FORMAT);
    ctl_put(making->sheet, "remarks", json_array());
    ctl_put(making->sheet, "documents", json_array());
}

static void tell_unreadable(struct making *making)
{
    char text[128];

    if (making->open.trail.unreadable == 0)
        return;
    (void)snprintf(text, sizeof(text),
                   "%zu records about the debtor are of kinds that this version does not know.",
                   making->open.trail.unreadable);
    (void)json_array_append_new(json_object_get(making->sheet, "remarks"), json_string(text));
}

static int tell(struct making *making)
{
    struct dossier_claim claim;
    bool binds;
    int code;

    begin_sheet(making);
    if (!dossier_claim_find(&making->open.found, making->open.policy, &claim))
        return ctl_fail(making->ctl, CTL_INTERNAL, "out of memory");
    dossier_acts_tell(&making->open.found, making->sheet);
    dossier_claim_tell(&making->open.found, &claim, making->sheet);
    tell_unreadable(making);
    binds = dossier_approval_add(&making->open.found, making->open.policy, making->sheet,
                                 &making->folder);
    code = tell_parties(making);
    if (code == CTL_OK)
        code = dossier_documents_add(making->ctl, &making->open.found, making->open.bundles,
                                     making->sheet, &making->folder, &making->whole);
    making->whole = making->whole && binds && (!claim.filed || dossier_claim_agrees(&claim));
    if (code == CTL_OK)
        code = dossier_chain_add(making->ctl, &making->open.trail, making->sheet, &making->folder);
    return code;
}

static int say(const struct making *making, const char *target)
{
    const json_t *sheet = making->sheet;
    const json_t *remarks = json_object_get(sheet, "remarks");
    const json_t *remark;
    size_t index;
    json_t *answer = json_object();

    ctl_put_text(answer, "out", target);
    ctl_put_span(answer, "case", making->open.found.case_id);
    ctl_put(answer, "files", json_integer((json_int_t)making->folder.count));
    ctl_put(answer, "documents",
            json_integer((json_int_t)json_array_size(json_object_get(sheet, "documents"))));
    ctl_put(answer, "records",
            json_integer((json_int_t)json_array_size(json_object_get(sheet, "records"))));
    ctl_put(answer, "whole", json_boolean(making->whole));
    ctl_put(answer, "remarks", json_incref((json_t *)json_object_get(sheet, "remarks")));
    if (ctl_json(making->ctl, answer))
        return making->whole ? CTL_OK : CTL_FOUND;
    (void)printf("%s: %zu files, %zu messages, %zu records of the trail\n", target,
                 making->folder.count, json_array_size(json_object_get(sheet, "documents")),
                 json_array_size(json_object_get(sheet, "records")));
    json_array_foreach(remarks, index, remark)(void)
        printf("note: %s\n", json_string_value(remark));
    return making->whole ? CTL_OK : CTL_FOUND;
}

static int make(struct making *making)
{
    struct ctl *ctl = making->ctl;
    char target[TARGET_SIZE];
    int code = tell(making);

    if (code != CTL_OK)
        return code;
    if (!name_target(making, target))
        return ctl_fail(ctl, CTL_USAGE, "--out takes the path of a folder");
    dossier_pages_add(making->sheet, &making->folder);
    dossier_folder_seal(&making->folder);
    code = dossier_folder_write(ctl, &making->folder, target);
    return code == CTL_OK ? say(making, target) : code;
}

int ctl_dossier(struct ctl *ctl)
{
    static struct making making; /* zones are large */
    struct rlc_span tenant;
    struct rlc_span debtor;
    int code;

    making = (struct making){ .ctl = ctl };
    if (!ctl_debtor_argument(ctl, ctl->arguments[0], &tenant, &debtor))
        return CTL_USAGE;
    if (!ctl_option(ctl, "tenant-keys"))
        return ctl_fail(ctl, CTL_USAGE, "name the tenants' keys: --tenant-keys FOLDER");
    code = dossier_open(ctl, tenant, debtor, ctl_option(ctl, "case"), &making.open);
    if (code == CTL_OK)
        code = make(&making);
    json_decref(making.sheet);
    dossier_folder_clear(&making.folder);
    dossier_close(&making.open);
    return code;
}
