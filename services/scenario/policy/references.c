/* SPDX-License-Identifier: Apache-2.0 */
/* Names that must lead somewhere. */
#include "policy/draft.h"

#include "common/pure/nearest.h"

/* "unknown scenario 'standrad', did you mean 'standard'?" */
static void refuse_unknown(struct rlc_reading *reading, const struct rlc_yaml *node,
                           const char *what, const struct rlc_nearest *nearest, const char *remedy)
{
    if (nearest->found.data) {
        rlc_reading_refuse(reading, node, remedy, "unknown %s '%.*s', did you mean '%.*s'?", what,
                           (int)nearest->wanted.size, (const char *)nearest->wanted.data,
                           (int)nearest->found.size, (const char *)nearest->found.data);
    } else {
        rlc_reading_refuse(reading, node, remedy, "unknown %s '%.*s'", what,
                           (int)nearest->wanted.size, (const char *)nearest->wanted.data);
    }
}

/* Whether a sorted or unsorted list of structs that begin with a name has this one. */
static bool known(const void *items, size_t count, size_t size, struct rlc_nearest *nearest)
{
    const char *item = items;

    for (size_t i = 0; i < count; i++) {
        struct rlc_span name;

        memcpy(&name, item + i * size, sizeof(name));
        if (rlc_span_equal(name, nearest->wanted))
            return true;
        rlc_nearest_try(nearest, name);
    }
    return false;
}

static const struct rlc_yaml *or_file(const struct rlc_yaml *map, const char *key)
{
    return map ? rlc_yaml_get(map, key) : NULL;
}

static void check_zone(struct draft *draft, struct rlc_span name, const struct rlc_yaml *node)
{
    struct rlc_reading reading = draft_reading(draft, rlc_span_of("bundle.yaml"));
    struct rlc_nearest nearest = rlc_nearest_to(name);
    const struct policy *policy = draft->policy;

    /* UTC needs no table. */
    if (name.size == 0 || rlc_span_equal(name, rlc_span_of("UTC")) ||
        known(policy->zone, policy->zone_count, sizeof(*policy->zone), &nearest))
        return;
    refuse_unknown(&reading, node, "time zone", &nearest,
                   "Use an IANA name such as Europe/Paris; zones.csv must have its table.");
}

static void check_zones(struct draft *draft)
{
    check_zone(draft, draft->policy->default_zone, or_file(draft->bundle_node, "zone"));
    for (size_t i = 0; i < draft->zones.count; i++)
        check_zone(draft, draft->zones.name[i], draft->zones.node[i]);
}

static void check_calendar(struct draft *draft)
{
    struct rlc_reading reading = draft_reading(draft, rlc_span_of("bundle.yaml"));
    const struct policy *policy = draft->policy;
    struct rlc_nearest nearest = rlc_nearest_to(policy->default_calendar);

    if (policy->default_calendar.size == 0 ||
        known(policy->calendar, policy->calendar_count, sizeof(*policy->calendar), &nearest))
        return;
    refuse_unknown(&reading, or_file(draft->bundle_node, "calendar"), "calendar", &nearest,
                   "A calendar is a file calendars/<name>.csv of the bundle.");
}

static void check_choice(struct draft *draft, struct rlc_reading *reading,
                         const struct draft_choice *choice)
{
    const struct policy *policy = draft->policy;
    struct rlc_nearest scenario = rlc_nearest_to(choice->choice.scenario);
    struct rlc_nearest creditor = rlc_nearest_to(choice->choice.creditor);

    if (choice->choice.scenario.size > 0 &&
        !known(policy->scenario, policy->scenario_count, sizeof(*policy->scenario), &scenario))
        refuse_unknown(reading, or_file(choice->node, "scenario"), "scenario", &scenario,
                       "A scenario is a file scenarios/<name>.yaml of the bundle.");
    if (choice->choice.creditor.size > 0 &&
        !known(policy->creditor, policy->creditor_count, sizeof(*policy->creditor), &creditor))
        refuse_unknown(reading, or_file(choice->node, "creditor"), "creditor", &creditor,
                       "A creditor is a file creditors/<name>.yaml of the bundle.");
}

static void check_sender(struct draft *draft, const struct draft_creditor *creditor)
{
    struct rlc_reading reading = draft_reading(draft, creditor->path);
    struct rlc_nearest nearest = rlc_nearest_to(creditor->creditor.sender);

    if (creditor->creditor.sender.size > 0 &&
        !known(draft->sender, draft->sender_count, sizeof(*draft->sender), &nearest))
        refuse_unknown(&reading, creditor->sender_node, "sender", &nearest,
                       "A sender is a file senders/<name>.yaml of the bundle.");
}

void draft_check_references(struct draft *draft)
{
    struct rlc_reading reading = draft_reading(draft, rlc_span_of("choices.yaml"));

    check_zones(draft);
    check_calendar(draft);
    for (size_t i = 0; i < draft->choice_count; i++)
        check_choice(draft, &reading, &draft->choice[i]);
    for (size_t i = 0; i < draft->creditor_count; i++)
        check_sender(draft, &draft->creditor[i]);
}
