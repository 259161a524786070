/* SPDX-License-Identifier: Apache-2.0 */
#include "common/wire/words.h"

#include <assert.h>

#include "common/wire/codec.h"
#include "relance/v1/audit.pb-c.h"
#include "relance/v1/bundle.pb-c.h"
#include "relance/v1/command.pb-c.h"
#include "relance/v1/contact.pb-c.h"
#include "relance/v1/debtor_event.pb-c.h"
#include "relance/v1/debtor_fact.pb-c.h"
#include "relance/v1/legal.pb-c.h"
#include "relance/v1/legal_filing.pb-c.h"
#include "relance/v1/legal_inbox.pb-c.h"
#include "relance/v1/party.pb-c.h"
#include "relance/v1/reference.pb-c.h"
#include "relance/v1/vocabulary.pb-c.h"

static const ProtobufCEnumDescriptor *const VOCABULARIES[RLC_VOCABULARY_COUNT] = {
    [RLC_VOCABULARY_AGREEMENT_KIND] = &relance__v1__agreement_kind__descriptor,
    [RLC_VOCABULARY_AGREEMENT_RESULT] = &relance__v1__agreement_result__descriptor,
    [RLC_VOCABULARY_AUDIT_KIND] = &relance__v1__audit_kind__descriptor,
    [RLC_VOCABULARY_BUNDLE_RECORD_KIND] = &relance__v1__bundle_record_kind__descriptor,
    [RLC_VOCABULARY_CHANNEL] = &relance__v1__channel__descriptor,
    [RLC_VOCABULARY_CLOCK_EFFECT] = &relance__v1__clock_effect__descriptor,
    [RLC_VOCABULARY_CLOCK_MODE] = &relance__v1__clock_mode__descriptor,
    [RLC_VOCABULARY_COMMAND_KIND] = &relance__v1__command_kind__descriptor,
    [RLC_VOCABULARY_CONTACT_ROLE] = &relance__v1__contact_role__descriptor,
    [RLC_VOCABULARY_CREDITOR_MODE] = &relance__v1__creditor_mode__descriptor,
    [RLC_VOCABULARY_DISPUTE_REASON] = &relance__v1__dispute_reason__descriptor,
    [RLC_VOCABULARY_DISPUTE_RESULT] = &relance__v1__dispute_result__descriptor,
    [RLC_VOCABULARY_DOCUMENT_TYPE] = &relance__v1__document_type__descriptor,
    [RLC_VOCABULARY_EVENT_KIND] = &relance__v1__event_kind__descriptor,
    [RLC_VOCABULARY_FACT_KIND] = &relance__v1__fact_kind__descriptor,
    [RLC_VOCABULARY_FILING_KIND] = &relance__v1__filing_kind__descriptor,
    [RLC_VOCABULARY_HOLD_REASON] = &relance__v1__hold_reason__descriptor,
    [RLC_VOCABULARY_LEGAL_INBOX_KIND] = &relance__v1__legal_inbox_kind__descriptor,
    [RLC_VOCABULARY_LOCAL_EVENT_KIND] = &relance__v1__local_event_kind__descriptor,
    [RLC_VOCABULARY_MERGE_PHASE] = &relance__v1__merge_phase__descriptor,
    [RLC_VOCABULARY_OUTCOME_RESULT] = &relance__v1__outcome_result__descriptor,
    [RLC_VOCABULARY_PARTY_KIND] = &relance__v1__party_kind__descriptor,
    [RLC_VOCABULARY_PARTY_STATUS] = &relance__v1__party_status__descriptor,
    [RLC_VOCABULARY_PAYMENT_METHOD] = &relance__v1__payment_method__descriptor,
    [RLC_VOCABULARY_PROOF_KIND] = &relance__v1__proof_kind__descriptor,
    [RLC_VOCABULARY_REACH] = &relance__v1__reach__descriptor,
    [RLC_VOCABULARY_RECEIVABLE_CAUSE] = &relance__v1__receivable_cause__descriptor,
    [RLC_VOCABULARY_REFERENCE_EVENT_KIND] = &relance__v1__reference_event_kind__descriptor,
    [RLC_VOCABULARY_REFERENCE_KIND] = &relance__v1__reference_kind__descriptor,
    [RLC_VOCABULARY_RETURN_REASON] = &relance__v1__return_reason__descriptor,
    [RLC_VOCABULARY_STEP_RESULT] = &relance__v1__step_result__descriptor,
    [RLC_VOCABULARY_SUPPRESSION] = &relance__v1__suppression__descriptor,
    [RLC_VOCABULARY_TASK_KIND] = &relance__v1__task_kind__descriptor,
    [RLC_VOCABULARY_TONE] = &relance__v1__tone__descriptor,
    [RLC_VOCABULARY_UNKNOWN_POLICY] = &relance__v1__unknown_policy__descriptor,
};

const char *rlc_word(enum rlc_vocabulary vocabulary, int32_t number)
{
    assert(vocabulary < RLC_VOCABULARY_COUNT);
    return rlc_wire_enum_name(VOCABULARIES[vocabulary], number);
}

static bool same_word(const char *word, struct rlc_span text)
{
    if (strlen(word) != text.size)
        return false;
    for (size_t i = 0; i < text.size; i++) {
        char letter = (char)text.data[i];

        if (letter >= 'a' && letter <= 'z')
            letter = (char)(letter - 'a' + 'A');
        if (letter != word[i])
            return false;
    }
    return true;
}

bool rlc_word_parse(enum rlc_vocabulary vocabulary, struct rlc_span word, int32_t *ret_number)
{
    assert(vocabulary < RLC_VOCABULARY_COUNT);

    const ProtobufCEnumDescriptor *words = VOCABULARIES[vocabulary];

    for (unsigned int i = 0; i < words->n_values; i++) {
        int32_t number = words->values[i].value;

        if (number != 0 && same_word(rlc_wire_enum_name(words, number), word)) {
            *ret_number = number;
            return true;
        }
    }
    return false;
}
