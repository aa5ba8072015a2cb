#ifndef C_STORE_H
#define C_STORE_H

#include <sqlite3.h>

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
