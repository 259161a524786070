/* SPDX-License-Identifier: Apache-2.0 */
/* Signing an approval, or a refusal, with the orderer's own key. */
#ifndef RELANCECTL_SIGN_H
#define RELANCECTL_SIGN_H

#include "commands.h"

/* 64 bytes in base64, and a NUL. */
#define CTL_SIGNATURE_SIZE 89

/* Signs the order, that will be sent under this id, with the private key of a PEM file. Anything
 * but CTL_OK was said: another kind of order, no actor or key id, no claim hash, no such key. */
int ctl_sign(struct ctl *ctl, const struct ctl_order *order, const char *id, const char *path,
             char ret_signature[CTL_SIGNATURE_SIZE]);

#endif
