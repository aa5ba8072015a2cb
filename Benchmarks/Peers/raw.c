// The limit of the machine: 300 bytes of payload, two unique indexes and a hash chain in bare SQLite.
//
//   cc -O2 -o raw raw.c -lsqlite3 -lcrypto
//   raw DB single N 2 FULL chain | raw DB batch N K 2 FULL chain
//   raw DB scan | raw DB scanhash | raw DB append N WORKER
#include <openssl/evp.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static double now(void) { struct timespec t; clock_gettime(CLOCK_MONOTONIC, &t); return t.tv_sec + t.tv_nsec * 1e-9; }
static int compare(const void *a, const void *b) { double x = *(double *)a, y = *(double *)b; return x < y ? -1 : x > y; }
static void check(int rc, sqlite3 *d) { if (rc != SQLITE_OK && rc != SQLITE_DONE && rc != SQLITE_ROW) { fprintf(stderr, "raw: %d %s\n", rc, sqlite3_errmsg(d)); exit(1); } }
static void run(sqlite3 *d, const char *sql) { check(sqlite3_exec(d, sql, 0, 0, 0), d); }
static sqlite3_stmt *make(sqlite3 *d, const char *sql) { sqlite3_stmt *s; check(sqlite3_prepare_v2(d, sql, -1, &s, 0), d); return s; }

static EVP_MD_CTX *context; static EVP_MD *sha;
static void chain(unsigned char *hash, const void *bytes, int length) {
  unsigned size; EVP_DigestInit_ex(context, sha, 0); EVP_DigestUpdate(context, hash, 32); EVP_DigestUpdate(context, bytes, length); EVP_DigestFinal_ex(context, hash, &size);
}

static const char *tables =
  "CREATE TABLE IF NOT EXISTS entry (number INTEGER PRIMARY KEY, id BLOB NOT NULL, stream TEXT NOT NULL, version INTEGER NOT NULL, type TEXT NOT NULL, time TEXT NOT NULL, payload TEXT NOT NULL, hash BLOB NOT NULL);"
  "CREATE UNIQUE INDEX IF NOT EXISTS entry_stream ON entry (stream, version); CREATE UNIQUE INDEX IF NOT EXISTS entry_id ON entry (id)";

int main(int count, char **words) {
  if (count < 3) return 64;
  const char *mode = words[2]; context = EVP_MD_CTX_new(); sha = EVP_MD_fetch(0, "SHA256", 0);
  char payload[300]; memset(payload, 'x', sizeof payload); memcpy(payload, "{\"note\":\"", 9); memcpy(payload + 298, "\"}", 2);
  int single = !strcmp(mode, "single"), batch = !strcmp(mode, "batch"), append = !strcmp(mode, "append"); char path[4096];
  if (single || batch) for (int i = 0; i < 3; i++) { snprintf(path, sizeof path, "%s%s", words[1], (const char *[]){"", "-wal", "-shm"}[i]); unlink(path); }
  sqlite3 *d; check(sqlite3_open(words[1], &d), d); sqlite3_busy_timeout(d, 60000); run(d, "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL");
  if (single || batch || append) {
    int n = atoi(words[3]), k = batch ? atoi(words[4]) : 1, worker = append ? atoi(words[4]) : 0; run(d, tables); srand(worker * 7919 + time(0));
    sqlite3_stmt *insert = make(d, "INSERT INTO entry VALUES (NULL, ?, ?, ?, ?, ?, ?, ?)"), *begin = make(d, "BEGIN IMMEDIATE"), *commit = make(d, "COMMIT"), *last = make(d, "SELECT hash FROM entry ORDER BY number DESC LIMIT 1");
    double *each = malloc((n / k + 1) * sizeof *each); int commits = 0; unsigned char hash[32] = {0}, id[16]; char stream[40];
    double start = now();
    for (int i = 0; i < n;) {
      double before = now(); check(sqlite3_step(begin), d); sqlite3_reset(begin);
      if (append) { if (sqlite3_step(last) == SQLITE_ROW) memcpy(hash, sqlite3_column_blob(last, 0), 32); sqlite3_reset(last); }
      for (int j = 0; j < k && i < n; j++, i++) {
        if (append) snprintf(stream, sizeof stream, "w-%d", worker); else snprintf(stream, sizeof stream, "migration-%06d", i / 1000);
        memset(id, 0, 6); if (!append) { id[2] = i >> 24; id[3] = i >> 16; id[4] = i >> 8; id[5] = i; } for (int z = append ? 0 : 6; z < 16; z++) id[z] = rand();
        chain(hash, payload, sizeof payload);
        sqlite3_bind_blob(insert, 1, id, 16, SQLITE_STATIC); sqlite3_bind_text(insert, 2, stream, -1, SQLITE_STATIC); sqlite3_bind_int(insert, 3, append ? i : i % 1000); sqlite3_bind_text(insert, 4, "dns.switched", -1, SQLITE_STATIC);
        sqlite3_bind_text(insert, 5, "2026-08-21T05:21:50.123456Z", -1, SQLITE_STATIC); sqlite3_bind_text(insert, 6, payload, sizeof payload, SQLITE_STATIC); sqlite3_bind_blob(insert, 7, hash, 32, SQLITE_STATIC);
        check(sqlite3_step(insert), d); sqlite3_reset(insert);
      }
      check(sqlite3_step(commit), d); sqlite3_reset(commit); each[commits++] = now() - before;
    }
    double seconds = now() - start; qsort(each, commits, sizeof *each, compare);
    printf("%s N=%d K=%d %.0f ev/s p50=%.0fus p99=%.0fus max=%.0fms\n", mode, n, k, n / seconds, each[commits / 2] * 1e6, each[(int)(commits * .99)] * 1e6, each[commits - 1] * 1e3); return 0;
  }
  int hashes = !strcmp(mode, "scanhash"); sqlite3_stmt *q = make(d, "SELECT number, id, stream, version, type, time, payload, hash FROM entry ORDER BY number");
  long n = 0, bad = 0; unsigned long sum = 0; unsigned char hash[32] = {0}; double start = now();
  while (sqlite3_step(q) == SQLITE_ROW) {
    n++; const unsigned char *p = sqlite3_column_text(q, 6), *kept = sqlite3_column_blob(q, 7); sum += sqlite3_column_int64(q, 0) + p[0] + sqlite3_column_text(q, 2)[0] + sqlite3_column_text(q, 4)[0];
    if (hashes) { chain(hash, p, sqlite3_column_bytes(q, 6)); bad += memcmp(hash, kept, 32) != 0; }
  }
  double seconds = now() - start; printf("%s n=%ld %.0f rows/s %.3fs bad=%ld sum=%lu\n", mode, n, n / seconds, seconds, bad, sum); return bad != 0;
}
