/* SPDX-License-Identifier: Apache-2.0 */
/* What ingest can be told besides what every worker can: its sources, its tenants, its keys. */
#ifndef INGEST_SOURCES_H
#define INGEST_SOURCES_H

#include "common/pure/text.h"
#include "common/runtime/config/config.h"

struct source {
    char topic[RLC_CONFIG_ITEM_SIZE];
    char tenant[RLC_TENANT_MAX + 1]; /* the only one it may speak for; empty: the record says */
    int64_t start; /* of a partition never read: RLC_OFFSET_BEGIN, an offset, or RLC_OFFSET_NONE */
    bool live;     /* a live payment feed: nobody is contacted while it is behind */
};

struct ingest_settings {
    struct rlc_config_list sources; /* as written */
    struct rlc_config_list tenants;
    char tenant_keys[256];
    char pseudonym_keys[256];                   /* empty: `tenant_keys` */
    struct source source[RLC_CONFIG_ITEMS_MAX]; /* of sources.item[i], once they are parsed */
};

/* The table of the settings; `target` is `settings`. */
struct rlc_config_table ingest_settings_table(struct ingest_settings *settings);

/* Reads "<topic> [tenant=<name>] [start=earliest|refuse|<offset>] [live=yes|no]". NULL, or what is
 * wrong, for people. */
const char *source_parse(const char *text, struct source *ret_source);

#endif
