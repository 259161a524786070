/* SPDX-License-Identifier: Apache-2.0 */
/* A dossier without servers: records in, a case, its claim and its pages out. */
#include <string.h>

#include "dossier/acts.h"
#include "dossier/claim.h"
#include "dossier/pages.h"
#include "tests/support/check.h"
#include "tests/support/dossier_book.h"
#include "text.h"

/* Points into itself: it is filled where it stays. */
static void find_case(struct book *book, struct dossier_case *ret_found)
{
    dossier_trail_sort(&book->trail);
    assert_true(dossier_case_init(ret_found, &book->trail, rlc_span_of("K")));
}

/* An invoice, a part payment of which the filing knows, and one of which it does not. */
static void tell_story(struct book *book)
{
    book_issue(book);
    book_move_of(book, "DE",
                 (struct book_move){ RLC_RECEIVABLE_CAUSE_ISSUED, "", 0, 500, "2025-05-05", 2 });
    book_move(book, (struct book_move){ RLC_RECEIVABLE_CAUSE_PAID, "P-1", 100000, 70000,
                                        "2025-06-20", 10 });
    book_refer(book, "K");
    book_say(book, "K", "OPENED", true);
    book_file(book);
    book_move(book, (struct book_move){ RLC_RECEIVABLE_CAUSE_PAID, "P-2", 70000, 100, "2025-07-14",
                                        BOOK_WATERMARK });
}

/* ---- the trail ---- */

static void a_record_that_was_changed_is_not_taken(void **state)
{
    struct book book = book_open();
    const struct dossier_record *record;
    struct rlc_hash leaf;
    struct rlc_history_row row = { .worker = "scenario", .record.seq = 1 };

    (void)state;
    book_refer(&book, "K");
    record = &book.trail.records[0];
    leaf = record->leaf;
    leaf.bytes[7] ^= 1;
    row.record.leaf = rlc_span_from(leaf.bytes, sizeof(leaf.bytes));
    row.record.raw = record->raw;
    assert_false(book.trail.flawed);
    assert_false(dossier_trail_add(&book.trail, &row));
    assert_true(book.trail.flawed);
    assert_int_equal(book.trail.finding.fault, RLC_TRAIL_BYTES_CHANGED);
    dossier_trail_clear(&book.trail);
}

static void every_case_is_listed_with_its_last_word(void **state)
{
    struct book book = book_open();
    json_t *cases;
    char number[32];

    (void)state;
    book_refer(&book, "K");
    book_refer(&book, "L");
    book_say(&book, "L", "OPENED", true);
    book_say(&book, "L", "SETTLED", false);
    dossier_trail_sort(&book.trail);
    cases = dossier_cases(&book.trail);
    assert_int_equal(json_array_size(cases), 2);
    assert_string_equal(ctl_text(json_array_get(cases, 0), "case", number), "K");
    assert_string_equal(ctl_text(json_array_get(cases, 0), "state", number), "");
    assert_string_equal(ctl_text(json_array_get(cases, 1), "state", number), "SETTLED");
    json_decref(cases);
    dossier_trail_clear(&book.trail);
}

/* ---- the case ---- */

static void a_case_is_made_of_its_own_records_and_no_others(void **state)
{
    struct book book = book_open();
    struct dossier_case found;
    size_t chosen = 0;

    (void)state;
    tell_story(&book);
    book_say(&book, "L", "OPENED", true);
    find_case(&book, &found);
    for (size_t i = 0; i < book.trail.count; i++)
        chosen += book.trail.records[i].chosen;
    /* All but the other creditor's document of the same name, and the other case. */
    assert_int_equal(chosen, book.trail.count - 2);
    assert_true(dossier_case_has(&found, rlc_span_of("FR"), rlc_span_of("F-1")));
    assert_false(dossier_case_has(&found, rlc_span_of("DE"), rlc_span_of("F-1")));
    dossier_case_clear(&found);
    dossier_trail_clear(&book.trail);
}

static void the_claim_is_that_of_the_filing_until_it_is_recalled_and_the_case_goes_on(void **state)
{
    struct book book = book_open();
    struct dossier_case found;

    (void)state;
    tell_story(&book);
    book_say(&book, "K", "FILED", true);
    find_case(&book, &found);
    assert_non_null(found.claimed);
    dossier_case_clear(&found);

    book.now_ms++;
    book_recall(&book);
    book_say(&book, "K", "REDUCED", true);
    find_case(&book, &found);
    assert_non_null(found.filed);
    assert_non_null(found.recalled);
    assert_null(found.claimed);
    dossier_case_clear(&found);

    book.now_ms++;
    book_say(&book, "K", "SETTLED", false);
    find_case(&book, &found);
    assert_non_null(found.claimed);
    dossier_case_clear(&found);
    dossier_trail_clear(&book.trail);
}

/* ---- payments ---- */

static void a_payment_counts_if_the_filing_knew_it_and_it_did_not_come_back(void **state)
{
    static struct dossier_payment payments[DOSSIER_PAYMENTS_MAX];
    struct book book = book_open();
    struct dossier_case found;
    size_t count;

    (void)state;
    book_issue(&book);
    book_move(&book, (struct book_move){ RLC_RECEIVABLE_CAUSE_PAID, "P-0", 100000, 95000,
                                         "2025-06-10", 3 });
    book_move(&book, (struct book_move){ RLC_RECEIVABLE_CAUSE_PAYMENT_UNDONE, "P-0", 95000, 97000,
                                         "2025-06-18", 4 });
    book_move(&book, (struct book_move){ RLC_RECEIVABLE_CAUSE_CREDITED, "G-1", 97000, 90000,
                                         "2025-06-19", 5 });
    book_move(&book, (struct book_move){ RLC_RECEIVABLE_CAUSE_PAID, "P-1", 90000, 70000,
                                         "2025-06-20", 99 });
    book_refer(&book, "K");
    book_file(&book);
    book_move(&book, (struct book_move){ RLC_RECEIVABLE_CAUSE_PAID, "P-2", 70000, 100, "2025-07-14",
                                         BOOK_WATERMARK });
    find_case(&book, &found);
    assert_true(dossier_payments(&found, rlc_span_of("F-1"), payments, &count));
    assert_int_equal(count, 2);
    assert_int_equal(payments[0].minor, 3000);
    assert_int_equal(payments[1].minor, 20000);
    assert_int_equal(payments[1].value_on, book_day("2025-06-20"));
    dossier_case_clear(&found);
    dossier_trail_clear(&book.trail);
}

/* ---- what is told ---- */

static json_t *sheet_of(struct book *book)
{
    struct dossier_case found;
    struct dossier_claim claim;
    json_t *sheet = json_object();

    find_case(book, &found);
    ctl_put(sheet, "remarks", json_array());
    ctl_put(sheet, "documents", json_array());
    assert_true(dossier_claim_find(&found, &LEGAL_POLICY_EMPTY, &claim));
    dossier_acts_tell(&found, sheet);
    dossier_claim_tell(&found, &claim, sheet);
    dossier_case_clear(&found);
    return sheet;
}

static bool has_remark(const json_t *sheet, const char *part)
{
    size_t index;
    const json_t *remark;

    json_array_foreach(json_object_get(sheet, "remarks"), index, remark)
    {
        if (strstr(json_string_value(remark), part))
            return true;
    }
    return false;
}

static void
a_claim_that_was_not_filed_is_proved_by_the_latest_notice_before_its_referral(void **state)
{
    struct book book = book_open();
    const json_t *proof;
    json_t *sheet;
    char number[32];

    (void)state;
    book_issue(&book);
    book_notice(&book, 1, "2025-06-11");
    book_notice(&book, 2, "2025-06-25");
    book_refer(&book, "K");
    sheet = sheet_of(&book);
    assert_int_equal(json_array_size(json_object_get(sheet, "proofs")), 1);
    proof = json_array_get(json_object_get(sheet, "proofs"), 0);
    assert_string_equal(ctl_text(proof, "dated_on", number), "2025-06-25");
    assert_memory_equal(ctl_text(proof, "content_hash", number), "0200", 4);
    proof = json_array_get(json_object_get(sheet, "receivables"), 0);
    assert_string_equal(ctl_text(proof, "terms_version", number), "T7");
    json_decref(sheet);
    dossier_trail_clear(&book.trail);
}

static void what_is_sent_has_the_hash_of_its_attempt_and_of_its_outcome(void **state)
{
    const struct rlc_hash sent = { { 1 } };
    const struct rlc_hash other = { { 2 } };
    struct rlc_attempted attempted = { .content_hash = sent };
    struct rlc_outcome outcome = { .content_hash = sent };
    struct dossier_message message = { .number = 1 };

    (void)state;
    assert_false(dossier_has_left(&message));
    message.attempted = &attempted;
    assert_true(dossier_is_as_sent(&message, &sent));
    assert_false(dossier_is_as_sent(&message, &other));
    message.outcome = &outcome;
    assert_true(dossier_is_as_sent(&message, &sent));
    outcome.content_hash = other;
    assert_false(dossier_is_as_sent(&message, &sent));
    assert_false(dossier_is_as_sent(&message, &other));
    message.attempted = NULL;
    assert_true(dossier_is_as_sent(&message, &other));
}

static void what_does_not_agree_is_said(void **state)
{
    struct book book = book_open();
    json_t *sheet;
    char number[32];

    (void)state;
    tell_story(&book);
    sheet = sheet_of(&book);
    /* The hash of the filing is made up, and so is its interest. */
    assert_true(has_remark(sheet, "does not give the hash that was approved"));
    assert_true(has_remark(sheet, "F-1: the filing claims interest of 10.00 EUR"));
    assert_int_equal(json_array_size(json_object_get(sheet, "remarks")), 2);
    assert_string_equal(
        ctl_text(json_array_get(json_object_get(sheet, "receivables"), 0), "open_now", number),
        "1.00");
    json_decref(sheet);
    dossier_trail_clear(&book.trail);
}

static void a_ledger_that_says_another_amount_than_the_claim_is_told(void **state)
{
    struct book book = book_open();
    json_t *sheet;

    (void)state;
    book_issue(&book);
    book_refer(&book, "K");
    book_file(&book);
    sheet = sheet_of(&book);
    assert_true(has_remark(sheet, "F-1: the claim says 700.00, its ledger said 1000.00"));
    json_decref(sheet);
    dossier_trail_clear(&book.trail);
}

static void put_dispute(struct book *book, const char *id, int64_t minor, bool open)
{
    static const struct rlc_document_ref DOCUMENT = { .document = { (const uint8_t *)"F-1", 3 } };
    struct rlc_agreement_fact dispute = { .agreement = rlc_span_of(id),
                                          .kind = RLC_AGREEMENT_KIND_DISPUTE,
                                          .reach = RLC_REACH_DOCUMENT,
                                          .documents = &DOCUMENT,
                                          .document_count = 1 };

    if (minor > 0)
        dispute.amount = book_euro(minor);
    book_fact(book,
              (struct rlc_debtor_fact){ .kind = open ? RLC_FACT_KIND_AGREEMENT_OPENED
                                                     : RLC_FACT_KIND_AGREEMENT_CLOSED,
                                        .agreement_opened = dispute },
              "FR", 30);
}

static void assert_claimed(struct book *book, const char *principal, const char *disputed)
{
    json_t *sheet = sheet_of(book);
    const json_t *row = json_array_get(json_object_get(sheet, "receivables"), 0);
    char number[32];

    assert_string_equal(ctl_text(row, "principal", number), principal);
    assert_string_equal(ctl_text(row, "disputed", number), disputed);
    json_decref(sheet);
    book->now_ms++;
}

static void what_is_disputed_is_not_claimed_until_the_dispute_is_over(void **state)
{
    struct book book = book_open();

    (void)state;
    book_issue(&book);
    book_refer(&book, "K");
    put_dispute(&book, "X", 40000, true);
    put_dispute(&book, "Y", 100, true);
    assert_claimed(&book, "599.00", "401.00");
    put_dispute(&book, "X", 40000, false);
    assert_claimed(&book, "999.00", "1.00");
    put_dispute(&book, "Y", 0, true);
    assert_claimed(&book, "0.00", "1000.00");
    dossier_trail_clear(&book.trail);
}

static void interest_is_told_up_to_the_computation_and_up_to_the_filing(void **state)
{
    struct book book = book_open();
    const json_t *rows;
    json_t *sheet;
    char number[32];
    char other[32];

    (void)state;
    tell_story(&book);
    sheet = sheet_of(&book);
    rows = json_object_get(sheet, "interest");
    assert_int_equal(json_array_size(rows), 4);
    assert_string_equal(ctl_text(json_array_get(rows, 2), "to", number), "2025-07-11");
    assert_string_equal(ctl_text(json_array_get(rows, 2), "runs_to", number), "COMPUTATION");
    assert_string_equal(ctl_text(json_array_get(rows, 3), "to", number), "2025-07-15");
    assert_string_equal(ctl_text(json_array_get(rows, 3), "runs_to", number), "FILING");
    rows = json_object_get(sheet, "receivables");
    assert_string_equal(ctl_text(json_array_get(rows, 0), "interest", number), "11.94");
    assert_string_equal(ctl_text(json_array_get(rows, 0), "interest_to_filing", other), "12.87");
    json_decref(sheet);
    dossier_trail_clear(&book.trail);
}

/* ---- pages and folder ---- */

static const struct dossier_file *file_of(const struct dossier_folder *folder, const char *path)
{
    for (size_t i = 0; i < folder->count; i++) {
        if (strcmp(folder->files[i].path, path) == 0)
            return &folder->files[i];
    }
    fail_msg("no file %s", path);
    return NULL;
}

static bool holds(const struct dossier_file *file, const char *part)
{
    return strstr(file->bytes, part) != NULL;
}

static void the_same_records_give_the_same_pages(void **state)
{
    struct book book = book_open();
    struct dossier_folder folder[2] = { { .count = 0 } };

    (void)state;
    tell_story(&book);
    for (size_t i = 0; i < RLC_COUNT(folder); i++) {
        json_t *sheet = sheet_of(&book);

        dossier_pages_add(sheet, &folder[i]);
        dossier_folder_seal(&folder[i]);
        json_decref(sheet);
    }
    assert_int_equal(folder[0].count, folder[1].count);
    for (size_t i = 0; i < folder[0].count; i++) {
        assert_string_equal(folder[0].files[i].path, folder[1].files[i].path);
        assert_int_equal(folder[0].files[i].size, folder[1].files[i].size);
        assert_memory_equal(folder[0].files[i].bytes, folder[1].files[i].bytes,
                            folder[0].files[i].size);
    }
    /* What upstream calls an invoice is no formula. */
    assert_true(holds(file_of(&folder[0], "claim.csv"), "\"F-1\",\"'=1+1\","));
    assert_true(holds(file_of(&folder[0], "acts.csv"), "\"FILED\",\"FILE_PAYMENT_ORDER\","));
    assert_true(holds(file_of(&folder[0], "README.txt"), "does not give the hash"));
    for (size_t i = 0; i < RLC_COUNT(folder); i++)
        dossier_folder_clear(&folder[i]);
    dossier_trail_clear(&book.trail);
}

static void the_sums_are_sorted_and_of_all_files(void **state)
{
    static const char SUMS[] =
        "2e7d2c03a9507ae265ecf5b5356885a53393a2029d241394997265a1a25aefc6  a/c.txt\n"
        "3e23e8160039594a33894f6564e1b1348bbd7a0088d42c4acb73eeaed59c009d  b.txt\n";
    struct dossier_folder folder = { .count = 0 };
    const struct dossier_file *sums;

    (void)state;
    dossier_folder_add(&folder, "b.txt", rlc_span_of("b"));
    dossier_folder_add(&folder, "a/c.txt", rlc_span_of("c"));
    dossier_folder_seal(&folder);
    sums = file_of(&folder, "SHA256SUMS");
    assert_int_equal(sums->size, strlen(SUMS));
    assert_memory_equal(sums->bytes, SUMS, sums->size);
    dossier_folder_clear(&folder);
}

static void a_name_from_outside_leads_out_of_no_folder(void **state)
{
    char path[32] = "dossier-";

    (void)state;
    dossier_path_put(path, sizeof(path), rlc_span_of("../K 1:\xc3\xa9.x"));
    assert_string_equal(path, "dossier-_._K_1___.x");
    dossier_path_put(path, sizeof(path), rlc_span_of("a name that is much too long for it"));
    assert_int_equal(strlen(path), sizeof(path) - 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_record_that_was_changed_is_not_taken),
        cmocka_unit_test(every_case_is_listed_with_its_last_word),
        cmocka_unit_test(a_case_is_made_of_its_own_records_and_no_others),
        cmocka_unit_test(the_claim_is_that_of_the_filing_until_it_is_recalled_and_the_case_goes_on),
        cmocka_unit_test(a_payment_counts_if_the_filing_knew_it_and_it_did_not_come_back),
        cmocka_unit_test(
            a_claim_that_was_not_filed_is_proved_by_the_latest_notice_before_its_referral),
        cmocka_unit_test(what_is_sent_has_the_hash_of_its_attempt_and_of_its_outcome),
        cmocka_unit_test(what_does_not_agree_is_said),
        cmocka_unit_test(a_ledger_that_says_another_amount_than_the_claim_is_told),
        cmocka_unit_test(what_is_disputed_is_not_claimed_until_the_dispute_is_over),
        cmocka_unit_test(interest_is_told_up_to_the_computation_and_up_to_the_filing),
        cmocka_unit_test(the_same_records_give_the_same_pages),
        cmocka_unit_test(the_sums_are_sorted_and_of_all_files),
        cmocka_unit_test(a_name_from_outside_leads_out_of_no_folder),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
