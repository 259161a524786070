/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "common/postgres/trail.h"
#include "common/process/process.h"

#include "audit.h"

static void note(void *context, const char *event, int32_t partition, const char *text)
{
    rlc_log((struct rlc_log *)context, RLC_LOG_ERROR, event, RLC_F_I64("partition", partition),
            RLC_F_TEXT("why", text));
}

static enum rlc_status open_audit(const struct rlc_process *process, void **ret_self,
                                  struct rlc_error *reterr)
{
    struct rlc_postgres_config postgres = { .dsn = process->settings->postgres.dsn,
                                            .application = "relance-audit" };
    struct audit_config config = {
        .observer = { .context = process->log, .note = note },
        .metrics = process->metrics,
        .health = process->health,
    };

    memcpy(config.installation, process->installation.uuid, sizeof(config.installation));
    config.trail = rlc_trail_postgres_new(&postgres, reterr);
    *ret_self = config.trail ? audit_new(&config, reterr) : NULL;
    return *ret_self ? RLC_OK : RLC_FATAL;
}

static void close_audit(void *self)
{
    audit_free(self);
}

int main(int argc, char **argv)
{
    const struct rlc_process_spec spec = {
        .summary = "writes the trail and its reporting tables to PostgreSQL, each record once",
        .service = &audit_service,
        .open = open_audit,
        .close = close_audit,
    };

    return rlc_process_main(argc, argv, &spec);
}
