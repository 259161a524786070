/* SPDX-License-Identifier: Apache-2.0 */
#include "commands.h"

const struct ctl_command CTL_COMMANDS[] = {
    { .name = "topics create",
      .summary = "make the topics of an installation, or complete them",
      .arguments = "",
      .options = CTL_TOPICS_CREATE_OPTIONS,
      .example = "relancectl topics create --partitions 6 --clock stepped",
      .run = ctl_topics_create },
    { .name = NULL },
};
