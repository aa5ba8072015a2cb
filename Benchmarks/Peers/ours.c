// What a ledger file costs in bare C: takes the rows of a ledger, hashes them again and writes them
// to a new file with the same tables, indexes, triggers, tree nodes and postings. No parsing, no checks.
//
//   cc -O2 -o ours ours.c -lsqlite3 -lcrypto
//   ours write SOURCE DEST K [off]  K rows a transaction, 0 for all in one; off: without the triggers
//   ours single SOURCE DEST N     the first N rows, one a transaction, each durable
//   ours scan SOURCE | ours scanhash SOURCE | ours scantree SOURCE
#include <openssl/evp.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

typedef struct { unsigned char *bytes; int length; } Record;
typedef struct { int level, block, places; char *attribute, *value; unsigned char *bytes; } Posting;
typedef struct { sqlite3_int64 sequence; char *name; unsigned char salt[32]; unsigned char *content; int length; } Attachment;

static double now(void) { struct timespec t; clock_gettime(CLOCK_MONOTONIC, &t); return t.tv_sec + t.tv_nsec * 1e-9; }
static int compare(const void *a, const void *b) { double x = *(double *)a, y = *(double *)b; return x < y ? -1 : x > y; }
static void check(int rc, sqlite3 *d) { if (rc != SQLITE_OK && rc != SQLITE_DONE && rc != SQLITE_ROW) { fprintf(stderr, "ours: %d %s\n", rc, sqlite3_errmsg(d)); exit(1); } }
static void *take(const void *p, int n) { void *q = malloc(n + 1); if (n) memcpy(q, p, n); ((char *)q)[n] = 0; return q; }

static EVP_MD_CTX *context; static EVP_MD *sha;
static void leaf(const unsigned char *p, int n, unsigned char *out) {
  unsigned char zero = 0; unsigned length;
  EVP_DigestInit_ex(context, sha, 0); EVP_DigestUpdate(context, &zero, 1); EVP_DigestUpdate(context, p, n); EVP_DigestFinal_ex(context, out, &length);
}
static void parent(const unsigned char *left, const unsigned char *right, unsigned char *out) {
  unsigned char block[65]; unsigned length; block[0] = 1; memcpy(block + 1, left, 32); memcpy(block + 33, right, 32);
  EVP_DigestInit_ex(context, sha, 0); EVP_DigestUpdate(context, block, 65); EVP_DigestFinal_ex(context, out, &length);
}

static unsigned char edge[64][32]; static long long leaves;
/// Adds a leaf to the tree and keeps a node for each 256 below it.
static void grow(sqlite3_stmt *node, sqlite3 *d, const unsigned char *hash) {
  unsigned char h[32]; memcpy(h, hash, 32); long long index = leaves++; int level = 0;
  while (index & 1) {
    parent(edge[level], h, h); index >>= 1; level++;
    if (node && level % 8 == 0 && level <= 24) {
      sqlite3_bind_int(node, 1, level); sqlite3_bind_int64(node, 2, index); sqlite3_bind_blob(node, 3, h, 32, SQLITE_TRANSIENT);
      check(sqlite3_step(node), d); sqlite3_reset(node);
    }
  }
  memcpy(edge[level], h, 32);
}

int main(int count, char **words) {
  if (count < 3) return 64;
  context = EVP_MD_CTX_new(); sha = EVP_MD_fetch(0, "SHA256", 0);
  const char *mode = words[1]; sqlite3 *source; sqlite3_stmt *q;
  check(sqlite3_open_v2(words[2], &source, SQLITE_OPEN_READONLY, 0), source);
  if (!strncmp(mode, "scan", 4)) {
    int hashes = mode[4] != 0, tree = !strcmp(mode, "scantree"); long n = 0, bytes = 0, bad = 0; unsigned char h[32];
    check(sqlite3_prepare_v2(source, "SELECT sequence, leaf, record FROM event ORDER BY sequence", -1, &q, 0), source);
    double start = now();
    while (sqlite3_step(q) == SQLITE_ROW) {
      n++; const unsigned char *l = sqlite3_column_blob(q, 1), *p = sqlite3_column_text(q, 2); int length = sqlite3_column_bytes(q, 2);
      bytes += length; if (hashes) { leaf(p, length, h); bad += memcmp(h, l, 32) != 0; } else bad += p[0] != '{'; if (tree) grow(0, 0, h);
    }
    double t = now() - start; printf("%s n=%ld %.0f rows/s %.3fs bytes=%ld bad=%ld\n", mode, n, n / t, t, bytes, bad); return 0;
  }
  if (count < 5) return 64;
  int single = !strcmp(mode, "single"); long limit = single ? atol(words[4]) : -1, k = single ? 1 : atol(words[4]);
  long n = 0, room = 1024, m = 0, space = 1024, w = 0, width = 1024; long long bytes = 0;
  Record *records = malloc(room * sizeof *records); Attachment *attachments = malloc(space * sizeof *attachments);
  check(sqlite3_prepare_v2(source, "SELECT CAST(record AS BLOB) FROM event ORDER BY sequence LIMIT ?", -1, &q, 0), source);
  sqlite3_bind_int64(q, 1, limit);
  while (sqlite3_step(q) == SQLITE_ROW) {
    if (n == room) records = realloc(records, (room *= 2) * sizeof *records);
    records[n].length = sqlite3_column_bytes(q, 0); records[n].bytes = take(sqlite3_column_blob(q, 0), records[n].length); bytes += records[n].length; n++;
  }
  sqlite3_finalize(q);
  check(sqlite3_prepare_v2(source, "SELECT sequence, name, salt, content FROM attachment WHERE sequence <= ? ORDER BY sequence, name", -1, &q, 0), source);
  sqlite3_bind_int64(q, 1, n);
  while (sqlite3_step(q) == SQLITE_ROW) {
    if (m == space) attachments = realloc(attachments, (space *= 2) * sizeof *attachments);
    Attachment *a = attachments + m++; a->sequence = sqlite3_column_int64(q, 0); a->name = take(sqlite3_column_text(q, 1), sqlite3_column_bytes(q, 1));
    memcpy(a->salt, sqlite3_column_blob(q, 2), 32); a->length = sqlite3_column_bytes(q, 3); a->content = take(sqlite3_column_blob(q, 3), a->length);
  }
  sqlite3_finalize(q);
  // In the order in which their blocks come to an end.
  Posting *postings = malloc(width * sizeof *postings);
  check(sqlite3_prepare_v2(source, "SELECT level, block, attribute, value, places FROM posting WHERE (block + 1) << level <= ? ORDER BY (block + 1) << level, level, attribute, value", -1, &q, 0), source);
  sqlite3_bind_int64(q, 1, n);
  while (sqlite3_step(q) == SQLITE_ROW) {
    if (w == width) postings = realloc(postings, (width *= 2) * sizeof *postings);
    Posting *p = postings + w++; p->level = sqlite3_column_int(q, 0); p->block = sqlite3_column_int(q, 1);
    p->attribute = take(sqlite3_column_text(q, 2), sqlite3_column_bytes(q, 2)); p->value = take(sqlite3_column_text(q, 3), sqlite3_column_bytes(q, 3));
    p->places = sqlite3_column_bytes(q, 4); p->bytes = take(sqlite3_column_blob(q, 4), p->places);
  }
  sqlite3_finalize(q);

  char path[4096]; for (int i = 0; i < 3; i++) { snprintf(path, sizeof path, "%s%s", words[3], (const char *[]){"", "-wal", "-shm"}[i]); unlink(path); }
  sqlite3 *d; sqlite3_stmt *insert, *attach, *node, *post, *begin, *commit; check(sqlite3_open(words[3], &d), d);
  check(sqlite3_exec(d, "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA temp_store=MEMORY", 0, 0, 0), d);
  check(sqlite3_prepare_v2(source, "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY CASE type WHEN 'table' THEN 0 WHEN 'index' THEN 1 ELSE 2 END, rowid", -1, &q, 0), source);
  while (sqlite3_step(q) == SQLITE_ROW) check(sqlite3_exec(d, (const char *)sqlite3_column_text(q, 0), 0, 0, 0), d);
  // As the ledger's own appending connection does; the triggers stay in the file.
  if (count > 5 && !strcmp(words[5], "off")) check(sqlite3_db_config(d, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, (int *)0), d);
  check(sqlite3_prepare_v2(d, "INSERT INTO event (sequence, leaf, record) VALUES (?, ?, ?)", -1, &insert, 0), d);
  check(sqlite3_prepare_v2(d, "INSERT INTO attachment (sequence, name, salt, content) VALUES (?, ?, ?, ?)", -1, &attach, 0), d);
  check(sqlite3_prepare_v2(d, "INSERT OR REPLACE INTO node (level, position, hash) VALUES (?, ?, ?)", -1, &node, 0), d);
  check(sqlite3_prepare_v2(d, "INSERT INTO posting (level, block, attribute, value, places) VALUES (?, ?, ?, ?, ?)", -1, &post, 0), d);
  check(sqlite3_prepare_v2(d, "BEGIN IMMEDIATE", -1, &begin, 0), d); check(sqlite3_prepare_v2(d, "COMMIT", -1, &commit, 0), d);
  double *latencies = malloc((n + 1) * sizeof *latencies); long commits = 0, next = 0, posted = 0; unsigned char h[32];
  double start = now(), before = start;
  for (long i = 0; i < n; i++) {
    if (k ? i % k == 0 : i == 0) { before = now(); check(sqlite3_step(begin), d); sqlite3_reset(begin); }
    leaf(records[i].bytes, records[i].length, h);
    sqlite3_bind_int64(insert, 1, i + 1); sqlite3_bind_blob(insert, 2, h, 32, SQLITE_STATIC); sqlite3_bind_text(insert, 3, (char *)records[i].bytes, records[i].length, SQLITE_STATIC);
    check(sqlite3_step(insert), d); sqlite3_reset(insert);
    grow(node, d, h);
    for (; next < m && attachments[next].sequence == i + 1; next++) {
      Attachment *a = attachments + next;
      sqlite3_bind_int64(attach, 1, a->sequence); sqlite3_bind_text(attach, 2, a->name, -1, SQLITE_STATIC);
      sqlite3_bind_blob(attach, 3, a->salt, 32, SQLITE_STATIC); sqlite3_bind_blob(attach, 4, a->content, a->length, SQLITE_STATIC);
      check(sqlite3_step(attach), d); sqlite3_reset(attach);
    }
    for (; posted < w && (postings[posted].block + 1LL) << postings[posted].level <= i + 1; posted++) {
      Posting *p = postings + posted;
      sqlite3_bind_int(post, 1, p->level); sqlite3_bind_int(post, 2, p->block); sqlite3_bind_text(post, 3, p->attribute, -1, SQLITE_STATIC);
      sqlite3_bind_text(post, 4, p->value, -1, SQLITE_STATIC); sqlite3_bind_blob(post, 5, p->bytes, p->places, SQLITE_STATIC);
      check(sqlite3_step(post), d); sqlite3_reset(post);
    }
    if (i == n - 1 || (k && i % k == k - 1)) { check(sqlite3_step(commit), d); sqlite3_reset(commit); latencies[commits++] = now() - before; }
  }
  double t = now() - start; qsort(latencies, commits, sizeof *latencies, compare);
  printf("%s K=%ld N=%ld %.0f ev/s p50=%.0fus p99=%.0fus bytes=%lld attachments=%ld\n", mode, k, n, n / t, latencies[commits / 2] * 1e6, latencies[(long)(commits * .99)] * 1e6, bytes, m);
  return 0;
}
