/* SPDX-License-Identifier: Apache-2.0 */
/* A pool of connections to relays, driven by lines: what test_smtp.py needs to see of it.
 *
 *   smtp-trial [relay HOST PORT TLS CA USER PASSWORD CONNECTIONS PER_SECOND]... [NAME NUMBER]...
 *
 * "-" is no CA, user or password; names are those of the settings (reply_ms, ...). It reads:
 *   send ID FROM TO FILE WITHIN_MS    answers: submitted | busy WAIT_MS | rejected WHY
 *   release TO                        claims and gives back: released | busy WAIT_MS
 *   collect MS                        answers: result ID OUTCOME STAGE CODE ENHANCED RELAY TEXT |
 * none drain MS                          answers: drained | under way close answers: closed, and
 * ends */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/smtp/pool.h"

#define NS_PER_MS     UINT64_C(1000000)
#define RELAY_WORDS   8
#define MESSAGES_MAX  1000
#define LINE_SIZE     4096
#define COLLECT_POLLS 2 /* ms between two looks */

static struct {
    struct rlc_smtp_pool *pool;
    struct rlc_clock clock;
    uint8_t *messages[MESSAGES_MAX];
    size_t message_count;
} trial;

static const char *word_or_none(const char *word)
{
    return strcmp(word, "-") == 0 ? NULL : word;
}

static enum rlc_smtp_tls tls_of(const char *word)
{
    if (strcmp(word, "starttls") == 0)
        return RLC_SMTP_TLS_STARTTLS;
    return strcmp(word, "implicit") == 0 ? RLC_SMTP_TLS_IMPLICIT : RLC_SMTP_TLS_NONE;
}

static int32_t number_of(const char *word)
{
    return (int32_t)strtol(word, NULL, 10);
}

static struct rlc_smtp_relay relay_of(char **words)
{
    return (struct rlc_smtp_relay){ .host = words[0],
                                    .port = number_of(words[1]),
                                    .tls = tls_of(words[2]),
                                    .ca_file = word_or_none(words[3]),
                                    .username = word_or_none(words[4]),
                                    .password = word_or_none(words[5]),
                                    .connections = number_of(words[6]),
                                    .per_second = number_of(words[7]) };
}

static void set_number(struct rlc_smtp_settings *settings, const char *name, int32_t value)
{
    struct {
        const char *name;
        int32_t *place;
    } places[] = {
        { "domain_per_minute", &settings->domain_per_minute },
        { "connect_ms", &settings->times.connect_ms },
        { "reply_ms", &settings->times.reply_ms },
        { "block_ms", &settings->times.block_ms },
        { "accept_ms", &settings->times.accept_ms },
    };

    for (size_t i = 0; i < RLC_COUNT(places); i++) {
        if (strcmp(places[i].name, name) == 0)
            *places[i].place = value;
    }
}

static bool open_pool(int argc, char **argv)
{
    struct rlc_smtp_relay relays[RLC_SMTP_RELAYS_MAX];
    struct rlc_smtp_settings settings = { .relays = relays, .hello = "sender.example" };
    struct rlc_error error;
    int at = 1;

    trial.clock = rlc_clock_system();
    settings.clock = trial.clock;
    while (at + 1 < argc) {
        if (strcmp(argv[at], "relay") == 0 && at + RELAY_WORDS < argc) {
            relays[settings.relay_count++] = relay_of(argv + at + 1);
            at += 1 + RELAY_WORDS;
        } else {
            set_number(&settings, argv[at], number_of(argv[at + 1]));
            at += 2;
        }
    }
    if (rlc_smtp_pool_open(&settings, &trial.pool, &error) == RLC_OK)
        return true;
    printf("refused %s\n", error.text);
    return false;
}

/* Kept until the end: the pool borrows it. */
static struct rlc_span read_message(const char *path)
{
    uint8_t *bytes = malloc(RLC_SMTP_MESSAGE_MAX);
    FILE *file = fopen(path, "rb");
    size_t size = 0;

    if (!bytes || !file || trial.message_count == MESSAGES_MAX)
        abort();
    size = fread(bytes, 1, RLC_SMTP_MESSAGE_MAX, file);
    (void)fclose(file);
    trial.messages[trial.message_count++] = bytes;
    return rlc_span_from(bytes, size);
}

/* "\n" in a word stands for a line break, so that a line can carry one. */
static struct rlc_span address_of(char *word)
{
    char *escaped;

    while ((escaped = strstr(word, "\\n")) != NULL) {
        escaped[0] = '\r';
        escaped[1] = '\n';
    }
    return rlc_span_of(word);
}

static bool claim(struct rlc_span to, struct rlc_smtp_claim *ret_claim)
{
    struct rlc_error error;
    int64_t wait_ms;
    enum rlc_status status = rlc_smtp_pool_claim(trial.pool, to, ret_claim, &wait_ms, &error);

    if (status == RLC_RETRY)
        printf("busy %" PRId64 "\n", wait_ms == RLC_SMTP_WAIT_FOR_RESULT ? -1 : wait_ms);
    if (status == RLC_REJECT)
        printf("rejected %s\n", error.text);
    return status == RLC_OK;
}

static void send_mail(char **words)
{
    uint64_t within_ns = (uint64_t)number_of(words[4]) * NS_PER_MS;
    struct rlc_smtp_mail mail = { .id = (uint64_t)number_of(words[0]),
                                  .from = address_of(words[1]),
                                  .to = address_of(words[2]),
                                  .message = read_message(words[3]) };
    struct rlc_smtp_claim claimed;
    struct rlc_error error;

    if (!claim(mail.to, &claimed))
        return;
    mail.start_before_ns = rlc_clock_monotonic_ns(&trial.clock) + within_ns;
    if (rlc_smtp_pool_submit(trial.pool, claimed, &mail, &error) == RLC_OK)
        printf("submitted\n");
    else
        printf("rejected %s\n", error.text);
}

static void release(char **words)
{
    struct rlc_smtp_claim claimed;

    if (!claim(address_of(words[0]), &claimed))
        return;
    rlc_smtp_pool_release(trial.pool, claimed);
    printf("released\n");
}

static void collect(char **words)
{
    uint64_t wait_ns = (uint64_t)number_of(words[0]) * NS_PER_MS;
    uint64_t until_ns = rlc_clock_monotonic_ns(&trial.clock) + wait_ns;
    struct rlc_smtp_result result;

    while (!rlc_smtp_pool_collect(trial.pool, &result)) {
        if (rlc_clock_monotonic_ns(&trial.clock) >= until_ns) {
            printf("none\n");
            return;
        }
        rlc_clock_pause_ms(NULL, COLLECT_POLLS);
    }
    printf("result %" PRIu64 " %s %s %d %s %d %s\n", result.id,
           rlc_smtp_outcome_name(result.outcome), rlc_smtp_stage_name(result.stage),
           (int)result.code, result.enhanced[0] ? result.enhanced : "-", (int)result.relay,
           result.text);
}

static void drain(char **words)
{
    printf("%s\n", rlc_smtp_pool_drain(trial.pool, number_of(words[0])) ? "drained" : "under way");
}

static const struct {
    const char *name;
    size_t words;
    void (*run)(char **words);
} COMMANDS[] = {
    { "send", 5, send_mail },
    { "release", 1, release },
    { "collect", 1, collect },
    { "drain", 1, drain },
};

static void run_line(char *line)
{
    char *words[8] = { NULL };
    char *rest = NULL;
    size_t count = 0;

    for (char *word = strtok_r(line, " \n", &rest); word && count < RLC_COUNT(words);
         word = strtok_r(NULL, " \n", &rest))
        words[count++] = word;
    for (size_t i = 0; count > 0 && i < RLC_COUNT(COMMANDS); i++) {
        if (strcmp(words[0], COMMANDS[i].name) == 0 && count == COMMANDS[i].words + 1) {
            COMMANDS[i].run(words + 1);
            return;
        }
    }
    printf("what?\n");
}

int main(int argc, char **argv)
{
    char line[LINE_SIZE];

    (void)setvbuf(stdout, NULL, _IOLBF, 0);
    if (!open_pool(argc, argv))
        return 1;
    while (fgets(line, sizeof(line), stdin) && strcmp(line, "close\n") != 0)
        run_line(line);
    rlc_smtp_pool_close(trial.pool);
    for (size_t i = 0; i < trial.message_count; i++)
        free(trial.messages[i]);
    printf("closed\n");
    return 0;
}
