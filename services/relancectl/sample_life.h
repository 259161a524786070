/* SPDX-License-Identifier: Apache-2.0 */
/* One debtor of a made-up portfolio lives its story. */
#ifndef RELANCECTL_SAMPLE_LIFE_H
#define RELANCECTL_SAMPLE_LIFE_H

#include "sample_book.h"
#include "sample_story.h"

/* Puts the year of debtor `number` into the book. What it does depends on `seed`, its number and
 * its story alone: other debtors change nothing of it but names of documents. */
void sample_life(struct sample_book *book, uint64_t seed, int64_t number,
                 const struct sample_story *story);

/* The code that ingest or scenario gives to the mistakes of sample_book.wrong[]. */
const char *sample_mistake(int row);

#endif
