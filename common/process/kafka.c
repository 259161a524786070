/* SPDX-License-Identifier: Apache-2.0 */
#include "common/process/process.h"

void rlc_process_kafka(const struct rlc_settings *settings, struct rlc_kafka_property *properties,
                       struct rlc_kafka_settings *ret_kafka)
{
    rlc_kafka_settings_init(ret_kafka);
    ret_kafka->bootstrap_servers = settings->kafka.bootstrap_servers;
    ret_kafka->client_id = "relance";
    ret_kafka->session_timeout_ms = (int32_t)settings->kafka.session_timeout_ms;
    ret_kafka->transaction_timeout_ms = (int32_t)settings->kafka.transaction_timeout_ms;
    for (size_t i = 0; i < settings->kafka.properties.count; i++)
        properties[i] = (struct rlc_kafka_property){ settings->kafka.properties.pair[i].key,
                                                     settings->kafka.properties.pair[i].value };
    ret_kafka->properties = properties;
    ret_kafka->property_count = settings->kafka.properties.count;
}
