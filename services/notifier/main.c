/* SPDX-License-Identifier: Apache-2.0 */
#include "assembly.h"
#include "settings.h"
#include "worker.h"

int main(int argc, char **argv)
{
    struct notifier_settings settings = { .relays = { .count = 0 } };
    struct rlc_service service = notifier_worker_service();
    const struct rlc_process_spec spec = {
        .summary = "sends what scenario asks for, unless something is known that forbids it",
        .service = &service,
        .table = notifier_settings_table(&settings),
        .open = notifier_open,
        .close = notifier_close,
    };

    return rlc_process_main(argc, argv, &spec);
}
