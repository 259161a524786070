/* SPDX-License-Identifier: Apache-2.0 */
/* `procedures/<name>.yaml`: the states of a procedure and the words that move a case. */
#include <stdlib.h>

#include "policy/draft.h"

#define FOLDER    "procedures"
#define ENDING    ".yaml"
#define CALENDARS "calendars/"

struct needs_text {
    struct rlc_policy_words proofs;
    int32_t notice_days;
    struct rlc_policy_amounts at_least;
};

struct deadline_text {
    struct legal_time time;
    const struct rlc_yaml *warn_days;
};

static const struct rlc_policy_key PROCEDURE_KEYS[] = {
    { .name = "title",
      .type = RLC_POLICY_SENTENCE,
      .flags = RLC_POLICY_REQUIRED,
      .offset = offsetof(struct draft_procedure, title),
      .min = 1,
      .max = 120,
      .help = "What people call it." },
    { .name = "calendar",
      .type = RLC_POLICY_NAME,
      .flags = RLC_POLICY_REQUIRED,
      .offset = offsetof(struct draft_procedure, calendar),
      .help = "Whose days off move a deadline: a file of `calendars/`." },
    { .name = "interest",
      .type = RLC_POLICY_NAME,
      .offset = offsetof(struct draft_procedure, interest),
      .help = "The law of late payment by which interest and the fixed sum are claimed, for "
              "example `FR`. Without it neither is." },
    { .name = "cost",
      .type = RLC_POLICY_AMOUNTS,
      .offset = offsetof(struct draft_procedure, cost),
      .help = "What it costs you to get a title this way, court fees and service together. A claim "
              "that is not more than that is not put before a court." },
    { .name = "needs",
      .type = RLC_POLICY_NODE,
      .offset = offsetof(struct draft_procedure, needs),
      .help = "What a claim must show before an act is asked for, besides being undisputed and "
              "due." },
    { .name = "states",
      .type = RLC_POLICY_NODE,
      .flags = RLC_POLICY_REQUIRED,
      .offset = offsetof(struct draft_procedure, states),
      .values = "a list of 1 to 32, see below",
      .help = "A case begins in the first." },
};

const struct rlc_policy_table LEGAL_PROCEDURE_TABLE = {
    .title = "`procedures/<name>.yaml`",
    .help = "Its name is that of the file, and what `refer` of a step says.",
    .keys = PROCEDURE_KEYS,
    .count = RLC_COUNT(PROCEDURE_KEYS),
};

static const struct rlc_policy_key NEEDS_KEYS[] = {
    { .name = "proofs",
      .type = RLC_POLICY_WORDS,
      .vocabulary = RLC_VOCABULARY_PROOF_KIND,
      .offset = offsetof(struct needs_text, proofs),
      .min = 1,
      .max = RLC_POLICY_WORDS_MAX,
      .help = "Each receivable has a stored document of each kind." },
    { .name = "notice_days",
      .type = RLC_POLICY_INTEGER,
      .offset = offsetof(struct needs_text, notice_days),
      .min = 1,
      .max = RLC_POLICY_DAYS_MAX,
      .help = "Calendar days since the latest formal notice of each receivable, at least." },
    { .name = "at_least",
      .type = RLC_POLICY_AMOUNTS,
      .offset = offsetof(struct needs_text, at_least),
      .help = "The principal of the claim, what is disputed included, at least; by currency, one "
              "that is not listed not at all. Without it the amount does not matter." },
};

const struct rlc_policy_table LEGAL_NEEDS_TABLE = {
    .title = "`needs` of a procedure",
    .keys = NEEDS_KEYS,
    .count = RLC_COUNT(NEEDS_KEYS),
};

static const struct rlc_policy_key STATE_KEYS[] = {
    { .name = "name",
      .type = RLC_POLICY_NAME,
      .flags = RLC_POLICY_REQUIRED,
      .offset = offsetof(struct draft_state, state.name),
      .help = "Unique in its procedure. A contact is asked for under this name." },
    { .name = "contact",
      .type = RLC_POLICY_NODE,
      .offset = offsetof(struct draft_state, contact),
      .help = "Scenario is asked for this message; it goes through the same gates as any other. "
              "The words `ACCEPTED` and `FAILED` follow." },
    { .name = "act",
      .type = RLC_POLICY_NAME,
      .offset = offsetof(struct draft_state, state.act),
      .help = "Its approval is asked for, and once it is given the act is filed. The words `FILED` "
              "and `REFUSED` follow, and `TOO_SMALL` if you say where it leads." },
    { .name = "deadline",
      .type = RLC_POLICY_NODE,
      .offset = offsetof(struct draft_state, deadline),
      .help = "A time that the law gives. The word `DEADLINE` follows." },
    { .name = "moves",
      .type = RLC_POLICY_NODE,
      .offset = offsetof(struct draft_state, moves),
      .values = "`{WORD: state, ...}`, at most 16",
      .help = "Which word leads to which state." },
    { .name = "continue",
      .type = RLC_POLICY_NAME,
      .offset = offsetof(struct draft_state, state.procedure),
      .help = "The case goes on in that procedure, from its beginning. Stands alone." },
    { .name = "end",
      .type = RLC_POLICY_NAME,
      .offset = offsetof(struct draft_state, state.end),
      .help = "The case is over, under this code, and its receivables go back. Stands alone." },
};

const struct rlc_policy_table LEGAL_STATE_TABLE = {
    .title = "One of `states`",
    .help = "A state with none of these is where a case rests until it is paid or called back.",
    .keys = STATE_KEYS,
    .count = RLC_COUNT(STATE_KEYS),
};

static const struct rlc_policy_key CONTACT_KEYS[] = {
    { .name = "channel",
      .type = RLC_POLICY_WORD,
      .vocabulary = RLC_VOCABULARY_CHANNEL,
      .flags = RLC_POLICY_REQUIRED,
      .offset = offsetof(struct legal_contact, channel),
      .help = "How it goes." },
    { .name = "tone",
      .type = RLC_POLICY_WORD,
      .vocabulary = RLC_VOCABULARY_TONE,
      .flags = RLC_POLICY_REQUIRED,
      .offset = offsetof(struct legal_contact, tone),
      .help = "A `formal_notice` that was accepted is a proof of each receivable." },
    { .name = "template",
      .type = RLC_POLICY_NAME,
      .flags = RLC_POLICY_REQUIRED,
      .offset = offsetof(struct legal_contact, template_name),
      .help = "Of the message: the files `templates/<template>.<language>.*`." },
    { .name = "within_days",
      .type = RLC_POLICY_INTEGER,
      .offset = offsetof(struct legal_contact, within_days),
      .fallback = "5",
      .min = 1,
      .max = RLC_POLICY_DAYS_MAX,
      .help = "Calendar days in which it must leave." },
};

const struct rlc_policy_table LEGAL_CONTACT_TABLE = {
    .title = "`contact` of a state",
    .keys = CONTACT_KEYS,
    .count = RLC_COUNT(CONTACT_KEYS),
};

static const struct rlc_policy_key DEADLINE_KEYS[] = {
    { .name = "rule",
      .type = RLC_POLICY_NAME,
      .flags = RLC_POLICY_REQUIRED,
      .offset = offsetof(struct deadline_text, time.rule),
      .help = "A code of `deadlines.csv`." },
    { .name = "from",
      .type = RLC_POLICY_NAME,
      .flags = RLC_POLICY_REQUIRED,
      .offset = offsetof(struct deadline_text, time.from),
      .help = "The word on whose date it begins." },
    { .name = "law_of",
      .type = RLC_POLICY_NAME,
      .offset = offsetof(struct deadline_text, time.law_of),
      .help = "The word whose date says which law counts. Without it, that of `from`." },
    { .name = "warn_days",
      .type = RLC_POLICY_NODE,
      .offset = offsetof(struct deadline_text, warn_days),
      .values = "a list of at most 8 numbers, falling",
      .help = "So many calendar days before its end a milestone `DEADLINE_NEAR` is written." },
    { .name = "grace_days",
      .type = RLC_POLICY_INTEGER,
      .offset = offsetof(struct deadline_text, time.grace_days),
      .fallback = "0",
      .min = 0,
      .max = RLC_POLICY_DAYS_MAX,
      .help = "So many calendar days after its end people may still record what was done in time; "
              "only then `DEADLINE` is said." },
};

const struct rlc_policy_table LEGAL_DEADLINE_TABLE = {
    .title = "`deadline` of a state",
    .keys = DEADLINE_KEYS,
    .count = RLC_COUNT(DEADLINE_KEYS),
};

/* ---- one state ---- */

static void read_warnings(struct rlc_reading *reading, const struct rlc_yaml *list,
                          struct legal_time *time)
{
    static const struct rlc_policy_key DAYS = {
        .name = "warn_days", .type = RLC_POLICY_INTEGER, .min = 1, .max = RLC_POLICY_DAYS_MAX
    };
    int32_t before = INT32_MAX;

    if (!list || !rlc_reading_expect(reading, list, RLC_YAML_LIST, "warn_days"))
        return;
    if (list->count > LEGAL_WARNINGS_MAX) {
        rlc_reading_refuse(reading, list, NULL, "warn_days must have at most %d items",
                           LEGAL_WARNINGS_MAX);
        return;
    }
    for (const struct rlc_yaml *item = list->first; item; item = item->next) {
        int32_t days;

        if (!rlc_policy_read(reading, &DAYS, item, &days))
            continue;
        if (days >= before)
            rlc_reading_refuse(reading, item, "Write the farthest day first: [30, 15, 5].",
                               "warn_days must fall");
        before = days;
        time->warn_days[time->warn_count++] = days;
    }
}

static void read_deadline(struct rlc_reading *reading, struct draft_state *draft)
{
    struct deadline_text text = { .warn_days = NULL };

    rlc_policy_bind(reading, draft->deadline, &LEGAL_DEADLINE_TABLE, &text, true);
    read_warnings(reading, text.warn_days, &text.time);
    draft->state.time = text.time;
}

static void refuse_name(struct rlc_reading *reading, const struct rlc_yaml *node, const char *what)
{
    rlc_reading_refuse(reading, node, NULL, "%s must have 1 to %d letters, digits, '.', '_' or '-'",
                       what, RLC_POLICY_NAME_MAX);
}

static void read_moves(struct rlc_reading *reading, struct draft_state *draft)
{
    const struct rlc_yaml *map = draft->moves;
    struct legal_move *moves;
    size_t count = 0;

    if (!rlc_reading_expect(reading, map, RLC_YAML_MAP, "moves"))
        return;
    if (map->count > LEGAL_MOVES_MAX) {
        rlc_reading_refuse(reading, map, NULL, "moves must have at most %d words", LEGAL_MOVES_MAX);
        return;
    }
    moves = rlc_reading_array(reading, map->count, sizeof(*moves));
    for (const struct rlc_yaml *word = map->first; moves && word; word = word->next) {
        if (!rlc_reading_expect(reading, word->value, RLC_YAML_SCALAR, "the state of a word"))
            continue;
        if (!rlc_policy_name_valid(word->text))
            refuse_name(reading, word, "a word");
        moves[count++] = (struct legal_move){ rlc_reading_copy(reading, word->text),
                                              rlc_reading_copy(reading, word->value->text) };
    }
    draft->state.move = moves;
    draft->state.move_count = count;
}

static void read_state(struct rlc_reading *reading, const struct rlc_yaml *node,
                       struct draft_state *ret_state)
{
    ret_state->node = node;
    rlc_policy_bind(reading, node, &LEGAL_STATE_TABLE, ret_state, true);
    if (ret_state->contact)
        rlc_policy_bind(reading, ret_state->contact, &LEGAL_CONTACT_TABLE,
                        &ret_state->state.contact, true);
    if (ret_state->deadline)
        read_deadline(reading, ret_state);
    if (ret_state->moves)
        read_moves(reading, ret_state);
}

static void read_states(struct draft *draft, struct rlc_reading *reading,
                        struct draft_procedure *procedure)
{
    const struct rlc_yaml *list = procedure->states;

    if (!list || !rlc_reading_expect(reading, list, RLC_YAML_LIST, "states"))
        return;
    if (list->count == 0 || list->count > LEGAL_STATES_MAX) {
        rlc_reading_refuse(reading, list, NULL, "states must have 1 to %d items", LEGAL_STATES_MAX);
        return;
    }
    procedure->state = legal_draft_array(draft, list->count, sizeof(*procedure->state));
    if (!procedure->state)
        return;
    for (const struct rlc_yaml *node = list->first; node; node = node->next)
        read_state(reading, node, &procedure->state[procedure->state_count++]);
}

/* ---- one procedure ---- */

static struct legal_needs read_needs(struct rlc_reading *reading, const struct rlc_yaml *node)
{
    struct needs_text text = { .notice_days = 0 };
    struct legal_needs needs = { .proofs = 0 };

    if (node)
        rlc_policy_bind(reading, node, &LEGAL_NEEDS_TABLE, &text, true);
    for (size_t i = 0; i < text.proofs.count; i++)
        needs.proofs |= UINT32_C(1) << text.proofs.word[i];
    needs.notice_days = text.notice_days;
    needs.at_least = legal_draft_amounts(reading, &text.at_least);
    needs.at_least_count = needs.at_least ? text.at_least.count : 0;
    return needs;
}

static const struct rlc_calendar *read_calendar(struct draft *draft, struct rlc_reading *reading,
                                                const struct draft_procedure *procedure)
{
    char path[sizeof(CALENDARS) + RLC_POLICY_NAME_MAX + sizeof(".csv")];
    struct rlc_reading file;
    struct rlc_calendar *calendar = rlc_reading_array(reading, 1, sizeof(*calendar));

    (void)snprintf(path, sizeof(path), CALENDARS "%.*s.csv", (int)procedure->calendar.size,
                   procedure->calendar.size ? (const char *)procedure->calendar.data : "");
    if (!calendar || procedure->calendar.size == 0)
        return NULL;
    if (!legal_draft_has_file(draft, rlc_span_of(path))) {
        rlc_reading_refuse(reading, rlc_yaml_get(procedure->root, "calendar"),
                           "Name a file of calendars/, without its ending.", "there is no %s",
                           path);
        return NULL;
    }
    /* Scenario's part reads the same file, and says what is wrong with it. */
    file = legal_draft_reading(draft, rlc_span_of(path));
    rlc_calendar_read(&file, rlc_bundle_content(draft->bundle, rlc_span_of(path)), calendar);
    legal_draft_close(draft, &file);
    return calendar;
}

static const struct rlc_late_law *read_interest(struct rlc_reading *reading,
                                                const struct draft_procedure *procedure)
{
    const struct rlc_late_law *law =
        procedure->interest.size ? rlc_late_law(procedure->interest) : NULL;

    if (procedure->interest.size > 0 && !law) {
        rlc_reading_refuse(reading, rlc_yaml_get(procedure->root, "interest"),
                           "FR, FR-PUBLIC, BE, DE, IT, NL and GB are known.",
                           "unknown law of late payment '%.*s'", (int)procedure->interest.size,
                           (const char *)procedure->interest.data);
    }
    return law;
}

static void keep_states(struct rlc_reading *reading, struct draft_procedure *procedure)
{
    struct legal_state *states =
        rlc_reading_array(reading, procedure->state_count, sizeof(*states));

    for (size_t i = 0; states && i < procedure->state_count; i++)
        states[i] = procedure->state[i].state;
    procedure->procedure.state = states;
    procedure->procedure.state_count = states ? procedure->state_count : 0;
}

static void read_procedure(struct draft *draft, struct draft_procedure *procedure)
{
    struct rlc_reading reading;

    procedure->root = legal_draft_open(draft, procedure->path, &reading);
    if (!rlc_policy_name_valid(procedure->name))
        refuse_name(&reading, NULL, "a procedure's name");
    if (procedure->root) {
        rlc_policy_bind(&reading, procedure->root, &LEGAL_PROCEDURE_TABLE, procedure, true);
        read_states(draft, &reading, procedure);
        procedure->procedure =
            (struct legal_procedure){ .name = rlc_reading_copy(&reading, procedure->name),
                                      .calendar = read_calendar(draft, &reading, procedure),
                                      .interest = read_interest(&reading, procedure),
                                      .needs = read_needs(&reading, procedure->needs),
                                      .cost = legal_draft_amounts(&reading, &procedure->cost) };
        procedure->procedure.cost_count = procedure->procedure.cost ? procedure->cost.count : 0;
        keep_states(&reading, procedure);
    }
    legal_draft_close(draft, &reading);
}

static size_t count_files(const struct draft *draft)
{
    struct rlc_span name;
    size_t count = 0;

    for (size_t i = 0; i < draft->bundle->file_count; i++)
        count += rlc_policy_path(draft->bundle->files[i].path, FOLDER, ENDING, &name);
    return count;
}

void legal_draft_read_procedures(struct draft *draft)
{
    struct rlc_reading reading = legal_draft_reading(draft, rlc_span_of(FOLDER));
    size_t count = count_files(draft);
    struct legal_procedure *kept = rlc_reading_array(&reading, count, sizeof(*kept));

    draft->procedure = legal_draft_array(draft, count, sizeof(*draft->procedure));
    if (count > DRAFT_PROCEDURES_MAX)
        rlc_reading_refuse(&reading, NULL, NULL, "%zu files; at most %d", count,
                           DRAFT_PROCEDURES_MAX);
    legal_draft_close(draft, &reading);
    if (!draft->procedure || !kept || count > DRAFT_PROCEDURES_MAX)
        return;
    for (size_t i = 0; i < draft->bundle->file_count; i++) {
        struct draft_procedure *procedure = &draft->procedure[draft->procedure_count];
        struct rlc_span path = draft->bundle->files[i].path;
        struct rlc_span name;

        if (!rlc_policy_path(path, FOLDER, ENDING, &name))
            continue;
        procedure->path = path;
        procedure->name = name;
        read_procedure(draft, procedure);
        kept[draft->procedure_count++] = procedure->procedure;
    }
    draft->policy->procedure = kept;
    draft->policy->procedure_count = draft->procedure_count;
}
