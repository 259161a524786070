/* SPDX-License-Identifier: Apache-2.0 */
#include "common/policy/bundle_build.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "common/policy/folder.h"
#include "common/policy/keys.h"
#include "common/policy/layout.h"
#include "common/policy/tables.h"
#include "common/policy/tzif.h"
#include "common/policy/yaml.h"
#include "common/runtime/error.h"
#include "common/runtime/memory.h"

/* The files twice (as they were and put together), their table, and the tree of bundle.yaml. */
#define ARENA_BYTES (3 * RLC_BUNDLE_BYTES_MAX + ((size_t)64 << 20))
/* Zones of one table: those of bundle.yaml and UTC. */
#define ZONES_MAX (RLC_POLICY_NAMES_MAX + 2)

struct rlc_bundle_build {
    struct rlc_arena arena;
    struct rlc_bundle bundle;
    struct rlc_folder folder;
    struct rlc_span all; /* the contents one after the other */
    struct rlc_span title;
    uint32_t format;
    char tzdata[RLC_TZDATA_SIZE];
};

/* What is asked for. */
struct order {
    const char *zoneinfo;
    struct rlc_problems *problems;
    struct rlc_error *reterr;
};

void rlc_hash_format(const struct rlc_hash *hash, char ret_text[RLC_HASH_TEXT_SIZE])
{
    for (size_t i = 0; i < sizeof(hash->bytes); i++)
        (void)snprintf(ret_text + 2 * i, 3, "%02x", hash->bytes[i]);
}

static struct rlc_folder_file *find(const struct rlc_folder *folder, const char *path)
{
    for (size_t i = 0; i < folder->count; i++) {
        if (rlc_span_equal(folder->files[i].path, rlc_span_of(path)))
            return &folder->files[i];
    }
    return NULL;
}

/* ---- what bundle.yaml says about the bundle itself ---- */

static struct rlc_span scalar(const struct rlc_yaml *map, const char *key)
{
    const struct rlc_yaml *node = map ? rlc_yaml_get(map, key) : NULL;

    if (!node || node->kind != RLC_YAML_SCALAR)
        return (struct rlc_span){ NULL, 0 };
    return node->text;
}

/* Its own problems are found by the workers' readers; here a throw-away list is enough. */
static const struct rlc_yaml *read_head(struct rlc_bundle_build *build)
{
    const struct rlc_folder_file *file = find(&build->folder, "bundle.yaml");
    struct rlc_problems *ignored = calloc(1, sizeof(*ignored));
    const struct rlc_yaml *map = NULL;
    struct rlc_span format;

    if (file && ignored)
        map = rlc_yaml_parse(file->path, file->content, &build->arena, ignored);
    free(ignored);
    if (!map || map->kind != RLC_YAML_MAP)
        return NULL;
    build->title = scalar(map, "title");
    format = scalar(map, "format");
    if (format.size == 1 && format.data[0] > '0' && format.data[0] <= '9')
        build->format = format.data[0] - '0';
    return map;
}

/* ---- time zones ---- */

struct zone_names {
    char name[ZONES_MAX][RLC_POLICY_NAME_MAX + 1];
    const struct rlc_yaml *node[ZONES_MAX]; /* where it is named; NULL: nowhere */
    size_t count;
};

/* Keeps the names sorted, each once. */
static void add_zone(struct zone_names *zones, struct rlc_span name, const struct rlc_yaml *node)
{
    char text[RLC_POLICY_NAME_MAX + 1];
    size_t at = 0;

    if (name.size == 0 || name.size > RLC_POLICY_NAME_MAX || zones->count == ZONES_MAX)
        return;
    (void)snprintf(text, sizeof(text), "%.*s", (int)name.size, (const char *)name.data);
    while (at < zones->count && strcmp(zones->name[at], text) < 0)
        at++;
    if (at < zones->count && strcmp(zones->name[at], text) == 0)
        return;
    memmove(zones->name[at + 1], zones->name[at], (zones->count - at) * sizeof(zones->name[0]));
    for (size_t i = zones->count; i > at; i--)
        zones->node[i] = zones->node[i - 1];
    memcpy(zones->name[at], text, sizeof(text));
    zones->node[at] = node;
    zones->count++;
}

static void collect_zones(const struct rlc_yaml *head, struct zone_names *zones)
{
    const struct rlc_yaml *list = head ? rlc_yaml_get(head, "zones") : NULL;

    add_zone(zones, rlc_span_of("UTC"), NULL);
    if (head)
        add_zone(zones, scalar(head, "zone"), rlc_yaml_get(head, "zone"));
    for (const struct rlc_yaml *item = list ? list->first : NULL; item; item = item->next) {
        if (item->kind == RLC_YAML_SCALAR)
            add_zone(zones, item->text, item);
    }
}

static void print_zone(const struct order *order, const struct zone_names *zones, size_t i,
                       FILE *out)
{
    struct rlc_place place = { .path = rlc_span_of("bundle.yaml") };
    struct rlc_error error = { .status = RLC_OK };
    struct rlc_tzif *tzif = malloc(sizeof(*tzif));

    if (tzif && rlc_tzif_read(order->zoneinfo, zones->name[i], tzif, &error) == RLC_OK) {
        rlc_tzif_print(tzif, zones->name[i], out);
    } else {
        if (zones->node[i])
            place = rlc_yaml_place(place.path, zones->node[i]);
        rlc_problems_add(order->problems, RLC_SEVERITY_ERROR, &place,
                         "Use an IANA name such as Europe/Paris, and see that tzdata is installed.",
                         "time zone '%s': %s", zones->name[i], tzif ? error.text : "no memory");
    }
    free(tzif);
}

static char *print_zones(struct rlc_bundle_build *build, const struct order *order,
                         const struct zone_names *zones, size_t *ret_size)
{
    char *text = NULL;
    FILE *out = open_memstream(&text, ret_size);

    if (!out)
        return NULL;
    rlc_tzif_edition(order->zoneinfo, build->tzdata);
    (void)fprintf(out, "# Offsets of time zones, %d to %d, from tzdata %s.\nzone,from,offset\n",
                  RLC_ZONE_YEAR_FIRST, RLC_ZONE_YEAR_LAST, build->tzdata);
    for (size_t i = 0; i < zones->count; i++)
        print_zone(order, zones, i, out);
    if (fclose(out) != 0) {
        free(text);
        return NULL;
    }
    return text;
}

static enum rlc_status compile_zones(struct rlc_bundle_build *build, const struct order *order,
                                     const struct rlc_yaml *head)
{
    struct rlc_folder_file *file = &build->folder.files[build->folder.count];
    struct zone_names zones = { .count = 0 };
    size_t size = 0;
    char *text;

    if (find(&build->folder, RLC_ZONES_PATH))
        return RLC_OK;
    if (build->folder.count == RLC_BUNDLE_FILES_MAX)
        return rlc_error_set(order->reterr, RLC_REJECT, "bundle", 0, "more than %d files",
                             RLC_BUNDLE_FILES_MAX);
    collect_zones(head, &zones);
    text = print_zones(build, order, &zones, &size);
    if (!text)
        return rlc_error_set(order->reterr, RLC_FATAL, "bundle", 0, "no memory for the zones");
    file->path = rlc_span_of(RLC_ZONES_PATH);
    file->content = rlc_arena_copy(&build->arena, rlc_span_from(text, size));
    build->folder.count++;
    free(text);
    return RLC_OK;
}

/* ---- putting it together ---- */

static int by_path(const void *a, const void *b)
{
    const struct rlc_folder_file *left = a;
    const struct rlc_folder_file *right = b;

    return rlc_span_compare(left->path, right->path);
}

static size_t total_size(const struct rlc_folder *folder)
{
    size_t total = 0;

    for (size_t i = 0; i < folder->count; i++)
        total += folder->files[i].content.size;
    return total;
}

/* Copies the contents one behind the other, so that chunks are pieces of one run of bytes. */
static bool join(struct rlc_bundle_build *build, size_t total)
{
    size_t count = build->folder.count;
    struct rlc_bundle_file *files = rlc_arena_array(&build->arena, count, sizeof(*files));
    struct rlc_span *contents = rlc_arena_array(&build->arena, count, sizeof(*contents));
    uint8_t *all = rlc_arena_alloc(&build->arena, total + 1);
    size_t used = 0;

    if (!files || !contents || !all)
        return false;
    for (size_t i = 0; i < count; i++) {
        struct rlc_span content = build->folder.files[i].content;

        if (content.size > 0)
            memcpy(all + used, content.data, content.size);
        contents[i] = rlc_span_from(all + used, content.size);
        files[i] = (struct rlc_bundle_file){ .path = build->folder.files[i].path,
                                             .size = (uint32_t)content.size,
                                             .content_hash = rlc_sha256(contents[i]) };
        used += content.size;
    }
    build->all = rlc_span_from(all, total);
    build->bundle = (struct rlc_bundle){ .hash = rlc_bundle_hash(files, count),
                                         .format = build->format,
                                         .files = files,
                                         .contents = contents,
                                         .file_count = count };
    return true;
}

static enum rlc_status assemble(struct rlc_bundle_build *build, const struct order *order)
{
    size_t total = total_size(&build->folder);

    if (total > RLC_BUNDLE_BYTES_MAX)
        return rlc_error_set(order->reterr, RLC_REJECT, "bundle", 0,
                             "the files have %zu bytes; at most %zu", total, RLC_BUNDLE_BYTES_MAX);
    qsort(build->folder.files, build->folder.count, sizeof(*build->folder.files), by_path);
    if (!join(build, total))
        return rlc_error_set(order->reterr, RLC_FATAL, "bundle", 0, "no memory for the files");
    return rlc_problems_status(order->problems, "bundle", order->reterr);
}

static enum rlc_status fill(struct rlc_bundle_build *build, const char *folder,
                            const struct order *order)
{
    enum rlc_status status =
        rlc_folder_read(folder, &build->arena, order->problems, &build->folder, order->reterr);

    if (status == RLC_OK)
        status = compile_zones(build, order, read_head(build));
    if (status == RLC_OK)
        status = assemble(build, order);
    return status;
}

enum rlc_status rlc_bundle_build_folder(const char *folder, const char *zoneinfo,
                                        struct rlc_problems *problems,
                                        struct rlc_bundle_build **ret_build,
                                        struct rlc_error *reterr)
{
    struct order order = { zoneinfo ? zoneinfo : RLC_ZONEINFO, problems, reterr };
    struct rlc_bundle_build *build = calloc(1, sizeof(*build));
    enum rlc_status status;

    if (!build || rlc_arena_map(&build->arena, ARENA_BYTES) != RLC_OK) {
        free(build);
        return rlc_error_set(reterr, RLC_FATAL, "bundle", 0, "no memory for a bundle");
    }
    build->format = RLC_BUNDLE_FORMAT;
    status = fill(build, folder, &order);
    if (status != RLC_OK) {
        rlc_bundle_build_free(build);
        return status;
    }
    *ret_build = build;
    return RLC_OK;
}

void rlc_bundle_build_free(struct rlc_bundle_build *build)
{
    if (!build)
        return;
    rlc_arena_unmap(&build->arena);
    free(build);
}

const struct rlc_bundle *rlc_bundle_build_bundle(const struct rlc_bundle_build *build)
{
    return &build->bundle;
}

struct rlc_span rlc_bundle_build_title(const struct rlc_bundle_build *build)
{
    return build->title;
}

const char *rlc_bundle_build_tzdata(const struct rlc_bundle_build *build)
{
    return build->tzdata;
}

/* ---- records ---- */

static size_t chunk_count(const struct rlc_bundle_build *build)
{
    size_t chunks = (build->all.size + RLC_CHUNK_BYTES_MAX - 1) / RLC_CHUNK_BYTES_MAX;

    return chunks > 0 ? chunks : 1;
}

size_t rlc_bundle_build_record_count(const struct rlc_bundle_build *build)
{
    return chunk_count(build) + 1;
}

static struct rlc_bundle_chunk chunk_at(const struct rlc_bundle_build *build, size_t index)
{
    size_t from = index * RLC_CHUNK_BYTES_MAX;
    size_t rest = build->all.size - from;

    return (struct rlc_bundle_chunk){
        .bundle_hash = build->bundle.hash,
        .index = (uint32_t)index,
        .bytes = rlc_span_from(build->all.data + from,
                               rest < RLC_CHUNK_BYTES_MAX ? rest : RLC_CHUNK_BYTES_MAX)
    };
}

void rlc_bundle_build_record(const struct rlc_bundle_build *build, size_t index,
                             struct rlc_bundle_record *ret_record,
                             char ret_key[RLC_BUNDLE_KEY_SIZE])
{
    size_t chunks = chunk_count(build);

    assert(index <= chunks);
    rlc_hash_format(&build->bundle.hash, ret_key);
    if (index < chunks) {
        *ret_record = (struct rlc_bundle_record){ .kind = RLC_BUNDLE_RECORD_KIND_CHUNK,
                                                  .chunk = chunk_at(build, index) };
        (void)snprintf(ret_key + RLC_HASH_TEXT_SIZE - 1,
                       RLC_BUNDLE_KEY_SIZE - RLC_HASH_TEXT_SIZE + 1, "/%zu", index);
        return;
    }
    *ret_record =
        (struct rlc_bundle_record){ .kind = RLC_BUNDLE_RECORD_KIND_MANIFEST,
                                    .manifest = { .bundle_hash = build->bundle.hash,
                                                  .title = build->title,
                                                  .chunk_count = (uint32_t)chunks,
                                                  .total_bytes = (uint32_t)build->all.size,
                                                  .format = build->format,
                                                  .files = build->bundle.files,
                                                  .file_count = build->bundle.file_count } };
}
