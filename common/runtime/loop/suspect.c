/* SPDX-License-Identifier: Apache-2.0 */
#include "common/runtime/loop/suspect.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/runtime/error.h"

#define LINE_SIZE 300 /* a topic's name, two numbers */

struct death {
    int32_t topic;
    int32_t partition;
    int64_t offset;
};

struct rlc_suspects {
    void *stack; /* the handler's own: the fault may be that there is none left */
    size_t count;
    struct death deaths[RLC_SUSPECTS_MAX];
};

/* A signal handler sees globals only. */
static struct {
    volatile sig_atomic_t active;
    int32_t topic;
    int32_t partition;
    int64_t offset;
    int file;
    const char *const *topics;
} current = { .file = -1 };

static const int FAULTS[] = { SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT };

void rlc_suspect_set(int32_t topic, int32_t partition, int64_t offset)
{
    current.topic = topic;
    current.partition = partition;
    current.offset = offset;
    current.active = 1;
}

void rlc_suspect_clear(void)
{
    current.active = 0;
}

/* Only what a signal handler may call. */
static size_t put_number(char *line, size_t at, int64_t number)
{
    char digits[24];
    size_t count = 0;

    do {
        digits[count++] = (char)('0' + number % 10);
        number /= 10;
    } while (number > 0);
    line[at++] = ' ';
    while (count)
        line[at++] = digits[--count];
    return at;
}

static void on_fault(int number)
{
    char line[LINE_SIZE];
    size_t at = 0;

    if (current.active && current.file >= 0) {
        for (const char *name = current.topics[current.topic]; *name && at < LINE_SIZE - 60; name++)
            line[at++] = *name;
        at = put_number(line, at, current.partition);
        at = put_number(line, at, current.offset);
        line[at++] = '\n';
        /* Nothing can be done about a full disk here. */
        if (write(current.file, line, at) < 0)
            current.active = 0;
    }
    /* The handler was reset: the fault ends the process as it would have. */
    (void)raise(number);
}

/* "topic partition offset", as on_fault() writes it; anything else is passed over. */
static void read_line(struct rlc_suspects *suspects, const char *line, const char *const *topics,
                      size_t topic_count)
{
    struct death *death = &suspects->deaths[suspects->count];
    size_t name = strcspn(line, " ");
    char *end = NULL;

    death->partition = (int32_t)strtol(line + name, &end, 10);
    if (*end != ' ')
        return;
    death->offset = strtoll(end, &end, 10);
    for (size_t i = 0; *end == '\n' && i < topic_count; i++) {
        if (strlen(topics[i]) == name && strncmp(line, topics[i], name) == 0) {
            death->topic = (int32_t)i;
            suspects->count++;
            return;
        }
    }
}

static void read_deaths(struct rlc_suspects *suspects, int file, const char *const *topics,
                        size_t topic_count)
{
    FILE *stream = fdopen(dup(file), "r");
    char line[LINE_SIZE];

    while (stream && suspects->count < RLC_SUSPECTS_MAX && fgets(line, sizeof(line), stream))
        read_line(suspects, line, topics, topic_count);
    if (stream)
        (void)fclose(stream);
}

/* Room for the handler and what the kernel saves of the processor. */
#define HANDLER_STACK ((size_t)64 << 10)

static bool give_stack(struct rlc_suspects *suspects)
{
    stack_t stack = { .ss_size = HANDLER_STACK };

    suspects->stack = malloc(HANDLER_STACK);
    stack.ss_sp = suspects->stack;
    return suspects->stack && sigaltstack(&stack, NULL) == 0;
}

struct rlc_suspects *rlc_suspects_open(const char *path, const char *const *topics,
                                       size_t topic_count, struct rlc_error *reterr)
{
    struct rlc_suspects *suspects = calloc(1, sizeof(*suspects));
    struct sigaction action = { .sa_handler = on_fault,
                                .sa_flags = (int)(SA_RESETHAND | SA_ONSTACK) };
    int file = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600);

    if (!suspects || file < 0 || !give_stack(suspects)) {
        (void)rlc_error_set(reterr, RLC_FATAL, "suspects", errno, "cannot use '%s': %s", path,
                            strerror(errno));
        if (suspects)
            free(suspects->stack);
        free(suspects);
        if (file >= 0)
            (void)close(file);
        return NULL;
    }
    read_deaths(suspects, file, topics, topic_count);
    current.file = file;
    current.topics = topics;
    (void)sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < RLC_COUNT(FAULTS); i++)
        (void)sigaction(FAULTS[i], &action, NULL);
    return suspects;
}

void rlc_suspects_close(struct rlc_suspects *suspects)
{
    if (!suspects)
        return;
    for (size_t i = 0; i < RLC_COUNT(FAULTS); i++)
        (void)signal(FAULTS[i], SIG_DFL);
    if (current.file >= 0)
        (void)close(current.file);
    current.file = -1;
    (void)sigaltstack(&(stack_t){ .ss_flags = SS_DISABLE }, NULL);
    free(suspects->stack);
    free(suspects);
}

bool rlc_suspect_is_poison(const struct rlc_suspects *suspects, int32_t topic, int32_t partition,
                           int64_t offset)
{
    int deaths = 0;

    for (size_t i = 0; suspects && i < suspects->count; i++) {
        const struct death *death = &suspects->deaths[i];

        deaths += death->topic == topic && death->partition == partition && death->offset == offset;
    }
    return deaths >= RLC_SUSPECT_DEATHS;
}
