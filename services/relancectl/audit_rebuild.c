/* SPDX-License-Identifier: Apache-2.0 */
/* relancectl audit rebuild: the reporting tables emptied and filled again from the trail, for a
 * table that is new, rows that were lost, or facts that only this version knows. */
#include "commands.h"

#include "rebuild.h"
#include "stores.h"

/* Where the rights are missing, the dsn is most probably the worker's. */
static int fail(const struct ctl *ctl, const struct rlc_error *error)
{
    if (error->status != RLC_FATAL)
        return ctl_fail_store(ctl, "postgres", error);
    return ctl_fail(ctl, CTL_CONFIG,
                    "postgres: %s; nothing has changed. The tables are filled by their owner: set "
                    "postgres.dsn (RELANCE_POSTGRES_DSN) to relance_owner's",
                    error->text);
}

int ctl_audit_rebuild(struct ctl *ctl)
{
    struct rlc_error error = { .text = "" };
    struct rlc_postgres *postgres = NULL;
    int64_t facts = 0;
    int code = ctl_postgres_open(ctl, -1, &postgres);

    if (code == CTL_OK && audit_rebuild(postgres, &facts, &error) != RLC_OK)
        code = fail(ctl, &error);
    rlc_postgres_free(postgres);
    if (code == CTL_OK && !ctl_json(ctl, json_pack("{s:I}", "facts", (json_int_t)facts)))
        (void)printf("the reporting tables are rebuilt from %lld facts of the trail\n",
                     (long long)facts);
    return code;
}
