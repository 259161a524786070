/* SPDX-License-Identifier: Apache-2.0 */
/* A folder that is there whole or not at all: files are collected in memory, and written beside the
 * place before they take it. */
#ifndef RELANCECTL_DOSSIER_FOLDER_H
#define RELANCECTL_DOSSIER_FOLDER_H

#include "cli.h"

struct dossier_file {
    char *path;  /* below the folder; at most two folders deep */
    char *bytes; /* with a NUL behind them */
    size_t size;
};

/* All zero is an empty one. */
struct dossier_folder {
    struct dossier_file *files;
    size_t count;
    size_t room;
    bool crowded; /* memory was short: a file is missing */
};

/* Adds a file; the bytes are copied. */
void dossier_folder_add(struct dossier_folder *folder, const char *path, struct rlc_span bytes);

/* A stream that becomes a file. End it with dossier_folder_close(). NULL: no memory. */
struct dossier_stream {
    FILE *out;
    char *text;
    size_t size;
};
bool dossier_folder_open(struct dossier_folder *folder, struct dossier_stream *stream);
void dossier_folder_close(struct dossier_folder *folder, struct dossier_stream *stream,
                          const char *path);

/* Sorts the files by path and adds SHA256SUMS over all of them, as `sha256sum -c` reads it. */
void dossier_folder_seal(struct dossier_folder *folder);

/* Writes it to `target`, which must not exist: files of 0600 in folders of 0700, since they hold
 * personal data. CTL_OK, or the exit code after a message; then nothing is left behind. */
int dossier_folder_write(const struct ctl *ctl, const struct dossier_folder *folder,
                         const char *target);

void dossier_folder_clear(struct dossier_folder *folder);

/* Appends to `text` what of a name may stand in a path: all but letters, digits, '.', '-' and '_'
 * become '_', and nothing begins with a dot. `size` counts the NUL. */
void dossier_path_put(char *text, size_t size, struct rlc_span name);

#endif
