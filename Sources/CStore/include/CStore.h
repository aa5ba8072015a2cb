#ifndef C_STORE_H
#define C_STORE_H

#include <sqlite3.h>

/// Has SQLite keep no account of the memory it uses, for which every allocation would take a lock; a
/// call with variable arguments, which Swift lacks.
///
/// Returns SQLITE_MISUSE, and nothing is changed, when this process has used SQLite already.
int store_skip_memory_account(void);

/// Switches the triggers of one connection off; a call with variable arguments, which Swift lacks.
///
/// Returns a result code of SQLite.
int store_disable_triggers(sqlite3 *connection);

/// Has `json_extract` give any text on one connection, which is then good for nothing but looking at
/// the structure of a file whose records are read elsewhere.
///
/// Returns a result code of SQLite.
int store_shorten_json(sqlite3 *connection);

#endif
