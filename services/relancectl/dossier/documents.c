/* SPDX-License-Identifier: Apache-2.0 */
#include "dossier/documents.h"

#include <string.h>

#include "common/runtime/memory.h"
#include "text.h"

#define PATH_SIZE   512
#define ACTION_SIZE (2 * sizeof(struct rlc_action_id) + 1)

/* What is being added. */
struct adding {
    struct ctl *ctl;
    const struct rlc_bundles *bundles;
    json_t *sheet;
    struct dossier_folder *folder;
    struct rlc_arena arena;
    size_t number;
    bool whole;
};

/* ---- the table ---- */

/* The receivables of the case that the message speaks of. */
static json_t *lines_of(const struct dossier_message *message)
{
    json_t *list = json_array();

    for (const struct dossier_line *line = message->lines; line; line = line->next) {
        (void)json_array_append_new(
            list, json_stringn((const char *)line->document.data, line->document.size));
    }
    return list;
}

static void tell_outcome(const struct dossier_message *message, json_t *row)
{
    const struct rlc_outcome *outcome = message->outcome;

    ctl_put_word(row, "result", RLC_VOCABULARY_OUTCOME_RESULT, (int32_t)outcome->result);
    ctl_put_span(row, "code", outcome->code);
    ctl_put_span(row, "message_id", outcome->message_id);
    ctl_put_ms(row, "attempted_at", outcome->attempted_at_ms);
    ctl_put(row, "partition", json_integer(message->answered->partition));
    ctl_put(row, "outcome_offset", json_integer(message->answered->off));
}

static void tell_attempt(const struct dossier_message *message, json_t *row)
{
    ctl_put_span(row, "message_id", message->attempted->message_id);
    ctl_put_ms(row, "attempted_at", message->attempted->attempted_at_ms);
    ctl_put(row, "partition", json_integer(message->attempt->partition));
    ctl_put(row, "attempt_offset", json_integer(message->attempt->off));
}

static json_t *row_of(const struct dossier_message *message)
{
    const struct rlc_contact_body *body = &message->request->contact_requested;
    char action[ACTION_SIZE];
    json_t *row = json_object();

    ctl_hex(message->action.bytes, sizeof(message->action.bytes), action);
    ctl_put_text(row, "action", action);
    ctl_put(row, "request_number", json_integer(message->number));
    ctl_put(row, "documents", lines_of(message));
    ctl_put_span(row, "scenario", body->scenario);
    ctl_put_span(row, "step", body->step);
    ctl_put_word(row, "tone", RLC_VOCABULARY_TONE, (int32_t)body->tone);
    ctl_put_word(row, "channel", RLC_VOCABULARY_CHANNEL, (int32_t)body->channel);
    ctl_put_ms(row, "asked_at", body->decided_at_ms);
    if (message->outcome)
        tell_outcome(message, row);
    if (message->attempted)
        tell_attempt(message, row);
    ctl_put_hash(row, "sha256", dossier_sent_hash(message));
    return row;
}

/* ---- the files ---- */

static void name_file(const struct adding *adding, const struct dossier_message *message,
                      const char *ending, char path[PATH_SIZE])
{
    char action[ACTION_SIZE];
    size_t used;

    ctl_hex(message->action.bytes, sizeof(message->action.bytes), action);
    (void)snprintf(path, PATH_SIZE, "documents/%03zu-", adding->number);
    dossier_path_put(path, PATH_SIZE / 2, message->request->contact_requested.step);
    used = strlen(path);
    (void)snprintf(path + used, PATH_SIZE - used, "-%s-%u.%s", action, message->number, ending);
}

static void add_note(struct adding *adding, const struct dossier_message *message, json_t *row,
                     const char *state, const char *why)
{
    struct dossier_stream stream;
    char path[PATH_SIZE];
    char number[32];

    name_file(adding, message, "txt", path);
    ctl_put_text(row, "state", state);
    ctl_put_text(row, "file", path);
    if (!dossier_folder_open(adding->folder, &stream))
        return;
    (void)fprintf(stream.out,
                  "The message is not here: %s.\n\nIts SHA-256, recorded when it was sent:\n%s\n",
                  why, ctl_text(row, "sha256", number));
    dossier_folder_close(adding->folder, &stream, path);
}

static void add_mail(struct adding *adding, const struct dossier_message *message, json_t *row,
                     struct rlc_span mail)
{
    char path[PATH_SIZE];

    name_file(adding, message, "eml", path);
    ctl_put_text(row, "state", "AS_SENT");
    ctl_put_text(row, "file", path);
    dossier_folder_add(adding->folder, path, mail);
}

static void add_other(struct adding *adding, const struct dossier_message *message, json_t *row,
                      const char *why)
{
    char remark[PATH_SIZE + CTL_WHY_SIZE];
    char number[32];

    add_note(adding, message, row, "NOT_AS_SENT", why);
    adding->whole = false;
    (void)snprintf(remark, sizeof(remark), "%s: %s.", ctl_text(row, "file", number), why);
    (void)json_array_append_new(json_object_get(adding->sheet, "remarks"), json_string(remark));
}

static int add_message(struct adding *adding, const struct dossier_message *message)
{
    struct ctl_remade remade;
    json_t *row = row_of(message);
    struct rlc_hash hash;
    int code;

    adding->number++;
    (void)json_array_append_new(json_object_get(adding->sheet, "documents"), row);
    rlc_arena_reset(&adding->arena);
    code = ctl_remake(adding->ctl, message->parts, message->part_count, adding->bundles,
                      &adding->arena, &remade);
    if (code != CTL_OK && remade.erased) {
        add_note(adding, message, row, "ERASED", "somebody in it was erased, and cannot be read");
    } else if (code == CTL_NOT_THERE) {
        return ctl_fail(adding->ctl, code, "%s", remade.why);
    } else if (code != CTL_OK) {
        add_other(adding, message, row, remade.why);
    } else {
        hash = rlc_sha256(remade.mail);
        if (dossier_is_as_sent(message, &hash))
            add_mail(adding, message, row, remade.mail);
        else
            add_other(adding, message, row, "what is made of it now differs from what was sent");
    }
    return CTL_OK;
}

/* A proof whose bytes are here says where. */
static void name_proofs(const json_t *sheet)
{
    const json_t *document;
    json_t *proof;
    size_t i;
    size_t k;
    char number[32];

    json_array_foreach(json_object_get(sheet, "proofs"), i, proof)
    {
        const char *hash = ctl_text(proof, "content_hash", number);

        json_array_foreach(json_object_get(sheet, "documents"), k, document)
        {
            if (strcmp(hash, ctl_text(document, "sha256", number)) == 0)
                ctl_put_text(proof, "file", ctl_text(document, "file", number));
        }
    }
}

int dossier_documents_add(struct ctl *ctl, const struct dossier_case *found,
                          const struct rlc_bundles *bundles, json_t *sheet,
                          struct dossier_folder *folder, bool *ret_whole)
{
    struct adding adding = {
        .ctl = ctl, .bundles = bundles, .sheet = sheet, .folder = folder, .whole = true
    };
    int code = CTL_OK;

    if (rlc_arena_map(&adding.arena, CTL_REMAKE_ARENA_SIZE) != RLC_OK)
        return ctl_fail(ctl, CTL_INTERNAL, "out of memory");
    for (const struct dossier_message *message = found->messages; code == CTL_OK && message;
         message = message->next) {
        if (message->lines && dossier_has_left(message))
            code = add_message(&adding, message);
    }
    rlc_arena_unmap(&adding.arena);
    name_proofs(sheet);
    *ret_whole = adding.whole;
    return code;
}
