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
