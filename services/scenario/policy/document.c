/* SPDX-License-Identifier: Apache-2.0 */
#include "common/policy/layout.h"
#include "common/policy/sender.h"
#include "common/policy/template_check.h"

#include "policy/draft.h"
#include "policy/scenario_policy.h"

static const char HEAD[] =
    "<!-- SPDX-License-Identifier: Apache-2.0 -->\n"
    "<!-- Printed by `bundle_tool document`; a test compares. Change the tables in the code. -->\n"
    "# The bundle: what decides, as files\n"
    "\n"
    "A bundle is a folder that a credit manager can read, change and keep under version\n"
    "control: who is reminded when, how often, in which tone, by whom. `relancectl bundle check\n"
    "FOLDER` says what is wrong with it, `bundle publish` stores it under the hash of its\n"
    "content, `bundle activate` lets a tenant follow it. Nothing outside the bundle and the log\n"
    "decides.\n"
    "\n"
    "`deploy/bundles/standard-fr` and `deploy/bundles/demo` are two to begin with.\n"
    "\n"
    "## Files\n"
    "\n";

static const char RULES[] =
    "\n"
    "Hidden files and `*.md` are for people and left out. Any other file is an error. Text is\n"
    "UTF-8. YAML is used plainly: keys, lists, values; no anchors, aliases or tags. A value\n"
    "means what the type of its key says, quoted or not: `10:00` is a time and `no` is a word.\n"
    "Unknown keys, duplicate keys and names that lead nowhere are errors, with file, line and\n"
    "column.\n"
    "\n"
    "Names consist of 1 to 64 letters, digits, `.`, `_` and `-`. Amounts are written with a\n"
    "point and at most the decimals of their currency: `\"1250.00\"`.\n"
    "\n"
    "### `calendars/<name>.csv`\n"
    "\n"
    "    date,name\n"
    "    2026-05-01,Fête du travail\n"
    "    2026-07-14,Fête nationale\n"
    "\n"
    "Dates in ascending order. A line that begins with `#` says where they come from. A day of\n"
    "the week in place of a date (`friday,weekly rest`) is off every week; without any,\n"
    "Saturday and Sunday are. The name of the file is what a debtor's `calendar` says.\n"
    "\n"
    "### `zones.csv`\n"
    "\n"
    "    zone,from,offset\n"
    "    Europe/Paris,,+01:00\n"
    "    Europe/Paris,2026-03-29T01:00:00Z,+02:00\n"
    "\n"
    "From when on which offset holds, 1970 to 2100. Written by the publisher from the time\n"
    "zones of its machine (package tzdata; the file says which edition), for `zone` and `zones`\n"
    "of `bundle.yaml`, so that a replay years later uses what was known then. A folder that\n"
    "brings the file keeps it.\n"
    "\n"
    "## Keys\n";

static const char PROOFS[] =
    "\n"
    "## What is proved before a bundle is published\n"
    "\n"
    "Errors, each with the path by which it comes about:\n"
    "\n"
    "- a step that can never act: its conditions contradict each other; it expires, or a later\n"
    "  step carries it, before they can hold; a step below it in the file opens before or with\n"
    "  it; its last repetition falls behind the next step;\n"
    "- a step softer than one before it, unless it says `softer: true`;\n"
    "- a step of tone `legal` that an amount can reach without having had a formal notice (and a\n"
    "  receivable that had none, for whatever reason, has no legal step: it is silent);\n"
    "- a step that refers to a procedure which the bundle does not have;\n"
    "- caps that let a step out only when it is over;\n"
    "- a message without a template in the language of `bundle.yaml`;\n"
    "- a template that cannot be filled; an e-mail without a subject, or in HTML alone.\n"
    "\n"
    "Warnings: a choice that an earlier one hides; accounts that fit no choice; a scenario that\n"
    "no choice leads to; a formal notice as the first word; a friendly step after a formal\n"
    "notice; a cap that another one makes useless; a step that opens after hours; a creditor\n"
    "whose language a template does not have; a message that says how many reminders there will\n"
    "be.\n";

static const struct rlc_policy_table *const TABLES[] = {
    &DRAFT_BUNDLE_TABLE,    &DRAFT_HOURS_TABLE,    &DRAFT_CAP_TABLE,      &DRAFT_STANDING_TABLE,
    &DRAFT_RETENTION_TABLE, &DRAFT_ANSWERS_TABLE,  &DRAFT_RETURNED_TABLE, &DRAFT_SCENARIO_TABLE,
    &DRAFT_STEP_TABLE,      &DRAFT_WHEN_TABLE,     &DRAFT_REPEAT_TABLE,   &DRAFT_CHOICES_TABLE,
    &DRAFT_CHOICE_TABLE,    &DRAFT_CREDITOR_TABLE, &RLC_SENDER_TABLE,
};

void scenario_policy_document(FILE *out)
{
    (void)fputs(HEAD, out);
    rlc_layout_document(out);
    (void)fputs(RULES, out);
    for (size_t i = 0; i < RLC_COUNT(TABLES); i++)
        rlc_policy_document(TABLES[i], out);
    rlc_template_document(out);
    (void)fputs(PROOFS, out);
}
