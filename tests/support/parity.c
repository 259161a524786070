/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/parity.h"

#include <stdio.h>
#include <string.h>

#include "tests/support/parity_row.h"

static bool run_case(struct parity_world *world, const struct parity_case *row_case)
{
    struct parity_row row = { .world = world };

    world->renew(world);
    row_case->run(&row);
    for (size_t i = 0; i < row.opened_count; i++) {
        if (row.opened[i].bus)
            row.opened[i].bus->ops->close(row.opened[i].bus, false);
    }
    return answer_differs(&row.answer, row_case->name, row_case->expected);
}

size_t parity_run(struct parity_world *world)
{
    const struct parity_case *const tables[] = { parity_log_cases, parity_reading_cases,
                                                 parity_group_cases };
    size_t differing = 0;

    for (size_t t = 0; t < RLC_COUNT(tables); t++) {
        for (const struct parity_case *row = tables[t]; row->name; row++) {
            if (row->reason && !world->tear)
                printf("%s: (in memory only: %s)\n", row->name, row->reason);
            else
                differing += run_case(world, row);
        }
    }
    return differing;
}
