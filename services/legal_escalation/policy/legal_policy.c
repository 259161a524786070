/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/legal_policy.h"

#include <stdlib.h>
#include <string.h>

#include "common/pure/text.h"
#include "common/runtime/error.h"
#include "common/runtime/memory.h"

#include "policy/draft.h"

/* Trees and drafts: a few hundred bytes for each line of YAML. */
#define SCRATCH_BYTES ((size_t)128 << 20)

/* ---- files ---- */

struct rlc_reading legal_draft_reading(struct draft *draft, struct rlc_span path)
{
    return (struct rlc_reading){ .path = path, .arena = draft->arena, .problems = draft->problems };
}

void legal_draft_close(struct draft *draft, const struct rlc_reading *reading)
{
    draft->out_of_memory |= reading->out_of_memory;
}

bool legal_draft_has_file(const struct draft *draft, struct rlc_span path)
{
    for (size_t i = 0; i < draft->bundle->file_count; i++) {
        if (rlc_span_equal(draft->bundle->files[i].path, path))
            return true;
    }
    return false;
}

const struct rlc_yaml *legal_draft_open(struct draft *draft, struct rlc_span path,
                                        struct rlc_reading *ret_reading)
{
    struct rlc_span content = rlc_bundle_content(draft->bundle, path);
    const struct rlc_yaml *root;

    *ret_reading = legal_draft_reading(draft, path);
    if (!rlc_text_is_utf8(content)) {
        rlc_reading_refuse(ret_reading, NULL, NULL, "the file is not UTF-8");
        return NULL;
    }
    root = rlc_yaml_parse(path, content, &draft->scratch, draft->problems);
    return root && rlc_reading_expect(ret_reading, root, RLC_YAML_MAP, "the file") ? root : NULL;
}

void *legal_draft_array(struct draft *draft, size_t count, size_t size)
{
    void *array = rlc_arena_array(&draft->scratch, count ? count : 1, size);

    if (!array)
        draft->out_of_memory = true;
    return array;
}

const struct rlc_money *legal_draft_amounts(struct rlc_reading *reading,
                                            const struct rlc_policy_amounts *amounts)
{
    struct rlc_money *kept =
        amounts->count ? rlc_reading_array(reading, amounts->count, sizeof(*kept)) : NULL;

    if (kept)
        memcpy(kept, amounts->amount, amounts->count * sizeof(*kept));
    return kept;
}

/* ---- tables ---- */

static void read_deadlines(struct draft *draft)
{
    struct rlc_span path = rlc_span_of(RLC_DEADLINES_PATH);
    struct rlc_reading reading = legal_draft_reading(draft, path);
    struct rlc_deadline_rule *rules = NULL;

    if (!legal_draft_has_file(draft, path))
        return;
    rlc_deadlines_read(&reading, rlc_bundle_content(draft->bundle, path), &rules,
                       &draft->policy->rule_count);
    draft->policy->rule = rules;
    legal_draft_close(draft, &reading);
}

/* The clocks of `bundle.yaml`. What is wrong with them is said where that file is read whole; a
 * zone without a table is UTC here. */
static void read_zone(struct draft *draft)
{
    struct rlc_span path = rlc_span_of("bundle.yaml");
    struct rlc_reading zones = legal_draft_reading(draft, rlc_span_of(RLC_ZONES_PATH));
    struct rlc_named_zone *zone = NULL;
    const struct rlc_yaml *root;
    const struct rlc_yaml *name;
    struct rlc_reading reading;
    size_t count = 0;

    if (!legal_draft_has_file(draft, path) || !legal_draft_has_file(draft, zones.path))
        return;
    root = legal_draft_open(draft, path, &reading);
    name = root ? rlc_yaml_get(root, "zone") : NULL;
    rlc_zones_read(&zones, rlc_bundle_content(draft->bundle, zones.path), &zone, &count);
    for (size_t i = 0; name && i < count; i++) {
        if (rlc_span_equal(zone[i].name, name->text))
            draft->policy->zone = zone[i].zone;
    }
    legal_draft_close(draft, &reading);
    legal_draft_close(draft, &zones);
}

/* ---- the whole ---- */

static enum rlc_status finish(const struct draft *draft, struct rlc_error *reterr)
{
    if (draft->out_of_memory)
        return rlc_error_set(reterr, RLC_FATAL, "legal_policy", 0,
                             "the bundle needs more memory than a policy may take");
    return rlc_problems_status(draft->problems, "legal_policy", reterr);
}

static enum rlc_status read_bundle(struct draft *draft, bool prove, struct rlc_error *reterr)
{
    static void (*const READERS[])(
        struct draft *) = { read_deadlines, read_zone, legal_draft_read_procedures,
                            legal_draft_read_authorities, legal_draft_check };

    if (rlc_arena_map(&draft->scratch, SCRATCH_BYTES) != RLC_OK)
        return rlc_error_set(reterr, RLC_FATAL, "legal_policy", 0, "no memory for the files");
    draft->policy = rlc_arena_alloc(draft->arena, sizeof(*draft->policy));
    draft->out_of_memory = !draft->policy;
    for (size_t i = 0; i < RLC_COUNT(READERS) && !draft->out_of_memory; i++)
        READERS[i](draft);
    if (draft->policy)
        draft->policy->bundle_hash = draft->bundle->hash;
    if (prove && !draft->out_of_memory && draft->problems->error_count == 0)
        legal_draft_prove(draft);
    rlc_arena_unmap(&draft->scratch);
    return finish(draft, reterr);
}

enum rlc_status legal_policy_load(const struct rlc_bundle *bundle, struct rlc_arena *arena,
                                  const struct legal_policy **ret_policy, struct rlc_error *reterr)
{
    struct rlc_problems *problems = calloc(1, sizeof(*problems));
    struct draft draft = { .bundle = bundle, .arena = arena, .problems = problems };
    enum rlc_status status;

    if (!problems)
        return rlc_error_set(reterr, RLC_FATAL, "legal_policy", 0, "no memory");
    status = read_bundle(&draft, false, reterr);
    if (status == RLC_OK)
        *ret_policy = draft.policy;
    free(problems);
    return status;
}

enum rlc_status legal_policy_check(const struct rlc_bundle *bundle, struct rlc_problems *problems,
                                   struct rlc_error *reterr)
{
    struct rlc_arena arena;
    struct draft draft = { .bundle = bundle, .arena = &arena, .problems = problems };
    enum rlc_status status;

    if (rlc_arena_map(&arena, LEGAL_POLICY_BYTES) != RLC_OK)
        return rlc_error_set(reterr, RLC_FATAL, "legal_policy", 0, "no memory for the policy");
    status = read_bundle(&draft, true, reterr);
    rlc_arena_unmap(&arena);
    return status;
}

void legal_policy_document(FILE *out)
{
    static const struct rlc_policy_table *const TABLES[] = {
        &LEGAL_PROCEDURE_TABLE, &LEGAL_NEEDS_TABLE,    &LEGAL_STATE_TABLE,
        &LEGAL_CONTACT_TABLE,   &LEGAL_DEADLINE_TABLE, &LEGAL_AUTHORITIES_TABLE,
        &LEGAL_AUTHORITY_TABLE,
    };

    (void)fputs(
        "\n## Procedures of the law\n"
        "\n"
        "A step with `refer` hands receivables to a procedure. A procedure is a table of\n"
        "states; words move a case from one to the next. These words are said by the\n"
        "program: `ACCEPTED` and `FAILED` (what became of a contact), `FILED` (the act was\n"
        "filed), `REFUSED` (who may approve it said no), `REDUCED` (less is owed than was\n"
        "filed), `DEADLINE` (its time is over), `TOO_SMALL` (the claim is not worth the act).\n"
        "All others are recorded by people with the command `RECORD_ACT` and the date of the\n"
        "act.\n"
        "\n"
        "### `deadlines.csv`\n"
        "\n"
        "    code,from,until,count,unit,extends,basis\n"
        "    IP_SERVICE,2022-03-01,2026-08-31,6,month,yes,CPC 1411\n"
        "    IP_SERVICE,2026-09-01,,3,month,yes,CPC 1411 as amended by decree 2026-96\n"
        "\n"
        "How long the law gives. `from` and `until` are the days of the act whose law\n"
        "counts, both included; empty is no bound. The day on which a deadline begins does\n"
        "not count; months end on the day of the same number, else on the month's last day\n"
        "(CPC 641). With `extends` a deadline that would end on a day off ends on the next\n"
        "business day (CPC 642).\n",
        out);
    for (size_t i = 0; i < RLC_COUNT(TABLES); i++)
        rlc_policy_document(TABLES[i], out);
}
