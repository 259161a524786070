/* SPDX-License-Identifier: Apache-2.0 */
/* What the notifier can be told besides what every worker can: its relays and its keys. */
#ifndef NOTIFIER_SETTINGS_H
#define NOTIFIER_SETTINGS_H

#include "common/runtime/config/config.h"
#include "common/smtp/settings.h"

#define NOTIFIER_PASSWORD_MAX 512 /* bytes; relays' tokens have up to 256 */

/* A relay as written, taken apart. */
struct notifier_relay {
    char host[RLC_CONFIG_ITEM_SIZE];
    char ca_file[RLC_CONFIG_ITEM_SIZE];
    char username[RLC_CONFIG_ITEM_SIZE];
    char password_file[RLC_CONFIG_ITEM_SIZE];
    char password[NOTIFIER_PASSWORD_MAX + 2]; /* once it is read */
    struct rlc_smtp_relay relay;              /* borrows the texts above */
};

struct notifier_settings {
    struct rlc_config_list relays; /* as written */
    char hello[254];
    int64_t domain_per_minute;
    int64_t reply_timeout_ms;
    int64_t accept_timeout_ms;
    char tenant_keys[256];
    char pseudonym_keys[256]; /* empty: `tenant_keys` */
};

/* The table of the settings; `target` is `settings`. */
struct rlc_config_table notifier_settings_table(struct notifier_settings *settings);

/* Reads "<host>:<port> [tls=starttls|implicit|none] [connections=<n>] [rate=<per second>]
 * [ca_file=<path>] [user=<name> password_file=<path>]". NULL, or what is wrong, for people. The
 * password is not read. */
const char *notifier_relay_parse(const char *text, struct notifier_relay *ret_relay);

/* Reads the password's file, if there is one; a line break at its end does not count. RLC_FATAL: it
 * cannot be used; the text names the file, never its content. */
RLC_NODISCARD enum rlc_status notifier_relay_login(struct notifier_relay *relay,
                                                   struct rlc_error *reterr);

#endif
