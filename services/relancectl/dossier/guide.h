/* SPDX-License-Identifier: Apache-2.0 */
/* What every dossier says of itself: how to read it, and how to check it without us. */
#ifndef RELANCECTL_DOSSIER_GUIDE_H
#define RELANCECTL_DOSSIER_GUIDE_H

extern const char DOSSIER_OVERVIEW[]; /* the head of README.txt */
extern const char DOSSIER_VERIFY[];   /* VERIFY.txt */
extern const char DOSSIER_PROGRAM[];  /* verify.py: what VERIFY.txt says, as a program */

#endif
