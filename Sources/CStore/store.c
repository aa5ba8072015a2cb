#include "CStore.h"

int store_skip_memory_account(void) { return sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0); }

int store_disable_triggers(sqlite3 *connection) {
  return sqlite3_db_config(connection, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, (int *)0);
}

static void any_text(sqlite3_context *context, int count, sqlite3_value **values) {
  (void)count, (void)values;
  sqlite3_result_text(context, "x", 1, SQLITE_STATIC);
}

int store_shorten_json(sqlite3 *connection) {
  return sqlite3_create_function_v2(
      connection, "json_extract", 2, SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS, 0,
      any_text, 0, 0, 0);
}

uint32_t store_word(const uint32_t *word) { return __atomic_load_n(word, __ATOMIC_SEQ_CST); }

void store_set_word(uint32_t *word, uint32_t value) {
  __atomic_store_n(word, value, __ATOMIC_SEQ_CST);
}

int store_change_word(uint32_t *word, uint32_t from, uint32_t to) {
  return __atomic_compare_exchange_n(word, &from, to, 0, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
}

uint64_t store_number(const uint64_t *number) { return __atomic_load_n(number, __ATOMIC_SEQ_CST); }

void store_set_number(uint64_t *number, uint64_t value) {
  __atomic_store_n(number, value, __ATOMIC_SEQ_CST);
}

uint64_t store_next_number(uint64_t *number) {
  return __atomic_fetch_add(number, 1, __ATOMIC_SEQ_CST);
}

#if defined(__linux__)
#include <linux/futex.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

void store_sleep(const uint32_t *word, uint32_t value, uint32_t microseconds) {
  struct timespec length = {microseconds / 1000000, (long)(microseconds % 1000000) * 1000};
  syscall(SYS_futex, word, FUTEX_WAIT, value, &length, (void *)0, 0);
}

void store_wake(uint32_t *word) {
  __atomic_fetch_add(word, 1, __ATOMIC_SEQ_CST);
  syscall(SYS_futex, word, FUTEX_WAKE, 0x7FFFFFFF, (void *)0, (void *)0, 0);
}
#else
#include <unistd.h>

void store_sleep(const uint32_t *word, uint32_t value, uint32_t microseconds) {
  if (store_word(word) == value) usleep(microseconds < 200 ? microseconds : 200);
}

void store_wake(uint32_t *word) { __atomic_fetch_add(word, 1, __ATOMIC_SEQ_CST); }
#endif
