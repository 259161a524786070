/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/ingest_lab.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/memory/keyring_memory.h"

#include "tests/support/check.h"

#define PAGE_SIZE_MAX ((size_t)1 << 20)
#define KEY_SEED      7

static void give_key(struct tenant *tenant, uint8_t first)
{
    for (size_t i = 0; i < sizeof(tenant->pseudonyms.bytes); i++)
        tenant->pseudonyms.bytes[i] = (uint8_t)(first + i);
}

void ingest_lab_open(struct ingest_lab *lab)
{
    memset(lab, 0, sizeof(*lab));
    lab->now_ms = INT64_C(1700000000000);
    assert_null(source_parse("billing.events start=earliest", &lab->sources[LAB_BILLING]));
    assert_null(
        source_parse("bank.feed tenant=acme start=earliest live=yes", &lab->sources[LAB_BANK]));
    tenants_add(&lab->tenants, rlc_span_of("acme"));
    tenants_add(&lab->tenants, rlc_span_of("globex"));
    give_key(&lab->tenants.tenant[0], 1);
    give_key(&lab->tenants.tenant[1], 2);
    for (size_t i = 0; i < LAB_SOURCES; i++)
        lab->topics[i] = lab->sources[i].topic;
    for (size_t i = 0; i < INTAKE_OUTPUTS; i++)
        lab->topics[LAB_SOURCES + i] = INTAKE_SERVICE.topics[i];
    lab->service = INTAKE_SERVICE;
    lab->service.topics = lab->topics;
    lab->service.topic_count = LAB_SOURCES + INTAKE_OUTPUTS;
    lab->service.input_count = LAB_SOURCES;
    lab->service.state_topic += LAB_SOURCES;
    lab->service.dead_letter_topic += LAB_SOURCES;
    lab->bundles = rlc_bundles_new();
    assert_non_null(lab->bundles);
    lab->intake = (struct intake){ .sources = lab->sources,
                                   .source_count = LAB_SOURCES,
                                   .tenants = &lab->tenants,
                                   .catalog.bundles = lab->bundles,
                                   .keyring = rlc_keyring_memory_new(KEY_SEED),
                                   .clock = rlc_clock_virtual(&lab->now_ms) };
    assert_non_null(lab->intake.keyring);
    assert_true(intake_open(&lab->intake));
}

void ingest_lab_close(struct ingest_lab *lab)
{
    intake_close(&lab->intake);
    lab->intake.keyring->ops->close(lab->intake.keyring);
    rlc_bundles_free(lab->bundles);
}

size_t ingest_lab_examples(char **ret_texts, size_t max)
{
    FILE *file = fopen(RLC_SOURCE_DIR "/proto/README.md", "r");
    char *page = calloc(1, PAGE_SIZE_MAX);
    char *at = page;
    size_t count = 0;

    assert_true(file && page);
    assert_true(fread(page, 1, PAGE_SIZE_MAX - 1, file) > 0);
    (void)fclose(file);
    while (count < max && (at = strstr(at, "```json\n")) != NULL) {
        char *end;

        at += strlen("```json\n");
        end = strstr(at, "```");
        assert_non_null(end);
        ret_texts[count++] = strndup(at, (size_t)(end - at));
        at = end + strlen("```");
    }
    free(page);
    return count;
}
