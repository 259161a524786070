/* SPDX-License-Identifier: Apache-2.0 */
/* Cases as people read them: what each waits for, and the command that approves it. */
#include <stdlib.h>
#include <string.h>

#include "cases/row.h"
#include "cases/sheet.h"
#include "tests/support/check.h"

static void assert_member(const json_t *row, const char *name, const char *wanted)
{
    assert_string_equal(json_string_value(json_object_get(row, name)), wanted);
}

static void a_case_says_what_it_waits_for(void **state)
{
    static const struct {
        const char *word;
        const char *sentence;
    } SAID[] = {
        { "APPROVAL", "approval of FILE" },
        { "FILING", "its filing, which is approved" },
        { "HOLD", "the end of a hold: KILL_SWITCH" },
        { "CLAIM", "what its claim lacks: KILL_SWITCH" },
        { "DEADLINE", "a court, an officer, or its deadline" },
        { "STEP", "its next step" },
    };

    (void)state;
    for (size_t i = 0; i < RLC_COUNT(SAID); i++) {
        json_t *row = json_pack("{s:s, s:s, s:s}", "waits_for", SAID[i].word, "act", "FILE", "rule",
                                "KILL_SWITCH");

        ctl_case_row_say(row);
        assert_member(row, "waits", SAID[i].sentence);
        json_decref(row);
    }
}

static void a_case_that_is_over_waits_for_nothing_and_shows_what_was_referred(void **state)
{
    json_t *row = json_pack("{s:s, s:i}", "currency", "EUR", "referred_minor", 123450);

    (void)state;
    ctl_case_row_say(row);
    assert_member(row, "waits", "nothing: it is over");
    assert_member(row, "amount", "1234.50");
    assert_null(json_object_get(row, "referred_minor"));
    json_decref(row);
}

static void only_what_is_hexadecimal_can_be_a_case(void **state)
{
    (void)state;
    assert_true(ctl_case_id_valid("46f4c36e11197703ea983ce883e9647a"));
    assert_false(ctl_case_id_valid("46f4c36e11197703ea983ce883e9647"));
    assert_false(ctl_case_id_valid("46f4c36e11197703ea983ce883e9647a0"));
    assert_false(ctl_case_id_valid("' or case_id is not null or '01'"));
}

/* What the function writes; the caller frees it. */
static char *written(void (*write)(FILE *out, const void *what), const void *what)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);

    assert_non_null(out);
    write(out, what);
    (void)fclose(out);
    return text;
}

static void write_word(FILE *out, const void *word)
{
    ctl_shell_put(out, word);
}

static void a_word_of_the_command_line_stays_one_word(void **state)
{
    static const char *const WORDS[][2] = { { "FR01", "FR01" },
                                            { "a b", "'a b'" },
                                            { "it's", "'it'\\''s'" },
                                            { "$(rm)", "'$(rm)'" },
                                            { "", "''" } };

    (void)state;
    for (size_t i = 0; i < RLC_COUNT(WORDS); i++) {
        char *text = written(write_word, WORDS[i][0]);

        assert_string_equal(text, WORDS[i][1]);
        free(text);
    }
}

static void write_command(FILE *out, const void *sheet)
{
    ctl_case_print_command(out, sheet,
                           &(struct ctl_case_question){ .act = "FILE", .topic = "sap.events" });
}

static void the_command_names_all_that_an_approval_needs(void **state)
{
    json_t *sheet =
        json_pack("{s:{s:s, s:s, s:s, s:s}, s:{s:s}, s:[{s:s, s:s}]}", "case", "tenant", "acme",
                  "debtor", "C-1", "creditor", "FR", "case", "k1", "claim", "claim_hash", "ab",
                  "approvers", "actor", "anna", "signing_key", "anna-1");
    char *text = written(write_command, sheet);

    (void)state;
    assert_string_equal(
        text, "anna may approve it, with the private key in KEY.pem:\n"
              "  relancectl command approve --tenant acme --debtor C-1 --creditor FR --topic "
              "sap.events --actor anna --key KEY.pem --signing-key anna-1 --payload "
              "'{\"case_id\":\"k1\",\"act\":\"FILE\",\"claim_hash\":\"ab\"}'\n");
    free(text);
    (void)json_array_clear(json_object_get(sheet, "approvers"));
    text = written(write_command, sheet);
    assert_string_equal(text, "Nobody may approve FILE for this amount: authorities.yaml\n");
    free(text);
    json_decref(sheet);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_case_says_what_it_waits_for),
        cmocka_unit_test(a_case_that_is_over_waits_for_nothing_and_shows_what_was_referred),
        cmocka_unit_test(only_what_is_hexadecimal_can_be_a_case),
        cmocka_unit_test(a_word_of_the_command_line_stays_one_word),
        cmocka_unit_test(the_command_names_all_that_an_approval_needs),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
