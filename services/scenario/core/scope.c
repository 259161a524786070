/* SPDX-License-Identifier: Apache-2.0 */
#include "core/scope.h"

#include "core/account.h"
#include "core/store.h"

const struct rlc_scope_record *scope_of(const struct rlc_overlay *overlay, struct rlc_span tenant)
{
    static const struct rlc_scope_record EMPTY;
    const struct rlc_scope_record *record;
    struct store_key key;

    store_key_scope(tenant, &key);
    record = store_get(overlay, &key);
    return record ? record : &EMPTY;
}

/* ---- what it says ---- */

static int step_order(const struct rlc_known_step *known, struct rlc_span scenario,
                      struct rlc_span step)
{
    int order = rlc_span_compare(known->scenario, scenario);

    return order != 0 ? order : rlc_span_compare(known->step, step);
}

static const struct rlc_known_step *find_step(const struct rlc_scope_record *record,
                                              struct rlc_span scenario, struct rlc_span step)
{
    size_t low = 0;
    size_t high = record->step_count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = step_order(&record->steps[middle], scenario, step);

        if (order == 0)
            return &record->steps[middle];
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

rlc_ms scope_step_since(const struct decision *decision, struct rlc_span scenario,
                        struct rlc_span step)
{
    const struct rlc_known_step *known = find_step(decision->scope, scenario, step);

    return known ? known->since_ms : RLC_MS_NONE;
}

/* ---- applying ---- */

static int by_name(const void *left, const void *right)
{
    const struct rlc_known_step *a = left;
    const struct rlc_known_step *b = right;

    return step_order(a, b->scenario, b->step);
}

/* Steps keep the instant since when they have their name; new names begin with the activation. */
static void learn_steps(struct decision *decision, struct rlc_scope_record *record,
                        const struct policy *policy)
{
    struct rlc_scope_record before = *record;
    size_t count = 0;

    for (size_t i = 0; i < policy->scenario_count; i++)
        count += policy->scenario[i].step_count;
    record->steps = decision_alloc(decision, (count + 1) * sizeof(*record->steps));
    record->step_count = 0;
    record->step_capacity = count + 1;
    for (size_t i = 0; i < policy->scenario_count; i++) {
        for (size_t k = 0; k < policy->scenario[i].step_count; k++) {
            struct rlc_known_step *step = &record->steps[record->step_count++];
            const struct rlc_known_step *known;

            step->scenario = policy->scenario[i].name;
            step->step = policy->scenario[i].step[k].name;
            known = find_step(&before, step->scenario, step->step);
            step->since_ms = known ? known->since_ms : record->scope.bundle_since_ms;
        }
    }
    list_sort(record->steps, record->step_count, sizeof(*record->steps), by_name);
}

bool scope_adopt(struct decision *decision, const struct rlc_scope *scope)
{
    struct rlc_scope_record *record;
    struct store_key key;
    bool other_bundle;

    if (scope->revision <= decision->scope->scope.revision)
        return false;
    other_bundle = memcmp(&scope->bundle_hash, &decision->scope->scope.bundle_hash,
                          sizeof(scope->bundle_hash)) != 0;
    store_key_scope(decision->tenant, &key);
    record = store_open(decision->overlay, &key, sizeof(*record));
    record->scope = *scope;
    if (other_bundle) {
        record->bundle_revision = scope->revision;
        decision->policy = decision->world->policy(decision->world->context, &scope->bundle_hash);
        learn_steps(decision, record, decision->policy);
    }
    decision->scope = record;
    *(struct rlc_scope *)decision_fact(decision, RLC_FACT_KIND_SCOPE_APPLIED,
                                       (struct rlc_span){ 0 }, sizeof(*scope)) = *scope;
    *(struct rlc_scope *)decision_output(decision, SCENARIO_OUTPUT_APPLIED, (struct rlc_span){ 0 },
                                         sizeof(*scope)) = *scope;
    return true;
}

static bool has_ready(const struct rlc_debtor_record *debtor)
{
    for (size_t i = 0; i < debtor->account_count; i++) {
        if (debtor->accounts[i].ready)
            return true;
    }
    return false;
}

void scope_arm(struct decision *decision)
{
    struct rlc_debtor_record *debtor = decision->debtor;

    if (debtor->armed_revision >= decision->scope->scope.revision)
        return;
    if (debtor->armed_revision < decision->scope->bundle_revision)
        debtor_review(decision, RLC_REVIEW_ALL);
    else if (has_ready(debtor))
        debtor_review(decision, RLC_REVIEW_READY);
    debtor->armed_revision = decision->scope->scope.revision;
    decision_debtor_changed(decision);
}

/* ---- deciding ---- */

/* The scope as last decided here, to be changed and sent to all partitions. */
static struct rlc_scope latest(const struct decision *decision)
{
    const struct rlc_scope_record *decided;
    struct store_key key;

    store_key_decided_scope(decision->tenant, &key);
    decided = store_get(decision->overlay, &key);
    return decided && decided->scope.revision > decision->scope->scope.revision
               ? decided->scope
               : decision->scope->scope;
}

static void publish(struct decision *decision, const struct rlc_scope *changed)
{
    struct rlc_scope_record *decided;
    struct rlc_scope *output;
    struct store_key key;

    store_key_decided_scope(decision->tenant, &key);
    decided = store_open(decision->overlay, &key, sizeof(*decided));
    decided->scope = *changed;
    decided->scope.revision++;
    output =
        decision_output(decision, SCENARIO_OUTPUT_SCOPE, (struct rlc_span){ 0 }, sizeof(*output));
    *output = decided->scope;
}

/* A copy of a list of the scope, with room for one more. Lists of a scope are shared between its
 * versions, so they are never changed in place. */
static void *copy_list(struct decision *decision, const void *items, size_t count, size_t size)
{
    void *copy = decision_alloc(decision, (count + 1) * size);

    if (count > 0)
        memcpy(copy, items, count * size);
    return copy;
}

/* Of the bundle that decides from now on; before the first one anybody may be one. */
static bool is_creditor(const struct decision *decision, const struct rlc_scope *scope,
                        struct rlc_span creditor)
{
    static const struct rlc_hash NO_BUNDLE;

    if (creditor.size == 0 || memcmp(&scope->bundle_hash, &NO_BUNDLE, sizeof(NO_BUNDLE)) == 0)
        return true;
    return policy_creditor(decision->world->policy(decision->world->context, &scope->bundle_hash),
                           creditor) != NULL;
}

static const char *set_mode(struct decision *decision, struct rlc_scope *scope,
                            const struct rlc_command *command)
{
    struct rlc_creditor_setting setting = command->creditor_mode;
    struct rlc_creditor_setting *list =
        copy_list(decision, scope->creditors, scope->creditor_count, sizeof(*list));
    size_t i = 0;

    if (!is_creditor(decision, scope, setting.creditor))
        return "UNKNOWN_OBJECT";
    while (i < scope->creditor_count && rlc_span_compare(list[i].creditor, setting.creditor) < 0)
        i++;
    if (i == scope->creditor_count || !rlc_span_equal(list[i].creditor, setting.creditor)) {
        if (scope->creditor_count == RLC_SCOPE_ENTRIES_MAX)
            return "LIMIT_SCOPE_ENTRIES";
        list_open(list, scope->creditor_count++, sizeof(*list), i);
    }
    setting.since_ms = decision->now_ms;
    list[i] = setting;
    scope->creditors = list;
    return NULL;
}

/* Holds, freezes and stale sources begin with their id and are sorted by it. */
struct entries {
    const void *items;
    size_t count;
    size_t size;
};

static size_t entry_place(const struct entries *entries, struct rlc_span id, bool *ret_found)
{
    const uint8_t *bytes = entries->items;
    size_t i = 0;
    int order = 1;

    for (; i < entries->count; i++) {
        order = rlc_span_compare(
            *(const struct rlc_span *)(const void *)(bytes + i * entries->size), id);
        if (order >= 0)
            break;
    }
    *ret_found = i < entries->count && order == 0;
    return i;
}

static const char *put_entry(struct decision *decision, struct entries *entries, const void *entry)
{
    bool found;
    size_t place = entry_place(entries, *(const struct rlc_span *)entry, &found);
    uint8_t *list;

    if (!found && entries->count == RLC_SCOPE_ENTRIES_MAX)
        return "LIMIT_SCOPE_ENTRIES";
    list = copy_list(decision, entries->items, entries->count, entries->size);
    if (!found)
        list_open(list, entries->count++, entries->size, place);
    memcpy(list + place * entries->size, entry, entries->size);
    entries->items = list;
    return NULL;
}

static const char *take_entry(struct decision *decision, struct entries *entries,
                              struct rlc_span id)
{
    bool found;
    size_t place = entry_place(entries, id, &found);
    void *list;

    if (!found)
        return "UNKNOWN_OBJECT";
    list = copy_list(decision, entries->items, entries->count, entries->size);
    list_close(list, entries->count--, entries->size, place);
    entries->items = list;
    return NULL;
}

#define HOLDS(scope)                                                                               \
    ((struct entries){ (scope)->holds, (scope)->hold_count, sizeof(*(scope)->holds) })
#define FREEZES(scope)                                                                             \
    ((struct entries){ (scope)->freezes, (scope)->freeze_count, sizeof(*(scope)->freezes) })
#define STALE(scope)                                                                               \
    ((struct entries){ (scope)->stale_sources, (scope)->stale_source_count,                        \
                       sizeof(*(scope)->stale_sources) })

static const char *change_holds(struct decision *decision, struct rlc_scope *scope,
                                const struct rlc_command *command)
{
    struct entries entries = HOLDS(scope);
    const char *rule = command->kind == RLC_COMMAND_KIND_PLACE_SCOPE_HOLD
                           ? put_entry(decision, &entries, &command->place_scope_hold)
                           : take_entry(decision, &entries, command->lift_scope_hold.id);

    scope->holds = entries.items;
    scope->hold_count = entries.count;
    return rule;
}

static const char *change_freezes(struct decision *decision, struct rlc_scope *scope,
                                  const struct rlc_command *command)
{
    struct entries entries = FREEZES(scope);
    const char *rule = command->kind == RLC_COMMAND_KIND_PLACE_FREEZE
                           ? put_entry(decision, &entries, &command->place_freeze)
                           : take_entry(decision, &entries, command->lift_freeze.id);

    scope->freezes = entries.items;
    scope->freeze_count = entries.count;
    return rule;
}

static const char *activate(struct decision *decision, struct rlc_scope *scope,
                            const struct rlc_command *command)
{
    if (memcmp(&scope->bundle_hash, &command->activate_bundle.bundle_hash,
               sizeof(scope->bundle_hash)) == 0)
        return "ALREADY_ACTIVE";
    scope->bundle_hash = command->activate_bundle.bundle_hash;
    scope->bundle_since_ms = decision->now_ms;
    return NULL;
}

static const char *throw_switch(struct decision *decision, struct rlc_scope *scope,
                                const struct rlc_command *command)
{
    (void)decision;
    if (scope->kill_switch == command->kill_switch.on)
        return command->kill_switch.on ? "ALREADY_ON" : "ALREADY_OFF";
    scope->kill_switch = command->kill_switch.on;
    return NULL;
}

const char *scope_command(struct decision *decision, const struct rlc_command *command)
{
    static const struct {
        enum rlc_command_kind kind;
        const char *(*change)(struct decision *, struct rlc_scope *, const struct rlc_command *);
    } CHANGES[] = {
        { RLC_COMMAND_KIND_ACTIVATE_BUNDLE, activate },
        { RLC_COMMAND_KIND_KILL_SWITCH, throw_switch },
        { RLC_COMMAND_KIND_CREDITOR_MODE, set_mode },
        { RLC_COMMAND_KIND_PLACE_SCOPE_HOLD, change_holds },
        { RLC_COMMAND_KIND_LIFT_SCOPE_HOLD, change_holds },
        { RLC_COMMAND_KIND_PLACE_FREEZE, change_freezes },
        { RLC_COMMAND_KIND_LIFT_FREEZE, change_freezes },
    };
    struct rlc_scope scope = latest(decision);

    for (size_t i = 0; i < RLC_COUNT(CHANGES); i++) {
        const char *rule;

        if (CHANGES[i].kind != command->kind)
            continue;
        rule = CHANGES[i].change(decision, &scope, command);
        if (!rule)
            publish(decision, &scope);
        return rule;
    }
    return "NOT_SUPPORTED";
}

void scope_source(struct decision *decision, const struct rlc_source_state *source, bool stale)
{
    struct rlc_scope scope = latest(decision);
    struct entries entries = STALE(&scope);
    struct rlc_stale_source entry = { .source = source->source,
                                      .creditor = decision->envelope->creditor,
                                      .since_ms = source->since_ms };
    bool known;
    const char *rule;

    (void)entry_place(&entries, source->source, &known);
    if (known == stale) {
        decision_ignored(decision, "DUPLICATE", source->source);
        return;
    }
    rule = stale ? put_entry(decision, &entries, &entry)
                 : take_entry(decision, &entries, source->source);
    if (rule) {
        decision_ignored(decision, rule, source->source);
        return;
    }
    scope.stale_sources = entries.items;
    scope.stale_source_count = entries.count;
    publish(decision, &scope);
}
