/* SPDX-License-Identifier: Apache-2.0 */
/* relancectl worklist: what people have to do, in the order of the view of that name
 * (deploy/sql/0004_tasks.sql). */
#include "commands.h"

#include <string.h>

#include "common/postgres/copy.h"
#include "common/wire/words.h"
#include "stores.h"
#include "text.h"

const struct ctl_option CTL_WORKLIST_OPTIONS[] = {
    { "team", "NAME", "only this team's tasks; one that never had any is refused" },
    { "tenant", "ID", "only those of this tenant" },
    { "kind", "KIND", "only this kind: APPROVAL, QUARANTINE, REVIEW, ..." },
    { "limit", "N", "how many, the most urgent first (default 50)" },
    { NULL, NULL, NULL },
};

#define LIMIT_DEFAULT 50
#define LIMIT_MAX     100000
#define READ_MS       60000

#define INSTANT(column)                                                                            \
    "to_char(" column " AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.MS\"Z\"')"

/* A task as its members; null ones are left out. The order is the view's. */
static const char READ[] =
    "COPY (SELECT json_strip_nulls(json_build_object('tenant', tenant, 'debtor', debtor, "
    "'creditor', creditor, 'task', task, 'kind', kind, 'team', team, "
    "'due_at', " INSTANT(
        "due_at") ", 'script', script, 'object', object, "
                  "'opened_at', " INSTANT(
                      "opened_at") "))::text FROM worklist) TO STDOUT (FORMAT binary)";

/* A team without open tasks is a team all the same. */
static const char READ_TEAMS[] = "COPY (SELECT DISTINCT team FROM task WHERE team IS NOT NULL "
                                 "ORDER BY team) TO STDOUT (FORMAT binary)";

/* Of kinds or teams in a message. */
#define NAMES_SIZE 512

struct worklist {
    struct ctl *ctl;
    const char *kind; /* as the trail writes it; NULL: all */
    json_t *tasks;
    size_t matched;
    size_t limit;
};

struct names {
    const char *wanted;
    bool is_there;
    char list[NAMES_SIZE]; /* what does not fit is left out */
};

static void add_name(struct names *names, struct rlc_span name)
{
    size_t used = strlen(names->list);

    names->is_there = names->is_there || rlc_span_equal(name, rlc_span_of(names->wanted));
    (void)snprintf(names->list + used, sizeof(names->list) - used, "%s%.*s", used ? ", " : "",
                   (int)name.size, (const char *)name.data);
}

/* A kind that is none would look like an empty list. */
static int check_kind(struct worklist *list)
{
    const char *given = ctl_option(list->ctl, "kind");
    struct names names = { .wanted = "" };
    const char *word;
    int32_t kind;

    if (!given)
        return CTL_OK;
    if (rlc_word_parse(RLC_VOCABULARY_TASK_KIND, rlc_span_of(given), &kind)) {
        list->kind = rlc_word(RLC_VOCABULARY_TASK_KIND, kind);
        return CTL_OK;
    }
    for (kind = 1; (word = rlc_word(RLC_VOCABULARY_TASK_KIND, kind)) != NULL; kind++)
        add_name(&names, rlc_span_of(word));
    return ctl_fail(list->ctl, CTL_USAGE, "--kind: no task is a '%s'; kinds are %s", given,
                    names.list);
}

static bool take_team(void *context, const struct rlc_span *fields, size_t count)
{
    (void)count;
    add_name(context, fields[0]);
    return true;
}

/* Where nothing is open for the team: whether it is one. */
static int check_team(struct worklist *list, struct rlc_postgres *postgres)
{
    const char *team = ctl_option(list->ctl, "team");
    struct names names = { .wanted = team };
    struct rlc_error error = { .text = "" };

    if (!team || list->matched > 0)
        return CTL_OK;
    if (rlc_copy_out(postgres, READ_TEAMS, take_team, &names, &error) != RLC_OK)
        return ctl_fail_store(list->ctl, "postgres", &error);
    if (names.is_there)
        return CTL_OK;
    return ctl_fail(list->ctl, CTL_NOT_THERE, "--team: no task was ever given to '%s'; %s%s", team,
                    names.list[0] ? "teams are " : "none has a team", names.list);
}

static bool is_wanted(const json_t *task, const char *name, const char *wanted)
{
    const char *found = json_string_value(json_object_get(task, name));

    return !wanted || (found && strcmp(found, wanted) == 0);
}

static bool take(void *context, const struct rlc_span *fields, size_t count)
{
    struct worklist *list = context;
    json_t *task = json_loadb((const char *)fields[0].data, fields[0].size, 0, NULL);

    (void)count;
    if (is_wanted(task, "team", ctl_option(list->ctl, "team")) &&
        is_wanted(task, "tenant", ctl_option(list->ctl, "tenant")) &&
        is_wanted(task, "kind", list->kind)) {
        list->matched++;
        if (json_array_size(list->tasks) < list->limit)
            (void)json_array_append(list->tasks, task);
    }
    json_decref(task);
    return true;
}

static void print(const struct worklist *list)
{
    static const struct ctl_column COLUMNS[] = {
        { "DUE", "due_at", false },
        { "TEAM", "team", false },
        { "KIND", "kind", false },
        { "OPENED", "opened_at", false },
        { "DEBTOR", "tenant/debtor", false },
        { "CREDITOR", "creditor", false },
        { "ABOUT", "object", false },
        { "TASK", "task", false },
    };

    ctl_table(stdout, list->tasks, COLUMNS, RLC_COUNT(COLUMNS));
    (void)printf("%zu of %zu open tasks; a task is ended by 'relancectl command task-done', a "
                 "quarantine by 'dlq', an approval by 'command approve': see 'case list'\n",
                 json_array_size(list->tasks), list->matched);
}

int ctl_worklist(struct ctl *ctl)
{
    struct worklist list = { .ctl = ctl };
    struct rlc_error error = { .text = "" };
    struct rlc_postgres *postgres = NULL;
    int64_t limit;
    int code;

    if (!ctl_option_number(ctl, "limit", LIMIT_DEFAULT, 1, LIMIT_MAX, &limit))
        return CTL_USAGE;
    list.limit = (size_t)limit;
    code = check_kind(&list);
    if (code != CTL_OK)
        return code;
    list.tasks = json_array();
    code = ctl_postgres_open(ctl, READ_MS, &postgres);
    if (code == CTL_OK && rlc_copy_out(postgres, READ, take, &list, &error) != RLC_OK)
        code = ctl_fail_store(ctl, "postgres", &error);
    if (code == CTL_OK)
        code = check_team(&list, postgres);
    if (code == CTL_OK && !ctl_json(ctl, json_pack("{s:I, s:O}", "matched",
                                                   (json_int_t)list.matched, "tasks", list.tasks)))
        print(&list);
    rlc_postgres_free(postgres);
    json_decref(list.tasks);
    return code;
}
