/* SPDX-License-Identifier: Apache-2.0 */
/* The commands, one file each; commands.c is their table. */
#ifndef RELANCECTL_COMMANDS_H
#define RELANCECTL_COMMANDS_H

#include "cli.h"
#include "common/policy/bundle_build.h"

extern const struct ctl_option CTL_TOPICS_CREATE_OPTIONS[];
int ctl_topics_create(struct ctl *ctl);
extern const struct ctl_option CTL_IMPORT_OPTIONS[];
int ctl_import(struct ctl *ctl);
extern const struct ctl_option CTL_TRY_OPTIONS[];
int ctl_try(struct ctl *ctl);
extern const struct ctl_option CTL_SAMPLE_OPTIONS[];
int ctl_sample(struct ctl *ctl);

extern const struct ctl_option CTL_REPLAY_OPTIONS[];
int ctl_replay(struct ctl *ctl);

extern const struct ctl_option CTL_CHECK_OPTIONS[];
int ctl_check(struct ctl *ctl);
extern const struct ctl_option CTL_SEND_OPTIONS[];
int ctl_send(struct ctl *ctl);

extern const struct ctl_option CTL_COMMAND_OPTIONS[];
int ctl_command(struct ctl *ctl);
/* The kinds of orders, as further lines of its help. */
void ctl_command_kinds(FILE *out);

extern const struct ctl_option CTL_BUNDLE_ACTIVATE_OPTIONS[];
/* Builds and checks a folder; its problems go to `out`. NULL after a message, with the exit code.
 */
struct rlc_bundle_build *ctl_bundle_build(struct ctl *ctl, const char *folder,
                                          struct rlc_problems *problems, FILE *out, int *ret_code);
int ctl_bundle_check(struct ctl *ctl);
int ctl_bundle_publish(struct ctl *ctl);
int ctl_bundle_activate(struct ctl *ctl);

extern const struct ctl_option CTL_RENDER_OPTIONS[];
int ctl_render(struct ctl *ctl);

extern const struct ctl_option CTL_DLQ_LIST_OPTIONS[];
int ctl_dlq_list(struct ctl *ctl);
extern const struct ctl_option CTL_DLQ_SHOW_OPTIONS[];
int ctl_dlq_show(struct ctl *ctl);
extern const struct ctl_option CTL_DLQ_REPLAY_OPTIONS[];
int ctl_dlq_replay(struct ctl *ctl);
extern const struct ctl_option CTL_DLQ_DROP_OPTIONS[];
int ctl_dlq_drop(struct ctl *ctl);

extern const struct ctl_option CTL_AUDIT_VERIFY_OPTIONS[];
int ctl_audit_verify(struct ctl *ctl);
int ctl_audit_rebuild(struct ctl *ctl);

extern const struct ctl_option CTL_TOP_OPTIONS[];
int ctl_top(struct ctl *ctl);
extern const struct ctl_option CTL_STATE_HASH_OPTIONS[];
int ctl_state_hash(struct ctl *ctl);

extern const struct ctl_option CTL_EXPLAIN_OPTIONS[];
int ctl_explain(struct ctl *ctl);

extern const struct ctl_option CTL_DEBTOR_SHOW_OPTIONS[];
int ctl_debtor_show(struct ctl *ctl);

extern const struct ctl_option CTL_WORKLIST_OPTIONS[];
int ctl_worklist(struct ctl *ctl);

extern const struct ctl_option CTL_CONTACT_SHOW_OPTIONS[];
int ctl_contact_show(struct ctl *ctl);

extern const struct ctl_option CTL_CASE_LIST_OPTIONS[];
int ctl_case_list(struct ctl *ctl);
extern const struct ctl_option CTL_CASE_SHOW_OPTIONS[];
int ctl_case_show(struct ctl *ctl);

extern const struct ctl_option CTL_DOSSIER_OPTIONS[];
int ctl_dossier(struct ctl *ctl);

/* A command to be sent; texts are borrowed, NULL where there is none. */
struct ctl_order {
    const char *kind; /* word of CommandKind */
    const char *tenant;
    const char *debtor;
    const char *creditor;
    const char *actor;
    const char *id;
    const char *topic;
    const char *time; /* RFC 3339; also the ingest time of a stepped clock */
    json_t *payload;
    const char *signing_key;  /* id of the actor's key; NULL: unsigned */
    const char *signature;    /* base64; NULL: unsigned */
    const char *key_file;     /* PEM: the order is signed with it; NULL: it is not */
    bool repeats;             /* that it was answered before is as good as an answer now */
    const int32_t *partition; /* of the topic; NULL: that of its debtor */
    json_t *record;           /* fate of the record before it, for the answer; NULL: none */
};

/* Publishes a command that ingest will understand, and waits for its answer (without the command
 * line's --no-wait). CTL_OK, also with --no-wait; CTL_FOUND: it was refused; CTL_UNAVAILABLE: sent,
 * and without answer. */
int ctl_command_send(struct ctl *ctl, const struct ctl_order *order);

#endif
