/* SPDX-License-Identifier: Apache-2.0 */
#include "state_hash.h"

#include <stdlib.h>
#include <string.h>

#include <openssl/evp.h>
#include <uthash.h>

#include "common/pure/key.h"
#include "common/runtime/memory.h"

#include "core/records.h"
#include "state.h"

/* A record decoded and encoded again: the longest has 900 kB. */
#define RECORD_ARENA ((size_t)16 << 20)

/* The newest value of a key; the key stands behind the struct. */
struct kept {
    UT_hash_handle hh;
    struct rlc_span key;
    uint8_t *value; /* NULL: it is gone */
    size_t size;
};

struct state_hashes {
    struct kept *kept;
    struct rlc_arena arena;
    struct state_hash *hashes;
    size_t count;
    struct rlc_hash all;
};

/* ---- what is left out ---- */

static void plain_version(struct rlc_version *version)
{
    version->body_hash = (struct rlc_hash){ { 0 } };
    version->refused_hash = (struct rlc_hash){ { 0 } };
}

/* That something is there stays, and whose key seals it: the id follows from the subject. */
static void plain_sealed(struct rlc_sealed *sealed)
{
    if (sealed->key_id.size)
        sealed->bytes = rlc_span_of("-");
}

static void plain_place(struct rlc_coordinates *at)
{
    *at = (struct rlc_coordinates){ .topic = rlc_span_of("-") };
}

static void plain_instant(rlc_ms *instant)
{
    *instant -= *instant % RLC_DAY_MS;
}

static void plain_blocks(struct rlc_block *blocks, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        plain_instant(&blocks[i].from_ms);
        plain_instant(&blocks[i].until_ms);
    }
}

static bool plain_debtor(void *record, struct rlc_arena *arena)
{
    struct rlc_debtor_record *debtor = record;

    (void)arena;
    plain_version(&debtor->version);
    plain_version(&debtor->score.version);
    plain_instant(&debtor->score.version.occurred_at_ms); /* of the fact that it follows from */
    plain_blocks(debtor->blocks, debtor->block_count);
    for (size_t i = 0; i < debtor->quarantine_count; i++)
        plain_place(&debtor->quarantine[i]);
    for (size_t i = 0; i < debtor->waiting_count; i++)
        plain_place(&debtor->waiting[i].at);
    return true;
}

static bool plain_person(struct rlc_person *person, struct rlc_arena *arena)
{
    struct rlc_contact *contact = &person->contact;
    struct rlc_contact_channel *channels =
        rlc_arena_array(arena, contact->channel_count, sizeof(*channels));

    if (!channels && contact->channel_count)
        return false;
    plain_version(&person->version);
    plain_sealed(&contact->name);
    for (size_t i = 0; i < contact->channel_count; i++) {
        channels[i] = contact->channels[i];
        plain_sealed(&channels[i].address);
    }
    contact->channels = channels;
    return true;
}

static bool plain_book(void *record, struct rlc_arena *arena)
{
    struct rlc_book_record *book = record;
    bool done = true;

    plain_sealed(&book->debtor.name);
    plain_sealed(&book->debtor.address);
    plain_sealed(&book->debtor.tax_id);
    for (size_t i = 0; done && i < book->person_count; i++)
        done = plain_person(&book->persons[i], arena);
    return done;
}

static bool plain_account(void *record, struct rlc_arena *arena)
{
    struct rlc_account_record *account = record;

    (void)arena;
    plain_version(&account->version);
    plain_blocks(account->blocks, account->block_count);
    plain_sealed(&account->terms.reference);
    return true;
}

static bool plain_receivable(void *record, struct rlc_arena *arena)
{
    struct rlc_receivable_record *receivable = record;

    (void)arena;
    plain_version(&receivable->version);
    plain_version(&receivable->cancelled);
    plain_version(&receivable->entered);
    plain_blocks(receivable->blocks, receivable->block_count);
    plain_sealed(&receivable->terms.description);
    return true;
}

static bool plain_settlement(void *record, struct rlc_arena *arena)
{
    struct rlc_settlement_record *settlement = record;

    (void)arena;
    plain_version(&settlement->version);
    for (size_t i = 0; i < settlement->reversal_count; i++)
        plain_version(&settlement->reversals[i].version);
    return true;
}

static bool plain_agreement(void *record, struct rlc_arena *arena)
{
    struct rlc_agreement_record *agreement = record;

    (void)arena;
    plain_version(&agreement->version);
    plain_version(&agreement->ended);
    plain_instant(&agreement->from_ms);
    plain_instant(&agreement->until_ms);
    plain_instant(&agreement->closed_at_ms);
    return true;
}

static bool plain_task(void *record, struct rlc_arena *arena)
{
    (void)arena;
    ((struct rlc_task_record *)record)->opened_at_ms = 0;
    return true;
}

static bool plain_already(void *record, struct rlc_arena *arena)
{
    (void)record;
    (void)arena;
    return true;
}

/* Kinds of records of a debtor (core/records.h). */
static const struct {
    char kind;
    bool (*plain)(void *record, struct rlc_arena *arena);
} KINDS[] = {
    { 'd', plain_debtor },    { 'h', plain_book },       { 'a', plain_account },
    { 'o', plain_already },   { 'r', plain_receivable }, { 'p', plain_settlement },
    { 'g', plain_agreement }, { 'c', plain_already },    { 'k', plain_task },
};

static int kind_of(struct rlc_span key)
{
    for (size_t i = 0; i < RLC_COUNT(KINDS); i++) {
        if (key.size > 2 && key.data[0] == (uint8_t)KINDS[i].kind && key.data[1] == '|')
            return (int)i;
    }
    return -1;
}

/* ---- taking ---- */

struct state_hashes *state_hashes_new(void)
{
    struct state_hashes *hashes = calloc(1, sizeof(*hashes));

    if (hashes && rlc_arena_map(&hashes->arena, RECORD_ARENA) == RLC_OK)
        return hashes;
    free(hashes);
    return NULL;
}

/* NOLINTBEGIN(readability-function-size,clang-analyzer-*): what the macros of uthash expand to */
void state_hashes_free(struct state_hashes *hashes)
{
    struct kept *kept, *next;

    if (!hashes)
        return;
    HASH_ITER(hh, hashes->kept, kept, next)
    {
        HASH_DEL(hashes->kept, kept);
        free(kept->value);
        free(kept);
    }
    rlc_arena_unmap(&hashes->arena);
    free(hashes->hashes);
    free(hashes);
}

static struct kept *keep(struct state_hashes *hashes, struct rlc_span key)
{
    struct kept *kept = NULL;

    HASH_FIND(hh, hashes->kept, key.data, key.size, kept);
    if (kept)
        return kept;
    kept = calloc(1, sizeof(*kept) + key.size);
    if (!kept)
        return NULL;
    memcpy(kept + 1, key.data, key.size);
    kept->key = rlc_span_from(kept + 1, key.size);
    HASH_ADD_KEYPTR(hh, hashes->kept, kept->key.data, kept->key.size, kept);
    return kept;
}

/* NOLINTEND(readability-function-size,clang-analyzer-*) */

bool state_hashes_take(struct state_hashes *hashes, struct rlc_span key, struct rlc_span value)
{
    struct kept *kept;

    if (kind_of(key) < 0)
        return true;
    kept = keep(hashes, key);
    if (!kept)
        return false;
    free(kept->value);
    kept->value = NULL;
    kept->size = value.size;
    if (!value.data)
        return true;
    kept->value = malloc(value.size + 1);
    if (kept->value)
        memcpy(kept->value, value.data, value.size);
    return kept->value != NULL;
}

/* ---- hashing ---- */

/* Records of one debtor stand together, debtors by name. */
static int by_debtor(const struct kept *left, const struct kept *right)
{
    int order = rlc_span_compare(rlc_key_debtor(left->key), rlc_key_debtor(right->key));

    return order ? order : rlc_span_compare(left->key, right->key);
}

static bool add_span(EVP_MD_CTX *digest, struct rlc_span span)
{
    const uint8_t size[] = { (uint8_t)(span.size >> 24), (uint8_t)(span.size >> 16),
                             (uint8_t)(span.size >> 8), (uint8_t)span.size };

    return EVP_DigestUpdate(digest, size, sizeof(size)) == 1 &&
           EVP_DigestUpdate(digest, span.data, span.size) == 1;
}

static bool add_record(struct state_hashes *hashes, EVP_MD_CTX *digest, const struct kept *kept)
{
    struct rlc_span plain = { NULL, 0 };
    void *record;

    rlc_arena_reset(&hashes->arena);
    record =
        scenario_state_decode(kept->key, rlc_span_from(kept->value, kept->size), &hashes->arena);
    if (record && KINDS[kind_of(kept->key)].plain(record, &hashes->arena))
        plain = scenario_state_encode(kept->key, record, &hashes->arena);
    return plain.data && add_span(digest, kept->key) && add_span(digest, plain);
}

/* The hash over the records of a debtor, from `kept` on; the first one that is another's. */
static const struct kept *hash_debtor(struct state_hashes *hashes, EVP_MD_CTX *digest,
                                      const struct kept *kept, bool *done)
{
    struct state_hash *hash = &hashes->hashes[hashes->count];

    hash->debtor = rlc_key_debtor(kept->key);
    *done = EVP_DigestInit_ex(digest, EVP_sha256(), NULL) == 1;
    for (; *done && kept && rlc_span_equal(rlc_key_debtor(kept->key), hash->debtor);
         kept = kept->hh.next) {
        if (!kept->value)
            continue;
        hash->records++;
        *done = add_record(hashes, digest, kept);
    }
    *done = *done && EVP_DigestFinal_ex(digest, hash->hash.bytes, NULL) == 1;
    hashes->count += hash->records > 0;
    return kept;
}

static bool hash_all(struct state_hashes *hashes, EVP_MD_CTX *digest)
{
    bool done = EVP_DigestInit_ex(digest, EVP_sha256(), NULL) == 1;

    for (size_t i = 0; done && i < hashes->count; i++) {
        const struct state_hash *hash = &hashes->hashes[i];

        done = add_span(digest, hash->debtor) &&
               add_span(digest, rlc_span_from(hash->hash.bytes, sizeof(hash->hash.bytes)));
    }
    return done && EVP_DigestFinal_ex(digest, hashes->all.bytes, NULL) == 1;
}

/* NOLINTNEXTLINE(readability-function-size): what HASH_SORT expands to */
bool state_hashes_close(struct state_hashes *hashes)
{
    EVP_MD_CTX *digest = EVP_MD_CTX_new();
    const struct kept *kept;
    bool done;

    HASH_SORT(hashes->kept, by_debtor);
    hashes->hashes = calloc(HASH_COUNT(hashes->kept) + 1, sizeof(*hashes->hashes));
    done = digest && hashes->hashes;
    for (kept = hashes->kept; done && kept;)
        kept = hash_debtor(hashes, digest, kept, &done);
    done = done && hash_all(hashes, digest);
    EVP_MD_CTX_free(digest);
    return done;
}

bool state_hashes_get(const struct state_hashes *hashes, size_t number, struct state_hash *ret_hash)
{
    if (number >= hashes->count)
        return false;
    *ret_hash = hashes->hashes[number];
    return true;
}

struct rlc_hash state_hashes_all(const struct state_hashes *hashes)
{
    return hashes->all;
}
