/* SPDX-License-Identifier: Apache-2.0 */
#include "reasons.h"

static const char *const REASONS[] = {
    [RLC_SUPPRESSION_PAID] = "it is paid",
    [RLC_SUPPRESSION_CARRIED] = "a later step speaks for it",
    [RLC_SUPPRESSION_STEP_GONE] = "the active policies no longer have this step",
    [RLC_SUPPRESSION_EXPIRED] = "the step is too old to be taken any more",
    [RLC_SUPPRESSION_DISPUTED] = "the debtor disputes it",
    [RLC_SUPPRESSION_PROMISED] = "the debtor has promised to pay",
    [RLC_SUPPRESSION_ON_PLAN] = "it is paid in instalments",
    [RLC_SUPPRESSION_ON_HOLD] = "a hold is in force",
    [RLC_SUPPRESSION_FROZEN] = "contacts of this tenant are frozen",
    [RLC_SUPPRESSION_QUARANTINED] =
        "a record about this debtor could not be understood and waits for someone (dlq list)",
    [RLC_SUPPRESSION_CAP] = "the debtor has had as many contacts as the policies allow",
    [RLC_SUPPRESSION_OUTSIDE_HOURS] = "it is not a business day or hour at the debtor's place",
    [RLC_SUPPRESSION_OBSERVE_MODE] = "the creditor is only observing",
    [RLC_SUPPRESSION_SHADOW_MODE] = "the creditor is in shadow mode",
    [RLC_SUPPRESSION_RAMP] = "the creditor goes live step by step and this debtor's turn is later",
    [RLC_SUPPRESSION_KILL_SWITCH] = "the tenant's kill switch is on",
    [RLC_SUPPRESSION_BELOW_AMOUNT] = "the open amount is too small for this step",
    [RLC_SUPPRESSION_CONDITION] = "a condition of the step is not met",
    [RLC_SUPPRESSION_NO_ADDRESS] = "no usable address is known for any channel of the step",
    [RLC_SUPPRESSION_OPTED_OUT] = "the debtor does not want to be contacted this way",
    [RLC_SUPPRESSION_CASH_SUSPECTED] = "money that may be meant for it has come in",
    [RLC_SUPPRESSION_STALE_SOURCE] = "a payment feed is silent, so a payment may be missing",
    [RLC_SUPPRESSION_NO_BUNDLE] = "no policies are active for this tenant",
    [RLC_SUPPRESSION_NO_SCENARIO] = "the policies have no scenario for this account",
    [RLC_SUPPRESSION_DEFERRED] = "the channel asked for a later time",
    [RLC_SUPPRESSION_WAITING_ANSWER] = "a contact is under way and has no answer yet",
    [RLC_SUPPRESSION_WAITING_HUMAN] = "a person has to do something first",
    [RLC_SUPPRESSION_ERASED] = "the person to be addressed was erased",
    [RLC_SUPPRESSION_MERGED] = "the debtor was merged into another",
    [RLC_SUPPRESSION_HIGHER_TONE] = "a message of a higher tone goes first",
    [RLC_SUPPRESSION_IN_LITIGATION] = "the case is with the lawyers",
    [RLC_SUPPRESSION_INSOLVENT] = "the debtor is insolvent or no longer exists",
    [RLC_SUPPRESSION_RETURNED] = "the contact came back before it was attempted",
    [RLC_SUPPRESSION_PROVISIONAL] = "a payment that may still bounce covers it",
};

static const char *const RESULTS[] = {
    [RLC_STEP_RESULT_ACTED] = "the debtor was contacted",
    [RLC_STEP_RESULT_PAID] = "it was paid",
    [RLC_STEP_RESULT_CARRIED] = "a later step of the same receivable took over",
    [RLC_STEP_RESULT_STEP_GONE] = "the new policies have no such step",
    [RLC_STEP_RESULT_EXPIRED] = "it was older than the step allows",
};

static const char *const RETURNS[] = {
    [RLC_RETURN_REASON_DEBTOR_CHANGED] = "something about the debtor had changed meanwhile",
    [RLC_RETURN_REASON_ACCOUNT_CHANGED] = "something about the account had changed meanwhile",
    [RLC_RETURN_REASON_SCOPE_CHANGED] = "the tenant's policies or holds had changed meanwhile",
    [RLC_RETURN_REASON_TOO_LATE] = "its time had run out",
    [RLC_RETURN_REASON_ERASED] = "the person to be addressed was erased",
    [RLC_RETURN_REASON_BAD_ADDRESS] = "the address is not valid",
    [RLC_RETURN_REASON_NOT_RENDERED] = "the message could not be written",
    [RLC_RETURN_REASON_NO_CHANNEL] = "this installation has no such channel",
    [RLC_RETURN_REASON_SHUTDOWN] = "the sender was stopped",
};

static const char *const OUTCOMES[] = {
    [RLC_OUTCOME_RESULT_ACCEPTED] = "was accepted",
    [RLC_OUTCOME_RESULT_REFUSED] = "was refused for good",
    [RLC_OUTCOME_RESULT_DEFERRED] = "was put off by the channel",
    [RLC_OUTCOME_RESULT_UNKNOWN] = "may or may not have arrived",
};

static const char *sentence(const char *const *sentences, size_t count, int number)
{
    return number > 0 && (size_t)number < count ? sentences[number] : NULL;
}

const char *ctl_reason_sentence(enum rlc_suppression reason)
{
    return sentence(REASONS, RLC_COUNT(REASONS), (int)reason);
}

const char *ctl_result_sentence(enum rlc_step_result result)
{
    return sentence(RESULTS, RLC_COUNT(RESULTS), (int)result);
}

const char *ctl_return_sentence(enum rlc_return_reason reason)
{
    return sentence(RETURNS, RLC_COUNT(RETURNS), (int)reason);
}

const char *ctl_outcome_sentence(enum rlc_outcome_result result)
{
    return sentence(OUTCOMES, RLC_COUNT(OUTCOMES), (int)result);
}

static const struct {
    const char *rule;
    const char *sentence;
} RULES[] = {
    { "UNKNOWN_OBJECT", "nothing of that name is there, or no longer" },
    { "ALREADY_OVER", "it has ended, or its time is past: order it under a new id" },
    { "DUPLICATE", "it was said before" },
    { "STALE", "something newer was said before" },
    { "EXPIRED", "the order itself had run out" },
    { "EPOCH", "the debtor changed meanwhile: look again" },
    { "WRONG_TARGET", "a debtor was named for the tenant's matter, or none for a debtor's" },
    { "MISSING_CREDITOR", "name the creditor" },
    { "MISSING_DOCUMENT", "name the document" },
    { "NOT_SUPPORTED", "this version does not do it yet" },
    { "NOTHING_OPEN", "nothing is owed on it" },
    { "ALREADY_ACTIVE", "this bundle decides already" },
    { "ALREADY_ON", "it is on" },
    { "ALREADY_OFF", "it is off" },
    { "ALREADY_OPTED_OUT", "that was said before" },
    { "NOT_OPTED_OUT", "nobody opted out" },
    { "ALREADY_ERASED", "that was done before" },
    { "RETENTION", "the debtor must be kept" },
    { "NOT_IN_DOUBT", "its outcome is known" },
    { "STILL_IN_QUARANTINE", "replay or drop its dead letters: the task ends with them" },
    { "NO_SIGNATURE",
      "sign it: --key FILE, with --signing-key and --actor as in authorities.yaml" },
    { "WRONG_KEY", "authorities.yaml names another key for this actor" },
    { "NO_AUTHORITY", "authorities.yaml does not let this actor do this act for this amount" },
    { "NOT_ASKED",
      "the case does not ask for this act: 'relancectl case show' says what it waits for" },
    { "STALE_CLAIM",
      "that is not the claim's hash (any more): look at it with 'relancectl case show'" },
    { "NOT_EXPECTED", "no such act can follow where the case stands: look for a typing error" },
    { "FUTURE_DATE", "its date is not yet: an act is recorded once it has happened" },
    { "BEFORE_LAST", "its date is before that of what was recorded last" },
    { "AFTER_DEADLINE", "its date is after the deadline, and so it had no effect" },
    { "UNKNOWN_CASE", "the case is over, or was never referred" },
    { "STILL_ASKED", "approve or refuse the act: the task ends with it" },
};

const char *ctl_rule_sentence(struct rlc_span rule)
{
    for (size_t i = 0; i < RLC_COUNT(RULES); i++) {
        if (rlc_span_equal(rule, rlc_span_of(RULES[i].rule)))
            return RULES[i].sentence;
    }
    return NULL;
}
