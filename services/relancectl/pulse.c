/* SPDX-License-Identifier: Apache-2.0 */
#include "pulse.h"

static const struct {
    char sign;
    const char *word;
    const char *reason;
} STATES[CTL_PULSE_STATES] = {
    [CTL_PULSE_DONE] = { '.', "DONE", NULL },
    [CTL_PULSE_MOVES] = { '+', "MOVES", NULL },
    [CTL_PULSE_STANDS] = { '!', "STANDS",
                           "its owner reads nothing: /readyz of the worker says why; "
                           "no answer: start it" },
    [CTL_PULSE_BUILDS] = { 'b', "BUILDS", "its hot state is being rebuilt from the log: wait" },
    [CTL_PULSE_LOST] = { 'x', "LOST",
                         "its hot state is not whole: its owner rebuilds it within "
                         "seconds; nobody does: start the worker" },
    [CTL_PULSE_UNSEEN] = { '?', "UNSEEN",
                           "nobody has said how far it is read: start the worker, or "
                           "its /readyz says why" },
};

static enum ctl_pulse_state judge(const struct ctl_pulse *pulse, const struct ctl_pulse_look *look)
{
    const struct rlc_look *hot = &look->look;

    if (look->has_slice && hot->fence_present && hot->fence.building != 0)
        return CTL_PULSE_BUILDS;
    if (!hot->seen_present)
        return CTL_PULSE_UNSEEN;
    if (look->has_slice && !rlc_look_is_whole(hot, look->installation))
        return CTL_PULSE_LOST;
    if (pulse->behind == 0)
        return CTL_PULSE_DONE;
    return pulse->still_ms < CTL_PULSE_PATIENCE_MS ? CTL_PULSE_MOVES : CTL_PULSE_STANDS;
}

void ctl_pulse_take(struct ctl_pulse *pulse, const struct ctl_pulse_look *look)
{
    const struct rlc_seen *seen = &look->look.seen;
    bool present = look->look.seen_present;

    pulse->behind = present && look->high > seen->seen ? look->high - seen->seen : 0;
    pulse->busy = present ? seen->busy : 0;
    pulse->read =
        present && pulse->known && seen->seen > pulse->seen ? seen->seen - pulse->seen : 0;
    if (!pulse->known || pulse->read > 0 || pulse->behind == 0)
        pulse->looked_ms = look->at_ms;
    pulse->still_ms = look->at_ms - pulse->looked_ms;
    pulse->known = present;
    pulse->seen = present ? seen->seen : 0;
    pulse->state = judge(pulse, look);
}

char ctl_pulse_sign(enum ctl_pulse_state state)
{
    return STATES[state].sign;
}

const char *ctl_pulse_word(enum ctl_pulse_state state)
{
    return STATES[state].word;
}

const char *ctl_pulse_reason(enum ctl_pulse_state state)
{
    return STATES[state].reason;
}
