/* SPDX-License-Identifier: Apache-2.0 */
#include "commands.h"

const struct ctl_command CTL_COMMANDS[] = {
    { .name = "topics create",
      .summary = "make the topics of an installation, or complete them",
      .arguments = "",
      .options = CTL_TOPICS_CREATE_OPTIONS,
      .example = "relancectl topics create --partitions 6 --clock stepped",
      .run = ctl_topics_create },
    { .name = "import",
      .summary = "turn a ledger (CSV) into events, by a mapping file",
      .arguments = "LEDGER.csv",
      .arguments_min = 1,
      .arguments_max = 1,
      .options = CTL_IMPORT_OPTIONS,
      .example = "relancectl import ledger.csv --mapping mapping.yaml --out events.jsonl",
      .offline = true,
      .run = ctl_import },
    { .name = NULL },
};
