/* SPDX-License-Identifier: Apache-2.0 */
/* A worker that is not part of the product, as a real process on real servers.
 *
 *   NAME setup PARTITIONS system|stepped    makes its topics, genesis and installation record
 *   NAME                                    runs; settings from RELANCE_... variables */
#ifndef RLC_TESTS_SMALL_MAIN_H
#define RLC_TESTS_SMALL_MAIN_H

#include "common/process/process.h"

enum { SMALL_TOPICS_MAX = 8 };

/* The whole life of the process; its exit code. The service's topics are made with the append time
 * of the broker, the state topic compacted; inputs that spec->inputs() names are not made. */
int small_main(int argc, char **argv, const struct rlc_process_spec *spec);

#endif
