/* SPDX-License-Identifier: Apache-2.0 */
#include "assembly.h"
#include "intake.h"
#include "sources.h"

int main(int argc, char **argv)
{
    struct ingest_settings settings = { .sources = { .count = 0 } };
    const struct rlc_process_spec spec = {
        .summary = "turns what upstream publishes into sealed events of debtors",
        .service = &INTAKE_SERVICE,
        .table = ingest_settings_table(&settings),
        .inputs = ingest_inputs,
        .open = ingest_open,
        .close = ingest_close,
    };

    return rlc_process_main(argc, argv, &spec);
}
