/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>

#include "common/process/process.h"
#include "common/process/watcher.h"
#include "common/redis/settings.h"

extern char **environ;

static void document_metrics(const void *context, FILE *out)
{
    const struct rlc_process_spec *spec = context;

    rlc_watcher_document(spec->service, out);
}

int rlc_process_main(int argc, char **argv, const struct rlc_process_spec *spec)
{
    static struct rlc_settings settings; /* large, and lives as long as the process */
    char name[64];
    const struct rlc_feature features[] = {
        { "librdkafka", rlc_kafka_version() },
    };
    struct rlc_program program = {
        .name = name,
        .summary = spec->summary,
        .settings = &settings,
        .own = spec->table.count ? &spec->table : NULL,
        .features = features,
        .document_metrics = document_metrics,
        .metrics_context = spec,
        .feature_count = sizeof(features) / sizeof(features[0]),
        .redis_tls = rlc_redis_has_tls(),
        .environment = environ,
        .out = stdout,
        .err = stderr,
    };
    struct rlc_config *config = NULL;
    int code;

    (void)snprintf(name, sizeof(name), "relance-%s", spec->service->name);
    code = rlc_options_run(&program, argc, argv, &config);
    if (code == RLC_OPTIONS_RUN)
        code = rlc_process_run(spec, &settings);
    rlc_config_free(config);
    return code;
}
